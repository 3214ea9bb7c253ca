/* ITI-46 PIXV3 Update Notification: what a consumer of HL7 v3 is told, and what it answers.
 *
 *   PRPA_IN201302UV02 in an envelope of SOAP 1.2: every id of interest in patient/id, no name (NA)
 *   MCCI_IN000002UV01: CA, AA taken; CE, CR, AE, AR refused; of another message: neither
 *   a fault: the message's (Sender, MustUnderstand …) refused, since it would be again; the
 *   consumer's own (Receiver): neither, so that it is told again
 *
 * The receiver's device is MSH-5 of a consumer of v2, its organisation MSH-6: OIDs here. Told
 * again, a notice has the same message id. Spec: ITI TF-2 3.46; our HL7 v3 rules 9. */

#include "nayose/registry_notices.h"

#include "v3_priv.h"

static ny_str notice_id(struct ny_arena *a, int64_t seq)
{
    return ny_arena_printf(a, "N%lld", (long long)seq);
}

static void party_write(struct ny_xml_writer *w, const char *name, const char *type, ny_str device,
                        ny_str organization)
{
    ny_xml_w_open(w, name);
    ny_xml_w_attr_c(w, "typeCode", type);
    ny_xml_w_open(w, "device");
    ny_xml_w_attr_c(w, "classCode", "DEV");
    ny_xml_w_attr_c(w, "determinerCode", "INSTANCE");
    ihe_v3_id_write(w, "id", device, NY_STR_NONE, NY_STR_NONE);
    if (organization.n > 0) {
        ny_xml_w_raw(w, NY_S("<asAgent classCode=\"AGNT\"><representedOrganization "
                             "classCode=\"ORG\" determinerCode=\"INSTANCE\">"));
        ihe_v3_id_write(w, "id", organization, NY_STR_NONE, NY_STR_NONE);
        ny_xml_w_raw(w, NY_S("</representedOrganization></asAgent>"));
    }
    ny_xml_w_close(w);
    ny_xml_w_close(w);
}

static void time_write(struct ny_xml_writer *w, const char *name, int64_t us)
{
    char at[NY_HL7V2_TS_LEN];

    ny_hl7v2_ts_write(us, at);
    ny_xml_w_open(w, name);
    ny_xml_w_attr_c(w, "value", at);
    ny_xml_w_close(w);
}

static void act_write(struct ny_xml_writer *w, const struct ny_notice *notice, ny_str us)
{
    ny_xml_w_raw(w, NY_S("<controlActProcess classCode=\"CACT\" moodCode=\"EVN\"><code "
                         "code=\"PRPA_TE201302UV02\" codeSystem=\"2.16.840.1.113883.1.6\"/>"));
    time_write(w, "effectiveTime", notice->at_us);
    ny_xml_w_raw(w, NY_S("<subject typeCode=\"SUBJ\"><registrationEvent classCode=\"REG\" "
                         "moodCode=\"EVN\"><id nullFlavor=\"NA\"/><statusCode code=\"active\"/>"
                         "<subject1 typeCode=\"SBJ\"><patient classCode=\"PAT\">"));
    for (size_t i = 0; i < notice->n_ids; i++) {
        const struct ny_domain *d = notice->ids[i].domain;

        ihe_v3_id_write(w, "id", d->oid, notice->ids[i].id, d->ns);
    }
    ny_xml_w_raw(w, NY_S("<statusCode code=\"active\"/><patientPerson classCode=\"PSN\" "
                         "determinerCode=\"INSTANCE\"><name nullFlavor=\"NA\"/></patientPerson>"
                         "</patient></subject1><custodian typeCode=\"CST\"><assignedEntity "
                         "classCode=\"ASSIGNED\">"));
    ihe_v3_id_write(w, "id", us, NY_STR_NONE, NY_STR_NONE);
    ny_xml_w_raw(w, NY_S("</assignedEntity></custodian></registrationEvent></subject>"
                         "</controlActProcess>"));
}

static void message_write(struct ny_xml_writer *w, const struct ny_notice *notice, ny_str us,
                          ny_str device, ny_str organization, int64_t now_us)
{
    ny_xml_w_open(w, "PRPA_IN201302UV02");
    ny_xml_w_attr(w, "xmlns", NY_HL7V3_NS);
    ny_xml_w_attr_c(w, "ITSVersion", "XML_1.0");
    ihe_v3_id_write(w, "id", us, notice_id(w->buf.arena, notice->seq), NY_STR_NONE);
    time_write(w, "creationTime", now_us);
    ny_xml_w_raw(w, NY_S("<interactionId root=\"2.16.840.1.113883.1.6\" "
                         "extension=\"PRPA_IN201302UV02\"/><processingCode code=\"P\"/>"
                         "<processingModeCode code=\"T\"/><acceptAckCode code=\"AL\"/>"));
    party_write(w, "receiver", "RCV", device, organization);
    party_write(w, "sender", "SND", us, NY_STR_NONE);
    act_write(w, notice, us);
    ny_xml_w_close(w);
}

ny_rc ny_ihe_v3_notice_write(const struct ny_ihe *ihe, struct ny_arena *a,
                             const struct ny_notice *notice, ny_str device, ny_str organization,
                             ny_str to, int64_t now_us, ny_str *out)
{
    const ny_str us = ny_registry_regional(ihe->cfg.registry)->oid;
    struct ny_xml_writer w;

    ny_xml_w_init(&w, a);
    ny_xml_w_open(&w, "e:Envelope");
    ny_xml_w_attr_c(&w, "xmlns:e", "http://www.w3.org/2003/05/soap-envelope");
    ny_xml_w_attr_c(&w, "xmlns:a", "http://www.w3.org/2005/08/addressing");
    ny_xml_w_raw(&w,
                 NY_S("<e:Header><a:Action e:mustUnderstand=\"true\">"
                      "urn:hl7-org:v3:PRPA_IN201302UV02</a:Action><a:ReplyTo><a:Address>"
                      "http://www.w3.org/2005/08/addressing/anonymous</a:Address></a:ReplyTo>"));
    ny_xml_w_element(&w, "a:MessageID",
                     ny_arena_printf(a, "urn:oid:%.*s.%lld", NY_ARG(us), (long long)notice->seq));
    ny_xml_w_element(&w, "a:To", to);
    ny_xml_w_raw(&w, NY_S("</e:Header>"));
    ny_xml_w_open(&w, "e:Body");
    message_write(&w, notice, us, device, organization, now_us);
    ny_xml_w_close(&w);
    ny_xml_w_close(&w);
    return ny_xml_w_end(&w, out);
}

/* What a word of an answer means: the acknowledgement's type, or the code of a fault. What is wrong
 * with the message is wrong with it tomorrow; what is wrong with the consumer (Receiver) may pass.
 */
static enum ny_ihe_answer judge(ny_str word)
{
    static const struct {
        const char *word;
        enum ny_ihe_answer answer;
    } rows[] = {
        {"CA",                  NY_IHE_ANSWER_TAKEN  },
        {"AA",                  NY_IHE_ANSWER_TAKEN  },
        {"CE",                  NY_IHE_ANSWER_REFUSED},
        {"CR",                  NY_IHE_ANSWER_REFUSED},
        {"AE",                  NY_IHE_ANSWER_REFUSED},
        {"AR",                  NY_IHE_ANSWER_REFUSED},
        {"Sender",              NY_IHE_ANSWER_REFUSED},
        {"MustUnderstand",      NY_IHE_ANSWER_REFUSED},
        {"VersionMismatch",     NY_IHE_ANSWER_REFUSED},
        {"DataEncodingUnknown", NY_IHE_ANSWER_REFUSED},
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        if (ny_str_equals(word, ny_str_from_c(rows[i].word))) {
            return rows[i].answer;
        }
    }
    return NY_IHE_ANSWER_OTHER;
}

enum ny_ihe_answer ny_ihe_v3_notice_answer(struct ny_arena *a, ny_str answer, int64_t seq,
                                           ny_str *code)
{
    struct ny_soap_message m = {.payload = NULL};
    const struct ny_xml_node *ack;
    const struct ny_xml_node *id;

    *code = NY_STR_NONE;
    if (ny_soap_read(a, answer, NY_STR_NONE, true, &m) != NY_SOAP_FINE) {
        return NY_IHE_ANSWER_OTHER;
    }
    if (!ny_xml_is(m.payload, NY_HL7V3_NS, "MCCI_IN000002UV01")) {
        *code = ny_soap_fault_code(a, m.payload);
        return judge(*code);
    }
    ack = ihe_v3_child(m.payload, "acknowledgement");
    id = ihe_v3_child(ihe_v3_child(ack, "targetMessage"), "id");
    *code = ny_str_sub(ny_str_trim(ny_xml_attr(ihe_v3_child(ack, "typeCode"), "code")), 0, 8);
    return ny_str_equals(ny_xml_attr(id, "extension"), notice_id(a, seq)) ? judge(*code)
                                                                          : NY_IHE_ANSWER_OTHER;
}
