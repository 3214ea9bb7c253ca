/* Enhanced acknowledgement: what is sent by MSH-15 and MSH-16, for what is accepted and what is
 * not.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support.h"

static const struct {
    const char *name;
    const char *accept, *application; /* MSH-15, MSH-16 */
    const char *accepted;             /* the codes sent for a good message */
    const char *error, *rejected;     /* for one without PID-3, for one that is for training */
} rows[] = {
    {"original mode",         "",   "",   "AA",    "AE", "AR"},
    {"both always",           "AL", "AL", "CA AA", "CE", "CR"},
    {"accept alone",          "AL", "NE", "CA",    "CE", "CR"},
    {"accept, 16 empty",      "AL", "",   "CA",    "CE", "CR"},
    {"application alone",     "NE", "AL", "AA",    "AE", "AR"},
    {"application, 15 empty", "",   "AL", "AA",    "AE", "AR"},
    {"errors alone",          "ER", "NE", "",      "CE", "CR"},
    {"errors, twice",         "ER", "ER", "",      "CE", "CR"},
    {"application errors",    "NE", "ER", "",      "AE", "AR"},
    {"success alone",         "SU", "SU", "CA AA", "",   ""  },
    {"never",                 "NE", "NE", "",      "",   ""  },
    {"a word of no table",    "XX", "NE", "CA",    "CE", "CR"},
};

static ny_str code_of(ny_str ack)
{
    (void)ny_str_split(&ack, '\r');
    return ack.n > 6 ? ny_str_sub(ack, 4, 2) : NY_S("");
}

static ny_str control_id_of(ny_str ack)
{
    for (int i = 0; i < 9; i++) {
        (void)ny_str_split(&ack, '|');
    }
    return ny_str_split(&ack, '|');
}

static void expect(struct bench *b, size_t row, const char *processing, const char *pid3,
                   const char *codes)
{
    static int control;
    char in[500];
    char got[20];
    ny_str accept;
    ny_str answer;

    snprintf(in, sizeof(in),
             "MSH|^~\\&|HIS|F01|NAYOSE|REG|20260102030405||ADT^A28^ADT_A05|M%d|%s|2.5|||%s|%s||"
             "UNICODE UTF-8\rEVN||20260102030405\rPID|||%s||A^B\rPV1||N\r",
             ++control, processing, rows[row].accept, rows[row].application, pid3);
    answer = bench_send(b, ny_str_from_c(in));
    accept = ny_str_from_c(b->accept);
    snprintf(got, sizeof(got), "%.*s%s%.*s", NY_ARG(code_of(accept)),
             accept.n > 0 && answer.n > 0 ? " " : "", NY_ARG(code_of(answer)));
    if (strcmp(got, codes) != 0) {
        fail_msg("row %s: [%s] instead of [%s]", rows[row].name, got, codes);
    }
    assert_true(answer.n > 0 || b->quiet);
    if (accept.n > 0) {
        assert_int_equal(strstr(b->accept, "ERR|") != NULL, got[1] != 'A');
    }
    if (accept.n > 0 && answer.n > 0) {
        assert_false(ny_str_equals(control_id_of(accept), control_id_of(answer)));
    }
}

static void test_rows(void **state)
{
    struct bench b;

    (void)state;
    bench_open(&b, false);
    b.enhanced = true;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        expect(&b, i, "P", "1^^^F01", rows[i].accepted);
        expect(&b, i, "P", "", rows[i].error);
        expect(&b, i, "T", "1^^^F01", rows[i].rejected);
    }
    bench_close(&b);
}

static void test_original_mode_looks_at_neither(void **state)
{
    struct bench b;
    ny_str answer;

    (void)state;
    bench_open(&b, false);
    answer =
        bench_send(&b, NY_S("MSH|^~\\&|HIS|F01|NAYOSE|REG|20260102030405||ADT^A28^ADT_A05|M1|P|"
                            "2.5|||AL|NE||UNICODE UTF-8\rEVN||20260102030405\r"
                            "PID|||1^^^F01||A^B\rPV1||N\r"));
    assert_true(ny_str_equals(code_of(answer), NY_S("AA")));
    assert_string_equal(b.accept, "");
    bench_close(&b);
}

static void test_a_query_is_answered_once(void **state)
{
    struct bench b;
    ny_str answer;

    (void)state;
    bench_open(&b, false);
    b.enhanced = true;
    answer =
        bench_send(&b, NY_S("MSH|^~\\&|HIS|F01|NAYOSE|REG|20260102030405||QBP^Q23^QBP_Q21|Q1|P|"
                            "2.5|||AL|NE||UNICODE UTF-8\rQPD|IHE PIX Query|T1|1^^^F01\r"
                            "RCP|I\r"));
    assert_true(ny_str_starts_with(answer, NY_S("MSH")) && answer.n > 0);
    assert_string_equal(b.accept, "");
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_original_mode_looks_at_neither),
        cmocka_unit_test(test_a_query_is_answered_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
