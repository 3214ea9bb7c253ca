/* The stream: buffers, interest, idle time and life; how bytes move is the transport's (ops).
 *
 *   CONNECTING ─▶ HANDSHAKING ─▶ OPEN ─▶ FINISHING ─▶ DEAD ─▶ released at the end of the turn
 *        └──────────────┴─────────┴────────────────────▲
 *
 * Plain transports pass HANDSHAKING by.
 *
 * Reading stops while paused, after the peer's end, and while the input is full, so a peer never
 * makes the buffer grow above its limit. Write interest lasts only while bytes are queued. */

#include "net_priv.h"

#include <stdio.h>

enum { INPUT_DEFAULT = 65536, INPUT_FIRST = 4096, OUTPUT_KEPT = 65536, MAX_PARTS = 8 };

const char *ny_stream_event_name(enum ny_stream_event event)
{
    static const char *const names[] = {"?",      "connected", "data", "drained",
                                        "closed", "timeout",   "error"};

    return (size_t)event < NY_ARRAY_LEN(names) ? names[event] : names[0];
}

/* ---- fifo ---- */

static size_t fifo_len(const struct ny_fifo *f)
{
    return f->tail - f->head;
}

/* Room for n more bytes behind tail: moves down, else grows. */
static void fifo_reserve(struct ny_fifo *f, size_t n)
{
    size_t len = fifo_len(f);

    if (n <= f->cap - f->tail) {
        return;
    }
    if (f->head > 0) {
        memmove(f->p, f->p + f->head, len);
        f->head = 0;
        f->tail = len;
    }
    if (n > f->cap - f->tail) {
        size_t cap = f->cap > 0 ? f->cap : INPUT_FIRST;
        char *p;

        while (cap - len < n) {
            cap = ny_mul_size(cap, 2);
        }
        p = ny_malloc(cap);
        if (len > 0) {
            memcpy(p, f->p, len);
        }
        ny_wipe(f->p, f->cap); /* it held patient data */
        ny_free(f->p);
        f->p = p;
        f->cap = cap;
    }
}

static void fifo_drop(struct ny_fifo *f, size_t n)
{
    f->head += n;
    if (f->head == f->tail) {
        f->head = 0;
        f->tail = 0;
    }
}

static void fifo_finish(struct ny_fifo *f)
{
    ny_wipe(f->p, f->cap);
    ny_free(f->p);
    *f = (struct ny_fifo){0};
}

/* ---- life ---- */

static void on_idle(struct ev_loop *ev, ev_timer *w, int revents);

struct ny_stream *ny_stream_new(struct ny_loop *loop, const struct ny_stream_ops *ops,
                                void *transport, enum ny_stream_state state)
{
    struct ny_stream *s = ny_calloc(1, sizeof(*s));

    s->loop = loop;
    s->ops = ops;
    s->transport = transport;
    s->state = state;
    s->in_max = INPUT_DEFAULT;
    ev_timer_init(&s->idle, on_idle, 0., 0.);
    return s;
}

static void release(void *ctx)
{
    struct ny_stream *s = ctx;

    fifo_finish(&s->in);
    fifo_finish(&s->out);
    ny_tls_release(s);
    ny_free(s);
}

void ny_stream_close(struct ny_stream *s)
{
    if (s == NULL || s->state == NY_STREAM_DEAD) {
        return;
    }
    s->state = NY_STREAM_DEAD;
    ev_timer_stop(ny_loop_ev(s->loop), &s->idle);
    s->ops->close(s);
    if (s->listener != NULL) {
        ny_listener_forget(s->listener, s);
    }
    ny_loop_defer(s->loop, release, s);
}

void ny_stream_finish(struct ny_stream *s)
{
    if (s->state == NY_STREAM_DEAD) {
        return;
    }
    if (s->state != NY_STREAM_OPEN || s->failed || fifo_len(&s->out) == 0) {
        ny_stream_close(s);
        return;
    }
    s->state = NY_STREAM_FINISHING;
    ny_stream_update(s);
}

static void tell(struct ny_stream *s, enum ny_stream_event event)
{
    if (s->state == NY_STREAM_FINISHING) {
        if (event != NY_STREAM_DATA) { /* drained, broken or silent: nobody waits any longer */
            ny_stream_close(s);
        }
        return;
    }
    if (s->state != NY_STREAM_DEAD && s->fn != NULL) {
        s->fn(s, event, s->ctx);
    }
}

void ny_stream_set_error(struct ny_stream *s, const char *what, int err)
{
    char text[64];

    snprintf(s->error, sizeof(s->error), "%s: %s", what, strerror_r(err, text, sizeof(text)));
}

void ny_stream_set_callback(struct ny_stream *s, ny_stream_fn fn, void *ctx)
{
    s->fn = fn;
    s->ctx = ctx;
    ny_stream_update(s);
}

/* ---- idle ---- */

static void touch(struct ny_stream *s)
{
    if (s->idle.repeat > 0. && s->state != NY_STREAM_DEAD) {
        ev_timer_again(ny_loop_ev(s->loop), &s->idle);
    }
}

static void on_idle(struct ev_loop *ev, ev_timer *w, int revents)
{
    struct ny_stream *s = ny_container_of(w, struct ny_stream, idle);

    (void)revents;
    ev_timer_stop(ev, w); /* once per silence; the next byte starts it again */
    tell(s, NY_STREAM_TIMEOUT);
}

void ny_stream_set_idle_us(struct ny_stream *s, int64_t idle_us)
{
    s->idle.repeat = (double)idle_us / 1e6;
    if (s->state != NY_STREAM_DEAD) {
        ev_timer_again(ny_loop_ev(s->loop), &s->idle); /* stops it when repeat is 0 */
    }
}

/* ---- reading ---- */

static bool wants_read(const struct ny_stream *s)
{
    return s->state == NY_STREAM_OPEN && s->fn != NULL && !s->paused && !s->eof && !s->failed &&
           fifo_len(&s->in) < s->in_max;
}

static void read_again(void *ctx)
{
    struct ny_stream *s = ctx;

    s->reread = false;
    if (s->state == NY_STREAM_OPEN) {
        ny_stream_on_ready(s, true, false);
    }
}

void ny_stream_update(struct ny_stream *s)
{
    bool queued = fifo_len(&s->out) > 0 && !s->failed;
    bool read = wants_read(s);

    if (s->state == NY_STREAM_DEAD) {
        return;
    }
    if (s->state == NY_STREAM_CONNECTING) {
        s->ops->want(s, false, true);
        return;
    }
    if (s->state == NY_STREAM_HANDSHAKING) {
        s->ops->want(s, !s->failed && !s->read_wants_write, !s->failed && s->read_wants_write);
        return;
    }
    if (read && s->ops->has_pending != NULL && s->ops->has_pending(s) && !s->reread) {
        s->reread = true;
        ny_loop_defer(s->loop, read_again, s);
    }
    s->ops->want(s, (read && !s->read_wants_write) || (queued && s->write_wants_read),
                 (queued && !s->write_wants_read) || (read && s->read_wants_write));
}

static void deliver_again(void *ctx)
{
    struct ny_stream *s = ctx;

    s->redeliver = false;
    if (s->state == NY_STREAM_OPEN && !s->paused && fifo_len(&s->in) > 0) {
        tell(s, NY_STREAM_DATA);
        ny_stream_update(s);
    }
}

static void deliver_error(void *ctx)
{
    struct ny_stream *s = ctx;

    tell(s, NY_STREAM_ERROR);
}

/* The transport failed: told once, at the end of the turn, so that a write never calls back. */
void ny_stream_fail(struct ny_stream *s)
{
    if (!s->failed) {
        s->failed = true;
        ny_stream_update(s);
        ny_loop_defer(s->loop, deliver_error, s);
    }
}

void ny_stream_set_input_max(struct ny_stream *s, size_t max)
{
    s->in_max = max > 0 ? max : 1;
    ny_stream_update(s);
}

ny_str ny_stream_input(const struct ny_stream *s)
{
    return s->in.p != NULL ? ny_str_of(s->in.p + s->in.head, fifo_len(&s->in)) : NY_STR_NONE;
}

void ny_stream_consume(struct ny_stream *s, size_t n)
{
    NY_ASSERT(n <= fifo_len(&s->in));
    fifo_drop(&s->in, n);
    ny_stream_update(s);
}

void ny_stream_pause(struct ny_stream *s)
{
    s->paused = true;
    ny_stream_update(s);
}

void ny_stream_resume(struct ny_stream *s)
{
    s->paused = false;
    if (s->state == NY_STREAM_OPEN && fifo_len(&s->in) > 0 && !s->redeliver) {
        s->redeliver = true;
        ny_loop_defer(s->loop, deliver_again, s);
    }
    ny_stream_update(s);
}

bool ny_stream_is_paused(const struct ny_stream *s)
{
    return s->paused;
}

static void read_some(struct ny_stream *s)
{
    size_t room = s->in_max - fifo_len(&s->in);
    ssize_t n;

    if (room > INPUT_DEFAULT) {
        room = INPUT_DEFAULT;
    }
    fifo_reserve(&s->in, room < INPUT_FIRST ? room : INPUT_FIRST);
    if (room > s->in.cap - s->in.tail) {
        room = s->in.cap - s->in.tail;
    }
    n = s->ops->read(s, s->in.p + s->in.tail, room);
    s->read_wants_write = n == NY_IO_WANT_WRITE;
    if (n > 0) {
        s->in.tail += (size_t)n;
        if ((size_t)n == room && s->in.cap < INPUT_DEFAULT) {
            fifo_reserve(&s->in, s->in.cap); /* a busy stream reads larger pieces */
        }
        touch(s);
        tell(s, NY_STREAM_DATA);
    } else if (n == NY_IO_EOF) {
        s->eof = true;
        tell(s, NY_STREAM_CLOSED);
    } else if (n == NY_IO_ERROR) {
        ny_stream_fail(s);
    }
}

/* ---- writing ---- */

/* Bytes taken by the transport; 0 when it would block or failed. */
static size_t transport_write(struct ny_stream *s, const struct iovec *v, int n)
{
    ssize_t sent = s->ops->write(s, v, n);

    s->write_wants_read = sent == NY_IO_WANT_READ;
    if (sent == NY_IO_ERROR) {
        ny_stream_fail(s);
    }
    if (sent <= 0) {
        return 0;
    }
    touch(s);
    return (size_t)sent;
}

static void fifo_add(struct ny_fifo *f, const char *p, size_t n)
{
    fifo_reserve(f, n);
    memcpy(f->p + f->tail, p, n);
    f->tail += n;
}

void ny_stream_write_parts(struct ny_stream *s, const ny_str *parts, size_t n)
{
    struct iovec v[MAX_PARTS];
    int used = 0;
    size_t sent = 0;

    NY_ASSERT(n <= MAX_PARTS);
    if (s->failed || s->state > NY_STREAM_OPEN) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (parts[i].n > 0) {
            union {
                const char *in;
                void *out;
            } base = {parts[i].p}; /* writev() takes what it only reads as void * */

            v[used++] = (struct iovec){base.out, parts[i].n};
        }
    }
    if (used > 0 && s->state == NY_STREAM_OPEN && fifo_len(&s->out) == 0) {
        sent = transport_write(s, v, used);
    }
    for (int i = 0; i < used && !s->failed; i++) {
        size_t skip = sent < v[i].iov_len ? sent : v[i].iov_len;

        sent -= skip;
        if (skip < v[i].iov_len) {
            fifo_add(&s->out, (const char *)v[i].iov_base + skip, v[i].iov_len - skip);
        }
    }
    ny_stream_update(s);
}

void ny_stream_write(struct ny_stream *s, ny_str bytes)
{
    ny_stream_write_parts(s, &bytes, 1);
}

size_t ny_stream_queued(const struct ny_stream *s)
{
    return fifo_len(&s->out);
}

static void write_some(struct ny_stream *s)
{
    struct iovec v = {s->out.p + s->out.head, fifo_len(&s->out)};

    fifo_drop(&s->out, transport_write(s, &v, 1));
    if (fifo_len(&s->out) == 0) {
        if (s->out.cap > OUTPUT_KEPT) { /* one large answer does not keep its memory */
            fifo_finish(&s->out);
        }
        tell(s, NY_STREAM_DRAINED);
    }
}

static void open_and_tell(struct ny_stream *s)
{
    s->state = NY_STREAM_OPEN;
    s->read_wants_write = false;
    touch(s);
    tell(s, NY_STREAM_CONNECTED);
}

static void shake_hands(struct ny_stream *s)
{
    ssize_t r = s->ops->handshake(s);

    s->read_wants_write = r == NY_IO_WANT_WRITE;
    if (r == NY_IO_DONE) {
        open_and_tell(s);
    } else if (r == NY_IO_ERROR) {
        ny_stream_fail(s);
    }
}

/* The connection stands, or it does not. */
static void connected(struct ny_stream *s)
{
    if (s->ops->connected(s) != NY_OK) {
        ny_stream_fail(s);
        s->ops->want(s, false, false);
    } else if (s->ops->handshake != NULL) {
        s->state = NY_STREAM_HANDSHAKING;
        shake_hands(s);
        ny_stream_update(s);
    } else {
        open_and_tell(s);
        ny_stream_update(s);
    }
}

void ny_stream_on_ready(struct ny_stream *s, bool read, bool write)
{
    if (s->state == NY_STREAM_CONNECTING && write) {
        connected(s);
        return;
    }
    if (s->state == NY_STREAM_HANDSHAKING && !s->failed) {
        shake_hands(s);
        ny_stream_update(s);
        return;
    }
    if ((write || (read && s->write_wants_read)) && fifo_len(&s->out) > 0 && !s->failed &&
        s->state != NY_STREAM_DEAD) {
        write_some(s);
    }
    if ((read || (write && s->read_wants_write)) && wants_read(s)) {
        read_some(s);
    }
    ny_stream_update(s);
}

/* ---- the peer ---- */

const char *ny_stream_peer(const struct ny_stream *s)
{
    return s->peer;
}

bool ny_stream_is_local(const struct ny_stream *s)
{
    return s->local;
}

bool ny_stream_peer_uid(const struct ny_stream *s, uint32_t *out_uid)
{
    if (s->has_uid) {
        *out_uid = s->uid;
    }
    return s->has_uid;
}

const char *ny_stream_error(const struct ny_stream *s)
{
    return s->error;
}
