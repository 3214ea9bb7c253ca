/* What queries share: authorities as a query writes them, the domains it wants (QPD-4, QPD-8), and
 * the head of its answer: MSH MSA ERR* QAK QPD. */

#include "ihe_priv.h"

#include <stdio.h>

/* ---- the question ---- */

static bool question_check(struct ihe_exchange *ex, ihe_question_fn *read)
{
    const struct ny_hl7v2_segment *qpd = ny_hl7v2_find(ex->msg, NY_S("QPD"), 1);

    if (!ex->x->may_query) {
        return ihe_refuse(ex, IHE_FAULT_QUERY_DENIED, NULL);
    }
    if (qpd == NULL) {
        return ihe_refuse(ex, IHE_FAULT_QUERY_SEGMENT, "QPD^1");
    }
    return read(ex, qpd);
}

bool ihe_query_begin(struct ihe_exchange *ex, ihe_question_fn *read)
{
    bool ok = question_check(ex, read);

    ex->note.patient_id = ex->query_id;
    if (ex->query_domain != NULL) {
        ex->note.patient_domain = ex->query_domain->ns;
    }
    if (!ok) {
        ihe_finish(ex);
    }
    return ok;
}

/* The segment QPD as received; empty: there is none. */
static ny_str qpd_as_received(ny_str in)
{
    while (in.n > 0) {
        ny_str segment = ny_str_split(&in, '\r');

        if (ny_str_starts_with(segment, NY_S("QPD"))) {
            return segment;
        }
    }
    return NY_STR_NONE;
}

ny_str ihe_query_payload(const struct ihe_exchange *ex)
{
    if (ex->v3 != NULL) {
        const ny_str text = ihe_v3_query_text(ex);

        return text.n > 0 ? text : ex->x->in;
    }
    return ex->event->action == IHE_ITI22 ? qpd_as_received(ex->x->in) : ex->x->in;
}

const struct ny_domain *ihe_asked_facility(const struct ihe_exchange *ex)
{
    const struct ny_hd hd = ihe_hd(&ex->msh.receiving_application);
    const enum ihe_action action = ex->event->action;
    const struct ny_domain *d = NULL;
    bool asks = action == IHE_ITI21 || action == IHE_ITI22 || action == IHE_CANCEL;

    return asks && ihe_query_hd(ex, hd, &d) == NY_AUTHORITY_FOUND && d->kind == NY_DOMAIN_FACILITY
               ? d
               : NULL;
}

size_t ihe_query_minimum(const struct ihe_exchange *ex)
{
    return ny_registry_query_criteria(
        ex->ihe->cfg.registry, ex->msh.sending_application.namespace_id,
        ex->msh.sending_facility.namespace_id, ex->ihe->cfg.query_criteria);
}

enum ny_authority_result ihe_query_hd(const struct ihe_exchange *ex, struct ny_hd hd,
                                      const struct ny_domain **out)
{
    if (hd.oid.n > 0 && hd.type.n == 0) {
        hd.type = NY_S("ISO");
    }
    return ny_registry_authority(ex->ihe->cfg.registry, &hd, out);
}

enum ny_authority_result ihe_query_authority(const struct ihe_exchange *ex,
                                             const struct ny_hl7v2_segment *qpd, ny_str rep,
                                             const struct ny_domain **out)
{
    struct ny_hl7v2_hd written = ny_hl7v2_hd_part(qpd, rep, 4);

    return ihe_query_hd(ex, ihe_hd(&written), out);
}

bool ihe_targets_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *qpd, unsigned field,
                      struct ihe_targets *out)
{
    ny_str rest = ny_hl7v2_field(qpd, field);
    ny_str rep;
    bool ok = true;

    out->n = 0;
    out->all = ny_hl7v2_presence(qpd, field) != NY_HL7V2_VALUE;
    for (size_t n = 1; !out->all && ny_hl7v2_rep_next(qpd, &rest, &rep); n++) {
        const struct ny_domain *d = NULL;

        if (ny_hl7v2_part(qpd, rep, 0, 0).presence == NY_HL7V2_ABSENT) {
            continue;
        }
        if (ihe_query_authority(ex, qpd, rep, &d) != NY_AUTHORITY_FOUND) {
            if (ok) {
                ok = ihe_refuse_at(ex, IHE_FAULT_QUERY_TARGET, "QPD^1^%u^%zu", field, n);
            } else {
                ihe_refuse_also(ex, "QPD^1^%u^%zu", field, n);
            }
        } else if (ok && out->n == IHE_LOCATIONS_MAX) {
            ok = ihe_refuse_at(ex, IHE_FAULT_QUERY_VALUE, "QPD^1^%u^%zu", field, n);
        } else if (ok) {
            out->domains[out->n++] = d;
        }
    }
    return ok;
}

static bool is_wanted(const struct ihe_targets *t, const struct ny_domain *asked,
                      const struct ny_domain *d)
{
    if (t->all) {
        return d->listed && d->id != asked->id;
    }
    for (size_t i = 0; i < t->n; i++) {
        if (t->domains[i]->id == d->id) {
            return true;
        }
    }
    return false;
}

struct ny_known_id *ihe_ids_collect(const struct ny_registry *r, struct ny_arena *a,
                                    const struct ihe_targets *t, const struct ny_resolved *res,
                                    const struct ny_domain *asked, size_t *out_n)
{
    const struct ny_domain *regional = ny_registry_regional(r);
    struct ny_known_id *ids = NY_ARENA_ARRAY(a, struct ny_known_id, res->n_members + 1);
    size_t n = 0;

    if (ids == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < res->n_members; i++) {
        const struct ny_domain *d = ny_registry_domain(r, res->members[i].domain);

        if (d != NULL && is_wanted(t, asked, d)) {
            ids[n++] = (struct ny_known_id){d, res->members[i].local_id};
        }
    }
    if (regional != NULL && res->regional_id.n > 0 && is_wanted(t, asked, regional)) {
        ids[n++] = (struct ny_known_id){regional, res->regional_id};
    }
    *out_n = n;
    return ids;
}

/* ---- the answer ---- */

static const struct {
    enum ihe_action action;
    const char *event, *structure;
    bool own_errs; /* an ERR for every place, with words; else one ERR with all places */
} answers[] = {
    {IHE_ITI9,  "K23", "RSP_K23", false},
    {IHE_ITI21, "K22", "RSP_K21", true },
    {IHE_ITI22, "ZV2", "RSP_ZV2", true },
};

static void errors_write(struct ihe_exchange *ex, struct ny_hl7v2_writer *w, bool each)
{
    const struct ihe_fault_row *row = ihe_fault_row(ex->fault);
    size_t n = each ? ex->n_fault_locations : 1;

    for (size_t i = 0; i < n || i == 0; i++) {
        struct ny_hl7v2_remark error = {.severity = 'E',
                                        .code = row->err,
                                        .locations = ex->fault_locations + (each ? i : 0),
                                        .location_count = each && n > 0 ? 1 : ex->n_fault_locations,
                                        .user_message = ny_str_from_c(each ? row->text : "")};

        ny_hl7v2_err_write(w, &ex->msh, &error);
    }
}

static void qak_write(struct ihe_exchange *ex, struct ny_hl7v2_writer *w,
                      const struct ny_hl7v2_segment *qpd, const struct ihe_counts *counts,
                      bool found)
{
    const char *refused = ny_hl7v2_ack_code_name(ihe_fault_row(ex->fault)->code); /* table 0208 */
    char number[24];

    ny_hl7v2_w_begin(w, NY_S("QAK"));
    ny_hl7v2_w_copy(w, qpd != NULL ? ny_hl7v2_field(qpd, 2) : NY_S(""), &ex->msh.delims);
    ny_hl7v2_w_text(w, ny_str_from_c(ihe_is_refused(ex) ? refused : found ? "OK" : "NF"));
    if (counts != NULL) {
        const size_t n[] = {counts->total, counts->here, counts->remaining};

        ny_hl7v2_w_skip(w, 1);
        for (size_t i = 0; i < NY_ARRAY_LEN(n); i++) {
            (void)snprintf(number, sizeof(number), "%zu", n[i]);
            ny_hl7v2_w_text(w, ny_str_from_c(number));
        }
    }
    ny_hl7v2_w_end(w);
}

void ihe_query_head_write(struct ihe_exchange *ex, struct ny_hl7v2_writer *w, struct ny_arena *a,
                          const struct ihe_counts *counts, bool found)
{
    const struct ny_hl7v2_segment *qpd =
        ex->msg != NULL ? ny_hl7v2_find(ex->msg, NY_S("QPD"), 1) : NULL;
    size_t k = 0;

    while (k + 1 < NY_ARRAY_LEN(answers) && answers[k].action != ex->event->action) {
        k++;
    }
    /* In the sender's own delimiters, so that QPD goes back exactly as it came: the sender compares
     * it. */
    ny_hl7v2_writer_init(w, a, &ex->msh.delims);
    ny_hl7v2_answer_header_write(w, &ex->msh, NY_S("RSP"), ny_str_from_c(answers[k].event),
                                 ny_str_from_c(answers[k].structure), ex->control_id,
                                 ny_clock_now_us());
    ny_hl7v2_msa_write(w, &ex->msh, ihe_fault_row(ex->fault)->code);
    if (ihe_is_refused(ex)) {
        errors_write(ex, w, answers[k].own_errs);
    }
    qak_write(ex, w, qpd, counts, found);
    if (qpd != NULL) {
        ny_hl7v2_w_begin(w, ny_hl7v2_segment_raw(qpd));
        ny_hl7v2_w_end(w);
    }
}

void ihe_ids_write(struct ny_hl7v2_writer *w, const struct ny_known_id *ids, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct ny_domain *d = ids[i].domain;
        struct ny_hl7v2_hd hd = {d->ns, d->oid, d->type};

        if (i > 0) {
            ny_hl7v2_w_rep(w);
        }
        ny_hl7v2_w_value(w, ids[i].id);
        ny_hl7v2_w_value(w, NY_S(""));
        ny_hl7v2_w_value(w, NY_S(""));
        ny_hl7v2_w_hd_component(w, &hd);
    }
}
