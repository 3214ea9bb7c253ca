/* Slices and numbers read from them. */

#include "nayose/base.h"

static char ascii_lower(char c)
{
    return (c >= 'A' && c <= 'Z') ? (char)(c + ('a' - 'A')) : c;
}

int ny_str_compare(ny_str a, ny_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int d = n > 0 ? memcmp(a.p, b.p, n) : 0;

    if (d != 0) {
        return d;
    }
    return (a.n > b.n) - (a.n < b.n);
}

bool ny_str_equals_nocase(ny_str a, ny_str b)
{
    if (a.n != b.n) {
        return false;
    }
    for (size_t i = 0; i < a.n; i++) {
        if (ascii_lower(a.p[i]) != ascii_lower(b.p[i])) {
            return false;
        }
    }
    return true;
}

bool ny_str_starts_with(ny_str s, ny_str prefix)
{
    return s.n >= prefix.n && ny_str_equals(ny_str_sub(s, 0, prefix.n), prefix);
}

bool ny_str_ends_with(ny_str s, ny_str suffix)
{
    return s.n >= suffix.n && ny_str_equals(ny_str_sub(s, s.n - suffix.n, suffix.n), suffix);
}

size_t ny_str_find(ny_str s, char c)
{
    const char *at = s.n > 0 ? memchr(s.p, c, s.n) : NULL;

    return at != NULL ? (size_t)(at - s.p) : s.n;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

ny_str ny_str_trim(ny_str s)
{
    while (s.n > 0 && is_blank(s.p[0])) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && is_blank(s.p[s.n - 1])) {
        s.n--;
    }
    return s;
}

ny_str ny_str_split(ny_str *rest, char sep)
{
    size_t at = ny_str_find(*rest, sep);
    ny_str part = ny_str_sub(*rest, 0, at);

    if (at == rest->n) {
        *rest = NY_STR_NONE;
    } else {
        *rest = ny_str_sub(*rest, at + 1, rest->n);
    }
    return part;
}

bool ny_str_is_digits(ny_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            return false;
        }
    }
    return s.n > 0;
}

ny_rc ny_str_to_u64(ny_str s, uint64_t min, uint64_t max, uint64_t *out)
{
    uint64_t v = 0;

    if (!ny_str_is_digits(s)) {
        return NY_ESYNTAX;
    }
    for (size_t i = 0; i < s.n; i++) {
        uint64_t digit = (uint64_t)(s.p[i] - '0');

        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, digit, &v)) {
            return NY_ERANGE;
        }
    }
    if (v < min || v > max) {
        return NY_ERANGE;
    }
    *out = v;
    return NY_OK;
}

ny_rc ny_str_to_i64(ny_str s, int64_t min, int64_t max, int64_t *out)
{
    bool negative = s.n > 0 && s.p[0] == '-';
    uint64_t v = 0;
    int64_t signed_v;
    ny_rc rc = ny_str_to_u64(ny_str_sub(s, negative, s.n), 0, INT64_MAX, &v);

    if (rc != NY_OK) {
        return rc;
    }
    signed_v = negative ? -(int64_t)v : (int64_t)v;
    if (signed_v < min || signed_v > max) {
        return NY_ERANGE;
    }
    *out = signed_v;
    return NY_OK;
}

void ny_hex(const void *bytes, size_t n, char *dst)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *p = bytes;

    for (size_t i = 0; i < n; i++) {
        dst[2 * i] = digits[p[i] >> 4];
        dst[2 * i + 1] = digits[p[i] & 15];
    }
    dst[2 * n] = '\0';
}

int ny_hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c = ascii_lower(c);
    return (c >= 'a' && c <= 'f') ? c - 'a' + 10 : -1;
}
