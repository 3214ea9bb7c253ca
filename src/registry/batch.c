/* The open batch and the one in flight.
 *
 * The open batch collects while another is in flight and is sent when that one is confirmed, or at
 * once when none is: no timer, so a lone message waits for nobody and a storm shares its commits.
 *
 * A batch that fails is taken back in memory together with the open one. A conflict is decided
 * again one by one, so that only the request at fault is refused. When the connection broke nobody
 * knows whether COMMIT arrived: memory is then rebuilt from the database before the next request.
 */

#include "search_priv.h"

enum { BATCH_MAX = 256 };

struct batch *ny_registry_open_batch(struct ny_registry *r)
{
    if (r->open == NULL) {
        r->open = ny_calloc(1, sizeof(*r->open));
        r->open->rows = ny_store_batch_create();
        ny_item_list_init(&r->open->items);
        r->open->mark = ny_index_mark(r->index);
        r->open->first_message = r->next_message;
    }
    return r->open;
}

void ny_batch_destroy(struct batch *b)
{
    if (b != NULL) {
        ny_store_batch_destroy(b->rows);
        ny_free(b);
    }
}

bool ny_registry_batch_is_full(const struct ny_registry *r)
{
    size_t max = r->cfg.batch_max > 0 ? r->cfg.batch_max : BATCH_MAX;

    return r->open != NULL && r->open->items.n >= max;
}

void ny_registry_batch_add(struct ny_registry *r, struct item *i)
{
    ny_item_list_add(&r->open->items, i);
}

static bool name_one_identity(const struct ny_feed *a, const struct ny_feed *b)
{
    for (size_t x = 0; x < a->n_ids; x++) {
        for (size_t y = 0; y < b->n_ids; y++) {
            if (a->domains[x] == b->domains[y] && ny_str_equals(a->ids[x], b->ids[y])) {
                return true;
            }
        }
    }
    return false;
}

static bool batch_touches(const struct batch *b, const struct ny_feed *feed)
{
    for (const struct item *i = b != NULL ? b->items.head : NULL; i != NULL; i = i->next) {
        if (i->kind == ITEM_FEED && name_one_identity(i->feed, feed)) {
            return true;
        }
    }
    return false;
}

bool ny_registry_is_touched(const struct ny_registry *r, const struct ny_feed *feed)
{
    return batch_touches(r->open, feed) || batch_touches(r->in_flight, feed);
}

/* Items that waited go on, in order of arrival; they may end in a list again. */
static void restart(struct ny_registry *r, struct item_list *l)
{
    struct item_list taken = *l;
    struct item *i;

    ny_item_list_init(l);
    while ((i = ny_item_list_take(&taken)) != NULL) {
        ny_registry_step(r, i);
    }
}

/* Rows read before a commit that touched them are old, though their version may be the same: an
 * update that only moves times writes no version. */
static void stored_rows_age(struct item_list *l, const struct batch *b)
{
    for (struct item *i = l->head; i != NULL; i = i->next) {
        if (i->kind == ITEM_FEED && batch_touches(b, i->feed)) {
            i->n_stored = 0;
            i->stale = true;
        }
    }
}

static void batch_confirmed(struct ny_registry *r, struct batch *b)
{
    struct item *i;

    stored_rows_age(&r->reading, b);
    stored_rows_age(&r->backlog, b);
    stored_rows_age(&r->retry, b);
    ny_index_settle(r->index, r->open != NULL ? r->open->mark : ny_index_mark(r->index));
    ny_counter_add(NY_C_BATCHES, 1);
    while ((i = ny_item_list_take(&b->items)) != NULL) {
        if (i->kind == ITEM_FEED && ny_feed_is_message(i->feed)) {
            const struct ny_request *q = &i->feed->request;

            ny_seen_add(&r->seen, q->source->id, q->control_id,
                        ny_str_of((const char *)q->body_hash, sizeof(q->body_hash)));
        } else if (i->kind == ITEM_WORK && i->work->confirmed != NULL) {
            i->work->confirmed(r, i->ctx);
        }
        ny_item_finish(i, NY_OK);
    }
    if (ny_store_batch_has_notices(b->rows)) {
        ny_notices_wake(r);
    }
    ny_batch_destroy(b);
}

/* Takes back what b and the open batch did; their items move to `out` in order of arrival. */
static void batches_undo(struct ny_registry *r, struct batch *b, struct item_list *out)
{
    struct item *i;

    ny_index_undo_to(r->index, b->mark);
    ny_search_forget(r);
    r->next_message = b->first_message;
    while ((i = ny_item_list_take(&b->items)) != NULL) {
        ny_item_list_add(out, i);
    }
    ny_batch_destroy(b);
    if (r->open != NULL) {
        while ((i = ny_item_list_take(&r->open->items)) != NULL) {
            ny_item_list_add(out, i);
        }
        ny_batch_destroy(r->open);
        r->open = NULL;
    }
}

static void batch_failed(struct ny_registry *r, struct batch *b, ny_rc rc)
{
    struct item_list items;
    bool single = b->items.n == 1;
    struct item *i;

    ny_item_list_init(&items);
    ny_counter_add(NY_C_BATCH_FAILURES, 1);
    batches_undo(r, b, &items);
    if (rc == NY_ELIMIT) {
        rc = NY_ECONFLICT; /* something in it cannot even be sent */
    }
    if (rc != NY_ECONFLICT && rc != NY_EAGAIN) {
        r->ready = false;
        r->rebuilding = true; /* the fate of the batch is not known */
        ny_items_fail(&items, rc);
        return;
    }
    if (single && rc == NY_ECONFLICT) {
        ny_item_finish(ny_item_list_take(&items), rc);
    }
    while ((i = ny_item_list_take(&items)) != NULL) {
        i->alone |= rc == NY_ECONFLICT;
        ny_item_list_add(&r->retry, i);
    }
}

static void fail_everything(struct ny_registry *r, ny_rc rc)
{
    if (r->open != NULL) {
        struct batch *b = r->open;
        struct item_list items;

        ny_item_list_init(&items);
        r->open = NULL;
        batches_undo(r, b, &items);
        ny_items_fail(&items, rc);
    }
    ny_items_fail(&r->retry, rc);
    ny_items_fail(&r->waiting, rc);
    ny_items_fail(&r->backlog, rc);
    ny_items_fail(&r->to_read, rc);
}

/* What became of the batch in flight; what waited for it goes on. */
static void batch_ended(struct ny_registry *r, ny_rc rc, const char *why)
{
    struct batch *b = r->in_flight;

    r->in_flight = NULL;
    if (rc == NY_OK) {
        batch_confirmed(r, b);
    } else {
        ny_log(NY_LOG_ERROR, "batch_failed", "rc=%d why=%s", rc, ny_log_safe(ny_str_from_c(why)));
        batch_failed(r, b, rc);
    }
    if (!r->ready) {
        fail_everything(r, NY_EDB);
        return;
    }
    restart(r, &r->retry);
    restart(r, &r->waiting);
    restart(r, &r->backlog);
}

static void on_commit(void *ctx, ny_rc rc, const struct ny_error *err)
{
    batch_ended(ctx, rc, err != NULL ? err->text : "");
    ny_registry_flush(ctx);
}

void ny_registry_flush(struct ny_registry *r)
{
    while (r->in_flight == NULL && r->open != NULL && !r->gathering) {
        ny_rc rc;

        r->in_flight = r->open;
        r->open = NULL;
        ny_outbox_close(r, r->in_flight);
        rc = ny_store_commit(r->store, r->in_flight->rows, ++r->batch_no, on_commit, r);
        NY_ASSERT(rc != NY_EAGAIN); /* one batch in flight, and that is this one */
        if (rc != NY_OK) {
            batch_ended(r, rc, "it could not be sent");
        }
    }
}

void ny_registry_ready_changed(void *ctx, bool ready)
{
    struct ny_registry *r = ctx;
    struct ny_error err = {0};

    if (!ready) {
        r->ready = false;
        if (r->in_flight == NULL) {
            fail_everything(r, NY_EDB);
        }
        return;
    }
    if (r->rebuilding) {
        if (ny_registry_reload(r, &err) != NY_OK) {
            ny_log(NY_LOG_ERROR, "rebuild_failed", "why=%s", ny_log_safe(ny_str_from_c(err.text)));
            return;
        }
        r->rebuilding = false;
    }
    if (!r->ready) {
        r->ready = true;
        ny_rollout_resume(r);
        ny_thaw_begin(r);
    }
    ny_notices_wake(r); /* the outbox can be read now */
}
