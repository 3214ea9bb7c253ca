/* Holds over a store in memory: an id that turns into another person, a search that is not
 * complete; what ends them, and a clerk's release. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_store.h"
#include "nayose/registry.h"

enum { DOMAINS = 3, DAY_US = 86400000 };

static const int64_t T0 = INT64_C(1775012400) * 1000000;

struct world {
    struct ny_store *store;
    struct ny_registry *registry;
    struct ny_arena *arena;
    ny_rc rc;
    bool answered;
};

/* Somebody, as one message says it. */
struct who {
    const char *family, *given, *family_kana, *given_kana, *birth, *sex, *phone;
};
static const struct who taro = {"山田", "太郎", "ヤマダ", "タロウ", "19500213", "M", "0542001111"};
static const struct who hanako = {"佐藤",     "花子", "サトウ",    "ハナコ",
                                  "19841124", "F",    "0542002222"};

static void world_open(struct world *w)
{
    struct ny_registry_config cfg = {
        .store = w->store,
        .regional = {NY_S("R"), NY_S("1.2.3.9"), NY_S("ISO")},
        .regional_digits = 11
    };
    struct ny_error err;

    assert_int_equal(ny_registry_create(&cfg, &w->registry, &err), NY_OK);
}

static void world_create(struct world *w, int32_t candidate_max)
{
    *w = (struct world){.arena = ny_arena_create(0)};
    w->store = fake_store_create(fake_model_text(w->arena, candidate_max));
    fake_store_add_facilities(w->store, w->arena, DOMAINS);
    world_open(w);
}

static void world_reopen(struct world *w)
{
    ny_registry_destroy(w->registry);
    world_open(w);
}

static void world_destroy(struct world *w)
{
    ny_registry_destroy(w->registry);
    fake_store_destroy(w->store);
    ny_arena_destroy(w->arena);
}

static void pump(struct world *w)
{
    while (fake_store_pump(w->store)) {
    }
}

static ny_rc compose(void *ctx, const struct ny_feed_outcome *o, ny_str *out)
{
    (void)ctx;
    assert_int_equal(o->result, NY_FEED_ACCEPTED);
    *out = NY_S("AA");
    return NY_OK;
}

static void done(void *ctx, ny_rc rc, ny_str answer)
{
    struct world *w = ctx;

    (void)answer;
    w->rc = rc;
    w->answered = true;
}

static void say(struct world *w, struct ny_patient *p, enum ny_set_id set, const struct ny_value *v,
                const struct ny_stamp *s)
{
    assert_int_equal(ny_patient_say(p, w->arena, set, v, s), NY_OK);
}

/* One message, at a day; answered when this returns. */
static void feed(struct world *w, int domain, const char *id, const struct who *who, int day)
{
    struct ny_feed *f = NY_ARENA_NEW(w->arena, struct ny_feed);
    struct ny_reply reply = {compose, done, w};
    struct ny_stamp s = {.at_us = T0 + day * (int64_t)DAY_US,
                         .control_id = ny_arena_printf(w->arena, "%d-%s-%d", domain, id, day)};
    struct ny_value name = {0};
    struct ny_value phone = {0};

    f->domains[0] = ny_registry_domain(w->registry, domain);
    f->ids[0] = ny_str_from_c(id);
    f->n_ids = 1;
    f->request.source =
        ny_registry_source(w->registry, NY_S("HIS"), f->domains[0]->source_facility);
    f->request.control_id = s.control_id;
    f->request.body = ny_arena_printf(w->arena, "%.*s %s", NY_ARG(s.control_id), who->given);
    ny_sha256(f->request.body, f->request.body_hash);
    memcpy(s.hash, f->request.body_hash, sizeof(s.hash));
    ny_patient_init(&f->patient);
    ny_value_part_set(&name, NY_PART_NAME_KANJI_FAMILY, ny_str_from_c(who->family));
    ny_value_part_set(&name, NY_PART_NAME_KANJI_GIVEN, ny_str_from_c(who->given));
    ny_value_part_set(&name, NY_PART_NAME_KANA_FAMILY, ny_str_from_c(who->family_kana));
    ny_value_part_set(&name, NY_PART_NAME_KANA_GIVEN, ny_str_from_c(who->given_kana));
    say(w, &f->patient, NY_SET_NAME, &name, &s);
    ny_value_part_set(&phone, NY_PART_PHONE_NUMBER, ny_str_from_c(who->phone));
    say(w, &f->patient, NY_SET_PHONE, &phone, &s);
    ny_patient_say_single(&f->patient, NY_SINGLE_BIRTH_DATE, ny_str_from_c(who->birth), &s);
    ny_patient_say_single(&f->patient, NY_SINGLE_SEX, ny_str_from_c(who->sex), &s);
    assert_int_equal(ny_patient_claim_say(&f->patient, w->arena), NY_OK);
    w->answered = false;
    ny_registry_feed(w->registry, f, &reply);
    pump(w);
    assert_true(w->answered);
    assert_int_equal(w->rc, NY_OK);
}

static void on_released(void *ctx, ny_rc rc, bool released)
{
    struct world *w = ctx;

    w->rc = rc;
    w->answered = released;
}

static bool release(struct world *w, int domain, const char *id)
{
    w->answered = false;
    w->rc = NY_EDB;
    ny_registry_hold_release(w->registry, ny_registry_domain(w->registry, domain),
                             ny_str_from_c(id), NY_S("clerk"), NY_S("because"), on_released, w);
    pump(w);
    return w->answered;
}

static bool are_one(const struct world *w, int da, const char *a, int db, const char *b)
{
    return fake_store_person(w->store, fake_store_row(w->store, da, a)) ==
           fake_store_person(w->store, fake_store_row(w->store, db, b));
}

static bool is_held(const struct world *w, int domain, const char *id, enum ny_hold_kind kind,
                    enum ny_hold_why why)
{
    return fake_store_has_hold(w->store, (int64_t)fake_store_row(w->store, domain, id) + 1, 0, kind,
                               why);
}

static bool is_overlaid(const struct world *w, int domain, const char *id)
{
    return is_held(w, domain, id, NY_HOLD_VERSION, NY_HOLD_OVERLAY);
}

static size_t overlay_questions(const struct world *w)
{
    size_t n = 0;

    for (size_t i = 0; i < fake_store_review_count(w->store); i++) {
        const struct ny_review_row *row = fake_store_review(w->store, i);

        n += row->state == NY_REVIEW_OPEN && row->reason == NY_REASON_OVERLAY;
    }
    return n;
}

/* 1 of F01 is Taro, as 2 of F02 is, until it is given to Hanako, whom F03 knows as 3. */
static void overlay_make(struct world *w)
{
    feed(w, 1, "1", &taro, 0);
    feed(w, 2, "2", &taro, 1);
    assert_true(are_one(w, 1, "1", 2, "2"));
    feed(w, 1, "1", &hanako, 2);
    feed(w, 3, "3", &hanako, 3);
}

static void test_the_old_person_keeps_the_link(void **state)
{
    struct world w;

    (void)state;
    world_create(&w, 400);
    overlay_make(&w);
    for (int round = 0; round < 2; round++) { /* before and after a start */
        assert_true(are_one(&w, 1, "1", 2, "2"));
        assert_false(are_one(&w, 1, "1", 3, "3"));
        assert_true(is_overlaid(&w, 1, "1"));
        assert_int_equal(overlay_questions(&w), 1);
        world_reopen(&w);
        feed(&w, 2, "2", &taro, 4 + round); /* whatever else comes */
    }
    world_destroy(&w);
}

static void test_the_old_claims_heal_it(void **state)
{
    struct world w;

    (void)state;
    world_create(&w, 400);
    overlay_make(&w);
    feed(&w, 1, "1", &taro, 5);
    assert_false(is_overlaid(&w, 1, "1"));
    assert_int_equal(overlay_questions(&w), 0);
    assert_true(are_one(&w, 1, "1", 2, "2"));
    assert_false(are_one(&w, 1, "1", 3, "3"));
    assert_false(release(&w, 1, "1"));
    assert_int_equal(w.rc, NY_OK);
    world_destroy(&w);
}

static void test_a_clerk_releases_it(void **state)
{
    struct world w;
    size_t audits;

    (void)state;
    world_create(&w, 400);
    overlay_make(&w);
    audits = fake_store_audits(w.store);
    assert_true(release(&w, 1, "1"));
    assert_int_equal(fake_store_audits(w.store), audits + 1);
    assert_true(are_one(&w, 1, "1", 3, "3"));
    assert_false(are_one(&w, 1, "1", 2, "2"));
    assert_false(is_overlaid(&w, 1, "1"));
    assert_int_equal(overlay_questions(&w), 0);
    world_reopen(&w);
    feed(&w, 1, "1", &hanako, 6); /* stays released */
    assert_false(is_overlaid(&w, 1, "1"));
    feed(&w, 1, "1", &taro, 7); /* a later one is held again */
    assert_true(is_overlaid(&w, 1, "1"));
    assert_true(are_one(&w, 1, "1", 3, "3"));
    assert_false(release(&w, 1, "unknown"));
    assert_int_equal(w.rc, NY_ENOTFOUND);
    world_destroy(&w);
}

/* The day of overlay_make and a heal in every order, the release at any time behind the overlay. */
static void test_no_order_shows(void **state)
{
    enum { TOLD = 4 };
    static const struct {
        int domain;
        const char *id;
        const struct who *who;
        int day;
    } told[TOLD] = {
        {1, "1", &taro,   0},
        {2, "2", &taro,   1},
        {1, "1", &hanako, 2},
        {3, "3", &hanako, 3},
    };

    (void)state;
    for (int order = 0; order < 24; order++) {
        bool fed[TOLD] = {false};
        int code = order;
        struct world w;

        world_create(&w, 400);
        for (int k = TOLD; k > 0; k--) {
            int skip = code % k;
            int at = 0;

            code /= k;
            while (fed[at] || skip-- > 0) {
                at++;
            }
            fed[at] = true;
            feed(&w, told[at].domain, told[at].id, told[at].who, told[at].day);
        }
        if (!are_one(&w, 1, "1", 2, "2") || are_one(&w, 1, "1", 3, "3") ||
            !is_overlaid(&w, 1, "1") || overlay_questions(&w) != 1) {
            fail_msg("order %d", order);
        }
        world_destroy(&w);
    }
}

/* Three others share the date, two are looked at; with another date the search is complete. */
static void test_a_search_that_is_complete_ends_its_hold(void **state)
{
    struct who who = hanako;
    struct world w;

    (void)state;
    world_create(&w, 2);
    for (int i = 0; i < 3; i++) {
        who.given = who.given_kana = (const char *const[]){"アユミ", "ケイコ", "ノゾミ"}[i];
        who.phone = (const char *const[]){"0542003331", "0542003332", "0542003333"}[i];
        feed(&w, 1, (const char *const[]){"a", "b", "c"}[i], &who, i);
    }
    feed(&w, 2, "2", &hanako, 5);
    assert_true(is_held(&w, 2, "2", NY_HOLD_IDENTITY, NY_HOLD_SEARCH));
    world_reopen(&w);
    who = hanako;
    who.birth = "19841125";
    feed(&w, 2, "2", &who, 6);
    assert_false(is_held(&w, 2, "2", NY_HOLD_IDENTITY, NY_HOLD_SEARCH));
    world_destroy(&w);
}

/* A batch that fails leaves no hold behind. */
static void test_a_failed_batch_takes_its_holds_along(void **state)
{
    struct world w;

    (void)state;
    world_create(&w, 400);
    feed(&w, 1, "1", &taro, 0);
    fake_store_fail(w.store, NY_EAGAIN, 3);
    feed(&w, 1, "1", &hanako, 2);
    assert_true(is_overlaid(&w, 1, "1"));
    fake_store_fail(w.store, NY_EAGAIN, 3);
    assert_true(release(&w, 1, "1"));
    assert_false(is_overlaid(&w, 1, "1"));
    world_destroy(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_old_person_keeps_the_link),
        cmocka_unit_test(test_the_old_claims_heal_it),
        cmocka_unit_test(test_a_clerk_releases_it),
        cmocka_unit_test(test_no_order_shows),
        cmocka_unit_test(test_a_search_that_is_complete_ends_its_hold),
        cmocka_unit_test(test_a_failed_batch_takes_its_holds_along),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
