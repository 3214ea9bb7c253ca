/* ITI-10: what a consumer is told, byte for byte, and how its answers are read. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/registry_notices.h"

#include "support.h"

static void test_message(void **state)
{
    static const struct ny_domain f01 = {
        .ns = NY_S("F01"), .oid = NY_S("1.2.3.1"), .type = NY_S("ISO")};
    static const struct ny_domain f02 = {
        .ns = NY_S("F02"), .oid = NY_S("1.2.3.2"), .type = NY_S("ISO")};
    struct ny_known_id ids[] = {
        {&f01, NY_S("00&17")},
        {&f02, NY_S("A-1")  }
    };
    const struct ny_notice notice = {
        .seq = 42, .at_us = INT64_C(1775012400) * 1000000, .ids = ids, .n_ids = 2};
    struct ny_arena *a = ny_arena_create(0);
    struct bench b;
    ny_str out;

    (void)state;
    bench_open(&b, false);
    assert_int_equal(ny_ihe_notice_write(b.ihe, a, &notice, NY_S("PORTAL"), NY_S("P1"),
                                         INT64_C(1775012401) * 1000000, &out),
                     NY_OK);
    assert_string_equal(
        ny_arena_printf(a, "%.*s", NY_ARG(out)).p,
        "MSH|^~\\&|NAYOSE|REG|PORTAL|P1|20260401120001+0900||ADT^A31^ADT_A05|N42|P|2.5\r"
        "EVN||20260401120000+0900\r"
        "PID|||00\\T\\17^^^F01&1.2.3.1&ISO~A-1^^^F02&1.2.3.2&ISO|| \r"
        "PV1||N\r");
    ids[1].id = NY_S("新1"); /* only then MSH-18 says how it is written */
    assert_int_equal(ny_ihe_notice_write(b.ihe, a, &notice, NY_S("PORTAL"), NY_S("P1"), 0, &out),
                     NY_OK);
    assert_non_null(strstr(ny_arena_printf(a, "%.*s", NY_ARG(out)).p, "|UNICODE UTF-8\r"));
    bench_close(&b);
    ny_arena_destroy(a);
}

#define ACK(msa) "MSH|^~\\&|PORTAL|P1|NAYOSE|REG|20260401||ACK^A31|X|P|2.5\r" msa "\r"

static const struct {
    const char *name, *answer;
    enum ny_ihe_answer expected;
    const char *code;
} rows[] = {
    {"taken",                      ACK("MSA|AA|N42"),                       NY_IHE_ANSWER_TAKEN,   "AA"    },
    {"refused",                    ACK("MSA|AE|N42\rERR||PID^1^3|204^x|E"), NY_IHE_ANSWER_REFUSED, "AE 204"},
    {"rejected",                   ACK("MSA|AR|N42"),                       NY_IHE_ANSWER_REFUSED, "AR"    },
    {"not taken into safekeeping", ACK("MSA|CE|N42"),                       NY_IHE_ANSWER_REFUSED, "CE"    },
    {"kept is not taken in",       ACK("MSA|CA|N42"),                       NY_IHE_ANSWER_OTHER,   "CA"    },
    {"of another message",         ACK("MSA|AA|N4"),                        NY_IHE_ANSWER_OTHER,   "AA"    },
    {"a refusal of another one",   ACK("MSA|AE|N421"),                      NY_IHE_ANSWER_OTHER,   "AE"    },
    {"of no message",              ACK("MSA|AA"),                           NY_IHE_ANSWER_OTHER,   "AA"    },
    {"no MSA",                     ACK("ERR||PID^1^3|204^x|E"),             NY_IHE_ANSWER_OTHER,   " 204"  },
    {"no HL7",                     "HTTP/1.1 400 Bad Request\r\n",          NY_IHE_ANSWER_OTHER,   ""      },
};

static void test_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_arena *a = ny_arena_create(0);
        ny_str code;
        enum ny_ihe_answer got = ny_ihe_notice_answer(a, ny_str_from_c(rows[i].answer), 42, &code);

        if (got != rows[i].expected || !ny_str_equals(code, ny_str_from_c(rows[i].code))) {
            fail_msg("%s: %d \"%.*s\"", rows[i].name, (int)got, NY_ARG(code));
        }
        ny_arena_destroy(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
