/* What became of identities since a mark, read from the undo log: whatever the reason was, a change
 * of person or status has its entry there, and what was taken back has none. */

#include <stdlib.h>

#include "nayose/index.h"

#include "index_priv.h"

/* What an identity was at the mark, and the place of its first entry in the log. */
struct change {
    struct ny_index_move was;
    size_t at;
};

static int by_id(const void *pa, const void *pb)
{
    const struct change *a = pa;
    const struct change *b = pb;

    if (a->was.id != b->was.id) {
        return a->was.id < b->was.id ? -1 : 1;
    }
    return (a->at > b->at) - (a->at < b->at);
}

static int by_place(const void *pa, const void *pb)
{
    const struct change *a = pa;
    const struct change *b = pb;

    return (a->at > b->at) - (a->at < b->at);
}

/* The first entry of each identity stays, with its place; gives their count. */
static size_t firsts_keep(struct change *c, size_t n)
{
    size_t kept = 0;

    qsort(c, n, sizeof(*c), by_id);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || c[kept - 1].was.id != c[i].was.id) {
            c[kept++] = c[i];
        }
    }
    return kept;
}

/* c is sorted by identity. */
static struct change *change_of(struct change *c, size_t n, uint32_t id)
{
    size_t lo = 0;

    while (n > 1) {
        size_t half = n / 2;

        lo = c[lo + half].was.id <= id ? lo + half : lo;
        n -= half;
    }
    NY_ASSERT(c[lo].was.id == id);
    return &c[lo];
}

size_t ny_index_moves(const struct ny_index *ix, uint64_t mark, struct ny_arena *a,
                      struct ny_index_move **out)
{
    size_t from = (size_t)(mark - ix->log_base);
    struct change *c = NY_ARENA_ARRAY(a, struct change, ix->n_log - from + 1);
    struct ny_index_move *moves;
    size_t n = 0;

    NY_ASSERT(mark >= ix->log_base && c != NULL);
    for (size_t k = from; k < ix->n_log; k++) {
        if (ix->log[k].op == UNDO_PERSON || ix->log[k].op == UNDO_STATUS) {
            const struct ident *x = &ix->idents[ix->log[k].id];

            c[n++] = (struct change){
                {ix->log[k].id, x->person, (enum ny_identity_status)x->status},
                k
            };
        }
    }
    n = firsts_keep(c, n);
    for (size_t k = ix->n_log; n > 0 && k-- > from;) { /* back to what was at the mark */
        const struct undo *u = &ix->log[k];

        if (u->op == UNDO_PERSON) {
            change_of(c, n, u->id)->was.person = u->old;
        } else if (u->op == UNDO_STATUS) {
            change_of(c, n, u->id)->was.status = (enum ny_identity_status)u->old;
        }
    }
    qsort(c, n, sizeof(*c), by_place);
    moves = NY_ARENA_ARRAY(a, struct ny_index_move, n + 1);
    NY_ASSERT(moves != NULL);
    for (size_t i = 0; i < n; i++) {
        moves[i] = c[i].was;
    }
    *out = moves;
    return n;
}
