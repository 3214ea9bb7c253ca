/* A question answered from memory.
 *
 *   plan ─▶ candidates (ids asked for, or the shortest list of terms) ─▶ fits? ─▶ [who has such a
 *   visit, or mother] ─▶ [what only the database tells: read, fits?] ─▶ ranked (search_rank.c) ─▶
 * page */

#include "search_priv.h"

#include <stdlib.h>

enum { LIST_MAX = 400000 }; /* terms and postings that one question may walk */

void ny_search_end(struct searching *s, ny_rc rc)
{
    s->fn(s->ctx, rc, rc == NY_OK ? s->page : NULL);
}

void ny_search_refuse(struct searching *s, enum ny_search_result why)
{
    s->page->result = why;
    ny_search_end(s, NY_OK);
}

/* ---- the page ---- */

static int by_member(const void *pa, const void *pb)
{
    const struct ny_resolved_member *a = pa;
    const struct ny_resolved_member *b = pb;

    if (a->domain != b->domain) {
        return a->domain < b->domain ? -1 : 1;
    }
    return ny_str_compare(a->local_id, b->local_id);
}

/* False: nothing of him is told, or the arena is full (then members is NULL). */
static bool hit_fill(struct searching *s, uint32_t whose, int32_t total, struct ny_search_hit *h)
{
    struct ny_registry *r = s->r;
    const bool by_record = s->ask->of != NULL;
    const uint32_t person = by_record ? ny_index_person_of(r->index, whose) : whose;
    struct ny_index_identity x;
    size_t n = ny_index_member_count(r->index, person);

    *h = (struct ny_search_hit){.person = person,
                                .record = by_record ? whose : 0,
                                .total_b1024 = total,
                                .members =
                                    NY_ARENA_ARRAY(s->arena, struct ny_resolved_member, n + 1),
                                .regional = ny_search_is_regional_told(s),
                                .regional_id = ny_registry_regional_id(r, person, s->arena)};
    for (uint32_t m = ny_index_member_first(r->index, person); m != 0 && h->members != NULL;
         m = ny_index_member_next(r->index, m)) {
        if (ny_search_is_told(s, whose, m)) {
            ny_index_get(r->index, m, &x);
            h->members[h->n_members++] =
                (struct ny_resolved_member){x.domain, ny_arena_str(s->arena, x.local_id)};
        }
    }
    if (h->n_members > 1) {
        qsort(h->members, h->n_members, sizeof(*h->members), by_member);
    }
    return h->members != NULL && (h->n_members > 0 || h->regional);
}

/* Whom an entry stands for now; 0: gone, or shown before. */
static uint32_t entry_now(const struct searching *s, const struct found_list *list, size_t at)
{
    uint32_t whose = ny_search_speaks_for(s, list->v[at].identity);

    for (size_t i = 0; i < at; i++) {
        if (list->v[i].shown == whose) {
            return 0;
        }
    }
    return whose;
}

/* The entries from at on, as many as a page holds. c: kept already, or NULL. */
static ny_rc page_fill(struct searching *s, struct found_list *list, size_t at, struct cursor *c)
{
    struct ny_search_page *p = s->page;
    size_t max =
        s->ask->page == 0 || s->ask->page > NY_SEARCH_PAGE_MAX ? NY_SEARCH_PAGE_MAX : s->ask->page;

    p->total = list->n;
    p->hits = NY_ARENA_ARRAY(s->arena, struct ny_search_hit, max);
    if (p->hits == NULL) {
        return NY_ELIMIT;
    }
    for (; at < list->n && p->n < max; at++) {
        uint32_t whose = entry_now(s, list, at);

        list->v[at].shown = whose;
        if (whose != 0 && hit_fill(s, whose, list->v[at].total_b1024, &p->hits[p->n])) {
            p->n++;
        }
    }
    p->remaining = list->n - at;
    if (p->remaining > 0) {
        c = c != NULL ? c : ny_cursor_add(s->r, s->ask, list);
        p->next = ny_cursor_pointer(c, at, s->arena);
    }
    return p->remaining > 0 && p->next.p == NULL ? NY_ELIMIT : ny_search_records(s->r, s->arena, p);
}

void ny_search_page(struct searching *s)
{
    size_t n = s->found.n;

    if (n > NY_SEARCH_HITS_MAX || (s->ask->page == 0 && n > NY_SEARCH_PAGE_MAX)) {
        ny_search_refuse(s, NY_SEARCH_TOO_MANY);
        return;
    }
    ny_search_end(s, page_fill(s, &s->found, 0, NULL));
}

/* ---- what only the database tells ---- */

static void on_patients(void *ctx, ny_rc rc, const struct ny_stored_patient *rows, size_t n)
{
    struct searching *s = ctx;

    s->n = 0;
    for (size_t i = 0; rc == NY_OK && i < n; i++) {
        if (ny_search_fits_patient(s->plan, &rows[i].patient)) {
            s->ids[s->n++] = (uint32_t)rows[i].id;
        }
    }
    if (rc != NY_OK) {
        ny_search_end(s, rc);
    } else {
        ny_search_answer(s);
    }
}

static void look(struct searching *s)
{
    int64_t *ids = NY_ARENA_ARRAY(s->arena, int64_t, s->n + 1);
    ny_rc rc = NY_ELIMIT;

    if (s->n > NY_SEARCH_LOOK_MAX) {
        ny_search_refuse(s, NY_SEARCH_TOO_MANY);
        return;
    }
    for (size_t i = 0; i < s->n && ids != NULL; i++) {
        ids[i] = s->ids[i];
    }
    if (ids != NULL) {
        rc = ny_store_read_patients(s->r->store, ids, s->n, on_patients, s);
    }
    if (rc != NY_OK) {
        ny_search_end(s, rc);
    }
}

void ny_search_go_on(struct searching *s)
{
    if (ny_search_needs_patient(s->plan) && s->n > 0) {
        look(s);
    } else {
        ny_search_answer(s);
    }
}

/* ---- candidates ---- */

/* The person with this regional id, by its number; 0: none. */
static uint32_t person_of(const struct ny_registry *r, ny_str regional_id, struct ny_arena *a)
{
    ny_str digits = ny_str_sub(regional_id, 0, regional_id.n > 0 ? regional_id.n - 1 : 0);
    uint64_t number = 0;

    if (ny_str_to_u64(digits, 1, ny_index_person_count(r->index), &number) != NY_OK ||
        !ny_str_equals(ny_registry_regional_id(r, (uint32_t)number, a), regional_id)) {
        return 0;
    }
    return (uint32_t)number;
}

static uint32_t person_asked(const struct searching *s, const struct ny_search_id *id)
{
    const struct ny_domain *d = ny_registry_domain(s->r, id->domain);
    struct ny_index_identity x;
    uint32_t identity;

    if (id->domain == s->r->regional->id) {
        return person_of(s->r, id->id, s->arena);
    }
    identity = d != NULL ? ny_registry_identity_number(s->r, d, id->id) : 0;
    if (identity == 0) {
        return 0;
    }
    ny_index_get(s->r->index, identity, &x);
    return ny_identity_is_there(x.status) ? x.person : 0;
}

ny_rc ny_search_take(struct searching *s, const uint32_t *persons, size_t n)
{
    const struct ny_index *ix = s->r->index;
    size_t room = 0;

    for (size_t i = 0; i < n; i++) {
        room += ny_index_member_count(ix, persons[i]);
    }
    s->ids = NY_ARENA_ARRAY(s->arena, uint32_t, room + 1);
    s->n = 0;
    for (size_t i = 0; i < n && s->ids != NULL; i++) {
        for (uint32_t m = ny_index_member_first(ix, persons[i]); m != 0;
             m = ny_index_member_next(ix, m)) {
            s->ids[s->n++] = m;
        }
    }
    return s->ids != NULL ? NY_OK : NY_ELIMIT;
}

/* Records of the persons asked for by id. */
static ny_rc by_ids(struct searching *s)
{
    const struct ny_search *q = &s->ask->search;
    uint32_t persons[NY_SEARCH_IDS_MAX];
    size_t n = 0;
    bool one = true;

    for (size_t i = 0; i < q->n_ids; i++) {
        persons[n] = person_asked(s, &q->ids[i]);
        one = one && persons[n] == persons[0];
        n += persons[n] != 0;
    }
    if (q->every_id) { /* the one who has them all, or nobody */
        n = one && n == q->n_ids ? 1 : 0;
    }
    return ny_search_take(s, persons, n);
}

/* What the database alone finds by: fields of a visit that few share, the mother's id. */
static size_t keys_elsewhere(const struct searching *s)
{
    return s->ask->n_visit_keys + (s->ask->search.field[NY_SEARCH_MOTHER_ID].n > 0);
}

/* Memory has no term to find the persons by. */
static bool is_elsewhere(const struct searching *s)
{
    bool found = s->ask->search.n_ids > 0 || keys_elsewhere(s) == 0;

    for (enum ny_search_group g = 0; g < NY_GROUP_COUNT && !found; g++) {
        const struct ny_lookup *l = NULL;

        found = ny_search_lookups(s->plan, g, &l) > 0;
    }
    return !found;
}

static ny_rc candidates_find(struct searching *s)
{
    s->elsewhere = is_elsewhere(s);
    if (s->elsewhere) {
        return NY_OK;
    }
    if (s->ask->search.n_ids == 0) {
        return ny_index_search(s->r->index, s->arena, s->plan, LIST_MAX, &s->ids, &s->n);
    }
    return by_ids(s);
}

/* An id; or enough fields, of which memory or the database can find by one at least. Sex
 * and the parts of an address but the postal code do not count: everybody has them. */
static bool is_enough(const struct searching *s)
{
    const struct ny_search *q = &s->ask->search;
    size_t n = 0;

    for (enum ny_search_group g = 0; g < NY_GROUP_COUNT; g++) {
        const struct ny_lookup *l = NULL;

        n += ny_search_lookups(s->plan, g, &l) > 0;
    }
    if (n > 0) {
        n += (q->field[NY_SEARCH_MOTHER].n + q->field[NY_SEARCH_MAIDEN].n > 0) +
             (q->field[NY_SEARCH_ACCOUNT].n > 0);
    }
    n += keys_elsewhere(s);
    return q->n_ids > 0 || n >= (s->ask->minimum > 0 ? s->ask->minimum : 1);
}

/* ---- the face ---- */

static void page_go_on(struct searching *s)
{
    size_t at = 0;
    struct cursor *c = ny_cursor_find(s->r, s->ask, &at);

    if (c == NULL) {
        ny_search_refuse(s, NY_SEARCH_NO_POINTER);
        return;
    }
    if (s->ask->start > 0) {
        at = s->ask->start - 1 < c->found.n ? s->ask->start - 1 : c->found.n;
    }
    ny_search_end(s, page_fill(s, &c->found, at, c));
}

/* A facility's record is asked for by its own id, or by what its person is called elsewhere. */
static bool is_meant(const struct searching *s, uint32_t record)
{
    const struct ny_search *q = &s->ask->search;
    size_t n = 0;

    for (size_t i = 0; i < q->n_ids; i++) {
        n += q->ids[i].domain == s->ask->of->id
                 ? ny_registry_identity_number(s->r, s->ask->of, q->ids[i].id) == record
                 : person_asked(s, &q->ids[i]) == ny_index_person_of(s->r->index, record);
    }
    return q->n_ids == 0 || (q->every_id ? n == q->n_ids : n > 0);
}

static void fit_one(struct searching *s, uint32_t id)
{
    uint32_t whose = ny_search_speaks_for(s, id);

    if (whose != 0 && (s->ask->of == NULL || is_meant(s, whose)) &&
        ny_index_fits(s->r->index, s->plan, id)) {
        s->ids[s->kept++] = id;
    }
}

/* Visits were asked for, but could not find anybody: the mother did. */
static void fitted_elsewhere(struct searching *s)
{
    s->n = s->kept;
    s->elsewhere = false;
    if (s->ask->n_visit_keys == 0 && s->ask->n_visit_terms > 0 && s->n > 0) {
        ny_search_visits(s);
    } else {
        ny_search_go_on(s);
    }
}

void ny_search_fit(struct searching *s)
{
    ny_search_run(s, fit_one, fitted_elsewhere);
}

static void fitted(struct searching *s)
{
    s->n = s->kept;
    if (s->n == 0 && !s->elsewhere && s->ask->search.n_ids == 0 && !s->misspelt &&
        ny_search_misspelt(s->plan)) {
        s->misspelt = true;
        if (candidates_find(s) != NY_OK) {
            ny_search_refuse(s, NY_SEARCH_TOO_MANY);
        } else {
            ny_search_run(s, fit_one, fitted);
        }
        return;
    }
    if (s->elsewhere || (s->ask->n_visit_terms > 0 && s->n > 0)) {
        ny_search_visits(s);
    } else {
        ny_search_go_on(s);
    }
}

static void search_begin(struct searching *s)
{
    ny_rc rc =
        ny_search_plan(s->arena, &s->ask->search, &s->plan, &s->page->bad, &s->page->bad_value);

    if (rc == NY_ESYNTAX || rc == NY_ECHARSET) {
        ny_search_refuse(s, NY_SEARCH_UNREADABLE);
    } else if (rc != NY_OK) {
        ny_search_end(s, rc);
    } else if (!is_enough(s)) {
        ny_search_refuse(s, NY_SEARCH_TOO_FEW);
    } else if (candidates_find(s) != NY_OK) {
        ny_search_refuse(s, NY_SEARCH_TOO_MANY);
    } else {
        ny_search_run(s, fit_one, fitted);
    }
}

void ny_registry_search(struct ny_registry *r, struct ny_arena *a, const struct ny_search_ask *ask,
                        void (*fn)(void *ctx, ny_rc rc, struct ny_search_page *page), void *ctx)
{
    struct searching *s = NY_ARENA_NEW(a, struct searching);
    struct ny_search_page *page = NY_ARENA_NEW(a, struct ny_search_page);

    if (s == NULL || page == NULL) {
        fn(ctx, NY_ELIMIT, NULL);
        return;
    }
    *s = (struct searching){.r = r, .arena = a, .ask = ask, .page = page, .fn = fn, .ctx = ctx};
    page->undone = r->undone;
    page->visits = ask->visits ? ask : NULL;
    if (ask->pointer.n > 0) {
        page_go_on(s);
    } else {
        search_begin(s);
    }
}
