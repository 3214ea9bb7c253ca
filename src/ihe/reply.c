/* From what stands in an exchange to its answer.
 *
 *   fault? ─ no ──▶ AA + ERR W*            query: MSH MSA [ERR] QAK QPD (iti9.c), else MSH MSA ERR*
 *        └── yes ─▶ the fault's MSA-1, one ERR
 *
 * An answer leaves when its note (audit row) is committed. When the registry cannot commit
 * anything, the sender gets AR 207 (or 206) and tries again later. */

#include <stdio.h>

#include "ihe_priv.h"

/* Room for an answer when the message has used up its arena. */
enum { SPARE_ARENA = 256 * 1024 };

static const struct ihe_fault_row fault_rows[] = {
#define NY_FAULT(id, ack, err, field, text) [IHE_FAULT_##id] = {NY_HL7V2_##ack, err, field, text},
#include "tbl/faults.def"
#undef NY_FAULT
};

static const struct {
    ny_rc rc;
    enum ihe_fault fault;
} rc_rows[] = {
#define NY_REGISTRY_RC(rc, fault) {rc, IHE_FAULT_##fault},
#include "tbl/registry_rc.def"
#undef NY_REGISTRY_RC
};

const struct ihe_fault_row *ihe_fault_row(enum ihe_fault f)
{
    static const struct ihe_fault_row none = {NY_HL7V2_AA, 0, NULL, ""};

    NY_ASSERT((size_t)f < NY_ARRAY_LEN(fault_rows));
    return f == IHE_FAULT_NONE ? &none : &fault_rows[f];
}

enum ihe_fault ihe_fault_of_rc(ny_rc rc)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(rc_rows); i++) {
        if (rc_rows[i].rc == rc) {
            return rc_rows[i].fault;
        }
    }
    return IHE_FAULT_UNAVAILABLE;
}

/* ---- faults and warnings ---- */

/* Who reads a PID writes its places as those of the first one. */
static ny_str place_keep(struct ihe_exchange *ex, ny_str where)
{
    if (ex->is_second && ny_str_starts_with(where, NY_S("PID^1^"))) {
        where = ny_str_sub(where, 6, where.n - 6);
        return ny_arena_printf(ex->arena, "PID^2^%.*s", NY_ARG(where));
    }
    return ny_arena_str(ex->arena, where);
}

static void add_location(struct ihe_exchange *ex, ny_str where)
{
    ny_str kept = place_keep(ex, where);

    if (kept.n > 0 && kept.p != NULL && ex->n_fault_locations < IHE_LOCATIONS_MAX) {
        ex->fault_locations[ex->n_fault_locations++] = kept;
    }
}

bool ihe_refuse(struct ihe_exchange *ex, enum ihe_fault f, const char *where)
{
    const char *place = where != NULL ? where : ihe_fault_row(f)->field;

    ex->fault = f;
    ex->n_fault_locations = 0;
    add_location(ex, ny_str_from_c(place));
    return false;
}

bool ihe_refuse_at(struct ihe_exchange *ex, enum ihe_fault f, const char *fmt, ...)
{
    char where[IHE_LOCATION_LEN];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(where, sizeof(where), fmt, ap);
    va_end(ap);
    return ihe_refuse(ex, f, where);
}

void ihe_refuse_also(struct ihe_exchange *ex, const char *fmt, ...)
{
    char where[IHE_LOCATION_LEN];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(where, sizeof(where), fmt, ap);
    va_end(ap);
    add_location(ex, ny_str_from_c(where));
}

bool ihe_is_refused(const struct ihe_exchange *ex)
{
    return ex->fault != IHE_FAULT_NONE;
}

void ihe_warn(struct ihe_exchange *ex, int code, const char *where)
{
    struct ny_hl7v2_remark *r;
    ny_str *location;

    if (ex->n_warnings == IHE_REMARKS_MAX) {
        return;
    }
    r = &ex->warnings[ex->n_warnings];
    *r = (struct ny_hl7v2_remark){.severity = 'W', .code = code};
    if (where != NULL && where[0] != '\0') {
        location = NY_ARENA_NEW(ex->arena, ny_str);
        if (location == NULL) {
            return; /* the arena's cap shows itself where it matters */
        }
        *location = place_keep(ex, ny_str_from_c(where));
        r->locations = location;
        r->location_count = location->p != NULL ? 1 : 0;
    }
    ex->n_warnings++;
}

/* ---- composing ---- */

ny_rc ihe_ack_compose(struct ihe_exchange *ex, enum ny_hl7v2_ack_code code, ny_str control_id,
                      struct ny_arena *a, ny_str *out)
{
    const struct ihe_fault_row *row = ihe_fault_row(ex->fault);
    struct ny_hl7v2_remark error = {
        .severity = 'E',
        .code = row->err,
        .locations = ex->fault_locations,
        .location_count = ex->n_fault_locations,
        .user_message = ny_str_from_c(row->text),
    };
    struct ny_hl7v2_ack ack = {
        .code = code,
        .control_id = control_id,
        .now_us = ny_clock_now_us(),
        .remarks = ex->warnings,
        .remark_count = ex->n_warnings,
    };

    if (ihe_is_refused(ex)) {
        ack.remarks = &error;
        ack.remark_count = 1;
    }
    return ny_hl7v2_ack_write(a, &ex->msh, &ack, out);
}

bool ihe_is_query(const struct ihe_exchange *ex)
{
    return ex->event != NULL && ex->event->action >= IHE_ITI9;
}

static ny_rc compose(struct ihe_exchange *ex, struct ny_arena *a, ny_str *out)
{
    ex->composed = true;
    if (!ihe_is_query(ex) || ex->event->action == IHE_CANCEL) {
        return ex->v3 != NULL
                   ? ihe_iti44_ack_write(ex, a, out)
                   : ihe_ack_compose(ex, ihe_fault_row(ex->fault)->code, ex->control_id, a, out);
    }
    return ex->event->action == IHE_ITI9 ? ihe_iti9_write(ex, a, out) : ihe_iti21_write(ex, a, out);
}

/* ---- sending ---- */

static void count(const struct ihe_exchange *ex)
{
    enum ny_hl7v2_ack_code code = ihe_fault_row(ex->fault)->code;

    if (ihe_is_query(ex)) {
        ny_counter_add(NY_C_QUERIES, 1);
    } else if (ex->composed) {
        ny_counter_add(code == NY_HL7V2_AA   ? NY_C_FEED_AA
                       : code == NY_HL7V2_AE ? NY_C_FEED_AE
                                             : NY_C_FEED_AR,
                       1);
        if (ex->request.source != NULL) {
            ny_registry_heard(ex->ihe->cfg.registry, ex->request.source, code == NY_HL7V2_AA);
        }
    }
}

void ihe_send_answer(struct ihe_exchange *ex, ny_str answer)
{
    struct ny_ihe_exchange *x = ex->x;

    count(ex);
    if (x->enhanced && answer.n > 0 && !ihe_is_query(ex) &&
        (ex->msh.raw_15.n > 0 || ex->msh.raw_16.n > 0)) {
        answer = ihe_acknowledge_twice(ex, answer);
    }
    x->answer(x->ctx, answer); /* the arena, and ex in it, may be gone now */
}

void ihe_finish_unavailable(struct ihe_exchange *ex, ny_rc rc)
{
    struct ny_arena *spare = NULL;
    ny_str answer = NY_STR_NONE;

    (void)ihe_refuse(ex, ihe_fault_of_rc(rc), NULL);
    ny_log(NY_LOG_WARN, "message_unavailable", "msg=%s rc=%d", ny_log_safe(ex->msh.control_id), rc);
    if (compose(ex, ex->arena, &answer) != NY_OK) {
        spare = ny_arena_create(SPARE_ARENA);
        if (compose(ex, spare, &answer) != NY_OK) {
            answer = NY_STR_NONE;
        }
    }
    ihe_send_answer(ex, answer);
    ny_arena_destroy(spare);
}

static ny_rc note_compose(void *ctx, const struct ny_feed_outcome *o, ny_str *out)
{
    struct ihe_exchange *ex = ctx;

    (void)o;
    *out = ex->note.answer;
    return NY_OK;
}

static void on_done(void *ctx, ny_rc rc, ny_str answer)
{
    struct ihe_exchange *ex = ctx;

    if (rc != NY_OK) {
        ihe_finish_unavailable(ex, rc);
    } else {
        ihe_send_answer(ex, answer);
    }
}

void ihe_note_and_send(struct ihe_exchange *ex, ny_str answer)
{
    ex->note.request = ex->request;
    ex->note.answer = answer;
    ex->reply = (struct ny_reply){note_compose, on_done, ex};
    ny_registry_note(ex->ihe->cfg.registry, &ex->note, &ex->reply);
}

/* "AE 204" */
static ny_str decision(struct ihe_exchange *ex)
{
    const struct ihe_fault_row *row = ihe_fault_row(ex->fault);

    if (!ihe_is_refused(ex)) {
        return NY_S("AA");
    }
    return ny_arena_printf(ex->arena, "%s %d", ny_hl7v2_ack_code_name(row->code), row->err);
}

/* Refused for who it is, or for what it says (our audit rules 3). */
static enum ny_audit_outcome outcome_of(enum ihe_fault f)
{
    if (f == IHE_FAULT_NONE) {
        return NY_AUDIT_OK;
    }
    return f == IHE_FAULT_QUERY_DENIED || f == IHE_FAULT_FOREIGN_SENDER ||
                   f == IHE_FAULT_UNKNOWN_SENDER || f == IHE_FAULT_NOT_YOUR_DOMAIN
               ? NY_AUDIT_DENIED
               : NY_AUDIT_MINOR;
}

void ihe_finish(struct ihe_exchange *ex)
{
    struct ny_note *n = &ex->note;
    ny_str answer = NY_STR_NONE;
    ny_rc rc = compose(ex, ex->arena, &answer);

    n->kind = ihe_is_query(ex) ? NY_S("query") : NY_S("feed");
    n->outcome = outcome_of(ex->fault);
    /* A refused message is not kept: the same bytes, sent again when the cause is gone (a domain
     * was registered), must be processed and not be answered from memory. */
    n->keep_message = !ihe_is_query(ex) && !ihe_is_refused(ex);
    if (ihe_is_query(ex)) {
        n->query_payload = ihe_query_payload(ex);
    } else if (ex->feed.n_ids > 0) {
        n->patient_domain = ex->feed.domains[0]->ns;
        n->patient_id = ex->feed.ids[0];
    }
    n->decision = decision(ex);
    n->reason = ex->n_fault_locations > 0 ? ex->fault_locations[0] : NY_STR_NONE;
    if (rc != NY_OK || n->decision.p == NULL) {
        ihe_finish_unavailable(ex, NY_ELIMIT);
        return;
    }
    if (ihe_is_refused(ex)) {
        ny_log(NY_LOG_INFO, "message_refused", "msg=%s decision=\"%.*s\" field=%.*s",
               ny_log_safe(ex->msh.control_id), NY_ARG(n->decision), NY_ARG(n->reason));
    }
    ihe_note_and_send(ex, answer);
}

/* ---- feeds ---- */

/* What is accepted, but worth a look: an id that a merge or withdrawal names and nobody knows, one
 * that was merged away. */
static void outcome_warn(struct ihe_exchange *ex, const struct ny_feed_outcome *o)
{
    const struct ny_feed *f = &ex->feed;
    uint32_t odd = o->retired | (f->kind == NY_FEED_WITHDRAW ? o->unknown : 0);

    for (size_t i = 0; i < f->n_pairs && f->kind != NY_FEED_LINK && f->kind != NY_FEED_UNLINK;
         i++) {
        odd |= o->unknown & 1U << f->pairs[i].a;
    }
    for (size_t k = 0; k < f->n_ids; k++) {
        if ((odd >> k & 1U) != 0) {
            ihe_warn_id(ex, k);
        }
    }
}

static ny_rc feed_compose(void *ctx, const struct ny_feed_outcome *o, ny_str *out)
{
    struct ihe_exchange *ex = ctx;

    ex->fault = IHE_FAULT_NONE; /* a batch that failed is decided again */
    ex->n_warnings = ex->n_read_warnings;
    ex->first_was_unknown = (o->unknown & 1U) != 0;
    if (o->result == NY_FEED_UNKNOWN_PATIENT) {
        (void)ihe_refuse(ex, IHE_FAULT_UNKNOWN_PATIENT, NULL);
    } else if (o->result == NY_FEED_ID_TAKEN) {
        (void)ihe_refuse(ex, IHE_FAULT_ID_TAKEN, NULL);
    } else if (o->result == NY_FEED_IN_PRODUCTION) {
        (void)ihe_refuse(ex, IHE_FAULT_IN_PRODUCTION, NULL);
    } else {
        outcome_warn(ex, o);
    }
    return compose(ex, ex->arena, out);
}

const struct ny_reply ihe_feed_reply = {feed_compose, on_done, NULL};
