/* PRPA_IN201306UV02: everybody who fits, with the values that his records hold now, and how sure it
 * is. Order of elements: the schemas of NE2008. */

#include "nayose/text.h"

#include "v3_priv.h"

#include <stdio.h>

static void attribute_write(struct ny_xml_writer *w, const char *element, const char *name,
                            ny_str value)
{
    if (value.n > 0) {
        ny_xml_w_open(w, element);
        ny_xml_w_attr(w, name, value);
        ny_xml_w_close(w);
    }
}

static void part_write(struct ny_xml_writer *w, const char *element, ny_str value)
{
    if (value.n > 0) {
        ny_xml_w_element(w, element, value);
    }
}

/* ---- names ---- */

/* False: nothing in this script. */
static bool name_write(struct ny_xml_writer *w, const struct ny_value *v, enum ny_part_id family,
                       const char *script)
{
    ny_str type = ny_value_part(v, NY_PART_NAME_TYPE);
    bool maiden = ny_str_equals(type, NY_S("M"));
    const char *use = ny_str_equals(type, NY_S("A")) ? "A" : "L";
    char uses[16];

    if (ny_value_part(v, family).n + ny_value_part(v, family + 1).n +
            ny_value_part(v, family + 2).n ==
        0) {
        return false;
    }
    (void)snprintf(uses, sizeof(uses), "%s %s", use, script);
    ny_xml_w_open(w, "name");
    ny_xml_w_attr_c(w, "use", uses);
    if (ny_value_part(v, family).n > 0) {
        ny_xml_w_open(w, "family");
        if (maiden) {
            ny_xml_w_attr_c(w, "qualifier", "BR");
        }
        ny_xml_w_text(w, ny_value_part(v, family));
        ny_xml_w_close(w);
    }
    part_write(w, "given", ny_value_part(v, family + 1));
    part_write(w, "given", ny_value_part(v, family + 2));
    ny_xml_w_close(w);
    return true;
}

static void names_write(struct ny_xml_writer *w, const struct ny_patient *p)
{
    const struct ny_set *s = &p->sets[NY_SET_NAME];
    size_t leading = ny_patient_leading_name(p);
    bool any = false;

    for (size_t i = 0; i < s->n; i++) {
        if (i == leading || ihe_is_shown(s, &s->values[i])) {
            any |= name_write(w, &s->values[i], NY_PART_NAME_KANJI_FAMILY, "IDE");
            any |= name_write(w, &s->values[i], NY_PART_NAME_KANA_FAMILY, "SYL");
            any |= name_write(w, &s->values[i], NY_PART_NAME_LATIN_FAMILY, "ABC");
        }
    }
    if (!any) {
        ny_xml_w_raw(w, NY_S("<name nullFlavor=\"NA\"/>"));
    }
}

/* ---- other values ---- */

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
            part_write(w, "streetAddressLine", ny_value_part(v, NY_PART_ADDRESS_STREET));
            part_write(w, "additionalLocator", ny_value_part(v, NY_PART_ADDRESS_OTHER));
            part_write(w, "city", ny_value_part(v, NY_PART_ADDRESS_CITY));
            part_write(w, "state", ny_value_part(v, NY_PART_ADDRESS_STATE));
            part_write(w, "postalCode", ny_value_part(v, NY_PART_ADDRESS_POSTAL));
            part_write(w, "country", ny_value_part(v, NY_PART_ADDRESS_COUNTRY));
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
    attribute_write(w, "administrativeGenderCode", "code",
                    sex_code(p->singles[NY_SINGLE_SEX].value));
    attribute_write(w, "birthTime", "value", ny_str_from_c(birth));
    if (twin.n > 0) {
        attribute_write(w, "multipleBirthInd", "value",
                        ny_str_equals(twin, NY_S("Y")) ? NY_S("true") : NY_S("false"));
    }
}

/* Domains that were asked for and have no id of him. */
static void missing_write(struct ny_xml_writer *w, const struct ny_search_ask *ask,
                          const struct ihe_id *ids, size_t n)
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
            ihe_v3_id_write(w, "id", ask->wanted[i]->oid, NY_STR_NONE, NY_STR_NONE);
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
    struct ihe_id *ids = ihe_hit_ids(r, hit, w->buf.arena, &n);
    char score[8];

    (void)snprintf(score, sizeof(score), "%d",
                   (int)(100 * (1 - ny_match_p_false(hit->total_b1024))));
    ny_xml_w_raw(w, NY_S("<subject typeCode=\"SUBJ\"><registrationEvent classCode=\"REG\" "
                         "moodCode=\"EVN\"><id nullFlavor=\"NA\"/><statusCode code=\"active\"/>"
                         "<subject1 typeCode=\"SBJ\"><patient classCode=\"PAT\">"));
    for (size_t i = 0; i < n; i++) {
        ihe_v3_id_write(w, "id", ids[i].domain->oid, ids[i].id, ids[i].domain->ns);
    }
    ny_xml_w_raw(w, NY_S("<statusCode code=\"active\"/><patientPerson classCode=\"PSN\" "
                         "determinerCode=\"INSTANCE\">"));
    names_write(w, hit->patient);
    phones_write(w, hit->patient);
    singles_write(w, hit->patient);
    addresses_write(w, hit->patient);
    missing_write(w, ex->ask, ids, n);
    ny_xml_w_raw(w, NY_S("</patientPerson><subjectOf1><queryMatchObservation classCode=\"OBS\" "
                         "moodCode=\"EVN\"><code code=\"IHE_PDQ\"/><value xmlns:xsi=\""
                         "http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"INT\" value=\""));
    ny_xml_w_raw(w, ny_str_from_c(score));
    ny_xml_w_raw(w, NY_S("\"/></queryMatchObservation></subjectOf1></patient></subject1>"
                         "<custodian typeCode=\"CST\"><assignedEntity classCode=\"ASSIGNED\">"));
    ihe_v3_id_write(w, "id", ny_registry_regional(r)->oid, NY_STR_NONE, NY_STR_NONE);
    ny_xml_w_raw(w, NY_S("</assignedEntity></custodian></registrationEvent></subject>"));
}

/* ---- the whole ---- */

static void quantity_write(struct ny_xml_writer *w, const char *element, size_t n)
{
    char text[24];

    (void)snprintf(text, sizeof(text), "%zu", n);
    attribute_write(w, element, "value", ny_str_from_c(text));
}

static void ack_write(struct ny_xml_writer *w, const struct ihe_exchange *ex,
                      const struct ny_search_page *p)
{
    const struct ny_xml_node *id = ihe_v3_child(ex->v3->query, "queryId");
    const char *response = "QE";

    if (!ihe_is_refused(ex)) {
        response = p != NULL && p->total > 0 ? "OK" : "NF";
    } else if (ihe_fault_row(ex->fault)->err >= 204 && ihe_fault_row(ex->fault)->err <= 207) {
        response = "AE";
    }
    ny_xml_w_open(w, "queryAck");
    if (id != NULL) {
        ihe_v3_id_write(w, "queryId", ny_xml_attr(id, "root"), ny_xml_attr(id, "extension"),
                        ny_xml_attr(id, "assigningAuthorityName"));
    }
    attribute_write(w, "statusCode", "code",
                    ihe_is_refused(ex) ? NY_S("aborted") : NY_S("deliveredResponse"));
    attribute_write(w, "queryResponseCode", "code", ny_str_from_c(response));
    quantity_write(w, "resultTotalQuantity", p != NULL ? p->total : 0);
    quantity_write(w, "resultCurrentQuantity", p != NULL ? p->n : 0);
    quantity_write(w, "resultRemainingQuantity", p != NULL ? p->remaining : 0);
    ny_xml_w_close(w);
}

ny_rc ihe_iti47_write(struct ihe_exchange *ex, struct ny_arena *a, ny_str *out)
{
    const struct ny_search_page *p = ihe_is_refused(ex) ? NULL : ex->page;
    struct ny_xml_writer w;

    ny_xml_w_init(&w, a);
    ihe_v3_wrapper_write(ex->v3, &w);
    ihe_v3_acknowledgement_write(ex, &w, ihe_is_refused(ex) ? "AE" : "AA");
    ihe_v3_act_open(ex->v3, &w);
    for (size_t i = 0; p != NULL && i < p->n; i++) {
        hit_write(&w, ex, &p->hits[i]);
    }
    ack_write(&w, ex, p);
    if (p != NULL) {
        ihe_pages_keep(ex, p->next);
    }
    if (ny_xml_is(ex->v3->query, NY_HL7V3_NS, "queryByParameter")) {
        ny_xml_w_copy(&w, ex->v3->query);
    }
    ny_xml_w_close(&w); /* controlActProcess */
    ny_xml_w_close(&w);
    return ny_xml_w_end(&w, out);
}
