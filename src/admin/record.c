/* A record as people read it: names by script, dates in both calendars, addresses in one line. */

#include <stdio.h>

#include "nayose/text.h"

#include "admin_priv.h"

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

/* Of the live values of a set, in the same order: when each was first and last said, and whether it
 * is. */
static json_t *times_json(const struct ny_set *s)
{
    json_t *list = json_array();

    for (size_t i = 0; i < s->n; i++) {
        const struct ny_value *v = &s->values[i];

        if (ny_value_is_live(s, v)) {
            json_array_append_new(list,
                                  json_pack("{s:o, s:o, s:b}", "since", ny_admin_time(v->first_us),
                                            "last", ny_admin_time(v->last.at_us), "current",
                                            ny_value_is_current(s, v)));
        }
    }
    return list;
}

/* ---- birth date and sex ---- */

/* A whole date in both calendars; false: it is none. */
static bool birth_read(struct ny_arena *a, ny_str raw, char iso[16], ny_str *era)
{
    ny_date d;
    unsigned flags;

    if (ny_text_birth_date_parse(raw, (ny_date){0}, &d, &flags) != NY_OK ||
        d.precision != NY_DATE_DAY) {
        return false;
    }
    snprintf(iso, 16, "%04d-%02d-%02d", d.y, d.m, d.d);
    *era = ny_text_era_write(a, d);
    return true;
}

static void birth_json(struct request *q, json_t *o, const struct ny_patient *p)
{
    ny_str raw = p->singles[NY_SINGLE_BIRTH_DATE].value;
    char iso[16] = "";
    ny_str era;

    json_object_set_new(o, "birth_date", ny_admin_str(raw));
    if (birth_read(q->call->arena, raw, iso, &era)) {
        json_object_set_new(o, "birth_era", ny_admin_str(era));
    }
    json_object_set_new(o, "birth_iso", json_string(iso));
}

/* What messages said of a single value: the texts, and when each was first and last said. */
struct told {
    ny_str texts[NY_CLAIMS_MAX + 1];
    int64_t first_us[NY_CLAIMS_MAX + 1], last_us[NY_CLAIMS_MAX + 1];
    size_t n;
};

/* A birth date as "1959-05-01 (昭和34年5月1日)", so that one is the same however it was written. */
static ny_str told_text(struct ny_arena *a, enum ny_single_id which, ny_str raw)
{
    char iso[16];
    ny_str era;

    return which == NY_SINGLE_BIRTH_DATE && birth_read(a, raw, iso, &era)
               ? ny_arena_printf(a, "%s (%.*s)", iso, NY_ARG(era))
               : raw;
}

static void told_add(struct told *t, ny_str text, int64_t first_us, int64_t last_us)
{
    size_t i = 0;

    while (i < t->n && !ny_str_equals(t->texts[i], text)) {
        i++;
    }
    if (text.n == 0) {
        return;
    }
    if (i == t->n) {
        t->texts[i] = text;
        t->first_us[i] = first_us;
        t->last_us[i] = last_us;
        t->n++;
    }
    t->first_us[i] = first_us < t->first_us[i] ? first_us : t->first_us[i];
    t->last_us[i] = last_us > t->last_us[i] ? last_us : t->last_us[i];
}

/* The history of a single value, what holds now first: claims have the moments. */
static void told_put(struct request *q, json_t *o, const struct ny_patient *p,
                     enum ny_single_id which, const char *key)
{
    const struct ny_single *now = &p->singles[which];
    struct ny_arena *a = q->call->arena;
    json_t *texts = json_array();
    json_t *times = json_array();
    struct told t = {.n = 0};

    told_add(&t, told_text(a, which, now->value), now->stamp.at_us, now->stamp.at_us);
    for (size_t i = 0; i < p->n_claims; i++) {
        const struct ny_claim *c = &p->claims[i];

        told_add(&t, told_text(a, which, which == NY_SINGLE_SEX ? c->sex : c->birth),
                 c->first.at_us, c->last.at_us);
    }
    for (size_t i = 0; i < t.n; i++) {
        json_array_append_new(texts, ny_admin_str(t.texts[i]));
        json_array_append_new(
            times, json_pack("{s:o, s:o, s:b}", "since", ny_admin_time(t.first_us[i]), "last",
                             ny_admin_time(t.last_us[i]), "current", i == 0 && now->value.n > 0));
    }
    json_object_set_new(o, key, texts);
    json_object_set_new(json_object_get(o, "times"), key, times);
}

json_t *ny_admin_record(struct request *q, const struct ny_domain *d, ny_str id, ny_str regional_id,
                        const struct ny_patient *p)
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
    json_object_set_new(o, "times",
                        json_pack("{s:o, s:o, s:o, s:o}", "names",
                                  times_json(&p->sets[NY_SET_NAME]), "addresses",
                                  times_json(&p->sets[NY_SET_ADDRESS]), "phones",
                                  times_json(&p->sets[NY_SET_PHONE]), "insurances",
                                  times_json(&p->sets[NY_SET_INSURANCE])));
    told_put(q, o, p, NY_SINGLE_BIRTH_DATE, "birth_dates");
    told_put(q, o, p, NY_SINGLE_SEX, "sexes");
    return o;
}

json_t *ny_admin_ids(const struct request *q, const struct ny_resolved_member *members, size_t n)
{
    json_t *ids = json_array();

    for (size_t i = 0; i < n; i++) {
        const struct ny_domain *d = ny_registry_domain(q->registry, members[i].domain);

        json_array_append_new(ids, json_pack("{s:o, s:o}", "domain",
                                             ny_admin_str(d != NULL ? d->ns : NY_STR_NONE), "id",
                                             ny_admin_str(members[i].local_id)));
    }
    return ids;
}
