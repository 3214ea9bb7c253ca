/* The undo log: one entry for each change since the last confirmed batch, taken back newest first.
 */

#include "nayose/index.h"

#include "index_priv.h"

void ny_index_log_keep(struct ny_index *ix, bool keep)
{
    ix->keep_log = keep;
}

void ny_index_log(struct ny_index *ix, const struct undo *u)
{
    if (!ix->keep_log) {
        return;
    }
    if (ix->n_log == ix->cap_log) {
        ix->cap_log = ix->cap_log > 0 ? ix->cap_log * 2 : 1024;
        ix->log = ny_realloc(ix->log, ny_mul_size(ix->cap_log, sizeof(*ix->log)));
    }
    ix->log[ix->n_log++] = *u;
}

uint64_t ny_index_mark(const struct ny_index *ix)
{
    return ix->log_base + ix->n_log;
}

static void undo_record(struct ny_index *ix, const struct undo *u)
{
    struct ident *i = &ix->idents[u->id];

    ny_index_keys_remove(ix, u->id);
    ny_index_older_remove(ix, i);
    ny_wipe(i->blob, i->id_len + i->record_len);
    ny_free(i->blob);
    ix->blob_bytes += u->record_len;
    ix->blob_bytes -= i->record_len;
    i->blob = u->blob;
    i->record_len = u->record_len;
    ny_index_older_add(ix, i);
    ny_index_keys_add(ix, u->id);
}

static void undo_one(struct ny_index *ix, const struct undo *u)
{
    switch (u->op) {
    case UNDO_ADD:
        NY_ASSERT(u->id == ix->n);
        ny_index_identity_drop_last(ix);
        break;
    case UNDO_RECORD:
        undo_record(ix, u);
        break;
    case UNDO_STATUS:
        ny_index_keys_remove(ix, u->id);
        ix->idents[u->id].status = (uint8_t)u->old;
        ny_index_keys_add(ix, u->id);
        break;
    case UNDO_VERSION:
        ix->idents[u->id].version = u->old;
        break;
    case UNDO_PERSON:
        ny_index_member_move(ix, u->id, u->old);
        ix->idents[u->id].home = u->old_home;
        break;
    case UNDO_PERSON_ADD:
        ix->n_persons--;
        break;
    case UNDO_EDGE_SET:
        ny_index_edge_unlink(ix, u->edge.a, u->edge.b);
        break;
    case UNDO_EDGE_CHANGE:
        ny_index_edge_slot(ix, u->edge.a, u->edge.b)->e = u->edge;
        break;
    case UNDO_EDGE_REMOVE:
        ny_index_edge_insert(ix, &u->edge);
        break;
    case UNDO_PIN_ADD:
        ny_index_pin_drop_last(ix);
        break;
    case UNDO_HOLD:
        ix->idents[u->id].holds[u->hold_kind - 1] = (uint8_t)u->old;
        break;
    case UNDO_SETTLED:
        ix->idents[u->id].settled = u->old != 0;
        break;
    }
}

void ny_index_undo_to(struct ny_index *ix, uint64_t mark)
{
    NY_ASSERT(mark >= ix->log_base && mark <= ny_index_mark(ix));
    while (ny_index_mark(ix) > mark) {
        ix->n_log--;
        undo_one(ix, &ix->log[ix->n_log]);
    }
}

void ny_index_settle(struct ny_index *ix, uint64_t mark)
{
    size_t n = (size_t)(mark - ix->log_base);

    NY_ASSERT(mark >= ix->log_base && n <= ix->n_log);
    for (size_t k = 0; k < n; k++) {
        if (ix->log[k].op == UNDO_RECORD) {
            const struct ident *i = &ix->idents[ix->log[k].id];

            ny_wipe(ix->log[k].blob, i->id_len + ix->log[k].record_len);
            ny_free(ix->log[k].blob);
        }
    }
    ix->n_log -= n;
    if (ix->n_log > 0) {
        memmove(ix->log, ix->log + n, ix->n_log * sizeof(*ix->log));
    }
    ix->log_base = mark;
}
