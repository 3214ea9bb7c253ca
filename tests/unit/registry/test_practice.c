/* Messages for practice (MSH-11 T or D) and a real patient under one id: the real one stays as he
 * is, and nothing that was said for practice stays with him, whoever came first. */

#include "world.h"

static const struct message real = {.control_id = "P1",
                                    .domain = 1,
                                    .id = "0001",
                                    .at_us = 100,
                                    .family = "山田",
                                    .given = "花子",
                                    .family_kana = "ヤマダ",
                                    .given_kana = "ハナコ",
                                    .birth = "19590501",
                                    .sex = "F",
                                    .phone = "0542540001"};
static const struct message practice = {.control_id = "T1",
                                        .domain = 1,
                                        .id = "0001",
                                        .at_us = 900, /* newer than the real one */
                                        .family = "練習",
                                        .given = "一郎",
                                        .family_kana = "レンシュウ",
                                        .given_kana = "イチロウ",
                                        .birth = "20000101",
                                        .sex = "M",
                                        .phone = "0300000001",
                                        .test = true};

/* Every value of the only identity is the real patient's. */
static void expect_real(const struct world *w)
{
    const struct ny_identity_row *row = fake_store_identity(w->store, 0);

    assert_int_equal(fake_store_identities(w->store), 1);
    assert_int_equal(row->status, NY_IDENTITY_ACTIVE);
    assert_int_equal(row->patient->seen.at_us, real.at_us);
    assert_int_equal(row->patient->sets[NY_SET_NAME].n, 1);
    assert_int_equal(row->patient->sets[NY_SET_PHONE].n, 1);
    assert_true(ny_str_equals(row->patient->singles[NY_SINGLE_SEX].value, NY_S("F")));
}

static void test_practice_does_not_touch_a_real_patient(void **state)
{
    struct world w;

    (void)state;
    world_begin(&w);
    send_and_expect(&w, &real, NY_OK, "ack 0");
    send_and_expect(&w, &practice, NY_OK, "ack 3");
    expect_real(&w);
    assert_int_equal(fake_store_versions(w.store), 1);
    world_destroy(&w);
}

static void test_a_real_patient_takes_the_id_over(void **state)
{
    struct message again = practice;
    struct world w;

    (void)state;
    world_begin(&w);
    send_and_expect(&w, &practice, NY_OK, "ack 0");
    assert_int_equal(fake_store_identity(w.store, 0)->status, NY_IDENTITY_TEST);
    send_and_expect(&w, &real, NY_OK, "ack 0");
    expect_real(&w);
    snprintf(again.control_id, sizeof(again.control_id), "T2");
    send_and_expect(&w, &again, NY_OK, "ack 3");
    expect_real(&w);
    world_destroy(&w);
}

/* Ids that were named together for practice are nobody's word when they become real. */
static void test_practice_joins_nobody(void **state)
{
    struct ny_domain second = {.kind = NY_DOMAIN_FACILITY,
                               .ns = NY_S("F01B"),
                               .oid = NY_S("1.2.3.77"),
                               .type = NY_S("ISO"),
                               .source_facility = NY_S("F01")};
    struct sent *s = ny_calloc(1, sizeof(*s));
    struct world w;

    (void)state;
    world_begin(&w);
    ny_registry_destroy(w.registry);
    fake_store_add_domain(w.store, &second);
    world_open(&w);
    s->arena = ny_arena_create(0);
    s->feed.request.source = ny_registry_source(w.registry, NY_S("HIS"), NY_S("F01"));
    s->feed.request.control_id = NY_S("X1");
    s->feed.is_test = true;
    s->feed.n_ids = 2;
    s->feed.domains[0] = ny_registry_domain(w.registry, 1);
    s->feed.ids[0] = NY_S("1");
    s->feed.domains[1] = ny_registry_domain(w.registry, DOMAINS + 1);
    s->feed.ids[1] = NY_S("2");
    patient_of(s, &practice, &(struct ny_stamp){.at_us = 5, .control_id = NY_S("X1")});
    ny_registry_feed(w.registry, &s->feed, &(struct ny_reply){sent_compose, sent_done, s});
    pump_all(&w);
    assert_int_equal(s->rc, NY_OK);
    sent_destroy(s);
    assert_int_equal(fake_store_identities(w.store), 2);
    assert_int_equal(fake_store_pin_count(w.store), 0);
    assert_int_not_equal(fake_store_person(w.store, 0), fake_store_person(w.store, 1));
    world_destroy(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_practice_does_not_touch_a_real_patient),
        cmocka_unit_test(test_a_real_patient_takes_the_id_over),
        cmocka_unit_test(test_practice_joins_nobody),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
