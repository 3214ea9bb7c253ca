/* text, private: code point arrays and character classes shared by the files of this room. */
#ifndef NAYOSE_TEXT_PRIV_H
#define NAYOSE_TEXT_PRIV_H

#include "nayose/text.h"

enum { NY_CPS_SMALL = 160 };

/* A text as code points. Short ones live in the struct itself, so it must not be copied. */
struct ny_cps {
    uint32_t *p;
    size_t n;
    uint32_t small[NY_CPS_SMALL];
};

/* Room for n code points in c->p; c->n becomes 0. NY_ELIMIT at the arena's cap. */
NY_MUST_USE ny_rc ny_cps_reserve(struct ny_arena *a, struct ny_cps *c, size_t n);
/* Strict UTF-8 (no overlong forms, no surrogates): NY_ECHARSET; NY_ELIMIT above NY_TEXT_MAX. */
NY_MUST_USE ny_rc ny_cps_decode(struct ny_arena *a, ny_str in, struct ny_cps *out);
/* UTF-8 in the arena, NUL-terminated; out->p is never NULL on success. */
NY_MUST_USE ny_rc ny_cps_encode(struct ny_arena *a, const uint32_t *p, size_t n, ny_str *out);

/* NFKC of c in place. fast: by own tables; false (c untouched) when ICU is needed. */
bool ny_text_nfkc_fast(struct ny_cps *c);
NY_MUST_USE ny_rc ny_text_nfkc_icu(struct ny_arena *a, struct ny_cps *c);

enum { NY_FOLD_DROP_MARKS = 1 }; /* U+3099 and U+309A that found no kana to sit on are dropped */
/* ny_text_fold as code points. */
NY_MUST_USE ny_rc ny_text_fold_cps(struct ny_arena *a, ny_str in, unsigned flags,
                                   struct ny_cps *out);

/* The same kana with a voiced or semi-voiced mark, 0 when there is none; hiragana or katakana. */
uint32_t ny_kana_voice(uint32_t cp);
uint32_t ny_kana_semivoice(uint32_t cp);
/* The kana without its voiced (or semi-voiced) mark; itself when it has none. */
uint32_t ny_kana_unvoice(uint32_t cp);
bool ny_kana_is_semivoiced(uint32_t cp);
/* What ゝ ゞ ヽ ヾ stand for after prev, 0 when prev is no kana. */
uint32_t ny_kana_repeat(uint32_t mark, uint32_t prev);

enum { NY_CP_WILD = 0xFFFD, NY_CP_LONG = 0x30FC };
bool ny_cp_is_ideograph(uint32_t cp); /* 〇 counts */
/* 1.2: 々 〻 and kana iteration marks, itaiji, ヶ between ideographs; in place, never longer. */
void ny_text_kanji_fold_cps(struct ny_cps *c);
bool ny_cp_is_kana(uint32_t cp); /* hiragana, katakana with ー, no half-width forms */
static inline bool ny_cp_is_digit(uint32_t cp)
{
    return cp >= '0' && cp <= '9';
}
static inline uint32_t ny_cp_upper(uint32_t cp)
{
    return cp >= 'a' && cp <= 'z' ? cp - 32 : cp;
}

/* A kanji number (二十三, 百五, 二〇三) at p[0..n): returns its length and its value, 0 when there
 * is none or it has more than 9 digits. */
size_t ny_kanji_number(const uint32_t *p, size_t n, uint32_t *out_value);

/* Eras (1.5). */
struct ny_era {
    char letter;
    const char *name;
    int16_t zero; /* west year of year 0 */
    int16_t y;    /* first day */
    uint8_t m, d;
};
const struct ny_era *ny_era_of_letter(char letter); /* M T S H R, else NULL */
const struct ny_era *ny_era_of_code(char code);     /* '1' 明治 … '5' 令和, else NULL */
/* d, written in era e, lies before its first day or behind its last. */
bool ny_era_is_outside(const struct ny_era *e, ny_date d);
/* Negative, 0, positive as a is before, within or after the day y-m-d; unknown parts are equal. */
int ny_date_compare_known(ny_date a, int y, int m, int d);

enum { NY_BIRTH_CHARS = 64, NY_BIRTH_NUMBERS = 10 };
/* The text between squeeze and scan: ASCII only. */
struct ny_birth_text {
    char p[NY_BIRTH_CHARS];
    size_t n;
    char era; /* letter, 0 none */
};

struct ny_birth_numbers {
    size_t at[NY_BIRTH_NUMBERS];
    size_t width[NY_BIRTH_NUMBERS];
    size_t n;
};

/* s must be {0} before. NY_ECHARSET, NY_ESYNTAX. */
NY_MUST_USE ny_rc ny_birth_squeeze(ny_str in, struct ny_birth_text *s);
/* Splits s->p[from..] into numbers; 年 月 日 must stand behind the first, second and third. */
NY_MUST_USE ny_rc ny_birth_scan(const struct ny_birth_text *s, size_t from,
                                struct ny_birth_numbers *out);

/* Placeholders (1.4): classifies a folded name and removes what the class says. */
NY_MUST_USE ny_rc ny_text_placeholder_apply(struct ny_arena *a,
                                            const struct ny_text_name_hints *hints,
                                            struct ny_text_name *n);
/* One cleaned name part: folded text without notes; a former surname found in brackets. */
struct ny_name_part {
    ny_str text;
    ny_str former;
};
/* is_end: the part ends the name as it is written (honorifics and '*' are cut there); is_whole:
 * it may hold surname and given name together. */
NY_MUST_USE ny_rc ny_text_part_clean(struct ny_arena *a, ny_str raw, bool is_end, bool is_whole,
                                     struct ny_name_part *out);
NY_MUST_USE ny_rc ny_text_k2_of(struct ny_arena *a, ny_str raw, ny_str *out);

/* 1.8: reads "3丁目5番2号 …" from p[*i..n): the number string ("3-5-2") and a room among it. */
struct ny_addr_numbers {
    ny_str digits;
    ny_str room;
};
/* True when the number string of an address begins at p[i]. */
bool ny_addr_digits_start(const uint32_t *p, size_t n, size_t i);
NY_MUST_USE ny_rc ny_addr_numbers_read(struct ny_arena *a, const uint32_t *p, size_t n, size_t *i,
                                       struct ny_addr_numbers *out);
/* Length of the municipality at p[0..n), 0 when none is recognised. */
size_t ny_addr_municipality(const uint32_t *p, size_t n, bool after_prefecture);
/* Row of the prefecture that p[0..n) begins with; its length, 0 when there is none. */
size_t ny_addr_prefecture(const uint32_t *p, size_t n, const char **out_name);

#endif
