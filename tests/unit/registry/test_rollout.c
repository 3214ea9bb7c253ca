/* From one model version to another while the registry serves: the groups are those of the new
 * version, whatever came, failed or stopped meanwhile; and back again with the same persons. */

#include "nayose/registry_models.h"

#include "world.h"

struct told {
    int n;
    ny_rc rc;
};

static void on_told(void *ctx, ny_rc rc)
{
    struct told *t = ctx;

    t->n++;
    t->rc = rc;
}

static void add_version(struct world *w, int version, ny_str text)
{
    struct told t = {0};
    struct ny_model_row row = {
        .version = version, .state = NY_MODEL_MADE, .made_from = 1, .body = text};

    ny_registry_model_add(w->registry, &row, NY_S("op"), on_told, &t);
    pump_all(w);
    assert_true(t.n == 1 && t.rc == NY_OK);
}

static void activate(struct world *w, ny_str text, struct told *t)
{
    struct ny_match_model *m = NULL;
    struct ny_error err = {0};

    *t = (struct told){0};
    assert_int_equal(ny_match_model_parse(text, &m, &err), NY_OK);
    ny_registry_model_activate(w->registry, m, NY_S("op"), on_told, t);
}

/* Everything that hangs on groups, told without the numbers of rows. */
struct picture {
    struct line groups[MESSAGES_MAX];
    size_t n, edges, open, parked;
    int64_t bits; /* of all edges */
};

static void picture_take(const struct world *w, struct picture *p)
{
    p->n = groups_of(w, p->groups);
    p->edges = fake_store_edges(w->store);
    p->bits = fake_store_edge_bits(w->store);
    p->open = fake_store_reviews(w->store, NY_REVIEW_OPEN);
    p->parked = fake_store_reviews(w->store, NY_REVIEW_PARKED);
}

static void assert_same_picture(const struct picture *a, const struct picture *b)
{
    assert_same_groups(a->groups, a->n, b->groups, b->n);
    assert_int_equal(a->edges, b->edges);
    assert_int_equal(a->bits, b->bits);
    assert_int_equal(a->open, b->open);
    assert_int_equal(a->parked, b->parked);
}

static bool pictures_differ(const struct picture *a, const struct picture *b)
{
    return memcmp(a->groups, b->groups, sizeof(a->groups)) != 0;
}

struct setup {
    struct ny_arena *arena;
    ny_str one, two;
    struct message day[MESSAGES_MAX];
    size_t n;
    struct picture under_one, under_two; /* fed under one version only */
};

static void picture_under(const struct setup *s, ny_str model, struct picture *out)
{
    struct world w;

    world_create(&w, model);
    feed_day(&w, s->day, s->n, 20);
    picture_take(&w, out);
    world_destroy(&w);
}

static int setup(void **state)
{
    struct setup *s = ny_calloc(1, sizeof(*s));

    s->arena = ny_arena_create(0);
    s->one = fake_model_text(s->arena, 0);
    s->two = fake_model_changed(s->arena, s->one, 2, "24000");
    s->n = make_day(s->day, 100, 20261125);
    picture_under(s, s->one, &s->under_one);
    picture_under(s, s->two, &s->under_two);
    assert_true(pictures_differ(&s->under_one, &s->under_two));
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct setup *s = *state;

    ny_arena_destroy(s->arena);
    ny_free(s);
    return 0;
}

static void expect_progress(const struct world *w, bool under_way, int32_t active)
{
    struct ny_rollout_progress p;

    ny_registry_rollout_progress(w->registry, &p);
    assert_int_equal(p.under_way, under_way);
    assert_int_equal(ny_match_model_version(ny_registry_model(w->registry)), active);
}

/* The day was fed under version 1, and 2 is being activated. */
static void change_begin(struct world *w, const struct setup *s, struct told *t)
{
    world_create(w, s->one);
    add_version(w, 2, s->two);
    feed_day(w, s->day, s->n, 20);
    activate(w, s->two, t);
}

/* It is as if the day had been fed under version 2; ends the world. */
static void expect_changed(struct world *w, const struct setup *s)
{
    struct picture now;

    expect_progress(w, false, 2);
    picture_take(w, &now);
    assert_same_picture(&now, &s->under_two);
    world_destroy(w);
}

static void test_the_groups_become_those_of_the_new_version(void **state)
{
    struct world w;
    struct told t;

    change_begin(&w, *state, &t);
    pump_all(&w);
    assert_true(t.n == 1 && t.rc == NY_OK);
    expect_changed(&w, *state);
}

/* The day's second half arrives while the version changes, at every pace. */
static void test_feeds_go_on_meanwhile(void **state)
{
    struct setup *s = *state;

    for (size_t pumps = 0; pumps < 8; pumps++) {
        struct world w;
        struct told t;
        size_t half = s->n / 2;

        world_create(&w, s->one);
        add_version(&w, 2, s->two);
        feed_day(&w, s->day, half, 20);
        activate(&w, s->two, &t);
        for (size_t i = half; i < s->n; i++) {
            struct sent *sent = send_message(&w, &s->day[i]);

            while (!sent->answered) {
                assert_true(fake_store_pump(w.store));
            }
            sent_destroy(sent);
            for (size_t k = 0; k < pumps; k++) {
                fake_store_pump(w.store);
            }
        }
        pump_all(&w);
        expect_changed(&w, s);
    }
}

static void check_there_and_back(const struct setup *s, ny_str from, ny_str to, int version,
                                 const struct picture *before)
{
    int64_t persons[MESSAGES_MAX];
    struct picture now;
    struct world w;
    struct told t;
    size_t n;

    world_create(&w, from);
    add_version(&w, 3 - version, to);
    feed_day(&w, s->day, s->n, 20);
    n = fake_store_identities(w.store);
    for (size_t i = 0; i < n; i++) {
        persons[i] = fake_store_person(w.store, i);
    }
    activate(&w, to, &t);
    pump_all(&w);
    expect_progress(&w, false, 3 - version);
    activate(&w, from, &t);
    pump_all(&w);
    expect_progress(&w, false, version);
    picture_take(&w, &now);
    assert_same_picture(&now, before);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(fake_store_person(w.store, i), persons[i]);
    }
    world_destroy(&w);
}

/* What is taken back is what was: the same groups, and each identity under its old regional ID,
 * whether the change had joined them or kept them apart. */
static void test_taking_it_back_gives_the_same_persons(void **state)
{
    struct setup *s = *state;

    check_there_and_back(s, s->one, s->two, 1, &s->under_one);
    check_there_and_back(s, s->two, s->one, 2, &s->under_two);
}

/* Batches that fail are done again; a lost database and a restart go on where it was. */
static void test_failures_and_restarts_change_nothing(void **state)
{
    struct setup *s = *state;

    for (int stop = 0; stop < 12; stop++) {
        struct world w;
        struct told t;

        change_begin(&w, s, &t);
        for (int i = 0; i < stop; i++) {
            fake_store_pump(w.store);
        }
        if (stop % 3 == 0) {
            fake_store_fail(w.store, NY_EAGAIN, 2);
        } else if (stop % 3 == 1) {
            fake_store_lose_answer(w.store);
            fake_store_pump(w.store);
            fake_store_lose(w.store, false);
            fake_store_lose(w.store, true);
        } else {
            fake_store_stop(w.store);
            ny_registry_destroy(w.registry);
            world_open(&w);
        }
        pump_all(&w);
        if (ny_match_model_version(ny_registry_model(w.registry)) == 1) {
            activate(&w, s->two, &t); /* it stopped before anything was committed */
            pump_all(&w);
        }
        expect_changed(&w, s);
    }
}

/* What a known patient's message says once more while keys come or go. */
static struct sent *say_again(struct world *w, const struct setup *s, struct message *m)
{
    *m = s->day[0];
    m->at_us++;
    snprintf(m->control_id, sizeof(m->control_id), "again");
    snprintf(m->phone, sizeof(m->phone), "0549876543");
    return send_message(w, m);
}

static void expect_said(struct sent *sent)
{
    assert_true(sent->answered && sent->rc == NY_OK);
    sent_destroy(sent);
}

/* A message that shares the batch in which the last keys go. */
static void test_a_known_patient_while_keys_go(void **state)
{
    for (int pumps = 0; pumps < 8; pumps++) {
        struct world w;
        struct told t;
        struct sent *sent;
        struct message m;

        change_begin(&w, *state, &t);
        for (int i = 0; i < pumps; i++) {
            fake_store_pump(w.store);
        }
        sent = say_again(&w, *state, &m);
        pump_all(&w);
        expect_said(sent);
        expect_progress(&w, false, 2);
        world_destroy(&w);
    }
}

/* The database refuses the new version for good: the old one goes on, and can be left later. */
static void test_a_version_that_is_refused(void **state)
{
    struct setup *s = *state;
    struct sent *sent;
    struct message m;
    struct world w;
    struct told t;

    change_begin(&w, s, &t);
    fake_store_refuse_version(w.store);
    while (t.n == 0 && fake_store_pump(w.store)) {
    }
    assert_true(t.n == 1 && t.rc == NY_ECONFLICT);
    sent = say_again(&w, s, &m);
    pump_all(&w);
    expect_said(sent);
    expect_progress(&w, false, 1);
    activate(&w, s->two, &t);
    pump_all(&w);
    assert_true(t.n == 1 && t.rc == NY_OK);
    expect_progress(&w, false, 2);
    world_destroy(&w);
}

static void test_one_change_at_a_time(void **state)
{
    struct setup *s = *state;
    struct world w;
    struct told first;
    struct told second;

    world_create(&w, s->one);
    add_version(&w, 2, s->two);
    activate(&w, s->one, &first);
    assert_true(first.n == 1 && first.rc == NY_ECONFLICT); /* it is the active one */
    feed_day(&w, s->day, s->n, 20);
    activate(&w, s->two, &first);
    activate(&w, s->two, &second);
    assert_true(second.n == 1 && second.rc == NY_ECONFLICT);
    pump_all(&w);
    assert_true(first.n == 1 && first.rc == NY_OK);
    world_destroy(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_groups_become_those_of_the_new_version),
        cmocka_unit_test(test_feeds_go_on_meanwhile),
        cmocka_unit_test(test_taking_it_back_gives_the_same_persons),
        cmocka_unit_test(test_failures_and_restarts_change_nothing),
        cmocka_unit_test(test_a_known_patient_while_keys_go),
        cmocka_unit_test(test_a_version_that_is_refused),
        cmocka_unit_test(test_one_change_at_a_time),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, setup, teardown);
}
