/* ihe_priv: one exchange, and what the transactions share.
 *
 *   receive ─▶ dispatch (MSH, event table) ─▶ feed | iti9 ─▶ registry ┄┄▶ done ─▶ answer
 *                    └───────── refuse ─────────▶ note ───────────────────▶┘
 *
 * Functions that read a message return false when they refused it: the fault then stands in the
 * exchange. ihe_finish() turns what stands there into the answer. */
#ifndef NAYOSE_IHE_PRIV_H
#define NAYOSE_IHE_PRIV_H

#include "nayose/hl7v2.h"
#include "nayose/ihe.h"
#include "nayose/registry.h"
#include "nayose/registry_search.h"

enum ihe_action {
    IHE_ITI8 = 1,
    IHE_ITI30,
    IHE_DEMO,
    IHE_TRACK,
    IHE_SWAP,
    IHE_IGN,
    IHE_MERGE,
    IHE_RENAME,
    IHE_LINK,
    IHE_UNLINK,
    IHE_WITHDRAW,
    IHE_MOVE,
    IHE_VISIT,
    IHE_TURN,
    /* queries, from here on */
    IHE_ITI9,
    IHE_ITI21,
    IHE_ITI22,
    IHE_CANCEL
};

/* What an event makes of the visit that its PV1 names. */
enum ihe_visit_word {
    IHE_VISIT_NONE,
    IHE_VISIT_BEGIN,
    IHE_VISIT_SAY,
    IHE_VISIT_END,
    IHE_VISIT_DROP,
    IHE_VISIT_BACK,
    IHE_VISIT_UNEND
};

struct ihe_event {
    const char *type, *event;
    enum ihe_action action;
    const char *transaction;
    enum ihe_visit_word visit;
    const char *audit; /* what its audit row says that is done with a patient */
};

enum ihe_fault {
    IHE_FAULT_NONE = 0,
#define NY_FAULT(id, ack, err, field, text) IHE_FAULT_##id,
#include "tbl/faults.def"
#undef NY_FAULT
    IHE_FAULT_COUNT
};

struct ihe_fault_row {
    enum ny_hl7v2_ack_code code;
    int err;
    const char *field;
    const char *text;
};
const struct ihe_fault_row *ihe_fault_row(enum ihe_fault f);
enum ihe_fault ihe_fault_of_rc(ny_rc rc);

enum { IHE_REMARKS_MAX = 16, IHE_LOCATIONS_MAX = 64, IHE_LOCATION_LEN = 48 };

/* An identifier, and where it was read. */
struct ihe_cx {
    const struct ny_domain *domain;
    ny_str id, type; /* CX-1, CX-5 */
    const char *segment;
    size_t number; /* of the segment */
    unsigned field;
    size_t rep;
};

struct ihe_v3;
struct ihe_pages;

struct ihe_exchange {
    struct ny_ihe *ihe;
    struct ny_ihe_exchange *x;
    struct ny_arena *arena;         /* of x */
    const struct ny_hl7v2_msg *msg; /* NULL: it did not parse */
    struct ny_hl7v2_msh msh;        /* of msg, or what could be salvaged */
    const struct ihe_event *event;  /* NULL: not known (yet) */
    struct ny_request request;
    ny_str control_id; /* of our answer */

    enum ihe_fault fault;                      /* why it is refused */
    ny_str fault_locations[IHE_LOCATIONS_MAX]; /* ERL */
    size_t n_fault_locations;
    struct ny_hl7v2_remark warnings[IHE_REMARKS_MAX];
    size_t n_warnings;
    size_t n_read_warnings; /* those that do not come from the registry's answer */

    struct ny_feed feed;
    struct ihe_cx cx[NY_FEED_IDS_MAX]; /* where feed.ids were read */
    bool is_second;                    /* the second PID is being read: PID^1 means PID^2 */
    struct ny_note note;
    struct ny_reply reply;
    struct ihe_v3 *v3;      /* the message came as HL7 v3 (iti44.c); NULL: as v2 */
    bool first_was_unknown; /* of the ids, to the registry */
    bool composed;          /* the answer is ours, not one that was stored before */

    /* ITI-9 */
    const struct ny_domain *query_domain;
    ny_str query_id;
    struct ny_known_id *told; /* [n_told] ids of the answer */
    size_t n_told;

    /* ITI-21 */
    struct ny_search_ask *ask;
    struct ny_search_page *page;
    uint64_t page_start, page_size; /* ITI-47: asked for with a continuation; 0: not */
};

struct ny_ihe {
    struct ny_ihe_config cfg; /* its texts live in arena */
    struct ny_arena *arena;
    int64_t last_id_us;
    struct ihe_pages *pages; /* owned; iti47_pages.c */
};

/* ---- reply.c ---- */

/* Notes why the message is refused; where = ERL, NULL for the fault's own. Returns false. */
bool ihe_refuse(struct ihe_exchange *ex, enum ihe_fault f, const char *where);
/* The same with a printed ERL. */
bool ihe_refuse_at(struct ihe_exchange *ex, enum ihe_fault f, const char *fmt, ...) NY_PRINTF(3, 4);
/* One more ERL of the fault that stands. */
void ihe_refuse_also(struct ihe_exchange *ex, const char *fmt, ...) NY_PRINTF(2, 3);
/* Accepted with a remark (ERR-4 W); where NULL: tied to no field. */
void ihe_warn(struct ihe_exchange *ex, int code, const char *where);

/* The answer to a refused or ignored message: composed, noted, sent. Nothing of ex may be used
 * after. */
void ihe_finish(struct ihe_exchange *ex);
/* Commits the note with its answer, then sends it. note.kind, outcome … are set. */
void ihe_note_and_send(struct ihe_exchange *ex, ny_str answer);
/* Sends an answer whose note is committed. Nothing of ex may be used after. */
void ihe_send_answer(struct ihe_exchange *ex, ny_str answer);
/* The registry cannot take it: answered without a note. */
void ihe_finish_unavailable(struct ihe_exchange *ex, ny_rc rc);
/* An acknowledgement with this code and MSH-10, and the fault or the warnings that stand in ex. */
NY_MUST_USE ny_rc ihe_ack_compose(struct ihe_exchange *ex, enum ny_hl7v2_ack_code code,
                                  ny_str control_id, struct ny_arena *a, ny_str *out);
/* enhanced.c: fills x->accept and x->quiet by MSH-15 and MSH-16; what is left of the answer. */
ny_str ihe_acknowledge_twice(struct ihe_exchange *ex, ny_str answer);
/* MSA-1 of an answer of ours, which may be one that was stored: MSA is its second segment. */
ny_str ihe_answer_code(ny_str answer);
/* dispatch.c: P, or T and D from a source that may, which must not act on who is there. */
bool ihe_processing_is_allowed(const struct ihe_exchange *ex, bool acts_on_others);
/* The answers of HL7 v3: iti44_ack.c to a feed, iti45.c and iti47_write.c to queries. */
NY_MUST_USE ny_rc ihe_iti44_ack_write(struct ihe_exchange *ex, struct ny_arena *a, ny_str *out);
NY_MUST_USE ny_rc ihe_iti45_write(struct ihe_exchange *ex, struct ny_arena *a, ny_str *out);
/* Takes the queried id out of those that are told. */
void ihe_iti45_drop_queried(struct ihe_exchange *ex);
/* ihe_iti9_answer(), behind reading the person's names when who asks is told them. */
void ihe_iti45_answer(struct ihe_exchange *ex, int64_t person);
NY_MUST_USE ny_rc ihe_iti47_write(struct ihe_exchange *ex, struct ny_arena *a, ny_str *out);
/* v3_query.c: the question as text, written once for the audit, the next page and the answer;
 * empty: there is none, or it is too large to be held once more. */
ny_str ihe_v3_query_text(const struct ihe_exchange *ex);
/* iti47_pages.c: what is kept for the next pages of queries in HL7 v3. NULL allowed. */
void ihe_pages_destroy(struct ihe_pages *all);
/* dispatch.c: an MSH-10 for an answer, in a. */
ny_str ihe_control_id_next(struct ny_ihe *ihe, struct ny_arena *a);
/* compose and done of a feed. */
extern const struct ny_reply ihe_feed_reply;

/* iti10.c: the message's id of a notice, in v2 and in v3. In a. */
ny_str ihe_notice_id(struct ny_arena *a, int64_t seq);

/* ---- one file per transaction ---- */

void ihe_iti8(struct ihe_exchange *ex);
void ihe_iti30(struct ihe_exchange *ex);
void ihe_demo(struct ihe_exchange *ex);
void ihe_track(struct ihe_exchange *ex);
void ihe_swap(struct ihe_exchange *ex);
void ihe_visit(struct ihe_exchange *ex);
void ihe_turn(struct ihe_exchange *ex);
void ihe_ignore(struct ihe_exchange *ex);
/* Remarks that an account or visit goes from one patient to another: one was taken for the other.
 */
void ihe_moves_remark(struct ihe_exchange *ex);
void ihe_withdraw(struct ihe_exchange *ex);
void ihe_merge(struct ihe_exchange *ex, enum ny_feed_kind kind); /* MERGE, RENAME, MOVE */
void ihe_link(struct ihe_exchange *ex, bool unlink);
void ihe_iti9(struct ihe_exchange *ex);
void ihe_iti21(struct ihe_exchange *ex);
void ihe_cancel(struct ihe_exchange *ex);

/* An RSP^K23: the ids told of ex, or what the fault in ex says. */
NY_MUST_USE ny_rc ihe_iti9_write(struct ihe_exchange *ex, struct ny_arena *a, ny_str *out);
/* Composes, notes and sends it. Nothing of ex may be used after. */
void ihe_iti9_answer(struct ihe_exchange *ex);

/* An RSP^K22 or RSP^ZV2: the page of ex, or what the fault in ex says. */
NY_MUST_USE ny_rc ihe_iti21_write(struct ihe_exchange *ex, struct ny_arena *a, ny_str *out);
/* pdq_read.c: QPD-3, QPD-8, RCP and DSC into ex->ask. */
bool ihe_pdq_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *qpd);
/* The repetition of QPD-3 that holds a value of the search. */
size_t ihe_pdq_place(const struct ihe_exchange *ex, enum ny_search_field field, size_t value);
/* pid_write.c: PID, PV1 when visits were asked for, and QRI of a person that was found. */
void ihe_hit_write(struct ny_hl7v2_writer *w, const struct ny_registry *r,
                   const struct ny_search_hit *hit, size_t number, bool visit, struct ny_arena *a);
/* A value that is told: it is said now. */
bool ihe_is_shown(const struct ny_set *s, const struct ny_value *v);
/* A birth date as YYYY[MM[DD]], in whatever form it was sent; empty: it is none. */
void ihe_birth_text(ny_str text, char out[16]);
/* The ids of a person that are told; arena, NULL when it is full. */
struct ny_known_id *ihe_hit_ids(const struct ny_registry *r, const struct ny_search_hit *hit,
                                struct ny_arena *a, size_t *out_n);

/* ---- query.c ---- */

/* Reads the fields of a QPD into ex; false with the fault in ex. */
typedef bool ihe_question_fn(struct ihe_exchange *ex, const struct ny_hl7v2_segment *qpd);

/* Checks that the sender may ask and that there is a QPD, reads it, and notes for the audit who is
 * asked about. False: the exchange is finished with the fault. */
bool ihe_query_begin(struct ihe_exchange *ex, ihe_question_fn *read);

/* The facility that a demographics query names as the source of what it wants to know: MSH-5 (in
 * HL7 v3 the receiver) is its namespace or OID. NULL: us, or whoever else. */
const struct ny_domain *ihe_asked_facility(const struct ihe_exchange *ex);
/* The fields that this sender must fill at least in a demographics query. */
size_t ihe_query_minimum(const struct ihe_exchange *ex);
/* An authority of a query, which may leave out the type of an OID (`&1.2.3`); a feed may not. */
enum ny_authority_result ihe_query_hd(const struct ihe_exchange *ex, struct ny_hd hd,
                                      const struct ny_domain **out);
enum ny_authority_result ihe_query_authority(const struct ihe_exchange *ex,
                                             const struct ny_hl7v2_segment *qpd, ny_str rep,
                                             const struct ny_domain **out);
/* What domains returned. all: the field is empty. */
struct ihe_targets {
    bool all;
    const struct ny_domain *domains[IHE_LOCATIONS_MAX];
    size_t n;
};
/* False: refused, every unknown repetition is a place of the fault. */
bool ihe_targets_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *qpd, unsigned field,
                      struct ihe_targets *out);
/* The ids to tell: members in their order (domain, local id), the regional id last. asked: the
 * domain of the queried id, which "all" leaves out. a; NULL: it is full. */
struct ny_known_id *ihe_ids_collect(const struct ny_registry *r, struct ny_arena *a,
                                    const struct ihe_targets *t, const struct ny_resolved *res,
                                    const struct ny_domain *asked, size_t *out_n);
struct ihe_counts {
    size_t total, here, remaining;
};
/* MSH MSA ERR* QAK QPD; counts NULL: not told. w is made ready. */
void ihe_query_head_write(struct ihe_exchange *ex, struct ny_hl7v2_writer *w, struct ny_arena *a,
                          const struct ihe_counts *counts, bool found);
/* Repetitions of PID-3. */
void ihe_ids_write(struct ny_hl7v2_writer *w, const struct ny_known_id *ids, size_t n);

/* ---- ids.c ---- */

/* The identifiers of a field, in order. False: refused, or there is none. */
bool ihe_ids_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *seg, unsigned field,
                  struct ihe_cx out[NY_FEED_IDS_MAX], size_t *out_n);
/* Puts an identifier into the feed, once; its place there. */
bool ihe_feed_id(struct ihe_exchange *ex, const struct ihe_cx *cx, uint8_t *out_place);
/* "F01^123", the id folded: as the mother's is kept. p NULL: arena full. */
ny_str ihe_id_text(struct ny_arena *a, const struct ny_domain *d, ny_str id);
/* Mother's identifier, PID-21; of an authority that is not known it is passed over (ERR W 204). */
bool ihe_mother_id_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                        const struct ny_stamp *stamp, struct ny_patient *out);
/* Remarks that there is something with the key of feed.ids[k] (ERR W 204). */
void ihe_warn_id(struct ihe_exchange *ex, size_t k);

/* ---- feed.c, pid.c ---- */

/* Reads ids, time and patient of the first PID and hands them to the registry. strict: unknown ids
 * are refused. */
void ihe_feed(struct ihe_exchange *ex, bool strict);
/* The same of one PID or two (second NULL: there is but one). */
void ihe_feed_of(struct ihe_exchange *ex, const struct ny_hl7v2_segment *first,
                 const struct ny_hl7v2_segment *second);
/* The sender and the time of the event; the feed's patient then says nothing but when. */
bool ihe_feed_begin(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                    struct ny_hl7v2_ts *when);
/* Hands the feed that was read to the registry, or answers why it was not read. Nothing of ex may
 * be used after. */
void ihe_feed_end(struct ihe_exchange *ex, bool ok);
/* False when the segments that every feed needs are missing or out of order. */
bool ihe_feed_segments_check(struct ihe_exchange *ex);

/* The patient of PID, NK1 and IN1; message_date is the day of the event. */
bool ihe_patient_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                      const struct ny_stamp *stamp, ny_date message_date, struct ny_patient *out);

/* ---- visit.c ---- */

/* The message tells a visit of this patient that is kept. */
bool ihe_has_visit(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid);
/* *out: it, said by stamp; NULL: there is none. False: refused. */
bool ihe_visit_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                    const struct ny_stamp *stamp, const struct ny_visit **out);
/* What a value of PV1 is found by; arena, empty when by nothing. */
ny_str ihe_visit_term(struct ny_arena *a, enum ny_visit_field f, unsigned component, unsigned sub,
                      ny_str value);
/* False: visits are not found by this part of PV1. */
bool ihe_visit_path(unsigned field, unsigned component, unsigned sub, enum ny_visit_field *out);
/* PV1 of a person that was found; v NULL: he has no visit, which is class N. */
void ihe_visit_write(struct ny_hl7v2_writer *w, const struct ny_stored_visit *v);

/* name.c: PID-5 and PID-9 joined into variants. */
bool ihe_names_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                    const struct ny_stamp *stamp, struct ny_patient *out);
/* Mother's name: kana of PID-6, kana of NK1, else PID-6 as it is. */
bool ihe_mother_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                     const struct ny_stamp *stamp, struct ny_patient *out);

/* A part as text, empty when absent, null or blank. Longer than 4096 bytes: the exchange is refused
 * at field
 * (`PID^1^11`), which the caller sees by ihe_is_refused(). */
ny_str ihe_text(struct ihe_exchange *ex, const struct ny_hl7v2_segment *seg, ny_str rep,
                unsigned component, unsigned sub, const char *field);
/* A field that is `""`, or has a repetition that is. */
bool ihe_field_is_deleted(const struct ny_hl7v2_segment *seg, unsigned field);
bool ihe_is_refused(const struct ihe_exchange *ex);
bool ihe_is_query(const struct ihe_exchange *ex);
/* The fingerprint of the certificate that was shown, or nothing. */
ny_str ihe_certificate(const struct ny_speaker *s);
/* What the audit keeps of a query: of ITI-22 its QPD, in HL7 v3 its queryByParameter, else all. */
ny_str ihe_query_payload(const struct ihe_exchange *ex);
/* Adds a value to a set; false: refused. */
bool ihe_say(struct ihe_exchange *ex, struct ny_patient *p, enum ny_set_id set,
             const struct ny_value *v, const struct ny_stamp *stamp);

/* An authority as the registry reads it. */
struct ny_hd ihe_hd(const struct ny_hl7v2_hd *hd);

#endif
