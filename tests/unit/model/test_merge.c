/* Merging: the laws of a lattice over random patients, and the rule of each kind of field. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/model.h"

enum { TRIPLES = 3000, MESSAGES_MAX = 6 };

/* ---- random patients ---- */

static uint64_t dice;

static uint32_t roll(uint32_t sides)
{
    dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(dice >> 33) % sides;
}

static ny_str pick(const char *const *words, size_t n)
{
    return ny_str_from_c(words[roll((uint32_t)n)]);
}
#define PICK(words) pick((words), NY_ARRAY_LEN(words))

/* Few times and control ids, so that equal times with other ids are common. Two messages with one
 * time and id differ in their hash; what a stamp says is a function of it, as of a message. */
static struct ny_stamp stamp_roll(void)
{
    static const char *const ids[] = {"", "A", "B", "AB"};
    struct ny_stamp s = {.at_us = (int64_t)roll(4) * 10 - 10, .control_id = PICK(ids)};

    s.hash[0] = (uint8_t)roll(2);
    s.hash[31] = (uint8_t)roll(2);
    return s;
}

static uint64_t seed_of(const struct ny_stamp *s)
{
    return ny_hash64_seeded(s->control_id, (uint64_t)s->at_us * 4 + s->hash[0] * 2U + s->hash[31]);
}

/* What one message says: a function of its stamp, so that one stamp never says two things. */
static void message_of(struct ny_arena *a, const struct ny_stamp *s, struct ny_patient *p)
{
    static const char *const words[] = {"山田", "太郎", "x", "静岡", "0542540001"};
    static const char *const singles[] = {"", "19801124", "F", "M"};
    uint64_t keep = dice;

    dice = seed_of(s);
    ny_patient_init(p);
    for (int set = 0; set < NY_SET_COUNT; set++) {
        size_t parts = ny_set_info((enum ny_set_id)set)->n_parts;
        uint32_t said = roll(4);

        if (said == 3) {
            ny_patient_delete(p, (enum ny_set_id)set, s);
            continue;
        }
        for (uint32_t k = 0; k < said; k++) {
            struct ny_value v = {0};

            v.part[roll((uint32_t)parts)] = PICK(words);
            v.part[0] = PICK(words);
            assert_int_equal(ny_patient_say(p, a, (enum ny_set_id)set, &v, s), NY_OK);
        }
    }
    for (int id = 0; id < NY_SINGLE_COUNT; id++) {
        if (roll(2) == 0) {
            ny_patient_say_single(p, (enum ny_single_id)id, PICK(singles), s);
        }
    }
    assert_int_equal(ny_patient_claim_say(p, a), NY_OK);
    dice = keep;
}

static struct ny_patient merged(struct ny_arena *a, const struct ny_patient *x,
                                const struct ny_patient *y)
{
    struct ny_patient out;
    enum ny_patient_change change;

    assert_int_equal(ny_patient_merge(a, x, y, &out, &change), NY_OK);
    return out;
}

/* What is known after some random messages. */
static struct ny_patient patient_roll(struct ny_arena *a)
{
    struct ny_patient p;

    ny_patient_init(&p);
    for (uint32_t n = roll(MESSAGES_MAX); n > 0; n--) {
        struct ny_stamp s = stamp_roll();
        struct ny_patient m;

        message_of(a, &s, &m);
        p = merged(a, &p, &m);
    }
    return p;
}

/* ---- equality, all of it ---- */

static bool stamps_equal(const struct ny_stamp *a, const struct ny_stamp *b)
{
    return a->at_us == b->at_us && ny_str_equals(a->control_id, b->control_id) &&
           memcmp(a->hash, b->hash, sizeof(a->hash)) == 0;
}

static bool values_equal(const struct ny_value *a, const struct ny_value *b)
{
    for (size_t i = 0; i < NY_VALUE_PARTS_MAX; i++) {
        if (!ny_str_equals(a->part[i], b->part[i])) {
            return false;
        }
    }
    return a->first_us == b->first_us && stamps_equal(&a->last, &b->last);
}

static bool sets_equal(const struct ny_set *a, const struct ny_set *b)
{
    for (size_t i = 0; a->n == b->n && i < a->n; i++) {
        if (!values_equal(&a->values[i], &b->values[i])) {
            return false;
        }
    }
    return a->n == b->n && stamps_equal(&a->said, &b->said) &&
           stamps_equal(&a->deleted, &b->deleted);
}

static bool claims_equal(const struct ny_patient *a, const struct ny_patient *b)
{
    for (size_t i = 0; a->n_claims == b->n_claims && i < a->n_claims; i++) {
        if (!ny_claim_is_same(&a->claims[i], &b->claims[i]) ||
            !stamps_equal(&a->claims[i].first, &b->claims[i].first) ||
            !stamps_equal(&a->claims[i].last, &b->claims[i].last)) {
            return false;
        }
    }
    return a->n_claims == b->n_claims;
}

static bool patients_equal(const struct ny_patient *a, const struct ny_patient *b)
{
    for (size_t i = 0; i < NY_SET_COUNT; i++) {
        if (!sets_equal(&a->sets[i], &b->sets[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < NY_SINGLE_COUNT; i++) {
        if (!ny_str_equals(a->singles[i].value, b->singles[i].value) ||
            !stamps_equal(&a->singles[i].stamp, &b->singles[i].stamp)) {
            return false;
        }
    }
    return claims_equal(a, b) && stamps_equal(&a->seen, &b->seen) && a->first_us == b->first_us;
}

/* ---- laws ---- */

static void test_merging_is_a_join(void **state)
{
    struct ny_arena *a = ny_arena_create(0);

    (void)state;
    dice = 20261121;
    for (size_t i = 0; i < TRIPLES; i++) {
        struct ny_patient x = patient_roll(a);
        struct ny_patient y = patient_roll(a);
        struct ny_patient z = patient_roll(a);
        struct ny_patient xy = merged(a, &x, &y);
        struct ny_patient yx = merged(a, &y, &x);
        struct ny_patient yz = merged(a, &y, &z);
        struct ny_patient left = merged(a, &xy, &z);
        struct ny_patient right = merged(a, &x, &yz);
        struct ny_patient xx = merged(a, &x, &x);
        struct ny_patient again = merged(a, &xy, &y);

        if (!patients_equal(&xy, &yx)) {
            fail_msg("triple %zu: the order of two shows", i);
        }
        if (!patients_equal(&left, &right)) {
            fail_msg("triple %zu: the grouping of three shows", i);
        }
        if (!patients_equal(&xx, &x) || !patients_equal(&again, &xy)) {
            fail_msg("triple %zu: a repetition shows", i);
        }
        assert_true(ny_patient_content_hash(&left) == ny_patient_content_hash(&right));
        ny_arena_reset(a);
    }
    ny_arena_destroy(a);
}

/* NONE: nothing differs. STAMPS: content equal, something differs. VALUES: content differs. */
static void test_a_change_is_told_as_what_it_is(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    size_t seen[3] = {0};

    (void)state;
    dice = 7;
    for (size_t i = 0; i < TRIPLES; i++) {
        struct ny_patient x = patient_roll(a);
        struct ny_stamp s = stamp_roll();
        struct ny_patient m;
        struct ny_patient out;
        enum ny_patient_change change;
        enum ny_patient_change expected;

        message_of(a, &s, &m);
        assert_int_equal(ny_patient_merge(a, &x, &m, &out, &change), NY_OK);
        expected = ny_patient_content_hash(&x) != ny_patient_content_hash(&out) ? NY_CHANGE_VALUES
                   : patients_equal(&x, &out)                                   ? NY_CHANGE_NONE
                                                                                : NY_CHANGE_STAMPS;
        if (change != expected) {
            fail_msg("case %zu: told %d, is %d", i, change, expected);
        }
        seen[change]++;
        assert_int_equal(ny_patient_merge(a, &out, &m, &out, &change), NY_OK);
        assert_int_equal(change, NY_CHANGE_NONE);
        ny_arena_reset(a);
    }
    assert_true(seen[NY_CHANGE_NONE] > 10 && seen[NY_CHANGE_STAMPS] > 10);
    ny_arena_destroy(a);
}

/* ---- the rule of each kind of field ---- */

static struct ny_stamp stamp(int64_t at_us, const char *control_id, uint8_t hash)
{
    return (struct ny_stamp){
        .at_us = at_us, .control_id = ny_str_from_c(control_id), .hash = {hash}};
}

static void test_the_larger_stamp_sets_a_single(void **state)
{
    static const struct {
        const char *name;
        int64_t at_old, at_new;
        const char *id_old, *id_new;
        uint8_t hash_old, hash_new;
        const char *old, *new_, *expected;
        enum ny_patient_change change;
    } rows[] = {
        {"newer time",                1, 2,  "B", "A",  9, 0,   "M", "F", "F", NY_CHANGE_VALUES},
        {"older time",                2, 1,  "A", "B",  0, 9,   "M", "F", "M", NY_CHANGE_NONE  },
        {"before 1970",               0, -5, "A", "A",  0, 0,   "M", "F", "M", NY_CHANGE_NONE  },
        {"equal time, larger id",     1, 1,  "A", "B",  9, 0,   "M", "F", "F", NY_CHANGE_VALUES},
        {"equal time, longer id",     1, 1,  "A", "A0", 9, 0,   "M", "F", "F", NY_CHANGE_VALUES},
        {"equal time, smaller id",    1, 1,  "B", "A",  0, 9,   "M", "F", "M", NY_CHANGE_NONE  },
        {"equal id, larger hash",     1, 1,  "A", "A",  1, 2,   "M", "F", "F", NY_CHANGE_VALUES},
        {"hash bytes are unsigned",   1, 1,  "A", "A",  1, 200, "M", "F", "F", NY_CHANGE_VALUES},
        {"the same message",          1, 1,  "A", "A",  1, 1,   "M", "M", "M", NY_CHANGE_NONE  },
        {"the same value later",      1, 2,  "A", "A",  1, 1,   "M", "M", "M", NY_CHANGE_STAMPS},
        {"a deletion",                1, 2,  "A", "A",  1, 1,   "M", "",  "",  NY_CHANGE_VALUES},
        {"a deletion that is late",   2, 1,  "A", "A",  1, 1,   "M", "",  "M", NY_CHANGE_NONE  },
        {"a value after a deletion",  1, 2,  "A", "A",  1, 1,   "",  "F", "F", NY_CHANGE_VALUES},
        {"a value before a deletion", 2, 1,  "A", "A",  1, 1,   "",  "F", "",  NY_CHANGE_NONE  },
        {"deleted again",             1, 2,  "A", "A",  1, 1,   "",  "",  "",  NY_CHANGE_STAMPS},
    };
    struct ny_arena *a = ny_arena_create(0);

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_stamp old_stamp = stamp(rows[i].at_old, rows[i].id_old, rows[i].hash_old);
        struct ny_stamp new_stamp = stamp(rows[i].at_new, rows[i].id_new, rows[i].hash_new);
        struct ny_patient old;
        struct ny_patient new_;
        struct ny_patient out;
        enum ny_patient_change change;

        ny_patient_init(&old);
        ny_patient_init(&new_);
        ny_patient_say_single(&old, NY_SINGLE_SEX, ny_str_from_c(rows[i].old), &old_stamp);
        ny_patient_say_single(&new_, NY_SINGLE_SEX, ny_str_from_c(rows[i].new_), &new_stamp);
        old.first_us = new_.first_us = INT64_MIN + 1; /* so that only the single can move */
        assert_int_equal(ny_patient_merge(a, &old, &new_, &out, &change), NY_OK);
        if (!ny_str_equals(out.singles[NY_SINGLE_SEX].value, ny_str_from_c(rows[i].expected)) ||
            change != rows[i].change) {
            fail_msg("%s: %.*s, change %d", rows[i].name, NY_ARG(out.singles[NY_SINGLE_SEX].value),
                     change);
        }
    }
    ny_arena_destroy(a);
}

static void say_phone(struct ny_patient *p, struct ny_arena *a, const char *number,
                      const struct ny_stamp *s)
{
    struct ny_value v = {0};

    ny_value_part_set(&v, NY_PART_PHONE_NUMBER, ny_str_from_c(number));
    assert_int_equal(ny_patient_say(p, a, NY_SET_PHONE, &v, s), NY_OK);
}

/* "c" current, "l" live but not in the newest list, "h" history, "-" not there. */
static char state_of(const struct ny_set *set, const char *number)
{
    for (size_t i = 0; i < set->n; i++) {
        const struct ny_value *v = &set->values[i];

        if (ny_str_equals(ny_value_part(v, NY_PART_PHONE_NUMBER), ny_str_from_c(number))) {
            return ny_value_is_current(set, v) ? 'c' : ny_value_is_live(set, v) ? 'l' : 'h';
        }
    }
    return '-';
}

/* A message a row: at, then the phones it says, or a deletion. The order of feeding must not show,
 * so each row list is fed forwards and backwards. */
static void test_sets_keep_what_was_said(void **state)
{
    static const struct {
        const char *name;
        struct {
            int64_t at;
            const char *first, *second; /* "" = deletes, NULL = nothing */
        } messages[3];
        char one, two, three; /* what became of the numbers 1, 2, 3 */
    } rows[] = {
        {"the newest list is current",                  {{1, "1", NULL}, {2, "2", "3"}},                 'l', 'c', 'c'},
        {"a value said again is current again",
         {{1, "1", NULL}, {2, "2", NULL}, {3, "1", NULL}},
         'c',                                                                                                 'l',
         '-'                                                                                                          },
        {"a message without the field changes nothing",
         {{1, "1", "2"}, {2, NULL, NULL}},
         'c',                                                                                                 'c',
         '-'                                                                                                          },
        {"a deletion makes history",                    {{1, "1", "2"}, {2, "", NULL}},                  'h', 'h', '-'},
        {"a value after a deletion lives",
         {{1, "1", "2"}, {2, "", NULL}, {3, "3", NULL}},
         'h',                                                                                                 'h',
         'c'                                                                                                          },
        {"said again after a deletion",
         {{1, "1", "2"}, {2, "", NULL}, {3, "1", NULL}},
         'c',                                                                                                 'h',
         '-'                                                                                                          },
        {"a deletion before all",                       {{1, "", NULL}, {2, "1", NULL}, {3, "2", NULL}}, 'l', 'c', '-'},
    };
    struct ny_arena *a = ny_arena_create(0);

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows) * 2; i++) {
        struct ny_patient p;
        const struct ny_set *set = &p.sets[NY_SET_PHONE];
        bool backwards = i % 2 == 1;

        ny_patient_init(&p);
        for (size_t k = 0; k < 3; k++) {
            size_t at = backwards ? 2 - k : k;
            const char *first = rows[i / 2].messages[at].first;
            struct ny_stamp s = stamp(rows[i / 2].messages[at].at, "A", 0);
            struct ny_patient m;

            ny_patient_init(&m);
            if (first != NULL && first[0] == '\0') {
                ny_patient_delete(&m, NY_SET_PHONE, &s);
            } else if (first != NULL) {
                say_phone(&m, a, first, &s);
            }
            if (rows[i / 2].messages[at].second != NULL) {
                say_phone(&m, a, rows[i / 2].messages[at].second, &s);
            }
            p = merged(a, &p, &m);
        }
        if (state_of(set, "1") != rows[i / 2].one || state_of(set, "2") != rows[i / 2].two ||
            state_of(set, "3") != rows[i / 2].three) {
            fail_msg("%s: %c %c %c", rows[i / 2].name, state_of(set, "1"), state_of(set, "2"),
                     state_of(set, "3"));
        }
    }
    ny_arena_destroy(a);
}

static void test_times_of_a_value(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_patient p;
    const struct ny_set *set = &p.sets[NY_SET_PHONE];

    (void)state;
    ny_patient_init(&p);
    for (int64_t at = 3; at > 0; at--) {
        struct ny_stamp s = stamp(at, "A", 0);
        struct ny_patient m;

        ny_patient_init(&m);
        say_phone(&m, a, "1", &s);
        if (at == 2) {
            say_phone(&m, a, "2", &s);
        }
        p = merged(a, &p, &m);
    }
    assert_int_equal(set->n, 2);
    assert_int_equal(set->values[0].first_us, 1); /* newest last first: number 1 */
    assert_int_equal(set->values[0].last.at_us, 3);
    assert_int_equal(set->values[1].first_us, 2);
    assert_int_equal(p.first_us, 1);
    assert_int_equal(p.seen.at_us, 3);
    assert_int_equal(set->said.at_us, 3);
    assert_int_equal(set->deleted.at_us, NY_NEVER);
    ny_arena_destroy(a);
}

/* ---- claims ---- */

/* A message that names somebody, says a birth date and, where `single` is one, something else. */
static struct ny_patient claiming(struct ny_arena *a, const char *given, const char *birth,
                                  enum ny_single_id single, const char *value, int64_t at)
{
    struct ny_stamp s = stamp(at, "A", 0);
    struct ny_value v = {0};
    struct ny_patient p;

    ny_patient_init(&p);
    if (given != NULL) {
        ny_value_part_set(&v, NY_PART_NAME_KANJI_GIVEN, ny_str_from_c(given));
        assert_int_equal(ny_patient_say(&p, a, NY_SET_NAME, &v, &s), NY_OK);
    }
    ny_patient_say_single(&p, NY_SINGLE_BIRTH_DATE, ny_str_from_c(birth), &s);
    if (single != NY_SINGLE_COUNT) {
        ny_patient_say_single(&p, single, ny_str_from_c(value), &s);
    }
    assert_int_equal(ny_patient_claim_say(&p, a), NY_OK);
    return p;
}

static void test_what_is_said_together_is_a_claim(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_patient p;

    (void)state;
    ny_patient_init(&p);
    for (int64_t at = 4; at > 0; at--) { /* A at 1 and 4, B at 2 and 3: the newest first */
        bool is_b = at == 2 || at == 3;
        struct ny_patient m = claiming(a, is_b ? "B" : "A", "19801124", NY_SINGLE_COUNT, NULL, at);

        p = merged(a, &p, &m);
    }
    assert_int_equal(p.n_claims, 2);
    assert_true(ny_str_equals(p.claims[0].name[NY_PART_NAME_KANJI_GIVEN], NY_S("A")));
    assert_int_equal(p.claims[0].first.at_us, 1);
    assert_int_equal(p.claims[0].last.at_us, 4);
    assert_int_equal(p.claims[1].first.at_us, 2);
    assert_int_equal(p.claims[1].last.at_us, 3);
    ny_arena_destroy(a);
}

static void test_who_claims_nothing(void **state)
{
    static const struct {
        const char *name, *given;
        enum ny_single_id single;
        const char *value;
        size_t claims;
    } rows[] = {
        {"a name",             "A",  NY_SINGLE_COUNT,            NULL, 1},
        {"no name",            NULL, NY_SINGLE_COUNT,            NULL, 0},
        {"unknown identity",   "A",  NY_SINGLE_IDENTITY_UNKNOWN, "Y",  0},
        {"known identity",     "A",  NY_SINGLE_IDENTITY_UNKNOWN, "N",  1},
        {"alias of a patient", "A",  NY_SINGLE_RELIABILITY,      "AL", 0},
        {"training",           "A",  NY_SINGLE_PROCESSING,       "T",  0},
        {"debugging",          "A",  NY_SINGLE_PROCESSING,       "D",  0},
    };
    struct ny_arena *a = ny_arena_create(0);

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_patient p =
            claiming(a, rows[i].given, "19801124", rows[i].single, rows[i].value, 1);

        if (p.n_claims != rows[i].claims) {
            fail_msg("%s: %zu", rows[i].name, p.n_claims);
        }
    }
    ny_arena_destroy(a);
}

static void test_the_cap_keeps_the_newest_claims(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_patient p;

    (void)state;
    ny_patient_init(&p);
    for (int i = 0; i < NY_CLAIMS_MAX + 5; i++) {
        struct ny_patient m =
            claiming(a, ny_arena_printf(a, "%d", i).p, "19801124", NY_SINGLE_COUNT, NULL, i);

        p = merged(a, &p, &m);
    }
    assert_int_equal(p.n_claims, NY_CLAIMS_MAX);
    assert_int_equal(p.claims[0].last.at_us, NY_CLAIMS_MAX + 4);
    assert_int_equal(p.claims[NY_CLAIMS_MAX - 1].last.at_us, 5);
    ny_arena_destroy(a);
}

/* Phones 1 at 1, 2 at 2, 3 at 3 … are left as the limits say. */
static void test_what_is_left_without_a_time(void **state)
{
    static const struct {
        const char *name;
        int64_t since, from, to; /* 0: none */
        const char *left;        /* states of the phones 1 to 5 */
        int64_t said, seen;
    } rows[] = {
        {"all of it",             0, 0, 0, "lllcc", 5,        5       },
        {"without the middle",    0, 3, 4, "ll-cc", 5,        5       },
        {"without the end",       0, 5, 9, "llcl-", 3,        3       },
        {"without the beginning", 3, 0, 0, "--lcc", 5,        5       },
        {"only the beginning",    0, 2, 9, "c----", 1,        1       },
        {"nothing",               9, 0, 0, "-----", NY_NEVER, NY_NEVER},
    };
    struct ny_arena *a = ny_arena_create(0);
    struct ny_patient p;

    (void)state;
    ny_patient_init(&p);
    for (int64_t at = 1; at <= 5; at++) {
        struct ny_stamp s = stamp(at, "A", 0);
        struct ny_patient m;

        ny_patient_init(&m);
        say_phone(&m, a, ny_arena_printf(a, "%d", (int)at).p, &s);
        if (at == 5) {
            say_phone(&m, a, "4", &s); /* said in the middle and at the end: it stays */
        }
        p = merged(a, &p, &m);
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_stamp since =
            rows[i].since != 0 ? stamp(rows[i].since, "A", 0) : ny_stamp_never();
        struct ny_span span = {stamp(rows[i].from, "A", 0), stamp(rows[i].to, "A", 0), false};
        const struct ny_set *set;
        struct ny_patient out;
        char left[6] = "";

        assert_int_equal(ny_patient_without(a, &p, &since, &span, rows[i].from != 0 ? 1 : 0, &out),
                         NY_OK);
        set = &out.sets[NY_SET_PHONE];
        for (int k = 0; k < 5; k++) {
            left[k] = state_of(set, ny_arena_printf(a, "%d", k + 1).p);
        }
        if (strcmp(left, rows[i].left) != 0 || set->said.at_us != rows[i].said ||
            out.seen.at_us != rows[i].seen) {
            fail_msg("%s: %s, said %lld, seen %lld", rows[i].name, left, (long long)set->said.at_us,
                     (long long)out.seen.at_us);
        }
    }
    ny_arena_destroy(a);
}

/* Phone 1 is said at 1 and at 5, phone 2 at 3 and at 5; from 3 on somebody else counts. Who came
 * back at 5 takes along what he said before 3, and leaves what was said since. */
static void test_who_came_back_takes_his_own(void **state)
{
    static const struct {
        const char *number;
        int64_t at;
    } told[] = {
        {"1", 1},
        {"2", 3},
        {"1", 5},
        {"2", 5},
    };
    struct ny_arena *a = ny_arena_create(0);
    struct ny_stamp since = stamp(3, "A", 0);
    struct ny_span span = {stamp(5, "A", 0), stamp(5, "A", 0), true};
    struct ny_patient p;
    struct ny_patient out;

    (void)state;
    ny_patient_init(&p);
    for (size_t i = 0; i < NY_ARRAY_LEN(told); i++) {
        struct ny_stamp s = stamp(told[i].at, "A", 0);
        struct ny_patient m;

        ny_patient_init(&m);
        say_phone(&m, a, told[i].number, &s);
        p = merged(a, &p, &m);
    }
    assert_int_equal(ny_patient_without(a, &p, &since, &span, 1, &out), NY_OK);
    assert_int_equal(state_of(&out.sets[NY_SET_PHONE], "1"), '-');
    assert_int_equal(state_of(&out.sets[NY_SET_PHONE], "2"), 'l');
    ny_arena_destroy(a);
}

/* ---- limits, hash, copy ---- */

static void test_the_cap_keeps_the_newest(void **state)
{
    enum { SAID = NY_SET_VALUES_MAX + 20 };
    struct ny_arena *a = ny_arena_create(0);
    struct ny_patient forwards;
    struct ny_patient backwards;

    (void)state;
    ny_patient_init(&forwards);
    ny_patient_init(&backwards);
    for (int i = 0; i < SAID; i++) {
        struct ny_stamp s = stamp(i, "A", 0);
        struct ny_stamp t = stamp(SAID - 1 - i, "A", 0);
        struct ny_patient m;

        ny_patient_init(&m);
        say_phone(&m, a, ny_arena_printf(a, "%d", (int)s.at_us).p, &s);
        forwards = merged(a, &forwards, &m);
        ny_patient_init(&m);
        say_phone(&m, a, ny_arena_printf(a, "%d", (int)t.at_us).p, &t);
        backwards = merged(a, &backwards, &m);
    }
    assert_int_equal(forwards.sets[NY_SET_PHONE].n, NY_SET_VALUES_MAX);
    assert_true(patients_equal(&forwards, &backwards));
    assert_int_equal(state_of(&forwards.sets[NY_SET_PHONE], "19"), '-');
    assert_int_equal(state_of(&forwards.sets[NY_SET_PHONE], "20"), 'l');
    assert_int_equal(state_of(&forwards.sets[NY_SET_PHONE], "83"), 'c');
    ny_arena_destroy(a);
}

/* A value that falls out at once moved nothing. */
static void test_beyond_the_cap_nothing_moves(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_stamp late = stamp(100, "A", 0);
    struct ny_stamp early = stamp(50, "A", 0);
    struct ny_patient full;
    struct ny_patient m;
    struct ny_patient out;
    enum ny_patient_change change;

    (void)state;
    ny_patient_init(&full);
    for (int i = 0; i < NY_SET_VALUES_MAX; i++) {
        say_phone(&full, a, ny_arena_printf(a, "%d", i).p, &late);
    }
    full.first_us = 0;
    ny_patient_init(&m);
    full = merged(a, &full, &m); /* in canonical order */
    say_phone(&m, a, "early", &early);
    assert_int_equal(ny_patient_merge(a, &full, &m, &out, &change), NY_OK);
    assert_true(patients_equal(&full, &out));
    assert_int_equal(change, NY_CHANGE_NONE);
    ny_arena_destroy(a);
}

static void test_one_message_says_at_most_the_cap(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_stamp s = stamp(1, "A", 0);
    struct ny_value v = {0};
    struct ny_patient p;

    (void)state;
    ny_patient_init(&p);
    for (int i = 0; i < NY_SET_VALUES_MAX; i++) {
        say_phone(&p, a, ny_arena_printf(a, "%d", i).p, &s);
        say_phone(&p, a, ny_arena_printf(a, "%d", i).p, &s); /* repetitions do not count */
    }
    ny_value_part_set(&v, NY_PART_PHONE_NUMBER, NY_S("one more"));
    assert_int_equal(ny_patient_say(&p, a, NY_SET_PHONE, &v, &s), NY_ELIMIT);
    assert_int_equal(p.sets[NY_SET_PHONE].n, NY_SET_VALUES_MAX);
    ny_arena_destroy(a);
}

static void shift_times(struct ny_patient *p, int64_t by)
{
    for (size_t i = 0; i < NY_SET_COUNT; i++) {
        struct ny_set *s = &p->sets[i];

        s->said.at_us += s->said.at_us == NY_NEVER ? 0 : by;
        s->deleted.at_us += s->deleted.at_us == NY_NEVER ? 0 : by;
        for (size_t k = 0; k < s->n; k++) {
            s->values[k].first_us += by;
            s->values[k].last.at_us += by;
        }
    }
    for (size_t i = 0; i < NY_SINGLE_COUNT; i++) {
        p->singles[i].stamp.at_us += p->singles[i].stamp.at_us == NY_NEVER ? 0 : by;
    }
    for (size_t i = 0; i < p->n_claims; i++) {
        p->claims[i].first.at_us += by;
        p->claims[i].last.at_us += by;
    }
    p->seen.at_us += p->seen.at_us == NY_NEVER ? 0 : by;
    p->first_us += p->first_us == INT64_MAX ? 0 : by;
}

static void test_the_content_hash_knows_no_times(void **state)
{
    struct ny_arena *a = ny_arena_create(0);

    (void)state;
    dice = 3;
    for (size_t i = 0; i < 300; i++) {
        struct ny_patient p = patient_roll(a);
        struct ny_patient late;
        uint64_t hash = ny_patient_content_hash(&p);

        assert_int_equal(ny_patient_copy(a, &p, &late), NY_OK);
        shift_times(&late, 12345);
        assert_true(hash == ny_patient_content_hash(&late));
        late.singles[NY_SINGLE_ACCOUNT].value = NY_S("another");
        assert_true(hash != ny_patient_content_hash(&late));
        for (size_t k = 0; k < NY_SET_COUNT; k++) {
            assert_int_equal(ny_patient_copy(a, &p, &late), NY_OK);
            if (late.sets[k].n > 0) {
                late.sets[k].values[0].part[1] = NY_S("another");
                assert_true(hash != ny_patient_content_hash(&late));
            }
        }
        ny_arena_reset(a);
    }
    ny_arena_destroy(a);
}

static void test_a_copy_owns_everything(void **state)
{
    struct ny_arena *here = ny_arena_create(0);

    (void)state;
    dice = 11;
    for (size_t i = 0; i < 200; i++) {
        struct ny_arena *there = ny_arena_create(0);
        struct ny_patient p = patient_roll(there);
        struct ny_patient first;
        struct ny_patient second;

        /* Texts of the second copy are in an arena of its own too, and not literals. */
        assert_int_equal(ny_patient_copy(there, &p, &first), NY_OK);
        assert_int_equal(ny_patient_copy(here, &first, &second), NY_OK);
        ny_arena_destroy(there);
        dice = 11 + i * 2; /* reads every slice; under ASan a borrowed one would show */
        assert_true(patients_equal(&second, &second));
        assert_true(ny_patient_content_hash(&second) != 1);
    }
    ny_arena_destroy(here);
}

static void test_a_copy_stops_at_the_cap_of_its_arena(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_arena *small = ny_arena_create(100);
    struct ny_stamp s = stamp(1, "A", 0);
    struct ny_patient p;
    struct ny_patient out = {.first_us = 42};

    (void)state;
    ny_patient_init(&p);
    say_phone(&p, a, "1", &s);
    assert_int_equal(ny_patient_copy(small, &p, &out), NY_ELIMIT);
    assert_int_equal(out.first_us, 42);
    ny_arena_destroy(small);
    ny_arena_destroy(a);
}

static void test_the_table_of_fields_is_sound(void **state)
{
    size_t parts = 0;

    (void)state;
    for (int i = 0; i < NY_SET_COUNT; i++) {
        const struct ny_set_info *info = ny_set_info((enum ny_set_id)i);

        assert_true(info->n_parts > 0 && info->n_parts <= NY_VALUE_PARTS_MAX);
        assert_int_equal(info->first_part, parts);
        parts += info->n_parts;
    }
    assert_int_equal(parts, NY_PART_COUNT);
    for (int i = 0; i < NY_SINGLE_COUNT; i++) {
        assert_non_null(ny_single_json((enum ny_single_id)i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merging_is_a_join),
        cmocka_unit_test(test_a_change_is_told_as_what_it_is),
        cmocka_unit_test(test_the_larger_stamp_sets_a_single),
        cmocka_unit_test(test_sets_keep_what_was_said),
        cmocka_unit_test(test_times_of_a_value),
        cmocka_unit_test(test_what_is_said_together_is_a_claim),
        cmocka_unit_test(test_who_claims_nothing),
        cmocka_unit_test(test_the_cap_keeps_the_newest_claims),
        cmocka_unit_test(test_what_is_left_without_a_time),
        cmocka_unit_test(test_who_came_back_takes_his_own),
        cmocka_unit_test(test_the_cap_keeps_the_newest),
        cmocka_unit_test(test_beyond_the_cap_nothing_moves),
        cmocka_unit_test(test_one_message_says_at_most_the_cap),
        cmocka_unit_test(test_the_content_hash_knows_no_times),
        cmocka_unit_test(test_a_copy_owns_everything),
        cmocka_unit_test(test_a_copy_stops_at_the_cap_of_its_arena),
        cmocka_unit_test(test_the_table_of_fields_is_sound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
