/* The score of two records: the best pair of name variants, all other fields once.
 *
 * Every pair of variants is weighed with everything else, so the family bar counts in the choice.
 * A pair that compares both names goes before one that compares one: a variant without a given name
 * must not hide that the given names differ. Ties are broken by levels, so that the result does not
 * depend on the order of the arguments. */

#include "match_priv.h"

/* True when x is the better choice; ties by the smaller level numbers, then the earlier variants.
 */
static bool is_better(const struct ny_comparison *x, const struct ny_comparison *y)
{
    unsigned sum_x = (unsigned)x->name_a + x->name_b;
    unsigned sum_y = (unsigned)y->name_a + y->name_b;

    if (x->name.compared != y->name.compared) {
        return x->name.compared > y->name.compared;
    }
    if (x->w.total != y->w.total) {
        return x->w.total > y->w.total;
    }
    if (x->name.given != y->name.given) {
        return x->name.given < y->name.given;
    }
    if (x->name.surname != y->name.surname) {
        return x->name.surname < y->name.surname;
    }
    if (x->name.reading_equal != y->name.reading_equal) {
        return x->name.reading_equal;
    }
    if (x->name.whole != y->name.whole) {
        return x->name.whole;
    }
    if (x->name.tf_given != y->name.tf_given) {
        return x->name.tf_given < y->name.tf_given;
    }
    return sum_x < sum_y;
}

static void names_put(struct ny_comparison *c, const struct ny_name_match *n)
{
    c->name = *n;
    c->e.level[NY_FIELD_GIVEN] = n->given;
    c->e.level[NY_FIELD_SURNAME] = n->surname;
    c->e.whole_name = n->whole;
    c->e.tf[NY_RARITY_GIVEN] = n->tf_given;
    c->e.tf[NY_RARITY_SURNAME] = n->tf_surname;
}

/* Offers one pair of variants in one reading. */
static void offer(const struct ny_match_model *m, const struct ny_comparison *base, size_t i,
                  size_t k, const struct ny_name_match *n, struct ny_comparison *best, bool *has)
{
    struct ny_comparison c;

    if (n->compared == 0) {
        return;
    }
    c = *base;
    c.name_a = (uint8_t)i;
    c.name_b = (uint8_t)k;
    names_put(&c, n);
    ny_evidence_weigh(m, &c.e, &c.w);
    if (!*has || is_better(&c, best)) {
        *best = c;
        *has = true;
    }
}

/* The best pair of name variants; best holds everything but the names. */
static void names_choose(const struct ny_match_model *m, const struct ny_record *a,
                         const struct ny_record *b, struct ny_comparison *best)
{
    const struct ny_comparison base = *best;
    uint32_t cells = ny_tf_cells(a->sex, a->birth) | ny_tf_cells(b->sex, b->birth);
    bool has = false;
    unsigned tried = 0;

    for (size_t i = 0; i < a->n_names; i++) {
        for (size_t k = 0; k < b->n_names; k++) {
            struct ny_name_match n;

            ny_name_compare(m, cells, &a->names[i], &b->names[k], &n);
            offer(m, &base, i, k, &n, best, &has);
            if (ny_name_is_swapped(m, cells, &a->names[i], &b->names[k], &n)) {
                offer(m, &base, i, k, &n, best, &has);
            }
            tried += n.tried;
        }
    }
    best->e.names_tried = tried > 0 ? tried : 1;
}

/* Birth date with its frequency: a date that senders invent has its own. */
static void birth_put(const struct ny_match_model *m, ny_date a, ny_date b, struct ny_comparison *c)
{
    char buf[8];
    ny_str text;

    c->e.level[NY_FIELD_BIRTH] = ny_birth_level(a, b);
    if (c->e.level[NY_FIELD_BIRTH] != NY_LEVEL_D1) {
        return;
    }
    text = ny_tf_date(a, buf);
    c->spike =
        ny_tf_find(&m->tf, NY_TF_BIRTH_SPIKE, NY_TF_CELL_ANY, text, &c->e.tf[NY_RARITY_BIRTH]);
    if (!c->spike) {
        c->e.tf[NY_RARITY_BIRTH] =
            ny_tf_get(&m->tf, NY_TF_BIRTH_YEAR, NY_TF_CELL_ANY, ny_str_sub(text, 0, 4));
    }
}

void ny_compare(const struct ny_match_model *m, const struct ny_record *a,
                const struct ny_record *b, bool same_authority, const struct ny_contacts *contacts,
                struct ny_comparison *out)
{
    struct ny_comparison c = {
        .e = {.same_authority = same_authority,
              .male = a->sex == 'M' && b->sex == 'M',
              .names_tried = 1}
    };
    struct ny_contacts own;

    birth_put(m, a->birth, b->birth, &c);
    c.e.level[NY_FIELD_SEX] = ny_sex_level(a->sex, b->sex);
    if (contacts == NULL) {
        ny_contacts_compare(m, a, b, &own);
        contacts = &own;
    }
    c.e.level[NY_FIELD_ADDRESS] = contacts->address;
    c.e.level[NY_FIELD_PHONE] = contacts->phone;
    c.e.level[NY_FIELD_INSURANCE] = contacts->insurance;
    c.shared_address = contacts->shared_address;
    names_choose(m, a, b, &c);
    ny_evidence_weigh(m, &c.e, &c.w);
    *out = c;
}

void ny_comparison_score(const struct ny_match_model *m, const struct ny_record *a,
                         const struct ny_record *b, const struct ny_comparison *c,
                         struct ny_score *out)
{
    *out = (struct ny_score){.total_b1024 = c->w.total,
                             .name_a = c->name_a,
                             .name_b = c->name_b,
                             .guards = ny_guards_judge(m, a, b, c)};
    memcpy(out->level, c->e.level, sizeof(out->level));
}

void ny_match_score(const struct ny_match_model *m, const struct ny_record *a,
                    const struct ny_record *b, bool same_authority, struct ny_score *out)
{
    struct ny_comparison c;

    ny_compare(m, a, b, same_authority, NULL, &c);
    ny_comparison_score(m, a, b, &c, out);
}

void ny_match_score_with_contacts(const struct ny_match_model *m, const struct ny_record *a,
                                  const struct ny_record *b, bool same_authority, uint8_t address,
                                  uint8_t phone, uint8_t insurance, struct ny_score *out)
{
    struct ny_contacts given = {.address = address, .phone = phone, .insurance = insurance};
    struct ny_contacts own;
    struct ny_comparison c;

    ny_contacts_compare(m, a, b, &own);
    /* A3 of another pair of the groups may rest on a shared house, which is not told here. */
    given.shared_address = own.address == address
                               ? own.shared_address
                               : address == NY_LEVEL_A3 && m->mark[NY_MARK_SHARED_ADDRESS].n > 0;
    ny_compare(m, a, b, same_authority, &given, &c);
    ny_comparison_score(m, a, b, &c, out);
}

uint8_t ny_match_better_contact(const struct ny_match_model *m, uint8_t level_a, uint8_t level_b)
{
    int32_t a;
    int32_t b;

    if (level_a == NY_LEVEL_NONE || level_b == NY_LEVEL_NONE) {
        return level_a == NY_LEVEL_NONE ? level_b : level_a;
    }
    a = m->level[level_a].m[0] - m->level[level_a].u;
    b = m->level[level_b].m[0] - m->level[level_b].u;
    if (a != b) {
        return a > b ? level_a : level_b;
    }
    return level_a < level_b ? level_a : level_b;
}

bool ny_match_contact_agrees(const struct ny_score *s)
{
    uint8_t address = s->level[NY_FIELD_ADDRESS];
    uint8_t insurance = s->level[NY_FIELD_INSURANCE];

    return address == NY_LEVEL_A1 || address == NY_LEVEL_A2 ||
           s->level[NY_FIELD_PHONE] == NY_LEVEL_P1 || insurance == NY_LEVEL_I1 ||
           insurance == NY_LEVEL_I2;
}
