/* ihe, HL7 v3, private: what its transactions share. Each is answered by the exchange of v2:
 *
 *   receive ─▶ begin (wrapper, v3.c) ─▶ itiNN: written as v2
 *                                            │
 *                      feed | merge | iti9 | iti21 ┄┄▶ done
 *                                                        │
 *   answer ◀─ iti44_ack | iti45_write | iti47_write ◀─ compose (reply.c) */
#ifndef NAYOSE_IHE_V3_PRIV_H
#define NAYOSE_IHE_V3_PRIV_H

#include "nayose/ihe_v3.h"

#include "ihe_priv.h"

#define IHE_V3_DETAILS "2.16.840.1.113883.5.1100"
#define IHE_V3_TABLE_0357 "2.16.840.1.113883.12.357"

struct ihe_v3_feed;

/* What a message does. */
enum ihe_v3_says { IHE_V3_ASKS, IHE_V3_ADDS, IHE_V3_REVISES, IHE_V3_MERGES };

struct ihe_interaction {
    const char *trigger; /* of the answer */
    const char *transaction;
    enum ihe_v3_says says;
    void (*fn)(struct ihe_exchange *ex);
};

/* What an exchange has besides when its message came as HL7 v3. */
struct ihe_v3 {
    struct ny_ihe_v3 *x;
    const struct ihe_interaction *kind;
    const struct ny_xml_node *id, *sender, *receiver; /* id; device of both */
    const struct ny_xml_node *query;                  /* queryByParameter */
    ny_str query_text;                                /* the same; empty: not written yet */
    ny_str app, facility;                             /* who sends, as a source is named */
    const struct ny_xml_node *unnamed;                /* first element without a namespace */
    bool accept;                                      /* MCCI is answered whatever the table says */
    const struct ny_patient *named;                   /* ITI-45: his names are told; or NULL */
    ny_str qbp;                                       /* ITI-47: the question as v2 */
    struct ihe_v3_feed *feed;                         /* ITI-44 */
};

/* A child of HL7's namespace. */
static inline const struct ny_xml_node *ihe_v3_child(const struct ny_xml_node *n, const char *name)
{
    return ny_xml_child(n, NY_HL7V3_NS, name);
}

/* The organisation that a device speaks for. */
static inline const struct ny_xml_node *ihe_v3_organization(const struct ny_xml_node *device)
{
    return ihe_v3_child(ihe_v3_child(device, "asAgent"), "representedOrganization");
}

/* ---- v3.c ---- */

void ihe_iti44(struct ihe_exchange *ex);
void ihe_iti45(struct ihe_exchange *ex);
void ihe_iti47(struct ihe_exchange *ex);
void ihe_iti47_more(struct ihe_exchange *ex);

/* Begins an exchange: event is the query that the message is in v2 (NULL: a feed). Checks the
 * wrapper, and that a query may be asked; only_real: messages for practice are refused whoever
 * sends them. False: the exchange is finished. */
bool ihe_v3_begin(struct ihe_exchange *ex, const struct ihe_event *event, bool only_real);
/* A remark (W) on an element. */
void ihe_v3_warn(struct ihe_exchange *ex, int code, const struct ny_xml_node *where);
/* Refuses at an element; NULL: at none. Returns false. */
bool ihe_v3_refuse(struct ihe_exchange *ex, enum ihe_fault f, const struct ny_xml_node *where);
/* The domain whose OID it is, or NULL. */
const struct ny_domain *ihe_v3_domain(const struct ihe_exchange *ex, const struct ny_xml_node *id);
/* The message of v2 that ex is written as, up to its MSH. */
void ihe_v3_message_begin(const struct ihe_exchange *ex, struct ny_hl7v2_writer *w,
                          const char *type, const char *event);
/* What was written as v2 becomes the message of ex. */
bool ihe_v3_take(struct ihe_exchange *ex, struct ny_hl7v2_writer *w);
/* The same of its text, in the arena; p == NULL: it was too large. */
bool ihe_v3_take_text(struct ihe_exchange *ex, ny_str text);
/* The OID of an id; some write it as a URN. */
ny_str ihe_v3_root(const struct ny_xml_node *id);

/* ---- v3_query.c: questions ---- */

/* A value of the parameters of one name that asks for something, from the first; NULL: no more.
 * One with nullFlavor asks for nothing. */
const struct ny_xml_node *ihe_v3_value_first(const struct ny_xml_node *list, const char *name);
const struct ny_xml_node *ihe_v3_value_next(const struct ny_xml_node *value);
/* v3_interval.c: an IVL_TS as a value of PID-7 in a question: "1948", "1948..19500305", "..1950";
 * empty: it says nothing. False: refused. */
bool ihe_v3_interval_read(struct ihe_exchange *ex, const struct ny_xml_node *v, ny_str *out);
/* QBP up to QPD-2. */
void ihe_v3_question_begin(struct ihe_exchange *ex, struct ny_hl7v2_writer *w, const char *event,
                           const char *name);
/* A field whose repetitions are the domains that the values of a parameter name. */
void ihe_v3_domains_write(struct ihe_exchange *ex, struct ny_hl7v2_writer *w, const char *name);
/* "root extension" of a queryId. */
ny_str ihe_v3_query_id(struct ny_arena *a, const struct ny_xml_node *query);
/* The element that a place in QPD comes from. */
const struct ny_xml_node *ihe_v3_question_place(const struct ihe_exchange *ex, ny_str erl);

/* The operation of a feed (ITI-44); NULL: the element asks for something else. */
const struct ny_soap_operation *ihe_v3_feed_operation(const struct ny_xml_node *payload);
/* v3_strict.c: the message has not the form that is asked of its sender; where, or NULL. */
bool ihe_v3_form_is_refused(const struct ihe_exchange *ex, const struct ny_xml_node **where);

/* ---- v3_write.c ---- */

struct ihe_ii {
    ny_str root, extension, authority;
};
struct ihe_ii ihe_v3_ii(const struct ny_xml_node *id); /* as its sender wrote it */
/* <name root= extension= [assigningAuthorityName=]/> */
void ihe_v3_id_write(struct ny_xml_writer *w, const char *name, struct ihe_ii id);
/* An element with one attribute; none when the value is empty. */
void ihe_v3_attribute_write(struct ny_xml_writer *w, const char *element, const char *name,
                            ny_str value);
/* An element with a text; none when it is empty. */
void ihe_v3_text_write(struct ny_xml_writer *w, const char *element, ny_str text);
void ihe_v3_time_write(struct ny_xml_writer *w, const char *name, int64_t us);

/* What a message begins with. */
struct ihe_v3_wrapper {
    const char *element;
    ny_str us, id; /* root and extension of the message's id */
    int64_t now_us;
    const char *accept_ack;
    struct ihe_ii receiver, receiver_organization; /* organisations may be empty */
    struct ihe_ii sender, sender_organization;
};
/* The element, opened, with everything up to its sender. */
void ihe_v3_wrapper_write(struct ny_xml_writer *w, const struct ihe_v3_wrapper *head);
/* The same for the answer of ex: sender and receiver change places. */
void ihe_v3_answer_begin(struct ihe_exchange *ex, struct ny_xml_writer *w);
/* controlActProcess with its code, opened. */
void ihe_v3_act_open(struct ny_xml_writer *w, const char *trigger);
/* One person's registrationEvent with his ids, open in patientPerson; from behind patientPerson to
 * its end. */
void ihe_v3_person_open(struct ny_xml_writer *w, const struct ny_known_id *ids, size_t n);
/* The names that a patient's records hold now, each script an element; NULL: they are not told. */
void ihe_v3_names_write(struct ny_xml_writer *w, const struct ny_patient *p);
void ihe_v3_person_close(struct ny_xml_writer *w, ny_str us);
/* queryAck, the question as it came, and the end of the message. counts NULL: not told. */
NY_MUST_USE ny_rc ihe_v3_query_end(struct ihe_exchange *ex, struct ny_xml_writer *w,
                                   const struct ihe_counts *counts, bool found, ny_str *out);

/* iti44_ack.c: the element acknowledgement: the type, what stands in ex as details. */
void ihe_v3_acknowledgement_write(struct ihe_exchange *ex, struct ny_xml_writer *w,
                                  const char *type);

/* ---- iti44.c, iti47_pages.c, v3_patient.c ---- */

/* The XPath of what an ERL (or an XPath) speaks of; empty: of no element. */
ny_str ihe_v3_place(const struct ihe_exchange *ex, struct ny_arena *a, ny_str where);
/* Keeps the question of ex with the pointer to its next page; forgets it when there is none. */
void ihe_pages_keep(const struct ihe_exchange *ex, ny_str pointer);
/* A repetition of CX: a text, and the root of an id as its authority. */
void ihe_v3_cx_write(struct ny_hl7v2_writer *w, ny_str text, const struct ny_xml_node *id);
/* The field PID-3 (or MRG-1), and the fields behind it. */
void ihe_v3_ids_write(struct ny_hl7v2_writer *w, const struct ny_xml_node *const *ids, size_t n);
void ihe_v3_patient_write(struct ny_hl7v2_writer *w, struct ny_arena *a,
                          const struct ny_xml_node *patient);
/* The code of a sex as PID-8 has it. */
ny_str ihe_v3_sex(const struct ny_xml_node *code);
/* The components of XAD that an address has, by their numbers; the text that is in no part is the
 * eighth. */
enum { IHE_XAD_PARTS = 9 };
void ihe_v3_address_read(struct ny_arena *a, const struct ny_xml_node *addr,
                         ny_str out[IHE_XAD_PARTS]);
/* The number of a telecom, without its scheme; empty: it is no phone. */
ny_str ihe_v3_phone_number(const struct ny_xml_node *telecom, bool *is_fax);
/* v3_insurance.c: an id of asOtherIDs that is a number of health insurance; all of them as IN1. */
bool ihe_v3_is_insurance(const struct ny_xml_node *id);
void ihe_v3_insurances_write(struct ny_hl7v2_writer *w, const struct ny_xml_node *person);

#endif
