/* What a page shows: the patients of its persons, read when the page is sent; and one alone, as a
 * page of his. */

#include "search_priv.h"

ny_rc ny_search_records(const struct ny_registry *r, struct ny_arena *a,
                        struct ny_search_page *page)
{
    size_t n = 0;

    for (size_t i = 0; i < page->n; i++) {
        n += ny_index_member_count(r->index, (uint32_t)page->hits[i].person);
    }
    page->records = NY_ARENA_ARRAY(a, int64_t, n + 1);
    for (size_t i = 0; i < page->n && page->records != NULL; i++) {
        for (uint32_t m = ny_index_member_first(r->index, (uint32_t)page->hits[i].person); m != 0;
             m = ny_index_member_next(r->index, m)) {
            page->records[page->n_records++] = m;
        }
    }
    return page->records != NULL ? NY_OK : NY_ELIMIT;
}

struct reading {
    struct ny_arena *arena;
    struct ny_registry *r;
    struct ny_search_page *page;
    void (*fn)(void *ctx, ny_rc rc, struct ny_search_page *page);
    void *ctx;
};

static void read_end(struct reading *s, ny_rc rc)
{
    s->fn(s->ctx, rc, rc == NY_OK ? s->page : NULL);
}

/* What the records of a hit say together: newest values first. A record whose id was retired speaks
 * only for a person without any name: his number was changed, and nothing was said under the new.
 */
static ny_rc patient_add(struct reading *s, const struct ny_stored_patient *row, bool retired)
{
    for (size_t i = 0; i < s->page->n; i++) {
        struct ny_search_hit *h = &s->page->hits[i];
        struct ny_patient *joined = NY_ARENA_NEW(s->arena, struct ny_patient);
        struct ny_patient copied;
        enum ny_patient_change change;
        ny_rc rc;

        if (h->person != row->person || !ny_search_is_of(s->r->index, h, (uint32_t)row->id)) {
            continue;
        }
        if (retired && (h->patient == NULL || h->patient->sets[NY_SET_NAME].n > 0)) {
            return NY_OK;
        }
        rc = joined != NULL ? ny_patient_copy(s->arena, &row->patient, &copied) : NY_ELIMIT;
        if (rc == NY_OK && h->patient == NULL) {
            *joined = copied;
        } else if (rc == NY_OK) {
            rc = ny_patient_merge(s->arena, h->patient, &copied, joined, &change);
        }
        h->patient = rc == NY_OK ? joined : h->patient;
        return rc;
    }
    return NY_OK; /* moved to somebody who is not on this page */
}

static void on_visits(void *ctx, ny_rc rc)
{
    read_end(ctx, rc);
}

static void on_details(void *ctx, ny_rc rc, const struct ny_stored_patient *rows, size_t n)
{
    struct reading *s = ctx;
    struct ny_search_page *p = s->page;
    size_t kept = 0;

    for (size_t i = 0; rc == NY_OK && i < n; i++) {
        if (ny_identity_is_there(rows[i].status)) {
            rc = patient_add(s, &rows[i], false);
        }
    }
    for (size_t i = 0; rc == NY_OK && i < n; i++) {
        if (rows[i].status == NY_IDENTITY_MERGED) {
            rc = patient_add(s, &rows[i], true);
        }
    }
    for (size_t i = 0; i < p->n; i++) {
        if (p->hits[i].patient != NULL) {
            p->hits[kept++] = p->hits[i];
        }
    }
    p->n = kept;
    if (rc == NY_OK && p->visits != NULL && p->n > 0) {
        rc = ny_search_visits_read(s->r, s->arena, p, on_visits, s);
        if (rc == NY_OK) {
            return;
        }
    }
    read_end(s, rc);
}

void ny_registry_search_read(struct ny_registry *r, struct ny_arena *a, struct ny_search_page *page,
                             void (*fn)(void *ctx, ny_rc rc, struct ny_search_page *page),
                             void *ctx)
{
    struct reading *s = NY_ARENA_NEW(a, struct reading);
    ny_rc rc = page->undone == r->undone ? NY_OK : NY_EAGAIN;

    if (s == NULL) {
        fn(ctx, NY_ELIMIT, NULL);
        return;
    }
    *s = (struct reading){.arena = a, .r = r, .page = page, .fn = fn, .ctx = ctx};
    if (page->n > 0 && rc == NY_OK) {
        rc = ny_store_read_patients(r->store, page->records, page->n_records, on_details, s);
    }
    if (page->n == 0 || rc != NY_OK) {
        read_end(s, rc);
    }
}

/* ---- one alone ---- */

struct alone {
    struct ny_search_page page;
    struct ny_search_hit hit;
    void (*fn)(void *ctx, ny_rc rc, const struct ny_patient *patient);
    void *ctx;
};

static void on_alone(void *ctx, ny_rc rc, struct ny_search_page *page)
{
    const struct alone *x = ctx;

    x->fn(x->ctx, rc, rc == NY_OK && page->n > 0 ? page->hits[0].patient : NULL);
}

void ny_registry_patient_read(struct ny_registry *r, struct ny_arena *a, int64_t person,
                              void (*fn)(void *ctx, ny_rc rc, const struct ny_patient *patient),
                              void *ctx)
{
    struct alone *x = NY_ARENA_NEW(a, struct alone);

    if (x == NULL || person > ny_index_person_count(r->index)) {
        fn(ctx, x == NULL ? NY_ELIMIT : NY_EAGAIN, NULL);
        return;
    }
    *x = (struct alone){.hit = {.person = person}, .fn = fn, .ctx = ctx};
    x->page = (struct ny_search_page){.hits = &x->hit, .n = 1, .undone = r->undone};
    if (ny_search_records(r, a, &x->page) != NY_OK) {
        fn(ctx, NY_ELIMIT, NULL);
        return;
    }
    ny_registry_search_read(r, a, &x->page, on_alone, x);
}
