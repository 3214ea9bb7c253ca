/* The facade over http-parser 2.9: one request at a time, paused at its last byte.
 *
 * To use llhttp instead, rewrite this file: its callbacks have the same names and meaning. */

#include "parser.h"

#include <http_parser.h>

struct http_wire {
    http_parser parser;
    const struct http_wire_events *events;
    void *ctx;
    bool stopped; /* by an event */
    bool done;
};

static struct http_wire *wire_of(http_parser *p)
{
    return p->data;
}

static int keep_going(struct http_wire *w, bool go)
{
    w->stopped = !go;
    return go ? 0 : -1;
}

static int on_url(http_parser *p, const char *at, size_t n)
{
    return keep_going(wire_of(p), wire_of(p)->events->on_target(wire_of(p)->ctx, ny_str_of(at, n)));
}

static int on_header_field(http_parser *p, const char *at, size_t n)
{
    return keep_going(wire_of(p), wire_of(p)->events->on_field(wire_of(p)->ctx, ny_str_of(at, n)));
}

static int on_header_value(http_parser *p, const char *at, size_t n)
{
    return keep_going(wire_of(p), wire_of(p)->events->on_value(wire_of(p)->ctx, ny_str_of(at, n)));
}

static int on_headers_complete(http_parser *p)
{
    struct http_wire_head head = {
        .method = http_method_str((enum http_method)p->method),
        .major = p->http_major,
        .minor = p->http_minor,
        .has_length = (p->flags & F_CONTENTLENGTH) != 0,
        .length = (p->flags & F_CONTENTLENGTH) != 0 ? p->content_length : 0,
        .coded = (p->flags & F_CHUNKED) != 0 || p->uses_transfer_encoding,
        .keep_alive = http_should_keep_alive(p) != 0,
    };

    return keep_going(wire_of(p), wire_of(p)->events->on_head(wire_of(p)->ctx, &head));
}

static int on_body(http_parser *p, const char *at, size_t n)
{
    return keep_going(wire_of(p), wire_of(p)->events->on_body(wire_of(p)->ctx, ny_str_of(at, n)));
}

static int on_message_complete(http_parser *p)
{
    wire_of(p)->done = true;
    http_parser_pause(p, 1);
    return 0;
}

static const http_parser_settings settings = {
    .on_url = on_url,
    .on_header_field = on_header_field,
    .on_header_value = on_header_value,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

struct http_wire *http_wire_create(const struct http_wire_events *events, void *ctx)
{
    struct http_wire *w = ny_calloc(1, sizeof(*w));

    w->events = events;
    w->ctx = ctx;
    http_wire_reset(w);
    return w;
}

void http_wire_destroy(struct http_wire *w)
{
    ny_free(w);
}

void http_wire_reset(struct http_wire *w)
{
    http_parser_init(&w->parser, HTTP_REQUEST);
    w->parser.data = w;
    w->stopped = false;
    w->done = false;
}

enum http_wire_step http_wire_feed(struct http_wire *w, ny_str bytes, size_t *out_consumed)
{
    if (bytes.n == 0) {
        *out_consumed = 0; /* the library takes this for the end of the stream */
        return HTTP_WIRE_MORE;
    }
    *out_consumed = http_parser_execute(&w->parser, &settings, bytes.p, bytes.n);
    if (w->done) {
        return HTTP_WIRE_DONE;
    }
    if (w->stopped) {
        return HTTP_WIRE_STOPPED;
    }
    return HTTP_PARSER_ERRNO(&w->parser) == HPE_OK ? HTTP_WIRE_MORE : HTTP_WIRE_SYNTAX;
}
