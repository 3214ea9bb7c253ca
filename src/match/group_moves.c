/* GD14, the half about places: nobody lives in four places that exclude each other within a month.
 *
 * Only addresses first said when their source had settled count. Groups hold few of them, mostly
 * none, so all sets of four are tried. */

#include "group_priv.h"

enum { MOVES_MAX = 128 }; /* more different addresses of one group are not looked at */

struct moves {
    const struct ny_record_address *at[MOVES_MAX];
    size_t n;
};

static bool is_known(const struct moves *m, const struct ny_record_address *a)
{
    for (size_t i = 0; i < m->n; i++) {
        if (memcmp(m->at[i], a, sizeof(*a)) == 0) {
            return true;
        }
    }
    return false;
}

static void moves_add(struct moves *m, const struct ny_group_node *node)
{
    for (size_t k = 0; node->record != NULL && k < node->record->n_addresses; k++) {
        const struct ny_record_address *a = &node->record->addresses[k];

        if (a->first_day > node->settled_day && m->n < MOVES_MAX && !is_known(m, a)) {
            m->at[m->n++] = a;
        }
    }
}

static void moves_collect(const struct group_run *r, uint32_t g, struct moves *m)
{
    for (uint32_t c = g; c != NY_GROUP_END; c = r->next[c]) {
        for (uint32_t i = r->first[c]; i < r->first[c + 1]; i++) {
            moves_add(m, &r->in->nodes[r->members[i]]);
        }
    }
}

static bool exclude_each_other(const struct ny_record_address *a, const struct ny_record_address *b)
{
    int32_t days = a->first_day - b->first_day;

    return (days < 0 ? -days : days) <= NY_GROUP_MOVES_DAYS &&
           ny_address_level(a, b) == NY_LEVEL_A5;
}

/* True when so many more can be found from number `from` on that exclude each other and all of
 * chosen[depth]: as deep as addresses may be too many. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static bool can_choose(const struct moves *m, size_t from, const struct ny_record_address **chosen,
                       size_t depth)
{
    if (depth > NY_GROUP_MOVES_MAX) {
        return true;
    }
    for (size_t i = from; i < m->n; i++) {
        bool fits = true;

        for (size_t k = 0; k < depth && fits; k++) {
            fits = exclude_each_other(chosen[k], m->at[i]);
        }
        chosen[depth] = m->at[i];
        if (fits && can_choose(m, i + 1, chosen, depth + 1)) {
            return true;
        }
    }
    return false;
}

bool ny_group_moves_too_often(const struct group_run *r, uint32_t g1, uint32_t g2)
{
    const struct ny_record_address *chosen[NY_GROUP_MOVES_MAX + 1];
    struct moves m = {.n = 0};

    moves_collect(r, g1, &m);
    moves_collect(r, g2, &m);
    return m.n > NY_GROUP_MOVES_MAX && can_choose(&m, 0, chosen, 0);
}
