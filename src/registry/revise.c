/* What a message says of an identity, joined with what is known of him, and his record. Pure: the
 * registry deciding and a worker that reads the stored messages again run the very same steps. */

#include "nayose/registry_rebuild.h"

#include "registry_priv.h"

/* What the message says of ids[k] itself: everything, that it is there (the survivor of a merge),
 * or nothing. */
static void spoken_of(const struct ny_feed *f, size_t k, struct ny_patient *out)
{
    bool is_there = false;

    if (f->kind == NY_FEED_REVISE || f->kind == NY_FEED_WITHDRAW) {
        *out = f->second_from > 0 && k >= f->second_from ? f->second : f->patient;
        return;
    }
    for (size_t i = 0; i < f->n_pairs; i++) {
        is_there |= f->pairs[i].b == k && (f->kind == NY_FEED_MERGE || f->kind == NY_FEED_RENAME);
    }
    ny_patient_init(out);
    if (is_there) {
        out->seen = f->patient.seen;
        out->first_us = f->patient.seen.at_us;
    }
}

ny_rc ny_registry_fold(struct ny_arena *a, const struct ny_feed *f, size_t k,
                       const struct ny_patient *stored, struct ny_patient *out,
                       enum ny_patient_change *out_change)
{
    struct ny_patient nothing;
    struct ny_patient said;
    struct ny_patient merged;
    ny_rc rc;

    ny_patient_init(&nothing);
    stored = stored != NULL ? stored : &nothing;
    spoken_of(f, k, &said);
    if (!f->is_test && said.seen.at_us != NY_NEVER && ny_patient_is_practice(stored)) {
        stored = &nothing;
    }
    rc = ny_patient_merge(a, stored, &said, &merged, out_change);
    if (rc == NY_OK && ny_patient_is_gone(stored) != ny_patient_is_gone(&merged)) {
        *out_change = NY_CHANGE_VALUES; /* to be there again is one, too */
    }
    return rc == NY_OK ? ny_patient_copy(a, &merged, out) : rc;
}

ny_rc ny_registry_record(struct ny_arena *a, const struct ny_patient *p, ny_str *out,
                         bool *overlaid)
{
    struct ny_stamp since;
    struct ny_patient one;
    ny_rc rc = ny_match_patient(a, p, &one, overlaid, &since);

    return rc == NY_OK ? ny_record_pack(a, &one, out) : rc;
}

ny_rc ny_registry_same(struct ny_arena *a, const struct ny_patient *x, const struct ny_patient *y,
                       bool *out)
{
    enum ny_patient_change to_x = NY_CHANGE_NONE;
    enum ny_patient_change to_y = NY_CHANGE_NONE;
    struct ny_patient joined;
    ny_rc rc = ny_patient_merge(a, x, y, &joined, &to_x);

    rc = rc == NY_OK ? ny_patient_merge(a, y, x, &joined, &to_y) : rc;
    if (rc == NY_OK) {
        *out = to_x == NY_CHANGE_NONE && to_y == NY_CHANGE_NONE;
    }
    return rc;
}

void ny_registry_visits(const struct ny_feed *f, const uint32_t *ids, struct ny_store_batch *rows)
{
    uint32_t from = ids[f->n_ids > 1 ? 1 : 0];

    if (f->visit != NULL) {
        ny_store_add_visit(rows, ids[0], f->visit);
    }
    if (f->second_visit != NULL) {
        ny_store_add_visit(rows, ids[f->second_from], f->second_visit);
    }
    if (f->kind == NY_FEED_VISIT && f->visit->was.n > 0 &&
        (from != ids[0] || !ny_str_equals(f->visit->was, f->visit->number))) {
        ny_store_move_visit(rows, from, ids[0], f->visit);
    }
}
