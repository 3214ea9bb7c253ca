/* A request put together from the wire's pieces, with every limit checked before memory is taken.
 *
 *   target ─▶ (field, value)* ─▶ head: version, Host, length, codings, Expect ─▶ body ─▶ done
 *                                                                                 │
 *                                  of known length: one piece of memory ──────────┤
 *                                  in chunks: grows, at most twice its size ──────┘
 *
 * A refusal is decided at the earliest byte that shows it, and sticks. What follows the last chunk
 * (trailers) counts as header bytes and is dropped.
 * Spec: RFC 9112 (syntax, chunks), RFC 9110 (Expect, Content-Length, Content-Encoding, Host). */

#include "http_priv.h"
#include "parser.h"

enum { CHUNKED_FIRST = 4096 };

struct ny_http_parser {
    struct http_wire *wire;
    size_t body_max;
    struct ny_arena *arena; /* borrowed; NULL before begin and after the end of a request */
    struct ny_http_request *req;
    struct ny_buf target, field, value;
    size_t header_bytes;
    bool in_value;   /* the last piece was of a value */
    char *body;      /* [body_cap + 1] */
    size_t body_cap; /* of a known length: that length */
    bool chunked;
    bool head_done;
    bool wants_continue; /* told once */
    struct ny_http_refusal refusal;
};

static bool refuse(struct ny_http_parser *p, int status, const char *text)
{
    p->refusal = (struct ny_http_refusal){status, text};
    return false;
}

static bool refuse_memory(struct ny_http_parser *p)
{
    return refuse(p, 413, "The request is too large.");
}

/* ---- pieces ---- */

static bool on_target(void *ctx, ny_str piece)
{
    struct ny_http_parser *p = ctx;

    if (p->target.n + piece.n > NY_HTTP_LINE_MAX) {
        return refuse(p, 414, "The request target is too long.");
    }
    ny_buf_add(&p->target, piece);
    return !p->target.failed || refuse_memory(p);
}

static bool count_header_bytes(struct ny_http_parser *p, size_t n)
{
    p->header_bytes += n;
    return p->header_bytes <= NY_HTTP_HEADER_BYTES ||
           refuse(p, 431, "The header section is too large.");
}

/* The field and value collected so far become a header. */
static bool header_end(struct ny_http_parser *p)
{
    struct ny_http_request *req = p->req;

    if (p->field.n == 0) {
        return true;
    }
    if (req->n_headers == NY_HTTP_HEADERS_MAX) {
        return refuse(p, 431, "There are too many header fields.");
    }
    if (p->field.failed || p->value.failed) {
        return refuse_memory(p);
    }
    /* Debian's http-parser is lenient here, and "Content-Length : 5" is a way to smuggle. */
    if (!ny_http_is_token(ny_buf_str(&p->field))) {
        return refuse(p, 400, "A header's name is malformed.");
    }
    req->headers[req->n_headers++] =
        (struct ny_http_header){ny_buf_str(&p->field), ny_str_trim(ny_buf_str(&p->value))};
    ny_buf_init(&p->field, p->arena);
    ny_buf_init(&p->value, p->arena);
    p->in_value = false;
    return true;
}

static bool on_field(void *ctx, ny_str piece)
{
    struct ny_http_parser *p = ctx;

    if (p->in_value && !header_end(p)) {
        return false;
    }
    if (!count_header_bytes(p, piece.n)) {
        return false;
    }
    if (!p->head_done) { /* else a trailer */
        ny_buf_add(&p->field, piece);
    }
    return true;
}

static bool on_value(void *ctx, ny_str piece)
{
    struct ny_http_parser *p = ctx;

    if (!count_header_bytes(p, piece.n)) {
        return false;
    }
    if (!p->head_done) {
        p->in_value = true;
        ny_buf_add(&p->value, piece);
    }
    return true;
}

/* ---- the head ---- */

/* origin-form, absolute-form ("http://host/path") or "*": RFC 9112 3.2. */
static bool target_split(struct ny_http_parser *p)
{
    struct ny_http_request *req = p->req;
    ny_str rest = req->target;
    size_t at;

    if (ny_str_starts_with(rest, NY_S("http://")) || ny_str_starts_with(rest, NY_S("https://"))) {
        rest = ny_str_sub(rest, ny_str_find(rest, ':') + 3, rest.n);
        at = ny_str_find(rest, '/');
        rest = at < rest.n ? ny_str_sub(rest, at, rest.n) : NY_S("/");
    }
    if (ny_str_find(rest, '#') < rest.n) {
        return refuse(p, 400, "The request target has a fragment.");
    }
    at = ny_str_find(rest, '?');
    req->path = ny_str_sub(rest, 0, at);
    req->query = at < rest.n ? ny_str_sub(rest, at + 1, rest.n) : NY_STR_NONE;
    if (ny_str_equals(rest, NY_S("*")) && ny_str_equals(req->method, NY_S("OPTIONS"))) {
        return true;
    }
    return ny_str_starts_with(req->path, NY_S("/")) ||
           refuse(p, 400, "The request target is not a path.");
}

static size_t header_count(const struct ny_http_request *req, ny_str name)
{
    size_t n = 0;

    for (size_t i = 0; i < req->n_headers; i++) {
        n += ny_str_equals_nocase(req->headers[i].name, name);
    }
    return n;
}

/* "chunked" alone is read: a coding before it would be a body that we cannot read, and two headers
 * are a way to smuggle. */
static bool coding_check(struct ny_http_parser *p, const struct http_wire_head *head)
{
    const struct ny_http_request *req = p->req;

    if (head->coded) {
        p->chunked = head->minor == 1 && header_count(req, NY_S("Transfer-Encoding")) == 1 &&
                     ny_str_equals_nocase(ny_http_header_get(req, NY_S("Transfer-Encoding")),
                                          NY_S("chunked"));
        if (!p->chunked) {
            return refuse(p, 501, "Of transfer codings only chunked is known, in HTTP/1.1.");
        }
    }
    for (size_t i = 0; i < req->n_headers; i++) {
        if (ny_str_equals_nocase(req->headers[i].name, NY_S("Content-Encoding")) &&
            !ny_str_equals_nocase(req->headers[i].value, NY_S("identity"))) {
            return refuse(p, 415,
                          "Send the body as it is, without Content-Encoding (such as gzip).");
        }
    }
    return true;
}

static bool head_check(struct ny_http_parser *p, const struct http_wire_head *head)
{
    static const char *const needs_length[] = {"POST", "PUT", "PATCH"};
    const struct ny_http_request *req = p->req;
    size_t hosts = header_count(req, NY_S("Host"));

    if (head->major != 1 || head->minor > 1) {
        return refuse(p, 505, "Only HTTP/1.0 and HTTP/1.1 are spoken here.");
    }
    if (ny_str_equals(req->method, NY_S("CONNECT"))) {
        return refuse(p, 501, "CONNECT is not supported.");
    }
    if (hosts > 1 || (hosts == 0 && head->minor == 1)) {
        return refuse(p, 400, "There must be one Host header.");
    }
    if (!coding_check(p, head)) {
        return false;
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(needs_length); i++) {
        if (!head->has_length && !p->chunked &&
            ny_str_equals(req->method, ny_str_from_c(needs_length[i]))) {
            return refuse(p, 411, "Content-Length or chunks are required.");
        }
    }
    if (head->length > p->body_max) {
        return refuse(p, 413, "The body is too large.");
    }
    return true;
}

static bool expect_check(struct ny_http_parser *p, const struct http_wire_head *head)
{
    ny_str expect = ny_http_header_get(p->req, NY_S("Expect"));

    if (expect.p == NULL) {
        return true;
    }
    if (!ny_str_equals_nocase(expect, NY_S("100-continue"))) {
        return refuse(p, 417, "Only the expectation 100-continue is known.");
    }
    p->wants_continue = head->minor == 1 && (head->length > 0 || p->chunked);
    return true;
}

static bool on_head(void *ctx, const struct http_wire_head *head)
{
    struct ny_http_parser *p = ctx;
    struct ny_http_request *req = p->req;

    if (!header_end(p)) {
        return false;
    }
    req->method = ny_str_from_c(head->method);
    req->target = ny_buf_str(&p->target);
    req->minor = (uint8_t)head->minor;
    req->keep_alive = head->keep_alive;
    if (!head_check(p, head) || !expect_check(p, head) || !target_split(p)) {
        return false;
    }
    p->body_cap = p->chunked ? CHUNKED_FIRST : (size_t)head->length;
    p->body = ny_arena_alloc(p->arena, p->body_cap + 1);
    if (p->body == NULL) {
        return refuse_memory(p);
    }
    req->body = ny_str_of(p->body, 0);
    p->head_done = true;
    return true;
}

/* Room for n more bytes of a body whose length nobody told. */
static bool body_grow(struct ny_http_parser *p, size_t n)
{
    size_t have = p->req->body.n;
    size_t cap = p->body_cap;
    char *grown;

    if (n > p->body_max - have) {
        return refuse(p, 413, "The body is too large.");
    }
    while (cap - have < n) {
        cap *= 2;
    }
    if (cap > p->body_max) {
        cap = p->body_max;
    }
    grown = ny_arena_alloc(p->arena, cap + 1);
    if (grown == NULL) {
        return refuse_memory(p);
    }
    memcpy(grown, p->body, have);
    p->body = grown;
    p->body_cap = cap;
    p->req->body.p = grown;
    return true;
}

static bool on_body(void *ctx, ny_str piece)
{
    struct ny_http_parser *p = ctx;

    if (piece.n > p->body_cap - p->req->body.n) {
        NY_ASSERT(p->chunked);
        if (!body_grow(p, piece.n)) {
            return false;
        }
    }
    memcpy(p->body + p->req->body.n, piece.p, piece.n);
    p->req->body.n += piece.n;
    return true;
}

static const struct http_wire_events events = {on_target, on_field, on_value, on_head, on_body};

/* ---- the parser ---- */

struct ny_http_parser *ny_http_parser_create(size_t body_max)
{
    struct ny_http_parser *p = ny_calloc(1, sizeof(*p));

    p->body_max = body_max;
    p->wire = http_wire_create(&events, p);
    return p;
}

void ny_http_parser_destroy(struct ny_http_parser *p)
{
    if (p != NULL) {
        http_wire_destroy(p->wire);
        ny_free(p);
    }
}

void ny_http_parser_begin(struct ny_http_parser *p, struct ny_arena *a)
{
    struct http_wire *wire = p->wire;
    size_t body_max = p->body_max;

    *p = (struct ny_http_parser){.wire = wire, .body_max = body_max, .arena = a};
    http_wire_reset(wire);
    ny_buf_init(&p->target, a);
    ny_buf_init(&p->field, a);
    ny_buf_init(&p->value, a);
    p->req = NY_ARENA_NEW(a, struct ny_http_request);
    if (p->req != NULL) {
        p->req->headers = NY_ARENA_ARRAY(a, struct ny_http_header, NY_HTTP_HEADERS_MAX);
    }
    if (p->req == NULL || p->req->headers == NULL) {
        (void)refuse_memory(p);
    }
}

static enum ny_http_step finish(struct ny_http_parser *p, struct ny_http_request **out)
{
    p->body[p->req->body.n] = '\0';
    *out = p->req;
    p->arena = NULL; /* the next request needs a begin */
    return NY_HTTP_DONE;
}

enum ny_http_step ny_http_parser_feed(struct ny_http_parser *p, ny_str bytes, size_t *out_consumed,
                                      struct ny_http_request **out, struct ny_http_refusal *refusal)
{
    enum http_wire_step step;

    *out_consumed = 0;
    NY_ASSERT(p->arena != NULL);
    if (p->refusal.status == 0) {
        step = http_wire_feed(p->wire, bytes, out_consumed);
        if (step == HTTP_WIRE_DONE) {
            return finish(p, out);
        }
        if (step == HTTP_WIRE_MORE) {
            /* Pointless once the body has begun to come. */
            bool ask = p->wants_continue && p->head_done && p->req->body.n == 0;

            p->wants_continue = p->wants_continue && !p->head_done;
            return ask ? NY_HTTP_CONTINUE : NY_HTTP_MORE;
        }
        if (step == HTTP_WIRE_SYNTAX) {
            (void)refuse(p, 400, "The request is malformed.");
        }
    }
    NY_ASSERT(p->refusal.status != 0);
    *refusal = p->refusal;
    return NY_HTTP_BAD;
}

ny_str ny_http_header_get(const struct ny_http_request *req, ny_str name)
{
    for (size_t i = 0; i < req->n_headers; i++) {
        if (ny_str_equals_nocase(req->headers[i].name, name)) {
            ny_str v = req->headers[i].value;

            return v.p != NULL ? v : NY_S("");
        }
    }
    return NY_STR_NONE;
}
