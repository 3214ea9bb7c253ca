/* A rehearsal as JSON: counts, and examples by domain and local id for a person to look at.
 *
 *   {at, version, against, identities, seconds,
 *    pairs: {before: {after: n}}, moved_examples: [{before, after, a, b, bits_before, bits_after}],
 *    linked: {before, after, gained, lost},
 *    groups: {joined, split, identities}, joined_examples, split_examples: [[{id, regional_id}]],
 *    questions: {open_before, open_after, parked_before, parked_after}, mean_change_bits} */

#include "json_priv.h"
#include "rehearsal_priv.h"

static const char *const band_names[BANDS] = {
    [NY_BAND_NONE] = "none",
    [NY_BAND_PARKED] = "parked",
    [NY_BAND_REVIEW] = "review",
    [NY_BAND_AUTO] = "auto",
};

ny_str ny_rehearsal_name(const struct rehearsal *x, uint32_t id)
{
    struct ny_index_identity self;

    ny_index_get(x->snapshot.index, id, &self);
    return ny_arena_printf(x->job->arena, "%.*s^%.*s",
                           NY_ARG(ny_registry_domain(x->snapshot.registry, self.domain)->ns),
                           NY_ARG(self.local_id));
}

static json_t *identity_json(const struct rehearsal *x, uint32_t id)
{
    return ny_job_text(ny_rehearsal_name(x, id));
}

static json_t *bits_json(int32_t b1024)
{
    return b1024 == INT32_MIN ? json_null() : json_real(b1024 / 1024.0);
}

static json_t *bands_json(const struct rehearsal *x)
{
    json_t *out = json_object();

    for (size_t before = 0; before < BANDS; before++) {
        json_t *row = json_object();

        for (size_t after = 0; after < BANDS; after++) {
            json_object_set_new(row, band_names[after],
                                json_integer((json_int_t)x->moved[before][after]));
        }
        json_object_set_new(out, band_names[before], row);
    }
    return out;
}

static json_t *pairs_json(const struct rehearsal *x)
{
    json_t *out = json_array();

    for (size_t cell = 0; cell < (size_t)BANDS * BANDS; cell++) {
        size_t before = cell / BANDS;
        size_t after = cell % BANDS;

        for (int64_t i = 0; before != after && i < x->moved[before][after] && i < PAIR_EXAMPLES;
             i++) {
            const struct pair_example *e = &x->pairs[before][after][i];

            json_array_append_new(
                out, json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "before", band_names[before],
                               "after", band_names[after], "a", identity_json(x, e->a), "b",
                               identity_json(x, e->b), "bits_before", bits_json(e->before_b1024),
                               "bits_after", bits_json(e->after_b1024)));
        }
    }
    return out;
}

/* The members of a group under the other version, or of a person that stands, with what each is
 * under both. */
static json_t *group_json(const struct rehearsal *x, uint32_t example, bool by_person)
{
    const struct ny_index *ix = x->snapshot.index;
    struct ny_index_identity self;
    json_t *out = json_array();

    ny_index_get(ix, example, &self);
    for (uint32_t id = 1; id <= ny_index_count(ix) && json_array_size(out) < GROUP_MEMBERS; id++) {
        struct ny_index_identity other;

        ny_index_get(ix, id, &other);
        if (by_person ? other.person != self.person : x->group[id] != x->group[example]) {
            continue;
        }
        json_array_append_new(
            out, json_pack("{s:o, s:o, s:o}", "id", identity_json(x, id), "regional_id",
                           ny_job_text(ny_registry_regional_id(x->snapshot.registry, other.person,
                                                               x->job->arena)),
                           "group", identity_json(x, x->group[id])));
    }
    return out;
}

static json_t *groups_json(const struct rehearsal *x, const uint32_t *examples, int64_t n,
                           bool by_person)
{
    json_t *out = json_array();

    for (int64_t i = 0; i < n && i < GROUP_EXAMPLES; i++) {
        json_array_append_new(out, group_json(x, examples[i], by_person));
    }
    return out;
}

static json_t *rehearsal_json(const struct rehearsal *x)
{
    char at[NY_TIMESTAMP_LEN];
    int64_t now = ny_clock_now_us();

    ny_timestamp_write(x->job->started_us, at);
    return json_pack(
        "{s:s, s:i, s:i, s:I, s:f, s:o, s:o, s:{s:I, s:I, s:I, s:I}, s:{s:I, s:I, s:I}, s:o, s:o, "
        "s:{s:I, s:I, s:I, s:I}, s:f}",
        "at", at, "version", ny_match_model_version(x->snapshot.model), "against",
        ny_match_model_version(x->snapshot.active), "identities",
        (json_int_t)ny_index_count(x->snapshot.index), "seconds",
        (double)(now - x->job->started_us) / NY_US_PER_SECOND, "pairs", bands_json(x),
        "moved_examples", pairs_json(x), "linked", "before", (json_int_t)x->linked_before, "after",
        (json_int_t)x->linked_after, "gained", (json_int_t)(x->linked_after - x->linked_in_both),
        "lost", (json_int_t)(x->linked_before - x->linked_in_both), "groups", "joined",
        (json_int_t)x->joined, "split", (json_int_t)x->split, "identities", (json_int_t)x->moving,
        "joined_examples", groups_json(x, x->joined_example, x->joined, false), "split_examples",
        groups_json(x, x->split_example, x->split, true), "questions", "open_before",
        (json_int_t)x->open_before, "open_after", (json_int_t)x->open_after, "parked_before",
        (json_int_t)x->parked_before, "parked_after", (json_int_t)x->parked_after,
        "mean_change_bits",
        x->in_both > 0 ? (double)x->total_moved_b1024 / 1024.0 / (double)x->in_both : 0.0);
}

ny_str ny_rehearsal_write(const struct rehearsal *x)
{
    return ny_job_dump(x->job, rehearsal_json(x));
}
