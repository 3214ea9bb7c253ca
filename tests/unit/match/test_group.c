/* The partition of a component: each rule of 6.3 where it decides, and what always holds. */

#include "group_testing.h"
#include "nayose/match_draft.h"

/* "0022": the smallest node of each node's group, in base 36. */
static const char *groups_text(const struct component *c, const struct outcome *o)
{
    static char text[NODES_MAX + 1];

    for (size_t i = 0; i < c->in.n_nodes; i++) {
        text[i] = "0123456789abcdefghijklmnopqrstuv"[o->group[i]];
    }
    text[c->in.n_nodes] = '\0';
    return text;
}

/* ---- rules, with scores written down ---- */

enum { BAND = 1, GUARD, RUNNER_UP, GROUP, HOLD, OVERLAY = 7 };

struct row {
    const char *name;
    size_t n;
    struct {
        uint32_t a, b;
        double bits;
        uint32_t guards;
    } e[8];
    struct ny_group_pair must[3], cannot[3];  /* {0, 0} ends */
    unsigned held, outside, merged, overlaid; /* bits by node */
    const char *groups;
    struct {
        uint32_t a, b, verdict, reason;
    } q[3];
};

/* clang-format off */
/* Two pairs that link; 1-2 would join them if the rest allows. */
#define TWO_PAIRS(...) {{0, 1, 30, 0}, {2, 3, 30, 0}, {1, 2, 20, 0}, __VA_ARGS__}
#define ASKS_GROUP .q = {{1, 2, NY_VERDICT_OPEN, GROUP}}

static const struct row rows[] = {
    /* bands */
    {.name = "an AUTO edge joins", .n = 2, .e = {{0, 1, 20, 0}}, .groups = "00"},
    {.name = "tau itself joins", .n = 2, .e = {{0, 1, 13, 0}}, .groups = "00"},
    {.name = "below tau a question", .n = 2, .e = {{0, 1, 12.99, 0}}, .groups = "01", .q = {{0, 1, NY_VERDICT_OPEN, BAND}}},
    {.name = "a guard makes a question", .n = 2, .e = {{0, 1, 30, GD(6)}}, .groups = "01", .q = {{0, 1, NY_VERDICT_OPEN, GUARD}}},
    {.name = "no contact is parked", .n = 2, .e = {{0, 1, 30, GD(15)}}, .groups = "01", .q = {{0, 1, NY_VERDICT_PARKED, GUARD}}},
    {.name = "parked at a low total too", .n = 2, .e = {{0, 1, -3, GD(15)}}, .groups = "01", .q = {{0, 1, NY_VERDICT_PARKED, GUARD}}},
    {.name = "parked only for that alone", .n = 2, .e = {{0, 1, 30, GD(15) | GD(6)}}, .groups = "01", .q = {{0, 1, NY_VERDICT_OPEN, GUARD}}},
    {.name = "a HARD guard asks nothing", .n = 2, .e = {{0, 1, 30, GD(7)}}, .groups = "01"},
    {.name = "a non-link asks nothing", .n = 2, .e = {{0, 1, 30, GD(5)}}, .groups = "01"},
    {.name = "a non-link beside no contact", .n = 2, .e = {{0, 1, 30, GD(8) | GD(15)}}, .groups = "01"},
    /* runner-up */
    {.name = "a rival demotes", .n = 3, .e = {{0, 1, 20, 0}, {0, 2, 10, 0}, {1, 2, -4.1, 0}}, .groups = "012", .q = {{0, 1, NY_VERDICT_OPEN, RUNNER_UP}, {0, 2, NY_VERDICT_OPEN, BAND}}},
    {.name = "a rival at the other end demotes", .n = 3, .e = {{0, 1, 20, 0}, {1, 2, 10, 0}, {0, 2, -4.1, 0}}, .groups = "012", .q = {{0, 1, NY_VERDICT_OPEN, RUNNER_UP}, {1, 2, NY_VERDICT_OPEN, BAND}}},
    {.name = "more than ten bits behind is none", .n = 3, .e = {{0, 1, 20, 0}, {0, 2, 9.99, 0}, {1, 2, -4.1, 0}}, .groups = "002", .q = {{0, 2, NY_VERDICT_OPEN, BAND}}},
    {.name = "two equal ones demote each other", .n = 3, .e = {{0, 1, 20, 0}, {0, 2, 20, 0}, {1, 2, -5, 0}}, .groups = "012", .q = {{0, 1, NY_VERDICT_OPEN, RUNNER_UP}, {0, 2, NY_VERDICT_OPEN, RUNNER_UP}}},
    {.name = "a rival that a HARD guard tells apart", .n = 3, .e = {{0, 1, 20, 0}, {0, 2, 12, 0}, {1, 2, 12, GD(7)}}, .groups = "012", .q = {{0, 1, NY_VERDICT_OPEN, RUNNER_UP}, {0, 2, NY_VERDICT_OPEN, BAND}}},
    {.name = "a rival that someone told apart", .n = 3, .e = {{0, 1, 20, 0}, {0, 2, 12, 0}, {1, 2, 12, 0}}, .cannot = {{1, 2}}, .groups = "012", .q = {{0, 1, NY_VERDICT_OPEN, RUNNER_UP}, {0, 2, NY_VERDICT_OPEN, BAND}}},
    {.name = "a guarded edge is a rival too", .n = 3, .e = {{0, 1, 20, 0}, {0, 2, 12, GD(3)}, {1, 2, -5, 0}}, .groups = "012", .q = {{0, 1, NY_VERDICT_OPEN, RUNNER_UP}, {0, 2, NY_VERDICT_OPEN, GUARD}}},
    {.name = "who fits the other end is none", .n = 3, .e = {{0, 1, 20, 0}, {0, 2, 15, 0}, {1, 2, -4, 0}}, .groups = "000"},
    {.name = "the hospital's other id is by far the better", .n = 3, .e = {{0, 1, 30, 0}, {0, 2, 15, 0}, {1, 2, 8, GD(1)}}, .groups = "002", .q = {{0, 2, NY_VERDICT_OPEN, RUNNER_UP}}},
    {.name = "more than ten bits are by far", .n = 3, .e = {{0, 1, 25.01, 0}, {0, 2, 15, 0}, {1, 2, 8, GD(1)}}, .groups = "002", .q = {{0, 2, NY_VERDICT_OPEN, RUNNER_UP}}},
    {.name = "the hospital's other id is hardly better", .n = 3, .e = {{0, 1, 25, 0}, {0, 2, 15, 0}, {1, 2, 8, GD(1)}}, .groups = "000"},
    {.name = "another hospital's id is no such rival", .n = 3, .e = {{0, 1, 30, 0}, {0, 2, 15, 0}, {1, 2, 8, GD(9)}}, .groups = "000"},
    {.name = "two hospitals tell the same two apart", .n = 4, .e = {{0, 1, 8, GD(1)}, {2, 3, 8, GD(1)}, {0, 2, 30, 0}, {1, 3, 30, 0}, {0, 3, 15, 0}, {1, 2, 15, 0}}, .groups = "0101", .q = {{0, 3, NY_VERDICT_OPEN, RUNNER_UP}}},
    {.name = "for whoever fits both", .n = 4, .e = {{0, 1, 15, 0}, {0, 2, 30, 0}, {1, 2, 8, GD(1)}, {0, 3, 20, 0}, {1, 3, 20, 0}, {2, 3, 20, 0}}, .groups = "0100", .q = {{1, 3, NY_VERDICT_OPEN, RUNNER_UP}}},
    {.name = "by any id that it has of him", .n = 4, .e = {{0, 1, 5, 0}, {0, 2, 15, 0}, {0, 3, 30, 0}, {1, 3, 12, 0}, {2, 3, 8, GD(1)}}, .must = {{1, 2}}, .groups = "0110", .q = {{0, 2, NY_VERDICT_OPEN, RUNNER_UP}}},
    {.name = "demoted on undemoted edges", .n = 4, .e = {{0, 1, 20, 0}, {1, 2, 20, 0}, {2, 3, 20, 0}, {0, 2, -5, 0}, {1, 3, -5, 0}, {0, 3, -5, 0}}, .groups = "0123", .q = {{0, 1, NY_VERDICT_OPEN, RUNNER_UP}, {1, 2, NY_VERDICT_OPEN, RUNNER_UP}, {2, 3, NY_VERDICT_OPEN, RUNNER_UP}}},
    /* (c): what two groups have against each other */
    {.name = "two pairs become one", .n = 4, .e = TWO_PAIRS({0, 2, 5, 0}, {1, 3, 5, 0}, {0, 3, 5, 0}), .groups = "0000"},
    {.name = "GD3 between others blocks", .n = 4, .e = TWO_PAIRS({0, 2, 5, 0}, {1, 3, 5, 0}, {0, 3, 5, GD(3)}), .groups = "0022", ASKS_GROUP},
    {.name = "GD5 between others blocks", .n = 4, .e = TWO_PAIRS({0, 2, 5, 0}, {1, 3, 5, 0}, {0, 3, 5, GD(5)}), .groups = "0022", ASKS_GROUP},
    {.name = "GD8 between others blocks", .n = 4, .e = TWO_PAIRS({0, 2, 5, 0}, {1, 3, 5, 0}, {0, 3, 5, GD(8)}), .groups = "0022", ASKS_GROUP},
    {.name = "HARD between others blocks", .n = 4, .e = TWO_PAIRS({0, 2, 5, 0}, {1, 3, 5, 0}, {0, 3, 5, GD(4)}), .groups = "0022", ASKS_GROUP},
    {.name = "other guards do not", .n = 4, .e = TWO_PAIRS({0, 2, 5, 0}, {1, 3, 5, GD(15)}, {0, 3, 5, GD(6) | GD(1) | GD(9)}), .groups = "0000"},
    {.name = "below -4 bits blocks", .n = 4, .e = TWO_PAIRS({0, 2, 5, 0}, {1, 3, 5, 0}, {0, 3, -4.01, 0}), .groups = "0022", ASKS_GROUP},
    {.name = "-4 bits does not", .n = 4, .e = TWO_PAIRS({0, 2, 5, 0}, {1, 3, 5, 0}, {0, 3, -4, 0}), .groups = "0000"},
    {.name = "half of the pairs likely", .n = 4, .e = TWO_PAIRS({0, 2, -3.5, 0}, {1, 3, -3.5, 0}, {0, 3, -3, 0}), .groups = "0000"},
    {.name = "less than half", .n = 4, .e = TWO_PAIRS({0, 2, -3.5, 0}, {1, 3, -3.5, 0}, {0, 3, -3.5, 0}), .groups = "0022", ASKS_GROUP},
    {.name = "told apart from both: no rival", .n = 3, .e = {{0, 1, 20, 0}, {0, 2, 20, 0}, {1, 2, 20, 0}}, .cannot = {{0, 2}, {1, 2}}, .groups = "002"},
    {.name = "told apart elsewhere: nobody asks", .n = 4, .e = TWO_PAIRS({0, 2, 5, 0}, {1, 3, 5, 0}, {0, 3, 5, 0}), .cannot = {{0, 3}}, .groups = "0022"},
    /* pins */
    {.name = "cannot-link blocks", .n = 2, .e = {{0, 1, 40, 0}}, .cannot = {{0, 1}}, .groups = "01"},
    {.name = "must-link despite the score", .n = 2, .e = {{0, 1, -20, 0}}, .must = {{0, 1}}, .groups = "00"},
    {.name = "must-link without an edge", .n = 2, .must = {{1, 0}}, .groups = "00"},
    {.name = "must-link despite a HARD guard", .n = 2, .e = {{0, 1, 5, GD(7)}}, .must = {{0, 1}}, .groups = "00"},
    {.name = "must-links chain", .n = 4, .must = {{2, 3}, {1, 3}, {1, 0}}, .groups = "0000"},
    {.name = "must wins over cannot inside a node", .n = 3, .must = {{0, 1}, {1, 2}}, .cannot = {{0, 2}}, .groups = "000"},
    {.name = "the best pair speaks for a node", .n = 3, .e = {{0, 2, 20, 0}, {1, 2, -20, GD(7)}}, .must = {{0, 1}}, .groups = "000"},
    {.name = "no rival out of the own node", .n = 3, .e = {{0, 1, -9, 0}, {0, 2, 20, 0}, {1, 2, 15, 0}}, .must = {{0, 1}}, .groups = "000"},
    {.name = "cannot-link of any record of a node", .n = 3, .e = {{0, 2, 20, 0}, {1, 2, 5, 0}}, .must = {{0, 1}}, .cannot = {{1, 2}}, .groups = "002"},
    /* holds, outside */
    {.name = "a held record asks", .n = 2, .e = {{0, 1, 20, 0}}, .held = 1, .groups = "01", .q = {{0, 1, NY_VERDICT_OPEN, HOLD}}},
    {.name = "a held record and its node", .n = 3, .e = {{1, 2, 20, 0}, {0, 2, 3, 0}}, .must = {{0, 1}}, .held = 1, .groups = "002", .q = {{1, 2, NY_VERDICT_OPEN, HOLD}}},
    {.name = "a pin is stronger than a hold", .n = 2, .e = {{0, 1, 20, 0}}, .must = {{0, 1}}, .held = 3, .groups = "00"},
    {.name = "outside does not join or ask", .n = 2, .e = {{0, 1, 20, 0}}, .outside = 2, .groups = "01"},
    {.name = "outside is a rival", .n = 3, .e = {{0, 1, 20, 0}, {0, 2, 15, 0}, {1, 2, -5, 0}}, .outside = 4, .groups = "012", .q = {{0, 1, NY_VERDICT_OPEN, RUNNER_UP}}},
    {.name = "outside told apart is a rival", .n = 3, .e = {{0, 1, 20, 0}, {0, 2, 15, 0}, {1, 2, 15, 0}}, .cannot = {{1, 2}}, .outside = 4, .groups = "012", .q = {{0, 1, NY_VERDICT_OPEN, RUNNER_UP}}},
    /* an id that became another person: one question, to the best of its own group */
    {.name = "an overlay asks its partner", .n = 2, .e = {{0, 1, 20, 0}}, .overlaid = 1, .groups = "00", .q = {{0, 1, NY_VERDICT_OPEN, OVERLAY}}},
    {.name = "an overlay asks the best one", .n = 3, .e = {{0, 1, 20, 0}, {0, 2, 25, 0}, {1, 2, 30, 0}}, .overlaid = 1, .groups = "000", .q = {{0, 2, NY_VERDICT_OPEN, OVERLAY}}},
    {.name = "both of them asks once", .n = 2, .e = {{0, 1, 20, 0}}, .overlaid = 3, .groups = "00", .q = {{0, 1, NY_VERDICT_OPEN, OVERLAY}}},
    {.name = "an overlay without partner asks nobody", .n = 2, .e = {{0, 1, 20, GD(7)}}, .overlaid = 1, .groups = "01"},
    {.name = "an overlay pinned without an edge", .n = 2, .must = {{0, 1}}, .overlaid = 1, .groups = "00"},
    /* questions */
    {.name = "one question: the best edge", .n = 3, .e = {{0, 1, 30, 0}, {0, 2, 5, 0}, {1, 2, 10, 0}}, .groups = "002", .q = {{1, 2, NY_VERDICT_OPEN, BAND}}},
    {.name = "equal edges: the smaller records", .n = 3, .e = {{0, 1, 30, 0}, {1, 2, 10, 0}, {0, 2, 10, 0}}, .groups = "002", .q = {{0, 2, NY_VERDICT_OPEN, BAND}}},
    {.name = "open before parked", .n = 3, .e = {{0, 1, 30, 0}, {0, 2, 19, GD(15)}, {1, 2, 5, 0}}, .groups = "002", .q = {{1, 2, NY_VERDICT_OPEN, BAND}}},
    {.name = "the best pair has no edge: the edge asks", .n = 3, .e = {{1, 2, -3, 0}}, .must = {{0, 1}}, .groups = "002", .q = {{1, 2, NY_VERDICT_OPEN, BAND}}},
    {.name = "twins that score as two", .n = 2, .e = {{0, 1, -.1, GD(3)}}, .groups = "01"},
    {.name = "twins that might be one", .n = 2, .e = {{0, 1, .1, GD(3)}}, .groups = "01", .q = {{0, 1, NY_VERDICT_OPEN, GUARD}}},
    {.name = "twins with a partner each", .n = 4, .e = {{0, 1, 30, 0}, {2, 3, 30, 0}, {0, 2, 3, GD(3)}, {0, 3, -5, 0}, {1, 2, -5, 0}, {1, 3, -5, 0}}, .groups = "0022"},
    {.name = "one twin has a partner", .n = 3, .e = {{0, 1, 30, 0}, {0, 2, 3, GD(3)}, {1, 2, -5, 0}}, .groups = "002", .q = {{0, 2, NY_VERDICT_OPEN, GUARD}}},
    {.name = "a pinned record is no partner", .n = 4, .e = {{0, 2, 3, GD(3)}}, .must = {{0, 1}, {2, 3}}, .groups = "0022", .q = {{0, 2, NY_VERDICT_OPEN, GUARD}}},
};
/* clang-format on */

#define YUKO_AT "kf=鮎沢;kg=鮎乃;birth=19801124;phone=0534572111;address=静岡県%s;"

static void component_of_row(struct component *c, const struct fixture *f, const struct row *row)
{
    component_init(c, f, row->n);
    for (size_t i = 0; i < row->n; i++) {
        c->nodes[i].held = (row->held >> i & 1U) != 0;
        c->nodes[i].outside = (row->outside >> i & 1U) != 0;
        c->nodes[i].live = (row->merged >> i & 1U) == 0;
        c->nodes[i].overlaid = (row->overlaid >> i & 1U) != 0;
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(row->e) && row->e[i].b != 0; i++) {
        edge_put(c, row->e[i].a, row->e[i].b, row->e[i].bits, row->e[i].guards);
    }
    for (size_t i = 0; i < 3 && row->must[i].a + row->must[i].b != 0; i++) {
        c->must[c->in.n_must++] = row->must[i];
    }
    for (size_t i = 0; i < 3 && row->cannot[i].a + row->cannot[i].b != 0; i++) {
        c->cannot[c->in.n_cannot++] = row->cannot[i];
    }
}

static void check_questions(const struct component *c, const struct outcome *o,
                            const struct row *row)
{
    for (size_t i = 0; i < c->in.n_edges; i++) {
        uint32_t verdict = NY_VERDICT_NONE;
        uint32_t reason = 0;

        for (size_t k = 0; k < NY_ARRAY_LEN(row->q); k++) {
            if (row->q[k].b != 0 && row->q[k].a == c->edges[i].a && row->q[k].b == c->edges[i].b) {
                verdict = row->q[k].verdict;
                reason = row->q[k].reason;
            }
        }
        if (o->question[i].verdict != verdict ||
            (verdict != NY_VERDICT_NONE && o->question[i].reason != reason)) {
            fail_msg("%s: edge %u-%u asks %u for %u", row->name, c->edges[i].a, c->edges[i].b,
                     o->question[i].verdict, o->question[i].reason);
        }
    }
}

static void test_each_rule(void **state)
{
    struct fixture *f = *state;
    static struct component c;

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct outcome o;

        component_of_row(&c, f, &rows[i]);
        o = solve(f, &c);
        if (strcmp(groups_text(&c, &o), rows[i].groups) != 0) {
            fail_msg("%s: %s, not %s", rows[i].name, groups_text(&c, &o), rows[i].groups);
        }
        check_questions(&c, &o, &rows[i]);
    }
}

static void test_thirteen_live_records(void **state)
{
    static const struct {
        unsigned merged;
        const char *groups;
    } cases[] = {
        {0,      "000000000000c"},
        {1,      "0000000000000"},
        {1 << 7, "0000000000000"},
    };
    struct fixture *f = *state;
    static struct component c;

    for (size_t k = 0; k < NY_ARRAY_LEN(cases); k++) {
        struct outcome o;
        size_t asked = 0;

        component_init(&c, f, 13);
        for (uint32_t a = 0; a < 13; a++) {
            c.nodes[a].live = (cases[k].merged >> a & 1U) == 0;
            for (uint32_t b = a + 1; b < 13; b++) {
                edge_put(&c, a, b, 20, 0);
            }
        }
        o = solve(f, &c);
        assert_string_equal(groups_text(&c, &o), cases[k].groups);
        for (size_t i = 0; i < c.in.n_edges; i++) {
            asked += o.question[i].verdict == NY_VERDICT_OPEN;
        }
        assert_int_equal(asked, cases[k].merged == 0 ? 1 : 0);
    }
}

/* GD14, places: ids that agree in everything but live in as many cities, each address first said on
 * a day of its own. */
static void test_too_many_places(void **state)
{
    static const struct {
        const char *name;
        const char *cities[5];
        int days[5];
        bool beginning; /* the addresses were said when their sources began */
        const char *groups;
    } rows14[] = {
        {"three places in a month",
         {"静岡市葵区追手町9-6", "浜松市中央区元城町1", "沼津市御幸町16-1"},
         {100, 110, 130},
         false, "000"  },
        {"four places in a month",
         {"静岡市葵区追手町9-6", "浜松市中央区元城町1", "沼津市御幸町16-1", "富士市永田町1-100"},
         {100, 110, 120, 130},
         false, "0003" },
        {"four places, a day more",
         {"静岡市葵区追手町9-6", "浜松市中央区元城町1", "沼津市御幸町16-1", "富士市永田町1-100"},
         {100, 110, 120, 131},
         false, "0000" },
        {"four places at a beginning",
         {"静岡市葵区追手町9-6", "浜松市中央区元城町1", "沼津市御幸町16-1", "富士市永田町1-100"},
         {100, 110, 120, 130},
         true,  "0000" },
        {"one of them is known",
         {"静岡市葵区追手町9-6", "浜松市中央区元城町1", "沼津市御幸町16-1", "静岡市葵区追手町1-1"},
         {100, 110, 120, 130},
         false, "0000" },
        {"two months of three places",
         {"静岡市葵区追手町9-6", "浜松市中央区元城町1", "沼津市御幸町16-1", "富士市永田町1-100",
          "磐田市国府台3-1"},
         {70, 110, 120, 130, 170},
         false, "00000"},
    };
    struct fixture *f = *state;
    static struct component c;

    for (size_t k = 0; k < NY_ARRAY_LEN(rows14); k++) {
        size_t n = strlen(rows14[k].groups);
        struct outcome o;

        component_init(&c, f, n);
        for (uint32_t a = 0; a < n; a++) {
            struct ny_record *r = NY_ARENA_NEW(f->a, struct ny_record);

            *r = *record_of_line(f->a, ny_arena_printf(f->a, YUKO_AT, rows14[k].cities[a]).p);
            r->addresses[0].first_day = rows14[k].days[a];
            c.nodes[a].record = r;
            c.nodes[a].settled_day = rows14[k].beginning ? rows14[k].days[a] : 0;
            for (uint32_t b = 0; b < a; b++) {
                edge_put(&c, b, a, 20 + (double)(n - a), 0); /* 0-1 first, then 2, then 3 */
            }
        }
        o = solve(f, &c);
        if (strcmp(groups_text(&c, &o), rows14[k].groups) != 0) {
            fail_msg("%s: %s", rows14[k].name, groups_text(&c, &o));
        }
    }
}

/* 30 days behind the first one of the domain in the version, else of the record. */
static void test_when_a_source_has_settled(void **state)
{
    struct fixture *f = *state;
    struct ny_match_draft *d = ny_match_draft_create(f->m);
    struct ny_match_draft *again;
    struct ny_match_model *m;
    struct ny_record r = {.first_day = 1000};

    assert_int_equal(ny_match_settled_day(f->m, NY_S("1.2.3"), &r), 1030);
    ny_match_draft_first_day_set(d, NY_S("1.2.3"), 500);
    ny_match_draft_first_day_set(d, NY_S("1.2.3"), 400);
    m = ny_match_draft_seal(d);
    again = ny_match_draft_create(m); /* a version made from it knows the days too */
    ny_match_model_destroy(m);
    m = ny_match_draft_seal(again);
    assert_int_equal(ny_match_settled_day(m, NY_S("1.2.3"), &r), 430);
    assert_int_equal(ny_match_settled_day(m, NY_S("1.2.33"), &r), 1030);
    ny_match_model_destroy(m);
}

static void test_nothing_is_a_component_too(void **state)
{
    struct fixture *f = *state;
    static struct component c;
    struct ny_arena *small = ny_arena_create(64);
    struct outcome o;

    component_init(&c, f, 0);
    solve(f, &c);
    component_init(&c, f, 30);
    assert_int_equal(ny_group_partition(small, &c.in, &o.group, &o.question, &o.scored), NY_ELIMIT);
    ny_arena_destroy(small);
}

/* ---- (d), with real records ---- */

/* One woman: before her marriage, after it, and once more under the first name. The second and the
 * third agree in the phone only; the first has no contact of the third. */
#define YUKO "kg=鮎乃;pg=アユノ;birth=19801124;sex=F;"
#define SINGLE YUKO "kf=鮎沢;pf=アユサワ;"
#define MARRIED YUKO "kf=佐藤;pf=サトウ;phone=0534572111;address=浜松市中央区元城町103-2;"
#define LATER SINGLE "phone=0534572111;address=静岡市葵区追手町9-6;insurer=06130012;number=9;"
#define CARD "insurer=33120015;symbol=12;number=345;branch=01;"

static void records_put(struct component *c, const struct fixture *f, const char *const *lines)
{
    size_t n = 0;

    while (lines[n] != NULL) {
        n++;
    }
    component_init(c, f, n);
    for (uint32_t i = 0; i < n; i++) {
        c->nodes[i].record = record_of_line(f->a, lines[i]);
    }
}

/* clang-format off */
static const struct {
    const char *name;
    const char *lines[4];
    struct ny_group_pair must, cannot; /* {0, 0}: none */
    unsigned held;
    const char *groups;
} evidence[] = {
    {"without a contact apart", {SINGLE, LATER}, {0, 0}, {0, 0}, 0, "01"},
    {"with the phone only apart", {MARRIED CARD, LATER}, {0, 0}, {0, 0}, 0, "01"},
    {"both together", {SINGLE CARD, MARRIED CARD, LATER}, {0, 0}, {0, 0}, 0, "000"},
    {"a hold on the partner", {SINGLE CARD, MARRIED CARD, LATER}, {0, 0}, {0, 0}, 2, "012"},
    {"a hold on the third", {SINGLE CARD, MARRIED CARD, LATER}, {0, 0}, {0, 0}, 4, "002"},
    {"told apart: a rival to the partner", {SINGLE CARD, MARRIED CARD, LATER}, {0, 0}, {1, 2}, 0, "012"},
    {"all records of a node are read", {SINGLE, MARRIED CARD, LATER}, {0, 1}, {0, 0}, 0, "000"},
};
/* clang-format on */

/* What is tested here must not be decided by an edge alone. */
static void check_no_edge_decides(const struct component *c, const char *name)
{
    uint32_t last = (uint32_t)c->in.n_nodes - 1;

    for (size_t k = 0; k < c->in.n_edges; k++) {
        if (c->edges[k].b == last &&
            ny_match_band(c->in.model, &c->edges[k].score) == NY_BAND_AUTO) {
            fail_msg("%s: edge %u-%u has %d", name, c->edges[k].a, c->edges[k].b,
                     c->edges[k].score.total_b1024);
        }
    }
}

static void test_evidence_of_groups(void **state)
{
    struct fixture *f = *state;
    static struct component c;

    for (size_t i = 0; i < NY_ARRAY_LEN(evidence); i++) {
        struct outcome o;

        records_put(&c, f, evidence[i].lines);
        edges_score(&c);
        if (evidence[i].must.b != 0) {
            c.must[c.in.n_must++] = evidence[i].must;
        }
        if (evidence[i].cannot.b != 0) {
            c.cannot[c.in.n_cannot++] = evidence[i].cannot;
        }
        check_no_edge_decides(&c, evidence[i].name);
        for (size_t k = 0; k < c.in.n_nodes; k++) {
            c.nodes[k].held = (evidence[i].held >> k & 1U) != 0;
        }
        o = solve(f, &c);
        if (strcmp(groups_text(&c, &o), evidence[i].groups) != 0) {
            for (size_t k = 0; k < c.in.n_edges; k++) {
                print_message("%u-%u %.2f bits, guards %#x\n", c.edges[k].a, c.edges[k].b,
                              c.edges[k].score.total_b1024 / 1024.0, c.edges[k].score.guards);
            }
            fail_msg("%s: %s, not %s", evidence[i].name, groups_text(&c, &o), evidence[i].groups);
        }
    }
}

static struct ny_match_model *model_with_tau(double bits)
{
    struct ny_match_settings s;

    ny_match_settings_default(&s);
    s.tau_auto = bits;
    return ny_match_model_create_v1(&s);
}

/* Two records tried with one: the evidence of both costs one bit. */
static void test_evidence_costs_the_pairs_tried(void **state)
{
    static const char *const lines[] = {SINGLE CARD, MARRIED CARD, LATER, NULL};
    struct fixture *f = *state;
    static struct component c;
    struct ny_score whole;

    records_put(&c, f, lines);
    edges_score(&c);
    c.edges[0].score.total_b1024 = NY_BITS(60); /* 0-1, linked under any threshold */
    ny_match_score_with_contacts(f->m, c.nodes[0].record, c.nodes[2].record, false, NY_LEVEL_A5,
                                 NY_LEVEL_P1, NY_LEVEL_I5, &whole);
    for (int k = 0; k < 2; k++) {
        struct ny_match_model *m = model_with_tau(whole.total_b1024 / 1024.0 - (k == 0 ? 1.1 : .9));
        struct outcome o;

        c.in.model = m;
        o = solve(f, &c);
        assert_string_equal(groups_text(&c, &o), k == 0 ? "000" : "002");
        ny_match_model_destroy(m);
    }
}

/* A group that grew by evidence has more of it: the third brings the fourth. */
static void test_evidence_goes_on(void **state)
{
    static const char *const lines[] = {
        SINGLE CARD,
        YUKO "kf=鮫島;pf=サメジマ;phone=0534572111;address=浜松市中央区元城町103-2;" CARD, LATER,
        YUKO "kf=鮫島;pf=サメジマ;insurer=06130012;number=9;"
             "address=浜松市中央区元城町999;",
        NULL};
    struct fixture *f = *state;
    static struct component c;
    struct outcome o;

    records_put(&c, f, lines);
    edges_score(&c);
    check_no_edge_decides(&c, "the fourth");
    o = solve(f, &c);
    assert_string_equal(groups_text(&c, &o), "0000");
    c.nodes[2].held = true;
    o = solve(f, &c);
    assert_string_equal(groups_text(&c, &o), "0023");
}

/* Two groups alone: the threshold at which the partition begins to join them. */
static void test_strength_is_where_the_partition_turns(void **state)
{
    static const char *const lines[] = {SINGLE CARD, MARRIED CARD, LATER, NULL};
    struct fixture *f = *state;
    static struct component c;
    int32_t strength;

    records_put(&c, f, lines);
    edges_score(&c);
    c.edges[0].score.total_b1024 = NY_BITS(60);
    for (int k = -1; k <= 1; k += 2) {
        struct ny_group_input two = c.in;
        struct ny_match_model *m;
        struct outcome o;

        two.edges = &c.edges[1]; /* without the edge inside the first group */
        two.n_edges--;
        assert_int_equal(ny_group_strength(f->a, &two, 2, &strength), NY_OK);
        m = model_with_tau((strength + 2 * k) / 1024.0);
        c.in.model = m;
        o = solve(f, &c);
        assert_string_equal(groups_text(&c, &o), k < 0 ? "000" : "002");
        c.in.model = f->m;
        ny_match_model_destroy(m);
    }
    c.edges[c.in.n_edges - 1].score.guards = GD(7); /* and a HARD guard forbids it anywhere */
    assert_int_equal(ny_group_strength(f->a,
                                       &(struct ny_group_input){.model = f->m,
                                                                .nodes = c.nodes,
                                                                .n_nodes = 3,
                                                                .edges = &c.edges[1],
                                                                .n_edges = c.in.n_edges - 1},
                                       2, &strength),
                     NY_OK);
    assert_int_equal(strength, INT32_MIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_rule),
        cmocka_unit_test(test_strength_is_where_the_partition_turns),
        cmocka_unit_test(test_thirteen_live_records),
        cmocka_unit_test(test_too_many_places),
        cmocka_unit_test(test_when_a_source_has_settled),
        cmocka_unit_test(test_nothing_is_a_component_too),
        cmocka_unit_test(test_evidence_of_groups),
        cmocka_unit_test(test_evidence_costs_the_pairs_tried),
        cmocka_unit_test(test_evidence_goes_on),
    };

    return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
