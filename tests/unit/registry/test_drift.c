/* Alarms of sources: messages that lose their habits stop what they would link, and nothing else.
 */

#include "world.h"

enum { HEALTHY = 260, CHANGED = 500, ID_LEN = 48 };

/* How messages of the changed feed differ. */
enum change {
    AS_BEFORE,
    NO_KANA,
    RARE_KANA, /* one of ten */
    ONE_BIRTH,
    NO_BIRTH,
    YEAR_ONLY,
    ONE_PHONE,
    ONE_PATIENT
};

static const char *const givens[][2] = {
    {"花子", "ハナコ"   },
    {"太郎", "タロウ"   },
    {"恵",    "メグミ"   },
    {"優美", "ユミ"      },
    {"健一", "ケンイチ"},
};

/* A patient of a domain by number, as the feed says it. */
static void patient_make(struct message *m, int domain, size_t n, enum change change)
{
    const char *const *given = givens[n % NY_ARRAY_LEN(givens)];
    bool no_kana = change == NO_KANA || (change == RARE_KANA && n % 10 != 0);

    *m = (struct message){.domain = domain,
                          .at_us = INT64_C(1775012400000000) + (int64_t)n * 1000000,
                          .family = "名寄",
                          .given = given[0],
                          .family_kana = no_kana ? "" : "ナヨロ",
                          .given_kana = no_kana ? "" : given[1],
                          .sex = n % 2 == 0 ? "F" : "M"};
    snprintf(m->control_id, sizeof(m->control_id), "%d-%zu-%d", domain, n, (int)change);
    snprintf(m->id, sizeof(m->id), "%zu", change == ONE_PATIENT ? 0 : n);
    snprintf(m->birth, sizeof(m->birth), "%04zu%02zu%02zu", 1930 + n % 70, 1 + n / 70 % 12,
             1 + n / 7 % 28);
    snprintf(m->phone, sizeof(m->phone), "05422%05zu",
             change == ONE_PHONE || change == ONE_PATIENT ? 1 : n);
    if (change == ONE_BIRTH || change == ONE_PATIENT) {
        snprintf(m->birth, sizeof(m->birth), "19800101");
    } else if (change == NO_BIRTH) {
        m->birth[0] = '\0';
    } else if (change == YEAR_ONLY) {
        m->birth[4] = '\0';
    }
}

static void feed_one(struct world *w, int domain, size_t n, enum change change)
{
    struct message m;

    patient_make(&m, domain, n, change);
    send_and_expect(w, &m, NY_OK, "ack 0");
}

static ny_str model_of_all; /* outlives its worlds */

static void world_watched(struct world *w)
{
    world_create(w, model_of_all);
    fake_store_watch(w->store);
    ny_registry_destroy(w->registry);
    world_open(w);
}

static void reopen(struct world *w)
{
    ny_registry_destroy(w->registry);
    world_open(w);
}

static bool has_alarm(const struct world *w, int source)
{
    const struct ny_requester_row *const *sources;

    assert_true(ny_registry_sources(w->registry, &sources) >= (size_t)source);
    return ny_registry_source_alarm(w->registry, sources[source - 1]).n > 0;
}

/* Feeds healthy messages, then changed ones until the alarm; gives how many, 0 when none came. */
static size_t until_alarm(struct world *w, enum change change)
{
    for (size_t n = 1; n <= HEALTHY; n++) {
        feed_one(w, 1, n, AS_BEFORE);
    }
    assert_false(has_alarm(w, 1));
    for (size_t n = 1; n <= CHANGED; n++) {
        feed_one(w, 1, HEALTHY + n, change);
        if (has_alarm(w, 1)) {
            return n;
        }
    }
    return 0;
}

static void test_each_change(void **state)
{
    static const struct {
        const char *name;
        enum change change;
        size_t least, most; /* messages until the alarm; 0: none */
    } rows[] = {
        {"nothing changed",         AS_BEFORE,   0,  0  },
        {"kana gone",               NO_KANA,     50, 200},
        {"one birth date",          ONE_BIRTH,   20, 200},
        {"birth dates empty",       NO_BIRTH,    50, 200},
        {"birth dates cut",         YEAR_ONLY,   50, 200},
        {"one phone",               ONE_PHONE,   50, 200},
        {"one patient, many times", ONE_PATIENT, 0,  0  },
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct world w;
        size_t n;

        world_watched(&w);
        n = until_alarm(&w, rows[i].change);
        if (n < rows[i].least || n > rows[i].most) {
            fail_msg("%s: %zu", rows[i].name, n);
        }
        assert_int_equal(fake_store_has_hold(w.store, 0, 1, NY_HOLD_SOURCE, NY_HOLD_DRIFT), n > 0);
        assert_false(has_alarm(&w, 2));
        world_destroy(&w);
    }
}

/* Who hardly ever sent kana does not lose them; habits are kept over a restart. */
static void test_habits_are_the_source_s_own(void **state)
{
    struct world w;

    (void)state;
    world_watched(&w);
    for (size_t n = 1; n <= 2 * HEALTHY; n++) {
        feed_one(&w, 1, n, RARE_KANA);
        feed_one(&w, 2, n, AS_BEFORE);
    }
    for (size_t n = 1; n <= HEALTHY; n++) {
        feed_one(&w, 1, 2 * HEALTHY + n, NO_KANA);
    }
    assert_false(has_alarm(&w, 1));
    reopen(&w);
    for (size_t n = 1; n <= CHANGED && !has_alarm(&w, 2); n++) {
        feed_one(&w, 2, 2 * HEALTHY + n, NO_KANA);
    }
    assert_true(has_alarm(&w, 2)); /* the window had to fill anew, the habits had not */
    assert_false(has_alarm(&w, 1));
    world_destroy(&w);
}

static bool are_one(const struct world *w, size_t n)
{
    char id[ID_LEN];

    snprintf(id, sizeof(id), "%zu", n);
    return fake_store_person(w->store, fake_store_row(w->store, 1, id)) ==
           fake_store_person(w->store, fake_store_row(w->store, 2, id));
}

static bool is_held(const struct world *w, size_t n, enum ny_hold_kind kind)
{
    char id[ID_LEN];

    snprintf(id, sizeof(id), "%zu", n);
    return fake_store_has_hold(w->store, (int64_t)fake_store_row(w->store, 1, id) + 1, 0, kind,
                               NY_HOLD_DRIFT);
}

static void on_released(void *ctx, ny_rc rc, bool released)
{
    bool *out = ctx;

    assert_int_equal(rc, NY_OK);
    *out = released;
}

static bool release(struct world *w)
{
    const struct ny_requester_row *const *sources;
    bool released = false;

    assert_true(ny_registry_sources(w->registry, &sources) > 0);
    ny_registry_source_release(w->registry, sources[0], NY_S("clerk"), NY_S("repaired"),
                               on_released, &released);
    pump_all(w);
    return released;
}

/* 10 was linked before the alarm and changes in it; 1000 and more come in it. */
enum { BEFORE = 10, FIRST_NEW = 1000, N_NEW = 80 };

static void alarm_make(struct world *w)
{
    world_watched(w);
    feed_one(w, 2, BEFORE, AS_BEFORE);
    assert_true(until_alarm(w, NO_KANA) > 0);
    assert_true(are_one(w, BEFORE));
    for (size_t n = FIRST_NEW; n < FIRST_NEW + N_NEW; n++) {
        feed_one(w, 2, n, AS_BEFORE);
        feed_one(w, 1, n, AS_BEFORE); /* as good as ever, but nobody can know */
    }
}

static void test_nothing_links_while_it_stands(void **state)
{
    struct message m;
    struct world w;

    (void)state;
    alarm_make(&w);
    patient_make(&m, 1, BEFORE, AS_BEFORE); /* would not match any more */
    snprintf(m.control_id, sizeof(m.control_id), "moved");
    snprintf(m.birth, sizeof(m.birth), "20010203");
    m.at_us += INT64_C(86400000000) * 90;
    send_and_expect(&w, &m, NY_OK, "ack 0");
    for (int round = 0; round < 2; round++) { /* before and after a start */
        assert_true(has_alarm(&w, 1));
        assert_true(are_one(&w, BEFORE));
        assert_true(is_held(&w, BEFORE, NY_HOLD_VERSION));
        for (size_t n = FIRST_NEW; n < FIRST_NEW + N_NEW; n++) {
            assert_false(are_one(&w, n));
            assert_true(is_held(&w, n, NY_HOLD_IDENTITY));
        }
        reopen(&w);
        feed_one(&w, 3, (size_t)round + 1, AS_BEFORE);
    }
    assert_true(release(&w));
    assert_false(has_alarm(&w, 1));
    assert_false(are_one(&w, BEFORE));
    assert_false(is_held(&w, BEFORE, NY_HOLD_VERSION));
    for (size_t n = FIRST_NEW; n < FIRST_NEW + N_NEW; n++) {
        assert_true(are_one(&w, n));
        assert_false(is_held(&w, n, NY_HOLD_IDENTITY));
    }
    assert_false(fake_store_has_hold(w.store, 0, 1, NY_HOLD_SOURCE, NY_HOLD_DRIFT));
    assert_false(release(&w));
    reopen(&w);
    pump_all(&w);
    assert_false(has_alarm(&w, 1));
    world_destroy(&w);
}

/* A server that stops between the release and what follows goes on at its next start. */
static void test_thawing_goes_on_after_a_stop(void **state)
{
    const struct ny_requester_row *const *sources;
    bool released = false;
    struct world w;

    (void)state;
    alarm_make(&w);
    assert_true(ny_registry_sources(w.registry, &sources) > 0);
    ny_registry_source_release(w.registry, sources[0], NY_S("clerk"), NY_S("repaired"), on_released,
                               &released);
    while (!released) {
        assert_true(fake_store_pump(w.store));
    }
    fake_store_lose(w.store, false);
    pump_all(&w);
    fake_store_lose(w.store, true);
    pump_all(&w);
    for (size_t n = FIRST_NEW; n < FIRST_NEW + N_NEW; n++) {
        assert_true(are_one(&w, n));
    }
    world_destroy(&w);
}

/* Whoever ends the watch ends what it held. */
static void on_set(void *ctx, ny_rc rc)
{
    *(ny_rc *)ctx = rc;
}

static void test_an_end_of_watching_lets_go(void **state)
{
    const struct ny_requester_row *const *sources;
    struct ny_requester_row row;
    ny_rc rc = NY_EDB;
    struct world w;

    (void)state;
    alarm_make(&w);
    assert_true(ny_registry_sources(w.registry, &sources) > 0);
    row = *sources[0];
    row.unwatched = true;
    ny_registry_source_set(w.registry, &row, NY_S("clerk"), on_set, &rc);
    pump_all(&w);
    assert_int_equal(rc, NY_OK);
    assert_true(are_one(&w, FIRST_NEW));
    assert_true(are_one(&w, FIRST_NEW + N_NEW - 1));
    world_destroy(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_change),
        cmocka_unit_test(test_habits_are_the_source_s_own),
        cmocka_unit_test(test_nothing_links_while_it_stands),
        cmocka_unit_test(test_thawing_goes_on_after_a_stop),
        cmocka_unit_test(test_an_end_of_watching_lets_go),
    };

    struct ny_arena *a = ny_arena_create(0);
    int failed;

    ny_log_level_set(NY_LOG_ERROR);
    model_of_all = fake_model_text(a, 0);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    ny_arena_destroy(a);
    return failed;
}
