/* Helpers of the calibration tests: registries of a few people, put together by hand. */
#ifndef NAYOSE_TEST_CALIBRATE_TESTING_H
#define NAYOSE_TEST_CALIBRATE_TESTING_H

#include "../match/match_testing.h"

#include <math.h>

#include "../../../src/learn/calibrate_priv.h"
#include "nayose/evaluate.h"

/* A common name: without a contact its pair scores some 7.5 bits. */
#define SATO "kf=佐藤;kg=愛;pf=サトウ;pg=アイ;sex=F;"
#define HOME "address=前橋市大手町1-1-1;phone=0272211111;"
#define CARD "insurer=06100012;symbol=11;number=222;"

/* ---- a registry by hand ---- */

struct world {
    struct fixture *f;
    struct ny_match_model *m;
    struct ny_index *ix;
    struct ny_calibration_options o;
};

static inline void world_init(struct world *w, struct fixture *f, double tau, bool require_contact)
{
    struct ny_match_settings s;

    ny_match_settings_default(&s);
    s.tau_auto = tau;
    s.require_contact = require_contact;
    w->f = f;
    w->m = ny_match_model_create_v1(&s);
    w->ix = ny_index_create(w->m);
    for (int32_t d = 1; d <= 9; d++) {
        char oid[8];

        (void)snprintf(oid, sizeof(oid), "1.2.%d", (int)d);
        ny_index_domain_set(w->ix, d, ny_str_from_c(oid));
    }
    ny_calibration_options_default(&w->o);
}

static inline void world_finish(struct world *w)
{
    ny_index_destroy(w->ix);
    ny_match_model_destroy(w->m);
}

/* Adds a record of a person (0: of a new one) in a facility; gives its number. */
static inline uint32_t put(struct world *w, int32_t domain, uint32_t person, const char *line)
{
    struct ny_arena *a = w->f->a;
    ny_str local = ny_arena_printf(a, "%u", ny_index_count(w->ix) + 1);
    uint32_t id = ny_index_add(w->ix, domain, local, NY_IDENTITY_ACTIVE);
    ny_str packed = NY_STR_NONE;

    assert_int_equal(ny_record_pack(a, patient_of(a, person_of(a, line)), &packed), NY_OK);
    ny_index_record_set(w->ix, id, packed);
    while (ny_index_person_count(w->ix) < person || person == 0) {
        uint32_t p = ny_index_person_add(w->ix);

        person = person == 0 ? p : person;
    }
    ny_index_person_set(w->ix, id, person);
    return id;
}

/* Stores the edge of a pair as the registry would. */
static inline int32_t edge(struct world *w, uint32_t a, uint32_t b, bool same_authority,
                           uint8_t review, uint8_t reason)
{
    struct ny_index_identity x;
    struct ny_index_identity y;
    struct ny_record ra;
    struct ny_record rb;
    struct ny_score s;

    ny_index_get(w->ix, a, &x);
    ny_index_get(w->ix, b, &y);
    assert_int_equal(ny_record_unpack(x.record, &ra), NY_OK);
    assert_int_equal(ny_record_unpack(y.record, &rb), NY_OK);
    ny_match_score(w->m, &ra, &rb, same_authority, &s);
    ny_index_edge_set(w->ix, a, b, &s);
    ny_index_edge_ask(w->ix, a, b, review, reason);
    return s.total_b1024;
}

static inline void pin(struct world *w, uint32_t a, uint32_t b, enum ny_pin_kind kind,
                       enum ny_pin_role role, int64_t at_us)
{
    ny_index_pin_add(w->ix, &(struct ny_index_pin){.a = a,
                                                   .b = b,
                                                   .kind = (uint8_t)kind,
                                                   .role = (uint8_t)role,
                                                   .stamp = stamp_at(at_us)});
}

static inline struct ny_calibration run(struct world *w, const struct ny_learn_decision *labels,
                                        size_t n)
{
    struct ny_calibration c;

    assert_int_equal(ny_calibrate(w->ix, w->m, labels, n, &w->o, &c), NY_OK);
    return c;
}

static inline uint64_t sum(const uint64_t bins[NY_CALIBRATION_BINS])
{
    uint64_t n = 0;

    for (size_t i = 0; i < NY_CALIBRATION_BINS; i++) {
        n += bins[i];
    }
    return n;
}

#endif
