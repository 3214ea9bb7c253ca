/* The fold of any text (1.1), in this order:
 *
 *   drop selectors and format characters → U+309B/C to U+3099/A → NFKC → dashes to '-' → blanks
 *
 * NFKC is ICU's, behind a table of what Japanese names are made of: there every character either
 * stays, is a full-width ASCII form, or is half-width kana that composes with its mark. One
 * character outside the table sends the whole text to ICU. The unit test compares both over the
 * whole BMP. */

#include "text_priv.h"

#include <unicode/unorm2.h>
#include <unicode/utf16.h>

static bool is_dropped(uint32_t cp)
{
    return (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xE0100 && cp <= 0xE01EF) ||
           (cp >= 0x200B && cp <= 0x200F) || cp == 0x2060 || cp == 0xFEFF || cp == 0x00AD;
}

/* Steps 2 and 3, in place. */
static void drop_formats(struct ny_cps *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++) {
        uint32_t cp = c->p[i];

        if (cp < 0x80 || !is_dropped(cp)) {
            c->p[n++] = cp == 0x309B ? 0x3099 : cp == 0x309C ? 0x309A : cp;
        }
    }
    c->n = n;
}

/* U+FF61 … U+FF9F */
static const uint16_t halfwidth[] = {
    0x3002, 0x300C, 0x300D, 0x3001, 0x30FB, 0x30F2, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9,
    0x30E3, 0x30E5, 0x30E7, 0x30C3, 0x30FC, 0x30A2, 0x30A4, 0x30A6, 0x30A8, 0x30AA, 0x30AB,
    0x30AD, 0x30AF, 0x30B1, 0x30B3, 0x30B5, 0x30B7, 0x30B9, 0x30BB, 0x30BD, 0x30BF, 0x30C1,
    0x30C4, 0x30C6, 0x30C8, 0x30CA, 0x30CB, 0x30CC, 0x30CD, 0x30CE, 0x30CF, 0x30D2, 0x30D5,
    0x30D8, 0x30DB, 0x30DE, 0x30DF, 0x30E0, 0x30E1, 0x30E2, 0x30E4, 0x30E6, 0x30E8, 0x30E9,
    0x30EA, 0x30EB, 0x30EC, 0x30ED, 0x30EF, 0x30F3, 0x3099, 0x309A};

/* Stays as it is under NFKC and composes with nothing but U+3099 and U+309A. */
static bool is_inert(uint32_t cp)
{
    return cp < 0x80 || (cp >= 0x4E00 && cp <= 0x9FFF) || (cp >= 0x30A1 && cp <= 0x30FE) ||
           (cp >= 0x3041 && cp <= 0x3096) || (cp >= 0x3001 && cp <= 0x3020) ||
           (cp >= 0x3099 && cp <= 0x309A) || (cp >= 0x309D && cp <= 0x309E) || cp == 0x303B ||
           (cp >= 0x3400 && cp <= 0x4DBF) || (cp >= 0x25A0 && cp <= 0x25FF) || cp == 0xFFFD ||
           (cp >= 0xE000 && cp <= 0xF8FF) || (cp >= 0x20000 && cp <= 0x2F7FF) ||
           (cp >= 0x30000 && cp <= 0x323AF);
}

/* The compatibility mapping of one character, UINT32_MAX when ICU must look at it. */
static uint32_t map_fast(uint32_t cp)
{
    if (is_inert(cp)) {
        return cp;
    }
    if (cp >= 0xFF01 && cp <= 0xFF5E) {
        return cp - 0xFEE0;
    }
    if (cp >= 0xFF61 && cp <= 0xFF9F) {
        return halfwidth[cp - 0xFF61];
    }
    return cp == 0x3000 ? 0x20 : UINT32_MAX;
}

bool ny_text_nfkc_fast(struct ny_cps *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++) {
        if (map_fast(c->p[i]) == UINT32_MAX) {
            return false;
        }
    }
    for (size_t i = 0; i < c->n; i++) {
        uint32_t cp = map_fast(c->p[i]);
        uint32_t joined = 0;

        /* A mark behind another mark is blocked: it finds no kana at n-1 and stays. */
        if (n > 0 && cp == 0x3099) {
            joined = ny_kana_voice(c->p[n - 1]);
        } else if (n > 0 && cp == 0x309A) {
            joined = ny_kana_semivoice(c->p[n - 1]);
        }
        if (joined != 0) {
            c->p[n - 1] = joined;
        } else {
            c->p[n++] = cp;
        }
    }
    c->n = n;
    return true;
}

ny_rc ny_text_nfkc_icu(struct ny_arena *a, struct ny_cps *c)
{
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&status);
    int32_t n16 = 0;
    int32_t cap = (int32_t)(c->n * 3 + 32);
    int32_t got;
    UChar *src = ny_arena_alloc(a, ny_mul_size(c->n * 2 + 1, sizeof(UChar)));
    UChar *dst = ny_arena_alloc(a, ny_mul_size((size_t)cap, sizeof(UChar)));
    ny_rc rc;

    NY_ASSERT(U_SUCCESS(status)); /* the data is compiled into ICU */
    if (src == NULL || dst == NULL) {
        return NY_ELIMIT;
    }
    for (size_t i = 0; i < c->n; i++) {
        U16_APPEND_UNSAFE(src, n16, c->p[i]);
    }
    got = unorm2_normalize(nfkc, src, n16, dst, cap, &status);
    if (status == U_BUFFER_OVERFLOW_ERROR) {
        status = U_ZERO_ERROR;
        cap = got;
        dst = ny_arena_alloc(a, ny_mul_size((size_t)cap, sizeof(UChar)));
        if (dst == NULL) {
            return NY_ELIMIT;
        }
        got = unorm2_normalize(nfkc, src, n16, dst, cap, &status);
    }
    if (U_FAILURE(status)) {
        return NY_ELIMIT;
    }
    rc = ny_cps_reserve(a, c, (size_t)got);
    for (int32_t i = 0; rc == NY_OK && i < got;) {
        UChar32 cp;

        U16_NEXT(dst, i, got, cp);
        c->p[c->n++] = (uint32_t)cp;
    }
    return rc;
}

static bool is_dash(uint32_t cp)
{
    return (cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212;
}

/* A dash only between two ASCII digits: ー 一 の. */
static bool is_digit_dash(uint32_t cp)
{
    return cp == NY_CP_LONG || cp == 0x4E00 || cp == 0x306E;
}

static bool is_blank(uint32_t cp)
{
    return cp <= 0x20 || (cp >= 0x7F && cp <= 0xA0) || cp == 0x1680 || cp == 0x2028 || cp == 0x2029;
}

/* Steps 5 and 6, in place. */
static void fold_dashes_and_blanks(struct ny_cps *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++) {
        uint32_t cp = c->p[i];

        if (is_blank(cp)) {
            if (n > 0 && c->p[n - 1] != ' ') {
                c->p[n++] = ' ';
            }
            continue;
        }
        if (is_dash(cp) || (is_digit_dash(cp) && i > 0 && i + 1 < c->n && n > 0 &&
                            ny_cp_is_digit(c->p[n - 1]) && ny_cp_is_digit(c->p[i + 1]))) {
            cp = '-';
        }
        c->p[n++] = cp;
    }
    while (n > 0 && c->p[n - 1] == ' ') {
        n--;
    }
    c->n = n;
}

ny_rc ny_text_fold_cps(struct ny_arena *a, ny_str in, unsigned flags, struct ny_cps *out)
{
    ny_rc rc = ny_cps_decode(a, in, out);

    if (rc != NY_OK) {
        return rc;
    }
    drop_formats(out);
    if (!ny_text_nfkc_fast(out)) {
        rc = ny_text_nfkc_icu(a, out);
        if (rc != NY_OK) {
            return rc;
        }
    }
    if ((flags & NY_FOLD_DROP_MARKS) != 0) {
        size_t n = 0;

        for (size_t i = 0; i < out->n; i++) {
            if (out->p[i] != 0x3099 && out->p[i] != 0x309A) {
                out->p[n++] = out->p[i];
            }
        }
        out->n = n;
    }
    fold_dashes_and_blanks(out);
    return NY_OK;
}

ny_rc ny_text_fold(struct ny_arena *a, ny_str in, ny_str *out)
{
    struct ny_cps c;
    ny_rc rc = ny_text_fold_cps(a, in, 0, &c);

    return rc == NY_OK ? ny_cps_encode(a, c.p, c.n, out) : rc;
}

ny_rc ny_text_private_map(struct ny_arena *a, ny_str in, const struct ny_text_private *rows,
                          size_t n, ny_str *out)
{
    struct ny_cps c;
    ny_rc rc = ny_cps_decode(a, in, &c);

    for (size_t i = 0; rc == NY_OK && i < c.n; i++) {
        bool is_private = (c.p[i] >= 0xE000 && c.p[i] <= 0xF8FF) || c.p[i] >= 0xF0000;

        for (size_t k = 0; is_private && k < n; k++) {
            if (rows[k].from == c.p[i] && rows[k].to <= 0x10FFFF &&
                (rows[k].to < 0xD800 || rows[k].to > 0xDFFF)) {
                c.p[i] = rows[k].to;
                break;
            }
        }
    }
    return rc == NY_OK ? ny_cps_encode(a, c.p, c.n, out) : rc;
}
