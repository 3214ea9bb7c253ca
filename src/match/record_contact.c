/* Addresses, phones and insurances of a record: live values in canonical order (the current ones
 * are the newest, so they come first), folded to hashes, without repetitions, at most 8 of each. */

#include "record_priv.h"

enum { GUESSED_DAYS = 365, LAW_LATE_STAGE = 39, LAW_DIVISOR = 1000000 };

uint32_t ny_hash32(ny_str s)
{
    uint32_t h = (uint32_t)(ny_hash64(s) >> 32);

    if (s.n == 0) {
        return 0;
    }
    return h != 0 ? h : 1;
}

/* ---- address ---- */

ny_str ny_address_text(struct ny_arena *a, const struct ny_value *v)
{
    ny_str whole = ny_value_part(v, NY_PART_ADDRESS_WHOLE);
    struct ny_buf b;

    if (whole.n > 0) {
        return whole;
    }
    ny_buf_init(&b, a);
    ny_buf_add(&b, ny_value_part(v, NY_PART_ADDRESS_STATE));
    ny_buf_add(&b, ny_value_part(v, NY_PART_ADDRESS_CITY));
    ny_buf_add(&b, ny_value_part(v, NY_PART_ADDRESS_STREET));
    ny_buf_add_c(&b, " ");
    ny_buf_add(&b, ny_value_part(v, NY_PART_ADDRESS_OTHER));
    return ny_buf_str(&b);
}

static void address_add(struct ny_record *r, const struct ny_record_address *a)
{
    if (a->postal == 0 && a->municipality == 0 && a->town == 0) {
        return;
    }
    for (size_t i = 0; i < r->n_addresses; i++) {
        struct ny_record_address *x = &r->addresses[i];

        if (x->postal == a->postal && x->municipality == a->municipality && x->town == a->town &&
            x->digits == a->digits && x->room == a->room) {
            x->first_day = a->first_day < x->first_day ? a->first_day : x->first_day;
            return;
        }
    }
    if (r->n_addresses < NY_RECORD_CONTACTS_MAX) {
        r->addresses[r->n_addresses++] = *a;
    }
}

static ny_rc addresses_fill(struct ny_arena *a, const struct ny_set *s, struct ny_record *r)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct ny_value *v = &s->values[i];
        struct ny_text_address t = {0};
        ny_rc rc;

        if (!ny_value_is_live(s, v)) {
            continue;
        }
        rc = ny_text_address_fold(a, ny_address_text(a, v),
                                  ny_value_part(v, NY_PART_ADDRESS_POSTAL), &t);
        if (rc != NY_OK) {
            return rc;
        }
        address_add(r, &(struct ny_record_address){.postal = t.postal,
                                                   .municipality = ny_hash32(t.municipality),
                                                   .town = ny_hash32(t.town),
                                                   .digits = ny_hash32(t.digits),
                                                   .room = ny_hash32(t.room),
                                                   .first_day = ny_day_in_japan(v->first_us)});
    }
    return NY_OK;
}

/* ---- phone ---- */

static void phones_fill(const struct ny_set *s, struct ny_record *r)
{
    for (size_t i = 0; i < s->n && r->n_phones < NY_RECORD_CONTACTS_MAX; i++) {
        uint64_t number = 0;
        bool known = false;

        if (ny_value_is_live(s, &s->values[i])) {
            number = ny_text_phone_fold(ny_value_part(&s->values[i], NY_PART_PHONE_NUMBER)).number;
        }
        for (size_t k = 0; k < r->n_phones; k++) {
            known = known || r->phones[k] == number;
        }
        if (number != 0 && !known) {
            r->phones[r->n_phones++] = number;
        }
    }
}

/* ---- insurance ---- */

/* The day of YYYYMMDD, or guessed where there is none. */
static int32_t day_or(ny_str text, int32_t guessed)
{
    ny_str digits = ny_str_sub(ny_str_trim(text), 0, 8);
    uint64_t v = 0;
    int y;

    if (digits.n != 8 || !ny_str_is_digits(digits) ||
        ny_str_to_u64(digits, 0, 99999999, &v) != NY_OK) {
        return guessed;
    }
    y = (int)(v / 10000);
    if (v == 99999999 || y >= 2149) {
        return INT32_MAX / 2; /* open end */
    }
    return ny_date_is_valid(y, (int)(v / 100 % 100), (int)(v % 100))
               ? ny_days_from_civil(y, (int)(v / 100 % 100), (int)(v % 100))
               : guessed;
}

/* Symbol and number; for late-stage elderly the number alone is personal. 0 without a number. */
static ny_rc card_number(struct ny_arena *a, const struct ny_text_insurance *t, uint64_t *out)
{
    struct ny_buf b;

    *out = 0;
    if (t->number.n == 0) {
        return NY_OK;
    }
    ny_buf_init(&b, a);
    if (t->insurer / LAW_DIVISOR != LAW_LATE_STAGE) {
        ny_buf_add(&b, t->symbol);
    }
    ny_buf_add_char(&b, '\n');
    ny_buf_add(&b, t->number);
    if (b.failed) {
        return NY_ELIMIT;
    }
    *out = ny_hash64(ny_buf_str(&b));
    *out = *out != 0 ? *out : 1;
    return NY_OK;
}

/* One card said twice (branch and number equal) keeps the wider period. */
static void insurance_add(struct ny_record *r, const struct ny_record_insurance *n)
{
    for (size_t i = 0; i < r->n_insurances; i++) {
        struct ny_record_insurance *x = &r->insurances[i];

        if (x->insurer == n->insurer && x->branch == n->branch && x->number == n->number) {
            x->from_day = n->from_day < x->from_day ? n->from_day : x->from_day;
            x->to_day = n->to_day > x->to_day ? n->to_day : x->to_day;
            return;
        }
    }
    if (r->n_insurances < NY_RECORD_CONTACTS_MAX) {
        r->insurances[r->n_insurances++] = *n;
    }
}

static ny_rc insurances_fill(struct ny_arena *a, const struct ny_set *s, struct ny_record *r)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct ny_value *v = &s->values[i];
        struct ny_record_insurance n = {0};
        struct ny_text_insurance t = {0};
        ny_rc rc;

        if (!ny_value_is_live(s, v)) {
            continue;
        }
        rc = ny_text_insurance_fold(a, ny_value_part(v, NY_PART_INSURANCE_INSURER),
                                    ny_value_part(v, NY_PART_INSURANCE_SYMBOL),
                                    ny_value_part(v, NY_PART_INSURANCE_NUMBER),
                                    ny_value_part(v, NY_PART_INSURANCE_BRANCH), &t);
        if (rc == NY_OK) {
            rc = card_number(a, &t, &n.number);
        }
        if (rc != NY_OK) {
            return rc;
        }
        n.insurer = t.insurer;
        n.branch = t.branch;
        n.from_day = day_or(ny_value_part(v, NY_PART_INSURANCE_FROM),
                            ny_day_in_japan(v->first_us) - GUESSED_DAYS);
        n.to_day = day_or(ny_value_part(v, NY_PART_INSURANCE_TO),
                          ny_day_in_japan(v->last.at_us) + GUESSED_DAYS);
        if (n.insurer != 0) {
            insurance_add(r, &n);
        }
    }
    return NY_OK;
}

ny_rc ny_record_fill_contacts(struct ny_arena *a, const struct ny_patient *p, struct ny_record *r)
{
    ny_rc rc = addresses_fill(a, &p->sets[NY_SET_ADDRESS], r);

    phones_fill(&p->sets[NY_SET_PHONE], r);
    return rc == NY_OK ? insurances_fill(a, &p->sets[NY_SET_INSURANCE], r) : rc;
}
