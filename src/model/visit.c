/* Fields of a visit. */

#include "nayose/model_visit.h"

unsigned ny_visit_pv1(enum ny_visit_field f)
{
    static const unsigned fields[] = {
#define NY_VISIT(id, field) [NY_VISIT_##id] = (field),
#include "nayose/tbl/model_visit.def"
#undef NY_VISIT
    };

    return fields[f];
}

bool ny_visit_term_is_key(ny_str term)
{
    uint64_t field = 0;
    uint64_t component = 0;
    ny_str sub;

    if (ny_str_to_u64(ny_str_split(&term, '.'), 1, 99, &field) != NY_OK ||
        ny_str_to_u64(ny_str_split(&term, '.'), 1, 99, &component) != NY_OK) {
        return false;
    }
    sub = ny_str_split(&term, '=');
    return field != ny_visit_pv1(NY_VISIT_CLASS) && field != ny_visit_pv1(NY_VISIT_SERVICE) &&
           component <= 2 && ny_str_equals(sub, NY_S("1"));
}
