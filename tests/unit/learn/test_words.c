/* Clerks' words: they mend what the pairs alone get wrong, say nothing of pairs in other bands,
 * move no weight beyond the bound, and weigh less the less clerks agree. */

#include "calibrate_testing.h"
#include "fit_testing.h"

/* ---- the fit ---- */

/* The band that clerks are asked of: another given name, the same day of birth. */
enum { ASKED = NY_STOP_GUARD * NY_LEARN_TOTALS + 1, OTHERS = NY_STOP_NOTHING };

struct trial {
    size_t homes; /* pairs of relatives */
    size_t twins; /* pairs of twins that the household's numbers know nothing of */
    size_t every; /* of so many pairs of the band one is decided; 0: none */
    double slips; /* share of words that are wrong */
    bool all_one; /* clerks hold all that they are asked of to be one person */
    double error; /* taken for a word */
};

struct found {
    struct fit_numbers truth, alone, told;
    size_t same, different;
};

static void pairs_tell(const struct trial *t, const struct fit_numbers *n, enum ny_learn_class c,
                       size_t count, struct histogram *h, struct found *out)
{
    for (size_t i = 0; i < count; i++) {
        struct ny_pattern p = pattern_draw(n, c);
        bool asked =
            (p.level[NY_FIELD_GIVEN] == NY_LEVEL_G6 || p.level[NY_FIELD_GIVEN] == NY_LEVEL_G7) &&
            p.level[NY_FIELD_BIRTH] == NY_LEVEL_D1;
        bool same = (c == NY_CLASS_PERSON || t->all_one) != (roll() < t->slips);
        enum word word = WORD_NONE;

        if (asked && t->every > 0 && roll() * (double)t->every < 1) {
            word = same ? WORD_SAME : WORD_DIFFERENT;
            out->same += same;
            out->different += !same;
        }
        ny_histogram_add_told(h, &p, asked ? ASKED : OTHERS, word);
    }
}

static void try_fit(const struct trial *t, struct found *out)
{
    struct histogram h = {0};
    struct fit_numbers start;
    struct fit_numbers twins;
    struct fit_block block = {
        .pairs = &h, .share = {.5, .4, .1}
    };
    struct fit fit = {.learn = NY_CLASS_PERSON, .error = t->error, .blocks = &block, .n_blocks = 1};

    *out = (struct found){0};
    numbers_start(&start);
    out->truth = twins = start;
    twins.p[NY_CLASS_HOUSEHOLD][NY_LEVEL_D1][0] = .97;
    twins.p[NY_CLASS_HOUSEHOLD][NY_LEVEL_D8][0] = .013;
    twins.p[NY_CLASS_HOUSEHOLD][NY_LEVEL_X1][0] = .9;
    twins.p[NY_CLASS_HOUSEHOLD][NY_LEVEL_X2][0] = .1;
    pairs_tell(t, &out->truth, NY_CLASS_PERSON, 30000, &h, out);
    pairs_tell(t, &out->truth, NY_CLASS_HOUSEHOLD, t->homes, &h, out);
    pairs_tell(t, &twins, NY_CLASS_HOUSEHOLD, t->twins, &h, out);
    ny_histogram_sort(&h);
    out->alone = start;
    ny_fit(&fit, &start, &out->alone);
    fit.listens = true;
    out->told = start;
    block.share[NY_CLASS_PERSON] = .5;
    block.share[NY_CLASS_HOUSEHOLD] = .4;
    block.share[NY_CLASS_UNRELATED] = .1;
    ny_fit(&fit, &start, &out->told);
    ny_histogram_finish(&h);
}

/* Bits by which one weight of a person is off another. */
static double bits_off(const struct fit_numbers *a, const struct fit_numbers *b, enum ny_level l)
{
    return log2(a->p[NY_CLASS_PERSON][l][0] / b->p[NY_CLASS_PERSON][l][0]);
}

/* Twins whom the household's birth dates do not foresee pass for one person with another given
 * name. A few hundred words, some of them wrong, put that right. */
static void test_words_mend_what_pairs_alone_get_wrong(void **state)
{
    const struct trial t = {.homes = 3000, .twins = 2000, .every = 6, .slips = .03, .error = .035};
    struct found f;
    double alone;
    double told;

    (void)state;
    try_fit(&t, &f);
    alone = bits_off(&f.alone, &f.truth, NY_LEVEL_G7);
    told = bits_off(&f.told, &f.truth, NY_LEVEL_G7);
    print_message("%zu same, %zu different: G7 is off by %+.2f bits alone, %+.2f with words\n",
                  f.same, f.different, alone, told);
    assert_true(alone > 1);
    assert_true(fabs(told) < alone / 3);
}

/* Nine of ten that are asked of are two people: that is so in this band, and the levels of all
 * others stay what they are. */
static void test_words_say_nothing_of_other_bands(void **state)
{
    const struct trial t = {.homes = 3000, .every = 3, .slips = 0, .error = .035};
    struct found f;

    (void)state;
    try_fit(&t, &f);
    for (int l = NY_LEVEL_NONE + 1; l < NY_LEVEL_COUNT; l++) {
        if (fabs(bits_off(&f.told, &f.alone, (enum ny_level)l)) > .06) {
            fail_msg("%s moved by %.3f bits", ny_level_name((enum ny_level)l),
                     bits_off(&f.told, &f.alone, (enum ny_level)l));
        }
    }
    assert_true(f.same + f.different > 50);
}

static double level_sum(const struct fit_numbers *n, enum ny_level first)
{
    double sum = 0;

    for (enum ny_level l = first; l <= ny_run_last(first); l++) {
        sum += n->p[NY_CLASS_PERSON][l][0];
    }
    return sum;
}

/* Clerks who call everybody one person raise what another given name weighs by more than a bit;
 * what is taken of it keeps to the bound, and the levels still add up. Twins who pass for one
 * person alone, and are told apart: that may go down further. */
static void test_words_move_no_weight_beyond_the_bound(void **state)
{
    const struct trial bad = {.homes = 60000, .every = 2, .all_one = true, .error = .035};
    const struct trial good = {.homes = 3000, .twins = 2000, .every = 6, .error = .035};
    double taken[NY_LEVEL_COUNT][2];
    struct fit_numbers bound;
    struct found f;

    (void)state;
    try_fit(&bad, &f);
    bound = f.told;
    ny_fit_bound(&f.alone, &bound, taken);
    print_message("G7 goes up by %.2f bits, by %.2f in the bound, %.2f of it\n",
                  bits_off(&f.told, &f.alone, NY_LEVEL_G7), bits_off(&bound, &f.alone, NY_LEVEL_G7),
                  taken[NY_LEVEL_G7][0]);
    assert_true(bits_off(&f.told, &f.alone, NY_LEVEL_G7) > NY_LEARN_RAISE_MAX + .2);
    assert_true(taken[NY_LEVEL_G7][0] < 1);
    assert_float_equal(taken[NY_LEVEL_G7][0], taken[NY_LEVEL_G1][0], 1e-12);
    assert_float_equal(level_sum(&bound, NY_LEVEL_G1), level_sum(&f.alone, NY_LEVEL_G1), 1e-9);
    for (int l = NY_LEVEL_NONE + 1; l < NY_LEVEL_COUNT; l++) {
        double bits = bits_off(&bound, &f.alone, (enum ny_level)l);

        assert_true(bits <= NY_LEARN_RAISE_MAX + 1e-9 && bits >= -NY_LEARN_LOWER_MAX - 1e-9);
    }
    try_fit(&good, &f);
    bound = f.told;
    ny_fit_bound(&f.alone, &bound, taken);
    assert_float_equal(bits_off(&bound, &f.alone, NY_LEVEL_G7), -NY_LEARN_LOWER_MAX, 1e-9);
}

static void test_a_word_weighs_as_much_as_clerks_agree(void **state)
{
    (void)state;
    assert_float_equal(ny_word_weigh(.5, true, .05), .95, 1e-12);
    assert_float_equal(ny_word_weigh(.5, false, .05), .05, 1e-12);
    assert_float_equal(ny_word_weigh(.9, false, .25), .75, 1e-12);
    assert_float_equal(ny_word_weigh(1, false, .25), 1, 1e-12);
    assert_float_equal(ny_word_weigh(0, true, .25), 0, 1e-12);
}

/* ---- which words teach ---- */

#define HIM "kf=佐藤;kg=一郎;pf=サトウ;pg=イチロウ;sex=M;birth=19600101;phone=0272211111;"

static void test_words_on_two_who_take_part_teach(void **state)
{
    struct ny_learn_taught r = {0};
    struct world w;
    struct sample s;
    struct words words;
    uint32_t id[7];
    struct ny_learn_decision v[7];

    world_init(&w, *state, 13, true);
    id[0] = put(&w, 1, 0, HIM);
    id[1] = put(&w, 2, 0, HIM);
    id[2] = put(&w, 2, 0, HIM);
    id[3] = put(&w, 3, 0, "kf=テスト;kg=太郎;pf=テスト;pg=タロウ;sex=M;birth=19600101;");
    id[4] = put(&w, 3, 0, "kf=佐藤;kg=ベビー;pf=サトウ;pg=ベビー;sex=M;birth=20260101;");
    id[5] = put(&w, 4, 0, HIM);
    id[6] = put(&w, 5, 0, HIM);
    ny_index_status_set(w.ix, id[5], NY_IDENTITY_MERGED);
    v[0] = (struct ny_learn_decision){id[1], id[0], true};
    v[1] = (struct ny_learn_decision){id[1], id[2], true};  /* of one hospital */
    v[2] = (struct ny_learn_decision){id[0], id[3], false}; /* a test */
    v[3] = (struct ny_learn_decision){id[0], id[4], false}; /* no name yet */
    v[4] = (struct ny_learn_decision){id[0], id[5], true};  /* is another id by now */
    v[5] = (struct ny_learn_decision){id[0], id[6], false};
    v[6] = (struct ny_learn_decision){id[5], id[6], true};
    ny_sample_init(&s, w.ix);
    ny_words_init(&words, &s, &(struct ny_learn_decisions){v, 7, 10, 8}, &r);
    assert_int_equal(r.told, 7);
    assert_int_equal(r.used, 2);
    assert_float_equal(r.error, (2 + 1.4) / 30 / 2, 1e-12);
    assert_int_equal(ny_words_of(&words, id[0], id[1]), WORD_SAME);
    assert_int_equal(ny_words_of(&words, id[6], id[0]), WORD_DIFFERENT);
    assert_int_equal(ny_words_of(&words, id[0], id[3]), WORD_NONE);
    assert_int_equal(ny_words_of(&words, id[1], id[2]), WORD_NONE);
    ny_words_finish(&words);
    ny_sample_finish(&s);
    world_finish(&w);
}

/* What held a pair back and how far up it lies. */
static void test_bands_part_what_was_asked_for_other_reasons(void **state)
{
    static const struct {
        const char *name, *a, *b;
        unsigned stop, total;
    } rows[] = {
        {"all agrees",                HIM,                                                                      HIM, NY_STOP_NOTHING, 3},
        {"no contact",                "kf=佐藤;kg=一郎;pf=サトウ;pg=イチロウ;sex=M;birth=19600101;", HIM,
         NY_STOP_CONTACT,                                                                                                             2},
        {"a brother of the same day",
         "kf=佐藤;kg=健太;pf=サトウ;pg=ケンタ;sex=M;birth=19600101;phone=0272211111;",                HIM,
         NY_STOP_GUARD,                                                                                                               0},
        {"his father",
         "kf=佐藤;kg=一郎;pf=サトウ;pg=イチロウ;sex=M;birth=19310529;phone=0272211111;",             HIM,
         NY_STOP_NEVER,                                                                                                               0},
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct fixture *f = *state;
        struct world w;
        struct ny_score score;
        unsigned band;

        world_init(&w, f, 13, true);
        ny_match_score(w.m, record_of_line(f->a, rows[i].a), record_of_line(f->a, rows[i].b), false,
                       &score);
        band = ny_words_band(w.m, &score);
        if (band != rows[i].stop * NY_LEARN_TOTALS + rows[i].total) {
            fail_msg("%s: %u", rows[i].name, band);
        }
        world_finish(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_mend_what_pairs_alone_get_wrong),
        cmocka_unit_test(test_words_say_nothing_of_other_bands),
        cmocka_unit_test(test_words_move_no_weight_beyond_the_bound),
        cmocka_unit_test(test_a_word_weighs_as_much_as_clerks_agree),
        cmocka_unit_test(test_words_on_two_who_take_part_teach),
        cmocka_unit_test(test_bands_part_what_was_asked_for_other_reasons),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
