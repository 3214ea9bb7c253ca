/* ihe, HL7 v3, private: one exchange, and what its transactions share.
 *
 *   receive ─▶ wrapper (v3.c) ─▶ iti45 ─▶ registry ┄┄▶ done ─▶ answer
 *                  └── refuse ────▶ finish ─▶ note ─▶┘ */
#ifndef NAYOSE_IHE_V3_PRIV_H
#define NAYOSE_IHE_V3_PRIV_H

#include "nayose/ihe_v3.h"

#include "ihe_priv.h"

#define IHE_V3_DETAILS "2.16.840.1.113883.5.1100"
#define IHE_V3_TABLE_0357 "2.16.840.1.113883.12.357"

enum ihe_v3_fault {
    IHE_V3_FINE = 0,
#define NY_V3_FAULT(id, ack, response, code, system, text) IHE_V3_##id,
#include "tbl/v3_faults.def"
#undef NY_V3_FAULT
};

struct ihe_v3_fault_row {
    const char *ack, *response, *code, *system, *text;
};
const struct ihe_v3_fault_row *ihe_v3_fault_row(enum ihe_v3_fault f);

struct ihe_v3;
struct ihe_v3_feed;

struct ihe_interaction {
    const char *trigger; /* of the answer */
    const char *transaction;
    void (*fn)(struct ihe_v3 *ex);
};

struct ihe_v3 {
    struct ny_ihe *ihe;
    struct ny_ihe_v3 *x;
    struct ny_arena *arena; /* of x */
    const struct ihe_interaction *kind;
    const struct ny_xml_node *id, *sender, *receiver; /* id; device of both */
    const struct ny_xml_node *query;                  /* queryByParameter */
    ny_str app, facility;                             /* who sends, as a source is named */
    struct ny_request request;
    struct ny_note note;
    struct ny_reply reply;

    enum ihe_v3_fault fault;
    ny_str places[IHE_LOCATIONS_MAX]; /* a detail each */
    size_t n_places;

    bool accept;                          /* MCCI is answered whatever the table says */
    ny_str qbp;                           /* ITI-47: the question as v2 */
    struct ihe_v3_feed *feed;             /* ITI-44 */
    const struct ny_domain *query_domain; /* ITI-45 */
    ny_str query_id;
};

/* A child of HL7's namespace. */
static inline const struct ny_xml_node *ihe_v3_child(const struct ny_xml_node *n, const char *name)
{
    return ny_xml_child(n, NY_HL7V3_NS, name);
}

/* Notes why the message is refused, and where (NULL: nowhere). A further place of the same fault is
 * one more detail. Returns false. */
bool ihe_v3_refuse(struct ihe_v3 *ex, enum ihe_v3_fault f, const struct ny_xml_node *where);
/* The answer that the fault in ex asks for: noted, sent. Nothing of ex may be used after. */
void ihe_v3_finish(struct ihe_v3 *ex);
/* Commits the note of ex, then sends the answer. Nothing of ex may be used after. */
void ihe_v3_note_and_send(struct ihe_v3 *ex, ny_str answer);
/* The registry cannot take it: answered without a note. */
void ihe_v3_finish_unavailable(struct ihe_v3 *ex, ny_rc rc);

/* ---- v3_write.c ---- */

/* <name root= extension= [assigningAuthorityName=]/> */
void ihe_v3_id_write(struct ny_xml_writer *w, const char *name, ny_str root, ny_str extension,
                     ny_str authority);
/* The answer's element, opened, with everything up to its sender. */
void ihe_v3_wrapper_write(struct ihe_v3 *ex, struct ny_xml_writer *w);
/* controlActProcess, opened. */
void ihe_v3_act_open(struct ihe_v3 *ex, struct ny_xml_writer *w);
/* All of these: the wrapper, the acknowledgement and controlActProcess, which is open too. */
void ihe_v3_head_write(struct ihe_v3 *ex, struct ny_xml_writer *w);
/* queryAck, the question as it came, and the end of what ihe_v3_head_write() has opened. */
NY_MUST_USE ny_rc ihe_v3_query_end(struct ihe_v3 *ex, struct ny_xml_writer *w, const char *response,
                                   ny_str *out);

void ihe_iti45(struct ihe_v3 *ex);

/* ---- ITI-44, ITI-47: the way of v2 from here on ---- */

/* An exchange that answers in HL7 v3; NULL: the arena is full. */
struct ihe_exchange *ihe_v3_exchange_make(struct ihe_v3 *v3);
/* What was written as v2 becomes the message of ex. */
bool ihe_v3_take(struct ihe_exchange *ex, struct ny_hl7v2_writer *w);
/* The wrapper. only_real: messages for practice are refused whoever sends them. */
bool ihe_v3_header_check(struct ihe_exchange *ex, bool only_real);
/* The element acknowledgement: the type, what stands in ex as details. */
void ihe_v3_acknowledgement_write(struct ihe_exchange *ex, struct ny_xml_writer *w,
                                  const char *type);
void ihe_iti47(struct ihe_v3 *ex);
void ihe_iti47_more(struct ihe_v3 *ex);
/* "root extension" of a queryId. */
ny_str ihe_v3_query_id(struct ny_arena *a, const struct ny_xml_node *query);
/* Keeps the question of ex with the pointer to its next page; forgets it when there is none. */
void ihe_pages_keep(const struct ihe_exchange *ex, ny_str pointer);
/* The parameter that a place in QPD comes from. */
const struct ny_xml_node *ihe_iti47_place(const struct ihe_v3 *v3, ny_str erl);

/* The OID of an id; some write it as a URN. */
ny_str ihe_v3_root(const struct ny_xml_node *id);
/* The domain whose OID it is, or NULL. */
const struct ny_domain *ihe_v3_domain(const struct ihe_v3 *ex, const struct ny_xml_node *id);
/* The question as the audit keeps it. */
ny_str ihe_v3_query_payload(const struct ihe_v3 *ex);
/* The connection may send in the sender's name. */
bool ihe_v3_may_speak(const struct ihe_v3 *ex);

void ihe_iti44(struct ihe_v3 *ex);
/* The XPath of what an ERL of the feed (or an XPath) speaks of; empty: of no element. */
ny_str ihe_v3_place(const struct ihe_v3 *v3, struct ny_arena *a, ny_str where);
/* v3_patient.c: the field PID-3 (or MRG-1), and the fields behind it. */
void ihe_v3_ids_write(struct ny_hl7v2_writer *w, const struct ny_xml_node *const *ids, size_t n);
void ihe_v3_patient_write(struct ny_hl7v2_writer *w, struct ny_arena *a,
                          const struct ny_xml_node *patient);

#endif
