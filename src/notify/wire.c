/* A lane's connection, opened when there is something to tell: MLLP, kept for the next row, or SOAP
 * over HTTP, one row each. */

#include <stdio.h>

#include "notify_priv.h"

enum { ANSWER_MAX = 65536 };

void ny_lane_close(struct lane *l)
{
    ny_stream_close(l->stream);
    ny_mllp_reader_destroy(l->reader);
    l->stream = NULL;
    l->reader = NULL;
}

/* "192.0.2.7:8080" */
static ny_str authority(struct ny_arena *a, const struct ny_consumer_row *c)
{
    bool v6 = ny_str_find(c->host, ':') < c->host.n;

    return ny_arena_printf(a, "%s%.*s%s:%u", v6 ? "[" : "", NY_ARG(c->host), v6 ? "]" : "",
                           c->port);
}

static ny_rc post_write(struct lane *l, const struct ny_consumer_row *c, struct ny_arena *a,
                        ny_str *out)
{
    const struct ny_notify_config *cfg = &l->notify->cfg;
    ny_str host = authority(a, c);
    ny_str url = ny_arena_printf(a, "%s://%.*s%.*s", cfg->tls != NULL ? "https" : "http",
                                 NY_ARG(host), NY_ARG(c->path));
    ny_str xml;
    ny_rc rc = ny_ihe_v3_notice_write(cfg->ihe, a, &l->notices[l->at], c->app, c->facility, url,
                                      ny_clock_now_us(), &xml);

    return rc != NY_OK ? rc
                       : ny_http_post_write(a, host, c->path,
                                            NY_S("application/soap+xml; charset=utf-8"), xml, out);
}

static void write_row(struct lane *l, const struct ny_consumer_row *c)
{
    struct ny_arena *a = ny_arena_create(0);
    ny_str parts[3] = {
        {NULL, 0}
    };
    ny_str message;
    ny_rc rc;

    if (l->v3) {
        rc = post_write(l, c, a, &parts[0]);
    } else {
        rc = ny_ihe_notice_write(l->notify->cfg.ihe, a, &l->notices[l->at], c->app, c->facility,
                                 ny_clock_now_us(), &message);
        rc = rc == NY_OK ? ny_mllp_frame(message, parts) : rc;
    }
    if (rc == NY_OK) {
        ny_stream_write_parts(l->stream, parts, l->v3 ? 1 : NY_ARRAY_LEN(parts));
        l->state = LANE_SENT;
        ny_timer_start(l->timer, l->notify->cfg.ack_timeout_us, 0);
    } else {
        ny_lane_failed(l, "the message cannot be written");
    }
    ny_arena_destroy(a);
}

/* One frame is one answer; more of them were not asked for. */
static void take_input(struct lane *l)
{
    ny_str in = ny_stream_input(l->stream);
    size_t used = 0;
    enum ny_mllp_status status = ny_mllp_reader_feed(l->reader, in.p, in.n, &used);

    ny_stream_consume(l->stream, used);
    if (status == NY_MLLP_ERROR) {
        ny_lane_failed(l, "the answer is not MLLP");
    } else if (status == NY_MLLP_FRAME && l->state != LANE_SENT) {
        ny_lane_close(l); /* talks without being asked: nothing it says later can be trusted */
    } else if (status == NY_MLLP_FRAME && !ny_lane_answered(l, ny_mllp_reader_frame(l->reader))) {
        ny_lane_failed(l, "the answer is to another message");
    }
}

/* The answer to a row in v3, when all of it is there. */
static void take_answer(struct lane *l, bool closed)
{
    ny_str in = ny_stream_input(l->stream);
    ny_str body = NY_STR_NONE;
    int status = 0;
    ny_rc rc = in.n > ANSWER_MAX ? NY_ELIMIT : ny_http_answer_read(in, closed, &status, &body);
    struct ny_arena *a;

    if (rc == NY_EAGAIN || l->state != LANE_SENT) {
        return;
    }
    if (rc != NY_OK) {
        ny_lane_failed(l, "the answer is not HTTP");
        return;
    }
    a = ny_arena_create(0);
    body = ny_arena_str(a, body);
    ny_lane_close(l);
    if (!ny_lane_answered(l, body)) {
        ny_lane_failed(l, "the answer is a fault of the consumer's, or to another message");
    }
    ny_arena_destroy(a);
}

static void on_stream(struct ny_stream *s, enum ny_stream_event event, void *ctx)
{
    struct lane *l = ctx;

    if (s != l->stream) {
        return;
    }
    switch (event) {
    case NY_STREAM_CONNECTED:
        ny_timer_stop(l->timer);
        ny_lane_go(l);
        break;
    case NY_STREAM_DATA:
        if (l->v3) {
            take_answer(l, false);
        } else {
            take_input(l);
        }
        break;
    case NY_STREAM_DRAINED:
        break;
    case NY_STREAM_CLOSED:
    case NY_STREAM_TIMEOUT:
    case NY_STREAM_ERROR:
        if (l->v3 && l->state == LANE_SENT && event == NY_STREAM_CLOSED) {
            take_answer(l, true);
        } else if (l->state == LANE_CONNECTING || l->state == LANE_SENT) {
            ny_lane_failed(l, event == NY_STREAM_ERROR ? ny_stream_error(s) : "it hung up");
        } else {
            ny_lane_close(l);
        }
        break;
    }
}

static void connect_start(struct lane *l, const struct ny_consumer_row *c)
{
    const struct ny_notify_config *cfg = &l->notify->cfg;
    struct ny_error err = {0};
    ny_rc rc;

    snprintf(l->host, sizeof(l->host), "%.*s", NY_ARG(c->host));
    l->port = c->port;
    l->v3 = c->path.n > 0;
    rc = cfg->tls != NULL
             ? ny_stream_connect_tls(cfg->loop, l->host, l->port, cfg->tls, NULL, &l->stream, &err)
             : ny_stream_connect_tcp(cfg->loop, l->host, l->port, &l->stream, &err);
    if (rc != NY_OK) {
        l->stream = NULL;
        ny_lane_failed(l, err.text);
        return;
    }
    l->state = LANE_CONNECTING;
    l->reader = ny_mllp_reader_create(ANSWER_MAX);
    ny_stream_set_callback(l->stream, on_stream, l);
    ny_timer_start(l->timer, cfg->ack_timeout_us, 0);
}

void ny_lane_send(struct lane *l, const struct ny_consumer_row *c)
{
    if (l->stream != NULL && (l->port != c->port || l->v3 != (c->path.n > 0) ||
                              !ny_str_equals(ny_str_from_c(l->host), c->host))) {
        ny_lane_close(l); /* it moved */
    }
    if (l->stream == NULL) {
        connect_start(l, c);
    } else {
        write_row(l, c);
    }
}
