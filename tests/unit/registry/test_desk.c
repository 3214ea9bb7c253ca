/* Leases of the clerks' desk: one desk a case, for as long as the desk gives signs of life. */

#include "nayose/registry_desk.h"

#include "world.h"

static const int64_t T0 = INT64_C(1775012400) * NY_US_PER_SECOND;

static bool take(struct world *w, int64_t a, int64_t b, const char *who, const char *desk)
{
    const struct ny_lease *l = NULL;
    bool ours =
        ny_registry_case_take(w->registry, a, b, ny_str_from_c(who), ny_str_from_c(desk), &l);

    assert_non_null(l);
    return ours;
}

static void at(int64_t seconds)
{
    ny_clock_freeze_us(T0 + seconds * NY_US_PER_SECOND);
}

/* A lease ends when its time is over, not before, and only its own. */
static void test_a_lease_ends_without_a_sign_of_life(void **state)
{
    struct world w;

    (void)state;
    world_begin(&w);
    at(0);
    assert_true(take(&w, 1, 2, "sato", "x"));
    at(100);
    assert_true(take(&w, 3, 4, "sato", "x"));
    at(NY_LEASE_S - 1);
    assert_false(take(&w, 2, 1, "ito", "y")); /* in either order */
    assert_true(ny_str_equals(ny_registry_case_lease(w.registry, 1, 2)->who, NY_S("sato")));
    at(NY_LEASE_S);
    assert_null(ny_registry_case_lease(w.registry, 1, 2));
    assert_true(take(&w, 1, 2, "ito", "y"));
    assert_false(take(&w, 3, 4, "ito", "y"));
    at(NY_LEASE_S + 100);
    assert_true(take(&w, 3, 4, "ito", "y"));
    assert_false(take(&w, 1, 2, "sato", "x"));
    ny_clock_freeze_us(0);
    world_destroy(&w);
}

static void test_a_sign_of_life_prolongs_it(void **state)
{
    const struct ny_lease *l;
    struct world w;

    (void)state;
    world_begin(&w);
    at(0);
    assert_true(take(&w, 1, 2, "sato", "x"));
    at(NY_LEASE_S - 1);
    assert_true(take(&w, 1, 2, "sato", "x"));
    at(NY_LEASE_S + 1);
    l = ny_registry_case_lease(w.registry, 1, 2);
    assert_non_null(l);
    assert_int_equal(l->since_us, T0); /* how long it lies open counts from the first */
    assert_int_equal(l->until_us, T0 + (2 * NY_LEASE_S - 1) * NY_US_PER_SECOND);
    at(2 * NY_LEASE_S - 1);
    assert_null(ny_registry_case_lease(w.registry, 1, 2));
    ny_clock_freeze_us(0);
    world_destroy(&w);
}

/* A clerk's second desk is another desk, and gives back only what it has. */
static void test_a_desk_gives_back_what_it_has(void **state)
{
    struct world w;

    (void)state;
    world_begin(&w);
    at(0);
    assert_true(take(&w, 1, 2, "sato", "x"));
    assert_true(take(&w, 3, 4, "sato", "x"));
    assert_true(take(&w, 5, 6, "sato", "z"));
    assert_false(take(&w, 5, 6, "sato", "x"));
    assert_int_equal(ny_registry_case_release(w.registry, 5, 6, NY_S("sato"), NY_S("x")), 0);
    assert_int_equal(ny_registry_case_release(w.registry, 2, 1, NY_S("sato"), NY_S("x")), 1);
    assert_int_equal(ny_registry_case_release(w.registry, 0, 0, NY_S("sato"), NY_S("x")), 1);
    assert_true(take(&w, 1, 2, "ito", "y"));
    assert_false(take(&w, 5, 6, "ito", "y"));
    at(NY_LEASE_S); /* several end at once */
    assert_null(ny_registry_case_lease(w.registry, 1, 2));
    assert_null(ny_registry_case_lease(w.registry, 5, 6));
    ny_clock_freeze_us(0);
    world_destroy(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_lease_ends_without_a_sign_of_life),
        cmocka_unit_test(test_a_sign_of_life_prolongs_it),
        cmocka_unit_test(test_a_desk_gives_back_what_it_has),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
