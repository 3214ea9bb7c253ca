/* A request of ours, and answers as they come. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/http_answer.h"

#define OK "HTTP/1.1 200 OK\r\n"

/* clang-format off */
static const struct {
    const char *name, *in;
    bool closed;
    ny_rc rc;
    int status;
    const char *body;
} rows[] = {
    {"nothing yet",           "",                                      false, NY_EAGAIN,  0,   NULL},
    {"half a head",           OK "Content-Le",                         false, NY_EAGAIN,  0,   NULL},
    {"half a head, then the end", OK "Content-Le",                     true,  NY_ESYNTAX, 0,   NULL},
    {"a body of known length", OK "content-length: 2\r\n\r\nab",       false, NY_OK,      200, "ab"},
    {"more than its length",  OK "Content-Length: 2\r\n\r\nabc",       false, NY_OK,      200, "ab"},
    {"half a body",           OK "Content-Length: 3\r\n\r\nab",        false, NY_EAGAIN,  0,   NULL},
    {"a body cut off",        OK "Content-Length: 3\r\n\r\nab",        true,  NY_ESYNTAX, 0,   NULL},
    {"until the end",         OK "A: b\r\n\r\nab",                     false, NY_EAGAIN,  0,   NULL},
    {"the end",               OK "A: b\r\n\r\nab",                     true,  NY_OK,      200, "ab"},
    {"no body",               "HTTP/1.0 202 Accepted\r\n\r\n",         true,  NY_OK,      202, ""},
    {"no length",             OK "Content-Length: x\r\n\r\n",          true,  NY_ESYNTAX, 0,   NULL},
    {"no status",             "HTTP/1.1 2x0 OK\r\n\r\n",              true,  NY_ESYNTAX, 0,   NULL},
    {"no HTTP",               "MSH|^~\\&|\r\n\r\n",                    true,  NY_ESYNTAX, 0,   NULL},
};
/* clang-format on */

static void test_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        int status = 0;
        ny_str body = NY_STR_NONE;
        ny_rc rc = ny_http_answer_read(ny_str_from_c(rows[i].in), rows[i].closed, &status, &body);

        if (rc != rows[i].rc) {
            print_error("%s: %d\n", rows[i].name, rc);
        }
        assert_int_equal(rc, rows[i].rc);
        assert_int_equal(status, rows[i].status);
        assert_true(rc != NY_OK || ny_str_equals(body, ny_str_from_c(rows[i].body)));
    }
}

static void test_head_is_capped(void **state)
{
    static char in[NY_HTTP_ANSWER_HEAD_MAX + 1];
    int status;
    ny_str body;

    (void)state;
    memset(in, 'a', sizeof(in));
    assert_int_equal(ny_http_answer_read(ny_str_of(in, sizeof(in)), false, &status, &body),
                     NY_ELIMIT);
}

static void test_post(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    ny_str out;

    (void)state;
    assert_int_equal(ny_http_post_write(a, NY_S("192.0.2.7:80"), NY_S("/x"), NY_S("text/xml"),
                                        NY_S("<a/>"), &out),
                     NY_OK);
    assert_true(ny_str_equals(out, NY_S("POST /x HTTP/1.0\r\nHost: 192.0.2.7:80\r\nContent-Type: "
                                        "text/xml\r\nContent-Length: 4\r\nConnection: close\r\n\r\n"
                                        "<a/>")));
    ny_arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_head_is_capped),
        cmocka_unit_test(test_post),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
