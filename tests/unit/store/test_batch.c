/* Batches against a real PostgreSQL: what is stored, what is not, and who may. */

#include "store_env.h"

/* ---- schema ---- */

static void test_migrating_twice_changes_nothing(void **state)
{
    struct env *e = env_create();

    (void)state;
    env_migrate(e);
    env_migrate(e);
    assert_int_equal(env_number(e, "SELECT max(version) - count(*) FROM nayose.schema_version"), 0);
    assert_int_equal(env_number(e, "SELECT count(*) FROM nayose.model WHERE state = 2"), 1);
    env_destroy(e);
}

static void test_unknown_schema_version_is_refused(void **state)
{
    struct env *e = env_create();
    struct ny_store_config cfg = {.conninfo = e->conninfo, .holder = "h"};
    struct ny_store *s = NULL;
    struct ny_error err = {0};

    (void)state;
    assert_int_equal(ny_store_open(e->loop, &cfg, &s, &err), NY_ECONFIG); /* none yet */
    env_migrate(e);
    assert_true(env_do(e, "INSERT INTO nayose.schema_version VALUES (999, 'later')"));
    assert_int_equal(ny_store_open(e->loop, &cfg, &s, &err), NY_ECONFIG);
    assert_non_null(strstr(err.text, "999"));
    assert_int_equal(ny_store_migrate(e->conninfo, NY_S("m"), &err), NY_ECONFIG);
    assert_null(s);
    env_destroy(e);
}

/* ---- rows of all tables ---- */

static void add_rest(struct ny_store_batch *b)
{
    struct ny_identity_row version = env_identity(b, 1, 1, "1");
    const struct ny_requester_row requester = {.id = 1,
                                               .facility = NY_S("B"),
                                               .charset = NY_S("ISO IR87"),
                                               .strict_update = true,
                                               .probation = true,
                                               .default_domain = 1};
    const struct ny_membership_row membership = {.identity = 1,
                                                 .to_person = 1,
                                                 .cause = NY_CAUSE_MESSAGE,
                                                 .message = 1,
                                                 .receipt = NY_S("{\"a\": 1}")};
    const struct ny_edge_row edge = {
        3, 1, -5, {1, 2, 3, 4, 5, 6, 7, 0},
           0x80000001u, 1
    };
    const struct ny_pin_row pin = {
        .a = 1,
        .b = 2,
        .kind = NY_PIN_MERGE,
        .role = NY_ROLE_FACILITY,
        .who = NY_S("F01|HIS"),
        .stamp = {.at_us = T0, .control_id = NY_S("M1"), .hash = {7}},
        .pair = 3,
        .reason = NY_S("A40"),
        .message = 1
    };
    const struct ny_hold_row hold = {.source = 1,
                                     .kind = NY_HOLD_SOURCE,
                                     .why = NY_HOLD_DRIFT,
                                     .detail = NY_S("kana 1 of 200"),
                                     .at_us = T0};
    const struct ny_review_row review = {2, 3, NY_REVIEW_PARKED, NY_REASON_BAND, 77, 5, T0};
    const struct ny_message_row message = {.id = 1,
                                           .source = 1,
                                           .control_id = NY_S("M1"),
                                           .received_us = T0,
                                           .body = NY_S("MSH|\x1b$B\r"),
                                           .ack = NY_S("MSA|AA"),
                                           .body_hash = {7}};
    const struct ny_audit_row audit = {
        .at_us = T0,
        .kind = NY_S("feed"),
        .person = 1,
        .message_id = {"A\0\xFF", 3},
        .decision = NY_S("AA")
    };

    ny_store_add_version(b, &version, 1);
    ny_store_add_requester(b, &requester);
    ny_store_add_membership(b, &membership);
    ny_store_add_edge(b, &edge);
    ny_store_add_pin(b, &pin);
    ny_store_add_hold(b, &hold);
    ny_store_add_review(b, &review);
    ny_store_add_message(b, &message);
    ny_store_add_audit(b, &audit);
}

struct seen_rows {
    int domains, requesters, models, identities, edges, pins, holds, reviews, seen, counters;
};

static ny_rc on_domain(void *ctx, const struct ny_domain *row)
{
    struct seen_rows *s = ctx;
    const struct ny_domain *d = &env_domains[s->domains++];

    assert_int_equal(row->id, d->id);
    assert_int_equal(row->kind, d->kind);
    assert_true(row->listed);
    assert_true(ny_str_equals(row->ns, d->ns) && ny_str_equals(row->oid, d->oid) &&
                ny_str_equals(row->type, d->type) && ny_str_equals(row->name, d->name));
    assert_true(ny_str_equals(row->source_app, d->source_app) &&
                ny_str_equals(row->source_facility, d->source_facility));
    return NY_OK;
}

static ny_rc on_requester(void *ctx, const struct ny_requester_row *row)
{
    ((struct seen_rows *)ctx)->requesters++;
    assert_true(row->id == 1 && ny_str_equals(row->facility, NY_S("B")) && row->app.n == 0);
    assert_true(ny_str_equals(row->charset, NY_S("ISO IR87")) && row->default_domain == 1);
    assert_true(row->strict_update && row->probation && !row->undecodable_replace &&
                !row->accept_test && !row->ignore_unknown_authority);
    return NY_OK;
}

static ny_rc on_model(void *ctx, int32_t version, ny_str body)
{
    ((struct seen_rows *)ctx)->models++;
    assert_int_equal(version, 1);
    assert_true(ny_str_equals(body, NY_S("model 1")));
    return NY_OK;
}

static ny_rc on_identity(void *ctx, const struct ny_identity_row *row)
{
    static const char *const local_ids[] = {"1", "2", "10"};
    int64_t id = ++((struct seen_rows *)ctx)->identities;

    assert_int_equal(row->id, id);
    assert_true(ny_str_equals(row->local_id, ny_str_from_c(local_ids[id - 1])));
    assert_int_equal(row->domain, id == 1 ? 1 : 2);
    assert_int_equal(row->status, NY_IDENTITY_ACTIVE);
    assert_int_equal(row->person, id);
    assert_true(ny_str_equals(row->record, ny_str_of("rec\0ord", 7)));
    assert_int_equal(row->norm_version, 3);
    assert_int_equal(row->content_hash, -id);
    assert_int_equal(row->event_us, T0 + id);
    assert_int_equal(row->version, 1);
    return NY_OK;
}

static ny_rc on_edge(void *ctx, const struct ny_edge_row *row)
{
    ((struct seen_rows *)ctx)->edges++;
    assert_true(row->a == 3 && row->b == 1 && row->total_b1024 == -5 && row->model == 1);
    assert_true(row->guards == 0x80000001u && row->levels[6] == 7 && row->levels[7] == 0);
    return NY_OK;
}

static ny_rc on_pin(void *ctx, const struct ny_pin_row *row)
{
    ((struct seen_rows *)ctx)->pins++;
    assert_true(row->a == 1 && row->b == 2 && row->kind == NY_PIN_MERGE &&
                row->role == NY_ROLE_FACILITY && row->pair == 3 && row->message == 1);
    assert_true(row->stamp.at_us == T0 && ny_str_equals(row->stamp.control_id, NY_S("M1")) &&
                row->stamp.hash[0] == 7 && row->stamp.hash[1] == 0);
    assert_true(ny_str_equals(row->who, NY_S("F01|HIS")) &&
                ny_str_equals(row->reason, NY_S("A40")));
    return NY_OK;
}

static ny_rc on_hold(void *ctx, const struct ny_hold_row *row)
{
    ((struct seen_rows *)ctx)->holds++;
    assert_true(row->identity == 0 && row->source == 1 && row->at_us == T0);
    assert_true(row->kind == NY_HOLD_SOURCE && row->why == NY_HOLD_DRIFT);
    assert_true(ny_str_equals(row->detail, NY_S("kana 1 of 200")));
    return NY_OK;
}

static ny_rc on_review(void *ctx, const struct ny_review_row *row)
{
    ((struct seen_rows *)ctx)->reviews++;
    assert_true(row->a == 2 && row->b == 3 && row->state == NY_REVIEW_PARKED);
    assert_true(row->reason == NY_REASON_BAND && row->total_b1024 == 77 && row->guards == 5);
    return NY_OK;
}

static ny_rc on_seen(void *ctx, int32_t source, ny_str control_id, ny_str body_hash)
{
    ((struct seen_rows *)ctx)->seen++;
    assert_true(source == 1 && ny_str_equals(control_id, NY_S("M1")) && body_hash.n == 32);
    assert_int_equal(body_hash.p[0], 7);
    return NY_OK;
}

static ny_rc on_counters(void *ctx, int64_t identity, int64_t person, int64_t message,
                         int64_t batch)
{
    ((struct seen_rows *)ctx)->counters++;
    assert_true(identity == 3 && person == 3 && message == 1 && batch == 9);
    return NY_OK;
}

static struct ny_store_visitor visitor(struct seen_rows *rows)
{
    return (struct ny_store_visitor){.domain = on_domain,
                                     .requester = on_requester,
                                     .model = on_model,
                                     .identity = on_identity,
                                     .edge = on_edge,
                                     .pin = on_pin,
                                     .hold = on_hold,
                                     .review = on_review,
                                     .seen = on_seen,
                                     .counters = on_counters,
                                     .ctx = rows};
}

static void test_all_tables_come_back(void **state)
{
    struct env *e = env_open();
    struct ny_store_batch *b = ny_store_batch_create();
    struct seen_rows rows = {0};
    struct ny_store_visitor v = visitor(&rows);
    struct ny_error err = {0};

    (void)state;
    env_add_three(b);
    add_rest(b);
    assert_int_equal(env_commit(e, b, 9), NY_OK);
    assert_int_equal(ny_store_load(e->store, &v, &err), NY_OK);
    assert_true(rows.domains == 2 && rows.requesters == 1 && rows.models == 1 &&
                rows.identities == 3 && rows.edges == 1 && rows.pins == 1 && rows.holds == 1 &&
                rows.reviews == 1 && rows.seen == 1 && rows.counters == 1);
    assert_int_equal(env_number(e, "SELECT count(*) FROM nayose.identity_version v "
                                   "JOIN nayose.identity i ON i.id = v.identity AND "
                                   "i.demographics = v.demographics AND v.message = 1"),
                     1);
    assert_int_equal(env_number(e, "SELECT count(*) FROM nayose.membership_event "
                                   "WHERE receipt->>'a' = '1' AND from_person IS NULL"),
                     1);
    assert_int_equal(env_number(e, "SELECT count(*) FROM nayose.message WHERE source = 1"), 1);
    assert_int_equal(env_number(e, "SELECT count(*) FROM nayose.audit_event "
                                   "WHERE message_id = U&'A\\FFFD\\FFFD'"),
                     1);
    ny_store_batch_destroy(b);
    env_destroy(e);
}

static ny_rc stop_at_two(void *ctx, const struct ny_identity_row *row)
{
    (void)ctx;
    return row->id == 2 ? NY_ELIMIT : NY_OK;
}

static void test_load_stops_with_the_visitor(void **state)
{
    struct env *e = env_open();
    struct ny_store_visitor v = {.identity = stop_at_two};
    struct ny_error err = {0};

    (void)state;
    env_three(e);
    assert_int_equal(ny_store_load(e->store, &v, &err), NY_ELIMIT);
    env_destroy(e);
}

/* ---- one row per key ---- */

static void check_joined_to_new_rows(struct env *e)
{
    struct ny_store_batch *b = ny_store_batch_create();
    struct ny_identity_row row;
    struct ny_edge_row edge = {.a = 1, .b = 2, .total_b1024 = 1};
    struct ny_person_row person = {.id = 2, .retired = true, .forwarded_to = 1};
    struct ny_review_row review = {.a = 1, .b = 2, .state = NY_REVIEW_OPEN, .reason = 1};

    env_add_three(b);
    row = env_identity(b, 1, 1, "1"); /* new, update: new with the later values */
    row.version = 2;
    ny_store_add_identity_update(b, &row);
    ny_store_add_identity_state(b, 2, 1, NY_IDENTITY_MERGED); /* new, state */
    ny_store_add_person(b, &person, false);                   /* new, change */
    ny_store_add_edge(b, &edge);
    ny_store_remove_edge(b, 2, 1); /* the same pair the other way round */
    edge.b = 3;
    ny_store_remove_edge(b, 1, 3);
    edge.total_b1024 = 2;
    ny_store_add_edge(b, &edge);
    ny_store_add_review(b, &review);
    review.state = NY_REVIEW_CLOSED;
    ny_store_add_review(b, &review);
    assert_int_equal(env_commit(e, b, 1), NY_OK);
    ny_store_batch_destroy(b);

    assert_int_equal(env_number(e, "SELECT version FROM nayose.identity WHERE id = 1"), 2);
    assert_int_equal(env_number(e, "SELECT person * 10 + status FROM nayose.identity WHERE id = 2"),
                     12);
    assert_int_equal(
        env_number(e, "SELECT forwarded_to FROM nayose.person WHERE regional_id = 'R2'"), 1);
    assert_int_equal(env_number(e, "SELECT sum(b * 10 + total_b1024)::bigint FROM nayose.edge"),
                     32);
    assert_int_equal(env_number(e, "SELECT count(*) FROM nayose.review"), 0);
}

static void test_second_rows_join_the_first(void **state)
{
    struct env *e = env_open();
    struct ny_store_batch *b;
    struct ny_identity_row row;
    struct ny_edge_row edge = {.a = 1, .b = 3, .total_b1024 = 5};
    struct ny_review_row review = {.a = 1, .b = 2, .state = NY_REVIEW_OPEN, .reason = 1};

    (void)state;
    check_joined_to_new_rows(e);
    b = ny_store_batch_create(); /* update, state · state, update · replace · reopen */
    row = env_identity(b, 1, 1, "1");
    row.version = 3;
    ny_store_add_identity_update(b, &row);
    ny_store_add_identity_state(b, 1, 3, NY_IDENTITY_DELETED);
    row = env_identity(b, 3, 2, "10");
    row.version = 4;
    ny_store_add_identity_state(b, 3, 1, NY_IDENTITY_DELETED);
    ny_store_add_identity_update(b, &row);
    ny_store_add_edge(b, &edge);
    ny_store_add_review(b, &review);
    assert_int_equal(env_commit(e, b, 2), NY_OK);
    assert_int_equal(env_number(e,
                                "SELECT person * 100 + version * 10 + status FROM nayose.identity "
                                "WHERE id = 1"),
                     333);
    assert_int_equal(env_number(e,
                                "SELECT person * 100 + version * 10 + status FROM nayose.identity "
                                "WHERE id = 3"),
                     341);
    assert_int_equal(env_number(e, "SELECT sum(total_b1024) FROM nayose.edge"), 5);
    review.state = NY_REVIEW_CLOSED;
    ny_store_batch_destroy(b);

    b = ny_store_batch_create();
    ny_store_add_review(b, &review);
    assert_int_equal(env_commit(e, b, 3), NY_OK);
    assert_int_equal(env_number(e, "SELECT count(*) FROM nayose.review WHERE state = 5"), 1);
    ny_store_batch_destroy(b);
    env_destroy(e);
}

/* ---- failures ---- */

static void test_failed_batch_leaves_nothing(void **state)
{
    struct env *e = env_open();
    struct ny_store_batch *b = ny_store_batch_create();
    const struct ny_audit_row audit = {.at_us = T0, .kind = NY_S("feed")};

    (void)state;
    env_three(e);
    env_add(b, 4, 1, "4");
    env_add(b, 5, 1, "1"); /* stands already */
    ny_store_add_audit(b, &audit);
    assert_int_equal(env_commit(e, b, 2), NY_ECONFLICT);
    assert_int_equal(env_number(e, "SELECT count(*) FROM nayose.identity"), 3);
    assert_int_equal(env_number(e, "SELECT count(*) FROM nayose.person"), 3);
    assert_int_equal(env_number(e, "SELECT batch_no FROM nayose.leader_beat"), 1);
    ny_store_batch_destroy(b);

    b = ny_store_batch_create(); /* the chain has not moved, the connection is fine */
    env_add(b, 4, 1, "4");
    ny_store_add_audit(b, &audit);
    assert_int_equal(env_commit(e, b, 3), NY_OK);
    assert_int_equal(env_number(e, "SELECT max(seq) FROM nayose.audit_event"), 1);
    ny_store_batch_destroy(b);
    env_destroy(e);
}

static void test_batches_that_can_never_succeed(void **state)
{
    static const struct {
        const char *name, *local_id;
        int64_t id;
        int32_t domain;
    } rows[] = {
        {"a gap in the numbers", "9",    9, 1},
        {"an unknown domain",    "9",    4, 7},
        {"no local id",          "",     4, 1},
        {"not UTF-8",            "\xFF", 4, 1},
    };
    struct env *e = env_open();

    (void)state;
    env_three(e);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_store_batch *b = ny_store_batch_create();
        ny_rc rc;

        env_add(b, rows[i].id, rows[i].domain, rows[i].local_id);
        rc = env_commit(e, b, 2);
        if (rc != NY_ECONFLICT) {
            fail_msg("row %s: %s", rows[i].name, ny_rc_text(rc));
        }
        ny_store_batch_destroy(b);
    }
    env_destroy(e);
}

static void test_edge_to_nobody_is_refused(void **state)
{
    struct env *e = env_open();
    struct ny_store_batch *b = ny_store_batch_create();
    struct ny_edge_row edge = {.a = 1, .b = 4};

    (void)state;
    env_three(e);
    ny_store_add_edge(b, &edge);
    assert_int_equal(env_commit(e, b, 2), NY_ECONFLICT);
    ny_store_batch_destroy(b);
    env_destroy(e);
}

static void test_one_batch_in_flight(void **state)
{
    struct env *e = env_open();
    struct ny_store_batch *b = ny_store_batch_create();
    struct env_done d = {0};

    (void)state;
    env_add_three(b);
    assert_int_equal(ny_store_commit(e->store, b, 1, env_on_done, &d), NY_OK);
    assert_int_equal(ny_store_commit(e->store, b, 1, env_on_done, &d), NY_EAGAIN);
    ENV_UNTIL(e, d.calls > 0);
    assert_int_equal(d.rc, NY_OK);
    ny_store_batch_destroy(b);
    env_destroy(e);
}

static void test_rc_of_failures(void **state)
{
    static const struct {
        const char *sqlstate, *statement;
        bool lost;
        ny_rc rc;
    } rows[] = {
        {"22012", "FENCE",        false, NY_EFENCED  },
        {"22012", "IDENTITY_ADD", false, NY_ECONFLICT},
        {"23505", "IDENTITY_ADD", false, NY_ECONFLICT},
        {"54000", "IDENTITY_ADD", false, NY_ECONFLICT},
        {"40001", "COMMIT",       false, NY_EAGAIN   },
        {"40P01", "EDGE_PUT",     false, NY_EAGAIN   },
        {"57014", "EDGE_PUT",     false, NY_EDB      },
        {"53100", "EDGE_PUT",     false, NY_EDB      },
        {"08006", "",             true,  NY_EDB      },
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_db_failure f = {.lost = rows[i].lost, .statement = rows[i].statement};

        memcpy(f.sqlstate, rows[i].sqlstate, 6);
        if (ny_store_failure_rc(&f) != rows[i].rc) {
            fail_msg("row %s %s", rows[i].sqlstate, rows[i].statement);
        }
    }
    assert_int_equal(ny_store_tag_rc("COMMIT"), NY_OK);
    assert_int_equal(ny_store_tag_rc("ROLLBACK"), NY_EDB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_migrating_twice_changes_nothing),
        cmocka_unit_test(test_unknown_schema_version_is_refused),
        cmocka_unit_test(test_all_tables_come_back),
        cmocka_unit_test(test_load_stops_with_the_visitor),
        cmocka_unit_test(test_second_rows_join_the_first),
        cmocka_unit_test(test_failed_batch_leaves_nothing),
        cmocka_unit_test(test_batches_that_can_never_succeed),
        cmocka_unit_test(test_edge_to_nobody_is_refused),
        cmocka_unit_test(test_one_batch_in_flight),
        cmocka_unit_test(test_rc_of_failures),
    };

    return cmocka_run_group_tests(tests, env_start, env_stop);
}
