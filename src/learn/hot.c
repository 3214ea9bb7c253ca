/* Blocking of the new version (5): whether the birth date alone is a key, and which values are
 * hot. Blocks are counted from the keys of all records.
 *
 *   keys of all ─▶ B0 on? ─▶ blocks above the limit are hot ─▶ keys of all ─▶ narrowed ones, too */

#include "learn_priv.h"

enum { HOT_BLOCK = 500, HOT_BLOCK_B6 = 60, B0_BLOCK = 300, TELL_EVERY = 16384 };

struct key_hashes {
    uint64_t *v;
    size_t n, cap;
};

static void hash_put(struct key_hashes *h, uint64_t hash)
{
    if (h->n == h->cap) {
        h->cap = h->cap * 2 + 4096;
        h->v = ny_realloc(h->v, ny_mul_size(h->cap, sizeof(*h->v)));
    }
    h->v[h->n++] = hash;
}

/* The keys of all records under the newest state, by kind, sorted. */
static bool keys_collect(const struct learn *l, struct key_hashes by_kind[NY_KEY_KIND_COUNT],
                         size_t pass)
{
    const struct sample *s = &l->sample;

    for (size_t at = 0; at < s->n; at++) {
        struct ny_key keys[NY_KEYS_MAX];
        struct ny_record r;
        unsigned skipped = 0;
        size_t n;

        if (at % TELL_EVERY == 0 &&
            !ny_learn_goes_on(l, NY_LEARN_KEYS, s->n * pass + at, s->n * 2)) {
            return false;
        }
        ny_sample_record(s, at, &r);
        n = ny_match_keys(l->m, &r, keys, &skipped);
        for (size_t i = 0; i < n; i++) {
            hash_put(&by_kind[keys[i].kind], keys[i].hash);
        }
    }
    for (size_t k = 0; k < NY_KEY_KIND_COUNT; k++) {
        ny_sort_u64(by_kind[k].v, by_kind[k].n);
    }
    return true;
}

static size_t run_of(const struct key_hashes *h, size_t from)
{
    size_t to = from;

    while (to < h->n && h->v[to] == h->v[from]) {
        to++;
    }
    return to;
}

/* How many records one record meets in its block, on average. */
static double average_block(const struct key_hashes *h)
{
    double sum = 0;

    for (size_t from = 0; from < h->n;) {
        size_t to = run_of(h, from);

        sum += (double)(to - from) * (double)(to - from);
        from = to;
    }
    return h->n > 0 ? sum / (double)h->n : 0;
}

static void mark_hot(struct learn *l, const struct key_hashes *h, enum ny_key_kind kind,
                     struct ny_match_draft *d)
{
    size_t limit = kind == NY_KEY_B6 ? HOT_BLOCK_B6 : HOT_BLOCK;

    for (size_t from = 0; from < h->n;) {
        size_t to = run_of(h, from);

        if (to - from > limit) {
            ny_match_draft_mark(d, NY_MARK_HOT, h->v[from]);
            l->report->hot[kind]++;
        }
        from = to;
    }
}

static bool mark_pass(struct learn *l, size_t pass)
{
    struct key_hashes by_kind[NY_KEY_KIND_COUNT] = {0};
    bool goes_on = keys_collect(l, by_kind, pass);

    if (goes_on) {
        struct ny_match_draft *d = ny_learn_open(l);

        if (pass == 0) {
            l->report->b0_block = average_block(&by_kind[NY_KEY_B0]);
            l->report->b0_on = l->report->b0_block <= B0_BLOCK;
            ny_match_draft_b0_set(d, l->report->b0_on);
        }
        for (int k = l->report->b0_on ? NY_KEY_B0 : NY_KEY_B1; k < NY_KEY_KIND_COUNT; k++) {
            mark_hot(l, &by_kind[k], (enum ny_key_kind)k, d);
        }
        ny_learn_close(l, d);
    }
    for (size_t k = 0; k < NY_KEY_KIND_COUNT; k++) {
        ny_free(by_kind[k].v);
    }
    return goes_on;
}

bool ny_learn_keys(struct learn *l)
{
    struct ny_match_draft *d = ny_learn_open(l);

    ny_match_draft_b0_set(d, true); /* to be counted */
    ny_learn_close(l, d);
    return mark_pass(l, 0) && mark_pass(l, 1);
}
