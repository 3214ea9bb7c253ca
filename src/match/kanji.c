/* Folded kanji of two records, character by character. All reads stay inside the slices, whatever
 * bytes they hold. */

#include "match_priv.h"

enum { WILDCARD = 0xFFFD };

uint32_t ny_utf8_next(ny_str s, size_t *i)
{
    static const uint8_t length[16] = {1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 2, 2, 3, 4};
    static const uint8_t lead_mask[5] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint8_t lead;
    size_t n;
    uint32_t cp;

    if (*i >= s.n) {
        return 0;
    }
    lead = (uint8_t)s.p[*i];
    n = length[lead >> 4];
    if (n == 0 || n > s.n - *i) {
        ++*i;
        return WILDCARD;
    }
    cp = lead & lead_mask[n];
    for (size_t k = 1; k < n; k++) {
        cp = cp << 6 | ((uint8_t)s.p[*i + k] & 0x3F);
    }
    *i += n;
    return cp;
}

/* One character differs at most: NEAR when the two are a near pair. */
static enum ny_kanji_relation walk_near(ny_str a, ny_str b)
{
    size_t i = 0;
    size_t k = 0;
    uint32_t differs_a = 0;
    uint32_t differs_b = 0;

    while (i < a.n && k < b.n) {
        uint32_t x = ny_utf8_next(a, &i);
        uint32_t y = ny_utf8_next(b, &k);

        if (x == y) {
            continue;
        }
        if (differs_a != 0) {
            return NY_KANJI_DIFFERENT;
        }
        differs_a = x;
        differs_b = y;
    }
    if (i < a.n || k < b.n || differs_a == 0) {
        return NY_KANJI_DIFFERENT;
    }
    return ny_text_kanji_is_near(differs_a, differs_b) ? NY_KANJI_NEAR : NY_KANJI_DIFFERENT;
}

/* A wildcard matches any one character: MISSING when nothing else differs. */
static enum ny_kanji_relation walk_wild(ny_str a, ny_str b)
{
    size_t i = 0;
    size_t k = 0;
    bool met = false;

    while (i < a.n && k < b.n) {
        uint32_t x = ny_utf8_next(a, &i);
        uint32_t y = ny_utf8_next(b, &k);

        if (x == WILDCARD || y == WILDCARD) {
            met = true;
        } else if (x != y) {
            return NY_KANJI_DIFFERENT;
        }
    }
    if (i < a.n || k < b.n) {
        return NY_KANJI_DIFFERENT;
    }
    return met ? NY_KANJI_MISSING : NY_KANJI_EQUAL;
}

enum ny_kanji_relation ny_kanji_relation(ny_str a, ny_str b, bool wild)
{
    if (a.n == 0 || b.n == 0) {
        return NY_KANJI_MISSING;
    }
    if (wild) {
        return walk_wild(a, b);
    }
    return ny_str_equals(a, b) ? NY_KANJI_EQUAL : walk_near(a, b);
}

static bool is_ideograph(uint32_t cp)
{
    return cp == 0x3007 || (cp >= 0x3400 && cp <= 0x4DBF) || (cp >= 0x4E00 && cp <= 0x9FFF) ||
           (cp >= 0xF900 && cp <= 0xFAFF) || (cp >= 0x20000 && cp <= 0x3FFFF);
}

/* ノ の 之 乃 */
static bool is_no(uint32_t cp)
{
    return cp == 0x30CE || cp == 0x306E || cp == 0x4E4B || cp == 0x4E43;
}

/* The code points of s without runs of ノ between ideographs; how many, 0 when there are more than
 * max. As ny_text_kanji_without_no. */
static size_t strip_no(ny_str s, uint32_t *p, size_t max, bool *had_no)
{
    size_t len = 0;
    size_t n = 0;

    for (size_t i = 0; i < s.n;) {
        if (len == max) {
            return 0;
        }
        p[len++] = ny_utf8_next(s, &i);
    }
    for (size_t i = 0; i < len;) {
        size_t end = i;

        while (end < len && is_no(p[end])) {
            end++;
        }
        if (end > i && end < len && n > 0 && is_ideograph(p[n - 1]) && is_ideograph(p[end])) {
            *had_no = true;
            i = end;
            continue;
        }
        do {
            p[n++] = p[i++];
        } while (i < end);
    }
    return n;
}

bool ny_kanji_equal_without_no(ny_str a, ny_str b)
{
    uint32_t x[NY_NAME_PART_MAX];
    uint32_t y[NY_NAME_PART_MAX];
    bool had_no = false;
    size_t n;

    /* The first character is never dropped: most different surnames end here. */
    if (a.n == 0 || b.n == 0 || a.p[0] != b.p[0] || a.p[a.n - 1] != b.p[b.n - 1]) {
        return false;
    }
    n = strip_no(a, x, NY_ARRAY_LEN(x), &had_no);
    return n > 0 && n == strip_no(b, y, NY_ARRAY_LEN(y), &had_no) && had_no &&
           memcmp(x, y, n * sizeof(*x)) == 0 && !ny_str_equals(a, b);
}

bool ny_kanji_is_kana(ny_str s)
{
    size_t i = 0;

    while (i < s.n) {
        uint32_t cp = ny_utf8_next(s, &i);

        if (cp < 0x3041 || cp > 0x30FF) {
            return false;
        }
    }
    return s.n > 0;
}
