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

static const char *const address_names[] = {
    [NY_ADDRESS_ALL] = "all", [NY_ADDRESS_WHOLE] = "whole", [NY_ADDRESS_PARTS] = "parts"};

static ny_str default_of(const struct request *q, const struct ny_requester_row *s)
{
    return s->default_domain != 0 ? ny_registry_domain(q->registry, s->default_domain)->ns
                                  : NY_STR_NONE;
}

void ny_admin_sources_get(struct request *q)
{
    const struct ny_requester_row *const *sources;
    size_t n = ny_registry_sources(q->registry, &sources);
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        const struct ny_requester_row *s = sources[i];

        if (s->only_asks) {
            continue;
        }
        json_array_append_new(
            list,
            json_pack("{s:o, s:o, s:o, s:s, s:b, s:b, s:b, s:b, s:s, s:o, s:o, s:o, s:i, s:s, s:o, "
                      "s:b, s:b}",
                      "application", ny_admin_str(s->app), "facility", ny_admin_str(s->facility),
                      "charset", ny_admin_str(s->charset), "undecodable",
                      s->undecodable_replace ? "replace" : "refuse", "strict_update",
                      s->strict_update, "accept_test", s->accept_test, "ignore_unknown_authority",
                      s->ignore_unknown_authority, "probation", s->probation, "drift",
                      s->unwatched ? "off" : "on", "alarm",
                      ny_admin_str(ny_registry_source_alarm(q->registry, s)), "habits",
                      ny_admin_str(s->habits), "default_domain", ny_admin_str(default_of(q, s)),
                      "id_width", s->id_width, "address", address_names[s->address], "certificates",
                      ny_admin_certificates(s->certificates), "strict_v3", s->strict_v3,
                      "ignore_tracking", s->ignore_tracking));
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

    if (rc == NY_ECONFLICT) {
        ny_admin_fail(q, 409, "ids that are known would be others with this width",
                      "a width is set before the first record, or where every id has it already");
    } else {
        ny_admin_changed(q, rc);
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

/* The domain of ids without an authority: one that the source may feed. Empty: its only one. */
static bool take_default(struct request *q, const json_t *o, struct ny_requester_row *row)
{
    const struct ny_domain *d = NULL;
    struct ny_hd hd = {.ns = ny_admin_text_of(q, o, "default_domain")};

    if (json_object_get(o, "default_domain") == NULL) {
        return true;
    }
    row->default_domain = 0;
    if (!ny_str_is_empty(hd.ns)) {
        if (ny_registry_authority(q->registry, &hd, &d) != NY_AUTHORITY_FOUND ||
            !ny_registry_may_feed(q->registry, row, d)) {
            return false;
        }
        row->default_domain = d->id;
    }
    return true;
}

static bool take_width(const json_t *o, int *out)
{
    const json_t *v = json_object_get(o, "id_width");

    if (v == NULL) {
        return true;
    }
    if (!json_is_integer(v) || json_integer_value(v) < 0 ||
        json_integer_value(v) > NY_ID_WIDTH_MAX) {
        return false;
    }
    *out = (int)json_integer_value(v);
    return true;
}

static bool take_address(struct request *q, const json_t *o, enum ny_address_fields *out)
{
    ny_str name = ny_admin_text_of(q, o, "address");

    for (size_t i = 0; i < NY_ARRAY_LEN(address_names); i++) {
        if (ny_str_equals(name, ny_str_from_c(address_names[i]))) {
            *out = (enum ny_address_fields)i;
            return true;
        }
    }
    return ny_str_is_empty(name);
}

/* What cannot be set is told in why; NULL: all is taken. */
static const char *take_reading(struct request *q, const json_t *o, struct ny_requester_row *row)
{
    if (!take_default(q, o, row)) {
        return "the default domain is none that this source may feed";
    }
    if (!take_width(o, &row->id_width)) {
        return "the width of ids is a number from 0 to 20";
    }
    if (!take_address(q, o, &row->address)) {
        return "the address is all, whole or parts";
    }
    return ny_admin_certificates_take(q, o, &row->certificates)
               ? NULL
               : "a certificate is " NY_ADMIN_CERTIFICATE_HINT;
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
    const char *wrong;

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
    ny_admin_bool_take(o, "strict_update", &row.strict_update);
    ny_admin_bool_take(o, "accept_test", &row.accept_test);
    ny_admin_bool_take(o, "strict_v3", &row.strict_v3);
    ny_admin_bool_take(o, "ignore_unknown_authority", &row.ignore_unknown_authority);
    ny_admin_bool_take(o, "ignore_tracking", &row.ignore_tracking);
    ny_admin_bool_take(o, "probation", &row.probation);
    wrong = take_reading(q, o, &row);
    json_decref(o);
    if (wrong != NULL) {
        ny_admin_fail(q, 400, wrong, "see: nayose source set --help");
        return;
    }
    if (!charset_is_known(row.charset)) {
        ny_admin_fail(q, 400, "this character set is not known",
                      "one of UTF-8, CP932, SHIFT_JIS, EUC-JP, ISO-2022-JP, or empty");
        return;
    }
    ny_registry_source_set(q->registry, &row, q->call->user, on_set, q);
}
