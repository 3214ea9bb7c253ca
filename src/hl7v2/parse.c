/* From bytes to a message: find the character set, decode all, split.
 *
 * Decoding comes first. In ISO 2022 and code page 932 the bytes of `|`, `^`, `&`, `~` and `\` are
 * also second halves of kanji (うえ 移 緯 淫 蔭, ソ 表 運 ポ ミ), so bytes cannot be split. The
 * decoder knows where it stands in every set, and gives a character below U+0080 only for a
 * single-byte one; after it every delimiter is a delimiter, in whatever set the sender wrote. What
 * escape sequences (`\X..\`) bring in is decoded after the split and cannot delimit either. */

#include "hl7v2_priv.h"

#include <stdio.h>

/* "PID^1^5" of an offset in decoded text, by counting; delims may be unknown yet. */
static void place_write(ny_str text, size_t offset, char place[48])
{
    char sep = text.n > 3 ? text.p[3] : '|';
    ny_str before = ny_str_sub(text, 0, offset);
    ny_str line = before;
    ny_str name;
    unsigned seq = 0;
    unsigned field = 0;

    for (size_t i = 0; i < before.n; i++) {
        if (before.p[i] == '\r' || before.p[i] == '\n') {
            line = ny_str_sub(before, i + 1, before.n);
        }
    }
    for (size_t i = 0; i < line.n; i++) {
        field += line.p[i] == sep;
    }
    name = ny_str_sub(line, 0, line.n < 3 ? line.n : 3);
    field += ny_str_equals(name, NY_S("MSH"));
    for (size_t at = 0; at < before.n; at++) {
        bool start = at == 0 || before.p[at - 1] == '\r' || before.p[at - 1] == '\n';

        seq += start && ny_str_starts_with(ny_str_sub(before, at, before.n), name);
    }
    for (size_t i = 0; i < name.n; i++) { /* only what a segment name is made of */
        if (!((name.p[i] >= 'A' && name.p[i] <= 'Z') || (name.p[i] >= '0' && name.p[i] <= '9'))) {
            name.n = 0;
        }
    }
    place[0] = '\0';
    if (name.n == 3 && field > 0) {
        snprintf(place, 48, "%.3s^%u^%u", name.p, seq, field);
    }
}

static ny_rc fail_undecodable(struct ny_hl7v2_msg *msg, ny_str bytes, struct ny_error *err)
{
    char place[48] = "";
    size_t offset = err->offset;
    ny_str text = NY_STR_NONE;

    if (ny_charset_decode(msg->arena, &msg->msh.charset, ny_str_sub(bytes, 0, offset), true, &text,
                          NULL, NULL) == NY_OK) {
        place_write(text, text.n, place);
    }
    (void)ny_fail_at(err, NY_ECHARSET, place, "bytes are not valid %s",
                     ny_charset_name(msg->msh.charset.charset));
    err->offset = offset;
    return NY_ECHARSET;
}

static ny_rc decode(struct ny_hl7v2_msg *msg, ny_str bytes, const struct ny_hl7v2_options *options,
                    struct ny_error *err)
{
    unsigned warnings = 0;
    struct ny_error local = {0};
    ny_rc rc = hl7v2_charset_find(bytes, options->source_sets, &msg->msh.charset, &warnings, err);

    if (rc != NY_OK) {
        return rc;
    }
    err = err != NULL ? err : &local;
    rc = ny_charset_decode(msg->arena, &msg->msh.charset, bytes, options->replace, &msg->text,
                           &msg->msh.charset_facts, err);
    if (rc == NY_ECHARSET) {
        return fail_undecodable(msg, bytes, err);
    }
    msg->msh.charset_facts.warnings |= warnings;
    return rc;
}

static const struct ny_hl7v2_options no_options;

static void msh_read(struct ny_hl7v2_msg *msg)
{
    ny_str raw[HL7V2_MSH_FIELDS + 1] = {{0}};

    for (unsigned i = 1; i <= HL7V2_MSH_FIELDS; i++) {
        raw[i] = ny_hl7v2_field(&msg->segments[0], i);
    }
    hl7v2_msh_fill(msg, raw);
}

ny_rc ny_hl7v2_parse(struct ny_arena *a, ny_str bytes, const struct ny_hl7v2_options *options,
                     struct ny_hl7v2_msg **out, struct ny_error *err)
{
    struct ny_hl7v2_msg *msg = NY_ARENA_NEW(a, struct ny_hl7v2_msg);
    size_t nul;
    ny_rc rc;

    options = options != NULL ? options : &no_options;
    if (msg == NULL || (options->max_bytes > 0 && bytes.n > options->max_bytes)) {
        return ny_fail(err, NY_ELIMIT, "message is too large");
    }
    msg->arena = a;
    bytes = hl7v2_skip_lead(bytes);
    if (!hl7v2_is_segment_start(bytes, "MSH")) {
        return ny_fail_at(err, NY_ESYNTAX, "MSH^1^2", "message does not begin with MSH");
    }
    rc = decode(msg, bytes, options, err);
    if (rc != NY_OK) {
        return rc;
    }
    if (!hl7v2_delims_read(msg->text, &msg->delims)) {
        return ny_fail_at(err, NY_ESYNTAX, "MSH^1^2", "MSH-1 and MSH-2 are not usable");
    }
    nul = ny_str_find(msg->text, '\0');
    if (nul < msg->text.n) {
        char place[48];

        place_write(msg->text, nul, place);
        return ny_fail_at(err, NY_ESYNTAX, place, "NUL byte in message");
    }
    rc = hl7v2_tokens_split(msg, err);
    if (rc != NY_OK) {
        return rc;
    }
    msh_read(msg);
    if (msg->failed) {
        return ny_fail(err, NY_ELIMIT, "message is too large");
    }
    *out = msg;
    return NY_OK;
}
