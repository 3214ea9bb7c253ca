/* Cutting segments as bytes: half a kanji is no separator. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/hl7v2.h"

enum { PARTS = 4 };

static const struct {
    const char *name, *segment;
    bool cp932;
    size_t n;
    const char *part[PARTS];
    const char *rest; /* NULL: nothing is left */
} cases[] = {
    {"fields",                  "PID|1||9",       false, 4, {"PID", "1", "", "9"},                 NULL },
    {"more than wanted",        "PID|1||9|x|y",   false, 4, {"PID", "1", "", "9"},                 "x|y"},
    {"an empty field is left",  "PID|1||9|",      false, 4, {"PID", "1", "", "9"},                 ""   },
    {"fewer than wanted",       "PID|1",          false, 2, {"PID", "1"},                          NULL },
    {"a bare name",             "PID",            false, 1, {"PID"},                               NULL },
    {"other separator",         "PID$1$|",        false, 3, {"PID", "1", "|"},                     NULL },
    {"kanji of | in ISO 2022",
     "PID|\x1B$B\x30\x7C\x1B(B|2",                false,
     3,                                                     {"PID", "\x1B$B\x30\x7C\x1B(B", "2"},
     NULL                                                                                               },
    {"JIS X 0212",
     "PID|\x1B$(D\x30\x7C\x1B(B|2",               false,
     3,                                                     {"PID", "\x1B$(D\x30\x7C\x1B(B", "2"},
     NULL                                                                                               },
    {"escape cut at the end",   "PID|a\x1B",      false, 2, {"PID", "a\x1B"},                      NULL },
    {"pair cut at the end",     "PID|\x1B$B\x30", false, 2, {"PID", "\x1B$B\x30"},                 NULL },
    {"second byte | in CP932",  "PID|\x83\x7C|2", true,  3, {"PID", "\x83\x7C", "2"},              NULL },
    {"the same when not known", "PID|\x83\x7C|2", false, 4, {"PID", "\x83", "", "2"},              NULL },
};

static void segments_are_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(cases); i++) {
        ny_str part[PARTS];
        ny_str rest;
        size_t n =
            ny_hl7v2_raw_parts(ny_str_from_c(cases[i].segment), cases[i].cp932, part, PARTS, &rest);

        if (n != cases[i].n) {
            fail_msg("%s: %zu parts", cases[i].name, n);
        }
        for (size_t k = 0; k < n; k++) {
            if (!ny_str_equals(part[k], ny_str_from_c(cases[i].part[k]))) {
                fail_msg("%s: part %zu", cases[i].name, k);
            }
        }
        if ((rest.p == NULL) != (cases[i].rest == NULL) ||
            !ny_str_equals(rest, ny_str_from_c(cases[i].rest))) {
            fail_msg("%s: the rest", cases[i].name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(segments_are_cut)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
