/* What an acknowledgement says: MSA-1 and the first error of ERR. */

#include "load_priv.h"

static const struct ny_hl7v2_segment *first_error(const struct ny_hl7v2_msg *msg)
{
    const struct ny_hl7v2_segment *first = ny_hl7v2_find(msg, NY_S("ERR"), 1);

    for (size_t i = 1;; i++) {
        const struct ny_hl7v2_segment *err = ny_hl7v2_find(msg, NY_S("ERR"), i);

        if (err == NULL) {
            return first;
        }
        if (ny_str_equals(ny_hl7v2_text(err, 4, 1, 1, 1), NY_S("E"))) {
            return err;
        }
    }
}

void load_answer_read(struct ny_arena *a, ny_str bytes, struct load_answer *out)
{
    struct ny_hl7v2_msg *msg;
    const struct ny_hl7v2_segment *err;
    ny_str code;

    *out = (struct load_answer){0};
    if (ny_hl7v2_parse(a, bytes, NULL, &msg, NULL) != NY_OK) {
        return;
    }
    code = ny_hl7v2_text(ny_hl7v2_find(msg, NY_S("MSA"), 1), 1, 1, 1, 1);
    if (code.n != 2) {
        return;
    }
    memcpy(out->code, code.p, 2);
    err = first_error(msg);
    if (err == NULL) {
        return;
    }
    out->err_2 = ny_hl7v2_field(err, 2);
    out->err_3 = ny_hl7v2_field(err, 3);
    out->err_8 = ny_hl7v2_text(err, 8, 1, 0, 0);
    /* Table 0357: 206 = record locked, 207 = the registry is not available; as AE they are final.
     */
    code = ny_hl7v2_text(err, 3, 1, 1, 1);
    out->is_transient = out->code[1] == 'R' &&
                        (ny_str_equals(code, NY_S("206")) || ny_str_equals(code, NY_S("207")));
}
