/* Helpers of the grouping tests: components put together by hand or scored from records. */
#ifndef NAYOSE_TEST_GROUP_TESTING_H
#define NAYOSE_TEST_GROUP_TESTING_H

#include "match_testing.h"
#include "nayose/match_group.h"

enum { NODES_MAX = 32, EDGES_MAX = NODES_MAX * NODES_MAX / 2, PAIRS_MAX = 16 };

#define GD(n) (1U << NY_GUARD_GD##n)

struct component {
    struct ny_group_node nodes[NODES_MAX];
    struct ny_group_edge edges[EDGES_MAX];
    struct ny_group_pair must[PAIRS_MAX], cannot[PAIRS_MAX];
    struct ny_group_input in;
};

static inline void component_init(struct component *c, const struct fixture *f, size_t n)
{
    memset(c, 0, sizeof(*c));
    for (size_t i = 0; i < n; i++) {
        c->nodes[i] = (struct ny_group_node){.domain = (int32_t)i + 1, .live = true};
    }
    c->in = (struct ny_group_input){.model = f->m,
                                    .nodes = c->nodes,
                                    .n_nodes = n,
                                    .edges = c->edges,
                                    .must = c->must,
                                    .cannot = c->cannot};
}

static inline void edge_put(struct component *c, uint32_t a, uint32_t b, double bits,
                            uint32_t guards)
{
    c->edges[c->in.n_edges++] = (struct ny_group_edge){
        a, b, {.total_b1024 = NY_BITS(bits), .guards = guards}
    };
}

struct outcome {
    const uint32_t *group;
    const struct ny_group_question *question;
    size_t scored;
};

static inline struct outcome solve(const struct fixture *f, const struct component *c)
{
    struct outcome o;

    assert_int_equal(ny_group_partition(f->a, &c->in, &o.group, &o.question, &o.scored), NY_OK);
    return o;
}

/* Edges as the registry stores them: all pairs that are not unlikely. */
static inline void edges_score(struct component *c)
{
    for (uint32_t a = 0; a < c->in.n_nodes; a++) {
        for (uint32_t b = a + 1; b < c->in.n_nodes; b++) {
            struct ny_group_edge *e = &c->edges[c->in.n_edges];
            const struct ny_group_node *x = &c->nodes[a];
            const struct ny_group_node *y = &c->nodes[b];

            ny_match_score(c->in.model, x->record, y->record,
                           x->domain == y->domain && x->live && y->live, &e->score);
            e->a = a;
            e->b = b;
            c->in.n_edges += ny_match_is_edge(&e->score);
        }
    }
}

#endif
