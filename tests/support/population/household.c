/* A household: who lives in it, then what happens to it (household_life.c). */

#include "household.h"

#include "household_priv.h"
#include "text.h"

#include "nayose/base.h"

static const struct {
    uint32_t weight;
    int32_t head_from, head_to;
    uint32_t man;
    bool partner;
    int32_t children_min, children_max;
    bool grandparents;
} types[] = {
#define POP_HOUSEHOLD(...) {__VA_ARGS__},
#include "tbl/household_types.def"
#undef POP_HOUSEHOLD
};

#define TYPE_WITH_CHILDREN 5 /* the row that --twins-only takes */

static const struct {
    int32_t from;
    uint32_t weight;
} ages[] = {
#define POP_AGES(from, weight) {from, weight},
#include "tbl/ages.def"
#undef POP_AGES
};

int pop_year_of(int32_t day)
{
    return ny_civil_from_days(day).y;
}

int pop_age_at(const struct pop_person *p, int32_t day)
{
    ny_date b = ny_civil_from_days(p->birth);
    ny_date d = ny_civil_from_days(day);

    return d.y - b.y - ((d.m < b.m || (d.m == b.m && d.d < b.d)) ? 1 : 0);
}

/* An age within [lo, hi] by the pyramid: draws until one fits, bands first. */
static int32_t draw_age(struct pop_rng *r, int32_t lo, int32_t hi)
{
    for (int tries = 0; tries < 200; tries++) {
        uint32_t v = pop_rng_below(r, 1000);

        for (size_t i = 0; i < NY_ARRAY_LEN(ages); i++) {
            int32_t age = ages[i].from + pop_rng_between(r, 0, 4);

            if (v < ages[i].weight) {
                if (age >= lo && age <= hi) {
                    return age;
                }
                break;
            }
            v -= ages[i].weight;
        }
    }
    return pop_rng_between(r, lo, hi);
}

static int32_t birth_at_age(struct pop_rng *r, int32_t age)
{
    return POP_DAY_LAST - (age * 1461) / 4 - pop_rng_between(r, 0, 364);
}

static struct pop_person *add_person(struct pop_household *h, char sex, int32_t birth)
{
    struct pop_person *p = &h->person[h->n];

    NY_ASSERT(h->n < POP_HOUSEHOLD_MAX);
    p->sex = sex;
    p->birth = birth;
    p->surname_day = p->mobile_day = p->job_day = POP_NEVER;
    p->contact_slot = p->card_slot = (uint8_t)h->n;
    h->n++;
    return p;
}

static char any_sex(struct pop_rng *r)
{
    return pop_rng_chance(r, .513) ? 'M' : 'F';
}

/* Nobody else at home has this name, or only the reading (which fathers do hand down). */
static bool is_free(const struct pop_household *h, const struct pop_person *who)
{
    for (uint32_t i = 0; i < h->n; i++) {
        const struct pop_person *p = &h->person[i];

        if (p != who && (strcmp(p->given.form, who->given.form) == 0 ||
                         (i > 1 && strcmp(p->given.kana, who->given.kana) == 0))) {
            return false;
        }
    }
    return true;
}

/* The name of a child: now and then with a kanji of its parent, now and then the parent's reading.
 */
static void name_child(const struct pop_names *names, struct pop_rng *r,
                       const struct pop_household *h, struct pop_person *child)
{
    const struct pop_person *parent = &h->person[pop_rng_below(r, 2) % (h->n > 1 ? 2 : 1)];
    int year = pop_year_of(child->birth);
    double v = pop_rng_unit(r);

    if (v < (parent->sex == child->sex ? .18 : .06) && parent != child &&
        parent->kind != POP_FOREIGNER &&
        pop_names_given_like(r, child->sex, year, &parent->given, &child->given) &&
        is_free(h, child)) {
        return;
    }
    if (v >= .997 && parent->sex == child->sex &&
        pop_names_given_homophone(child->sex, &parent->given, &child->given) && is_free(h, child)) {
        return;
    }
    do {
        pop_names_given(names, r, child->sex, year, &child->given);
    } while (!is_free(h, child));
}

/* Twins: most of those of one sex share a kanji, or are one kana apart; nobody gives both one name.
 */
static void name_twin(const struct pop_names *names, const struct pop_options *o, struct pop_rng *r,
                      const struct pop_household *h, const struct pop_person *first,
                      struct pop_person *twin)
{
    int year = pop_year_of(twin->birth);
    double v = pop_rng_unit(r);
    double near = o->twins_only ? .4 : .2;
    double like = first->sex == twin->sex ? near + .4 : near + .1;

    if (v < near && pop_names_given_near(r, twin->sex, year, &first->given, &twin->given) &&
        is_free(h, twin)) {
        return;
    }
    if (v < like && pop_names_given_like(r, twin->sex, year, &first->given, &twin->given) &&
        is_free(h, twin)) {
        return;
    }
    do {
        pop_names_given(names, r, twin->sex, year, &twin->given);
    } while (!is_free(h, twin));
}

static void add_children(const struct pop_names *names, const struct pop_options *o,
                         struct pop_rng *r, struct pop_household *h, int32_t number)
{
    int32_t parent_birth = h->person[h->n - 1].birth;
    const struct pop_name *surname = &h->person[0].surname[0];

    for (int32_t i = 0; i < number && h->n < POP_HOUSEHOLD_MAX; i++) {
        int32_t mother_age = pop_rng_between(r, 21, 40);
        int32_t birth = parent_birth + (mother_age * 1461) / 4 + pop_rng_between(r, 0, 364);
        char sex = any_sex(r);
        struct pop_person *child;

        if (birth > POP_DAY_LAST - 3) {
            if (!o->twins_only && !pop_rng_chance(r, .2)) {
                continue; /* still to come */
            }
            birth = POP_DAY_LAST - 3 - pop_rng_between(r, 0, 1500);
        }
        if (POP_DAY_LAST - birth > 30 * 365 && pop_rng_chance(r, .7)) {
            continue; /* grown up and gone */
        }
        for (uint32_t k = 0; k < h->n; k++) { /* nine months after any brother or sister */
            int32_t apart = birth - h->person[k].birth;

            birth += apart > -280 && apart < 280 ? 280 - apart : 0;
        }
        if (birth > POP_DAY_LAST - 3) {
            continue;
        }
        child = add_person(h, sex, birth);
        child->surname[0] = *surname;
        name_child(names, r, h, child);
        if (h->n < POP_HOUSEHOLD_MAX && pop_rng_chance(r, o->twins_only && i == 0 ? 1.0 : .0101)) {
            struct pop_person *twin =
                add_person(h, pop_rng_chance(r, .7) ? child->sex : any_sex(r), birth);

            child->kind = twin->kind = POP_TWIN;
            child->twin_order = 1;
            twin->twin_order = 2;
            twin->surname[0] = *surname;
            name_twin(names, o, r, h, child, twin);
        }
    }
}

static void name_adult(const struct pop_names *names, struct pop_rng *r, struct pop_person *p)
{
    pop_names_given(names, r, p->sex, pop_year_of(p->birth), &p->given);
    pop_names_use_variants(&p->given, r);
}

static void make_foreigner(const struct pop_names *names, struct pop_rng *r, struct pop_person *p)
{
    p->kind = POP_FOREIGNER;
    if (pop_rng_chance(r, .04)) { /* the day is not known, or was not when the passport was made */
        p->birth = ny_days_from_civil(pop_year_of(p->birth), 1, 1);
    }
    pop_names_foreign(r, p->sex, &p->surname[0], &p->given);
    p->has_alias = pop_rng_chance(r, .4);
    if (p->has_alias) {
        pop_names_surname(names, r, &p->alias_surname);
        pop_names_given(names, r, p->sex, pop_year_of(p->birth), &p->alias_given);
    }
}

static size_t draw_type(struct pop_rng *r)
{
    uint32_t v = pop_rng_below(r, 1000);
    size_t i = 0;

    while (v >= types[i].weight) {
        v -= types[i].weight;
        i++;
    }
    return i;
}

/* Test entries and people nobody knows are households of one with nothing around them. */
static bool make_special(struct pop_rng *r, struct pop_household *h)
{
    double v = pop_rng_unit(r);
    struct pop_person *p;
    int32_t birth;

    if (v >= .0012) {
        return false;
    }
    birth = birth_at_age(r, pop_rng_between(r, 20, 80));
    p = add_person(h, any_sex(r), birth);
    if (v < .0005) {
        p->kind = POP_TEST;
        p->surname[0] = (struct pop_name){"テスト", "テスト"};
        p->given = p->sex == 'M' ? (struct pop_name){"太郎", "タロウ"}
                                 : (struct pop_name){"花子", "ハナコ"};
    } else {
        p->kind = POP_UNKNOWN;
        p->surname[0] = (struct pop_name){"氏名", "シメイ"};
        p->given = (struct pop_name){"不詳", "フショウ"};
    }
    return true;
}

static void people_make(const struct pop_names *names, const struct pop_options *o,
                        struct pop_rng *r, struct pop_household *h)
{
    size_t t = o->twins_only ? TYPE_WITH_CHILDREN : draw_type(r);
    int32_t age = draw_age(r, types[t].head_from, o->twins_only ? 45 : types[t].head_to);
    char sex = pop_rng_below(r, 100) < types[t].man ? 'M' : 'F';
    struct pop_person *head = add_person(h, sex, birth_at_age(r, age));

    pop_names_surname(names, r, &head->surname[0]);
    pop_names_use_variants(&head->surname[0], r);
    name_adult(names, r, head);
    if (types[t].partner) {
        int32_t gap = pop_rng_between(r, -4, 8);
        struct pop_person *p = add_person(h, sex == 'M' ? 'F' : 'M', head->birth + gap * 365);

        if (POP_DAY_LAST - p->birth < 20 * 365) {
            p->birth = head->birth - pop_rng_between(r, 1, 700);
        }
        p->surname[0] = head->surname[0];
        name_adult(names, r, p);
    }
    if (types[t].children_max > 0) {
        int32_t a = pop_rng_between(r, types[t].children_min, types[t].children_max);
        int32_t b = pop_rng_between(r, types[t].children_min, types[t].children_max);

        add_children(names, o, r, h, a < b ? a : b);
    }
    if (types[t].grandparents && h->n < POP_HOUSEHOLD_MAX) {
        int32_t older = (pop_rng_between(r, 22, 36) * 1461) / 4;
        struct pop_person *p =
            add_person(h, pop_rng_chance(r, .3) ? 'M' : 'F', head->birth - older);

        p->surname[0] = head->surname[0];
        name_adult(names, r, p);
    }
    if (types[t].children_max == 0 && pop_rng_chance(r, .035)) {
        make_foreigner(names, r, head);
        if (h->n > 1) {
            make_foreigner(names, r, &h->person[1]);
        }
    }
}

/* Somebody who has name, sex and birth date in common with the head of another household. */
static void make_namesake(const struct pop_names *names, const struct pop_options *o,
                          struct pop_household *h)
{
    struct pop_rng r = pop_rng_keyed(o->seed, POP_STREAM_HOUSEHOLD, h->number / 2, 0);
    struct pop_household other = {.number = h->number / 2};
    struct pop_person *p = &h->person[0];

    if (make_special(&r, &other)) {
        return;
    }
    people_make(names, o, &r, &other);
    if (other.person[0].kind != POP_NORMAL) {
        return;
    }
    p->kind = POP_NAMESAKE;
    p->sex = other.person[0].sex;
    p->birth = other.person[0].birth;
    p->surname[0] = other.person[0].surname[0];
    if (!pop_rng_chance(&r, .3) ||
        !pop_names_given_homophone(p->sex, &other.person[0].given, &p->given)) {
        p->given = other.person[0].given;
    }
}

void pop_household_make(const struct pop_names *names, const struct pop_options *o, uint32_t number,
                        struct pop_household *out)
{
    struct pop_rng r = pop_rng_keyed(o->seed, POP_STREAM_HOUSEHOLD, number, 0);

    *out = (struct pop_household){.number = number, .move_day = POP_NEVER};
    if (o->twins_only || !make_special(&r, out)) {
        people_make(names, o, &r, out);
        if (out->n == 1 && number > 1 && out->person[0].kind == POP_NORMAL &&
            pop_rng_chance(&r, .0015)) {
            make_namesake(names, o, out);
        }
    }
    pop_household_live(names, o, &r, out);
}
