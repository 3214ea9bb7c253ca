/* A person that was found as PID, PV1 and QRI: the values that his records hold now. */

#include "nayose/text.h"

#include "ihe_priv.h"

#include <stdio.h>

enum { PER_SCRIPT = 3 };

struct ny_known_id *ihe_hit_ids(const struct ny_registry *r, const struct ny_search_hit *hit,
                                struct ny_arena *a, size_t *out_n)
{
    struct ny_known_id *ids = NY_ARENA_ARRAY(a, struct ny_known_id, hit->n_members + 1);
    size_t n = 0;

    for (size_t i = 0; i < hit->n_members && ids != NULL; i++) {
        const struct ny_domain *d = ny_registry_domain(r, hit->members[i].domain);

        if (d != NULL) {
            ids[n++] = (struct ny_known_id){d, hit->members[i].local_id};
        }
    }
    if (hit->regional && ids != NULL) {
        ids[n++] = (struct ny_known_id){ny_registry_regional(r), hit->regional_id};
    }
    *out_n = n;
    return ids;
}

/* ---- parts ---- */

bool ihe_is_shown(const struct ny_set *s, const struct ny_value *v)
{
    return ny_value_is_current(s, v) && ny_value_is_live(s, v);
}

static ny_str single(const struct ny_patient *p, enum ny_single_id id)
{
    return p->singles[id].value;
}

/* Goes on to the next repetition but for the first. */
static void rep_begin(struct ny_hl7v2_writer *w, bool *first)
{
    if (!*first) {
        ny_hl7v2_w_rep(w);
    }
    *first = false;
}

static void xpn_write(struct ny_hl7v2_writer *w, const struct ny_value *v, enum ny_part_id family,
                      const char *code, bool *first)
{
    ny_str type = ny_value_part(v, NY_PART_NAME_TYPE);
    size_t n = 0;

    for (unsigned i = 0; i < PER_SCRIPT; i++) {
        n += ny_value_part(v, family + i).n;
    }
    if (n == 0) {
        return;
    }
    rep_begin(w, first);
    for (unsigned i = 0; i < PER_SCRIPT; i++) {
        ny_hl7v2_w_value(w, ny_value_part(v, family + i));
    }
    for (unsigned i = 0; i < 3; i++) {
        ny_hl7v2_w_value(w, NY_S(""));
    }
    ny_hl7v2_w_value(w, type.n > 0 ? type : NY_S("L"));
    ny_hl7v2_w_value(w, ny_str_from_c(code));
}

static void names_write(struct ny_hl7v2_writer *w, const struct ny_patient *p)
{
    const struct ny_set *s = &p->sets[NY_SET_NAME];
    size_t leading = ny_patient_leading_name(p);
    bool first = true;

    ny_hl7v2_w_field(w);
    for (size_t i = 0; i < s->n; i++) {
        if (i == leading || ihe_is_shown(s, &s->values[i])) {
            xpn_write(w, &s->values[i], NY_PART_NAME_KANJI_FAMILY, "I", &first);
            xpn_write(w, &s->values[i], NY_PART_NAME_KANA_FAMILY, "P", &first);
            xpn_write(w, &s->values[i], NY_PART_NAME_LATIN_FAMILY, "A", &first);
        }
    }
}

void ihe_birth_text(ny_str text, char out[16])
{
    unsigned flags = 0;
    ny_date d = {0};

    out[0] = '\0';
    if (ny_text_birth_date_parse(text, (ny_date){0}, &d, &flags) != NY_OK) {
        d.precision = NY_DATE_NONE;
    }
    if (d.precision == NY_DATE_DAY) {
        (void)snprintf(out, 16, "%04d%02d%02d", d.y, d.m, d.d);
    } else if (d.precision == NY_DATE_MONTH) {
        (void)snprintf(out, 16, "%04d%02d", d.y, d.m);
    } else if (d.precision == NY_DATE_YEAR) {
        (void)snprintf(out, 16, "%04d", d.y);
    }
}

static void birth_write(struct ny_hl7v2_writer *w, ny_str text)
{
    char out[16];

    ihe_birth_text(text, out);
    ny_hl7v2_w_text(w, ny_str_from_c(out));
}

static void sex_write(struct ny_hl7v2_writer *w, ny_str text)
{
    char sex = ny_text_sex(text);

    ny_hl7v2_w_text(w, sex != 0 ? ny_str_of(&sex, 1) : text);
}

/* The current values of a set, each part as a component in the given order; 0 leaves one empty. */
static void set_write(struct ny_hl7v2_writer *w, const struct ny_patient *p, enum ny_set_id set,
                      const enum ny_part_id *parts, size_t n)
{
    const struct ny_set *s = &p->sets[set];
    bool first = true;

    ny_hl7v2_w_field(w);
    for (size_t i = 0; i < s->n; i++) {
        if (!ihe_is_shown(s, &s->values[i])) {
            continue;
        }
        rep_begin(w, &first);
        for (size_t k = 0; k < n; k++) {
            ny_hl7v2_w_value(w, ny_value_part(&s->values[i], parts[k]));
        }
    }
}

/* As far as it was kept: in kana where it was told in kana. */
static void mother_write(struct ny_hl7v2_writer *w, const struct ny_patient *p)
{
    ny_hl7v2_w_field(w);
    ny_hl7v2_w_value(w, single(p, NY_SINGLE_MOTHER_FAMILY));
    ny_hl7v2_w_value(w, single(p, NY_SINGLE_MOTHER_NAME));
}

/* Of a domain that is told anyway, and of no other. */
static void mother_id_write(struct ny_hl7v2_writer *w, ny_str text, const struct ny_known_id *ids,
                            size_t n)
{
    ny_str ns = ny_str_split(&text, '^');

    ny_hl7v2_w_field(w);
    for (size_t i = 0; i < n; i++) {
        if (ny_str_equals(ids[i].domain->ns, ns)) {
            ihe_ids_write(w, &(struct ny_known_id){ids[i].domain, text}, 1);
            return;
        }
    }
}

/* QRI-1: how sure it is that this is who was asked for, as far as the question tells; QPD-4 is of
 * the same scale. */
static void qri_write(struct ny_hl7v2_writer *w, int32_t total_b1024)
{
    char text[16];

    const int confidence = ny_match_confidence(total_b1024);

    (void)snprintf(text, sizeof(text), "%d.%04d", confidence / NY_CONFIDENCE_ONE,
                   confidence % NY_CONFIDENCE_ONE);
    ny_hl7v2_w_begin(w, NY_S("QRI"));
    ny_hl7v2_w_text(w, ny_str_from_c(text));
    ny_hl7v2_w_end(w);
}

void ihe_hit_write(struct ny_hl7v2_writer *w, const struct ny_registry *r,
                   const struct ny_search_hit *hit, size_t number, bool visit, struct ny_arena *a)
{
    static const enum ny_part_id address[] = {NY_PART_ADDRESS_STREET, NY_PART_ADDRESS_OTHER,
                                              NY_PART_ADDRESS_CITY,   NY_PART_ADDRESS_STATE,
                                              NY_PART_ADDRESS_POSTAL, NY_PART_ADDRESS_COUNTRY,
                                              NY_PART_ADDRESS_TYPE,   NY_PART_ADDRESS_WHOLE};
    static const enum ny_part_id phone[] = {NY_PART_PHONE_NUMBER, NY_PART_PHONE_USE,
                                            NY_PART_PHONE_EQUIPMENT};
    const struct ny_patient *p = hit->patient;
    char set_id[24];
    size_t n = 0;
    struct ny_known_id *ids = ihe_hit_ids(r, hit, a, &n);

    (void)snprintf(set_id, sizeof(set_id), "%zu", number);
    ny_hl7v2_w_begin(w, NY_S("PID"));
    ny_hl7v2_w_text(w, ny_str_from_c(set_id));
    ny_hl7v2_w_skip(w, 1);
    ny_hl7v2_w_field(w);
    ihe_ids_write(w, ids, n);
    ny_hl7v2_w_skip(w, 1);
    names_write(w, p);
    mother_write(w, p);
    birth_write(w, single(p, NY_SINGLE_BIRTH_DATE));
    sex_write(w, single(p, NY_SINGLE_SEX));
    ny_hl7v2_w_skip(w, 2);
    set_write(w, p, NY_SET_ADDRESS, address, NY_ARRAY_LEN(address));
    ny_hl7v2_w_skip(w, 1);
    set_write(w, p, NY_SET_PHONE, phone, NY_ARRAY_LEN(phone));
    ny_hl7v2_w_skip(w, 4);
    ny_hl7v2_w_text(w, single(p, NY_SINGLE_ACCOUNT));
    ny_hl7v2_w_skip(w, 2);
    mother_id_write(w, single(p, NY_SINGLE_MOTHER_ID), ids, n);
    ny_hl7v2_w_skip(w, 2);
    ny_hl7v2_w_text(w, single(p, NY_SINGLE_MULTIPLE_BIRTH));
    ny_hl7v2_w_text(w, single(p, NY_SINGLE_BIRTH_ORDER));
    ny_hl7v2_w_skip(w, 3);
    ny_hl7v2_w_text(w, single(p, NY_SINGLE_DEATH_TIME));
    ny_hl7v2_w_text(w, single(p, NY_SINGLE_DEATH));
    ny_hl7v2_w_end(w);
    if (visit) {
        ihe_visit_write(w, hit->visit);
    }
    qri_write(w, hit->total_b1024);
}
