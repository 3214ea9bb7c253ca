/* Single pairs: what the registry says of them. */

#include "lab.h"

#include "text.h"

struct question {
    struct lab_tally *tally;
    const char *prefix;
    bool compared;
    bool show_band;
};

/* "G1 S1 D1 sex A3 - I5" */
static void levels_write(char *to, size_t cap, const struct ny_score *s)
{
    for (size_t i = 0; i < NY_FIELD_COUNT; i++) {
        POP_CAT(to, cap, " ",
                s->level[i] == NY_LEVEL_NONE ? "-" : ny_level_name((enum ny_level)s->level[i]));
    }
    for (unsigned g = 0; g < NY_GUARD_COUNT; g++) {
        if ((s->guards >> g & 1) != 0) {
            POP_CAT(to, cap, " +", ny_guard_name((enum ny_guard)g));
        }
    }
}

/* One line of what is stored of a patient. */
static void patient_write(struct ny_buf *b, const struct ny_domain *d, ny_str id,
                          const struct ny_patient *p)
{
    ny_buf_printf(b, "             %.*s/%.*s ", NY_ARG(d->ns), NY_ARG(id));
    for (size_t i = 0; i < NY_SET_COUNT; i++) {
        const struct ny_set *s = &p->sets[i];

        for (size_t k = 0; k < s->n; k++) {
            ny_buf_add_c(b, k > 0 ? " ~" : " |");
            for (size_t part = 0; part < NY_VALUE_PARTS_MAX; part++) {
                if (s->values[k].part[part].n > 0) {
                    ny_buf_printf(b, " %.*s", NY_ARG(s->values[k].part[part]));
                }
            }
        }
    }
    for (size_t i = 0; i < NY_SINGLE_COUNT; i++) {
        if (p->singles[i].value.n > 0) {
            ny_buf_printf(b, " | %.*s", NY_ARG(p->singles[i].value));
        }
    }
    ny_buf_add_c(b, "\n");
}

static void example_write(struct lab_tally *t, const char *key, const struct ny_explanation *e)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_buf b;

    ny_buf_init(&b, a);
    ny_buf_printf(&b, "           %.2f bits, %s\n", e->pair.score.total_b1024 / 1024.0,
                  e->pair.same_person ? "one group" : "two groups");
    patient_write(&b, e->domain_a, e->id_a, e->a);
    patient_write(&b, e->domain_b, e->id_b, e->b);
    ny_buf_add_char(&b, '\0');
    lab_tally_example(t, key, b.p);
    ny_arena_destroy(a);
}

static void on_explained(void *ctx, ny_rc rc, const struct ny_explanation *e)
{
    static const char *const bands[] = {"none", "parked", "review", "auto"};
    struct question *q = ctx;
    char key[256] = "";

    NY_ASSERT(rc == NY_OK && e->found_a && e->found_b);
    q->compared = e->pair.compared;
    if (q->tally == NULL) {
        return;
    }
    pop_cat(key, sizeof key, q->prefix);
    if (q->show_band) {
        POP_CAT(key, sizeof key, e->pair.compared ? "" : "never compared, ", bands[e->pair.band]);
    }
    levels_write(key, sizeof key, &e->pair.score);
    if (lab_tally_add(q->tally, key)) {
        example_write(q->tally, key, e);
    }
}

/* The later record looked for the earlier one. */
static bool ask(struct lab_world *w, struct question *q, const struct lab_record *a,
                const struct lab_record *b)
{
    bool a_is_later = a->identity > b->identity;

    lab_world_explain(w, a_is_later ? a : b, a_is_later ? b : a, on_explained, q);
    return q->compared;
}

void lab_ask_missed(struct lab_world *w, struct lab_result *r, const struct lab_record *a,
                    const struct lab_record *b)
{
    struct question q = {.tally = r->missed, .prefix = "", .show_band = true};

    (void)ask(w, &q, a, b);
}

void lab_ask_false(struct lab_world *w, struct lab_result *r, const struct lab_record *a,
                   const struct lab_record *b)
{
    char prefix[64] = "";
    struct question q = {.tally = r->false_, .prefix = prefix};

    POP_CAT(prefix, sizeof prefix, lab_relation(a, b),
            a->likeness == b->likeness ? ", alike:" : ":");
    (void)ask(w, &q, a, b);
}

void lab_ask_compared(struct lab_world *w, struct lab_result *r, const struct lab_record *a,
                      const struct lab_record *b)
{
    struct question q = {.tally = NULL};

    if (ask(w, &q, a, b)) {
        return;
    }
    r->count[LAB_UNCOMPARED]++;
    q = (struct question){.tally = r->uncompared, .prefix = ""};
    (void)ask(w, &q, a, b);
}

void lab_ask_question(struct lab_world *w, struct lab_result *r, const struct ny_review_row *row)
{
    static const char *const why[] = {"", "band", "guard", "runner-up", "group", "hold"};
    const struct lab_record *a = &w->records[w->record_of[row->a]];
    const struct lab_record *b = &w->records[w->record_of[row->b]];
    char prefix[64] = "";
    struct question q = {.tally = r->questions, .prefix = prefix};

    if (row->state == NY_REVIEW_PARKED) {
        r->count[LAB_PARKED]++;
    }
    if (row->state != NY_REVIEW_OPEN) {
        return;
    }
    r->count[LAB_OPEN]++;
    r->count[LAB_OPEN_TRUE] += a->person == b->person;
    POP_CAT(prefix, sizeof prefix, lab_relation(a, b), ", ", why[row->reason], ":");
    (void)ask(w, &q, a, b);
}
