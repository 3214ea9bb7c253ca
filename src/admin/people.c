/* Who is this, and why are these two one person, or not. */

#include <stdio.h>

#include "nayose/text.h"

#include "admin_priv.h"

/* ---- resolve ---- */

struct resolving {
    struct request *q;
    const struct ny_domain *domain;
    ny_str id;
};

static json_t *resolved_json(const struct request *q, const struct ny_resolved *r)
{
    json_t *ids = json_array();

    for (size_t i = 0; i < r->n_members; i++) {
        const struct ny_domain *d = ny_registry_domain(q->registry, r->members[i].domain);

        json_array_append_new(ids, json_pack("{s:o, s:o}", "domain",
                                             ny_admin_str(d != NULL ? d->ns : NY_STR_NONE), "id",
                                             ny_admin_str(r->members[i].local_id)));
    }
    return json_pack("{s:b, s:o, s:o}", "found", 1, "regional_id", ny_admin_str(r->regional_id),
                     "ids", ids);
}

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
        ny_admin_json_audited(x->q, &what, resolved_json(x->q, r));
    }
}

void ny_admin_resolve(struct request *q)
{
    struct resolving *x = NY_ARENA_NEW(q->call->arena, struct resolving);

    if (x == NULL) {
        ny_admin_fail_rc(q, NY_ELIMIT);
        return;
    }
    x->q = q;
    if (ny_admin_param_identity(q, "id", &x->domain, &x->id)) {
        ny_registry_resolve(q->registry, x->domain, x->id, on_resolved, x);
    }
}

/* ---- a record for people ---- */

static json_t *joined(ny_str family, ny_str given, ny_str middle)
{
    char text[512];
    int n = snprintf(text, sizeof(text), "%.*s%s%.*s%s%.*s", NY_ARG(family),
                     family.n > 0 && given.n > 0 ? " " : "", NY_ARG(given), middle.n > 0 ? " " : "",
                     NY_ARG(middle));

    return ny_admin_str(ny_str_of(text, n < 0                      ? 0
                                        : (size_t)n < sizeof(text) ? (size_t)n
                                                                   : sizeof(text) - 1));
}

static json_t *names_json(const struct ny_set *s)
{
    json_t *list = json_array();

    for (size_t i = 0; i < s->n; i++) {
        const struct ny_value *v = &s->values[i];

        if (!ny_value_is_live(s, v)) {
            continue;
        }
        json_array_append_new(list,
                              json_pack("{s:o, s:o, s:o, s:o, s:b}", "type",
                                        ny_admin_str(ny_value_part(v, NY_PART_NAME_TYPE)), "kanji",
                                        joined(ny_value_part(v, NY_PART_NAME_KANJI_FAMILY),
                                               ny_value_part(v, NY_PART_NAME_KANJI_GIVEN),
                                               ny_value_part(v, NY_PART_NAME_KANJI_MIDDLE)),
                                        "kana",
                                        joined(ny_value_part(v, NY_PART_NAME_KANA_FAMILY),
                                               ny_value_part(v, NY_PART_NAME_KANA_GIVEN),
                                               ny_value_part(v, NY_PART_NAME_KANA_MIDDLE)),
                                        "latin",
                                        joined(ny_value_part(v, NY_PART_NAME_LATIN_FAMILY),
                                               ny_value_part(v, NY_PART_NAME_LATIN_GIVEN),
                                               ny_value_part(v, NY_PART_NAME_LATIN_MIDDLE)),
                                        "current", ny_value_is_current(s, v)));
    }
    return list;
}

/* The live values of a set, each joined from some of its parts. */
static json_t *texts_json(const struct ny_set *s, const enum ny_part_id *parts, size_t n_parts,
                          const char *separator)
{
    json_t *list = json_array();
    bool positional = strcmp(separator, " ") != 0; /* a:b::d keeps its empty places */

    for (size_t i = 0; i < s->n; i++) {
        char text[1024];
        size_t n = 0;

        if (!ny_value_is_live(s, &s->values[i])) {
            continue;
        }
        for (size_t k = 0; k < n_parts; k++) {
            ny_str part = ny_value_part(&s->values[i], parts[k]);

            if (n + part.n + 2 < sizeof(text) && (positional || part.n > 0)) {
                n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%.*s", k > 0 ? separator : "",
                                      NY_ARG(part));
            }
        }
        json_array_append_new(list, ny_admin_str(ny_str_trim(ny_str_of(text, n))));
    }
    return list;
}

static void birth_json(struct request *q, json_t *o, const struct ny_patient *p)
{
    ny_str raw = p->singles[NY_SINGLE_BIRTH_DATE].value;
    ny_date d;
    unsigned flags;
    char iso[16] = "";

    json_object_set_new(o, "birth_date", ny_admin_str(raw));
    if (ny_text_birth_date_parse(raw, (ny_date){0}, &d, &flags) == NY_OK &&
        d.precision == NY_DATE_DAY) {
        snprintf(iso, sizeof(iso), "%04d-%02d-%02d", d.y, d.m, d.d);
        json_object_set_new(o, "birth_era", ny_admin_str(ny_text_era_write(q->call->arena, d)));
    }
    json_object_set_new(o, "birth_iso", json_string(iso));
}

static json_t *record_json(struct request *q, const struct ny_domain *d, ny_str id,
                           ny_str regional_id, const struct ny_patient *p)
{
    static const enum ny_part_id address[] = {NY_PART_ADDRESS_POSTAL, NY_PART_ADDRESS_STATE,
                                              NY_PART_ADDRESS_CITY,   NY_PART_ADDRESS_STREET,
                                              NY_PART_ADDRESS_OTHER,  NY_PART_ADDRESS_WHOLE};
    static const enum ny_part_id phone[] = {NY_PART_PHONE_NUMBER};
    static const enum ny_part_id insurance[] = {NY_PART_INSURANCE_INSURER, NY_PART_INSURANCE_SYMBOL,
                                                NY_PART_INSURANCE_NUMBER, NY_PART_INSURANCE_BRANCH};
    json_t *o = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "domain", ny_admin_str(d->ns), "id",
        ny_admin_str(id), "regional_id", ny_admin_str(regional_id), "names",
        names_json(&p->sets[NY_SET_NAME]), "sex", ny_admin_str(p->singles[NY_SINGLE_SEX].value),
        "addresses", texts_json(&p->sets[NY_SET_ADDRESS], address, NY_ARRAY_LEN(address), " "),
        "phones", texts_json(&p->sets[NY_SET_PHONE], phone, NY_ARRAY_LEN(phone), ""), "insurances",
        texts_json(&p->sets[NY_SET_INSURANCE], insurance, NY_ARRAY_LEN(insurance), ":"));

    birth_json(q, o, p);
    return o;
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
    return json_pack("{s:o, s:o, s:b, s:f, s:f, s:s, s:b, s:o, s:o, s:o, s:i}", "a",
                     record_json(q, e->domain_a, e->id_a, e->regional_a, e->a), "b",
                     record_json(q, e->domain_b, e->id_b, e->regional_b, e->b), "same_person",
                     e->pair.same_person, "total_bits", (double)e->pair.score.total_b1024 / 1024,
                     "p_false", e->pair.p_false, "band", ny_admin_band(e->pair.band), "compared",
                     e->pair.compared, "question", ny_admin_question(&e->pair), "guards",
                     guards_json(e->pair.score.guards), "bars", bars_json(e), "model_version",
                     e->model_version);
}

static void on_explained(void *ctx, ny_rc rc, const struct ny_explanation *e)
{
    struct explaining *x = ctx;
    struct access what = {.domain = x->domain_a->ns, .id = x->id_a, .hits = 2, .decision = "OK"};

    if (rc != NY_OK) {
        ny_admin_fail_rc(x->q, rc);
    } else if (!e->found_a || !e->found_b) {
        ny_admin_fail(x->q, 404,
                      e->found_a ? "the second id is not known" : "the first id is not known",
                      "ids are compared exactly, leading zeros count");
    } else {
        ny_admin_json_audited(x->q, &what, explanation_json(x->q, e));
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
