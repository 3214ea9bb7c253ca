/* net_priv: what a transport must offer to be a stream, and what the stream offers to transports.
 *
 *   owner ◀── events ── stream.c (buffers, pause, idle, life) ── ops ──▶ socket.c | loopback.c |
 * TLS
 *
 * A TLS transport fits in without another slot: its read may answer WANT_WRITE and its write
 * WANT_READ (the handshake is the first of them), and the stream asks for what they want. */
#ifndef NAYOSE_NET_PRIV_H
#define NAYOSE_NET_PRIV_H

#include <sys/types.h>
#include <sys/uio.h>

#include <ev.h>

#include "nayose/net.h"

struct sockaddr;

enum ny_io {
    NY_IO_EOF = 0,
    NY_IO_ERROR = -1, /* s->error holds the text */
    NY_IO_WANT_READ = -2,
    NY_IO_WANT_WRITE = -3,
};

struct ny_stream_ops {
    /* >0 bytes, or an enum ny_io. */
    ssize_t (*read)(struct ny_stream *s, void *p, size_t n);
    ssize_t (*write)(struct ny_stream *s, const struct iovec *v, int n);
    /* Which readiness shall call ny_stream_on_ready(). */
    void (*want)(struct ny_stream *s, bool read, bool write);
    /* NY_OK when an outgoing connection stands, else the error is set. */
    ny_rc (*connected)(struct ny_stream *s);
    /* Releases the transport; no call into it comes after. */
    void (*close)(struct ny_stream *s);
};

enum ny_stream_state {
    NY_STREAM_CONNECTING = 1,
    NY_STREAM_OPEN,
    NY_STREAM_FINISHING, /* nobody listens; the queue leaves first */
    NY_STREAM_DEAD,      /* released at the end of the turn */
};

/* Bytes first in, first out: [head, tail) of cap. */
struct ny_fifo {
    char *p;
    size_t head, tail, cap;
};

struct ny_stream {
    const struct ny_stream_ops *ops;
    void *transport; /* owned by ops */
    struct ny_loop *loop;
    enum ny_stream_state state;
    ny_stream_fn fn;
    void *ctx;
    struct ny_fifo in, out;
    size_t in_max;
    ev_timer idle;
    bool paused;
    bool eof; /* the peer sends no more */
    bool read_wants_write;
    bool write_wants_read;
    bool redeliver; /* a delivery is deferred */
    bool failed;    /* an error is deferred or was told */
    bool has_uid;
    bool local;
    uint32_t uid;
    char peer[80];
    char error[120];
    struct ny_listener *listener;  /* NULL: none, or it is gone */
    struct ny_stream *prev, *next; /* in the listener's list */
};

struct ny_stream *ny_stream_new(struct ny_loop *loop, const struct ny_stream_ops *ops,
                                void *transport, enum ny_stream_state state);
/* Recomputes the interest and tells the transport. */
void ny_stream_update(struct ny_stream *s);
/* The transport may be able to read or write. */
void ny_stream_on_ready(struct ny_stream *s, bool read, bool write);
void ny_stream_set_error(struct ny_stream *s, const char *what, int err);

/* A stream over a connected (or connecting) socket; takes fd. */
struct ny_stream *ny_socket_stream(struct ny_loop *loop, int fd, enum ny_stream_state state);
/* Fills peer, local and credentials. */
void ny_socket_describe_peer(struct ny_stream *s, int fd, const struct sockaddr *sa);

/* A stream of this listener is gone. */
void ny_listener_forget(struct ny_listener *l, struct ny_stream *s);

#endif
