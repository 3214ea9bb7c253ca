/* ITI-45 PIXV3 Query: PRPA_IN201309UV02 asks which ids a patient has elsewhere, PRPA_IN201310UV02
 * answers.
 *
 * The question is written as the QBP^Q23 of the same meaning and goes the way of ITI-9: the same
 * look-up, the same cases in the same order; only the queried id itself is never among those told,
 * and whose setting pix_names says so is told the names, which v2 never tells.
 * Which domain is meant is the root alone: names of authorities are not read.
 * Spec: ITI TF-2 3.45; our HL7 v3 rules 8. */

#include "v3_priv.h"

/* ---- the answer ---- */

void ihe_iti45_drop_queried(struct ihe_exchange *ex)
{
    size_t kept = 0;

    for (size_t i = 0; i < ex->n_told; i++) {
        if (ex->told[i].domain->id != ex->query_domain->id ||
            !ny_str_equals(ex->told[i].id, ex->query_id)) {
            ex->told[kept++] = ex->told[i];
        }
    }
    ex->n_told = kept;
}

ny_rc ihe_iti45_write(struct ihe_exchange *ex, struct ny_arena *a, ny_str *out)
{
    const size_t n = ihe_is_refused(ex) ? 0 : ex->n_told;
    struct ny_xml_writer w;

    ny_xml_w_init(&w, a);
    ihe_v3_answer_begin(ex, &w);
    ihe_v3_acknowledgement_write(ex, &w, ihe_is_refused(ex) ? "AE" : "AA");
    ihe_v3_act_open(&w, ex->v3->kind->trigger);
    if (n > 0) {
        ihe_v3_person_open(&w, ex->told, n);
        ihe_v3_names_write(&w, ex->v3->named);
        ny_xml_w_raw(&w, NY_S("</patientPerson>"));
        ihe_v3_person_close(&w, ny_registry_regional(ex->ihe->cfg.registry)->oid);
    }
    return ihe_v3_query_end(ex, &w, NULL, n > 0, out);
}

static void on_named(void *ctx, ny_rc rc, const struct ny_patient *patient)
{
    struct ihe_exchange *ex = ctx;

    ex->v3->named = patient;
    if (rc != NY_OK) {
        ihe_finish_unavailable(ex, rc);
    } else {
        ihe_iti9_answer(ex);
    }
}

void ihe_iti45_answer(struct ihe_exchange *ex, int64_t person)
{
    const struct ny_requester_row *who = ex->request.source;

    if (ex->n_told == 0 || who == NULL || !who->pix_names) {
        ihe_iti9_answer(ex);
        return;
    }
    for (size_t i = 0; i < ex->n_told; i++) {
        ex->told[i].id = ny_arena_str(ex->arena, ex->told[i].id); /* of rows that go meanwhile */
        if (ex->told[i].id.p == NULL) {
            ihe_finish_unavailable(ex, NY_ELIMIT);
            return;
        }
    }
    ny_registry_patient_read(ex->ihe->cfg.registry, ex->arena, person, on_named, ex);
}

/* ---- the question ---- */

/* One patientIdentifier with one value. */
static bool qbp_make(struct ihe_exchange *ex)
{
    const struct ny_xml_node *list = ihe_v3_child(ex->v3->query, "parameterList");
    const struct ny_xml_node *who = ihe_v3_child(list, "patientIdentifier");
    const struct ny_xml_node *value = ihe_v3_child(who, "value");
    const struct ny_xml_node *again =
        ny_xml_again(who) != NULL ? ny_xml_again(who) : ny_xml_again(value);
    struct ny_hl7v2_writer w;

    if (ny_str_trim(ny_xml_attr(value, "extension")).n == 0 ||
        ny_xml_attr(value, "nullFlavor").n > 0) {
        return ihe_v3_refuse(ex, IHE_FAULT_QUERY_FIELD, value != NULL ? value : who);
    }
    if (again != NULL) {
        return ihe_v3_refuse(ex, IHE_FAULT_QUERY_VALUE, again);
    }
    ihe_v3_question_begin(ex, &w, "Q23", "IHE PIX Query");
    ihe_v3_ids_write(&w, &value, 1);
    ihe_v3_domains_write(ex, &w, "dataSource");
    ny_hl7v2_w_end(&w);
    return ihe_v3_take(ex, &w);
}

void ihe_iti45(struct ihe_exchange *ex)
{
    static const struct ihe_event query = {"QBP", "Q23", IHE_ITI9, "ITI-45", IHE_VISIT_NONE, "E"};

    if (!ihe_v3_begin(ex, &query, true)) {
        return;
    }
    if (qbp_make(ex)) {
        ihe_iti9(ex);
    } else {
        ihe_finish(ex);
    }
}
