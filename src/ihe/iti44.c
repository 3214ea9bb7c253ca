/* ITI-44 Patient Identity Feed HL7 V3: PRPA_IN201301UV02 adds, 201302 revises, 201304 merges.
 *
 * The message is written as the ADT of the same meaning (A28, A31, A40) and goes the way of that:
 * one patient fed by v2 and by v3 is one record, by construction. What is kept and hashed is the
 * message as it came; the answer is MCCI_IN000002UV01 with CA, CE or CR.
 *
 *   add of a known patient, revision of an unknown one: done, and told (detail I)
 *   several patients, or several that are replaced: CE, nothing done
 *   a revision whose ids all have updateMode D: they are withdrawn (A29); some of them: CE
 *
 * Ids of other organisations (asOtherIDs) are taken where the sender may feed them. Spec: ITI
 * TF-2 3.44, appendix O; our HL7 v3 rules 6, 7. */

#include "v3_priv.h"

struct ihe_v3_feed {
    const struct ny_xml_node *event; /* registrationEvent */
    const struct ny_xml_node *patient;
    const struct ny_xml_node *ids[NY_FEED_IDS_MAX];
    size_t n_ids;
    const struct ny_xml_node *replaced; /* id that is merged away */
};

static bool is_merge(const struct ihe_v3 *v3)
{
    return v3->kind->says == IHE_V3_MERGES;
}

/* ---- checks ---- */

enum feed_kind { FEED_SAY, FEED_MERGE, FEED_WITHDRAW };

/* The one patient. */
static bool subject_read(struct ihe_exchange *ex, struct ihe_v3_feed *f)
{
    const struct ny_xml_node *act = ihe_v3_child(ex->v3->x->message, "controlActProcess");
    const struct ny_xml_node *subject = ihe_v3_child(act, "subject");
    const struct ny_xml_node *again = ny_xml_again(subject);
    const struct ny_xml_node *subject1;

    f->event = ihe_v3_child(subject, "registrationEvent");
    subject1 = ihe_v3_child(f->event, "subject1");
    f->patient = ihe_v3_child(subject1, "patient");
    if (f->patient == NULL) {
        return ihe_v3_refuse(ex, IHE_FAULT_FIELD_MISSING, f->event != NULL ? f->event : act);
    }
    again = again != NULL ? again : ny_xml_again(f->event);
    again = again != NULL ? again : ny_xml_again(subject1);
    again = again != NULL ? again : ny_xml_again(f->patient);
    return again == NULL || ihe_v3_refuse(ex, IHE_FAULT_V3_PATIENTS, again);
}

/* The one id that a merge takes away; other messages take none. */
static bool replaced_read(struct ihe_exchange *ex, struct ihe_v3_feed *f)
{
    const struct ny_xml_node *of = ihe_v3_child(f->event, "replacementOf");
    const struct ny_xml_node *prior = ihe_v3_child(of, "priorRegistration");
    const struct ny_xml_node *role =
        ihe_v3_child(ihe_v3_child(prior, "subject1"), "priorRegisteredRole");

    f->replaced = ihe_v3_child(role, "id");
    if (!is_merge(ex->v3)) {
        return of == NULL || ihe_v3_refuse(ex, IHE_FAULT_V3_REPLACED, of);
    }
    if (f->replaced == NULL) {
        return ihe_v3_refuse(ex, IHE_FAULT_FIELD_MISSING, of != NULL ? of : f->event);
    }
    if (ny_xml_again(of) != NULL || ny_xml_again(f->replaced) != NULL) {
        return ihe_v3_refuse(ex, IHE_FAULT_V3_REPLACED,
                             ny_xml_again(of) != NULL ? ny_xml_again(of)
                                                      : ny_xml_again(f->replaced));
    }
    return true;
}

static bool id_add(struct ihe_exchange *ex, struct ihe_v3_feed *f, const struct ny_xml_node *id)
{
    if (f->n_ids == NY_FEED_IDS_MAX) {
        return ihe_v3_refuse(ex, IHE_FAULT_FIELD_LIMIT, id);
    }
    f->ids[f->n_ids++] = id;
    return true;
}

/* The id goes: HL7UpdateMode D, which the schemas of 2008 do not allow, but not all ask them. */
static bool is_removed(const struct ny_xml_node *id)
{
    return ny_str_equals(ny_str_trim(ny_xml_attr(id, "updateMode")), NY_S("D"));
}

/* A revision either tells of a patient or takes his ids back: which of both is meant must not
 * depend on the order. *out: they go. */
static bool removal_read(struct ihe_exchange *ex, const struct ihe_v3_feed *f, bool *out)
{
    size_t n = 0;

    for (size_t i = 0; i < f->n_ids && ex->v3->kind->says == IHE_V3_REVISES; i++) {
        n += is_removed(f->ids[i]);
    }
    *out = n > 0;
    if (n == 0) {
        return true;
    }
    ex->request.action = NY_S("D");
    if (n < f->n_ids) {
        return ihe_v3_refuse(ex, IHE_FAULT_V3_REMOVED, f->patient);
    }
    return ihe_processing_is_allowed(ex, true) || ihe_refuse(ex, IHE_FAULT_PROCESSING_ID, NULL);
}

/* The organisation of other ids is that of their root; the root counts. An id of the person himself
 * is nobody's to give (appendix E.2) and is passed over. */
static void odd_ids_warn(struct ihe_exchange *ex, const struct ny_xml_node *person)
{
    const struct ny_xml_node *other = ihe_v3_child(person, "asOtherIDs");
    const struct ny_xml_node *own = ihe_v3_child(person, "id");

    if (own != NULL) {
        ihe_v3_warn(ex, 102, own);
    }
    for (; other != NULL; other = ny_xml_again(other)) {
        const struct ny_xml_node *id = ihe_v3_child(other, "id");
        const struct ny_xml_node *scope =
            ihe_v3_child(ihe_v3_child(other, "scopingOrganization"), "id");

        if (id != NULL && !ny_str_equals(ihe_v3_root(id), ihe_v3_root(scope)) &&
            !ihe_v3_is_insurance(id)) {
            ihe_v3_warn(ex, 102, scope != NULL ? scope : other);
        }
    }
}

/* patient/id, all of which the sender must own, then what it may feed of the others. */
static bool ids_read(struct ihe_exchange *ex, struct ihe_v3_feed *f)
{
    const struct ny_xml_node *person = ihe_v3_child(f->patient, "patientPerson");
    const struct ny_xml_node *id = ihe_v3_child(f->patient, "id");
    const struct ny_xml_node *other = ihe_v3_child(person, "asOtherIDs");

    if (ex->request.source == NULL) {
        return ihe_refuse(ex, IHE_FAULT_UNKNOWN_SENDER, NULL);
    }
    for (; id != NULL; id = ny_xml_again(id)) {
        if (ny_xml_attr(id, "nullFlavor").n == 0 && !id_add(ex, f, id)) {
            return false;
        }
    }
    if (f->n_ids == 0) {
        return ihe_v3_refuse(ex, IHE_FAULT_FIELD_MISSING, f->patient);
    }
    odd_ids_warn(ex, person);
    for (; other != NULL && !is_merge(ex->v3); other = ny_xml_again(other)) {
        for (id = ihe_v3_child(other, "id"); id != NULL; id = ny_xml_again(id)) {
            const struct ny_domain *d = ihe_v3_domain(ex, id);

            if (d != NULL && ny_xml_attr(id, "extension").n > 0 && !ihe_v3_is_insurance(id) &&
                ny_registry_may_feed(ex->ihe->cfg.registry, ex->request.source, d) &&
                !id_add(ex, f, id)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- as ADT ---- */

/* A time stamp with at most the four digits of a second that v2 knows. */
static ny_str time_cut(struct ihe_exchange *ex, const struct ny_xml_node *n)
{
    ny_str value = ny_str_trim(ny_xml_attr(n, "value"));
    size_t from = ny_str_find(value, '.') + 1;
    size_t to = from;

    while (to < value.n && value.p[to] >= '0' && value.p[to] <= '9') {
        to++;
    }
    if (from >= value.n || to - from <= 4) {
        return value;
    }
    return ny_arena_printf(ex->arena, "%.*s%.*s", NY_ARG(ny_str_sub(value, 0, from + 4)),
                           NY_ARG(ny_str_sub(value, to, value.n)));
}

/* The time of the event, else that of the message; one of them must be a time. */
static bool times_write(struct ihe_exchange *ex, struct ny_hl7v2_writer *w)
{
    const struct ny_xml_node *m = ex->v3->x->message;
    const struct ny_xml_node *act = ihe_v3_child(m, "controlActProcess");
    const ny_str event = time_cut(ex, ihe_v3_child(act, "effectiveTime"));
    const ny_str sent = time_cut(ex, ihe_v3_child(m, "creationTime"));
    const int zone = ex->ihe->cfg.timezone_s / 60;
    struct ny_hl7v2_ts ts;

    ny_hl7v2_w_begin(w, NY_S("EVN"));
    ny_hl7v2_w_skip(w, 1);
    ny_hl7v2_w_text(w, sent);
    ny_hl7v2_w_skip(w, 3);
    ny_hl7v2_w_text(w, event);
    ny_hl7v2_w_end(w);
    return ny_hl7v2_ts_parse(event, zone, &ts, NULL) == NY_OK ||
           ny_hl7v2_ts_parse(sent, zone, &ts, NULL) == NY_OK ||
           ihe_v3_refuse(ex, IHE_FAULT_NO_TIME, ihe_v3_child(m, "creationTime"));
}

static bool adt_make(struct ihe_exchange *ex, const struct ihe_v3_feed *f, enum feed_kind kind)
{
    static const char *const events[] = {
        [FEED_SAY] = "A31", [FEED_MERGE] = "A40", [FEED_WITHDRAW] = "A29"};
    struct ny_hl7v2_writer w;

    ihe_v3_message_begin(ex, &w, "ADT", events[kind]);
    if (!times_write(ex, &w)) {
        return false;
    }
    ny_hl7v2_w_begin(&w, NY_S("PID"));
    ny_hl7v2_w_skip(&w, 2);
    ihe_v3_ids_write(&w, f->ids, f->n_ids);
    if (kind == FEED_SAY) {
        ihe_v3_patient_write(&w, ex->arena, f->patient);
    }
    ny_hl7v2_w_end(&w);
    if (kind == FEED_SAY) {
        ihe_v3_insurances_write(&w, ihe_v3_child(f->patient, "patientPerson"));
    }
    if (kind == FEED_MERGE) {
        ny_hl7v2_w_begin(&w, NY_S("MRG"));
        ihe_v3_ids_write(&w, &f->replaced, 1);
        ny_hl7v2_w_end(&w);
    }
    return ihe_v3_take(ex, &w);
}

/* ---- the whole ---- */

/* The same message in another envelope is the same message. */
static bool body_hash(struct ihe_exchange *ex)
{
    ny_str text;

    if (ny_xml_copy(ex->arena, ex->v3->x->message, &text) != NY_OK) {
        return false;
    }
    ny_sha256(text, ex->request.body_hash);
    return true;
}

void ihe_iti44(struct ihe_exchange *ex)
{
    bool merge = is_merge(ex->v3);
    bool removed = false;
    struct ihe_v3_feed *f = NY_ARENA_NEW(ex->arena, struct ihe_v3_feed);

    ex->v3->feed = f;
    if (f == NULL || !body_hash(ex)) {
        ihe_finish_unavailable(ex, NY_ELIMIT);
    } else if (!ihe_v3_begin(ex, NULL, merge)) {
        return;
    } else if (!subject_read(ex, f) || !replaced_read(ex, f) || !ids_read(ex, f) ||
               !removal_read(ex, f, &removed) ||
               !adt_make(ex, f,
                         merge     ? FEED_MERGE
                         : removed ? FEED_WITHDRAW
                                   : FEED_SAY)) {
        ihe_finish(ex);
    } else if (merge) {
        ihe_merge(ex, NY_FEED_MERGE);
    } else if (removed) {
        ihe_withdraw(ex);
    } else {
        ihe_feed(ex, false);
    }
}

/* ---- places ---- */

/* Where a field of PID comes from. */
static const struct {
    unsigned field;
    const char *element;
} places[] = {
    {5,  "name"                    },
    {6,  "personalRelationship"    },
    {7,  "birthTime"               },
    {8,  "administrativeGenderCode"},
    {11, "addr"                    },
    {13, "telecom"                 },
    {14, "telecom"                 },
    {24, "multipleBirthInd"        },
    {25, "multipleBirthOrderNumber"},
    {29, "deceasedTime"            },
    {30, "deceasedInd"             },
};

static uint64_t number_next(ny_str *rest)
{
    uint64_t n = 0;

    return rest->p != NULL && ny_str_to_u64(ny_str_split(rest, '^'), 0, 10000, &n) == NY_OK ? n : 0;
}

/* The element that an ERL speaks of; NULL: none. */
static const struct ny_xml_node *place_find(const struct ihe_exchange *ex, ny_str erl)
{
    const struct ihe_v3_feed *f = ex->v3->feed;
    ny_str rest = erl;
    ny_str segment = ny_str_split(&rest, '^');
    uint64_t field;
    uint64_t rep;

    (void)number_next(&rest);
    field = number_next(&rest);
    rep = number_next(&rest);
    if (ny_str_equals(segment, NY_S("MRG")) && f != NULL) {
        return f->replaced;
    }
    if (ny_str_equals(segment, NY_S("MSH"))) {
        return ihe_v3_child(ex->v3->x->message, "sender");
    }
    if (ny_str_equals(segment, NY_S("QPD"))) {
        return ihe_v3_question_place(ex, erl);
    }
    if (!ny_str_equals(segment, NY_S("PID")) || f == NULL) {
        return NULL;
    }
    if (field == 3) {
        return f->n_ids > 0 ? f->ids[rep > 0 && rep <= f->n_ids ? rep - 1 : 0] : f->patient;
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(places); i++) {
        if (places[i].field == field) {
            return ihe_v3_child(ihe_v3_child(f->patient, "patientPerson"), places[i].element);
        }
    }
    return NULL;
}

ny_str ihe_v3_place(const struct ihe_exchange *ex, struct ny_arena *a, ny_str where)
{
    const struct ny_xml_node *n;

    if (ny_str_starts_with(where, NY_S("/"))) {
        return where;
    }
    n = place_find(ex, where);
    return n != NULL ? ny_xml_path(a, ex->v3->x->message, n) : NY_STR_NONE;
}
