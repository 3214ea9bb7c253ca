/* The question of a PDQ query.
 *
 *   QPD-3  @PID.5.1.1^ヤマダ ~ @PID.7^1984 ~ @PID.3.1^123 ~ @PID.3.4.1^F01 ~ @PV1.7.1^D12
 *
 * PV1 may be asked for in ITI-22 only.  * A path left short means its first parts: PID.5 is
 * PID.5.1.1. A value of several repetitions of one path may be any of them; @PID.3 repetitions that
 * follow each other are one identifier. */

#include "ihe_priv.h"

enum id_part { ID_NONE, ID_ID, ID_NS, ID_OID, ID_TYPE, ID_PART_COUNT };

/* What is not in the table is no parameter (AE 102). */
static const struct path {
    unsigned field, component, sub;
    bool compared; /* false: accepted, and restricts nothing */
    enum ny_search_field to;
    enum id_part id;
} paths[] = {
    {3,  1,  1, true,  0,                 ID_ID  },
    {3,  4,  1, true,  0,                 ID_NS  },
    {3,  4,  2, true,  0,                 ID_OID },
    {3,  4,  3, true,  0,                 ID_TYPE},
    {5,  1,  1, true,  NY_SEARCH_FAMILY,  ID_NONE},
    {5,  2,  1, true,  NY_SEARCH_GIVEN,   ID_NONE},
    {6,  1,  1, true,  NY_SEARCH_MAIDEN,  ID_NONE},
    {6,  2,  1, true,  NY_SEARCH_MOTHER,  ID_NONE},
    {7,  1,  1, true,  NY_SEARCH_BIRTH,   ID_NONE},
    {8,  1,  1, true,  NY_SEARCH_SEX,     ID_NONE},
    {11, 1,  1, true,  NY_SEARCH_STREET,  ID_NONE},
    {11, 2,  1, true,  NY_SEARCH_OTHER,   ID_NONE},
    {11, 3,  1, true,  NY_SEARCH_CITY,    ID_NONE},
    {11, 4,  1, true,  NY_SEARCH_STATE,   ID_NONE},
    {11, 5,  1, true,  NY_SEARCH_POSTAL,  ID_NONE},
    {11, 8,  1, true,  NY_SEARCH_WHOLE,   ID_NONE},
    {13, 1,  1, true,  NY_SEARCH_PHONE,   ID_NONE},
    {13, 12, 1, true,  NY_SEARCH_PHONE,   ID_NONE},
    {18, 1,  1, true,  NY_SEARCH_ACCOUNT, ID_NONE},
    {21, 1,  1, true,  0,                 ID_ID  },
    {21, 4,  1, true,  0,                 ID_NS  },
    {21, 4,  2, true,  0,                 ID_OID },
    {21, 4,  3, true,  0,                 ID_TYPE},
 /* DEVIATION: country and the account's authority are accepted and not compared, because
  * addresses are Japanese and accounts are kept without an authority. */
    {11, 6,  1, false, 0,                 ID_NONE},
    {18, 4,  1, false, 0,                 ID_NONE},
    {18, 4,  2, false, 0,                 ID_NONE},
    {18, 4,  3, false, 0,                 ID_NONE},
};

/* The identifier being put together from consecutive repetitions. */
struct id_parts {
    ny_str part[ID_PART_COUNT];
    unsigned field; /* PID-3, or PID-21: the mother's */
    size_t rep;     /* of its first part; 0: none */
};

struct pdq_reader {
    struct ihe_exchange *ex;
    const struct ny_hl7v2_segment *qpd;
    struct id_parts id;
    bool any;
};

/* "@PID.5.1" → 5, 1, 1 */
static bool numbers_read(ny_str text, ny_str segment, uint64_t number[3])
{
    size_t n = 0;

    number[0] = number[1] = number[2] = 1;
    if (!ny_str_starts_with(text, segment)) {
        return false;
    }
    text = ny_str_sub(text, segment.n, text.n);
    while (text.p != NULL) {
        if (n == 3 || ny_str_to_u64(ny_str_split(&text, '.'), 1, 99, &number[n]) != NY_OK) {
            return false;
        }
        n++;
    }
    return true;
}

/* NULL: no path that we know. */
static const struct path *path_find(ny_str text)
{
    uint64_t number[3];

    if (!numbers_read(text, NY_S("@PID."), number)) {
        return NULL;
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(paths); i++) {
        if (paths[i].field == number[0] && paths[i].component == number[1] &&
            paths[i].sub == number[2]) {
            return &paths[i];
        }
    }
    return NULL;
}

/* ---- identifiers ---- */

/* No authority: the only facility domain that there is, or the requester's own. */
static const struct ny_domain *domain_default(const struct ihe_exchange *ex)
{
    const struct ny_registry *r = ex->ihe->cfg.registry;
    const struct ny_domain *const *all = NULL;
    const struct ny_domain *only = NULL;
    size_t facilities = 0;
    size_t n = ny_registry_domains(r, &all);

    for (size_t i = 0; i < n; i++) {
        if (all[i]->kind == NY_DOMAIN_FACILITY) {
            only = all[i];
            facilities++;
        }
    }
    if (facilities == 1) {
        return only;
    }
    return ex->request.source != NULL ? ny_registry_default_domain(r, ex->request.source) : NULL;
}

static bool mother_add(struct pdq_reader *p, const struct ny_domain *d, ny_str id, size_t rep)
{
    struct ny_search_values *to = &p->ex->ask->search.field[NY_SEARCH_MOTHER_ID];

    if (to->n == NY_SEARCH_VALUES_MAX) {
        return ihe_refuse_at(p->ex, IHE_FAULT_QUERY_VALUE, "QPD^1^3^%zu", rep);
    }
    to->v[to->n] = ihe_id_text(p->ex->arena, d, id);
    return to->v[to->n++].p != NULL || ihe_refuse(p->ex, IHE_FAULT_TOO_LARGE, NULL);
}

/* Puts the identifier that is complete into the search. */
static bool id_end(struct pdq_reader *p)
{
    struct ihe_exchange *ex = p->ex;
    struct ny_search *s = &ex->ask->search;
    struct id_parts id = p->id;
    struct ny_hd hd = {id.part[ID_NS], id.part[ID_OID], id.part[ID_TYPE]};
    const struct ny_domain *d = NULL;

    p->id = (struct id_parts){.rep = 0};
    if (id.rep == 0) {
        return true;
    }
    if (id.part[ID_ID].n == 0) {
        return ihe_refuse_at(ex, IHE_FAULT_QUERY_FIELD, "QPD^1^3^%zu", id.rep);
    }
    switch (ihe_query_hd(ex, hd, &d)) {
    case NY_AUTHORITY_FOUND:
        break;
    case NY_AUTHORITY_EMPTY:
        d = domain_default(ex);
        if (d == NULL) {
            return ihe_refuse_at(ex, IHE_FAULT_QUERY_FIELD, "QPD^1^3^%zu", id.rep);
        }
        break;
    case NY_AUTHORITY_MALFORMED:
    case NY_AUTHORITY_UNKNOWN:
    case NY_AUTHORITY_CONFLICT:
        return ihe_refuse_at(ex, IHE_FAULT_QUERY_TARGET, "QPD^1^3^%zu", id.rep);
    }
    if (id.field == 21) {
        return mother_add(p, d, id.part[ID_ID], id.rep);
    }
    if (s->n_ids == NY_SEARCH_IDS_MAX) {
        return ihe_refuse_at(ex, IHE_FAULT_QUERY_VALUE, "QPD^1^3^%zu", id.rep);
    }
    s->ids[s->n_ids++] = (struct ny_search_id){d->id, id.part[ID_ID]};
    ex->query_id = id.part[ID_ID]; /* for the note */
    ex->query_domain = d;
    return true;
}

static bool id_part(struct pdq_reader *p, const struct path *path, ny_str value, size_t rep)
{
    const enum id_part part = path->id;

    if ((p->id.part[part].n > 0 || (p->id.rep > 0 && p->id.field != path->field)) && !id_end(p)) {
        return false;
    }
    p->id.field = path->field;
    p->id.rep = p->id.rep > 0 ? p->id.rep : rep;
    p->id.part[part] = value;
    return true;
}

/* ---- QPD-3 ---- */

/* A part of PV1. What many visits share, class and service, is no key to find one by. */
static bool visit_parameter_read(struct pdq_reader *p, ny_str path, ny_str value, size_t n)
{
    struct ny_search_ask *ask = p->ex->ask;
    uint64_t number[3];
    enum ny_visit_field f = NY_VISIT_COUNT;
    ny_str term;

    if (!ask->visits || !numbers_read(path, NY_S("@PV1."), number) ||
        !ihe_visit_path((unsigned)number[0], (unsigned)number[1], (unsigned)number[2], &f) ||
        ask->n_visit_terms == NY_SEARCH_TERMS_MAX) {
        return ihe_refuse_at(p->ex, IHE_FAULT_QUERY_VALUE, "QPD^1^3^%zu", n);
    }
    if (value.n == 0 || ny_str_equals(value, NY_S("\"\""))) {
        return true;
    }
    if (!id_end(p)) {
        return false;
    }
    term = ihe_visit_term(p->ex->arena, f, (unsigned)number[1], (unsigned)number[2], value);
    if (term.n == 0) {
        return ihe_refuse_at(p->ex, IHE_FAULT_QUERY_VALUE, "QPD^1^3^%zu", n);
    }
    p->any = true;
    ask->visit_terms[ask->n_visit_terms++] = term;
    ask->n_visit_keys += ny_visit_term_is_key(term);
    return true;
}

/* The value behind the path; an '&' that was not escaped belongs to it. */
static bool parameter_read(struct pdq_reader *p, ny_str rep, size_t n)
{
    ny_str text = ny_str_trim(ny_hl7v2_part(p->qpd, rep, 1, 0).text);
    const struct path *path = path_find(text);
    ny_str value = ny_str_trim(ny_hl7v2_part(p->qpd, rep, 2, 0).text);
    struct ny_search_values *to;

    if (ny_str_starts_with(text, NY_S("@PV1."))) {
        return visit_parameter_read(p, text, value, n);
    }
    if (path == NULL || value.n > 4096) {
        return ihe_refuse_at(p->ex, IHE_FAULT_QUERY_VALUE, "QPD^1^3^%zu", n);
    }
    if (value.n == 0 || ny_str_equals(value, NY_S("\"\""))) {
        return true;
    }
    p->any = true;
    if (path->id != ID_NONE) {
        return id_part(p, path, value, n);
    }
    if (!id_end(p)) {
        return false;
    }
    if (!path->compared) {
        return true;
    }
    to = &p->ex->ask->search.field[path->to];
    if (to->n == NY_SEARCH_VALUES_MAX) {
        return ihe_refuse_at(p->ex, IHE_FAULT_QUERY_VALUE, "QPD^1^3^%zu", n);
    }
    to->v[to->n++] = value;
    return true;
}

static bool parameters_read(struct pdq_reader *p)
{
    ny_str rest = ny_hl7v2_field(p->qpd, 3);
    ny_str rep;

    for (size_t n = 1; ny_hl7v2_rep_next(p->qpd, &rest, &rep); n++) {
        if (ny_hl7v2_part(p->qpd, rep, 0, 0).presence == NY_HL7V2_VALUE &&
            !parameter_read(p, rep, n)) {
            return false;
        }
    }
    if (!id_end(p)) {
        return false;
    }
    return p->any || ihe_refuse(p->ex, IHE_FAULT_QUERY_FIELD, "QPD^1^3");
}

size_t ihe_pdq_place(const struct ihe_exchange *ex, enum ny_search_field field, size_t value)
{
    const struct ny_hl7v2_segment *qpd = ny_hl7v2_find(ex->msg, NY_S("QPD"), 1);
    ny_str rest = ny_hl7v2_field(qpd, 3);
    ny_str rep;

    for (size_t n = 1; ny_hl7v2_rep_next(qpd, &rest, &rep); n++) {
        const struct path *path = path_find(ny_str_trim(ny_hl7v2_part(qpd, rep, 1, 0).text));

        if (path != NULL && path->compared && path->id == ID_NONE && path->to == field &&
            ny_str_trim(ny_hl7v2_part(qpd, rep, 2, 0).text).n > 0 && value-- == 0) {
            return n;
        }
    }
    return 1;
}

/* ---- how much, and from where on ---- */

/* RCP-2: n records; the only unit is RD. */
static bool quantity_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *rcp)
{
    ny_str count = ny_str_trim(ny_hl7v2_text(rcp, 2, 1, 1, 1));
    ny_str unit = ny_str_trim(ny_hl7v2_text(rcp, 2, 1, 2, 1));
    uint64_t n = 0;

    if (count.n == 0 && unit.n == 0) {
        return true;
    }
    if (ny_str_to_u64(count, 1, 1000000000, &n) != NY_OK ||
        (unit.n > 0 && !ny_str_equals(unit, NY_S("RD")))) {
        return ihe_refuse(ex, IHE_FAULT_QUERY_VALUE, "RCP^1^2");
    }
    ex->ask->page = (size_t)n;
    return true;
}

/* A pointer is good for the very same question only. */
static void question_hash(struct ihe_exchange *ex, const struct ny_hl7v2_segment *qpd)
{
    const int32_t of = ex->ask->of != NULL ? ex->ask->of->id : 0;
    const ny_str parts[] = {ex->msh.event,
                            NY_S("\r"),
                            ny_hl7v2_segment_raw(qpd),
                            NY_S("\r"),
                            ny_str_of((const char *)&of, sizeof(of)),
                            ny_str_of((const char *)&ex->ask->page, sizeof(ex->ask->page))};

    ny_sha256_parts(parts, NY_ARRAY_LEN(parts), ex->ask->question);
}

/* QPD-4, how sure a hit must be at least: as QRI-1 tells it, 0 to 1; what is above 1 is of a
 * hundred, as the standard's own example has it. With an algorithm (QPD-5) it is a number of that
 * one, which is not ours, and passed over. */
static bool least_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *qpd)
{
    enum { DIGITS = 4 }; /* of NY_CONFIDENCE_ONE; what is behind them is left */
    const bool is_ours = ny_str_trim(ny_hl7v2_text(qpd, 5, 1, 1, 1)).n == 0;
    ny_str fraction = is_ours ? ny_str_trim(ny_hl7v2_text(qpd, 4, 1, 1, 1)) : NY_STR_NONE;
    const bool is_said = fraction.n > 0;
    const ny_str whole = ny_str_split(&fraction, '.');
    uint64_t ones = 0;
    uint64_t parts = 0;

    if ((whole.n > 0 && ny_str_to_u64(whole, 0, 100, &ones) != NY_OK) ||
        (fraction.n > 0 && !ny_str_is_digits(fraction)) || (is_said && whole.n + fraction.n == 0)) {
        return ihe_refuse(ex, IHE_FAULT_QUERY_VALUE, "QPD^1^4");
    }
    for (size_t i = 0; i < DIGITS; i++) {
        parts = parts * 10 + (i < fraction.n ? (uint64_t)(fraction.p[i] - '0') : 0);
    }
    ex->ask->least = (int)(ones * NY_CONFIDENCE_ONE + parts);
    if (ex->ask->least > NY_CONFIDENCE_ONE) {
        ex->ask->least /= 100;
    }
    return ex->ask->least <= NY_CONFIDENCE_ONE || ihe_refuse(ex, IHE_FAULT_QUERY_VALUE, "QPD^1^4");
}

bool ihe_pdq_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *qpd)
{
    struct pdq_reader p = {.ex = ex, .qpd = qpd};
    const struct ny_hl7v2_segment *rcp = ny_hl7v2_find(ex->msg, NY_S("RCP"), 1);
    struct ihe_targets *targets = NY_ARENA_NEW(ex->arena, struct ihe_targets);

    ex->ask = NY_ARENA_NEW(ex->arena, struct ny_search_ask);
    if (ex->ask == NULL || targets == NULL) {
        return ihe_refuse(ex, IHE_FAULT_TOO_LARGE, NULL);
    }
    ex->ask->visits = ex->event->action == IHE_ITI22;
    ex->ask->search.every_id = ex->v3 != NULL;
    if (!parameters_read(&p) || !least_read(ex, qpd) || !ihe_targets_read(ex, qpd, 8, targets) ||
        !quantity_read(ex, rcp)) {
        return false;
    }
    ex->ask->of = ihe_asked_facility(ex);
    ex->ask->wanted = targets->domains;
    ex->ask->n_wanted = targets->all ? 0 : targets->n;
    ex->ask->who = ex->request.user;
    ex->ask->minimum = ihe_query_minimum(ex);
    ex->ask->tag = ny_hl7v2_text(qpd, 2, 1, 1, 1);
    ex->ask->pointer =
        ny_str_trim(ny_hl7v2_text(ny_hl7v2_find(ex->msg, NY_S("DSC"), 1), 1, 1, 1, 1));
    question_hash(ex, qpd);
    ex->ask->start = (size_t)ex->page_start;
    ex->ask->page = ex->page_size > 0 ? (size_t)ex->page_size : ex->ask->page;
    return true;
}
