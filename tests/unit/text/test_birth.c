/* Birth dates and eras (1.5), sex (1.6), phones (1.7), insurance (1.9). */

#include "text_support.h"

static const ny_date message = {2026, 11, 21, NY_DATE_DAY};

enum { ERA = NY_BIRTH_ERA, OVERFLOW_FLAG = NY_BIRTH_ERA_OVERFLOW, DUMMY = NY_BIRTH_PLACEHOLDER };

/* out as "1959-05-01", "1959-05", "1959" or "". */
static const struct {
    const char *in;
    ny_rc rc;
    const char *out;
    unsigned flags;
} rows[] = {
    {"19590501",                       NY_OK,      "1959-05-01", 0                  },
    {"195905",                         NY_OK,      "1959-05",    0                  },
    {"1959",                           NY_OK,      "1959",       0                  },
    {"1959-05-01",                     NY_OK,      "1959-05-01", 0                  },
    {"1959/5/1",                       NY_OK,      "1959-05-01", 0                  },
    {"1959.5.1",                       NY_OK,      "1959-05-01", 0                  },
    {"1959年5月1日",                NY_OK,      "1959-05-01", 0                  },
    {"1959年5月",                    NY_OK,      "1959-05",    0                  },
    {"1959年",                        NY_OK,      "1959",       0                  },
    {"西暦1959年5月1日",          NY_OK,      "1959-05-01", 0                  },
    {"１９５９０５０１",       NY_OK,      "1959-05-01", 0                  },
    {"１９５９／５／１",       NY_OK,      "1959-05-01", 0                  },
    {"19590501000000",                 NY_OK,      "1959-05-01", 0                  },
    {"195905010000",                   NY_OK,      "1959-05-01", 0                  },
    {"19590501000000.0000+0900",       NY_OK,      "1959-05-01", 0                  },
    {"19590501+0900",                  NY_OK,      "1959-05-01", 0                  },
    {"1959-05-01T00:00:00+09:00",      NY_OK,      "1959-05-01", 0                  },
    {"1959-05-01T00:00:00Z",           NY_OK,      "1959-05-01", 0                  },
    {"1959/05/01 0:00:00",             NY_OK,      "1959-05-01", 0                  },
    {" 19590501 ",                     NY_OK,      "1959-05-01", 0                  },
    {"1959 5 1",                       NY_OK,      "1959-05-01", 0                  },
    {"19590500",                       NY_OK,      "1959-05",    0                  },
    {"19590000",                       NY_OK,      "1959",       0                  },
    {"195900",                         NY_OK,      "1959",       0                  },
    {"1959-00-00",                     NY_OK,      "1959",       0                  },
    {"20000229",                       NY_OK,      "2000-02-29", 0                  },
    {"",                               NY_OK,      "",           0                  },
 /* eras */
    {"M44.1.2",                        NY_OK,      "1911-01-02", ERA                },
    {"T10.1.2",                        NY_OK,      "1921-01-02", ERA                },
    {"S34.5.1",                        NY_OK,      "1959-05-01", ERA                },
    {"H10.5.1",                        NY_OK,      "1998-05-01", ERA                },
    {"R2.5.1",                         NY_OK,      "2020-05-01", ERA                },
    {"s34.5.1",                        NY_OK,      "1959-05-01", ERA                },
    {"ｓ３４．５．１",          NY_OK,      "1959-05-01", ERA                },
    {"S34. 5. 1",                      NY_OK,      "1959-05-01", ERA                },
    {"S34/05/01",                      NY_OK,      "1959-05-01", ERA                },
    {"S34-5-1",                        NY_OK,      "1959-05-01", ERA                },
    {"S340501",                        NY_OK,      "1959-05-01", ERA                },
    {"S3405",                          NY_OK,      "1959-05",    ERA                },
    {"S34",                            NY_OK,      "1959",       ERA                },
    {"3340501",                        NY_OK,      "1959-05-01", ERA                },
    {"1440102",                        NY_OK,      "1911-01-02", ERA                },
    {"2100102",                        NY_OK,      "1921-01-02", ERA                },
    {"4100501",                        NY_OK,      "1998-05-01", ERA                },
    {"5020501",                        NY_OK,      "2020-05-01", ERA                },
    {"3-34-05-01",                     NY_OK,      "1959-05-01", ERA                },
    {"明44年1月2日",               NY_OK,      "1911-01-02", ERA                },
    {"大10年1月2日",               NY_OK,      "1921-01-02", ERA                },
    {"昭34.5.1",                      NY_OK,      "1959-05-01", ERA                },
    {"平10.5.1",                      NY_OK,      "1998-05-01", ERA                },
    {"令2.5.1",                       NY_OK,      "2020-05-01", ERA                },
    {"昭和34年05月01日",          NY_OK,      "1959-05-01", ERA                },
    {"昭和３４年５月１日生", NY_OK,      "1959-05-01", ERA                },
    {"昭和三十四年五月一日", NY_OK,      "1959-05-01", ERA                },
    {"昭和 34年 5月 1日",         NY_OK,      "1959-05-01", ERA                },
    {"㍼34年5月1日",               NY_OK,      "1959-05-01", ERA                },
    {"㋿2年5月1日",                NY_OK,      "2020-05-01", ERA                },
    {"昭和34年5月",                NY_OK,      "1959-05",    ERA                },
    {"昭和34年",                    NY_OK,      "1959",       ERA                },
    {"昭和34年5月00日",           NY_OK,      "1959-05",    ERA                },
    {"令和元年5月1日",           NY_OK,      "2019-05-01", ERA                },
    {"平成元年1月8日",           NY_OK,      "1989-01-08", ERA                },
    {"平成9年9月9日",             NY_OK,      "1997-09-09", ERA                },
 /* both names on the first days of 大正 and 昭和, not on that of 平成 and 令和 */
    {"明治45年7月30日",           NY_OK,      "1912-07-30", ERA                },
    {"大正元年7月30日",          NY_OK,      "1912-07-30", ERA                },
    {"大正15年12月25日",          NY_OK,      "1926-12-25", ERA                },
    {"昭和元年12月25日",         NY_OK,      "1926-12-25", ERA                },
    {"大正15年12月26日",          NY_OK,      "1926-12-26", ERA | OVERFLOW_FLAG},
    {"昭和64年1月7日",            NY_OK,      "1989-01-07", ERA                },
    {"昭和64年1月8日",            NY_OK,      "1989-01-08", ERA | OVERFLOW_FLAG},
    {"昭和64年",                    NY_OK,      "1989",       ERA                },
    {"平成31年4月30日",           NY_OK,      "2019-04-30", ERA                },
    {"平成31年5月1日",            NY_OK,      "2019-05-01", ERA | OVERFLOW_FLAG},
    {"平成1年1月1日",             NY_OK,      "1989-01-01", ERA | OVERFLOW_FLAG},
    {"昭和65年1月8日",            NY_OK,      "1990-01-08", ERA | OVERFLOW_FLAG},
    {"昭和65年",                    NY_OK,      "1990",       ERA | OVERFLOW_FLAG},
    {"平成32年1月1日",            NY_OK,      "2020-01-01", ERA | OVERFLOW_FLAG},
 /* placeholders */
    {"00000000",                       NY_OK,      "",           DUMMY              },
    {"0000-00-00",                     NY_OK,      "",           DUMMY              },
    {"000000",                         NY_OK,      "",           DUMMY              },
    {"0000000",                        NY_OK,      "",           DUMMY              },
    {"99999999",                       NY_OK,      "",           DUMMY              },
    {"9999/99/99",                     NY_OK,      "",           DUMMY              },
    {"9999",                           NY_OK,      "",           DUMMY              },
    {"11111111",                       NY_OK,      "",           DUMMY              },
    {"18991230",                       NY_OK,      "",           DUMMY              },
    {"18991231",                       NY_OK,      "",           DUMMY              },
    {"19000101",                       NY_OK,      "",           DUMMY              },
    {"明治33年1月1日",            NY_OK,      "",           DUMMY | ERA        },
    {"1330101",                        NY_OK,      "",           DUMMY | ERA        },
    {"18680101",                       NY_OK,      "",           DUMMY              },
    {"18000101",                       NY_OK,      "",           DUMMY              },
    {"00010101",                       NY_OK,      "",           DUMMY              },
    {"18721231",                       NY_OK,      "",           DUMMY              },
    {"明治5年12月2日",            NY_OK,      "",           DUMMY | ERA        },
    {"20261122",                       NY_OK,      "2026-11-22", 0                  },
    {"20261123",                       NY_OK,      "",           DUMMY              },
    {"2027",                           NY_OK,      "",           DUMMY              },
    {"202611",                         NY_OK,      "2026-11",    0                  },
    {"19011121",                       NY_OK,      "1901-11-21", 0                  },
    {"19011120",                       NY_OK,      "",           DUMMY              },
    {"18730101",                       NY_OK,      "",           DUMMY              }, /* 125 years before the message */
  /* impossible */
    {"01000090",                       NY_OK,      "",           DUMMY              }, /* year 100, month unknown */
    {"19590231",                       NY_ERANGE,  "",           0                  },
    {"19001301",                       NY_ERANGE,  "",           0                  },
    {"19590532",                       NY_ERANGE,  "",           0                  },
    {"20230229",                       NY_ERANGE,  "",           0                  },
    {"昭和34年2月30日",           NY_ERANGE,  "",           0                  },
    {"S00.5.1",                        NY_ERANGE,  "",           0                  },
    {"12345678",                       NY_ERANGE,  "",           0                  },
 /* no dates */
    {"不明",                         NY_ESYNTAX, "",           0                  },
    {"19590",                          NY_ESYNTAX, "",           0                  },
    {"6340501",                        NY_ESYNTAX, "",           0                  },
    {"0340501",                        NY_ESYNTAX, "",           0                  },
    {"34年5月1日",                  NY_ESYNTAX, "",           0                  },
    {"1959月5年1日",                NY_ESYNTAX, "",           0                  },
    {"X34.5.1",                        NY_ESYNTAX, "",           0                  },
    {"S34.5.",                         NY_ESYNTAX, "",           0                  },
    {"昭和",                         NY_ESYNTAX, "",           0                  },
    {"1959-05-01-",                    NY_ESYNTAX, "",           0                  },
    {"\"\"",                           NY_ESYNTAX, "",           0                  },
    {"1959--05",                       NY_ESYNTAX, "",           0                  },
};

static ny_str date_text(struct ny_arena *a, ny_date d)
{
    switch (d.precision) {
    case NY_DATE_DAY:
        return ny_arena_printf(a, "%04d-%02d-%02d", d.y, d.m, d.d);
    case NY_DATE_MONTH:
        return ny_arena_printf(a, "%04d-%02d", d.y, d.m);
    case NY_DATE_YEAR:
        return ny_arena_printf(a, "%04d", d.y);
    default:
        return NY_S("");
    }
}

static void test_birth_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_arena *a = ny_arena_create(0);
        ny_date d = {0};
        unsigned flags = 0;
        ny_rc rc = ny_text_birth_date_parse(ny_str_from_c(rows[i].in), message, &d, &flags);
        ny_str text = date_text(a, d);

        if (rc != rows[i].rc || flags != rows[i].flags ||
            !ny_str_equals(text, ny_str_from_c(rows[i].out))) {
            fail_msg("row \"%s\": rc %d, \"%.*s\", flags %u", rows[i].in, rc, NY_ARG(text), flags);
        }
        ny_arena_destroy(a);
    }
}

static void test_no_message_date_skips_its_rules(void **state)
{
    ny_date d = {0};
    unsigned flags = 9;

    (void)state;
    assert_int_equal(ny_text_birth_date_parse(NY_S("30000101"), (ny_date){0}, &d, &flags), NY_OK);
    assert_int_equal(d.y, 3000);
    assert_int_equal(flags, 0);
    assert_int_equal(ny_text_birth_date_parse(NY_S("18730101"), (ny_date){0}, &d, &flags), NY_OK);
    assert_int_equal(d.y, 1873);
    assert_int_equal(ny_text_birth_date_parse(NY_S("19000101"), (ny_date){0}, &d, &flags), NY_OK);
    assert_int_equal(flags, NY_BIRTH_PLACEHOLDER);
}

static void test_failure_writes_nothing(void **state)
{
    ny_date d = {1, 2, 3, 3};
    unsigned flags = 99;

    (void)state;
    assert_int_equal(ny_text_birth_date_parse(NY_S("19590231"), message, &d, &flags), NY_ERANGE);
    assert_int_equal(d.y, 1);
    assert_int_equal(flags, 99);
    assert_int_equal(ny_text_birth_date_parse(NY_S("\xFF"), message, &d, &flags), NY_ECHARSET);
}

/* Written in its era, every day reads back without a flag but the era. */
static void test_era_round_trip(void **state)
{
    int32_t last = ny_days_from_civil(2026, 11, 21);

    (void)state;
    for (int32_t day = ny_days_from_civil(1901, 11, 21); day <= last; day += 1) {
        struct ny_arena *a = ny_arena_create(0);
        ny_date d = ny_civil_from_days(day);
        ny_date back = {0};
        unsigned flags = 0;
        ny_str text;

        for (uint8_t p = NY_DATE_DAY; p >= NY_DATE_YEAR; p--) {
            d.precision = p;
            d.d = p >= NY_DATE_DAY ? d.d : 0;
            d.m = p >= NY_DATE_MONTH ? d.m : 0;
            text = ny_text_era_write(a, d);
            if (ny_text_birth_date_parse(text, message, &back, &flags) != NY_OK ||
                !ny_date_equals(d, back) || flags != NY_BIRTH_ERA) {
                fail_msg("%.*s", NY_ARG(text));
            }
        }
        ny_arena_destroy(a);
    }
}

static void test_era_write(void **state)
{
    static const struct {
        ny_date d;
        const char *text;
    } writes[] = {
        {{1959, 5, 1, 3},  "昭和34年5月1日"  },
        {{2019, 5, 1, 3},  "令和元年5月1日" },
        {{1989, 1, 7, 3},  "昭和64年1月7日"  },
        {{1989, 1, 8, 3},  "平成元年1月8日" },
        {{1989, 0, 0, 1},  "平成元年"         },
        {{1912, 7, 30, 3}, "大正元年7月30日"},
        {{1850, 1, 2, 3},  "1850年1月2日"      },
        {{0, 0, 0, 0},     ""                     },
    };
    struct ny_arena *a = ny_arena_create(0);

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(writes); i++) {
        ny_str text = ny_text_era_write(a, writes[i].d);

        if (!ny_str_equals(text, ny_str_from_c(writes[i].text))) {
            fail_msg("%.*s, expected %s", NY_ARG(text), writes[i].text);
        }
    }
    ny_arena_destroy(a);
}

static void test_era_confusion(void **state)
{
    static const int16_t expected[] = {14, 30, 44, 58, 63, 77, 93};
    const int16_t *shifts;
    size_t n = ny_text_era_shifts(&shifts);
    ny_date d = {1959, 5, 1, NY_DATE_DAY};

    (void)state;
    assert_int_equal(n, NY_ARRAY_LEN(expected));
    for (size_t i = 0; i < n; i++) {
        ny_date e = {(int16_t)(1959 + expected[i]), 5, 1, NY_DATE_DAY};

        assert_int_equal(shifts[i], expected[i]);
        assert_true(ny_text_is_era_confusion(d, e));
        assert_true(ny_text_is_era_confusion(e, d));
        e.d = 2;
        assert_false(ny_text_is_era_confusion(d, e));
    }
    assert_false(ny_text_is_era_confusion(d, d));
    assert_false(ny_text_is_era_confusion(d, (ny_date){1974, 5, 1, NY_DATE_DAY}));
    assert_false(ny_text_is_era_confusion(d, (ny_date){1973, 5, 0, NY_DATE_MONTH}));
}

static void test_sex(void **state)
{
    static const struct {
        const char *in;
        char sex;
    } sexes[] = {
        {"M",   'M'},
        {"f",   'F'},
        {"1",   'M'},
        {"2",   'F'},
        {"Ｍ", 'M'},
        {" F ", 'F'},
        {"男", 'M'},
        {"O",   0  },
        {"U",   0  },
        {"A",   0  },
        {"N",   0  },
        {"",    0  },
        {"3",   0  },
        {"女", 'F'}
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(sexes); i++) {
        if (ny_text_sex(ny_str_from_c(sexes[i].in)) != sexes[i].sex) {
            fail_msg("row \"%s\"", sexes[i].in);
        }
    }
}

static void test_phone(void **state)
{
    static const struct {
        const char *in;
        uint64_t number;
        bool mobile;
    } phones[] = {
        {"03-1234-5678",                         10312345678,  false},
        {"0312345678",                           10312345678,  false},
        {"０３－１２３４－５６７８", 10312345678,  false},
        {"(03)1234-5678",                        10312345678,  false},
        {"03ー1234ー5678",                     10312345678,  false},
        {"TEL 03 1234 5678",                     10312345678,  false},
        {"+81-3-1234-5678",                      10312345678,  false},
        {"+81 (0)3-1234-5678",                   10312345678,  false},
        {"81312345678",                          10312345678,  false},
        {"819012345678",                         109012345678, true },
        {"090-1234-5678",                        109012345678, true },
        {"080-1234-5678",                        108012345678, true },
        {"070-1234-5678",                        107012345678, true },
        {"050-1234-5678",                        105012345678, false},
        {"03-1234-5678 内線 12",               10312345678,  false},
        {"03-1234-5678(ext.12)",                 10312345678,  false},
        {"03-1234-5678x12",                      10312345678,  false},
        {"03-1234-5678#12",                      10312345678,  false},
        {"03-1234-5678/090-1111-2222",           10312345678,  false},
        {"012-345-678",                          1012345678,   false},
        {"12345678",                             0,            false},
        {"9012345678",                           0,            false},
        {"01234567",                             0,            false},
        {"012345678901",                         0,            false},
        {"00000000000",                          0,            false},
        {"0999999999",                           0,            false},
        {"03-000-0000",                          0,            false},
        {"090-0000-0000",                        0,            false},
        {"090-9999-9999",                        0,            false},
        {"090-1000-0000",                        0,            false},
        {"なし",                               0,            false},
        {"",                                     0,            false},
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(phones); i++) {
        struct ny_text_phone p = ny_text_phone_fold(ny_str_from_c(phones[i].in));

        if (p.number != phones[i].number || p.mobile != phones[i].mobile) {
            fail_msg("row \"%s\": %llu %d", phones[i].in, (unsigned long long)p.number, p.mobile);
        }
    }
}

static void test_insurance(void **state)
{
    static const struct {
        const char *in[4];
        uint32_t insurer;
        bool check;
        const char *symbol;
        const char *number;
        int branch;
    } cards[] = {
        {{"33120015", "１２・３４", "56-78 9", "01"},               33120015, true,  "1234",      "56789", 1 },
        {{"33120016", "", "", ""},                                       33120016, false, "",          "",      -1},
        {{"３３１２００１５", "千葉　ア", "ａ1", "００"}, 33120015, true,  "千葉ア", "A1",    0 },
        {{"138057", "", "", "5"},                                        138057,   true,  "",          "",      5 },
        {{"00138057", "", "", "100"},                                    138057,   true,  "",          "",      -1},
        {{"3312-0015", "1ー2", "1-ー2", "x"},                          33120015, true,  "12",        "12",    -1},
        {{"3312001", "", "", ""},                                        0,        false, "",          "",      -1},
        {{"00000000", "", "", ""},                                       0,        false, "",          "",      -1},
        {{"不明", "", "", ""},                                         0,        false, "",          "",      -1},
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(cards); i++) {
        struct ny_arena *a = ny_arena_create(0);
        struct ny_text_insurance r;
        struct ny_text_insurance again;

        assert_int_equal(ny_text_insurance_fold(
                             a, ny_str_from_c(cards[i].in[0]), ny_str_from_c(cards[i].in[1]),
                             ny_str_from_c(cards[i].in[2]), ny_str_from_c(cards[i].in[3]), &r),
                         NY_OK);
        if (r.insurer != cards[i].insurer || r.insurer_check != cards[i].check ||
            r.branch != cards[i].branch ||
            !ny_str_equals(r.symbol, ny_str_from_c(cards[i].symbol)) ||
            !ny_str_equals(r.number, ny_str_from_c(cards[i].number))) {
            fail_msg("row %zu: %u %d %.*s %.*s %d", i, r.insurer, r.insurer_check, NY_ARG(r.symbol),
                     NY_ARG(r.number), r.branch);
        }
        assert_int_equal(ny_text_insurance_fold(a, NY_S(""), r.symbol, r.number, NY_S(""), &again),
                         NY_OK);
        assert_true(ny_str_equals(r.symbol, again.symbol));
        assert_true(ny_str_equals(r.number, again.number));
        ny_arena_destroy(a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_birth_rows),
        cmocka_unit_test(test_no_message_date_skips_its_rules),
        cmocka_unit_test(test_failure_writes_nothing),
        cmocka_unit_test(test_era_round_trip),
        cmocka_unit_test(test_era_write),
        cmocka_unit_test(test_era_confusion),
        cmocka_unit_test(test_sex),
        cmocka_unit_test(test_phone),
        cmocka_unit_test(test_insurance),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
