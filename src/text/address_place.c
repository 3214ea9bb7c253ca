/* The places at the head of an address (1.8): prefecture, and municipality.
 *
 *   county + town    安倍郡○○町         city     四日市市 (table) · 静岡市 (up to the first 市)
 *   city + ward      静岡市葵区         ward     千代田区 (the 23 of Tokyo)
 *
 * The rule reads up to the first 市 郡 区 町 村 that is not the first character; names that it
 * would cut wrongly stand in tbl/municipalities.def. A town without a county is taken for a
 * municipality only behind a prefecture. All texts here are folded. */

#include "text_priv.h"

enum { NAME_MAX_CHARS = 8, WARD_MAX_CHARS = 5 };

enum kind { CITY, COUNTY, TOWN, DESIGNATED, WARD };

static const struct {
    const char *name;
    enum kind kind;
} places[] = {
#define NY_CITY(name) {name, CITY},
#define NY_COUNTY(name) {name, COUNTY},
#define NY_TOWN(name) {name, TOWN},
#define NY_DESIGNATED(name) {name, DESIGNATED},
#define NY_WARD(name) {name, WARD},
#include "tbl/municipalities.def"
#undef NY_CITY
#undef NY_COUNTY
#undef NY_TOWN
#undef NY_DESIGNATED
#undef NY_WARD
};

static const char *const prefectures[] = {
#define NY_PREFECTURE(name) name,
#include "tbl/prefectures.def"
#undef NY_PREFECTURE
};

/* Characters of name when p begins with it, else 0. Names are written naturally: 栃木県 is folded
 * character by character here. */
static size_t begins_with(const uint32_t *p, size_t n, const char *name)
{
    ny_str s = ny_str_from_c(name);
    size_t at = 0;
    size_t i = 0;

    while (i < s.n) {
        uint32_t cp = ny_cp_next(s, &i);
        uint32_t base = ny_text_kanji_base(cp);

        if (at >= n || p[at] != (base != 0 ? base : cp)) {
            return 0;
        }
        at++;
    }
    return at;
}

size_t ny_addr_prefecture(const uint32_t *p, size_t n, const char **out_name)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(prefectures); i++) {
        size_t len = begins_with(p, n, prefectures[i]);

        if (len > 0) {
            *out_name = prefectures[i];
            return len;
        }
    }
    return 0;
}

static size_t place_find(const uint32_t *p, size_t n, enum kind kind)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(places); i++) {
        size_t len = places[i].kind == kind ? begins_with(p, n, places[i].name) : 0;

        if (len > 0) {
            return len;
        }
    }
    return 0;
}

static bool is_suffix(uint32_t cp)
{
    return cp == 0x5E02 || cp == 0x90E1 || cp == 0x533A || cp == 0x753A || cp == 0x6751;
}

/* Characters up to and with the first of 町 村, 0 when there is none near. */
static size_t town_length(const uint32_t *p, size_t n)
{
    size_t len = place_find(p, n, TOWN);

    if (len > 0) {
        return len;
    }
    for (size_t i = 1; i < n && i < NAME_MAX_CHARS && !ny_cp_is_digit(p[i]); i++) {
        if (p[i] == 0x753A || p[i] == 0x6751) { /* 町 村 */
            return i + 1;
        }
    }
    return 0;
}

static size_t ward_length(const uint32_t *p, size_t n)
{
    for (size_t i = 1; i < n && i < WARD_MAX_CHARS && !ny_cp_is_digit(p[i]); i++) {
        if (p[i] == 0x533A) { /* 区 */
            return i + 1;
        }
    }
    return 0;
}

size_t ny_addr_municipality(const uint32_t *p, size_t n, bool after_prefecture)
{
    size_t len = place_find(p, n, COUNTY);
    size_t i = 1;

    if (len > 0) {
        return len + town_length(p + len, n - len);
    }
    len = place_find(p, n, CITY);
    if (len > 0) {
        return len;
    }
    len = place_find(p, n, DESIGNATED);
    if (len > 0) {
        return len + ward_length(p + len, n - len);
    }
    while (i < n && i < NAME_MAX_CHARS && !is_suffix(p[i]) && !ny_cp_is_digit(p[i])) {
        i++;
    }
    if (i >= n || i >= NAME_MAX_CHARS || !is_suffix(p[i])) {
        return 0;
    }
    switch (p[i]) {
    case 0x5E02: /* 市 */
        return i + 1;
    case 0x90E1: /* 郡 */
        len = town_length(p + i + 1, n - i - 1);
        return len > 0 ? i + 1 + len : 0;
    case 0x533A: /* 区 */
        return place_find(p, n, WARD);
    default:
        return after_prefecture ? i + 1 : 0;
    }
}
