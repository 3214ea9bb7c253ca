/* The registry over a store in memory: order independence, idempotence, failure and recovery. */

#include "world.h"

static void test_shuffled_days_give_the_same_groups(void **state)
{
    enum { SHUFFLES = 200, PEOPLE = 100 };
    static struct message day[MESSAGES_MAX];
    static struct line first[MESSAGES_MAX];
    static struct line other[MESSAGES_MAX];
    struct ny_arena *a = ny_arena_create(0);
    ny_str model = fake_model_text(a, 0);
    size_t n = make_day(day, PEOPLE, 20261121);
    size_t n_first = 0;
    size_t n_groups = 0;
    size_t open_first = 0;

    (void)state;
    assert_true(n >= 250);
    for (int turn = 0; turn < SHUFFLES; turn++) {
        struct world w;

        world_create(&w, model);
        feed_day(&w, day, n, 1 + (size_t)turn % 40);
        if (turn == 0) {
            n_first = groups_of(&w, first);
            open_first = fake_store_reviews(w.store, NY_REVIEW_OPEN) +
                         1000 * fake_store_reviews(w.store, NY_REVIEW_PARKED);
            for (size_t i = 0; i < n_first; i++) {
                n_groups += strcmp(first[i].key, first[i].leader) == 0;
            }
        } else {
            size_t n_other = groups_of(&w, other);

            assert_same_groups(first, n_first, other, n_other);
            assert_int_equal(open_first, fake_store_reviews(w.store, NY_REVIEW_OPEN) +
                                             1000 * fake_store_reviews(w.store, NY_REVIEW_PARKED));
        }
        world_destroy(&w);
        random_seed((uint64_t)turn + 7);
        shuffle(day, n);
    }
    /* The day must be one in which something is linked and something is not. */
    assert_true(n_groups > PEOPLE / 2 && n_groups < n_first);
    assert_true(open_first > 0);
    ny_arena_destroy(a);
}

static void test_the_same_day_again_changes_nothing(void **state)
{
    static struct message day[MESSAGES_MAX];
    static struct line before[MESSAGES_MAX];
    static struct line after[MESSAGES_MAX];
    struct ny_arena *a = ny_arena_create(0);
    struct world w;
    size_t n = make_day(day, 60, 5);
    size_t n_before;
    size_t versions;

    (void)state;
    world_create(&w, fake_model_text(a, 0));
    feed_day(&w, day, n, 10);
    n_before = groups_of(&w, before);
    versions = fake_store_versions(w.store);
    for (size_t i = 0; i < n; i++) {
        /* The same words under a new number: not a replay, and nothing new. */
        snprintf(day[i].control_id, sizeof(day[i].control_id), "N%zu", i);
    }
    feed_day(&w, day, n, 10);
    assert_same_groups(before, n_before, after, groups_of(&w, after));
    assert_int_equal(fake_store_versions(w.store), versions);
    ny_registry_destroy(w.registry);
    world_open(&w); /* and a restart loads what was there */
    feed_day(&w, day, n, 10);
    assert_same_groups(before, n_before, after, groups_of(&w, after));
    assert_int_equal(fake_store_versions(w.store), versions);
    world_destroy(&w);
    ny_arena_destroy(a);
}

static const struct message yuko_a = {.control_id = "A1",
                                      .domain = 1,
                                      .id = "0001",
                                      .at_us = 100,
                                      .family = "髙橋",
                                      .given = "",
                                      .family_kana = "ﾀｶﾊｼ",
                                      .given_kana = "ﾕｳｺ",
                                      .birth = "S340501",
                                      .sex = "F",
                                      .address = "静岡県静岡市葵区追手町九丁目6番",
                                      .postal = "420-0853",
                                      .phone = "054-254-0001"};
static const struct message yuko_b = {.control_id = "B1",
                                      .domain = 2,
                                      .id = "77",
                                      .at_us = 200,
                                      .family = "高橋",
                                      .given = "優子",
                                      .family_kana = "タカハシ",
                                      .given_kana = "ユウコ",
                                      .birth = "19590501",
                                      .sex = "F",
                                      .address = "静岡市葵区追手町9-6",
                                      .postal = "4200853",
                                      .phone = "0542540001"};

static void test_one_woman_in_two_hospitals_is_one_person(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct world w;

    (void)state;
    world_create(&w, fake_model_text(a, 0));
    send_and_expect(&w, &yuko_a, NY_OK, "ack 0");
    send_and_expect(&w, &yuko_b, NY_OK, "ack 0");
    assert_int_equal(fake_store_identities(w.store), 2);
    assert_int_equal(fake_store_person(w.store, 0), fake_store_person(w.store, 1));
    world_destroy(&w);
    ny_arena_destroy(a);
}

static void on_source_set(void *ctx, ny_rc rc)
{
    *(ny_rc *)ctx = rc;
}

static void test_a_source_on_probation_links_nobody(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct world w;
    struct ny_requester_row row;
    ny_rc rc = NY_EDB;

    (void)state;
    world_create(&w, fake_model_text(a, 0));
    row = *ny_registry_source(w.registry, NY_S("HIS"), NY_S("F02"));
    row.probation = true;
    ny_registry_source_set(w.registry, &row, NY_S("clerk"), on_source_set, &rc);
    pump_all(&w);
    assert_int_equal(rc, NY_OK);
    send_and_expect(&w, &yuko_a, NY_OK, "ack 0");
    send_and_expect(&w, &yuko_b, NY_OK, "ack 0");
    assert_int_not_equal(fake_store_person(w.store, 0), fake_store_person(w.store, 1));
    assert_int_equal(fake_store_reviews(w.store, NY_REVIEW_OPEN), 1);
    world_destroy(&w);
    ny_arena_destroy(a);
}

static ny_rc width_set(struct world *w, ny_str facility, int width)
{
    struct ny_requester_row row = *ny_registry_source(w->registry, NY_S("HIS"), facility);
    ny_rc rc = NY_EAGAIN;

    row.id_width = width;
    ny_registry_source_set(w->registry, &row, NY_S("clerk"), on_source_set, &rc);
    pump_all(w);
    return rc;
}

static void test_ids_have_the_width_of_their_source(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct world w;

    (void)state;
    world_create(&w, fake_model_text(a, 0));
    send_and_expect(&w, &yuko_a, NY_OK, "ack 0");
    assert_int_equal(width_set(&w, NY_S("F01"), 8), NY_ECONFLICT); /* 0001 would be another id */
    assert_int_equal(ny_registry_domain(w.registry, 1)->id_width, 0);
    fake_store_fail(w.store, NY_ECONFLICT, 1);
    assert_int_equal(width_set(&w, NY_S("F01"), 4), NY_ECONFLICT); /* not committed: taken back */
    assert_int_equal(ny_registry_domain(w.registry, 1)->id_width, 0);
    assert_int_equal(width_set(&w, NY_S("F01"), 4), NY_OK);
    assert_int_equal(width_set(&w, NY_S("F02"), 4), NY_OK);
    assert_int_equal(ny_registry_domain(w.registry, 1)->id_width, 4);
    assert_int_equal(
        ny_registry_identity_number(w.registry, ny_registry_domain(w.registry, 1), NY_S("1")), 1);
    send_and_expect(&w, &yuko_b, NY_EAGAIN, ""); /* 77 was read before the width was there */
    assert_int_equal(fake_store_identities(w.store), 1);
    world_destroy(&w);
    ny_arena_destroy(a);
}

static void test_a_replay_gets_the_stored_answer(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct world w;
    int64_t replayed;

    (void)state;
    world_create(&w, fake_model_text(a, 0));
    send_and_expect(&w, &yuko_a, NY_OK, "ack 0");
    replayed = ny_counter_get(NY_C_FEED_REPLAYED);
    send_and_expect(&w, &yuko_a, NY_OK, "ack 0");
    assert_int_equal(ny_counter_get(NY_C_FEED_REPLAYED), replayed + 1);
    assert_int_equal(fake_store_messages(w.store), 1);
    world_destroy(&w);
    ny_arena_destroy(a);
}

static void test_a_failed_batch_refuses_only_the_message_at_fault(void **state)
{
    static struct message day[MESSAGES_MAX];
    struct ny_arena *a = ny_arena_create(0);
    struct world w;
    size_t n = make_day(day, 30, 9);
    struct sent *sent[MESSAGES_MAX];
    size_t refused = 0;

    (void)state;
    world_create(&w, fake_model_text(a, 0));
    fake_store_poison(w.store, "M7");
    for (size_t i = 0; i < n; i++) {
        sent[i] = send_message(&w, &day[i]);
    }
    pump_all(&w);
    for (size_t i = 0; i < n; i++) {
        bool at_fault = strcmp(day[i].control_id, "M7") == 0;

        assert_true(sent[i]->answered);
        assert_int_equal(sent[i]->rc, at_fault ? NY_ECONFLICT : NY_OK);
        refused += sent[i]->rc != NY_OK;
        sent_destroy(sent[i]);
    }
    assert_int_equal(refused, 1);
    assert_int_equal(fake_store_messages(w.store), n - 1);
    assert_true(ny_registry_is_idle(w.registry));
    world_destroy(&w);
    ny_arena_destroy(a);
}

static void test_a_failed_batch_leaves_memory_as_it_was(void **state)
{
    static struct message day[MESSAGES_MAX];
    static struct line before[MESSAGES_MAX];
    static struct line after[MESSAGES_MAX];
    struct ny_arena *a = ny_arena_create(0);
    ny_str model = fake_model_text(a, 0);
    struct world w;
    struct world undisturbed;
    size_t n = make_day(day, 60, 11);
    size_t n_before;

    (void)state;
    world_create(&undisturbed, model);
    feed_day(&undisturbed, day, n, 16);
    n_before = groups_of(&undisturbed, before);
    world_create(&w, model);
    for (size_t i = 0; i < n; i += 20) {
        fake_store_fail(w.store, NY_EAGAIN, 1); /* a serialisation failure: decided again */
        feed_day(&w, day + i, n - i < 20 ? n - i : 20, 7);
    }
    assert_same_groups(before, n_before, after, groups_of(&w, after));
    assert_int_equal(fake_store_edges(w.store), fake_store_edges(undisturbed.store));
    assert_int_equal(fake_store_versions(w.store), fake_store_versions(undisturbed.store));
    world_destroy(&w);
    world_destroy(&undisturbed);
    ny_arena_destroy(a);
}

static void test_a_lost_database_is_told_and_survived(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct world w;
    struct sent *s;

    (void)state;
    world_create(&w, fake_model_text(a, 0));
    send_and_expect(&w, &yuko_a, NY_OK, "ack 0");
    fake_store_fail(w.store, NY_EDB, 1);
    s = send_message(&w, &yuko_b);
    pump_all(&w);
    assert_int_equal(s->rc, NY_EDB);
    sent_destroy(s);
    assert_false(ny_registry_is_ready(w.registry));
    send_and_expect(&w, &yuko_b, NY_EDB, "");
    fake_store_lose(w.store, false);
    fake_store_lose(w.store, true);
    assert_true(ny_registry_is_ready(w.registry));
    send_and_expect(&w, &yuko_b, NY_OK, "ack 0");
    assert_int_equal(fake_store_person(w.store, 0), fake_store_person(w.store, 1));
    world_destroy(&w);
    ny_arena_destroy(a);
}

static void test_a_commit_whose_answer_was_lost_is_found_again(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct world w;

    (void)state;
    world_create(&w, fake_model_text(a, 0));
    fake_store_lose_answer(w.store);
    send_and_expect(&w, &yuko_a, NY_EDB, "");
    fake_store_lose(w.store, false);
    fake_store_lose(w.store, true);
    assert_int_equal(fake_store_messages(w.store), 1);
    send_and_expect(&w, &yuko_a, NY_OK, "ack 0"); /* the sender repeats: nothing twice */
    assert_int_equal(fake_store_messages(w.store), 1);
    send_and_expect(&w, &yuko_b, NY_OK, "ack 0");
    assert_int_equal(fake_store_identities(w.store), 2);
    assert_int_equal(fake_store_person(w.store, 0), fake_store_person(w.store, 1));
    world_destroy(&w);
    ny_arena_destroy(a);
}

static void test_several_ids_of_one_message_are_one_person(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct world w;
    struct sent *s;
    struct ny_domain second = {.kind = NY_DOMAIN_FACILITY,
                               .ns = NY_S("F01B"),
                               .oid = NY_S("1.2.3.77"),
                               .type = NY_S("ISO"),
                               .source_facility = NY_S("F01")};
    struct message m = yuko_a;

    (void)state;
    world_create(&w, fake_model_text(a, 0));
    ny_registry_destroy(w.registry);
    fake_store_add_domain(w.store, &second);
    world_open(&w);
    m.phone[0] = '\0';
    m.address = NULL;
    s = ny_calloc(1, sizeof(*s));
    s->arena = ny_arena_create(0);
    s->feed.request.source = ny_registry_source(w.registry, NY_S("HIS"), NY_S("F01"));
    s->feed.request.control_id = NY_S("X1");
    s->feed.n_ids = 2;
    s->feed.domains[0] = ny_registry_domain(w.registry, 1);
    s->feed.ids[0] = NY_S("1");
    s->feed.domains[1] = ny_registry_domain(w.registry, DOMAINS + 1);
    s->feed.ids[1] = NY_S("2");
    patient_of(s, &m, &(struct ny_stamp){.at_us = 5, .control_id = NY_S("X1")});
    ny_registry_feed(w.registry, &s->feed, &(struct ny_reply){sent_compose, sent_done, s});
    pump_all(&w);
    assert_int_equal(s->rc, NY_OK);
    sent_destroy(s);
    assert_int_equal(fake_store_identities(w.store), 2);
    assert_int_equal(fake_store_person(w.store, 0), fake_store_person(w.store, 1));
    world_destroy(&w);
    ny_arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_woman_in_two_hospitals_is_one_person),
        cmocka_unit_test(test_a_source_on_probation_links_nobody),
        cmocka_unit_test(test_ids_have_the_width_of_their_source),
        cmocka_unit_test(test_a_replay_gets_the_stored_answer),
        cmocka_unit_test(test_a_failed_batch_refuses_only_the_message_at_fault),
        cmocka_unit_test(test_a_failed_batch_leaves_memory_as_it_was),
        cmocka_unit_test(test_a_lost_database_is_told_and_survived),
        cmocka_unit_test(test_a_commit_whose_answer_was_lost_is_found_again),
        cmocka_unit_test(test_several_ids_of_one_message_are_one_person),
        cmocka_unit_test(test_the_same_day_again_changes_nothing),
        cmocka_unit_test(test_shuffled_days_give_the_same_groups),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
