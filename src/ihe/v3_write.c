/* What every answer in HL7 v3 begins with (transmission wrapper, acknowledgement) and what the
 * answer to a query ends with. Order of elements: the schemas of NE2008; our HL7 v3 rules 5, 7, 8.
 */

#include "v3_priv.h"

/* An element with one attribute. */
static void code_write(struct ny_xml_writer *w, const char *name, const char *code)
{
    ny_xml_w_open(w, name);
    ny_xml_w_attr_c(w, "code", code);
    ny_xml_w_close(w);
}

void ihe_v3_id_write(struct ny_xml_writer *w, const char *name, ny_str root, ny_str extension,
                     ny_str authority)
{
    ny_xml_w_open(w, name);
    if (root.n == 0 && extension.n == 0) {
        ny_xml_w_attr_c(w, "nullFlavor", "NI");
    }
    if (root.n > 0) {
        ny_xml_w_attr(w, "root", root);
    }
    if (extension.n > 0) {
        ny_xml_w_attr(w, "extension", extension);
    }
    if (authority.n > 0) {
        ny_xml_w_attr(w, "assigningAuthorityName", authority);
    }
    ny_xml_w_close(w);
}

/* An id as the sender wrote it. */
static void id_copy(struct ny_xml_writer *w, const char *name, const struct ny_xml_node *id)
{
    ihe_v3_id_write(w, name, ny_xml_attr(id, "root"), ny_xml_attr(id, "extension"),
                    ny_xml_attr(id, "assigningAuthorityName"));
}

/* The id of a party, without the URN that some write before it. */
static void party_id_write(struct ny_xml_writer *w, const struct ny_xml_node *id)
{
    ihe_v3_id_write(w, "id", ihe_v3_root(id), ny_xml_attr(id, "extension"),
                    ny_xml_attr(id, "assigningAuthorityName"));
}

/* Sender and receiver change places; their organisation goes with them. */
static void party_write(struct ny_xml_writer *w, const char *name, const char *type,
                        const struct ny_xml_node *device)
{
    const struct ny_xml_node *agent = ihe_v3_child(device, "asAgent");
    const struct ny_xml_node *organization = ihe_v3_child(agent, "representedOrganization");

    ny_xml_w_open(w, name);
    ny_xml_w_attr_c(w, "typeCode", type);
    ny_xml_w_open(w, "device");
    ny_xml_w_attr_c(w, "classCode", "DEV");
    ny_xml_w_attr_c(w, "determinerCode", "INSTANCE");
    party_id_write(w, ihe_v3_child(device, "id"));
    if (organization != NULL) {
        ny_xml_w_open(w, "asAgent");
        ny_xml_w_attr_c(w, "classCode", "AGNT");
        ny_xml_w_open(w, "representedOrganization");
        ny_xml_w_attr_c(w, "classCode", "ORG");
        ny_xml_w_attr_c(w, "determinerCode", "INSTANCE");
        party_id_write(w, ihe_v3_child(organization, "id"));
        ny_xml_w_close(w);
        ny_xml_w_close(w);
    }
    ny_xml_w_close(w);
    ny_xml_w_close(w);
}

static void detail_write(struct ny_xml_writer *w, const struct ihe_v3_fault_row *row, ny_str place)
{
    ny_xml_w_open(w, "acknowledgementDetail");
    ny_xml_w_attr_c(w, "typeCode", "E");
    ny_xml_w_open(w, "code");
    ny_xml_w_attr_c(w, "code", row->code);
    ny_xml_w_attr_c(w, "codeSystem", row->system);
    ny_xml_w_close(w);
    ny_xml_w_element(w, "text", ny_str_from_c(row->text));
    if (place.n > 0) {
        ny_xml_w_element(w, "location", place);
    }
    ny_xml_w_close(w);
}

static void acknowledgement_write(struct ihe_v3 *ex, struct ny_xml_writer *w)
{
    const struct ihe_v3_fault_row *row = ihe_v3_fault_row(ex->fault);
    size_t n = ex->n_places > 0 ? ex->n_places : 1;

    ny_xml_w_open(w, "acknowledgement");
    code_write(w, "typeCode", row->ack);
    ny_xml_w_open(w, "targetMessage");
    id_copy(w, "id", ex->id);
    ny_xml_w_close(w);
    for (size_t i = 0; i < n && ex->fault != IHE_V3_FINE; i++) {
        detail_write(w, row, ex->n_places > 0 ? ex->places[i] : NY_STR_NONE);
    }
    ny_xml_w_close(w);
}

void ihe_v3_wrapper_write(struct ihe_v3 *ex, struct ny_xml_writer *w)
{
    const char *answer = ex->accept ? "MCCI_IN000002UV01" : ex->x->operation->answer;
    char now[NY_HL7V2_TS_LEN];

    ny_hl7v2_ts_write(ny_clock_now_us(), now);
    ny_xml_w_open(w, answer);
    ny_xml_w_attr(w, "xmlns", NY_HL7V3_NS);
    ny_xml_w_attr_c(w, "ITSVersion", "XML_1.0");
    ihe_v3_id_write(w, "id", ny_registry_regional(ex->ihe->cfg.registry)->oid,
                    ihe_control_id_next(ex->ihe, w->buf.arena), NY_STR_NONE);
    ny_xml_w_open(w, "creationTime");
    ny_xml_w_attr_c(w, "value", now);
    ny_xml_w_close(w);
    ihe_v3_id_write(w, "interactionId", NY_S("2.16.840.1.113883.1.6"), ny_str_from_c(answer),
                    NY_STR_NONE);
    code_write(w, "processingCode", "P");
    code_write(w, "processingModeCode", "T");
    code_write(w, "acceptAckCode", "NE");
    party_write(w, "receiver", "RCV", ex->sender);
    party_write(w, "sender", "SND", ex->receiver);
}

void ihe_v3_act_open(struct ihe_v3 *ex, struct ny_xml_writer *w)
{
    ny_xml_w_open(w, "controlActProcess");
    ny_xml_w_attr_c(w, "classCode", "CACT");
    ny_xml_w_attr_c(w, "moodCode", "EVN");
    ny_xml_w_open(w, "code");
    ny_xml_w_attr_c(w, "code", ex->kind->trigger);
    ny_xml_w_attr_c(w, "codeSystem", "2.16.840.1.113883.1.6");
    ny_xml_w_close(w);
}

void ihe_v3_head_write(struct ihe_v3 *ex, struct ny_xml_writer *w)
{
    ihe_v3_wrapper_write(ex, w);
    acknowledgement_write(ex, w);
    ihe_v3_act_open(ex, w);
}

ny_rc ihe_v3_query_end(struct ihe_v3 *ex, struct ny_xml_writer *w, const char *response,
                       ny_str *out)
{
    const struct ny_xml_node *query_id = ihe_v3_child(ex->query, "queryId");

    ny_xml_w_open(w, "queryAck");
    if (query_id != NULL) {
        id_copy(w, "queryId", query_id);
    }
    code_write(w, "statusCode", ex->fault == IHE_V3_FINE ? "deliveredResponse" : "aborted");
    code_write(w, "queryResponseCode", response);
    ny_xml_w_close(w);
    if (ex->query != NULL) {
        ny_xml_w_copy(w, ex->query);
    }
    ny_xml_w_close(w); /* controlActProcess */
    ny_xml_w_close(w);
    return ny_xml_w_end(w, out);
}
