/* ITI-45 PIXV3 Query: PRPA_IN201309UV02 asks which ids a patient has elsewhere, PRPA_IN201310UV02
 * answers.
 *
 *   root or id of patientIdentifier unknown ─▶ case 4      a dataSource unknown ─▶ case 5
 *   then: ids in the domains asked for ─▶ OK (cases 1, 2, 6)        none ─▶ NF (case 3)
 *
 * The same question as ITI-9, over the same look-up, in the same order; only the queried id itself
 * is never among those told. Which domain is meant is the root alone: names of authorities are not
 * read. Spec: ITI TF-2 3.45; our HL7 v3 rules 8. */

#include "v3_priv.h"

/* ---- the answer ---- */

static void registration_write(struct ihe_v3 *ex, struct ny_xml_writer *w, const struct ihe_id *ids,
                               size_t n)
{
    ny_xml_w_raw(w, NY_S("<subject typeCode=\"SUBJ\">"
                         "<registrationEvent classCode=\"REG\" moodCode=\"EVN\">"
                         "<id nullFlavor=\"NA\"/><statusCode code=\"active\"/>"
                         "<subject1 typeCode=\"SBJ\"><patient classCode=\"PAT\">"));
    for (size_t i = 0; i < n; i++) {
        ihe_v3_id_write(w, "id", ids[i].domain->oid, ids[i].id, ids[i].domain->ns);
    }
    ny_xml_w_raw(w, NY_S("<statusCode code=\"active\"/>"
                         "<patientPerson classCode=\"PSN\" determinerCode=\"INSTANCE\">"
                         "<name nullFlavor=\"NA\"/></patientPerson></patient></subject1>"
                         "<custodian typeCode=\"CST\"><assignedEntity classCode=\"ASSIGNED\">"));
    ihe_v3_id_write(w, "id", ny_registry_regional(ex->ihe->cfg.registry)->oid, NY_STR_NONE,
                    NY_STR_NONE);
    ny_xml_w_raw(w, NY_S("</assignedEntity></custodian></registrationEvent></subject>"));
}

/* Takes the queried id out. */
static size_t queried_drop(const struct ihe_v3 *ex, struct ihe_id *ids, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (ids[i].domain->id != ex->query_domain->id || !ny_str_equals(ids[i].id, ex->query_id)) {
            ids[kept++] = ids[i];
        }
    }
    return kept;
}

static void tell(struct ihe_v3 *ex, const struct ihe_targets *t, const struct ny_resolved *res)
{
    size_t n = 0;
    struct ihe_id *ids =
        ihe_ids_collect(ex->ihe->cfg.registry, ex->arena, t, res, ex->query_domain, &n);
    ny_str answer = NY_STR_NONE;
    struct ny_xml_writer w;

    if (ids == NULL) {
        ihe_v3_finish_unavailable(ex, NY_ELIMIT);
        return;
    }
    n = queried_drop(ex, ids, n);
    ny_xml_w_init(&w, ex->arena);
    ihe_v3_head_write(ex, &w);
    if (n > 0) {
        registration_write(ex, &w, ids, n);
    }
    if (ihe_v3_query_end(ex, &w, n > 0 ? "OK" : "NF", &answer) != NY_OK) {
        ihe_v3_finish_unavailable(ex, NY_ELIMIT);
        return;
    }
    ex->note.outcome = NY_AUDIT_OK;
    ex->note.person = res->person;
    ex->note.domains_returned = ihe_domains_told(ex->arena, ids, n);
    ex->note.hits = (int32_t)n;
    ex->note.decision = n > 0 ? NY_S("AA") : NY_S("NF");
    ihe_v3_note_and_send(ex, answer);
}

/* ---- the question ---- */

/* The domains of the dataSources; false: each unknown one is a place of the fault. */
static bool targets_read(struct ihe_v3 *ex, const struct ny_xml_node *parameters,
                         struct ihe_targets *out)
{
    const struct ny_xml_node *source = ihe_v3_child(parameters, "dataSource");

    *out = (struct ihe_targets){.all = true};
    for (; source != NULL; source = ny_xml_again(source)) {
        const struct ny_xml_node *value = ihe_v3_child(source, "value");
        const struct ny_domain *d = ihe_v3_domain(ex, value);

        if (ny_xml_attr(value, "nullFlavor").n > 0) {
            continue; /* asks for nothing */
        }
        out->all = false;
        if (d == NULL) {
            (void)ihe_v3_refuse(ex, IHE_V3_UNKNOWN_KEY, value != NULL ? value : source);
        } else if (out->n == IHE_LOCATIONS_MAX) {
            return ihe_v3_refuse(ex, IHE_V3_SEVERAL, source);
        } else {
            out->domains[out->n++] = d;
        }
    }
    return ex->fault == IHE_V3_FINE;
}

static void on_resolved(void *ctx, ny_rc rc, const struct ny_resolved *res)
{
    struct ihe_v3 *ex = ctx;
    const struct ny_xml_node *parameters = ihe_v3_child(ex->query, "parameterList");
    const struct ny_xml_node *who = ihe_v3_child(parameters, "patientIdentifier");
    struct ihe_targets targets;

    if (rc != NY_OK) {
        ihe_v3_finish_unavailable(ex, rc);
        return;
    }
    if (!res->found) {
        (void)ihe_v3_refuse(ex, IHE_V3_UNKNOWN_KEY, ihe_v3_child(who, "value"));
        ihe_v3_finish(ex);
        return;
    }
    if (!targets_read(ex, parameters, &targets)) {
        ex->note.person = res->person;
        ihe_v3_finish(ex);
        return;
    }
    tell(ex, &targets, res);
}

/* One patientIdentifier with one value, of a domain that we know. */
static bool question_read(struct ihe_v3 *ex)
{
    const struct ny_xml_node *parameters = ihe_v3_child(ex->query, "parameterList");
    const struct ny_xml_node *who = ihe_v3_child(parameters, "patientIdentifier");
    const struct ny_xml_node *value = ihe_v3_child(who, "value");

    if (!ex->x->may_query) {
        return ihe_v3_refuse(ex, IHE_V3_DENIED, NULL);
    }
    ex->query_id = ny_str_trim(ny_xml_attr(value, "extension"));
    if (ex->query_id.n == 0 || ny_xml_attr(value, "nullFlavor").n > 0) {
        return ihe_v3_refuse(ex, IHE_V3_MISSING, value != NULL ? value : who);
    }
    if (ny_xml_again(who) != NULL || ny_xml_again(value) != NULL) {
        return ihe_v3_refuse(ex, IHE_V3_SEVERAL,
                             ny_xml_again(who) != NULL ? ny_xml_again(who) : ny_xml_again(value));
    }
    ex->query_domain = ihe_v3_domain(ex, value);
    return ex->query_domain != NULL || ihe_v3_refuse(ex, IHE_V3_UNKNOWN_KEY, value);
}

void ihe_iti45(struct ihe_v3 *ex)
{
    bool ok = question_read(ex);

    ex->note.patient_id = ex->query_id;
    if (ex->query_domain != NULL) {
        ex->note.patient_domain = ex->query_domain->ns;
    }
    if (!ok) {
        ihe_v3_finish(ex);
        return;
    }
    ny_registry_resolve(ex->ihe->cfg.registry, ex->query_domain, ex->query_id, on_resolved, ex);
}
