/* Comma-separated values, row by row.
 *
 *   row    = field *("," field) (LF | CR LF | end)
 *   field  = *(any byte but "," LF and quotes) | quote *(any byte but quotes | two quotes) quote
 */

#include "nayose/base_csv.h"

void ny_csv_init(struct ny_csv *c, ny_str text)
{
    *c = (struct ny_csv){.rest = text, .next_line = 1};
    if (ny_str_starts_with(text, NY_S("\xEF\xBB\xBF"))) {
        c->rest = ny_str_sub(text, 3, text.n);
    }
}

static ny_rc refuse(const struct ny_csv *c, struct ny_error *err, ny_rc rc, const char *why)
{
    return ny_fail(err, rc, "line %zu: %s", c->line, why);
}

static bool at_row_end(const struct ny_csv *c)
{
    return ny_str_is_empty(c->rest) || c->rest.p[0] == '\n' ||
           ny_str_starts_with(c->rest, NY_S("\r\n"));
}

static void skip(struct ny_csv *c, size_t n)
{
    c->rest = ny_str_sub(c->rest, n, c->rest.n);
}

static void skip_row_end(struct ny_csv *c)
{
    if (!ny_str_is_empty(c->rest)) {
        skip(c, c->rest.p[0] == '\r' ? 2 : 1);
        c->next_line++;
    }
}

static ny_rc plain_field(struct ny_csv *c, ny_str *out, struct ny_error *err)
{
    ny_str all = c->rest;
    size_t n = 0;

    for (; n < all.n && all.p[n] != ',' && all.p[n] != '\n'; n++) {
        if (all.p[n] == '"') {
            return refuse(c, err, NY_ESYNTAX, "a quote inside a field that is not quoted");
        }
    }
    if (n > 0 && n < all.n && all.p[n] == '\n' && all.p[n - 1] == '\r') {
        n--;
    }
    *out = ny_str_sub(all, 0, n);
    skip(c, n);
    return NY_OK;
}

/* Takes one quote out of each pair. */
static ny_rc undouble(const struct ny_csv *c, struct ny_arena *a, ny_str quoted, ny_str *out,
                      struct ny_error *err)
{
    char *p = ny_arena_alloc(a, quoted.n);
    size_t n = 0;

    if (p == NULL) {
        return refuse(c, err, NY_ELIMIT, "there is no room for this field");
    }
    for (size_t i = 0; i < quoted.n; i++) {
        p[n++] = quoted.p[i];
        i += quoted.p[i] == '"'; /* the second one of a pair */
    }
    *out = ny_str_of(p, n);
    return NY_OK;
}

static ny_rc quoted_field(struct ny_csv *c, struct ny_arena *a, ny_str *out, struct ny_error *err)
{
    bool doubled = false;
    ny_str all;
    size_t n = 0;

    skip(c, 1);
    all = c->rest;
    for (;; n++) {
        if (n == all.n) {
            return refuse(c, err, NY_ESYNTAX, "a quote is not closed");
        }
        c->next_line += all.p[n] == '\n';
        if (all.p[n] == '"') {
            if (n + 1 == all.n || all.p[n + 1] != '"') {
                break;
            }
            doubled = true;
            n++;
        }
    }
    skip(c, n + 1);
    if (!at_row_end(c) && c->rest.p[0] != ',') {
        return refuse(c, err, NY_ESYNTAX, "text behind a closing quote");
    }
    *out = ny_str_sub(all, 0, n);
    return doubled ? undouble(c, a, *out, out, err) : NY_OK;
}

ny_rc ny_csv_row(struct ny_csv *c, struct ny_arena *a, ny_str *fields, size_t max, size_t *n,
                 struct ny_error *err)
{
    size_t count = 0;
    bool more;

    while (!ny_str_is_empty(c->rest) && at_row_end(c)) {
        skip_row_end(c);
    }
    c->line = c->next_line;
    *n = 0;
    if (ny_str_is_empty(c->rest)) {
        return NY_OK;
    }
    do {
        ny_rc rc;

        if (count == max) {
            return refuse(c, err, NY_ELIMIT, "there are too many fields");
        }
        rc = ny_str_starts_with(c->rest, NY_S("\"")) ? quoted_field(c, a, &fields[count], err)
                                                     : plain_field(c, &fields[count], err);
        if (rc != NY_OK) {
            return rc;
        }
        count++;
        more = !at_row_end(c);
        if (more) {
            skip(c, 1); /* the separator */
        }
    } while (more);
    skip_row_end(c);
    *n = count;
    return NY_OK;
}
