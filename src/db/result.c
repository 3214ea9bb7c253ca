/* Rows in binary form, read by position. */

#include "db_priv.h"

#include <endian.h>

static const int64_t EPOCH_SHIFT_US = INT64_C(946684800) * NY_US_PER_SECOND;

enum { JSONB_VERSION = 1 };

size_t ny_db_rows(const struct ny_db_result *r)
{
    return (size_t)PQntuples(r->pg);
}

size_t ny_db_columns(const struct ny_db_result *r)
{
    return (size_t)PQnfields(r->pg);
}

const char *ny_db_tag(const struct ny_db_result *r)
{
    return PQcmdStatus(r->pg);
}

uint64_t ny_db_affected(const struct ny_db_result *r)
{
    uint64_t n = 0;

    if (ny_str_to_u64(ny_str_from_c(PQcmdTuples(r->pg)), 0, UINT64_MAX, &n) != NY_OK) {
        return 0; /* a command without a count */
    }
    return n;
}

/* p == NULL only for SQL NULL. */
static ny_str value(const struct ny_db_result *r, size_t row, size_t col)
{
    NY_ASSERT(row < ny_db_rows(r) && col < ny_db_columns(r));
    if (PQgetisnull(r->pg, (int)row, (int)col)) {
        return NY_STR_NONE;
    }
    return ny_str_of(PQgetvalue(r->pg, (int)row, (int)col),
                     (size_t)PQgetlength(r->pg, (int)row, (int)col));
}

bool ny_db_is_null(const struct ny_db_result *r, size_t row, size_t col)
{
    return value(r, row, col).p == NULL;
}

int64_t ny_db_get_i64(const struct ny_db_result *r, size_t row, size_t col)
{
    ny_str v = value(r, row, col);
    uint64_t be;

    if (v.n != sizeof(be)) {
        return ny_db_get_i32(r, row, col);
    }
    memcpy(&be, v.p, sizeof(be));
    return (int64_t)be64toh(be);
}

int32_t ny_db_get_i32(const struct ny_db_result *r, size_t row, size_t col)
{
    ny_str v = value(r, row, col);
    uint32_t be32;
    uint16_t be16;

    if (v.p == NULL) {
        return 0;
    }
    if (v.n == sizeof(be16)) {
        memcpy(&be16, v.p, sizeof(be16));
        return (int16_t)be16toh(be16);
    }
    NY_ASSERT(v.n == sizeof(be32));
    memcpy(&be32, v.p, sizeof(be32));
    return (int32_t)be32toh(be32);
}

bool ny_db_get_bool(const struct ny_db_result *r, size_t row, size_t col)
{
    ny_str v = value(r, row, col);

    NY_ASSERT(v.p == NULL || v.n == 1);
    return v.p != NULL && v.p[0] != 0;
}

ny_str ny_db_get_str(const struct ny_db_result *r, size_t row, size_t col)
{
    return value(r, row, col);
}

ny_str ny_db_get_bytes(const struct ny_db_result *r, size_t row, size_t col)
{
    return value(r, row, col);
}

ny_str ny_db_get_jsonb(const struct ny_db_result *r, size_t row, size_t col)
{
    ny_str v = value(r, row, col);

    if (v.p == NULL) {
        return v;
    }
    NY_ASSERT(v.n > 0 && v.p[0] == JSONB_VERSION);
    return ny_str_sub(v, 1, v.n);
}

int64_t ny_db_get_time_us(const struct ny_db_result *r, size_t row, size_t col)
{
    ny_str v = value(r, row, col);
    uint64_t be;
    int64_t t;

    if (v.p == NULL) {
        return 0;
    }
    NY_ASSERT(v.n == sizeof(be));
    memcpy(&be, v.p, sizeof(be));
    t = (int64_t)be64toh(be);
    if (t == INT64_MIN || t == INT64_MAX || __builtin_add_overflow(t, EPOCH_SHIFT_US, &t)) {
        return t == INT64_MIN ? INT64_MIN : INT64_MAX;
    }
    return t;
}
