/* Segments, fields and their parts.
 *
 * Parts are cut on demand; a value without escape character is a slice of the decoded text, no
 * copy. */

#include "hl7v2_priv.h"

const struct ny_hl7v2_msh *ny_hl7v2_header(const struct ny_hl7v2_msg *msg)
{
    return &msg->msh;
}

bool ny_hl7v2_failed(const struct ny_hl7v2_msg *msg)
{
    return msg->failed;
}

size_t ny_hl7v2_unknown_escapes(const struct ny_hl7v2_msg *msg)
{
    return msg->unknown_escapes;
}

size_t ny_hl7v2_segment_count(const struct ny_hl7v2_msg *msg)
{
    return msg->segment_count;
}

const struct ny_hl7v2_segment *ny_hl7v2_segment_at(const struct ny_hl7v2_msg *msg, size_t index)
{
    return index < msg->segment_count ? &msg->segments[index] : NULL;
}

const struct ny_hl7v2_segment *ny_hl7v2_find(const struct ny_hl7v2_msg *msg, ny_str name,
                                             size_t nth)
{
    for (size_t i = 0; i < msg->segment_count; i++) {
        if (ny_str_equals(ny_hl7v2_segment_name(&msg->segments[i]), name) && --nth == 0) {
            return &msg->segments[i];
        }
    }
    return NULL;
}

/* Token i of the segment, empty beyond the last one. */
static ny_str token(const struct ny_hl7v2_segment *seg, unsigned i)
{
    const uint32_t *at = seg->msg->tokens + seg->first;

    if (i >= seg->count) {
        return NY_S("");
    }
    return ny_str_sub(seg->msg->text, at[i],
                      (i + 1 < seg->count ? at[i + 1] - 1 : seg->end) - at[i]);
}

ny_str ny_hl7v2_segment_name(const struct ny_hl7v2_segment *seg)
{
    return token(seg, 0);
}

ny_str ny_hl7v2_segment_raw(const struct ny_hl7v2_segment *seg)
{
    return ny_str_sub(seg->msg->text, seg->start, seg->end - seg->start);
}

size_t ny_hl7v2_segment_number(const struct ny_hl7v2_segment *seg)
{
    size_t number = 1;

    for (const struct ny_hl7v2_segment *s = seg->msg->segments; s < seg; s++) {
        number += ny_str_equals(ny_hl7v2_segment_name(s), ny_hl7v2_segment_name(seg));
    }
    return number;
}

ny_str ny_hl7v2_field(const struct ny_hl7v2_segment *seg, unsigned field)
{
    if (field == 0) {
        return NY_S("");
    }
    if (seg->header) {
        return field == 1 ? ny_str_sub(seg->msg->text, seg->start + 3, 1) : token(seg, field - 1);
    }
    return token(seg, field);
}

/* Only delimiters, or nothing at all. */
static bool is_blank(const struct ny_hl7v2_delims *d, ny_str raw)
{
    for (size_t i = 0; i < raw.n; i++) {
        if (raw.p[i] != d->component && raw.p[i] != d->subcomponent && raw.p[i] != d->repetition) {
            return false;
        }
    }
    return true;
}

static enum ny_hl7v2_presence presence_of(const struct ny_hl7v2_delims *d, ny_str raw)
{
    if (is_blank(d, raw)) {
        return NY_HL7V2_ABSENT;
    }
    return ny_str_equals(raw, NY_S("\"\"")) ? NY_HL7V2_NULL : NY_HL7V2_VALUE;
}

enum ny_hl7v2_presence ny_hl7v2_presence(const struct ny_hl7v2_segment *seg, unsigned field)
{
    if (seg == NULL) {
        return NY_HL7V2_ABSENT;
    }
    if (seg->header && field <= 2) {
        return NY_HL7V2_VALUE; /* delimiters are its value */
    }
    return presence_of(&seg->msg->delims, ny_hl7v2_field(seg, field));
}

size_t ny_hl7v2_reps(const struct ny_hl7v2_segment *seg, unsigned field)
{
    ny_str rest = ny_hl7v2_field(seg, field);
    ny_str rep;
    size_t n = 0;

    while (ny_hl7v2_rep_next(seg, &rest, &rep)) {
        n++;
    }
    return n;
}

/* A repetition separator stands right before p; p is inside the message, which the analyzer cannot
 * see. */
static bool follows_repetition(const struct ny_hl7v2_segment *seg, const char *p)
{
    char separator = seg->msg->delims.repetition;

    return p > seg->msg->text.p && p[-1] == separator; /* NOLINT(clang-analyzer-*) */
}

bool ny_hl7v2_rep_next(const struct ny_hl7v2_segment *seg, ny_str *rest, ny_str *rep)
{
    bool in_msh2 = seg->header && rest->p == ny_hl7v2_field(seg, 2).p;

    /* After the last repetition rest->p is NULL; an empty field has no repetition at all. */
    if (rest->p == NULL || (rest->n == 0 && !follows_repetition(seg, rest->p))) {
        return false;
    }
    if (in_msh2) {
        *rep = *rest;
        *rest = NY_STR_NONE;
        return true;
    }
    *rep = ny_str_split(rest, seg->msg->delims.repetition);
    return true;
}

/* The nth part, from 1; false when there are fewer. */
static bool nth_part(ny_str raw, char sep, unsigned nth, ny_str *out)
{
    while (raw.p != NULL) {
        ny_str part = ny_str_split(&raw, sep);

        if (--nth == 0) {
            *out = part;
            return true;
        }
    }
    return false;
}

struct ny_hl7v2_value hl7v2_part(struct ny_hl7v2_msg *msg, ny_str rep, unsigned component,
                                 unsigned sub)
{
    const struct ny_hl7v2_delims *d = &msg->delims;
    struct ny_hl7v2_value v = {NY_HL7V2_ABSENT, NY_STR_NONE};

    if ((component > 0 && !nth_part(rep, d->component, component, &rep)) ||
        (sub > 0 && !nth_part(rep, d->subcomponent, sub, &rep))) {
        return v;
    }
    v.presence = presence_of(d, rep);
    if (v.presence == NY_HL7V2_VALUE) {
        v.text = hl7v2_unescape(msg, rep);
        if (v.text.n == 0) { /* nothing but highlighting */
            v.presence = NY_HL7V2_ABSENT;
        }
    }
    return v;
}

struct ny_hl7v2_value ny_hl7v2_part(const struct ny_hl7v2_segment *seg, ny_str rep,
                                    unsigned component, unsigned sub)
{
    return hl7v2_part(seg->msg, rep, component, sub);
}

struct ny_hl7v2_value ny_hl7v2_get(const struct ny_hl7v2_segment *seg, unsigned field, unsigned rep,
                                   unsigned component, unsigned sub)
{
    struct ny_hl7v2_value absent = {NY_HL7V2_ABSENT, NY_STR_NONE};
    ny_str raw;

    if (seg == NULL) {
        return absent;
    }
    raw = ny_hl7v2_field(seg, field);
    if (seg->header && field <= 2) {
        return (struct ny_hl7v2_value){NY_HL7V2_VALUE, raw};
    }
    if (rep > 0 && !nth_part(raw, seg->msg->delims.repetition, rep, &raw)) {
        return absent;
    }
    return hl7v2_part(seg->msg, raw, component, sub);
}

ny_str ny_hl7v2_text(const struct ny_hl7v2_segment *seg, unsigned field, unsigned rep,
                     unsigned component, unsigned sub)
{
    struct ny_hl7v2_value v = ny_hl7v2_get(seg, field, rep, component, sub);

    return v.presence == NY_HL7V2_VALUE ? v.text : NY_S("");
}

/* component 0: the parts are components of rep; else subcomponents of that component. */
struct ny_hl7v2_hd hl7v2_hd(struct ny_hl7v2_msg *msg, ny_str rep, unsigned component)
{
    struct ny_hl7v2_hd hd;
    ny_str *parts[] = {&hd.namespace_id, &hd.universal_id, &hd.universal_id_type};

    for (unsigned i = 0; i < NY_ARRAY_LEN(parts); i++) {
        struct ny_hl7v2_value v = component == 0 ? hl7v2_part(msg, rep, i + 1, 0)
                                                 : hl7v2_part(msg, rep, component, i + 1);

        *parts[i] = v.presence == NY_HL7V2_VALUE ? v.text : NY_S("");
    }
    return hd;
}

struct ny_hl7v2_hd ny_hl7v2_hd_part(const struct ny_hl7v2_segment *seg, ny_str rep,
                                    unsigned component)
{
    return hl7v2_hd(seg->msg, rep, component);
}
