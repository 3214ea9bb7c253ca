/* Drafts: a copy that behaves the same, learned numbers that survive the text form, the census and
 * its formula, and the values by which learning brings pairs together. */

#include "match_testing.h"

#include <math.h>
#include <stdlib.h>

#define TARO "kf=山田;kg=太郎;pf=ヤマダ;pg=タロウ;birth=19801124;sex=M;"
#define HOME "address=静岡県静岡市葵区追手町9-6;postal=420-8601;phone=054-221-2455;"
#define CARD "insurer=33120015;symbol=12;number=345;"

static ny_str text_of(struct ny_arena *a, const struct ny_match_model *m)
{
    struct ny_buf b;
    ny_str text = NY_STR_NONE;

    ny_buf_init(&b, a);
    assert_int_equal(ny_match_model_write(m, &b), NY_OK);
    assert_int_equal(ny_buf_end(&b, &text), NY_OK);
    return text;
}

static ny_str kana(struct ny_arena *a, const char *k2)
{
    char *p = ny_arena_alloc(a, strlen(k2) + 1);

    return ny_str_of(p, ny_kana_pack(ny_str_from_c(k2), p));
}

static void expect_share(const char *name, int32_t bits, double share)
{
    if (fabs(exp2(bits / 1024.0) / share - 1) > 2e-3) {
        fail_msg("%s: %g, expected %g", name, exp2(bits / 1024.0), share);
    }
}

static void test_copy(void **state)
{
    struct fixture *f = *state;
    struct ny_match_model *m = ny_match_draft_seal(ny_match_draft_create(f->m));
    struct ny_match_settings s;

    assert_true(ny_str_equals(text_of(f->a, f->m), text_of(f->a, m)));
    ny_match_model_settings(m, &s);
    assert_true(ny_match_model_has_settings(m, &s));
    assert_int_equal(s.population, 1000000);
    ny_match_draft_destroy(ny_match_draft_create(m));
    ny_match_draft_destroy(NULL);
    ny_match_model_destroy(m);
}

static void test_numbers(void **state)
{
    struct fixture *f = *state;
    struct ny_match_draft *d = ny_match_draft_create(f->m);
    struct ny_level_numbers n = {
        .m = {.8, .7},
          .u = .001, .h = .02
    };
    struct ny_match_settings s;
    struct ny_match_model *m;
    struct ny_match_model *again = NULL;
    struct ny_error err;

    ny_match_settings_default(&s);
    s.population = 777;
    ny_match_draft_version_set(d, 5);
    ny_match_draft_settings_set(d, &s);
    ny_match_draft_b0_set(d, false);
    ny_match_draft_level_set(d, NY_LEVEL_A1, &n);
    ny_match_draft_mark(d, NY_MARK_SHARED_PHONE, 7);
    ny_match_draft_spike_add(d, (ny_date){1950, 4, 1, NY_DATE_DAY}, .01);
    ny_match_draft_spike_add(d, (ny_date){1950, 4, 1, NY_DATE_DAY}, .005);
    m = ny_match_draft_seal(d);
    assert_int_equal(ny_match_model_parse(text_of(f->a, m), &again, &err), NY_OK);
    assert_true(ny_str_equals(text_of(f->a, m), text_of(f->a, again)));
    assert_int_equal(ny_match_model_version(again), 5);
    ny_match_model_level(again, NY_LEVEL_A1, &n);
    assert_true(fabs(n.m[0] - .8) < 1e-3 && fabs(n.m[1] - .7) < 1e-3);
    assert_true(fabs(n.u - .001) < 1e-5 && fabs(n.h - .02) < 1e-4);
    ny_match_model_settings(again, &s);
    assert_int_equal(s.population, 777);
    assert_int_equal(ny_match_model_marked(again, NY_MARK_SHARED_PHONE), 1);
    expect_share("the larger share of a spike",
                 ny_tf_get(&again->tf, NY_TF_BIRTH_SPIKE, NY_TF_CELL_ANY, NY_S("19500401")), .01);
    ny_match_level_start(NY_LEVEL_A1, &n);
    assert_true(n.m[0] == .62);

    d = ny_match_draft_create(again);
    ny_match_draft_counts_clear(d);
    ny_match_model_destroy(again);
    again = ny_match_draft_seal(d);
    assert_int_equal(ny_match_model_marked(again, NY_MARK_SHARED_PHONE), 0);
    assert_int_equal(ny_match_model_listed(again, NY_TF_BIRTH_SPIKE), 0);
    assert_int_equal(ny_match_model_listed(again, NY_TF_SURNAME_KANJI),
                     ny_match_model_listed(m, NY_TF_SURNAME_KANJI));
    ny_match_model_destroy(again);
    ny_match_model_destroy(m);
}

/* A text from before tails had cells sets all of them. */
static void test_tail_text(void **state)
{
    struct fixture *f = *state;
    struct ny_match_model *m = NULL;
    struct ny_error err;
    struct ny_buf b;

    ny_buf_init(&b, f->a);
    ny_buf_add(&b, text_of(f->a, f->m));
    ny_buf_add_c(&b, "tail given_kana -5000\ntail given_kana M1980 -6000\n");
    assert_int_equal(ny_match_model_parse(ny_buf_str(&b), &m, &err), NY_OK);
    assert_int_equal(ny_tf_given(&m->tf, ny_tf_cells('M', (ny_date){1985, 1, 1, NY_DATE_DAY}),
                                 NY_STR_NONE, kana(f->a, "アユミヨ")),
                     -6000);
    assert_int_equal(ny_tf_given(&m->tf, ny_tf_cells('F', (ny_date){1985, 1, 1, NY_DATE_DAY}),
                                 NY_STR_NONE, kana(f->a, "アユミヨ")),
                     -5000);
    ny_match_model_destroy(m);
}

/* ---- census ---- */

static void count(struct ny_match_census *c, struct ny_arena *a, unsigned n, unsigned weight,
                  const char *line, const char *other)
{
    for (unsigned i = 0; i < n; i++) {
        ny_match_census_person(c, weight);
        ny_match_census_record(c, record_of_line(a, line));
        ny_match_census_record(c, record_of_line(a, other != NULL ? other : line));
    }
}

static void test_census(void **state)
{
    struct fixture *f = *state;
    struct ny_match_census *c = ny_match_census_create();
    struct ny_match_draft *d;
    struct ny_match_model *m;
    const struct ny_tf *tf;
    uint32_t m80 = ny_tf_cells('M', (ny_date){1980, 1, 1, NY_DATE_DAY});
    uint32_t f80 = ny_tf_cells('F', (ny_date){1980, 1, 1, NY_DATE_DAY});

    /* 1 000 people, each with two records of the same values; 500 half people; one alone. */
    count(c, f->a, 1000, NY_CENSUS_PERSON, TARO, NULL);
    count(c, f->a, 500, NY_CENSUS_PERSON / 2, TARO "kf=鮎沢;pf=アユサワ", TARO "kf=;kg=");
    count(c, f->a, 1, NY_CENSUS_PERSON, TARO "kf=鵜殿;pf=ウドノ;kg=鯉太;pg=コイタ", NULL);
    d = ny_match_draft_create(f->m);
    ny_match_draft_census_put(d, c);
    m = ny_match_draft_seal(d);
    tf = &m->tf;
    expect_share("listed", ny_tf_get(tf, NY_TF_SURNAME_KANJI, NY_TF_CELL_ANY, NY_S("山田")),
                 (1000 + 20000 * .0064) / 21251);
    expect_share("new", ny_tf_get(tf, NY_TF_SURNAME_KANJI, NY_TF_CELL_ANY, NY_S("鮎沢")),
                 (250 + 20000 * 2e-4) / 21251);
    expect_share("seen once", ny_tf_get(tf, NY_TF_SURNAME_KANJI, NY_TF_CELL_ANY, NY_S("鵜殿")),
                 (1 + 20000 * 2e-4) / 21251);
    expect_share("in its cell", ny_tf_given(tf, m80, NY_S("太郎"), NY_STR_NONE),
                 (1250 + 20000 * 1.2e-3) / 21251);
    expect_share("pair", ny_tf_given(tf, m80, NY_S("太郎"), kana(f->a, "タロウ")),
                 (1250 + 20000 * 1.2e-3) / 21251);
    expect_share("in another cell", ny_tf_given(tf, f80, NY_S("太郎"), NY_STR_NONE), 1.2e-3);
    expect_share("tail of a cell", ny_tf_given(tf, m80, NY_S("鯉太"), NY_STR_NONE),
                 (1 + 20000 * 1.2e-3) / 21251);
    expect_share("birth date", ny_tf_get(tf, NY_TF_BIRTH_YEAR, NY_TF_CELL_ANY, NY_S("1980")),
                 (1251 / 365.25 + 20000 / 27000.0) / 21251);
    expect_share("birth date of nobody",
                 ny_tf_get(tf, NY_TF_BIRTH_YEAR, NY_TF_CELL_ANY, NY_S("1930")),
                 (1 / 365.25 + 20000 / 27000.0) / 21251);
    ny_match_model_destroy(m);
    ny_match_census_destroy(c);
}

/* Nobody counted: the shipped frequencies, none of them below what 20 000 people can tell. */
static void test_empty_census(void **state)
{
    struct fixture *f = *state;
    struct ny_match_census *c = ny_match_census_create();
    struct ny_match_draft *d = ny_match_draft_create(f->m);
    struct ny_match_model *m;

    ny_match_draft_census_put(d, c);
    m = ny_match_draft_seal(d);
    for (size_t i = 0; i < f->m->tf.n; i++) {
        const struct ny_tf_entry *e = &f->m->tf.entries[i];
        ny_str text = ny_tf_entry_text(&f->m->tf, e);
        int32_t least = ny_bits_of(1 / 40000.0);
        int32_t old = ny_tf_get(&f->m->tf, e->table, e->cell, text);
        int32_t now = ny_tf_get(&m->tf, e->table, e->cell, text);

        if (abs(now - (old > least ? old : least)) > 1) {
            fail_msg("%s %u %.*s: %d, was %d", ny_tf_table_name(e->table), e->cell, NY_ARG(text),
                     now, old);
        }
    }
    ny_match_model_destroy(m);
    ny_match_census_destroy(c);
}

/* ---- blocking, patterns, block values ---- */

static bool has_kind(const struct ny_match_model *m, const struct ny_record *r, enum ny_key_kind k,
                     uint64_t *hash, unsigned *skipped)
{
    struct ny_key keys[NY_KEYS_MAX];
    size_t n = ny_match_keys(m, r, keys, skipped);

    for (size_t i = 0; i < n; i++) {
        if (keys[i].kind == k) {
            *hash = keys[i].hash;
            return true;
        }
    }
    return false;
}

static void test_marked_name_is_off(void **state)
{
    struct fixture *f = *state;
    const struct ny_record *r = record_of_line(f->a, TARO "kf=鮎沢;pf=アユサワ");
    struct ny_match_draft *d = ny_match_draft_create(f->m);
    struct ny_match_model *m;
    unsigned skipped = 0;
    uint64_t b6 = 0;

    assert_true(has_kind(f->m, r, NY_KEY_B6, &b6, &skipped));
    ny_match_draft_mark(d, NY_MARK_HOT, b6);
    m = ny_match_draft_seal(d);
    assert_false(has_kind(m, r, NY_KEY_B6, &b6, &skipped));
    assert_int_equal(skipped, 0);
    ny_match_model_destroy(m);
}

static void test_pattern(void **state)
{
    struct fixture *f = *state;
    const struct ny_record *a = record_of_line(f->a, TARO HOME);
    const struct ny_record *b = record_of_line(f->a, TARO "kg=健;pg=ケン;" HOME);
    const struct ny_record *w = record_of_line(f->a, TARO "kf=;kg=;pf=ヤマダタロウ;pg=");
    struct ny_pattern p;
    struct ny_pattern q;

    ny_match_pattern(f->m, a, a, &p, NULL);
    assert_int_equal(p.level[NY_FIELD_GIVEN], NY_LEVEL_G1);
    assert_int_equal(p.level[NY_FIELD_INSURANCE], NY_LEVEL_NONE);
    assert_int_equal(p.male, 1);
    assert_true(ny_pattern_household_factor(&p) == 1.0 / 1024);
    ny_match_pattern(f->m, a, b, &p, NULL);
    ny_match_pattern(f->m, b, a, &q, NULL);
    assert_memory_equal(&p, &q, sizeof(p));
    assert_int_equal(p.level[NY_FIELD_GIVEN], NY_LEVEL_G7);
    assert_true(ny_pattern_household_factor(&p) == 1);
    ny_match_pattern(f->m, a, w, &p, NULL);
    assert_int_equal(p.level[NY_FIELD_GIVEN], NY_LEVEL_NONE);
}

static void test_modes(void **state)
{
    (void)state;
    assert_int_equal(ny_level_mode(NY_LEVEL_G7), NY_LEVEL_G1);
    assert_int_equal(ny_level_mode(NY_LEVEL_D8), NY_LEVEL_D1);
    assert_int_equal(ny_level_mode(NY_LEVEL_SWAP), NY_LEVEL_NONE);
    assert_int_equal(ny_level_mode(NY_LEVEL_DP_Y), NY_LEVEL_NONE);
    for (int l = 1; l < NY_LEVEL_COUNT; l++) {
        enum ny_level mode = ny_level_mode((enum ny_level)l);

        if (mode != NY_LEVEL_NONE) {
            assert_int_equal(ny_level_field(mode), ny_level_field((enum ny_level)l));
        }
    }
}

static void test_block_values(void **state)
{
    static const struct {
        const char *name;
        enum ny_block block;
        bool meet;
        const char *a, *b;
    } rows[] = {
        {"long vowel",            NY_BLOCK_T1,      true,  TARO,                                    TARO "kf=鈴木;pf=スズキ;pg=タロー"},
        {"another date",          NY_BLOCK_T1,      false, TARO,                                    TARO "birth=19801125"                     },
        {"another surname",       NY_BLOCK_T2,      false, TARO,                                    TARO "pf=スズキ"                       },
        {"name and sex",          NY_BLOCK_T2,      true,  TARO,                                    TARO "birth=19550101"                     },
        {"another sex",           NY_BLOCK_T2,      false, TARO,                                    TARO "sex=F"                              },
        {"phone, birth year",     NY_BLOCK_T3,      true,  TARO HOME,                               TARO HOME "birth=19800101"                },
        {"another year",          NY_BLOCK_T3,      false, TARO HOME,                               TARO HOME "birth=19810101"                },
        {"phone",                 NY_BLOCK_PHONE,   true,  TARO HOME,                               "kf=原;birth=19010101;" HOME             },
        {"house",                 NY_BLOCK_ADDRESS, true,  TARO HOME,                               "kf=原;birth=19010101;" HOME             },
        {"card",                  NY_BLOCK_CARD,    true,  TARO CARD,                               TARO CARD "branch=02"                     },
        {"late-stage: no family", NY_BLOCK_CARD,    false, TARO "insurer=39221010;number=12345678",
         TARO "insurer=39221010;number=12345678"                                                                                              },
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        uint64_t a[NY_BLOCK_VALUES_MAX];
        uint64_t b[NY_BLOCK_VALUES_MAX];
        size_t n = ny_match_block_values(f->m, rows[i].block, record_of_line(f->a, rows[i].a), a);
        size_t k = ny_match_block_values(f->m, rows[i].block, record_of_line(f->a, rows[i].b), b);
        bool meet = false;

        for (size_t x = 0; x < n * k; x++) {
            meet = meet || a[x / k] == b[x % k];
        }
        if (meet != rows[i].meet) {
            fail_msg("%s", rows[i].name);
        }
    }
}

static void test_shared_is_no_block(void **state)
{
    struct fixture *f = *state;
    const struct ny_record *r = record_of_line(f->a, TARO HOME);
    uint64_t v[NY_BLOCK_VALUES_MAX];
    struct ny_match_draft *d = ny_match_draft_create(f->m);
    struct ny_match_model *m;

    assert_int_equal(ny_match_block_values(f->m, NY_BLOCK_PHONE, r, v), 1);
    ny_match_draft_mark(d, NY_MARK_SHARED_PHONE, v[0]);
    assert_int_equal(ny_match_block_values(f->m, NY_BLOCK_ADDRESS, r, v), 1);
    ny_match_draft_mark(d, NY_MARK_SHARED_ADDRESS, v[0]);
    m = ny_match_draft_seal(d);
    assert_int_equal(ny_match_block_values(m, NY_BLOCK_PHONE, r, v), 0);
    assert_int_equal(ny_match_block_values(m, NY_BLOCK_T3, r, v), 0);
    assert_int_equal(ny_match_block_values(m, NY_BLOCK_ADDRESS, r, v), 0);
    ny_match_model_destroy(m);
}

static void test_who(void **state)
{
    struct fixture *f = *state;
    uint64_t taro = ny_match_who(record_of_line(f->a, TARO));

    assert_true(taro == ny_match_who(record_of_line(f->a, TARO "pf=スズキ;pg=タロー")));
    assert_true(taro != ny_match_who(record_of_line(f->a, TARO "pg=ジロウ")));
    assert_true(taro != ny_match_who(record_of_line(f->a, TARO "birth=19801125")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_copy),         cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_tail_text),    cmocka_unit_test(test_census),
        cmocka_unit_test(test_empty_census), cmocka_unit_test(test_marked_name_is_off),
        cmocka_unit_test(test_pattern),      cmocka_unit_test(test_modes),
        cmocka_unit_test(test_block_values), cmocka_unit_test(test_shared_is_no_block),
        cmocka_unit_test(test_who),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
