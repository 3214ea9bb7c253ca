/* A question with everything that a clerk needs to answer it:
 *
 *   both records and the bars ─▶ groups now and after "same" (a word that is only looked at)
 *                             ─▶ what clerks did with it so far ─▶ answer */

#include "nayose/text.h"

#include "desk_priv.h"

/* ---- kanji variants ---- */

/* The code point at the beginning of s, 0 at its end; s moves behind it. Bytes that are no UTF-8
 * never come here: jansson refuses them. */
static uint32_t next_char(ny_str *s)
{
    const unsigned char *p = (const unsigned char *)s->p;
    size_t n = s->n == 0 ? 0 : p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    uint32_t cp;

    if (n == 0 || n > s->n) {
        return 0;
    }
    cp = n == 1 ? p[0] : p[0] & (0xFFU >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        cp = cp << 6 | (p[i] & 0x3FU);
    }
    *s = ny_str_sub(*s, n, s->n);
    return cp;
}

static uint32_t base_of(uint32_t cp)
{
    uint32_t base = ny_text_kanji_base(cp);

    return base != 0 ? base : cp;
}

/* What the other name has for a kanji that is written in another form: "髙 = 高", "斎 ≈ 斉". */
static void variants_of_names(struct request *q, ny_str a, ny_str b, json_t *out)
{
    ny_str from = a;
    uint32_t x;

    while ((x = next_char(&a)) != 0) {
        ny_str char_x = ny_str_sub(from, 0, from.n - a.n);
        ny_str rest = b;
        ny_str at = b;
        uint32_t y;

        while ((y = next_char(&rest)) != 0) {
            const bool near = ny_text_kanji_is_near(base_of(x), base_of(y));

            if (x != y && (base_of(x) == base_of(y) || near)) {
                ny_str text = ny_arena_printf(q->call->arena, "%.*s %s %.*s", NY_ARG(char_x),
                                              near ? "≈" : "=", (int)(at.n - rest.n), at.p);

                json_array_append_new(out, ny_admin_str(text));
            }
            at = rest;
        }
        from = a;
    }
}

static json_t *variants_json(struct request *q, const json_t *a, const json_t *b)
{
    const json_t *names_a = json_object_get(a, "names");
    const json_t *names_b = json_object_get(b, "names");
    json_t *out = json_array();

    if (json_array_size(names_a) > 0 && json_array_size(names_b) > 0) {
        const char *x = json_string_value(json_object_get(json_array_get(names_a, 0), "kanji"));
        const char *y = json_string_value(json_object_get(json_array_get(names_b, 0), "kanji"));

        variants_of_names(q, ny_str_from_c(x), ny_str_from_c(y), out);
    }
    return out;
}

/* ---- the answer ---- */

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

static void on_explained(void *ctx, ny_rc rc, const struct ny_explanation *e)
{
    struct showing *x = ctx;
    struct request *q = x->telling.q;

    if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
        return;
    }
    if (!e->found_a || !e->found_b) {
        ny_admin_fail(q, 404, "one of the two is not known", "see: nayose resolve NS^ID");
        return;
    }
    x->json = ny_admin_explanation(q, e);
    json_object_set_new(
        x->json, "variants",
        variants_json(q, json_object_get(x->json, "a"), json_object_get(x->json, "b")));
    x->telling.word.kind = NY_PIN_SAME;
    x->telling.word.dry_run = true;
    x->telling.word.reason = NY_S("");
    ny_registry_word(q->registry, &x->telling.word, on_foreseen, x);
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
