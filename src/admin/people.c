/* Who is this, and why are these two one person, or not. */

#include "admin_priv.h"

/* ---- resolve ---- */

struct resolving {
    struct request *q;
    const struct ny_domain *domain;
    ny_str id;
};

static void on_resolved(void *ctx, ny_rc rc, const struct ny_resolved *r)
{
    struct resolving *x = ctx;
    struct access what = {.domain = x->domain->ns, .id = x->id, .decision = "OK"};

    if (rc != NY_OK) {
        ny_admin_fail_rc(x->q, rc);
    } else if (!r->found) {
        ny_admin_fail(x->q, 404, "no patient is known by this id",
                      "ids are compared exactly, leading zeros count");
    } else {
        what.person = r->person;
        what.hits = (int32_t)r->n_members;
        ny_admin_json_audited(x->q, &what,
                              json_pack("{s:b, s:o, s:o}", "found", 1, "regional_id",
                                        ny_admin_str(r->regional_id), "ids",
                                        ny_admin_ids(x->q, r->members, r->n_members)));
    }
}

void ny_admin_resolve(struct request *q)
{
    struct resolving *x = NY_ARENA_NEW(q->call->arena, struct resolving);
    int64_t at;

    if (x == NULL) {
        ny_admin_fail_rc(q, NY_ELIMIT);
        return;
    }
    x->q = q;
    if (!ny_admin_param_identity(q, "id", &x->domain, &x->id) ||
        !ny_admin_param_moment(q, "as_of", &at)) {
        return;
    }
    if (at == NY_NEVER) {
        ny_registry_resolve(q->registry, x->domain, x->id, on_resolved, x);
    } else {
        ny_registry_resolve_at(q->registry, x->domain, x->id, at, on_resolved, x);
    }
}

/* ---- explain ---- */

struct explaining {
    struct request *q;
    const struct ny_domain *domain_a, *domain_b;
    ny_str id_a, id_b;
};

static json_t *guards_json(uint32_t guards)
{
    json_t *list = json_array();

    for (unsigned g = 0; g < NY_GUARD_COUNT; g++) {
        if ((guards >> g & 1U) != 0) {
            json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "id",
                                                  ny_guard_name((enum ny_guard)g), "en",
                                                  ny_guard_text((enum ny_guard)g, false), "ja",
                                                  ny_guard_text((enum ny_guard)g, true)));
        }
    }
    return list;
}

static json_t *bars_json(const struct ny_explanation *e)
{
    json_t *list = json_array();

    for (size_t i = 0; i < e->n_bars; i++) {
        const struct ny_bar *b = &e->bars[i];

        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:f}", "label", b->label,
                                              "label_ja", b->label_ja, "level", b->level, "help",
                                              b->help, "bits", (double)b->bits_b1024 / 1024));
    }
    return list;
}

static json_t *explanation_json(struct request *q, const struct ny_explanation *e)
{
    json_t *a = ny_admin_record(q, e->domain_a, e->id_a, e->regional_a, e->a);
    json_t *b = ny_admin_record(q, e->domain_b, e->id_b, e->regional_b, e->b);
    json_t *variants = ny_admin_variants(q, a, b);

    return json_pack("{s:o, s:o, s:b, s:f, s:f, s:s, s:b, s:o, s:o, s:o, s:o, s:i}", "a", a, "b", b,
                     "same_person", e->pair.same_person, "total_bits",
                     (double)e->pair.score.total_b1024 / 1024, "p_false", e->pair.p_false, "band",
                     ny_admin_band(e->pair.band), "compared", e->pair.compared, "question",
                     ny_admin_question(&e->pair), "guards", guards_json(e->pair.score.guards),
                     "bars", bars_json(e), "variants", variants, "model_version", e->model_version);
}

/* An explanation that waits for what was said; in the call's arena. */
struct telling_pins {
    struct request *q;
    json_t *json;
    void (*fn)(void *ctx, ny_rc rc, json_t *explanation);
    void *ctx;
};

static void on_pins(void *ctx, ny_rc rc, const struct ny_pin_view *rows, size_t n)
{
    struct telling_pins *x = ctx;
    json_t *pins;

    if (rc != NY_OK) {
        json_decref(x->json);
        x->fn(x->ctx, rc, NULL);
        return;
    }
    pins = json_array();
    for (size_t i = 0; i < n; i++) {
        bool doubted;
        bool stands = ny_registry_pin_stands(x->q->registry, &rows[i].row, &doubted);

        json_array_append_new(pins, ny_admin_pin(&rows[i], stands, doubted));
    }
    json_object_set_new(x->json, "pins", pins);
    x->fn(x->ctx, NY_OK, x->json);
}

void ny_admin_explanation(struct request *q, const struct ny_explanation *e,
                          void (*fn)(void *ctx, ny_rc rc, json_t *explanation), void *ctx)
{
    struct telling_pins *x = NY_ARENA_NEW(q->call->arena, struct telling_pins);

    if (x == NULL) {
        fn(ctx, NY_ELIMIT, NULL);
        return;
    }
    *x = (struct telling_pins){q, explanation_json(q, e), fn, ctx};
    ny_registry_pins_between(
        q->registry, ny_registry_identity_number(q->registry, e->domain_a, e->id_a),
        ny_registry_identity_number(q->registry, e->domain_b, e->id_b), on_pins, x);
}

static void on_told(void *ctx, ny_rc rc, json_t *explanation)
{
    struct explaining *x = ctx;
    struct access what = {.domain = x->domain_a->ns, .id = x->id_a, .hits = 2, .decision = "OK"};

    if (rc != NY_OK) {
        ny_admin_fail_rc(x->q, rc);
    } else {
        ny_admin_json_audited(x->q, &what, explanation);
    }
}

static void on_explained(void *ctx, ny_rc rc, const struct ny_explanation *e)
{
    struct explaining *x = ctx;

    if (rc != NY_OK) {
        ny_admin_fail_rc(x->q, rc);
    } else if (!e->found_a || !e->found_b) {
        ny_admin_fail(x->q, 404,
                      e->found_a ? "the second id is not known" : "the first id is not known",
                      "ids are compared exactly, leading zeros count");
    } else {
        ny_admin_explanation(x->q, e, on_told, x);
    }
}

void ny_admin_explain(struct request *q)
{
    struct explaining *x = NY_ARENA_NEW(q->call->arena, struct explaining);

    if (x == NULL) {
        ny_admin_fail_rc(q, NY_ELIMIT);
        return;
    }
    x->q = q;
    if (ny_admin_param_identity(q, "a", &x->domain_a, &x->id_a) &&
        ny_admin_param_identity(q, "b", &x->domain_b, &x->id_b)) {
        ny_registry_explain(q->registry, x->domain_a, x->id_a, x->domain_b, x->id_b, on_explained,
                            x);
    }
}
