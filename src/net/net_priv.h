/* net_priv: what a transport must offer to be a stream, and what the stream offers to transports.
 *
 *   owner ◀── events ── stream.c (buffers, pause, idle, life) ── ops ──▶ socket.c | loopback.c
 *                                                               └── tls_stream.c ──▶ either of them
 *
 * TLS is a filter: it puts its own ops before those of a transport. Its read may answer WANT_WRITE
 * and its write WANT_READ, and the stream asks for what they want. */
#ifndef NAYOSE_NET_PRIV_H
#define NAYOSE_NET_PRIV_H

#include <sys/types.h>
#include <sys/uio.h>

#include <ev.h>

#include "nayose/net.h"
#include "nayose/net_tls.h"

struct sockaddr;
struct tls;

enum ny_io {
    NY_IO_DONE = 1, /* of a handshake */
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
    /* One step of what has to be agreed before bytes flow: NY_IO_DONE, or an enum ny_io. NULL:
     * nothing. */
    ssize_t (*handshake)(struct ny_stream *s);
    /* True when a read gives bytes although nothing arrives. NULL: never. */
    bool (*has_pending)(const struct ny_stream *s);
};

enum ny_stream_state {
    NY_STREAM_CONNECTING = 1,
    NY_STREAM_HANDSHAKING,
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
    struct tls *tls; /* owned; NULL: plain */
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
    bool reread;    /* a read of pending bytes is deferred */
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
/* The transport is broken and s->error says why: ERROR comes once, at the end of the turn. */
void ny_stream_fail(struct ny_stream *s);

/* A stream over a connected (or connecting) socket; takes fd. */
struct ny_stream *ny_socket_stream(struct ny_loop *loop, int fd, enum ny_stream_state state);
/* Fills peer, local and credentials. */
void ny_socket_describe_peer(struct ny_stream *s, int fd, const struct sockaddr *sa);

/* Puts TLS before the stream's transport, before anything was sent or read. as_client: we speak
 * first; name: what the other end's certificate must say, NULL anything. The handshake has to be
 * done by the time that tls allows, else ERROR. */
void ny_tls_begin(struct ny_stream *s, struct ny_tls *tls, bool as_client, const char *name);
/* Frees what is left of a closed stream's TLS. */
void ny_tls_release(struct ny_stream *s);

/* A stream of this listener is gone. */
void ny_listener_forget(struct ny_listener *l, struct ny_stream *s);

#endif
