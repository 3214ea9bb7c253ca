/* What linking changes becomes rows of the open batch. */

#include "registry_priv.h"

static struct ny_store_batch *open_rows(void *ctx)
{
    return ny_registry_open_batch(ctx)->rows;
}

static void question_store(struct ny_registry *r, const struct ny_index_edge *e,
                           enum ny_review_state state, uint8_t reason)
{
    struct ny_review_row row = {.a = e->a,
                                .b = e->b,
                                .state = state,
                                .reason = (enum ny_review_reason)reason,
                                .total_b1024 = e->total_b1024,
                                .guards = e->guards,
                                .at_us = ny_clock_now_us()};

    ny_store_add_review(open_rows(r), &row);
}

void ny_question_write(struct ny_registry *r, uint32_t a, uint32_t b)
{
    const struct ny_index_edge nothing = {.a = a, .b = b, .reason = NY_REASON_BAND};
    const struct ny_index_edge *e = ny_index_edge_find(r->index, a, b);

    e = e != NULL ? e : &nothing;
    question_store(r, e, e->review != 0 ? (enum ny_review_state)e->review : NY_REVIEW_CLOSED,
                   e->reason);
}

/* A question shows the score of its edge. */
static void on_edge(void *ctx, const struct ny_index_edge *e)
{
    struct ny_registry *r = ctx;
    struct ny_edge_row row = {
        .a = e->a,
        .b = e->b,
        .total_b1024 = e->total_b1024,
        .guards = e->guards,
        .model = ny_match_model_version(r->model),
    };

    memcpy(row.levels, e->levels, sizeof(e->levels));
    ny_store_add_edge(open_rows(r), &row);
    if (e->review != 0) {
        question_store(r, e, (enum ny_review_state)e->review, e->reason);
    }
}

static void on_edge_gone(void *ctx, const struct ny_index_edge *e)
{
    if (e->review != 0) {
        question_store(ctx, e, NY_REVIEW_CLOSED, e->reason);
    }
    ny_store_remove_edge(open_rows(ctx), e->a, e->b);
}

static void on_question(void *ctx, const struct ny_index_edge *e, uint8_t state, uint8_t reason)
{
    if (state == 0) {
        question_store(ctx, e, NY_REVIEW_CLOSED, e->reason);
    } else {
        question_store(ctx, e, (enum ny_review_state)state, reason);
    }
}

/* A search that was cut short may have missed the right person: the identity links only by hand,
 * until one is complete. */
static void on_searched(void *ctx, uint32_t id, bool capped)
{
    struct ny_registry *r = ctx;

    if (capped) {
        ny_counter_add(NY_C_CANDIDATE_CAP, 1);
        ny_log(NY_LOG_WARN, "candidate_cap", "identity=%u", id);
    }
    (void)ny_registry_hold(r, id, NY_HOLD_IDENTITY, NY_HOLD_SEARCH, capped, NY_S("server"),
                           NY_S("a later search was complete"));
}

/* The clerk who said it is told by a notice among the holds; it goes as it came. */
static void on_doubt(void *ctx, uint32_t id, bool doubted)
{
    if (ny_registry_hold(ctx, id, NY_HOLD_VERSION, NY_HOLD_PIN, doubted, NY_S("server"),
                         NY_S("the records or the pin changed")) &&
        doubted) {
        ny_counter_add(NY_C_PIN_DOUBTS, 1);
        ny_log(NY_LOG_WARN, "pin_in_doubt", "identity=%u", id);
    }
}

/* Probation of the source that owns the domain. */
static bool domain_is_held(void *ctx, int32_t domain)
{
    return ny_registry_domain_is_held(ctx, domain);
}

void ny_registry_link_init(struct ny_registry *r)
{
    r->link = (struct ny_link){
        .index = r->index,
        .model = r->model,
        .sink = {.edge = on_edge,
                 .edge_gone = on_edge_gone,
                 .question = on_question,
                 .searched = on_searched,
                 .doubt = on_doubt,
                 .domain_is_held = domain_is_held,
                 .ctx = r}
    };
}
