/* Replay detection in memory: (source, control id) → 32 bits of the body's hash, about 20 bytes a
 * message.
 *
 * It only says "maybe seen": the stored acknowledgement is then read from message_seen, which knows
 * the whole hash. A message that slips through is decided again and changes nothing, since merging
 * is idempotent. */

#include "registry_priv.h"

enum { SEEN_FIRST = 1024 };

static uint64_t seen_key(int32_t source, ny_str control_id)
{
    uint64_t h = ny_hash64_seeded(control_id, (uint64_t)source);

    return h != 0 ? h : 1;
}

static uint32_t seen_body(ny_str body_hash)
{
    uint32_t v = 0;

    memcpy(&v, body_hash.p, sizeof(v));
    return v;
}

static void seen_grow(struct seen_table *t)
{
    size_t size = t->keys != NULL ? (t->mask + 1) * 2 : SEEN_FIRST;
    struct seen_table g = {ny_calloc(size, sizeof(*g.keys)), ny_calloc(size, sizeof(*g.bodies)),
                           size - 1, t->used};

    for (size_t i = 0; t->keys != NULL && i <= t->mask; i++) {
        if (t->keys[i] != 0) {
            size_t at = t->keys[i] & g.mask;

            while (g.keys[at] != 0) {
                at = (at + 1) & g.mask;
            }
            g.keys[at] = t->keys[i];
            g.bodies[at] = t->bodies[i];
        }
    }
    ny_seen_free(t);
    *t = g;
}

void ny_seen_add(struct seen_table *t, int32_t source, ny_str control_id, ny_str body_hash)
{
    uint64_t key = seen_key(source, control_id);
    size_t at;

    if (t->keys == NULL || t->used >= t->mask / 4 * 3) {
        seen_grow(t);
    }
    at = key & t->mask;
    while (t->keys[at] != 0 && t->keys[at] != key) {
        at = (at + 1) & t->mask;
    }
    t->used += t->keys[at] == 0;
    t->keys[at] = key;
    t->bodies[at] = seen_body(body_hash);
}

enum seen_result ny_seen_check(const struct seen_table *t, int32_t source, ny_str control_id,
                               ny_str body_hash)
{
    uint64_t key = seen_key(source, control_id);

    if (t->keys == NULL) {
        return SEEN_NEW;
    }
    for (size_t at = key & t->mask; t->keys[at] != 0; at = (at + 1) & t->mask) {
        if (t->keys[at] == key) {
            return t->bodies[at] == seen_body(body_hash) ? SEEN_SAME : SEEN_OTHER_BODY;
        }
    }
    return SEEN_NEW;
}

void ny_seen_free(struct seen_table *t)
{
    ny_free(t->keys);
    ny_free(t->bodies);
    *t = (struct seen_table){0};
}
