/* A feed: the ids of PID-3, the time of the event, the patient (A17: two); then the registry. A
 * withdrawal (A23, A29) is a feed that says of the patient only that he is taken back. */

#include "ihe_priv.h"

enum { TEXT_MAX = 4096 };

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

bool ihe_feed_begin(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                    struct ny_hl7v2_ts *when)
{
    struct ny_feed *f = &ex->feed;
    struct ny_stamp stamp = {.control_id = ex->msh.control_id};

    if (ex->request.source == NULL) {
        return ihe_refuse(ex, IHE_FAULT_UNKNOWN_SENDER, NULL);
    }
    if (!time_read(ex, pid, when)) {
        return false;
    }
    stamp.at_us = when->us;
    memcpy(stamp.hash, ex->request.body_hash, sizeof(stamp.hash));
    ny_patient_init(&f->patient);
    f->patient.seen = stamp;
    f->patient.first_us = stamp.at_us;
    return true;
}

/* PID-3; where it is empty and the source has a default domain, PID-2 or PID-4, where the patient's
 * number stood before there was a list of them. */
static unsigned ids_field(const struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid)
{
    static const unsigned old[] = {2, 4};

    if (ny_hl7v2_presence(pid, 3) != NY_HL7V2_ABSENT || ex->request.source->default_domain == 0) {
        return 3;
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(old); i++) {
        if (ny_hl7v2_presence(pid, old[i]) == NY_HL7V2_VALUE) {
            return old[i];
        }
    }
    return 3;
}

static bool patient_ids_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid)
{
    struct ihe_cx ids[NY_FEED_IDS_MAX];
    size_t n;
    uint8_t place;

    if (!ihe_ids_read(ex, pid, ids_field(ex, pid), ids, &n)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!ihe_feed_id(ex, &ids[i], &place)) {
            return false;
        }
    }
    return true;
}

/* What PID and its PV1 say of one patient, into p and *visit. */
static bool patient_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid, ny_date day,
                         struct ny_patient *p, const struct ny_visit **visit)
{
    const struct ny_stamp stamp = p->seen;

    if (ex->feed.is_test) {
        ny_patient_say_single(p, NY_SINGLE_PROCESSING, ex->msh.processing_id, &stamp);
    }
    if (ex->msh.charset_facts.replaced > 0) {
        ny_patient_say_single(p, NY_SINGLE_UNDECODABLE, NY_S("Y"), &stamp);
    }
    if (!ihe_patient_read(ex, pid, &stamp, day, p) || !ihe_visit_read(ex, pid, &stamp, visit)) {
        return false;
    }
    return ny_patient_claim_say(p, ex->arena) == NY_OK || ihe_refuse(ex, IHE_FAULT_TOO_LARGE, NULL);
}

/* The second patient of a message, who must be another one. */
static bool second_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid, ny_date day)
{
    struct ny_feed *f = &ex->feed;
    bool ok;

    f->second_from = f->n_ids;
    if (!patient_ids_read(ex, pid)) {
        return false;
    }
    if (f->n_ids == f->second_from) {
        return ihe_refuse(ex, IHE_FAULT_MERGE_ITSELF, "PID^2^3^1^1");
    }
    ex->is_second = true;
    ok = patient_read(ex, pid, day, &f->second, &f->second_visit);
    ex->is_second = false;
    return ok;
}

static bool feed_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                      const struct ny_hl7v2_segment *second)
{
    static const unsigned left_open = NY_CHARSET_W_RESET | NY_CHARSET_W_UNCLOSED; /* kanji */
    struct ny_feed *f = &ex->feed;
    struct ny_hl7v2_ts when = {0};
    struct ny_stamp stamp;

    if (!ihe_feed_begin(ex, pid, &when) || !patient_ids_read(ex, pid)) {
        return false;
    }
    if (f->kind == NY_FEED_VISIT) {
        return ihe_visit_read(ex, pid, &f->patient.seen, &f->visit);
    }
    if (f->kind == NY_FEED_WITHDRAW) {
        stamp = f->patient.seen;
        ny_patient_withdraw(&f->patient, &stamp);
        return true;
    }
    f->is_test = !ny_str_equals(ex->msh.processing_id, NY_S("P"));
    if (ex->msh.charset_facts.replaced > 0 || (ex->msh.charset_facts.warnings & left_open) != 0) {
        ihe_warn(ex, 102, NULL);
    }
    if (second != NULL) {
        f->second = f->patient; /* it says nothing but when, so far */
    }
    return patient_read(ex, pid, when.date, &f->patient, &f->visit) &&
           (second == NULL || second_read(ex, second, when.date));
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

void ihe_feed_end(struct ihe_exchange *ex, bool ok)
{
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
    ex->n_read_warnings = ex->n_warnings;
    ex->feed.request = ex->request;
    ex->reply = ihe_feed_reply;
    ex->reply.ctx = ex;
    ny_registry_feed(ex->ihe->cfg.registry, &ex->feed, &ex->reply);
}

void ihe_feed_of(struct ihe_exchange *ex, const struct ny_hl7v2_segment *first,
                 const struct ny_hl7v2_segment *second)
{
    ihe_feed_end(ex, feed_read(ex, first, second));
}

void ihe_feed(struct ihe_exchange *ex, bool strict)
{
    ex->feed.strict_update = strict;
    ihe_feed_of(ex, ny_hl7v2_find(ex->msg, NY_S("PID"), 1), NULL);
}

/* An event that tells of a visit alone, however little its PID says beside the id; without an id or
 * a visit it is accepted without effect. */
void ihe_visit(struct ihe_exchange *ex)
{
    const struct ny_hl7v2_segment *pid = ny_hl7v2_find(ex->msg, NY_S("PID"), 1);

    if (ny_hl7v2_presence(pid, 3) != NY_HL7V2_VALUE || !ihe_has_visit(ex, pid)) {
        ihe_ignore(ex);
        return;
    }
    ex->feed.kind = NY_FEED_VISIT;
    ihe_feed_of(ex, pid, NULL);
}

static bool first_id_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *seg,
                          unsigned field)
{
    struct ihe_cx ids[NY_FEED_IDS_MAX];
    uint8_t place;
    size_t n;

    return ihe_ids_read(ex, seg, field, ids, &n) && ihe_feed_id(ex, &ids[0], &place);
}

/* The first id of PID is whose the visit is from now on, that of MRG-1 whose it was; without one,
 * the same patient's. */
static bool turn_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                      const struct ny_hl7v2_segment *mrg)
{
    struct ny_hl7v2_ts when;

    return ihe_feed_begin(ex, pid, &when) && first_id_read(ex, pid, 3) &&
           (ny_hl7v2_presence(mrg, 1) != NY_HL7V2_VALUE || first_id_read(ex, mrg, 1)) &&
           ihe_visit_read(ex, pid, &ex->feed.patient.seen, &ex->feed.visit);
}

/* A visit gets another number or another patient; without both numbers it is accepted without
 * effect. */
void ihe_turn(struct ihe_exchange *ex)
{
    const struct ny_hl7v2_segment *pid = ny_hl7v2_find(ex->msg, NY_S("PID"), 1);
    const struct ny_hl7v2_segment *mrg = ny_hl7v2_find(ex->msg, NY_S("MRG"), 1);

    if (ny_hl7v2_presence(pid, 3) != NY_HL7V2_VALUE ||
        ny_hl7v2_presence(mrg, 5) != NY_HL7V2_VALUE || !ihe_has_visit(ex, pid)) {
        ihe_ignore(ex);
        return;
    }
    ihe_moves_remark(ex);
    ex->feed.kind = NY_FEED_VISIT;
    ihe_feed_end(ex, turn_read(ex, pid, mrg));
}

void ihe_withdraw(struct ihe_exchange *ex)
{
    ex->feed.kind = NY_FEED_WITHDRAW;
    ihe_feed_end(ex, ihe_feed_segments_check(ex) &&
                         feed_read(ex, ny_hl7v2_find(ex->msg, NY_S("PID"), 1), NULL));
}
