/* MLLP sessions over the loopback stream, with an ihe that answers when the test says so. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "nayose/peer.h"

#include "with_ihe.h"

struct room {
    struct ny_loop *loop;
    struct ny_peer_budget *budget;
    struct ny_peer_mllp_listener *listener;
    struct ny_stream *client;
    char got[65536]; /* what the client received */
    size_t got_n;
    bool paused; /* the client does not read */
    bool closed; /* the server closed */
};

static void on_client(struct ny_stream *s, enum ny_stream_event event, void *ctx)
{
    struct room *r = ctx;
    ny_str in = ny_stream_input(s);

    if (event == NY_STREAM_DATA && !r->paused) {
        assert_true(r->got_n + in.n < sizeof(r->got));
        memcpy(r->got + r->got_n, in.p, in.n);
        r->got_n += in.n;
        r->got[r->got_n] = '\0';
        ny_stream_consume(s, in.n);
    } else if (event == NY_STREAM_CLOSED || event == NY_STREAM_ERROR) {
        r->closed = true;
    }
}

static void connect_client(struct room *r, size_t chunk, size_t window)
{
    struct ny_stream *ends[2];

    ny_stream_pair(r->loop, chunk, window, ends);
    r->client = ends[0];
    r->closed = false;
    r->got_n = 0;
    r->got[0] = '\0';
    ny_stream_set_callback(r->client, on_client, r);
    ny_peer_mllp_adopt(r->listener, ends[1]);
}

static void room_open(struct room *r, struct ny_peer_mllp_config cfg, size_t budget)
{
    memset(r, 0, sizeof(*r));
    with_ihe_reset();
    r->loop = ny_loop_create();
    r->budget = ny_peer_budget_create(r->loop, budget);
    cfg.loop = r->loop;
    cfg.budget = r->budget;
    r->listener = ny_peer_mllp_create(&cfg);
}

/* A spin that does nothing more than keep a turn from waiting. */
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

static void room_close(struct room *r)
{
    ny_stream_close(r->client);
    turns(r, 10);
    ny_peer_mllp_destroy(r->listener);
    turns(r, 10);
    with_ihe_answer_all(NY_S("late"));
    turns(r, 10);
    assert_int_equal(ny_peer_budget_used(r->budget), 0);
    ny_peer_budget_destroy(r->budget);
    turns(r, 3);
    ny_loop_destroy(r->loop);
}

#define FRAME(text) "\x0B" text "\x1C\r"

static void test_one_message_byte_by_byte(void **state)
{
    struct room r;

    (void)state;
    room_open(&r, (struct ny_peer_mllp_config){0}, 0);
    connect_client(&r, 1, 1);
    ny_stream_write(r.client, NY_S("\r\n" FRAME("hello")));
    turns(&r, 60);
    assert_int_equal(with_ihe_n(), 1);
    assert_true(ny_str_equals(with_ihe_at(0)->in, NY_S("hello")));
    assert_true(ny_str_equals(with_ihe_at(0)->peer_addr, NY_S("loopback")));
    assert_true(with_ihe_at(0)->may_query); /* on this host */
    assert_int_equal(ny_peer_budget_used(r.budget), 1);
    assert_int_equal(r.got_n, 0);
    with_ihe_answer(0, NY_S("ack"));
    turns(&r, 60);
    assert_string_equal(r.got, FRAME("ack"));
    assert_int_equal(ny_peer_budget_used(r.budget), 0);
    room_close(&r);
}

static void test_two_acknowledgements_keep_their_order(void **state)
{
    struct ny_peer_mllp_config cfg = {.in_flight = 3, .rubbish_max = 1, .enhanced = true};
    struct room r;

    (void)state;
    room_open(&r, cfg, 0);
    connect_client(&r, 1000, 1000);
    ny_stream_write(r.client, NY_S(FRAME("one") FRAME("two") FRAME("three")));
    turns(&r, 10);
    assert_int_equal(with_ihe_n(), 3);
    assert_true(with_ihe_at(0)->enhanced);
    with_ihe_answer_twice(1, NY_S("c2"), NY_S("a2"));
    with_ihe_answer_twice(2, NY_STR_NONE, NY_STR_NONE); /* nothing wanted: no rubbish */
    turns(&r, 10);
    assert_string_equal(r.got, "");
    with_ihe_answer_twice(0, NY_S("c1"), NY_STR_NONE);
    turns(&r, 10);
    assert_string_equal(r.got, FRAME("c1") FRAME("c2") FRAME("a2"));
    assert_false(r.closed);
    room_close(&r);
}

static void test_half_a_frame_has_its_time(void **state)
{
    struct ny_peer_mllp_config cfg = {.partial_us = 30000};
    struct room r;
    int64_t began = ny_clock_monotonic_us();

    (void)state;
    room_open(&r, cfg, 0);
    connect_client(&r, 1000, 1000);
    ny_stream_write(r.client, NY_S(FRAME("whole") "\x0Bhalf"));
    turns(&r, 10);
    with_ihe_answer(0, NY_S("a"));
    while (!r.closed) {
        ny_loop_turn(r.loop); /* silence: only the timer wakes it */
    }
    assert_true(ny_clock_monotonic_us() - began >= 30000);
    assert_string_equal(r.got, FRAME("a"));
    room_close(&r);
}

static void test_one_message_at_a_time(void **state)
{
    struct room r;

    (void)state;
    room_open(&r, (struct ny_peer_mllp_config){0}, 0);
    connect_client(&r, 1000, 1000);
    ny_stream_write(r.client, NY_S(FRAME("one") FRAME("two") "\x0Bth"));
    turns(&r, 10);
    assert_int_equal(with_ihe_n(), 1); /* two waits for the answer to one */
    with_ihe_answer(0, NY_S("a1"));
    turns(&r, 10);
    assert_int_equal(with_ihe_n(), 2);
    assert_true(ny_str_equals(with_ihe_at(1)->in, NY_S("two")));
    with_ihe_answer(1, NY_S("a2"));
    ny_stream_write(r.client, NY_S("ree\x1C\r"));
    turns(&r, 10);
    assert_true(ny_str_equals(with_ihe_at(2)->in, NY_S("three")));
    with_ihe_answer(2, NY_S("a3"));
    turns(&r, 10);
    assert_string_equal(r.got, FRAME("a1") FRAME("a2") FRAME("a3"));
    room_close(&r);
}

static void test_answers_keep_their_order(void **state)
{
    struct room r;

    (void)state;
    room_open(&r, (struct ny_peer_mllp_config){.in_flight = 3}, 0);
    connect_client(&r, 1000, 1000);
    ny_stream_write(r.client, NY_S(FRAME("1") FRAME("2") FRAME("3") FRAME("4")));
    turns(&r, 10);
    assert_int_equal(with_ihe_n(), 3);
    with_ihe_answer(2, NY_S("c"));
    with_ihe_answer(1, NY_S("b"));
    turns(&r, 10);
    assert_int_equal(r.got_n, 0);
    assert_int_equal(with_ihe_n(), 3);
    with_ihe_answer(0, NY_S("a"));
    turns(&r, 10);
    assert_string_equal(r.got, FRAME("a") FRAME("b") FRAME("c"));
    assert_int_equal(with_ihe_n(), 4);
    room_close(&r); /* the fourth is an orphan */
}

static void test_answers_from_inside(void **state)
{
    static char in[20000];
    size_t n = 0;
    struct room r;

    (void)state;
    room_open(&r, (struct ny_peer_mllp_config){0}, 0);
    with_ihe_answer_at_once(NY_S("ok"));
    connect_client(&r, 20000, 20000);
    for (int i = 0; i < 1000; i++) {
        n += (size_t)snprintf(in + n, sizeof(in) - n, FRAME("m%d"), i);
    }
    ny_stream_write(r.client, ny_str_of(in, n));
    turns(&r, 400);
    assert_int_equal(with_ihe_n(), 1000);
    assert_int_equal(r.got_n, 1000 * sizeof(FRAME("ok")) - 1000);
    room_close(&r);
}

static void test_a_slow_reader_stops_the_reading(void **state)
{
    struct room r;

    (void)state;
    room_open(&r, (struct ny_peer_mllp_config){0}, 0);
    with_ihe_answer_at_once(NY_S("a long answer that does not fit into the window"));
    connect_client(&r, 1000, 16);
    r.paused = true;
    ny_stream_set_input_max(r.client, 8);
    for (int i = 0; i < 20; i++) {
        ny_stream_write(r.client, NY_S(FRAME("question")));
    }
    turns(&r, 100);
    assert_int_equal(with_ihe_n(), 1); /* its answer has not left yet */
    r.paused = false;
    ny_stream_set_input_max(r.client, 60000);
    on_client(r.client, NY_STREAM_DATA, &r);
    turns(&r, 2000);
    assert_int_equal(with_ihe_n(), 20);
    assert_int_equal(r.got_n,
                     20 * (sizeof(FRAME("a long answer that does not fit into the window")) - 1));
    room_close(&r);
}

static void test_a_broken_connection_leaves_an_orphan(void **state)
{
    struct room r;

    (void)state;
    room_open(&r, (struct ny_peer_mllp_config){.in_flight = 2}, 0);
    connect_client(&r, 1000, 1000);
    ny_stream_write(r.client, NY_S(FRAME("1") FRAME("2")));
    turns(&r, 5);
    with_ihe_answer(1, NY_S("b")); /* waits behind the first */
    ny_peer_mllp_destroy(r.listener);
    turns(&r, 5);
    assert_int_equal(ny_peer_budget_used(r.budget), 1);
    assert_true(ny_str_equals(with_ihe_at(0)->in, NY_S("1"))); /* its memory lives on */
    with_ihe_answer(0, NY_S("a"));
    turns(&r, 5);
    assert_int_equal(ny_peer_budget_used(r.budget), 0);
    assert_int_equal(r.got_n, 0);
    r.listener = NULL;
    room_close(&r);
}

static void test_an_end_from_the_peer_waits_for_the_answer(void **state)
{
    struct room r;

    (void)state;
    room_open(&r, (struct ny_peer_mllp_config){0}, 0);
    connect_client(&r, 1000, 1000);
    ny_stream_write(r.client, NY_S(FRAME("1")));
    turns(&r, 5);
    ny_stream_close(r.client);
    turns(&r, 5);
    assert_int_equal(ny_peer_mllp_sessions(r.listener), 1);
    with_ihe_answer(0, NY_S("a"));
    turns(&r, 5);
    assert_int_equal(ny_peer_mllp_sessions(r.listener), 0);
    connect_client(&r, 1000, 1000);
    room_close(&r);
}

static void test_drain(void **state)
{
    struct room r;
    struct ny_stream *busy;

    (void)state;
    room_open(&r, (struct ny_peer_mllp_config){0}, 0);
    connect_client(&r, 1000, 1000);
    busy = r.client;
    ny_stream_write(busy, NY_S(FRAME("1") FRAME("2")));
    turns(&r, 5);
    connect_client(&r, 1000, 1000);
    turns(&r, 5);
    ny_peer_mllp_drain(r.listener);
    assert_int_equal(ny_peer_mllp_sessions(r.listener), 1);
    with_ihe_answer(0, NY_S("a"));
    turns(&r, 5);
    assert_int_equal(ny_peer_mllp_sessions(r.listener), 0);
    assert_int_equal(with_ihe_n(), 1);
    assert_true(r.closed);
    ny_stream_close(busy);
    room_close(&r);
}

static void test_rubbish(void **state)
{
    static const struct {
        const char *name;
        const char *in;
        size_t taken;
        bool closed;
    } rows[] = {
        {"0x1C without 0x0D",
         FRAME("1") "\x0B"
                    "2\x1Cx",                                                          1, true },
        {"a second 0x0B restarts the frame",
         "\x0B"
         "xx" FRAME("1"),
         1,                                                                               false},
        {"two empty answers",                FRAME("") FRAME(""),                      2, false},
        {"three empty answers",              FRAME("") FRAME("") FRAME("") FRAME("1"), 3, true },
    };
    struct room r;

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        room_open(&r, (struct ny_peer_mllp_config){0}, 0);
        with_ihe_answer_at_once(NY_S("ok"));
        connect_client(&r, 7, 1000);
        ny_stream_write(r.client, ny_str_from_c(rows[i].in));
        turns(&r, 50);
        if (with_ihe_n() != rows[i].taken || r.closed != rows[i].closed) {
            fail_msg("row %s: %zu taken, closed %d", rows[i].name, with_ihe_n(), r.closed);
        }
        room_close(&r);
    }
}

static void test_four_mebibytes_of_rubbish(void **state)
{
    static char rubbish[4 * 1024 * 1024];
    struct room r;

    (void)state;
    memset(rubbish, 'x', sizeof(rubbish));
    room_open(&r, (struct ny_peer_mllp_config){0}, 0);
    connect_client(&r, 65536, 65536);
    ny_stream_write(r.client, ny_str_of(rubbish, sizeof(rubbish)));
    turns(&r, 200);
    assert_true(r.closed); /* nothing but bytes between frames */
    assert_int_equal(ny_peer_mllp_sessions(r.listener), 0);
    ny_stream_close(r.client);
    connect_client(&r, 65536, 65536);
    ny_stream_write(r.client, NY_S("\x0B"));
    ny_stream_write(r.client, ny_str_of(rubbish, sizeof(rubbish)));
    ny_stream_write(r.client, NY_S("x\x1C\r")); /* one byte too large */
    turns(&r, 400);
    assert_true(r.closed);
    assert_int_equal(with_ihe_n(), 0);
    room_close(&r);
}

static void test_the_budget_stops_and_resumes(void **state)
{
    struct room r;
    struct ny_stream *clients[3];

    (void)state;
    room_open(&r, (struct ny_peer_mllp_config){0}, 2);
    for (int i = 0; i < 3; i++) {
        connect_client(&r, 1000, 1000);
        clients[i] = r.client;
        ny_stream_write(r.client, NY_S(FRAME("q")));
        turns(&r, 5);
    }
    assert_int_equal(with_ihe_n(), 2);
    assert_int_equal(ny_peer_budget_used(r.budget), 2);
    with_ihe_answer(0, NY_S("a")); /* half of the budget: who waits goes on */
    turns(&r, 5);
    assert_int_equal(with_ihe_n(), 3);
    with_ihe_answer_all(NY_S("a"));
    turns(&r, 5);
    assert_string_equal(r.got, FRAME("a") FRAME("a") FRAME("a"));
    ny_stream_close(clients[0]);
    ny_stream_close(clients[1]);
    room_close(&r);
}

static void test_silence_closes(void **state)
{
    struct ny_stream *ends[2];
    struct room r;

    (void)state;
    room_open(&r, (struct ny_peer_mllp_config){0}, 0);
    ny_stream_pair(r.loop, 100, 100, ends);
    r.client = ends[0];
    ny_stream_set_callback(r.client, on_client, &r);
    ny_stream_set_idle_us(ends[1], 2000);
    ny_peer_mllp_adopt(r.listener, ends[1]);
    ny_stream_write(r.client, NY_S(FRAME("q")));
    turns(&r, 20);
    assert_int_equal(with_ihe_n(), 1);
    for (int64_t t = ny_clock_monotonic_us(); ny_clock_monotonic_us() - t < 20000;) {
        turns(&r, 1);
    }
    assert_false(r.closed); /* its message is under way */
    with_ihe_answer(0, NY_S("a"));
    for (int64_t t = ny_clock_monotonic_us(); ny_clock_monotonic_us() - t < 20000;) {
        turns(&r, 1);
    }
    assert_true(r.closed);
    assert_string_equal(r.got, FRAME("a"));
    room_close(&r);
}

static void test_over_tcp(void **state)
{
    const struct ny_listener_options options = {.host = "127.0.0.1", .max_streams = 10};
    struct ny_error err = {0};
    struct room r;

    (void)state;
    room_open(&r, (struct ny_peer_mllp_config){0}, 0);
    assert_int_equal(ny_peer_mllp_listen(r.listener, &options, &err), NY_OK);
    assert_int_equal(
        ny_stream_connect_tcp(r.loop, "127.0.0.1", ny_peer_mllp_port(r.listener), &r.client, &err),
        NY_OK);
    ny_stream_set_callback(r.client, on_client, &r);
    ny_stream_write(r.client, NY_S(FRAME("q")));
    for (int i = 0; i < 2000 && with_ihe_n() == 0; i++) {
        turns(&r, 1);
    }
    assert_true(ny_str_starts_with(with_ihe_at(0)->peer_addr, NY_S("127.0.0.1:")));
    assert_true(with_ihe_at(0)->may_query);
    with_ihe_answer(0, NY_S("ok"));
    for (int i = 0; i < 2000 && r.got_n == 0; i++) {
        turns(&r, 1);
    }
    assert_string_equal(r.got, FRAME("ok"));
    room_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_message_byte_by_byte),
        cmocka_unit_test(test_two_acknowledgements_keep_their_order),
        cmocka_unit_test(test_half_a_frame_has_its_time),
        cmocka_unit_test(test_one_message_at_a_time),
        cmocka_unit_test(test_answers_keep_their_order),
        cmocka_unit_test(test_answers_from_inside),
        cmocka_unit_test(test_a_slow_reader_stops_the_reading),
        cmocka_unit_test(test_a_broken_connection_leaves_an_orphan),
        cmocka_unit_test(test_an_end_from_the_peer_waits_for_the_answer),
        cmocka_unit_test(test_drain),
        cmocka_unit_test(test_rubbish),
        cmocka_unit_test(test_four_mebibytes_of_rubbish),
        cmocka_unit_test(test_the_budget_stops_and_resumes),
        cmocka_unit_test(test_silence_closes),
        cmocka_unit_test(test_over_tcp),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
