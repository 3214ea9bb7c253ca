/* What the files of src/hl7v2 share. */
#ifndef NAYOSE_HL7V2_PRIV_H
#define NAYOSE_HL7V2_PRIV_H

#include "nayose/hl7v2.h"

/* Tokens of a segment: token 0 is its name, token i ends where token i + 1 begins, less one. */
struct ny_hl7v2_segment {
    struct ny_hl7v2_msg *msg;
    uint32_t start, end; /* in msg->text */
    uint32_t first;      /* in msg->tokens */
    uint32_t count;
    bool header; /* MSH: field 1 is the separator, field n is token n - 1 */
};

struct ny_hl7v2_msg {
    struct ny_arena *arena;
    ny_str text; /* decoded, not unescaped */
    struct ny_hl7v2_delims delims;
    struct ny_hl7v2_segment *segments;
    size_t segment_count;
    uint32_t *tokens; /* start of each token in text */
    struct ny_hl7v2_msh msh;
    size_t unknown_escapes;
    bool failed;
};

/* Unescapes one value of msg; raw itself when there is nothing to do. */
ny_str hl7v2_unescape(struct ny_hl7v2_msg *msg, ny_str raw);

/* Reads the delimiters after "MSH"; false when MSH-1 or MSH-2 are not usable. */
bool hl7v2_delims_read(ny_str msh, struct ny_hl7v2_delims *out);

/* Skips a byte order mark and blank lines. */
ny_str hl7v2_skip_lead(ny_str bytes);

/* Decides the character set of bytes, which begin with MSH, by reading MSH-18 and MSH-20 in them.
 */
NY_MUST_USE ny_rc hl7v2_charset_find(ny_str bytes, enum ny_charset source_sets,
                                     struct ny_charset_spec *out, unsigned *warnings,
                                     struct ny_error *err);

/* Splits msg->text (delims are set) into segments and tokens. */
NY_MUST_USE ny_rc hl7v2_tokens_split(struct ny_hl7v2_msg *msg, struct ny_error *err);

enum { HL7V2_MSH_FIELDS = 20 };

/* Fills msg->msh from the fields of MSH, raw[1..HL7V2_MSH_FIELDS]; msg->delims are set. */
void hl7v2_msh_fill(struct ny_hl7v2_msg *msg, const ny_str raw[HL7V2_MSH_FIELDS + 1]);

/* ny_hl7v2_part without a segment. */
struct ny_hl7v2_value hl7v2_part(struct ny_hl7v2_msg *msg, ny_str rep, unsigned component,
                                 unsigned sub);
struct ny_hl7v2_hd hl7v2_hd(struct ny_hl7v2_msg *msg, ny_str rep, unsigned component);

/* "MSH" (name) and a printable ASCII character that is no letter or digit. */
bool hl7v2_is_segment_start(ny_str s, const char *name);

#endif
