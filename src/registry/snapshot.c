/* A registry that is loaded and never run. */

#include "registry_priv.h"

ny_rc ny_snapshot_take(const struct ny_registry_config *cfg,
                       const struct ny_registry_snapshot_options *o, struct ny_snapshot *out,
                       struct ny_error *err)
{
    struct ny_registry *r = ny_registry_new(cfg);
    ny_rc rc;

    r->cfg.settings = NULL; /* whether they are active is told once, at the start */
    r->snapshot = o;
    rc = ny_registry_load_rows(r, err);
    if (rc != NY_OK) {
        if (r->model != o->model) {
            ny_match_model_destroy(o->model); /* it was not come to */
        }
        ny_registry_destroy(r);
        return rc;
    }
    *out = (struct ny_snapshot){.registry = r,
                                .index = r->index,
                                .model = r->model,
                                .active = o->model != NULL ? r->rollout.model : r->model,
                                .before_message = r->next_message,
                                .batch_no = r->batch_no};
    return NY_OK;
}

void ny_snapshot_listen(struct ny_snapshot *s, void (*fn)(void *ctx, const struct ny_feed *feed),
                        void *ctx)
{
    s->registry->listener.fn = fn;
    s->registry->listener.ctx = ctx;
}

void ny_snapshot_release(struct ny_snapshot *s)
{
    ny_registry_destroy(s->registry);
    *s = (struct ny_snapshot){0};
}

bool ny_registry_domain_is_held(const struct ny_registry *r, int32_t domain)
{
    const struct ny_domain *d = ny_registry_domain(r, domain);
    const struct ny_requester_row *source =
        d != NULL ? ny_registry_source(r, d->source_app, d->source_facility) : NULL;

    return source != NULL && source->probation;
}
