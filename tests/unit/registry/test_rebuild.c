/* Identities looked at again: what messages say takes the place of what is stored, unless that has
 * changed since it was compared; all else is an ordinary change. */

#include "nayose/registry_rebuild.h"

#include "world.h"

static const struct message said = {.control_id = "P1",
                                    .domain = 1,
                                    .id = "0001",
                                    .at_us = 100,
                                    .family = "山田",
                                    .given = "花子",
                                    .family_kana = "ヤマダ",
                                    .given_kana = "ハナコ",
                                    .birth = "19590501",
                                    .sex = "F",
                                    .address = "静岡県静岡市葵区追手町9-6",
                                    .postal = "4208601",
                                    .phone = "0542540001"};

struct fixture {
    struct world w;
    struct ny_arena *arena;
    struct ny_patient stored; /* as the store has it at the beginning */
    struct ny_rebuilt row;
    struct ny_rebuild_found found; /* the row alone */
    ny_rc rc;
    int told;
};

static void on_rebuilt(void *ctx, ny_rc rc)
{
    struct fixture *f = ctx;

    f->rc = rc;
    f->told++;
}

static const struct ny_identity_row *first(const struct fixture *f)
{
    return fake_store_identity(f->w.store, 0);
}

/* Two ids of one person. */
static int setup(void **state)
{
    struct fixture *f = ny_calloc(1, sizeof(*f));
    struct message other = said;

    f->arena = ny_arena_create(0);
    world_create(&f->w, fake_model_text(f->arena, 0));
    send_and_expect(&f->w, &said, NY_OK, "ack 0");
    snprintf(other.control_id, sizeof(other.control_id), "P2");
    snprintf(other.id, sizeof(other.id), "0002");
    other.domain = 2;
    send_and_expect(&f->w, &other, NY_OK, "ack 0");
    assert_int_equal(fake_store_person(f->w.store, 0), fake_store_person(f->w.store, 1));
    assert_int_equal(ny_patient_copy(f->arena, first(f)->patient, &f->stored), NY_OK);
    f->row = (struct ny_rebuilt){.identity = 1};
    f->found = (struct ny_rebuild_found){.rows = &f->row, .n = 1};
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    world_destroy(&f->w);
    ny_arena_destroy(f->arena);
    ny_free(f);
    return 0;
}

static void rebuild(struct fixture *f)
{
    ny_registry_rebuild(f->w.registry, &f->found, NY_S("clerk"), on_rebuilt, f);
    pump_all(&f->w);
}

/* Somebody else, as messages would have said it. */
static struct ny_patient *somebody_else(struct fixture *f)
{
    struct ny_patient *p = NY_ARENA_NEW(f->arena, struct ny_patient);

    *p = f->stored;
    p->singles[NY_SINGLE_BIRTH_DATE].value = NY_S("20010203");
    p->singles[NY_SINGLE_SEX].value = NY_S("M");
    return p;
}

static void test_nothing_differs_and_nothing_changes(void **state)
{
    struct fixture *f = *state;
    size_t versions = fake_store_versions(f->w.store);
    int64_t person = fake_store_person(f->w.store, 0);
    bool same = false;

    rebuild(f);
    assert_int_equal(f->told, 1);
    assert_int_equal(f->rc, NY_OK);
    assert_int_equal(ny_registry_same(f->arena, &f->stored, first(f)->patient, &same), NY_OK);
    assert_true(same);
    assert_int_equal(fake_store_versions(f->w.store), versions);
    assert_int_equal(fake_store_person(f->w.store, 0), person);
    assert_int_equal(fake_store_messages(f->w.store), 2);
}

static void test_what_was_said_takes_its_place(void **state)
{
    struct fixture *f = *state;
    size_t versions = fake_store_versions(f->w.store);

    f->row.stored = &f->stored;
    f->row.said = somebody_else(f);
    rebuild(f);
    assert_int_equal(f->rc, NY_OK);
    assert_false(f->row.late);
    assert_true(
        ny_str_equals(first(f)->patient->singles[NY_SINGLE_BIRTH_DATE].value, NY_S("20010203")));
    assert_int_equal(fake_store_versions(f->w.store), versions + 1);
    assert_int_not_equal(fake_store_person(f->w.store, 0), fake_store_person(f->w.store, 1));
}

static void test_what_changed_meanwhile_stays(void **state)
{
    struct fixture *f = *state;
    struct message newer = said;

    f->row.stored = &f->stored;
    f->row.said = somebody_else(f);
    snprintf(newer.control_id, sizeof(newer.control_id), "P3");
    newer.at_us += 50; /* the same again: only times move, the version stays */
    send_and_expect(&f->w, &newer, NY_OK, "ack 0");
    rebuild(f);
    assert_int_equal(f->rc, NY_OK);
    assert_true(f->row.late);
    assert_int_equal(first(f)->patient->seen.at_us, newer.at_us);
    assert_true(ny_str_equals(first(f)->patient->singles[NY_SINGLE_SEX].value, NY_S("F")));
    assert_int_equal(fake_store_person(f->w.store, 0), fake_store_person(f->w.store, 1));
}

static void test_a_lost_database_ends_it(void **state)
{
    struct fixture *f = *state;
    size_t done;
    size_t total;

    fake_store_fail(f->w.store, NY_EDB, 1);
    ny_registry_rebuild(f->w.registry, &f->found, NY_S("clerk"), on_rebuilt, f);
    assert_true(ny_registry_rebuild_progress(f->w.registry, &done, &total));
    assert_int_equal(total, 2);
    pump_all(&f->w);
    assert_int_equal(f->told, 1);
    assert_int_equal(f->rc, NY_EDB);
    assert_false(ny_registry_rebuild_progress(f->w.registry, &done, &total));
}

static void test_one_at_a_time(void **state)
{
    struct fixture *f = *state;

    ny_registry_rebuild(f->w.registry, &f->found, NY_S("clerk"), on_rebuilt, f);
    ny_registry_rebuild(f->w.registry, &f->found, NY_S("clerk"), on_rebuilt, f);
    assert_int_equal(f->told, 1);
    assert_int_equal(f->rc, NY_EAGAIN);
    pump_all(&f->w);
    assert_int_equal(f->told, 2);
    assert_int_equal(f->rc, NY_OK);
}

/* The registry ends in the middle: who waits is told. */
static void test_the_registry_ends(void **state)
{
    struct fixture *f = *state;

    ny_registry_rebuild(f->w.registry, &f->found, NY_S("clerk"), on_rebuilt, f);
    fake_store_stop(f->w.store);
    assert_int_equal(f->told, 1);
    assert_int_equal(f->rc, NY_EDB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_differs_and_nothing_changes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_was_said_takes_its_place, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_changed_meanwhile_stays, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_lost_database_ends_it, setup, teardown),
        cmocka_unit_test_setup_teardown(test_one_at_a_time, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_registry_ends, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
