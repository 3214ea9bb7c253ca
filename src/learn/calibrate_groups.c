/* What the meters share: people with their records, how strongly two would join, labels. */

#include "nayose/learn_calibrate.h"

#include "calibrate_priv.h"
#include "decisions_priv.h"

bool cal_go_on(struct cal_run *r, double share_of_step)
{
    if (!r->stopped && r->o->progress != NULL) {
        r->stopped = !r->o->progress(r->o->ctx, r->done + r->span * share_of_step);
    }
    return !r->stopped;
}

bool cal_group_add(struct cal_run *r, struct cal_group *g, uint32_t id)
{
    struct ny_index_identity x;
    struct ny_record *record;

    if (g->n == CAL_MEMBERS_MAX || !ny_index_takes_part(r->ix, id)) {
        return false;
    }
    ny_index_get(r->ix, id, &x);
    record = ny_arena_alloc(r->arena, sizeof(*record));
    NY_ASSERT(record != NULL);
    if (ny_record_unpack(x.record, record) != NY_OK) {
        return false;
    }
    g->ids[g->n] = id;
    g->domains[g->n] = x.domain;
    g->live[g->n] = x.status == NY_IDENTITY_ACTIVE;
    g->records[g->n] = record;
    g->n_live += g->live[g->n];
    g->held = g->held || ny_index_is_held(r->ix, id, NY_HOLD_IDENTITY);
    g->n++;
    return true;
}

void cal_group_init(struct cal_run *r, struct cal_group *g)
{
    *g = (struct cal_group){.ids = NY_ARENA_ARRAY(r->arena, uint32_t, CAL_MEMBERS_MAX),
                            .domains = NY_ARENA_ARRAY(r->arena, int32_t, CAL_MEMBERS_MAX),
                            .live = NY_ARENA_ARRAY(r->arena, bool, CAL_MEMBERS_MAX),
                            .records =
                                NY_ARENA_ARRAY(r->arena, struct ny_record *, CAL_MEMBERS_MAX)};
    NY_ASSERT(g->ids != NULL && g->domains != NULL && g->live != NULL && g->records != NULL);
}

bool cal_group_load(struct cal_run *r, uint32_t person, struct cal_group *out)
{
    cal_group_init(r, out);
    out->person = person;
    for (uint32_t id = ny_index_member_first(r->ix, person); id != 0;
         id = ny_index_member_next(r->ix, id)) {
        (void)cal_group_add(r, out, id);
    }
    return out->n_live > 0;
}

/* ---- strength ---- */

static void nodes_put(struct ny_group_node *nodes, const struct cal_group *g, size_t first,
                      bool ordinary)
{
    for (size_t i = 0; i < g->n; i++) {
        nodes[first + i] =
            (struct ny_group_node){.record = g->records[i],
                                   .domain = ordinary ? (int32_t)(first + i) : g->domains[i],
                                   .live = g->live[i]};
    }
}

/* The pairs of the two groups that would be stored as edges. */
static size_t edges_score(const struct cal_run *r, const struct ny_group_node *nodes, size_t n_a,
                          size_t n, struct ny_group_edge *edges)
{
    size_t n_edges = 0;

    for (size_t i = 0; i < n_a; i++) {
        for (size_t k = n_a; k < n; k++) {
            const struct ny_group_node *x = &nodes[i];
            const struct ny_group_node *y = &nodes[k];
            struct ny_group_edge *e = &edges[n_edges];

            ny_match_score(r->m, x->record, y->record, x->domain == y->domain && x->live && y->live,
                           &e->score);
            e->a = (uint32_t)i;
            e->b = (uint32_t)k;
            n_edges += ny_match_is_edge(&e->score);
        }
    }
    return n_edges;
}

int32_t cal_strength(struct cal_run *r, const struct cal_group *a, const struct cal_group *b,
                     bool ordinary)
{
    size_t n = a->n + b->n;
    struct ny_group_node *nodes = NY_ARENA_ARRAY(r->scratch, struct ny_group_node, n);
    struct ny_group_edge *edges = NY_ARENA_ARRAY(r->scratch, struct ny_group_edge, a->n * b->n + 1);
    struct ny_group_input in = {.model = r->m, .nodes = nodes, .n_nodes = n, .edges = edges};
    int32_t strength = INT32_MIN;

    NY_ASSERT(nodes != NULL && edges != NULL);
    nodes_put(nodes, a, 0, ordinary);
    nodes_put(nodes, b, a->n, ordinary);
    in.n_edges = edges_score(r, nodes, a->n, n, edges);
    if (in.n_edges > 0) {
        ny_rc rc = ny_group_strength(r->scratch, &in, a->n, &strength);

        NY_ASSERT(rc == NY_OK); /* the arena has no cap */
    }
    ny_arena_reset(r->scratch);
    return strength;
}

/* ---- labels ---- */

void cal_labels_sort(struct cal_run *r, const struct ny_learn_decision *labels, size_t n)
{
    const uint32_t count = ny_index_count(r->ix);

    r->labels = ny_malloc(ny_mul_size(n + 1, sizeof(*r->labels)));
    r->n_labels = 0;
    for (size_t i = 0; i < n; i++) {
        const struct ny_learn_decision *l = &labels[i];

        if (l->a != l->b && l->a > 0 && l->a <= count && l->b > 0 && l->b <= count) {
            r->labels[r->n_labels++] = *l;
        }
    }
    ny_decisions_sort(r->labels, r->n_labels);
}

const struct ny_learn_decision *cal_label(const struct cal_run *r, uint32_t a, uint32_t b)
{
    return ny_decisions_find(r->labels, r->n_labels, a, b);
}

/* ---- counting ---- */

void cal_histogram_add(uint64_t bins[NY_CALIBRATION_BINS], int32_t bits_b1024, uint64_t n)
{
    int32_t bin = (bits_b1024 >> 10) - NY_CALIBRATION_BIN_FIRST;

    bin = bin < 0 ? 0 : bin >= NY_CALIBRATION_BINS ? NY_CALIBRATION_BINS - 1 : bin;
    bins[bin] += n;
}

uint64_t cal_lot(uint64_t seed, uint32_t a, uint32_t b)
{
    uint32_t pair[2] = {a < b ? a : b, a < b ? b : a};

    return ny_hash64_seeded(ny_str_of((const char *)pair, sizeof(pair)), seed);
}

bool cal_is_drawn(const struct cal_run *r, uint32_t person, double share)
{
    return share >= 1 || (double)cal_lot(r->o->seed, 0, person) < share * 0x1p64;
}
