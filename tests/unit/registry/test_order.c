/* Messages about one patient that overtake each other on the way, and requests that outlive a
 * rebuild of memory. */

#include "world.h"

static void open(struct world *w, size_t batch_max)
{
    world_begin(w);
    ny_registry_destroy(w->registry);
    w->batch_max = batch_max;
    world_open(w);
}

/* One message: the patient with this id has this sex. */
static struct sent *feed(struct world *w, const char *id, const char *control_id, int64_t at_us,
                         const char *sex)
{
    struct sent *s = ny_calloc(1, sizeof(*s));
    struct ny_stamp st = {.at_us = at_us, .control_id = ny_str_from_c(control_id)};
    struct ny_value name = {0};

    s->arena = ny_arena_create(0);
    st.control_id = ny_arena_str(s->arena, st.control_id);
    s->feed.request.source = ny_registry_source(w->registry, NY_S("HIS"), NY_S("F01"));
    s->feed.request.control_id = st.control_id;
    s->feed.request.body = ny_arena_printf(s->arena, "%s|%s|%s", control_id, id, sex);
    ny_sha256(s->feed.request.body, s->feed.request.body_hash);
    s->feed.n_ids = 1;
    s->feed.domains[0] = ny_registry_domain(w->registry, 1);
    s->feed.ids[0] = ny_arena_str(s->arena, ny_str_from_c(id));
    ny_patient_init(&s->feed.patient);
    ny_value_part_set(&name, NY_PART_NAME_KANA_FAMILY, NY_S("ヤマダ"));
    assert_int_equal(ny_patient_say(&s->feed.patient, s->arena, NY_SET_NAME, &name, &st), NY_OK);
    ny_patient_say_single(&s->feed.patient, NY_SINGLE_SEX, ny_str_from_c(sex), &st);
    ny_registry_feed(w->registry, &s->feed, &(struct ny_reply){sent_compose, sent_done, s});
    return s;
}

static void expect_answer(struct sent *s, ny_rc rc)
{
    assert_true(s->answered);
    assert_int_equal(s->rc, rc);
    sent_destroy(s);
}

static void expect_sex(const struct world *w, size_t i, const char *sex)
{
    const struct ny_patient *p = fake_store_identity(w->store, i)->patient;

    assert_true(ny_str_equals(p->singles[NY_SINGLE_SEX].value, ny_str_from_c(sex)));
}

static void test_many_messages_about_one_patient(void **state)
{
    enum { MANY = 60 };
    struct world w;
    struct sent *first;
    struct sent *sent[MANY];

    (void)state;
    open(&w, 0);
    first = feed(&w, "1", "A", 1, "M");
    pump_all(&w);
    expect_answer(first, NY_OK);
    for (int i = 0; i < MANY; i++) {
        char control_id[8];

        snprintf(control_id, sizeof(control_id), "B%d", i);
        sent[i] = feed(&w, "1", control_id, 100 - i, i % 2 == 0 ? "F" : "M");
    }
    pump_all(&w);
    for (int i = 0; i < MANY; i++) {
        expect_answer(sent[i], NY_OK);
    }
    expect_sex(&w, 0, "F");
    assert_true(ny_registry_is_idle(w.registry));
    world_destroy(&w);
}

/* The second message was read before the first one's commit, which moved times only and so made no
 * version. */
static void test_an_old_row_is_read_again(void **state)
{
    struct world w;
    struct sent *first;
    struct sent *newest;
    struct sent *late;
    struct sent *other;

    (void)state;
    open(&w, 1);
    first = feed(&w, "1", "A", 1, "M");
    pump_all(&w);
    expect_answer(first, NY_OK);
    newest = feed(&w, "1", "B", 5, "M"); /* confirms M at 5 */
    late = feed(&w, "1", "C", 3, "F");   /* said F at 3: too old to matter */
    other = feed(&w, "2", "D", 1, "F");  /* holds the line while both are read */
    pump_all(&w);
    expect_answer(newest, NY_OK);
    expect_answer(late, NY_OK);
    expect_answer(other, NY_OK);
    expect_sex(&w, 0, "M");
    world_destroy(&w);
}

/* After a conflict the requests of the batch are decided one by one; new ones come all the time. */
static void test_a_stream_does_not_keep_refused_ones_waiting(void **state)
{
    enum { FIRST = 5, STREAM = 40 };
    struct world w;
    struct sent *before;
    struct sent *first[FIRST];
    struct sent *stream[STREAM];
    bool all = false;
    int n = 0;

    (void)state;
    open(&w, 0);
    fake_store_poison(w.store, "P2");
    before = feed(&w, "0", "A", 1, "M"); /* in flight, so that the others share a batch */
    for (int i = 0; i < FIRST; i++) {
        char text[8];

        snprintf(text, sizeof(text), "P%d", i);
        first[i] = feed(&w, text, text, 1, "M");
    }
    while (!all && n < STREAM) {
        char text[8];

        snprintf(text, sizeof(text), "S%d", n);
        stream[n++] = feed(&w, text, text, 1, "M");
        fake_store_pump(w.store);
        all = true;
        for (int i = 0; i < FIRST; i++) {
            all = all && first[i]->answered;
        }
    }
    assert_true(all);
    pump_all(&w);
    expect_answer(before, NY_OK);
    for (int i = 0; i < FIRST; i++) {
        expect_answer(first[i], i == 2 ? NY_ECONFLICT : NY_OK);
    }
    for (int i = 0; i < n; i++) {
        expect_answer(stream[i], NY_OK);
    }
    world_destroy(&w);
}

static void test_a_read_that_outlives_a_rebuild(void **state)
{
    struct world w;
    struct sent *first;
    struct sent *lost;
    struct sent *reading;

    (void)state;
    open(&w, 0);
    first = feed(&w, "1", "A", 1, "M");
    pump_all(&w);
    expect_answer(first, NY_OK);
    fake_store_hold_reads(w.store, true);
    fake_store_fail(w.store, NY_EDB, 1);
    lost = feed(&w, "2", "B", 2, "M");
    reading = feed(&w, "1", "C", 3, "F");
    pump_all(&w);
    expect_answer(lost, NY_EDB);
    assert_false(reading->answered);
    fake_store_lose(w.store, false);
    fake_store_lose(w.store, true);
    fake_store_hold_reads(w.store, false);
    pump_all(&w);
    expect_answer(reading, NY_OK);
    expect_sex(&w, 0, "F");
    assert_int_equal(fake_store_identities(w.store), 1);
    world_destroy(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_messages_about_one_patient),
        cmocka_unit_test(test_an_old_row_is_read_again),
        cmocka_unit_test(test_a_stream_does_not_keep_refused_ones_waiting),
        cmocka_unit_test(test_a_read_that_outlives_a_rebuild),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
