/* The fence, lost connections, and the audit chain, against a real PostgreSQL. */

#include "store_env.h"

/* Every second one without what younger versions have added. */
static void add_audit(struct ny_store_batch *b, bool whole)
{
    const struct ny_audit_row row = {
        .at_us = T0 + 1,
        .kind = NY_S("query"),
        .outcome = NY_AUDIT_MINOR,
        .requester = 3,
        .user_id = NY_S("B|APP"),
        .user_name = NY_S("山田"),
        .peer_addr = NY_S("127.0.0.1:5"),
        .transaction = NY_S("ITI-9"),
        .message_id = NY_S("M1"),
        .patient_domain = NY_S("B"),
        .patient_id = NY_S("1"),
        .person = 4,
        .query_payload = {"\0\xFF|", 3},
        .domains_returned = NY_S("A,B"),
        .hits = 2,
        .decision = NY_S("AA"),
        .reason = NY_S("because"),
        .action = whole ? NY_S("E") : NY_STR_NONE,
        .certificate = whole ? NY_S("sha256:ab") : NY_STR_NONE
    };

    ny_store_add_audit(b, &row);
}

static ny_rc commit_audits(struct env *e, int n, int64_t batch_no)
{
    struct ny_store_batch *b = ny_store_batch_create();
    ny_rc rc;

    for (int i = 0; i < n; i++) {
        add_audit(b, i % 2 != 0);
    }
    rc = env_commit(e, b, batch_no);
    ny_store_batch_destroy(b);
    return rc;
}

/* ---- fence ---- */

static void test_the_old_leader_is_fenced(void **state)
{
    struct env *e = env_open();
    struct ny_store *first = e->store;
    struct ny_store *second;
    struct ny_store_batch *b = ny_store_batch_create();
    int64_t epoch = ny_store_epoch(first);

    (void)state;
    second = env_store(e, "host/2");
    assert_int_equal(ny_store_epoch(second), epoch + 1);
    env_add_three(b);
    ny_store_on_ready(first, env_on_ready, e);
    e->ready = -1;
    assert_int_equal(env_commit(e, b, 1), NY_EFENCED);
    assert_int_equal(e->ready, 0);
    assert_false(ny_store_is_ready(first));
    assert_int_equal(env_number(e, "SELECT count(*) FROM nayose.identity"), 0);
    assert_int_equal(env_commit(e, b, 1), NY_EFENCED); /* at once */
    e->store = second;
    assert_int_equal(env_commit(e, b, 1), NY_OK);
    ny_store_batch_destroy(b);
    ny_store_close(first);
    env_destroy(e);
}

/* ---- a lost connection ---- */

static bool kill_writer(struct env *e)
{
    return env_do(e, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                     "WHERE application_name = 'nayose write' AND datname = current_database()");
}

/* Who could not read must hear that he can: the write connection may be up long before. */
static void test_ready_is_told_again_with_the_reads(void **state)
{
    struct env *e = env_open();

    (void)state;
    e->ready = -1;
    assert_true(env_do(e, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                          "WHERE application_name = 'nayose read' AND datname = "
                          "current_database()"));
    ENV_UNTIL(e, !ny_store_is_ready(e->store));
    ENV_UNTIL(e, e->ready == 1);
    assert_true(ny_store_is_ready(e->store));
    env_destroy(e);
}

static void test_connection_lost_with_a_batch_in_flight(void **state)
{
    struct env *e = env_open();
    struct ny_store_batch *b = ny_store_batch_create();
    struct ny_db_config cfg = {.conninfo = e->conninfo};
    struct ny_db_block *holder = NULL;
    struct ny_error err = {0};
    struct env_done d = {0};
    int64_t epoch = ny_store_epoch(e->store);

    (void)state;
    assert_int_equal(commit_audits(e, 2, 1), NY_OK);
    /* Somebody holds a table, so that the batch stops half-way. */
    assert_int_equal(ny_db_block_connect(&cfg, &holder, &err), NY_OK);
    assert_int_equal(ny_db_block_query(holder, "BEGIN", NULL, 0, NULL, &err), NY_OK);
    assert_int_equal(
        ny_db_block_query(holder, "LOCK TABLE nayose.message_seen", NULL, 0, NULL, &err), NY_OK);
    env_add_three(b);
    add_audit(b, true);
    {
        const struct ny_message_row message = {.id = 1, .received_us = T0};

        ny_store_add_message(b, &message);
    }
    assert_int_equal(ny_store_commit(e->store, b, 2, env_on_done, &d), NY_OK);
    ENV_UNTIL(e, env_number(e, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = "
                               "'Lock' AND application_name = 'nayose write'") == 1);
    e->ready = -1;
    assert_true(kill_writer(e));
    ENV_UNTIL(e, d.calls > 0);
    assert_int_equal(d.rc, NY_EDB);
    ENV_UNTIL(e, e->ready == 0);
    assert_int_equal(ny_store_commit(e->store, b, 2, env_on_done, &d), NY_EDB);
    ny_db_block_close(holder);
    ENV_UNTIL(e, e->ready == 1);
    assert_int_equal(d.calls, 1);
    assert_int_equal(ny_store_epoch(e->store), epoch + 1);
    assert_int_equal(env_number(e, "SELECT count(*) FROM nayose.identity"), 0);
    assert_int_equal(env_commit(e, b, 2), NY_OK);
    assert_int_equal(env_number(e, "SELECT count(*) FROM nayose.audit_verify('host/1')"), 0);
    assert_int_equal(env_number(e, "SELECT max(seq) FROM nayose.audit_event"), 3);
    ny_store_batch_destroy(b);
    env_destroy(e);
}

static void test_connection_lost_after_a_take_over(void **state)
{
    struct env *e = env_open();

    (void)state;
    e->ready = -1;
    assert_true(env_do(e, "UPDATE nayose.leader SET epoch = epoch + 1, holder = 'host/2'"));
    assert_true(kill_writer(e));
    ENV_UNTIL(e, e->store->fenced);
    assert_int_equal(e->ready, 0);
    assert_int_equal(commit_audits(e, 1, 1), NY_EFENCED);
    env_destroy(e);
}

/* ---- audit chain ---- */

static void test_the_chain_goes_on_and_verifies(void **state)
{
    struct env *e = env_open();

    (void)state;
    assert_int_equal(commit_audits(e, 3, 1), NY_OK);
    assert_int_equal(commit_audits(e, 1, 2), NY_OK);
    ny_store_close(e->store);
    e->store = env_store(e, "host/1"); /* the same holder again */
    assert_int_equal(commit_audits(e, 2, 3), NY_OK);
    assert_int_equal(env_number(e, "SELECT max(seq) FROM nayose.audit_event"), 6);
    assert_int_equal(env_number(e, "SELECT count(*) FROM nayose.audit_verify('host/1')"), 0);
    env_destroy(e);
}

static void test_audit_rows_keep(void **state)
{
    static const char *const statements[] = {
        "UPDATE nayose.audit_event SET reason = 'x'",
        "UPDATE nayose.audit_event_default SET reason = 'x'",
        "DELETE FROM nayose.audit_event",
        "DELETE FROM nayose.audit_event_default",
        "TRUNCATE nayose.audit_event",
        "TRUNCATE nayose.audit_event_default",
    };
    struct env *e = env_open();

    (void)state;
    assert_int_equal(commit_audits(e, 2, 1), NY_OK);
    for (size_t i = 0; i < NY_ARRAY_LEN(statements); i++) {
        if (env_do(e, statements[i])) {
            fail_msg("row %s", statements[i]);
        }
    }
    env_destroy(e);
}

static void test_tampering_shows(void **state)
{
    static const struct {
        const char *statement;
        int64_t seq; /* the first row that tells */
    } rows[] = {
        {"UPDATE nayose.audit_event SET hits = 3 WHERE seq = 2",                  2},
        {"UPDATE nayose.audit_event SET at = at + interval '1 us' WHERE seq = 3", 3},
        {"UPDATE nayose.audit_event SET user_id = user_id || user_name, user_name = '' "
         "WHERE seq = 4",                                                4},
        {"UPDATE nayose.audit_event SET action = 'D' WHERE seq = 2",              2},
        {"UPDATE nayose.audit_event SET action = 'D' WHERE seq = 3",              3},
        {"UPDATE nayose.audit_event SET certificate = '' WHERE seq = 4",          4},
        {"DELETE FROM nayose.audit_event WHERE seq = 2",                          3},
        {"UPDATE nayose.audit_event SET hash = sha256(hash) WHERE seq = 2",       2},
        {"UPDATE nayose.audit_event e SET hits = 9, hash = sha256(prev_hash || "
         "nayose.audit_canonical((chain, seq, at, kind, outcome, requester, user_id, user_name, "
         "peer_addr, transaction, message_id, patient_domain, patient_id, person, query_payload, "
         "domains_returned, 9, decision, reason, prev_hash, hash, action, certificate)"
         "::nayose.audit_event)) "
         "WHERE seq = 2",                                                3},
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct env *e = env_open();

        assert_int_equal(commit_audits(e, 5, 1), NY_OK);
        assert_true(env_do(e, "ALTER TABLE nayose.audit_event DISABLE TRIGGER ALL"));
        assert_true(env_do(e, "ALTER TABLE nayose.audit_event_default DISABLE TRIGGER ALL"));
        assert_true(env_do(e, rows[i].statement));
        assert_int_equal(
            env_number(e, "SELECT coalesce(min(seq), 0) FROM nayose.audit_verify('host/1')"),
            rows[i].seq);
        env_destroy(e);
    }
}

/* ---- housekeeping ---- */

static void test_prune_keeps_seven_days(void **state)
{
    struct env *e = env_open();
    struct ny_store_batch *b = ny_store_batch_create();
    const int64_t now = ny_clock_now_us();
    const struct ny_message_row rows[] = {
        {.id = 1, .control_id = NY_S("old"), .received_us = now - 8 * NY_US_PER_DAY},
        {.id = 2, .control_id = NY_S("new"), .received_us = now - 6 * NY_US_PER_DAY},
    };

    (void)state;
    ny_store_add_message(b, &rows[0]);
    ny_store_add_message(b, &rows[1]);
    assert_int_equal(env_commit(e, b, 1), NY_OK);
    assert_int_equal(ny_store_prune(e->store), NY_OK);
    ENV_UNTIL(e, env_number(e, "SELECT count(*) FROM nayose.message_seen") == 1);
    assert_int_equal(
        env_number(e, "SELECT count(*) FROM nayose.message_seen WHERE control_id = 'new'"), 1);
    assert_int_equal(env_number(e, "SELECT count(*) FROM nayose.message"), 2);
    ny_store_batch_destroy(b);
    env_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_old_leader_is_fenced),
        cmocka_unit_test(test_ready_is_told_again_with_the_reads),
        cmocka_unit_test(test_connection_lost_with_a_batch_in_flight),
        cmocka_unit_test(test_connection_lost_after_a_take_over),
        cmocka_unit_test(test_the_chain_goes_on_and_verifies),
        cmocka_unit_test(test_audit_rows_keep),
        cmocka_unit_test(test_tampering_shows),
        cmocka_unit_test(test_prune_keeps_seven_days),
    };

    return cmocka_run_group_tests(tests, env_start, env_stop);
}
