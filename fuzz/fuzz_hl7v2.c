/* module: hl7v2
 *
 * First byte: what the source sends, and whether broken bytes are replaced. The rest is a file that
 * is split into messages; each is parsed and walked, answered, and each answer must parse. What is
 * written from read values must read as the same values. */

#include <stdlib.h>

#include "nayose/hl7v2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Writes value in UTF-8 and reads it back. */
static void value_round_trip(struct ny_arena *a, ny_str value)
{
    struct ny_hl7v2_writer w;
    struct ny_hl7v2_msg *msg;
    struct ny_charset_spec utf8 = {.charset = NY_CHARSET_UTF8};
    ny_str bytes;

    ny_hl7v2_writer_init(&w, a, NULL);
    ny_hl7v2_header_write(&w, &(struct ny_hl7v2_header_fields){.charset = NY_CHARSET_UTF8});
    ny_hl7v2_w_begin(&w, NY_S("ZZZ"));
    ny_hl7v2_w_field(&w);
    ny_hl7v2_w_rep(&w);
    ny_hl7v2_w_component(&w);
    ny_hl7v2_w_value(&w, value);
    ny_hl7v2_w_end(&w);
    NY_ASSERT(ny_hl7v2_finish(&w, &utf8, &bytes, NULL) == NY_OK);
    NY_ASSERT(ny_hl7v2_parse(a, bytes, NULL, &msg, NULL) == NY_OK);
    if (!ny_str_equals(value, NY_S("\"\""))) {
        NY_ASSERT(
            ny_str_equals(ny_hl7v2_text(ny_hl7v2_find(msg, NY_S("ZZZ"), 1), 1, 2, 2, 1), value));
    }
}

/* budget: values that are still written and read back. */
static void repetition_walk(struct ny_arena *a, const struct ny_hl7v2_segment *seg, ny_str rep,
                            unsigned *budget)
{
    struct ny_hl7v2_value v = ny_hl7v2_part(seg, rep, 1, 1);
    struct ny_hl7v2_ts ts;

    (void)ny_hl7v2_hd_part(seg, rep, 4);
    if (v.presence == NY_HL7V2_VALUE && *budget > 0) {
        NY_ASSERT(ny_charset_is_utf8(v.text) && v.text.n > 0);
        value_round_trip(a, v.text);
        (*budget)--;
    }
    if (ny_hl7v2_ts_parse(v.text, NY_HL7V2_JST_MIN, &ts, NULL) == NY_OK) {
        NY_ASSERT(ts.precision >= NY_HL7V2_TS_YEAR);
    }
}

static void segment_walk(struct ny_arena *a, const struct ny_hl7v2_segment *seg, unsigned *budget)
{
    for (unsigned f = 1; f < 30; f++) {
        ny_str rest = ny_hl7v2_field(seg, f);
        ny_str rep;
        size_t n = 0;

        while (ny_hl7v2_rep_next(seg, &rest, &rep)) {
            repetition_walk(a, seg, rep, budget);
            n++;
        }
        NY_ASSERT(n == ny_hl7v2_reps(seg, f));
    }
}

static void walk(struct ny_arena *a, const struct ny_hl7v2_msg *msg)
{
    unsigned budget = 20;

    for (size_t i = 0; i < ny_hl7v2_segment_count(msg); i++) {
        const struct ny_hl7v2_segment *seg = ny_hl7v2_segment_at(msg, i);

        NY_ASSERT(ny_hl7v2_find(msg, ny_hl7v2_segment_name(seg), ny_hl7v2_segment_number(seg)) ==
                  seg);
        segment_walk(a, seg, &budget);
    }
}

static void answer(struct ny_arena *a, const struct ny_hl7v2_msh *msh)
{
    const ny_str places[] = {NY_S("PID^1^3^1^4"), NY_S("MSH^1^9")};
    const struct ny_hl7v2_remark remark = {.severity = 'E',
                                           .code = 204,
                                           .locations = places,
                                           .location_count = 2,
                                           .user_message = NY_S("a|b")};
    const struct ny_hl7v2_ack ack = {NY_HL7V2_AE, NY_S("1"), 0, &remark, 1};
    struct ny_hl7v2_msg *msg;
    ny_str bytes;
    ny_rc rc;

    NY_ASSERT(ny_hl7v2_ack_write(a, msh, &ack, &bytes) == NY_OK);
    rc = ny_hl7v2_parse(a, bytes, &(struct ny_hl7v2_options){.replace = true}, &msg, NULL);
    NY_ASSERT(rc == NY_OK || rc == NY_ELIMIT || rc == NY_EUNSUPP);
    if (rc == NY_OK && msh->charset_facts.warnings == 0 && msh->charset_facts.replaced == 0) {
        ny_str echoed = ny_hl7v2_text(ny_hl7v2_find(msg, NY_S("MSA"), 1), 1, 1, 1, 1);

        NY_ASSERT(ny_str_equals(echoed, NY_S("AE")));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ny_hl7v2_splitter split = {0};
    struct ny_hl7v2_options options = {0};
    ny_str one;

    if (size < 1 || size > 8192) {
        return 0;
    }
    options.source_sets = (enum ny_charset)(data[0] % NY_CHARSET_COUNT);
    options.replace = data[0] >= 128;
    split.bytes = ny_str_of((const char *)data + 1, size - 1);
    while (ny_hl7v2_split_next(&split, &one, NULL) && split.messages < 8) {
        struct ny_arena *a = ny_arena_create(0);
        struct ny_hl7v2_msg *msg = NULL;
        struct ny_hl7v2_msh msh;
        struct ny_error err = {0};

        if (ny_hl7v2_parse(a, one, &options, &msg, &err) == NY_OK) {
            walk(a, msg);
            answer(a, ny_hl7v2_header(msg));
        } else {
            NY_ASSERT(msg == NULL && err.rc != NY_OK);
        }
        NY_ASSERT(ny_hl7v2_salvage(a, one, &options, &msh) == NY_OK);
        answer(a, &msh);
        ny_arena_destroy(a);
    }
    return 0;
}
