/* What a strict sender of HL7 v3 may not do and a lenient one may (our HL7 v3 rules 15): leave out
 * a classCode, write OIDs as URNs, leave elements without a namespace. Our readers pass over all of
 * it, so this is looked for beforehand, and only for who is strict. */

#include "v3_priv.h"

/* Elements whose classCode the schemas require wherever they stand. */
static const char *const classed[] = {
    "asAgent",
    "asOtherIDs",
    "assignedDevice",
    "assignedEntity",
    "contactParty",
    "device",
    "patient",
    "priorRegisteredRole",
    "priorRegistration",
    "providerOrganization",
    "registrationEvent",
    "relationshipHolder1",
    "representedOrganization",
    "scopingOrganization",
};

static bool needs_class(const struct ny_xml_node *n)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(classed); i++) {
        if (ny_str_equals(n->name, ny_str_from_c(classed[i]))) {
            return true;
        }
    }
    return false;
}

/* The first element below n, or n, that is not in the form; NULL: all are. The depth of a tree is
 * capped where it is read. */
static const struct ny_xml_node *lax_find(const struct ny_xml_node *n)
{
    const struct ny_xml_node *found = NULL;

    if (ny_str_starts_with(ny_str_trim(ny_xml_attr(n, "root")), NY_S("urn:oid:")) ||
        (needs_class(n) && ny_xml_attr(n, "classCode").n == 0)) {
        return n;
    }
    for (const struct ny_xml_node *c = ny_xml_first(n); c != NULL && found == NULL;
         c = ny_xml_next(c)) {
        found = lax_find(c);
    }
    return found;
}

bool ihe_v3_form_is_refused(const struct ihe_exchange *ex, const struct ny_xml_node **where)
{
    const struct ihe_v3 *v3 = ex->v3;
    bool strict = !v3->x->stored && ex->request.source != NULL && ex->request.source->strict_v3;

    *where = strict ? v3->unnamed : NULL;
    if (strict && *where == NULL) {
        *where = lax_find(v3->x->message);
    }
    return *where != NULL || (v3->x->invalid && (strict || v3->x->strict));
}
