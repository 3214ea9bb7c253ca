/* ihe, HL7 v3: the services that are offered over SOAP, and a message of one of them answered.
 * Knows no envelope and no HTTP: takes the element in the Body, gives back the element of the
 * answer. */
#ifndef NAYOSE_IHE_V3_H
#define NAYOSE_IHE_V3_H

#include "nayose/hl7v3_soap.h"
#include "nayose/ihe.h"

/* The services with their operations; static. */
size_t ny_ihe_v3_services(const struct ny_soap_service **out);

/* One message under way. The caller owns it and keeps it, the arena and what they point to alive
 * until answer was called, which happens exactly once, maybe from inside ny_ihe_v3_receive. */
struct ny_ihe_v3 {
    struct ny_arena *arena;
    const struct ny_soap_operation *operation; /* of ny_ihe_v3_services() */
    const struct ny_xml_node *message;         /* its request element */
    ny_str in;                                 /* bytes as received, envelope and all */
    ny_str peer_addr;
    bool may_query;
    struct ny_speaker speaker;
    bool invalid; /* the schemas do not allow it */
    bool strict;  /* then it is refused, whoever sends it */
    bool stored;  /* it was taken once, whatever its form: that is not looked at again */
    /* xml: the answer's element; empty: it could not be written. */
    void (*answer)(void *ctx, ny_str xml);
    void *ctx;
};

/* Never fails: whatever is wrong in the message is said in its answer. */
void ny_ihe_v3_receive(struct ny_ihe *ihe, struct ny_ihe_v3 *x);

/* ---- ITI-46: telling a consumer ---- */

struct ny_notice; /* registry_notices.h */

/* PRPA_IN201302UV02 with every identifier of the notice, in its envelope. Its id is made of the
 * notice's number: told again, it is the same. device, organization: OIDs of the receiver; to: its
 * URL. out: in a. NY_ELIMIT. */
NY_MUST_USE ny_rc ny_ihe_v3_notice_write(const struct ny_ihe *ihe, struct ny_arena *a,
                                         const struct ny_notice *notice, ny_str device,
                                         ny_str organization, ny_str to, int64_t now_us,
                                         ny_str *out);
/* What a consumer answered, as ny_ihe_notice_answer(); answer: an envelope. code: the type of the
 * acknowledgement, or of the fault. */
enum ny_ihe_answer ny_ihe_v3_notice_answer(struct ny_arena *a, ny_str answer, int64_t seq,
                                           ny_str *code);

#endif
