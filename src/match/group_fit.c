/* Whether two groups may become one (6.3 c): what every pair of members says about it. */

#include "group_priv.h"
#include "match_priv.h"

/* A twin is known by the given name: where the names meet in one script only, a slip in that script
 * looks the same. So one such pair is not the last word when others have compared the names and
 * found them equal. */
enum saying {
    SAYS_APART, /* never */
    SAYS_NO,    /* the names differ in the only script that both have; the others may outvote it */
    SAYS_NOTHING, /* one has only kanji, the other only kana */
    SAYS_YES
};

static const uint32_t KEEPS_APART = 1U << NY_GUARD_GD5 | 1U << NY_GUARD_GD8;

static bool has_given_name(const struct ny_record *rec)
{
    for (size_t i = 0; i < rec->n_names; i++) {
        const struct ny_record_name *n = &rec->names[i];

        if (n->kanji_given.n > 0 || n->kana_given.n > 0 || n->kanji_unsplit || n->kana_unsplit) {
            return true;
        }
    }
    return false;
}

bool ny_group_link_is_mute(const struct group_run *r, const struct group_link *l)
{
    const struct ny_record *a = r->in->nodes[l->a].record;
    const struct ny_record *b = r->in->nodes[l->b].record;

    return l->score.level[NY_FIELD_GIVEN] == NY_LEVEL_NONE && a != NULL && b != NULL &&
           has_given_name(a) && has_given_name(b);
}

bool ny_group_link_is_twins(const struct group_link *l)
{
    uint8_t given = l->score.level[NY_FIELD_GIVEN];

    return (l->score.guards >> NY_GUARD_GD3 & 1U) != 0 &&
           (given == NY_LEVEL_G6 || given == NY_LEVEL_G7);
}

static bool differs_in_one_script(const struct ny_score *s)
{
    uint8_t given = s->level[NY_FIELD_GIVEN];

    return s->level[NY_FIELD_BIRTH] == NY_LEVEL_D1 &&
           ((given >= NY_LEVEL_N2 && given <= NY_LEVEL_N4) || given == NY_LEVEL_J2 ||
            given == NY_LEVEL_J3);
}

static enum saying link_says(const struct group_run *r, const struct group_link *l)
{
    bool twins = (l->score.guards >> NY_GUARD_GD3 & 1U) != 0;

    if (l->cannot || (l->score.guards & (r->hard | KEEPS_APART)) != 0) {
        return SAYS_APART;
    }
    if (ny_group_link_is_mute(r, l)) {
        return SAYS_NOTHING;
    }
    if (!twins && l->score.total_b1024 >= NY_TOTAL_CROSS_B1024) {
        return SAYS_YES;
    }
    return differs_in_one_script(&l->score) ? SAYS_NO : SAYS_APART;
}

static size_t live_records(const struct group_run *r, uint32_t g)
{
    size_t n = 0;

    for (uint32_t c = g; c != NY_GROUP_END; c = r->next[c]) {
        for (uint32_t i = r->first[c]; i < r->first[c + 1]; i++) {
            n += r->in->nodes[r->members[i]].live;
        }
    }
    return n;
}

bool ny_group_may_join(struct group_run *r, uint32_t g1, uint32_t g2)
{
    size_t pairs = 0;
    size_t likely = 0;
    size_t same_name = 0;
    size_t other_name = 0;

    if (live_records(r, g1) + live_records(r, g2) > NY_GROUP_LIVE_MAX ||
        ny_group_moves_too_often(r, g1, g2)) {
        return false; /* GD14 */
    }
    for (uint32_t x = g1; x != NY_GROUP_END; x = r->next[x]) {
        for (uint32_t y = g2; y != NY_GROUP_END; y = r->next[y]) {
            const struct group_link *l = ny_group_link(r, x, y);
            enum saying says = link_says(r, l);

            if (says == SAYS_APART) {
                return false;
            }
            other_name += says == SAYS_NO;
            pairs += says == SAYS_YES;
            likely += says == SAYS_YES && l->score.total_b1024 >= NY_TOTAL_REVIEW_B1024;
            same_name +=
                says == SAYS_YES && ny_level_info(l->score.level[NY_FIELD_GIVEN])->given_agrees;
        }
    }
    return 2 * likely >= pairs && same_name >= 2 * other_name;
}
