/* How often each pattern of levels occurs: the pairs themselves are not kept. */

#include "learn_priv.h"

#include <stdlib.h>

/* The eight bytes of a pattern as a number with the band above it, the same on every machine; never
 * 0. */
static uint64_t key_of(const struct ny_pattern *p, unsigned band)
{
    uint64_t key = 1 + band; /* above the seven levels, which are below 128 */

    for (size_t f = 0; f < NY_FIELD_COUNT; f++) {
        key = key << 7 | p->level[f];
    }
    return key << 1 | p->male;
}

_Static_assert(NY_LEVEL_COUNT <= 128, "seven bits hold a level");
_Static_assert(NY_FIELD_COUNT == 7, "seven times seven bits, one, and the band");

static struct pattern_count *slot_of(const struct histogram *h, uint64_t key)
{
    size_t at = (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (h->n_slots - 1);

    while (h->slots[at].key != 0 && h->slots[at].key != key) {
        at = (at + 1) & (h->n_slots - 1);
    }
    return &h->slots[at];
}

static void grow(struct histogram *h)
{
    struct histogram bigger = {.n = h->n, .pairs = h->pairs, .told = h->told};

    if (h->n_slots > h->n * 2) {
        return;
    }
    bigger.n_slots = h->n_slots > 0 ? h->n_slots * 2 : 1024;
    bigger.slots = ny_calloc(bigger.n_slots, sizeof(*bigger.slots));
    for (size_t i = 0; i < h->n_slots; i++) {
        if (h->slots[i].key != 0) {
            *slot_of(&bigger, h->slots[i].key) = h->slots[i];
        }
    }
    ny_free(h->slots);
    *h = bigger;
}

void ny_histogram_add_told(struct histogram *h, const struct ny_pattern *p, unsigned band,
                           enum word word)
{
    uint64_t key = key_of(p, band);
    struct pattern_count *slot;

    grow(h);
    slot = slot_of(h, key);
    h->n += slot->key == 0;
    slot->key = key;
    slot->n++;
    slot->same += word == WORD_SAME;
    slot->different += word == WORD_DIFFERENT;
    h->told += word != WORD_NONE;
    h->pairs++;
}

void ny_histogram_add(struct histogram *h, const struct ny_pattern *p)
{
    ny_histogram_add_told(h, p, 0, WORD_NONE);
}

static int by_key(const void *pa, const void *pb)
{
    const struct pattern_count *a = pa;
    const struct pattern_count *b = pb;

    return a->key < b->key ? -1 : a->key > b->key;
}

void ny_histogram_sort(struct histogram *h)
{
    size_t n = 0;

    for (size_t i = 0; i < h->n_slots; i++) {
        if (h->slots[i].key != 0) {
            h->slots[n++] = h->slots[i];
        }
    }
    if (n > 1) {
        qsort(h->slots, n, sizeof(*h->slots), by_key);
    }
}

void ny_histogram_finish(struct histogram *h)
{
    ny_free(h->slots);
    *h = (struct histogram){0};
}

unsigned ny_histogram_pattern(const struct histogram *h, size_t i, struct ny_pattern *out)
{
    uint64_t key = h->slots[i].key;

    out->male = (uint8_t)(key & 1);
    key >>= 1;
    for (size_t f = NY_FIELD_COUNT; f-- > 0; key >>= 7) {
        out->level[f] = (uint8_t)(key & 127);
    }
    return (unsigned)key - 1;
}
