/* SOAP over HTTP: one route for each service of ihe.
 *
 *   POST ─▶ media type ─▶ envelope ─▶ operation of this path ─▶ action ─▶ ihe ┄┄▶ envelope ─▶ 200
 *             415 + fault └─ 500 + fault ◀──────────────────────┘
 *   GET  ─▶ ?wsdl, schemas/FOLDER/FILE.xsd; else 405
 *
 * Faults have status 500 whoever is to blame: clients of CXF do not read the body of a 400. */

#include <stdio.h>
#include <sys/random.h>

#include "nayose/hl7v3_schemas.h"
#include "nayose/ihe_v3.h"

#include "peer_priv.h"

enum { SERVICES_MAX = 8, URL_MAX = 512, PATH_LEN_MAX = 1200, SCHEMA_MAX = 4 * 1024 * 1024 };

#define XML_TYPE NY_S("text/xml; charset=utf-8")
#define SOAP_TYPE NY_S("application/soap+xml; charset=utf-8")

struct service {
    struct ny_peer_soap *soap;
    const struct ny_soap_service *service;
};

struct ny_peer_soap {
    struct ny_peer_soap_config cfg;
    char url[URL_MAX];
    struct service services[SERVICES_MAX];
    struct ny_peer_route routes[SERVICES_MAX];
    size_t n;
};

/* One message under way; lives in the arena of its request. */
struct call {
    struct ny_peer_request *req;
    struct ny_soap_message message;
    struct ny_ihe_v3 x;
};

/* ---- answers ---- */

/* "urn:uuid:…", version 4. */
static ny_str message_id(struct ny_arena *a)
{
    unsigned char b[16] = {0};
    char hex[2 * sizeof(b) + 1];

    if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b)) {
        ny_log(NY_LOG_WARN, "no_random", "hint=\"a message id repeats\"");
    }
    b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
    ny_hex(b, sizeof(b), hex);
    return ny_arena_printf(a, "urn:uuid:%.8s-%.4s-%.4s-%.4s-%s", hex, hex + 8, hex + 12, hex + 16,
                           hex + 20);
}

static void reply_fault(struct call *c, unsigned status, enum ny_soap_fault fault)
{
    struct ny_arena *a = c->req->arena;
    ny_str body = NY_STR_NONE;

    ny_counter_add(NY_C_SOAP_FAULTS, 1);
    ny_log(NY_LOG_INFO, "soap_refused", "peer=%s fault=%s", ny_log_safe(c->req->peer_addr),
           ny_soap_fault_name(fault));
    if (ny_soap_fault_write(a, &c->message, fault, message_id(a), &body) != NY_OK) {
        status = 503;
    }
    ny_peer_http_reply(c->req, status, c->message.soap11 ? XML_TYPE : SOAP_TYPE, NULL, 0, body);
}

static void on_answer(void *ctx, ny_str xml)
{
    struct call *c = ctx;
    struct ny_arena *a = c->req->arena;
    ny_str body = NY_STR_NONE;

    if (xml.n == 0 ||
        ny_soap_answer_write(a, &c->message, ny_str_from_c(c->x.operation->answer_action),
                             message_id(a), xml, &body) != NY_OK) {
        reply_fault(c, 500, NY_SOAP_INTERNAL);
    } else if (c->message.no_reply) {
        ny_peer_http_reply(c->req, 202, NY_STR_NONE, NULL, 0, NY_STR_NONE);
    } else {
        ny_peer_http_reply(c->req, 200, SOAP_TYPE, NULL, 0, body);
    }
}

/* ---- a message ---- */

/* The value of a parameter of a media type, without quotes; empty: none. */
static ny_str parameter(ny_str media, const char *name)
{
    ny_str part = ny_str_split(&media, ';');

    while (media.p != NULL) {
        ny_str value;

        part = ny_str_split(&media, ';');
        value = part;
        if (ny_str_equals_nocase(ny_str_trim(ny_str_split(&value, '=')), ny_str_from_c(name))) {
            value = ny_str_trim(value);
            return value.n >= 2 && value.p[0] == '"' ? ny_str_sub(value, 1, value.n - 2) : value;
        }
    }
    return NY_STR_NONE;
}

static enum ny_soap_fault media_check(ny_str content_type)
{
    static const struct {
        const char *type;
        enum ny_soap_fault fault;
    } types[] = {
        {"application/soap+xml", NY_SOAP_FINE       },
        {"application/xml",      NY_SOAP_FINE       }, /* of senders that do not know better */
        {"text/xml",             NY_SOAP_FINE       }, /* as SOAP 1.1, which is then told so */
        {"multipart/related",    NY_SOAP_ATTACHMENTS},
        {"application/xop+xml",  NY_SOAP_ATTACHMENTS},
    };
    ny_str type = ny_str_trim(ny_str_split(&content_type, ';'));

    for (size_t i = 0; i < NY_ARRAY_LEN(types); i++) {
        if (ny_str_equals_nocase(type, ny_str_from_c(types[i].type))) {
            return types[i].fault;
        }
    }
    return NY_SOAP_MEDIA_TYPE;
}

/* The operation of the message; its action, when it has one, must be that operation's. */
static enum ny_soap_fault operation_find(const struct ny_soap_service *s,
                                         const struct ny_soap_message *m,
                                         const struct ny_soap_operation **out)
{
    bool action_known = !m->addressed;

    *out = NULL;
    for (size_t i = 0; i < s->n_operations; i++) {
        const struct ny_soap_operation *o = &s->operations[i];

        action_known = action_known || ny_str_equals(m->action, ny_str_from_c(o->action));
        if (ny_xml_is(m->payload, NY_HL7V3_NS, o->request)) {
            *out = o;
        }
    }
    if (*out == NULL) {
        return NY_SOAP_NO_OPERATION;
    }
    if (!action_known) {
        return NY_SOAP_ACTION;
    }
    return !m->addressed || ny_str_equals(m->action, ny_str_from_c((*out)->action))
               ? NY_SOAP_FINE
               : NY_SOAP_ACTION_OTHER;
}

/* True: the schemas do not allow it. What they found may quote the patient and is not told. */
static bool is_invalid(const struct ny_peer_soap_config *cfg, const struct call *c)
{
    size_t errors = 0;
    int code = 0;
    ny_rc rc;

    if (cfg->schemas == NULL) {
        return false;
    }
    rc = ny_schemas_check(cfg->schemas, c->message.payload, &errors, &code);
    if (rc != NY_OK || errors > 0) {
        ny_counter_add(NY_C_SOAP_INVALID, 1);
        ny_log(NY_LOG_INFO, "soap_invalid", "peer=%s message=%s errors=%zu first=%d",
               ny_log_safe(c->req->peer_addr), c->x.operation->request, errors, code);
    }
    return rc != NY_OK || errors > 0;
}

/* No message of ours came: nobody else will tell the audit of it. */
static void refuse(struct ny_ihe *ihe, struct call *c, unsigned status, enum ny_soap_fault fault)
{
    ny_ihe_unreadable(ihe, c->req->peer_addr, c->req->speaker, ny_soap_fault_name(fault));
    reply_fault(c, status, fault);
}

static void post(const struct service *s, struct call *c)
{
    const struct ny_peer_soap_config *cfg = &s->soap->cfg;
    struct ny_peer_request *req = c->req;
    enum ny_soap_fault fault = media_check(req->content_type);

    if (fault != NY_SOAP_FINE) {
        refuse(cfg->ihe, c, 415, fault);
        return;
    }
    fault = ny_soap_read(req->arena, req->body, parameter(req->content_type, "charset"),
                         cfg->ignore_security, &c->message);
    c->x = (struct ny_ihe_v3){
        .arena = req->arena,
        .message = c->message.payload,
        .in = req->body,
        .peer_addr = req->peer_addr,
        .may_query = req->may_query,
        .speaker = *req->speaker,
        .answer = on_answer,
        .ctx = c,
    };
    if (fault == NY_SOAP_FINE) {
        fault = operation_find(s->service, &c->message, &c->x.operation);
    }
    if (fault != NY_SOAP_FINE) {
        refuse(cfg->ihe, c, 500, fault);
        return;
    }
    c->x.invalid = is_invalid(cfg, c);
    c->x.strict = cfg->strict;
    ny_ihe_v3_receive(cfg->ihe, &c->x);
}

/* ---- WSDL and schemas ---- */

static void reply_text(struct ny_peer_request *req, unsigned status, ny_str text)
{
    const struct ny_peer_header allow = {NY_S("Allow"), NY_S("GET, POST")};

    ny_peer_http_reply(req, status, NY_S("text/plain; charset=utf-8"), &allow,
                       status == 405 ? 1 : 0, text);
}

static void wsdl(const struct service *s, struct ny_peer_request *req, bool typed)
{
    struct ny_arena *a = req->arena;
    ny_str url = ny_str_from_c(s->soap->url);
    ny_str schemas =
        typed ? ny_arena_printf(a, "%s%s/schemas", s->soap->url, s->service->path) : NY_STR_NONE;
    ny_str out = NY_STR_NONE;

    if (ny_soap_wsdl_write(a, s->service, url, schemas, &out) != NY_OK) {
        reply_text(req, 500, NY_S("The WSDL could not be written.\n"));
        return;
    }
    ny_peer_http_reply(req, 200, XML_TYPE, NULL, 0, out);
}

/* "coreschemas/voc.xsd": one of the two folders, and a name that cannot leave it. */
static bool is_schema(ny_str path)
{
    ny_str folder = ny_str_split(&path, '/');

    for (size_t i = 0; i < path.n; i++) {
        char c = path.p[i];
        bool alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');

        if (!alnum && c != '_' && c != '-' && !(c == '.' && i + 4 == path.n)) {
            return false;
        }
    }
    return path.n < 100 && ny_str_ends_with(path, NY_S(".xsd")) &&
           (ny_str_equals(folder, NY_S("coreschemas")) ||
            ny_str_equals(folder, NY_S("multicacheschemas")));
}

static void schema(const struct service *s, struct ny_peer_request *req, ny_str name)
{
    char path[PATH_LEN_MAX];
    char *text = NULL;
    FILE *f = NULL;
    size_t n = 0;

    if (is_schema(name) && s->soap->cfg.schema_dir[0] != '\0') {
        snprintf(path, sizeof(path), "%s/%.*s", s->soap->cfg.schema_dir, NY_ARG(name));
        f = fopen(path, "re");
    }
    text = f != NULL ? ny_arena_alloc(req->arena, SCHEMA_MAX) : NULL;
    if (text != NULL) {
        n = fread(text, 1, SCHEMA_MAX, f);
    }
    if (f != NULL) {
        fclose(f);
    }
    if (n == 0) {
        reply_text(req, 404, NY_S("There is no such schema.\n"));
    } else {
        ny_peer_http_reply(req, 200, XML_TYPE, NULL, 0, ny_str_of(text, n));
    }
}

/* ---- routes ---- */

static void on_request(struct ny_peer_request *req, void *ctx)
{
    const struct service *s = ctx;
    ny_str below = ny_str_sub(req->path, strlen(s->service->path), req->path.n);
    bool get = ny_str_equals(req->method, NY_S("GET"));

    if (get && ny_str_starts_with(below, NY_S("/schemas/"))) {
        schema(s, req, ny_str_sub(below, strlen("/schemas/"), below.n));
    } else if (below.n > 0) {
        reply_text(req, 404, NY_S("There is nothing here.\n"));
    } else if (get && ny_str_equals_nocase(req->query, NY_S("wsdl"))) {
        wsdl(s, req, s->soap->cfg.schema_dir[0] != '\0');
    } else if (get && ny_str_equals_nocase(req->query, NY_S("wsdl=raw"))) {
        wsdl(s, req, false);
    } else if (ny_str_equals(req->method, NY_S("POST"))) {
        struct call *c = NY_ARENA_NEW(req->arena, struct call);

        if (c == NULL) {
            reply_text(req, 503, NY_S("The message is too large to be answered.\n"));
            return;
        }
        c->req = req;
        post(s, c);
    } else {
        reply_text(req, 405, NY_S("Send SOAP messages by POST; ?wsdl describes them.\n"));
    }
}

struct ny_peer_soap *ny_peer_soap_create(const struct ny_peer_soap_config *cfg)
{
    struct ny_peer_soap *soap = ny_calloc(1, sizeof(*soap));
    const struct ny_soap_service *services;

    soap->cfg = *cfg;
    soap->n = ny_ihe_v3_services(&services);
    NY_ASSERT(soap->n <= SERVICES_MAX);
    for (size_t i = 0; i < soap->n; i++) {
        soap->services[i] = (struct service){soap, &services[i]};
        soap->routes[i] =
            (struct ny_peer_route){NULL, services[i].path, on_request, &soap->services[i]};
    }
    return soap;
}

void ny_peer_soap_destroy(struct ny_peer_soap *soap)
{
    ny_free(soap);
}

void ny_peer_soap_set_url(struct ny_peer_soap *soap, const char *url)
{
    snprintf(soap->url, sizeof(soap->url), "%s", url);
}

size_t ny_peer_soap_routes(const struct ny_peer_soap *soap, const struct ny_peer_route **out)
{
    *out = soap->routes;
    return soap->n;
}
