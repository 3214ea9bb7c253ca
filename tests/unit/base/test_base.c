/* Slices, arenas, buffers, numbers, dates. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/base.h"

static void test_split_walks_every_part(void **state)
{
    ny_str rest = NY_S("a||b|");
    const char *expected[] = {"a", "", "b", ""};
    size_t n = 0;

    (void)state;
    while (rest.p != NULL) {
        ny_str part = ny_str_split(&rest, '|');

        assert_true(n < NY_ARRAY_LEN(expected));
        assert_true(ny_str_equals(part, ny_str_from_c(expected[n++])));
    }
    assert_int_equal(n, 4);
}

static void test_numbers(void **state)
{
    static const struct {
        const char *in;
        ny_rc rc;
        uint64_t value;
    } rows[] = {
        {"0",                    NY_OK,      0         },
        {"18446744073709551615", NY_OK,      UINT64_MAX},
        {"18446744073709551616", NY_ERANGE,  0         },
        {"",                     NY_ESYNTAX, 0         },
        {"1 ",                   NY_ESYNTAX, 0         },
        {"-1",                   NY_ESYNTAX, 0         },
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        uint64_t v = 0;
        ny_rc rc = ny_str_to_u64(ny_str_from_c(rows[i].in), 0, UINT64_MAX, &v);

        if (rc != rows[i].rc || v != rows[i].value) {
            fail_msg("row %s", rows[i].in);
        }
    }
}

static void test_a_copy_ends_in_nul(void **state)
{
    char *copy = ny_str_dup(ny_str_of("山田", 3));
    char *nothing = ny_str_dup(NY_STR_NONE);

    (void)state;
    assert_string_equal(copy, "山");
    assert_string_equal(nothing, "");
    ny_free(copy);
    ny_free(nothing);
}

static void test_arena_stops_at_its_cap(void **state)
{
    struct ny_arena *a = ny_arena_create(1000);

    (void)state;
    assert_non_null(ny_arena_alloc(a, 900));
    assert_null(ny_arena_alloc(a, 200));
    ny_arena_reset(a);
    assert_non_null(ny_arena_alloc(a, 900));
    ny_arena_destroy(a);
}

static void test_failed_append_sticks(void **state)
{
    struct ny_arena *a = ny_arena_create(256);
    struct ny_buf b;
    ny_str out = NY_STR_NONE;

    (void)state;
    ny_buf_init(&b, a);
    for (int i = 0; i < 100; i++) {
        ny_buf_add(&b, NY_S("0123456789"));
    }
    assert_int_equal(ny_buf_end(&b, &out), NY_ELIMIT);
    assert_null(out.p);
    ny_arena_destroy(a);
}

static void test_days_round_trip(void **state)
{
    (void)state;
    assert_int_equal(ny_days_from_civil(1970, 1, 1), 0);
    assert_int_equal(ny_days_from_civil(2000, 3, 1), 11017);
    for (int32_t d = -40000; d < 40000; d++) {
        ny_date c = ny_civil_from_days(d);

        assert_true(ny_date_is_valid(c.y, c.m, c.d));
        assert_int_equal(ny_days_from_civil(c.y, c.m, c.d), d);
    }
    assert_false(ny_date_is_valid(1900, 2, 29));
    assert_true(ny_date_is_valid(2000, 2, 29));
}

static void test_timestamps(void **state)
{
    static const struct {
        const char *text;
        int64_t us; /* 0: refused */
    } rows[] = {
        {"1970-01-01T00:00:01Z",         1000000         },
        {"2026-11-25T11:04:05.678901Z",  1795604645678901},
        {"2026-11-25T11:04:05.6Z",       1795604645600000},
        {"2026-11-25T11:04:05",          0               },
        {"2026-11-25T11:04Z",            0               },
        {"2026-02-29T11:04:05Z",         0               },
        {"2026-11-25T24:00:00Z",         0               },
        {"2026-11-25 11:04:05Z",         0               },
        {"2026-11-25T11:04:05.6789012Z", 0               },
        {"2026-11-25T11:04:-5Z",         0               },
        {"",                             0               },
    };
    char back[NY_TIMESTAMP_LEN];

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        int64_t us = 0;
        ny_rc rc = ny_timestamp_read(ny_str_from_c(rows[i].text), &us);

        if (rc != (rows[i].us != 0 ? NY_OK : NY_ESYNTAX) || us != rows[i].us) {
            fail_msg("%s: %s %lld", rows[i].text, ny_rc_text(rc), (long long)us);
        }
    }
    ny_timestamp_write(rows[1].us, back);
    assert_string_equal(back, rows[1].text);
}

static void test_sha256_known_answer(void **state)
{
    uint8_t digest[NY_SHA256_LEN];
    char hex[2 * NY_SHA256_LEN + 1];

    (void)state;
    ny_sha256(NY_S("abc"), digest);
    ny_hex(digest, sizeof(digest), hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_log_safe_escapes_and_cuts(void **state)
{
    (void)state;
    assert_string_equal(ny_log_safe(NY_S("A=1\r\n")), "A\\x3d1\\x0d\\x0a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_split_walks_every_part),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_a_copy_ends_in_nul),
        cmocka_unit_test(test_arena_stops_at_its_cap),
        cmocka_unit_test(test_failed_append_sticks),
        cmocka_unit_test(test_days_round_trip),
        cmocka_unit_test(test_timestamps),
        cmocka_unit_test(test_sha256_known_answer),
        cmocka_unit_test(test_log_safe_escapes_and_cuts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
