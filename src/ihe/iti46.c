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

ny_rc ny_ihe_v3_notice_write(const struct ny_ihe *ihe, struct ny_arena *a,
                             const struct ny_notice *notice, ny_str device, ny_str organization,
                             ny_str to, int64_t now_us, ny_str *out)
{
    const struct ihe_v3_wrapper head = {
        .element = "PRPA_IN201302UV02",
        .us = ny_registry_regional(ihe->cfg.registry)->oid,
        .id = ihe_notice_id(a, notice->seq),
        .now_us = now_us,
        .accept_ack = "AL",
        .receiver = {.root = device},
        .receiver_organization = {.root = organization},
        .sender = {.root = ny_registry_regional(ihe->cfg.registry)->oid},
    };
    struct ny_xml_writer w;
    ny_str message = NY_STR_NONE;
    ny_rc rc;

    ny_xml_w_init(&w, a);
    ihe_v3_wrapper_write(&w, &head);
    ihe_v3_act_open(&w, "PRPA_TE201302UV02");
    ihe_v3_time_write(&w, "effectiveTime", notice->at_us);
    ihe_v3_person_open(&w, notice->ids, notice->n_ids);
    ihe_v3_names_write(&w, NULL);
    ny_xml_w_raw(&w, NY_S("</patientPerson>"));
    ihe_v3_person_close(&w, head.us);
    ny_xml_w_close(&w);
    ny_xml_w_close(&w);
    rc = ny_xml_w_end(&w, &message);
    return rc != NY_OK
               ? rc
               : ny_soap_request_write(a, NY_S("urn:hl7-org:v3:PRPA_IN201302UV02"),
                                       ny_arena_printf(a, "urn:oid:%.*s.%lld", NY_ARG(head.us),
                                                       (long long)notice->seq),
                                       to, message, out);
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
    return ny_str_equals(ny_xml_attr(id, "extension"), ihe_notice_id(a, seq)) ? judge(*code)
                                                                              : NY_IHE_ANSWER_OTHER;
}
