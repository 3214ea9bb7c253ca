/* The formula (3.1): evidence in, bits out. Integers only.
 *
 *   total = log2 q − log2 N                         prior; q of GD1 inside one authority
 *         + Σ m_f − u_f                             fields, u_f the average
 *         + Σ u_f − tf_f                            rarity, where a frequency is known
 *         + max(0, −6 − Σ negative contact fields)  social floor
 *         − log2(name pairs tried)
 *         − log2(1 + 2^(h + Σ h_f − N − Σ u'_f))    family; u' = tf_f or u_f */

#include "match_priv.h"

enum {
    SOCIAL_FLOOR_B1024 = -6 * 1024,
    HOUSEHOLD_DEPENDENCE_B1024 = 10 * 1024 /* nobody gives twins one name */
};

/* Adds one field; returns log2 of its u' and adds log2 uH to *h. */
static int32_t field_weigh(const struct ny_match_model *m, const struct ny_evidence *e,
                           enum ny_field f, int32_t tf, struct ny_waterfall *w, int32_t *rarity,
                           int32_t *h)
{
    enum ny_level level = e->level[f];
    const struct ny_level_info *info = ny_level_info(level);
    const struct ny_level_bits *l = &m->level[level];
    int32_t u = l->u;
    int32_t mm = l->m[e->male];

    if (level == NY_LEVEL_NONE) {
        return 0;
    }
    *h += l->h;
    if (f == NY_FIELD_GIVEN && e->whole_name && info->whole_surname != NY_LEVEL_NONE) {
        const struct ny_level_bits *s = &m->level[info->whole_surname];

        u += s->u;
        mm += s->m[e->male];
        *h += s->h;
    }
    w->field[f] = mm - u;
    if (rarity != NULL && info->has_tf) {
        *rarity = u - tf;
        return tf;
    }
    return u;
}

void ny_evidence_weigh(const struct ny_match_model *m, const struct ny_evidence *e,
                       struct ny_waterfall *out)
{
    struct ny_waterfall w = {0};
    int32_t n = (int32_t)m->setting[NY_SETTING_population_b1024];
    int32_t h = (int32_t)m->setting[NY_SETTING_household_b1024];
    int32_t u = 0;
    int32_t negative = 0;

    w.prior =
        (int32_t)
            m->setting[e->same_authority ? NY_SETTING_duplicate_b1024 : NY_SETTING_linked_b1024] -
        n;
    u += field_weigh(m, e, NY_FIELD_GIVEN, e->tf[NY_RARITY_GIVEN], &w, &w.rarity[NY_RARITY_GIVEN],
                     &h);
    u += field_weigh(m, e, NY_FIELD_SURNAME, e->tf[NY_RARITY_SURNAME], &w,
                     &w.rarity[NY_RARITY_SURNAME], &h);
    u += field_weigh(m, e, NY_FIELD_BIRTH, e->tf[NY_RARITY_BIRTH], &w, &w.rarity[NY_RARITY_BIRTH],
                     &h);
    u += field_weigh(m, e, NY_FIELD_SEX, 0, &w, NULL, &h);
    for (enum ny_field f = NY_FIELD_ADDRESS; f <= NY_FIELD_INSURANCE; f++) {
        u += field_weigh(m, e, f, 0, &w, NULL, &h);
        negative += w.field[f] < 0 ? w.field[f] : 0;
    }
    if (e->level[NY_FIELD_BIRTH] == NY_LEVEL_D1 &&
        ny_level_info(e->level[NY_FIELD_GIVEN])->given_agrees) {
        h -= HOUSEHOLD_DEPENDENCE_B1024;
    }
    w.floor = negative < SOCIAL_FLOOR_B1024 ? SOCIAL_FLOOR_B1024 - negative : 0;
    w.names = -m->log_count[e->names_tried];
    w.family = -ny_log1p_bits(&m->log1p, h - n - u);
    w.total = w.prior + w.floor + w.names + w.family;
    for (size_t f = 0; f < NY_FIELD_COUNT; f++) {
        w.total += w.field[f];
    }
    for (size_t r = 0; r < NY_RARITY_COUNT; r++) {
        w.total += w.rarity[r];
    }
    *out = w;
}
