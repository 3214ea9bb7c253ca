/* ITI-9 PIX Query: QBP^Q23 asks which ids a patient has elsewhere, RSP^K23 answers.
 *
 *   QPD-3 domain unknown ─▶ case 4      id unknown ─▶ case 3      a domain of QPD-4 unknown ─▶ case
 * 5 then: ids in the domains asked for ─▶ OK (cases 1, 6)         none ─▶ NF (case 2)
 *
 * The order of these tests is the one above: a question about nobody gets no word about QPD-4.
 * Empty QPD-4: all listed domains but the queried one. A domain that QPD-4 names gives every id
 * held there, the queried one included. Who may not ask gets one answer, whatever is stored. Spec:
 * ITI TF-2 3.9; the silent spots are decided in our HL7 v2 rules 5. RCP is not looked at: only
 * immediate answers exist. */

#include "ihe_priv.h"

/* ---- the answer ---- */

/* PID|||ids||~^^^^^^S: PID-5 must be there, and says that the name is not told. */
static void pid_write(struct ny_hl7v2_writer *w, const struct ny_known_id *ids, size_t n)
{
    ny_hl7v2_w_begin(w, NY_S("PID"));
    ny_hl7v2_w_skip(w, 2);
    ny_hl7v2_w_field(w);
    ihe_ids_write(w, ids, n);
    ny_hl7v2_w_skip(w, 1);
    ny_hl7v2_w_field(w);
    ny_hl7v2_w_rep(w);
    for (unsigned i = 1; i < 7; i++) {
        ny_hl7v2_w_value(w, NY_S(""));
    }
    ny_hl7v2_w_value(w, NY_S("S"));
    ny_hl7v2_w_end(w);
}

ny_rc ihe_iti9_write(struct ihe_exchange *ex, struct ny_arena *a, const struct ny_known_id *ids,
                     size_t n_ids, ny_str *out)
{
    struct ny_hl7v2_writer w;

    if (ex->v3 != NULL) {
        return ihe_iti45_write(ex, a, ids, n_ids, out);
    }
    ihe_query_head_write(ex, &w, a, NULL, n_ids > 0);
    if (n_ids > 0) {
        pid_write(&w, ids, n_ids);
    }
    return ny_hl7v2_finish(&w, &ex->msh.charset, out, NULL);
}

/* ---- the question ---- */

/* QPD-3: one id and a domain that we know. */
static bool question_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *qpd)
{
    const struct ny_registry *r = ex->ihe->cfg.registry;
    ny_str rep = ny_hl7v2_field(qpd, 3);
    enum ny_authority_result found;

    ex->query_id = ny_str_trim(ny_hl7v2_text(qpd, 3, 1, 1, 1));
    if (ex->query_id.n == 0) {
        return ihe_refuse(ex, IHE_FAULT_QUERY_FIELD, "QPD^1^3^1^1");
    }
    if (ny_hl7v2_reps(qpd, 3) > 1) {
        return ihe_refuse(ex, IHE_FAULT_QUERY_VALUE, "QPD^1^3^2");
    }
    found = ihe_query_authority(ex, qpd, rep, &ex->query_domain);
    if (found == NY_AUTHORITY_EMPTY) {
        ex->query_domain =
            ex->request.source != NULL ? ny_registry_default_domain(r, ex->request.source) : NULL;
        if (ex->query_domain == NULL) {
            return ihe_refuse(ex, IHE_FAULT_QUERY_FIELD, "QPD^1^3^1^4");
        }
    } else if (found != NY_AUTHORITY_FOUND) {
        return ihe_refuse(ex, IHE_FAULT_QUERY_DOMAIN, NULL);
    }
    return true;
}

static void tell(struct ihe_exchange *ex, const struct ihe_targets *t,
                 const struct ny_resolved *res)
{
    size_t n = 0;
    struct ny_known_id *ids =
        ihe_ids_collect(ex->ihe->cfg.registry, ex->arena, t, res, ex->query_domain, &n);
    ny_str answer = NY_STR_NONE;

    if (ids != NULL && ex->v3 != NULL) {
        n = ihe_iti45_drop_queried(ex, ids, n);
    }
    if (ids == NULL || ihe_iti9_write(ex, ex->arena, ids, n, &answer) != NY_OK) {
        ihe_finish_unavailable(ex, NY_ELIMIT);
        return;
    }
    ex->composed = true;
    ex->note.kind = NY_S("query");
    ex->note.outcome = NY_AUDIT_OK;
    ex->note.person = res->person;
    ex->note.query_payload = ihe_query_payload(ex);
    ex->note.domains_returned = ny_known_ids_domains(ex->arena, ids, n);
    ex->note.hits = (int32_t)n;
    ex->note.decision = n > 0 ? NY_S("AA") : NY_S("NF");
    ihe_note_and_send(ex, answer);
}

static void on_resolved(void *ctx, ny_rc rc, const struct ny_resolved *res)
{
    struct ihe_exchange *ex = ctx;
    const struct ny_hl7v2_segment *qpd = ny_hl7v2_find(ex->msg, NY_S("QPD"), 1);
    struct ihe_targets targets;

    if (rc != NY_OK) {
        ihe_finish_unavailable(ex, rc);
        return;
    }
    if (!res->found) {
        (void)ihe_refuse(ex, IHE_FAULT_QUERY_ID, NULL);
        ihe_finish(ex);
        return;
    }
    if (!ihe_targets_read(ex, qpd, 4, &targets)) {
        ex->note.person = res->person;
        ihe_finish(ex);
        return;
    }
    tell(ex, &targets, res);
}

void ihe_iti9(struct ihe_exchange *ex)
{
    if (ihe_query_begin(ex, question_read)) {
        ny_registry_resolve(ex->ihe->cfg.registry, ex->query_domain, ex->query_id, on_resolved, ex);
    }
}
