/* Training: the fit finds what pairs were drawn from, bad versions are refused, counts find what
 * many people share, and nothing depends on how identities are numbered. */

#include "calibrate_testing.h"
#include "fit_testing.h"

/* ---- the fit ---- */

/* People who move more often and have their given name written otherwise more often than the start
 * says: the fit finds out, with nobody telling which pairs are one person. */
static void test_the_fit_finds_what_pairs_were_drawn_from(void **state)
{
    struct histogram h = {0};
    struct fit_numbers start;
    struct fit_numbers truth;
    struct fit_numbers found;
    struct fit_block block = {
        .pairs = &h, .share = {.5, .1, .4}
    };
    struct fit fit = {.learn = NY_CLASS_PERSON, .blocks = &block, .n_blocks = 1};

    (void)state;
    numbers_start(&start);
    truth = start;
    truth.p[NY_CLASS_PERSON][NY_LEVEL_A1][0] -= .20;
    truth.p[NY_CLASS_PERSON][NY_LEVEL_A5][0] += .20;
    truth.p[NY_CLASS_PERSON][NY_LEVEL_G1][0] -= .04;
    truth.p[NY_CLASS_PERSON][NY_LEVEL_G3][0] += .04;
    pairs_draw(&truth, NY_CLASS_PERSON, 30000, &h);
    pairs_draw(&truth, NY_CLASS_UNRELATED, 60000, &h);
    ny_histogram_sort(&h);
    found = start;
    ny_fit(&fit, &start, &found);
    assert_true(fit.rounds > 1);
    for (enum ny_level l = NY_LEVEL_G1; l < NY_LEVEL_COUNT; l++) {
        if (ny_level_mode(l) == NY_LEVEL_G1 || ny_level_mode(l) == NY_LEVEL_A1) {
            assert_true(fabs(found.p[NY_CLASS_PERSON][l][0] - truth.p[NY_CLASS_PERSON][l][0]) <
                        .015);
        }
    }
    assert_true(fabs(block.expected[NY_CLASS_PERSON] - 30000) < 600);
    ny_histogram_finish(&h);
}

/* Slips in a given name that are too few to be counted, and twins: what is rare to one person keeps
 * its start, and so do a household's birth dates, whatever the pairs say. */
static void test_what_is_rare_keeps_its_start(void **state)
{
    struct histogram people = {0};
    struct histogram homes = {0};
    struct fit_numbers start;
    struct fit_numbers truth;
    struct fit_numbers found;
    struct fit_block block = {
        .pairs = &people, .share = {.5, .1, .4}
    };
    struct fit fit = {.learn = NY_CLASS_PERSON, .blocks = &block, .n_blocks = 1};

    (void)state;
    numbers_start(&start);
    truth = start;
    truth.p[NY_CLASS_PERSON][NY_LEVEL_G1][0] += .0059;
    truth.p[NY_CLASS_PERSON][NY_LEVEL_G7][0] -= .0059;
    truth.p[NY_CLASS_HOUSEHOLD][NY_LEVEL_D1][0] += .20;
    truth.p[NY_CLASS_HOUSEHOLD][NY_LEVEL_D8][0] -= .20;
    truth.p[NY_CLASS_HOUSEHOLD][NY_LEVEL_A1][0] -= .20;
    truth.p[NY_CLASS_HOUSEHOLD][NY_LEVEL_A5][0] += .20;
    pairs_draw(&truth, NY_CLASS_PERSON, 10000, &people);
    pairs_draw(&truth, NY_CLASS_UNRELATED, 10000, &people);
    pairs_draw(&truth, NY_CLASS_HOUSEHOLD, 10000, &homes);
    ny_histogram_sort(&people);
    ny_histogram_sort(&homes);
    found = start;
    ny_fit(&fit, &start, &found);
    assert_true(fit.hits[NY_LEVEL_G7] < 50);
    assert_float_equal(found.p[NY_CLASS_PERSON][NY_LEVEL_G7][0],
                       start.p[NY_CLASS_PERSON][NY_LEVEL_G7][0], 1e-12);
    fit.learn = NY_CLASS_HOUSEHOLD;
    block.pairs = &homes;
    ny_fit(&fit, &start, &found);
    assert_float_equal(found.p[NY_CLASS_HOUSEHOLD][NY_LEVEL_D1][0],
                       start.p[NY_CLASS_HOUSEHOLD][NY_LEVEL_D1][0], 1e-12);
    assert_true(found.p[NY_CLASS_HOUSEHOLD][NY_LEVEL_A5][0] >
                start.p[NY_CLASS_HOUSEHOLD][NY_LEVEL_A5][0] + .1);
    ny_histogram_finish(&people);
    ny_histogram_finish(&homes);
}

/* ---- refusals ---- */

struct verdict {
    struct ny_level_numbers start[NY_LEVEL_COUNT], before[NY_LEVEL_COUNT], after[NY_LEVEL_COUNT];
    double hits[NY_LEVEL_COUNT];
    struct ny_learn_block block[NY_LEARN_BLOCKS];
    double pairs_in_all;
};

static void verdict_init(struct verdict *v)
{
    *v = (struct verdict){.pairs_in_all = 1e10};
    for (int l = NY_LEVEL_NONE + 1; l < NY_LEVEL_COUNT; l++) {
        ny_match_level_start((enum ny_level)l, &v->start[l]);
        v->before[l] = v->after[l] = v->start[l];
        v->hits[l] = 1000;
    }
    for (size_t b = 0; b < NY_LEARN_BLOCKS; b++) {
        v->block[b].expected[NY_CLASS_PERSON] = 50000;
    }
}

static void spoil_top(struct verdict *v)
{
    v->after[NY_LEVEL_P1].u = .9;
    v->after[NY_LEVEL_P2].u = .1;
}

static void spoil_order(struct verdict *v)
{
    v->after[NY_LEVEL_A4].u /= 1e7;
}

static void spoil_last(struct verdict *v)
{
    v->after[NY_LEVEL_N4].u = .001;
}

static void spoil_contact(struct verdict *v)
{
    v->after[NY_LEVEL_A2].m[0] -= .16;
}

static void spoil_change(struct verdict *v)
{
    v->after[NY_LEVEL_G1].m[0] -= .06;
}

/* A slip that was rare is as good as nothing now; no other level is out of order by it. */
static void spoil_drift(struct verdict *v)
{
    v->after[NY_LEVEL_N3].m[0] /= 20;
}

static void spoil_share(struct verdict *v)
{
    v->pairs_in_all = 60000;
}

static void spoil_matches(struct verdict *v)
{
    v->block[NY_BLOCK_T3].expected[NY_CLASS_PERSON] = 1999;
}

static void test_bad_versions_are_refused(void **state)
{
    static const struct {
        const char *name;
        void (*spoil)(struct verdict *v);
        enum ny_learn_reason reason;
    } rows[] = {
        {"a top level that strangers reach, too", spoil_top,     NY_REFUSE_TOP_LEVEL  },
        {"levels out of order",                   spoil_order,   NY_REFUSE_ORDER      },
        {"a last level above others",             spoil_last,    NY_REFUSE_ORDER      },
        {"a contact that moved",                  spoil_contact, NY_REFUSE_TOP_CHANGE },
        {"a top level that moved",                spoil_change,  NY_REFUSE_TOP_CHANGE },
        {"a level that is another one now",       spoil_drift,   NY_REFUSE_DRIFT      },
        {"too many matches",                      spoil_share,   NY_REFUSE_SHARE      },
        {"too few matches",                       spoil_matches, NY_REFUSE_FEW_MATCHES},
    };

    (void)state;
    for (size_t i = 0; i <= NY_ARRAY_LEN(rows); i++) {
        struct ny_learn_report r = {0};
        struct verdict v;
        const struct verdict_input in = {v.start, v.before, v.after, v.hits, v.block, 0};
        struct verdict_input judged = in;

        verdict_init(&v);
        if (i < NY_ARRAY_LEN(rows)) {
            rows[i].spoil(&v);
        }
        judged.pairs_in_all = v.pairs_in_all;
        if (ny_learn_refuses(&judged, &r) != (i < NY_ARRAY_LEN(rows))) {
            fail_msg("%s", i < NY_ARRAY_LEN(rows) ? rows[i].name : "the start itself");
        }
        if (i < NY_ARRAY_LEN(rows)) {
            assert_int_equal(r.refusal[0].reason, rows[i].reason);
            assert_true(strlen(ny_learn_reason_text(r.refusal[0].reason)) > 0);
        }
    }
}

/* ---- a whole training ---- */

/* Twenty people with one phone, a family, and people of their own; in the order that step says. */
static void registry_fill(struct world *w, unsigned step)
{
    enum { MANY = 60 };

    for (unsigned i = 0; i < MANY; i++) {
        unsigned k = i * step % MANY;
        ny_str line = ny_arena_printf(
            w->f->a, "kf=佐藤;kg=%s;pf=サトウ;pg=%s;sex=F;birth=19%02u0%u1%u;phone=02722%05u;",
            k % 2 == 0 ? "愛" : "乙葉", k % 2 == 0 ? "アイ" : "オトハ", 40 + k % 50, 1 + k % 9,
            k % 9, k < 20 ? 11111 : 20000 + k);

        put(w, 1 + (int32_t)(k % 3), 0, line.p);
    }
}

/* What is stored can be read again; オトハ holds the bytes that look like a line's end and '/'. */
static void check_round_trip(struct fixture *f, ny_str text)
{
    struct ny_match_model *m = NULL;
    struct ny_error err = {0};
    struct ny_buf b;

    assert_true(memmem(text.p, text.n, "乙葉/オトハ ", strlen("乙葉/オトハ ")) != NULL);
    assert_int_equal(ny_match_model_parse(text, &m, &err), NY_OK);
    ny_buf_init(&b, f->a);
    assert_int_equal(ny_match_model_write(m, &b), NY_OK);
    assert_true(ny_str_equals(ny_buf_str(&b), text));
    ny_match_model_destroy(m);
}

static ny_str trained_text(struct fixture *f, unsigned step, struct ny_learn_report *report)
{
    const struct ny_learn_options o = {
        .version = 2, .population = 500000, .seed = 4, .today = 20700, .counts_only = true};
    struct ny_match_model *m = NULL;
    struct ny_buf b;
    struct world w;
    ny_str text = NY_STR_NONE;

    world_init(&w, f, 13, true);
    registry_fill(&w, step);
    assert_int_equal(ny_learn_train(w.ix, w.m, &o, &m, report), NY_LEARN_DONE);
    ny_buf_init(&b, f->a);
    assert_int_equal(ny_match_model_write(m, &b), NY_OK);
    assert_int_equal(ny_buf_end(&b, &text), NY_OK);
    ny_match_model_destroy(m);
    world_finish(&w);
    check_round_trip(f, text);
    return text;
}

static void test_counts_find_what_many_share(void **state)
{
    struct ny_learn_report r = {0};
    ny_str text = trained_text(*state, 1, &r);

    assert_int_equal(r.records, 60);
    assert_int_equal(r.marked[NY_MARK_SHARED_PHONE], 1);
    assert_true(memmem(text.p, text.n, "setting version 2\n", 18) != NULL);
}

/* The first message of each facility, whoever it was about; who never sent any is not known. */
static void test_first_days_are_frozen(void **state)
{
    const struct ny_learn_options o = {
        .version = 2, .population = 500000, .seed = 4, .today = 20700, .counts_only = true};
    const struct ny_record unseen = {.first_day = 1};
    struct ny_learn_report report = {0};
    struct ny_match_model *m = NULL;
    struct fixture *f = *state;
    struct ny_patient *early = patient_of(f->a, person_of(f->a, "kf=佐藤;kg=愛;birth=19800101;"));
    ny_str packed = NY_STR_NONE;
    struct world w;
    int32_t now;

    world_init(&w, f, 13, true);
    registry_fill(&w, 1);
    early->first_us -= 10 * NY_US_PER_DAY;
    assert_int_equal(ny_record_pack(f->a, early, &packed), NY_OK);
    ny_index_record_set(w.ix, put(&w, 2, 0, "kf=佐藤;kg=愛;birth=19800101;"), packed);
    assert_int_equal(ny_learn_train(w.ix, w.m, &o, &m, &report), NY_LEARN_DONE);
    now = ny_match_settled_day(m, NY_S("1.2.1"), &unseen);
    assert_true(now > 20000);
    assert_int_equal(ny_match_settled_day(m, NY_S("1.2.2"), &unseen), now - 10);
    assert_int_equal(ny_match_settled_day(m, NY_S("1.2.4"), &unseen), 31);
    ny_match_model_destroy(m);
    world_finish(&w);
}

/* The canonical order decides, and local ids are given in the order of numbers, so two registries
 * are the same but for their numbers when the lines are. */
static void test_the_same_registry_gives_the_same_version(void **state)
{
    struct ny_learn_report r = {0};
    ny_str first = trained_text(*state, 1, &r);
    ny_str again = trained_text(*state, 1, &r);
    ny_str other = trained_text(*state, 7, &r);

    assert_true(ny_str_equals(first, again));
    assert_true(ny_str_equals(first, other));
}

static void test_a_small_registry_is_refused(void **state)
{
    const struct ny_learn_options o = {.version = 2, .population = 500000, .seed = 4};
    struct ny_learn_report *r = ny_calloc(1, sizeof(*r));
    struct ny_match_model *m = NULL;
    struct ny_buf b;
    struct world w;

    world_init(&w, *state, 13, true);
    registry_fill(&w, 1);
    assert_int_equal(ny_learn_train(w.ix, w.m, &o, &m, r), NY_LEARN_REFUSED);
    assert_null(m);
    assert_true(r->n_refusals > 0);
    ny_buf_init(&b, ((struct fixture *)*state)->a);
    assert_int_equal(ny_learn_report_write(r, &b), NY_OK);
    world_finish(&w);
    ny_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_fit_finds_what_pairs_were_drawn_from),
        cmocka_unit_test(test_what_is_rare_keeps_its_start),
        cmocka_unit_test(test_bad_versions_are_refused),
        cmocka_unit_test(test_counts_find_what_many_share),
        cmocka_unit_test(test_first_days_are_frozen),
        cmocka_unit_test(test_the_same_registry_gives_the_same_version),
        cmocka_unit_test(test_a_small_registry_is_refused),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
