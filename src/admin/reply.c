/* How a request is read and answered. */

#include <stdlib.h>

#include "nayose/http.h"

#include "admin_priv.h"

void ny_admin_text(struct request *q, unsigned status, ny_str content_type, ny_str body)
{
    q->call->reply(q->call->ctx, status, content_type, body);
}

/* The text of a JSON value in the call's arena; p == NULL when it does not fit. */
static ny_str json_text(struct ny_arena *a, json_t *body)
{
    char *text = json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(12));
    ny_str out = text != NULL ? ny_arena_str(a, ny_str_from_c(text)) : NY_STR_NONE;

    free(text);
    json_decref(body);
    return out;
}

static void send_json_text(struct request *q, unsigned status, ny_str text)
{
    if (text.p == NULL) {
        ny_admin_text(q, 500, NY_S("application/json"),
                      NY_S("{\"error\":\"the answer is too large\",\"hint\":\"ask for less\"}"));
        return;
    }
    ny_admin_text(q, status, NY_S("application/json"), text);
}

void ny_admin_json(struct request *q, unsigned status, json_t *body)
{
    send_json_text(q, status, json_text(q->call->arena, body));
}

void ny_admin_fail(struct request *q, unsigned status, const char *error, const char *hint)
{
    ny_admin_json(q, status, json_pack("{s:s, s:s}", "error", error, "hint", hint));
}

void ny_admin_fail_rc(struct request *q, ny_rc rc)
{
    if (rc == NY_EDB || rc == NY_EFENCED || rc == NY_EAGAIN) {
        ny_admin_fail(q, 503, "the database cannot be reached, or another server leads",
                      "try again; see /readyz");
    } else {
        ny_admin_fail(q, 500, ny_rc_text(rc), "see the server's log");
    }
}

bool ny_admin_param(struct request *q, const char *name, ny_str *out)
{
    ny_rc rc = ny_http_query_get(q->call->arena, q->call->query, ny_str_from_c(name), out);

    if (rc == NY_ENOTFOUND) {
        *out = NY_STR_NONE;
        return true;
    }
    if (rc != NY_OK) {
        ny_str text = ny_arena_printf(q->call->arena, "the parameter %s is not readable", name);

        ny_admin_fail(q, 400, text.p != NULL ? text.p : "", "encode it as %XX");
        return false;
    }
    return true;
}

json_t *ny_admin_body_object(struct request *q)
{
    json_error_t err;
    json_t *o = json_loadb(q->call->body.p != NULL ? q->call->body.p : "", q->call->body.n,
                           JSON_REJECT_DUPLICATES, &err);

    if (o == NULL || !json_is_object(o)) {
        json_decref(o);
        ny_admin_fail(q, 400, "the body is not a JSON object", "");
        return NULL;
    }
    return o;
}

ny_str ny_admin_text_of(struct request *q, const json_t *o, const char *key)
{
    const json_t *v = json_object_get(o, key);

    return json_is_string(v) ? ny_arena_str(q->call->arena,
                                            ny_str_of(json_string_value(v), json_string_length(v)))
                             : NY_STR_NONE;
}

void ny_admin_bool_take(const json_t *o, const char *key, bool *out)
{
    const json_t *v = json_object_get(o, key);

    if (json_is_boolean(v)) {
        *out = json_is_true(v);
    }
}

ny_rc ny_admin_identity(const struct request *q, ny_str text, const struct ny_domain **domain,
                        ny_str *id)
{
    ny_str rest = text;
    struct ny_hd hd = {.ns = ny_str_split(&rest, '^')};

    if (ny_str_is_empty(hd.ns) || ny_str_is_empty(rest)) {
        return NY_ESYNTAX;
    }
    if (ny_registry_authority(q->registry, &hd, domain) != NY_AUTHORITY_FOUND) {
        return NY_ENOTFOUND;
    }
    *id = rest;
    return NY_OK;
}

bool ny_admin_param_identity(struct request *q, const char *name, const struct ny_domain **domain,
                             ny_str *id)
{
    struct ny_arena *a = q->call->arena;
    ny_str text;
    ny_rc rc;

    if (!ny_admin_param(q, name, &text)) {
        return false;
    }
    rc = ny_admin_identity(q, text, domain, id);
    if (rc == NY_ESYNTAX) {
        ny_str why = ny_arena_printf(a, "%s is not DOMAIN^ID", name);

        ny_admin_fail(q, 400, why.p != NULL ? why.p : "", "for example F01^0001234");
        return false;
    }
    if (rc != NY_OK) {
        ny_str why = ny_arena_printf(a, "there is no domain of that name in %s", name);

        ny_admin_fail(q, 404, why.p != NULL ? why.p : "", "see: nayose domain list");
        return false;
    }
    return true;
}

bool ny_admin_param_limit(struct request *q, int32_t max, int32_t *out)
{
    uint64_t v = 0;
    ny_str text;

    if (!ny_admin_param(q, "limit", &text)) {
        return false;
    }
    *out = max;
    if (ny_str_is_empty(text)) {
        return true;
    }
    if (ny_str_to_u64(text, 1, (uint64_t)max, &v) != NY_OK) {
        ny_admin_fail(q, 400, "limit is not a number in range", "");
        return false;
    }
    *out = (int32_t)v;
    return true;
}

bool ny_admin_param_i64(struct request *q, const char *name, int64_t *out)
{
    ny_str text;

    *out = 0;
    if (!ny_admin_param(q, name, &text)) {
        return false;
    }
    if (!ny_str_is_empty(text) && ny_str_to_i64(text, 0, INT64_MAX, out) != NY_OK) {
        ny_admin_fail(q, 400, "a position of the list is not a number", "take it from `next`");
        return false;
    }
    return true;
}

bool ny_admin_param_moment(struct request *q, const char *name, int64_t *out)
{
    ny_str text;

    *out = NY_NEVER;
    if (!ny_admin_param(q, name, &text)) {
        return false;
    }
    if (!ny_str_is_empty(text) && ny_timestamp_read(text, out) != NY_OK) {
        ny_admin_fail(q, 400, "the moment is not a time in UTC",
                      "for example 2026-11-25T11:04:05Z");
        return false;
    }
    if (*out != NY_NEVER && *out > ny_clock_now_us()) {
        ny_admin_fail(q, 400, "the moment lies ahead", "leave it out to ask for what is true now");
        return false;
    }
    return true;
}

json_t *ny_admin_str(ny_str s)
{
    json_t *v = json_stringn(s.n > 0 ? s.p : "", s.n);

    return v != NULL ? v : json_string("\xEF\xBF\xBD");
}

static const char *const reasons[] = {"",       "band", "guard", "runner-up",
                                      "groups", "hold", "pins",  "overlay"};

const char *ny_admin_reason(enum ny_review_reason reason)
{
    return reasons[reason];
}

enum ny_review_reason ny_admin_reason_parse(ny_str word)
{
    for (size_t i = 1; i < NY_ARRAY_LEN(reasons); i++) {
        if (ny_str_equals(word, ny_str_from_c(reasons[i]))) {
            return (enum ny_review_reason)i;
        }
    }
    return 0;
}

const char *ny_admin_band(enum ny_band band)
{
    static const char *const words[] = {"none", "parked", "review", "auto"};

    return words[band];
}

json_t *ny_admin_question(const struct ny_comparison *pair)
{
    if (pair->review == 0) {
        return json_null();
    }
    return json_pack("{s:s, s:s}", "state", pair->review == NY_REVIEW_OPEN ? "open" : "parked",
                     "reason", ny_admin_reason(pair->reason));
}

/* ---- audited answers ---- */

struct audited {
    struct request *q;
    struct ny_note note;
    void (*fn)(void *ctx);
    void *ctx;
};

static void on_noted(void *ctx, ny_rc rc, ny_str answer)
{
    struct audited *x = ctx;

    (void)answer;
    if (rc != NY_OK) {
        ny_admin_fail_rc(x->q, rc);
        return;
    }
    x->fn(x->ctx);
}

void ny_admin_audit(struct request *q, const struct access *what, void (*fn)(void *ctx), void *ctx)
{
    struct audited *x = NY_ARENA_NEW(q->call->arena, struct audited);
    struct ny_reply reply = {.done = on_noted, .ctx = x};

    if (x == NULL) {
        ny_admin_fail_rc(q, NY_ELIMIT);
        return;
    }
    *x = (struct audited){
        .q = q,
        .fn = fn,
        .ctx = ctx,
        .note = {.request = {.transaction = q->call->path,
                             .user = q->call->user,
                             .peer_addr = q->call->peer_addr,
                             .action = NY_S("R"),
                             .received_us = ny_clock_now_us()},
                 .kind = NY_S("admin"),
                 .patient_domain = what->domain,
                 .patient_id = what->id,
                 .person = what->person,
                 .query_payload = q->call->query,
                 .hits = what->hits,
                 .decision = ny_str_from_c(what->decision)},
    };
    ny_registry_note(q->registry, &x->note, &reply);
}

/* An answer that waits for its audit row. */
struct answer {
    struct request *q;
    ny_str text;
};

static void answer_send(void *ctx)
{
    const struct answer *x = ctx;

    send_json_text(x->q, 200, x->text);
}

void ny_admin_json_audited(struct request *q, const struct access *what, json_t *body)
{
    struct answer *x = NY_ARENA_NEW(q->call->arena, struct answer);
    ny_str text = json_text(q->call->arena, body);

    if (x == NULL || text.p == NULL) {
        ny_admin_fail_rc(q, NY_ELIMIT);
        return;
    }
    *x = (struct answer){q, text};
    ny_admin_audit(q, what, answer_send, x);
}

void ny_admin_page(struct request *q, const char *name, json_t *list, json_t *next)
{
    const struct access what = {.hits = (int32_t)json_array_size(list), .decision = name};

    ny_admin_json_audited(
        q, &what, json_pack("{s:o, s:o}", name, list, "next", next != NULL ? next : json_null()));
}

json_t *ny_admin_time(int64_t us)
{
    char text[NY_TIMESTAMP_LEN];

    if (us == 0) {
        return json_null();
    }
    ny_timestamp_write(us, text);
    return json_string(text);
}

void ny_admin_changed(void *ctx, ny_rc rc)
{
    struct request *q = ctx;

    if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
    } else {
        ny_admin_json(q, 200, json_pack("{s:s}", "result", "changed"));
    }
}
