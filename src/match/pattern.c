/* What learning sees: the levels of a pair, and the values by which pairs are brought together (4).
 * The formulas behind them are those of the comparison itself. */

#include "match_priv.h"

enum {
    BLOCK_SEED = 0x7E00,
    LAW_LATE_STAGE = 39,
    LAW_DIVISOR = 1000000 /* the insurer's first two digits */
};

static const double household_dependence = 1.0 / 1024;

enum ny_level ny_level_mode(enum ny_level l)
{
    static const enum ny_level first_last[][2] = {
        {NY_LEVEL_G1,  NY_LEVEL_G7 },
        {NY_LEVEL_N1,  NY_LEVEL_N4 },
        {NY_LEVEL_J1,  NY_LEVEL_J3 },
        {NY_LEVEL_S1,  NY_LEVEL_S6 },
        {NY_LEVEL_SN1, NY_LEVEL_SN4},
        {NY_LEVEL_SJ1, NY_LEVEL_SJ3},
        {NY_LEVEL_D1,  NY_LEVEL_D8 },
        {NY_LEVEL_X1,  NY_LEVEL_X2 },
        {NY_LEVEL_A1,  NY_LEVEL_A5 },
        {NY_LEVEL_P1,  NY_LEVEL_P2 },
        {NY_LEVEL_I1,  NY_LEVEL_I5 },
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(first_last); i++) {
        if (l >= first_last[i][0] && l <= first_last[i][1]) {
            return first_last[i][0];
        }
    }
    return NY_LEVEL_NONE;
}

enum ny_field ny_level_field(enum ny_level l)
{
    return (enum ny_field)ny_level_info(l)->field;
}

void ny_match_pattern(const struct ny_match_model *m, const struct ny_record *a,
                      const struct ny_record *b, struct ny_pattern *out, struct ny_score *score)
{
    struct ny_comparison c;

    ny_compare(m, a, b, false, NULL, &c);
    *out = (struct ny_pattern){.male = c.e.male};
    memcpy(out->level, c.e.level, sizeof(out->level));
    if (c.e.whole_name) { /* the level of two names at once teaches about neither */
        out->level[NY_FIELD_GIVEN] = NY_LEVEL_NONE;
    }
    if (score != NULL) {
        ny_comparison_score(m, a, b, &c, score);
    }
}

double ny_pattern_household_factor(const struct ny_pattern *p)
{
    return p->level[NY_FIELD_BIRTH] == NY_LEVEL_D1 &&
                   ny_level_info(p->level[NY_FIELD_GIVEN])->given_agrees
               ? household_dependence
               : 1;
}

/* ---- block values ---- */

struct values {
    const struct ny_match_model *m;
    const struct ny_record *r;
    enum ny_block block;
    uint64_t *out;
    size_t n;
};

static void value_put(struct values *v, uint64_t value)
{
    for (size_t i = 0; i < v->n; i++) {
        if (v->out[i] == value) {
            return;
        }
    }
    if (v->n < NY_BLOCK_VALUES_MAX) {
        v->out[v->n++] = value;
    }
}

static void value_hash(struct values *v, uint64_t number, ny_str name)
{
    struct {
        uint64_t number;
        char name[NY_NAME_PART_MAX * 2 + 1];
    } text = {.number = number};

    NY_ASSERT(name.n <= sizeof(text.name));
    memcpy(text.name, name.p, name.n);
    value_put(v, ny_hash64_seeded(
                     ny_str_of((const char *)&text, offsetof(__typeof__(text), name) + name.n),
                     BLOCK_SEED + (uint64_t)v->block));
}

static uint64_t date_number(ny_date d)
{
    return (uint64_t)(uint16_t)d.y * 10000 + (uint64_t)d.m * 100 + d.d;
}

/* T1 and T2: by the reading of each name variant. */
static void add_readings(struct values *v, const struct ny_record_name *n)
{
    char text[NY_NAME_PART_MAX * 2 + 1];
    ny_str family = ny_kana_k3(ny_str_sub(n->kana_family, 0, NY_NAME_PART_MAX), text);
    char *rest = text + family.n;
    ny_str given;

    *rest++ = '/';
    given = ny_kana_k3(ny_str_sub(n->kana_given, 0, NY_NAME_PART_MAX), rest);
    if (n->kana_unsplit || given.n == 0) {
        return;
    }
    if (v->block == NY_BLOCK_T1) {
        if (v->r->birth.precision == NY_DATE_DAY) {
            value_hash(v, date_number(v->r->birth), given);
        }
    } else if (family.n > 0 && v->r->sex != 0) {
        value_hash(v, (uint64_t)v->r->sex, ny_str_of(text, family.n + 1 + given.n));
    }
}

static void add_phones(struct values *v)
{
    const struct ny_record *r = v->r;

    for (size_t i = 0; i < r->n_phones; i++) {
        if (ny_marks_has(&v->m->mark[NY_MARK_SHARED_PHONE], r->phones[i])) {
            continue;
        }
        if (v->block == NY_BLOCK_PHONE) {
            value_put(v, r->phones[i]);
        } else if (r->birth.precision != NY_DATE_NONE) {
            value_hash(v, r->phones[i], ny_str_of((const char *)&r->birth.y, sizeof(r->birth.y)));
        }
    }
}

/* The house; of a house that many share the room. */
static void add_addresses(struct values *v)
{
    const struct ny_marks *shared = &v->m->mark[NY_MARK_SHARED_ADDRESS];

    for (size_t i = 0; i < v->r->n_addresses; i++) {
        uint64_t hash = ny_address_hash(&v->r->addresses[i]);

        if (hash != 0 && ny_marks_has(shared, hash)) {
            hash = ny_room_hash(&v->r->addresses[i]);
            hash = ny_marks_has(shared, hash) ? 0 : hash;
        }
        if (hash != 0) {
            value_put(v, hash);
        }
    }
}

/* A card of the late-stage elderly names one person, not a family. */
static void add_cards(struct values *v)
{
    for (size_t i = 0; i < v->r->n_insurances; i++) {
        const struct ny_record_insurance *in = &v->r->insurances[i];

        if (in->insurer != 0 && in->number != 0 && in->insurer / LAW_DIVISOR != LAW_LATE_STAGE) {
            value_hash(v, in->number, ny_str_of((const char *)&in->insurer, sizeof(in->insurer)));
        }
    }
}

size_t ny_match_block_values(const struct ny_match_model *m, enum ny_block block,
                             const struct ny_record *r, uint64_t out[NY_BLOCK_VALUES_MAX])
{
    struct values v = {.m = m, .r = r, .block = block, .out = out};

    switch (block) {
    case NY_BLOCK_T1:
    case NY_BLOCK_T2:
        for (size_t i = 0; i < r->n_names; i++) {
            add_readings(&v, &r->names[i]);
        }
        break;
    case NY_BLOCK_T3:
    case NY_BLOCK_PHONE:
        add_phones(&v);
        break;
    case NY_BLOCK_ADDRESS:
        add_addresses(&v);
        break;
    case NY_BLOCK_CARD:
        add_cards(&v);
        break;
    case NY_BLOCK_COUNT:
        break;
    }
    return v.n;
}

uint64_t ny_match_who(const struct ny_record *r)
{
    char k4[NY_NAME_PART_MAX];
    ny_str given = NY_STR_NONE;

    if (r->n_names > 0) {
        given = ny_kana_k4(ny_str_sub(r->names[0].kana_given, 0, NY_NAME_PART_MAX), k4);
        given = given.n > 0 ? given : r->names[0].kanji_given;
    }
    return ny_hash64_seeded(given, date_number(r->birth) * UINT64_C(0x9E3779B97F4A7C15));
}
