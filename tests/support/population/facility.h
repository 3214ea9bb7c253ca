/* A facility and the habits of its system. */
#ifndef POPULATION_FACILITY_H
#define POPULATION_FACILITY_H

#include "names.h"
#include "places.h"

enum pop_charset { POP_JIS, POP_UTF8 };

enum pop_kana_style {
    POP_KANA_FULL,     /* ショウヘイ */
    POP_KANA_HALF,     /* ｼｮｳﾍｲ; in an ISO 2022 field by ESC ( I */
    POP_KANA_NO_SMALL, /* シヨウヘイ */
    POP_KANA_HALF_BIG, /* ｼﾖｳﾍｲ: both */
    POP_KANA_HIRAGANA  /* しょうへい */
};

enum pop_name_style {
    POP_NAME_PLAIN,   /* 患者^太郎^^^^^L^I~カンジャ^タロウ^^^^^L^P */
    POP_NAME_UNSPLIT, /* 患者　太郎^^^^^^L^I: all of it in the family name */
    POP_NAME_SHIFTED, /* 患者^太郎^^^^L^I: type and code one component early */
    POP_NAME_NO_CODE  /* 患者^太郎~カンジャ^タロウ */
};

enum pop_phone_style {
    POP_PHONE_HYPHEN,  /* ^PRN^PH^^^^^^^^^054-000-0000 */
    POP_PHONE_DIGITS,  /* 0540000000 in XTN-1 */
    POP_PHONE_BRACKET, /* (054)000-0000 in XTN-12 */
    POP_PHONE_COUNTRY  /* +81-54-000-0000 in XTN-12 */
};

enum pop_card_style {
    POP_CARD_FULL,   /* 123~4567~01 */
    POP_CARD_FAMILY, /* the branch is not kept */
    POP_CARD_WIDE,   /* full-width symbol and number */
    POP_CARD_PADDED  /* insurer padded to 8, symbol with a hyphen */
};

struct pop_habits {
    enum pop_charset charset;
    enum pop_gaiji gaiji;
    enum pop_kana_style kana;
    enum pop_name_style name;
    enum pop_address_style address;
    enum pop_phone_style phone;
    enum pop_card_style card;
    /* How often a field is missing, in percent of the error model's rate; the mean is about 100. */
    uint16_t no_kana, no_kanji, no_address, no_phone, no_card;
    uint8_t id_width;
    /* In percent: the number of the desk is typed where the patient gives none. */
    uint8_t desk_phone;
    /* In percent of the model's rates: wrong eras, birth dates that are not known. */
    uint16_t era_slip, no_birth;
    /* What is typed where the birth date is not known. */
    const char *dummy_birth;
};

struct pop_facility {
    uint32_t index;     /* 0 … */
    char name_space[8]; /* F01 */
    char oid[64];
    char name[64];
    char desk_phone[12];
    const struct pop_habits *habits;
};

/* The system lacks characters outside JIS X 0208. */
static inline bool pop_habits_lose_gaiji(const struct pop_habits *h)
{
    return h->charset == POP_JIS || h->gaiji == POP_GAIJI_PRIVATE;
}

void pop_facility_make(uint64_t seed, uint32_t index, uint32_t count, struct pop_facility *out);

#endif
