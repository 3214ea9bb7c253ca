/* Sets of identities that are touched while a message is decided: a handful, so a walk finds them.
 */

#include "nayose/link.h"

void ny_link_set_add(struct ny_link_set *s, struct ny_arena *a, uint32_t id)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->ids[i] == id) {
            return;
        }
    }
    if (s->n == s->cap) {
        size_t cap = s->cap > 0 ? s->cap * 2 : 32;
        uint32_t *grown = NY_ARENA_ARRAY(a, uint32_t, cap);

        NY_ASSERT(grown != NULL);
        if (s->n > 0) {
            memcpy(grown, s->ids, s->n * sizeof(*grown));
        }
        s->ids = grown;
        s->cap = cap;
    }
    s->ids[s->n++] = id;
}
