/* The JIS tables, both ways, and single characters of UTF-8.
 *
 * Forward: the cell is the index. Backward: a list of cells in order of their Unicode value,
 * searched by halves (13 steps), which costs half the memory of a second value table and is only
 * used for answers. */

#include "charset_priv.h"

enum { CELLS = 94 * 94 };

static const uint16_t jisx0208[CELLS] = {
#include "tbl/charset_jisx0208.def"
};
static const uint16_t jisx0208_rev[] = {
#include "tbl/charset_jisx0208_rev.def"
};
static const uint16_t jisx0212[CELLS] = {
#include "tbl/charset_jisx0212.def"
};
static const uint16_t jisx0212_rev[] = {
#include "tbl/charset_jisx0212_rev.def"
};
static const uint16_t ibm[] = {
#include "tbl/charset_ibm.def"
};

/* Same cell, other table: what JIS X 0208 tables outside Windows give for it. */
static const struct {
    uint16_t other, ours;
} aliases[] = {
    {0x00A2, 0xFFE0},
    {0x00A3, 0xFFE1},
    {0x00A5, 0xFFE5},
    {0x00A6, 0xFFE4},
    {0x00AC, 0xFFE2},
    {0x2014, 0x2015},
    {0x2016, 0x2225},
    {0x203E, 0xFFE3},
    {0x2212, 0xFF0D},
    {0x301C, 0xFF5E},
};

uint32_t charset_0208_get(unsigned cell)
{
    return jisx0208[cell];
}

uint32_t charset_0212_get(unsigned cell)
{
    return jisx0212[cell];
}

uint32_t charset_ibm_get(unsigned index)
{
    return index < NY_ARRAY_LEN(ibm) ? ibm[index] : 0;
}

static int cell_find(const uint16_t *rev, size_t n, const uint16_t *values, uint32_t c)
{
    size_t lo = 0;
    size_t hi = n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        uint32_t v = values[rev[mid]];

        if (v == c) {
            return rev[mid];
        }
        if (v < c) {
            lo = mid + 1;
        } else {
            hi = mid;
        }
    }
    return -1;
}

int charset_0208_find(uint32_t c)
{
    return cell_find(jisx0208_rev, NY_ARRAY_LEN(jisx0208_rev), jisx0208, c);
}

int charset_0208_find_like(uint32_t c)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(aliases); i++) {
        if (aliases[i].other == c) {
            return charset_0208_find(aliases[i].ours);
        }
    }
    return -1;
}

int charset_0212_find(uint32_t c)
{
    return cell_find(jisx0212_rev, NY_ARRAY_LEN(jisx0212_rev), jisx0212, c);
}

int charset_ibm_find(uint32_t c)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(ibm); i++) {
        if (ibm[i] == c) {
            return (int)i;
        }
    }
    return -1;
}

uint32_t charset_kana_widen(uint32_t c, uint32_t mark, bool *used_mark)
{
    static const uint16_t wide[63] = {
        0x3002, 0x300C, 0x300D, 0x3001, 0x30FB, 0x30F2, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9,
        0x30E3, 0x30E5, 0x30E7, 0x30C3, 0x30FC, 0x30A2, 0x30A4, 0x30A6, 0x30A8, 0x30AA, 0x30AB,
        0x30AD, 0x30AF, 0x30B1, 0x30B3, 0x30B5, 0x30B7, 0x30B9, 0x30BB, 0x30BD, 0x30BF, 0x30C1,
        0x30C4, 0x30C6, 0x30C8, 0x30CA, 0x30CB, 0x30CC, 0x30CD, 0x30CE, 0x30CF, 0x30D2, 0x30D5,
        0x30D8, 0x30DB, 0x30DE, 0x30DF, 0x30E0, 0x30E1, 0x30E2, 0x30E4, 0x30E6, 0x30E8, 0x30E9,
        0x30EA, 0x30EB, 0x30EC, 0x30ED, 0x30EF, 0x30F3, 0x309B, 0x309C,
    };
    uint32_t w = wide[c - 0xFF61];
    bool ha_row = w >= 0x30CF && w <= 0x30DB;

    *used_mark = false;
    if (mark == 0xFF9E && w == 0x30A6) {
        *used_mark = true;
        return 0x30F4; /* ヴ */
    }
    if (mark == 0xFF9E && c >= 0xFF76 && (w <= 0x30C8 || ha_row)) {
        *used_mark = true;
        return w + 1; /* カ..ト and ハ..ホ: the voiced one follows */
    }
    if (mark == 0xFF9F && ha_row) {
        *used_mark = true;
        return w + 2;
    }
    return w;
}

unsigned charset_utf8_read(ny_str s, size_t at, uint32_t *out)
{
    const unsigned char *p = (const unsigned char *)s.p + at;
    size_t left = s.n - at;
    uint32_t c;
    uint32_t least;
    unsigned n;

    if (p[0] < 0x80) {
        *out = p[0];
        return 1;
    }
    if (p[0] >= 0xC2 && p[0] < 0xE0) {
        n = 2;
        c = p[0] & 0x1Fu;
        least = 0x80;
    } else if ((p[0] & 0xF0u) == 0xE0u) {
        n = 3;
        c = p[0] & 0x0Fu;
        least = 0x800;
    } else if (p[0] >= 0xF0 && p[0] < 0xF5) {
        n = 4;
        c = p[0] & 0x07u;
        least = 0x10000;
    } else {
        return 0;
    }
    if (left < n) {
        return 0;
    }
    for (unsigned i = 1; i < n; i++) {
        if ((p[i] & 0xC0u) != 0x80u) {
            return 0;
        }
        c = c << 6 | (p[i] & 0x3Fu);
    }
    if (c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
        return 0;
    }
    *out = c;
    return n;
}

unsigned charset_utf8_write(uint32_t c, char *dst)
{
    if (c < 0x80) {
        dst[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        dst[0] = (char)(0xC0u | c >> 6);
        dst[1] = (char)(0x80u | (c & 0x3Fu));
        return 2;
    }
    if (c < 0x10000) {
        dst[0] = (char)(0xE0u | c >> 12);
        dst[1] = (char)(0x80u | (c >> 6 & 0x3Fu));
        dst[2] = (char)(0x80u | (c & 0x3Fu));
        return 3;
    }
    dst[0] = (char)(0xF0u | c >> 18);
    dst[1] = (char)(0x80u | (c >> 12 & 0x3Fu));
    dst[2] = (char)(0x80u | (c >> 6 & 0x3Fu));
    dst[3] = (char)(0x80u | (c & 0x3Fu));
    return 4;
}
