/* Percent coding and form queries. */

#include "nayose/http.h"

ny_rc ny_http_decode(struct ny_arena *a, ny_str in, bool plus, ny_str *out)
{
    char *p = ny_arena_alloc(a, in.n + 1);
    size_t n = 0;

    if (p == NULL) {
        return NY_ELIMIT;
    }
    for (size_t i = 0; i < in.n; i++) {
        char c = in.p[i];

        if (c == '%') {
            int hi = in.n - i > 2 ? ny_hex_value(in.p[i + 1]) : -1;
            int lo = in.n - i > 2 ? ny_hex_value(in.p[i + 2]) : -1;

            if (hi < 0 || lo < 0 || (hi == 0 && lo == 0)) {
                return NY_ESYNTAX;
            }
            c = (char)(hi * 16 + lo);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        p[n++] = c;
    }
    p[n] = '\0';
    *out = ny_str_of(p, n);
    return NY_OK;
}

ny_rc ny_http_query_next(struct ny_arena *a, ny_str *rest, ny_str *out_key, ny_str *out_value)
{
    ny_str pair = NY_STR_NONE;
    ny_str key;
    ny_str k;
    ny_str v;
    ny_rc rc;

    while (rest->p != NULL && pair.n == 0) { /* "a=1&&b=2" has an empty pair */
        pair = ny_str_split(rest, '&');
    }
    if (pair.n == 0) {
        return NY_ENOTFOUND;
    }
    key = ny_str_split(&pair, '=');
    rc = ny_http_decode(a, key, true, &k);
    if (rc == NY_OK) {
        rc = ny_http_decode(a, pair, true, &v);
    }
    if (rc == NY_OK) {
        *out_key = k;
        *out_value = v;
    }
    return rc;
}

ny_rc ny_http_query_get(struct ny_arena *a, ny_str query, ny_str key, ny_str *out)
{
    ny_str rest = query;
    ny_rc rc = NY_OK;

    while (rc == NY_OK) {
        ny_str k = NY_STR_NONE;
        ny_str v = NY_STR_NONE;

        rc = ny_http_query_next(a, &rest, &k, &v);
        if (rc == NY_OK && ny_str_equals(k, key)) {
            *out = v;
            return NY_OK;
        }
    }
    return rc;
}
