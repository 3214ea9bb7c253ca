/* Who may fit a plan: the lists of the terms that it looks up are measured, and the shortest group
 * is gathered. */

#include "nayose/index.h"

#include <stdlib.h>

#include "terms_priv.h"

/* What a walk over the terms of a group does with each posting list; false ends it. */
typedef bool (*list_fn)(void *ctx, const struct term *t);

/* The list itself, or the lists of the kana that a sound stands for. */
static bool list_give(const struct term_table *table, const struct term *t, list_fn fn, void *ctx)
{
    if (t->kind < NY_TERM_RECORD_KINDS) {
        return fn(ctx, t);
    }
    for (uint32_t i = 0; i < t->n; i++) {
        if (!fn(ctx, &table->terms[ny_term_ids(t)[i]])) {
            return false;
        }
    }
    return true;
}

static bool text_walk(const struct term_table *t, enum ny_term_kind kind, ny_str text, list_fn fn,
                      void *ctx)
{
    uint32_t at = ny_terms_find(t, kind, text);

    return at == 0 || list_give(t, &t->terms[at], fn, ctx);
}

/* The text with `skip` letters left out at a place, and a letter (0: none) put in there. */
static bool spliced_walk(const struct term_table *t, const struct ny_lookup *l, size_t at,
                         size_t skip, unsigned letter, list_fn fn, void *ctx)
{
    char text[NY_TERM_TEXT_MAX + 1];
    size_t n = at;

    memcpy(text, l->text.p, at);
    if (letter != 0) {
        text[n++] = (char)letter;
    }
    memcpy(text + n, l->text.p + at + skip, l->text.n - at - skip);
    n += l->text.n - at - skip;
    return text_walk(t, l->kind, ny_str_of(text, n), fn, ctx);
}

/* The text and all that are one letter beside it: some hundred look-ups, and no walk over the
 * dictionary. */
static void edits_walk(const struct term_table *t, const struct ny_lookup *l, list_fn fn, void *ctx)
{
    bool kana = l->kind == NY_TERM_FAMILY_KANA || l->kind == NY_TERM_GIVEN_KANA;
    unsigned first = kana ? 0x01 : 'A'; /* kana are bytes behind U+30A0 */
    unsigned last = kana ? 0x5C : 'Z';
    bool more = l->text.n <= NY_TERM_TEXT_MAX;

    for (size_t at = 0; at <= l->text.n && more; at++) {
        size_t one = at < l->text.n;

        more = one == 0 || spliced_walk(t, l, at, 1, 0, fn, ctx);
        for (unsigned c = first; c <= last && more; c++) {
            more = (one == 0 || spliced_walk(t, l, at, 1, c, fn, ctx)) &&
                   spliced_walk(t, l, at, 0, c, fn, ctx);
        }
    }
}

static void lookup_walk(const struct term_table *t, const struct ny_lookup *l, list_fn fn,
                        void *ctx)
{
    uint32_t at;

    if (l->edit) {
        edits_walk(t, l, fn, ctx);
        return;
    }
    if (!l->prefix) {
        (void)text_walk(t, l->kind, l->text, fn, ctx);
        return;
    }
    for (at = ny_terms_seek(t, l->kind, l->text);
         at != 0 && t->terms[at].kind == l->kind &&
         ny_str_starts_with(ny_term_text(&t->terms[at]), l->text);
         at = t->terms[at].next[0]) {
        if (!list_give(t, &t->terms[at], fn, ctx)) {
            return;
        }
    }
}

static void group_walk(const struct term_table *t, const struct ny_search_plan *p,
                       enum ny_search_group g, list_fn fn, void *ctx)
{
    const struct ny_lookup *l = NULL;
    size_t n = ny_search_lookups(p, g, &l);

    for (size_t i = 0; i < n; i++) {
        lookup_walk(t, &l[i], fn, ctx);
    }
}

struct measure {
    size_t n, max;
};

/* A list counts its length and what it costs to come by. */
static bool on_measure(void *ctx, const struct term *t)
{
    struct measure *m = ctx;

    m->n += t->n + 1;
    return m->n < m->max;
}

struct gathering {
    const struct ny_search_plan *plan;
    const int16_t *years;
    uint32_t *ids;
    size_t n;
};

static bool on_gather(void *ctx, const struct term *t)
{
    struct gathering *g = ctx;
    const uint32_t *ids = ny_term_ids(t);

    for (uint32_t i = 0; i < t->n; i++) {
        if (ny_search_year_fits(g->plan, g->years[ids[i]])) {
            g->ids[g->n++] = ids[i];
        }
    }
    return true;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a;
    uint32_t y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

bool ny_index_fits(const struct ny_index *ix, const struct ny_search_plan *p, uint32_t id)
{
    const struct ident *i = &ix->idents[id];
    struct ny_record r;

    return i->status != NY_IDENTITY_DELETED &&
           ny_record_unpack(ny_index_ident_record(i), &r) == NY_OK && ny_search_fits(p, &r);
}

/* Ascending, each once. */
static size_t ids_order(uint32_t *ids, size_t n)
{
    size_t kept = 0;

    qsort(ids, n, sizeof(*ids), by_number);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || ids[i] != ids[i - 1]) {
            ids[kept++] = ids[i];
        }
    }
    return kept;
}

ny_rc ny_index_search(const struct ny_index *ix, struct ny_arena *a, const struct ny_search_plan *p,
                      size_t max, uint32_t **out, size_t *out_n)
{
    struct measure best = {0, max};
    struct gathering g = {.plan = p, .years = ix->terms->years};
    enum ny_search_group driver = NY_GROUP_COUNT;

    NY_ASSERT(ix->terms != NULL);
    for (enum ny_search_group i = 0; i < NY_GROUP_COUNT; i++) {
        const struct ny_lookup *l = NULL;
        struct measure m = {0, driver == NY_GROUP_COUNT ? max : best.n};

        if (ny_search_lookups(p, i, &l) == 0) {
            continue;
        }
        group_walk(ix->terms, p, i, on_measure, &m);
        if (m.n < m.max) {
            driver = i;
            best = m;
        }
    }
    if (driver == NY_GROUP_COUNT) {
        return NY_ELIMIT;
    }
    g.ids = ny_arena_alloc(a, ny_mul_size(best.n + 1, sizeof(*g.ids)));
    if (g.ids == NULL) {
        return NY_ELIMIT;
    }
    group_walk(ix->terms, p, driver, on_gather, &g);
    *out = g.ids;
    *out_n = ids_order(g.ids, g.n);
    return NY_OK;
}
