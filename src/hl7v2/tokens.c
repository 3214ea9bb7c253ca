/* Delimiters, segments and tokens.
 *
 *   text    M S H | ^ ~ \ & | A P P … CR P I D | 1 | | x ^ y ~ z CR
 *   tokens  0       4         9          …   (start of each, one flat array for the message)
 *
 * Fields are found eagerly in one pass over a class table, which also counts repetitions,
 * components and subcomponents against their limits; these are cut out only when somebody asks. */

#include "hl7v2_priv.h"

#include <stdio.h>

enum token_class { IN_VALUE = 0, LINE_END, FIELD, REPETITION, COMPONENT, SUBCOMPONENT };

static bool is_alnum(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool hl7v2_is_segment_start(ny_str s, const char *name)
{
    return s.n >= 4 && memcmp(s.p, name, 3) == 0 && s.p[3] > ' ' && s.p[3] < 0x7F &&
           !is_alnum(s.p[3]);
}

ny_str hl7v2_skip_lead(ny_str bytes)
{
    if (ny_str_starts_with(bytes, NY_S("\xEF\xBB\xBF"))) {
        bytes = ny_str_sub(bytes, 3, bytes.n);
    }
    while (bytes.n > 0 && (bytes.p[0] == '\r' || bytes.p[0] == '\n' || bytes.p[0] == ' ')) {
        bytes = ny_str_sub(bytes, 1, bytes.n);
    }
    return bytes;
}

bool hl7v2_delims_read(ny_str msh, struct ny_hl7v2_delims *out)
{
    ny_str rest = ny_str_sub(msh, 4, msh.n);
    char all[6];
    size_t n;

    if (!hl7v2_is_segment_start(msh, "MSH")) {
        return false;
    }
    all[0] = msh.p[3];
    rest.n = ny_str_find(rest, '\r');
    rest.n = ny_str_find(rest, '\n');
    n = ny_str_find(rest, all[0]);
    if (n < 4 || n > 5) {
        return false;
    }
    memcpy(all + 1, rest.p, n);
    for (size_t i = 0; i <= n; i++) {
        /* A quotation mark would make the null value `""` unreadable. */
        if (all[i] <= ' ' || all[i] >= 0x7F || is_alnum(all[i]) || all[i] == '"' ||
            memchr(all, all[i], i) != NULL) {
            return false;
        }
    }
    *out = (struct ny_hl7v2_delims){all[0], all[1], all[2], all[3], all[4], n == 5 ? all[5] : '\0'};
    return true;
}

static bool is_break(char c)
{
    return c == '\r' || c == '\n';
}

/* Lines that are not blank, and their tokens. */
static void count_all(const struct ny_hl7v2_msg *msg, size_t *segments, size_t *tokens)
{
    ny_str text = msg->text;
    char field = msg->delims.field;
    bool before = true;
    size_t lines = 0;
    size_t separators = 0;

    for (size_t i = 0; i < text.n; i++) {
        bool here = is_break(text.p[i]);

        lines += before && !here;
        separators += text.p[i] == field;
        before = here;
    }
    *segments = lines;
    *tokens = lines + separators;
}

static ny_rc limit(const struct ny_hl7v2_segment *seg, unsigned field, struct ny_error *err,
                   const char *what)
{
    char place[48];
    ny_str name = ny_str_sub(ny_hl7v2_segment_name(seg), 0, 3);

    snprintf(place, sizeof(place), "%.*s^%zu^%u", NY_ARG(name), ny_hl7v2_segment_number(seg),
             seg->header ? field + 1 : field);
    return ny_fail_at(err, NY_ELIMIT, place, "too many %s", what);
}

/* How many repetitions of the field, components of these and subcomponents of these there are by
 * now. */
struct parts {
    unsigned reps, components, subs;
};

static void parts_count(struct parts *p, enum token_class c)
{
    p->subs = c == SUBCOMPONENT ? p->subs + 1 : 1;
    p->components = c == SUBCOMPONENT ? p->components : c == COMPONENT ? p->components + 1 : 1;
    p->reps = c == FIELD ? 1 : c == REPETITION ? p->reps + 1 : p->reps;
}

/* What there are too many of, or NULL. */
static const char *parts_excess(const struct parts *p)
{
    return p->reps > NY_HL7V2_MAX_REPETITIONS        ? "repetitions"
           : p->components > NY_HL7V2_MAX_COMPONENTS ? "components"
           : p->subs > NY_HL7V2_MAX_SUBCOMPONENTS    ? "subcomponents"
                                                     : NULL;
}

/* Writes the token starts and the end of seg; its start and first are set. */
static ny_rc segment_split(struct ny_hl7v2_segment *seg, const uint8_t class[256],
                           struct ny_error *err)
{
    const struct ny_hl7v2_msg *msg = seg->msg;
    uint32_t *tokens = msg->tokens + seg->first;
    const unsigned char *text = (const unsigned char *)msg->text.p;
    struct parts parts = {1, 1, 1};
    uint32_t n = (uint32_t)msg->text.n;
    uint32_t at = seg->start;

    seg->end = n; /* limit() may look at it before it is known */
    tokens[0] = at;
    seg->count = 1;
    if (seg->header) { /* the delimiters in MSH-2 delimit nothing */
        tokens[1] = at + 4;
        seg->count = 2;
        at += msg->delims.truncation != 0 ? 9 : 8;
    }
    for (; at < n; at++) {
        enum token_class c = class[text[at]];

        if (c == IN_VALUE) {
            continue;
        }
        if (c == LINE_END) {
            break;
        }
        parts_count(&parts, c);
        if (c == FIELD) {
            if (seg->count > NY_HL7V2_MAX_FIELDS) {
                return limit(seg, NY_HL7V2_MAX_FIELDS + 1, err, "fields");
            }
            tokens[seg->count++] = at + 1;
        } else if (parts_excess(&parts) != NULL) {
            return limit(seg, seg->count - 1, err, parts_excess(&parts));
        }
    }
    seg->end = at;
    return NY_OK;
}

static ny_rc storage_alloc(struct ny_hl7v2_msg *msg, struct ny_error *err)
{
    size_t segments;
    size_t tokens;

    if (msg->text.n >= UINT32_MAX / 2) {
        return ny_fail(err, NY_ELIMIT, "message is too large");
    }
    count_all(msg, &segments, &tokens);
    if (segments > NY_HL7V2_MAX_SEGMENTS) {
        return ny_fail(err, NY_ELIMIT, "too many segments");
    }
    msg->segments = NY_ARENA_ARRAY(msg->arena, struct ny_hl7v2_segment, segments);
    msg->tokens = ny_arena_alloc(msg->arena, ny_mul_size(tokens, sizeof(uint32_t)));
    if (msg->segments == NULL || msg->tokens == NULL) {
        return ny_fail(err, NY_ELIMIT, "message is too large");
    }
    return NY_OK;
}

ny_rc hl7v2_tokens_split(struct ny_hl7v2_msg *msg, struct ny_error *err)
{
    uint8_t class[256] = {['\r'] = LINE_END, ['\n'] = LINE_END};
    uint32_t first = 0;
    size_t at = 0;
    ny_rc rc = storage_alloc(msg, err);

    class[(unsigned char)msg->delims.field] = FIELD;
    class[(unsigned char)msg->delims.repetition] = REPETITION;
    class[(unsigned char)msg->delims.component] = COMPONENT;
    class[(unsigned char)msg->delims.subcomponent] = SUBCOMPONENT;
    while (rc == NY_OK && at < msg->text.n) {
        struct ny_hl7v2_segment *seg = &msg->segments[msg->segment_count];

        if (is_break(msg->text.p[at])) {
            at++;
            continue;
        }
        *seg = (struct ny_hl7v2_segment){
            .msg = msg, .start = (uint32_t)at, .first = first, .header = msg->segment_count == 0};
        msg->segment_count++;
        rc = segment_split(seg, class, err);
        if (rc == NY_OK && !seg->header && ny_str_equals(ny_hl7v2_segment_name(seg), NY_S("MSH"))) {
            rc = ny_fail_at(err, NY_ESYNTAX, "MSH^2", "a second MSH in one message");
        }
        first += seg->count;
        at = seg->end;
    }
    return rc;
}
