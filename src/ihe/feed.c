/* A feed: PID-3 with its authorities, the time of the event, the patient; then the registry.
 *
 *   PID-3 rep n ─▶ HD ─▶ empty: the source's default domain   unknown, malformed, mixed: AE 204
 *                     └▶ found: may this source feed it?       no: AR 204
 *
 * One repetition at fault refuses the whole message, so that nothing is half applied. */

#include "ihe_priv.h"

enum { ID_MAX = 200, TEXT_MAX = 4096 };

struct ny_hd ihe_hd(const struct ny_hl7v2_hd *hd)
{
    return (struct ny_hd){ny_str_trim(hd->namespace_id), ny_str_trim(hd->universal_id),
                          ny_str_trim(hd->universal_id_type)};
}

ny_str ihe_text(struct ihe_exchange *ex, const struct ny_hl7v2_segment *seg, ny_str rep,
                unsigned component, unsigned sub, const char *field)
{
    struct ny_hl7v2_value v = ny_hl7v2_part(seg, rep, component, sub);

    if (v.presence != NY_HL7V2_VALUE || ny_str_trim(v.text).n == 0) {
        return NY_STR_NONE;
    }
    if (v.text.n > TEXT_MAX) {
        (void)ihe_refuse(ex, IHE_FAULT_FIELD_LIMIT, field);
        return NY_STR_NONE;
    }
    return v.text;
}

bool ihe_field_is_deleted(const struct ny_hl7v2_segment *seg, unsigned field)
{
    ny_str rest = ny_hl7v2_field(seg, field);
    ny_str rep;

    while (ny_hl7v2_rep_next(seg, &rest, &rep)) {
        if (ny_hl7v2_part(seg, rep, 0, 0).presence == NY_HL7V2_NULL) {
            return true;
        }
    }
    return false;
}

bool ihe_say(struct ihe_exchange *ex, struct ny_patient *p, enum ny_set_id set,
             const struct ny_value *v, const struct ny_stamp *stamp)
{
    if (ny_patient_say(p, ex->arena, set, v, stamp) != NY_OK) {
        return ihe_refuse(ex, IHE_FAULT_FIELD_LIMIT, ny_set_info(set)->hl7);
    }
    return true;
}

bool ihe_feed_segments_check(struct ihe_exchange *ex)
{
    const struct ny_hl7v2_segment *evn = ny_hl7v2_find(ex->msg, NY_S("EVN"), 1);
    const struct ny_hl7v2_segment *pid = ny_hl7v2_find(ex->msg, NY_S("PID"), 1);

    if (evn == NULL || (pid != NULL && pid < evn)) {
        return ihe_refuse(ex, IHE_FAULT_SEGMENT, "EVN^1");
    }
    if (pid == NULL) {
        return ihe_refuse(ex, IHE_FAULT_SEGMENT, "PID^1");
    }
    return true;
}

/* ---- identifiers ---- */

/* `&&` is an authority with nothing in it, which is malformed; no component at all is an empty one.
 */
static bool authority_is_hollow(const struct ihe_exchange *ex, ny_str rep, const struct ny_hd *hd)
{
    ny_str raw = NY_STR_NONE;

    for (unsigned i = 0; i < 4 && rep.p != NULL; i++) {
        raw = ny_str_split(&rep, ex->msh.delims.component);
        if (i < 3) {
            raw = NY_STR_NONE;
        }
    }
    return raw.n > 0 && !ny_str_equals(raw, NY_S("\"\"")) && hd->ns.n == 0 && hd->oid.n == 0 &&
           hd->type.n == 0;
}

/* An id without authority is the source's own only when its type says nothing else: an insurance or
 * account number must not become a patient number (a family shares the former). */
static bool type_is_patient_number(ny_str type)
{
    return type.n == 0 || ny_str_equals(type, NY_S("PI")) || ny_str_equals(type, NY_S("MR")) ||
           ny_str_equals(type, NY_S("PT")) || ny_str_equals(type, NY_S("PN"));
}

/* The domain of repetition n, NULL and the fault when there is none. */
static const struct ny_domain *id_domain(struct ihe_exchange *ex,
                                         const struct ny_hl7v2_segment *pid, ny_str rep, size_t n)
{
    const struct ny_registry *r = ex->ihe->cfg.registry;
    struct ny_hl7v2_hd written = ny_hl7v2_hd_part(pid, rep, 4);
    struct ny_hd hd = ihe_hd(&written);
    const struct ny_domain *d = NULL;
    enum ihe_fault fault = IHE_FAULT_NONE;
    ny_str type = ihe_text(ex, pid, rep, 5, 1, "PID^1^3");

    if (authority_is_hollow(ex, rep, &hd)) {
        (void)ihe_refuse_at(ex, IHE_FAULT_BAD_AUTHORITY, "PID^1^3^%zu^4", n);
        return NULL;
    }
    switch (ny_registry_authority(r, &hd, &d)) {
    case NY_AUTHORITY_FOUND:
        break;
    case NY_AUTHORITY_EMPTY:
        d = ny_registry_default_domain(r, ex->request.source);
        if (!type_is_patient_number(type)) {
            fault = IHE_FAULT_UNKNOWN_AUTHORITY;
        } else if (d == NULL) {
            fault = IHE_FAULT_NO_AUTHORITY;
        }
        break;
    case NY_AUTHORITY_MALFORMED:
        fault = IHE_FAULT_BAD_AUTHORITY;
        break;
    case NY_AUTHORITY_UNKNOWN:
        fault = IHE_FAULT_UNKNOWN_AUTHORITY;
        break;
    case NY_AUTHORITY_CONFLICT:
        fault = IHE_FAULT_AUTHORITY_MIXED;
        break;
    }
    if (fault == IHE_FAULT_NONE && !ny_registry_may_feed(r, ex->request.source, d)) {
        fault = IHE_FAULT_NOT_YOUR_DOMAIN;
    }
    if (fault != IHE_FAULT_NONE) {
        (void)ihe_refuse_at(ex, fault, "PID^1^3^%zu^4", n);
        return NULL;
    }
    return d;
}

static bool id_add(struct ihe_exchange *ex, const struct ny_domain *d, ny_str id, size_t n)
{
    struct ny_feed *f = &ex->feed;

    if (id.n > ID_MAX) {
        return ihe_refuse_at(ex, IHE_FAULT_FIELD_LIMIT, "PID^1^3^%zu^1", n);
    }
    for (size_t i = 0; i < f->n_ids; i++) {
        if (f->domains[i] == d && ny_str_equals(f->ids[i], id)) {
            return true;
        }
    }
    if (f->n_ids == NY_FEED_IDS_MAX) {
        return ihe_refuse(ex, IHE_FAULT_FIELD_LIMIT, "PID^1^3");
    }
    f->domains[f->n_ids] = d;
    f->ids[f->n_ids++] = id;
    return true;
}

/* One repetition; *skipped: its authority is unknown and the source wants such ones ignored. */
static bool id_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid, ny_str rep,
                    size_t n, bool *skipped)
{
    struct ny_hl7v2_value v = ny_hl7v2_part(pid, rep, 1, 1);
    const struct ny_domain *d;

    *skipped = false;
    if (v.presence != NY_HL7V2_VALUE) {
        return ihe_refuse_at(ex, IHE_FAULT_FIELD_MISSING, "PID^1^3^%zu^1", n);
    }
    if (ny_str_trim(v.text).n == 0) {
        return ihe_refuse_at(ex, IHE_FAULT_FIELD_VALUE, "PID^1^3^%zu^1", n);
    }
    d = id_domain(ex, pid, rep, n);
    if (d == NULL) {
        *skipped = ex->fault == IHE_FAULT_UNKNOWN_AUTHORITY &&
                   ex->request.source->ignore_unknown_authority;
        return false;
    }
    return id_add(ex, d, ny_str_trim(v.text), n);
}

static bool ids_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid)
{
    ny_str rest = ny_hl7v2_field(pid, 3);
    ny_str rep;
    size_t first_skipped = 0;

    if (ny_hl7v2_presence(pid, 3) != NY_HL7V2_VALUE) {
        return ihe_refuse(ex, IHE_FAULT_FIELD_MISSING, "PID^1^3");
    }
    for (size_t n = 1; ny_hl7v2_rep_next(pid, &rest, &rep); n++) {
        bool skipped;

        if (ny_hl7v2_part(pid, rep, 0, 0).presence == NY_HL7V2_ABSENT) {
            continue;
        }
        if (id_read(ex, pid, rep, n, &skipped)) {
            continue;
        }
        if (!skipped) {
            return false;
        }
        first_skipped = first_skipped == 0 ? n : first_skipped;
        ex->fault = IHE_FAULT_NONE;
    }
    if (ex->feed.n_ids == 0) {
        return ihe_refuse_at(ex, IHE_FAULT_UNKNOWN_AUTHORITY, "PID^1^3^%zu^4", first_skipped);
    }
    return true;
}

/* ---- time ---- */

/* EVN-6, else EVN-2, else PID-33, else MSH-7; one that cannot be read is passed over with a
 * warning. */
static bool time_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                      struct ny_hl7v2_ts *out)
{
    const struct ny_hl7v2_segment *evn = ny_hl7v2_find(ex->msg, NY_S("EVN"), 1);
    const struct ny_hl7v2_segment *msh = ny_hl7v2_segment_at(ex->msg, 0);
    const struct {
        const struct ny_hl7v2_segment *seg;
        unsigned field;
        const char *where;
    } places[] = {
        {evn, 6,  "EVN^1^6" },
        {evn, 2,  "EVN^1^2" },
        {pid, 33, "PID^1^33"},
        {msh, 7,  "MSH^1^7" },
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(places); i++) {
        ny_str text = ny_str_trim(ny_hl7v2_text(places[i].seg, places[i].field, 1, 1, 1));

        if (text.n == 0) {
            continue;
        }
        if (ny_hl7v2_ts_parse(text, ex->ihe->cfg.timezone_s / 60, out, NULL) == NY_OK) {
            return true;
        }
        ihe_warn(ex, 102, places[i].where);
    }
    return ihe_refuse(ex, IHE_FAULT_NO_TIME, NULL);
}

/* ---- the whole ---- */

static bool feed_read(struct ihe_exchange *ex)
{
    const struct ny_hl7v2_segment *pid = ny_hl7v2_find(ex->msg, NY_S("PID"), 1);
    struct ny_feed *f = &ex->feed;
    struct ny_stamp stamp = {.control_id = ex->msh.control_id};
    struct ny_hl7v2_ts when;

    if (ex->request.source == NULL) {
        return ihe_refuse(ex, IHE_FAULT_UNKNOWN_SENDER, NULL);
    }
    if (!ids_read(ex, pid) || !time_read(ex, pid, &when)) {
        return false;
    }
    stamp.at_us = when.us;
    memcpy(stamp.hash, ex->request.body_hash, sizeof(stamp.hash));
    ny_patient_init(&f->patient);
    f->patient.seen = stamp;
    f->patient.first_us = stamp.at_us;
    f->is_test = !ny_str_equals(ex->msh.processing_id, NY_S("P"));
    if (f->is_test) {
        ny_patient_say_single(&f->patient, NY_SINGLE_PROCESSING, ex->msh.processing_id, &stamp);
    }
    if (ex->msh.charset_facts.replaced > 0) {
        ny_patient_say_single(&f->patient, NY_SINGLE_UNDECODABLE, NY_S("Y"), &stamp);
        ihe_warn(ex, 102, NULL);
    }
    return ihe_patient_read(ex, &stamp, when.date, &f->patient);
}

/* MSH-9.2 decides; an EVN-1 that says otherwise is only remarked. */
static void event_compare(struct ihe_exchange *ex)
{
    const struct ny_hl7v2_segment *evn = ny_hl7v2_find(ex->msg, NY_S("EVN"), 1);
    ny_str said = ny_str_trim(ny_hl7v2_text(evn, 1, 1, 1, 1));

    if (said.n > 0 && !ny_str_equals(said, ex->msh.event)) {
        ihe_warn(ex, 102, "EVN^1^1");
    }
}

void ihe_feed(struct ihe_exchange *ex, bool strict)
{
    bool ok = feed_read(ex);

    if (ny_hl7v2_failed(ex->msg)) {
        ok = ihe_refuse(ex, IHE_FAULT_TOO_LARGE, NULL);
    }
    if (!ok) {
        if (ex->feed.n_ids > 0) {
            ex->note.patient_domain = ex->feed.domains[0]->ns;
            ex->note.patient_id = ex->feed.ids[0];
        }
        ihe_finish(ex);
        return;
    }
    event_compare(ex);
    ex->feed.request = ex->request;
    ex->feed.strict_update = strict;
    ex->reply = ihe_feed_reply;
    ex->reply.ctx = ex;
    ny_registry_feed(ex->ihe->cfg.registry, &ex->feed, &ex->reply);
}
