/* Time stamps. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/hl7v2.h"

#define JST_DAY(days) ((days)*NY_US_PER_DAY - 9 * 3600 * NY_US_PER_SECOND)

static const struct {
    const char *in;
    int precision; /* 0: refused */
    int64_t us;
    bool zone;
} rows[] = {
    {"2026",                  NY_HL7V2_TS_YEAR,     JST_DAY(20454),                        false},
    {"202601",                NY_HL7V2_TS_MONTH,    JST_DAY(20454),                        false},
    {"20260101",              NY_HL7V2_TS_DAY,      JST_DAY(20454),                        false},
    {"2026010109",            NY_HL7V2_TS_HOUR,     JST_DAY(20454) + INT64_C(32400000000), false},
    {"202601010930",          NY_HL7V2_TS_MINUTE,   JST_DAY(20454) + INT64_C(34200000000), false},
    {"20260101093015",        NY_HL7V2_TS_SECOND,   JST_DAY(20454) + INT64_C(34215000000), false},
    {"20111220224447.3399",   NY_HL7V2_TS_FRACTION, INT64_C(1324388687339900),             false},
    {"20111220224447.3",      NY_HL7V2_TS_FRACTION, INT64_C(1324388687300000),             false},
    {"20090226131520-0600",   NY_HL7V2_TS_SECOND,   INT64_C(1235675720000000),             true },
    {"20090226131520.5+0900", NY_HL7V2_TS_FRACTION, INT64_C(1235621720500000),             true },
    {"20090226+0000",         NY_HL7V2_TS_DAY,      INT64_C(1235606400000000),             true },
    {"19000101",              NY_HL7V2_TS_DAY,      JST_DAY(-25567),                       false},
    {"20240229",              NY_HL7V2_TS_DAY,      JST_DAY(19782),                        false},
    {"",                      0,                    0,                                     false},
    {"202",                   0,                    0,                                     false},
    {"20260",                 0,                    0,                                     false},
    {"20261301",              0,                    0,                                     false},
    {"20260001",              0,                    0,                                     false},
    {"20260230",              0,                    0,                                     false},
    {"20230229",              0,                    0,                                     false},
    {"0000",                  0,                    0,                                     false},
    {"00000000",              0,                    0,                                     false},
    {"2026010124",            0,                    0,                                     false},
    {"202601010060",          0,                    0,                                     false},
    {"20260101000060",        0,                    0,                                     false},
    {"20260101000000.",       0,                    0,                                     false},
    {"20260101000000.12345",  0,                    0,                                     false},
    {"202601010000.1",        0,                    0,                                     false},
    {"20260101 ",             0,                    0,                                     false},
    {"2026/01/01",            0,                    0,                                     false},
    {"2026-01-01",            0,                    0,                                     false},
    {"20260101+9",            0,                    0,                                     false},
    {"20260101+0960",         0,                    0,                                     false},
    {"20260101+1500",         0,                    0,                                     false},
    {"20260101+0900+0900",    0,                    0,                                     false},
    {"+0900",                 0,                    0,                                     false},
    {"yesterday",             0,                    0,                                     false},
    {"２０２６",          0,                    0,                                     false},
};

static void test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_hl7v2_ts t = {0};
        struct ny_error err = {0};
        ny_rc rc = ny_hl7v2_ts_parse(ny_str_from_c(rows[i].in), NY_HL7V2_JST_MIN, &t, &err);

        if (rc != (rows[i].precision == 0 ? NY_ESYNTAX : NY_OK) ||
            (int)t.precision != rows[i].precision || t.us != rows[i].us ||
            t.has_zone != rows[i].zone) {
            fail_msg("row '%s': %d %d %lld", rows[i].in, rc, (int)t.precision, (long long)t.us);
        }
    }
}

static void test_date_keeps_its_precision(void **state)
{
    struct ny_hl7v2_ts t;

    (void)state;
    assert_int_equal(ny_hl7v2_ts_parse(NY_S("198402"), 0, &t, NULL), NY_OK);
    assert_true(ny_date_equals(t.date, (ny_date){1984, 2, 0, NY_DATE_MONTH}));
    assert_int_equal(ny_hl7v2_ts_parse(NY_S("19840203010203-1000"), 0, &t, NULL), NY_OK);
    assert_true(ny_date_equals(t.date, (ny_date){1984, 2, 3, NY_DATE_DAY}));
    assert_int_equal(t.offset_min, -600);
}

static void test_write_and_read(void **state)
{
    char out[NY_HL7V2_TS_LEN];

    (void)state;
    ny_hl7v2_ts_write(INT64_C(1324388687339900), out);
    assert_string_equal(out, "20111220224447+0900");
    for (int64_t us = INT64_C(-3000000000000000); us < INT64_C(3000000000000000);
         us += INT64_C(77777777000000)) {
        struct ny_hl7v2_ts t;

        ny_hl7v2_ts_write(us, out);
        assert_int_equal(ny_hl7v2_ts_parse(ny_str_from_c(out), 0, &t, NULL), NY_OK);
        assert_true(t.us == us);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_date_keeps_its_precision),
        cmocka_unit_test(test_write_and_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
