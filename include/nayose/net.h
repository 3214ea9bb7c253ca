/* net: the loop, byte streams over it, and listeners. Knows nothing of protocols or messages.
 * One thread owns a loop and everything made on it; only ny_wake_send() may come from elsewhere.
 * Sections: loop · timer · wake · stream · connecting · listener · loopback pair. */
#ifndef NAYOSE_NET_H
#define NAYOSE_NET_H

#include "nayose/base.h"

struct ev_loop;
struct ny_listener;
struct ny_loop;
struct ny_stream;
struct ny_timer;
struct ny_tls; /* net_tls.h */
struct ny_wake;

typedef void (*ny_loop_fn)(void *ctx);

/* ---- loop ---- */

/* A loop of its own; owned. */
struct ny_loop *ny_loop_create(void);
/* What was deferred still runs; timers, streams and listeners must be gone before. NULL allowed. */
void ny_loop_destroy(struct ny_loop *loop);
/* Runs until ny_loop_break() or until nothing is left to wait for. */
void ny_loop_run(struct ny_loop *loop);
/* Waits for one round of events (not when calls are deferred already), handles it and runs what is
 * deferred; for tests and drains. */
void ny_loop_turn(struct ny_loop *loop);
/* Makes ny_loop_run() return after this turn. */
void ny_loop_break(struct ny_loop *loop);
/* Calls fn(ctx) at the end of this turn, in the order of deferring. What is deferred by a deferred
 * call runs at the end of the next turn, which then does not wait. This is how an object is
 * released outside its own callback and how long work yields. */
void ny_loop_defer(struct ny_loop *loop, ny_loop_fn fn, void *ctx);
/* Calls fn(ctx) on the loop when the process gets the signal (SIGINT, SIGTERM, SIGHUP …).
 * NY_ELIMIT when more than 8 signals are watched. */
NY_MUST_USE ny_rc ny_loop_on_signal(struct ny_loop *loop, int signum, ny_loop_fn fn, void *ctx);
/* The libev loop, for the modules that bring their own watchers (db); borrowed. */
struct ev_loop *ny_loop_ev(struct ny_loop *loop);

/* ---- timer ---- */

/* A stopped timer; owned. */
struct ny_timer *ny_timer_create(struct ny_loop *loop, ny_loop_fn fn, void *ctx);
/* Fires after after_us microseconds and, when repeat_us > 0, again each repeat_us. Restarts. */
void ny_timer_start(struct ny_timer *t, int64_t after_us, int64_t repeat_us);
void ny_timer_stop(struct ny_timer *t);
bool ny_timer_is_active(const struct ny_timer *t);
void ny_timer_destroy(struct ny_timer *t); /* NULL allowed; allowed in its own callback */

/* ---- wake: lets another thread call the loop ---- */

struct ny_wake *ny_wake_create(struct ny_loop *loop, ny_loop_fn fn, void *ctx);
/* Thread safe; several sends before the loop turns are one call. */
void ny_wake_send(struct ny_wake *w);
void ny_wake_destroy(struct ny_wake *w); /* NULL allowed */

/* ---- stream: a buffered, non-blocking byte stream ----
 *
 * The owner gets events through one callback and must call ny_stream_close() (or
 * ny_stream_finish()) once, at the latest after CLOSED or ERROR. Both are allowed in the callback:
 * the object is released at the end of the turn, and no event comes after. */

enum ny_stream_event {
    NY_STREAM_CONNECTED = 1, /* an outgoing connection stands, its handshake done */
    NY_STREAM_DATA,          /* more bytes in ny_stream_input() */
    NY_STREAM_DRAINED,       /* everything queued has left */
    NY_STREAM_CLOSED,        /* the peer sends no more; writing may still work */
    NY_STREAM_TIMEOUT,       /* no byte moved for the idle time; once per silence */
    NY_STREAM_ERROR,         /* broken; see ny_stream_error() */
};

typedef void (*ny_stream_fn)(struct ny_stream *s, enum ny_stream_event event, void *ctx);

/* The name of an event, for logs. */
const char *ny_stream_event_name(enum ny_stream_event event);

void ny_stream_set_callback(struct ny_stream *s, ny_stream_fn fn, void *ctx);
/* Most bytes that wait unconsumed; reading stops there. At least 1; default 64 KiB. */
void ny_stream_set_input_max(struct ny_stream *s, size_t max);
/* TIMEOUT after this silence; 0 (default) never. */
void ny_stream_set_idle_us(struct ny_stream *s, int64_t idle_us);

/* The bytes received and not yet consumed; borrowed until the next consume or turn. */
ny_str ny_stream_input(const struct ny_stream *s);
/* Drops the first n bytes of the input; n must not be larger than it. */
void ny_stream_consume(struct ny_stream *s, size_t n);
/* While paused no DATA comes and nothing is read. */
void ny_stream_pause(struct ny_stream *s);
/* Reads again; input that is still there is delivered again at the end of the turn. */
void ny_stream_resume(struct ny_stream *s);
bool ny_stream_is_paused(const struct ny_stream *s);

/* Sends bytes: with an empty queue one write is tried at once, the rest is copied and queued.
 * Failure comes as ERROR later, never from here. Writing to a closed stream is ignored. */
void ny_stream_write(struct ny_stream *s, ny_str bytes);
/* Several parts as one write; at most 8 parts. */
void ny_stream_write_parts(struct ny_stream *s, const ny_str *parts, size_t n);
size_t ny_stream_queued(const struct ny_stream *s); /* bytes accepted and not yet sent */

/* Closes after the queue has left (or the idle time has passed); no more events come. */
void ny_stream_finish(struct ny_stream *s);
/* Closes now; queued bytes are lost. NULL allowed. */
void ny_stream_close(struct ny_stream *s);

/* "127.0.0.1:40000", "[::1]:40000", "unix:uid=1000" or "loopback". */
const char *ny_stream_peer(const struct ny_stream *s);
/* True when the peer is on this host: a Unix socket, a loopback address or the pair. */
bool ny_stream_is_local(const struct ny_stream *s);
/* True and the user id when the peer's credentials are known (Unix sockets). */
bool ny_stream_peer_uid(const struct ny_stream *s, uint32_t *out_uid);
/* The user's name, "uid:<n>" when it has none; NY_ENOTFOUND without credentials. */
NY_MUST_USE ny_rc ny_stream_peer_user(const struct ny_stream *s, char *out, size_t cap);
const char *ny_stream_error(const struct ny_stream *s); /* text of the last error, or "" */
/* The SHA-256 of the certificate that the peer has shown, trusted or not, 64 hexadecimal digits in
 * lower case; "" without one. Borrowed from s. */
const char *ny_stream_peer_certificate(const struct ny_stream *s);
enum { NY_CREDENTIALS = 3 };
/* The names by which that certificate may be known, when it is trusted: "sha256:" and the SHA-256
 * as above, "spki:" and that of its public key (its SubjectPublicKeyInfo), and
 * "subject=…;issuer=…" with both names by RFC 2253. The number of them, NY_CREDENTIALS or 0.
 * Borrowed from s. */
size_t ny_stream_peer_credentials(const struct ny_stream *s, const char *(*out)[NY_CREDENTIALS]);

/* ---- connecting ---- */

/* Starts a TCP connection; CONNECTED or ERROR follows. A name is resolved synchronously: prefer
 * addresses. out: owned by the caller from here on. */
NY_MUST_USE ny_rc ny_stream_connect_tcp(struct ny_loop *loop, const char *host, uint16_t port,
                                        struct ny_stream **out, struct ny_error *err);
/* The same, and TLS over it: CONNECTED when the other end has shown a certificate that tls trusts
 * (and, unless it is one of its peers, that says name; NULL: any). The whole has the time of
 * tls->handshake. tls: borrowed for the call. */
NY_MUST_USE ny_rc ny_stream_connect_tls(struct ny_loop *loop, const char *host, uint16_t port,
                                        struct ny_tls *tls, const char *name,
                                        struct ny_stream **out, struct ny_error *err);
NY_MUST_USE ny_rc ny_stream_connect_unix(struct ny_loop *loop, const char *path,
                                         struct ny_stream **out, struct ny_error *err);

/* ---- listener ---- */

struct ny_listener_options {
    const char *host;    /* address to bind; NULL when path is given */
    uint16_t port;       /* 0: the system chooses, see ny_listener_port() */
    const char *path;    /* Unix socket, mode 0660; a stale one is removed */
    size_t max_streams;  /* open connections at once; above, new ones wait; 0: 1000 */
    int64_t idle_us;     /* set on each stream */
    size_t input_max;    /* set on each stream; 0: default */
    size_t max_per_peer; /* of one address; above, refused and counted; 0: no limit */
    struct ny_tls *tls;  /* borrowed, outlives the listener; NULL: plain */
    /* Called with a stream whose handshake has failed, which closes after it; NULL: nobody hears.
     */
    void (*refused)(const struct ny_stream *s, void *ctx);
    void *refused_ctx;
};

/* s is owned by the callee, which sets its callback. Over TLS it comes when the handshake is done;
 * one that fails is logged and counted. */
typedef void (*ny_accept_fn)(struct ny_listener *l, struct ny_stream *s, void *ctx);

/* Opens and starts a listener; out: owned. NY_ECONFLICT when the address or a live socket is in
 * use, NY_EIO otherwise. The options are copied. */
NY_MUST_USE ny_rc ny_listener_create(struct ny_loop *loop,
                                     const struct ny_listener_options *options, ny_accept_fn fn,
                                     void *ctx, struct ny_listener **out, struct ny_error *err);
uint16_t ny_listener_port(const struct ny_listener *l); /* the real port; 0 for a Unix socket */
size_t ny_listener_streams(const struct ny_listener *l);
/* Stops listening and removes the Unix socket; its streams live on. NULL allowed. */
void ny_listener_destroy(struct ny_listener *l);

/* ---- loopback pair, for tests: two streams joined in memory ---- */

/* Each read gives at most chunk bytes; a writer blocks when window bytes wait for the other end.
 * Both streams are owned by the caller. */
void ny_stream_pair(struct ny_loop *loop, size_t chunk, size_t window, struct ny_stream *out[2]);

#endif
