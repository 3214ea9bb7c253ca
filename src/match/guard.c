/* Guards of a pair (6.2), judged on levels and records after the score; and the band (6.1). */

#include "match_priv.h"

enum { AFTER_DEATH_DAYS = 30 };

static bool is_one_of(uint8_t level, enum ny_level a, enum ny_level b, enum ny_level c)
{
    return level == a || level == b || level == c;
}

/* What the guards ask of the levels, said once. */
struct facts {
    uint8_t given, surname, birth, sex;
    bool same_house, phone, i1, i2, i4;
    bool given_agrees; /* G1–G5, N1, J1, SWAP */
    bool contact;      /* A1, A2, phone, I1, I2 */
    bool full_dates;
};

static struct facts facts_of(const struct ny_record *a, const struct ny_record *b,
                             const struct ny_comparison *c)
{
    uint8_t address = c->e.level[NY_FIELD_ADDRESS];
    uint8_t insurance = c->e.level[NY_FIELD_INSURANCE];
    struct facts f = {.given = c->e.level[NY_FIELD_GIVEN],
                      .surname = c->e.level[NY_FIELD_SURNAME],
                      .birth = c->e.level[NY_FIELD_BIRTH],
                      .sex = c->e.level[NY_FIELD_SEX],
                      .same_house = address == NY_LEVEL_A1 || address == NY_LEVEL_A2,
                      .phone = c->e.level[NY_FIELD_PHONE] == NY_LEVEL_P1,
                      .i1 = insurance == NY_LEVEL_I1,
                      .i2 = insurance == NY_LEVEL_I2,
                      .i4 = insurance == NY_LEVEL_I4};

    f.given_agrees = ny_level_info(f.given)->given_agrees;
    f.contact = f.same_house || f.phone || f.i1 || f.i2;
    f.full_dates = a->birth.precision == NY_DATE_DAY && b->birth.precision == NY_DATE_DAY;
    return f;
}

/* GD1: in one hospital two ids are two people unless everything agrees. */
static bool is_doubtful_duplicate(const struct facts *f, const struct ny_record *a,
                                  const struct ny_record *b, const struct ny_comparison *c)
{
    bool given = is_one_of(f->given, NY_LEVEL_G1, NY_LEVEL_N1, NY_LEVEL_J1);
    bool surname =
        c->e.whole_name || is_one_of(f->surname, NY_LEVEL_S1, NY_LEVEL_SN1, NY_LEVEL_SJ1);
    bool contact = f->phone || f->i1 || c->e.level[NY_FIELD_ADDRESS] == NY_LEVEL_A1;
    bool order = a->birth_order != 0 && b->birth_order != 0 && a->birth_order != b->birth_order;

    return !given || !surname || f->birth != NY_LEVEL_D1 || f->sex != NY_LEVEL_X1 || !contact ||
           order || ny_insurance_branches_differ(a, b);
}

/* GD3: born together and at home together, but the given name is not the same. Partial dates that
 * agree as far as they go count as equal. */
static bool is_twin_pattern(const struct facts *f)
{
    bool date = f->birth == NY_LEVEL_D1 || f->birth == NY_LEVEL_D2 || f->birth == NY_LEVEL_D3 ||
                f->birth == NY_LEVEL_D4 || f->birth == NY_LEVEL_D5 || f->birth == NY_LEVEL_DP_M ||
                f->birth == NY_LEVEL_DP_Y;

    return date && (f->same_house || f->phone || f->i2 || f->i4) && !f->given_agrees && !f->i1;
}

/* GD5: one name, one home, two birth dates. */
static bool is_namesake_at_home(const struct facts *f, const struct ny_comparison *c)
{
    bool surname = c->e.whole_name ? f->given_agrees
                                   : (f->surname >= NY_LEVEL_S1 && f->surname <= NY_LEVEL_S4) ||
                                         f->surname == NY_LEVEL_SN1 || f->surname == NY_LEVEL_SJ1;

    return surname && (f->same_house || f->phone) && c->name.reading_equal && f->full_dates &&
           (f->birth == NY_LEVEL_D7 || f->birth == NY_LEVEL_D8);
}

/* GD6: a boy and a girl twin never share a name. */
static bool is_sex_in_doubt(const struct facts *f)
{
    bool given = (f->given >= NY_LEVEL_G1 && f->given <= NY_LEVEL_G4) ||
                 is_one_of(f->given, NY_LEVEL_N1, NY_LEVEL_J1, NY_LEVEL_SWAP);

    return f->sex == NY_LEVEL_X2 && !(given && f->birth == NY_LEVEL_D1 && f->contact);
}

static bool is_seen_after_death(const struct ny_record *dead, const struct ny_record *other)
{
    return dead->death_day != INT32_MAX &&
           (int64_t)other->last_day > (int64_t)dead->death_day + AFTER_DEATH_DAYS;
}

/* GD12: without what many people share the pair would not link. Shared phones weigh nothing as it
 * is. */
static bool does_rest_on_shared(const struct ny_match_model *m, const struct ny_comparison *c)
{
    int32_t total = c->w.total;
    int32_t date = c->w.field[NY_FIELD_BIRTH] + c->w.rarity[NY_RARITY_BIRTH];
    int32_t address = c->w.field[NY_FIELD_ADDRESS];

    if (!c->spike && !c->shared_address) {
        return false;
    }
    total -= c->spike && date > 0 ? date : 0;
    total -= c->shared_address && address > 0 ? address : 0;
    return total < ny_match_model_tau_b1024(m);
}

uint32_t ny_guards_judge(const struct ny_match_model *m, const struct ny_record *a,
                         const struct ny_record *b, const struct ny_comparison *c)
{
    struct facts f = facts_of(a, b, c);
    const struct {
        enum ny_guard guard;
        bool fires;
    } rows[] = {
        {NY_GUARD_GD1,                 c->e.same_authority && is_doubtful_duplicate(&f,                    a, b, c)},
        {NY_GUARD_GD3,                           is_twin_pattern(&f)                                                                                          },
        {NY_GUARD_GD4,                 ((a->flags | b->flags) & NY_RECORD_NEWBORN) != 0                                     },
        {NY_GUARD_GD5,                 is_namesake_at_home(&f,                   c)},
        {NY_GUARD_GD6,                 is_sex_in_doubt(&f)                                            },
        {NY_GUARD_GD7,                            f.full_dates && (f.birth == NY_LEVEL_D7 || f.birth == NY_LEVEL_D8)                                                                                  },
        {NY_GUARD_GD8,                            f.i4                                      },
        {NY_GUARD_GD9,                            is_seen_after_death(a, b) || is_seen_after_death(b, a)},
        {NY_GUARD_GD11,                            ny_record_stands_alone(a) || ny_record_stands_alone(b)                                            },
        {NY_GUARD_GD12, does_rest_on_shared(m,                                                                 c)},
        {NY_GUARD_GD15,                m->setting[NY_SETTING_require_contact] != 0 && !f.contact},
    };
    uint32_t bits = 0;

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        bits |= rows[i].fires ? 1U << rows[i].guard : 0;
    }
    return bits;
}

/* ---- band ---- */

bool ny_match_is_edge(const struct ny_score *s)
{
    return s->total_b1024 >= NY_TOTAL_REVIEW_B1024;
}

enum ny_band ny_match_band(const struct ny_match_model *m, const struct ny_score *s)
{
    if (!ny_match_is_edge(s)) {
        return NY_BAND_NONE;
    }
    if (s->guards == 0) {
        return s->total_b1024 >= ny_match_model_tau_b1024(m) ? NY_BAND_AUTO : NY_BAND_REVIEW;
    }
    if (s->guards == 1U << NY_GUARD_GD15) {
        return NY_BAND_PARKED;
    }
    for (int g = 0; g < NY_GUARD_COUNT; g++) {
        enum ny_guard_effect_kind effect = ny_guard_effect((enum ny_guard)g);

        if ((s->guards >> g & 1U) != 0 &&
            (effect == NY_EFFECT_HARD || effect == NY_EFFECT_NONLINK)) {
            return NY_BAND_NONE; /* a clerk could only say what the guard says */
        }
    }
    /* Twins are asked about only where one person is the likelier story. */
    if ((s->guards >> NY_GUARD_GD3 & 1U) != 0 && s->total_b1024 < 0) {
        return NY_BAND_NONE;
    }
    return NY_BAND_REVIEW;
}
