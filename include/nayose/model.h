/* model: the plain structs of the domain, and how an old and a new value of a patient become one.
 * Pure. No HL7, no SQL. Words: identity = one patient as one domain knows it.
 * Sections: identifiers · stamps · pins · holds · patient · claims · merge. */
#ifndef NAYOSE_MODEL_H
#define NAYOSE_MODEL_H

#include "nayose/base.h"

/* ---- identifiers ---- */

/* An assigning authority as written on the wire (HD): any part may be empty. Borrowed slices. */
struct ny_hd {
    ny_str ns;   /* namespace ID */
    ny_str oid;  /* universal ID */
    ny_str type; /* universal ID type: ISO, DNS, … */
};

/* A patient identifier (CX) with its authority; type is CX-5. Borrowed slices. */
struct ny_identifier {
    ny_str id;
    struct ny_hd authority;
    ny_str type;
};

enum ny_domain_kind {
    NY_DOMAIN_FACILITY = 1,
    NY_DOMAIN_REGIONAL = 2,
    NY_DOMAIN_INSURANCE = 3,
    NY_DOMAIN_ENROLMENT = 4,
    NY_DOMAIN_NETWORK = 5
};

/* An identity domain: one assigning authority, and who may feed it. Owned by whoever loaded it. */
struct ny_domain {
    int32_t id; /* database key, > 0 */
    enum ny_domain_kind kind;
    bool listed;
    ny_str ns, oid, type; /* all three known */
    ny_str name;
    ny_str source_app;      /* MSH-3 of the one source; empty = any application */
    ny_str source_facility; /* MSH-4 of the one source */
    unsigned id_width; /* digits of its local ids, by a setting of that source; 0: as received */
};

/* A patient identifier whose authority is known. Borrowed. */
struct ny_known_id {
    const struct ny_domain *domain;
    ny_str id;
};
/* "F01,F02,REG": the namespaces of ids, each once; ids of one domain stand together. In a;
 * NY_STR_NONE at its cap. */
ny_str ny_known_ids_domains(struct ny_arena *a, const struct ny_known_id *ids, size_t n);

enum { NY_ID_WIDTH_MAX = 20 };

/* A local id as this domain writes it: digits alone get leading zeros, or lose them, until they
 * are as many as id_width says; digits that count are never lost, and what is not digits alone
 * stays. Whoever reads an id of a feed folds it before he compares or keeps it; the registry folds
 * what it is asked for. Folding again changes nothing. The result lies in id or in buf. */
ny_str ny_domain_local_id(const struct ny_domain *d, ny_str id, char buf[NY_ID_WIDTH_MAX]);

enum ny_identity_status {
    NY_IDENTITY_ACTIVE = 1,
    NY_IDENTITY_MERGED = 2,
    NY_IDENTITY_DELETED = 3,
    NY_IDENTITY_TEST = 4
};

/* Somebody who can be asked for: neither merged nor deleted. */
static inline bool ny_identity_is_there(enum ny_identity_status s)
{
    return s == NY_IDENTITY_ACTIVE || s == NY_IDENTITY_TEST;
}

/* ---- stamps: the order of promise 2 ---- */

/* What set a value. Compared by (time, control id, hash), byte order. control_id is borrowed or
 * arena like the patient that holds it. at_us == INT64_MIN means never. */
struct ny_stamp {
    int64_t at_us;
    ny_str control_id;
    uint8_t hash[NY_SHA256_LEN]; /* of the message body */
};

#define NY_NEVER INT64_MIN
int ny_stamp_compare(const struct ny_stamp *a, const struct ny_stamp *b);
struct ny_stamp ny_stamp_never(void);

/* ---- pins: what somebody said of two identities ---- */

/* Stored values. A pin is a word that was said, and stays; which word is in force is computed from
 * all of them (link). NONE takes back what roles up to its own said before. MERGE: a was retired
 * for b by their domain. MOVE: a is one with b, and not, as roles up to its own said before, with
 * anybody else. UNMERGE, UNMOVE: that a was retired for b, or moved to b, as roles up to its own
 * said before, does not count; MERGE_AGAIN, MOVE_AGAIN: it does after all. UNSAME to NONE_AGAIN:
 * likewise of SAME, DIFFERENT and NONE, as the very role of such a word said them of the very two
 * before (a clerk: last); unlike a NONE they leave alone whatever else was said. */
enum ny_pin_kind {
    NY_PIN_SAME = 1,
    NY_PIN_DIFFERENT = 2,
    NY_PIN_NONE = 3,
    NY_PIN_MERGE = 4,
    NY_PIN_MOVE = 5,
    NY_PIN_UNMERGE = 6,
    NY_PIN_MERGE_AGAIN = 7,
    NY_PIN_UNMOVE = 8,
    NY_PIN_MOVE_AGAIN = 9,
    NY_PIN_UNSAME = 10,
    NY_PIN_SAME_AGAIN = 11,
    NY_PIN_UNDIFFERENT = 12,
    NY_PIN_DIFFERENT_AGAIN = 13,
    NY_PIN_UNNONE = 14,
    NY_PIN_NONE_AGAIN = 15
};

/* IMPLIED: several ids in one message. It has no time: any explicit word outweighs it. */
enum ny_pin_role {
    NY_ROLE_IMPLIED = 0,
    NY_ROLE_FACILITY = 1,
    NY_ROLE_CLERK = 2,
    NY_ROLE_SUPERVISOR = 3
};

/* A pin that was said without a look at the two records (by a message). */
#define NY_PIN_UNSEEN INT32_MIN

/* ---- holds ---- */

/* Why something waits for somebody; the names are stored. */
enum ny_hold_why {
    NY_HOLD_SEARCH = 1,  /* more candidates than are looked at: the right one may be missed */
    NY_HOLD_OVERLAY = 2, /* the newest claim names another person */
    NY_HOLD_DRIFT = 3,   /* the source's messages are not what they were */
    NY_HOLD_PIN = 4, /* a notice: the records have come to contradict what a clerk said of it and
                      * another; the pin stays, and the identity links as before */
    NY_HOLD_WHY_END
};
/* What a hold is on. */
enum ny_hold_kind {
    NY_HOLD_IDENTITY = 1, /* it does not link by itself */
    NY_HOLD_VERSION = 2,  /* it goes on as it was before the version that is held */
    NY_HOLD_SOURCE = 3    /* identities of the source that come or change are held */
};
const char *ny_hold_name(enum ny_hold_why why);
/* The why of a name; 0: none. */
enum ny_hold_why ny_hold_parse(ny_str name);

/* ---- patient ---- */

enum ny_set_id {
#define NY_SET(id, json, hl7, first, last) NY_SET_##id,
#include "nayose/tbl/model_fields.def"
    NY_SET_COUNT
};

enum ny_single_id {
#define NY_SINGLE(id, json, hl7) NY_SINGLE_##id,
#include "nayose/tbl/model_fields.def"
    NY_SINGLE_COUNT
};

/* Part numbers: NY_NAME_PART_KANJI_FAMILY, NY_ADDRESS_PART_WHOLE … (one run of numbers for all
 * sets, made relative to the set by ny_part_index). */
enum ny_part_id {
#define NY_PART(set, id, json) NY_PART_##set##_##id,
#include "nayose/tbl/model_fields.def"
    NY_PART_COUNT
};

enum { NY_VALUE_PARTS_MAX = 10, NY_SET_VALUES_MAX = 64 };

struct ny_set_info {
    const char *json; /* key in stored JSON */
    const char *hl7;  /* field in ERL order, for errors */
    size_t first_part;
    size_t n_parts;
};
const struct ny_set_info *ny_set_info(enum ny_set_id set);
const char *ny_part_json(size_t part); /* key of a part, by its ny_part_id */
const char *ny_single_json(enum ny_single_id id);

/* One value of a history. Parts as received (UTF-8), in the order of the table, empty where absent.
 */
struct ny_value {
    ny_str part[NY_VALUE_PARTS_MAX];
    int64_t first_us;     /* first event time at which it was said */
    struct ny_stamp last; /* the newest message that said it */
};

/* The part of a value by its id: ny_value_part(v, NY_PART_NAME_KANJI_FAMILY). */
ny_str ny_value_part(const struct ny_value *v, enum ny_part_id part);
void ny_value_part_set(struct ny_value *v, enum ny_part_id part, ny_str text);

/* A history. Values in canonical order: newest `last` first, then parts in byte order. The current
 * list is the values whose `last` equals `said`. Values not newer than `deleted` are history only.
 */
struct ny_set {
    struct ny_value *values;
    size_t n;
    struct ny_stamp said;    /* newest message that sent this field with a value */
    struct ny_stamp deleted; /* newest message that sent "" */
};

/* A single value. `stamp.at_us == NY_NEVER`: never said. An empty value with a stamp was deleted.
 */
struct ny_single {
    ny_str value;
    struct ny_stamp stamp;
};

/* Who one or more messages said that the patient is: leading name, birth date and sex, together.
 * Names alone, and dates alone, do not show that an id was given to another person: claims do. */
struct ny_claim {
    ny_str name[NY_VALUE_PARTS_MAX]; /* parts of the NAME set; never all empty */
    ny_str birth, sex;               /* as received, empty where not said */
    struct ny_stamp first, last;     /* the oldest and the newest message that said it */
};
enum { NY_CLAIMS_MAX = 64 };

/* Everything known of one identity (stored as identity.demographics), or what one message says of
 * it: then each value's and single's stamp is the message's stamp, and what the message leaves out
 * is NY_NEVER. All slices and arrays belong to the arena it was made in. */
struct ny_patient {
    struct ny_set sets[NY_SET_COUNT];
    struct ny_single singles[NY_SINGLE_COUNT];
    struct ny_claim *claims; /* [n_claims] newest `last` first, then parts in byte order */
    size_t n_claims;
    struct ny_stamp seen; /* newest message of all */
    int64_t first_us;     /* event time of the first message (smallest) */
};

/* Nothing known: all stamps never. */
void ny_patient_init(struct ny_patient *p);
/* Puts a value into a set as said by the message with this stamp; the arena owns the grown array,
 * the parts stay borrowed. NY_ELIMIT above NY_SET_VALUES_MAX. */
NY_MUST_USE ny_rc ny_patient_say(struct ny_patient *p, struct ny_arena *a, enum ny_set_id set,
                                 const struct ny_value *v, const struct ny_stamp *stamp);
/* Marks a set as deleted ("") by the message with this stamp. */
void ny_patient_delete(struct ny_patient *p, enum ny_set_id set, const struct ny_stamp *stamp);
/* Says a single value; empty = deleted. */
void ny_patient_say_single(struct ny_patient *p, enum ny_single_id id, ny_str value,
                           const struct ny_stamp *stamp);
/* Says that the patient is no longer there; whatever is said later says that he is. */
void ny_patient_withdraw(struct ny_patient *p, const struct ny_stamp *stamp);
/* Nobody says that the patient is there: never seen, or the newest message took him back. */
bool ny_patient_is_gone(const struct ny_patient *p);
/* The patient is for practice only (MSH-11 T or D). */
bool ny_patient_is_practice(const struct ny_patient *p);
bool ny_value_is_current(const struct ny_set *s, const struct ny_value *v);
bool ny_value_is_live(const struct ny_set *s, const struct ny_value *v); /* not deleted since */
/* The name that leads: the first current legal one, else the first current one that is no alias or
 * former name, else the first live one; the number of values where there is none. */
size_t ny_patient_leading_name(const struct ny_patient *p);
/* One of the codes of a single value (PID-32 has several: `US~AL`), whatever its case. */
bool ny_patient_has_code(const struct ny_patient *p, enum ny_single_id id, const char *code);

/* ---- claims ---- */

/* What the patient, as he stands, claims to be: the leading name with birth date and sex, first and
 * last said by the newest message with a name. False: he claims nothing, since he has no name, is
 * unknown or only a test. Slices are borrowed from p. */
bool ny_patient_claim(const struct ny_patient *p, struct ny_claim *out);
/* Makes the claim of a message its own; call it when the message is complete. NY_ELIMIT: the arena
 * is full. */
NY_MUST_USE ny_rc ny_patient_claim_say(struct ny_patient *p, struct ny_arena *a);
bool ny_claim_is_same(const struct ny_claim *a, const struct ny_claim *b); /* stamps not compared */

/* A time of which what was said does not count; both ends belong to it. */
struct ny_span {
    struct ny_stamp from, to;
    bool came_back; /* who speaks in it was there before `since`: what was known then is his */
};
/* What p would be had nobody said anything before `since` (never: no limit) or within the spans:
 * values and singles said only then go, and stamps fall back to the newest that is left. Releases
 * and withdrawals stay. out: arrays in the arena, slices borrowed from p. */
NY_MUST_USE ny_rc ny_patient_without(struct ny_arena *a, const struct ny_patient *p,
                                     const struct ny_stamp *since, const struct ny_span *spans,
                                     size_t n_spans, struct ny_patient *out);

/* ---- merge ---- */

enum ny_patient_change {
    NY_CHANGE_NONE = 0,   /* nothing moved: an older or equal message */
    NY_CHANGE_STAMPS = 1, /* only times moved forward */
    NY_CHANGE_VALUES = 2  /* a value, the current list or a deletion changed */
};

/* Old and new become one: for each single the larger stamp wins; sets are united, first_us the
 * smaller, last the larger; claims likewise. Commutative, associative and idempotent, so any order
 * of messages gives the same patient (promise 2). A set keeps the NY_SET_VALUES_MAX values with the
 * newest stamps, and a patient the NY_CLAIMS_MAX newest claims.
 * out: arrays in the arena, slices borrowed from old and new. out_change tells what moved against
 * old. */
NY_MUST_USE ny_rc ny_patient_merge(struct ny_arena *a, const struct ny_patient *old,
                                   const struct ny_patient *new_, struct ny_patient *out,
                                   enum ny_patient_change *out_change);

/* A 64-bit hash of all values (no stamps, no times): equal for equal content. */
uint64_t ny_patient_content_hash(const struct ny_patient *p);

/* Deep copy into the arena; NY_ELIMIT at its cap. */
NY_MUST_USE ny_rc ny_patient_copy(struct ny_arena *a, const struct ny_patient *p,
                                  struct ny_patient *out);

#endif
