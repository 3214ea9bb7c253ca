/* The golden vectors of the matching rules 3.3: formula and starting numbers, within .01 bit. */

#include "match_testing.h"

#include <math.h>

enum { FIELDS = NY_FIELD_COUNT };

static const struct {
    const char *name;
    const char *levels; /* blank-separated */
    double tf_given, tf_surname;
    bool male;
    double total, p_false;
} rows[] = {
    {"V1",  "G1 S1 D1 X1",          3e-5, 6e-5,  true,  23.55,  8.2e-8},
    {"V2",  "G1 S1 D1 X1",          4e-3, .0151, true,  8.53,   2.7e-3},
    {"V3",  "G1 S1 D1 X1 A1",       4e-3, .0151, true,  26.63,  9.6e-9},
    {"V4",  "G1 S1 D1 X1 A1 P1 I2", 4e-3, .0151, true,  29.11,  1.7e-9},
    {"V5",  "G7 S1 D1 X1 A1 P1 I2", 0,    .002,  true,  -1.38,  .72   },
    {"V6",  "G6 S1 D1 X1 A1 P1 I2", 0,    .002,  true,  2.58,   .14   },
    {"V7",  "G1 S6 D1 X1 A5 P2 I5", 5e-4, 0,     false, -5.27,  .97   },
    {"V8",  "G1 S6 D1 X1 A5 P1 I5", 5e-4, 0,     false, 12.45,  1.8e-4},
    {"V9",  "G5 S1 D8 X1 A1 P1 I2", 4e-3, .002,  true,  -7.43,  .994  },
    {"V10", "G1 S1 D3 X1 A1 P1",    5e-4, .002,  true,  14.65,  3.9e-5},
    {"V13", "G7 S1 D1 X2 A1 P1 I2", 0,    .002,  false, -11.89, .9997 },
    {"V14", "G1 S2 D1 X1 A1",       5e-4, 0,     true,  29.62,  1.2e-9},
    {"V15", "G1 S1 D1 X1 A5 P2 I5", 5e-4, .002,  true,  8.45,   2.9e-3},
    {"V16", "G6 S1 D1 X1 A1 P1 I4", 0,    .002,  true,  -2.74,  .87   },
};

static struct ny_evidence evidence_of(const char *levels)
{
    struct ny_evidence e = {.names_tried = 1};
    ny_str rest = ny_str_from_c(levels);

    while (rest.p != NULL) {
        enum ny_level l = NY_LEVEL_NONE;

        assert_true(ny_level_parse(ny_str_split(&rest, ' '), &l));
        e.level[ny_level_info(l)->field] = (uint8_t)l;
    }
    return e;
}

static void test_golden_vectors(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_evidence e = evidence_of(rows[i].levels);
        struct ny_waterfall w;
        double total;
        double p;

        e.male = rows[i].male;
        e.tf[NY_RARITY_GIVEN] = ny_bits_of(rows[i].tf_given);
        e.tf[NY_RARITY_SURNAME] = ny_bits_of(rows[i].tf_surname);
        e.tf[NY_RARITY_BIRTH] = ny_bits_of(1.0 / 25000);
        ny_evidence_weigh(f->m, &e, &w);
        total = w.total / 1024.0;
        p = ny_match_p_false(w.total);
        if (fabs(total - rows[i].total) > .01) {
            fail_msg("%s: total %.4f, expected %.2f", rows[i].name, total, rows[i].total);
        }
        if (fabs(p - rows[i].p_false) > rows[i].p_false * .04) {
            fail_msg("%s: P(false) %g, expected %g", rows[i].name, p, rows[i].p_false);
        }
    }
}

static void test_log1p_against_libm(void **state)
{
    struct fixture *f = *state;

    for (int32_t x = -20 * 1024; x <= 20 * 1024; x += 7) {
        double expected = log2(1 + exp2(x / 1024.0)) * 1024;

        if (fabs(ny_log1p_bits(&f->m->log1p, x) - expected) > .55) {
            fail_msg("x = %d: %d, expected %.3f", x, ny_log1p_bits(&f->m->log1p, x), expected);
        }
    }
}

/* Rows of one mode are a distribution, in each column. */
static void test_columns_sum_to_one(void **state)
{
    static const struct {
        enum ny_level first, last;
    } modes[] = {
        {NY_LEVEL_G1,  NY_LEVEL_G7 },
        {NY_LEVEL_N1,  NY_LEVEL_N4 },
        {NY_LEVEL_J1,  NY_LEVEL_J3 },
        {NY_LEVEL_S1,  NY_LEVEL_S6 },
        {NY_LEVEL_SN1, NY_LEVEL_SN4},
        {NY_LEVEL_SJ1, NY_LEVEL_SJ3},
        {NY_LEVEL_D1,  NY_LEVEL_D8 },
        {NY_LEVEL_X1,  NY_LEVEL_X2 },
        {NY_LEVEL_A1,  NY_LEVEL_A5 },
        {NY_LEVEL_P1,  NY_LEVEL_P2 },
        {NY_LEVEL_I1,  NY_LEVEL_I5 },
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(modes); i++) {
        double sum[4] = {0};

        for (enum ny_level l = modes[i].first; l <= modes[i].last; l++) {
            sum[0] += ny_level_info(l)->m_f;
            sum[1] += ny_level_info(l)->m_m;
            sum[2] += ny_level_info(l)->u_r;
            sum[3] += ny_level_info(l)->u_h;
        }
        for (size_t k = 0; k < NY_ARRAY_LEN(sum); k++) {
            if (fabs(sum[k] - 1) > 1.5e-3) {
                fail_msg("mode of %s, column %zu: %g", ny_level_name(modes[i].first), k, sum[k]);
            }
        }
    }
}

/* Missing evidence weighs nothing; the floor and the name pairs are counted. */
static void test_parts_of_the_formula(void **state)
{
    struct fixture *f = *state;
    struct ny_evidence e = {.names_tried = 1};
    struct ny_waterfall w;

    ny_evidence_weigh(f->m, &e, &w);
    assert_int_equal(w.prior, ny_bits_of(.5) - ny_bits_of(1e6));
    for (size_t i = 0; i < FIELDS; i++) {
        assert_int_equal(w.field[i], 0);
    }
    e = evidence_of("A5 P2 I5");
    ny_evidence_weigh(f->m, &e, &w);
    assert_int_equal(w.floor, -6 * 1024 - (w.field[NY_FIELD_ADDRESS] + w.field[NY_FIELD_PHONE] +
                                           w.field[NY_FIELD_INSURANCE]));
    assert_true(w.floor > 0);
    e.names_tried = 4;
    ny_evidence_weigh(f->m, &e, &w);
    assert_int_equal(w.names, -2 * 1024);
    e = evidence_of("G1");
    e.same_authority = true;
    ny_evidence_weigh(f->m, &e, &w);
    assert_int_equal(w.prior, ny_bits_of(.005) - ny_bits_of(1e6));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden_vectors),
        cmocka_unit_test(test_log1p_against_libm),
        cmocka_unit_test(test_columns_sum_to_one),
        cmocka_unit_test(test_parts_of_the_formula),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
