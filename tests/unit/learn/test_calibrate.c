/* What follows from the meters: margin, bound, threshold; and a run as a whole. */

#include "calibrate_testing.h"

/* ---- margin and bound ---- */

enum { COUPLES = 40 };

/* People with two records each, all of one strength. */
static void couples_put(struct world *w)
{
    for (int i = 0; i < COUPLES; i++) {
        ny_str line = ny_arena_printf(w->f->a, SATO "phone=02722%05d;birth=19%02d%02d15;", i,
                                      30 + i, 1 + i % 12);
        uint32_t id = put(w, 1, 0, line.p);

        put(w, 2, ny_index_person_of(w->ix, id), line.p);
    }
}

static void test_margin_is_bounded_by_labels(void **state)
{
    struct world w;
    struct ny_calibration c;
    struct ny_learn_decision labels[COUPLES];
    size_t n = 0;

    world_init(&w, *state, 13, true);
    couples_put(&w);
    c = run(&w, NULL, 0);
    assert_int_equal(c.links, COUPLES);
    assert_true(c.margin_links > 0 && c.margin_links <= COUPLES);
    assert_true(c.margin_upper == 1); /* nobody looked */
    assert_int_equal(c.labels_needed, c.margin_links);
    assert_true(c.bound >= (double)c.margin_links / COUPLES);

    assert_int_equal(ny_calibration_draw(w.ix, w.m, NULL, 0, &w.o, COUPLES, labels, &n), NY_OK);
    assert_int_equal(n, c.margin_links);
    for (size_t i = 0; i < n; i++) {
        labels[i].same = true;
    }
    c = run(&w, labels, n);
    assert_int_equal(c.margin_labelled, n);
    assert_true(c.margin_upper == 0); /* all of them seen: nothing is left to chance */
    assert_int_equal(c.labels_needed, 0);
    if (n > 1) {
        c = run(&w, labels, n - 1);
        assert_true(fabs(c.margin_upper - ny_binomial_upper(0, n - 1, .975)) < 1e-12);
    }
    labels[0].same = false;
    c = run(&w, labels, n);
    assert_true(fabs(c.margin_upper - 1. / (double)n) < 1e-12);
    assert_true(c.estimate >= 1. / COUPLES); /* what clerks have seen is no less true */
    /* taking the false link apart does not undo what the sample has shown */
    ny_index_person_set(w.ix, labels[0].b, ny_index_person_add(w.ix));
    c = run(&w, labels, n);
    assert_int_equal(c.margin_different, 1);
    world_finish(&w);
}

/* What lies near the threshold belongs to the margin, as long as clerks can see all of it. */
static void test_margin_holds_what_is_near(void **state)
{
    static const struct {
        const char *name;
        double tau;
        int32_t near; /* links 4 bits above the threshold; as many are 30 bits above */
        uint64_t margin;
    } rows[] = {
        {"few are near",           13, 50,   50  },
        {"as many as can be seen", 13, 2000, 2000},
        {"more than can be seen",  13, 2100, 2000},
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct world w;
        struct ny_calibration out = {.tau_b1024 = NY_BITS(rows[i].tau)};
        struct cal_run r;
        uint64_t n = 0;

        print_message("%s\n", rows[i].name);
        world_init(&w, *state, rows[i].tau, true);
        r = (struct cal_run){.ix = w.ix, .m = w.m, .o = &w.o, .out = &out};
        for (int32_t k = 0; k < rows[i].near; k++) {
            cal_link_add(&r.links, 1, 2, out.tau_b1024 + NY_BITS(4) + k);
            cal_link_add(&r.links, 1, 2, out.tau_b1024 + NY_BITS(30));
        }
        cal_margin_cut(&r);
        for (size_t k = 0; k < r.links.n; k++) {
            n += cal_is_in_margin(&r, &r.links.v[k]);
        }
        assert_int_equal(n, rows[i].margin);
        ny_free(r.links.v);
        world_finish(&w);
    }
}

/* The risk of a link is that of its strength; without other news it is the estimate. */
static void test_model_mean_is_the_risk_of_the_links(void **state)
{
    struct world w;
    struct ny_calibration c;
    uint32_t a;
    uint32_t b;
    int32_t total;

    world_init(&w, *state, 7, false);
    a = put(&w, 1, 0, SATO "birth=19800501;");
    b = put(&w, 2, ny_index_person_of(w.ix, a), SATO "birth=19800501;");
    total = edge(&w, a, b, false, 0, 0);
    c = run(&w, NULL, 0);
    assert_int_equal(c.links, 1);
    assert_true(fabs(c.model_mean - ny_match_p_false(total)) < 1e-12);
    assert_true(fabs(c.estimate - c.model_mean) < 1e-12);
    world_finish(&w);
}

/* The bound of 1 000 links far above a margin that ends below `cut` bits, with pairs of one
 * facility that would be joined at 5 bits. */
static double bound_with_margin(struct world *w, double cut, size_t n_hits)
{
    struct ny_calibration out = {.exposure_ratio = 3, .exposure_namesakes = 3, .n_curve = 2};
    struct cal_facility_hit hits[] = {
        {.a = 1, .b = 2, .strength_b1024 = NY_BITS(5), .judged = true, .different = true},
        {.a = 3, .b = 4, .strength_b1024 = NY_BITS(5), .judged = true, .different = true},
    };
    struct cal_run r = {
        .ix = w->ix, .m = w->m, .o = &w->o, .out = &out, .hits = hits, .n_hits = n_hits};

    r.margin_cut_b1024 = NY_BITS(cut) - 1;
    out.curve[1].tau_b1024 = NY_BITS(10);
    for (int k = 0; k < 1000; k++) {
        cal_link_add(&r.links, 1, 2, NY_BITS(60));
    }
    cal_conclude(&r);
    ny_free(r.links.v);
    return out.bound;
}

/* Where labels speak the meters need not; where the margin ends between two points of the curve
 * they speak from the one before. */
static void test_meters_speak_beyond_the_margin(void **state)
{
    struct world w;

    world_init(&w, *state, 2, false);
    assert_true(bound_with_margin(&w, 4, 2) > bound_with_margin(&w, 4, 0));
    assert_true(bound_with_margin(&w, 8, 2) > bound_with_margin(&w, 8, 0));
    assert_true(bound_with_margin(&w, 10, 2) == bound_with_margin(&w, 10, 0));
    world_finish(&w);
}

static void test_drawing_goes_on_where_it_stopped(void **state)
{
    struct world w;
    struct ny_learn_decision all[COUPLES];
    struct ny_learn_decision again[COUPLES];
    size_t n = 0;
    size_t n_again = 0;

    world_init(&w, *state, 13, true);
    couples_put(&w);
    assert_int_equal(ny_calibration_draw(w.ix, w.m, NULL, 0, &w.o, COUPLES, all, &n), NY_OK);
    assert_true(n >= 1);
    for (size_t k = 0; k <= n; k++) {
        assert_int_equal(ny_calibration_draw(w.ix, w.m, all, k, &w.o, COUPLES, again, &n_again),
                         NY_OK);
        assert_int_equal(n_again, n - k);
        for (size_t i = 0; i < n_again; i++) {
            assert_int_equal(again[i].a, all[k + i].a);
            assert_int_equal(again[i].b, all[k + i].b);
        }
    }
    world_finish(&w);
}

/* The tally takes unequal events as fewer equal ones, never as less than one alone would be. */
static void test_uneven_events_widen_the_bound(void **state)
{
    struct cal_tally even = {0};
    struct cal_tally uneven = {0};

    (void)state;
    assert_true(fabs(cal_tally_upper(&even, 3, .95) - 3 * ny_poisson_upper(0, .95)) < 1e-9);
    for (int i = 0; i < 10; i++) {
        cal_tally_add(&even, 1);
        cal_tally_add(&uneven, i == 0 ? 5.5 : .5);
    }
    assert_true(fabs(even.sum - uneven.sum) < 1e-9);
    assert_true(fabs(cal_tally_upper(&even, 1, .95) - ny_poisson_upper(10, .95)) < 1e-9);
    assert_true(cal_tally_upper(&uneven, 1, .95) > 1.2 * cal_tally_upper(&even, 1, .95));
}

static void test_threshold_is_the_least_that_keeps_the_target(void **state)
{
    struct world w;
    struct ny_calibration c;

    world_init(&w, *state, 13, true);
    couples_put(&w);
    c = run(&w, NULL, 0);
    assert_true(c.tau_found);
    assert_int_equal(c.tau_best_b1024, NY_BITS(10.5)); /* all pairs are far above */
    w.o.target = 1e-30;
    c = run(&w, NULL, 0);
    assert_false(c.tau_found);
    world_finish(&w);
    /* the active threshold stands in the curve even between two steps */
    world_init(&w, *state, 13.3, true);
    couples_put(&w);
    c = run(&w, NULL, 0);
    for (size_t i = 1; i < c.n_curve; i++) {
        assert_true(c.curve[i].tau_b1024 > c.curve[i - 1].tau_b1024);
        assert_true(c.curve[i].links <= c.curve[i - 1].links);
    }
    assert_int_equal(c.curve[0].tau_b1024, NY_BITS(10.5));
    world_finish(&w);
}

/* ---- run and result ---- */

struct watch {
    int calls, stop_at;
    double last;
};

static bool watch(void *ctx, double share)
{
    struct watch *s = ctx;

    assert_true(share >= s->last && share <= 1.000001);
    s->last = share;
    return ++s->calls != s->stop_at;
}

static void test_a_run_can_be_stopped_anywhere(void **state)
{
    struct world w;
    struct ny_calibration c;
    struct watch s = {0};
    int all;

    world_init(&w, *state, 13, true);
    couples_put(&w);
    w.o.progress = watch;
    w.o.ctx = &s;
    c = run(&w, NULL, 0);
    assert_int_equal(c.links, COUPLES);
    all = s.calls;
    assert_true(all > COUPLES); /* each person's decoys are a step */
    for (int at = 1; at <= all; at += 7) {
        s = (struct watch){.stop_at = at};
        assert_int_equal(ny_calibrate(w.ix, w.m, NULL, 0, &w.o, &c), NY_EAGAIN);
        assert_int_equal(s.calls, at);
    }
    world_finish(&w);
}

static void test_nothing_is_a_registry_too(void **state)
{
    struct world w;
    struct ny_calibration c;

    world_init(&w, *state, 13, true);
    c = run(&w, NULL, 0);
    assert_int_equal(c.links, 0);
    assert_true(c.estimate == 0);
    world_finish(&w);
}

static void test_result_is_written(void **state)
{
    struct fixture *f = *state;
    struct world w;
    struct ny_calibration c;
    struct ny_buf json;
    struct ny_buf text;
    ny_str out;

    world_init(&w, f, 13, true);
    couples_put(&w);
    c = run(&w, NULL, 0);
    ny_buf_init(&json, f->a);
    ny_buf_init(&text, f->a);
    assert_int_equal(ny_calibration_write(&c, &json), NY_OK);
    assert_int_equal(ny_calibration_metrics(ny_buf_str(&json), &text), NY_OK);
    assert_int_equal(ny_buf_end(&text, &out), NY_OK);
    ny_buf_add_char(&text, '\0');
    assert_non_null(strstr(text.p, "\nnayose_calibration_links 40\n"));
    assert_non_null(strstr(text.p, "\nnayose_calibration_tau_bits 13\n"));
    assert_non_null(strstr(text.p, "# TYPE nayose_calibration_bound gauge\n"));
    assert_int_equal(ny_calibration_metrics(NY_S("[1]"), &text), NY_ESYNTAX);
    assert_int_equal(ny_calibration_metrics(NY_S("{"), &text), NY_ESYNTAX);
    world_finish(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_margin_is_bounded_by_labels),
        cmocka_unit_test(test_margin_holds_what_is_near),
        cmocka_unit_test(test_model_mean_is_the_risk_of_the_links),
        cmocka_unit_test(test_meters_speak_beyond_the_margin),
        cmocka_unit_test(test_drawing_goes_on_where_it_stopped),
        cmocka_unit_test(test_uneven_events_widen_the_bound),
        cmocka_unit_test(test_threshold_is_the_least_that_keeps_the_target),
        cmocka_unit_test(test_a_run_can_be_stopped_anywhere),
        cmocka_unit_test(test_nothing_is_a_registry_too),
        cmocka_unit_test(test_result_is_written),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
