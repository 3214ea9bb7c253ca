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
    enum birth_error { DAY, YEAR, ERA, EXCHANGED, DUMMY } kind;
} birth_errors[] = {
    {.0015, DAY      },
    {.0010, YEAR     },
    {.0005, ERA      },
    {.0004, EXCHANGED},
    {.0010, DUMMY    },
};

int32_t pop_record_day(uint32_t time_s)
{
    return POP_DAY_FIRST + (int32_t)(time_s / 86400U);
}

/* ---- birth date ---- */

static void birth_wrong(struct pop_rng *r, enum birth_error kind, ny_date *d)
{
    /* years between two era names that clerks mix up: 昭和/平成, 大正/昭和, 平成/令和 */
    static const int era_gap[] = {63, 14, 30};
    int change = pop_rng_chance(r, .5) ? 1 : -1;

    switch (kind) {
    case DAY:
        d->d = (uint8_t)(d->d > 9 ? d->d - 9 : d->d + 10); /* one digit */
        break;
    case YEAR:
        d->y = (int16_t)(d->y + change * (pop_rng_chance(r, .3) ? 10 : 1));
        break;
    case ERA:
        d->y = (int16_t)(d->y + (d->y < 1963 ? 63 : -era_gap[pop_rng_below(r, 3)]));
        break;
    case EXCHANGED:
        if (d->d <= 12) {
            uint8_t m = d->m;

            d->m = d->d;
            d->d = m;
        }
        break;
    case DUMMY:
        *d = (ny_date){.y = 1900, .m = 1, .d = 1};
        break;
    }
    if (!ny_date_is_valid(d->y, d->m, d->d)) {
        d->d = 28;
    }
}

static void birth_make(const struct pop_options *o, struct pop_rng *r, const struct pop_person *p,
                       struct pop_view *out)
{
    ny_date d = ny_civil_from_days(p->birth);

    for (size_t i = 0; i < NY_ARRAY_LEN(birth_errors); i++) {
        if (pop_rng_chance(r, birth_errors[i].rate * HALF * o->errors)) {
            birth_wrong(r, birth_errors[i].kind, &d);
            break;
        }
    }
    if (p->kind == POP_UNKNOWN) {
        d = (ny_date){.y = 1900, .m = 1, .d = 1};
    }
    out->birth[0] = '\0';
    pop_cat_number(out->birth, sizeof out->birth, (uint32_t)d.y, 4);
    pop_cat_number(out->birth, sizeof out->birth, d.m, 2);
    pop_cat_number(out->birth, sizeof out->birth, d.d, 2);
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
    } else {
        out->alias_surname = p->alias_surname;
        out->alias_given = p->alias_given;
    }
}

/* Slips of the hand; drawn in a fixed order so that both messages of a record have the same ones.
 */
static void name_errors(const struct pop_options *o, struct pop_rng *r, struct pop_view *out)
{
    struct pop_name t;

    if (pop_rng_chance(r, R_SURNAME_SLIP * o->errors)) {
        pop_kana_slip(out->surname.kana, sizeof out->surname.kana, r);
    }
    if (pop_rng_chance(r, R_GIVEN_SLIP * o->errors)) {
        pop_kana_slip(out->given.kana, sizeof out->given.kana, r);
    }
    if (pop_rng_chance(r, R_KANJI_SLIP * o->errors)) {
        if (pop_rng_chance(r, .3)) {
            pop_names_kanji_slip(&out->surname, r);
        } else if (pop_rng_chance(r, .3)) {
            pop_copy(out->given.form, sizeof out->given.form, out->given.kana);
        } else {
            pop_names_kanji_slip(&out->given, r);
        }
    }
    if (pop_rng_chance(r, R_SWAPPED * o->errors)) {
        t = out->surname;
        out->surname = out->given;
        out->given = t;
    }
    if (pop_rng_chance(r, .3)) { /* this facility writes the common form of a kanji */
        pop_names_fold_variants(&out->surname);
        pop_names_fold_variants(&out->given);
    }
}

static void names_make(const struct pop_options *o, struct pop_rng *r,
                       const struct pop_household *h, const struct pop_record *rec, int32_t day,
                       bool follow, struct pop_view *out)
{
    const struct pop_person *p = &h->person[rec->slot];
    bool changed = day >= p->surname_day;
    bool tells_maiden = pop_rng_chance(r, .1);

    out->surname = p->surname[changed];
    out->given = p->given;
    if (changed && tells_maiden) {
        out->maiden = p->surname[0];
    }
    if (rec->baby != POP_BABY_NONE && !(follow && rec->baby == POP_BABY_NAMED_LATER)) {
        baby_name(r, h, p, out);
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

/* ---- contacts ---- */

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

    out->phone_n = missing ? 0 : both ? 2 : 1;
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
    if (pop_age_at(p, day) >= 75) {
        pop_card_elderly(p->elderly_card, prefecture, &out->card);
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
    }
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
    bool in_touch = p->kind != POP_TEST && p->kind != POP_UNKNOWN;

    *out = (struct pop_view){.kind = p->kind, .sex = p->sex};
    if (rec->baby != POP_BABY_NONE) {
        out->kind = rec->baby == POP_BABY_NEVER_NAMED ? POP_NEWBORN : POP_NAMED_LATER;
    }
    names_make(o, &names, h, rec, day, follow, out);
    birth_make(o, &rest, p, out);
    if (pop_rng_chance(&rest, R_SEX * o->errors)) {
        out->sex = p->sex == 'M' ? 'F' : 'M';
    }
    out->has_kanji = !pop_rng_chance(&rest, R_NO_KANJI * f->habits->no_kanji / 100.0 * o->errors);
    out->has_kana = !pop_rng_chance(&rest, R_NO_KANA * f->habits->no_kana / 100.0 * o->errors) ||
                    !out->has_kanji;
    out->has_address = in_touch && !pop_rng_chance(&rest, R_NO_ADDRESS * f->habits->no_address /
                                                              100.0 * o->errors);
    out->address = h->address[day >= h->move_day];
    if (in_touch) {
        phone_make(o, &rest, h, rec, f, day, out);
        card_make(o, &rest, h, rec, f, day, out);
    }
    out->twin_order = pop_rng_chance(&rest, .3) ? p->twin_order : 0;
}
