/* Local ids of one length. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/model.h"

static const struct {
    unsigned width;
    const char *in, *out;
} rows[] = {
    {0,  "00123",                    "00123"               },
    {8,  "123",                      "00000123"            },
    {8,  "00000123",                 "00000123"            },
    {8,  "0000000123",               "00000123"            },
    {8,  "0012345678",               "12345678"            },
    {8,  "123456789",                "123456789"           },
    {8,  "00123456789",              "123456789"           },
    {8,  "0",                        "00000000"            },
    {8,  "000000000000",             "00000000"            },
    {8,  "A123",                     "A123"                },
    {8,  "12-3",                     "12-3"                },
    {8,  "",                         ""                    },
    {20, "1",                        "00000000000000000001"},
    {20, "000000000000000000000001", "00000000000000000001"},
    {21, "1",                        "1"                   },
    {1,  "007",                      "7"                   },
};

static void test_ids_get_one_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        const struct ny_domain d = {.id_width = rows[i].width};
        char buf[NY_ID_WIDTH_MAX];
        char again[NY_ID_WIDTH_MAX];
        ny_str out = ny_domain_local_id(&d, ny_str_from_c(rows[i].in), buf);

        if (!ny_str_equals(out, ny_str_from_c(rows[i].out))) {
            fail_msg("%s at %u: %.*s", rows[i].in, rows[i].width, NY_ARG(out));
        }
        assert_true(ny_str_equals(ny_domain_local_id(&d, out, again), out));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ids_get_one_length)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
