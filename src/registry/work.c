/* Works: what an administrator or the server itself changes goes the way of a feed, into the open
 * batch and through its commit. */

#include "registry_priv.h"

void ny_registry_work(struct ny_registry *r, const struct work *w, ny_str who, void *ctx)
{
    ny_registry_work_on(r, w, who, NY_STR_NONE, ctx);
}

void ny_registry_work_on(struct ny_registry *r, const struct work *w, ny_str who, ny_str what,
                         void *ctx)
{
    struct item *i = ny_item_create(r, ITEM_WORK, NULL);

    i->work = w;
    i->ctx = ctx;
    i->arena = ny_arena_create(0);
    i->who = ny_arena_str(i->arena, who);
    i->what = ny_arena_str(i->arena, what);
    ny_registry_step(r, i);
    ny_registry_flush(r);
}

void ny_registry_work_step(struct ny_registry *r, struct item *i)
{
    struct ny_store_batch *rows = ny_registry_open_batch(r)->rows;
    uint64_t mark = ny_index_mark(r->index);
    ny_rc rc = i->work->decide(r, rows, i->ctx);
    struct ny_audit_row audit = {
        .at_us = ny_clock_now_us(),
        .kind = NY_S("admin"),
        .action = NY_S("E"),
        .user_id = i->who,
        .decision = ny_str_from_c(i->work->name),
        .reason = i->what,
    };

    if (rc != NY_OK) {
        ny_index_undo_to(r->index, mark);
        ny_item_finish(i, rc);
        return;
    }
    if (!ny_str_is_empty(i->who)) {
        ny_store_add_audit(rows, &audit);
    }
    ny_registry_batch_add(r, i);
}
