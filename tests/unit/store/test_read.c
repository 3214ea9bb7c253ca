/* Asynchronous reads against a real PostgreSQL. */

#include <stdio.h>

#include "store_env.h"

struct answer {
    int calls;
    ny_rc rc;
    char text[512]; /* the rows, told as text */
};

static void say(struct answer *w, const char *fmt, ...) NY_PRINTF(2, 3);
static void say(struct answer *w, const char *fmt, ...)
{
    size_t n = strlen(w->text);
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(w->text + n, sizeof(w->text) - n, fmt, ap);
    va_end(ap);
}

static void say_resolved(struct answer *w, const struct ny_resolved *r)
{
    if (!r->found) {
        return;
    }
    say(w, "%lld %.*s:", (long long)r->person, NY_ARG(r->regional_id));
    for (size_t i = 0; i < r->n_members; i++) {
        say(w, " %d/%.*s", (int)r->members[i].domain, NY_ARG(r->members[i].local_id));
    }
}

static void on_resolved(void *ctx, ny_rc rc, const struct ny_resolved *r)
{
    struct answer *w = ctx;

    w->calls++;
    w->rc = rc;
    if (rc == NY_OK) {
        say_resolved(w, r);
    }
}

enum { RESOLVED_MAX = 16 };
struct answers {
    int calls;
    ny_rc rc;
    size_t n;
    struct answer of[RESOLVED_MAX];
};

static void on_all_resolved(void *ctx, ny_rc rc, const struct ny_resolved *r)
{
    struct answers *all = ctx;

    all->calls++;
    all->rc = rc;
    for (size_t i = 0; rc == NY_OK && i < all->n; i++) {
        say_resolved(&all->of[i], &r[i]);
    }
}

static void on_links(void *ctx, ny_rc rc, const struct ny_link_row *rows, size_t n)
{
    struct answer *w = ctx;

    w->calls++;
    w->rc = rc;
    for (size_t i = 0; i < n; i++) {
        say(w, "%.*s/%.*s=%.*s ", NY_ARG(rows[i].domain_ns), NY_ARG(rows[i].local_id),
            NY_ARG(rows[i].regional_id));
    }
}

static void on_reviews(void *ctx, ny_rc rc, const struct ny_review_view *rows, size_t n)
{
    struct answer *w = ctx;

    w->calls++;
    w->rc = rc;
    for (size_t i = 0; i < n; i++) {
        say(w, "%.*s/%.*s-%.*s/%.*s:%d ", NY_ARG(rows[i].ns_a), NY_ARG(rows[i].id_a),
            NY_ARG(rows[i].ns_b), NY_ARG(rows[i].id_b), (int)(rows[i].row.at_us - T0));
    }
}

static void on_seen(void *ctx, ny_rc rc, ny_str ack)
{
    struct answer *w = ctx;

    w->calls++;
    w->rc = rc;
    say(w, "%s%.*s", ack.p != NULL ? "+" : "-", NY_ARG(ack));
}

static void on_patients(void *ctx, ny_rc rc, const struct ny_stored_patient *rows, size_t n)
{
    struct answer *w = ctx;

    w->calls++;
    w->rc = rc;
    for (size_t i = 0; i < n; i++) {
        assert_true(rows[i].version == 1 && rows[i].status == NY_IDENTITY_ACTIVE);
        assert_true(rows[i].person == rows[i].id);
        say(w, "%d/%.*s %.*s ", (int)rows[i].domain, NY_ARG(rows[i].local_id),
            NY_ARG(ny_value_part(&rows[i].patient.sets[NY_SET_NAME].values[0],
                                 NY_PART_NAME_KANJI_FAMILY)));
    }
}

/* Identities: 1 B/1, 2 A/2, 3 A/10, 4 A/x test, 5 B/5 merged, 6 B/6 deleted.
 * Persons: 1 ← 2 ← 3 (forwarded in a row); 1 has identities 1 and 2; 3's own moved to 1 as well; 4
 * alone. */
static struct env *world(void)
{
    struct env *e = env_open();
    struct ny_store_batch *b = ny_store_batch_create();
    struct ny_identity_row row;
    struct ny_person_row person = {.id = 2, .retired = true, .forwarded_to = 1};

    env_add_three(b);
    env_add(b, 4, 2, "x");
    env_add(b, 5, 1, "5");
    env_add(b, 6, 1, "6");
    row = env_identity(b, 4, 2, "x");
    row.status = NY_IDENTITY_TEST;
    ny_store_add_identity_update(b, &row);
    row = env_identity(b, 5, 1, "5");
    row.status = NY_IDENTITY_MERGED;
    row.person = 1;
    ny_store_add_identity_update(b, &row);
    row = env_identity(b, 6, 1, "6");
    row.status = NY_IDENTITY_DELETED;
    row.person = 0;
    ny_store_add_identity_update(b, &row);
    ny_store_add_identity_state(b, 2, 1, NY_IDENTITY_ACTIVE);
    ny_store_add_identity_state(b, 3, 1, NY_IDENTITY_ACTIVE);
    ny_store_add_person(b, &person, false);
    person.id = 3;
    person.forwarded_to = 2;
    ny_store_add_person(b, &person, false);
    assert_int_equal(env_commit(e, b, 1), NY_OK);
    ny_store_batch_destroy(b);
    return e;
}

static void test_resolve(void **state)
{
    static const struct {
        const char *name;
        int32_t domain;
        ny_str id;
        const char *expected;
    } rows[] = {
        {"by local id",          1, {"1", 1},      "1 R1: 1/1 2/10 2/2"},
        {"another member",       2, {"10", 2},     "1 R1: 1/1 2/10 2/2"},
        {"a test record",        2, {"x", 1},      "4 R4: 2/x"         },
        {"merged",               1, {"5", 1},      ""                  },
        {"deleted",              1, {"6", 1},      ""                  },
        {"unknown id",           1, {"7", 1},      ""                  },
        {"id of another domain", 1, {"2", 1},      ""                  },
        {"regional id",          0, {"R1", 2},     "1 R1: 1/1 2/10 2/2"},
        {"retired regional id",  0, {"R3", 2},     "1 R1: 1/1 2/10 2/2"},
        {"nobody left in it",    0, {"R6", 2},     "6 R6:"             },
        {"unknown regional id",  0, {"1", 1},      ""                  },
        {"not storable",         1, {"\0\xFF", 2}, ""                  },
        {"empty",                1, {NULL, 0},     ""                  },
    };
    struct env *e = world();
    struct ny_resolve_question asked[NY_ARRAY_LEN(rows)];
    struct answers all = {.n = NY_ARRAY_LEN(rows)};

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        asked[i] = (struct ny_resolve_question){rows[i].domain, rows[i].id};
    }
    assert_int_equal(ny_store_resolve(e->store, asked, all.n, on_all_resolved, &all), NY_OK);
    ENV_UNTIL(e, all.calls > 0);
    assert_true(all.calls == 1 && all.rc == NY_OK);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        if (strcmp(all.of[i].text, rows[i].expected) != 0) {
            fail_msg("row %s: %s", rows[i].name, all.of[i].text);
        }
    }
    env_destroy(e);
}

static void test_a_circle_of_forwards_ends(void **state)
{
    struct env *e = world();
    struct ny_resolve_question asked = {0, NY_S("R2")};
    struct answer w = {0};

    (void)state;
    assert_true(
        env_do(e, "UPDATE nayose.person SET retired = true, forwarded_to = 3 WHERE id = 1"));
    assert_int_equal(ny_store_resolve(e->store, &asked, 1, on_resolved, &w), NY_OK);
    ENV_UNTIL(e, w.calls > 0);
    assert_string_equal(w.text, "");
    env_destroy(e);
}

static void test_link_pages(void **state)
{
    static const struct {
        const char *name;
        ny_str ns, id;
        int32_t limit;
        const char *expected;
    } rows[] = {
        {"all in byte order",      {NULL, 0}, {NULL, 0}, 9, "A/10=R1 A/2=R1 A/x=R4 B/1=R1 "},
        {"first page",             {"", 0},   {"", 0},   2, "A/10=R1 A/2=R1 "              },
        {"page over the boundary", {"A", 1},  {"2", 1},  2, "A/x=R4 B/1=R1 "               },
        {"last page",              {"B", 1},  {"1", 1},  2, ""                             },
        {"key between",            {"A", 1},  {"3", 1},  1, "A/x=R4 "                      },
    };
    struct env *e = world();

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct answer w = {0};

        assert_int_equal(
            ny_store_links(e->store, rows[i].ns, rows[i].id, rows[i].limit, on_links, &w), NY_OK);
        ENV_UNTIL(e, w.calls > 0);
        if (w.rc != NY_OK || strcmp(w.text, rows[i].expected) != 0) {
            fail_msg("row %s: %s", rows[i].name, w.text);
        }
    }
    env_destroy(e);
}

static void test_review_pages(void **state)
{
    static const struct ny_review_row questions[] = {
        {1, 2, NY_REVIEW_OPEN,   NY_REASON_BAND,  1, 0, 1700000000000002},
        {3, 1, NY_REVIEW_OPEN,   NY_REASON_GUARD, 2, 0, 1700000000000001},
        {2, 4, NY_REVIEW_PARKED, NY_REASON_BAND,  3, 0, 1700000000000001},
        {3, 4, NY_REVIEW_OPEN,   NY_REASON_BAND,  4, 0, 1700000000000002},
    };
    static const struct {
        const char *name;
        enum ny_review_state state;
        int64_t at_us, a, b;
        int32_t limit;
        const char *expected;
    } rows[] = {
        {"first page", NY_REVIEW_OPEN,   0,                0, 0, 2, "A/10-B/1:1 B/1-A/2:2 "},
        {"next page",  NY_REVIEW_OPEN,   1700000000000002, 1, 2, 2, "A/10-A/x:2 "          },
        {"the end",    NY_REVIEW_OPEN,   1700000000000002, 3, 4, 2, ""                     },
        {"parked",     NY_REVIEW_PARKED, 0,                0, 0, 9, "A/2-A/x:1 "           },
        {"closed",     NY_REVIEW_CLOSED, 0,                0, 0, 9, ""                     },
    };
    struct env *e = world();
    struct ny_store_batch *b = ny_store_batch_create();

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(questions); i++) {
        ny_store_add_review(b, &questions[i]);
    }
    assert_int_equal(env_commit(e, b, 2), NY_OK);
    ny_store_batch_destroy(b);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct answer w = {0};

        const struct ny_review_filter f = {.state = rows[i].state, .put_off = true};

        assert_int_equal(ny_store_reviews(e->store, &f, rows[i].at_us, rows[i].a, rows[i].b,
                                          rows[i].limit, on_reviews, &w),
                         NY_OK);
        ENV_UNTIL(e, w.calls > 0);
        if (w.rc != NY_OK || strcmp(w.text, rows[i].expected) != 0) {
            fail_msg("row %s: %s", rows[i].name, w.text);
        }
    }
    env_destroy(e);
}

static void test_seen_gives_the_first_answer(void **state)
{
    struct env *e = world();
    struct ny_store_batch *b = ny_store_batch_create();
    struct ny_message_row row = {.id = 1,
                                 .control_id = NY_S("M1"),
                                 .received_us = T0,
                                 .ack = NY_S("first"),
                                 .body_hash = {9}};
    const uint8_t other[NY_SHA256_LEN] = {8};
    struct answer w[3] = {{0}};

    (void)state;
    ny_store_add_message(b, &row);
    row.id = 2;
    row.ack = NY_S("second");
    ny_store_add_message(b, &row);
    assert_int_equal(env_commit(e, b, 2), NY_OK);
    ny_store_batch_destroy(b);
    assert_int_equal(ny_store_seen(e->store, 0, NY_S("M1"), row.body_hash, on_seen, &w[0]), NY_OK);
    assert_int_equal(ny_store_seen(e->store, 0, NY_S("M1"), other, on_seen, &w[1]), NY_OK);
    assert_int_equal(ny_store_seen(e->store, 1, NY_S("M1"), row.body_hash, on_seen, &w[2]), NY_OK);
    ENV_UNTIL(e, w[0].calls > 0 && w[1].calls > 0 && w[2].calls > 0);
    assert_string_equal(w[0].text, "+first");
    assert_string_equal(w[1].text, "-");
    assert_string_equal(w[2].text, "-");
    env_destroy(e);
}

static void test_patients(void **state)
{
    const int64_t ids[] = {1, 99};
    struct env *e = world();
    struct answer w = {0};

    (void)state;
    assert_int_equal(ny_store_read_patients(e->store, ids, 2, on_patients, &w), NY_OK);
    ENV_UNTIL(e, w.calls > 0);
    assert_int_equal(w.rc, NY_OK);
    assert_string_equal(w.text, "1/1 山田 ");
    env_destroy(e);
}

static void test_a_read_that_fails_is_told(void **state)
{
    struct env *e = world();
    struct answer w = {0};

    (void)state;
    assert_int_equal(ny_store_links(e->store, NY_STR_NONE, NY_STR_NONE, -1, on_links, &w), NY_OK);
    ENV_UNTIL(e, w.calls > 0);
    assert_int_equal(w.calls, 1);
    assert_int_equal(w.rc, NY_EDB); /* the server refuses a negative LIMIT */
    env_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resolve),
        cmocka_unit_test(test_a_circle_of_forwards_ends),
        cmocka_unit_test(test_link_pages),
        cmocka_unit_test(test_review_pages),
        cmocka_unit_test(test_seen_gives_the_first_answer),
        cmocka_unit_test(test_patients),
        cmocka_unit_test(test_a_read_that_fails_is_told),
    };

    return cmocka_run_group_tests(tests, env_start, env_stop);
}
