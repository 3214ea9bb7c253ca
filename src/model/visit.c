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
