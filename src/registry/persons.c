/* Persons for new groups: a surviving group keeps the person of the old group that gave it most
 * records, those in answers first (tie: the oldest person, then those who had it first); the others
 * get the one back that they came from, or a new one; a person without a group is retired and
 * points to where most of its records went. Regional ids are given at first sight; none is ever
 * given to somebody else. */

#include <stdio.h>
#include <stdlib.h>

#include "registry_priv.h"

/* How many records of an old person stand in a new group, and how many of them are in answers. */
struct share {
    uint32_t person;
    uint32_t group;
    uint32_t shown;
    uint32_t n;
    uint32_t natives; /* of them, those that have no retired person to go back to */
};

static int by_share(const void *pa, const void *pb)
{
    const struct share *a = pa;
    const struct share *b = pb;

    if (a->shown != b->shown) {
        return a->shown > b->shown ? -1 : 1;
    }
    if (a->n != b->n) {
        return a->n > b->n ? -1 : 1;
    }
    if (a->person != b->person) {
        return a->person < b->person ? -1 : 1;
    }
    if (a->natives != b->natives) {
        return a->natives > b->natives ? -1 : 1;
    }
    return (a->group > b->group) - (a->group < b->group);
}

/* The person that it belonged to before is retired. */
static bool has_way_back(const struct ny_registry *r, const struct ny_index_identity *x)
{
    return x->home != 0 && ny_index_member_first(r->index, x->home) == 0;
}

static size_t shares_count(const struct ny_registry *r, const uint32_t *nodes,
                           const uint32_t *group, size_t n, struct share *out)
{
    size_t n_shares = 0;

    for (size_t i = 0; i < n; i++) {
        struct ny_index_identity x;
        size_t k = 0;

        ny_index_get(r->index, nodes[i], &x);
        if (x.person == 0) {
            continue;
        }
        while (k < n_shares && (out[k].person != x.person || out[k].group != group[i])) {
            k++;
        }
        if (k == n_shares) {
            out[n_shares++] = (struct share){.person = x.person, .group = group[i]};
        }
        out[k].shown += ny_identity_is_there(x.status);
        out[k].n++;
        out[k].natives += !has_way_back(r, &x);
    }
    if (n_shares > 1) {
        qsort(out, n_shares, sizeof(*out), by_share);
    }
    return n_shares;
}

ny_str ny_registry_regional_id(const struct ny_registry *r, uint32_t person, struct ny_arena *a)
{
    unsigned digits = r->cfg.regional_digits;
    ny_str s = ny_arena_printf(a, "%0*u ", (int)digits, person);
    char *p = ny_arena_alloc(a, s.n + 1);
    unsigned sum = 0;

    NY_ASSERT(s.p != NULL && p != NULL);
    memcpy(p, s.p, s.n);
    p[s.n] = '\0';
    /* Luhn: every second digit from the right, beginning beside the check digit, counts twice. */
    for (size_t i = 0; i + 1 < s.n; i++) {
        unsigned v = (unsigned)(p[s.n - 2 - i] - '0') * (i % 2 == 0 ? 2U : 1U);

        sum += v > 9 ? v - 9 : v;
    }
    p[s.n - 1] = (char)('0' + (10 - sum % 10) % 10);
    return ny_str_of(p, s.n);
}

static uint32_t person_new(struct ny_registry *r, struct ny_store_batch *rows)
{
    uint32_t person = ny_index_person_add(r->index);
    struct ny_person_row row = {
        .id = person,
        .regional_id = ny_registry_regional_id(r, person, ny_store_batch_arena(rows)),
    };

    ny_store_add_person(rows, &row, true);
    return person;
}

/* The strongest edge that holds an identity in its group, as JSON: what a reader of the event is
 * shown. */
static ny_str receipt(const struct ny_registry *r, uint32_t id, struct ny_arena *a)
{
    const struct ny_index_edge *best = NULL;
    const struct ny_index_edge *e;
    struct ny_index_identity x;
    uint32_t with = 0;
    uint32_t cursor = 0;

    ny_index_get(r->index, id, &x);
    while ((e = ny_index_edge_next(r->index, id, &cursor)) != NULL) {
        uint32_t other = e->a == id ? e->b : e->a;
        struct ny_index_identity y;

        ny_index_get(r->index, other, &y);
        if (y.person == x.person &&
            (best == NULL || e->total_b1024 > best->total_b1024 ||
             (e->total_b1024 == best->total_b1024 && ny_index_order(r->index, other, with) < 0))) {
            best = e;
            with = other;
        }
    }
    if (best == NULL) {
        return NY_STR_NONE;
    }
    return ny_arena_printf(
        a,
        "{\"with\":%u,\"model\":%d,\"total_b1024\":%d,\"levels\":[%u,%u,%u,%u,%u,"
        "%u,%u],\"guards\":%u}",
        with, ny_match_model_version(r->model), best->total_b1024, best->levels[0], best->levels[1],
        best->levels[2], best->levels[3], best->levels[4], best->levels[5], best->levels[6],
        best->guards);
}

struct assignment {
    struct ny_registry *r;
    const uint32_t *nodes;
    const uint32_t *group;
    size_t n;
    struct ny_store_batch *rows;
    uint32_t *person; /* [n], by group number */
    struct share *shares;
    size_t n_shares;
};

/* Claimed by a group of this assignment. */
static bool is_claimed(const struct assignment *as, uint32_t person)
{
    for (size_t i = 0; i < as->n; i++) {
        if (as->group[i] == i && as->person[i] == person) {
            return true;
        }
    }
    return false;
}

/* The retired person that most members of the group came from (the oldest of several), or 0: what
 * was joined by mistake gets its own number back when it comes apart. */
static uint32_t person_to_return_to(const struct assignment *as, uint32_t group)
{
    const struct ny_index *ix = as->r->index;
    uint32_t best = 0;
    size_t best_n = 0;

    for (size_t i = 0; i < as->n; i++) {
        struct ny_index_identity x;
        size_t n = 0;

        ny_index_get(ix, as->nodes[i], &x);
        if (as->group[i] != group || !has_way_back(as->r, &x)) {
            continue;
        }
        for (size_t k = 0; k < as->n; k++) {
            struct ny_index_identity y;

            ny_index_get(ix, as->nodes[k], &y);
            n += as->group[k] == group && y.home == x.home;
        }
        if ((n > best_n || (n == best_n && x.home < best)) && !is_claimed(as, x.home)) {
            best = x.home;
            best_n = n;
        }
    }
    return best;
}

static uint32_t person_give(struct assignment *as, uint32_t group)
{
    uint32_t person = person_to_return_to(as, group);
    struct ny_person_row row = {.id = person};

    if (person == 0) {
        return person_new(as->r, as->rows);
    }
    ny_store_add_person(as->rows, &row, false);
    return person;
}

static void claim(struct assignment *as)
{
    for (size_t k = 0; k < as->n_shares; k++) {
        bool taken = as->person[as->shares[k].group] != 0;

        for (size_t j = 0; j < k && !taken; j++) {
            taken = as->shares[j].person == as->shares[k].person &&
                    as->person[as->shares[j].group] == as->shares[j].person;
        }
        if (!taken) {
            as->person[as->shares[k].group] = as->shares[k].person;
        }
    }
    for (size_t i = 0; i < as->n; i++) {
        if (as->group[i] == i && as->person[i] == 0) {
            as->person[i] = person_give(as, (uint32_t)i);
        }
    }
}

/* Moves what must move; *moved gets the identities whose person is another one now. */
static size_t move_members(struct assignment *as, uint32_t *moved, uint32_t *from)
{
    size_t n = 0;

    for (size_t i = 0; i < as->n; i++) {
        uint32_t person = as->person[as->group[i]];
        struct ny_index_identity x;

        ny_index_get(as->r->index, as->nodes[i], &x);
        if (x.person != person) {
            moved[n] = as->nodes[i];
            from[n++] = x.person;
            ny_index_person_set(as->r->index, as->nodes[i], person);
        }
    }
    return n;
}

static void retire_empty(struct assignment *as)
{
    for (size_t k = 0; k < as->n_shares; k++) {
        struct ny_person_row row = {.id = as->shares[k].person, .retired = true};
        bool first = true;

        for (size_t j = 0; j < k; j++) {
            first = first && as->shares[j].person != as->shares[k].person;
        }
        if (first && ny_index_member_first(as->r->index, as->shares[k].person) == 0) {
            row.forwarded_to = as->person[as->shares[k].group]; /* the largest share comes first */
            ny_store_add_person(as->rows, &row, false);
        }
    }
}

static void tell_moves(struct assignment *as, const uint32_t *moved, const uint32_t *from, size_t n,
                       const struct reason *why)
{
    struct ny_registry *r = as->r;

    for (size_t k = 0; k < n; k++) {
        struct ny_index_identity x;
        struct ny_membership_row row = {.identity = moved[k],
                                        .from_person = from[k],
                                        .cause = why->cause,
                                        .message = why->message,
                                        .receipt =
                                            receipt(r, moved[k], ny_store_batch_arena(as->rows))};

        ny_index_get(r->index, moved[k], &x);
        row.to_person = x.person;
        ny_store_add_membership(as->rows, &row);
        if (from[k] != 0) {
            ny_store_add_identity_state(as->rows, moved[k], x.person, x.status);
        }
    }
}

static void assign_persons(struct ny_registry *r, const struct ny_link_groups *g,
                           const struct reason *why)
{
    struct assignment as = {.r = r,
                            .nodes = g->nodes,
                            .group = g->group,
                            .n = g->n,
                            .rows = ny_registry_open_batch(r)->rows};
    uint32_t *moved = NY_ARENA_ARRAY(r->scratch, uint32_t, g->n);
    uint32_t *from = NY_ARENA_ARRAY(r->scratch, uint32_t, g->n);

    as.person = NY_ARENA_ARRAY(r->scratch, uint32_t, g->n);
    as.shares = NY_ARENA_ARRAY(r->scratch, struct share, g->n);
    NY_ASSERT(moved != NULL && from != NULL && as.person != NULL && as.shares != NULL);
    as.n_shares = shares_count(r, g->nodes, g->group, g->n, as.shares);
    claim(&as);
    tell_moves(&as, moved, from, move_members(&as, moved, from), why);
    retire_empty(&as);
}

void ny_registry_regroup(struct ny_registry *r, const struct ny_link_set *seeds,
                         const struct reason *why)
{
    struct ny_link_groups groups;
    struct ny_link_set set = {0};
    ny_rc rc = ny_link_regroup(&r->link, r->scratch, ny_rollout_gather(r, r->scratch, seeds, &set),
                               &groups);

    NY_ASSERT(rc == NY_OK); /* only memory could fail it, and that has no cap here */
    if (groups.n > 0) {
        assign_persons(r, &groups, why);
    }
    ny_arena_reset(r->scratch);
}
