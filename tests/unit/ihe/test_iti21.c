/* ITI-21: golden conversations, what is asked of the registry, what is noted, and failures. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "golden.h"

#define GOLDEN NY_SOURCE_DIR "/tests/golden/iti21/"
#define QUERY "MSH|^~\\&|APP|FAC|NAYOSE|REG|20260102030405||QBP^Q22^QBP_Q21|Q1|P|2.5\r"

/* Person 1: F01:1, F02:21. Person 2: F01:2. Person 3: F02:9. */
static void people(struct bench *b)
{
    bench_open(b, true);
    fake_identity(b->registry, 1, NY_S("1"), 0);
    fake_identity(b->registry, 2, NY_S("21"), 1);
    fake_identity(b->registry, 1, NY_S("2"), 0);
    fake_identity(b->registry, 2, NY_S("9"), 0);
}

static const char *const cases[] = {
    "cancel",
    "cancel-without-qid",
    "case1-all-domains",
    "case2-nobody-there",
    "case2-oid-extra-components",
    "case2-one-domain",
    "case3-one-unknown",
    "case3-several-unknown",
    "iso2022-mirror",
    "other-receiver",
    "page-first",
    "page-last",
    "page-next",
    "page-unknown-pointer",
    "qpd-missing",
    "qpd3-authority-without-id",
    "qpd3-empty",
    "qpd3-empty-values",
    "qpd3-id-unknown-authority",
    "qpd3-id-without-authority",
    "qpd3-other-segment",
    "qpd3-unknown-path",
    "rcp2-other-unit",
    "rcp2-zero",
};

static void test_golden_conversations(void **state)
{
    struct bench b;

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(cases); i++) {
        const char *expected = NULL;
        const char *answer;

        people(&b);
        answer = golden_case(&b, GOLDEN, cases[i], &expected);
        if (strcmp(expected, answer) != 0) {
            fail_msg("case %s:\n%s\nexpected:\n%s", cases[i], answer, expected);
        }
        bench_close(&b);
    }
}

/* What reaches the registry of QPD-3, QPD-8 and RCP. */
static void test_parameters(void **state)
{
    static const struct {
        const char *name, *query, *asked;
    } rows[] = {
        {"all names",         "@PID.5.1.1^SATO~@PID.5.2^T\\S\\O",
         "family=SATO given=T^O page=0 who=FAC|APP tag=t"                                                                                },
        {"short paths",       "@PID.5^X~@PID.7.1^1984~@PID.8^F",
         "family=X birth=1984 sex=F page=0 who=FAC|APP tag=t"                                                                            },
        {"address",           "@PID.11.3^葵区~@PID.11.5^4200853~@PID.11.6^JPN~@PID.5.1^X",
         "family=X postal=4200853 city=葵区 page=0 who=FAC|APP tag=t"                                                                  },
        {"phone, account",    "@PID.13^054~@PID.18.1^A1~@PID.18.4.2^1.2~@PID.6.2^M",
         "mother=M phone=054 account=A1 page=0 who=FAC|APP tag=t"                                                                        },
        {"id in parts",       "@PID.3.1^7~@PID.3.4.2^1.2.392.2~@PID.3.4.3^ISO",
         "id=2:7 page=0 who=FAC|APP tag=t"                                                                                               },
        {"id, OID alone",     "@PID.3.4.2^1.2.392.2~@PID.3.1^7",                             "id=2:7 page=0 who=FAC|APP tag=t"           },
        {"two ids",           "@PID.3.1^7~@PID.3.4.1^F01~@PID.3.1^8~@PID.3.4.1^F02",
         "id=1:7 id=2:8 page=0 who=FAC|APP tag=t"                                                                                        },
        {"one path twice",    "@PID.5.1^A~@PID.5.1^B",                                       "family=A family=B page=0 who=FAC|APP tag=t"},
        {"raw ampersand",     "@PID.5.1^A&B",                                                "family=A&B page=0 who=FAC|APP tag=t"       },
        {"domains and pages", "@PID.5.1^A|||||^^^F02~^^^&1.2.392.9\rRCP|I|7^RD",
         "family=A wants=F02 wants=REG page=7 who=FAC|APP tag=t"                                                                         },
    };
    struct bench b;

    (void)state;
    people(&b);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        char in[512];

        snprintf(in, sizeof(in), QUERY "QPD|IHE PDQ Query|t|%s\r", rows[i].query);
        (void)bench_send(&b, ny_str_from_c(in));
        if (strcmp(b.registry->search_text, rows[i].asked) != 0) {
            fail_msg("row %s: %s", rows[i].name, b.registry->search_text);
        }
    }
    bench_close(&b);
}

/* MSH-5: a facility's namespace, its OID or both; anything else is us. */
static void test_whose_records(void **state)
{
    static const struct {
        const char *msh5, *asked;
    } rows[] = {
        {"F02",                  "family=A of=F02 page=0 who=FAC|APP tag=t"},
        {"^1.2.392.2^ISO",       "family=A of=F02 page=0 who=FAC|APP tag=t"},
        {"^1.2.392.2",           "family=A of=F02 page=0 who=FAC|APP tag=t"},
        {"F02^1.2.392.2^ISO",    "family=A of=F02 page=0 who=FAC|APP tag=t"},
        {"F01^1.2.392.2^ISO",    "family=A page=0 who=FAC|APP tag=t"       },
        {"REG",                  "family=A page=0 who=FAC|APP tag=t"       },
        {"OTHER^1.2.392.77^ISO", "family=A page=0 who=FAC|APP tag=t"       },
        {"",                     "family=A page=0 who=FAC|APP tag=t"       },
    };
    struct bench b;

    (void)state;
    bench_open(&b, false);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        char in[512];

        snprintf(in, sizeof(in),
                 "MSH|^~\\&|APP|FAC|%s|REG|20260102030405||QBP^Q22^QBP_Q21|Q1|P|2.5\r"
                 "QPD|IHE PDQ Query|t|@PID.5^A\r",
                 rows[i].msh5);
        (void)bench_send(&b, ny_str_from_c(in));
        if (strcmp(b.registry->search_text, rows[i].asked) != 0) {
            fail_msg("MSH-5 %s: %s", rows[i].msh5, b.registry->search_text);
        }
    }
    bench_close(&b);
    people(&b); /* where it matters who is meant */
    (void)bench_send(&b, NY_S("MSH|^~\\&|APP|FAC|F02|REG|20260102||QBP^Q22|Q1|P|2.5\r"
                              "QPD|IHE PDQ Query|t|@PID.5^A\r"));
    assert_non_null(strstr(b.answer, "MSA|AA|Q1"));
    (void)bench_send(&b, NY_S("MSH|^~\\&|APP|FAC|F02|REG|20260102||QBP^Q23|Q1|P|2.5\r"
                              "QPD|IHE PIX Query|t|1^^^F01\r"));
    assert_non_null(strstr(b.answer, "ERR||MSH^1^5"));
    bench_close(&b);
}

/* QPD-4 on the scale of QRI-1, or of a hundred. */
static void test_least_confidence(void **state)
{
    static const struct {
        const char *qpd4, *least; /* NULL: refused */
    } rows[] = {
        {"",                     "family=A page"            },
        {"\"\"",                 "family=A page"            },
        {"0",                    "family=A page"            },
        {"0.9",                  "family=A least=9000 page" },
        {".99",                  "family=A least=9900 page" },
        {"0.99805",              "family=A least=9980 page" },
        {"1",                    "family=A least=10000 page"},
        {"1.000",                "family=A least=10000 page"},
        {"80",                   "family=A least=8000 page" },
        {"99.55",                "family=A least=9955 page" },
        {"100",                  "family=A least=10000 page"},
        {"80^X",                 "family=A least=8000 page" },
        {"80|MATCHWARE|1.2",     "family=A page"            },
        {"high|MATCHWARE",       "family=A page"            },
        {"100.1",                NULL                       },
        {"101",                  NULL                       },
        {"-1",                   NULL                       },
        {".",                    NULL                       },
        {"0.9.9",                NULL                       },
        {"high",                 NULL                       },
        {"0.9x",                 NULL                       },
        {"18446744073709551617", NULL                       },
    };
    struct bench b;

    (void)state;
    people(&b);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        char in[512];

        b.registry->search_text[0] = '\0';
        snprintf(in, sizeof(in), QUERY "QPD|IHE PDQ Query|t|@PID.5.1^A|%s\r", rows[i].qpd4);
        (void)bench_send(&b, ny_str_from_c(in));
        if (rows[i].least != NULL && !ny_str_starts_with(ny_str_from_c(b.registry->search_text),
                                                         ny_str_from_c(rows[i].least))) {
            fail_msg("row %s: %s", rows[i].qpd4, b.registry->search_text);
        }
        if (rows[i].least == NULL &&
            (b.registry->search_text[0] != '\0' || strstr(b.answer, "ERR||QPD^1^4|102") == NULL)) {
            fail_msg("row %s: %s", rows[i].qpd4, b.answer);
        }
    }
    bench_close(&b);
}

static void test_queries_are_noted(void **state)
{
    struct bench b;

    (void)state;
    people(&b);
    (void)bench_send(&b, NY_S(QUERY "QPD|x|t|@PID.5.1^A\rRCP|I\r"));
    assert_string_equal(b.registry->note_text,
                        "query ITI-21 outcome=0 keep=0 patient=: told=F01,F02,REG hits=3 AA ");
    (void)bench_send(&b, NY_S(QUERY "QPD|x|t|@PID.3.1^9~@PID.3.4.1^F02\rRCP|I|1^RD\r"));
    assert_string_equal(b.registry->note_text,
                        "query ITI-21 outcome=0 keep=0 patient=F02:9 told=F01,F02,REG hits=1 AA ");
    b.registry->search_nobody = true;
    (void)bench_send(&b, NY_S(QUERY "QPD|x|t|@PID.5.1^A\rRCP|I\r"));
    assert_non_null(strstr(b.answer, "QAK|t|NF||0|0|0\r"));
    assert_string_equal(b.registry->note_text,
                        "query ITI-21 outcome=0 keep=0 patient=: told= hits=0 NF ");
    (void)bench_send(&b,
                     NY_S("MSH|^~\\&|APP|FAC|NAYOSE|REG|20260102030405||QCN^J01^QCN_J01|Q1|P|2.5\r"
                          "QID|t|IHE PDQ Query\r"));
    assert_string_equal(b.registry->cancel_text, "FAC|APP t");
    assert_string_equal(b.registry->note_text,
                        "query ITI-21 outcome=0 keep=0 patient=: told= hits=0 AA ");
    bench_close(&b);
}

static void test_refusals(void **state)
{
    static const struct {
        enum ny_search_result result;
        const char *err;
    } rows[] = {
        {NY_SEARCH_UNREADABLE, "MSA|AE|Q1\nERR||QPD^1^3^2|102^"},
        {NY_SEARCH_TOO_FEW,    "MSA|AE|Q1\nERR||QPD^1^3|101^"  },
        {NY_SEARCH_TOO_MANY,   "MSA|AE|Q1\nERR|||207^"         },
        {NY_SEARCH_NO_POINTER, "MSA|AE|Q1\nERR||DSC^1^1|204^"  },
    };
    static const char in[] = QUERY "QPD|x|t|@PID.5.2^~@PID.5.1^A\rRCP|I\r";
    struct bench b;

    (void)state;
    people(&b);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        b.registry->search_result = rows[i].result;
        (void)bench_send(&b, ny_str_from_c(in));
        if (strstr(bench_mask(&b), rows[i].err) == NULL) {
            fail_msg("row %zu: %s", i, bench_mask(&b));
        }
        assert_null(strstr(b.answer, "PID|"));
        assert_non_null(strstr(b.answer, "QAK|t|AE\r"));
    }
    b.registry->search_result = NY_SEARCH_FOUND;
    b.registry->fail = NY_EDB; /* the audit row is not committed: nothing may leave */
    (void)bench_send(&b, ny_str_from_c(in));
    assert_non_null(strstr(bench_mask(&b), "MSA|AR|Q1\nERR|||207^"));
    assert_null(strstr(b.answer, "PID|"));
    b.registry->fail = NY_OK;
    b.may_not_query = true;
    (void)bench_send(&b, ny_str_from_c(in));
    assert_non_null(strstr(bench_mask(&b), "MSA|AR|Q1\nERR||MSH^1^3|204^"));
    bench_close(&b);
}

static void test_small_arenas(void **state)
{
    struct bench b;

    (void)state;
    people(&b);
    for (size_t cap = 64; cap < 90000; cap += 197) {
        b.arena_cap = cap;
        (void)bench_send(&b, NY_S(QUERY "QPD|x|t|@PID.5.1^A\rRCP|I|2^RD\r"));
        assert_true(b.answer_n == 0 || strstr(b.answer, "MSA|A") != NULL);
    }
    assert_non_null(strstr(b.answer, "QAK|t|OK"));
    bench_close(&b);
}

#define VISIT                                                                                      \
    "MSH|^~\\&|APP|FAC|NAYOSE|REG|20260102030405||QBP^ZV1^QBP_Q21|Q1|P|2.5||||||UNICODE UTF-8\r"

/* ITI-22 is the same question with PV1, and the same answer with PV1. */
static void test_visits_are_told_with_each_person(void **state)
{
    struct bench b;

    (void)state;
    people(&b);
    (void)bench_send(
        &b, NY_S(VISIT "QPD|IHE PDQ Query|t|@PV1.19.1^v1~@PID.8^F|||||^^^F01\rRCP|I|1^RD\r"));
    assert_non_null(strstr(b.answer, "||RSP^ZV2^RSP_ZV2|"));
    assert_non_null(strstr(
        b.answer, "QAK|t|OK||2|1|1\rQPD|IHE PDQ Query|t|@PV1.19.1^v1~@PID.8^F|||||^^^F01\rPID|1|"));
    assert_non_null(strstr(
        b.answer,
        "\rPV1||I|||||D1^髙橋&A^一郎~D\\T\\2||||||||||||||||||||||||||||||||||||||20260102\rQRI|"));
    assert_non_null(strstr(b.answer, "\rDSC|1|I\r"));
    assert_non_null(strstr(b.registry->note_text, "query ITI-22 outcome=0"));
    (void)bench_send(
        &b, NY_S(VISIT "QPD|IHE PDQ Query|t|@PID.5.1^A|||||^^^F01\rRCP|I|1^RD\rDSC|1|I\r"));
    assert_non_null(strstr(b.answer, "\rPV1||N\rQRI|")); /* he has no visit */
    (void)bench_send(&b, NY_S(VISIT "QPD|IHE PDQ Query|t|@PV1.19.1^v1|||||^^^XX~^^^YY\rRCP|I\r"));
    assert_non_null(strstr(b.answer, "MSA|AE|Q1\rERR||QPD^1^8^1|204^"));
    assert_non_null(strstr(b.answer, "\rERR||QPD^1^8^2|204^"));
    bench_close(&b);
}

/* A message in other delimiters: what is told goes into the asker's. */
static void test_visits_in_other_delimiters(void **state)
{
    struct bench b;

    (void)state;
    people(&b);
    (void)bench_send(&b, NY_S("MSH|$~\\&|APP|FAC|NAYOSE|REG|20260102030405||QBP$ZV1$QBP_Q21|Q1|P|2."
                              "5||||||UNICODE UTF-8\r"
                              "QPD|x|t|@PV1.7.1$D1\rRCP|I\r"));
    assert_non_null(strstr(b.answer, "|D1$髙橋&A$一郎~D\\T\\2|"));
    bench_close(&b);
}

static void test_visit_parameters(void **state)
{
    static const struct {
        const char *qpd3, *asked; /* NULL: refused at QPD^1^3^1 */
    } rows[] = {
        {"@PV1.7^ｄ1",                        "visit=7.1.1=D1 keys=1 "                            },
        {"@PV1.7.2^髙橋~@PV1.7.3^一郎",    "visit=7.2.1=高橋 visit=7.3.1=一郎 keys=1 "     },
        {"@PV1.2^I~@PV1.10^内科~@PID.5.1^A", "family=A visit=2.1.1=I visit=10.1.1=内科 keys=0 "},
        {"@PV1.7.3^一郎~@PV1.3.3^2",         "visit=7.3.1=一郎 visit=3.3.1=2 keys=0 "          },
        {"@PV1.3.4.1^F01~@PV1.3.2^301",        "visit=3.4.1=F01 visit=3.2.1=301 keys=1 "           },
        {"@PV1.19.1^V1~@PV1.19.4.2^1.2",       "visit=19.1.1=V1 visit=19.4.2=1.2 keys=1 "          },
        {"@PV1.8.1^a~@PV1.9.1^b~@PV1.17.1^c",  "visit=8.1.1=A visit=9.1.1=B visit=17.1.1=C keys=3 "},
        {"@PID.3.1^1~@PV1.7^~@PID.3.4.1^F01",  "id=1:1 keys=0 "                                    },
        {"@PV1.4^X",                           NULL                                                },
        {"@PV1.44^20260101",                   NULL                                                },
        {"@PV1.7.5^X",                         NULL                                                },
        {"@PV1.7.1.4^X",                       NULL                                                },
        {"@PV1.x^X",                           NULL                                                },
        {"@PV2.3^X",                           NULL                                                },
    };
    struct bench b;

    (void)state;
    people(&b);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        char in[512];

        snprintf(in, sizeof(in), VISIT "QPD|x|t|%s\rRCP|I\r", rows[i].qpd3);
        b.registry->search_text[0] = '\0';
        (void)bench_send(&b, ny_str_from_c(in));
        if (rows[i].asked == NULL
                ? strstr(b.answer, "\rERR||QPD^1^3^1|102^") == NULL
                : strncmp(b.registry->search_text, rows[i].asked, strlen(rows[i].asked)) != 0) {
            fail_msg("%s: %s %s", rows[i].qpd3, b.registry->search_text, b.answer);
        }
    }
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden_conversations),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_whose_records),
        cmocka_unit_test(test_least_confidence),
        cmocka_unit_test(test_queries_are_noted),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_small_arenas),
        cmocka_unit_test(test_visit_parameters),
        cmocka_unit_test(test_visits_are_told_with_each_person),
        cmocka_unit_test(test_visits_in_other_delimiters),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
