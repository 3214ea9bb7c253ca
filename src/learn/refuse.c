/* When a new version is not to be trusted (4.4). Better the old one than one of these. */

#include "learn_priv.h"

#include <math.h>

static const double order_bits = .5;
static const double order_hits = 50;  /* a level that hardly occurs cannot be out of order */
static const double change_max = .05; /* of a top level */
static const double contact_change_max = .15; /* of the levels at which a contact agrees */
static const double share_min = 1e-9;
static const double share_max = .5;
static const double matches_min = 2000;
static const double drift_max = 4; /* bits of a level of what lasts; places differ more than that */

static void refuse(struct ny_learn_report *r, enum ny_learn_reason reason, enum ny_level level,
                   int block, double value, double limit)
{
    if (r->n_refusals < NY_LEARN_REFUSALS_MAX) {
        r->refusal[r->n_refusals] = (struct ny_learn_refusal){
            .reason = reason, .level = level, .block = block, .value = value, .limit = limit};
    }
    r->n_refusals++;
}

static double weight(const struct ny_level_numbers *n, unsigned male)
{
    return log2(n->m[male] / n->u);
}

/* What one person keeps: names, birth date, sex. How often people move, and how hospitals write
 * rooms and branch numbers, differs from region to region. */
static bool is_lasting(enum ny_level l)
{
    enum ny_field f = ny_level_field(l);

    return f == NY_FIELD_GIVEN || f == NY_FIELD_SURNAME || f == NY_FIELD_BIRTH || f == NY_FIELD_SEX;
}

static void judge_top(const struct verdict_input *in, enum ny_level l, unsigned male,
                      struct ny_learn_report *r)
{
    double change = fabs(in->after[l].m[male] - in->before[l].m[male]);

    if (in->after[l].m[male] <= in->after[l].u) {
        refuse(r, NY_REFUSE_TOP_LEVEL, l, -1, in->after[l].m[male], in->after[l].u);
    }
    if (is_lasting(l) && change > change_max) {
        refuse(r, NY_REFUSE_TOP_CHANGE, l, -1, change, change_max);
    }
}

/* A contact agrees at its first level, and at the second where there is one for a home or a card
 * that is told less exactly. */
static void judge_contact(const struct verdict_input *in, enum ny_level first, enum ny_level second,
                          struct ny_learn_report *r)
{
    double before = in->before[first].m[0];
    double after = in->after[first].m[0];

    if (second != NY_LEVEL_NONE) {
        before += in->before[second].m[0];
        after += in->after[second].m[0];
    }
    if (fabs(after - before) > contact_change_max) {
        refuse(r, NY_REFUSE_TOP_CHANGE, first, -1, fabs(after - before), contact_change_max);
    }
}

/* Nothing agrees more than the first level of a run, and nothing less than the last. Those between
 * agree in different things: kanji without kana is not more or less than kana without kanji. */
static void judge_order(const struct verdict_input *in, enum ny_level l, unsigned male,
                        struct ny_learn_report *r)
{
    enum ny_level first = ny_level_mode(l);
    enum ny_level last = ny_run_last(first);
    double over = weight(&in->after[l], male) - weight(&in->after[first], male);
    double under = weight(&in->after[last], male) - weight(&in->after[l], male);

    if (in->hits_m[l] >= order_hits && over > order_bits) {
        refuse(r, NY_REFUSE_ORDER, l, -1, over, order_bits);
    }
    if (in->hits_m[last] >= order_hits && in->hits_m[l] >= order_hits && under > order_bits) {
        refuse(r, NY_REFUSE_ORDER, last, -1, under, order_bits);
    }
}

/* What a level weighs is what clerks have learned to expect of it. */
static void judge_drift(const struct verdict_input *in, enum ny_level l, unsigned male,
                        struct ny_learn_report *r)
{
    double drift = fabs(weight(&in->after[l], male) - weight(&in->before[l], male));

    if (is_lasting(l) && in->hits_m[l] >= order_hits && drift > drift_max) {
        refuse(r, NY_REFUSE_DRIFT, l, -1, drift, drift_max);
    }
}

static void judge_level(const struct verdict_input *in, enum ny_level l, struct ny_learn_report *r)
{
    bool columns = ny_level_field(l) == NY_FIELD_SURNAME;

    for (unsigned male = 0; male < (columns ? 2U : 1U); male++) {
        if (ny_level_mode(l) == l) {
            judge_top(in, l, male, r);
        }
        if (ny_level_mode(l) != NY_LEVEL_NONE) {
            judge_order(in, l, male, r);
            judge_drift(in, l, male, r);
        }
    }
}

bool ny_learn_refuses(const struct verdict_input *in, struct ny_learn_report *r)
{
    for (int l = NY_LEVEL_NONE + 1; l < NY_LEVEL_COUNT; l++) {
        judge_level(in, (enum ny_level)l, r);
    }
    judge_contact(in, NY_LEVEL_A1, NY_LEVEL_A2, r);
    judge_contact(in, NY_LEVEL_P1, NY_LEVEL_NONE, r);
    judge_contact(in, NY_LEVEL_I1, NY_LEVEL_I2, r);
    for (int b = NY_BLOCK_T1; b <= NY_BLOCK_T3; b++) {
        double matches = in->block[b].expected[NY_CLASS_PERSON];
        double share = in->pairs_in_all > 0 ? matches / in->pairs_in_all : 0;

        if (!(share > share_min)) {
            refuse(r, NY_REFUSE_SHARE, NY_LEVEL_NONE, b, share, share_min);
        } else if (share >= share_max) {
            refuse(r, NY_REFUSE_SHARE, NY_LEVEL_NONE, b, share, share_max);
        }
        if (matches < matches_min) {
            refuse(r, NY_REFUSE_FEW_MATCHES, NY_LEVEL_NONE, b, matches, matches_min);
        }
    }
    return r->n_refusals > 0;
}

const char *ny_learn_reason_text(enum ny_learn_reason r)
{
    static const char *const texts[NY_REFUSE_COUNT] = {
        [NY_REFUSE_TOP_LEVEL] = "the top level of a field is no commoner in one person than in two",
        [NY_REFUSE_ORDER] = "a level outweighs one that agrees in more",
        [NY_REFUSE_TOP_CHANGE] = "the top level of a field moved too far at once",
        [NY_REFUSE_SHARE] = "the share of matching pairs is not believable",
        [NY_REFUSE_FEW_MATCHES] = "too few matching pairs to learn from",
        [NY_REFUSE_DRIFT] = "a level weighs too far from what it weighs in the version in force",
    };

    NY_ASSERT(r < NY_REFUSE_COUNT);
    return texts[r];
}
