/* Domains and sources. */

#include "admin_priv.h"

/* ---- listing ---- */

void ny_admin_domains_get(struct request *q)
{
    const struct ny_domain *const *domains;
    size_t n = ny_registry_domains(q->registry, &domains);
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        const struct ny_domain *d = domains[i];

        json_array_append_new(
            list,
            json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "namespace", ny_admin_str(d->ns),
                      "oid", ny_admin_str(d->oid), "type", ny_admin_str(d->type), "name",
                      ny_admin_str(d->name), "source_application", ny_admin_str(d->source_app),
                      "source_facility", ny_admin_str(d->source_facility), "listed", d->listed));
    }
    ny_admin_json(q, 200, json_pack("{s:o}", "domains", list));
}

void ny_admin_sources_get(struct request *q)
{
    const struct ny_requester_row *const *sources;
    size_t n = ny_registry_sources(q->registry, &sources);
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        const struct ny_requester_row *s = sources[i];

        json_array_append_new(
            list, json_pack("{s:o, s:o, s:o, s:s, s:b, s:b, s:b, s:b, s:s, s:o, s:o}",
                            "application", ny_admin_str(s->app), "facility",
                            ny_admin_str(s->facility), "charset", ny_admin_str(s->charset),
                            "undecodable", s->undecodable_replace ? "replace" : "refuse",
                            "strict_update", s->strict_update, "accept_test", s->accept_test,
                            "ignore_unknown_authority", s->ignore_unknown_authority, "probation",
                            s->probation, "drift", s->unwatched ? "off" : "on", "alarm",
                            ny_admin_str(ny_registry_source_alarm(q->registry, s)), "habits",
                            ny_admin_str(s->habits)));
    }
    ny_admin_json(q, 200, json_pack("{s:o}", "sources", list));
}

/* ---- reading a body ---- */

static bool is_oid(ny_str s)
{
    bool digit = false;

    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] >= '0' && s.p[i] <= '9') {
            digit = true;
        } else if (s.p[i] != '.' || !digit || i + 1 == s.n) {
            return false;
        } else {
            digit = false;
        }
    }
    return digit && s.n <= 64 && ny_str_find(s, '.') < s.n;
}

/* HL7 separators and control characters would break every message that carries the name. */
static bool is_namespace(ny_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c <= 0x20 || c == '|' || c == '^' || c == '~' || c == '\\' || c == '&' || c == 0x7F) {
            return false;
        }
    }
    return s.n > 0 && s.n <= 20;
}

/* ---- adding a domain ---- */

static void on_added(void *ctx, ny_rc rc, enum ny_domain_add_result result)
{
    struct request *q = ctx;

    if (rc != NY_OK && rc != NY_ECONFLICT) {
        ny_admin_fail_rc(q, rc);
    } else if (result == NY_DOMAIN_CONFLICT) {
        ny_admin_fail(q, 409, "this namespace or OID is known with other values",
                      "see: nayose domain list");
    } else {
        ny_admin_json(q, result == NY_DOMAIN_ADDED ? 201 : 200,
                      json_pack("{s:s}", "result", result == NY_DOMAIN_ADDED ? "added" : "same"));
    }
}

void ny_admin_domains_post(struct request *q)
{
    json_t *o = ny_admin_body_object(q);
    struct ny_domain d = {.kind = NY_DOMAIN_FACILITY, .listed = true, .type = NY_S("ISO")};

    if (o == NULL) {
        return;
    }
    d.ns = ny_admin_text_of(q, o, "namespace");
    d.oid = ny_admin_text_of(q, o, "oid");
    d.name = ny_admin_text_of(q, o, "name");
    d.source_app = ny_admin_text_of(q, o, "source_application");
    d.source_facility = ny_admin_text_of(q, o, "source_facility");
    json_decref(o);
    if (ny_str_is_empty(d.source_facility)) {
        d.source_facility = d.ns; /* any application whose MSH-4 is the namespace */
    }
    if (!is_namespace(d.ns)) {
        ny_admin_fail(q, 400, "the namespace is missing, too long (20) or holds a separator", "");
    } else if (!is_oid(d.oid)) {
        ny_admin_fail(q, 400, "the OID is not digits with dots",
                      "for example 1.2.392.100495.20.3.51.1");
    } else {
        ny_registry_domain_add(q->registry, &d, q->call->user, on_added, q);
    }
}

/* ---- a source's settings ---- */

static void on_set(void *ctx, ny_rc rc)
{
    struct request *q = ctx;

    if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
    } else {
        ny_admin_json(q, 200, json_pack("{s:s}", "result", "changed"));
    }
}

static void take_bool(const json_t *o, const char *key, bool *out)
{
    const json_t *v = json_object_get(o, key);

    if (json_is_boolean(v)) {
        *out = json_is_true(v);
    }
}

static bool charset_is_known(ny_str s)
{
    static const char *const names[] = {"", "UTF-8", "CP932", "SHIFT_JIS", "EUC-JP", "ISO-2022-JP"};

    for (size_t i = 0; i < NY_ARRAY_LEN(names); i++) {
        if (ny_str_equals_nocase(s, ny_str_from_c(names[i]))) {
            return true;
        }
    }
    return false;
}

void ny_admin_sources_post(struct request *q)
{
    json_t *o = ny_admin_body_object(q);
    const struct ny_requester_row *known;
    struct ny_requester_row row;
    ny_str app;
    ny_str facility;
    ny_str undecodable;
    ny_str drift;

    if (o == NULL) {
        return;
    }
    app = ny_admin_text_of(q, o, "application");
    facility = ny_admin_text_of(q, o, "facility");
    known = ny_registry_source(q->registry, app, facility);
    if (known == NULL || !ny_str_equals(known->app, app)) {
        json_decref(o);
        ny_admin_fail(q, 404, "there is no such source", "see: nayose source list");
        return;
    }
    row = *known;
    if (json_object_get(o, "charset") != NULL) {
        row.charset = ny_admin_text_of(q, o, "charset");
    }
    undecodable = ny_admin_text_of(q, o, "undecodable");
    if (!ny_str_is_empty(undecodable)) {
        row.undecodable_replace = ny_str_equals(undecodable, NY_S("replace"));
    }
    drift = ny_admin_text_of(q, o, "drift");
    if (!ny_str_is_empty(drift)) {
        row.unwatched = !ny_str_equals(drift, NY_S("on"));
    }
    take_bool(o, "strict_update", &row.strict_update);
    take_bool(o, "accept_test", &row.accept_test);
    take_bool(o, "ignore_unknown_authority", &row.ignore_unknown_authority);
    take_bool(o, "probation", &row.probation);
    json_decref(o);
    if (!charset_is_known(row.charset)) {
        ny_admin_fail(q, 400, "this character set is not known",
                      "one of UTF-8, CP932, SHIFT_JIS, EUC-JP, ISO-2022-JP, or empty");
        return;
    }
    ny_registry_source_set(q->registry, &row, q->call->user, on_set, q);
}
