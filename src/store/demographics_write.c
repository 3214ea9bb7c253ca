/* A patient as JSON text, for identity.demographics and identity_version.demographics.
 *
 *   {"s":    ["1700000000000000:<64 hex digits of the body's hash>:<control id>", …],   stamps,
 * each once "f":    1600000000000000,                  first event time; left out when it is that
 * of "seen" "seen": 0,                                 a stamp by its place in "s", here and below
 *    "names": {"v": [{"kf": "山田", "kg": "太郎", "_l": 0, "_f": 1600000000000000}, …],
 *              "said": 0, "deleted": 1},
 *    "birth_date": ["19500101", 0], …,
 *    "claims": [{"kf": "山田", "kg": "太郎", "b": "19500101", "x": "M", "_l": 0, "_f": 2}, …]}
 *
 * Keys of sets, parts and singles are those of model_fields.def. "_l" is the newest stamp of a
 * value, "_f" its first event time, left out when equal to the stamp's; in a claim "_f" is the
 * place of the oldest stamp, likewise. "claims" is left out when it is the one claim that the
 * newest name, birth date and sex make. What is empty or never is left out. A NUL cannot be held by
 * jsonb: it is written as \u0000, which the server refuses. */

#include "store_priv.h"

enum {
    STAMPS_MAX = 2 * NY_SET_COUNT + NY_SET_COUNT * NY_SET_VALUES_MAX + NY_SINGLE_COUNT +
                 2 * NY_CLAIMS_MAX + 1
};

/* The body is written first and the stamps behind it: their list grows on the way. */
struct writer {
    struct ny_buf *b;
    const struct ny_stamp *stamps[STAMPS_MAX];
    size_t n;
    bool first; /* no comma yet in this object or array */
};

void ny_write_int(struct ny_buf *b, int64_t v)
{
    char digits[24];
    size_t at = sizeof(digits);
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

    do {
        digits[--at] = (char)('0' + u % 10);
        u /= 10;
    } while (u > 0);
    if (v < 0) {
        digits[--at] = '-';
    }
    ny_buf_add(b, ny_str_of(digits + at, sizeof(digits) - at));
}

/* Runs without special characters are copied at once. */
void ny_write_escaped(struct ny_buf *b, ny_str s)
{
    size_t run = 0;

    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        ny_buf_add(b, ny_str_sub(s, run, i - run));
        run = i + 1;
        if (c == '"' || c == '\\') {
            char pair[2] = {'\\', (char)c};

            ny_buf_add(b, ny_str_of(pair, 2));
        } else {
            static const char hex[] = "0123456789abcdef";
            char u[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};

            ny_buf_add(b, ny_str_of(u, 6));
        }
    }
    ny_buf_add(b, ny_str_sub(s, run, s.n - run));
}

static void write_comma(struct writer *w)
{
    if (!w->first) {
        ny_buf_add_char(w->b, ',');
    }
    w->first = false;
}

static void write_key(struct writer *w, const char *key)
{
    write_comma(w);
    ny_buf_add_char(w->b, '"');
    ny_buf_add_c(w->b, key);
    ny_buf_add(w->b, NY_S("\":"));
}

/* Its place in the list, which it joins when it is new. A message's stamp is mostly the last one
 * seen. */
static size_t stamp_index(struct writer *w, const struct ny_stamp *s)
{
    for (size_t i = w->n; i-- > 0;) {
        if (ny_stamp_compare(w->stamps[i], s) == 0) {
            return i;
        }
    }
    NY_ASSERT(w->n < STAMPS_MAX);
    w->stamps[w->n] = s;
    return w->n++;
}

static void write_stamp(struct writer *w, const char *key, const struct ny_stamp *s)
{
    if (s->at_us != NY_NEVER) {
        write_key(w, key);
        ny_write_int(w->b, (int64_t)stamp_index(w, s));
    }
}

static void write_text(struct writer *w, const char *key, ny_str text)
{
    if (!ny_str_is_empty(text)) {
        write_key(w, key);
        ny_buf_add_char(w->b, '"');
        ny_write_escaped(w->b, text);
        ny_buf_add_char(w->b, '"');
    }
}

static void write_value(struct writer *w, const struct ny_set_info *info, const struct ny_value *v)
{
    write_comma(w);
    ny_buf_add_char(w->b, '{');
    w->first = true;
    for (size_t i = 0; i < info->n_parts; i++) {
        write_text(w, ny_part_json(info->first_part + i), v->part[i]);
    }
    write_stamp(w, "_l", &v->last);
    if (v->first_us != v->last.at_us) {
        write_key(w, "_f");
        ny_write_int(w->b, v->first_us);
    }
    ny_buf_add_char(w->b, '}');
    w->first = false;
}

static void write_set(struct writer *w, enum ny_set_id id, const struct ny_set *s)
{
    const struct ny_set_info *info = ny_set_info(id);

    if (s->n == 0 && s->said.at_us == NY_NEVER && s->deleted.at_us == NY_NEVER) {
        return;
    }
    write_key(w, info->json);
    ny_buf_add_char(w->b, '{');
    w->first = true;
    if (s->n > 0) {
        write_key(w, "v");
        ny_buf_add_char(w->b, '[');
        w->first = true;
        for (size_t i = 0; i < s->n; i++) {
            write_value(w, info, &s->values[i]);
        }
        ny_buf_add_char(w->b, ']');
    }
    write_stamp(w, "said", &s->said);
    write_stamp(w, "deleted", &s->deleted);
    ny_buf_add_char(w->b, '}');
    w->first = false;
}

static void write_single(struct writer *w, enum ny_single_id id, const struct ny_single *s)
{
    if (s->stamp.at_us == NY_NEVER) {
        return;
    }
    write_key(w, ny_single_json(id));
    ny_buf_add(w->b, NY_S("[\""));
    ny_write_escaped(w->b, s->value);
    ny_buf_add(w->b, NY_S("\","));
    ny_write_int(w->b, (int64_t)stamp_index(w, &s->stamp));
    ny_buf_add_char(w->b, ']');
}

static void write_claim(struct writer *w, const struct ny_claim *c)
{
    const struct ny_set_info *info = ny_set_info(NY_SET_NAME);

    write_comma(w);
    ny_buf_add_char(w->b, '{');
    w->first = true;
    for (size_t i = 0; i < info->n_parts; i++) {
        write_text(w, ny_part_json(info->first_part + i), c->name[i]);
    }
    write_text(w, "b", c->birth);
    write_text(w, "x", c->sex);
    write_stamp(w, "_l", &c->last);
    if (ny_stamp_compare(&c->first, &c->last) != 0) {
        write_stamp(w, "_f", &c->first);
    }
    ny_buf_add_char(w->b, '}');
    w->first = false;
}

/* The reader makes the same claim of what else is written. */
static bool claims_go_without_saying(const struct ny_patient *p)
{
    struct ny_claim c;

    if (!ny_patient_claim(p, &c)) {
        return p->n_claims == 0;
    }
    return p->n_claims == 1 && ny_claim_is_same(&p->claims[0], &c) &&
           ny_stamp_compare(&p->claims[0].first, &c.first) == 0 &&
           ny_stamp_compare(&p->claims[0].last, &c.last) == 0;
}

static void write_claims(struct writer *w, const struct ny_patient *p)
{
    if (claims_go_without_saying(p)) {
        return;
    }
    write_key(w, "claims");
    ny_buf_add_char(w->b, '[');
    w->first = true;
    for (size_t i = 0; i < p->n_claims; i++) {
        write_claim(w, &p->claims[i]);
    }
    ny_buf_add_char(w->b, ']');
    w->first = false;
}

static void write_stamps(struct writer *w)
{
    if (w->n == 0) {
        return;
    }
    write_key(w, "s");
    ny_buf_add_char(w->b, '[');
    w->first = true;
    for (size_t i = 0; i < w->n; i++) {
        char hash[2 * NY_SHA256_LEN + 1];

        write_comma(w);
        ny_buf_add_char(w->b, '"');
        ny_write_int(w->b, w->stamps[i]->at_us);
        ny_buf_add_char(w->b, ':');
        ny_hex(w->stamps[i]->hash, NY_SHA256_LEN, hash);
        ny_buf_add(w->b, ny_str_of(hash, sizeof(hash) - 1));
        ny_buf_add_char(w->b, ':');
        ny_write_escaped(w->b, w->stamps[i]->control_id);
        ny_buf_add_char(w->b, '"');
    }
    ny_buf_add_char(w->b, ']');
}

void ny_demographics_write(struct ny_buf *b, const struct ny_patient *p)
{
    struct writer w;

    w.b = b;
    w.n = 0;
    w.first = true;
    ny_buf_add_char(b, '{');
    write_stamp(&w, "seen", &p->seen);
    if (p->first_us != p->seen.at_us) {
        write_key(&w, "f");
        ny_write_int(b, p->first_us);
    }
    for (size_t i = 0; i < NY_SET_COUNT; i++) {
        write_set(&w, (enum ny_set_id)i, &p->sets[i]);
    }
    for (size_t i = 0; i < NY_SINGLE_COUNT; i++) {
        write_single(&w, (enum ny_single_id)i, &p->singles[i]);
    }
    write_claims(&w, p);
    write_stamps(&w);
    ny_buf_add_char(b, '}');
}
