/* The statements, and the columns of a batch statement. */

#include "store_priv.h"

#define FIRST(x, ...) (x)

#define NY_SQL(id, text, ...) static const uint32_t types_##id[] = {__VA_ARGS__};
#include "tbl/statements.def"

/* A single type 0 stands for no parameters. */
static const struct ny_db_statement statements[NY_SQL_PREPARED] = {
#define NY_SQL(id, text, ...)                                                                      \
    [NY_SQL_##id] = {#id, (text), FIRST(__VA_ARGS__, 0) == 0 ? 0 : (int)NY_ARRAY_LEN(types_##id),  \
                     types_##id},
#include "tbl/statements.def"
};

static const char *const start_texts[NY_SQL_COUNT] = {
#define NY_SQL_START(id, text) [NY_SQL_##id] = (text),
#include "tbl/statements.def"
};

const struct ny_db_statement *ny_sql_statements(void)
{
    return statements;
}

const char *ny_sql_text(enum ny_sql id)
{
    return id < NY_SQL_PREPARED ? statements[id].sql : start_texts[id];
}

/* ---- columns ---- */

static uint32_t element_of(uint32_t oid)
{
    static const struct {
        uint32_t array, element;
    } rows[] = {
        {NY_OID_BOOL_ARRAY,        NY_OID_BOOL       },
        {NY_OID_BYTEA_ARRAY,       NY_OID_BYTEA      },
        {NY_OID_INT2_ARRAY,        NY_OID_INT2       },
        {NY_OID_INT4_ARRAY,        NY_OID_INT4       },
        {NY_OID_INT8_ARRAY,        NY_OID_INT8       },
        {NY_OID_TEXT_ARRAY,        NY_OID_TEXT       },
        {NY_OID_TIMESTAMPTZ_ARRAY, NY_OID_TIMESTAMPTZ},
        {NY_OID_JSONB_ARRAY,       NY_OID_JSONB      },
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        if (rows[i].array == oid) {
            return rows[i].element;
        }
    }
    return 0;
}

void ny_columns_init(struct ny_columns *c, enum ny_sql stmt, struct ny_arena *a)
{
    const struct ny_db_statement *st = &statements[stmt];

    NY_ASSERT(st->n_params <= NY_COLUMNS_MAX);
    c->stmt = stmt;
    c->n = (size_t)st->n_params;
    c->at = c->first = 0;
    for (size_t i = 0; i < c->n; i++) {
        uint32_t element = element_of(st->param_types[i]);

        c->is_array[i] = element != 0;
        if (c->is_array[i]) {
            ny_db_array_init(&c->array[i], element, a);
        } else {
            c->param[i] = ny_db_null();
        }
    }
    while (c->first < c->n && !c->is_array[c->first]) {
        c->first++;
    }
    c->at = c->first;
}

static struct ny_db_array *next(struct ny_columns *c)
{
    NY_ASSERT(c->at < c->n && c->is_array[c->at]);
    return &c->array[c->at++];
}

void ny_col_i64(struct ny_columns *c, int64_t v)
{
    ny_db_array_add_i64(next(c), v);
}

void ny_col_ref(struct ny_columns *c, int64_t id)
{
    if (id == 0) {
        ny_db_array_add_null(next(c));
    } else {
        ny_db_array_add_i64(next(c), id);
    }
}

void ny_col_i32(struct ny_columns *c, int32_t v)
{
    ny_db_array_add_i32(next(c), v);
}

void ny_col_ref32(struct ny_columns *c, int32_t id)
{
    if (id == 0) {
        ny_db_array_add_null(next(c));
    } else {
        ny_db_array_add_i32(next(c), id);
    }
}

void ny_col_i16(struct ny_columns *c, int v)
{
    ny_db_array_add_i16(next(c), (int16_t)v);
}

void ny_col_bool(struct ny_columns *c, bool v)
{
    ny_db_array_add_bool(next(c), v);
}

static ny_str not_null(ny_str s)
{
    return s.p != NULL ? s : NY_S("");
}

void ny_col_text(struct ny_columns *c, ny_str s)
{
    ny_db_array_add_text(next(c), not_null(s));
}

void ny_col_bytes(struct ny_columns *c, ny_str s)
{
    ny_db_array_add_bytea(next(c), not_null(s));
}

void ny_col_json(struct ny_columns *c, ny_str s)
{
    ny_db_array_add_jsonb(next(c), s.n > 0 ? s : NY_STR_NONE);
}

void ny_col_time(struct ny_columns *c, int64_t us)
{
    ny_db_array_add_time_us(next(c), us);
}

void ny_col_null(struct ny_columns *c)
{
    ny_db_array_add_null(next(c));
}

void ny_col_end(struct ny_columns *c)
{
    NY_ASSERT(c->at == c->n || !c->is_array[c->at]);
    c->at = c->first;
}

static void columns_end(struct ny_columns *c)
{
    for (size_t i = 0; i < c->n; i++) {
        if (c->is_array[i]) {
            c->param[i] = ny_db_array_end(&c->array[i]);
        }
    }
}

ny_rc ny_columns_run(struct ny_columns *c, struct ny_db_block *db, enum ny_sql stmt,
                     struct ny_error *err)
{
    columns_end(c);
    return ny_db_block_query(db, ny_sql_text(stmt), c->param, c->n, NULL, err);
}

ny_rc ny_columns_send(struct ny_columns *c, struct ny_db *db)
{
    columns_end(c);
    return ny_db_send(db, c->stmt, c->param, c->n, NULL, NULL);
}

struct ny_db_param ny_numbers_param(struct ny_arena *a, const int64_t *v, size_t n)
{
    struct ny_db_array list;

    ny_db_array_init(&list, NY_OID_INT8, a);
    for (size_t i = 0; i < n; i++) {
        ny_db_array_add_i64(&list, v[i]);
    }
    return ny_db_array_end(&list);
}
