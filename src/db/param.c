/* Parameters and arrays in PostgreSQL's binary form: big-endian integers, times counted from
 * 2000-01-01, jsonb as a version byte and the text. The array's layout stands in the face. */

#include "db_priv.h"

#include <endian.h>

/* 1970-01-01 to 2000-01-01 */
static const int64_t EPOCH_SHIFT_US = INT64_C(946684800) * NY_US_PER_SECOND;

enum { JSONB_VERSION = 1, ARRAY_HEADER = 20, ARRAY_EMPTY_HEADER = 12 };

static const struct {
    uint32_t elem, array;
} array_types[] = {
    {NY_OID_BOOL,        NY_OID_BOOL_ARRAY       },
    {NY_OID_BYTEA,       NY_OID_BYTEA_ARRAY      },
    {NY_OID_INT8,        NY_OID_INT8_ARRAY       },
    {NY_OID_INT2,        NY_OID_INT2_ARRAY       },
    {NY_OID_INT4,        NY_OID_INT4_ARRAY       },
    {NY_OID_TEXT,        NY_OID_TEXT_ARRAY       },
    {NY_OID_TIMESTAMPTZ, NY_OID_TIMESTAMPTZ_ARRAY},
    {NY_OID_JSONB,       NY_OID_JSONB_ARRAY      },
};

static uint32_t array_type_of(uint32_t elem)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(array_types); i++) {
        if (array_types[i].elem == elem) {
            return array_types[i].array;
        }
    }
    ny_assert_failed("no array type", __FILE__, __LINE__);
}

/* ---- scalars ---- */

static struct ny_db_param param_copy(struct ny_arena *a, uint32_t oid, const void *p, size_t n)
{
    ny_str copy = ny_arena_str(a, ny_str_of(p, n));

    return (struct ny_db_param){.p = copy.p, .n = n, .oid = oid, .failed = copy.p == NULL};
}

struct ny_db_param ny_db_null(void)
{
    return (struct ny_db_param){0};
}

struct ny_db_param ny_db_i16(struct ny_arena *a, int16_t v)
{
    uint16_t be = htobe16((uint16_t)v);

    return param_copy(a, NY_OID_INT2, &be, sizeof(be));
}

struct ny_db_param ny_db_i32(struct ny_arena *a, int32_t v)
{
    uint32_t be = htobe32((uint32_t)v);

    return param_copy(a, NY_OID_INT4, &be, sizeof(be));
}

struct ny_db_param ny_db_i64(struct ny_arena *a, int64_t v)
{
    uint64_t be = htobe64((uint64_t)v);

    return param_copy(a, NY_OID_INT8, &be, sizeof(be));
}

struct ny_db_param ny_db_bool(bool v)
{
    return (struct ny_db_param){.p = v ? "\1" : "\0", .n = 1, .oid = NY_OID_BOOL};
}

/* An empty slice may have no address; SQL NULL is told by p alone. */
struct ny_db_param ny_db_text(ny_str s)
{
    return (struct ny_db_param){.p = s.p, .n = s.n, .oid = NY_OID_TEXT};
}

struct ny_db_param ny_db_bytea(ny_str s)
{
    return (struct ny_db_param){.p = s.p, .n = s.n, .oid = NY_OID_BYTEA};
}

/* The ends of the range are PostgreSQL's infinities. */
static uint64_t time_to_wire(int64_t us)
{
    int64_t t;

    if (us == INT64_MAX || __builtin_sub_overflow(us, EPOCH_SHIFT_US, &t)) {
        t = us > 0 ? INT64_MAX : INT64_MIN;
    }
    return htobe64((uint64_t)t);
}

struct ny_db_param ny_db_time_us(struct ny_arena *a, int64_t us)
{
    uint64_t be = time_to_wire(us);

    return param_copy(a, NY_OID_TIMESTAMPTZ, &be, sizeof(be));
}

struct ny_db_param ny_db_jsonb(struct ny_arena *a, ny_str json)
{
    struct ny_buf b;

    if (json.p == NULL) {
        return (struct ny_db_param){.oid = NY_OID_JSONB};
    }
    ny_buf_init(&b, a);
    ny_buf_add_char(&b, JSONB_VERSION);
    ny_buf_add(&b, json);
    return (struct ny_db_param){.p = b.p, .n = b.n, .oid = NY_OID_JSONB, .failed = b.failed};
}

/* ---- arrays ---- */

static void put32(char *p, uint32_t v)
{
    uint32_t be = htobe32(v);

    memcpy(p, &be, sizeof(be));
}

void ny_db_array_init(struct ny_db_array *arr, uint32_t elem, struct ny_arena *a)
{
    static const char header[ARRAY_HEADER];

    (void)array_type_of(elem); /* an element type we know */
    *arr = (struct ny_db_array){.elem = elem};
    ny_buf_init(&arr->b, a);
    ny_buf_add(&arr->b, ny_str_of(header, sizeof(header))); /* filled at the end */
}

/* Length and value of a small element in one append. */
static void add_small(struct ny_db_array *arr, uint32_t elem, const void *value, uint32_t n)
{
    char bytes[12];

    NY_ASSERT(arr->elem == elem && n <= 8);
    put32(bytes, n);
    memcpy(bytes + 4, value, n);
    ny_buf_add(&arr->b, ny_str_of(bytes, 4 + n));
    arr->n++;
}

static void add_bytes(struct ny_db_array *arr, uint32_t elem, ny_str prefix, ny_str s)
{
    char length[4];

    NY_ASSERT(arr->elem == elem);
    if (s.p == NULL) {
        ny_db_array_add_null(arr);
        return;
    }
    if (s.n > INT32_MAX - 1) {
        arr->b.failed = true;
        return;
    }
    put32(length, (uint32_t)(prefix.n + s.n));
    ny_buf_add(&arr->b, ny_str_of(length, sizeof(length)));
    ny_buf_add(&arr->b, prefix);
    ny_buf_add(&arr->b, s);
    arr->n++;
}

void ny_db_array_add_null(struct ny_db_array *arr)
{
    ny_buf_add(&arr->b, NY_S("\xFF\xFF\xFF\xFF"));
    arr->has_null = true;
    arr->n++;
}

void ny_db_array_add_i16(struct ny_db_array *arr, int16_t v)
{
    uint16_t be = htobe16((uint16_t)v);

    add_small(arr, NY_OID_INT2, &be, sizeof(be));
}

void ny_db_array_add_i32(struct ny_db_array *arr, int32_t v)
{
    uint32_t be = htobe32((uint32_t)v);

    add_small(arr, NY_OID_INT4, &be, sizeof(be));
}

void ny_db_array_add_i64(struct ny_db_array *arr, int64_t v)
{
    uint64_t be = htobe64((uint64_t)v);

    add_small(arr, NY_OID_INT8, &be, sizeof(be));
}

void ny_db_array_add_bool(struct ny_db_array *arr, bool v)
{
    char byte = v ? 1 : 0;

    add_small(arr, NY_OID_BOOL, &byte, 1);
}

void ny_db_array_add_time_us(struct ny_db_array *arr, int64_t us)
{
    uint64_t be = time_to_wire(us);

    add_small(arr, NY_OID_TIMESTAMPTZ, &be, sizeof(be));
}

void ny_db_array_add_text(struct ny_db_array *arr, ny_str s)
{
    add_bytes(arr, NY_OID_TEXT, NY_STR_NONE, s);
}

void ny_db_array_add_bytea(struct ny_db_array *arr, ny_str s)
{
    add_bytes(arr, NY_OID_BYTEA, NY_STR_NONE, s);
}

void ny_db_array_add_jsonb(struct ny_db_array *arr, ny_str json)
{
    static const char version[] = {JSONB_VERSION};

    add_bytes(arr, NY_OID_JSONB, ny_str_of(version, 1), json);
}

struct ny_db_param ny_db_array_end(struct ny_db_array *arr)
{
    struct ny_db_param out = {.oid = array_type_of(arr->elem), .failed = arr->b.failed};

    if (arr->b.failed) {
        return out;
    }
    put32(arr->b.p, arr->n > 0);
    put32(arr->b.p + 4, arr->has_null);
    put32(arr->b.p + 8, arr->elem);
    put32(arr->b.p + 12, (uint32_t)arr->n);
    put32(arr->b.p + 16, 1);
    out.p = arr->b.p;
    out.n = arr->n > 0 ? arr->b.n : ARRAY_EMPTY_HEADER;
    return out;
}

/* ---- libpq's arrays ---- */

ny_rc ny_db_args_fill(struct db_args *args, const struct ny_db_param *params, size_t n)
{
    if (n > NY_DB_MAX_PARAMS) {
        return NY_ELIMIT;
    }
    for (size_t i = 0; i < n; i++) {
        if (params[i].failed || params[i].n > INT_MAX) {
            return NY_ELIMIT;
        }
        args->values[i] = params[i].p;
        args->lengths[i] = (int)params[i].n;
        args->formats[i] = 1;
        args->types[i] = params[i].oid;
    }
    return NY_OK;
}
