/* Questions of HL7 v3 as QBP: what ITI-45 and ITI-47 do alike. */

#include "v3_priv.h"

enum { TEXT_MAX = 64 * 1024 };

/* ---- parameters ---- */

/* v, or the next value of it or of a parameter behind it that asks for something. */
static const struct ny_xml_node *value_from(const struct ny_xml_node *parameter,
                                            const struct ny_xml_node *v)
{
    while (parameter != NULL) {
        for (; v != NULL; v = ny_xml_again(v)) {
            if (ny_xml_attr(v, "nullFlavor").n == 0) {
                return v;
            }
        }
        parameter = ny_xml_again(parameter);
        v = ihe_v3_child(parameter, "value");
    }
    return NULL;
}

const struct ny_xml_node *ihe_v3_value_first(const struct ny_xml_node *list, const char *name)
{
    const struct ny_xml_node *parameter = ihe_v3_child(list, name);

    return value_from(parameter, ihe_v3_child(parameter, "value"));
}

const struct ny_xml_node *ihe_v3_value_next(const struct ny_xml_node *value)
{
    return value_from(value->parent, ny_xml_again(value));
}

/* ---- as QBP ---- */

ny_str ihe_v3_query_id(struct ny_arena *a, const struct ny_xml_node *query)
{
    const struct ny_xml_node *id = ihe_v3_child(query, "queryId");

    return ny_arena_printf(a, "%.*s %.*s", NY_ARG(ny_xml_attr(id, "root")),
                           NY_ARG(ny_xml_attr(id, "extension")));
}

void ihe_v3_question_begin(struct ihe_exchange *ex, struct ny_hl7v2_writer *w, const char *event,
                           const char *name)
{
    ihe_v3_message_begin(ex, w, "QBP", event);
    ny_hl7v2_w_begin(w, NY_S("QPD"));
    ny_hl7v2_w_text(w, ny_str_from_c(name));
    ny_hl7v2_w_text(w, ihe_v3_query_id(ex->arena, ex->v3->query));
}

void ihe_v3_domains_write(struct ihe_exchange *ex, struct ny_hl7v2_writer *w, const char *name)
{
    const struct ny_xml_node *list = ihe_v3_child(ex->v3->query, "parameterList");
    const struct ny_xml_node *first = ihe_v3_value_first(list, name);

    ny_hl7v2_w_field(w);
    for (const struct ny_xml_node *v = first; v != NULL; v = ihe_v3_value_next(v)) {
        if (v != first) {
            ny_hl7v2_w_rep(w);
        }
        ihe_v3_cx_write(w, NY_S(""), v);
    }
}

/* ---- and back ---- */

ny_str ihe_v3_query_text(const struct ihe_exchange *ex)
{
    struct ihe_v3 *v3 = ex->v3;

    if (v3->query != NULL && v3->query_text.n == 0 && ex->x->in.n <= TEXT_MAX &&
        ny_xml_copy(ex->arena, v3->query, &v3->query_text) != NY_OK) {
        v3->query_text = NY_STR_NONE;
    }
    return v3->query_text;
}

/* Parameters of which a repetition of a field is one value; other places are the whole list. */
static const struct {
    const char *erl; /* of the field */
    enum ihe_action action;
    const char *parameter;
} places[] = {
    {"QPD^1^3", IHE_ITI9,  "patientIdentifier"          },
    {"QPD^1^4", IHE_ITI9,  "dataSource"                 },
    {"QPD^1^8", IHE_ITI21, "otherIDsScopingOrganization"},
};

const struct ny_xml_node *ihe_v3_question_place(const struct ihe_exchange *ex, ny_str erl)
{
    const struct ny_xml_node *list = ihe_v3_child(ex->v3->query, "parameterList");

    for (size_t i = 0; i < NY_ARRAY_LEN(places); i++) {
        const ny_str field = ny_str_from_c(places[i].erl);
        const struct ny_xml_node *v = ihe_v3_value_first(list, places[i].parameter);
        ny_str rest = ny_str_sub(erl, field.n + 1, erl.n);
        uint64_t n;

        if (places[i].action != ex->event->action || !ny_str_starts_with(erl, field)) {
            continue;
        }
        if (ny_str_to_u64(ny_str_split(&rest, '^'), 1, 1000, &n) != NY_OK) {
            n = 1;
        }
        while (v != NULL && n-- > 1) {
            v = ihe_v3_value_next(v);
        }
        return v != NULL ? v : list;
    }
    return list;
}
