/* Questions that are asked otherwise than records, pins and holds make them: edges and groups are
 * linked anew, and with them what they ask. */

#include <stdlib.h>

#include "rebuild_priv.h"

static void question_add(struct rebuild *b, uint32_t lo, uint32_t hi)
{
    if (b->n_questions == b->cap_questions) {
        b->cap_questions = b->cap_questions > 0 ? b->cap_questions * 2 : 64;
        b->questions =
            ny_realloc(b->questions, ny_mul_size(b->cap_questions, sizeof(*b->questions)));
    }
    b->questions[b->n_questions++] = (struct ny_rebuilt_question){lo, hi};
    b->differs[lo] |= DIFFERS_QUESTION;
    b->differs[hi] |= DIFFERS_QUESTION;
}

static void edge_compare(struct rebuild *b, const struct ny_index_edge *e)
{
    struct old_question *old = ny_rehearsal_asked(b->x, e->a, e->b);
    bool same = old != NULL && old->state == e->review && old->reason == e->reason &&
                old->total_b1024 == e->total_b1024 && old->guards == e->guards;

    if (old != NULL) {
        old->seen = true;
    }
    if (!same) {
        question_add(b, e->a < e->b ? e->a : e->b, e->a < e->b ? e->b : e->a);
    }
}

void ny_rebuild_questions_compare(struct rebuild *b)
{
    const struct ny_index *ix = b->x->snapshot.index;

    for (uint32_t id = 1; id <= ny_index_count(ix); id++) {
        const struct ny_index_edge *e;
        uint32_t cursor = 0;

        while ((e = ny_index_edge_next(ix, id, &cursor)) != NULL) {
            if (e->a == id && e->review != 0) {
                edge_compare(b, e);
            }
        }
    }
    for (size_t i = 0; i < b->x->n_asked; i++) {
        const struct old_question *old = &b->x->asked[i];

        if (!old->seen && old->hi <= ny_index_count(ix)) {
            question_add(b, old->lo, old->hi);
        }
    }
}
