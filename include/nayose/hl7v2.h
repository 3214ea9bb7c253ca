/* hl7v2: HL7 v2 messages as text: parsing, field access, dates, writing, acknowledgements, files.
 * Knows delimiters, escapes, character sets and MSH; what a PID means is known by ihe.
 * Everything lives in the caller's arena. Spec: HL7 v2.3.1 to 2.8 chapter 2; our HL7 v2 rules
 * 2, 10. */
#ifndef NAYOSE_HL7V2_H
#define NAYOSE_HL7V2_H

#include "nayose/base.h"
#include "nayose/text_charset.h"

enum {
    NY_HL7V2_MAX_SEGMENTS = 4096,
    NY_HL7V2_MAX_FIELDS = 512,       /* of a segment */
    NY_HL7V2_MAX_REPETITIONS = 1024, /* of a field */
    NY_HL7V2_MAX_COMPONENTS = 64,    /* of a repetition */
    NY_HL7V2_MAX_SUBCOMPONENTS = 64  /* of a component */
};

struct ny_hl7v2_delims {
    char field, component, repetition, escape, subcomponent;
    char truncation; /* 0 when MSH-2 has four characters */
};
#define NY_HL7V2_DELIMS_DEFAULT ((struct ny_hl7v2_delims){'|', '^', '~', '\\', '&', 0})

/* ---- values ---- */

/* Absent: the stored value stays. Null (`""`): the stored value goes. */
enum ny_hl7v2_presence { NY_HL7V2_ABSENT = 0, NY_HL7V2_NULL = 1, NY_HL7V2_VALUE = 2 };

struct ny_hl7v2_value {
    enum ny_hl7v2_presence presence;
    ny_str text; /* unescaped UTF-8, not empty; only with VALUE */
};

/* Hierarchic designator; absent and null parts are empty. */
struct ny_hl7v2_hd {
    ny_str namespace_id, universal_id, universal_id_type;
};

/* ---- the message header ---- */

/* What MSH says; the slices belong to the message's arena. raw_* are fields in the form received
 * (delims, escapes), so that an answer can repeat them exactly; the others are unescaped. */
struct ny_hl7v2_msh {
    struct ny_hl7v2_delims delims;
    struct ny_hl7v2_hd sending_application, sending_facility;     /* MSH-3, 4 */
    struct ny_hl7v2_hd receiving_application, receiving_facility; /* MSH-5, 6 */
    ny_str time;                                                  /* MSH-7.1 */
    ny_str type, event, structure;                                /* MSH-9 */
    ny_str control_id;                                            /* MSH-10, blanks kept */
    ny_str processing_id;                                         /* MSH-11.1 */
    ny_str version;                                               /* MSH-12.1, trimmed */
    ny_str raw_3, raw_4, raw_5, raw_6, raw_10, raw_11, raw_12, raw_15, raw_16, raw_18, raw_20;
    struct ny_charset_spec charset;        /* how it was decoded; an answer goes back like this */
    struct ny_charset_facts charset_facts; /* what decoding met */
};

/* ---- parsing ---- */

struct ny_hl7v2_msg;
struct ny_hl7v2_segment;

struct ny_hl7v2_options {
    enum ny_charset source_sets; /* when MSH-18 says nothing; NY_CHARSET_NONE = unknown */
    bool replace;                /* undecodable bytes become U+FFFD instead of NY_ECHARSET */
    size_t max_bytes;            /* 0 = no cap of our own */
};

/* Parses one message.
 *
 * bytes    one message without MLLP marks, as received; may be released afterwards
 * options  NULL = all zero
 * out      lives in a, like everything reached from it
 * The whole message is decoded before it is split: no multi-byte character decodes to ASCII, so
 * every delimiter in the decoded text is a delimiter; in the bytes, half a kanji may look like one.
 * Errors, each with err->field in ERL form (`PID^1^3`):
 * NY_ESYNTAX   no MSH, unusable MSH-1/2 (MSH^1^2), a second MSH, a NUL byte
 * NY_ECHARSET  bytes not valid in their character set (err->offset: in bytes)
 * NY_EUNSUPP   MSH-18 names an unknown set (MSH^1^18)
 * NY_ELIMIT    one of the limits above, max_bytes or the arena's cap. */
NY_MUST_USE ny_rc ny_hl7v2_parse(struct ny_arena *a, ny_str bytes,
                                 const struct ny_hl7v2_options *options, struct ny_hl7v2_msg **out,
                                 struct ny_error *err);

/* Reads what can be read of MSH in bytes that do not parse, for the AR or AE that answers them.
 * Undecodable bytes become U+FFFD, unusable delimiters the default ones.
 * Errors: NY_ENOTFOUND when there is no MSH (drop it), NY_ELIMIT. An empty out->control_id means
 * that an answer could not be matched by the sender. */
NY_MUST_USE ny_rc ny_hl7v2_salvage(struct ny_arena *a, ny_str bytes,
                                   const struct ny_hl7v2_options *options,
                                   struct ny_hl7v2_msh *out);

const struct ny_hl7v2_msh *ny_hl7v2_header(const struct ny_hl7v2_msg *msg);
/* True when the arena's cap was met while a value was read: the values since then may lack text.
 * Checked once after reading, like ny_buf. */
bool ny_hl7v2_failed(const struct ny_hl7v2_msg *msg);
/* Escape sequences that were unknown or unterminated and stayed as text, in the values read. */
size_t ny_hl7v2_unknown_escapes(const struct ny_hl7v2_msg *msg);

/* ---- segments ---- */

/* Blank lines are no segments. Index 0 is MSH. */
size_t ny_hl7v2_segment_count(const struct ny_hl7v2_msg *msg);
const struct ny_hl7v2_segment *ny_hl7v2_segment_at(const struct ny_hl7v2_msg *msg, size_t index);
/* The nth (from 1) segment of that name, or NULL. */
const struct ny_hl7v2_segment *ny_hl7v2_find(const struct ny_hl7v2_msg *msg, ny_str name,
                                             size_t nth);
ny_str ny_hl7v2_segment_name(const struct ny_hl7v2_segment *seg);
/* The whole segment in the form received, without its CR; for an echo (QPD). */
ny_str ny_hl7v2_segment_raw(const struct ny_hl7v2_segment *seg);
/* 1 for the first of its name …: the second part of an ERL. */
size_t ny_hl7v2_segment_number(const struct ny_hl7v2_segment *seg);

/* Cuts the bytes of a segment as received, without its line end, at the separator that stands
 * behind its name, without decoding them: half a kanji is no separator.
 * cp932  bytes from 0x81 are lead bytes of code page 932
 * out    [max] parts: the name, then field 1, 2 … (of MSH: field 2, 3 …); borrowed
 * rest   what is left behind part `max`, p NULL when nothing is; NULL allowed
 * Returns how many parts there are, at least 1 when max is. */
size_t ny_hl7v2_raw_parts(ny_str segment, bool cp932, ny_str *out, size_t max, ny_str *rest);

/* ---- fields; all numbers count from 1 as in the standard ---- */

/* The field as received, empty when there is none. MSH-1 is the separator. Borrowed. */
ny_str ny_hl7v2_field(const struct ny_hl7v2_segment *seg, unsigned field);
/* Of the whole field: only delimiters = ABSENT, `""` = NULL. */
enum ny_hl7v2_presence ny_hl7v2_presence(const struct ny_hl7v2_segment *seg, unsigned field);
/* Repetitions, 0 when the field is empty. */
size_t ny_hl7v2_reps(const struct ny_hl7v2_segment *seg, unsigned field);
/* Walks repetitions: `ny_str rest = ny_hl7v2_field(seg, 3); while (ny_hl7v2_rep_next(seg, &rest,
 * &rep)) …` in time proportional to the field. *rep is as received. */
bool ny_hl7v2_rep_next(const struct ny_hl7v2_segment *seg, ny_str *rest, ny_str *rep);
/* One part of a repetition as received. component 0 = all of it, sub 0 = the whole component
 * (delimiters of lower order then stay in the text). */
struct ny_hl7v2_value ny_hl7v2_part(const struct ny_hl7v2_segment *seg, ny_str rep,
                                    unsigned component, unsigned sub);
/* One part of a field. rep 0 = all of the field. seg NULL gives ABSENT. */
struct ny_hl7v2_value ny_hl7v2_get(const struct ny_hl7v2_segment *seg, unsigned field, unsigned rep,
                                   unsigned component, unsigned sub);
/* The text of ny_hl7v2_get, empty when absent or null. */
ny_str ny_hl7v2_text(const struct ny_hl7v2_segment *seg, unsigned field, unsigned rep,
                     unsigned component, unsigned sub);
/* A component of type HD. */
struct ny_hl7v2_hd ny_hl7v2_hd_part(const struct ny_hl7v2_segment *seg, ny_str rep,
                                    unsigned component);

/* ---- dates and times ---- */

enum ny_hl7v2_ts_precision {
    NY_HL7V2_TS_YEAR = 1,
    NY_HL7V2_TS_MONTH,
    NY_HL7V2_TS_DAY,
    NY_HL7V2_TS_HOUR,
    NY_HL7V2_TS_MINUTE,
    NY_HL7V2_TS_SECOND,
    NY_HL7V2_TS_FRACTION
};

struct ny_hl7v2_ts {
    int64_t us;   /* microseconds UTC of the beginning of the period */
    ny_date date; /* civil date as written, at most day precision */
    enum ny_hl7v2_ts_precision precision;
    int16_t offset_min; /* minutes east of UTC */
    bool has_zone;      /* false: offset_min is the default */
};

#define NY_HL7V2_JST_MIN 540

/* YYYY[MM[DD[HH[MM[SS[.S[S[S[S]]]]]]]]][+/-ZZZZ], nothing else; years 0001 to 9999, zones up to 14
 * h. Errors: NY_ESYNTAX, also for what the calendar or the clock does not have. */
NY_MUST_USE ny_rc ny_hl7v2_ts_parse(ny_str s, int default_offset_min, struct ny_hl7v2_ts *out,
                                    struct ny_error *err);
/* YYYYMMDDHHMMSS+0900, Japanese time. */
#define NY_HL7V2_TS_LEN 20
void ny_hl7v2_ts_write(int64_t us, char out[NY_HL7V2_TS_LEN]);

/* ---- writing ----
 * begin(PID) field() value(x) … end(): a cursor over one segment. Empty parts write nothing, and
 * trailing separators never appear. Text is UTF-8 until ny_hl7v2_finish(). */

struct ny_hl7v2_writer {
    struct ny_buf out;
    struct ny_hl7v2_delims delims;
    /* separators owed before the next text; how far the current field is */
    unsigned owed_fields, owed_reps, owed_components, owed_subs;
    bool in_component, in_sub;
};

/* delims NULL = the default ones. */
void ny_hl7v2_writer_init(struct ny_hl7v2_writer *w, struct ny_arena *a,
                          const struct ny_hl7v2_delims *delims);
void ny_hl7v2_w_begin(struct ny_hl7v2_writer *w, ny_str name);
void ny_hl7v2_w_end(struct ny_hl7v2_writer *w);                 /* CR */
void ny_hl7v2_w_field(struct ny_hl7v2_writer *w);               /* goes on to the next field */
void ny_hl7v2_w_skip(struct ny_hl7v2_writer *w, unsigned n);    /* n empty fields */
void ny_hl7v2_w_rep(struct ny_hl7v2_writer *w);                 /* to the next repetition */
void ny_hl7v2_w_component(struct ny_hl7v2_writer *w);           /* to the next (first) component */
void ny_hl7v2_w_sub(struct ny_hl7v2_writer *w, ny_str value);   /* next subcomponent, escaped */
void ny_hl7v2_w_value(struct ny_hl7v2_writer *w, ny_str value); /* component() and sub() */
void ny_hl7v2_w_text(struct ny_hl7v2_writer *w, ny_str value);  /* field() and value() */
/* An own field in delimiters already, written as it is. */
void ny_hl7v2_w_raw(struct ny_hl7v2_writer *w, ny_str raw);
/* The same for text in other delimiters: delimiters are exchanged, the rest stays. */
void ny_hl7v2_w_copy(struct ny_hl7v2_writer *w, ny_str raw, const struct ny_hl7v2_delims *from);
/* field() and an HD as components, or as subcomponents of component() */
void ny_hl7v2_w_hd(struct ny_hl7v2_writer *w, const struct ny_hl7v2_hd *hd);
void ny_hl7v2_w_hd_component(struct ny_hl7v2_writer *w, const struct ny_hl7v2_hd *hd);

/* Appends value with the delimiters and control characters escaped. */
void ny_hl7v2_escape(struct ny_buf *out, const struct ny_hl7v2_delims *d, ny_str value);

/* The written text encoded to bytes in the writer's arena; substituted characters are counted in
 * facts (NULL allowed). Errors: NY_ELIMIT. */
NY_MUST_USE ny_rc ny_hl7v2_finish(struct ny_hl7v2_writer *w, const struct ny_charset_spec *spec,
                                  ny_str *out, struct ny_charset_facts *facts);

/* ---- headers and acknowledgements ---- */

/* A message of our own. ny_str fields are unescaped text. */
struct ny_hl7v2_header_fields {
    struct ny_hl7v2_hd sending_application, sending_facility;
    struct ny_hl7v2_hd receiving_application, receiving_facility;
    int64_t now_us;
    ny_str type, event, structure;
    ny_str control_id, processing_id, version;
    ny_str accept_ack, application_ack; /* MSH-15, 16 */
    enum ny_charset charset;            /* MSH-18/20: UTF8, ISO2022JP; others leave them empty */
};
void ny_hl7v2_header_write(struct ny_hl7v2_writer *w, const struct ny_hl7v2_header_fields *h);

/* MSH of an answer to req: MSH-3/4 and 5/6 exchanged, MSH-11 and 12 copied, MSH-18 and 20 mirrored.
 * structure may be empty. */
void ny_hl7v2_answer_header_write(struct ny_hl7v2_writer *w, const struct ny_hl7v2_msh *req,
                                  ny_str type, ny_str event, ny_str structure, ny_str control_id,
                                  int64_t now_us);

enum ny_hl7v2_ack_code {
    NY_HL7V2_AA = 1,
    NY_HL7V2_AE,
    NY_HL7V2_AR,
    NY_HL7V2_CA,
    NY_HL7V2_CE,
    NY_HL7V2_CR
};
const char *ny_hl7v2_ack_code_name(enum ny_hl7v2_ack_code code);

/* One ERR segment. */
struct ny_hl7v2_remark {
    char severity;           /* 'E', 'W' or 'I': ERR-4 */
    int code;                /* HL7 table 0357 (tbl/err0357.def): ERR-3 */
    const ny_str *locations; /* [location_count] ERL with '^', as in ny_error.field: ERR-2 */
    size_t location_count;   /* 0 when the error is tied to no field */
    ny_str diagnostic;       /* ERR-7 */
    ny_str user_message;     /* ERR-8 */
};
/* The text of a code of table 0357; "Application internal error" for one that is not in it. */
const char *ny_hl7v2_error_text(int code);

/* MSA: 1 code, 2 = MSH-10 of req exactly as received. */
void ny_hl7v2_msa_write(struct ny_hl7v2_writer *w, const struct ny_hl7v2_msh *req,
                        enum ny_hl7v2_ack_code code);
/* ERR-2, 3, 4 [7, 8]; up to version 2.4 also ERR-1 `segment^sequence^field^code&text`. */
void ny_hl7v2_err_write(struct ny_hl7v2_writer *w, const struct ny_hl7v2_msh *req,
                        const struct ny_hl7v2_remark *remark);

struct ny_hl7v2_ack {
    enum ny_hl7v2_ack_code code;
    ny_str control_id; /* the new MSH-10 */
    int64_t now_us;
    const struct ny_hl7v2_remark *remarks;
    size_t remark_count;
};

/* A whole ACK: MSH MSA ERR*, encoded as req was. MSH-9 is ACK^event[^ACK], the third part from
 * version 2.5. Written with the default delimiters. out lives in a. Errors: NY_ELIMIT. */
NY_MUST_USE ny_rc ny_hl7v2_ack_write(struct ny_arena *a, const struct ny_hl7v2_msh *req,
                                     const struct ny_hl7v2_ack *ack, ny_str *out);

/* ---- files with many messages ---- */

/* Walks the messages of a file: CR, LF or CRLF segments, MLLP marks or none, FHS BHS BTS FTS left
 * out. A zeroed one with bytes set is the start. */
struct ny_hl7v2_splitter {
    ny_str bytes;
    size_t at;       /* where the search goes on */
    size_t messages; /* given out so far */
    size_t skipped;  /* bytes before and between messages that belong to none, blank ones apart */
    /* Headers without trailer, trailers without header, and trailers whose count (BTS-1 messages,
     * FTS-1 batches) is not what stands before them; complete when no message is left. */
    size_t mismatches;
    size_t batches;        /* since FHS */
    size_t batch_messages; /* given out before the batch that is open */
    bool in_file, in_batch;
};

/* The next message as a slice of bytes (without marks and blank lines at its end), its offset in
 * *offset (NULL allowed); false when there is none left. */
bool ny_hl7v2_split_next(struct ny_hl7v2_splitter *s, ny_str *out, size_t *offset);

#endif
