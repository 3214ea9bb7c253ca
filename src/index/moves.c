/* What became of identities since a mark, read from the undo log: whatever the reason was, a change
 * of person or status has its entry there, and what was taken back has none. */

#include <stdlib.h>

#include "nayose/index.h"

#include "index_priv.h"

/* An entry of the log that matters, and its place. */
struct change {
    uint32_t id;
    size_t at;
};

static int by_id(const void *pa, const void *pb)
{
    const struct change *a = pa;
    const struct change *b = pb;

    if (a->id != b->id) {
        return a->id < b->id ? -1 : 1;
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
        if (kept == 0 || c[kept - 1].id != c[i].id) {
            c[kept++] = c[i];
        }
    }
    return kept;
}

/* Gives places in c their identities: c is sorted by identity. */
static size_t place_of(const struct change *c, size_t n, uint32_t id)
{
    size_t lo = 0;

    while (n > 1) {
        size_t half = n / 2;

        lo = c[lo + half].id <= id ? lo + half : lo;
        n -= half;
    }
    NY_ASSERT(c[lo].id == id);
    return lo;
}

size_t ny_index_moves(const struct ny_index *ix, uint64_t mark, struct ny_arena *a,
                      struct ny_index_move **out)
{
    size_t from = (size_t)(mark - ix->log_base);
    struct change *c = NY_ARENA_ARRAY(a, struct change, ix->n_log - from + 1);
    struct ny_index_move *moves;
    struct ny_index_move *sorted;
    size_t n = 0;

    NY_ASSERT(mark >= ix->log_base && c != NULL);
    for (size_t k = from; k < ix->n_log; k++) {
        if (ix->log[k].op == UNDO_PERSON || ix->log[k].op == UNDO_STATUS) {
            c[n++] = (struct change){ix->log[k].id, k};
        }
    }
    n = firsts_keep(c, n);
    moves = NY_ARENA_ARRAY(a, struct ny_index_move, n + 1);
    sorted = NY_ARENA_ARRAY(a, struct ny_index_move, n + 1);
    NY_ASSERT(moves != NULL && sorted != NULL);
    for (size_t i = 0; i < n; i++) {
        const struct ident *x = &ix->idents[c[i].id];

        moves[i] = (struct ny_index_move){c[i].id, x->person, (enum ny_identity_status)x->status};
    }
    for (size_t k = ix->n_log; n > 0 && k-- > from;) { /* back to what was at the mark */
        const struct undo *u = &ix->log[k];

        if (u->op == UNDO_PERSON) {
            moves[place_of(c, n, u->id)].person = u->old;
        } else if (u->op == UNDO_STATUS) {
            moves[place_of(c, n, u->id)].status = (enum ny_identity_status)u->old;
        }
    }
    for (size_t i = 0; i < n; i++) { /* the place in moves goes with the sorting */
        c[i] = (struct change){(uint32_t)i, c[i].at};
    }
    qsort(c, n, sizeof(*c), by_place);
    for (size_t i = 0; i < n; i++) {
        sorted[i] = moves[c[i].id];
    }
    *out = sorted;
    return n;
}
