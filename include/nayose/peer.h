/* peer: conversations. MLLP sessions (frame in, acknowledgement out, in order) and HTTP/1.1
 * sessions with a table of routes, over TCP and Unix sockets. Knows no transaction: ihe answers,
 * the owner of the routes answers. Sections: budget · mllp · http · soap. All calls run on the loop
 * thread. */
#ifndef NAYOSE_PEER_H
#define NAYOSE_PEER_H

#include "nayose/base.h"
#include "nayose/net.h"

struct ny_ihe;
struct ny_schemas;
struct ny_speaker; /* registry_speaker.h */

/* ---- budget: messages in flight in all listeners together ----
 *
 * Above the limit sessions stop reading (nothing is dropped), below half of it they go on in the
 * order in which they had to stop. */

struct ny_peer_budget;

/* max: messages in flight; 0 = 4096. Owned. */
struct ny_peer_budget *ny_peer_budget_create(struct ny_loop *loop, size_t max);
/* Nothing may be in flight and no session may be left. NULL allowed. */
void ny_peer_budget_destroy(struct ny_peer_budget *b);
size_t ny_peer_budget_used(const struct ny_peer_budget *b);

/* ---- mllp ---- */

struct ny_peer_mllp_config {
    struct ny_loop *loop;
    struct ny_ihe *ihe;            /* borrowed */
    struct ny_peer_budget *budget; /* borrowed */
    size_t max_message;            /* bytes of one message; 0 = 4 MiB */
    size_t in_flight;              /* messages under way per connection; 0 = 1 */
    unsigned rubbish_max;          /* unanswerable frames until the connection is closed; 0 = 3 */
    int64_t partial_us;            /* most time between 0x0B and the end of its frame; 0 = 60 s */
    bool open_access;              /* [access] open: any address may query, else only this host */
    const char *facility;          /* copied; the only MSH-4 that is heard; NULL or "": any */
    bool enhanced;                 /* MSH-15 and MSH-16 say what is acknowledged and when */
};

struct ny_peer_mllp_listener;

/* Sessions without a port yet; streams come by _listen or _adopt. Owned. */
struct ny_peer_mllp_listener *ny_peer_mllp_create(const struct ny_peer_mllp_config *cfg);
/* Opens the port; may be called once. Idle time and most connections stand in options. */
NY_MUST_USE ny_rc ny_peer_mllp_listen(struct ny_peer_mllp_listener *l,
                                      const struct ny_listener_options *options,
                                      struct ny_error *err);
/* Takes a stream over (owned from here on). */
void ny_peer_mllp_adopt(struct ny_peer_mllp_listener *l, struct ny_stream *s);
uint16_t ny_peer_mllp_port(const struct ny_peer_mllp_listener *l); /* 0: not listening */
size_t ny_peer_mllp_sessions(const struct ny_peer_mllp_listener *l);
/* Orderly stop: no new connections, no new messages; each connection closes when its answers have
 * left. */
void ny_peer_mllp_drain(struct ny_peer_mllp_listener *l);
/* Closes everything now. Messages still under way are answered to nobody and free themselves; the
 * budget must live until then. NULL allowed. */
void ny_peer_mllp_destroy(struct ny_peer_mllp_listener *l);

/* ---- http ---- */

/* One request under way. Valid until it was replied to, which happens exactly once; all slices
 * borrowed until then. */
struct ny_peer_request {
    ny_str method; /* "GET" */
    ny_str target; /* as received */
    ny_str path;   /* before '?', percent-encoding removed */
    ny_str query;  /* behind '?', as received */
    ny_str content_type;
    ny_str body;
    ny_str peer_addr;
    ny_str user;    /* of a Unix socket's peer; empty elsewhere */
    bool may_query; /* from this host, or access is open */
    const struct ny_speaker *speaker;
    struct ny_arena *arena; /* of the request: for the handler's own use */
};

typedef void (*ny_peer_handler_fn)(struct ny_peer_request *req, void *ctx);

/* First row whose method equals (or is NULL) and whose path is the start of the request's: the
 * whole path, or followed by '/', or itself ending in '/'. A path that only stands under other
 * methods gives 405, none 404. */
struct ny_peer_route {
    const char *method; /* "GET", "POST"; NULL any */
    const char *path;   /* "/feed" */
    ny_peer_handler_fn fn;
    void *ctx;
};

struct ny_peer_http_config {
    struct ny_loop *loop;
    struct ny_peer_budget *budget;
    const struct ny_peer_route *routes; /* borrowed */
    size_t n_routes;
    size_t max_body;    /* bytes; 0 = 4 MiB */
    int64_t partial_us; /* most time between a request's first byte and its last; 0 = 60 s */
    bool open_access;
};

struct ny_peer_http_listener;

struct ny_peer_http_listener *ny_peer_http_create(const struct ny_peer_http_config *cfg);
/* Opens a port or a Unix socket; up to 8 of them for one listener. facility: the only one that is
 * heard there, "" any; copied. */
NY_MUST_USE ny_rc ny_peer_http_listen(struct ny_peer_http_listener *l,
                                      const struct ny_listener_options *options,
                                      const char *facility, struct ny_error *err);
void ny_peer_http_adopt(struct ny_peer_http_listener *l, struct ny_stream *s);
/* The port of the first TCP listener; 0 when there is none. */
uint16_t ny_peer_http_port(const struct ny_peer_http_listener *l);
size_t ny_peer_http_sessions(const struct ny_peer_http_listener *l);
void ny_peer_http_drain(struct ny_peer_http_listener *l);
void ny_peer_http_destroy(
    struct ny_peer_http_listener *l); /* NULL allowed; as ny_peer_mllp_destroy */

/* A request's header by its name (case does not count), empty when absent. */
ny_str ny_peer_http_header(const struct ny_peer_request *req, ny_str name);

struct ny_peer_header {
    ny_str name, value;
};

/* Sends the answer; the request is gone afterwards. From inside the handler or from any callback
 * later. Content-Length and Connection are set here. headers may be NULL. */
void ny_peer_http_reply(struct ny_peer_request *req, unsigned status, ny_str content_type,
                        const struct ny_peer_header *headers, size_t n_headers, ny_str body);

/* ---- soap: the services of ihe as routes ----
 *
 * POST answers a message; GET ?wsdl tells the service, with types when the operator has the schemas
 * and without (?wsdl=raw, or no schemas); GET PATH/schemas/… gives them. */

struct ny_peer_soap;

struct ny_peer_soap_config {
    struct ny_ihe *ihe;     /* borrowed */
    const char *schema_dir; /* holds coreschemas/ and multicacheschemas/; "": none; borrowed */
    bool ignore_security;   /* a wsse:Security that must be understood is passed over */
    const struct ny_schemas *schemas; /* messages are checked by them; NULL: not; borrowed */
    bool strict;                      /* what is not valid is refused; else told in the log */
};

struct ny_peer_soap *ny_peer_soap_create(const struct ny_peer_soap_config *cfg); /* owned */
void ny_peer_soap_destroy(struct ny_peer_soap *soap);                            /* NULL allowed */
/* Where clients reach us, as the WSDL tells them: "https://host:8443". Copied. */
void ny_peer_soap_set_url(struct ny_peer_soap *soap, const char *url);
/* A row for each service. Borrowed from soap. */
size_t ny_peer_soap_routes(const struct ny_peer_soap *soap, const struct ny_peer_route **out);

#endif
