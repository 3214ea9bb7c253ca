/* module: text
 * Birth dates: a date that is read is a day of the calendar, and written in its era it reads back.
 */

#include <stdlib.h>

#include "nayose/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(cond) ((cond) ? (void)0 : abort())

static void check_date(struct ny_arena *a, ny_date d)
{
    ny_date back;
    unsigned flags;
    ny_str text = ny_text_era_write(a, d);

    CHECK(d.y >= 1873);
    CHECK(ny_date_is_valid(d.y, d.m > 0 ? d.m : 1, d.d > 0 ? d.d : 1));
    CHECK((d.m > 0) == (d.precision >= NY_DATE_MONTH) && (d.d > 0) == (d.precision == NY_DATE_DAY));
    if (d.y < 2100) {
        CHECK(ny_text_birth_date_parse(text, (ny_date){0}, &back, &flags) == NY_OK);
        CHECK(ny_date_equals(d, back) && flags == NY_BIRTH_ERA);
    }
    CHECK(!ny_text_is_era_confusion(d, d));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const ny_date messages[] = {
        {0,    0,  0,  0          },
        {2026, 11, 21, NY_DATE_DAY}
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(messages); i++) {
        struct ny_arena *a = ny_arena_create(65536);
        ny_date d = {0};
        unsigned flags = 0;

        if (ny_text_birth_date_parse(ny_str_of((const char *)data, size), messages[i], &d,
                                     &flags) == NY_OK) {
            if (d.precision != NY_DATE_NONE) {
                CHECK((flags & NY_BIRTH_PLACEHOLDER) == 0);
                check_date(a, d);
            }
        } else {
            CHECK(d.precision == NY_DATE_NONE && flags == 0);
        }
        ny_arena_destroy(a);
    }
    return 0;
}
