/* The coded reasons of clerks. */

#include "nayose/model_reason.h"

static const struct ny_reason reasons[] = {
#define NY_REVIEW_REASON(code, same, different, en, ja) {code, same, different, en, ja},
#include "nayose/tbl/review_reasons.def"
};

size_t ny_reasons(const struct ny_reason **out)
{
    *out = reasons;
    return NY_ARRAY_LEN(reasons);
}

const struct ny_reason *ny_reason_find(ny_str code)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(reasons); i++) {
        if (ny_str_equals(code, ny_str_from_c(reasons[i].code))) {
            return &reasons[i];
        }
    }
    return NULL;
}
