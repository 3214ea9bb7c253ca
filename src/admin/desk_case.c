/* A question with everything that a clerk needs to answer it:
 *
 *   both records, the bars, what was said ─▶ groups now and after "same" (a word that is only
 *                                            looked at)
 *                                         ─▶ what clerks did with it so far ─▶ answer */

#include "desk_priv.h"

static void on_decisions(void *ctx, ny_rc rc, const struct ny_decision_view *rows, size_t n)
{
    struct showing *x = ctx;
    struct request *q = x->telling.q;
    struct access what = {.domain = x->telling.word.domains[1]->ns,
                          .id = x->telling.word.ids[1],
                          .hits = 2,
                          .decision = "OK"};
    const struct ny_lease *lease;

    if (rc != NY_OK) {
        json_decref(x->json);
        ny_admin_fail_rc(q, rc);
        return;
    }
    lease = ny_registry_case_lease(q->registry, x->a, x->b);
    json_object_set_new(x->json, "decisions", ny_desk_decisions_json(rows, n));
    json_object_set_new(x->json, "lease", ny_desk_lease_json(lease));
    ny_admin_json_audited(q, &what, x->json);
}

static void on_foreseen(void *ctx, ny_rc rc, const struct ny_word_outcome *o)
{
    struct showing *x = ctx;
    struct request *q = x->telling.q;
    const struct ny_decision_filter f = {.a = x->a, .b = x->b, .undone = true};

    if (rc != NY_OK || o->missing != 0) {
        json_decref(x->json);
        ny_admin_fail_rc(q, rc != NY_OK ? rc : NY_ENOTFOUND);
        return;
    }
    if (o->check.result == NY_WORD_NEW) {
        json_object_set_new(x->json, "groups", ny_admin_groups(q, o, 0));
        json_object_set_new(x->json, "groups_if_same", ny_admin_groups(q, o, 1));
    }
    json_object_set_new(x->json, "contradicted",
                        json_boolean(o->check.result == NY_WORD_CONTRADICTED));
    ny_registry_decisions(q->registry, &f, 20, on_decisions, x);
}

static void on_told(void *ctx, ny_rc rc, json_t *explanation)
{
    struct showing *x = ctx;
    struct request *q = x->telling.q;

    if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
        return;
    }
    x->json = explanation;
    x->telling.word.kind = NY_PIN_SAME;
    x->telling.word.dry_run = true;
    x->telling.word.reason = NY_S("");
    ny_registry_word(q->registry, &x->telling.word, on_foreseen, x);
}

static void on_explained(void *ctx, ny_rc rc, const struct ny_explanation *e)
{
    struct showing *x = ctx;
    struct request *q = x->telling.q;

    if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
    } else if (!e->found_a || !e->found_b) {
        ny_admin_fail(q, 404, "one of the two is not known", "see: nayose resolve NS^ID");
    } else {
        ny_admin_explanation(q, e, on_told, x);
    }
}

void ny_desk_show(struct showing *x)
{
    const struct ny_word *w = &x->telling.word;

    ny_registry_explain(x->telling.q->registry, w->domains[0], w->ids[0], w->domains[1], w->ids[1],
                        on_explained, x);
}

void ny_admin_review_case(struct request *q)
{
    struct showing *x = ny_desk_showing(q);
    struct ny_word *w = x != NULL ? &x->telling.word : NULL;

    if (w != NULL && ny_admin_param_identity(q, "a", &w->domains[0], &w->ids[0]) &&
        ny_admin_param_identity(q, "b", &w->domains[1], &w->ids[1]) && ny_desk_find(x)) {
        ny_desk_show(x);
    }
}
