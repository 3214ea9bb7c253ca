/* Questions: answered from committed state. */

#include "registry_priv.h"

/* ---- resolve, listings: handed to the store ---- */

void ny_registry_resolve_at(struct ny_registry *r, const struct ny_domain *domain, ny_str id,
                            int64_t at_us,
                            void (*fn)(void *ctx, ny_rc rc, const struct ny_resolved *res),
                            void *ctx)
{
    /* The regional domain asks by regional id. */
    ny_rc rc = ny_store_resolve_at(r->store, domain->id, id, at_us, fn, ctx);

    if (rc != NY_OK) {
        fn(ctx, rc, NULL);
    }
}

void ny_registry_links_at(struct ny_registry *r, ny_str after_ns, ny_str after_id, int32_t limit,
                          int64_t at_us,
                          void (*fn)(void *ctx, ny_rc rc, const struct ny_link_row *rows, size_t n),
                          void *ctx)
{
    ny_rc rc = ny_store_links_at(r->store, after_ns, after_id, limit, at_us, fn, ctx);

    if (rc != NY_OK) {
        fn(ctx, rc, NULL, 0);
    }
}

void ny_registry_links(struct ny_registry *r, ny_str after_ns, ny_str after_id, int32_t limit,
                       void (*fn)(void *ctx, ny_rc rc, const struct ny_link_row *rows, size_t n),
                       void *ctx)
{
    ny_rc rc = ny_store_links(r->store, after_ns, after_id, limit, fn, ctx);

    if (rc != NY_OK) {
        fn(ctx, rc, NULL, 0);
    }
}

void ny_registry_reviews(struct ny_registry *r, const struct ny_review_filter *f,
                         int64_t after_at_us, int64_t after_a, int64_t after_b, int32_t limit,
                         void (*fn)(void *ctx, ny_rc rc, const struct ny_review_view *rows,
                                    size_t n),
                         void *ctx)
{
    ny_rc rc = ny_store_reviews(r->store, f, after_at_us, after_a, after_b, limit, fn, ctx);

    if (rc != NY_OK) {
        fn(ctx, rc, NULL, 0);
    }
}

/* ---- compare ---- */

/* Some key or probe of one brings the other: the pair was, or would be, compared. */
static bool is_compared(struct ny_registry *r, uint32_t a, uint32_t b, const struct ny_record *ra)
{
    size_t cap = (size_t)ny_match_model_candidate_max(r->model);
    uint32_t *found = ny_calloc(cap, sizeof(*found));
    bool capped = false;
    size_t n = ny_index_candidates(r->index, ra, a, found, &capped);
    bool compared = ny_index_edge_find(r->index, a, b) != NULL;

    for (size_t i = 0; i < n && !compared; i++) {
        compared = found[i] == b;
    }
    ny_free(found);
    return compared;
}

void ny_registry_question(const struct ny_registry *r, uint32_t a, uint32_t b,
                          struct ny_comparison *out)
{
    const uint32_t from = ny_index_person_of(r->index, a);
    const uint32_t to = ny_index_person_of(r->index, b);

    for (uint32_t m = ny_index_member_first(r->index, from); m != 0;
         m = ny_index_member_next(r->index, m)) {
        const struct ny_index_edge *edge;
        uint32_t cursor = 0;

        while ((edge = ny_index_edge_next(r->index, m, &cursor)) != NULL) {
            uint32_t other = edge->a == m ? edge->b : edge->a;

            if (edge->review != 0 && from != to && ny_index_person_of(r->index, other) == to) {
                out->review = (enum ny_review_state)edge->review;
                out->reason = (enum ny_review_reason)edge->reason;
            }
        }
    }
}

/* What a comparison of two identities reads. */
struct both {
    struct ny_record a, b;
    bool same_authority;
};

static bool both_unpack(const struct ny_registry *r, uint32_t a, uint32_t b, struct both *out)
{
    struct ny_index_identity x;
    struct ny_index_identity y;

    ny_index_get(r->index, a, &x);
    ny_index_get(r->index, b, &y);
    out->same_authority = ny_index_same_authority(r->index, a, b);
    return ny_record_unpack(x.record, &out->a) == NY_OK &&
           ny_record_unpack(y.record, &out->b) == NY_OK;
}

static void compare(struct ny_registry *r, uint32_t a, uint32_t b, const struct both *records,
                    struct ny_comparison *out)
{
    ny_match_score(r->model, &records->a, &records->b, records->same_authority, &out->score);
    out->band = ny_match_band(r->model, &out->score);
    out->p_false = ny_match_p_false(out->score.total_b1024);
    out->compared = is_compared(r, a, b, &records->a);
    ny_registry_question(r, a, b, out);
}

bool ny_registry_compare(struct ny_registry *r, const struct ny_domain *domain_a, ny_str id_a,
                         const struct ny_domain *domain_b, ny_str id_b, struct ny_comparison *out)
{
    uint32_t a = ny_registry_identity_number(r, domain_a, id_a);
    uint32_t b = ny_registry_identity_number(r, domain_b, id_b);
    struct both records;

    if (a == 0 || b == 0) {
        return false;
    }
    *out = (struct ny_comparison){.same_person = ny_index_person_of(r->index, a) ==
                                                 ny_index_person_of(r->index, b)};
    if (both_unpack(r, a, b, &records)) {
        compare(r, a, b, &records, out);
    }
    return true;
}

/* ---- explain ---- */

struct explaining {
    struct ny_registry *r;
    struct ny_arena *arena;
    struct ny_explanation e;
    void (*fn)(void *ctx, ny_rc rc, const struct ny_explanation *e);
    void *ctx;
};

static void explain_end(struct explaining *x, ny_rc rc)
{
    x->fn(x->ctx, rc, rc == NY_OK ? &x->e : NULL);
    ny_arena_destroy(x->arena);
    ny_free(x);
}

static void explain_score(struct explaining *x, uint32_t a, uint32_t b)
{
    struct both records;

    if (both_unpack(x->r, a, b, &records)) {
        compare(x->r, a, b, &records, &x->e.pair);
        x->e.n_bars = ny_match_explain(x->r->model, &records.a, &records.b, records.same_authority,
                                       x->e.bars);
    }
}

static void on_explained(void *ctx, ny_rc rc, const struct ny_stored_patient *rows, size_t n)
{
    struct explaining *x = ctx;
    struct ny_explanation *e = &x->e;
    uint32_t a = ny_registry_identity_number(x->r, e->domain_a, e->id_a);
    uint32_t b = ny_registry_identity_number(x->r, e->domain_b, e->id_b);
    int64_t person_a = 0;
    int64_t person_b = 0;

    for (size_t i = 0; rc == NY_OK && i < n; i++) {
        if (rows[i].id == a) {
            e->found_a = true;
            e->a = &rows[i].patient;
            person_a = rows[i].person;
        }
        if (rows[i].id == b) {
            e->found_b = true;
            e->b = &rows[i].patient;
            person_b = rows[i].person;
        }
    }
    if (rc == NY_OK && e->found_a && e->found_b) {
        e->regional_a = ny_registry_regional_id(x->r, (uint32_t)person_a, x->arena);
        e->regional_b = ny_registry_regional_id(x->r, (uint32_t)person_b, x->arena);
        e->pair.same_person = person_a == person_b;
        e->model_version = ny_match_model_version(x->r->model);
        explain_score(x, a, b);
    }
    explain_end(x, rc);
}

void ny_registry_explain(struct ny_registry *r, const struct ny_domain *domain_a, ny_str id_a,
                         const struct ny_domain *domain_b, ny_str id_b,
                         void (*fn)(void *ctx, ny_rc rc, const struct ny_explanation *e), void *ctx)
{
    struct explaining *x = ny_calloc(1, sizeof(*x));
    int64_t ids[3];
    size_t n = 0;
    ny_rc rc = NY_OK;

    x->r = r;
    x->arena = ny_arena_create(0);
    x->fn = fn;
    x->ctx = ctx;
    x->e = (struct ny_explanation){.domain_a = domain_a,
                                   .domain_b = domain_b,
                                   .id_a = ny_arena_str(x->arena, id_a),
                                   .id_b = ny_arena_str(x->arena, id_b)};
    ids[n] = ny_registry_identity_number(r, domain_a, id_a);
    n += ids[n] != 0;
    ids[n] = ny_registry_identity_number(r, domain_b, id_b);
    n += ids[n] != 0;
    if (n > 0) {
        rc = ny_store_read_patients(r->store, ids, n, on_explained, x);
    }
    if (n == 0 || rc != NY_OK) {
        explain_end(x, rc);
    }
}
