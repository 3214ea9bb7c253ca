/* The tables, and one value: text to number by type, with its limits.
 *
 *   INT 400 · BOOL yes no · TIME 300 300s 5m 2h 1d · SIZE 4M 64K 1G 4194304 (powers of 1024)
 *   DECIMAL 13 0.005 (at most 6 decimals) · ZONE +09:00 -05:00 Z · OID 1.2.392 · ENUM one word */

#include "conf_priv.h"

const struct conf_option ny_conf_options[CONF_OPT_COUNT] = {
#define NY_OPT(section, key, type, min, max, def, unit, apply, help)                               \
    {#section, #key, CONF_##type, (min), (max), (def), (unit), CONF_##apply, (help)},
#include "tbl/options.def"
#undef NY_OPT
};

const struct conf_kind ny_conf_kinds[] = {
#define NY_CONF_SECTION(section, named, help) {#section, (named), (help)},
#include "tbl/sections.def"
#undef NY_CONF_SECTION
};

const size_t ny_conf_kinds_n = NY_ARRAY_LEN(ny_conf_kinds);

struct suffix {
    const char *text;
    int64_t factor;
};

/* Digits and a suffix. */
static ny_rc parse_scaled(ny_str text, const struct suffix *suffixes, size_t n, int64_t *out)
{
    size_t digits = 0;
    int64_t v;
    ny_rc rc;

    while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9') {
        digits++;
    }
    rc = ny_str_to_i64(ny_str_sub(text, 0, digits), 0, INT64_MAX, &v);
    if (rc != NY_OK) {
        return rc;
    }
    for (size_t i = 0; i < n; i++) {
        if (ny_str_equals(ny_str_sub(text, digits, text.n), ny_str_from_c(suffixes[i].text))) {
            return __builtin_mul_overflow(v, suffixes[i].factor, out) ? NY_ERANGE : NY_OK;
        }
    }
    return NY_ESYNTAX;
}

static ny_rc parse_time(ny_str text, int64_t *out)
{
    static const struct suffix suffixes[] = {
        {"",  1    },
        {"s", 1    },
        {"m", 60   },
        {"h", 3600 },
        {"d", 86400}
    };

    return parse_scaled(text, suffixes, NY_ARRAY_LEN(suffixes), out);
}

static ny_rc parse_size(ny_str text, int64_t *out)
{
    static const struct suffix suffixes[] = {
        {"",  1         },
        {"K", 1024      },
        {"M", 1048576   },
        {"G", 1073741824}
    };

    return parse_scaled(text, suffixes, NY_ARRAY_LEN(suffixes), out);
}

static ny_rc parse_bool(ny_str text, int64_t *out)
{
    static const struct suffix words[] = {
        {"yes",   1},
        {"no",    0},
        {"true",  1},
        {"false", 0},
        {"on",    1},
        {"off",   0}
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(words); i++) {
        if (ny_str_equals_nocase(text, ny_str_from_c(words[i].text))) {
            *out = words[i].factor;
            return NY_OK;
        }
    }
    return NY_ESYNTAX;
}

static ny_rc parse_decimal(ny_str text, int64_t *out)
{
    enum { DECIMALS = 6, MICRO = 1000000 };
    ny_str rest = text;
    ny_str whole = ny_str_split(&rest, '.');
    int64_t w = 0;
    int64_t f = 0;
    ny_rc rc = ny_str_to_i64(whole, 0, INT64_MAX / MICRO - 1, &w);

    if (rc != NY_OK || whole.p[0] == '-') {
        return rc != NY_OK ? rc : NY_ESYNTAX;
    }
    if (whole.n < text.n) {
        if (rest.n > DECIMALS || !ny_str_is_digits(rest)) {
            return NY_ESYNTAX;
        }
        for (size_t i = 0; i < DECIMALS; i++) {
            f = f * 10 + (i < rest.n ? rest.p[i] - '0' : 0);
        }
    }
    *out = w * MICRO + f;
    return NY_OK;
}

static ny_rc parse_zone(ny_str text, int64_t *out)
{
    uint64_t h;
    uint64_t m;

    if (ny_str_equals(text, NY_S("Z"))) {
        *out = 0;
        return NY_OK;
    }
    if (text.n != 6 || (text.p[0] != '+' && text.p[0] != '-') || text.p[3] != ':' ||
        ny_str_to_u64(ny_str_sub(text, 1, 2), 0, 23, &h) != NY_OK ||
        ny_str_to_u64(ny_str_sub(text, 4, 2), 0, 59, &m) != NY_OK) {
        return NY_ESYNTAX;
    }
    *out = (int64_t)(h * 60 + m) * (text.p[0] == '-' ? -1 : 1);
    return NY_OK;
}

/* Arcs of digits without leading zeros, the first 0, 1 or 2: X.660. */
static ny_rc check_oid(ny_str text)
{
    ny_str rest = text;
    size_t arcs = 0;

    while (rest.p != NULL) {
        ny_str arc = ny_str_split(&rest, '.');

        if (!ny_str_is_digits(arc) || (arc.n > 1 && arc.p[0] == '0') ||
            (arcs == 0 && (arc.n != 1 || arc.p[0] > '2'))) {
            return NY_ESYNTAX;
        }
        arcs++;
    }
    return arcs >= 2 ? NY_OK : NY_ESYNTAX;
}

static ny_rc parse_enum(const struct conf_option *o, ny_str text, int64_t *out)
{
    ny_str rest = ny_str_from_c(o->unit);

    for (int64_t i = 0; rest.p != NULL; i++) {
        if (ny_str_equals(ny_str_split(&rest, '|'), text)) {
            *out = i;
            return NY_OK;
        }
    }
    return NY_ESYNTAX;
}

/* The value alone; out counts what min and max limit. */
static ny_rc parse_by_type(const struct conf_option *o, ny_str text, int64_t *out)
{
    ny_rc rc = NY_OK;

    switch (o->type) {
    case CONF_INT:
        return ny_str_to_i64(text, INT64_MIN, INT64_MAX, out);
    case CONF_BOOL:
        return parse_bool(text, out);
    case CONF_TIME:
        return parse_time(text, out);
    case CONF_SIZE:
        return parse_size(text, out);
    case CONF_DECIMAL:
        return parse_decimal(text, out);
    case CONF_ZONE:
        return parse_zone(text, out);
    case CONF_ENUM:
        return parse_enum(o, text, out);
    case CONF_OID:
        rc = check_oid(text);
        break;
    case CONF_STRING:
        break;
    default:
        ny_assert_failed("no such type", __FILE__, __LINE__);
    }
    *out = (int64_t)text.n;
    return rc;
}

ny_rc ny_conf_value_parse(const struct conf_option *o, ny_str text, int64_t *out_i,
                          struct ny_error *err)
{
    static const char *const expected[] = {
        [CONF_INT] = "a whole number",
        [CONF_BOOL] = "yes or no",
        [CONF_STRING] = "a text",
        [CONF_TIME] = "a time such as 300, 300s, 5m, 2h or 1d",
        [CONF_SIZE] = "a size such as 4194304, 64K or 4M",
        [CONF_ENUM] = "one of",
        [CONF_DECIMAL] = "a number with at most 6 decimals",
        [CONF_ZONE] = "an offset such as +09:00",
        [CONF_OID] = "an object identifier such as 1.2.392",
    };
    bool limited = o->type != CONF_BOOL && o->type != CONF_ENUM;
    int64_t v = 0;
    ny_rc rc = parse_by_type(o, text, &v);

    if (rc == NY_ESYNTAX) {
        return ny_fail(err, NY_ECONFIG, "%s must be %s%s%s", o->key, expected[o->type],
                       o->type == CONF_ENUM ? " " : "", o->type == CONF_ENUM ? o->unit : "");
    }
    if (rc != NY_OK || (limited && (v < o->min || v > o->max))) {
        int64_t scale = o->type == CONF_DECIMAL ? 1000000 : 1;
        bool is_text = o->type == CONF_STRING || o->type == CONF_OID;

        return ny_fail(err, NY_ECONFIG, "%s must have %s between %lld and %lld", o->key,
                       is_text ? "a length" : "a value", (long long)(o->min / scale),
                       (long long)(o->max / scale));
    }
    *out_i = o->type == CONF_TIME ? v * NY_US_PER_SECOND : v;
    return NY_OK;
}
