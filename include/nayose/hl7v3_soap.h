/* hl7v3, SOAP: the envelope around a message, its addressing, faults, and the WSDL that tells
 * clients of both. Nothing here knows what a message means. SOAP 1.2 only; WS-Addressing 1.0 when
 * the sender uses it. Sections: envelope · faults · WSDL.
 * Spec: SOAP 1.2 part 1, WS-Addressing 1.0 (core, SOAP binding), WSDL 1.1; our HL7 v3 rules 2, 3,
 * 12, 13. */
#ifndef NAYOSE_HL7V3_SOAP_H
#define NAYOSE_HL7V3_SOAP_H

#include "nayose/hl7v3_xml.h"

#define NY_HL7V3_NS NY_S("urn:hl7-org:v3")

/* ---- envelope ---- */

enum ny_soap_fault {
    NY_SOAP_FINE = 0,
#define NY_SOAP_FAULT(id, code, subcode, detail, reason) NY_SOAP_##id,
#include "nayose/tbl/soap_faults.def"
#undef NY_SOAP_FAULT
    NY_SOAP_FAULT_COUNT
};

/* A message as it came; texts are trimmed and live in the arena of the tree. */
struct ny_soap_message {
    const struct ny_xml_node *payload; /* the one child of Body */
    ny_str action;                     /* wsa:Action; empty: none */
    ny_str message_id;                 /* wsa:MessageID; empty: none */
    bool addressed;                    /* wsa:Action is there: the answer is addressed, too */
    bool no_reply;                     /* wsa:ReplyTo is …/none: no answer is wanted */
    bool soap11;                       /* with VERSION: the fault is written as that version's */
    const struct ny_xml_node *header;  /* with NOT_UNDERSTOOD, HEADER_TWICE, REPLY_TO: which one */
};

/* Reads an envelope. charset: of the transport, may be empty. ignore_security: a wsse:Security that
 * must be understood is passed over. out is filled as far as it was read, also with a fault. */
enum ny_soap_fault ny_soap_read(struct ny_arena *a, ny_str bytes, ny_str charset,
                                bool ignore_security, struct ny_soap_message *out);

/* An answer: payload is one element, with its namespaces. id: of this answer, "urn:uuid:…".
 * Addressed when the request was. out: a. NY_ELIMIT. */
NY_MUST_USE ny_rc ny_soap_answer_write(struct ny_arena *a, const struct ny_soap_message *request,
                                       ny_str action, ny_str id, ny_str payload, ny_str *out);

/* A message of ours to somebody; the answer is wanted on the same connection. As above. */
NY_MUST_USE ny_rc ny_soap_request_write(struct ny_arena *a, ny_str action, ny_str id, ny_str to,
                                        ny_str payload, ny_str *out);

/* ---- faults ---- */

/* A fault; its reason holds nothing of the message. out: a. NY_ELIMIT. */
NY_MUST_USE ny_rc ny_soap_fault_write(struct ny_arena *a, const struct ny_soap_message *request,
                                      enum ny_soap_fault fault, ny_str id, ny_str *out);
const char *ny_soap_fault_name(enum ny_soap_fault fault); /* for the log */
/* The code of a fault that came as the child of a Body: "Sender", "Receiver" …; it is a QName, so
 * that its prefix is resolved. In a; empty: payload is no fault of SOAP 1.2. */
ny_str ny_soap_fault_code(struct ny_arena *a, const struct ny_xml_node *payload);

/* ---- WSDL ---- */

/* One operation of a service: what comes and what goes. */
struct ny_soap_operation {
    const char *name;                   /* "PIXManager_PRPA_IN201309UV02" */
    const char *request, *answer;       /* elements of urn:hl7-org:v3 */
    const char *action, *answer_action; /* wsa:Action of both */
};

struct ny_soap_service {
    const char *name;  /* "PIXManager" */
    const char *space; /* target namespace of the WSDL */
    const char *path;  /* "/pixmanager" */
    const struct ny_soap_operation *operations;
    size_t n_operations;
};

/* The WSDL of a service at url (without path). schemas: the address of the folder of schemas, which
 * then gives each message its type; empty: every message is anyType. out: a. NY_ELIMIT. */
NY_MUST_USE ny_rc ny_soap_wsdl_write(struct ny_arena *a, const struct ny_soap_service *service,
                                     ny_str url, ny_str schemas, ny_str *out);

#endif
