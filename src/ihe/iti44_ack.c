/* MCCI_IN000002UV01: what came of a feed. CA: it is committed. CE: it could not be done, and
 * nothing was. CR: it was refused before it was looked at, or could not be taken now. */

#include "v3_priv.h"

static const struct {
    int err;
    const char *code, *system;
} codes[] = {
    {100, "SYN100", IHE_V3_DETAILS   },
    {101, "SYN105", IHE_V3_DETAILS   },
    {102, "SYN102", IHE_V3_DETAILS   },
    {103, "SYN103", IHE_V3_DETAILS   },
    {113, "SYN113", IHE_V3_DETAILS   },
    {200, "NS200",  IHE_V3_DETAILS   },
    {202, "NS202",  IHE_V3_DETAILS   },
    {204, "204",    IHE_V3_TABLE_0357},
    {205, "205",    IHE_V3_TABLE_0357},
    {206, "INTERR", IHE_V3_DETAILS   },
    {207, "INTERR", IHE_V3_DETAILS   },
    {250, "NS250",  IHE_V3_DETAILS   },
};

/* What a fault is called in v3 when its number in v2 says less. */
static const struct {
    enum ihe_fault fault;
    const char *code;
} special[] = {
    {IHE_FAULT_UNKNOWN_SENDER, "NS260"  },
    {IHE_FAULT_FOREIGN_SENDER, "NS260"  },
    {IHE_FAULT_QUERY_DENIED,   "NS260"  },
    {IHE_FAULT_NOT_FOR_US_APP, "RTUDEST"},
};

static void code_write(struct ny_xml_writer *w, const struct ihe_exchange *ex, int err)
{
    size_t i = 0;
    const char *code = NULL;

    while (i < NY_ARRAY_LEN(codes) - 1 && codes[i].err != err) {
        i++;
    }
    for (size_t k = 0; k < NY_ARRAY_LEN(special); k++) {
        code = special[k].fault == ex->fault ? special[k].code : code;
    }
    ny_xml_w_open(w, "code");
    ny_xml_w_attr_c(w, "code", code != NULL ? code : codes[i].code);
    ny_xml_w_attr_c(w, "codeSystem", code != NULL ? IHE_V3_DETAILS : codes[i].system);
    ny_xml_w_close(w);
}

/* err 0: a remark without code. */
static void detail_write(struct ny_xml_writer *w, const struct ihe_exchange *ex, const char *type,
                         int err, const char *text, ny_str where)
{
    ny_str place = ihe_v3_place(ex, w->buf.arena, where);

    ny_xml_w_open(w, "acknowledgementDetail");
    ny_xml_w_attr_c(w, "typeCode", type);
    if (err > 0) {
        code_write(w, ex, err);
    }
    if (text[0] != '\0') {
        ny_xml_w_element(w, "text", ny_str_from_c(text));
    }
    if (place.n > 0) {
        ny_xml_w_element(w, "location", place);
    }
    ny_xml_w_close(w);
}

/* What is not what the message said: the patient was there, or was not. */
static void surprise_write(struct ny_xml_writer *w, const struct ihe_exchange *ex)
{
    enum ihe_v3_says says = ex->v3->kind->says;

    if (ex->feed.kind == NY_FEED_WITHDRAW) {
        return;
    }
    if (says == IHE_V3_ADDS && !ex->first_was_unknown) {
        detail_write(w, ex, "I", 0, "the patient was known: revised", NY_STR_NONE);
    } else if (says == IHE_V3_REVISES && ex->first_was_unknown) {
        detail_write(w, ex, "I", 0, "the patient was not known: added", NY_STR_NONE);
    }
}

static void details_write(struct ny_xml_writer *w, const struct ihe_exchange *ex)
{
    const struct ihe_fault_row *row = ihe_fault_row(ex->fault);
    size_t n = ex->n_fault_locations > 0 ? ex->n_fault_locations : 1;

    for (size_t i = 0; i < n && ihe_is_refused(ex); i++) {
        detail_write(w, ex, "E", row->err, row->text,
                     ex->n_fault_locations > 0 ? ex->fault_locations[i] : NY_STR_NONE);
    }
    for (size_t i = 0; i < ex->n_warnings && !ihe_is_refused(ex); i++) {
        const struct ny_hl7v2_remark *r = &ex->warnings[i];

        detail_write(w, ex, "W", r->code, "",
                     r->location_count > 0 ? r->locations[0] : NY_STR_NONE);
    }
    if (!ihe_is_refused(ex)) {
        surprise_write(w, ex);
    }
}

static const char *ack_code(const struct ihe_exchange *ex)
{
    enum ny_hl7v2_ack_code code = ihe_fault_row(ex->fault)->code;

    if (code == NY_HL7V2_AA) {
        return "CA";
    }
    return code == NY_HL7V2_AE || ex->fault == IHE_FAULT_NOT_YOUR_DOMAIN ? "CE" : "CR";
}

void ihe_v3_acknowledgement_write(struct ihe_exchange *ex, struct ny_xml_writer *w,
                                  const char *type)
{
    ny_xml_w_open(w, "acknowledgement");
    ny_xml_w_open(w, "typeCode");
    ny_xml_w_attr_c(w, "code", type);
    ny_xml_w_close(w);
    ny_xml_w_open(w, "targetMessage");
    ihe_v3_id_write(w, "id", ihe_v3_ii(ex->v3->id));
    ny_xml_w_close(w);
    details_write(w, ex);
    ny_xml_w_close(w);
}

ny_rc ihe_iti44_ack_write(struct ihe_exchange *ex, struct ny_arena *a, ny_str *out)
{
    struct ny_xml_writer w;

    ny_xml_w_init(&w, a);
    ihe_v3_answer_begin(ex, &w);
    ihe_v3_acknowledgement_write(ex, &w, ack_code(ex));
    ny_xml_w_close(&w);
    return ny_xml_w_end(&w, out);
}
