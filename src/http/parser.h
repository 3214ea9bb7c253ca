/* parser: the wire level of HTTP/1.1 behind a facade, so that the library can be replaced.
 * Only parser.c knows which library it is. */
#ifndef NAYOSE_HTTP_PARSER_H
#define NAYOSE_HTTP_PARSER_H

#include "nayose/base.h"

struct http_wire;

/* What is known when the header section has ended. */
struct http_wire_head {
    const char *method; /* static */
    unsigned major, minor;
    bool has_length;
    uint64_t length;
    bool coded; /* Transfer-Encoding is there, whatever it says */
    bool keep_alive;
};

/* Each returns false to stop; the reason is the caller's. Text comes in pieces. */
struct http_wire_events {
    bool (*on_target)(void *ctx, ny_str piece);
    bool (*on_field)(void *ctx, ny_str piece);
    bool (*on_value)(void *ctx, ny_str piece);
    bool (*on_head)(void *ctx, const struct http_wire_head *head);
    bool (*on_body)(void *ctx, ny_str piece);
};

enum http_wire_step { HTTP_WIRE_MORE, HTTP_WIRE_DONE, HTTP_WIRE_STOPPED, HTTP_WIRE_SYNTAX };

struct http_wire *http_wire_create(const struct http_wire_events *events, void *ctx);
void http_wire_destroy(struct http_wire *w);
void http_wire_reset(struct http_wire *w);
/* Stops right behind the request. *out_consumed is meaningful with MORE and DONE. */
enum http_wire_step http_wire_feed(struct http_wire *w, ny_str bytes, size_t *out_consumed);

#endif
