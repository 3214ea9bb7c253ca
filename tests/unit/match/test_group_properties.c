/* What holds for every partition: invariants, and that no order shows. */

#include "group_testing.h"

static uint32_t root_of(uint32_t *parent, uint32_t x)
{
    while (parent[x] != x) {
        x = parent[x];
    }
    return x;
}

/* Roots over must-links, and over stored edges inside a group as well. */
static void roots_build(const struct component *c, const uint32_t *group, bool with_edges,
                        uint32_t *parent)
{
    for (uint32_t i = 0; i < c->in.n_nodes; i++) {
        parent[i] = i;
    }
    for (size_t i = 0; i < c->in.n_must; i++) {
        parent[root_of(parent, c->must[i].a)] = root_of(parent, c->must[i].b);
    }
    for (size_t i = 0; with_edges && i < c->in.n_edges; i++) {
        if (group[c->edges[i].a] == group[c->edges[i].b]) {
            parent[root_of(parent, c->edges[i].a)] = root_of(parent, c->edges[i].b);
        }
    }
}

static void check_invariants(const struct component *c, const struct outcome *o)
{
    uint32_t pinned[NODES_MAX];
    uint32_t tied[NODES_MAX];
    size_t live[NODES_MAX] = {0};
    bool all_pinned[NODES_MAX];

    roots_build(c, o->group, false, pinned);
    roots_build(c, o->group, true, tied);
    for (uint32_t i = 0; i < c->in.n_nodes; i++) {
        uint32_t g = o->group[i];

        assert_true(g <= i && o->group[g] == g);
        assert_int_equal(root_of(tied, i), root_of(tied, g)); /* connected */
        live[g] += c->nodes[i].live;
        all_pinned[g] = g == i || (all_pinned[g] && root_of(pinned, i) == root_of(pinned, g));
        if (c->nodes[i].held && g != i) {
            assert_true(root_of(pinned, i) == root_of(pinned, g));
        }
    }
    for (uint32_t i = 0; i < c->in.n_nodes; i++) {
        assert_true(live[i] <= NY_GROUP_LIVE_MAX || all_pinned[i]);
    }
    for (size_t i = 0; i < c->in.n_must; i++) {
        assert_int_equal(o->group[c->must[i].a], o->group[c->must[i].b]);
    }
    for (size_t i = 0; i < c->in.n_cannot; i++) {
        uint32_t a = c->cannot[i].a;
        uint32_t b = c->cannot[i].b;

        assert_true(o->group[a] != o->group[b] || root_of(pinned, a) == root_of(pinned, b));
    }
}

/* At most one question between two groups, none inside one. */
static void check_one_question(const struct component *c, const struct outcome *o)
{
    bool asked[NODES_MAX][NODES_MAX] = {{false}};

    for (size_t i = 0; i < c->in.n_edges; i++) {
        uint32_t g1 = o->group[c->edges[i].a];
        uint32_t g2 = o->group[c->edges[i].b];
        uint32_t low = g1 < g2 ? g1 : g2;
        uint32_t high = g1 < g2 ? g2 : g1;

        if (o->question[i].verdict != NY_VERDICT_NONE) {
            assert_true(g1 != g2 && !asked[low][high]);
            asked[low][high] = true;
        }
    }
}

static const struct ny_record *member_roll(struct fixture *f, struct dice *d)
{
    static const char *const families[][2] = {
        {"鮎沢", "アユサワ"},
        {"佐藤", "サトウ"   },
    };
    static const char *const givens[][2] = {
        {"鮎乃", "アユノ"},
        {"鮎美", "アユミ"},
        {"",       "アユノ"},
    };
    static const char *const phones[] = {"0542212455", "0534572111", NULL};
    static const char *const births[] = {"19801124", "19801124", "19801125", "19520305"};
    const char *const *family = families[dice_roll(d, 2)];
    const char *const *given = givens[dice_roll(d, 3)];
    struct person w = {.kf = family[0], .pf = family[1], .pg = given[1], .sex = "F"};

    w.kg = given[0][0] != '\0' ? given[0] : NULL;
    w.birth = births[dice_roll(d, 4)];
    w.phone = phones[dice_roll(d, 3)];
    w.address = dice_roll(d, 2) == 0 ? "静岡市葵区追手町9-6" : NULL;
    if (dice_roll(d, 3) == 0) {
        w.insurer = "33120015";
        w.symbol = "12";
        w.number = "345";
        w.branch = dice_roll(d, 2) == 0 ? "01" : "02";
    }
    return record_of(f->a, &w);
}

static void pairs_roll(struct component *c, struct dice *d)
{
    for (uint32_t k = dice_roll(d, 4); k > 0; k--) {
        uint32_t a = dice_roll(d, (uint32_t)c->in.n_nodes);
        uint32_t b = dice_roll(d, (uint32_t)c->in.n_nodes);

        if (a != b && dice_roll(d, 2) == 0) {
            c->must[c->in.n_must++] = (struct ny_group_pair){a, b};
        } else if (a != b) {
            c->cannot[c->in.n_cannot++] = (struct ny_group_pair){a, b};
        }
    }
}

static void component_roll(struct component *c, struct fixture *f, struct dice *d)
{
    component_init(c, f, 2 + dice_roll(d, 18));
    for (size_t i = 0; i < c->in.n_nodes; i++) {
        c->nodes[i].record = member_roll(f, d);
        c->nodes[i].domain = (int32_t)dice_roll(d, 8);
        c->nodes[i].live = dice_roll(d, 10) != 0;
        c->nodes[i].held = dice_roll(d, 10) == 0;
    }
    edges_score(c);
    pairs_roll(c, d);
}

static void shuffle_pairs(struct ny_group_pair *pairs, size_t n, struct dice *d)
{
    for (size_t i = n; i > 0; i--) {
        size_t k = dice_roll(d, (uint32_t)i);
        struct ny_group_pair p = pairs[i - 1];

        pairs[i - 1] =
            dice_roll(d, 2) == 0 ? pairs[k] : (struct ny_group_pair){pairs[k].b, pairs[k].a};
        pairs[k] = p;
    }
}

static void shuffle_input(struct component *c, struct dice *d)
{
    for (size_t i = c->in.n_edges; i > 1; i--) {
        size_t k = dice_roll(d, (uint32_t)i);
        struct ny_group_edge e = c->edges[i - 1];

        c->edges[i - 1] = c->edges[k];
        c->edges[k] = e;
    }
    shuffle_pairs(c->must, c->in.n_must, d);
    shuffle_pairs(c->cannot, c->in.n_cannot, d);
}

static const struct ny_group_question *question_on(const struct component *c,
                                                   const struct outcome *o, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < c->in.n_edges; i++) {
        if (c->edges[i].a == a && c->edges[i].b == b) {
            return &o->question[i];
        }
    }
    return NULL;
}

/* The order of edges and pins in the input does not show, and the rules hold in all of them. */
static void test_order_of_input_does_not_show(void **state)
{
    enum { COMPONENTS = 400 };
    struct fixture *f = *state;
    static struct component c;
    static struct component other;
    struct dice d = {20261121};
    size_t joined = 0;
    size_t asked = 0;

    for (size_t k = 0; k < COMPONENTS; k++) {
        struct outcome x;
        struct outcome y;

        component_roll(&c, f, &d);
        other = c;
        other.in.nodes = other.nodes;
        other.in.edges = other.edges;
        other.in.must = other.must;
        other.in.cannot = other.cannot;
        shuffle_input(&other, &d);
        x = solve(f, &c);
        y = solve(f, &other);
        check_invariants(&c, &x);
        check_one_question(&c, &x);
        for (size_t i = 0; i < c.in.n_nodes; i++) {
            assert_int_equal(x.group[i], y.group[i]);
            joined += x.group[i] != i;
        }
        for (size_t i = 0; i < c.in.n_edges; i++) {
            const struct ny_group_question *q = question_on(&other, &y, c.edges[i].a, c.edges[i].b);

            assert_non_null(q);
            assert_int_equal(q->verdict, x.question[i].verdict);
            assert_int_equal(q->reason, x.question[i].reason);
            asked += q->verdict != NY_VERDICT_NONE;
        }
        ny_arena_reset(f->a);
    }
    assert_true(joined > COMPONENTS && asked > COMPONENTS);
}

/* With totals that all differ the numbers of the nodes decide nothing. */
static void test_numbering_does_not_show(void **state)
{
    enum { COMPONENTS = 500 };
    struct fixture *f = *state;
    static struct component c;
    static struct component other;
    struct dice d = {7};

    for (size_t k = 0; k < COMPONENTS; k++) {
        uint32_t to[NODES_MAX];
        uint32_t n = 2 + dice_roll(&d, 8);
        struct outcome x;
        struct outcome y;

        component_init(&c, f, n);
        component_init(&other, f, n);
        for (uint32_t i = 0; i < n; i++) {
            uint32_t at = dice_roll(&d, i + 1);

            to[i] = to[at];
            to[at] = i;
        }
        for (uint32_t a = 0; a < n; a++) {
            for (uint32_t b = a + 1; b < n; b++) {
                double bits = (double)dice_roll(&d, 40) - 8 + (double)c.in.n_edges / 1024;
                uint32_t guards = dice_roll(&d, 8) == 0 ? 1U << dice_roll(&d, NY_GUARD_COUNT) : 0;

                edge_put(&c, a, b, bits, guards);
                edge_put(&other, to[a] < to[b] ? to[a] : to[b], to[a] < to[b] ? to[b] : to[a], bits,
                         guards);
            }
        }
        x = solve(f, &c);
        y = solve(f, &other);
        for (uint32_t a = 0; a < n; a++) {
            for (uint32_t b = a + 1; b < n; b++) {
                assert_int_equal(x.group[a] == x.group[b], y.group[to[a]] == y.group[to[b]]);
            }
        }
        for (size_t i = 0; i < c.in.n_edges; i++) {
            assert_int_equal(x.question[i].verdict, y.question[i].verdict);
            assert_int_equal(x.question[i].reason, y.question[i].reason);
        }
        ny_arena_reset(f->a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_of_input_does_not_show),
        cmocka_unit_test(test_numbering_does_not_show),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
