/* What the matcher says of many pairs at once, so that a registry can be judged against a truth. */

#include "admin_priv.h"

/* Each pair costs the loop some tens of microseconds. */
enum { PAIRS_MAX = 200 };

static json_t *levels_json(const struct ny_score *s)
{
    json_t *list = json_array();

    for (size_t f = 0; f < NY_FIELD_COUNT; f++) {
        if (s->level[f] != NY_LEVEL_NONE) {
            json_array_append_new(list, json_string(ny_level_name((enum ny_level)s->level[f])));
        }
    }
    return list;
}

static json_t *guards_json(uint32_t guards)
{
    json_t *list = json_array();

    for (unsigned g = 0; g < NY_GUARD_COUNT; g++) {
        if ((guards >> g & 1U) != 0) {
            json_array_append_new(list, json_string(ny_guard_name((enum ny_guard)g)));
        }
    }
    return list;
}

static json_t *comparison_json(const struct ny_comparison *c)
{
    return json_pack("{s:b, s:b, s:b, s:s, s:f, s:f, s:o, s:o, s:o}", "known", 1, "same_person",
                     c->same_person, "compared", c->compared, "band", ny_admin_band(c->band),
                     "total_bits", (double)c->score.total_b1024 / 1024, "p_false", c->p_false,
                     "levels", levels_json(&c->score), "guards", guards_json(c->score.guards),
                     "question", ny_admin_question(c));
}

/* ["NS^ID", "NS^ID"] compared; NULL when the element is nothing like it. */
static json_t *pair_json(struct request *q, const json_t *pair)
{
    const struct ny_domain *domain[2];
    struct ny_comparison c;
    ny_str id[2];
    bool known = true;

    if (json_array_size(pair) != 2) {
        return NULL;
    }
    for (size_t i = 0; i < 2; i++) {
        const json_t *text = json_array_get(pair, i);
        ny_str identity = ny_str_of(json_string_value(text), json_string_length(text));
        ny_rc rc = ny_admin_identity(q, identity, &domain[i], &id[i]);

        if (rc == NY_ESYNTAX) {
            return NULL;
        }
        known = known && rc == NY_OK;
    }
    if (!known || !ny_registry_compare(q->registry, domain[0], id[0], domain[1], id[1], &c)) {
        return json_pack("{s:b}", "known", 0);
    }
    return comparison_json(&c);
}

void ny_admin_pairs(struct request *q)
{
    json_t *body = ny_admin_body_object(q);
    const json_t *pairs = json_object_get(body, "pairs");
    size_t n = json_array_size(pairs);
    struct access what = {.hits = (int32_t)n, .decision = "pairs"};
    json_t *list = json_array();
    bool good = json_is_array(pairs) && n <= PAIRS_MAX;

    for (size_t i = 0; i < n && good; i++) {
        json_t *answer = pair_json(q, json_array_get(pairs, i));

        good = answer != NULL && json_array_append_new(list, answer) == 0;
    }
    if (body == NULL || !good) {
        if (body != NULL) {
            ny_admin_fail(q, 400, "pairs is not a list of at most 200 pairs of DOMAIN^ID",
                          "for example {\"pairs\": [[\"F01^0001234\", \"F02^778\"]]}");
        }
        json_decref(list);
    } else {
        ny_admin_json_audited(q, &what, json_pack("{s:o}", "pairs", list));
    }
    json_decref(body);
}
