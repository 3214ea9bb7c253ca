/* HL7 v3: the table of services, the transmission wrapper of a message, and who sends it.
 *
 * Every message is written as the one of v2 with the same meaning and goes that one's way: one
 * registry behind both. The wrapper is read leniently (our HL7 v3 rules 5): what is wrong in it and
 * changes nothing is passed over.
 */

#include "v3_priv.h"

/* ---- tables ---- */

enum service {
#define NY_SERVICE(id, name, space, path) SERVICE_##id,
#include "tbl/services.def"
#undef NY_SERVICE
    SERVICE_COUNT
};

/* clang-format off */
static const struct ny_soap_operation operations[] = {
#define NY_INTERACTION(service, name, request, answer, action, answer_action, trigger, transaction, says, fn) \
    {name, request, answer, action, answer_action},
#include "tbl/interactions.def"
#undef NY_INTERACTION
};

static const struct row {
    enum service service;
    struct ihe_interaction kind;
} rows[] = {
#define NY_INTERACTION(service, name, request, answer, action, answer_action, trigger, transaction, says, fn) \
    {SERVICE_##service, {trigger, transaction, IHE_V3_##says, fn}},
#include "tbl/interactions.def"
#undef NY_INTERACTION
};

/* clang-format on */

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

const struct ny_soap_operation *ihe_v3_feed_operation(const struct ny_xml_node *payload)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        if (rows[i].kind.says != IHE_V3_ASKS &&
            ny_xml_is(payload, NY_HL7V3_NS, operations[i].request)) {
            return &operations[i];
        }
    }
    return NULL;
}

/* ---- elements ---- */

ny_str ihe_v3_root(const struct ny_xml_node *id)
{
    ny_str root = ny_str_trim(ny_xml_attr(id, "root"));

    return ny_str_starts_with(root, NY_S("urn:oid:")) ? ny_str_sub(root, strlen("urn:oid:"), root.n)
                                                      : root;
}

const struct ny_domain *ihe_v3_domain(const struct ihe_exchange *ex, const struct ny_xml_node *id)
{
    const struct ny_domain *d = NULL;
    const struct ny_hd hd = {.oid = ihe_v3_root(id), .type = NY_S("ISO")};

    return hd.oid.n > 0 &&
                   ny_registry_authority(ex->ihe->cfg.registry, &hd, &d) == NY_AUTHORITY_FOUND
               ? d
               : NULL;
}

void ihe_v3_warn(struct ihe_exchange *ex, int code, const struct ny_xml_node *where)
{
    ihe_warn(ex, code, ny_xml_path(ex->arena, ex->v3->x->message, where).p);
}

bool ihe_v3_refuse(struct ihe_exchange *ex, enum ihe_fault f, const struct ny_xml_node *where)
{
    ny_str path = NY_STR_NONE;

    if (where != NULL) {
        path = ny_xml_path(ex->arena, ex->v3->x->message, where);
    }
    return ihe_refuse(ex, f, path.p);
}

void ihe_v3_message_begin(const struct ihe_exchange *ex, struct ny_hl7v2_writer *w,
                          const char *type, const char *event)
{
    const struct ny_hl7v2_header_fields h = {
        .now_us = ex->request.received_us,
        .type = ny_str_from_c(type),
        .event = ny_str_from_c(event),
        .control_id = ex->request.control_id,
        .processing_id = ex->msh.processing_id,
        .version = NY_S("2.5"),
        .charset = NY_CHARSET_UTF8,
    };

    ny_hl7v2_writer_init(w, ex->arena, NULL);
    ny_hl7v2_header_write(w, &h);
}

bool ihe_v3_take(struct ihe_exchange *ex, struct ny_hl7v2_writer *w)
{
    const struct ny_charset_spec utf8 = {.charset = NY_CHARSET_UTF8};
    ny_str text;

    return ny_hl7v2_finish(w, &utf8, &text, NULL) == NY_OK
               ? ihe_v3_take_text(ex, text)
               : ihe_refuse(ex, IHE_FAULT_TOO_LARGE, NULL);
}

bool ihe_v3_take_text(struct ihe_exchange *ex, ny_str text)
{
    const struct ny_hl7v2_hd receiver = ex->msh.receiving_application;
    struct ny_hl7v2_msg *msg = NULL;

    if (text.p == NULL || ny_hl7v2_parse(ex->arena, text, NULL, &msg, NULL) != NY_OK) {
        return ihe_refuse(ex, IHE_FAULT_TOO_LARGE, NULL);
    }
    ex->msg = msg;
    ex->msh = *ny_hl7v2_header(msg);
    ex->msh.sending_application.namespace_id = ex->v3->app;
    ex->msh.sending_facility.namespace_id = ex->v3->facility;
    ex->msh.receiving_application = receiver;
    return true;
}

/* ---- the wrapper ---- */

static bool asks(const struct ihe_v3 *v3)
{
    return v3->kind->says == IHE_V3_ASKS;
}

/* The device's id is MSH-3, its organisation's id MSH-4 of a source (or of who only asks); or
 * either is the OID of a domain, whose source it then is. */
static void sender_find(struct ihe_exchange *ex)
{
    const struct ny_registry *r = ex->ihe->cfg.registry;
    struct ihe_v3 *v3 = ex->v3;
    const struct ny_xml_node *org = ihe_v3_child(ihe_v3_organization(v3->sender), "id");
    const struct ny_xml_node *device = ihe_v3_child(v3->sender, "id");
    const struct ny_domain *d = ihe_v3_domain(ex, org);

    d = d != NULL ? d : ihe_v3_domain(ex, device);
    v3->app = ihe_v3_root(device);
    v3->facility = ihe_v3_root(org).n > 0 ? ihe_v3_root(org) : v3->app;
    ex->request.source = asks(v3) ? ny_registry_requester(r, v3->app, v3->facility)
                                  : ny_registry_source(r, v3->app, v3->facility);
    if (ex->request.source == NULL && d != NULL) {
        v3->app = d->source_app;
        v3->facility = d->source_facility;
        ex->request.source = ny_registry_source(r, v3->app, v3->facility);
    }
}

/* The connection may send in the sender's name. */
static bool may_speak(const struct ihe_exchange *ex)
{
    const struct ihe_v3 *v3 = ex->v3;

    return ny_registry_may_speak(ex->ihe->cfg.registry, &v3->x->speaker, v3->app, v3->facility,
                                 asks(v3));
}

/* Where it matters who is meant: we are the device whose OID the regional domain has, and answer
 * for a facility who is asked for what that one knows. */
static bool receiver_is_us(const struct ihe_exchange *ex)
{
    return !ex->ihe->cfg.check_receiver ||
           ny_str_equals(ex->msh.receiving_application.universal_id,
                         ny_registry_regional(ex->ihe->cfg.registry)->oid) ||
           (ex->event != NULL && ihe_asked_facility(ex) != NULL);
}

static bool wrapper_check(struct ihe_exchange *ex, bool only_real)
{
    const struct ihe_v3 *v3 = ex->v3;
    const struct ny_xml_node *m = v3->x->message;
    const struct ny_xml_node *kind = ihe_v3_child(m, "interactionId");
    const struct ny_xml_node *processing = ihe_v3_child(m, "processingCode");
    const struct ny_xml_node *mode = ihe_v3_child(m, "processingModeCode");
    const struct ny_xml_node *odd = NULL;

    const ny_str written = ny_str_trim(ny_xml_attr(kind, "extension"));
    const ny_str request = ny_str_from_c(v3->x->operation->request);
    const bool quqi = ny_str_equals(written, NY_S("QUQI_IN000003UV01")); /* of _Cancel, too */

    ex->msh.processing_id = ny_str_trim(ny_xml_attr(processing, "code"));
    if (!may_speak(ex)) {
        return ihe_refuse(ex, IHE_FAULT_FOREIGN_SENDER, NULL);
    }
    if (ihe_v3_form_is_refused(ex, &odd)) {
        return ihe_v3_refuse(ex, IHE_FAULT_V3_SCHEMA, odd);
    }
    if (!ny_str_equals(written, request) && !(quqi && ny_str_starts_with(request, written))) {
        return ihe_v3_refuse(ex, IHE_FAULT_V3_INTERACTION, kind);
    }
    if (ex->request.control_id.n == 0) {
        return ihe_v3_refuse(ex, IHE_FAULT_V3_NO_ID, NULL);
    }
    if (!ihe_processing_is_allowed(ex, only_real)) {
        return ihe_v3_refuse(ex, IHE_FAULT_PROCESSING_ID, processing);
    }
    if (mode != NULL && !ny_str_equals(ny_str_trim(ny_xml_attr(mode, "code")), NY_S("T"))) {
        return ihe_v3_refuse(ex, IHE_FAULT_V3_MODE, mode);
    }
    return receiver_is_us(ex) ||
           ihe_v3_refuse(ex, IHE_FAULT_NOT_FOR_US_APP, ihe_v3_child(m, "receiver"));
}

bool ihe_v3_begin(struct ihe_exchange *ex, const struct ihe_event *event, bool only_real)
{
    ex->event = event;
    if (!ny_registry_is_ready(ex->ihe->cfg.registry)) {
        ihe_finish_unavailable(ex, NY_EDB);
        return false;
    }
    if (wrapper_check(ex, only_real) && event != NULL && !ex->x->may_query) {
        (void)ihe_refuse(ex, IHE_FAULT_QUERY_DENIED, NULL);
    }
    if (ihe_is_refused(ex)) {
        ihe_finish(ex);
        return false;
    }
    return true;
}

/* "root^extension" */
static ny_str id_text(struct ny_arena *a, const struct ny_xml_node *id)
{
    ny_str extension = ny_xml_attr(id, "extension");

    return ny_arena_printf(a, "%.*s%s%.*s", NY_ARG(ny_xml_attr(id, "root")),
                           extension.n > 0 ? "^" : "", NY_ARG(extension));
}

/* False: the arena is full. */
static bool exchange_fill(struct ihe_exchange *ex)
{
    struct ihe_v3 *v3 = ex->v3;
    const struct ny_xml_node *m = v3->x->message;
    const struct ny_xml_node *act = ihe_v3_child(m, "controlActProcess");
    struct ny_request *r = &ex->request;

    v3->id = ihe_v3_child(m, "id");
    v3->sender = ihe_v3_child(ihe_v3_child(m, "sender"), "device");
    v3->receiver = ihe_v3_child(ihe_v3_child(m, "receiver"), "device");
    v3->query = ihe_v3_child(act, "queryByParameter");
    r->transaction = ny_str_from_c(v3->kind->transaction);
    r->trigger = ny_str_from_c(v3->x->operation->request);
    r->control_id = id_text(ex->arena, v3->id);
    r->user = id_text(ex->arena, ihe_v3_child(v3->sender, "id"));
    r->peer_addr = v3->x->peer_addr;
    r->certificate = ihe_certificate(&v3->x->speaker);
    r->action = asks(v3) ? NY_S("E") : v3->kind->says == IHE_V3_ADDS ? NY_S("C") : NY_S("U");
    r->body = v3->x->in;
    r->received_us = ny_clock_now_us();
    sender_find(ex);
    ex->msh.control_id = r->control_id;
    ex->msh.receiving_application.universal_id = ihe_v3_root(ihe_v3_child(v3->receiver, "id"));
    return r->control_id.p != NULL && r->user.p != NULL;
}

void ny_ihe_v3_receive(struct ny_ihe *ihe, struct ny_ihe_v3 *x)
{
    struct whole {
        struct ihe_exchange ex;
        struct ny_ihe_exchange x;
        struct ihe_v3 v3;
    } *whole = NY_ARENA_NEW(x->arena, struct whole);

    if (whole == NULL) {
        x->answer(x->ctx, NY_STR_NONE);
        return;
    }
    whole->x = (struct ny_ihe_exchange){.arena = x->arena,
                                        .in = x->in,
                                        .peer_addr = x->peer_addr,
                                        .may_query = x->may_query,
                                        .speaker = x->speaker,
                                        .answer = x->answer,
                                        .ctx = x->ctx};
    whole->v3 = (struct ihe_v3){.x = x, .kind = &rows[x->operation - operations].kind};
    whole->ex.ihe = ihe;
    whole->ex.x = &whole->x;
    whole->ex.arena = x->arena;
    whole->ex.v3 = &whole->v3;
    whole->v3.unnamed = ny_xml_adopt(x->message);
    if (exchange_fill(&whole->ex)) {
        whole->v3.kind->fn(&whole->ex);
    } else {
        x->answer(x->ctx, NY_STR_NONE);
    }
}
