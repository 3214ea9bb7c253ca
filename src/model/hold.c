/* Names of holds. */

#include "nayose/model.h"

static const char *const names[NY_HOLD_WHY_END] = {
    [NY_HOLD_SEARCH] = "search not complete",
    [NY_HOLD_OVERLAY] = "overlay",
    [NY_HOLD_DRIFT] = "drift",
    [NY_HOLD_PIN] = "pin in doubt",
};

const char *ny_hold_name(enum ny_hold_why why)
{
    return names[why];
}

enum ny_hold_why ny_hold_parse(ny_str name)
{
    for (int why = NY_HOLD_SEARCH; why < NY_HOLD_WHY_END; why++) {
        if (ny_str_equals(name, ny_str_from_c(names[why]))) {
            return (enum ny_hold_why)why;
        }
    }
    return (enum ny_hold_why)0;
}
