/* Model versions: starting frequencies, settings, and the text form with its errors. */

#include "match_testing.h"

#include <math.h>

static ny_str kana(struct ny_arena *a, const char *k2)
{
    char *p = ny_arena_alloc(a, strlen(k2) + 1);

    return ny_str_of(p, ny_kana_pack(ny_str_from_c(k2), p));
}

static void expect_share(const char *name, int32_t bits, double share)
{
    if (fabs(exp2(bits / 1024.0) / share - 1) > .01) {
        fail_msg("%s: %g, expected %g", name, exp2(bits / 1024.0), share);
    }
}

static void test_prior_frequencies(void **state)
{
    struct fixture *f = *state;
    const struct ny_tf *tf = &f->m->tf;
    ny_date y1930 = {1930, 1, 1, NY_DATE_DAY};
    ny_date y1900 = {1900, 1, 1, NY_DATE_DAY};
    ny_date y1980 = {1980, 1, 1, NY_DATE_DAY};
    uint32_t old = ny_tf_cells('F', y1930);
    uint32_t young = ny_tf_cells('F', y1980);

    expect_share("listed surname", ny_tf_get(tf, NY_TF_SURNAME_KANJI, NY_TF_CELL_ANY, NY_S("佐藤")),
                 .015);
    expect_share("folded form", ny_tf_get(tf, NY_TF_SURNAME_KANJI, NY_TF_CELL_ANY, NY_S("佐佐木")),
                 .006);
    expect_share("two readings add up",
                 ny_tf_get(tf, NY_TF_SURNAME_KANJI, NY_TF_CELL_ANY, NY_S("山崎")), .0044);
    expect_share("unlisted surname",
                 ny_tf_get(tf, NY_TF_SURNAME_KANJI, NY_TF_CELL_ANY, NY_S("鮎沢")), 2e-4);
    expect_share("listed pair", ny_tf_given(tf, old, NY_S("和子"), kana(f->a, "カズコ")), .03);
    expect_share("before the first band",
                 ny_tf_given(tf, ny_tf_cells('F', y1900), NY_S("和子"), kana(f->a, "カズコ")), .03);
    expect_share("sex and year unknown: the largest",
                 ny_tf_given(tf, ny_tf_cells(0, (ny_date){0}), NY_S("和子"), kana(f->a, "カズコ")),
                 .035);
    expect_share("two cells: the larger",
                 ny_tf_given(tf, old | young, NY_S("和子"), kana(f->a, "カズコ")), .03);
    expect_share("unlisted kanji", ny_tf_given(tf, old, NY_S("鮎"), NY_STR_NONE), 1.2e-3);
    expect_share("unlisted kana", ny_tf_given(tf, old, NY_STR_NONE, kana(f->a, "アユミヨ")),
                 1.0 / 225);
    expect_share("unlisted pair: the smaller",
                 ny_tf_given(tf, old, NY_S("鮎"), kana(f->a, "カズコ")), 1.2e-3);
    assert_true(ny_tf_given(tf, old, NY_STR_NONE, kana(f->a, "カズコ")) >= ny_bits_of(.045) - 2);
    expect_share("birth date", ny_tf_get(tf, NY_TF_BIRTH_YEAR, NY_TF_CELL_ANY, NY_S("1980")),
                 1.0 / 27000);
}

static void test_settings(void **state)
{
    struct ny_match_settings s;
    struct ny_match_model *m;

    (void)state;
    ny_match_settings_default(&s);
    s.population = 12345;
    s.tau_auto = 10.5;
    s.candidate_max = 77;
    s.require_contact = false;
    m = ny_match_model_create_v1(&s);
    assert_int_equal(ny_match_model_version(m), 1);
    assert_int_equal(ny_match_model_tau_b1024(m), 10752);
    assert_int_equal(ny_match_model_candidate_max(m), 77);
    assert_int_equal(m->setting[NY_SETTING_require_contact], 0);
    assert_int_equal(m->setting[NY_SETTING_population], 12345);
    ny_match_model_destroy(m);
    ny_match_model_destroy(NULL);
}

static void test_broken_text(void **state)
{
    static const struct {
        const char *name, *lines;
    } rows[] = {
        {"unknown verb",         "weight G1 3\n"                     },
        {"unknown setting",      "setting colour 3\n"                },
        {"no number",            "setting tau_b1024 many\n"          },
        {"number too large",     "setting tau_b1024 99999999\n"      },
        {"word too many",        "setting tau_b1024 13312 1\n"       },
        {"unknown level",        "level G9 1 2 3 4\n"                },
        {"level cut short",      "level G1 1 2 3\n"                  },
        {"unknown table",        "tail shoes -3\n"                   },
        {"unknown cell",         "tf given_kana X1980 サクラ -3\n"},
        {"decade out of range",  "tf given_kana F1880 サクラ -3\n"},
        {"no value",             "tf given_kana F1980 サクラ\n"   },
        {"mark too short",       "mark hot 12ab\n"                   },
        {"mark no hex",          "mark hot 00000000000000zz\n"       },
        {"first day no number",  "first_day 1.2.3 soon\n"            },
        {"first day of nobody",  "first_day 100\n"                   },
        {"blank line of blanks", "  \n"                              },
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_match_model *out = NULL;
        struct ny_error err = {0};
        struct ny_buf b;

        ny_buf_init(&b, f->a);
        assert_int_equal(ny_match_model_write(f->m, &b), NY_OK);
        ny_buf_add_c(&b, rows[i].lines);
        if (ny_match_model_parse(ny_buf_str(&b), &out, &err) != NY_ESYNTAX || out != NULL ||
            strstr(err.text, "line") == NULL) {
            fail_msg("%s: %s", rows[i].name, err.text);
        }
    }
}

static void test_incomplete_text(void **state)
{
    struct ny_match_model *out = NULL;
    struct ny_error err;

    (void)state;
    assert_int_equal(ny_match_model_parse(NY_S(""), &out, &err), NY_ESYNTAX);
    assert_int_equal(ny_match_model_parse(NY_S("nayose-model 2\n"), &out, &err), NY_ESYNTAX);
    assert_int_equal(ny_match_model_parse(NY_S("nayose-model 1\n"), &out, &err), NY_ESYNTAX);
    assert_non_null(strstr(err.text, "G1"));
    assert_null(out);
}

/* A learned value replaces the starting one where it is larger, and is found again. */
static void test_learned_lines(void **state)
{
    struct fixture *f = *state;
    struct ny_match_model *m = NULL;
    struct ny_error err;
    struct ny_buf b;
    ny_date y1980 = {1980, 1, 1, NY_DATE_DAY};

    ny_buf_init(&b, f->a);
    assert_int_equal(ny_match_model_write(f->m, &b), NY_OK);
    ny_buf_add_c(&b, "setting version 2\n"
                     "tf surname_kanji - 鮎沢 -5000\n"
                     "tf given_kana F1980 アユミヨ -6000\n"
                     "tf given_both F1980 鮎 美/アユミ -7000\n"
                     "mark hot 00000000000000aa\n"
                     "first_day 1.2.392.1 20000\n");
    assert_int_equal(ny_match_model_parse(ny_buf_str(&b), &m, &err), NY_OK);
    assert_int_equal(ny_match_model_version(m), 2);
    assert_int_equal(ny_tf_get(&m->tf, NY_TF_SURNAME_KANJI, NY_TF_CELL_ANY, NY_S("鮎沢")), -5000);
    assert_int_equal(
        ny_tf_given(&m->tf, ny_tf_cells('F', y1980), NY_STR_NONE, kana(f->a, "アユミヨ")), -6000);
    assert_int_equal(
        ny_tf_given(&m->tf, ny_tf_cells('F', y1980), NY_S("鮎 美"), kana(f->a, "アユミ")), -7000);
    assert_true(ny_marks_has(&m->mark[NY_MARK_HOT], 0xaa));
    assert_int_equal(ny_match_settled_day(m, NY_S("1.2.392.1"), &(struct ny_record){0}), 20030);
    ny_buf_init(&b, f->a);
    assert_int_equal(ny_match_model_write(m, &b), NY_OK); /* and is written again */
    assert_non_null(strstr(ny_arena_str(f->a, ny_buf_str(&b)).p, "\nfirst_day 1.2.392.1 20000\n"));
    ny_match_model_destroy(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prior_frequencies), cmocka_unit_test(test_settings),
        cmocka_unit_test(test_broken_text),       cmocka_unit_test(test_incomplete_text),
        cmocka_unit_test(test_learned_lines),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
