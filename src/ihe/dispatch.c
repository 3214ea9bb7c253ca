/* The way in: decode and parse, check MSH, look the event up, hand over to its transaction.
 *
 * The source decides how its bytes are read (default character set, undecodable bytes), so MSH-3
 * and MSH-4 are read before the message is decoded. Checks come in the order of the fields that a
 * sender would mend first; the first one that fails decides the answer. */

#include "nayose/registry_alerts.h"

#include "ihe_priv.h"

static const struct ihe_event events[] = {
#define NY_EVENT(type, event, action, visit, audit, transaction, name)                             \
    {type, event, IHE_##action, transaction, IHE_VISIT_##visit, #audit},
#include "tbl/events.def"
#undef NY_EVENT
};

struct ny_ihe *ny_ihe_create(const struct ny_ihe_config *cfg)
{
    struct ny_ihe *ihe = ny_calloc(1, sizeof(*ihe));

    ihe->arena = ny_arena_create(0);
    ihe->cfg = *cfg;
    ihe->cfg.application = ny_arena_str(ihe->arena, cfg->application);
    ihe->cfg.facility = ny_arena_str(ihe->arena, cfg->facility);
    return ihe;
}

void ny_ihe_destroy(struct ny_ihe *ihe)
{
    if (ihe != NULL) {
        ihe_pages_destroy(ihe->pages);
        ny_arena_destroy(ihe->arena);
        ny_free(ihe);
    }
}

/* Microseconds in base 36, never the same twice. */
ny_str ihe_control_id_next(struct ny_ihe *ihe, struct ny_arena *a)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    char text[20];
    size_t at = sizeof(text);
    int64_t us = ny_clock_now_us();

    if (us <= ihe->last_id_us) {
        us = ihe->last_id_us + 1;
    }
    ihe->last_id_us = us;
    do {
        text[--at] = digits[us % 36];
        us /= 36;
    } while (us > 0 && at > 0);
    return ny_arena_str(a, ny_str_of(text + at, sizeof(text) - at));
}

/* ---- MSH ---- */

static bool event_find(struct ihe_exchange *ex)
{
    const struct ny_hl7v2_msh *msh = &ex->msh;
    bool type_known = false;

    if (msh->type.n == 0) {
        return ihe_refuse(ex, IHE_FAULT_NO_TYPE, NULL);
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(events); i++) {
        bool same_type = ny_str_equals(msh->type, ny_str_from_c(events[i].type));

        type_known = type_known || same_type;
        if (same_type && ny_str_equals(msh->event, ny_str_from_c(events[i].event))) {
            ex->event = &events[i];
            ex->request.transaction = ny_str_from_c(events[i].transaction);
            ex->request.action = ny_str_from_c(events[i].audit);
            return true;
        }
    }
    if (!type_known) {
        return ihe_refuse(ex, IHE_FAULT_UNKNOWN_TYPE, NULL);
    }
    return ihe_refuse(ex, msh->event.n == 0 ? IHE_FAULT_NO_EVENT : IHE_FAULT_UNKNOWN_EVENT, NULL);
}

static bool version_is_known(ny_str version)
{
    static const char *const known[] = {"2.1", "2.2", "2.3",   "2.3.1", "2.4",   "2.5",   "2.5.1",
                                        "2.6", "2.7", "2.7.1", "2.8",   "2.8.1", "2.8.2", "2.9"};

    for (size_t i = 0; i < NY_ARRAY_LEN(known); i++) {
        if (ny_str_equals(version, ny_str_from_c(known[i]))) {
            return true;
        }
    }
    return false;
}

/* What acts on a patient who is there already, and says nothing else of him: for practice it would
 * merge, link or withdraw real ones. */
static bool acts_on_others(enum ihe_action action)
{
    return action == IHE_MERGE || action == IHE_RENAME || action == IHE_LINK ||
           action == IHE_UNLINK || action == IHE_MOVE || action == IHE_WITHDRAW;
}

bool ihe_processing_is_allowed(const struct ihe_exchange *ex, bool acts_on_others)
{
    ny_str id = ex->msh.processing_id;
    bool test = ny_str_equals(id, NY_S("T")) || ny_str_equals(id, NY_S("D"));

    return ny_str_equals(id, NY_S("P")) || (test && ex->request.source != NULL &&
                                            ex->request.source->accept_test && !acts_on_others);
}

static bool receiver_check(struct ihe_exchange *ex)
{
    const struct ny_ihe_config *cfg = &ex->ihe->cfg;

    if (!cfg->check_receiver) {
        return true;
    }
    if (!ny_str_equals(ex->msh.receiving_application.namespace_id, cfg->application) &&
        ihe_asked_facility(ex) == NULL) {
        return ihe_refuse(ex, IHE_FAULT_NOT_FOR_US_APP, NULL);
    }
    if (!ny_str_equals(ex->msh.receiving_facility.namespace_id, cfg->facility)) {
        return ihe_refuse(ex, IHE_FAULT_NOT_FOR_US_FAC, NULL);
    }
    return true;
}

static bool header_check(struct ihe_exchange *ex)
{
    ny_str app = ex->msh.sending_application.namespace_id;
    ny_str facility = ex->msh.sending_facility.namespace_id;

    if (!event_find(ex)) {
        return false;
    }
    if (!ny_registry_may_speak(ex->ihe->cfg.registry, &ex->x->speaker, app, facility,
                               ihe_is_query(ex))) {
        return ihe_refuse(ex, IHE_FAULT_FOREIGN_SENDER, NULL);
    }
    if (ihe_is_query(ex) && ex->request.source == NULL) {
        ex->request.source = ny_registry_requester(ex->ihe->cfg.registry, app, facility);
    }
    if (ex->msh.raw_10.n == 0) {
        return ihe_refuse(ex, IHE_FAULT_NO_CONTROL_ID, NULL);
    }
    if (!ihe_processing_is_allowed(ex, acts_on_others(ex->event->action))) {
        return ihe_refuse(ex, IHE_FAULT_PROCESSING_ID, NULL);
    }
    if (!version_is_known(ex->msh.version)) {
        return ihe_refuse(ex, IHE_FAULT_VERSION_ID, NULL);
    }
    return receiver_check(ex);
}

/* ---- the message ---- */

static bool refuse_unparsed(struct ihe_exchange *ex, const struct ny_error *err)
{
    const char *where = err->field[0] != '\0' ? err->field : NULL;
    bool no_delimiters = ny_str_equals(ny_str_from_c(err->field), NY_S("MSH^1^2"));

    switch (err->rc) {
    case NY_ECHARSET:
        return ihe_refuse(ex, IHE_FAULT_UNDECODABLE, where);
    case NY_EUNSUPP:
        return ihe_refuse(ex, IHE_FAULT_CHARSET, NULL);
    case NY_ELIMIT:
        return ihe_refuse(ex, where != NULL ? IHE_FAULT_FIELD_LIMIT : IHE_FAULT_TOO_LARGE, where);
    case NY_ESYNTAX:
    default:
        if (no_delimiters) {
            return ihe_refuse(ex, IHE_FAULT_NO_DELIMITERS, NULL);
        }
        if (ny_str_equals(ny_str_from_c(err->field), NY_S("MSH^2"))) {
            return ihe_refuse(ex, IHE_FAULT_SEGMENT, where);
        }
        return ihe_refuse(ex, IHE_FAULT_FIELD_VALUE, where);
    }
}

static bool parse(struct ihe_exchange *ex)
{
    const struct ny_requester_row *source = ex->request.source;
    struct ny_hl7v2_options options = {0};
    struct ny_hl7v2_msg *msg = NULL;
    struct ny_error err = {0};

    if (source != NULL) {
        options.source_sets = ny_charset_from_name(source->charset);
        options.replace = source->undecodable_replace;
    }
    if (ny_hl7v2_parse(ex->arena, ex->x->in, &options, &msg, &err) != NY_OK) {
        return refuse_unparsed(ex, &err);
    }
    ex->msg = msg;
    ex->msh = *ny_hl7v2_header(msg);
    return true;
}

/* What the message log and the audit row tell of this exchange. False: the arena is full. */
static bool request_fill(struct ihe_exchange *ex)
{
    struct ny_request *r = &ex->request;
    const struct ny_hl7v2_msh *msh = &ex->msh;

    r->transaction = NY_S("HL7v2");
    r->trigger = msh->event;
    r->control_id = msh->control_id;
    r->user = ex->x->user;
    if (r->user.n == 0) {
        r->user =
            ny_arena_printf(ex->arena, "%.*s|%.*s", NY_ARG(msh->sending_facility.namespace_id),
                            NY_ARG(msh->sending_application.namespace_id));
    }
    r->peer_addr = ex->x->peer_addr;
    r->certificate = ihe_certificate(&ex->x->speaker);
    r->body = ex->x->in;
    ny_sha256(ex->x->in, r->body_hash);
    r->received_us = ny_clock_now_us();
    return r->user.p != NULL && ex->control_id.p != NULL;
}

static void hand_over(struct ihe_exchange *ex)
{
    switch (ex->event->action) {
    case IHE_ITI8:
        ihe_iti8(ex);
        return;
    case IHE_ITI30:
        ihe_iti30(ex);
        return;
    case IHE_DEMO:
        ihe_demo(ex);
        return;
    case IHE_TRACK:
        ihe_track(ex);
        return;
    case IHE_SWAP:
        ihe_swap(ex);
        return;
    case IHE_VISIT:
        ihe_visit(ex);
        return;
    case IHE_TURN:
        ihe_turn(ex);
        return;
    case IHE_IGN:
        ihe_ignore(ex);
        return;
    case IHE_MERGE:
        ihe_merge(ex, NY_FEED_MERGE);
        return;
    case IHE_RENAME:
        ihe_merge(ex, NY_FEED_RENAME);
        return;
    case IHE_MOVE:
        ihe_merge(ex, NY_FEED_MOVE);
        return;
    case IHE_LINK:
    case IHE_UNLINK:
        ihe_link(ex, ex->event->action == IHE_UNLINK);
        return;
    case IHE_WITHDRAW:
        ihe_withdraw(ex);
        return;
    case IHE_ITI9:
        ihe_iti9(ex);
        return;
    case IHE_ITI21:
    case IHE_ITI22:
        ihe_iti21(ex);
        return;
    case IHE_CANCEL:
        ihe_cancel(ex);
        return;
    }
}

ny_str ihe_certificate(const struct ny_speaker *s)
{
    return s->n_credentials > 0 ? s->credentials[0] : NY_STR_NONE;
}

void ny_ihe_unreadable(struct ny_ihe *ihe, ny_str peer_addr, const struct ny_speaker *speaker,
                       const char *why)
{
    const struct ny_alert alert = {
        .what = NY_S("unreadable message"),
        .outcome = NY_AUDIT_MINOR,
        .peer = peer_addr,
        .why = ny_str_from_c(why),
        .certificate = ihe_certificate(speaker),
    };

    ny_registry_alert(ihe->cfg.registry, &alert);
}

static void drop(struct ny_ihe *ihe, struct ny_ihe_exchange *x, const char *why)
{
    ny_log(NY_LOG_WARN, "message_dropped", "bytes=%zu why=\"%s\"", x->in.n, why);
    ny_ihe_unreadable(ihe, x->peer_addr, &x->speaker, why);
    x->answer(x->ctx, NY_STR_NONE);
}

void ny_ihe_receive(struct ny_ihe *ihe, struct ny_ihe_exchange *x)
{
    struct ihe_exchange *ex = NY_ARENA_NEW(x->arena, struct ihe_exchange);
    bool parsed;

    if (ex == NULL || ny_hl7v2_salvage(x->arena, x->in, NULL, &ex->msh) != NY_OK) {
        drop(ihe, x, ex == NULL ? "too large" : "no MSH");
        return;
    }
    ex->ihe = ihe;
    ex->x = x;
    ex->arena = x->arena;
    ex->control_id = ihe_control_id_next(ihe, x->arena);
    ex->request.source =
        ny_registry_source(ihe->cfg.registry, ex->msh.sending_application.namespace_id,
                           ex->msh.sending_facility.namespace_id);
    parsed = parse(ex);
    if (ex->fault == IHE_FAULT_NO_DELIMITERS && ex->msh.raw_10.n == 0) {
        drop(ihe, x, "MSH-1, MSH-2 and MSH-10 are unusable");
        return;
    }
    if (!request_fill(ex)) {
        ihe_finish_unavailable(ex, NY_ELIMIT);
        return;
    }
    parsed = parsed && header_check(ex);
    if (!ny_registry_is_ready(ihe->cfg.registry)) {
        ihe_finish_unavailable(ex, NY_EDB);
    } else if (!parsed) {
        ihe_finish(ex);
    } else {
        hand_over(ex);
    }
}
