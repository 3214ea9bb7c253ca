/* A patient from the JSON text of demographics_write.c, by jansson. Every string is copied into the
 * arena, so that the tree can go. Unknown keys are left alone: a later version may have written
 * them. */

#include "store_priv.h"

#include <jansson.h>

struct reader {
    struct ny_arena *a;
    struct ny_stamp *stamps;
    size_t n;
    ny_rc rc; /* the first failure sticks */
};

static void read_fail(struct reader *r, ny_rc rc)
{
    if (r->rc == NY_OK) {
        r->rc = rc;
    }
}

static ny_str read_text(struct reader *r, const json_t *j)
{
    ny_str s = NY_STR_NONE;

    if (!json_is_string(j)) {
        read_fail(r, NY_ESYNTAX);
    } else if (json_string_length(j) > 0) {
        s = ny_arena_str(r->a, ny_str_of(json_string_value(j), json_string_length(j)));
        if (s.p == NULL) {
            read_fail(r, NY_ELIMIT);
        }
    }
    return s;
}

static int64_t read_int(struct reader *r, const json_t *j)
{
    if (!json_is_integer(j)) {
        read_fail(r, NY_ESYNTAX);
    }
    return json_integer_value(j);
}

/* The stamp that j is the place of; never when j is NULL. */
static struct ny_stamp read_stamp(struct reader *r, const json_t *j)
{
    int64_t i;

    if (j == NULL) {
        return ny_stamp_never();
    }
    i = read_int(r, j);
    if (i < 0 || (uint64_t)i >= r->n) {
        read_fail(r, NY_ESYNTAX);
        return ny_stamp_never();
    }
    return r->stamps[i];
}

static bool hash_parse(ny_str hex, uint8_t out[NY_SHA256_LEN])
{
    if (hex.n != 2 * (size_t)NY_SHA256_LEN) {
        return false;
    }
    for (size_t i = 0; i < NY_SHA256_LEN; i++) {
        int hi = ny_hex_value(hex.p[2 * i]);
        int lo = ny_hex_value(hex.p[2 * i + 1]);

        if (hi < 0 || lo < 0) {
            return false;
        }
        out[i] = (uint8_t)(hi * 16 + lo);
    }
    return true;
}

/* "<at_us>:<hash>:<control id>" */
static void stamp_parse(struct reader *r, const json_t *j, struct ny_stamp *out)
{
    ny_str rest = read_text(r, j);
    ny_str at = ny_str_split(&rest, ':');
    ny_str hash = ny_str_split(&rest, ':');

    if (rest.p == NULL || ny_str_to_i64(at, NY_NEVER + 1, INT64_MAX, &out->at_us) != NY_OK ||
        !hash_parse(hash, out->hash)) {
        read_fail(r, NY_ESYNTAX);
    }
    out->control_id = rest.n > 0 ? rest : NY_STR_NONE;
}

static void read_stamps(struct reader *r, const json_t *list)
{
    size_t n = json_array_size(list); /* 0 when there is none */

    r->stamps = NY_ARENA_ARRAY(r->a, struct ny_stamp, n);
    if (r->stamps == NULL) {
        read_fail(r, NY_ELIMIT);
        return;
    }
    r->n = n;
    for (size_t i = 0; i < n; i++) {
        stamp_parse(r, json_array_get(list, i), &r->stamps[i]);
    }
}

static void read_value(struct reader *r, const struct ny_set_info *info, const json_t *j,
                       struct ny_value *v)
{
    const json_t *first = json_object_get(j, "_f");

    for (size_t i = 0; i < info->n_parts; i++) {
        const json_t *part = json_object_get(j, ny_part_json(info->first_part + i));

        if (part != NULL) {
            v->part[i] = read_text(r, part);
        }
    }
    v->last = read_stamp(r, json_object_get(j, "_l"));
    v->first_us = first != NULL ? read_int(r, first) : v->last.at_us;
}

static void read_set(struct reader *r, enum ny_set_id id, const json_t *j, struct ny_set *s)
{
    const json_t *values = json_object_get(j, "v");
    size_t n = json_array_size(values);

    if (!json_is_object(j) || n > NY_SET_VALUES_MAX) {
        read_fail(r, NY_ESYNTAX);
        return;
    }
    s->said = read_stamp(r, json_object_get(j, "said"));
    s->deleted = read_stamp(r, json_object_get(j, "deleted"));
    if (n == 0) {
        return;
    }
    s->values = NY_ARENA_ARRAY(r->a, struct ny_value, n);
    if (s->values == NULL) {
        read_fail(r, NY_ELIMIT);
        return;
    }
    s->n = n;
    for (size_t i = 0; i < n; i++) {
        read_value(r, ny_set_info(id), json_array_get(values, i), &s->values[i]);
    }
}

static void read_single(struct reader *r, const json_t *j, struct ny_single *s)
{
    if (json_array_size(j) != 2) {
        read_fail(r, NY_ESYNTAX);
        return;
    }
    s->value = read_text(r, json_array_get(j, 0));
    s->stamp = read_stamp(r, json_array_get(j, 1));
}

static void read_claim(struct reader *r, const json_t *j, struct ny_claim *c)
{
    const struct ny_set_info *info = ny_set_info(NY_SET_NAME);
    const json_t *birth = json_object_get(j, "b");
    const json_t *sex = json_object_get(j, "x");
    const json_t *first = json_object_get(j, "_f");

    for (size_t i = 0; i < info->n_parts; i++) {
        const json_t *part = json_object_get(j, ny_part_json(info->first_part + i));

        if (part != NULL) {
            c->name[i] = read_text(r, part);
        }
    }
    c->birth = birth != NULL ? read_text(r, birth) : NY_STR_NONE;
    c->sex = sex != NULL ? read_text(r, sex) : NY_STR_NONE;
    c->last = read_stamp(r, json_object_get(j, "_l"));
    c->first = first != NULL ? read_stamp(r, first) : c->last;
}

/* Without a list (nothing else was ever claimed, or an earlier version wrote the text) the patient
 * claims to be what he is. */
static void read_claims(struct reader *r, const json_t *list, struct ny_patient *p)
{
    size_t n = json_array_size(list);

    if (list == NULL) {
        if (r->rc == NY_OK && ny_patient_claim_say(p, r->a) != NY_OK) {
            read_fail(r, NY_ELIMIT);
        }
        return;
    }
    if (!json_is_array(list) || n > NY_CLAIMS_MAX) {
        read_fail(r, NY_ESYNTAX);
        return;
    }
    p->claims = NY_ARENA_ARRAY(r->a, struct ny_claim, n);
    if (p->claims == NULL) {
        read_fail(r, NY_ELIMIT);
        return;
    }
    p->n_claims = n;
    for (size_t i = 0; i < n; i++) {
        read_claim(r, json_array_get(list, i), &p->claims[i]);
    }
}

ny_rc ny_demographics_read(struct ny_arena *a, ny_str text, struct ny_patient *out)
{
    struct reader r = {.a = a};
    struct ny_patient p;
    json_t *root = json_loadb(text.p != NULL ? text.p : "", text.n, 0, NULL);
    const json_t *first;

    if (!json_is_object(root)) {
        json_decref(root);
        return NY_ESYNTAX;
    }
    ny_patient_init(&p);
    read_stamps(&r, json_object_get(root, "s"));
    p.seen = read_stamp(&r, json_object_get(root, "seen"));
    first = json_object_get(root, "f");
    p.first_us = first != NULL ? read_int(&r, first) : p.seen.at_us;
    for (size_t i = 0; i < NY_SET_COUNT; i++) {
        const json_t *set = json_object_get(root, ny_set_info((enum ny_set_id)i)->json);

        if (set != NULL) {
            read_set(&r, (enum ny_set_id)i, set, &p.sets[i]);
        }
    }
    for (size_t i = 0; i < NY_SINGLE_COUNT; i++) {
        const json_t *single = json_object_get(root, ny_single_json((enum ny_single_id)i));

        if (single != NULL) {
            read_single(&r, single, &p.singles[i]);
        }
    }
    read_claims(&r, json_object_get(root, "claims"), &p);
    json_decref(root);
    if (r.rc == NY_OK) {
        *out = p;
    }
    return r.rc;
}
