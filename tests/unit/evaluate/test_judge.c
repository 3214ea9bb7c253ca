/* A grouping judged: small worlds by hand, random ones against a judge that looks at every pair. */

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "nayose/evaluate.h"

/* ---- small worlds ---- */

static const uint64_t phone_1[] = {11};
static const uint64_t phone_2[] = {12};
static const uint64_t phone_1_and_2[] = {11, 12};

#define HAS(list) .contacts = (list), .n_contacts = NY_ARRAY_LEN(list)

static struct ny_judgement judged(const struct ny_judged_record *records, size_t n)
{
    struct ny_judgement j;

    ny_judge(records, n, NULL, NULL, &j);
    return j;
}

static void nothing_is_perfect(void **state)
{
    struct ny_judgement j = judged(NULL, 0);

    (void)state;
    assert_true(ny_judgement_recall(&j) == 1 && ny_judgement_precision(&j) == 1);
    assert_true(ny_judgement_f1(&j) == 1);
}

/* 1 and 2 have nothing in common but 3, which has both telephones: all three are within reach. */
static void ceiling_reaches_through_records_of_the_person(void **state)
{
    const struct ny_judged_record through[] = {
        {.person = 1, HAS(phone_1)      },
        {.person = 1, HAS(phone_2)      },
        {.person = 1, HAS(phone_1_and_2)},
    };
    const struct ny_judged_record apart[] = {
        {.person = 1,   HAS(phone_1)},
        {.person = 1,             HAS(phone_2)},
        {.person = 2,HAS(phone_1_and_2)},
        {.person = 1  },
    };

    (void)state;
    assert_int_equal(judged(through, 3).ceiling, 3);
    assert_int_equal(judged(through, 3).direct, 2);
    assert_int_equal(judged(apart, 4).true_pairs, 3);
    assert_int_equal(judged(apart, 4).ceiling, 0);
}

static void never_linked_records_are_no_true_pairs(void **state)
{
    const struct ny_judged_record records[] = {
        {.person = 1,   .group = 5, .never_linked = true, HAS(phone_1)},
        {.person = 1,             .group = 5,             .never_linked = true,           HAS(phone_1)},
        {.person = 2, .group = 5,           HAS(phone_1)          },
    };
    struct ny_judgement j = judged(records, NY_ARRAY_LEN(records));

    (void)state;
    assert_int_equal(j.true_pairs, 0);
    assert_int_equal(j.people, 1);
    assert_int_equal(j.linked_pairs, 3);
    assert_int_equal(j.false_pairs, 2);
    assert_int_equal(j.never_joined, 2);
}

/* Three records of one and two of another person joined: 6 wrong pairs, one wrong join. */
static void wrong_joins_are_counted_by_person(void **state)
{
    struct ny_judged_record records[] = {
        {.person = 1,    .group = 9, .twins = 4,        .likeness = 1},
        {.person = 1,              .group = 9,              .twins = 4,        .likeness = 2},
        {.person = 1, .group = 9,           .twins = 4,           .likeness = 2},
        {.person = 2,    .group = 9,.twins = 4,.likeness = 3},
        {.person = 2, .group = 9,           .twins = 4,                  .likeness = 4},
        {.person = 3,    .group = 8,    .likeness = 0},
        {.person = 4,              .group = 8,              .likeness = 0                 },
    };
    struct ny_judgement j = judged(records, NY_ARRAY_LEN(records));

    (void)state;
    assert_int_equal(j.false_pairs, 7);
    assert_int_equal(j.wrong_joins, 2);
    assert_int_equal(j.mixed_groups, 2);
    assert_int_equal(j.mixed_people, 4);
    assert_int_equal(j.twins_joined, 6);
    assert_int_equal(j.twin_pairs, 6);
    assert_int_equal(j.joins, 5);
    assert_true(fabs(ny_judgement_precision(&j) - 4. / 11) < 1e-12);

    records[3].likeness = 2; /* now nobody could tell the two people apart */
    j = judged(records, NY_ARRAY_LEN(records));
    assert_int_equal(j.exempt_pairs, 2);
    assert_int_equal(j.false_pairs, 5);
    assert_int_equal(j.wrong_joins, 1);
    assert_int_equal(j.mixed_groups, 2);
}

static void recall_is_told_by_error(void **state)
{
    const struct ny_judged_record records[] = {
        {.person = 1, .group = 1, .tags = 5,                     HAS(phone_1)},
        {.person = 1, .group = 1, .tags = UINT64_C(1) << 63 | 4, HAS(phone_1)},
        {.person = 1, .group = 2, HAS(phone_1)                 },
        {.person = 1, .group = 3,  .tags = 2,                  HAS(phone_2)            },
    };
    struct ny_judgement j = judged(records, NY_ARRAY_LEN(records));

    (void)state;
    assert_int_equal(j.ceiling, 3);
    assert_int_equal(j.by_tag[0].ceiling, 2);
    assert_int_equal(j.by_tag[0].linked, 1);
    assert_int_equal(j.by_tag[63].ceiling, 2);
    assert_int_equal(j.by_tag[63].linked, 1);
    assert_int_equal(j.by_tag[1].ceiling, 0); /* beyond the ceiling */
    assert_int_equal(j.by_tag[2].ceiling, 2); /* the pair that has it on both sides is none */
    assert_int_equal(j.by_tag[2].linked, 0);
}

/* ---- random worlds ---- */

enum { RECORDS = 60, CONTACTS = 3 };

struct world {
    struct ny_judged_record records[RECORDS];
    uint64_t contacts[RECORDS][CONTACTS];
};

static uint32_t random_below(uint64_t *seed, uint32_t n)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % n;
}

static void world_make(struct world *w, uint64_t seed)
{
    memset(w, 0, sizeof(*w));
    for (size_t i = 0; i < RECORDS; i++) {
        struct ny_judged_record *r = &w->records[i];

        r->person = 1 + random_below(&seed, 20);
        r->group = random_below(&seed, 4) > 0 ? 100 + r->person : random_below(&seed, 30);
        r->twins = random_below(&seed, 5) == 0 ? 1 + random_below(&seed, 3) : 0;
        r->likeness = random_below(&seed, 12);
        r->tags = random_below(&seed, 8);
        r->never_linked = random_below(&seed, 10) == 0;
        r->n_contacts = random_below(&seed, CONTACTS + 1);
        r->contacts = w->contacts[i];
        for (size_t k = 0; k < CONTACTS; k++) {
            w->contacts[i][k] = random_below(&seed, 30);
        }
    }
}

static bool direct[RECORDS][RECORDS]; /* of one person, agreeing on a contact */
static bool reach[RECORDS][RECORDS];  /* the same through others */

static void reach_make(const struct world *w)
{
    for (size_t a = 0; a < RECORDS; a++) {
        for (size_t b = 0; b < RECORDS; b++) {
            const struct ny_judged_record *x = &w->records[a];
            const struct ny_judged_record *y = &w->records[b];

            reach[a][b] = false;
            for (size_t k = 0; k < (size_t)x->n_contacts * y->n_contacts; k++) {
                reach[a][b] |= x->contacts[k / y->n_contacts] == y->contacts[k % y->n_contacts];
            }
            reach[a][b] &= x->person == y->person && !x->never_linked && !y->never_linked;
            direct[a][b] = reach[a][b];
        }
    }
    for (size_t via = 0; via < RECORDS; via++) {
        for (size_t a = 0; a < RECORDS; a++) {
            for (size_t b = 0; b < RECORDS; b++) {
                reach[a][b] |= reach[a][via] && reach[via][b];
            }
        }
    }
}

/* The definitions, pair by pair. */
static void judge_slowly(const struct world *w, struct ny_judgement *j)
{
    memset(j, 0, sizeof(*j));
    reach_make(w);
    for (size_t a = 0; a < RECORDS; a++) {
        for (size_t b = a + 1; b < RECORDS; b++) {
            const struct ny_judged_record *x = &w->records[a];
            const struct ny_judged_record *y = &w->records[b];
            bool linked = x->group != 0 && x->group == y->group;
            bool same = x->person == y->person;
            bool is_true = same && !x->never_linked && !y->never_linked;
            bool exempt = x->likeness != 0 && x->likeness == y->likeness;

            j->true_pairs += is_true;
            j->true_linked += is_true && linked;
            j->ceiling += reach[a][b];
            j->ceiling_linked += reach[a][b] && linked;
            j->direct += direct[a][b];
            j->direct_linked += direct[a][b] && linked;
            j->linked_pairs += linked;
            j->false_pairs += linked && !same && !exempt;
            j->exempt_pairs += linked && !same && exempt;
            j->twin_pairs += !same && x->twins != 0 && x->twins == y->twins;
            j->twins_joined += linked && !same && x->twins != 0 && x->twins == y->twins;
            j->never_joined += linked && !same && (x->never_linked || y->never_linked);
            for (unsigned t = 0; t < 3; t++) {
                bool tagged = reach[a][b] && ((x->tags ^ y->tags) >> t & 1);

                j->by_tag[t].ceiling += tagged;
                j->by_tag[t].linked += tagged && linked;
            }
        }
    }
}

struct told {
    const struct world *w;
    uint64_t of_kind[5];
};

static void on_pair(void *ctx, enum ny_pair_kind kind, size_t a, size_t b)
{
    struct told *t = ctx;
    bool same = t->w->records[a].person == t->w->records[b].person;

    assert_true(a < b && b < RECORDS);
    assert_true(same == (kind < NY_PAIR_FALSE));
    t->of_kind[kind]++;
}

static void judge_agrees_with_every_pair(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 500; seed++) {
        struct world w;
        struct told told = {.w = &w};
        struct ny_judgement got;
        struct ny_judgement want;

        world_make(&w, seed);
        ny_judge(w.records, RECORDS, on_pair, &told, &got);
        judge_slowly(&w, &want);
        want.records = RECORDS; /* and what pairs do not tell */
        want.people = got.people;
        want.joins = got.joins;
        want.mixed_groups = got.mixed_groups;
        want.mixed_people = got.mixed_people;
        want.wrong_joins = got.wrong_joins;
        assert_memory_equal(&got, &want, sizeof(got));
        assert_int_equal(told.of_kind[NY_PAIR_LINKED], got.true_linked);
        assert_int_equal(told.of_kind[NY_PAIR_MISSED], got.ceiling - got.ceiling_linked);
        assert_int_equal(told.of_kind[NY_PAIR_LINKED] + told.of_kind[NY_PAIR_MISSED] +
                             told.of_kind[NY_PAIR_UNREACHED],
                         got.true_pairs);
        assert_int_equal(told.of_kind[NY_PAIR_FALSE], got.false_pairs);
        assert_int_equal(told.of_kind[NY_PAIR_EXEMPT], got.exempt_pairs);
        assert_true(got.wrong_joins <= got.false_pairs);
    }
}

static void truth_itself_is_perfect(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct world w;
        struct ny_judgement j;

        world_make(&w, seed);
        for (size_t i = 0; i < RECORDS; i++) {
            w.records[i].group = w.records[i].person;
        }
        j = judged(w.records, RECORDS);
        assert_true(ny_judgement_recall(&j) == 1 && ny_judgement_f1(&j) == 1);
        assert_int_equal(j.true_linked, j.true_pairs);
        assert_int_equal(j.false_pairs + j.exempt_pairs + j.wrong_joins, 0);
    }
}

/* Taking one record out of a group of one person costs recall and nothing else. */
static void splitting_a_group_lowers_recall_only(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct world w;
        struct ny_judgement before;
        struct ny_judgement after;

        world_make(&w, seed);
        for (size_t i = 0; i < RECORDS; i++) {
            w.records[i].group = w.records[i].person;
            w.records[i].n_contacts = 1;
            w.contacts[i][0] = w.records[i].person;
        }
        w.records[0].never_linked = w.records[1].never_linked = false;
        w.records[1].person = w.records[1].group = w.records[0].person;
        w.contacts[1][0] = w.contacts[0][0];
        before = judged(w.records, RECORDS);
        w.records[0].group = 1000;
        after = judged(w.records, RECORDS);
        assert_true(ny_judgement_recall(&after) < ny_judgement_recall(&before));
        assert_true(ny_judgement_precision(&after) == 1);
        assert_int_equal(after.ceiling, before.ceiling);
        assert_int_equal(after.false_pairs + after.wrong_joins, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_perfect),
        cmocka_unit_test(ceiling_reaches_through_records_of_the_person),
        cmocka_unit_test(never_linked_records_are_no_true_pairs),
        cmocka_unit_test(wrong_joins_are_counted_by_person),
        cmocka_unit_test(recall_is_told_by_error),
        cmocka_unit_test(judge_agrees_with_every_pair),
        cmocka_unit_test(truth_itself_is_perfect),
        cmocka_unit_test(splitting_a_group_lowers_recall_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
