/* The listeners of the configuration, and the calls that come over HTTP: peer knows HTTP, admin
 * knows the answers. */

#include <stdio.h>

#include "nayose/admin.h"
#include "nayose/hl7v3_schemas.h"
#include "nayose/ihe_v3.h"
#include "nayose/registry_alerts.h"

#include "server_priv.h"

/* ---- calls of the admin interface: peer knows HTTP, admin knows answers ---- */

struct call {
    struct ny_admin_call call;
    struct ny_peer_request *request;
};

static void on_reply(void *ctx, unsigned status, ny_str content_type, ny_str body)
{
    struct call *c = ctx;

    ny_peer_http_reply(c->request, status, content_type, NULL, 0, body);
}

static void on_call(struct server *s, struct ny_peer_request *request, bool is_private)
{
    struct call *c = NY_ARENA_NEW(request->arena, struct call);

    if (c == NULL) {
        ny_peer_http_reply(request, 503, NY_S("text/plain"), NULL, 0, NY_S("out of memory\n"));
        return;
    }
    c->request = request;
    c->call = (struct ny_admin_call){
        .method = request->method,
        .path = request->path,
        .query = request->query,
        .accept = ny_peer_http_header(request, NY_S("Accept")),
        .body = request->body,
        .user = request->user,
        .peer_addr = request->peer_addr,
        .is_private = is_private,
        .arena = request->arena,
        .reply = on_reply,
        .ctx = c,
    };
    ny_admin_handle(s->admin, &c->call);
}

static void on_public_call(struct ny_peer_request *request, void *ctx)
{
    on_call(ctx, request, false);
}

static void on_private_call(struct ny_peer_request *request, void *ctx)
{
    on_call(ctx, request, true);
}

/* ---- listeners ---- */

static bool is_loopback(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0 ||
           strcmp(host, "localhost") == 0;
}

/* A handshake has failed: ITI-19's node authentication failure. */
static void on_refused(const struct ny_stream *stream, void *ctx)
{
    const struct server *s = ctx;
    const char *certificate = ny_stream_peer_certificate(stream);
    static const char kind[] = "sha256:";
    char shown[2 * NY_SHA256_LEN + sizeof(kind)] = "";
    struct ny_alert alert = {.what = NY_S("node authentication"),
                             .outcome = NY_AUDIT_DENIED,
                             .peer = ny_str_from_c(ny_stream_peer(stream)),
                             .why = ny_str_from_c(ny_stream_error(stream))};

    if (certificate[0] != '\0') {
        (void)snprintf(shown, sizeof(shown), "%s%s", kind, certificate);
    }
    alert.certificate = ny_str_from_c(shown);
    ny_registry_alert(s->registry, &alert);
}

static void options_read(struct server *s, const char *name, struct ny_listener_options *o)
{
    const struct ny_conf *c = s->conf;

    *o = (struct ny_listener_options){
        .max_streams = (size_t)ny_conf_int(c, "listener", name, "max_connections"),
        .max_per_peer = (size_t)ny_conf_int(c, "listener", name, "max_per_peer"),
        .idle_us = ny_conf_time_us(c, "listener", name, "idle_timeout"),
        .tls = server_tls_find(s, ny_conf_str(c, "listener", name, "tls")),
        .refused = on_refused,
        .refused_ctx = s,
    };
    if (ny_conf_has(c, "listener", name, "path")) {
        o->path = ny_conf_str(c, "listener", name, "path");
    } else {
        o->host = ny_conf_str(c, "listener", name, "bind");
        o->port = (uint16_t)ny_conf_int(c, "listener", name, "port");
    }
}

static ny_rc mllp_start(struct server *s, const char *name, bool open_access, struct ny_error *err)
{
    struct ny_peer_mllp_config cfg = {
        .loop = s->loop,
        .ihe = s->ihe,
        .budget = s->budget,
        .max_message = (size_t)ny_conf_int(s->conf, "listener", name, "max_message"),
        .in_flight = (size_t)ny_conf_int(s->conf, "listener", name, "in_flight"),
        .partial_us = ny_conf_time_us(s->conf, "listener", name, "partial_timeout"),
        .open_access = open_access,
        .facility = ny_conf_str(s->conf, "listener", name, "facility"),
        .enhanced = strcmp(ny_conf_str(s->conf, "listener", name, "acknowledge"), "enhanced") == 0,
    };
    struct ny_listener_options options;

    if (s->n_mllp == LISTENERS_MAX) {
        return ny_fail(err, NY_ECONFIG, "more than %d MLLP listeners", LISTENERS_MAX);
    }
    options_read(s, name, &options);
    s->mllp[s->n_mllp] = ny_peer_mllp_create(&cfg);
    return ny_peer_mllp_listen(s->mllp[s->n_mllp++], &options, err);
}

static struct ny_peer_http_listener *http_create(struct server *s, const char *name, bool is_admin,
                                                 bool open_access)
{
    struct ny_peer_http_config cfg = {
        .loop = s->loop,
        .budget = s->budget,
        .routes = is_admin ? &s->private_route : s->public_routes,
        .n_routes = is_admin ? 1 : s->n_public_routes,
        .max_body = (size_t)ny_conf_int(s->conf, "listener", name, "max_message"),
        .partial_us = ny_conf_time_us(s->conf, "listener", name, "partial_timeout"),
        .open_access = open_access,
    };

    return ny_peer_http_create(&cfg);
}

static ny_rc http_start(struct server *s, const char *name, bool is_admin, bool open_access,
                        struct ny_error *err)
{
    struct ny_peer_http_listener **l = is_admin ? &s->admin_http : &s->http;
    struct ny_listener_options options;

    options_read(s, name, &options);
    if (is_admin && options.path == NULL) {
        return ny_fail(err, NY_ECONFIG,
                       "[listener %s]: an admin listener needs path, a Unix socket", name);
    }
    if (*l == NULL) {
        *l = http_create(s, name, is_admin, open_access);
    }
    return ny_peer_http_listen(*l, &options, ny_conf_str(s->conf, "listener", name, "facility"),
                               err);
}

/* ---- SOAP ---- */

static ny_rc schemas_load(struct server *s, struct ny_error *err)
{
    const char *dir = ny_conf_str(s->conf, "soap", NULL, "schema_dir");
    bool wanted = strcmp(ny_conf_str(s->conf, "soap", NULL, "validate"), "off") != 0;
    const struct ny_soap_service *services;
    size_t n = ny_ihe_v3_services(&services);

    if (dir[0] == '\0') {
        ny_log(wanted ? NY_LOG_WARN : NY_LOG_INFO, "soap_untyped",
               "hint=\"[soap] schema_dir is not set: the WSDL has no types, messages are not "
               "validated\"");
        return NY_OK;
    }
    return wanted ? ny_schemas_load(dir, services, n, &s->schemas, err) : NY_OK;
}

static void routes_make(struct server *s)
{
    const struct ny_peer_soap_config cfg = {
        .schemas = s->schemas,
        .strict = strcmp(ny_conf_str(s->conf, "soap", NULL, "validate"), "strict") == 0,
        .ihe = s->ihe,
        .schema_dir = ny_conf_str(s->conf, "soap", NULL, "schema_dir"),
        .ignore_security = strcmp(ny_conf_str(s->conf, "soap", NULL, "security"), "ignore") == 0,
    };
    const struct ny_peer_route *services;
    size_t n;

    s->soap = ny_peer_soap_create(&cfg);
    n = ny_peer_soap_routes(s->soap, &services);
    NY_ASSERT(n < PUBLIC_ROUTES_MAX);
    memcpy(s->public_routes, services, n * sizeof(*services));
    s->public_routes[n] = (struct ny_peer_route){NULL, "/", on_public_call, s};
    s->n_public_routes = n + 1;
    s->private_route = (struct ny_peer_route){NULL, "/", on_private_call, s};
}

/* What the WSDL says: [soap] url, else the first http listener with the port that it got. */
static void soap_url_set(struct server *s)
{
    const char *url = ny_conf_str(s->conf, "soap", NULL, "url");
    char made[300];
    const char *name;

    for (size_t i = 0; url[0] == '\0' && (name = ny_conf_named(s->conf, "listener", i)) != NULL;
         i++) {
        if (strcmp(ny_conf_str(s->conf, "listener", name, "type"), "http") == 0 &&
            !ny_conf_has(s->conf, "listener", name, "path")) {
            snprintf(made, sizeof(made), "http%s://%s:%u",
                     ny_conf_has(s->conf, "listener", name, "tls") ? "s" : "",
                     ny_conf_str(s->conf, "listener", name, "bind"), ny_peer_http_port(s->http));
            url = made;
        }
    }
    ny_peer_soap_set_url(s->soap, url);
}

ny_rc server_listen(struct server *s, struct ny_error *err)
{
    bool open_access = ny_conf_bool(s->conf, "access", NULL, "open");
    const char *name;
    ny_rc loaded = schemas_load(s, err);

    if (loaded != NY_OK) {
        return loaded;
    }
    s->budget = ny_peer_budget_create(s->loop, 0);
    routes_make(s);
    for (size_t i = 0; (name = ny_conf_named(s->conf, "listener", i)) != NULL; i++) {
        const char *type = ny_conf_str(s->conf, "listener", name, "type");
        ny_rc rc = strcmp(type, "mllp") == 0
                       ? mllp_start(s, name, open_access, err)
                       : http_start(s, name, strcmp(type, "admin") == 0, open_access, err);

        if (rc != NY_OK) {
            return rc;
        }
        server_tls_tell_weak(s->conf, name);
        if (open_access && !ny_conf_has(s->conf, "listener", name, "path") &&
            !is_loopback(ny_conf_str(s->conf, "listener", name, "bind"))) {
            ny_log(NY_LOG_WARN, "open_access",
                   "listener=%s hint=\"anybody who reaches this address may query\"", name);
        }
    }
    soap_url_set(s);
    return NY_OK;
}
