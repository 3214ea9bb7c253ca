/* Loop, streams over sockets and over the in-memory pair, listeners. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nayose/net.h"

#include "net_testing.h"

/* ---- the loop ---- */

struct order {
    struct ny_loop *loop;
    char log[64];
};

static void say_b(void *ctx)
{
    note(((struct order *)ctx)->log, sizeof(((struct order *)ctx)->log), "b");
}

static void say_a_then_b(void *ctx)
{
    struct order *o = ctx;

    note(o->log, sizeof(o->log), "a");
    ny_loop_defer(o->loop, say_b, o);
}

static void test_deferred_calls_keep_their_order(void **state)
{
    struct order o = {.loop = ny_loop_create()};

    (void)state;
    ny_loop_defer(o.loop, say_a_then_b, &o);
    ny_loop_defer(o.loop, say_a_then_b, &o);
    ny_loop_turn(o.loop);
    ny_loop_turn(o.loop);
    assert_string_equal(o.log, "a a b b ");
    ny_loop_destroy(o.loop);
}

static void break_loop(void *ctx)
{
    ny_loop_break(ctx);
}

static void *send_from_thread(void *ctx)
{
    ny_wake_send(ctx);
    return NULL;
}

static void test_signals_timers_and_wakes(void **state)
{
    struct ny_loop *loop = ny_loop_create();
    struct ny_timer *t = ny_timer_create(loop, break_loop, loop);
    struct ny_wake *w = ny_wake_create(loop, break_loop, loop);
    pthread_t thread;

    (void)state;
    assert_int_equal(ny_loop_on_signal(loop, SIGTERM, break_loop, loop), NY_OK);
    kill(getpid(), SIGTERM);
    run(loop);
    ny_timer_start(t, 1000, 0);
    assert_true(ny_timer_is_active(t));
    run(loop);
    assert_false(ny_timer_is_active(t));
    assert_int_equal(pthread_create(&thread, NULL, send_from_thread, w), 0);
    run(loop);
    pthread_join(thread, NULL);
    ny_wake_destroy(w);
    ny_timer_destroy(t);
    ny_loop_destroy(loop);
}

/* ---- the pair ---- */

static void test_pair_delivers_byte_by_byte(void **state)
{
    struct ny_loop *loop = ny_loop_create();
    struct ny_stream *ends[2];
    struct peer a;
    struct peer b;

    (void)state;
    ny_stream_pair(loop, 1, 4, ends);
    peer_init(&a, loop, ends[0]);
    peer_init(&b, loop, ends[1]);
    b.want = 10;
    ny_stream_write(a.s, NY_S("0123456789"));
    assert_int_equal(ny_stream_queued(a.s), 6); /* the window took 4 */
    while (b.n_got < 10) {
        run(loop);
    }
    assert_int_equal(b.data_events, 10);
    assert_memory_equal(b.got, "0123456789", 10);
    while (a.log[0] == '\0') {
        run(loop);
    }
    assert_string_equal(a.log, "drained ");
    ny_stream_write(a.s, NY_S("abcdefgh"));
    ny_stream_finish(a.s); /* what is queued still arrives, then the end */
    while (b.log[0] == '\0') {
        run(loop);
    }
    assert_int_equal(b.n_got, 18);
    assert_string_equal(b.log, "closed ");
    assert_string_equal(a.log, "drained ");
    ny_loop_destroy(loop);
}

static void test_pause_and_resume(void **state)
{
    struct ny_loop *loop = ny_loop_create();
    struct ny_stream *ends[2];
    struct peer b;

    (void)state;
    ny_stream_pair(loop, 3, 100, ends);
    peer_init(&b, loop, ends[1]);
    b.pause_on_data = true;
    ny_stream_write(ends[0], NY_S("abcdef"));
    run(loop);
    ny_loop_defer(loop, free, NULL);
    ny_loop_turn(loop);
    assert_int_equal(b.n_got, 3);
    ny_stream_resume(b.s);
    run(loop);
    assert_int_equal(b.n_got, 6);
    ny_stream_close(ends[0]);
    ny_stream_close(ends[1]);
    ny_loop_destroy(loop);
}

static void test_unconsumed_input_is_delivered_again_after_resume(void **state)
{
    struct ny_loop *loop = ny_loop_create();
    struct ny_stream *ends[2];
    struct peer b;

    (void)state;
    ny_stream_pair(loop, 100, 100, ends);
    peer_init(&b, loop, ends[1]);
    b.keep = true;
    ny_stream_set_input_max(b.s, 4);
    ny_stream_write(ends[0], NY_S("abcdef"));
    for (int i = 0; i < 5; i++) {
        ny_loop_defer(loop, free, NULL);
        ny_loop_turn(loop);
    }
    assert_int_equal(b.data_events, 1); /* full: reading stopped, no spin */
    assert_true(ny_str_equals(ny_stream_input(b.s), NY_S("abcd")));
    ny_stream_pause(b.s);
    b.keep = false;
    b.want = 6;
    ny_stream_resume(b.s);
    run(loop);
    assert_memory_equal(b.got, "abcdef", 6);
    ny_stream_close(ends[0]);
    ny_stream_close(ends[1]);
    ny_loop_destroy(loop);
}

static void test_write_to_a_closed_end_is_an_error_later(void **state)
{
    struct ny_loop *loop = ny_loop_create();
    struct ny_stream *ends[2];
    struct peer a;

    (void)state;
    ny_stream_pair(loop, 10, 10, ends);
    peer_init(&a, loop, ends[0]);
    ny_stream_close(ends[1]);
    ny_stream_write(a.s, NY_S("x"));
    assert_string_equal(a.log, "");
    run(loop);
    assert_string_equal(a.log, "error ");
    ny_loop_destroy(loop);
}

static void test_close_in_the_callback(void **state)
{
    struct ny_loop *loop = ny_loop_create();
    struct ny_stream *ends[2];
    struct peer a;
    struct peer b;

    (void)state;
    ny_stream_pair(loop, 1, 10, ends);
    peer_init(&a, loop, ends[0]);
    peer_init(&b, loop, ends[1]);
    b.close_on_data = true;
    ny_stream_write(a.s, NY_S("xyz"));
    while (a.log[0] == '\0') {
        run(loop);
    }
    assert_int_equal(b.n_got, 1);
    assert_string_equal(b.log, "");
    assert_string_equal(a.log, "closed ");
    ny_loop_destroy(loop);
}

static void test_idle_timeout(void **state)
{
    struct ny_loop *loop = ny_loop_create();
    struct ny_stream *ends[2];
    struct peer b;

    (void)state;
    ny_stream_pair(loop, 1, 10, ends);
    peer_init(&b, loop, ends[1]);
    ny_stream_set_idle_us(b.s, 20000);
    run(loop);
    assert_string_equal(b.log, "timeout ");
    ny_stream_close(ends[0]);
    ny_stream_close(ends[1]);
    ny_loop_destroy(loop);
}

/* ---- sockets ---- */

struct server {
    struct ny_loop *loop;
    struct ny_listener *l;
    struct peer peers[4];
    size_t n;
};

static void on_accept(struct ny_listener *l, struct ny_stream *s, void *ctx)
{
    struct server *v = ctx;

    (void)l;
    assert_true(v->n < NY_ARRAY_LEN(v->peers));
    peer_init(&v->peers[v->n], v->loop, s);
    v->peers[v->n++].echo = true;
    v->peers[v->n - 1].want = SIZE_MAX;
    ny_loop_break(v->loop);
}

static void server_open(struct server *v, const struct ny_listener_options *o)
{
    struct ny_error err = {0};

    *v = (struct server){.loop = ny_loop_create()};
    if (ny_listener_create(v->loop, o, on_accept, v, &v->l, &err) != NY_OK) {
        fail_msg("%s", err.text);
    }
}

static void client_open(struct server *v, struct peer *c, const char *path)
{
    struct ny_stream *s = NULL;

    if (path != NULL) {
        assert_int_equal(ny_stream_connect_unix(v->loop, path, &s, NULL), NY_OK);
    } else {
        assert_int_equal(
            ny_stream_connect_tcp(v->loop, "127.0.0.1", ny_listener_port(v->l), &s, NULL), NY_OK);
    }
    peer_init(c, v->loop, s);
}

static void test_tcp_echo(void **state)
{
    struct ny_listener_options o = {.host = "127.0.0.1", .max_streams = 3};
    struct server v;
    struct peer c;
    char big[8000];
    ny_str parts[2] = {
        {big,        3000},
        {big + 3000, 5000}
    };
    char user[64];

    (void)state;
    server_open(&v, &o);
    assert_true(ny_listener_port(v.l) > 0);
    client_open(&v, &c, NULL);
    for (size_t i = 0; i < sizeof(big); i++) {
        big[i] = (char)(i * 7);
    }
    c.want = sizeof(big);
    ny_stream_write_parts(c.s, parts, 2); /* queued until the connection stands */
    while (c.n_got < c.want) {
        run(v.loop);
    }
    assert_memory_equal(c.got, big, sizeof(big));
    assert_non_null(strstr(c.log, "connected drained"));
    assert_true(ny_stream_is_local(v.peers[0].s));
    assert_true(strncmp(ny_stream_peer(v.peers[0].s), "127.0.0.1:", 10) == 0);
    assert_int_equal(ny_stream_peer_user(v.peers[0].s, user, sizeof(user)), NY_ENOTFOUND);
    ny_stream_finish(c.s);
    while (v.peers[0].log[0] == '\0') {
        run(v.loop);
    }
    assert_string_equal(v.peers[0].log, "closed ");
    assert_int_equal(ny_listener_streams(v.l), 0);
    ny_listener_destroy(v.l);
    ny_loop_destroy(v.loop);
}

static void test_connections_are_limited(void **state)
{
    struct ny_listener_options o = {.host = "127.0.0.1", .max_streams = 1};
    struct server v;
    struct peer a;
    struct peer b;

    (void)state;
    server_open(&v, &o);
    client_open(&v, &a, NULL);
    client_open(&v, &b, NULL);
    while (v.n == 0 || a.log[0] == '\0' || b.log[0] == '\0') {
        run(v.loop);
    }
    assert_int_equal(v.n, 1); /* the second waits in the backlog */
    ny_stream_close(v.peers[0].s);
    while (v.n < 2) {
        run(v.loop);
    }
    ny_stream_close(a.s);
    ny_stream_close(b.s);
    ny_listener_destroy(v.l); /* its stream lives on */
    assert_int_equal(ny_listener_streams(v.l), 1);
    ny_stream_close(v.peers[1].s);
    ny_loop_destroy(v.loop);
}

static void test_refused_connection(void **state)
{
    struct ny_listener_options o = {.host = "127.0.0.1"};
    struct server v;
    struct peer c;
    struct ny_listener *second = NULL;
    struct ny_error err = {0};

    (void)state;
    server_open(&v, &o);
    o.port = ny_listener_port(v.l);
    assert_int_equal(ny_listener_create(v.loop, &o, on_accept, &v, &second, &err), NY_ECONFLICT);
    client_open(&v, &c, NULL);
    ny_stream_close(c.s);
    ny_listener_destroy(v.l);
    assert_int_equal(ny_stream_connect_tcp(v.loop, "127.0.0.1", o.port, &c.s, NULL), NY_OK);
    peer_init(&c, v.loop, c.s);
    run(v.loop);
    assert_string_equal(c.log, "error ");
    ny_loop_destroy(v.loop);
}

static void test_unix_socket(void **state)
{
    char dir[] = "/tmp/nayose-net-XXXXXX";
    char path[64];
    struct ny_listener_options o = {.path = path};
    struct server v;
    struct ny_listener *second = NULL;
    struct peer c;
    struct stat st;
    uint32_t uid = 12345;
    char user[64];
    struct ny_error err = {0};

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/s", dir);
    server_open(&v, &o);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0660);
    assert_int_equal(ny_listener_create(v.loop, &o, on_accept, &v, &second, &err), NY_ECONFLICT);
    run(v.loop); /* the probe of the second listener came in and is gone */
    client_open(&v, &c, path);
    c.want = 2;
    ny_stream_write(c.s, NY_S("hi"));
    while (c.n_got < 2) {
        run(v.loop);
    }
    assert_true(ny_stream_peer_uid(v.peers[1].s, &uid));
    assert_int_equal(uid, geteuid());
    assert_int_equal(ny_stream_peer_user(v.peers[1].s, user, sizeof(user)), NY_OK);
    assert_true(user[0] != '\0');
    ny_stream_close(c.s);
    while (v.peers[1].log[0] == '\0') {
        run(v.loop);
    }
    ny_listener_destroy(v.l);
    assert_int_equal(stat(path, &st), -1);
    ny_loop_destroy(v.loop);
    rmdir(dir);
}

static void test_stale_socket_is_replaced_and_a_file_is_not(void **state)
{
    char dir[] = "/tmp/nayose-net-XXXXXX";
    char path[64];
    char other[64];
    struct ny_listener_options o = {.path = path};
    struct server v;
    struct ny_error err = {0};
    struct ny_listener *l = NULL;
    int fd;

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/s", dir);
    snprintf(other, sizeof(other), "%s/kept", dir);
    server_open(&v, &o);
    assert_int_equal(rename(path, other), 0); /* keep the name past the listener's end */
    ny_listener_destroy(v.l);
    assert_int_equal(rename(other, path), 0);
    assert_int_equal(ny_listener_create(v.loop, &o, on_accept, &v, &l, &err), NY_OK);
    ny_listener_destroy(l);
    fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(ny_listener_create(v.loop, &o, on_accept, &v, &l, &err), NY_ECONFLICT);
    unlink(path);
    rmdir(dir);
    ny_loop_destroy(v.loop);
}

/* Out of descriptors the listener rests instead of spinning, and goes on later. */
static void test_no_descriptor_left(void **state)
{
    struct ny_listener_options o = {.host = "127.0.0.1"};
    struct server v;
    struct peer c;
    struct rlimit old;
    struct rlimit low;
    struct ny_timer *pause;
    int top;
    int turns = 0;

    (void)state;
    ny_log_level_set(NY_LOG_ERROR);
    server_open(&v, &o);
    client_open(&v, &c, NULL);
    pause = ny_timer_create(v.loop, break_loop, v.loop);
    top = dup(0);
    close(top);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
    low = old;
    low.rlim_cur = (rlim_t)top;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    ny_timer_start(pause, 50000, 0);
    while (ny_timer_is_active(pause)) {
        ny_loop_turn(v.loop);
        turns++;
    }
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
    assert_int_equal(v.n, 0);
    assert_true(turns < 10);
    while (v.n == 0) {
        run(v.loop);
    }
    ny_stream_close(c.s);
    ny_stream_close(v.peers[0].s);
    ny_timer_destroy(pause);
    ny_listener_destroy(v.l);
    ny_loop_destroy(v.loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_deferred_calls_keep_their_order),
        cmocka_unit_test(test_signals_timers_and_wakes),
        cmocka_unit_test(test_pair_delivers_byte_by_byte),
        cmocka_unit_test(test_pause_and_resume),
        cmocka_unit_test(test_unconsumed_input_is_delivered_again_after_resume),
        cmocka_unit_test(test_write_to_a_closed_end_is_an_error_later),
        cmocka_unit_test(test_close_in_the_callback),
        cmocka_unit_test(test_idle_timeout),
        cmocka_unit_test(test_tcp_echo),
        cmocka_unit_test(test_connections_are_limited),
        cmocka_unit_test(test_refused_connection),
        cmocka_unit_test(test_unix_socket),
        cmocka_unit_test(test_stale_socket_is_replaced_and_a_file_is_not),
        cmocka_unit_test(test_no_descriptor_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
