/* http: HTTP/1.1 as a server sees it: requests parsed from bytes, responses written to bytes.
 * No sockets. Bodies come with their length or in chunks, not compressed; trailers are dropped,
 * upgrades ignored.
 * Sections: request · parser · target · response. */
#ifndef NAYOSE_HTTP_H
#define NAYOSE_HTTP_H

#include "nayose/base.h"

enum {
    NY_HTTP_LINE_MAX = 8192,     /* the request target; more is 414 */
    NY_HTTP_HEADERS_MAX = 64,    /* header fields; more is 431 */
    NY_HTTP_HEADER_BYTES = 32768 /* names and values together; more is 431 */
};

/* ---- request ---- */

struct ny_http_header {
    ny_str name, value;
};

/* Everything lives in the arena given to ny_http_parser_begin(). */
struct ny_http_request {
    ny_str method;                  /* "GET", "POST" … as a known, upper-case method */
    ny_str target;                  /* as received */
    ny_str path;                    /* begins with '/', not decoded; "*" for OPTIONS * */
    ny_str query;                   /* after '?', not decoded; p == NULL without one */
    struct ny_http_header *headers; /* [n_headers] in order, values trimmed */
    size_t n_headers;
    ny_str body;     /* also NUL-terminated */
    bool keep_alive; /* the connection may be used again after the answer */
    uint8_t minor;   /* 0 or 1 of HTTP/1.x */
};

/* The first header of that name (case does not matter); p == NULL when there is none. */
ny_str ny_http_header_get(const struct ny_http_request *req, ny_str name);

/* ---- parser ---- */

struct ny_http_parser;

enum ny_http_step {
    NY_HTTP_MORE,     /* all bytes taken, the request is not complete */
    NY_HTTP_CONTINUE, /* as MORE, and the client waits for "100 Continue" before it sends the body
                       */
    NY_HTTP_DONE,     /* one request is complete; bytes behind it were not taken */
    NY_HTTP_BAD,      /* answer with the error and close; the parser is of no further use */
};

/* Why a request is refused. */
struct ny_http_refusal {
    int status;       /* 400, 411, 413, 414, 415, 417, 431, 501, 505 */
    const char *text; /* one sentence without the client's bytes; static */
};

/* The 25 bytes that answer NY_HTTP_CONTINUE. */
#define NY_HTTP_100_CONTINUE NY_S("HTTP/1.1 100 Continue\r\n\r\n")

/* body_max: most bytes of a body, more is 413. Owned. */
struct ny_http_parser *ny_http_parser_create(size_t body_max);
void ny_http_parser_destroy(struct ny_http_parser *p); /* NULL allowed */
/* Starts a request whose parts will live in a. Must be called before each request. */
void ny_http_parser_begin(struct ny_http_parser *p, struct ny_arena *a);
/* Takes bytes as they come. out_consumed: how many were taken, always set. out: the request, set
 * with DONE. refusal: set with BAD. */
enum ny_http_step ny_http_parser_feed(struct ny_http_parser *p, ny_str bytes, size_t *out_consumed,
                                      struct ny_http_request **out,
                                      struct ny_http_refusal *refusal);

/* ---- target: percent coding (RFC 3986 2.1) and form queries ---- */

/* %XX decoded, '+' as a blank when plus is true. out: arena. NY_ESYNTAX for a broken %XX and for
 * %00, NY_ELIMIT at the arena's cap. */
NY_MUST_USE ny_rc ny_http_decode(struct ny_arena *a, ny_str in, bool plus, ny_str *out);
/* Takes the next key=value of a query off *rest and decodes both ('+' is a blank). NY_ENOTFOUND at
 * the end; else as ny_http_decode(). */
NY_MUST_USE ny_rc ny_http_query_next(struct ny_arena *a, ny_str *rest, ny_str *out_key,
                                     ny_str *out_value);
/* The first value of that key; NY_ENOTFOUND when there is none. */
NY_MUST_USE ny_rc ny_http_query_get(struct ny_arena *a, ny_str query, ny_str key, ny_str *out);

/* ---- response ---- */

struct ny_http_response {
    int status;                           /* a row of the status table */
    ny_str content_type;                  /* empty: no Content-Type */
    const struct ny_http_header *headers; /* [n_headers] more of them */
    size_t n_headers;
    ny_str body;
    bool keep_alive; /* else Connection: close */
    bool head_only;  /* answer to HEAD: length told, body not sent */
};

/* The reason phrase; "Unknown" for a status outside the table. */
const char *ny_http_status_text(int status);
/* Status line, headers and body in one piece. out: arena. NY_ESYNTAX when a header holds a line
 * end or its name is no token, NY_ELIMIT at the arena's cap. */
NY_MUST_USE ny_rc ny_http_response_write(const struct ny_http_response *r, struct ny_arena *a,
                                         ny_str *out);
/* A refusal as text/plain; 4xx and 5xx that end the connection (keep_alive false). */
NY_MUST_USE ny_rc ny_http_error_write(struct ny_arena *a, int status, const char *text,
                                      bool keep_alive, ny_str *out);

#endif
