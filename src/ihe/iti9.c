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

ny_rc ihe_iti9_write(struct ihe_exchange *ex, struct ny_arena *a, ny_str *out)
{
    const size_t n = ihe_is_refused(ex) ? 0 : ex->n_told;
    struct ny_hl7v2_writer w;

    if (ex->v3 != NULL) {
        return ihe_iti45_write(ex, a, out);
    }
    ihe_query_head_write(ex, &w, a, NULL, n > 0);
    if (n > 0) {
        pid_write(&w, ex->told, n);
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

void ihe_iti9_answer(struct ihe_exchange *ex)
{
    ny_str answer = NY_STR_NONE;

    if (ihe_iti9_write(ex, ex->arena, &answer) != NY_OK) {
        ihe_finish_unavailable(ex, NY_ELIMIT);
        return;
    }
    ex->composed = true;
    ihe_note_and_send(ex, answer);
}

static void tell(struct ihe_exchange *ex, const struct ihe_targets *t,
                 const struct ny_resolved *res)
{
    ex->told =
        ihe_ids_collect(ex->ihe->cfg.registry, ex->arena, t, res, ex->query_domain, &ex->n_told);
    if (ex->told == NULL) {
        ihe_finish_unavailable(ex, NY_ELIMIT);
        return;
    }
    if (ex->v3 != NULL) {
        ihe_iti45_drop_queried(ex);
    }
    ex->note.kind = NY_S("query");
    ex->note.outcome = NY_AUDIT_OK;
    ex->note.person = res->person;
    ex->note.query_payload = ihe_query_payload(ex);
    ex->note.domains_returned = ny_known_ids_domains(ex->arena, ex->told, ex->n_told);
    ex->note.hits = (int32_t)ex->n_told;
    ex->note.decision = ex->n_told > 0 ? NY_S("AA") : NY_S("NF");
    if (ex->v3 != NULL) {
        ihe_iti45_answer(ex, res->person);
    } else {
        ihe_iti9_answer(ex);
    }
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
