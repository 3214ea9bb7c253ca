/* The connections. Each is a small machine with one message in flight:
 *
 *   IDLE ── a message is taken ──▶ CONNECTING ──▶ SENDING ──▶ WAITING ──▶ IDLE (kept open)
 *                                      ▲  lost: RETRY (with --reconnect), else DEAD
 *
 * A lane (file) is served by one connection at a time, so its order is kept: the next message
 * leaves after the acknowledgement of the one before. After a lost connection the unacknowledged
 * message is sent again; the server must not mind. */

#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define RETRY_US INT64_C(200000)
#define ANSWER_CAP (256 * 1024)
#define QUERY_CAP 1024

enum conn_state { IDLE, CONNECTING, SENDING, WAITING, RETRY, DEAD };

struct conn {
    enum conn_state state;
    int fd;
    struct load_lane *lane;
    ny_str frame; /* in flight */
    size_t sent;
    char control_id[LOAD_CONTROL_ID_MAX];
    char query[QUERY_CAP];
    char *answer; /* [ANSWER_CAP] */
    size_t answer_n;
    int64_t begin_us; /* first sending of the message */
    int64_t until_us; /* end of the patience with the state */
    int64_t lost_us;  /* when the connection was first lost, 0: it stands */
};

struct drive {
    const struct load_options *o;
    struct load_source *src;
    struct load_stats *stats;
    struct conn *conns;
    struct sockaddr_in addr;
    FILE *acked;
    uint64_t taken;  /* messages handed out */
    int64_t stop_us; /* --pix: no new query after it */
    int64_t now_us;
};

static void conn_close(struct conn *c)
{
    if (c->fd >= 0) {
        close(c->fd);
    }
    c->fd = -1;
}

/* Connection refused or lost, or nonsense received. */
static void conn_lost(struct drive *d, struct conn *c)
{
    conn_close(c);
    if (c->lost_us == 0) {
        c->lost_us = d->now_us;
        d->stats->errors++;
    }
    c->sent = 0;
    c->answer_n = 0;
    if (d->o->reconnect && d->now_us - c->lost_us < (int64_t)d->o->timeout_s * NY_US_PER_SECOND) {
        c->state = RETRY;
        c->until_us = d->now_us + RETRY_US;
        return;
    }
    c->state = DEAD;
    d->stats->unanswered += c->frame.n > 0;
}

static void conn_send(struct drive *d, struct conn *c)
{
    ssize_t n = send(c->fd, c->frame.p + c->sent, c->frame.n - c->sent, MSG_NOSIGNAL);

    c->state = SENDING;
    if (n < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            conn_lost(d, c);
        }
        return;
    }
    c->sent += (size_t)n;
    if (c->sent == c->frame.n) {
        c->state = WAITING;
    }
}

static void conn_connect(struct drive *d, struct conn *c)
{
    int one = 1;

    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    NY_ASSERT(c->fd >= 0);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->state = CONNECTING;
    c->until_us = d->now_us + (int64_t)d->o->timeout_s * NY_US_PER_SECOND;
    if (connect(c->fd, (const struct sockaddr *)&d->addr, sizeof d->addr) != 0 &&
        errno != EINPROGRESS) {
        conn_lost(d, c);
    }
}

static void on_connected(struct drive *d, struct conn *c)
{
    int error = 0;
    socklen_t n = sizeof error;

    if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0 || error != 0) {
        conn_lost(d, c);
        return;
    }
    c->until_us = d->now_us + (int64_t)d->o->timeout_s * NY_US_PER_SECOND;
    conn_send(d, c);
}

/* Takes the next message of the connection's lane, or of a free one. */
static bool frame_take(struct drive *d, struct conn *c)
{
    if (d->o->pix != NULL) {
        c->frame = load_source_query(d->src, c->query, sizeof c->query, c->control_id);
        return true;
    }
    for (;;) {
        ny_str id;

        if (c->lane == NULL) {
            c->lane = load_source_lane(d->src);
            if (c->lane == NULL) {
                return false;
            }
            c->lane->is_busy = true;
        }
        c->frame = load_lane_next(c->lane);
        if (c->frame.n > 0) {
            if (d->o->http) {
                c->frame = load_http_request(c->frame);
            }
            id = d->o->http ? load_v3_id(c->frame) : load_field(c->frame, "MSH", 10);
            snprintf(c->control_id, sizeof c->control_id, "%.*s", NY_ARG(id));
            return true;
        }
        c->lane->is_busy = false;
        c->lane = NULL;
    }
}

/* With --rate the k-th message leaves k / rate seconds after the begin. */
static bool is_due(const struct drive *d, int64_t *wait_us)
{
    int64_t at;

    if (d->o->rate == 0) {
        return true;
    }
    at = d->stats->begin_us + (int64_t)(d->taken * (uint64_t)NY_US_PER_SECOND / d->o->rate);
    if (at <= d->now_us) {
        return true;
    }
    *wait_us = at - d->now_us < *wait_us ? at - d->now_us : *wait_us;
    return false;
}

static bool may_take(const struct drive *d)
{
    if (d->o->limit > 0 && d->taken >= d->o->limit) {
        return false;
    }
    return d->o->pix == NULL || d->now_us < d->stop_us;
}

static void conn_begin(struct drive *d, struct conn *c)
{
    if (!frame_take(d, c)) {
        return;
    }
    d->taken++;
    c->sent = 0;
    c->answer_n = 0;
    c->begin_us = d->now_us;
    c->until_us = d->now_us + (int64_t)d->o->timeout_s * NY_US_PER_SECOND;
    if (c->fd >= 0) {
        conn_send(d, c);
    } else {
        conn_connect(d, c);
    }
}

/* What an answer says, in whichever of the two languages. */
struct told {
    ny_str of, code, query; /* whose answer it is, its acknowledgement, how a query went */
};

static struct told told_by(const struct drive *d, ny_str answer)
{
    if (d->o->http) {
        return (struct told){load_v3_answers(answer), load_v3_code(answer),
                             load_v3_query_code(answer)};
    }
    return (struct told){load_field(answer, "MSA", 2), load_field(answer, "MSA", 1),
                         load_field(answer, "QAK", 2)};
}

/* what: A, E or R. A v2 message is done when it is applied (AA), a v3 one also says CA then. */
static bool is_code(const struct drive *d, ny_str code, char what)
{
    return code.n == 2 && code.p[1] == what &&
           (code.p[0] == 'A' || (d->o->http && code.p[0] == 'C'));
}

static void count_answer(struct drive *d, const struct told *t)
{
    uint64_t *of_code = is_code(d, t->code, 'A')   ? &d->stats->aa
                        : is_code(d, t->code, 'E') ? &d->stats->ae
                        : is_code(d, t->code, 'R') ? &d->stats->ar
                                                   : &d->stats->other;

    (*of_code)++;
    d->stats->ok += ny_str_equals(t->query, NY_S("OK"));
    d->stats->nf += ny_str_equals(t->query, NY_S("NF"));
    d->stats->qae += ny_str_equals(t->query, NY_S("AE"));
}

static void on_answer(struct drive *d, struct conn *c)
{
    struct told t = told_by(d, ny_str_of(c->answer, c->answer_n));

    if (!ny_str_equals(t.of, ny_str_from_c(c->control_id))) {
        d->stats->errors++;
        d->stats->unanswered++;
        conn_close(c); /* whose answer it is nobody knows: start afresh with the next message */
    } else {
        d->stats->messages++;
        count_answer(d, &t);
        load_stats_latency(d->stats, d->now_us - c->begin_us);
        if (d->acked != NULL && is_code(d, t.code, 'A')) {
            fprintf(d->acked, "%s\n", c->control_id);
            fflush(d->acked);
        }
    }
    c->frame = NY_STR_NONE;
    c->lost_us = 0;
    c->state = IDLE;
}

static bool answer_is_whole(const struct drive *d, const struct conn *c)
{
    if (d->o->http) {
        return load_http_is_whole(ny_str_of(c->answer, c->answer_n));
    }
    return c->answer_n > 2 && c->answer[c->answer_n - 2] == 0x1C &&
           c->answer[c->answer_n - 1] == '\r';
}

static void on_readable(struct drive *d, struct conn *c)
{
    ssize_t n = recv(c->fd, c->answer + c->answer_n, ANSWER_CAP - c->answer_n, 0);

    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (n <= 0) {
        if (c->state == IDLE) {
            conn_close(c); /* an acceptor may close a silent connection */
        } else {
            conn_lost(d, c);
        }
        return;
    }
    c->answer_n += (size_t)n;
    if (c->state != WAITING || (!d->o->http && c->answer[0] != 0x0B) || c->answer_n == ANSWER_CAP) {
        conn_lost(d, c);
        return;
    }
    if (answer_is_whole(d, c)) {
        on_answer(d, c);
    }
}

static void on_events(struct drive *d, struct conn *c, short events)
{
    if (c->state == CONNECTING) {
        on_connected(d, c);
    } else if ((events & (POLLIN | POLLHUP | POLLERR)) != 0) {
        on_readable(d, c);
    } else if (c->state == SENDING) {
        conn_send(d, c);
    }
}

static void on_time(struct drive *d, struct conn *c)
{
    if (c->state == RETRY && d->now_us >= c->until_us) {
        conn_connect(d, c);
    } else if ((c->state == CONNECTING || c->state == SENDING || c->state == WAITING) &&
               d->now_us >= c->until_us) {
        conn_lost(d, c);
    }
}

/* Gives work to idle connections; false when none has any and none will get some. */
static bool turn_begin(struct drive *d, int64_t *wait_us)
{
    bool busy = false;

    for (uint64_t i = 0; i < d->o->connections; i++) {
        struct conn *c = &d->conns[i];

        on_time(d, c);
        if (c->state == IDLE && may_take(d)) {
            if (is_due(d, wait_us)) {
                conn_begin(d, c);
            } else {
                busy = true; /* there is work, not yet */
            }
        }
        busy = busy || (c->state != IDLE && c->state != DEAD);
        if (c->state == RETRY && c->until_us - d->now_us < *wait_us) {
            *wait_us = c->until_us > d->now_us ? c->until_us - d->now_us : 0;
        }
    }
    return busy;
}

static void turn(struct drive *d, struct pollfd *fds, int64_t wait_us)
{
    nfds_t n = (nfds_t)d->o->connections;

    for (nfds_t i = 0; i < n; i++) {
        const struct conn *c = &d->conns[i];
        bool out = c->state == CONNECTING || c->state == SENDING;

        fds[i] = (struct pollfd){.fd = c->fd, .events = out ? POLLIN | POLLOUT : POLLIN};
    }
    if (poll(fds, n, (int)((wait_us + 999) / 1000)) <= 0) {
        return;
    }
    d->now_us = ny_clock_monotonic_us();
    for (nfds_t i = 0; i < n; i++) {
        if (fds[i].revents != 0 && d->conns[i].fd == fds[i].fd) {
            on_events(d, &d->conns[i], fds[i].revents);
        }
    }
}

static void conns_close(struct drive *d)
{
    for (uint64_t i = 0; i < d->o->connections; i++) {
        conn_close(&d->conns[i]);
        ny_free(d->conns[i].answer);
    }
    ny_free(d->conns);
}

bool load_drive(const struct load_options *o, struct load_source *src, struct load_stats *stats)
{
    struct drive d = {.o = o, .src = src, .stats = stats};
    struct pollfd *fds = ny_calloc((size_t)o->connections, sizeof *fds);
    bool ok = true;
    int64_t wait_us = NY_US_PER_SECOND / 10;

    d.addr.sin_family = AF_INET;
    d.addr.sin_port = htons((uint16_t)o->port);
    if (inet_pton(AF_INET, o->host, &d.addr.sin_addr) != 1) {
        fprintf(stderr, "nayose-mllpload: --host takes an IPv4 address\n");
        ny_free(fds);
        return false;
    }
    if (o->acked != NULL && (d.acked = fopen(o->acked, "ae")) == NULL) {
        fprintf(stderr, "nayose-mllpload: %s: %s\n", o->acked, strerror(errno));
        ny_free(fds);
        return false;
    }
    d.conns = ny_calloc((size_t)o->connections, sizeof *d.conns);
    for (uint64_t i = 0; i < o->connections; i++) {
        d.conns[i].fd = -1;
        d.conns[i].answer = ny_malloc(ANSWER_CAP);
    }
    d.now_us = stats->begin_us = ny_clock_monotonic_us();
    d.stop_us = d.now_us + (int64_t)o->seconds * NY_US_PER_SECOND;
    while (turn_begin(&d, &wait_us)) {
        turn(&d, fds, wait_us);
        wait_us = NY_US_PER_SECOND / 10;
        d.now_us = ny_clock_monotonic_us();
    }
    stats->end_us = ny_clock_monotonic_us();
    for (uint64_t i = 0; i < o->connections; i++) {
        ok = ok && d.conns[i].state != DEAD;
    }
    conns_close(&d);
    ny_free(fds);
    if (d.acked != NULL && fclose(d.acked) != 0) {
        ok = false;
    }
    return ok && stats->unanswered == 0;
}
