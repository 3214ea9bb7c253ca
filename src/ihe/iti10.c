/* ITI-10 PIX Update Notification: what a consumer is told, and what it answers.
 *
 *   MSH|^~\&|<us>|…|<5>|<6>|now||ADT^A31^ADT_A05|N<number>|P|2.5
 *   EVN||<time of the change>
 *   PID|||<every id of interest, all three parts of its authority>||<one space>
 *   PV1||N
 */

#include "nayose/registry_notices.h"

#include "ihe_priv.h"

ny_str ihe_notice_id(struct ny_arena *a, int64_t seq)
{
    return ny_arena_printf(a, "N%lld", (long long)seq);
}

static bool is_ascii(ny_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if ((unsigned char)s.p[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

/* MSH-18 is valued only when it has to be (IHE ITI TF-2 appendix C). */
static enum ny_charset charset_of(const struct ny_notice *n)
{
    bool ascii = true;

    for (size_t i = 0; i < n->n_ids; i++) {
        ascii = ascii && is_ascii(n->ids[i].id) && is_ascii(n->ids[i].domain->ns);
    }
    return ascii ? NY_CHARSET_ASCII : NY_CHARSET_UTF8;
}

ny_rc ny_ihe_notice_write(const struct ny_ihe *ihe, struct ny_arena *a,
                          const struct ny_notice *notice, ny_str application, ny_str facility,
                          int64_t now_us, ny_str *out)
{
    const struct ny_hl7v2_header_fields h = {
        .sending_application = {.namespace_id = ihe->cfg.application},
        .sending_facility = {.namespace_id = ihe->cfg.facility},
        .receiving_application = {.namespace_id = application},
        .receiving_facility = {.namespace_id = facility},
        .now_us = now_us,
        .type = NY_S("ADT"),
        .event = NY_S("A31"),
        .structure = NY_S("ADT_A05"),
        .control_id = ihe_notice_id(a, notice->seq),
        .processing_id = NY_S("P"),
        .version = NY_S("2.5"),
        .charset = charset_of(notice),
    };
    const struct ny_charset_spec spec = {.charset = h.charset};
    struct ny_hl7v2_writer w;
    char at[NY_HL7V2_TS_LEN];

    ny_hl7v2_writer_init(&w, a, NULL);
    ny_hl7v2_header_write(&w, &h);
    ny_hl7v2_ts_write(notice->at_us, at);
    ny_hl7v2_w_begin(&w, NY_S("EVN"));
    ny_hl7v2_w_skip(&w, 1);
    ny_hl7v2_w_text(&w, ny_str_from_c(at));
    ny_hl7v2_w_end(&w);
    ny_hl7v2_w_begin(&w, NY_S("PID"));
    ny_hl7v2_w_skip(&w, 2);
    ny_hl7v2_w_field(&w);
    ihe_ids_write(&w, notice->ids, notice->n_ids);
    ny_hl7v2_w_skip(&w, 1);
    ny_hl7v2_w_text(&w, NY_S(" ")); /* a name is required, and none is told */
    ny_hl7v2_w_end(&w);
    ny_hl7v2_w_begin(&w, NY_S("PV1"));
    ny_hl7v2_w_skip(&w, 1);
    ny_hl7v2_w_text(&w, NY_S("N"));
    ny_hl7v2_w_end(&w);
    return ny_hl7v2_finish(&w, &spec, out, NULL);
}

enum ny_ihe_answer ny_ihe_notice_answer(struct ny_arena *a, ny_str answer, int64_t seq,
                                        ny_str *code)
{
    static const char *const refusals[] = {"AE", "AR", "CE", "CR"};
    const struct ny_hl7v2_options options = {.replace = true};
    const struct ny_hl7v2_segment *msa;
    struct ny_hl7v2_msg *msg = NULL;
    ny_str said;
    ny_str err;

    *code = NY_STR_NONE;
    if (ny_hl7v2_parse(a, answer, &options, &msg, NULL) != NY_OK) {
        return NY_IHE_ANSWER_OTHER;
    }
    msa = ny_hl7v2_find(msg, NY_S("MSA"), 1);
    said = ny_hl7v2_text(msa, 1, 1, 1, 1);
    err = ny_hl7v2_text(ny_hl7v2_find(msg, NY_S("ERR"), 1), 3, 1, 1, 1);
    *code = ny_str_is_empty(err)
                ? said
                : ny_arena_printf(a, "%.*s %.*s", NY_ARG(said), (int)(err.n < 8 ? err.n : 8),
                                  err.n > 0 ? err.p : "");
    if (!ny_str_equals(ny_hl7v2_text(msa, 2, 1, 1, 1), ihe_notice_id(a, seq))) {
        return NY_IHE_ANSWER_OTHER;
    }
    if (ny_str_equals(said, NY_S("AA"))) {
        return NY_IHE_ANSWER_TAKEN;
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(refusals); i++) {
        if (ny_str_equals(said, ny_str_from_c(refusals[i]))) {
            return NY_IHE_ANSWER_REFUSED;
        }
    }
    return NY_IHE_ANSWER_OTHER;
}
