/* ITI-9: golden conversations of tests/golden/iti9/<case>/in.hl7 → out.hl7 (LF for CR, MSH-7 and
 * MSH-10 masked), and what does not show in the answer's bytes. NY_GOLDEN_UPDATE=1 rewrites the
 * answers. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "golden.h"

#define GOLDEN NY_SOURCE_DIR "/tests/golden/iti9/"
#define QUERY "MSH|^~\\&|APP|FAC|NAYOSE|REG|20260102030405||QBP^Q23^QBP_Q21|Q1|P|2.5\r"
#define HEAD "MSH|^~\\&|NAYOSE|REG|APP|FAC|TIME||RSP^K23^RSP_K23|ID|P|2.5\n"

/* Person 1: F01:1, F02:21 and F02:22, F04:4. Person 2: F01:2 alone. Person 3: F02:9 and F03:9 in
 * kanji ids. */
static void people(struct bench *b, bool regional_listed)
{
    bench_open(b, true);
    b->registry->domains[4].listed = regional_listed;
    fake_identity(b->registry, 1, NY_S("1"), 0);
    fake_identity(b->registry, 2, NY_S("22"), 1);
    fake_identity(b->registry, 4, NY_S("4"), 1);
    fake_identity(b->registry, 2, NY_S("21"), 1);
    fake_identity(b->registry, 1, NY_S("2"), 0);
    fake_identity(b->registry, 2, NY_S("9"), 0);
    fake_identity(b->registry, 3, NY_S("患者９"), 3);
}

static const struct {
    const char *name; /* folder, and what it shows */
    bool regional_listed;
} cases[] = {
    {"case1-all-domains",          true },
    {"case1-regional-not-listed",  false},
    {"case1-named-domain",         true },
    {"case1-regional-named",       false},
    {"case1-by-regional-id",       true },
    {"case2-none-in-named-domain", true },
    {"case2-none-anywhere",        false},
    {"case3-unknown-id",           true },
    {"case3-before-case5",         true },
    {"case4-unknown-domain",       true },
    {"case4-contradicting-domain", true },
    {"case5-one-unknown",          true },
    {"case5-several-unknown",      true },
    {"case6-two-in-one-domain",    true },
    {"qpd3-id-empty",              true },
    {"qpd3-authority-empty",       true },
    {"qpd3-default-authority",     true },
    {"qpd3-twice",                 true },
    {"qpd4-empty-parts",           true },
    {"qpd4-extra-components",      true },
    {"qpd4-namespace-oid-both",    true },
    {"qpd4-oid-without-type",      true },
    {"qpd4-queried-domain",        true },
    {"qpd2-empty",                 true },
    {"qpd1-other-name-escapes",    true },
    {"qpd-missing",                true },
    {"other-delimiters",           true },
    {"other-receiver",             true },
    {"iso2022-mirror",             true },
};

static void test_golden_conversations(void **state)
{
    struct bench b;

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(cases); i++) {
        const char *expected = NULL;
        const char *answer;

        people(&b, cases[i].regional_listed);
        answer = golden_case(&b, GOLDEN, cases[i].name, &expected);
        if (strcmp(expected, answer) != 0) {
            fail_msg("case %s:\n%s\nexpected:\n%s", cases[i].name, answer, expected);
        }
        bench_close(&b);
    }
}

static void test_queries_are_noted(void **state)
{
    static const struct {
        const char *name;
        const char *qpd;
        const char *note;
    } rows[] = {
        {"found",          "QPD|x|t|1^^^F01\r",
         "query ITI-9 outcome=0 keep=0 patient=F01:1 told=F02,F04,REG hits=4 AA "    },
        {"none",           "QPD|x|t|2^^^F01|^^^F02\r",
         "query ITI-9 outcome=0 keep=0 patient=F01:2 told= hits=0 NF "               },
        {"unknown id",     "QPD|x|t|7^^^F01\r",
         "query ITI-9 outcome=4 keep=0 patient=F01:7 told= hits=0 AE 204 QPD^1^3^1^1"},
        {"unknown domain", "QPD|x|t|7^^^X\r",
         "query ITI-9 outcome=4 keep=0 patient=:7 told= hits=0 AE 204 QPD^1^3^1^4"   },
    };
    struct bench b;

    (void)state;
    people(&b, true);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        char in[256];

        snprintf(in, sizeof(in), QUERY "%sRCP|I\r", rows[i].qpd);
        (void)bench_send(&b, ny_str_from_c(in));
        if (strcmp(b.registry->note_text, rows[i].note) != 0) {
            fail_msg("row %s: %s", rows[i].name, b.registry->note_text);
        }
    }
    bench_close(&b);
}

/* One and the same answer, whatever is stored; only the note differs from other refusals. */
static void test_who_may_not_ask_learns_nothing(void **state)
{
    static const char *const questions[] = {"1^^^F01", "77^^^F01", "1^^^X", ""};
    struct bench b;

    (void)state;
    people(&b, true);
    b.may_not_query = true;
    for (size_t i = 0; i < NY_ARRAY_LEN(questions); i++) {
        char in[256];
        char out[512];

        snprintf(in, sizeof(in), QUERY "QPD|x|t|%s\rRCP|I\r", questions[i]);
        snprintf(out, sizeof(out),
                 HEAD "MSA|AR|Q1\nERR||MSH^1^3|204^Unknown key identifier^HL70357|E\n"
                      "QAK|t|AR\nQPD|x|t|%s\n",
                 questions[i]);
        (void)bench_send(&b, ny_str_from_c(in));
        assert_string_equal(bench_mask(&b), out);
        assert_string_equal(b.registry->note_text,
                            "query ITI-9 outcome=8 keep=0 patient=: told= hits=0 AR 204 MSH^1^3");
    }
    bench_close(&b);
}

static void test_failures_of_the_registry(void **state)
{
    static const char in[] = QUERY "QPD|x|t|1^^^F01\rRCP|I\r";
    static const char out[] = HEAD
        "MSA|AR|Q1\nERR|||207^Application internal error^HL70357|E\nQAK|t|AR\nQPD|x|t|1^^^F01\n";
    struct bench b;

    (void)state;
    people(&b, true);
    b.registry->fail_resolve = NY_EDB;
    (void)bench_send(&b, ny_str_from_c(in));
    assert_non_null(strstr(bench_mask(&b), "MSA|AR|Q1\nERR|||207^"));
    assert_int_equal(b.registry->n_notes, 0);
    b.registry->fail_resolve = NY_OK;
    b.registry->fail = NY_EDB; /* the audit row is not committed: no id may leave */
    (void)bench_send(&b, ny_str_from_c(in));
    assert_string_equal(bench_mask(&b), out);
    bench_close(&b);
}

static void test_small_arenas(void **state)
{
    struct bench b;

    (void)state;
    people(&b, true);
    for (size_t cap = 64; cap < 60000; cap += 97) {
        b.arena_cap = cap;
        (void)bench_send(&b, NY_S(QUERY "QPD|x|t|1^^^F01\rRCP|I\r"));
        assert_true(b.answer_n == 0 || strstr(b.answer, "MSA|A") != NULL);
    }
    assert_non_null(strstr(b.answer, "QAK|t|OK"));
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden_conversations),
        cmocka_unit_test(test_queries_are_noted),
        cmocka_unit_test(test_who_may_not_ask_learns_nothing),
        cmocka_unit_test(test_failures_of_the_registry),
        cmocka_unit_test(test_small_arenas),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
