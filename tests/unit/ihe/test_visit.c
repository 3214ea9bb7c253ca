/* What a feed says of a visit: every row of events.def that says something of one. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "golden.h"

#define MSH(event, processing)                                                                     \
    "MSH|^~\\&|HIS|F01|NAYOSE|REG|20260102030405||ADT^" event "|M1|" processing                    \
    "|2.5||||||UNICODE UTF-8\r"
#define EVN "EVN||20260301120000||||20260301100000\r"

static const char told[] = " 2:I [2.1.1=I] 3:W3^301 [3.1.1=W3] [3.2.1=301] 19:V1 [19.1.1=V1]";

static const struct {
    const char *event, *at, *state; /* at NULL: no visit of it */
} rows[] = {
    {"A01", "01:00:00.000000Z", " there"    },
    {"A02", "01:00:00.000000Z", ""          },
    {"A04", "01:00:00.000000Z", " there"    },
    {"A05", "01:00:00.000000Z", " there"    },
    {"A06", "01:00:00.000000Z", " there"    },
    {"A07", "01:00:00.000000Z", " there"    },
    {"A08", "01:00:00.000000Z", ""          },
    {"A09", "01:00:00.000000Z", ""          },
    {"A10", "01:00:00.000000Z", ""          },
    {"A11", "01:00:00.000001Z", " cancelled"},
    {"A12", "01:00:00.000001Z", ""          },
    {"A14", "01:00:00.000000Z", " there"    },
    {"A15", "01:00:00.000000Z", ""          },
    {"A16", "01:00:00.000000Z", ""          },
    {"A17", "01:00:00.000000Z", ""          },
    {"A21", "01:00:00.000000Z", ""          },
    {"A22", "01:00:00.000000Z", ""          },
    {"A25", "01:00:00.000001Z", ""          },
    {"A26", "01:00:00.000001Z", ""          },
    {"A27", "01:00:00.000001Z", " cancelled"},
    {"A32", "01:00:00.000001Z", ""          },
    {"A33", "01:00:00.000001Z", ""          },
    {"A38", "01:00:00.000001Z", " cancelled"},
    {"A52", "01:00:00.000001Z", ""          },
    {"A53", "01:00:00.000001Z", ""          },
    {"A54", "01:00:00.000000Z", ""          },
    {"A55", "01:00:00.000001Z", ""          },
    {"A61", "01:00:00.000000Z", ""          },
    {"A62", "01:00:00.000001Z", ""          },
    {"A20", NULL,               NULL        },
    {"A28", NULL,               NULL        },
    {"A31", NULL,               NULL        },
    {"A45", NULL,               NULL        },
    {"A60", NULL,               NULL        },
};

static void test_events(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, false);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        char in[1024];
        char wanted[512];
        const char *visit;

        snprintf(in, sizeof(in),
                 MSH("%s", "P") EVN "PID|||1^^^F01||A^B\rPV1||I|W3^301||||||||||||||||V1\r",
                 rows[i].event);
        b.registry->feed_text[0] = '\0';
        (void)bench_send(&b, ny_str_from_c(in));
        assert_non_null(strstr(b.answer, "MSA|AA|M1"));
        visit = strstr(b.registry->feed_text, "visit ");
        snprintf(wanted, sizeof(wanted), "visit V1 at 2026-03-01T%s%s%s\n",
                 rows[i].at != NULL ? rows[i].at : "", rows[i].at != NULL ? rows[i].state : "",
                 told);
        if ((visit == NULL) != (rows[i].at == NULL) ||
            (visit != NULL && strcmp(visit, wanted) != 0)) {
            fail_msg("%s: %s\nexpected: %s", rows[i].event, b.registry->feed_text, wanted);
        }
    }
    bench_close(&b);
}

/* PV1 of a message that names a patient only by his id. */
static void visit_of(struct bench *b, const char *event, const char *pv1, char *out, size_t cap)
{
    char in[8192];
    const char *visit;

    snprintf(in, sizeof(in), MSH("%s", "P") EVN "PID|||1^^^F01\r%s\r", event, pv1);
    b->registry->feed_text[0] = '\0';
    (void)bench_send(b, ny_str_from_c(in));
    visit = strstr(b->registry->feed_text, "visit ");
    snprintf(out, cap, "%s", visit != NULL ? visit : "");
}

static void test_pv1(void **state)
{
    static const struct {
        const char *event, *pv1, *visit;
    } cases[] = {
        {"A03", "PV1|||||||||||||||||||V1",
         "visit V1 at 2026-03-01T01:00:00.000000Z 19:V1 [19.1.1=V1] 45:20260301100000+0900\n"     },
        {"A03", "PV1|||||||||||||||||||V1||||||||||||||||||||||||||20260302",
         "visit V1 at 2026-03-01T01:00:00.000000Z 19:V1 [19.1.1=V1] 45:20260302\n"                },
        {"A13", "PV1|||||||||||||||||||V1||||||||||||||||||||||||||20260302",
         "visit V1 at 2026-03-01T01:00:00.000001Z 19:V1 [19.1.1=V1] 45:\n"                        },
        {"A02", "PV1||\"\"|\"\"||||||||||||||||V1",
         "visit V1 at 2026-03-01T01:00:00.000000Z 2: 3: 19:V1 [19.1.1=V1]\n"                      },
        {"A02", "PV1|||||||Ｄ1^髙橋^一郎~d2|||||||||||||||||||||||||||||||||||||20260301",
         "visit @20260301 at 2026-03-01T01:00:00.000000Z 7:Ｄ1^髙橋^一郎~d2 [7.1.1=D1] "
         "[7.2.1=高橋] [7.3.1=一郎] [7.1.1=D2] 44:20260301\n"                                 },
        {"A02", "PV1||N",                                                                       ""},
        {"A02", "PV2|||X",                                                                      ""},
    };
    struct bench b;
    char visit[1024];

    (void)state;
    bench_open(&b, false);
    for (size_t i = 0; i < NY_ARRAY_LEN(cases); i++) {
        visit_of(&b, cases[i].event, cases[i].pv1, visit, sizeof(visit));
        assert_non_null(strstr(b.answer, "MSA|AA|M1"));
        assert_string_equal(visit, cases[i].visit);
    }
    bench_close(&b);
}

static void test_refused_and_left_out(void **state)
{
    struct bench b;
    char pv1[4700];
    char visit[64];

    (void)state;
    bench_open(&b, false);
    snprintf(pv1, sizeof(pv1), "PV1|||%04200d||||||||||||||||V1", 1);
    visit_of(&b, "A02", pv1, visit, sizeof(visit));
    assert_non_null(strstr(b.answer, "MSA|AE|M1"));
    assert_non_null(strstr(b.answer, "PV1^1^3|102^"));
    snprintf(pv1, sizeof(pv1), "PV1|||||||||||||||||||%0300d", 1);
    visit_of(&b, "A02", pv1, visit, sizeof(visit));
    assert_non_null(strstr(b.answer, "PV1^1^19|102^"));
    visit_of(&b, "A11", "PV1|||||||||||||||||||V1", visit, sizeof(visit));
    assert_non_null(strstr(visit, "cancelled"));
    /* For practice no visit is kept. */
    b.registry->sources[0].accept_test = true;
    b.registry->feed_text[0] = '\0';
    (void)bench_send(&b,
                     NY_S(MSH("A01", "T") EVN "PID|||77^^^F01||A^B\rPV1||I|||||||||||||||||V1\r"));
    assert_non_null(strstr(b.registry->feed_text, " test\n"));
    assert_null(strstr(b.registry->feed_text, "visit "));
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_pv1),
        cmocka_unit_test(test_refused_and_left_out),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
