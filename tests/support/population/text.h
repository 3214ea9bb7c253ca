/* Text in fixed arrays, and the Japanese spellings that systems write it in. All UTF-8. */
#ifndef POPULATION_TEXT_H
#define POPULATION_TEXT_H

#include "rng.h"

#include <stdbool.h>
#include <stddef.h>

/* Appends src to dst[cap]; too long is a bug of the tables and aborts. */
void pop_cat(char *dst, size_t cap, const char *src);
void pop_copy(char *dst, size_t cap, const char *src);
/* Appends several texts, looking for the end of dst once. */
#define POP_CAT(dst, cap, ...) pop_cat_list(dst, cap, (const char *const[]){__VA_ARGS__, NULL})
void pop_cat_list(char *dst, size_t cap, const char *const *list);
/* A decimal number with at least width digits (0 to 10); several times faster than printf. */
void pop_cat_number(char *dst, size_t cap, uint32_t v, unsigned width);
/* printf at the end of dst[cap]. */
void pop_catf(char *dst, size_t cap, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Bytes of the character that begins at p (1 to 4). */
size_t pop_char_len(const char *p);
size_t pop_char_count(const char *s);
/* Where the last character of a text that is not empty begins. */
size_t pop_last_char(const char *s);
uint32_t pop_code_point(const char *p);
/* Writes a code point at the end of dst. */
void pop_cat_code_point(char *dst, size_t cap, uint32_t cp);

/* Katakana to other spellings; what is not katakana is copied. */
void pop_kana_half_width(char *dst, size_t cap, const char *kana);
void pop_kana_without_small(char *dst, size_t cap, const char *kana);
void pop_kana_hiragana(char *dst, size_t cap, const char *kana);
/* ASCII 0-9, A-Z and '-' to full width; in_jis picks the minus sign that JIS X 0208 has. */
void pop_full_width(char *dst, size_t cap, const char *ascii, bool in_jis);
/* 1 to 99 in kanji numerals. */
void pop_kanji_number(char *dst, size_t cap, unsigned n);

/* A typing slip in katakana: a voicing mark, a lost or a wrong character. */
void pop_kana_slip(char *kana, size_t cap, struct pop_rng *r);

#endif
