/* What a facility holds of a person. The rates are those of the error model for a PAIR of records
 * of one person; each of the two records has half of it (or, for what is missing, about half). */

#include "view.h"

#include "text.h"

#include "nayose/base.h"

#define HALF 0.5

/* rate per pair → rate per record */
#define R_SURNAME_SLIP (.008 * HALF)
#define R_GIVEN_SLIP (.010 * HALF)
#define R_KANJI_SLIP (.016 * HALF)
#define R_NO_KANJI (.03 * HALF)
#define R_NO_KANA (.02 * HALF)
#define R_SEX (.0008 * HALF)
#define R_SWAPPED (.0005 * HALF)
#define R_NO_ADDRESS (.10 * HALF)
#define R_NO_PHONE (.25 * HALF * 1.07)
#define R_NO_CARD (.30 * HALF * 1.09)
#define R_OTHER_PHONE .15 /* the second number of the person; differs in a quarter of the pairs */
#define R_BOTH_PHONES .08

static const struct {
    double rate; /* per pair */
    enum pop_error kind;
} birth_errors[] = {
    {.0015, POP_ERROR_BIRTH_DAY      },
    {.0010, POP_ERROR_BIRTH_YEAR     },
    {.0005, POP_ERROR_BIRTH_ERA      },
    {.0004, POP_ERROR_BIRTH_EXCHANGED},
    {.0005, POP_ERROR_BIRTH_DUMMY    },
    {.0005, POP_ERROR_BIRTH_JANUARY  },
};

const char *pop_error_name(enum pop_error e)
{
    static const char *const names[] = {
#define POP_ERROR(id, name) name,
#include "tbl/errors.def"
#undef POP_ERROR
    };

    return names[e];
}

/* Notes what was done to the record. */
static void mark(struct pop_view *v, enum pop_error e, bool done)
{
    v->errors |= done ? 1U << e : 0;
}

int32_t pop_record_day(uint32_t time_s)
{
    return POP_DAY_FIRST + (int32_t)(time_s / 86400U);
}

/* ---- birth date ---- */

static void birth_wrong(struct pop_rng *r, enum pop_error kind, ny_date *d)
{
    /* years between two era names that clerks mix up: 昭和/平成, 大正/昭和, 平成/令和 */
    static const int era_gap[] = {63, 14, 30};
    int change = pop_rng_chance(r, .5) ? 1 : -1;
    uint8_t m = d->m;

    if (kind == POP_ERROR_BIRTH_DAY) {
        d->d = (uint8_t)(d->d > 9 ? d->d - 9 : d->d + 10); /* one digit */
    } else if (kind == POP_ERROR_BIRTH_YEAR) {
        d->y = (int16_t)(d->y + change * (pop_rng_chance(r, .3) ? 10 : 1));
    } else if (kind == POP_ERROR_BIRTH_ERA) {
        d->y = (int16_t)(d->y + (d->y < 1963 ? 63 : -era_gap[pop_rng_below(r, 3)]));
    } else if (kind == POP_ERROR_BIRTH_EXCHANGED && d->d <= 12) {
        d->m = d->d;
        d->d = m;
    }
    if (!ny_date_is_valid(d->y, d->m, d->d)) {
        d->d = 28;
    }
}

static double birth_rate(const struct pop_habits *h, enum pop_error kind)
{
    return kind == POP_ERROR_BIRTH_ERA                                        ? h->era_slip / 100.0
           : kind == POP_ERROR_BIRTH_DUMMY || kind == POP_ERROR_BIRTH_JANUARY ? h->no_birth / 100.0
                                                                              : 1.0;
}

static void birth_write(struct pop_view *v, ny_date d, uint8_t precision)
{
    v->birth[0] = '\0';
    pop_cat_number(v->birth, sizeof v->birth, (uint32_t)d.y, 4);
    if (precision >= NY_DATE_MONTH) {
        pop_cat_number(v->birth, sizeof v->birth, d.m, 2);
    }
    if (precision >= NY_DATE_DAY) {
        pop_cat_number(v->birth, sizeof v->birth, d.d, 2);
    }
}

static void birth_make(const struct pop_options *o, struct pop_rng *r, const struct pop_person *p,
                       const struct pop_habits *h, struct pop_view *out)
{
    ny_date d = ny_civil_from_days(p->birth);
    ny_date told = d;
    double how = pop_rng_unit(r); /* how little is known */

    if (p->kind == POP_UNKNOWN) {
        pop_copy(out->birth, sizeof out->birth, h->dummy_birth);
        return;
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(birth_errors); i++) {
        enum pop_error kind = birth_errors[i].kind;

        if (!pop_rng_chance(r, birth_errors[i].rate * HALF * o->errors * birth_rate(h, kind))) {
            continue;
        }
        if (kind == POP_ERROR_BIRTH_DUMMY) {
            pop_copy(out->birth, sizeof out->birth, h->dummy_birth);
            mark(out, kind, true);
            return;
        }
        if (kind == POP_ERROR_BIRTH_JANUARY) {
            told.m = how < .7 ? 1 : told.m;
            told.d = 1;
            birth_write(out, told,
                        how < .7    ? NY_DATE_DAY
                        : how < .85 ? NY_DATE_MONTH
                                    : NY_DATE_YEAR);
            mark(out, kind, true);
            return;
        }
        birth_wrong(r, kind, &told);
        mark(out, kind, !ny_date_equals(told, d));
        break;
    }
    birth_write(out, told, NY_DATE_DAY);
}

/* ---- names ---- */

/* What is written while a baby has no name. */
static void baby_name(struct pop_rng *r, const struct pop_household *h, const struct pop_person *p,
                      struct pop_view *out)
{
    static const struct pop_name forms[] = {
        {"ベビー", "ベビー"      },
        {"児",       "ジ"            },
        {"第１子", "ダイイチシ"}
    };
    static const struct pop_name by_sex[2] = {
        {"女児", "ジョジ"},
        {"男児", "ダンジ"}
    };
    static const struct pop_name twins[2] = {
        {"Ａ児", "エイジ"},
        {"Ｂ児", "ビージ"}
    };
    const struct pop_person *mother =
        h->person[0].sex == 'F' || h->n < 2 ? &h->person[0] : &h->person[1];
    uint32_t v = pop_rng_below(r, 5);

    if (p->twin_order > 0) {
        out->given = twins[p->twin_order - 1];
    } else if (v < 3) {
        out->given = forms[v];
    } else if (v == 3 || mother->sex != 'F') {
        out->given = by_sex[p->sex == 'M'];
    } else {
        out->given = mother->given;
        pop_cat(out->given.form, sizeof out->given.form, "の子");
        pop_cat(out->given.kana, sizeof out->given.kana, "ノコ");
    }
}

static void foreign_names(struct pop_rng *r, const struct pop_person *p, struct pop_view *out)
{
    out->latin = true;
    if (pop_rng_chance(r, .1)) { /* the order of the passport */
        struct pop_name t = out->surname;

        out->surname = out->given;
        out->given = t;
        mark(out, POP_ERROR_PASSPORT_ORDER, true);
    }
    if (!p->has_alias || pop_rng_chance(r, .25)) {
        return;
    }
    if (pop_rng_chance(r, .5)) { /* registered under the alias, the legal name beside it */
        out->alias_surname = out->surname;
        out->alias_given = out->given;
        out->surname = p->alias_surname;
        out->given = p->alias_given;
        out->latin = false;
        mark(out, POP_ERROR_ALIAS, true);
    } else {
        out->alias_surname = p->alias_surname;
        out->alias_given = p->alias_given;
    }
}

static void kanji_wrong(struct pop_rng *r, struct pop_view *out)
{
    bool in_surname = pop_rng_chance(r, .3);
    struct pop_name *name = in_surname ? &out->surname : &out->given;
    struct pop_name before = *name;
    bool in_kana = !in_surname && pop_rng_chance(r, .3);

    if (in_kana) {
        pop_copy(name->form, sizeof name->form, name->kana);
    } else {
        pop_names_kanji_slip(name, r);
    }
    mark(out, in_kana ? POP_ERROR_GIVEN_IN_KANA : POP_ERROR_KANJI_SLIP,
         strcmp(before.form, name->form) != 0);
}

/* Slips of the hand; drawn in a fixed order so that both messages of a record have the same ones.
 */
static void name_errors(const struct pop_options *o, struct pop_rng *r, struct pop_view *out)
{
    struct pop_name t;

    if (pop_rng_chance(r, R_SURNAME_SLIP * o->errors)) {
        pop_kana_slip(out->surname.kana, sizeof out->surname.kana, r);
        mark(out, POP_ERROR_KANA_SLIP, true);
    }
    if (pop_rng_chance(r, R_GIVEN_SLIP * o->errors)) {
        pop_kana_slip(out->given.kana, sizeof out->given.kana, r);
        mark(out, POP_ERROR_KANA_SLIP, true);
    }
    if (pop_rng_chance(r, R_KANJI_SLIP * o->errors)) {
        kanji_wrong(r, out);
    }
    if (pop_rng_chance(r, R_SWAPPED * o->errors)) {
        t = out->surname;
        out->surname = out->given;
        out->given = t;
        mark(out, POP_ERROR_NAME_SWAPPED, true);
    }
    if (pop_rng_chance(r, .3)) { /* this clerk writes the common form of a kanji */
        bool folded = pop_names_fold_variants(&out->surname);

        folded |= pop_names_fold_variants(&out->given);
        mark(out, POP_ERROR_VARIANT_FOLDED, folded);
    }
}

static void names_make(const struct pop_options *o, struct pop_rng *r,
                       const struct pop_household *h, const struct pop_record *rec, int32_t day,
                       bool follow, struct pop_view *out)
{
    const struct pop_person *p = &h->person[rec->slot];
    bool changed = day >= p->surname_day;
    bool tells_maiden = pop_rng_chance(r, .1);

    mark(out, POP_ERROR_SURNAME_CHANGED, changed);
    out->surname = p->surname[changed];
    out->given = p->given;
    if (changed && tells_maiden) {
        out->maiden = p->surname[0];
    }
    if (rec->baby != POP_BABY_NONE && !(follow && rec->baby == POP_BABY_NAMED_LATER)) {
        baby_name(r, h, p, out);
        mark(out, POP_ERROR_UNNAMED, true);
        return;
    }
    if (p->kind == POP_TEST || p->kind == POP_UNKNOWN) {
        return;
    }
    if (p->kind == POP_FOREIGNER) {
        foreign_names(r, p, out);
        return;
    }
    name_errors(o, r, out);
}

/* What the system cannot hold of the names. */
static void gaiji_mark(const struct pop_habits *h, struct pop_view *v)
{
    struct pop_name s = v->surname;
    struct pop_name g = v->given;
    bool lost = false;

    if (pop_habits_lose_gaiji(h) && v->has_kanji) {
        lost = pop_names_lose_gaiji(&s, h->gaiji);
        lost |= pop_names_lose_gaiji(&g, h->gaiji);
    }
    mark(v, POP_ERROR_GAIJI_LOST, lost);
}

/* ---- contacts ---- */

static void phone_missing(struct pop_rng *r, const struct pop_facility *f, struct pop_view *out)
{
    bool desk = pop_rng_below(r, 100) < f->habits->desk_phone;

    mark(out, desk ? POP_ERROR_DESK_PHONE : POP_ERROR_PHONE_MISSING, true);
    if (desk) {
        out->phone_n = 1;
        out->phone_is_shared = true;
        pop_copy(out->phone[0], sizeof out->phone[0], f->desk_phone);
    }
}

static void phone_make(const struct pop_options *o, struct pop_rng *r,
                       const struct pop_household *h, const struct pop_record *rec,
                       const struct pop_facility *f, int32_t day, struct pop_view *out)
{
    const struct pop_person *p = &h->person[rec->slot];
    const struct pop_person *owner = &h->person[p->contact_slot];
    bool old = pop_age_at(p, day) >= 72;
    bool fixed_first = h->has_fixed_line && old;
    bool missing = pop_rng_chance(r, R_NO_PHONE * f->habits->no_phone / 100.0 * o->errors);
    bool other = pop_rng_chance(r, R_OTHER_PHONE * o->errors);
    bool both = pop_rng_chance(r, R_BOTH_PHONES);

    if (missing) {
        phone_missing(r, f, out);
        return;
    }
    out->phone_n = both ? 2 : 1;
    mark(out, POP_ERROR_OTHER_PHONE, other && !both);
    mark(out, POP_ERROR_PHONE_CHANGED, day >= owner->mobile_day);
    if (h->is_shared_home && day >= h->move_day && pop_rng_chance(r, .6)) {
        out->phone_n = 1;
        out->phone_is_shared = true;
        pop_phone_fixed(h->fixed_line[1], &h->address[1], out->phone[0]);
        return;
    }
    pop_phone_mobile(owner->mobile[day >= owner->mobile_day], out->phone[fixed_first != other]);
    if (h->has_fixed_line) {
        bool moved = day >= h->move_day;

        pop_phone_fixed(h->fixed_line[moved], &h->address[moved], out->phone[fixed_first == other]);
    } else { /* the other number is that of the head of the family */
        pop_phone_mobile(h->person[0].mobile[0], out->phone[!other]);
    }
}

static void card_make(const struct pop_options *o, struct pop_rng *r, const struct pop_household *h,
                      const struct pop_record *rec, const struct pop_facility *f, int32_t day,
                      struct pop_view *out)
{
    const struct pop_person *p = &h->person[rec->slot];
    const struct pop_person *insured = &h->person[p->card_slot];

    bool moved = day >= h->move_day;
    unsigned prefecture = pop_address_prefecture_number(&h->address[0]);

    out->has_card = !pop_rng_chance(r, R_NO_CARD * f->habits->no_card / 100.0 * o->errors);
    mark(out, POP_ERROR_CARD_MISSING, !out->has_card);
    if (pop_age_at(p, day) >= 75) {
        pop_card_elderly(p->elderly_card, prefecture, &out->card);
        mark(out, POP_ERROR_CARD_AT_75, true);
    } else if (insured->is_municipal || p->is_municipal) {
        /* a move within the municipality keeps the card */
        bool is_new = moved && h->address[0].municipality != h->address[1].municipality;

        pop_card_municipal(h->municipal_card[is_new],
                           pop_address_prefecture_number(&h->address[moved]),
                           h->address[moved].municipality, &out->card);
        out->card.branch = (uint8_t)(rec->slot + 1);
    } else {
        pop_card_employee(insured->card[day >= p->job_day], prefecture, &out->card);
        out->card.branch = (uint8_t)(p == insured ? 0 : rec->slot);
        mark(out, POP_ERROR_JOB_CHANGED, day >= p->job_day);
    }
}

static void address_make(const struct pop_options *o, struct pop_rng *r,
                         const struct pop_household *h, const struct pop_facility *f, int32_t day,
                         struct pop_view *out)
{
    bool moved = day >= h->move_day;

    out->has_address = !pop_rng_chance(r, R_NO_ADDRESS * f->habits->no_address / 100.0 * o->errors);
    out->address = h->address[moved];
    out->address_is_shared = moved && h->is_shared_home;
    mark(out, POP_ERROR_ADDRESS_MISSING, !out->has_address);
    mark(out, moved && h->is_shared_home ? POP_ERROR_IN_CARE_HOME : POP_ERROR_MOVED, moved);
}

void pop_view_make(const struct pop_options *o, const struct pop_household *h,
                   const struct pop_record *rec, const struct pop_facility *f, bool follow,
                   struct pop_view *out)
{
    const struct pop_person *p = &h->person[rec->slot];
    uint64_t key = ((uint64_t)rec->household << 16) | ((uint64_t)rec->slot << 8) | rec->serial;
    struct pop_rng names = pop_rng_keyed(o->seed, POP_STREAM_VIEW, key, 1);
    struct pop_rng rest = pop_rng_keyed(o->seed, POP_STREAM_VIEW, key, 2);
    int32_t day = pop_record_day(follow ? rec->follow_s : rec->time_s);

    *out = (struct pop_view){.kind = p->kind, .sex = p->sex};
    if (rec->baby != POP_BABY_NONE) {
        out->kind = rec->baby == POP_BABY_NEVER_NAMED ? POP_NEWBORN : POP_NAMED_LATER;
    }
    mark(out, POP_ERROR_DUPLICATE, rec->is_duplicate);
    names_make(o, &names, h, rec, day, follow, out);
    birth_make(o, &rest, p, f->habits, out);
    if (pop_rng_chance(&rest, R_SEX * o->errors)) {
        out->sex = p->sex == 'M' ? 'F' : 'M';
        mark(out, POP_ERROR_SEX, true);
    }
    out->has_kanji = !pop_rng_chance(&rest, R_NO_KANJI * f->habits->no_kanji / 100.0 * o->errors);
    out->has_kana = !pop_rng_chance(&rest, R_NO_KANA * f->habits->no_kana / 100.0 * o->errors) ||
                    !out->has_kanji;
    mark(out, POP_ERROR_KANJI_MISSING, !out->has_kanji);
    mark(out, POP_ERROR_KANA_MISSING, !out->has_kana);
    gaiji_mark(f->habits, out);
    if (p->kind != POP_TEST && p->kind != POP_UNKNOWN) {
        address_make(o, &rest, h, f, day, out);
        phone_make(o, &rest, h, rec, f, day, out);
        card_make(o, &rest, h, rec, f, day, out);
    }
    out->twin_order = pop_rng_chance(&rest, .3) ? p->twin_order : 0;
}
