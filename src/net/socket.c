/* Sockets as transports: TCP and Unix streams, accepted or connecting, and who the peer is. */

#include "net_priv.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

struct socket_transport {
    ev_io watcher;
    struct ny_stream *stream;
    int fd;
    int events; /* what the watcher waits for now; 0: stopped */
};

static void on_ready(struct ev_loop *ev, ev_io *w, int revents)
{
    struct socket_transport *t = ny_container_of(w, struct socket_transport, watcher);

    (void)ev;
    ny_stream_on_ready(t->stream, (revents & EV_READ) != 0, (revents & EV_WRITE) != 0);
}

static ssize_t socket_read(struct ny_stream *s, void *p, size_t n)
{
    const struct socket_transport *t = s->transport;
    ssize_t got = recv(t->fd, p, n, 0);

    if (got >= 0) {
        return got; /* 0 is NY_IO_EOF */
    }
    if (errno == EAGAIN || errno == EINTR) {
        return NY_IO_WANT_READ;
    }
    ny_stream_set_error(s, "recv", errno);
    return NY_IO_ERROR;
}

static ssize_t socket_write(struct ny_stream *s, const struct iovec *v, int n)
{
    const struct socket_transport *t = s->transport;
    union {
        const struct iovec *in;
        struct iovec *out;
    } vec = {v}; /* sendmsg() only reads it */
    struct msghdr m = {.msg_iov = vec.out, .msg_iovlen = (size_t)n};
    ssize_t sent = sendmsg(t->fd, &m, MSG_NOSIGNAL);

    if (sent >= 0) {
        return sent;
    }
    if (errno == EAGAIN || errno == EINTR) {
        return NY_IO_WANT_WRITE;
    }
    ny_stream_set_error(s, "send", errno);
    return NY_IO_ERROR;
}

static void socket_want(struct ny_stream *s, bool read, bool write)
{
    struct socket_transport *t = s->transport;
    int events = (read ? EV_READ : 0) | (write ? EV_WRITE : 0);

    if (events == t->events) {
        return;
    }
    ev_io_stop(ny_loop_ev(s->loop), &t->watcher); /* before its events change */
    t->events = events;
    if (events != 0) {
        ev_io_set(&t->watcher, t->fd, events);
        ev_io_start(ny_loop_ev(s->loop), &t->watcher);
    }
}

static ny_rc socket_connected(struct ny_stream *s)
{
    const struct socket_transport *t = s->transport;
    int e = 0;
    socklen_t n = sizeof(e);

    if (getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &e, &n) != 0) {
        e = errno;
    }
    if (e != 0) {
        ny_stream_set_error(s, "connect", e);
        return NY_EIO;
    }
    return NY_OK;
}

static void release_transport(void *ctx)
{
    ny_free(ctx);
}

static void socket_close(struct ny_stream *s)
{
    struct socket_transport *t = s->transport;

    ev_io_stop(ny_loop_ev(s->loop), &t->watcher);
    close(t->fd);
    t->fd = -1;
    ny_loop_defer(s->loop, release_transport, t); /* its watcher may be the one being called */
}

static const struct ny_stream_ops socket_ops = {
    .read = socket_read,
    .write = socket_write,
    .want = socket_want,
    .connected = socket_connected,
    .close = socket_close,
};

struct ny_stream *ny_socket_stream(struct ny_loop *loop, int fd, enum ny_stream_state state)
{
    struct socket_transport *t = ny_calloc(1, sizeof(*t));

    t->fd = fd;
    ev_io_init(&t->watcher, on_ready, fd, EV_READ);
    t->stream = ny_stream_new(loop, &socket_ops, t, state);
    ny_stream_update(t->stream);
    return t->stream;
}

void ny_socket_describe_peer(struct ny_stream *s, int fd, const struct sockaddr *sa)
{
    char text[INET6_ADDRSTRLEN] = "?";

    if (sa->sa_family == AF_UNIX) {
        struct ucred cred = {0};
        socklen_t n = sizeof(cred);

        s->local = true;
        if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) == 0) {
            s->has_uid = true;
            s->uid = cred.uid;
        }
        snprintf(s->peer, sizeof(s->peer), "unix:uid=%u", (unsigned)s->uid);
    } else if (sa->sa_family == AF_INET) {
        struct sockaddr_in in;

        memcpy(&in, sa, sizeof(in));
        s->local = (ntohl(in.sin_addr.s_addr) >> 24) == IN_LOOPBACKNET;
        inet_ntop(AF_INET, &in.sin_addr, text, sizeof(text));
        snprintf(s->peer, sizeof(s->peer), "%s:%u", text, (unsigned)ntohs(in.sin_port));
    } else if (sa->sa_family == AF_INET6) {
        struct sockaddr_in6 in;

        memcpy(&in, sa, sizeof(in));
        s->local = IN6_IS_ADDR_LOOPBACK(&in.sin6_addr) ||
                   (IN6_IS_ADDR_V4MAPPED(&in.sin6_addr) && in.sin6_addr.s6_addr[12] == 127);
        inet_ntop(AF_INET6, &in.sin6_addr, text, sizeof(text));
        snprintf(s->peer, sizeof(s->peer), "[%s]:%u", text, (unsigned)ntohs(in.sin6_port));
    }
}

ny_rc ny_stream_peer_user(const struct ny_stream *s, char *out, size_t cap)
{
    char buffer[4096];
    struct passwd pw;
    struct passwd *found = NULL;

    if (!s->has_uid) {
        return NY_ENOTFOUND;
    }
    if (getpwuid_r((uid_t)s->uid, &pw, buffer, sizeof(buffer), &found) == 0 && found != NULL) {
        snprintf(out, cap, "%s", pw.pw_name);
    } else {
        snprintf(out, cap, "uid:%u", (unsigned)s->uid);
    }
    return NY_OK;
}

static ny_rc start_connect(struct ny_loop *loop, const struct sockaddr *sa, socklen_t len,
                           struct ny_stream **out, struct ny_error *err)
{
    int fd = socket(sa->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;

    if (fd < 0) {
        return ny_fail(err, NY_EIO, "socket: %s", strerror(errno));
    }
    if (sa->sa_family != AF_UNIX) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
    if (connect(fd, sa, len) != 0 && errno != EINPROGRESS) {
        int e = errno;

        close(fd);
        return ny_fail(err, NY_EIO, "connect: %s", strerror(e));
    }
    *out = ny_socket_stream(loop, fd, NY_STREAM_CONNECTING);
    ny_socket_describe_peer(*out, fd, sa);
    return NY_OK;
}

ny_rc ny_stream_connect_tcp(struct ny_loop *loop, const char *host, uint16_t port,
                            struct ny_stream **out, struct ny_error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *list = NULL;
    char service[8];
    int e;
    ny_rc rc;

    snprintf(service, sizeof(service), "%u", (unsigned)port);
    e = getaddrinfo(host, service, &hints, &list);
    if (e != 0) {
        return ny_fail(err, NY_EIO, "address: %s", gai_strerror(e));
    }
    rc = start_connect(loop, list->ai_addr, list->ai_addrlen, out, err);
    freeaddrinfo(list);
    return rc;
}

ny_rc ny_stream_connect_tls(struct ny_loop *loop, const char *host, uint16_t port,
                            struct ny_tls *tls, const char *name, struct ny_stream **out,
                            struct ny_error *err)
{
    ny_rc rc = ny_stream_connect_tcp(loop, host, port, out, err);

    if (rc == NY_OK) {
        ny_tls_begin(*out, tls, true, name);
    }
    return rc;
}

ny_rc ny_stream_connect_unix(struct ny_loop *loop, const char *path, struct ny_stream **out,
                             struct ny_error *err)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof(un.sun_path)) {
        return ny_fail(err, NY_ELIMIT, "socket path is longer than %zu bytes",
                       sizeof(un.sun_path) - 1);
    }
    memcpy(un.sun_path, path, strlen(path) + 1);
    return start_connect(loop, (const struct sockaddr *)&un, sizeof(un), out, err);
}
