/* There are no tables that a worker could read. */

#include "nayose/store_reading.h"

ny_rc ny_store_reading_open(struct ny_store *s, struct ny_store_reading **out, struct ny_error *err)
{
    (void)s;
    (void)out;
    return ny_fail(err, NY_EUNSUPP, "there is no database to read");
}

void ny_store_reading_close(struct ny_store_reading *r)
{
    (void)r;
}

ny_rc ny_store_reading_messages(struct ny_store_reading *r, int64_t from, int64_t before,
                                ny_kept_message_fn fn, void *ctx, struct ny_error *err)
{
    (void)r;
    (void)from;
    (void)before;
    (void)fn;
    (void)ctx;
    (void)err;
    return NY_EUNSUPP;
}

ny_rc ny_store_reading_messages_of(struct ny_store_reading *r, const int64_t *ids, size_t n,
                                   ny_kept_message_fn fn, void *ctx, struct ny_error *err)
{
    (void)ids;
    return ny_store_reading_messages(r, 0, (int64_t)n, fn, ctx, err);
}

ny_rc ny_store_reading_patients(struct ny_store_reading *r, int64_t from, int64_t to,
                                struct ny_arena *a,
                                ny_rc (*fn)(void *ctx, const struct ny_kept_patient *p), void *ctx,
                                struct ny_error *err)
{
    (void)r;
    (void)from;
    (void)to;
    (void)a;
    (void)fn;
    (void)ctx;
    (void)err;
    return NY_EUNSUPP;
}

ny_rc ny_store_reading_incomplete(struct ny_store_reading *r, ny_rc (*fn)(void *ctx, int64_t id),
                                  void *ctx, struct ny_error *err)
{
    (void)r;
    (void)fn;
    (void)ctx;
    (void)err;
    return NY_EUNSUPP;
}

ny_rc ny_store_reading_strayed(struct ny_store_reading *r,
                               ny_rc (*fn)(void *ctx, int64_t id, int64_t person), void *ctx,
                               struct ny_error *err)
{
    (void)r;
    (void)fn;
    (void)ctx;
    (void)err;
    return NY_EUNSUPP;
}

ny_rc ny_store_reading_say(struct ny_store_reading *r, const struct ny_store_batch *b,
                           struct ny_error *err)
{
    (void)r;
    (void)b;
    (void)err;
    return NY_EUNSUPP;
}

ny_rc ny_store_reading_visits(struct ny_store_reading *r,
                              ny_rc (*fn)(void *ctx, const struct ny_visit_row *v), void *ctx,
                              struct ny_error *err)
{
    (void)r;
    (void)fn;
    (void)ctx;
    (void)err;
    return NY_EUNSUPP;
}

void ny_store_mend_visit(struct ny_store_batch *b, const struct ny_visit_row *row)
{
    (void)b;
    (void)row;
}

ny_rc ny_store_due(struct ny_store *s, int64_t messages_before_us, int64_t audit_before_us,
                   void (*fn)(void *ctx, ny_rc rc, ny_str names), void *ctx)
{
    (void)s;
    (void)messages_before_us;
    (void)audit_before_us;
    (void)fn;
    (void)ctx;
    return NY_EDB;
}

void ny_store_drop_partitions(struct ny_store_batch *b, ny_str names)
{
    (void)b;
    (void)names;
}
