/* Learning from a world: the registry's people become an index, the index a new model version. */

#include "lab.h"

#include "nayose/learn.h"

#include <stdlib.h>

static struct ny_index *index_of(struct lab_world *w, const struct lab_options *o,
                                 const struct ny_match_model *m)
{
    struct ny_index *ix = ny_index_create(m);
    size_t n = fake_store_identities(w->store);
    uint32_t persons = 0;

    for (uint32_t i = 0; i < o->plan.facilities; i++) {
        ny_index_domain_set(ix, (int32_t)i + 1,
                            ny_registry_domain(w->registry, (int32_t)i + 1)->oid);
    }
    for (size_t i = 0; i < n; i++) {
        const struct ny_identity_row *row = fake_store_identity(w->store, i);
        uint32_t id = ny_index_add(ix, row->domain, row->local_id, row->status);

        ny_index_record_set(ix, id, row->record);
        for (; persons < (uint32_t)row->person; persons++) {
            ny_index_person_add(ix);
        }
        ny_index_person_set(ix, id, (uint32_t)row->person);
    }
    return ix;
}

/* With --decided a word on every open or parked question. Owned. */
static struct ny_learn_decision *decide(const struct lab_world *w, const struct lab_options *o,
                                        size_t *out_n)
{
    size_t n = o->decided ? fake_store_review_count(w->store) : 0;
    struct ny_learn_decision *d = ny_calloc(n + 1, sizeof(*d));
    size_t decided = 0;

    for (size_t i = 0; i < n; i++) {
        const struct ny_review_row *row = fake_store_review(w->store, i);
        ny_str pair = ny_str_of((const char *)&row->a, sizeof(row->a));
        bool slips = ny_hash64_seeded(pair, (uint64_t)row->b) % 100 < o->slips_percent;

        if (row->state == NY_REVIEW_OPEN || row->state == NY_REVIEW_PARKED) {
            d[decided++] = (struct ny_learn_decision){
                .a = (uint32_t)row->a,
                .b = (uint32_t)row->b,
                .same = (w->records[w->record_of[row->a]].person ==
                         w->records[w->record_of[row->b]].person) != slips};
        }
    }
    *out_n = decided;
    return d;
}

bool lab_train(struct lab_world *w, const struct lab_options *o, struct ny_arena *a, ny_str *out,
               struct ny_learn_report *report)
{
    struct ny_match_model *from = NULL;
    struct ny_match_model *m = NULL;
    struct ny_learn_options options = {.seed = o->plan.world.seed,
                                       .population = o->settings.population,
                                       .today = (int32_t)(ny_clock_now_us() / NY_US_PER_DAY)};
    struct ny_learn_decision *decisions = decide(w, o, &options.decisions.n);
    struct ny_index *ix;
    struct ny_error err;
    struct ny_buf b;
    bool ok;

    NY_ASSERT(ny_match_model_parse(lab_model_text(o, a), &from, &err) == NY_OK);
    options.decisions.v = decisions;
    options.version = ny_match_model_version(from) + 1;
    ix = index_of(w, o, from);
    ok = ny_learn_train(ix, from, &options, &m, report) == NY_LEARN_DONE;
    if (ok) {
        ny_buf_init(&b, a);
        NY_ASSERT(ny_match_model_write(m, &b) == NY_OK);
        *out = ny_buf_str(&b);
        ny_match_model_destroy(m);
    }
    ny_free(decisions);
    ny_index_destroy(ix);
    ny_match_model_destroy(from);
    return ok;
}
