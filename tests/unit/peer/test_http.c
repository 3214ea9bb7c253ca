/* HTTP sessions over the loopback stream and a Unix socket. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "nayose/peer.h"

struct room {
    struct ny_loop *loop;
    struct ny_peer_budget *budget;
    struct ny_peer_http_listener *listener;
    struct ny_stream *client;
    struct ny_peer_request *waiting; /* of the route /later */
    size_t n_later;
    char got[65536];
    size_t got_n;
    bool closed;
};

static void on_echo(struct ny_peer_request *req, void *ctx)
{
    const struct ny_peer_header header = {NY_S("X-Query"), req->query};
    ny_str body = ny_arena_printf(req->arena, "%.*s %.*s %.*s %.*s %d", NY_ARG(req->method),
                                  NY_ARG(req->path), NY_ARG(req->body),
                                  NY_ARG(ny_peer_http_header(req, NY_S("x-extra"))),
                                  req->may_query && req->user.n > 0);

    (void)ctx;
    ny_peer_http_reply(req, 200, NY_S("text/plain"), &header, req->query.n > 0 ? 1 : 0, body);
}

static void on_later(struct ny_peer_request *req, void *ctx)
{
    struct room *r = ctx;

    r->waiting = req;
    r->n_later++;
}

static void on_client(struct ny_stream *s, enum ny_stream_event event, void *ctx)
{
    struct room *r = ctx;
    ny_str in = ny_stream_input(s);

    if (event == NY_STREAM_DATA) {
        assert_true(r->got_n + in.n < sizeof(r->got));
        memcpy(r->got + r->got_n, in.p, in.n);
        r->got_n += in.n;
        r->got[r->got_n] = '\0';
        ny_stream_consume(s, in.n);
    } else if (event == NY_STREAM_CLOSED || event == NY_STREAM_ERROR) {
        r->closed = true;
    }
}

static void nothing(void *ctx)
{
    (void)ctx;
}

static void turns(struct room *r, int n)
{
    for (int i = 0; i < n; i++) {
        ny_loop_defer(r->loop, nothing, NULL);
        ny_loop_turn(r->loop);
    }
}

static struct ny_peer_route routes[] = {
    {"GET",  "/echo",  on_echo,  NULL},
    {"POST", "/echo",  on_echo,  NULL},
    {"POST", "/later", on_later, NULL},
    {NULL,   "/any/",  on_echo,  NULL},
};

enum { PARTIAL_US = 50000 };

static void room_open(struct room *r, size_t budget)
{
    struct ny_peer_http_config cfg = {.routes = routes,
                                      .n_routes = NY_ARRAY_LEN(routes),
                                      .max_body = 1000,
                                      .partial_us = PARTIAL_US};

    memset(r, 0, sizeof(*r));
    routes[2].ctx = r;
    r->loop = ny_loop_create();
    r->budget = ny_peer_budget_create(r->loop, budget);
    cfg.loop = r->loop;
    cfg.budget = r->budget;
    r->listener = ny_peer_http_create(&cfg);
}

static void room_connect(struct room *r, size_t chunk)
{
    struct ny_stream *ends[2];

    ny_stream_pair(r->loop, chunk, 60000, ends);
    r->client = ends[0];
    r->closed = false;
    r->got_n = 0;
    r->got[0] = '\0';
    ny_stream_set_callback(r->client, on_client, r);
    ny_peer_http_adopt(r->listener, ends[1]);
}

static void room_close(struct room *r)
{
    ny_stream_close(r->client);
    turns(r, 5);
    ny_peer_http_destroy(r->listener);
    turns(r, 5);
    assert_int_equal(ny_peer_budget_used(r->budget), 0);
    ny_peer_budget_destroy(r->budget);
    turns(r, 3);
    ny_loop_destroy(r->loop);
}

static void test_answers(void **state)
{
    static const struct {
        const char *name;
        const char *in;
        const char *status; /* the answer's first line begins so */
        const char *end;    /* the answer ends so */
        bool closed;
    } rows[] = {
        {"get",           "GET /echo?a=1 HTTP/1.1\r\nHost: x\r\n\r\n",                            "HTTP/1.1 200 ", "GET /echo   0",
         false                                                                                                                                },
        {"decoded path",  "GET /any/%41 HTTP/1.1\r\nHost: x\r\nX-Extra: e\r\n\r\n",               "HTTP/1.1 200 ",
         "GET /any/A  e 0",                                                                                                              false},
        {"below a route", "GET /echo/x HTTP/1.1\r\nHost: x\r\n\r\n",                              "HTTP/1.1 200 ",
         "GET /echo/x   0",                                                                                                              false},
        {"not a route",   "GET /echoes HTTP/1.1\r\nHost: x\r\n\r\n",                              "HTTP/1.1 404 ", ".\n",                false},
        {"other method",  "DELETE /echo HTTP/1.1\r\nHost: x\r\n\r\n",                             "HTTP/1.1 405 ", ".\n",                false},
        {"head",          "HEAD /echo HTTP/1.1\r\nHost: x\r\n\r\n",                               "HTTP/1.1 200 ", "\r\n\r\n",           false},
        {"post",          "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody",      "HTTP/1.1 200 ",
         "POST /echo body  0",                                                                                                           false},
        {"close asked",   "GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
         "HTTP/1.1 200 ",                                                                                          "GET /echo   0",      true },
        {"too large",     "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n",
         "HTTP/1.1 413 ",                                                                                          "\n",                 true },
        {"chunks",
         "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
         "2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n",                                                       "HTTP/1.1 200 ", "POST /echo body  0", false},
        {"gzip",
         "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n", "HTTP/1.1 415 ", "\n",                 true },
        {"no HTTP",       "\x0BMSH|^~\\&|\x1C\r\r\n\r\n",                                         "HTTP/1.1 400 ", "\n",                 true },
        {"broken path",   "GET /any/%zz HTTP/1.1\r\nHost: x\r\n\r\n",                             "HTTP/1.1 400 ", "\n",                 true },
    };
    struct room r;

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        room_open(&r, 0);
        room_connect(&r, 1);
        ny_stream_write(r.client, ny_str_from_c(rows[i].in));
        turns(&r, 600);
        if (!ny_str_starts_with(ny_str_from_c(r.got), ny_str_from_c(rows[i].status)) ||
            !ny_str_ends_with(ny_str_from_c(r.got), ny_str_from_c(rows[i].end)) ||
            r.closed != rows[i].closed) {
            fail_msg("row %s: closed %d\n%s", rows[i].name, r.closed, r.got);
        }
        room_close(&r);
    }
}

#define LATER "POST /later HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1"

static void test_a_late_reply_keeps_the_connection(void **state)
{
    struct room r;

    (void)state;
    room_open(&r, 0);
    room_connect(&r, 1000);
    ny_stream_write(r.client, NY_S(LATER LATER));
    turns(&r, 10);
    assert_int_equal(r.n_later, 1); /* the second waits */
    assert_int_equal(ny_peer_budget_used(r.budget), 1);
    ny_peer_http_reply(r.waiting, 200, NY_S("text/plain"), NULL, 0, NY_S("one"));
    turns(&r, 10);
    assert_int_equal(r.n_later, 2);
    ny_peer_http_reply(r.waiting, 503, NY_S("text/plain"), NULL, 0, NY_S("two"));
    turns(&r, 10);
    assert_non_null(strstr(r.got, "\r\n\r\none"));
    assert_non_null(strstr(r.got, "HTTP/1.1 503 "));
    assert_false(r.closed);
    room_close(&r);
}

/* A request that does not come to its end is told so; one that is being answered has all the time
 * it needs. */
static void test_a_slow_sender_is_not_waited_for(void **state)
{
    struct room r;

    (void)state;
    room_open(&r, 0);
    room_connect(&r, 1000);
    ny_stream_write(r.client, NY_S("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n1"));
    while (!r.closed) {
        ny_loop_turn(r.loop);
    }
    assert_true(ny_str_starts_with(ny_str_from_c(r.got), NY_S("HTTP/1.1 408 ")));
    assert_int_equal(ny_peer_http_sessions(r.listener), 0);
    ny_stream_close(r.client);
    room_connect(&r, 1000);
    ny_stream_write(r.client, NY_S(LATER));
    turns(&r, 10);
    for (int64_t end = ny_clock_monotonic_us() + 2 * PARTIAL_US; ny_clock_monotonic_us() < end;) {
        turns(&r, 1);
    }
    ny_peer_http_reply(r.waiting, 200, NY_S("text/plain"), NULL, 0, NY_S("one"));
    turns(&r, 10);
    assert_true(ny_str_starts_with(ny_str_from_c(r.got), NY_S("HTTP/1.1 200 ")));
    room_close(&r);
}

static void test_a_reply_to_nobody(void **state)
{
    struct room r;

    (void)state;
    room_open(&r, 0);
    room_connect(&r, 1000);
    ny_stream_write(r.client, NY_S(LATER));
    turns(&r, 10);
    ny_peer_http_destroy(r.listener);
    r.listener = NULL;
    turns(&r, 10);
    assert_true(ny_str_equals(r.waiting->body, NY_S("1")));
    ny_peer_http_reply(r.waiting, 200, NY_S("text/plain"), NULL, 0, NY_S("late"));
    turns(&r, 10);
    assert_int_equal(r.got_n, 0);
    room_close(&r);
}

static void test_drain_waits_for_the_reply(void **state)
{
    struct room r;

    (void)state;
    room_open(&r, 0);
    room_connect(&r, 1000);
    ny_stream_write(r.client, NY_S(LATER));
    turns(&r, 10);
    ny_peer_http_drain(r.listener);
    assert_int_equal(ny_peer_http_sessions(r.listener), 1);
    ny_peer_http_reply(r.waiting, 200, NY_S("text/plain"), NULL, 0, NY_S("one"));
    turns(&r, 10);
    assert_int_equal(ny_peer_http_sessions(r.listener), 0);
    assert_non_null(strstr(r.got, "Connection: close"));
    assert_true(r.closed);
    room_close(&r);
}

static void test_the_user_of_a_unix_socket(void **state)
{
    char dir[] = "/tmp/nayose-peer-XXXXXX";
    char path[64];
    struct ny_listener_options options = {.path = path};
    struct ny_error err = {0};
    struct room r;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/s", dir);
    room_open(&r, 0);
    assert_int_equal(ny_peer_http_listen(r.listener, &options, "", &err), NY_OK);
    assert_int_equal(ny_peer_http_port(r.listener), 0);
    assert_int_equal(ny_stream_connect_unix(r.loop, path, &r.client, &err), NY_OK);
    ny_stream_set_callback(r.client, on_client, &r);
    ny_stream_write(r.client, NY_S("GET /echo HTTP/1.1\r\nHost: x\r\n\r\n"));
    for (int i = 0; i < 2000 && r.got_n == 0; i++) {
        turns(&r, 1);
    }
    assert_true(ny_str_ends_with(ny_str_from_c(r.got), NY_S("GET /echo   1")));
    room_close(&r);
    assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_a_late_reply_keeps_the_connection),
        cmocka_unit_test(test_a_slow_sender_is_not_waited_for),
        cmocka_unit_test(test_a_reply_to_nobody),
        cmocka_unit_test(test_drain_waits_for_the_reply),
        cmocka_unit_test(test_the_user_of_a_unix_socket),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
