/* Visits in a search: they stand in the database alone.
 *
 *   few persons found in memory ─▶ their visits ─┐
 *   many, or none could be looked for ─▶ all such visits (bounded) ─┴▶ persons ─▶ ids that stay
 *
 * A visit is its person's, whichever of his records it was said of: name and visit may come from
 * two facilities. Where one facility is asked, it is the record's. Children found by nothing but
 * their mother's id come the same way. */

#include "search_priv.h"

#include <stdlib.h>

static int by_number(const void *pa, const void *pb)
{
    uint32_t a = *(const uint32_t *)pa;
    uint32_t b = *(const uint32_t *)pb;

    return (a > b) - (a < b);
}

/* Whose the visits are (persons, or records of a facility), each once; sorted. Who was taken back
 * is a person without anybody who is there. */
static size_t whose_are(const struct searching *s, const int64_t *ids, size_t n, uint32_t *out)
{
    size_t n_out = 0;
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (ids[i] > (int64_t)ny_index_count(s->r->index)) {
            continue; /* of a commit whose answer was lost: memory does not know of it yet */
        }
        out[n_out++] = ny_search_whose(s->r->index, s->ask->of != NULL, (uint32_t)ids[i]);
    }
    if (n_out > 1) {
        qsort(out, n_out, sizeof(*out), by_number);
    }
    for (size_t i = 0; i < n_out; i++) {
        if (i == 0 || out[i] != out[i - 1]) {
            out[kept++] = out[i];
        }
    }
    return kept;
}

static void ids_keep(struct searching *s, const uint32_t *kept_ones, size_t n_kept)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->n; i++) {
        uint32_t whose = ny_search_whose(s->r->index, s->ask->of != NULL, s->ids[i]);

        if (n_kept > 0 &&
            bsearch(&whose, kept_ones, n_kept, sizeof(*kept_ones), by_number) != NULL) {
            s->ids[kept++] = s->ids[i];
        }
    }
    s->n = kept;
}

static void on_found(void *ctx, ny_rc rc, const int64_t *ids, size_t n)
{
    struct searching *s = ctx;
    uint32_t *whose = rc == NY_OK ? NY_ARENA_ARRAY(s->arena, uint32_t, n + 1) : NULL;

    if (rc == NY_OK && whose == NULL) {
        rc = NY_ELIMIT;
    }
    if (rc == NY_OK && n > NY_SEARCH_VISITS_MAX) {
        ny_search_refuse(s, NY_SEARCH_TOO_MANY);
        return;
    }
    if (rc == NY_OK) {
        n = whose_are(s, ids, n, whose);
    }
    if (rc == NY_OK && s->elsewhere && s->ask->of != NULL) {
        s->ids = whose;
        s->n = n;
    } else if (rc == NY_OK && s->elsewhere) {
        rc = ny_search_take(s, whose, n);
    } else if (rc == NY_OK) {
        ids_keep(s, whose, n);
    }
    if (rc != NY_OK) {
        ny_search_end(s, rc);
    } else if (s->elsewhere) {
        ny_search_fit(s);
    } else {
        ny_search_go_on(s);
    }
}

/* Every record of the persons that were found; 0 when they are too many to be asked for one by one.
 */
static size_t members_of(const struct searching *s, int64_t ids[NY_SEARCH_LOOK_MAX])
{
    const struct ny_index *ix = s->r->index;
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++) {
        for (uint32_t m = ny_index_member_first(ix, ny_index_person_of(ix, s->ids[i])); m != 0;
             m = ny_index_member_next(ix, m)) {
            if (n == NY_SEARCH_LOOK_MAX) {
                return 0;
            }
            ids[n++] = m;
        }
    }
    return n;
}

void ny_search_visits(struct searching *s)
{
    int64_t ids[NY_SEARCH_LOOK_MAX];
    size_t n = s->elsewhere ? 0 : members_of(s, ids);
    const struct ny_search_values *mother = &s->ask->search.field[NY_SEARCH_MOTHER_ID];
    const struct ny_visit_question q = {
        .terms = s->ask->visit_terms,
        .n_terms = s->ask->n_visit_terms,
        .ids = n > 0 ? ids : NULL,
        .n = n > 0 ? n : (size_t)NY_SEARCH_VISITS_MAX + 1,
    };
    ny_rc rc;

    if (s->elsewhere && s->ask->n_visit_keys == 0) {
        rc = ny_store_find_children(s->r->store, mother->v, mother->n, q.n, on_found, s);
    } else if (n == 0 && s->ask->n_visit_keys == 0) {
        ny_search_refuse(s, NY_SEARCH_TOO_MANY); /* half of all visits may be of one class */
        return;
    } else {
        rc = ny_store_find_visits(s->r->store, &q, on_found, s);
    }
    if (rc != NY_OK) {
        ny_search_end(s, rc);
    }
}

/* ---- the visits of a page ---- */

struct visits_reading {
    struct ny_registry *r;
    struct ny_arena *arena;
    struct ny_search_page *page;
    void (*fn)(void *ctx, ny_rc rc);
    void *ctx;
};

static struct ny_stored_visit *visit_copy(struct ny_arena *a, const struct ny_stored_visit *v)
{
    struct ny_stored_visit *out = NY_ARENA_NEW(a, struct ny_stored_visit);

    for (size_t f = 0; out != NULL && f < NY_VISIT_COUNT; f++) {
        out->text[f] = ny_arena_str(a, v->text[f]);
        if (v->text[f].n > 0 && out->text[f].p == NULL) {
            return NULL;
        }
    }
    return out;
}

/* The first visit of each hit is the one last spoken of. */
static void on_read(void *ctx, ny_rc rc, const struct ny_stored_visit *rows, size_t n)
{
    struct visits_reading *v = ctx;

    for (size_t i = 0; rc == NY_OK && i < n; i++) {
        for (size_t k = 0; k < v->page->n && rc == NY_OK; k++) {
            struct ny_search_hit *h = &v->page->hits[k];

            if (h->visit == NULL && ny_search_is_of(v->r->index, h, (uint32_t)rows[i].identity)) {
                h->visit = visit_copy(v->arena, &rows[i]);
                rc = h->visit != NULL ? NY_OK : NY_ELIMIT;
            }
        }
    }
    v->fn(v->ctx, rc);
}

ny_rc ny_search_visits_read(struct ny_registry *r, struct ny_arena *a, struct ny_search_page *page,
                            void (*fn)(void *ctx, ny_rc rc), void *ctx)
{
    struct visits_reading *v = NY_ARENA_NEW(a, struct visits_reading);
    const struct ny_visit_question q = {.terms = page->visits->visit_terms,
                                        .n_terms = page->visits->n_visit_terms,
                                        .ids = page->records,
                                        .n = page->n_records};

    if (v == NULL) {
        return NY_ELIMIT;
    }
    *v = (struct visits_reading){r, a, page, fn, ctx};
    return ny_store_read_visits(r->store, &q, on_read, v);
}
