/* Listeners: at most ACCEPT_PER_TURN new streams a turn, none above the configured number, and a
 * rest of EMFILE_REST when the process is out of descriptors (a ready listener that cannot be
 * accepted from would otherwise spin). Over TLS a stream is the listener's own until its handshake
 * is done. */

#include "net_priv.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { ACCEPT_PER_TURN = 16, MAX_STREAMS_DEFAULT = 1000, BACKLOG = 128 };
static const double EMFILE_REST = 0.1; /* s */

struct ny_listener {
    ev_io watcher;
    ev_timer rest;
    struct ny_loop *loop;
    int fd;
    char *path; /* owned; NULL for TCP */
    uint16_t port;
    size_t max_streams;
    int64_t idle_us;
    size_t input_max;
    size_t max_per_peer;
    struct ny_tls *tls; /* borrowed; NULL: plain */
    void (*refused)(const struct ny_stream *s, void *ctx);
    void *refused_ctx;
    ny_accept_fn fn;
    void *ctx;
    struct ny_stream *streams; /* open ones */
    size_t n_streams;
    bool dead;
};

/* The new stream is one of the listener's. */
static void stream_add(struct ny_listener *l, struct ny_stream *s)
{
    s->listener = l;
    s->next = l->streams;
    if (l->streams != NULL) {
        l->streams->prev = s;
    }
    l->streams = s;
    l->n_streams++;
}

static void hand_over(struct ny_listener *l, struct ny_stream *s)
{
    ny_stream_set_idle_us(s, l->idle_us);
    l->fn(l, s, l->ctx);
}

/* The handshake of a stream that nobody owns yet but its listener. */
static void on_handshake(struct ny_stream *s, enum ny_stream_event event, void *ctx)
{
    const struct ny_listener *l = ctx;

    if (event == NY_STREAM_CONNECTED) {
        ny_counter_add(NY_C_TLS_HANDSHAKES, 1);
        ny_log(NY_LOG_INFO, "tls_connected", "peer=%s certificate=%s", s->peer,
               ny_stream_peer_certificate(s));
        hand_over(ctx, s);
        return;
    }
    ny_counter_add(NY_C_TLS_REFUSED, 1);
    ny_log(NY_LOG_WARN, "tls_refused", "peer=%s why=\"%s\"", s->peer, s->error);
    if (l->refused != NULL) {
        l->refused(s, l->refused_ctx);
    }
    ny_stream_close(s);
}

/* The peer without its port. */
static ny_str peer_host(const struct ny_stream *s)
{
    const char *colon = strrchr(s->peer, ':');

    return ny_str_of(s->peer, colon != NULL ? (size_t)(colon - s->peer) : strlen(s->peer));
}

/* True when the peer of s, which is not yet counted, has all the streams it may have. */
static bool has_its_share(const struct ny_listener *l, const struct ny_stream *s)
{
    ny_str host = peer_host(s);
    size_t n = 0;

    if (l->max_per_peer == 0 || l->path != NULL) {
        return false;
    }
    for (const struct ny_stream *o = l->streams; o != NULL; o = o->next) {
        n += ny_str_equals(peer_host(o), host) ? 1 : 0;
    }
    return n >= l->max_per_peer;
}

static void adopt(struct ny_listener *l, int fd, const struct sockaddr *sa)
{
    struct ny_stream *s;
    int on = 1;

    if (l->path == NULL) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    s = ny_socket_stream(l->loop, fd, NY_STREAM_OPEN);
    ny_socket_describe_peer(s, fd, sa);
    if (has_its_share(l, s)) {
        ny_counter_add(NY_C_PEER_REFUSED, 1);
        ny_log(NY_LOG_WARN, "peer_refused", "peer=%s why=\"it has %zu connections\"", s->peer,
               l->max_per_peer);
        ny_stream_close(s);
        return;
    }
    if (l->input_max > 0) {
        ny_stream_set_input_max(s, l->input_max);
    }
    stream_add(l, s);
    if (l->tls != NULL) {
        ny_stream_set_callback(s, on_handshake, l);
        ny_tls_begin(s, l->tls, false, NULL);
    } else {
        hand_over(l, s);
    }
}

static void on_acceptable(struct ev_loop *ev, ev_io *w, int revents)
{
    struct ny_listener *l = ny_container_of(w, struct ny_listener, watcher);

    (void)revents;
    for (int i = 0; i < ACCEPT_PER_TURN && !l->dead; i++) {
        struct sockaddr_storage sa = {0};
        socklen_t n = sizeof(sa);
        int fd;

        if (l->n_streams >= l->max_streams) {
            ev_io_stop(ev, w); /* until one of them closes */
            return;
        }
        fd = accept4(l->fd, (struct sockaddr *)&sa, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            if (l->path != NULL) {
                sa.ss_family = AF_UNIX; /* a client without a name gives no family */
            }
            adopt(l, fd, (const struct sockaddr *)&sa);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            ny_log(NY_LOG_WARN, "accept_failed", "port=%u error=\"%s\"", l->port, strerror(errno));
            ev_io_stop(ev, w);
            ev_timer_start(ev, &l->rest);
            return;
        } else if (errno == EAGAIN) {
            return;
        } /* else: that connection is gone already, the next may be fine */
    }
}

static void on_rested(struct ev_loop *ev, ev_timer *w, int revents)
{
    struct ny_listener *l = ny_container_of(w, struct ny_listener, rest);

    (void)revents;
    if (l->n_streams < l->max_streams) {
        ev_io_start(ev, &l->watcher);
    }
}

void ny_listener_forget(struct ny_listener *l, struct ny_stream *s)
{
    if (s->prev != NULL) {
        s->prev->next = s->next;
    } else {
        l->streams = s->next;
    }
    if (s->next != NULL) {
        s->next->prev = s->prev;
    }
    s->listener = NULL;
    l->n_streams--;
    if (!l->dead && !ev_is_active(&l->rest)) {
        ev_io_start(ny_loop_ev(l->loop), &l->watcher);
    }
}

/* ---- opening ---- */

static ny_rc listen_failed(int fd, int e, const char *what, struct ny_error *err)
{
    if (fd >= 0) {
        close(fd);
    }
    return ny_fail(err, e == EADDRINUSE ? NY_ECONFLICT : NY_EIO, "%s: %s", what, strerror(e));
}

static ny_rc open_tcp(const struct ny_listener_options *o, int *out_fd, struct ny_error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    char service[8];
    int on = 1;
    int fd;
    int e;

    snprintf(service, sizeof(service), "%u", (unsigned)o->port);
    e = getaddrinfo(o->host, service, &hints, &list);
    if (e != 0) {
        return ny_fail(err, NY_EIO, "address %s: %s", o->host, gai_strerror(e));
    }
    fd = socket(list->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    e = fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
                bind(fd, list->ai_addr, list->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0
            ? errno
            : 0;
    freeaddrinfo(list);
    if (e != 0) {
        return listen_failed(fd, e, o->host, err);
    }
    *out_fd = fd;
    return NY_OK;
}

/* Removes a socket that nobody listens on any more. */
static ny_rc remove_stale(const struct sockaddr_un *un, struct ny_error *err)
{
    struct stat st;
    int fd;
    int connected;
    int e;

    if (lstat(un->sun_path, &st) != 0) {
        return NY_OK;
    }
    if (!S_ISSOCK(st.st_mode)) {
        return ny_fail(err, NY_ECONFLICT, "%s is there and is no socket", un->sun_path);
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return ny_fail(err, NY_EIO, "socket: %s", strerror(errno));
    }
    connected = connect(fd, (const struct sockaddr *)un, sizeof(*un));
    e = errno;
    close(fd);
    if (connected == 0 || e != ECONNREFUSED) {
        return ny_fail(err, NY_ECONFLICT, "%s is in use", un->sun_path);
    }
    if (unlink(un->sun_path) != 0) {
        return ny_fail(err, NY_EIO, "%s: %s", un->sun_path, strerror(errno));
    }
    return NY_OK;
}

static ny_rc open_unix(const char *path, int *out_fd, struct ny_error *err)
{
    enum { MODE = 0660 };
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd;
    ny_rc rc;

    if (strlen(path) >= sizeof(un.sun_path)) {
        return ny_fail(err, NY_ELIMIT, "socket path is longer than %zu bytes",
                       sizeof(un.sun_path) - 1);
    }
    memcpy(un.sun_path, path, strlen(path) + 1);
    rc = remove_stale(&un, err);
    if (rc != NY_OK) {
        return rc;
    }
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* The mode before bind() keeps the name from ever being wider, the one after undoes umask. */
    if (fd < 0 || fchmod(fd, MODE) != 0 ||
        bind(fd, (const struct sockaddr *)&un, sizeof(un)) != 0) {
        return listen_failed(fd, errno, path, err);
    }
    if (chmod(path, MODE) != 0 || listen(fd, BACKLOG) != 0) {
        int e = errno;

        (void)unlink(path);
        return listen_failed(fd, e, path, err);
    }
    *out_fd = fd;
    return NY_OK;
}

static uint16_t real_port(int fd)
{
    struct sockaddr_storage sa = {0};
    socklen_t n = sizeof(sa);

    if (getsockname(fd, (struct sockaddr *)&sa, &n) != 0) {
        return 0;
    }
    if (sa.ss_family == AF_INET6) {
        return ntohs(((const struct sockaddr_in6 *)&sa)->sin6_port);
    }
    return sa.ss_family == AF_INET ? ntohs(((const struct sockaddr_in *)&sa)->sin_port) : 0;
}

ny_rc ny_listener_create(struct ny_loop *loop, const struct ny_listener_options *options,
                         ny_accept_fn fn, void *ctx, struct ny_listener **out, struct ny_error *err)
{
    struct ny_listener *l;
    int fd = -1;
    ny_rc rc =
        options->path != NULL ? open_unix(options->path, &fd, err) : open_tcp(options, &fd, err);

    if (rc != NY_OK) {
        return rc;
    }
    l = ny_calloc(1, sizeof(*l));
    l->loop = loop;
    l->fd = fd;
    l->fn = fn;
    l->ctx = ctx;
    l->max_streams = options->max_streams > 0 ? options->max_streams : MAX_STREAMS_DEFAULT;
    l->idle_us = options->idle_us;
    l->input_max = options->input_max;
    l->max_per_peer = options->max_per_peer;
    l->tls = options->tls;
    l->refused = options->refused;
    l->refused_ctx = options->refused_ctx;
    l->port = real_port(fd);
    if (options->path != NULL) {
        l->path = ny_str_dup(ny_str_from_c(options->path));
    }
    ev_timer_init(&l->rest, on_rested, EMFILE_REST, 0.);
    ev_io_init(&l->watcher, on_acceptable, fd, EV_READ);
    ev_io_start(ny_loop_ev(loop), &l->watcher);
    *out = l;
    return NY_OK;
}

uint16_t ny_listener_port(const struct ny_listener *l)
{
    return l->port;
}

size_t ny_listener_streams(const struct ny_listener *l)
{
    return l->n_streams;
}

static void release(void *ctx)
{
    struct ny_listener *l = ctx;

    ny_free(l->path);
    ny_free(l);
}

void ny_listener_destroy(struct ny_listener *l)
{
    if (l == NULL || l->dead) {
        return;
    }
    l->dead = true;
    ev_io_stop(ny_loop_ev(l->loop), &l->watcher);
    ev_timer_stop(ny_loop_ev(l->loop), &l->rest);
    close(l->fd);
    if (l->path != NULL) {
        (void)unlink(l->path);
    }
    for (struct ny_stream *s = l->streams, *next; s != NULL; s = next) {
        next = s->next;
        if (s->state == NY_STREAM_HANDSHAKING) {
            ny_stream_close(s); /* nobody else knows it */
        } else {
            s->listener = NULL;
        }
    }
    ny_loop_defer(l->loop, release, l);
}
