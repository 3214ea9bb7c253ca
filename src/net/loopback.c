/* Two streams joined in memory, for tests: bytes arrive chunk by chunk and writing blocks early.
 *
 *   end[0] ──pipe 0 (at most window bytes)──▶ end[1]
 *   end[0] ◀──pipe 1────────────────────────── end[1]
 *
 * Readiness is a deferred call per end; one is pending while the end wants something it can have.
 */

#include "net_priv.h"

#include <stdio.h>

struct joint;

struct end {
    struct joint *joint;
    struct ny_stream *stream; /* NULL: closed */
    char *bytes;              /* [window] what this end wrote and the other has not read */
    size_t n;
    bool want_read, want_write;
    bool scheduled;
};

struct joint {
    struct ny_loop *loop;
    size_t chunk;
    size_t window;
    int users; /* open ends and scheduled calls */
    struct end ends[2];
};

static struct end *other(struct end *e)
{
    return &e->joint->ends[e == &e->joint->ends[0]];
}

static void joint_drop(struct joint *j)
{
    if (--j->users == 0) {
        ny_free(j->ends[0].bytes);
        ny_free(j->ends[1].bytes);
        ny_free(j);
    }
}

static bool can_read(struct end *e)
{
    return other(e)->n > 0 || other(e)->stream == NULL;
}

static bool can_write(struct end *e)
{
    return e->n < e->joint->window || other(e)->stream == NULL;
}

static void schedule(struct end *e);

static void pump(void *ctx)
{
    struct end *e = ctx;

    e->scheduled = false;
    if (e->stream != NULL) {
        ny_stream_on_ready(e->stream, e->want_read && can_read(e), e->want_write && can_write(e));
        schedule(e);
    }
    joint_drop(e->joint);
}

static void schedule(struct end *e)
{
    if (e->stream == NULL || e->scheduled) {
        return;
    }
    if ((e->want_read && can_read(e)) || (e->want_write && can_write(e))) {
        e->scheduled = true;
        e->joint->users++;
        ny_loop_defer(e->joint->loop, pump, e);
    }
}

static ssize_t pair_read(struct ny_stream *s, void *p, size_t n)
{
    struct end *e = s->transport;
    struct end *from = other(e);

    if (from->n == 0) {
        return from->stream == NULL ? NY_IO_EOF : NY_IO_WANT_READ;
    }
    n = n < e->joint->chunk ? n : e->joint->chunk;
    n = n < from->n ? n : from->n;
    memcpy(p, from->bytes, n);
    from->n -= n;
    memmove(from->bytes, from->bytes + n, from->n);
    schedule(from);
    return (ssize_t)n;
}

static ssize_t pair_write(struct ny_stream *s, const struct iovec *v, int n)
{
    struct end *e = s->transport;
    size_t sent = 0;

    if (other(e)->stream == NULL) {
        snprintf(s->error, sizeof(s->error), "send: the other end is closed");
        return NY_IO_ERROR;
    }
    for (int i = 0; i < n; i++) {
        size_t room = e->joint->window - e->n;
        size_t take = v[i].iov_len < room ? v[i].iov_len : room;

        memcpy(e->bytes + e->n, v[i].iov_base, take);
        e->n += take;
        sent += take;
    }
    schedule(other(e));
    return sent > 0 ? (ssize_t)sent : NY_IO_WANT_WRITE;
}

static void pair_want(struct ny_stream *s, bool read, bool write)
{
    struct end *e = s->transport;

    e->want_read = read;
    e->want_write = write;
    schedule(e);
}

static ny_rc pair_connected(struct ny_stream *s)
{
    (void)s;
    return NY_OK;
}

static void pair_close(struct ny_stream *s)
{
    struct end *e = s->transport;

    e->stream = NULL;
    schedule(other(e)); /* it sees the end after the bytes that are still there */
    joint_drop(e->joint);
}

static const struct ny_stream_ops pair_ops = {
    .read = pair_read,
    .write = pair_write,
    .want = pair_want,
    .connected = pair_connected,
    .close = pair_close,
};

void ny_stream_pair(struct ny_loop *loop, size_t chunk, size_t window, struct ny_stream *out[2])
{
    struct joint *j = ny_calloc(1, sizeof(*j));

    NY_ASSERT(chunk > 0 && window > 0);
    j->loop = loop;
    j->chunk = chunk;
    j->window = window;
    j->users = 2;
    for (int i = 0; i < 2; i++) {
        struct end *e = &j->ends[i];

        e->joint = j;
        e->bytes = ny_malloc(window);
        e->stream = ny_stream_new(loop, &pair_ops, e, NY_STREAM_OPEN);
        e->stream->local = true;
        snprintf(e->stream->peer, sizeof(e->stream->peer), "loopback");
        out[i] = e->stream;
    }
}
