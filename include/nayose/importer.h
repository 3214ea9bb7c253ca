/* importer: files of other systems turned into HL7 v2 ADT messages for the feed. Pure: names and
 * bytes in, decisions and bytes out; who walks folders and sends is the program.
 * Sections: SS-MIX2 standardised storage (our HL7 v2 rules 13):
 *
 *   <root>/<id[0:3]>/<id[3:6]>/<id>/<date or ->/<data type>/<file>
 *   file = id_date_type_order_transaction time_department_flag
 *   9999013_-_ADT-00_999999999999999_20111220224447339_-_1 */
#ifndef NAYOSE_IMPORTER_H
#define NAYOSE_IMPORTER_H

#include "nayose/base.h"

/* ---- why a file is not sent ---- */

enum ny_ssmix2_fault {
#define NY_SSMIX2_FAULT(id, name, text) NY_SSMIX2_##id,
#include "nayose/tbl/ssmix2_faults.def"
#undef NY_SSMIX2_FAULT
    NY_SSMIX2_FAULT_COUNT
};
const char *ny_ssmix2_fault_name(enum ny_ssmix2_fault f); /* a word for tools */
const char *ny_ssmix2_fault_text(enum ny_ssmix2_fault f); /* a sentence for people */

/* ---- names ---- */

/* The data types that tell of a patient: the basic data, and visits. */
struct ny_ssmix2_type {
    const char *name, *event, *cancel; /* "ADT-00", "A08", "A23" */
    bool is_basic;
};
/* NULL: a data type that tells nothing of identities. */
const struct ny_ssmix2_type *ny_ssmix2_type_find(ny_str name);

enum ny_ssmix2_flag { NY_SSMIX2_DELETED = 0, NY_SSMIX2_CURRENT = 1, NY_SSMIX2_SUPERSEDED = 2 };

/* A file's name in its seven parts, slices of it. */
struct ny_ssmix2_name {
    ny_str patient;    /* 1 to 64 characters of ASCII that need no escape in a message */
    ny_str date;       /* YYYYMMDD or "-" */
    ny_str type;       /* not checked against the table */
    ny_str order;      /* order number; 999999999999999 for ADT */
    ny_str at;         /* transaction time, YYYYMMDDHHMMSSFFF */
    ny_str department; /* or "-" */
    enum ny_ssmix2_flag flag;
};
/* False: not a name of the storage; *out is as it was. */
bool ny_ssmix2_name_parse(ny_str name, struct ny_ssmix2_name *out);

/* The five folders above a file. */
struct ny_ssmix2_place {
    ny_str first, second, patient, date, type;
};
bool ny_ssmix2_is_patient(ny_str folder); /* may be a patient's id */
bool ny_ssmix2_is_date(ny_str folder);    /* YYYYMMDD or "-" */
/* The patient's folder lies where its id says. An id shorter than six is padded as each site likes:
 * it may lie anywhere. */
bool ny_ssmix2_place_is_right(const struct ny_ssmix2_place *p);
/* The name says the same patient, date and type as its folders. */
bool ny_ssmix2_name_is_at(const struct ny_ssmix2_name *name, const struct ny_ssmix2_place *p);

/* ---- one patient: which of the files are sent ---- */

enum ny_ssmix2_act {
    NY_SSMIX2_SEND = 1, /* the message, under the rules of ny_ssmix2_message */
    NY_SSMIX2_WITHDRAW, /* the patient was deleted: this file tells of whom */
    NY_SSMIX2_SKIP,     /* superseded or deleted: rightly not sent */
    NY_SSMIX2_REFUSE    /* not sent, because of fault */
};

struct ny_ssmix2_file {
    struct ny_ssmix2_name name;
    const struct ny_ssmix2_type *type;
    size_t key; /* the caller's */
    enum ny_ssmix2_act act;
    enum ny_ssmix2_fault fault;
};

/* Decides what becomes of the files of one patient (all of whose names are right) and puts them in
 * the order of sending: basic data, then visits by transaction time. The outcome does not depend on
 * the order given.
 *
 *   basic data      the newest current version is sent; a second current one is refused; none, but
 *                   a deleted one: the patient is withdrawn; only superseded ones: nothing
 *   current visit   sent when there are current basic data, refused when there are none, skipped
 *                   when they were deleted
 *   others          skipped
 *
 * Returns the latest transaction time of any file, empty for n = 0. */
ny_str ny_ssmix2_choose(struct ny_ssmix2_file *files, size_t n);

/* ---- one file: the message that is sent ---- */

struct ny_ssmix2_sender {
    ny_str application; /* becomes MSH-3; empty: MSH-3 stays */
    ny_str facility;    /* becomes MSH-4, which the file does not know reliably */
    bool cp932;         /* the files are known to be in code page 932 */
};

/* Makes the message of a file that ny_ssmix2_choose wants to send (or withdraw).
 *
 * bytes   the file; borrowed until *out was used
 * sender  ASCII; what the server knows the source by
 * file    act SEND: the file's bytes with MSH-3, 4 and 10 changed; of a visit PID keeps PID-3 only,
 *         since visits copy names and birth dates that nobody looks after.
 *         act WITHDRAW: an A23 of the patient, its event time being last.
 * last    what ny_ssmix2_choose returned
 * MSH-10 becomes "transaction time-patient-type": unique in the storage, and later versions of a
 * file come after earlier ones where their event times are the same. Of a withdrawal it is
 * "last-patient-deleted", which comes after all of them.
 * out     lives in a
 * Returns why it is not sent: not a message, not of this patient, not of this type. */
NY_MUST_USE enum ny_ssmix2_fault ny_ssmix2_message(struct ny_arena *a, ny_str bytes,
                                                   const struct ny_ssmix2_sender *sender,
                                                   const struct ny_ssmix2_file *file, ny_str last,
                                                   ny_str *out);

#endif
