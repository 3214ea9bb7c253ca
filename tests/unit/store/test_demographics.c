/* A patient as JSON and back: known texts, random patients, and the same through a real jsonb
 * column. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../../src/store/store_priv.h"
#include "pg_fixture.h"

/* ---- random patients, from a seed ---- */

static uint64_t seed;

static uint64_t below(uint64_t n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (seed >> 33) % n;
}

static ny_str random_text(struct ny_arena *a)
{
    static const char *const pieces[] = {
        "山", "𠮷", "\xEF\xA8\x99", "ヤマダ", "\"", "\\", "\n", "\x01",        "\x1f", "\x7f",
        "/",  "a",  "\\u0000",      "{}",     ":",  "é",  " ",  "\xEF\xBF\xBF"};
    struct ny_buf b;

    ny_buf_init(&b, a);
    for (uint64_t n = below(6); n > 0; n--) {
        ny_buf_add_c(&b, pieces[below(NY_ARRAY_LEN(pieces))]);
    }
    return b.n > 0 ? ny_buf_str(&b) : NY_STR_NONE;
}

static struct ny_stamp random_stamp(struct ny_arena *a)
{
    struct ny_stamp s = {.at_us = (int64_t)below(5) * 1700000000000000 - (int64_t)below(1000),
                         .control_id = random_text(a)};

    for (size_t i = 0; i < sizeof(s.hash); i++) {
        s.hash[i] = (uint8_t)below(256);
    }
    return below(6) == 0 ? ny_stamp_never() : s;
}

static void random_set(struct ny_arena *a, enum ny_set_id id, struct ny_set *s,
                       const struct ny_stamp *stamps, size_t n_stamps)
{
    s->n = below(8) == 0 ? NY_SET_VALUES_MAX : below(4);
    s->values = NY_ARENA_ARRAY(a, struct ny_value, s->n);
    for (size_t i = 0; i < s->n; i++) {
        for (size_t k = 0; k < ny_set_info(id)->n_parts; k++) {
            s->values[i].part[k] = random_text(a);
        }
        s->values[i].last = stamps[below(n_stamps)];
        s->values[i].first_us = below(2) ? s->values[i].last.at_us : (int64_t)below(1000000);
    }
    s->said = stamps[below(n_stamps)];
    s->deleted = stamps[below(n_stamps)];
}

static void random_claims(struct ny_arena *a, struct ny_patient *p, const struct ny_stamp *stamps,
                          size_t n_stamps)
{
    p->n_claims = below(4);
    p->claims = NY_ARENA_ARRAY(a, struct ny_claim, p->n_claims);
    for (size_t i = 0; i < p->n_claims; i++) {
        struct ny_claim *c = &p->claims[i];

        for (size_t k = 0; k < ny_set_info(NY_SET_NAME)->n_parts; k++) {
            c->name[k] = random_text(a);
        }
        c->birth = random_text(a);
        c->sex = random_text(a);
        c->first = stamps[below(n_stamps)];
        c->last = stamps[below(n_stamps)];
        c->first = c->first.at_us == NY_NEVER ? c->last : c->first; /* both or none */
    }
}

static void random_patient(struct ny_arena *a, struct ny_patient *p)
{
    struct ny_stamp stamps[12];

    for (size_t i = 0; i < NY_ARRAY_LEN(stamps); i++) {
        stamps[i] = random_stamp(a);
    }
    ny_patient_init(p);
    for (size_t i = 0; i < NY_SET_COUNT; i++) {
        random_set(a, (enum ny_set_id)i, &p->sets[i], stamps, NY_ARRAY_LEN(stamps));
    }
    for (size_t i = 0; i < NY_SINGLE_COUNT; i++) {
        p->singles[i].stamp = stamps[below(NY_ARRAY_LEN(stamps))];
        if (p->singles[i].stamp.at_us != NY_NEVER) {
            p->singles[i].value = random_text(a);
        }
    }
    p->seen = stamps[below(NY_ARRAY_LEN(stamps))];
    p->first_us = below(2) ? p->seen.at_us : below(2) ? INT64_MAX : -5;
    if (below(2) == 0) {
        random_claims(a, p, stamps, NY_ARRAY_LEN(stamps));
    } else {
        assert_int_equal(ny_patient_claim_say(p, a), NY_OK); /* the one that is not written */
    }
}

/* ---- equality ---- */

static bool stamp_equals(const struct ny_stamp *a, const struct ny_stamp *b)
{
    return ny_stamp_compare(a, b) == 0;
}

static bool value_equals(const struct ny_value *a, const struct ny_value *b)
{
    for (size_t i = 0; i < NY_VALUE_PARTS_MAX; i++) {
        if (!ny_str_equals(a->part[i], b->part[i])) {
            return false;
        }
    }
    return a->first_us == b->first_us && stamp_equals(&a->last, &b->last);
}

static bool set_equals(const struct ny_set *a, const struct ny_set *b)
{
    if (a->n != b->n || !stamp_equals(&a->said, &b->said) ||
        !stamp_equals(&a->deleted, &b->deleted)) {
        return false;
    }
    for (size_t i = 0; i < a->n; i++) {
        if (!value_equals(&a->values[i], &b->values[i])) {
            return false;
        }
    }
    return true;
}

static bool claims_equal(const struct ny_patient *a, const struct ny_patient *b)
{
    bool same = a->n_claims == b->n_claims;

    for (size_t i = 0; same && i < a->n_claims; i++) {
        same = ny_claim_is_same(&a->claims[i], &b->claims[i]) &&
               stamp_equals(&a->claims[i].first, &b->claims[i].first) &&
               stamp_equals(&a->claims[i].last, &b->claims[i].last);
    }
    return same;
}

static bool patient_equals(const struct ny_patient *a, const struct ny_patient *b)
{
    bool same =
        a->first_us == b->first_us && stamp_equals(&a->seen, &b->seen) && claims_equal(a, b);

    for (size_t i = 0; same && i < NY_SET_COUNT; i++) {
        same = set_equals(&a->sets[i], &b->sets[i]);
    }
    for (size_t i = 0; same && i < NY_SINGLE_COUNT; i++) {
        same = ny_str_equals(a->singles[i].value, b->singles[i].value) &&
               stamp_equals(&a->singles[i].stamp, &b->singles[i].stamp);
    }
    return same;
}

static ny_str written(struct ny_arena *a, const struct ny_patient *p)
{
    struct ny_buf b;
    ny_str text = NY_STR_NONE;

    ny_buf_init(&b, a);
    ny_demographics_write(&b, p);
    assert_int_equal(ny_buf_end(&b, &text), NY_OK);
    return text;
}

/* ---- tests ---- */

static void test_known_text(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_stamp stamp = {.at_us = 1700000000000000, .control_id = NY_S("M:1\"")};
    struct ny_value name = {0};
    struct ny_patient p;
    ny_str text;

    (void)state;
    ny_patient_init(&p);
    ny_value_part_set(&name, NY_PART_NAME_KANJI_FAMILY, NY_S("山田"));
    assert_int_equal(ny_patient_say(&p, a, NY_SET_NAME, &name, &stamp), NY_OK);
    ny_patient_say_single(&p, NY_SINGLE_SEX, NY_S(""), &stamp);
    assert_int_equal(ny_patient_claim_say(&p, a), NY_OK);
    text = written(a, &p);
    assert_string_equal(
        ny_arena_str(a, text).p,
        "{\"seen\":0,\"names\":{\"v\":[{\"kf\":\"山田\",\"_l\":0}],\"said\":0},\"sex\":[\"\",0],"
        "\"s\":[\"1700000000000000:"
        "0000000000000000000000000000000000000000000000000000000000000000:M:1\\\"\"]}");
    ny_arena_destroy(a);
}

/* Text without claims, as it was written before there were any: the patient claims to be what he
 * is. An empty list is written where he does not. */
static void test_claims_that_go_without_saying(void **state)
{
#define STAMP                                                                                      \
    "1700000000000000:00000000000000000000000000000000"                                            \
    "00000000000000000000000000000000:"
    static const char old[] = "{\"seen\":1,\"names\":{\"v\":[{\"kf\":\"山田\",\"_l\":1,\"_f\":5}],"
                              "\"said\":1},\"birth_date\":[\"19500101\",0],"
                              "\"s\":[\"" STAMP "A\",\"" STAMP "B\"]}";
    struct ny_arena *a = ny_arena_create(0);
    struct ny_patient p;

    (void)state;
    assert_int_equal(ny_demographics_read(a, ny_str_from_c(old), &p), NY_OK);
    assert_int_equal(p.n_claims, 1);
    assert_true(ny_str_equals(p.claims[0].name[NY_PART_NAME_KANJI_FAMILY], NY_S("山田")));
    assert_true(ny_str_equals(p.claims[0].birth, NY_S("19500101")));
    assert_true(ny_str_equals(p.claims[0].first.control_id, NY_S("B")));
    assert_null(strstr(ny_arena_str(a, written(a, &p)).p, "claims"));
    p.n_claims = 0;
    assert_non_null(strstr(ny_arena_str(a, written(a, &p)).p, "\"claims\":[]"));
    ny_arena_destroy(a);
#undef STAMP
}

static void test_refuses(void **state)
{
    static const struct {
        const char *name, *text;
    } rows[] = {
        {"no object",            "[]"                              },
        {"cut",                  "{\"seen\":0"                     },
        {"stamp out of range",   "{\"seen\":0}"                    },
        {"stamp no number",      "{\"seen\":\"0\",\"s\":[]}"       },
        {"stamp without a hash", "{\"s\":[\"1:ab:X\"]}"            },
        {"single no pair",       "{\"sex\":\"M\"}"                 },
        {"part no text",         "{\"names\":{\"v\":[{\"kf\":1}]}}"},
        {"set no object",        "{\"names\":[]}"                  },
        {"claims no list",       "{\"claims\":{}}"                 },
        {"claim no text",        "{\"claims\":[{\"b\":1}]}"        },
        {"claim without stamps", "{\"claims\":[{\"_l\":3}]}"       },
        {"time too large",       "{\"f\":99999999999999999999}"    },
        {"a lone surrogate",     "{\"sex\":[\"\\ud800\",0]}"       },
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_arena *a = ny_arena_create(0);
        struct ny_patient p = {.first_us = 42};

        if (ny_demographics_read(a, ny_str_from_c(rows[i].text), &p) != NY_ESYNTAX ||
            p.first_us != 42) {
            fail_msg("row %s", rows[i].name);
        }
        ny_arena_destroy(a);
    }
}

static void test_random_round_trip(void **state)
{
    (void)state;
    for (uint64_t row = 1; row < 300; row++) {
        struct ny_arena *a = ny_arena_create(0);
        struct ny_patient p;
        struct ny_patient back;

        seed = row;
        random_patient(a, &p);
        if (ny_demographics_read(a, written(a, &p), &back) != NY_OK || !patient_equals(&p, &back)) {
            fail_msg("seed %llu", (unsigned long long)row);
        }
        ny_arena_destroy(a);
    }
}

static void test_round_trip_through_jsonb(void **state)
{
    struct pg_fixture *pg = pg_fixture_start();
    struct ny_db_config cfg = {0};
    struct ny_db_block *db = NULL;
    struct ny_error err = {0};

    (void)state;
    assert_non_null(pg);
    cfg.conninfo = pg_fixture_conninfo(pg);
    assert_int_equal(ny_db_block_connect(&cfg, &db, &err), NY_OK);
    for (uint64_t row = 1; row < 100; row++) {
        struct ny_arena *a = ny_arena_create(0);
        struct ny_db_result *r = NULL;
        struct ny_db_param param;
        struct ny_patient p;
        struct ny_patient back;

        seed = row * 7919;
        random_patient(a, &p);
        param = ny_db_jsonb(a, written(a, &p));
        assert_int_equal(ny_db_block_query(db, "SELECT $1::jsonb", &param, 1, &r, &err), NY_OK);
        if (ny_demographics_read(a, ny_db_get_jsonb(r, 0, 0), &back) != NY_OK ||
            !patient_equals(&p, &back)) {
            fail_msg("row %llu", (unsigned long long)row);
        }
        ny_db_result_free(r);
        ny_arena_destroy(a);
    }
    ny_db_block_close(db);
    pg_fixture_stop(pg);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_text),
        cmocka_unit_test(test_claims_that_go_without_saying),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_random_round_trip),
        cmocka_unit_test(test_round_trip_through_jsonb),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
