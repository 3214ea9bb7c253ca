/* What clerks said of pairs, made into decisions to learn from:
 *
 *   pins of clerks in force ─┐
 *   words at the desk       ─┼─▶ by pair of survivors ─▶ all of one mind? ─▶ a decision
 *   words of drawn links    ─┘
 *
 * A word at the desk without its pin was taken back by somebody and decides nothing; of a drawn
 * link two have to say the same. A pair of which clerks differ teaches nothing but how often they
 * do. */

#include <stdlib.h>

#include "study_priv.h"

enum { VOICES_MAX = 1000000 };

struct voice {
    uint32_t a, b; /* survivors, a < b */
    uint8_t pin;   /* in force: NY_PIN_SAME or NY_PIN_DIFFERENT; 0: none */
    int32_t same, different, blind;
};

struct voices {
    const struct ny_index *ix;
    struct voice *v;
    size_t n, cap;
};

static void voice_add(struct voices *l, const struct voice *said)
{
    uint32_t a = ny_link_survivor(l->ix, said->a);
    uint32_t b = ny_link_survivor(l->ix, said->b);

    if (a == b) {
        return; /* their hospital made one of them */
    }
    if (l->n == l->cap) {
        l->cap = l->cap > 0 ? l->cap * 2 : 256;
        l->v = ny_realloc(l->v, ny_mul_size(l->cap, sizeof(*l->v)));
    }
    l->v[l->n] = *said;
    l->v[l->n].a = a < b ? a : b;
    l->v[l->n++].b = a < b ? b : a;
}

static ny_rc on_voices(void *ctx, const struct ny_voices_row *row)
{
    struct voices *l = ctx;
    const int64_t known = ny_index_count(l->ix); /* the snapshot may be older than the words */

    if (row->a <= known && row->b <= known) {
        voice_add(l, &(struct voice){.a = (uint32_t)row->a,
                                     .b = (uint32_t)row->b,
                                     .same = row->same,
                                     .different = row->different,
                                     .blind = row->blind});
    }
    return NY_OK;
}

static void pins_add(struct voices *l, const struct ny_snapshot *s)
{
    struct ny_link link = {.index = s->index, .model = s->model};
    struct ny_arena *a = ny_arena_create(0);

    for (uint32_t id = 1; id <= ny_index_count(s->index); id++) {
        const struct ny_index_pin *p;
        uint32_t cursor = 0;

        while ((p = ny_index_pin_next(s->index, id, &cursor)) != NULL) {
            struct ny_link_check c;

            if (p->a == id && p->role >= NY_ROLE_CLERK &&
                (p->kind == NY_PIN_SAME || p->kind == NY_PIN_DIFFERENT) &&
                ny_link_word_check(&link, a, p, &c) == NY_OK && c.before != NULL &&
                ny_stamp_compare(&c.before->stamp, &p->stamp) == 0) {
                voice_add(l, &(struct voice){.a = p->a, .b = p->b, .pin = p->kind});
            }
        }
        ny_arena_reset(a);
    }
    ny_arena_destroy(a);
}

static int by_pair(const void *pa, const void *pb)
{
    const struct voice *a = pa;
    const struct voice *b = pb;

    if (a->a != b->a) {
        return a->a < b->a ? -1 : 1;
    }
    return a->b < b->b ? -1 : a->b > b->b;
}

/* All that was said of the pair at `from`, put together; returns where the next one begins. */
static size_t pair_take(const struct voices *l, size_t from, struct voice *out)
{
    size_t to = from + 1;

    *out = l->v[from];
    for (; to < l->n && by_pair(&l->v[to], out) == 0; to++) {
        out->pin = out->pin != 0 ? out->pin : l->v[to].pin;
        out->same += l->v[to].same;
        out->different += l->v[to].different;
        out->blind += l->v[to].blind;
    }
    return to;
}

/* True when what was said is a decision. */
static bool is_decided(const struct voice *v, bool *same)
{
    if (v->pin != 0) {
        *same = v->pin == NY_PIN_SAME;
        return (*same ? v->different : v->same) == 0;
    }
    *same = v->same > 0;
    return v->blind >= 2 && (v->same == 0 || v->different == 0);
}

ny_rc ny_study_voices(struct job *j, const struct ny_snapshot *s, struct ny_learn_decision **out,
                      struct ny_learn_decisions *told)
{
    struct voices l = {.ix = s->index};
    ny_rc rc = ny_store_load_voices(j->registry_config->store, VOICES_MAX, on_voices, &l, &j->err);

    *out = NULL;
    *told = (struct ny_learn_decisions){0};
    if (rc == NY_OK) {
        pins_add(&l, s);
        *out = ny_calloc(l.n + 1, sizeof(**out));
        if (l.n > 1) {
            qsort(l.v, l.n, sizeof(*l.v), by_pair);
        }
        for (size_t at = 0; at < l.n;) {
            struct voice v;
            bool same;

            at = pair_take(&l, at, &v);
            told->compared += v.same + v.different >= 2;
            told->agreed += v.same + v.different >= 2 && (v.same == 0 || v.different == 0);
            if (is_decided(&v, &same)) {
                (*out)[told->n++] = (struct ny_learn_decision){v.a, v.b, same};
            }
        }
        told->v = *out;
    }
    ny_free(l.v);
    return rc;
}
