/* What messages of HL7 v3 are made of: transmission wrapper, controlActProcess, a person's
 * registrationEvent and names, and the end of the answer to a query. Order of elements: the schemas
 * of NE2008; our HL7 v3 rules 5, 7, 8. */

#include <stdio.h>

#include "v3_priv.h"

#define HL7_IDS "2.16.840.1.113883.1.6" /* of interactions and triggers */

/* ---- elements ---- */

void ihe_v3_attribute_write(struct ny_xml_writer *w, const char *element, const char *name,
                            ny_str value)
{
    if (value.n > 0) {
        ny_xml_w_open(w, element);
        ny_xml_w_attr(w, name, value);
        ny_xml_w_close(w);
    }
}

static void code_write(struct ny_xml_writer *w, const char *element, const char *code)
{
    ihe_v3_attribute_write(w, element, "code", ny_str_from_c(code));
}

void ihe_v3_text_write(struct ny_xml_writer *w, const char *element, ny_str text)
{
    if (text.n > 0) {
        ny_xml_w_element(w, element, text);
    }
}

void ihe_v3_time_write(struct ny_xml_writer *w, const char *name, int64_t us)
{
    char at[NY_HL7V2_TS_LEN];

    ny_hl7v2_ts_write(us, at);
    ihe_v3_attribute_write(w, name, "value", ny_str_from_c(at));
}

void ihe_v3_id_write(struct ny_xml_writer *w, const char *name, struct ihe_ii id)
{
    ny_xml_w_open(w, name);
    if (id.root.n == 0 && id.extension.n == 0) {
        ny_xml_w_attr_c(w, "nullFlavor", "NI");
    }
    if (id.root.n > 0) {
        ny_xml_w_attr(w, "root", id.root);
    }
    if (id.extension.n > 0) {
        ny_xml_w_attr(w, "extension", id.extension);
    }
    if (id.authority.n > 0) {
        ny_xml_w_attr(w, "assigningAuthorityName", id.authority);
    }
    ny_xml_w_close(w);
}

struct ihe_ii ihe_v3_ii(const struct ny_xml_node *id)
{
    return (struct ihe_ii){ny_xml_attr(id, "root"), ny_xml_attr(id, "extension"),
                           ny_xml_attr(id, "assigningAuthorityName")};
}

/* ---- the wrapper ---- */

static void party_write(struct ny_xml_writer *w, const char *name, const char *type,
                        struct ihe_ii device, struct ihe_ii organization)
{
    ny_xml_w_open(w, name);
    ny_xml_w_attr_c(w, "typeCode", type);
    ny_xml_w_raw(w, NY_S("<device classCode=\"DEV\" determinerCode=\"INSTANCE\">"));
    ihe_v3_id_write(w, "id", device);
    if (organization.root.n + organization.extension.n > 0) {
        ny_xml_w_raw(w, NY_S("<asAgent classCode=\"AGNT\"><representedOrganization "
                             "classCode=\"ORG\" determinerCode=\"INSTANCE\">"));
        ihe_v3_id_write(w, "id", organization);
        ny_xml_w_raw(w, NY_S("</representedOrganization></asAgent>"));
    }
    ny_xml_w_raw(w, NY_S("</device>"));
    ny_xml_w_close(w);
}

void ihe_v3_wrapper_write(struct ny_xml_writer *w, const struct ihe_v3_wrapper *head)
{
    ny_xml_w_open(w, head->element);
    ny_xml_w_attr(w, "xmlns", NY_HL7V3_NS);
    ny_xml_w_attr_c(w, "ITSVersion", "XML_1.0");
    ihe_v3_id_write(w, "id", (struct ihe_ii){.root = head->us, .extension = head->id});
    ihe_v3_time_write(w, "creationTime", head->now_us);
    ihe_v3_id_write(
        w, "interactionId",
        (struct ihe_ii){.root = NY_S(HL7_IDS), .extension = ny_str_from_c(head->element)});
    code_write(w, "processingCode", "P");
    code_write(w, "processingModeCode", "T");
    code_write(w, "acceptAckCode", head->accept_ack);
    party_write(w, "receiver", "RCV", head->receiver, head->receiver_organization);
    party_write(w, "sender", "SND", head->sender, head->sender_organization);
}

/* The id of a device or organisation, without the URN that some write before it. */
static struct ihe_ii party_id(const struct ny_xml_node *party)
{
    const struct ny_xml_node *id = ihe_v3_child(party, "id");
    struct ihe_ii ii = ihe_v3_ii(id);

    ii.root = ihe_v3_root(id);
    return ii;
}

void ihe_v3_answer_begin(struct ihe_exchange *ex, struct ny_xml_writer *w)
{
    const struct ihe_v3 *v3 = ex->v3;
    const struct ihe_v3_wrapper head = {
        .element = v3->accept ? "MCCI_IN000002UV01" : v3->x->operation->answer,
        .us = ny_registry_regional(ex->ihe->cfg.registry)->oid,
        .id = ihe_control_id_next(ex->ihe, w->buf.arena),
        .now_us = ny_clock_now_us(),
        .accept_ack = "NE",
        .receiver = party_id(v3->sender),
        .receiver_organization = party_id(ihe_v3_organization(v3->sender)),
        .sender = party_id(v3->receiver),
        .sender_organization = party_id(ihe_v3_organization(v3->receiver)),
    };

    ihe_v3_wrapper_write(w, &head);
}

/* ---- controlActProcess ---- */

void ihe_v3_act_open(struct ny_xml_writer *w, const char *trigger)
{
    ny_xml_w_open(w, "controlActProcess");
    ny_xml_w_attr_c(w, "classCode", "CACT");
    ny_xml_w_attr_c(w, "moodCode", "EVN");
    ny_xml_w_open(w, "code");
    ny_xml_w_attr_c(w, "code", trigger);
    ny_xml_w_attr_c(w, "codeSystem", HL7_IDS);
    ny_xml_w_close(w);
}

void ihe_v3_person_open(struct ny_xml_writer *w, const struct ny_known_id *ids, size_t n)
{
    ny_xml_w_raw(w, NY_S("<subject typeCode=\"SUBJ\"><registrationEvent classCode=\"REG\" "
                         "moodCode=\"EVN\"><id nullFlavor=\"NA\"/><statusCode code=\"active\"/>"
                         "<subject1 typeCode=\"SBJ\"><patient classCode=\"PAT\">"));
    for (size_t i = 0; i < n; i++) {
        const struct ny_domain *d = ids[i].domain;

        ihe_v3_id_write(w, "id", (struct ihe_ii){d->oid, ids[i].id, d->ns});
    }
    ny_xml_w_raw(w, NY_S("<statusCode code=\"active\"/><patientPerson classCode=\"PSN\" "
                         "determinerCode=\"INSTANCE\">"));
}

void ihe_v3_person_close(struct ny_xml_writer *w, ny_str us)
{
    ny_xml_w_raw(w, NY_S("</patient></subject1><custodian typeCode=\"CST\"><assignedEntity "
                         "classCode=\"ASSIGNED\">"));
    ihe_v3_id_write(w, "id", (struct ihe_ii){.root = us});
    ny_xml_w_raw(w, NY_S("</assignedEntity></custodian></registrationEvent></subject>"));
}

/* ---- names ---- */

/* False: nothing in this script. */
static bool name_write(struct ny_xml_writer *w, const struct ny_value *v, enum ny_part_id family,
                       const char *script)
{
    ny_str type = ny_value_part(v, NY_PART_NAME_TYPE);
    bool maiden = ny_str_equals(type, NY_S("M"));
    const char *use = ny_str_equals(type, NY_S("A")) ? "A" : "L";
    char uses[16];

    if (ny_value_part(v, family).n + ny_value_part(v, family + 1).n +
            ny_value_part(v, family + 2).n ==
        0) {
        return false;
    }
    (void)snprintf(uses, sizeof(uses), "%s %s", use, script);
    ny_xml_w_open(w, "name");
    ny_xml_w_attr_c(w, "use", uses);
    if (ny_value_part(v, family).n > 0) {
        ny_xml_w_open(w, "family");
        if (maiden) {
            ny_xml_w_attr_c(w, "qualifier", "BR");
        }
        ny_xml_w_text(w, ny_value_part(v, family));
        ny_xml_w_close(w);
    }
    ihe_v3_text_write(w, "given", ny_value_part(v, family + 1));
    ihe_v3_text_write(w, "given", ny_value_part(v, family + 2));
    ny_xml_w_close(w);
    return true;
}

void ihe_v3_names_write(struct ny_xml_writer *w, const struct ny_patient *p)
{
    const struct ny_set *s = p != NULL ? &p->sets[NY_SET_NAME] : NULL;
    const size_t leading = p != NULL ? ny_patient_leading_name(p) : 0;
    bool any = false;

    for (size_t i = 0; s != NULL && i < s->n; i++) {
        if (i == leading || ihe_is_shown(s, &s->values[i])) {
            any |= name_write(w, &s->values[i], NY_PART_NAME_KANJI_FAMILY, "IDE");
            any |= name_write(w, &s->values[i], NY_PART_NAME_KANA_FAMILY, "SYL");
            any |= name_write(w, &s->values[i], NY_PART_NAME_LATIN_FAMILY, "ABC");
        }
    }
    if (!any) {
        ny_xml_w_raw(w, NY_S("<name nullFlavor=\"NA\"/>"));
    }
}

/* ---- the end of an answer ---- */

static void counts_write(struct ny_xml_writer *w, const struct ihe_counts *counts)
{
    const struct {
        const char *element;
        size_t n;
    } rows[] = {
        {"resultTotalQuantity",     counts->total    },
        {"resultCurrentQuantity",   counts->here     },
        {"resultRemainingQuantity", counts->remaining},
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        char text[24];

        (void)snprintf(text, sizeof(text), "%zu", rows[i].n);
        ihe_v3_attribute_write(w, rows[i].element, "value", ny_str_from_c(text));
    }
}

ny_rc ihe_v3_query_end(struct ihe_exchange *ex, struct ny_xml_writer *w,
                       const struct ihe_counts *counts, bool found, ny_str *out)
{
    const struct ny_xml_node *query = ex->v3->query;
    const struct ny_xml_node *id = ihe_v3_child(query, "queryId");
    const int err = ihe_fault_row(ex->fault)->err;
    const bool refused = ihe_is_refused(ex);

    ny_xml_w_open(w, "queryAck");
    if (id != NULL) {
        ihe_v3_id_write(w, "queryId", ihe_v3_ii(id));
    }
    code_write(w, "statusCode", refused ? "aborted" : "deliveredResponse");
    /* QE: the question is not one; AE: it was, and cannot be answered. */
    code_write(w, "queryResponseCode",
               !refused                   ? (found ? "OK" : "NF")
               : err >= 204 && err <= 207 ? "AE"
                                          : "QE");
    if (counts != NULL) {
        counts_write(w, counts);
    }
    ny_xml_w_close(w);
    if (ny_xml_is(query, NY_HL7V3_NS, "queryByParameter")) {
        const ny_str text = ihe_v3_query_text(ex);

        if (text.n > 0) {
            ny_xml_w_raw(w, text);
        } else {
            ny_xml_w_copy(w, query);
        }
    }
    ny_xml_w_close(w); /* controlActProcess */
    ny_xml_w_close(w);
    return ny_xml_w_end(w, out);
}
