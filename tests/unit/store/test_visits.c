/* Visits said once more beside those that stand, and mended, in a real PostgreSQL. */

#include "nayose/store_reading.h"

#include "store_env.h"

static const ny_str d1_term = {"7.1.1=D1", 8};

/* A stay with a doctor, told at a time. */
static struct ny_visit stay(const char *number, int64_t at_us)
{
    struct ny_visit v = {
        .number = ny_str_from_c(number),
        .stamp = {.at_us = at_us, .control_id = NY_S("C")},
        .state = NY_VISIT_THERE
    };

    v.field[NY_VISIT_ATTENDING].said = true;
    v.field[NY_VISIT_ATTENDING].text = NY_S("D1");
    v.field[NY_VISIT_ATTENDING].terms = &d1_term;
    v.field[NY_VISIT_ATTENDING].n_terms = 1;
    return v;
}

struct differing {
    struct ny_arena *a;
    struct ny_visit_row rows[4];
    size_t n;
};

static ny_rc on_differing(void *ctx, const struct ny_visit_row *v)
{
    struct differing *d = ctx;

    assert_true(d->n < NY_ARRAY_LEN(d->rows));
    d->rows[d->n++] =
        (struct ny_visit_row){v->identity, ny_arena_str(d->a, v->number),
                              ny_arena_str(d->a, v->stood), ny_arena_str(d->a, v->said)};
    return NY_OK;
}

static size_t differing(struct ny_store_reading *r, struct differing *d)
{
    struct ny_error err = {0};

    d->n = 0;
    if (ny_store_reading_visits(r, on_differing, d, &err) != NY_OK) {
        fail_msg("%s", err.text);
    }
    return d->n;
}

static void say(struct ny_store_reading *r, const struct ny_store_batch *b)
{
    struct ny_error err = {0};

    if (ny_store_reading_say(r, b, &err) != NY_OK) {
        fail_msg("%s", err.text);
    }
}

static void mend(struct env *e, const struct differing *d, int64_t no)
{
    struct ny_store_batch *b = ny_store_batch_create();

    for (size_t i = 0; i < d->n; i++) {
        ny_store_mend_visit(b, &d->rows[i]);
    }
    assert_int_equal(env_commit(e, b, no), NY_OK);
    ny_store_batch_destroy(b);
}

static void test_said_again_and_mended(void **state)
{
    struct env *e = env_open();
    struct ny_visit first = stay("V1", T0);
    struct ny_visit second = stay("V2", T0 + 1);
    struct ny_visit moved = stay("V1", T0 + 2);
    struct ny_store_batch *told = ny_store_batch_create();
    struct ny_store_batch *later = ny_store_batch_create();
    struct ny_store_reading *r = NULL;
    struct differing d = {.a = e->a};
    struct differing none = {.a = e->a};
    struct ny_error err = {0};

    (void)state;
    env_three(e);
    ny_store_add_visit(told, 1, &first);
    ny_store_add_visit(told, 2, &second);
    assert_int_equal(env_commit(e, told, 2), NY_OK);
    assert_int_equal(ny_store_reading_open(e->store, &r, &err), NY_OK);
    assert_int_equal(differing(r, &d), 2); /* nothing is said yet */
    say(r, told);
    assert_int_equal(differing(r, &d), 0);

    /* That it went from 1 to 3 is not in the database. */
    moved.was = NY_S("V1");
    ny_store_add_visit(later, 3, &moved);
    ny_store_move_visit(later, 1, 3, &moved);
    say(r, later);
    assert_int_equal(differing(r, &d), 2);
    assert_int_equal(d.rows[0].identity, 1);
    assert_int_equal(d.rows[1].identity, 3);
    assert_true(ny_str_equals(d.rows[1].stood, NY_S("null")));
    mend(e, &d, 3);
    assert_int_equal(differing(r, &none), 0);
    assert_int_equal(env_number(e,
                                "SELECT identity FROM nayose.visit WHERE number = 'V1' AND keys = "
                                "'{7.1.1=D1}' AND NOT cancelled"),
                     3);

    /* Neither stands as it stood: the same once more changes nothing, not even where it is there.
     */
    assert_true(env_do(e, "UPDATE nayose.visit SET at = at + 1"));
    mend(e, &d, 4);
    assert_int_equal(differing(r, &none), 3);

    /* What nobody said goes. */
    mend(e, &none, 5);
    assert_true(env_do(e, "INSERT INTO nayose.visit (identity, number, at, control_id, hash, said, "
                          "keys, traits) SELECT 2, 'V9', at, control_id, hash, said, keys, traits "
                          "FROM nayose.visit WHERE identity = 2"));
    assert_int_equal(differing(r, &d), 1);
    mend(e, &d, 6);
    assert_int_equal(differing(r, &none), 0);
    ny_store_reading_close(r);
    ny_store_batch_destroy(told);
    ny_store_batch_destroy(later);
    env_destroy(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_said_again_and_mended),
    };

    return cmocka_run_group_tests(tests, env_start, env_stop);
}
