/* What the tests of net share: an end that keeps what came, and a loop that must not hang. */
#ifndef NAYOSE_TESTS_UNIT_NET_TESTING_H
#define NAYOSE_TESTS_UNIT_NET_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "nayose/net.h"

static inline void note(char *log, size_t cap, const char *text)
{
    size_t n = strlen(log);

    snprintf(log + n, cap - n, "%s ", text);
}

/* One end: keeps what came, and says which events came. */
struct peer {
    struct ny_loop *loop;
    struct ny_stream *s;
    char log[512]; /* events but DATA */
    char got[8192];
    size_t n_got;
    size_t want; /* break the loop when so many bytes are there */
    int data_events;
    bool echo, keep, pause_on_data, close_on_data;
};

static inline void on_event(struct ny_stream *s, enum ny_stream_event event, void *ctx)
{
    struct peer *p = ctx;
    ny_str in = ny_stream_input(s);

    if (event != NY_STREAM_DATA) {
        note(p->log, sizeof(p->log), ny_stream_event_name(event));
        if (event == NY_STREAM_CLOSED || event == NY_STREAM_ERROR) {
            ny_stream_close(s);
            p->s = NULL; /* released at the end of the turn */
        }
        ny_loop_break(p->loop);
        return;
    }
    p->data_events++;
    if (p->keep) {
        return;
    }
    assert_true(p->n_got + in.n <= sizeof(p->got));
    memcpy(p->got + p->n_got, in.p, in.n);
    p->n_got += in.n;
    if (p->echo) {
        ny_stream_write(s, in);
    }
    ny_stream_consume(s, in.n);
    if (p->pause_on_data) {
        ny_stream_pause(s);
    }
    if (p->close_on_data) {
        ny_stream_close(s);
    }
    if (p->n_got >= p->want) {
        ny_loop_break(p->loop);
    }
}

static inline void peer_init(struct peer *p, struct ny_loop *loop, struct ny_stream *s)
{
    *p = (struct peer){.loop = loop, .s = s};
    ny_stream_set_callback(s, on_event, p);
}

static inline void on_give_up(void *ctx)
{
    (void)ctx;
    fail_msg("the loop hangs");
}

/* Runs until a callback breaks the loop; a hang is a failure. */
static inline void run(struct ny_loop *loop)
{
    struct ny_timer *t = ny_timer_create(loop, on_give_up, NULL);

    ny_timer_start(t, 5 * NY_US_PER_SECOND, 0);
    ny_loop_run(loop);
    ny_timer_destroy(t);
    ny_loop_defer(loop, free, NULL); /* so that the next turn does not wait */
    ny_loop_turn(loop);
}

#endif
