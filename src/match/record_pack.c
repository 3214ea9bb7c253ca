/* A patient as a packed record: single values here, names and contacts in their own files. */

#include "record_priv.h"

enum { JAPAN_HOURS = 9, DAY_LAST = 65534 };

int32_t ny_day_in_japan(int64_t at_us)
{
    const int64_t offset = JAPAN_HOURS * INT64_C(3600) * NY_US_PER_SECOND;

    if (at_us < 0) {
        return 0;
    }
    if (at_us > DAY_LAST * NY_US_PER_DAY) {
        return DAY_LAST;
    }
    return (int32_t)((at_us + offset) / NY_US_PER_DAY);
}

/* The birth date; a text that is no date is missing, like a dummy. */
static ny_rc birth_fill(const struct ny_patient *p, struct ny_record *r)
{
    const struct ny_single *s = &p->singles[NY_SINGLE_BIRTH_DATE];
    unsigned flags = 0;
    ny_date day = {0};
    ny_date birth = {0};
    ny_rc rc;

    if (s->stamp.at_us > 0) {
        day = ny_civil_from_days(ny_day_in_japan(s->stamp.at_us));
    }
    rc = ny_text_birth_date_parse(s->value, day, &birth, &flags);
    if (rc == NY_ECHARSET || rc == NY_ELIMIT) {
        return rc;
    }
    if (rc == NY_OK && birth.precision != NY_DATE_NONE && birth.y > 0) {
        r->birth = birth;
    }
    r->flags |=
        rc == NY_OK && (flags & NY_BIRTH_PLACEHOLDER) != 0 ? NY_RECORD_BIRTH_PLACEHOLDER : 0;
    return NY_OK;
}

/* Day of death: PID-29; a bare "dead" counts from the message that said it. */
static int32_t death_day(const struct ny_patient *p)
{
    const struct ny_single *time = &p->singles[NY_SINGLE_DEATH_TIME];
    const struct ny_single *dead = &p->singles[NY_SINGLE_DEATH];
    unsigned flags = 0;
    ny_date d = {0};

    if (ny_patient_has_code(p, NY_SINGLE_DEATH, "N")) {
        return INT32_MAX;
    }
    if (ny_text_birth_date_parse(time->value, (ny_date){0}, &d, &flags) == NY_OK &&
        d.precision == NY_DATE_DAY) {
        return ny_days_from_civil(d.y, d.m, d.d);
    }
    return ny_patient_has_code(p, NY_SINGLE_DEATH, "Y") ? ny_day_in_japan(dead->stamp.at_us)
                                                        : INT32_MAX;
}

static void singles_fill(const struct ny_patient *p, struct ny_record *r)
{
    uint64_t order = 0;

    r->sex = ny_text_sex(p->singles[NY_SINGLE_SEX].value);
    if (ny_str_to_u64(p->singles[NY_SINGLE_BIRTH_ORDER].value, 1, 20, &order) == NY_OK) {
        r->birth_order = (uint8_t)order;
    }
    r->first_day = p->first_us == INT64_MAX ? 0 : ny_day_in_japan(p->first_us);
    r->last_day = p->seen.at_us == NY_NEVER ? 0 : ny_day_in_japan(p->seen.at_us);
    r->death_day = death_day(p);
    r->flags |=
        ny_patient_has_code(p, NY_SINGLE_MULTIPLE_BIRTH, "Y") ? NY_RECORD_MULTIPLE_BIRTH : 0;
    r->flags |= ny_patient_has_code(p, NY_SINGLE_UNDECODABLE, "Y") ? NY_RECORD_UNDECODABLE : 0;
    if (ny_patient_has_code(p, NY_SINGLE_IDENTITY_UNKNOWN, "Y") ||
        ny_patient_has_code(p, NY_SINGLE_RELIABILITY, "AL")) {
        r->flags |= NY_RECORD_IDENTITY_UNKNOWN;
    }
    r->flags |= ny_patient_is_gone(p) ? NY_RECORD_GONE : 0;
    r->flags |= ny_patient_is_practice(p) ? NY_RECORD_TEST : 0;
}

ny_rc ny_record_pack(struct ny_arena *a, const struct ny_patient *p, ny_str *out)
{
    struct ny_record *r = NY_ARENA_NEW(a, struct ny_record);
    ny_rc rc = r != NULL ? birth_fill(p, r) : NY_ELIMIT;

    if (rc != NY_OK) {
        return rc;
    }
    singles_fill(p, r);
    rc = ny_record_fill_names(a, p, r);
    if (rc == NY_OK) {
        rc = ny_record_fill_contacts(a, p, r);
    }
    return rc == NY_OK ? ny_record_encode(a, r, out) : rc;
}
