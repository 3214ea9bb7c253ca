/* The loop: libev, plus a list of calls that run when a turn's events have all been handled.
 *
 *   wait ─▶ every ready watcher's callback ─▶ deferred calls ─▶ wait …
 *
 * libev calls invoke_pending() for the middle step, which is where the list hangs. */

#include "net_priv.h"

enum { MAX_SIGNALS = 8 };

struct deferred {
    ny_loop_fn fn;
    void *ctx;
};

struct deferred_list {
    struct deferred *items;
    size_t n;
    size_t cap;
};

struct signal_watch {
    ev_signal watcher;
    ny_loop_fn fn;
    void *ctx;
};

struct ny_loop {
    struct ev_loop *ev;
    struct deferred_list now;  /* being run */
    struct deferred_list next; /* collecting */
    ev_idle again;             /* keeps the loop from waiting while next is not empty */
    struct signal_watch signals[MAX_SIGNALS];
    size_t n_signals;
};

struct ny_timer {
    ev_timer watcher;
    struct ny_loop *loop;
    ny_loop_fn fn;
    void *ctx;
};

struct ny_wake {
    ev_async watcher;
    struct ny_loop *loop;
    ny_loop_fn fn;
    void *ctx;
};

static void run_deferred(struct ny_loop *loop)
{
    struct deferred_list list = loop->next;

    loop->next = loop->now;
    loop->next.n = 0;
    loop->now = list;
    for (size_t i = 0; i < list.n; i++) {
        list.items[i].fn(list.items[i].ctx);
    }
    loop->now.n = 0;
    if (loop->next.n > 0) {
        ev_idle_start(loop->ev, &loop->again);
    } else {
        ev_idle_stop(loop->ev, &loop->again);
    }
}

static void invoke_pending(struct ev_loop *ev)
{
    struct ny_loop *loop = ev_userdata(ev);

    ev_invoke_pending(ev);
    run_deferred(loop);
}

static void on_again(struct ev_loop *ev, ev_idle *w, int revents)
{
    (void)ev;
    (void)w;
    (void)revents;
}

struct ny_loop *ny_loop_create(void)
{
    struct ny_loop *loop = ny_calloc(1, sizeof(*loop));

    loop->ev = ev_loop_new(EVFLAG_AUTO);
    NY_ASSERT(loop->ev != NULL);
    ev_set_userdata(loop->ev, loop);
    ev_set_invoke_pending_cb(loop->ev, invoke_pending);
    ev_idle_init(&loop->again, on_again);
    return loop;
}

/* Releases wait here when the loop no longer turns; each may defer others. */
static void drain_deferred(struct ny_loop *loop)
{
    enum { ROUNDS = 1000 };

    for (int i = 0; i < ROUNDS && loop->next.n > 0; i++) {
        run_deferred(loop);
    }
}

void ny_loop_destroy(struct ny_loop *loop)
{
    if (loop == NULL) {
        return;
    }
    drain_deferred(loop);
    for (size_t i = 0; i < loop->n_signals; i++) {
        ev_signal_stop(loop->ev, &loop->signals[i].watcher);
    }
    ev_idle_stop(loop->ev, &loop->again);
    ev_loop_destroy(loop->ev);
    ny_free(loop->now.items);
    ny_free(loop->next.items);
    ny_free(loop);
}

void ny_loop_run(struct ny_loop *loop)
{
    ev_run(loop->ev, 0);
    drain_deferred(loop);
}

void ny_loop_turn(struct ny_loop *loop)
{
    /* libev runs what is deferred before it waits, and would then wait for something else. */
    ev_run(loop->ev, loop->next.n > 0 ? EVRUN_NOWAIT : EVRUN_ONCE);
}

void ny_loop_break(struct ny_loop *loop)
{
    ev_break(loop->ev, EVBREAK_ALL);
}

void ny_loop_defer(struct ny_loop *loop, ny_loop_fn fn, void *ctx)
{
    struct deferred_list *l = &loop->next;

    if (l->n == l->cap) {
        l->cap = l->cap > 0 ? l->cap * 2 : 64;
        l->items = ny_realloc(l->items, ny_mul_size(l->cap, sizeof(*l->items)));
    }
    l->items[l->n++] = (struct deferred){fn, ctx};
    if (l->n == 1) {
        ev_idle_start(loop->ev, &loop->again);
    }
}

static void on_signal(struct ev_loop *ev, ev_signal *w, int revents)
{
    struct signal_watch *s = ny_container_of(w, struct signal_watch, watcher);

    (void)ev;
    (void)revents;
    s->fn(s->ctx);
}

ny_rc ny_loop_on_signal(struct ny_loop *loop, int signum, ny_loop_fn fn, void *ctx)
{
    struct signal_watch *s;

    if (loop->n_signals == MAX_SIGNALS) {
        return NY_ELIMIT;
    }
    s = &loop->signals[loop->n_signals++];
    s->fn = fn;
    s->ctx = ctx;
    ev_signal_init(&s->watcher, on_signal, signum);
    ev_signal_start(loop->ev, &s->watcher);
    return NY_OK;
}

struct ev_loop *ny_loop_ev(struct ny_loop *loop)
{
    return loop->ev;
}

static void on_timer(struct ev_loop *ev, ev_timer *w, int revents)
{
    struct ny_timer *t = ny_container_of(w, struct ny_timer, watcher);

    (void)ev;
    (void)revents;
    t->fn(t->ctx);
}

struct ny_timer *ny_timer_create(struct ny_loop *loop, ny_loop_fn fn, void *ctx)
{
    struct ny_timer *t = ny_calloc(1, sizeof(*t));

    t->loop = loop;
    t->fn = fn;
    t->ctx = ctx;
    ev_timer_init(&t->watcher, on_timer, 0., 0.);
    return t;
}

void ny_timer_start(struct ny_timer *t, int64_t after_us, int64_t repeat_us)
{
    ev_timer_stop(t->loop->ev, &t->watcher);
    ev_timer_set(&t->watcher, (double)after_us / 1e6, (double)repeat_us / 1e6);
    ev_timer_start(t->loop->ev, &t->watcher);
}

void ny_timer_stop(struct ny_timer *t)
{
    ev_timer_stop(t->loop->ev, &t->watcher);
}

bool ny_timer_is_active(const struct ny_timer *t)
{
    return t->watcher.active != 0; /* ev_is_active() would cast const away */
}

void ny_timer_destroy(struct ny_timer *t)
{
    if (t != NULL) {
        ev_timer_stop(t->loop->ev, &t->watcher);
        ny_loop_defer(t->loop, ny_free, t);
    }
}

static void on_wake(struct ev_loop *ev, ev_async *w, int revents)
{
    struct ny_wake *wake = ny_container_of(w, struct ny_wake, watcher);

    (void)ev;
    (void)revents;
    wake->fn(wake->ctx);
}

struct ny_wake *ny_wake_create(struct ny_loop *loop, ny_loop_fn fn, void *ctx)
{
    struct ny_wake *w = ny_calloc(1, sizeof(*w));

    w->loop = loop;
    w->fn = fn;
    w->ctx = ctx;
    ev_async_init(&w->watcher, on_wake);
    ev_async_start(loop->ev, &w->watcher);
    return w;
}

void ny_wake_send(struct ny_wake *w)
{
    ev_async_send(w->loop->ev, &w->watcher);
}

void ny_wake_destroy(struct ny_wake *w)
{
    if (w != NULL) {
        ev_async_stop(w->loop->ev, &w->watcher);
        ny_loop_defer(w->loop, ny_free, w);
    }
}
