/* Questions about who somebody is: asked together, answered each with his own, noted together. */

#include "world.h"

enum { ASKERS = 70 };

struct asker {
    struct world *w;
    struct ny_note note;
    ny_rc rc, note_rc;
    int64_t person;
    int answered, noted;
};

static void on_noted(void *ctx, ny_rc rc, ny_str answer)
{
    struct asker *k = ctx;

    (void)answer;
    k->note_rc = rc;
    k->noted++;
}

/* As a query does: what it found is noted, and told when that is committed. */
static void on_resolved(void *ctx, ny_rc rc, const struct ny_resolved *res)
{
    struct asker *k = ctx;

    k->answered++;
    k->rc = rc;
    if (rc == NY_OK) {
        k->person = res->found ? res->person : -1;
        k->note.kind = NY_S("query");
        ny_registry_note(k->w->registry, &k->note, &(struct ny_reply){NULL, on_noted, k});
    }
}

/* Patients 0 … ASKERS - 1 of the first facility, nobody like another. */
static void people_add(struct world *w)
{
    for (int i = 0; i < ASKERS; i++) {
        struct message m = {.domain = 1, .at_us = 1 + i, .sex = "F"};
        struct sent *s;

        snprintf(m.control_id, sizeof(m.control_id), "M%d", i);
        snprintf(m.id, sizeof(m.id), "%d", i);
        snprintf(m.birth, sizeof(m.birth), "19%02d0101", i);
        m.family = "山田";
        m.given = "優";
        m.family_kana = "ヤマダ";
        m.given_kana = "ユウ";
        s = send_message(w, &m);
        pump_all(w);
        assert_int_equal(s->rc, NY_OK);
        sent_destroy(s);
    }
    assert_int_equal(fake_store_identities(w->store), ASKERS);
}

static void ask_all(struct world *w, struct asker *askers)
{
    for (int i = 0; i < ASKERS; i++) {
        char id[8];

        snprintf(id, sizeof(id), "%d", i);
        askers[i].w = w;
        ny_registry_resolve(w->registry, ny_registry_domain(w->registry, 1), ny_str_from_c(id),
                            on_resolved, &askers[i]);
    }
}

static int count_answered(const struct asker *askers)
{
    int n = 0;

    for (int i = 0; i < ASKERS; i++) {
        n += askers[i].answered;
    }
    return n;
}

static void test_questions_share_statements_and_commits(void **state)
{
    struct asker askers[ASKERS] = {0};
    struct world w;
    size_t before;

    (void)state;
    world_begin(&w);
    people_add(&w);
    before = fake_store_audits(w.store);
    ask_all(&w, askers);
    assert_int_equal(count_answered(askers), 0);
    assert_true(fake_store_pump(w.store)); /* the one who came first waited for nobody */
    assert_int_equal(count_answered(askers), 1);
    assert_true(fake_store_pump(w.store)); /* as many as a statement takes */
    assert_int_equal(count_answered(askers), 65);
    assert_true(fake_store_pump(w.store));
    assert_int_equal(count_answered(askers), ASKERS);
    assert_true(fake_store_pump(w.store));
    assert_int_equal(fake_store_audits(w.store), before + 1);
    assert_true(fake_store_pump(w.store)); /* all who were answered meanwhile, in one commit */
    assert_int_equal(fake_store_audits(w.store), before + ASKERS);
    assert_false(fake_store_pump(w.store));
    for (int i = 0; i < ASKERS; i++) {
        assert_true(askers[i].answered == 1 && askers[i].noted == 1 && askers[i].note_rc == NY_OK);
        assert_int_equal(askers[i].person, fake_store_person(w.store, (size_t)i));
    }
    world_destroy(&w);
}

static void test_notes_of_one_statement_share_a_commit(void **state)
{
    struct asker askers[ASKERS] = {0};
    struct world w;
    size_t before;

    (void)state;
    world_begin(&w);
    people_add(&w);
    before = fake_store_audits(w.store);
    ask_all(&w, askers);
    assert_true(fake_store_pump(w.store));
    fake_store_hold_resolves(w.store, true);
    assert_true(fake_store_pump(w.store)); /* the note of the first one */
    fake_store_hold_resolves(w.store, false);
    assert_true(fake_store_pump(w.store)); /* nothing is in flight when these are answered */
    fake_store_hold_resolves(w.store, true);
    assert_true(fake_store_pump(w.store));
    assert_int_equal(fake_store_audits(w.store), before + 65);
    world_destroy(&w);
}

static void test_a_lost_database_answers_everybody(void **state)
{
    struct asker askers[ASKERS] = {0};
    struct world w;

    (void)state;
    world_begin(&w);
    people_add(&w);
    ask_all(&w, askers);
    fake_store_lose(w.store, false);
    assert_true(
        fake_store_pump(w.store)); /* the one under way still arrives, the others cannot go */
    assert_int_equal(count_answered(askers), ASKERS);
    for (int i = 1; i < ASKERS; i++) {
        assert_int_equal(askers[i].rc, NY_EDB);
    }
    world_destroy(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_questions_share_statements_and_commits),
        cmocka_unit_test(test_notes_of_one_statement_share_a_commit),
        cmocka_unit_test(test_a_lost_database_answers_everybody),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
