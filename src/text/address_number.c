/* The number string of an address (1.8): 丁目-番地-号, and a room that is written among it.
 *
 *   三丁目5番地の2 号 …      ─▶ 3-5-2
 *   1-2-3-401 · 9-6 301号室  ─▶ the room 401 · 301 apart
 *
 * A number that goes on as a place name (3条, 西8線, 二番町, 1区) does not begin the string. Behind
 * a separator kanji numerals count too (一丁目二の三), when a separator or the end follows them. */

#include "text_priv.h"

enum { PART_MAX = 8, PART_DIGITS = 9 };

enum {
    CP_CHOU = 0x4E01,   /* 丁 */
    CP_ME = 0x76EE,     /* 目 */
    CP_BAN = 0x756A,    /* 番 */
    CP_CHI = 0x5730,    /* 地 */
    CP_GOU = 0x53F7,    /* 号 */
    CP_SHITSU = 0x5BA4, /* 室 */
    CP_WARI = 0x5272    /* 割 */
};

static uint32_t at(const uint32_t *p, size_t n, size_t i)
{
    return i < n ? p[i] : 0;
}

/* Length of 丁目 番地 番 号 地割 at p[i]; 0 for others, 番町, 番丁 and 号室. */
static size_t unit_length(const uint32_t *p, size_t n, size_t i)
{
    uint32_t next = at(p, n, i + 1);

    switch (at(p, n, i)) {
    case CP_CHOU:
        return next == CP_ME ? 2 : 0;
    case CP_BAN:
        if (next == CP_CHI) {
            return 2;
        }
        return next == 0x753A || next == CP_CHOU ? 0 : 1;
    case CP_GOU:
        return next == CP_SHITSU ? 0 : 1;
    case CP_CHI:
        return next == CP_WARI ? 2 : 0;
    default:
        return 0;
    }
}

/* '-' の ノ 之 between two numbers. */
static bool is_joint(uint32_t cp)
{
    return cp == '-' || cp == 0x306E || cp == 0x30CE || cp == 0x4E4B || cp == NY_CP_LONG;
}

/* Number at p[i] in ASCII or kanji: its length and value; 0 when none or too long. */
static size_t number_at(const uint32_t *p, size_t n, size_t i, uint32_t *out)
{
    uint32_t v = 0;
    size_t len = 0;

    while (ny_cp_is_digit(at(p, n, i + len))) {
        if (len >= PART_DIGITS) {
            return 0;
        }
        v = v * 10 + (p[i + len] - '0');
        len++;
    }
    if (len == 0) {
        return ny_kanji_number(p + i, n - i, out);
    }
    *out = v;
    return len;
}

/* 条 線 区 町 丁 組 号室 …: behind a number they make a place name or a room. */
static bool is_name_tail(const uint32_t *p, size_t n, size_t i)
{
    static const uint16_t tails[] = {0x6761, 0x7DDA, 0x533A, 0x753A, 0x6751,
                                     0x7D44, 0x90E8, 0x53F0, 0x73ED};
    uint32_t cp = at(p, n, i);

    for (size_t k = 0; k < NY_ARRAY_LEN(tails); k++) {
        if (tails[k] == cp) {
            return true;
        }
    }
    return (cp == CP_CHOU && at(p, n, i + 1) != CP_ME) ||
           (cp == CP_BAN && unit_length(p, n, i) == 0);
}

bool ny_addr_digits_start(const uint32_t *p, size_t n, size_t i)
{
    uint32_t v;
    size_t len;

    if (i > 0 && ny_cp_is_digit(p[i]) && ny_cp_is_digit(p[i - 1])) {
        return false;
    }
    if (!ny_cp_is_digit(p[i])) {
        return false; /* kanji numbers with a unit are digits by now */
    }
    len = number_at(p, n, i, &v);
    return len > 0 && !is_name_tail(p, n, i + len);
}

struct parts {
    uint32_t v[PART_MAX];
    size_t n;
    bool is_room; /* the last part is written as a room: 301号室 */
};

/* Reads a number and what separates it from the next one; false at the end of the string. */
static bool part_read(const uint32_t *p, size_t n, size_t *i, struct parts *out)
{
    uint32_t v = 0;
    bool ascii = ny_cp_is_digit(at(p, n, *i));
    size_t len = number_at(p, n, *i, &v);
    size_t next = *i + len;
    size_t unit = unit_length(p, n, next);
    bool room = at(p, n, next) == CP_GOU && at(p, n, next + 1) == CP_SHITSU;
    uint32_t after = at(p, n, next);

    if (len == 0 || out->n == PART_MAX || is_name_tail(p, n, next) || (room && out->n == 0)) {
        return false;
    }
    if (!ascii && unit == 0 && after != 0 && after != ' ' && !is_joint(after)) {
        return false;
    }
    out->v[out->n++] = v;
    out->is_room = room;
    *i = next + unit + (room ? 2 : 0);
    if (room) {
        return false;
    }
    if (is_joint(at(p, n, *i)) && number_at(p, n, *i + 1, &v) > 0) {
        ++*i;
        return true;
    }
    /* 3丁目5番: a unit separates by itself, and a blank may stand behind it. */
    if (unit > 0 && at(p, n, *i) == ' ' && number_at(p, n, *i + 1, &v) > 0 &&
        at(p, n, next) != CP_GOU) {
        ++*i;
        return true;
    }
    return unit > 0;
}

static ny_rc join(struct ny_arena *a, const uint32_t *v, size_t n, ny_str *out)
{
    struct ny_buf b;

    if (n == 0) {
        *out = NY_STR_NONE;
        return NY_OK;
    }
    ny_buf_init(&b, a);
    for (size_t i = 0; i < n; i++) {
        ny_buf_printf(&b, i > 0 ? "-%u" : "%u", v[i]);
    }
    return ny_buf_end(&b, out);
}

ny_rc ny_addr_numbers_read(struct ny_arena *a, const uint32_t *p, size_t n, size_t *i,
                           struct ny_addr_numbers *out)
{
    struct parts parts = {.n = 0};
    size_t count;
    ny_rc rc;

    while (part_read(p, n, i, &parts)) {
    }
    count = parts.n;
    if (parts.is_room) {
        count--;
    } else if (count > 3) {
        count = 3; /* 1-2-3-401 */
    }
    rc = join(a, parts.v, count, &out->digits);
    return rc == NY_OK ? join(a, parts.v + count, parts.n - count, &out->room) : rc;
}
