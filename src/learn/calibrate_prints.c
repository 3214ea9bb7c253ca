/* A quick look before the comparison: which pairs can be joined at all. A decoy meets everybody who
 * shares its new birth date; nearly all of them have another name and another home. What this look
 * throws out could not be automatic; what it lets pass is compared in full.
 *
 * Automatic needs the given name (or the whole name, or both parts exchanged) to agree, or an
 * insurance that does (GD3, family bar); and, where the model asks for it, a contact (GD15). The
 * contact may come from another record of the two persons (6.3 d), so it is kept by person. Sets of
 * values are kept as bits: a common bit may be chance, no common bit is certain. */

#include "nayose/learn_calibrate.h"

#include "calibrate_priv.h"

struct cal_bits {
    uint64_t v[2];
};

struct cal_print {
    struct cal_bits names; /* of a record */
    uint32_t person;
};

struct cal_contact_print {
    struct cal_bits contacts; /* of a person */
    uint64_t cards;
};

static void bit_set(struct cal_bits *b, uint64_t hash)
{
    b->v[hash >> 6 & 1] |= UINT64_C(1) << (hash & 63);
}

static bool bits_meet(const struct cal_bits *x, const struct cal_bits *y)
{
    return ((x->v[0] & y->v[0]) | (x->v[1] & y->v[1])) != 0;
}

enum { KIND_KANA = 1, KIND_KANJI, KIND_WHOLE_KANA, KIND_WHOLE_KANJI, KIND_BAG };
enum { KIND_POSTAL = 11, KIND_TOWN, KIND_PHONE, KIND_CARD };

static uint64_t numbers_hash(uint64_t kind, uint64_t x, uint64_t y)
{
    uint64_t parts[2] = {x, y};

    return ny_hash64_seeded(ny_str_of((const char *)parts, sizeof(parts)), kind);
}

static void text_put(struct cal_bits *b, uint64_t kind, ny_str s)
{
    if (s.n > 0) {
        bit_set(b, ny_hash64_seeded(s, kind));
    }
}

static void whole_put(struct cal_bits *b, uint64_t kind, ny_str family, ny_str given)
{
    char text[1024];

    if (family.n + given.n > 0 && family.n + given.n <= sizeof(text)) {
        memcpy(text, family.p, family.n);
        if (given.n > 0) {
            memcpy(text + family.n, given.p, given.n);
        }
        text_put(b, kind, ny_str_of(text, family.n + given.n));
    }
}

static void name_put(struct cal_bits *b, const struct ny_record_name *n)
{
    if (n->kanji_unsplit || n->kana_unsplit || (n->kana_given.n == 0 && n->kanji_given.n == 0)) {
        /* where it is cut, and whether a given name is there, is seen in the comparison only */
        *b = (struct cal_bits){
            {UINT64_MAX, UINT64_MAX}
        };
        return;
    }
    text_put(b, KIND_KANA, n->kana_given);
    text_put(b, KIND_KANJI, n->kanji_given);
    whole_put(b, KIND_WHOLE_KANA, n->kana_family, n->kana_given);
    whole_put(b, KIND_WHOLE_KANJI, n->kanji_family, n->kanji_given);
    /* both orders of the reading have one sum */
    bit_set(b,
            ny_hash64_seeded(n->kana_family, KIND_BAG) + ny_hash64_seeded(n->kana_given, KIND_BAG));
    if (n->bag != 0) {
        bit_set(b, numbers_hash(KIND_BAG, n->bag, 0));
    }
}

static void names_print(const struct ny_record *rec, struct cal_bits *out)
{
    *out = (struct cal_bits){0};
    for (size_t i = 0; i < rec->n_names; i++) {
        name_put(out, &rec->names[i]);
    }
}

static void contacts_put(struct cal_contact_print *p, const struct ny_record *rec)
{
    for (size_t i = 0; i < rec->n_addresses; i++) {
        const struct ny_record_address *a = &rec->addresses[i];

        if (a->digits != 0 && a->postal != 0) {
            bit_set(&p->contacts, numbers_hash(KIND_POSTAL, a->postal, a->digits));
        }
        if (a->digits != 0 && a->town != 0) {
            bit_set(&p->contacts,
                    numbers_hash(KIND_TOWN, (uint64_t)a->municipality << 32 | a->town, a->digits));
        }
    }
    for (size_t i = 0; i < rec->n_phones; i++) {
        bit_set(&p->contacts, numbers_hash(KIND_PHONE, rec->phones[i], 0));
    }
    for (size_t i = 0; i < rec->n_insurances; i++) {
        uint64_t h = numbers_hash(KIND_CARD, rec->insurances[i].number, 0);

        if (rec->insurances[i].number != 0) {
            bit_set(&p->contacts, h);
            p->cards |= UINT64_C(1) << (h & 63);
        }
    }
}

/* GD15 shows on a pair of nothing. */
static bool is_contact_required(const struct ny_match_model *m)
{
    static const struct ny_record nothing = {0};
    struct ny_score s;

    ny_match_score(m, &nothing, &nothing, false, &s);
    return (s.guards >> NY_GUARD_GD15 & 1U) != 0;
}

bool cal_prints_take(struct cal_run *r)
{
    uint32_t n = ny_index_count(r->ix);

    r->contact_required = is_contact_required(r->m);
    r->prints = ny_calloc((size_t)n + 1, sizeof(*r->prints));
    r->contact_prints =
        ny_calloc((size_t)ny_index_person_count(r->ix) + 1, sizeof(*r->contact_prints));
    for (uint32_t id = 1; id <= n; id++) {
        struct ny_index_identity x;
        struct ny_record record;

        ny_index_get(r->ix, id, &x);
        r->prints[id].person = x.person;
        if (ny_index_takes_part(r->ix, id) && ny_record_unpack(x.record, &record) == NY_OK) {
            names_print(&record, &r->prints[id].names);
            contacts_put(&r->contact_prints[x.person], &record);
        }
        if (id % 1024 == 0 && !cal_go_on(r, (double)id / n)) {
            return false;
        }
    }
    return true;
}

void cal_prints_free(struct cal_run *r)
{
    ny_free(r->prints);
    ny_free(r->contact_prints);
}

bool cal_may_share_contact(const struct cal_run *r, uint32_t person_a, uint32_t person_b)
{
    return bits_meet(&r->contact_prints[person_a].contacts, &r->contact_prints[person_b].contacts);
}

uint32_t cal_print_person(const struct cal_run *r, uint32_t id)
{
    return r->prints[id].person;
}

bool cal_may_join(const struct cal_run *r, uint32_t a, uint32_t b)
{
    const struct cal_print *x = &r->prints[a];
    const struct cal_print *y = &r->prints[b];

    if (bits_meet(&x->names, &y->names)) {
        return !r->contact_required || cal_may_share_contact(r, x->person, y->person);
    }
    return (r->contact_prints[x->person].cards & r->contact_prints[y->person].cards) != 0;
}
