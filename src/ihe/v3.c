/* HL7 v3: the table of services, the transmission wrapper of a message, and the way of an answer.
 *
 * The wrapper is read leniently (our HL7 v3 rules 5): what is wrong in it and changes nothing is
 * passed over. An answer leaves when its note (audit row) is committed. */

#include "v3_priv.h"

enum { SPARE_ARENA = 256 * 1024, PAYLOAD_MAX = 64 * 1024 };

/* ---- tables ---- */

enum service {
#define NY_SERVICE(id, name, space, path) SERVICE_##id,
#include "tbl/services.def"
#undef NY_SERVICE
    SERVICE_COUNT
};

/* clang-format off */
static const struct ny_soap_operation operations[] = {
#define NY_INTERACTION(service, name, request, answer, action, answer_action, trigger, transaction, fn) \
    {name, request, answer, action, answer_action},
#include "tbl/interactions.def"
#undef NY_INTERACTION
};

static const struct row {
    enum service service;
    struct ihe_interaction kind;
} rows[] = {
#define NY_INTERACTION(service, name, request, answer, action, answer_action, trigger, transaction, fn) \
    {SERVICE_##service, {trigger, transaction, fn}},
#include "tbl/interactions.def"
#undef NY_INTERACTION
};

static const struct ihe_v3_fault_row faults[] = {
    [IHE_V3_FINE] = {"AA", "OK", "", "", ""},
#define NY_V3_FAULT(id, ack, response, code, system, text) \
    [IHE_V3_##id] = {ack, response, code, system, text},
#include "tbl/v3_faults.def"
#undef NY_V3_FAULT
};
/* clang-format on */

const struct ihe_v3_fault_row *ihe_v3_fault_row(enum ihe_v3_fault f)
{
    NY_ASSERT((size_t)f < NY_ARRAY_LEN(faults));
    return &faults[f];
}

/* Rows of one service stand together. */
size_t ny_ihe_v3_services(const struct ny_soap_service **out)
{
    static struct ny_soap_service services[SERVICE_COUNT] = {
#define NY_SERVICE(id, name, space, path) {name, space, path, NULL, 0},
#include "tbl/services.def"
#undef NY_SERVICE
    };

    static bool filled;

    for (size_t i = NY_ARRAY_LEN(rows); !filled && i-- > 0;) {
        struct ny_soap_service *s = &services[rows[i].service];

        s->operations = &operations[i];
        s->n_operations++;
    }
    filled = true;
    *out = services;
    return SERVICE_COUNT;
}

/* ---- refusals and answers ---- */

bool ihe_v3_refuse(struct ihe_v3 *ex, enum ihe_v3_fault f, const struct ny_xml_node *where)
{
    if (ex->fault != f) {
        ex->n_places = 0;
    }
    ex->fault = f;
    if (where != NULL && ex->n_places < IHE_LOCATIONS_MAX) {
        ex->places[ex->n_places++] = ny_xml_path(ex->arena, ex->x->message, where);
    }
    return false;
}

void ihe_v3_send(struct ihe_v3 *ex, ny_str answer)
{
    ex->x->answer(ex->x->ctx, answer); /* the arena, and ex in it, may be gone now */
}

static void send(struct ihe_v3 *ex, ny_str answer)
{
    ny_counter_add(NY_C_QUERIES, 1);
    ihe_v3_send(ex, answer);
}

static ny_rc refusal_write(struct ihe_v3 *ex, struct ny_arena *a, ny_str *out)
{
    struct ny_xml_writer w;

    ny_xml_w_init(&w, a);
    ihe_v3_head_write(ex, &w);
    return ihe_v3_query_end(ex, &w, ihe_v3_fault_row(ex->fault)->response, out);
}

void ihe_v3_finish_unavailable(struct ihe_v3 *ex, ny_rc rc)
{
    struct ny_arena *spare = ny_arena_create(SPARE_ARENA);
    ny_str answer = NY_STR_NONE;

    ny_log(NY_LOG_WARN, "message_unavailable", "msg=%s rc=%d", ny_log_safe(ex->request.control_id),
           rc);
    (void)ihe_v3_refuse(ex, IHE_V3_UNAVAILABLE, NULL);
    if (refusal_write(ex, spare, &answer) != NY_OK) {
        answer = NY_STR_NONE;
    }
    send(ex, answer);
    ny_arena_destroy(spare);
}

static ny_rc note_compose(void *ctx, const struct ny_feed_outcome *o, ny_str *out)
{
    struct ihe_v3 *ex = ctx;

    (void)o;
    *out = ex->note.answer;
    return NY_OK;
}

static void on_done(void *ctx, ny_rc rc, ny_str answer)
{
    struct ihe_v3 *ex = ctx;

    if (rc != NY_OK) {
        ihe_v3_finish_unavailable(ex, rc);
    } else {
        send(ex, answer);
    }
}

ny_str ihe_v3_query_payload(const struct ihe_v3 *ex)
{
    struct ny_xml_writer w;
    ny_str text;

    if (ex->query == NULL || ex->x->in.n > PAYLOAD_MAX) {
        return ex->x->in; /* a large one is not written out once more: all of it is kept */
    }
    ny_xml_w_init(&w, ex->arena);
    ny_xml_w_copy(&w, ex->query);
    return ny_xml_w_end(&w, &text) == NY_OK ? text : ex->x->in;
}

void ihe_v3_note_and_send(struct ihe_v3 *ex, ny_str answer)
{
    ex->note.kind = NY_S("query");
    ex->note.request = ex->request;
    ex->note.query_payload = ihe_v3_query_payload(ex);
    ex->note.answer = answer;
    ex->reply = (struct ny_reply){note_compose, on_done, ex};
    ny_registry_note(ex->ihe->cfg.registry, &ex->note, &ex->reply);
}

void ihe_v3_finish(struct ihe_v3 *ex)
{
    const struct ihe_v3_fault_row *row = ihe_v3_fault_row(ex->fault);
    ny_str answer = NY_STR_NONE;

    ex->note.outcome = ex->fault == IHE_V3_DENIED ? NY_AUDIT_DENIED : NY_AUDIT_MINOR;
    ex->note.decision = ny_arena_printf(ex->arena, "%s %s", row->ack, row->code);
    ex->note.reason = ex->n_places > 0 ? ex->places[0] : NY_STR_NONE;
    if (refusal_write(ex, ex->arena, &answer) != NY_OK || ex->note.decision.p == NULL) {
        ihe_v3_finish_unavailable(ex, NY_ELIMIT);
        return;
    }
    ny_log(NY_LOG_INFO, "message_refused", "msg=%s decision=\"%.*s\" field=%.*s",
           ny_log_safe(ex->request.control_id), NY_ARG(ex->note.decision), NY_ARG(ex->note.reason));
    ihe_v3_note_and_send(ex, answer);
}

/* ---- ids ---- */

ny_str ihe_v3_root(const struct ny_xml_node *id)
{
    ny_str root = ny_str_trim(ny_xml_attr(id, "root"));

    return ny_str_starts_with(root, NY_S("urn:oid:")) ? ny_str_sub(root, strlen("urn:oid:"), root.n)
                                                      : root;
}

const struct ny_domain *ihe_v3_domain(const struct ihe_v3 *ex, const struct ny_xml_node *id)
{
    const struct ny_domain *d = NULL;
    const struct ny_hd hd = {.oid = ihe_v3_root(id), .type = NY_S("ISO")};

    return hd.oid.n > 0 &&
                   ny_registry_authority(ex->ihe->cfg.registry, &hd, &d) == NY_AUTHORITY_FOUND
               ? d
               : NULL;
}

/* ---- the sender ---- */

/* Who sends: the device's id is MSH-3, its organisation's id MSH-4 of a source (or of who only
 * asks); or either is the OID of a domain, whose source it then is. */
static void sender_find(struct ihe_v3 *ex)
{
    const struct ny_registry *r = ex->ihe->cfg.registry;
    const struct ny_xml_node *agent = ihe_v3_child(ex->sender, "asAgent");
    const struct ny_xml_node *org =
        ihe_v3_child(ihe_v3_child(agent, "representedOrganization"), "id");
    const struct ny_xml_node *device = ihe_v3_child(ex->sender, "id");
    const struct ny_domain *d = ihe_v3_domain(ex, org);
    bool asks = ex->kind->fn != ihe_iti44;

    d = d != NULL ? d : ihe_v3_domain(ex, device);
    ex->app = ihe_v3_root(device);
    ex->facility = ihe_v3_root(org).n > 0 ? ihe_v3_root(org) : ex->app;
    ex->request.source = asks ? ny_registry_requester(r, ex->app, ex->facility)
                              : ny_registry_source(r, ex->app, ex->facility);
    if (ex->request.source == NULL && d != NULL) {
        ex->app = d->source_app;
        ex->facility = d->source_facility;
        ex->request.source = ny_registry_source(r, ex->app, ex->facility);
    }
}

bool ihe_v3_may_speak(const struct ihe_v3 *ex)
{
    return ny_registry_may_speak(ex->ihe->cfg.registry, &ex->x->speaker, ex->app, ex->facility,
                                 ex->kind->fn != ihe_iti44);
}

/* ---- the wrapper ---- */

static bool code_is(const struct ny_xml_node *message, const char *name, const char *wanted)
{
    const struct ny_xml_node *n = ihe_v3_child(message, name);

    return n == NULL || ny_str_equals(ny_str_trim(ny_xml_attr(n, "code")), ny_str_from_c(wanted));
}

static bool wrapper_check(struct ihe_v3 *ex)
{
    const struct ny_xml_node *m = ex->x->message;
    const struct ny_xml_node *kind = ihe_v3_child(m, "interactionId");
    const struct ny_xml_node *processing = ihe_v3_child(m, "processingCode");
    const struct ny_xml_node *mode = ihe_v3_child(m, "processingModeCode");

    if (!ihe_v3_may_speak(ex)) {
        return ihe_v3_refuse(ex, IHE_V3_DENIED, ex->sender);
    }
    if (ex->x->invalid) {
        return ihe_v3_refuse(ex, IHE_V3_SCHEMA, NULL);
    }
    if (!ny_str_equals(ny_str_trim(ny_xml_attr(kind, "extension")),
                       ny_str_from_c(ex->x->operation->request))) {
        return ihe_v3_refuse(ex, IHE_V3_INTERACTION, kind);
    }
    if (!code_is(m, "processingCode", "P")) {
        return ihe_v3_refuse(ex, IHE_V3_PROCESSING, processing);
    }
    return code_is(m, "processingModeCode", "T") || ihe_v3_refuse(ex, IHE_V3_MODE, mode);
}

/* "root^extension" */
static ny_str id_text(struct ny_arena *a, const struct ny_xml_node *id)
{
    ny_str extension = ny_xml_attr(id, "extension");

    return ny_arena_printf(a, "%.*s%s%.*s", NY_ARG(ny_xml_attr(id, "root")),
                           extension.n > 0 ? "^" : "", NY_ARG(extension));
}

/* False: the arena is full. */
static bool exchange_fill(struct ihe_v3 *ex)
{
    const struct ny_xml_node *m = ex->x->message;
    const struct ny_xml_node *act = ihe_v3_child(m, "controlActProcess");
    struct ny_request *r = &ex->request;

    ex->id = ihe_v3_child(m, "id");
    ex->sender = ihe_v3_child(ihe_v3_child(m, "sender"), "device");
    ex->receiver = ihe_v3_child(ihe_v3_child(m, "receiver"), "device");
    ex->query = ihe_v3_child(act, "queryByParameter");
    r->transaction = ny_str_from_c(ex->kind->transaction);
    r->trigger = ny_str_from_c(ex->x->operation->request);
    r->control_id = id_text(ex->arena, ex->id);
    r->user = id_text(ex->arena, ihe_v3_child(ex->sender, "id"));
    r->peer_addr = ex->x->peer_addr;
    r->certificate = ihe_certificate(&ex->x->speaker);
    r->action = ex->kind->fn != ihe_iti44                          ? NY_S("E")
                : ny_str_ends_with(r->trigger, NY_S("201301UV02")) ? NY_S("C")
                                                                   : NY_S("U");
    r->body = ex->x->in;
    r->received_us = ny_clock_now_us();
    sender_find(ex);
    return r->control_id.p != NULL && r->user.p != NULL;
}

void ny_ihe_v3_receive(struct ny_ihe *ihe, struct ny_ihe_v3 *x)
{
    struct ihe_v3 *ex = NY_ARENA_NEW(x->arena, struct ihe_v3);

    if (ex == NULL) {
        x->answer(x->ctx, NY_STR_NONE);
        return;
    }
    ex->ihe = ihe;
    ex->x = x;
    ex->arena = x->arena;
    ex->kind = &rows[x->operation - operations].kind;
    if (!exchange_fill(ex)) {
        ihe_v3_finish_unavailable(ex, NY_ELIMIT);
    } else if (ex->kind->fn != ihe_iti45) {
        ex->kind->fn(ex); /* checks by itself: it refuses in its own form */
    } else if (!ny_registry_is_ready(ihe->cfg.registry)) {
        ihe_v3_finish_unavailable(ex, NY_EDB);
    } else if (!wrapper_check(ex)) {
        ihe_v3_finish(ex);
    } else {
        ex->kind->fn(ex);
    }
}
