/* Parameters and arrays, byte for byte as PostgreSQL's *_recv functions read them. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/db.h"

static void fill_empty(struct ny_db_array *arr)
{
    (void)arr;
}

static void fill_i64(struct ny_db_array *arr)
{
    ny_db_array_add_i64(arr, 1);
    ny_db_array_add_null(arr);
    ny_db_array_add_i64(arr, -2);
}

static void fill_i32(struct ny_db_array *arr)
{
    ny_db_array_add_i32(arr, INT32_MIN);
}

static void fill_i16(struct ny_db_array *arr)
{
    ny_db_array_add_i16(arr, 258);
}

static void fill_bool(struct ny_db_array *arr)
{
    ny_db_array_add_bool(arr, true);
    ny_db_array_add_bool(arr, false);
}

static void fill_text(struct ny_db_array *arr)
{
    ny_db_array_add_text(arr, NY_S("ab"));
    ny_db_array_add_text(arr, NY_S(""));
    ny_db_array_add_text(arr, NY_STR_NONE);
}

static void fill_bytea(struct ny_db_array *arr)
{
    ny_db_array_add_bytea(arr, ny_str_of("\0\xFF", 2));
}

static void fill_time(struct ny_db_array *arr)
{
    ny_db_array_add_time_us(arr, INT64_C(946684800000001)); /* 2000-01-01 and 1 µs */
    ny_db_array_add_time_us(arr, INT64_MAX);
    ny_db_array_add_time_us(arr, INT64_MIN);
}

static void fill_jsonb(struct ny_db_array *arr)
{
    ny_db_array_add_jsonb(arr, NY_S("{}"));
    ny_db_array_add_jsonb(arr, NY_STR_NONE);
}

/* The formatter (14) crashes while aligning these tables. */
/* clang-format off */
static const struct {
    const char *name;
    uint32_t elem, oid;
    void (*fill)(struct ny_db_array *);
    const char *hex;
} arrays[] = {
    {"no element", NY_OID_INT8, 1016, fill_empty, "00000000" "00000000" "00000014"},
    {"bigint[] with a NULL", NY_OID_INT8, 1016, fill_i64,
     "00000001" "00000001" "00000014" "00000003" "00000001"
     "00000008" "0000000000000001" "ffffffff" "00000008" "fffffffffffffffe"},
    {"int[]", NY_OID_INT4, 1007, fill_i32,
     "00000001" "00000000" "00000017" "00000001" "00000001" "00000004" "80000000"},
    {"smallint[]", NY_OID_INT2, 1005, fill_i16,
     "00000001" "00000000" "00000015" "00000001" "00000001" "00000002" "0102"},
    {"bool[]", NY_OID_BOOL, 1000, fill_bool,
     "00000001" "00000000" "00000010" "00000002" "00000001" "00000001" "01" "00000001" "00"},
    {"text[] with empty and NULL", NY_OID_TEXT, 1009, fill_text,
     "00000001" "00000001" "00000019" "00000003" "00000001"
     "00000002" "6162" "00000000" "ffffffff"},
    {"bytea[]", NY_OID_BYTEA, 1001, fill_bytea,
     "00000001" "00000000" "00000011" "00000001" "00000001" "00000002" "00ff"},
    {"timestamptz[] with infinities", NY_OID_TIMESTAMPTZ, 1185, fill_time,
     "00000001" "00000000" "000004a0" "00000003" "00000001"
     "00000008" "0000000000000001" "00000008" "7fffffffffffffff" "00000008" "8000000000000000"},
    {"jsonb[] with a NULL", NY_OID_JSONB, 3807, fill_jsonb,
     "00000001" "00000001" "00000eda" "00000002" "00000001" "00000003" "017b7d" "ffffffff"},
};
/* clang-format on */

static void test_array_bytes(void **state)
{
    struct ny_arena *a = ny_arena_create(0);

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(arrays); i++) {
        struct ny_db_array arr;
        struct ny_db_param p;
        char hex[512];

        ny_db_array_init(&arr, arrays[i].elem, a);
        arrays[i].fill(&arr);
        p = ny_db_array_end(&arr);
        assert_false(p.failed);
        ny_hex(p.p, p.n, hex);
        if (strcmp(hex, arrays[i].hex) != 0 || p.oid != arrays[i].oid) {
            fail_msg("row %s: %s", arrays[i].name, hex);
        }
    }
    ny_arena_destroy(a);
}

static void expect_bytes(const char *name, struct ny_db_param p, const char *expected)
{
    char hex[64];

    ny_hex(p.p, p.n, hex);
    if (strcmp(hex, expected) != 0) {
        fail_msg("%s: %s", name, hex);
    }
}

static void test_scalar_bytes(void **state)
{
    struct ny_arena *a = ny_arena_create(0);

    (void)state;
    expect_bytes("smallint", ny_db_i16(a, -1), "ffff");
    expect_bytes("int", ny_db_i32(a, 1), "00000001");
    expect_bytes("bigint", ny_db_i64(a, INT64_MAX), "7fffffffffffffff");
    expect_bytes("true", ny_db_bool(true), "01");
    expect_bytes("false", ny_db_bool(false), "00");
    expect_bytes("text", ny_db_text(NY_S("a")), "61");
    expect_bytes("jsonb", ny_db_jsonb(a, NY_S("1")), "0131");
    expect_bytes("2000", ny_db_time_us(a, INT64_C(946684800000000)), "0000000000000000");
    expect_bytes("1970", ny_db_time_us(a, 0), "fffca2fec4c82000");
    assert_null(ny_db_null().p);
    assert_null(ny_db_text(NY_STR_NONE).p);
    assert_null(ny_db_jsonb(a, NY_STR_NONE).p);
    ny_arena_destroy(a);
}

static void test_full_arena_is_a_failed_parameter(void **state)
{
    struct ny_arena *a = ny_arena_create(100);
    struct ny_db_array arr;

    (void)state;
    ny_db_array_init(&arr, NY_OID_INT8, a);
    for (int i = 0; i < 100; i++) {
        ny_db_array_add_i64(&arr, i);
    }
    assert_true(ny_db_array_end(&arr).failed);
    while (ny_arena_alloc(a, 1) != NULL) {
    }
    assert_true(ny_db_i64(a, 1).failed);
    ny_arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_array_bytes),
        cmocka_unit_test(test_scalar_bytes),
        cmocka_unit_test(test_full_arena_is_a_failed_parameter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
