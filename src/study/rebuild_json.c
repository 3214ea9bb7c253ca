/* What a rebuild found as JSON: counts, and each identity that differs.
 *
 *   {at, seconds, version, identities, messages, unknown, kept, meanwhile, older, values, records,
 *    persons, visits, questions, groups: {before, after, same, joined, split}, differing, listed}
 *   {id, regional_id, group, what: [values, record, hold, status, person, edges, group, visits,
 *    question]} */

#include "json_priv.h"
#include "rebuild_priv.h"

/* Who was packed under an older version and is the same otherwise is counted alone. */
enum { LISTED_MOST = 100000 };

static const char *const words[DIFFERS_BITS] = {"values", "record", "older", "hold",   "status",
                                                "person", "edges",  "group", "visits", "question"};

static ny_str difference(const struct rebuild *b, uint32_t id)
{
    const struct rehearsal *x = b->x;
    struct ny_index_identity self;
    json_t *what = json_array();

    ny_index_get(x->snapshot.index, id, &self);
    for (size_t bit = 0; bit < DIFFERS_BITS; bit++) {
        if ((b->differs[id] >> bit & 1U) != 0) {
            json_array_append_new(what, json_string(words[bit]));
        }
    }
    return ny_job_dump(
        b->job,
        json_pack(
            "{s:o, s:o, s:o, s:o}", "id", ny_job_text(ny_rehearsal_name(x, id)), "regional_id",
            ny_job_text(ny_registry_regional_id(x->snapshot.registry, self.person, b->job->arena)),
            "group", ny_job_text(ny_rehearsal_name(x, x->group[id])), "what", what));
}

static bool differences_write(struct rebuild *b)
{
    struct job *j = b->job;

    j->differences = NY_ARENA_ARRAY(j->arena, ny_str,
                                    j->found.n < LISTED_MOST ? j->found.n + 1 : LISTED_MOST + 1);
    for (size_t i = 0; j->differences != NULL && i < j->found.n; i++) {
        uint32_t id = j->found.rows[i].identity;

        if (b->differs[id] == DIFFERS_OLDER || j->n_differences == LISTED_MOST) {
            continue;
        }
        j->differences[j->n_differences] = difference(b, id);
        if (j->differences[j->n_differences++].p == NULL) {
            return false;
        }
    }
    return j->differences != NULL;
}

static json_int_t with(const struct rebuild *b, unsigned bit)
{
    json_int_t n = 0;

    for (size_t i = 0; i < b->job->found.n; i++) {
        n += (b->differs[b->job->found.rows[i].identity] & bit) != 0;
    }
    return n;
}

static json_t *groups_json(const struct rebuild *b)
{
    const struct rehearsal *x = b->x;
    const struct ny_index *ix = x->snapshot.index;
    json_int_t before = 0;
    json_int_t after = 0;
    json_int_t same = 0;

    for (uint32_t id = 1; id <= ny_index_count(ix); id++) {
        bool leads = x->group[id] == id;

        after += leads;
        same += leads && !x->moves[id];
    }
    for (uint32_t p = 1; p <= ny_index_person_count(ix); p++) {
        before += ny_index_member_first(ix, p) != 0;
    }
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "before", before, "after", after, "same", same,
                     "joined", (json_int_t)x->joined, "split", (json_int_t)x->split);
}

bool ny_rebuild_write(struct rebuild *b)
{
    struct job *j = b->job;
    char at[NY_TIMESTAMP_LEN];

    if (!differences_write(b)) {
        return false;
    }
    ny_timestamp_write(j->started_us, at);
    j->json = ny_job_dump(
        j,
        json_pack(
            "{s:s, s:f, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:I, s:I}",
            "at", at, "seconds", (double)(ny_clock_now_us() - j->started_us) / NY_US_PER_SECOND,
            "version", ny_match_model_version(b->x->snapshot.model), "identities",
            (json_int_t)ny_index_count(b->x->snapshot.index), "messages", (json_int_t)b->messages,
            "unknown", (json_int_t)b->unknown, "kept", (json_int_t)b->kept, "meanwhile",
            (json_int_t)b->meanwhile, "older", with(b, DIFFERS_OLDER), "values",
            with(b, DIFFERS_VALUES), "records", with(b, DIFFERS_RECORD), "persons",
            with(b, DIFFERS_PERSON), "visits", (json_int_t)b->n_visits, "questions",
            (json_int_t)b->n_questions, "groups", groups_json(b), "differing",
            (json_int_t)j->found.n, "listed", (json_int_t)j->n_differences));
    return j->json.p != NULL;
}
