/* Requests whole and byte by byte, refusals, targets, responses. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "nayose/http.h"

enum { BODY_MAX = 100 };

#define HOST "Host: x\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n\r\n"

/* Feeds step bytes at a time until something else than MORE comes. */
static enum ny_http_step feed(struct ny_http_parser *p, ny_str in, size_t step, size_t *used,
                              struct ny_http_request **req, struct ny_http_refusal *refusal)
{
    enum ny_http_step s = NY_HTTP_MORE;

    *used = 0;
    while (s == NY_HTTP_MORE && *used < in.n) {
        size_t n = 0;

        s = ny_http_parser_feed(p, ny_str_sub(ny_str_sub(in, *used, in.n), 0, step), &n, req,
                                refusal);
        *used += n;
    }
    return s;
}

static void test_pipelined_requests_come_one_by_one(void **state)
{
    const char *first = "POST /feed?x=1 HTTP/1.1\r\nhOST:  x \r\nContent-Length: 5\r\n\r\nhello";
    const char *second = "GET http://h/p HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n";
    char both[300];

    (void)state;
    snprintf(both, sizeof(both), "%s%s", first, second);
    for (size_t step = 1; step < strlen(both) + 2; step++) {
        struct ny_http_parser *p = ny_http_parser_create(BODY_MAX);
        struct ny_arena *a = ny_arena_create(0);
        struct ny_http_request *req = NULL;
        struct ny_http_refusal refusal;
        ny_str rest = ny_str_from_c(both);
        size_t used;

        ny_http_parser_begin(p, a);
        assert_int_equal(feed(p, rest, step, &used, &req, &refusal), NY_HTTP_DONE);
        assert_int_equal(used, strlen(first));
        assert_true(ny_str_equals(req->method, NY_S("POST")));
        assert_true(ny_str_equals(req->path, NY_S("/feed")));
        assert_true(ny_str_equals(req->query, NY_S("x=1")));
        assert_true(ny_str_equals(req->body, NY_S("hello")));
        assert_true(ny_str_equals(ny_http_header_get(req, NY_S("Host")), NY_S("x")));
        assert_null(ny_http_header_get(req, NY_S("Accept")).p);
        assert_true(req->keep_alive);
        rest = ny_str_sub(rest, used, rest.n);
        ny_http_parser_begin(p, a);
        assert_int_equal(feed(p, rest, step, &used, &req, &refusal), NY_HTTP_DONE);
        assert_int_equal(used, strlen(second));
        assert_true(ny_str_equals(req->path, NY_S("/p")));
        assert_null(req->query.p);
        assert_int_equal(req->body.n, 0);
        assert_false(req->keep_alive);
        ny_http_parser_destroy(p);
        ny_arena_destroy(a);
    }
}

static void test_refusals(void **state)
{
    static const struct {
        const char *name, *in;
        int status; /* 0: taken */
    } rows[] = {
        {"plain",              "GET / HTTP/1.1\r\n" HOST "\r\n",                                                 0  },
        {"1.0 without Host",   "GET / HTTP/1.0\r\n\r\n",                                                         0  },
        {"no Host",            "GET / HTTP/1.1\r\n\r\n",                                                         400},
        {"two Hosts",          "GET / HTTP/1.1\r\n" HOST HOST "\r\n",                                            400},
        {"nonsense",           "\x16\x03\x01\x02",                                                               400},
        {"lower method",       "get / HTTP/1.1\r\n" HOST "\r\n",                                                 400},
        {"version 2",          "GET / HTTP/2.0\r\n" HOST "\r\n",                                                 505},
        {"two codings",        "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n",            501},
        {"codings twice",
         "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n",
         501                                                                                                        },
        {"coding not chunked", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\n",                     501},
        {"chunked in 1.0",     "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",                          501},
        {"gzip",               "POST / HTTP/1.1\r\n" HOST "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\n",
         415                                                                                                        },
        {"gzip and more",
         "POST / HTTP/1.1\r\n" HOST
         "Content-Encoding: identity\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\n",                      415},
        {"identity",
         "POST / HTTP/1.1\r\n" HOST "Content-Encoding: Identity\r\nContent-Length: 0\r\n\r\n",                   0  },
        {"no chunk's length",  "POST / HTTP/1.1\r\n" HOST CHUNKED "x\r\n",                                       400},
        {"chunk too large",    "POST / HTTP/1.1\r\n" HOST CHUNKED "ffffffffffffffffff\r\n",                      400},
        {"chunk not closed",   "POST / HTTP/1.1\r\n" HOST CHUNKED "1\r\nab\r\n",                                 400},
        {"no length",          "POST / HTTP/1.1\r\n" HOST "\r\n",                                                411},
        {"length twice",
         "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",                            400},
        {"length and chunked",
         "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",                   400},
        {"length negative",    "POST / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n",                          400},
        {"body at the cap",    "POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n",                           0  },
        {"body too large",     "POST / HTTP/1.1\r\n" HOST "Content-Length: 101\r\n\r\n",                         413},
        {"expect what",        "GET / HTTP/1.1\r\n" HOST "Expect: tea\r\n\r\n",                                  417},
        {"connect",            "CONNECT h:1 HTTP/1.1\r\n" HOST "\r\n",                                           501},
        {"fragment",           "GET /a#b HTTP/1.1\r\n" HOST "\r\n",                                              400},
        {"star",               "OPTIONS * HTTP/1.1\r\n" HOST "\r\n",                                             0  },
        {"star for GET",       "GET * HTTP/1.1\r\n" HOST "\r\n",                                                 400},
        {"blank in name",      "GET / HTTP/1.1\r\n" HOST "A b: c\r\n\r\n",                                       400},
        {"upgrade ignored",    "GET / HTTP/1.1\r\n" HOST "Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
         0                                                                                                          },
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        for (size_t step = 1; step < 400; step += 399 - 1) {
            struct ny_http_parser *p = ny_http_parser_create(BODY_MAX);
            struct ny_arena *a = ny_arena_create(0);
            struct ny_http_request *req = NULL;
            struct ny_http_refusal refusal = {0};
            size_t used;
            enum ny_http_step s;

            ny_http_parser_begin(p, a);
            s = feed(p, ny_str_from_c(rows[i].in), step, &used, &req, &refusal);
            if (s != (rows[i].status == 0 ? NY_HTTP_DONE : NY_HTTP_BAD) ||
                refusal.status != rows[i].status) {
                fail_msg("row %s: step %d status %d", rows[i].name, (int)s, refusal.status);
            }
            ny_http_parser_destroy(p);
            ny_arena_destroy(a);
        }
    }
}

/* Chunks, their extensions and a trailer, then a request of its own. */
static void test_chunks_become_a_body(void **state)
{
    const ny_str in = NY_S("POST / HTTP/1.1\r\n" HOST CHUNKED "5;x=\"y\"\r\nhello\r\n1\r\n \r\n"
                           "00B\r\n0123456789a\r\n0\r\nSum: 1\r\n\r\nGET / HTTP/1.1\r\n");

    (void)state;
    for (size_t step = 1; step < in.n + 2; step++) {
        struct ny_http_parser *p = ny_http_parser_create(BODY_MAX);
        struct ny_arena *a = ny_arena_create(0);
        struct ny_http_request *req = NULL;
        struct ny_http_refusal refusal;
        size_t used;

        ny_http_parser_begin(p, a);
        assert_int_equal(feed(p, in, step, &used, &req, &refusal), NY_HTTP_DONE);
        assert_int_equal(in.n - used, strlen("GET / HTTP/1.1\r\n"));
        assert_string_equal(req->body.p, "hello 0123456789a");
        assert_int_equal(req->body.n, 17);
        assert_null(ny_http_header_get(req, NY_S("Sum")).p);
        assert_int_equal(req->n_headers, 2);
        ny_http_parser_destroy(p);
        ny_arena_destroy(a);
    }
}

/* Whole and in pieces; the body that just fits is taken, one byte more is not. */
static void test_chunks_have_the_limit_of_a_body(void **state)
{
    static char chunk[40000];
    const size_t max = 3 * sizeof(chunk);

    (void)state;
    memset(chunk, 'x', sizeof(chunk));
    for (size_t over = 0; over < 2; over++) {
        struct ny_http_parser *p = ny_http_parser_create(max - over);
        struct ny_arena *a = ny_arena_create(0);
        struct ny_http_request *req = NULL;
        struct ny_http_refusal refusal = {0};
        enum ny_http_step s;
        struct ny_buf in;
        size_t used;

        ny_buf_init(&in, a);
        ny_buf_add(&in, NY_S("POST / HTTP/1.1\r\n" HOST CHUNKED));
        for (int i = 0; i < 3; i++) {
            ny_buf_printf(&in, "%zx\r\n", sizeof(chunk));
            ny_buf_add(&in, ny_str_of(chunk, sizeof(chunk)));
            ny_buf_add(&in, NY_S("\r\n"));
        }
        ny_buf_add(&in, NY_S("0\r\n\r\n"));
        ny_http_parser_begin(p, a);
        s = feed(p, ny_buf_str(&in), 1000, &used, &req, &refusal);
        assert_int_equal(s, over == 0 ? NY_HTTP_DONE : NY_HTTP_BAD);
        assert_int_equal(refusal.status, over == 0 ? 0 : 413);
        if (over == 0) {
            assert_int_equal(req->body.n, max);
            assert_int_equal(req->body.p[max], '\0');
        }
        ny_http_parser_destroy(p);
        ny_arena_destroy(a);
    }
}

static int status_of(struct ny_arena *a, ny_str in)
{
    struct ny_http_parser *p = ny_http_parser_create(BODY_MAX);
    struct ny_http_request *req = NULL;
    struct ny_http_refusal refusal = {0};
    size_t used;

    ny_http_parser_begin(p, a);
    (void)feed(p, in, 1000, &used, &req, &refusal);
    ny_http_parser_destroy(p);
    return refusal.status;
}

static void test_limits(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_arena *tight = ny_arena_create(3000);
    struct ny_buf line;
    struct ny_buf many;
    struct ny_buf large;

    (void)state;
    ny_buf_init(&line, a);
    ny_buf_init(&many, a);
    ny_buf_init(&large, a);
    ny_buf_add(&line, NY_S("GET /"));
    ny_buf_add(&many, NY_S("GET / HTTP/1.1\r\n"));
    ny_buf_add(&large, NY_S("GET / HTTP/1.1\r\nA: "));
    for (int i = 0; i < NY_HTTP_LINE_MAX; i++) {
        ny_buf_add_char(&line, 'x');
    }
    for (int i = 0; i <= NY_HTTP_HEADERS_MAX; i++) {
        ny_buf_add(&many, NY_S("A: b\r\n"));
    }
    for (int i = 0; i < NY_HTTP_HEADER_BYTES; i++) {
        ny_buf_add_char(&large, 'x');
    }
    ny_buf_add(&many, NY_S("\r\n"));
    assert_int_equal(status_of(a, ny_buf_str(&line)), 414);
    assert_int_equal(status_of(a, ny_buf_str(&many)), 431);
    assert_int_equal(status_of(a, ny_buf_str(&large)), 431);
    assert_int_equal(status_of(tight, ny_buf_str(&line)), 413); /* the arena is full first */
    ny_arena_destroy(tight);
    ny_arena_destroy(a);
}

static void test_continue_is_asked_once(void **state)
{
    static const struct {
        const char *head, *one, *two;
    } rows[] = {
        {"Content-Length: 2\r\n\r\n", "a",      "b"             },
        {CHUNKED,                     "2\r\na", "b\r\n0\r\n\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_http_parser *p = ny_http_parser_create(BODY_MAX);
        struct ny_arena *a = ny_arena_create(0);
        struct ny_http_request *req = NULL;
        struct ny_http_refusal refusal;
        ny_str head = ny_arena_printf(a, "POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\n%s",
                                      rows[i].head);
        size_t used;

        ny_http_parser_begin(p, a);
        assert_int_equal(ny_http_parser_feed(p, head, &used, &req, &refusal), NY_HTTP_CONTINUE);
        assert_int_equal(used, head.n);
        assert_int_equal(ny_http_parser_feed(p, ny_str_from_c(rows[i].one), &used, &req, &refusal),
                         NY_HTTP_MORE);
        assert_int_equal(ny_http_parser_feed(p, ny_str_from_c(rows[i].two), &used, &req, &refusal),
                         NY_HTTP_DONE);
        assert_string_equal(req->body.p, "ab");
        ny_http_parser_destroy(p);
        ny_arena_destroy(a);
    }
}

static void test_decode(void **state)
{
    static const struct {
        const char *in;
        bool plus;
        ny_rc rc;
        const char *out;
    } rows[] = {
        {"a%20b+c",            false, NY_OK,      "a b+c" },
        {"a%20b+c",            true,  NY_OK,      "a b c" },
        {"%E5%B1%B1%e7%94%b0", false, NY_OK,      "山田"},
        {"",                   false, NY_OK,      ""      },
        {"%",                  false, NY_ESYNTAX, NULL    },
        {"%2",                 false, NY_ESYNTAX, NULL    },
        {"%zz",                false, NY_ESYNTAX, NULL    },
        {"a%00",               false, NY_ESYNTAX, NULL    },
    };
    struct ny_arena *a = ny_arena_create(0);

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        ny_str out = NY_STR_NONE;
        ny_rc rc = ny_http_decode(a, ny_str_from_c(rows[i].in), rows[i].plus, &out);

        if (rc != rows[i].rc || !ny_str_equals(out, ny_str_from_c(rows[i].out))) {
            fail_msg("row %s", rows[i].in);
        }
    }
    ny_arena_destroy(a);
}

static void test_query(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    ny_str q = NY_S("&a=1&&name=%41+b&flag&e=&a=2");
    ny_str v = NY_STR_NONE;

    (void)state;
    assert_int_equal(ny_http_query_get(a, q, NY_S("name"), &v), NY_OK);
    assert_true(ny_str_equals(v, NY_S("A b")));
    assert_int_equal(ny_http_query_get(a, q, NY_S("a"), &v), NY_OK);
    assert_true(ny_str_equals(v, NY_S("1")));
    assert_int_equal(ny_http_query_get(a, q, NY_S("flag"), &v), NY_OK);
    assert_int_equal(v.n, 0);
    assert_int_equal(ny_http_query_get(a, q, NY_S("none"), &v), NY_ENOTFOUND);
    assert_int_equal(ny_http_query_get(a, NY_STR_NONE, NY_S("a"), &v), NY_ENOTFOUND);
    assert_int_equal(ny_http_query_get(a, NY_S("a=%4"), NY_S("a"), &v), NY_ESYNTAX);
    ny_arena_destroy(a);
}

static void test_response(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_http_header more = {NY_S("Retry-After"), NY_S("5")};
    struct ny_http_response r = {.status = 200,
                                 .content_type = NY_S("application/json"),
                                 .headers = &more,
                                 .n_headers = 1,
                                 .body = NY_S("{}"),
                                 .keep_alive = true};
    ny_str out = NY_STR_NONE;

    (void)state;
    assert_int_equal(ny_http_response_write(&r, a, &out), NY_OK);
    assert_string_equal(out.p, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                               "Retry-After: 5\r\nContent-Length: 2\r\n"
                               "Connection: keep-alive\r\n\r\n{}");
    r = (struct ny_http_response){.status = 200, .body = NY_S("{}"), .head_only = true};
    assert_int_equal(ny_http_response_write(&r, a, &out), NY_OK);
    assert_string_equal(out.p, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n");
    r = (struct ny_http_response){.status = 204, .keep_alive = true};
    assert_int_equal(ny_http_response_write(&r, a, &out), NY_OK);
    assert_string_equal(out.p, "HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n");
    more.value = NY_S("5\r\nSet-Cookie: a=b");
    r = (struct ny_http_response){.status = 200, .headers = &more, .n_headers = 1};
    assert_int_equal(ny_http_response_write(&r, a, &out), NY_ESYNTAX);
    assert_int_equal(ny_http_error_write(a, 413, "The body is too large.", false, &out), NY_OK);
    assert_string_equal(out.p, "HTTP/1.1 413 Content Too Large\r\n"
                               "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 23\r\n"
                               "Connection: close\r\n\r\nThe body is too large.\n");
    ny_arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pipelined_requests_come_one_by_one),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_chunks_become_a_body),
        cmocka_unit_test(test_chunks_have_the_limit_of_a_body),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_continue_is_asked_once),
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_query),
        cmocka_unit_test(test_response),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
