/* Visits: in a batch, found by their terms, and read. */

#include "store_priv.h"

void ny_store_add_visit(struct ny_store_batch *b, int64_t identity, const struct ny_visit *v)
{
    struct visit_entry e = {identity, v, ny_text_clean(b->arena, v->number)};

    NY_ROWS_PUSH(&b->visits, e);
}

/* ---- what is said, as JSON: see sql/0007_visits.sql ---- */

static void string_write(struct ny_buf *b, ny_str s)
{
    ny_buf_add_char(b, '"');
    ny_write_escaped(b, s);
    ny_buf_add_char(b, '"');
}

static void entry_write(struct ny_buf *b, ny_str key, const struct ny_stamp *stamp,
                        const struct ny_visit_value *v)
{
    enum { HASH = 8 }; /* bytes of it: only two messages with one time and one number need it */
    char hash[2 * HASH + 1];

    ny_hex(stamp->hash, HASH, hash);
    ny_buf_add_c(b, b->n > 1 ? "," : "");
    string_write(b, key);
    ny_buf_add_c(b, ":[");
    ny_write_int(b, stamp->at_us);
    ny_buf_add_char(b, ',');
    string_write(b, stamp->control_id);
    ny_buf_add_char(b, ',');
    string_write(b, ny_str_from_c(hash));
    ny_buf_add_char(b, ',');
    string_write(b, v->text);
    ny_buf_add_c(b, ",[");
    for (size_t i = 0; i < v->n_terms; i++) {
        ny_buf_add_c(b, i > 0 ? "," : "");
        string_write(b, v->terms[i]);
    }
    ny_buf_add_c(b, "]]");
}

static ny_rc said_write(struct ny_arena *a, const struct ny_visit *v, ny_str *out)
{
    struct ny_buf b;

    ny_buf_init(&b, a);
    ny_buf_add_char(&b, '{');
    for (enum ny_visit_field f = 0; f < NY_VISIT_COUNT; f++) {
        if (v->field[f].said) {
            ny_str key = ny_arena_printf(a, "%u", ny_visit_pv1(f));

            entry_write(&b, key, &v->stamp, &v->field[f]);
        }
    }
    if (v->state != NY_VISIT_UNSAID) {
        const struct ny_visit_value state = {.text = v->state == NY_VISIT_CANCELLED ? NY_S("X")
                                                                                    : NY_S("")};

        entry_write(&b, NY_S("state"), &v->stamp, &state);
    }
    ny_buf_add_char(&b, '}');
    return ny_buf_end(&b, out);
}

/* All terms of a message, joined by the unit separator, which no folded text holds. */
static ny_rc terms_write(struct ny_arena *a, const struct ny_visit *v, ny_str *out)
{
    struct ny_buf b;

    ny_buf_init(&b, a);
    for (size_t f = 0; f < NY_VISIT_COUNT; f++) {
        for (size_t i = 0; i < v->field[f].n_terms; i++) {
            ny_buf_add_c(&b, b.n > 0 ? "\x1f" : "");
            ny_buf_add(&b, v->field[f].terms[i]);
        }
    }
    return ny_buf_end(&b, out);
}

ny_rc ny_batch_write_visits(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->visits.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_VISIT_PUT, s->scratch);
    for (size_t i = 0; i < b->visits.n; i++) {
        const struct visit_entry *e = &b->visits.v[i];
        ny_str said = NY_STR_NONE;
        ny_str terms = NY_STR_NONE;
        ny_rc rc = said_write(s->scratch, e->visit, &said);

        rc = rc == NY_OK ? terms_write(s->scratch, e->visit, &terms) : rc;
        if (rc != NY_OK) {
            return rc;
        }
        ny_col_i64(&c, e->identity);
        ny_col_text(&c, e->number);
        ny_col_json(&c, said);
        ny_col_i64(&c, e->visit->stamp.at_us);
        ny_col_text(&c, terms);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}
