/* Where people live: a synthetic region, its addresses and its telephone numbers. */
#ifndef POPULATION_PLACES_H
#define POPULATION_PLACES_H

#include "rng.h"

#include <stdbool.h>
#include <stddef.h>

struct pop_address {
    uint8_t municipality, town;
    uint8_t chome, ban, go;
    uint8_t building; /* 0: a house; else which name the building has */
    uint16_t room;
};

/* How a facility writes an address. */
enum pop_address_style {
    POP_ADDRESS_KANJI_CHOME,   /* 静岡県静岡市葵区本町一丁目2番3号 */
    POP_ADDRESS_HYPHEN,        /* 静岡県静岡市葵区本町1-2-3 */
    POP_ADDRESS_NO_PREFECTURE, /* 静岡市葵区本町1丁目2-3 */
    POP_ADDRESS_FULL_WIDTH,    /* 静岡県静岡市葵区本町１－２－３ */
    POP_ADDRESS_BANCHI,        /* 静岡県静岡市葵区本町１丁目２番地の３ */
    POP_ADDRESS_SPLIT,         /* XAD-4 静岡県, XAD-3 静岡市葵区, XAD-1 本町1-2-3 */
    POP_ADDRESS_STYLE_COUNT
};

void pop_address_draw(struct pop_rng *r, struct pop_address *out);
/* A new home: mostly in the same municipality. */
void pop_address_move(struct pop_rng *r, const struct pop_address *from, struct pop_address *out);

/* 7 digits. */
void pop_address_postal(const struct pop_address *a, char out[8]);
/* What two spellings of one home have in common: postal code and the digit string (no room). */
void pop_address_key(const struct pop_address *a, char *out, size_t cap);
const char *pop_address_prefecture(const struct pop_address *a);
const char *pop_address_city(const struct pop_address *a);
unsigned pop_address_prefecture_number(const struct pop_address *a);
/* Town, numbers, building and room. r: small spelling noise; in_jis: only JIS X 0208 characters. */
void pop_address_write_street(const struct pop_address *a, enum pop_address_style style,
                              bool in_jis, struct pop_rng *r, char *out, size_t cap);

/* Digits of a fixed line at this address, and of a mobile; the same key gives the same number. */
void pop_phone_fixed(uint64_t key, const struct pop_address *a, char out[12]);
void pop_phone_mobile(uint64_t key, char out[12]);

#endif
