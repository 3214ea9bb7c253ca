/* Who asks, and how much has to be known of a patient to ask for him. */

#include "admin_priv.h"

enum { CRITERIA_MAX = 5 };

void ny_admin_requesters_get(struct request *q)
{
    const struct ny_requester_row *const *all;
    size_t n = ny_registry_sources(q->registry, &all);
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++) {
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:b, s:i, s:o, s:b, s:b}", "application",
                            ny_admin_str(all[i]->app), "facility", ny_admin_str(all[i]->facility),
                            "feeds", !all[i]->only_asks, "query_criteria", all[i]->query_criteria,
                            "certificates", ny_admin_certificates(all[i]->certificates),
                            "strict_v3", all[i]->strict_v3, "pix_names", all[i]->pix_names));
    }
    ny_admin_json(q, 200, json_pack("{s:o}", "requesters", list));
}

/* The one of exactly this name, or a new one who only asks. */
static struct ny_requester_row row_of(const struct request *q, ny_str app, ny_str facility)
{
    const struct ny_requester_row *const *all;
    size_t n = ny_registry_sources(q->registry, &all);

    for (size_t i = 0; i < n; i++) {
        if (ny_str_equals(all[i]->app, app) && ny_str_equals(all[i]->facility, facility)) {
            return *all[i];
        }
    }
    return (struct ny_requester_row){.app = app, .facility = facility, .only_asks = true};
}

void ny_admin_requesters_post(struct request *q)
{
    json_t *o = ny_admin_body_object(q);
    struct ny_requester_row row;
    const json_t *criteria;
    json_int_t n;
    bool certified;

    if (o == NULL) {
        return;
    }
    row = row_of(q, ny_admin_text_of(q, o, "application"), ny_admin_text_of(q, o, "facility"));
    criteria = json_object_get(o, "query_criteria");
    n = criteria == NULL ? row.query_criteria : -1;
    n = json_is_integer(criteria) ? json_integer_value(criteria) : n;
    certified = ny_admin_certificates_take(q, o, &row.certificates);
    ny_admin_bool_take(o, "strict_v3", &row.strict_v3);
    ny_admin_bool_take(o, "pix_names", &row.pix_names);
    json_decref(o);
    if (ny_str_is_empty(row.facility)) {
        ny_admin_fail(q, 400, "the facility (MSH-4) is missing", "");
    } else if (n < 0 || n > CRITERIA_MAX) {
        ny_admin_fail(q, 400, "query_criteria is a number from 0 to 5", "0: as configured");
    } else if (!certified) {
        ny_admin_fail(q, 400, "this is no certificate", NY_ADMIN_CERTIFICATE_HINT);
    } else {
        row.query_criteria = (int)n;
        ny_registry_source_set(q->registry, &row, q->call->user, ny_admin_changed, q);
    }
}
