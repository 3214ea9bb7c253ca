/* Address, phone and insurance (2.6 to 2.8): every value of one record against every value of the
 * other; the best pair counts. Values that the model version marks as shared by many say little. */

#include "match_priv.h"

/* ---- address ---- */

uint64_t ny_address_hash(const struct ny_record_address *a)
{
    uint32_t parts[3] = {a->municipality, a->town, a->digits};

    if (a->town == 0 || a->digits == 0) {
        return 0;
    }
    return ny_hash64_seeded(ny_str_of((const char *)parts, sizeof(parts)), 0xADD2);
}

uint64_t ny_room_hash(const struct ny_record_address *a)
{
    uint64_t parts[2] = {ny_address_hash(a), a->room};

    if (parts[0] == 0 || a->room == 0) {
        return 0;
    }
    return ny_hash64_seeded(ny_str_of((const char *)parts, sizeof(parts)), 0xADD3);
}

/* Many people may share a house, or one room of it; in a house of many an equal room is a home. */
static bool is_shared_home(const struct ny_marks *shared, const struct ny_record_address *a,
                           const struct ny_record_address *b)
{
    if (shared->n == 0) {
        return false;
    }
    if (a->room != 0 && a->room == b->room) {
        return ny_marks_has(shared, ny_room_hash(a)) || ny_marks_has(shared, ny_room_hash(b));
    }
    return ny_marks_has(shared, ny_address_hash(a)) || ny_marks_has(shared, ny_address_hash(b));
}

enum ny_level ny_address_level(const struct ny_record_address *a, const struct ny_record_address *b)
{
    bool municipality = a->municipality != 0 && a->municipality == b->municipality;
    bool postal = a->postal != 0 && a->postal == b->postal;
    bool town = municipality && a->town != 0 && a->town == b->town;

    if (postal || town) {
        if (a->digits == 0 || a->digits != b->digits) {
            return NY_LEVEL_A3;
        }
        return a->room == 0 || b->room == 0 || a->room == b->room ? NY_LEVEL_A1 : NY_LEVEL_A2;
    }
    if (municipality) {
        return NY_LEVEL_A4;
    }
    if (a->municipality != 0 && b->municipality != 0) {
        return NY_LEVEL_A5;
    }
    if (a->postal != 0 && b->postal != 0) {
        /* Only postal codes are left: the first three digits name a district. */
        return a->postal / 10000 == b->postal / 10000 ? NY_LEVEL_A4 : NY_LEVEL_A5;
    }
    return NY_LEVEL_NONE;
}

static void addresses_compare(const struct ny_match_model *m, const struct ny_record *a,
                              const struct ny_record *b, struct ny_contacts *out)
{
    const struct ny_marks *shared = &m->mark[NY_MARK_SHARED_ADDRESS];

    out->address = NY_LEVEL_NONE;
    out->shared_address = false;
    for (size_t i = 0; i < a->n_addresses; i++) {
        for (size_t k = 0; k < b->n_addresses; k++) {
            enum ny_level l = ny_address_level(&a->addresses[i], &b->addresses[k]);
            bool is_shared = false;

            if ((l == NY_LEVEL_A1 || l == NY_LEVEL_A2) &&
                is_shared_home(shared, &a->addresses[i], &b->addresses[k])) {
                l = NY_LEVEL_A3;
                is_shared = true;
            }
            if (l == NY_LEVEL_NONE || (out->address != NY_LEVEL_NONE && l > out->address)) {
                continue;
            }
            /* Of two pairs at one level the one that is not shared counts. */
            out->shared_address = l == out->address ? out->shared_address && is_shared : is_shared;
            out->address = (uint8_t)l;
        }
    }
}

/* ---- phone ---- */

static uint8_t phones_compare(const struct ny_marks *shared, const struct ny_record *a,
                              const struct ny_record *b)
{
    bool has_a = false;
    bool has_b = false;

    for (size_t k = 0; k < b->n_phones; k++) {
        has_b = has_b || !ny_marks_has(shared, b->phones[k]);
    }
    for (size_t i = 0; i < a->n_phones; i++) {
        if (ny_marks_has(shared, a->phones[i])) {
            continue;
        }
        has_a = true;
        for (size_t k = 0; k < b->n_phones; k++) {
            if (a->phones[i] == b->phones[k]) {
                return NY_LEVEL_P1;
            }
        }
    }
    return has_a && has_b ? NY_LEVEL_P2 : NY_LEVEL_NONE;
}

/* ---- insurance ---- */

enum { LAW_LATE_STAGE = 39, LAW_DIVISOR = 1000000, PREFECTURE_DIVISOR = 10000 };

/* Late-stage elderly of one prefecture: the insurer number names the city, the number stays. */
static bool is_same_late_stage(const struct ny_record_insurance *a,
                               const struct ny_record_insurance *b)
{
    return a->insurer / LAW_DIVISOR == LAW_LATE_STAGE && a->number != 0 &&
           a->insurer / PREFECTURE_DIVISOR == b->insurer / PREFECTURE_DIVISOR &&
           a->number == b->number;
}

static bool is_same_card(const struct ny_record_insurance *a, const struct ny_record_insurance *b)
{
    return a->insurer == b->insurer && a->number != 0 && a->number == b->number;
}

static bool do_branches_differ(const struct ny_record_insurance *a,
                               const struct ny_record_insurance *b)
{
    return a->branch >= 0 && b->branch >= 0 && a->branch != b->branch;
}

static enum ny_level insurance_level(const struct ny_record_insurance *a,
                                     const struct ny_record_insurance *b)
{
    if (a->insurer == 0 || b->insurer == 0) {
        return NY_LEVEL_NONE;
    }
    if (is_same_late_stage(a, b)) {
        return NY_LEVEL_I1;
    }
    if (a->insurer != b->insurer) {
        return NY_LEVEL_I5;
    }
    if (!is_same_card(a, b)) {
        return NY_LEVEL_I3;
    }
    if (a->branch < 0 || b->branch < 0) {
        return NY_LEVEL_I2;
    }
    if (a->branch == b->branch) {
        return NY_LEVEL_I1;
    }
    /* A branch number that was used again later says no more than the insurer. */
    return a->from_day <= b->to_day && b->from_day <= a->to_day ? NY_LEVEL_I4 : NY_LEVEL_I3;
}

/* Which of several pairs counts. Two branches in one period outweigh the same card without a
 * branch: a twin must not hide behind an old card of the family. */
static int insurance_rank(enum ny_level l)
{
    static const enum ny_level order[] = {NY_LEVEL_I1, NY_LEVEL_I4, NY_LEVEL_I2, NY_LEVEL_I3,
                                          NY_LEVEL_I5};
    int rank = 0;

    while (rank < (int)NY_ARRAY_LEN(order) && order[rank] != l) {
        rank++;
    }
    return rank;
}

static uint8_t insurances_compare(const struct ny_record *a, const struct ny_record *b)
{
    enum ny_level best = NY_LEVEL_NONE;

    for (size_t i = 0; i < a->n_insurances; i++) {
        for (size_t k = 0; k < b->n_insurances; k++) {
            enum ny_level l = insurance_level(&a->insurances[i], &b->insurances[k]);

            if (insurance_rank(l) < insurance_rank(best)) {
                best = l;
            }
        }
    }
    return (uint8_t)best;
}

bool ny_insurance_branches_differ(const struct ny_record *a, const struct ny_record *b)
{
    for (size_t i = 0; i < a->n_insurances; i++) {
        for (size_t k = 0; k < b->n_insurances; k++) {
            const struct ny_record_insurance *x = &a->insurances[i];
            const struct ny_record_insurance *y = &b->insurances[k];

            if (is_same_card(x, y) && x->insurer / LAW_DIVISOR != LAW_LATE_STAGE &&
                do_branches_differ(x, y)) {
                return true;
            }
        }
    }
    return false;
}

void ny_contacts_compare(const struct ny_match_model *m, const struct ny_record *a,
                         const struct ny_record *b, struct ny_contacts *out)
{
    addresses_compare(m, a, b, out);
    out->phone = phones_compare(&m->mark[NY_MARK_SHARED_PHONE], a, b);
    out->insurance = insurances_compare(a, b);
}
