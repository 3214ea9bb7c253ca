/* Arrays that grow, and where the row of a pair stands. */

#include "fake_store_priv.h"

void *fake_list_grown(void *v, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) {
        return v;
    }
    *cap = *cap > 0 ? *cap * 2 : 16;
    return ny_realloc(v, ny_mul_size(*cap, size));
}

struct pair_slot *fake_pair_slot(const struct pair_map *m, int64_t a, int64_t b)
{
    const int64_t key[2] = {a, b};
    size_t at = ny_hash64(ny_str_of((const char *)key, sizeof(key))) & (m->size - 1);

    while (m->slots[at].row != 0 && (m->slots[at].a != a || m->slots[at].b != b)) {
        at = (at + 1) & (m->size - 1);
    }
    return &m->slots[at];
}

static void pair_map_grow(struct pair_map *m)
{
    struct pair_map grown = {.size = m->size > 0 ? m->size * 2 : 1024, .used = m->used};

    grown.slots = ny_calloc(grown.size, sizeof(*grown.slots));
    for (size_t i = 0; i < m->size; i++) {
        if (m->slots[i].row != 0) {
            *fake_pair_slot(&grown, m->slots[i].a, m->slots[i].b) = m->slots[i];
        }
    }
    ny_free(m->slots);
    *m = grown;
}

size_t fake_pair_row(struct pair_map *m, int64_t a, int64_t b, size_t rows)
{
    struct pair_slot *slot;

    if (m->used * 2 >= m->size) {
        pair_map_grow(m);
    }
    slot = fake_pair_slot(m, a, b);
    if (slot->row == 0) {
        *slot = (struct pair_slot){a, b, rows + 1};
        m->used++;
    }
    return slot->row - 1;
}
