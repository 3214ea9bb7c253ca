/* The outbox: whoever follows it in order ends with the sets that the database holds, whatever
 * happened to the batches on the way; and what becomes of a notice. */

#include "nayose/registry_notices.h"

#include "world.h"

static void on_done(void *ctx, ny_rc rc)
{
    *(ny_rc *)ctx = rc;
}

static void consumer_add(struct world *w, const char *name, const char *domains)
{
    const struct ny_consumer_row row = {.name = ny_str_from_c(name),
                                        .host = NY_S("127.0.0.1"),
                                        .port = 2575,
                                        .domains = ny_str_from_c(domains),
                                        .enabled = true};
    ny_rc rc = NY_EAGAIN;

    ny_registry_consumer_set(w->registry, &row, NY_S("clerk"), on_done, &rc);
    pump_all(w);
    assert_int_equal(rc, NY_OK);
}

static bool is_seen(const struct ny_identity_row *row, const char *domains)
{
    char ns[8];

    snprintf(ns, sizeof(ns), "F%02d", row->domain);
    return (row->status == NY_IDENTITY_ACTIVE || row->status == NY_IDENTITY_TEST) &&
           strstr(domains, ns) != NULL;
}

/* told[i]: the number of the last notice that named identity i + 1; size[i]: how many it named. */
static void follow(const struct world *w, int32_t consumer, int64_t *told, size_t *size)
{
    for (size_t k = 0; k < fake_store_notice_count(w->store); k++) {
        const struct ny_notice_view *v = fake_store_notice(w->store, k);
        ny_str rest = v->row.identities;
        size_t n = 1;

        for (size_t i = 0; i < rest.n; i++) {
            n += rest.p[i] == ',';
        }
        while (v->row.consumer == consumer && !ny_str_is_empty(rest)) {
            uint64_t id = 0;

            assert_int_equal(ny_str_to_u64(ny_str_split(&rest, ','), 1, MESSAGES_MAX, &id), NY_OK);
            told[id - 1] = v->seq;
            size[id - 1] = n;
        }
    }
}

static void assert_follows(const struct world *w, int32_t consumer, const char *domains)
{
    int64_t told[MESSAGES_MAX] = {0};
    size_t size[MESSAGES_MAX] = {0};
    size_t n = fake_store_identities(w->store);

    follow(w, consumer, told, size);
    for (size_t i = 0; i < n; i++) {
        const struct ny_identity_row *a = fake_store_identity(w->store, i);
        size_t together = 0;

        if (!is_seen(a, domains)) {
            continue;
        }
        assert_true(told[i] > 0);
        for (size_t k = 0; k < n; k++) {
            const struct ny_identity_row *b = fake_store_identity(w->store, k);

            if (is_seen(b, domains) && (told[i] == told[k]) != (a->person == b->person)) {
                fail_msg("identities %zu and %zu are told of %s", i + 1, k + 1,
                         told[i] == told[k] ? "together" : "apart");
            }
            together += is_seen(b, domains) && a->person == b->person;
        }
        assert_int_equal(size[i], together); /* nobody is named who has gone elsewhere */
    }
}

static void test_who_follows_has_the_sets(void **state)
{
    static struct message day[MESSAGES_MAX];

    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct world w;
        struct ny_arena *a = ny_arena_create(0);
        size_t n = make_day(day, 90, seed);

        world_create(&w, fake_model_text(a, 0));
        ny_arena_destroy(a);
        consumer_add(&w, "all", "F01,F02,F03,F04");
        consumer_add(&w, "two", "F02,F03");
        shuffle(day, n);
        fake_store_fail(w.store, NY_EAGAIN, 3);
        feed_day(&w, day, n / 2, 1 + seed * 5);
        ny_registry_destroy(w.registry);
        world_open(&w); /* a restart in the middle */
        feed_day(&w, day + n / 2, n - n / 2, 1 + seed * 5);
        assert_follows(&w, 1, "F01,F02,F03,F04");
        assert_follows(&w, 2, "F02,F03");
        world_destroy(&w);
    }
}

static const struct message somebody = {.control_id = "M1",
                                        .domain = 1,
                                        .id = "1",
                                        .at_us = 1000,
                                        .family = "名寄",
                                        .given = "恵",
                                        .family_kana = "ナヨロ",
                                        .given_kana = "メグミ",
                                        .birth = "19500213",
                                        .sex = "F",
                                        .phone = "0542001111"};

static void world_of_one(struct world *w)
{
    struct ny_arena *a = ny_arena_create(0);

    world_create(w, fake_model_text(a, 0));
    ny_arena_destroy(a);
    consumer_add(w, "one", "F01");
    send_and_expect(w, &somebody, NY_OK, "ack 0");
}

static void test_nothing_is_told_of_what_nobody_sees(void **state)
{
    struct message m = somebody;
    struct world w;

    (void)state;
    world_of_one(&w);
    assert_int_equal(fake_store_notice_count(w.store), 1);
    snprintf(m.control_id, sizeof(m.control_id), "M2");
    m.at_us = 2000; /* the same again */
    send_and_expect(&w, &m, NY_OK, "ack 0");
    snprintf(m.control_id, sizeof(m.control_id), "M3");
    m.domain = 2; /* not of interest */
    send_and_expect(&w, &m, NY_OK, "ack 0");
    assert_int_equal(fake_store_person(w.store, 0), fake_store_person(w.store, 1));
    assert_int_equal(fake_store_notice_count(w.store), 1);
    world_destroy(&w);
}

static void end(struct world *w, enum ny_notice_end how)
{
    const struct ny_notice_view *v = fake_store_notice(w->store, 0);
    const struct ny_notice notice = {
        .seq = v->seq, .consumer = v->row.consumer, .person = v->row.person};
    ny_rc rc = NY_EAGAIN;

    ny_registry_notice_end(w->registry, &notice, how, NY_S("AE 204"), NY_S("peer"), on_done, &rc);
    pump_all(w);
    assert_int_equal(rc, NY_OK);
}

static void test_told_is_gone(void **state)
{
    struct world w;

    (void)state;
    world_of_one(&w);
    end(&w, NY_NOTICE_TOLD);
    assert_int_equal(fake_store_notice_count(w.store), 0);
    world_destroy(&w);
}

/* Told anew is told as it is now, behind what waits. */
static void test_retry(void **state)
{
    struct message m = somebody;
    struct world w;
    ny_rc rc = NY_EAGAIN;

    (void)state;
    world_of_one(&w);
    end(&w, NY_NOTICE_PARKED);
    assert_true(fake_store_notice(w.store, 0)->parked);
    snprintf(m.control_id, sizeof(m.control_id), "M2");
    snprintf(m.id, sizeof(m.id), "2");
    m.given = "太郎";
    m.given_kana = "タロウ";
    m.sex = "M";
    send_and_expect(&w, &m, NY_OK, "ack 0");
    ny_registry_notice_retry(w.registry, fake_store_notice(w.store, 0)->seq, NY_S("clerk"), on_done,
                             &rc);
    pump_all(&w);
    assert_int_equal(rc, NY_OK);
    assert_int_equal(fake_store_notice_count(w.store), 2);
    assert_false(fake_store_notice(w.store, 1)->parked);
    assert_true(ny_str_equals(fake_store_notice(w.store, 1)->row.identities, NY_S("1")));
    ny_registry_notice_retry(w.registry, 1, NY_S("clerk"), on_done, &rc);
    assert_int_equal(rc, NY_ENOTFOUND);
    world_destroy(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_follows_has_the_sets),
        cmocka_unit_test(test_nothing_is_told_of_what_nobody_sees),
        cmocka_unit_test(test_told_is_gone),
        cmocka_unit_test(test_retry),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
