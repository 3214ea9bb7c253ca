/* What can be read of the header of a message that does not parse.
 *
 * Field by field after the separator that stands behind "MSH"; nothing is refused. A field with a
 * NUL byte counts as empty, since it could not be repeated in the answer. */

#include "hl7v2_priv.h"

/* The delimiters of MSH when they are usable; else the default ones around the separator found. */
static struct ny_hl7v2_delims delims_guess(ny_str msh)
{
    struct ny_hl7v2_delims d = NY_HL7V2_DELIMS_DEFAULT;

    if (!hl7v2_delims_read(msh, &d) && msh.n > 3 && msh.p[3] > ' ' && msh.p[3] < 0x7F &&
        strchr("^~\\&\"", msh.p[3]) == NULL) {
        d.field = msh.p[3];
    }
    return d;
}

static void fields_split(const struct ny_hl7v2_msg *msg, ny_str raw[HL7V2_MSH_FIELDS + 1])
{
    ny_str rest = ny_str_sub(msg->text, 4, msg->text.n);

    for (unsigned i = 2; i <= HL7V2_MSH_FIELDS && rest.p != NULL; i++) {
        raw[i] = ny_str_split(&rest, msg->delims.field);
        if (ny_str_find(raw[i], '\0') < raw[i].n) {
            raw[i] = NY_STR_NONE;
        }
    }
}

static ny_rc line_decode(struct ny_hl7v2_msg *msg, ny_str line,
                         const struct ny_hl7v2_options *options)
{
    struct ny_hl7v2_msh *msh = &msg->msh;
    unsigned warnings = 0;
    ny_rc rc = hl7v2_charset_find(line, options->source_sets, &msh->charset, &warnings, NULL);

    if (rc != NY_OK) {
        msh->charset = (struct ny_charset_spec){.charset = NY_CHARSET_ASCII};
    }
    rc = ny_charset_decode(msg->arena, &msh->charset, line, true, &msg->text, &msh->charset_facts,
                           NULL);
    msh->charset_facts.warnings |= warnings;
    return rc;
}

ny_rc ny_hl7v2_salvage(struct ny_arena *a, ny_str bytes, const struct ny_hl7v2_options *options,
                       struct ny_hl7v2_msh *out)
{
    static const struct ny_hl7v2_options no_options;
    struct ny_hl7v2_splitter find = {.bytes = bytes};
    struct ny_hl7v2_msg *msg;
    ny_str raw[HL7V2_MSH_FIELDS + 1] = {{0}};
    ny_str line;
    ny_rc rc;

    if (!ny_hl7v2_split_next(&find, &line, NULL)) {
        return NY_ENOTFOUND;
    }
    msg = NY_ARENA_NEW(a, struct ny_hl7v2_msg);
    if (msg == NULL) {
        return NY_ELIMIT;
    }
    msg->arena = a;
    line.n = ny_str_find(line, '\r');
    line.n = ny_str_find(line, '\n');
    rc = line_decode(msg, line, options != NULL ? options : &no_options);
    if (rc != NY_OK) {
        return rc;
    }
    msg->delims = delims_guess(msg->text);
    fields_split(msg, raw);
    hl7v2_msh_fill(msg, raw);
    if (msg->failed) {
        return NY_ELIMIT;
    }
    *out = msg->msh;
    return NY_OK;
}
