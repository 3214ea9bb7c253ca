/* Code point arrays: strict UTF-8 in and out, and the character classes of Japanese text. */

#include "text_priv.h"

/* Length of the sequence that a lead byte opens and the payload bits of that byte; 0 = no lead. */
static unsigned lead_length(uint8_t b, uint32_t *bits)
{
    if (b < 0x80) {
        *bits = b;
        return 1;
    }
    if (b >= 0xC2 && b <= 0xDF) {
        *bits = b & 0x1FU;
        return 2;
    }
    if (b >= 0xE0 && b <= 0xEF) {
        *bits = b & 0x0FU;
        return 3;
    }
    if (b >= 0xF0 && b <= 0xF4) {
        *bits = b & 0x07U;
        return 4;
    }
    return 0;
}

uint32_t ny_cp_next(ny_str s, size_t *i)
{
    uint32_t cp = 0;
    unsigned len;

    if (*i >= s.n) {
        return UINT32_MAX;
    }
    len = lead_length((uint8_t)s.p[*i], &cp);
    if (len == 0 || len > s.n - *i) {
        return UINT32_MAX;
    }
    for (unsigned k = 1; k < len; k++) {
        uint8_t b = (uint8_t)s.p[*i + k];

        if ((b & 0xC0U) != 0x80U) {
            return UINT32_MAX;
        }
        cp = cp << 6 | (b & 0x3FU);
    }
    if ((len == 3 && cp < 0x800) || (len == 4 && cp < 0x10000) || cp > 0x10FFFF ||
        (cp >= 0xD800 && cp <= 0xDFFF)) {
        return UINT32_MAX;
    }
    *i += len;
    return cp;
}

ny_rc ny_cps_reserve(struct ny_arena *a, struct ny_cps *c, size_t n)
{
    c->n = 0;
    c->p = c->small;
    if (n > NY_CPS_SMALL) {
        c->p = ny_arena_alloc(a, ny_mul_size(n, sizeof(uint32_t)));
    }
    return c->p != NULL ? NY_OK : NY_ELIMIT;
}

ny_rc ny_cps_decode(struct ny_arena *a, ny_str in, struct ny_cps *out)
{
    size_t i = 0;
    ny_rc rc;

    if (in.n > NY_TEXT_MAX) {
        return NY_ELIMIT;
    }
    rc = ny_cps_reserve(a, out, in.n);
    if (rc != NY_OK) {
        return rc;
    }
    while (i < in.n) {
        uint32_t cp = ny_cp_next(in, &i);

        if (cp == UINT32_MAX) {
            return NY_ECHARSET;
        }
        out->p[out->n++] = cp;
    }
    return NY_OK;
}

static size_t utf8_length(uint32_t cp)
{
    if (cp < 0x80) {
        return 1;
    }
    if (cp < 0x800) {
        return 2;
    }
    return cp < 0x10000 ? 3 : 4;
}

ny_rc ny_cps_encode(struct ny_arena *a, const uint32_t *p, size_t n, ny_str *out)
{
    size_t size = 0;
    char *dst;
    char *q;

    for (size_t i = 0; i < n; i++) {
        size += utf8_length(p[i]);
    }
    dst = q = ny_arena_alloc(a, size + 1);
    if (dst == NULL) {
        return NY_ELIMIT;
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t cp = p[i];
        size_t len = utf8_length(cp);

        if (len == 1) {
            *q++ = (char)cp;
            continue;
        }
        for (size_t k = len - 1; k > 0; k--) {
            q[k] = (char)(0x80U | (cp & 0x3FU));
            cp >>= 6;
        }
        q[0] = (char)((0xF00U >> len & 0xFFU) | cp);
        q += len;
    }
    *q = '\0';
    *out = ny_str_of(dst, size);
    return NY_OK;
}

bool ny_cp_is_ideograph(uint32_t cp)
{
    return (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0x3400 && cp <= 0x4DBF) || cp == 0x3007 ||
           (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0x20000 && cp <= 0x3FFFD);
}

bool ny_cp_is_kana(uint32_t cp)
{
    return (cp >= 0x3041 && cp <= 0x3096) || cp == 0x309D || cp == 0x309E ||
           (cp >= 0x30A1 && cp <= 0x30FA) || (cp >= NY_CP_LONG && cp <= 0x30FE);
}

/* Offset of a kana in its block (ァ and ぁ are 1) and the block's start; false for others. */
static bool kana_offset(uint32_t cp, uint32_t *block, uint32_t *o)
{
    if (cp >= 0x3041 && cp <= 0x309E) {
        *block = 0x3040;
    } else if (cp >= 0x30A1 && cp <= 0x30FE) {
        *block = 0x30A0;
    } else {
        return false;
    }
    *o = cp - *block;
    return true;
}

/* ハ ヒ フ ヘ ホ: three forms each (ハ バ パ). */
static bool is_h_row(uint32_t o)
{
    return o >= 0x2F && o <= 0x3D && (o - 0x2F) % 3 == 0;
}

/* カ … チ at odd offsets, ツ テ ト behind the small ッ: the voiced form is the next one. */
static bool has_voiced_next(uint32_t o)
{
    return (o >= 0x0B && o <= 0x21 && o % 2 == 1) || o == 0x24 || o == 0x26 || o == 0x28;
}

uint32_t ny_kana_voice(uint32_t cp)
{
    uint32_t block;
    uint32_t o;

    if (!kana_offset(cp, &block, &o)) {
        return 0;
    }
    if (has_voiced_next(o) || is_h_row(o) || o == 0x5D) { /* 0x5D: ヽ ゝ */
        return cp + 1;
    }
    if (o == 0x06) { /* ウ → ヴ */
        return block + 0x54;
    }
    if (block == 0x30A0 && o >= 0x4F && o <= 0x52) { /* ワ ヰ ヱ ヲ → ヷ ヸ ヹ ヺ */
        return cp + 8;
    }
    return 0;
}

uint32_t ny_kana_semivoice(uint32_t cp)
{
    uint32_t block;
    uint32_t o;

    return kana_offset(cp, &block, &o) && is_h_row(o) ? cp + 2 : 0;
}

bool ny_kana_is_semivoiced(uint32_t cp)
{
    uint32_t block;
    uint32_t o;

    return kana_offset(cp, &block, &o) && o >= 2 && is_h_row(o - 2);
}

uint32_t ny_kana_unvoice(uint32_t cp)
{
    uint32_t block;
    uint32_t o;

    if (!kana_offset(cp, &block, &o) || o < 2) {
        return cp;
    }
    if (has_voiced_next(o - 1) || is_h_row(o - 1) || o == 0x5E) {
        return cp - 1;
    }
    if (is_h_row(o - 2)) {
        return cp - 2;
    }
    if (o == 0x54) {
        return block + 0x06;
    }
    return block == 0x30A0 && o >= 0x57 && o <= 0x5A ? cp - 8 : cp;
}

uint32_t ny_kana_repeat(uint32_t mark, uint32_t prev)
{
    bool voiced = mark == 0x309E || mark == 0x30FE;
    uint32_t plain;

    if (!ny_cp_is_kana(prev) || prev == NY_CP_LONG) {
        return 0;
    }
    if (ny_kana_is_semivoiced(prev)) {
        return prev; /* パヽ */
    }
    plain = ny_kana_unvoice(prev); /* づゝ reads づつ */
    return voiced && ny_kana_voice(plain) != 0 ? ny_kana_voice(plain) : plain;
}

/* Digit of a kanji numeral, 10 100 1000 for the units, -1 for others. */
static int numeral_value(uint32_t cp)
{
    static const struct {
        uint16_t cp;
        int16_t value;
    } rows[] = {
        {0x3007, 0   },
        {0x4E00, 1   },
        {0x4E8C, 2   },
        {0x4E09, 3   },
        {0x56DB, 4   },
        {0x4E94, 5   },
        {0x516D, 6   },
        {0x4E03, 7   },
        {0x516B, 8   },
        {0x4E5D, 9   },
        {0x5341, 10  },
        {0x767E, 100 },
        {0x5343, 1000}
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        if (rows[i].cp == cp) {
            return rows[i].value;
        }
    }
    return -1;
}

size_t ny_kanji_number(const uint32_t *p, size_t n, uint32_t *out_value)
{
    uint32_t total = 0;
    uint32_t run = 0; /* digits not yet taken by a unit */
    bool has_run = false;
    size_t i = 0;

    for (; i < n && numeral_value(p[i]) >= 0; i++) {
        uint32_t v = (uint32_t)numeral_value(p[i]);

        if (i >= 9) {
            return 0;
        }
        if (v >= 10) {
            total += (has_run ? run % 10000 : 1) * v;
            run = 0;
            has_run = false;
        } else {
            run = run * 10 + v;
            has_run = true;
        }
    }
    *out_value = total + run;
    return i;
}
