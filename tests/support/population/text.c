/* Text in fixed arrays: appending, walking UTF-8, kana and digit spellings. */

#include "text.h"

#include "nayose/base.h"

#include <stdio.h>

void pop_cat(char *dst, size_t cap, const char *src)
{
    size_t at = strlen(dst);
    size_t n = strlen(src);

    NY_ASSERT(at + n < cap);
    memcpy(dst + at, src, n + 1);
}

void pop_cat_list(char *dst, size_t cap, const char *const *list)
{
    size_t at = strlen(dst);

    for (; *list != NULL; list++) {
        size_t n = strlen(*list);

        NY_ASSERT(at + n < cap);
        memcpy(dst + at, *list, n + 1);
        at += n;
    }
}

void pop_copy(char *dst, size_t cap, const char *src)
{
    dst[0] = '\0';
    pop_cat(dst, cap, src);
}

void pop_cat_number(char *dst, size_t cap, uint32_t v, unsigned width)
{
    char digits[11];
    size_t at = sizeof digits - 1;

    NY_ASSERT(width <= 10);
    digits[at] = '\0';
    while (v > 0 || at > sizeof digits - 1 - width || at == sizeof digits - 1) {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    }
    pop_cat(dst, cap, digits + at);
}

void pop_catf(char *dst, size_t cap, const char *fmt, ...)
{
    size_t at = strlen(dst);
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(dst + at, cap - at, fmt, ap);
    va_end(ap);
    NY_ASSERT(n >= 0 && (size_t)n < cap - at);
}

size_t pop_char_len(const char *p)
{
    unsigned char c = (unsigned char)p[0];

    return c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

size_t pop_char_count(const char *s)
{
    size_t n = 0;

    while (*s != '\0') {
        s += pop_char_len(s);
        n++;
    }
    return n;
}

size_t pop_last_char(const char *s)
{
    size_t at = strlen(s);

    NY_ASSERT(at > 0);
    do {
        at--;
    } while (at > 0 && ((unsigned char)s[at] & 0xC0) == 0x80);
    return at;
}

uint32_t pop_code_point(const char *p)
{
    static const unsigned char mask[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    size_t n = pop_char_len(p);
    uint32_t cp = (unsigned char)p[0] & mask[n];

    for (size_t i = 1; i < n; i++) {
        cp = (cp << 6) | ((unsigned char)p[i] & 0x3F);
    }
    return cp;
}

void pop_cat_code_point(char *dst, size_t cap, uint32_t cp)
{
    size_t at = strlen(dst);

    NY_ASSERT(at + 5 <= cap);
    if (cp < 0x80) {
        dst[at++] = (char)cp;
    } else if (cp < 0x10000) {
        NY_ASSERT(cp >= 0x800);
        dst[at++] = (char)(0xE0 | (cp >> 12));
        dst[at++] = (char)(0x80 | ((cp >> 6) & 0x3F));
        dst[at++] = (char)(0x80 | (cp & 0x3F));
    } else {
        dst[at++] = (char)(0xF0 | (cp >> 18));
        dst[at++] = (char)(0x80 | ((cp >> 12) & 0x3F));
        dst[at++] = (char)(0x80 | ((cp >> 6) & 0x3F));
        dst[at++] = (char)(0x80 | (cp & 0x3F));
    }
    dst[at] = '\0';
}

/* ---- kana ---- */

#define KANA_FIRST 0x30A1U /* ァ */
#define KANA_LAST 0x30F4U  /* ヴ */

/* Half-width spelling of U+30A1 … U+30F4, in the order of the code chart. */
static const char *const half_width[] = {
    "ｧ",  "ｱ",  "ｨ", "ｲ",  "ｩ",  "ｳ",  "ｪ",  "ｴ",  "ｫ",  "ｵ",  "ｶ",  "ｶﾞ", "ｷ",  "ｷﾞ",
    "ｸ",  "ｸﾞ", "ｹ", "ｹﾞ", "ｺ",  "ｺﾞ", "ｻ",  "ｻﾞ", "ｼ",  "ｼﾞ", "ｽ",  "ｽﾞ", "ｾ",  "ｾﾞ",
    "ｿ",  "ｿﾞ", "ﾀ", "ﾀﾞ", "ﾁ",  "ﾁﾞ", "ｯ",  "ﾂ",  "ﾂﾞ", "ﾃ",  "ﾃﾞ", "ﾄ",  "ﾄﾞ", "ﾅ",
    "ﾆ",  "ﾇ",  "ﾈ", "ﾉ",  "ﾊ",  "ﾊﾞ", "ﾊﾟ", "ﾋ",  "ﾋﾞ", "ﾋﾟ", "ﾌ",  "ﾌﾞ", "ﾌﾟ", "ﾍ",
    "ﾍﾞ", "ﾍﾟ", "ﾎ", "ﾎﾞ", "ﾎﾟ", "ﾏ",  "ﾐ",  "ﾑ",  "ﾒ",  "ﾓ",  "ｬ",  "ﾔ",  "ｭ",  "ﾕ",
    "ｮ",  "ﾖ",  "ﾗ", "ﾘ",  "ﾙ",  "ﾚ",  "ﾛ",  "ﾜ",  "ﾜ",  "ｲ",  "ｴ",  "ｦ",  "ﾝ",  "ｳﾞ"};

static bool is_katakana(uint32_t cp)
{
    return cp >= KANA_FIRST && cp <= KANA_LAST;
}

void pop_kana_half_width(char *dst, size_t cap, const char *kana)
{
    _Static_assert(NY_ARRAY_LEN(half_width) == KANA_LAST - KANA_FIRST + 1, "one row a kana");
    dst[0] = '\0';
    for (const char *p = kana; *p != '\0'; p += pop_char_len(p)) {
        uint32_t cp = pop_code_point(p);

        if (is_katakana(cp)) {
            pop_cat(dst, cap, half_width[cp - KANA_FIRST]);
        } else if (cp == 0x30FC) {
            pop_cat(dst, cap, "ｰ");
        } else {
            pop_cat_code_point(dst, cap, cp);
        }
    }
}

void pop_kana_without_small(char *dst, size_t cap, const char *kana)
{
    dst[0] = '\0';
    for (const char *p = kana; *p != '\0'; p += pop_char_len(p)) {
        uint32_t cp = pop_code_point(p);
        bool vowel = cp >= 0x30A1 && cp <= 0x30A9 && cp % 2 == 1; /* ァィゥェォ are odd */
        bool other = cp == 0x30C3 || cp == 0x30E3 || cp == 0x30E5 || cp == 0x30E7;

        pop_cat_code_point(dst, cap, vowel || other ? cp + 1 : cp);
    }
}

void pop_kana_hiragana(char *dst, size_t cap, const char *kana)
{
    dst[0] = '\0';
    for (const char *p = kana; *p != '\0'; p += pop_char_len(p)) {
        uint32_t cp = pop_code_point(p);

        pop_cat_code_point(dst, cap, is_katakana(cp) ? cp - 0x60 : cp);
    }
}

/* カ→ガ and ガ→カ; 0 when the kana has no voiced pair. */
static uint32_t flip_voicing(uint32_t cp)
{
    if (cp >= 0x30AB && cp <= 0x30C2) { /* カ … ヂ: the plain one is odd */
        return cp % 2 == 1 ? cp + 1 : cp - 1;
    }
    if (cp >= 0x30C4 && cp <= 0x30C9) { /* ツ … ド: the plain one is even */
        return cp % 2 == 0 ? cp + 1 : cp - 1;
    }
    return 0;
}

void pop_kana_slip(char *kana, size_t cap, struct pop_rng *r)
{
    size_t n = pop_char_count(kana);
    uint32_t victim = n > 0 ? pop_rng_below(r, (uint32_t)n) : 0;
    uint32_t kind = pop_rng_below(r, 3);
    char out[96] = "";
    uint32_t i = 0;

    for (const char *p = kana; *p != '\0'; p += pop_char_len(p), i++) {
        uint32_t cp = pop_code_point(p);
        uint32_t voiced = flip_voicing(cp);

        if (i != victim || !is_katakana(cp)) {
            pop_cat_code_point(out, sizeof out, cp);
        } else if (kind == 0 && voiced != 0) {
            pop_cat_code_point(out, sizeof out, voiced);
        } else if (kind == 1 && n > 2) {
            continue; /* lost */
        } else {
            uint32_t wrong = 0x30DE + pop_rng_below(r, 5); /* マミムメモ */

            pop_cat_code_point(out, sizeof out, wrong == cp ? 0x30E9 : wrong);
        }
    }
    pop_copy(kana, cap, out);
}

/* ---- digits ---- */

void pop_full_width(char *dst, size_t cap, const char *ascii, bool in_jis)
{
    dst[0] = '\0';
    for (const char *p = ascii; *p != '\0'; p += pop_char_len(p)) {
        uint32_t cp = pop_code_point(p);

        if (cp == '-') {
            pop_cat(dst, cap, in_jis ? "−" : "－");
        } else if ((cp >= '0' && cp <= '9') || (cp >= 'A' && cp <= 'Z')) {
            pop_cat_code_point(dst, cap, cp + 0xFEE0);
        } else {
            pop_cat_code_point(dst, cap, cp);
        }
    }
}

void pop_kanji_number(char *dst, size_t cap, unsigned n)
{
    static const char *const digit[] = {"", "一", "二", "三", "四", "五", "六", "七", "八", "九"};

    NY_ASSERT(n >= 1 && n <= 99);
    dst[0] = '\0';
    if (n >= 20) {
        pop_cat(dst, cap, digit[n / 10]);
    }
    if (n >= 10) {
        pop_cat(dst, cap, "十");
    }
    pop_cat(dst, cap, digit[n % 10]);
}
