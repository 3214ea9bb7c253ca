/* PRPA_IN201306UV02: everybody who fits, with the values that his records hold now, and how sure it
 * is. Order of elements: the schemas of NE2008. */

#include "nayose/text.h"

#include "v3_priv.h"

static void phones_write(struct ny_xml_writer *w, const struct ny_patient *p)
{
    const struct ny_set *s = &p->sets[NY_SET_PHONE];

    for (size_t i = 0; i < s->n; i++) {
        const struct ny_value *v = &s->values[i];
        ny_str use = ny_value_part(v, NY_PART_PHONE_USE);
        ny_str equipment = ny_value_part(v, NY_PART_PHONE_EQUIPMENT);

        if (ihe_is_shown(s, v)) {
            ny_xml_w_open(w, "telecom");
            ny_xml_w_attr_c(w, "use",
                            ny_str_equals(equipment, NY_S("CP")) ? "MC"
                            : ny_str_equals(use, NY_S("WPN"))    ? "WP"
                                                                 : "HP");
            ny_xml_w_attr(w, "value",
                          ny_arena_printf(w->buf.arena, "tel:%.*s",
                                          NY_ARG(ny_value_part(v, NY_PART_PHONE_NUMBER))));
            ny_xml_w_close(w);
        }
    }
}

static void addresses_write(struct ny_xml_writer *w, const struct ny_patient *p)
{
    const struct ny_set *s = &p->sets[NY_SET_ADDRESS];

    for (size_t i = 0; i < s->n; i++) {
        const struct ny_value *v = &s->values[i];

        if (ihe_is_shown(s, v)) {
            ny_str type = ny_value_part(v, NY_PART_ADDRESS_TYPE);

            ny_xml_w_open(w, "addr");
            ny_xml_w_attr_c(w, "use", ny_str_equals(type, NY_S("O")) ? "WP" : "HP");
            ny_xml_w_text(w, ny_value_part(v, NY_PART_ADDRESS_WHOLE));
            ihe_v3_text_write(w, "streetAddressLine", ny_value_part(v, NY_PART_ADDRESS_STREET));
            ihe_v3_text_write(w, "additionalLocator", ny_value_part(v, NY_PART_ADDRESS_OTHER));
            ihe_v3_text_write(w, "city", ny_value_part(v, NY_PART_ADDRESS_CITY));
            ihe_v3_text_write(w, "state", ny_value_part(v, NY_PART_ADDRESS_STATE));
            ihe_v3_text_write(w, "postalCode", ny_value_part(v, NY_PART_ADDRESS_POSTAL));
            ihe_v3_text_write(w, "country", ny_value_part(v, NY_PART_ADDRESS_COUNTRY));
            ny_xml_w_close(w);
        }
    }
}

static ny_str sex_code(ny_str text)
{
    switch (ny_text_sex(text)) {
    case 'M':
        return NY_S("M");
    case 'F':
        return NY_S("F");
    case 'O':
        return NY_S("UN");
    default:
        return NY_S("");
    }
}

static void singles_write(struct ny_xml_writer *w, const struct ny_patient *p)
{
    const ny_str twin = p->singles[NY_SINGLE_MULTIPLE_BIRTH].value;
    char birth[16];

    ihe_birth_text(p->singles[NY_SINGLE_BIRTH_DATE].value, birth);
    ihe_v3_attribute_write(w, "administrativeGenderCode", "code",
                           sex_code(p->singles[NY_SINGLE_SEX].value));
    ihe_v3_attribute_write(w, "birthTime", "value", ny_str_from_c(birth));
    if (twin.n > 0) {
        ihe_v3_attribute_write(w, "multipleBirthInd", "value",
                               ny_str_equals(twin, NY_S("Y")) ? NY_S("true") : NY_S("false"));
    }
}

/* Domains that were asked for and have no id of him. */
static void missing_write(struct ny_xml_writer *w, const struct ny_search_ask *ask,
                          const struct ny_known_id *ids, size_t n)
{
    for (size_t i = 0; ask != NULL && i < ask->n_wanted; i++) {
        size_t k = 0;

        while (k < n && ids[k].domain->id != ask->wanted[i]->id) {
            k++;
        }
        if (k == n) {
            ny_xml_w_raw(w, NY_S("<asOtherIDs classCode=\"PAT\"><id nullFlavor=\"NA\"/>"
                                 "<scopingOrganization classCode=\"ORG\" "
                                 "determinerCode=\"INSTANCE\">"));
            ihe_v3_id_write(w, "id", (struct ihe_ii){.root = ask->wanted[i]->oid});
            ny_xml_w_raw(w, NY_S("</scopingOrganization></asOtherIDs>"));
        }
    }
}

/* ---- one person ---- */

static void hit_write(struct ny_xml_writer *w, const struct ihe_exchange *ex,
                      const struct ny_search_hit *hit)
{
    const struct ny_registry *r = ex->ihe->cfg.registry;
    size_t n = 0;
    struct ny_known_id *ids = ihe_hit_ids(r, hit, w->buf.arena, &n);

    ihe_v3_person_open(w, ids, n);
    ihe_v3_names_write(w, hit->patient);
    phones_write(w, hit->patient);
    singles_write(w, hit->patient);
    addresses_write(w, hit->patient);
    missing_write(w, ex->ask, ids, n);
    ny_xml_w_raw(w, NY_S("</patientPerson><subjectOf1><queryMatchObservation classCode=\"OBS\" "
                         "moodCode=\"EVN\"><code code=\"IHE_PDQ\"/><value xmlns:xsi=\""
                         "http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"INT\" value=\""));
    ny_xml_w_raw(w,
                 ny_arena_printf(w->buf.arena, "%d",
                                 ny_match_confidence(hit->total_b1024) * 100 / NY_CONFIDENCE_ONE));
    ny_xml_w_raw(w, NY_S("\"/></queryMatchObservation></subjectOf1>"));
    ihe_v3_person_close(w, ny_registry_regional(r)->oid);
}

/* ---- the whole ---- */

ny_rc ihe_iti47_write(struct ihe_exchange *ex, struct ny_arena *a, ny_str *out)
{
    const struct ny_search_page *p = ihe_is_refused(ex) ? NULL : ex->page;
    struct ihe_counts counts = {0};
    struct ny_xml_writer w;

    ny_xml_w_init(&w, a);
    ihe_v3_answer_begin(ex, &w);
    ihe_v3_acknowledgement_write(ex, &w, ihe_is_refused(ex) ? "AE" : "AA");
    ihe_v3_act_open(&w, ex->v3->kind->trigger);
    for (size_t i = 0; p != NULL && i < p->n; i++) {
        hit_write(&w, ex, &p->hits[i]);
    }
    if (p != NULL) {
        counts = (struct ihe_counts){p->total, p->n, p->remaining};
        ihe_pages_keep(ex, p->next);
    }
    return ihe_v3_query_end(ex, &w, &counts, counts.total > 0, out);
}
