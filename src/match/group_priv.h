/* match grouping, private: the state of one partition run. */
#ifndef NAYOSE_MATCH_GROUP_PRIV_H
#define NAYOSE_MATCH_GROUP_PRIV_H

#include "match_priv.h"
#include "nayose/match_group.h"

/* The contact fields that groups pool (d): address, phone, insurance. */
enum { NY_GROUP_CONTACTS = 3 };

static const uint32_t NY_GROUP_END = UINT32_MAX; /* ends a list of clusters */

/* Two clusters, scored by their best record pair; guards of that pair, cannot of any pair. */
struct group_link {
    struct ny_score score;
    uint32_t a, b;                      /* the best pair's nodes, a < b */
    uint32_t edge;                      /* the best stored edge, index + 1; 0 = none */
    uint8_t contact[NY_GROUP_CONTACTS]; /* best level over all pairs */
    bool two_ids;                       /* GD1 of any pair: one hospital knows them by two ids */
    bool told_apart;                    /* and by somebody else it is right */
    bool known;                         /* some pair is scored */
    bool complete;                      /* every pair is scored */
    bool cannot;                        /* a cannot-link between any pair */
    bool demoted;                       /* by the runner-up rule */
};

/* A cluster is a set of nodes that must be one; clusters are numbered by their smallest node. */
struct group_run {
    struct ny_arena *arena;
    const struct ny_group_input *in;
    uint32_t *cluster; /* [n_nodes] cluster of a node */
    size_t n_clusters;
    uint32_t *first;          /* [n_clusters + 1] start of its nodes in members */
    uint32_t *members;        /* [n_nodes] nodes, cluster by cluster */
    struct group_link *links; /* [n_clusters * n_clusters], upper half used */
    uint32_t *group;          /* [n_clusters] group of a cluster: its smallest cluster */
    uint32_t *next;           /* [n_clusters] next larger cluster of the same group */
    uint32_t hard;            /* the guards whose effect is HARD */
    size_t scored;
};

/* Builds clusters from must-links, takes the stored edges in. */
NY_MUST_USE ny_rc ny_group_run_init(struct group_run *r, struct ny_arena *a,
                                    const struct ny_group_input *in);
/* The link of two different clusters as far as it is known. */
struct group_link *ny_group_link_peek(const struct group_run *r, uint32_t c1, uint32_t c2);
/* The same, scored now when no edge told it. */
struct group_link *ny_group_link(struct group_run *r, uint32_t c1, uint32_t c2);
bool ny_group_cluster_is_held(const struct group_run *r, uint32_t c);
bool ny_group_cluster_is_outside(const struct group_run *r, uint32_t c);
/* Order of (c): total descending, then the best pair's nodes. <0 when x comes first. */
int ny_group_link_order(const struct group_link *x, const struct group_link *y);

/* The names of the best pair could not be compared, since one has only kanji and the other only
 * kana: the pair says nothing for or against one person. */
bool ny_group_link_is_mute(const struct group_run *r, const struct group_link *l);
/* A twin pattern (GD3) whose given names differ in kanji and in kana. */
bool ny_group_link_is_twins(const struct group_link *l);
/* (c): may two groups become one? */
bool ny_group_may_join(struct group_run *r, uint32_t g1, uint32_t g2);
/* Marks links demoted by the runner-up rule; all judged on undemoted links. */
void ny_group_demote_runners_up(struct group_run *r);
/* An AUTO link that nothing keeps back (band, cannot, hold, runner-up). */
bool ny_group_link_is_auto(const struct group_run *r, const struct group_link *l);
/* GD14: together two groups would live in too many places at one time. */
bool ny_group_moves_too_often(const struct group_run *r, uint32_t g1, uint32_t g2);
/* Steps (c) and (d). */
NY_MUST_USE ny_rc ny_group_join_all(struct group_run *r);
/* At most one question for each pair of groups. */
NY_MUST_USE ny_rc ny_group_ask(struct group_run *r, struct ny_group_question *out);

#endif
