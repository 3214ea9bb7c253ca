/* The lanes, one for each consumer that the registry knows. */

#include "notify_priv.h"

static struct lane *lane_of(struct ny_notify *n, int32_t consumer)
{
    for (size_t i = 0; i < n->n_lanes; i++) {
        if (n->lanes[i]->consumer == consumer) {
            return n->lanes[i];
        }
    }
    n->lanes = ny_realloc(n->lanes, ny_mul_size(n->n_lanes + 1, sizeof(*n->lanes)));
    n->lanes[n->n_lanes] = ny_lane_create(n, consumer);
    return n->lanes[n->n_lanes++];
}

static void on_notices(void *ctx)
{
    struct ny_notify *n = ctx;
    const struct ny_consumer_row *const *consumers;
    size_t n_consumers = ny_registry_consumers(n->cfg.registry, &consumers);

    for (size_t i = 0; i < n_consumers && !n->stopped; i++) {
        ny_lane_wake(lane_of(n, consumers[i]->id));
    }
}

struct ny_notify *ny_notify_create(const struct ny_notify_config *cfg)
{
    struct ny_notify *n = ny_calloc(1, sizeof(*n));

    n->cfg = *cfg;
    ny_registry_on_notices(cfg->registry, on_notices, n);
    on_notices(n);
    return n;
}

void ny_notify_stop(struct ny_notify *n)
{
    if (n == NULL || n->stopped) {
        return;
    }
    n->stopped = true;
    ny_registry_on_notices(n->cfg.registry, NULL, NULL);
    for (size_t i = 0; i < n->n_lanes; i++) {
        ny_lane_stop(n->lanes[i]);
    }
}

void ny_notify_destroy(struct ny_notify *n)
{
    if (n == NULL) {
        return;
    }
    for (size_t i = 0; i < n->n_lanes; i++) {
        ny_lane_destroy(n->lanes[i]);
    }
    ny_free(n->lanes);
    ny_free(n);
}
