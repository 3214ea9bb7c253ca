/* HTTP/1.1 sessions: one request at a time per connection, answered at once or later.
 *
 *   stream ─▶ parser ─▶ request ─▶ route ─▶ handler ┄┄▶ reply ─▶ stream ─┬─▶ next request
 *                  └ refused: error, close                               └─▶ close
 *
 * While a request is under way nothing more is parsed; what a client pipelines waits in the
 * stream's bounded input. A session that closes leaves its request as an orphan: the handler still
 * owns it, and its reply goes nowhere. */

#include "nayose/http.h"

#include "peer_priv.h"

enum { LISTENERS_MAX = 8, SPARE_ARENA = 64 * 1024, USER_MAX = 64 };
static const int64_t PARTIAL_DEFAULT_US = 60 * NY_US_PER_SECOND;

struct session;

struct http_request {
    struct ny_peer_request pub;
    struct ny_speaker speaker;
    struct ny_http_request *wire;
    struct session *session; /* NULL: orphan */
    struct ny_loop *loop;
    struct ny_peer_budget *budget;
    struct ny_arena *arena;
    bool replied;
};

struct session {
    struct ny_peer_session base;
    struct ny_peer_http_listener *listener;
    struct ny_http_parser *parser;
    struct ny_arena *arena;       /* of the request being received */
    struct http_request *pending; /* under way, else NULL */
    struct ny_timer *partial;     /* runs while a request is being received */
    const char *facility;         /* of its door */
    char user[USER_MAX];
};

/* One of the doors of a listener. */
struct door {
    struct ny_peer_http_listener *owner;
    struct ny_listener *listener; /* NULL: not listening any more */
    char *facility;               /* owned; "": any */
};

struct ny_peer_http_listener {
    struct ny_peer_http_config cfg;
    struct door doors[LISTENERS_MAX];
    size_t n_doors;
    struct ny_peer_sessions sessions;
};

/* ---- life ---- */

static void session_destroy(struct ny_peer_session *base)
{
    struct session *s = ny_container_of(base, struct session, base);

    ny_http_parser_destroy(s->parser);
    ny_arena_destroy(s->arena);
    ny_free(s);
}

static void on_closed(struct ny_peer_session *base)
{
    struct session *s = ny_container_of(base, struct session, base);

    if (s->pending != NULL) {
        s->pending->session = NULL;
        s->pending = NULL;
    }
    ny_timer_destroy(s->partial);
}

static void request_begin(struct session *s)
{
    s->arena = ny_peer_arena_create(s->listener->cfg.max_body);
    ny_http_parser_begin(s->parser, s->arena);
}

/* ---- replies ---- */

static void request_free(void *ctx)
{
    struct http_request *r = ctx;

    ny_arena_destroy(r->arena); /* r lives in it */
}

ny_str ny_peer_http_header(const struct ny_peer_request *req, ny_str name)
{
    const struct http_request *r = (const struct http_request *)(const void *)req;

    return ny_http_header_get(r->wire, name);
}

static void write_error(struct ny_stream *stream, int status, const char *text, bool keep_alive)
{
    struct ny_arena *a = ny_arena_create(SPARE_ARENA);
    ny_str out;

    if (ny_http_error_write(a, status, text, keep_alive, &out) == NY_OK) {
        ny_stream_write(stream, out);
    }
    ny_arena_destroy(a);
}

/* False: the connection must close. */
static bool write_response(struct session *s, struct http_request *r,
                           const struct ny_http_response *response)
{
    ny_str out;

    if (ny_http_response_write(response, r->arena, &out) != NY_OK) {
        write_error(s->base.stream, 500, "The answer could not be written.", false);
        return false;
    }
    ny_stream_write(s->base.stream, out);
    return response->keep_alive;
}

void ny_peer_http_reply(struct ny_peer_request *req, unsigned status, ny_str content_type,
                        const struct ny_peer_header *headers, size_t n_headers, ny_str body)
{
    struct http_request *r = (struct http_request *)(void *)req;
    struct session *s = r->session;
    struct ny_http_header *copies = NY_ARENA_ARRAY(r->arena, struct ny_http_header, n_headers);
    struct ny_http_response response = {
        .status = (int)status,
        .content_type = content_type,
        .headers = copies,
        .n_headers = copies != NULL ? n_headers : 0,
        .body = body,
        .head_only = ny_str_equals(req->method, NY_S("HEAD")),
    };

    NY_ASSERT(!r->replied);
    r->replied = true;
    ny_peer_budget_give(r->budget);
    ny_loop_defer(r->loop, request_free, r);
    if (s == NULL) {
        return;
    }
    for (size_t i = 0; i < response.n_headers; i++) {
        copies[i] = (struct ny_http_header){headers[i].name, headers[i].value};
    }
    s->pending = NULL;
    s->base.under_way = 0;
    response.keep_alive =
        r->wire->keep_alive && s->base.state == NY_PEER_OPEN && !s->listener->sessions.draining;
    if (!write_response(s, r, &response)) {
        ny_peer_session_close(&s->base);
        return;
    }
    request_begin(s);
    ny_peer_session_answered(&s->base);
}

/* ---- routes ---- */

static bool path_matches(ny_str path, ny_str prefix)
{
    if (!ny_str_starts_with(path, prefix)) {
        return false;
    }
    return path.n == prefix.n || (prefix.n > 0 && prefix.p[prefix.n - 1] == '/') ||
           path.p[prefix.n] == '/';
}

static bool method_matches(ny_str method, const char *wanted)
{
    return wanted == NULL || ny_str_equals(method, ny_str_from_c(wanted)) ||
           (ny_str_equals(method, NY_S("HEAD")) &&
            ny_str_equals(ny_str_from_c(wanted), NY_S("GET")));
}

static void reply_text(struct ny_peer_request *req, unsigned status, ny_str text)
{
    ny_peer_http_reply(req, status, NY_S("text/plain; charset=utf-8"), NULL, 0, text);
}

static void route(const struct ny_peer_http_config *cfg, struct ny_peer_request *req)
{
    bool path_known = false;

    for (size_t i = 0; i < cfg->n_routes; i++) {
        const struct ny_peer_route *row = &cfg->routes[i];

        if (path_matches(req->path, ny_str_from_c(row->path))) {
            path_known = true;
            if (method_matches(req->method, row->method)) {
                row->fn(req, row->ctx);
                return;
            }
        }
    }
    if (path_known) {
        reply_text(req, 405, NY_S("This method is not allowed here.\n"));
    } else {
        reply_text(req, 404, NY_S("There is nothing here.\n"));
    }
}

/* ---- requests ---- */

static void take_request(struct session *s, struct ny_http_request *wire)
{
    const struct ny_peer_http_config *cfg = &s->listener->cfg;
    struct ny_arena *a = s->arena;
    struct http_request *r = NY_ARENA_NEW(a, struct http_request);

    ny_counter_add(NY_C_HTTP_REQUESTS, 1);
    if (r == NULL || ny_http_decode(a, wire->path, false, &r->pub.path) != NY_OK) {
        ny_peer_budget_give(cfg->budget);
        write_error(s->base.stream, 400, "The path cannot be read.", false);
        ny_peer_session_close(&s->base);
        return;
    }
    r->wire = wire;
    r->session = s;
    r->loop = cfg->loop;
    r->budget = cfg->budget;
    r->arena = a;
    r->pub.method = wire->method;
    r->pub.target = wire->target;
    r->pub.query = wire->query;
    r->pub.content_type = ny_http_header_get(wire, NY_S("Content-Type"));
    r->pub.body = wire->body;
    r->pub.peer_addr = ny_arena_str(a, ny_str_from_c(ny_stream_peer(s->base.stream)));
    r->pub.user = ny_arena_str(a, ny_str_from_c(s->user));
    r->pub.may_query = cfg->open_access || ny_stream_is_local(s->base.stream);
    ny_peer_speaker_read(s->base.stream, s->facility, a, &r->speaker);
    r->pub.speaker = &r->speaker;
    r->pub.arena = a;
    s->arena = NULL; /* moved to the request */
    s->pending = r;
    s->base.under_way = 1;
    route(cfg, &r->pub); /* may reply at once; r is freed at the end of the turn */
}

static void request_refused(struct session *s, int status, const char *text)
{
    ny_log(NY_LOG_INFO, "http_refused", "peer=%s status=%d", ny_stream_peer(s->base.stream),
           status);
    write_error(s->base.stream, status, text, false);
    ny_peer_session_close(&s->base);
}

/* Slow senders hold a connection and its memory: RFC 9110 15.5.9. */
static void on_partial(void *ctx)
{
    struct session *s = ctx;

    if (ny_stream_is_paused(s->base.stream)) { /* it is us who do not read */
        ny_timer_start(s->partial, s->listener->cfg.partial_us, 0);
    } else {
        request_refused(s, 408, "The request took too long.");
    }
}

/* True: one request is complete. */
static bool feed(struct session *s, struct ny_http_request **out)
{
    struct ny_http_refusal refusal = {0};
    size_t consumed = 0;
    enum ny_http_step step =
        ny_http_parser_feed(s->parser, ny_stream_input(s->base.stream), &consumed, out, &refusal);

    ny_stream_consume(s->base.stream, consumed);
    if (step == NY_HTTP_BAD) {
        request_refused(s, refusal.status, refusal.text);
        return false;
    }
    if (step == NY_HTTP_CONTINUE) {
        ny_stream_write(s->base.stream, NY_HTTP_100_CONTINUE);
    }
    if (step == NY_HTTP_DONE) {
        ny_timer_stop(s->partial);
    } else if (!ny_timer_is_active(s->partial)) {
        ny_timer_start(s->partial, s->listener->cfg.partial_us, 0);
    }
    return step == NY_HTTP_DONE;
}

static bool take(struct ny_peer_session *base)
{
    struct session *s = ny_container_of(base, struct session, base);
    struct ny_http_request *wire = NULL;

    if (!feed(s, &wire)) {
        return false;
    }
    take_request(s, wire);
    return true;
}

static const struct ny_peer_session_ops session_ops = {
    .take = take,
    .on_closed = on_closed,
    .destroy = session_destroy,
};

/* ---- listener ---- */

struct ny_peer_http_listener *ny_peer_http_create(const struct ny_peer_http_config *cfg)
{
    struct ny_peer_http_listener *l = ny_calloc(1, sizeof(*l));

    l->cfg = *cfg;
    if (l->cfg.max_body == 0) {
        l->cfg.max_body = NY_PEER_MESSAGE_MAX;
    }
    if (l->cfg.partial_us == 0) {
        l->cfg.partial_us = PARTIAL_DEFAULT_US;
    }
    l->sessions.loop = cfg->loop;
    l->sessions.budget = cfg->budget;
    return l;
}

static void session_open(struct ny_peer_http_listener *l, const char *facility,
                         struct ny_stream *stream)
{
    struct session *s = ny_calloc(1, sizeof(*s));

    s->listener = l;
    s->facility = facility;
    s->base.under_way_max = 1;
    s->parser = ny_http_parser_create(l->cfg.max_body);
    s->partial = ny_timer_create(l->cfg.loop, on_partial, s);
    if (ny_stream_peer_user(stream, s->user, sizeof(s->user)) != NY_OK) {
        s->user[0] = '\0';
    }
    request_begin(s);
    ny_peer_session_begin(&s->base, &l->sessions, &session_ops, stream);
}

void ny_peer_http_adopt(struct ny_peer_http_listener *l, struct ny_stream *stream)
{
    session_open(l, "", stream);
}

static void on_accept(struct ny_listener *listener, struct ny_stream *s, void *ctx)
{
    const struct door *d = ctx;

    (void)listener;
    session_open(d->owner, d->facility, s);
}

ny_rc ny_peer_http_listen(struct ny_peer_http_listener *l,
                          const struct ny_listener_options *options, const char *facility,
                          struct ny_error *err)
{
    struct door *d = &l->doors[l->n_doors];
    ny_rc rc;

    if (l->n_doors == LISTENERS_MAX) {
        return ny_fail(err, NY_ELIMIT, "too many HTTP listeners");
    }
    rc = ny_listener_create(l->cfg.loop, options, on_accept, d, &d->listener, err);
    if (rc == NY_OK) {
        d->owner = l;
        d->facility = ny_str_dup(ny_str_from_c(facility));
        l->n_doors++;
    }
    return rc;
}

uint16_t ny_peer_http_port(const struct ny_peer_http_listener *l)
{
    for (size_t i = 0; i < l->n_doors; i++) {
        const struct ny_listener *door = l->doors[i].listener;

        if (door != NULL && ny_listener_port(door) != 0) {
            return ny_listener_port(door);
        }
    }
    return 0;
}

size_t ny_peer_http_sessions(const struct ny_peer_http_listener *l)
{
    return l->sessions.n;
}

static void stop_listening(struct ny_peer_http_listener *l)
{
    for (size_t i = 0; i < l->n_doors; i++) {
        ny_listener_destroy(l->doors[i].listener);
        l->doors[i].listener = NULL;
    }
}

void ny_peer_http_drain(struct ny_peer_http_listener *l)
{
    stop_listening(l);
    ny_peer_sessions_drain(&l->sessions);
}

void ny_peer_http_destroy(struct ny_peer_http_listener *l)
{
    if (l == NULL) {
        return;
    }
    stop_listening(l);
    ny_peer_sessions_close(&l->sessions);
    for (size_t i = 0; i < l->n_doors; i++) {
        ny_free(l->doors[i].facility);
    }
    ny_free(l);
}
