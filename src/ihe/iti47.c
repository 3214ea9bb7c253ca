/* ITI-47 Patient Demographics Query HL7 V3: PRPA_IN201305UV02 describes a patient,
 * PRPA_IN201306UV02 tells who fits.
 *
 * The question is written as the QBP^Q22 of the same meaning and goes the way of ITI-21: the same
 * search, the same limits, the same note before the answer. Repeated parameters are "any of these",
 * but of livingSubjectId all must be the patient's. minimumDegreeMatch is QPD-4. What is not
 * searched by is remarked (W): other parameters, and a matchAlgorithm, since there is one, and it
 * is ours. Semantics texts and what IHE leaves out of the question (modifyCode, sortControl …) are
 * not looked at. Spec: ITI TF-2 3.47; our HL7 v3 rules 10. */

#include "v3_priv.h"

struct question {
    struct ihe_exchange *ex;
    struct ny_hl7v2_writer *w;
    const struct ny_xml_node *list; /* parameterList */
    bool first;                     /* repetition of QPD-3 */
};

/* @PID.path^value */
static void ask(struct question *q, const char *path, ny_str value)
{
    value = ny_str_trim(value);
    if (value.n == 0) {
        return;
    }
    if (!q->first) {
        ny_hl7v2_w_rep(q->w);
    }
    q->first = false;
    ny_hl7v2_w_value(q->w, ny_str_from_c(path));
    ny_hl7v2_w_value(q->w, value);
}

/* ---- parameters ---- */

typedef bool value_fn(struct question *q, const struct ny_xml_node *value);

/* Every value of every parameter of that name. */
static bool each(struct question *q, const char *name, value_fn *fn)
{
    const struct ny_xml_node *v = ihe_v3_value_first(q->list, name);

    for (; v != NULL; v = ihe_v3_value_next(v)) {
        if (!fn(q, v)) {
            return false;
        }
    }
    return true;
}

static void parts_ask(struct question *q, const struct ny_xml_node *value, const char *element,
                      const char *path)
{
    const struct ny_xml_node *n = ihe_v3_child(value, element);

    for (; n != NULL; n = ny_xml_again(n)) {
        ask(q, path, ny_xml_text(q->ex->arena, n));
    }
}

static bool name_ask(struct question *q, const struct ny_xml_node *v)
{
    parts_ask(q, v, "family", "@PID.5.1");
    parts_ask(q, v, "given", "@PID.5.2");
    if (ny_xml_first(v) == NULL) {
        ask(q, "@PID.5.1", ny_xml_text(q->ex->arena, v));
    }
    return true;
}

static bool mother_ask(struct question *q, const struct ny_xml_node *v)
{
    parts_ask(q, v, "family", "@PID.6.1");
    parts_ask(q, v, "given", "@PID.6.2");
    return true;
}

static bool sex_ask(struct question *q, const struct ny_xml_node *v)
{
    ask(q, "@PID.8", ihe_v3_sex(v));
    return true;
}

static bool birth_ask(struct question *q, const struct ny_xml_node *v)
{
    ny_str value = NY_STR_NONE;

    if (!ihe_v3_interval_read(q->ex, v, &value)) {
        return false;
    }
    ask(q, "@PID.7", value);
    return true;
}

static bool id_ask(struct question *q, const struct ny_xml_node *v)
{
    if (ny_str_trim(ny_xml_attr(v, "extension")).n == 0 || ihe_v3_root(v).n == 0) {
        return ihe_v3_refuse(q->ex, IHE_FAULT_QUERY_FIELD, v);
    }
    ask(q, "@PID.3.1", ny_xml_attr(v, "extension"));
    ask(q, "@PID.3.4.2", ihe_v3_root(v));
    ask(q, "@PID.3.4.3", NY_S("ISO"));
    return true;
}

/* Everything but the use: somebody's address is his, whatever it is for. */
static bool address_ask(struct question *q, const struct ny_xml_node *v)
{
    static const struct {
        size_t component;
        const char *path;
    } rows[] = {
        {1, "@PID.11.1"},
        {2, "@PID.11.2"},
        {3, "@PID.11.3"},
        {4, "@PID.11.4"},
        {5, "@PID.11.5"},
        {6, "@PID.11.6"},
        {8, "@PID.11.8"},
    };
    ny_str part[IHE_XAD_PARTS];

    ihe_v3_address_read(q->ex->arena, v, part);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        ask(q, rows[i].path, part[rows[i].component]);
    }
    return true;
}

static bool phone_ask(struct question *q, const struct ny_xml_node *v)
{
    bool is_fax;
    ny_str number = ihe_v3_phone_number(v, &is_fax);

    if (number.n == 0) {
        ihe_v3_warn(q->ex, 102, v); /* mailto: … is not searched by */
    }
    ask(q, "@PID.13.1", number);
    return true;
}

static bool parameters_ask(struct question *q)
{
    static const struct {
        const char *name;
        value_fn *fn;
    } rows[] = {
        {"livingSubjectId",                   id_ask     },
        {"livingSubjectName",                 name_ask   },
        {"livingSubjectBirthTime",            birth_ask  },
        {"livingSubjectAdministrativeGender", sex_ask    },
        {"patientAddress",                    address_ask},
        {"patientTelecom",                    phone_ask  },
        {"mothersMaidenName",                 mother_ask },
    };

    const struct ny_xml_node *n = ny_xml_first(q->list);

    ny_hl7v2_w_field(q->w);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        if (!each(q, rows[i].name, rows[i].fn)) {
            return false;
        }
    }
    for (; n != NULL; n = ny_xml_next(n)) {
        size_t i = 0;

        while (i < NY_ARRAY_LEN(rows) && !ny_xml_is(n, NY_HL7V3_NS, rows[i].name)) {
            i++;
        }
        if (i == NY_ARRAY_LEN(rows) && !ny_xml_is(n, NY_HL7V3_NS, "otherIDsScopingOrganization")) {
            ihe_v3_warn(q->ex, 102, n); /* it was not searched by */
        }
    }
    return true;
}

/* ---- as QBP ---- */

static bool quantity_ask(struct question *q)
{
    const struct ny_xml_node *query = q->ex->v3->query;
    const struct ny_xml_node *n = ihe_v3_child(query, "initialQuantity");
    const struct ny_xml_node *unit = ihe_v3_child(query, "initialQuantityCode");
    ny_str code = ny_str_trim(ny_xml_attr(unit, "code"));
    int64_t count = 0;

    if (code.n > 0 && !ny_str_equals(code, NY_S("RD"))) {
        return ihe_v3_refuse(q->ex, IHE_FAULT_QUERY_VALUE, unit);
    }
    if (n == NULL || ny_str_to_i64(ny_str_trim(ny_xml_attr(n, "value")), 1, NY_SEARCH_PAGE_MAX,
                                   &count) != NY_OK) {
        return true; /* as many as are answered at all */
    }
    ny_hl7v2_w_begin(q->w, NY_S("RCP"));
    ny_hl7v2_w_text(q->w, NY_S("I"));
    ny_hl7v2_w_text(q->w, ny_xml_attr(n, "value"));
    ny_hl7v2_w_end(q->w);
    return true;
}

/* QPD-4 to QPD-7: how sure a hit must be at least, which is of a hundred here and of one there. */
static bool criteria_write(struct ihe_exchange *ex, struct ny_hl7v2_writer *w)
{
    const struct ny_xml_node *list = ihe_v3_child(ex->v3->query, "matchCriterionList");
    const struct ny_xml_node *least = ihe_v3_value_first(list, "minimumDegreeMatch");
    const struct ny_xml_node *algorithm = ihe_v3_value_first(list, "matchAlgorithm");
    const ny_str text = ny_str_trim(ny_xml_attr(least, "value"));
    uint64_t n = 0;

    if (algorithm != NULL) {
        ihe_v3_warn(ex, 102, algorithm);
    }
    if (text.n > 0 && ny_str_to_u64(text, 0, 100, &n) != NY_OK) {
        return ihe_v3_refuse(ex, IHE_FAULT_QUERY_VALUE, least);
    }
    ny_hl7v2_w_text(
        w, text.n > 0 ? ny_arena_printf(ex->arena, "%u.%02u", (unsigned)n / 100, (unsigned)n % 100)
                      : text);
    ny_hl7v2_w_skip(w, 3);
    return true;
}

static bool qbp_make(struct ihe_exchange *ex)
{
    struct ny_hl7v2_writer w;
    struct question q = {ex, &w, ihe_v3_child(ex->v3->query, "parameterList"), true};

    if (ex->v3->query == NULL) {
        return ihe_v3_refuse(ex, IHE_FAULT_QUERY_FIELD, ex->v3->x->message);
    }
    ihe_v3_question_begin(ex, &w, "Q22", "IHE PDQ Query");
    if (!parameters_ask(&q) || !criteria_write(ex, &w)) {
        return false;
    }
    ihe_v3_domains_write(ex, &w, "otherIDsScopingOrganization");
    ny_hl7v2_w_end(&w);
    if (!quantity_ask(&q)) {
        return false;
    }
    ex->v3->qbp = ny_buf_str(&w.out);
    return ihe_v3_take(ex, &w);
}

void ihe_iti47(struct ihe_exchange *ex)
{
    static const struct ihe_event query = {"QBP", "Q22", IHE_ITI21, "ITI-47", IHE_VISIT_NONE, "E"};

    if (!ihe_v3_begin(ex, &query, true)) {
        return;
    }
    if (qbp_make(ex)) {
        ihe_iti21(ex);
    } else {
        ihe_finish(ex);
    }
}
