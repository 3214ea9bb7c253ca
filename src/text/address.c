/* Addresses (1.8).
 *
 *   静岡県 静岡市葵区 追手町 9-6 静岡ビル 301
 *   └pref. └municip.  └town  └digits └building └room
 *
 * fold: any text, itaiji, ヶ, ッ → ツ, の between ideographs → ノ, 大字 字 小字 dropped, kanji
 * numerals before a unit → digits. Then each piece is read from the front; the room from the back.
 */

#include "text_priv.h"

static uint32_t at(const struct ny_cps *c, size_t i)
{
    return i < c->n ? c->p[i] : 0;
}

/* ッ ツ っ → ツ, の ノ 之 乃 between ideographs → ノ, small letters → capitals; in place. */
static void letters_fold(struct ny_cps *c)
{
    for (size_t i = 0; i < c->n; i++) {
        uint32_t cp = c->p[i];

        if (cp == 0x30C3 || cp == 0x3063) { /* ッ っ */
            cp = 0x30C4;
        } else if ((cp == 0x306E || cp == 0x30CE || cp == 0x4E4B || cp == 0x4E43) && i > 0 &&
                   ny_cp_is_ideograph(c->p[i - 1]) && ny_cp_is_ideograph(at(c, i + 1))) {
            cp = 0x30CE;
        }
        c->p[i] = ny_cp_upper(cp);
    }
}

/* 大字 and 小字, and 字 alone unless it is the end of 文字. */
static void aza_drop(struct ny_cps *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++) {
        uint32_t cp = c->p[i];

        if ((cp == 0x5927 || cp == 0x5C0F) && at(c, i + 1) == 0x5B57) {
            i++;
        } else if (cp != 0x5B57 || (n > 0 && c->p[n - 1] == 0x6587)) {
            c->p[n++] = cp;
        }
    }
    c->n = n;
}

/* 丁目 番地 番 号 地割 線 条 at i: a kanji number before it is a number. 番町 and 番丁 are names.
 */
static bool is_unit(const struct ny_cps *c, size_t i)
{
    uint32_t next = at(c, i + 1);

    switch (at(c, i)) {
    case 0x4E01: /* 丁 */
        return next == 0x76EE;
    case 0x756A: /* 番 */
        return next != 0x753A && next != 0x4E01;
    case 0x5730: /* 地 */
        return next == 0x5272;
    case 0x53F7: /* 号 */
    case 0x7DDA: /* 線 */
        return true;
    case 0x6761: /* 条; but 三条市, 四条畷市 */
        return next != 0x5E02 && next != 0x7577;
    default:
        return false;
    }
}

/* Writes v at p in decimal; returns the digits. */
static size_t digits_put(uint32_t *p, uint32_t v)
{
    uint32_t d[10];
    size_t n = 0;

    do {
        d[n++] = '0' + v % 10;
        v /= 10;
    } while (v > 0);
    for (size_t i = 0; i < n; i++) {
        p[i] = d[n - 1 - i];
    }
    return n;
}

/* Kanji numbers before a unit become digits; 第 before such a number goes. */
static ny_rc numerals_fold(struct ny_arena *a, const struct ny_cps *c, struct ny_cps *out)
{
    /* 百 (one character) can become 100. */
    ny_rc rc = ny_cps_reserve(a, out, c->n * 4 + 4);

    for (size_t i = 0; rc == NY_OK && i < c->n;) {
        uint32_t v = 0;
        size_t skip = c->p[i] == 0x7B2C; /* 第 */
        size_t from = i + skip;
        size_t len = 0;

        while (skip > 0 && ny_cp_is_digit(at(c, from + len))) {
            len++;
        }
        if (len > 0 && is_unit(c, from + len)) {
            i++; /* 第5地割 */
            continue;
        }
        len = ny_kanji_number(c->p + from, c->n - from, &v);
        if (len > 0 && is_unit(c, from + len)) {
            out->n += digits_put(out->p + out->n, v);
            i = from + len;
        } else {
            size_t keep = len > skip ? len + skip : skip + (skip == 0);

            for (; keep > 0; keep--) {
                out->p[out->n++] = c->p[i++];
            }
        }
    }
    return rc;
}

static ny_rc piece(struct ny_arena *a, const uint32_t *p, size_t n, ny_str *out)
{
    struct ny_cps c;
    ny_rc rc;

    if (n == 0) {
        *out = NY_STR_NONE;
        return NY_OK;
    }
    rc = ny_cps_reserve(a, &c, n);
    for (size_t i = 0; rc == NY_OK && i < n; i++) {
        if (p[i] != ' ') {
            c.p[c.n++] = p[i];
        }
    }
    return rc == NY_OK ? ny_cps_encode(a, c.p, c.n, out) : rc;
}

static bool is_room_char(uint32_t cp)
{
    return ny_cp_is_digit(cp) || (cp >= 'A' && cp <= 'Z') || cp == '-';
}

/* The room at the end of p[0..n): 301 · A-301 · 301号室; *n becomes what is before it. */
static ny_rc room_read(struct ny_arena *a, const uint32_t *p, size_t *n, ny_str *out)
{
    size_t end = *n;
    size_t from;
    bool has_digit = false;

    if (end >= 2 && p[end - 1] == 0x5BA4 && p[end - 2] == 0x53F7) { /* 号室 */
        end -= 2;
    } else if (end >= 1 && (p[end - 1] == 0x53F7 || p[end - 1] == 0x5BA4)) {
        end -= 1;
    }
    for (from = end; from > 0 && is_room_char(p[from - 1]); from--) {
        has_digit = has_digit || ny_cp_is_digit(p[from - 1]);
    }
    while (from < end && p[from] == '-') {
        from++;
    }
    if (!has_digit || from == end || p[end - 1] == '-') {
        *out = NY_STR_NONE;
        return NY_OK;
    }
    *n = from;
    return piece(a, p + from, end - from, out);
}

/* Blanks and hyphens at both ends of p[*from..*to). */
static void edges_trim(const uint32_t *p, size_t *from, size_t *to)
{
    while (*from < *to && (p[*from] == ' ' || p[*from] == '-' || p[*from] == ',')) {
        ++*from;
    }
    while (*from < *to && (p[*to - 1] == ' ' || p[*to - 1] == '-' || p[*to - 1] == ',')) {
        --*to;
    }
}

/* Everything behind the municipality. */
static ny_rc rest_read(struct ny_arena *a, const uint32_t *p, size_t n, struct ny_text_address *out)
{
    struct ny_addr_numbers numbers = {.digits = NY_STR_NONE, .room = NY_STR_NONE};
    size_t i = 0;
    size_t from = 0;
    size_t to;
    ny_rc rc = NY_OK;

    while (i < n && !ny_addr_digits_start(p, n, i)) {
        i++;
    }
    to = i;
    edges_trim(p, &from, &to);
    rc = piece(a, p + from, to - from, &out->town);
    if (rc == NY_OK && i < n) {
        rc = ny_addr_numbers_read(a, p, n, &i, &numbers);
    }
    out->digits = numbers.digits;
    out->room = numbers.room;
    from = i;
    to = n;
    edges_trim(p, &from, &to);
    if (rc == NY_OK && out->room.n == 0 && from < to) {
        size_t len = to - from;

        rc = room_read(a, p + from, &len, &out->room);
        to = from + len;
        edges_trim(p, &from, &to);
    }
    return rc == NY_OK ? piece(a, p + from, to - from, &out->building) : rc;
}

/* 7 digits of a postal code text ("〒422-8033"), 0 when it is none or a placeholder. */
static uint32_t postal_of(const uint32_t *p, size_t n)
{
    uint32_t v = 0;
    size_t digits = 0;

    for (size_t i = 0; i < n; i++) {
        if (ny_cp_is_digit(p[i])) {
            v = v * 10 + (p[i] - '0');
            if (++digits > 7) {
                return 0;
            }
        } else if (p[i] != '-' && p[i] != ' ' && p[i] != 0x3012 && p[i] != NY_CP_LONG) {
            return 0;
        }
    }
    return digits == 7 && v != 9999999 ? v : 0;
}

/* A postal code in front of the address text: its length, 0 when there is none. */
static size_t postal_length(const uint32_t *p, size_t n)
{
    size_t i = n > 0 && p[0] == 0x3012; /* 〒 */
    size_t digits = 0;

    for (; i < n && digits < 7 &&
           (ny_cp_is_digit(p[i]) || (p[i] == '-' && digits == 3) || (p[i] == ' ' && digits == 0));
         i++) {
        digits += ny_cp_is_digit(p[i]);
    }
    return digits == 7 && (i == n || (!ny_cp_is_digit(p[i]) && p[i] != '-')) ? i : 0;
}

static size_t blanks_skip(const struct ny_cps *c, size_t i)
{
    while (at(c, i) == ' ') {
        i++;
    }
    return i;
}

/* Drops the blanks that divide the words before the first digit: 静岡県 静岡市 葵区. */
static void blanks_drop(struct ny_cps *c, size_t from)
{
    size_t n = from;
    bool in_words = true;

    for (size_t i = from; i < c->n; i++) {
        if (in_words && c->p[i] == ' ') {
            continue;
        }
        in_words = in_words && !ny_cp_is_digit(c->p[i]);
        c->p[n++] = c->p[i];
    }
    c->n = n;
}

static ny_rc whole_fold(struct ny_arena *a, ny_str whole, struct ny_cps *folded)
{
    struct ny_cps raw;
    ny_rc rc = ny_text_fold_cps(a, whole, NY_FOLD_DROP_MARKS, &raw);

    if (rc != NY_OK) {
        return rc;
    }
    ny_text_kanji_fold_cps(&raw);
    letters_fold(&raw);
    return numerals_fold(a, &raw, folded);
}

ny_rc ny_text_address_fold(struct ny_arena *a, ny_str whole, ny_str postal,
                           struct ny_text_address *out)
{
    struct ny_text_address r = {0};
    struct ny_cps c;
    const char *prefecture = NULL;
    size_t i;
    size_t len;
    ny_rc rc = ny_text_fold_cps(a, postal, 0, &c);

    if (rc != NY_OK) {
        return rc;
    }
    r.postal = postal_of(c.p, c.n);
    rc = whole_fold(a, whole, &c);
    if (rc != NY_OK) {
        return rc;
    }
    i = postal_length(c.p, c.n);
    if (r.postal == 0) {
        r.postal = postal_of(c.p, i);
    }
    i = blanks_skip(&c, i);
    blanks_drop(&c, i);
    len = ny_addr_prefecture(c.p + i, c.n - i, &prefecture);
    r.prefecture = ny_str_from_c(prefecture);
    i += len;
    len = ny_addr_municipality(c.p + i, c.n - i, prefecture != NULL);
    rc = piece(a, c.p + i, len, &r.municipality);
    if (rc != NY_OK) {
        return rc;
    }
    c.p += i + len;
    c.n -= i + len;
    aza_drop(&c);
    rc = rest_read(a, c.p, c.n, &r);
    if (rc == NY_OK) {
        *out = r;
    }
    return rc;
}
