/* The schema and its version. Migrations are forward only; each is one transaction that ends with
 * its row in nayose.schema_version. A database of another version is refused. */

#include "store_priv.h"

struct migration {
    int version;
    const char *name;
    const char *script; /* BEGIN … COMMIT */
};

#include "nayose_migrations.h"

static const int32_t SCHEMA_VERSION = NY_ARRAY_LEN(migrations);

ny_rc ny_store_block(const char *conninfo, struct ny_db_block **out, struct ny_error *err)
{
    const struct ny_db_config cfg = {.conninfo = conninfo, .application = "nayose start"};

    return ny_db_block_connect(&cfg, out, err);
}

static ny_rc run(struct ny_db_block *b, enum ny_sql stmt, struct ny_error *err)
{
    return ny_db_block_query(b, ny_sql_text(stmt), NULL, 0, NULL, err);
}

/* The version in the database; 0 when there is no schema yet. */
static ny_rc version_read(struct ny_db_block *b, int32_t *out, struct ny_error *err)
{
    struct ny_db_result *r = NULL;
    ny_rc rc = ny_db_block_query(b, ny_sql_text(NY_SQL_SCHEMA_PRESENT), NULL, 0, &r, err);
    bool present;

    if (rc != NY_OK) {
        return rc;
    }
    present = ny_db_get_bool(r, 0, 0);
    if (!ny_str_equals(ny_db_get_str(r, 0, 1), NY_S("UTF8"))) {
        rc = ny_fail(err, NY_ECONFIG, "the database's encoding must be UTF8");
    }
    ny_db_result_free(r);
    *out = 0;
    if (rc != NY_OK || !present) {
        return rc;
    }
    rc = ny_db_block_query(b, ny_sql_text(NY_SQL_SCHEMA_VERSION), NULL, 0, &r, err);
    if (rc == NY_OK) {
        *out = ny_db_get_i32(r, 0, 0);
        ny_db_result_free(r);
    }
    return rc;
}

static ny_rc version_refuse(int32_t found, struct ny_error *err)
{
    return ny_fail(err, NY_ECONFIG, "the database has schema version %d, this program needs %d",
                   (int)found, (int)SCHEMA_VERSION);
}

ny_rc ny_schema_check(struct ny_db_block *b, struct ny_error *err)
{
    int32_t found = 0;
    ny_rc rc = version_read(b, &found, err);

    return rc == NY_OK && found != SCHEMA_VERSION ? version_refuse(found, err) : rc;
}

static ny_rc migrate(struct ny_db_block *b, ny_str model_v1, struct ny_error *err)
{
    struct ny_db_param body = ny_db_text(model_v1);
    int32_t found = 0;
    ny_rc rc = run(b, NY_SQL_MIGRATE_LOCK, err);

    rc = rc != NY_OK ? rc : version_read(b, &found, err);
    if (rc == NY_OK && found > SCHEMA_VERSION) {
        rc = version_refuse(found, err);
    }
    if (rc == NY_OK && found == 0) {
        rc = run(b, NY_SQL_SCHEMA_CREATE, err);
        rc = rc != NY_OK ? rc : run(b, NY_SQL_SCHEMA_TABLE, err);
    }
    for (int32_t i = found; rc == NY_OK && i < SCHEMA_VERSION; i++) {
        NY_ASSERT(migrations[i].version == i + 1);
        rc = ny_db_block_script(b, migrations[i].script, err);
        if (rc == NY_OK) {
            ny_log(NY_LOG_INFO, "schema_migrated", "version=%d name=%s", (int)(i + 1),
                   migrations[i].name);
        }
    }
    return rc != NY_OK ? rc
                       : ny_db_block_query(b, ny_sql_text(NY_SQL_MODEL_FIRST), &body, 1, NULL, err);
}

ny_rc ny_store_migrate(const char *conninfo, ny_str model_v1, struct ny_error *err)
{
    struct ny_db_block *b = NULL;
    ny_rc rc = ny_store_block(conninfo, &b, err);

    if (rc == NY_OK) {
        rc = migrate(b, model_v1, err); /* closing gives the lock back */
    }
    ny_db_block_close(b);
    return rc;
}
