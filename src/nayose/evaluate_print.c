/* The judgement in print: figures with their intervals, recall by kind of error, causes. */

#include <stdlib.h>

#include "evaluate_priv.h"

enum { CAUSES_MAX = 10, FIGURES_MAX = 48 };

/* ---- figures ---- */

struct figure {
    const char *key, *text;
    double value;
    bool is_count, has_interval;
    struct ny_interval interval; /* at 95 % */
};

struct figures {
    struct figure f[FIGURES_MAX];
    size_t n;
};

static void add(struct figures *to, const struct figure *f)
{
    NY_ASSERT(to->n < FIGURES_MAX);
    to->f[to->n++] = *f;
}

static void add_count(struct figures *to, const char *key, const char *text, uint64_t value)
{
    add(to, &(struct figure){.key = key, .text = text, .value = (double)value, .is_count = true});
}

static void add_share(struct figures *to, const char *key, const char *text, double value)
{
    add(to, &(struct figure){.key = key, .text = text, .value = value});
}

/* A count as so many of `per` in `whole`, with its Poisson interval. */
static void add_rate(struct figures *to, const char *key, const char *text, uint64_t part,
                     uint64_t whole, double per)
{
    double scale = whole > 0 ? per / (double)whole : 0;
    struct ny_interval i = ny_poisson_interval(part, .95);

    add(to, &(struct figure){
                .key = key,
                .text = text,
                .value = (double)part * scale,
                .has_interval = whole > 0,
                .interval = {i.low * scale, i.high * scale}
    });
}

static void add_pairs(struct figures *to, const struct evaluation *e)
{
    const struct ny_judgement *j = &e->judgement;
    uint64_t unlinked = 0;

    for (size_t i = 0; i < ny_truth_count(e->truth); i++) {
        unlinked += ny_truth_judged(e->truth)[i].group == 0;
    }
    add_count(to, "records", "records", j->records);
    add_count(to, "records_without_link", "  without a link row", unlinked);
    add_count(to, "links_without_record", "link rows without a record", e->strange_links);
    add_count(to, "people", "people", j->people);
    add_count(to, "true_pairs", "true pairs", j->true_pairs);
    add_count(to, "true_linked", "  linked", j->true_linked);
    add_count(to, "ceiling", "ceiling: true pairs tied by contacts", j->ceiling);
    add_count(to, "ceiling_linked", "  linked", j->ceiling_linked);
    add_count(to, "direct", "  agreeing on a contact themselves", j->direct);
    add_count(to, "direct_linked", "  of these linked", j->direct_linked);
}

static double part_of(uint64_t part, uint64_t whole)
{
    return whole > 0 ? (double)part / (double)whole : 1;
}

static void add_quality(struct figures *to, const struct ny_judgement *j)
{
    add_share(to, "ceiling_share", "ceiling among true pairs", part_of(j->ceiling, j->true_pairs));
    add_share(to, "recall", "recall of the ceiling", ny_judgement_recall(j));
    add_share(to, "recall_direct", "recall of pairs agreeing themselves",
              part_of(j->direct_linked, j->direct));
    add_share(to, "recall_all", "recall of all true pairs", part_of(j->true_linked, j->true_pairs));
    add_share(to, "precision", "precision", ny_judgement_precision(j));
    add_share(to, "f1", "F1", ny_judgement_f1(j));
    add_count(to, "linked_pairs", "linked pairs", j->linked_pairs);
    add_count(to, "false_pairs", "false links (pairs of two people)", j->false_pairs);
    add_count(to, "exempt_pairs", "pairs of two people that nobody can tell apart",
              j->exempt_pairs);
    add_rate(to, "false_per_100000", "false links per 100 000 links", j->false_pairs,
             j->linked_pairs, 1e5);
    add_count(to, "mixed_groups", "groups that hold two people", j->mixed_groups);
    add_count(to, "mixed_people", "people who share a group with another", j->mixed_people);
    add_count(to, "wrong_joins", "wrong joins of two people", j->wrong_joins);
    add_rate(to, "wrong_joins_per_100000", "wrong joins per 100 000 joins", j->wrong_joins,
             j->joins, 1e5);
    add_count(to, "twin_pairs", "pairs of twins", j->twin_pairs);
    add_count(to, "twins_joined", "  joined", j->twins_joined);
    add_count(to, "never_joined", "pairs with a test, unknown or unnamed record joined",
              j->never_joined);
}

static void add_work(struct figures *to, const struct evaluation *e)
{
    add_count(to, "questions_queued", "queued questions", e->questions.queued);
    add_count(to, "questions_queued_true", "  about one person", e->questions.queued_true);
    add_rate(to, "queued_per_1000_people", "queued questions per 1 000 new people",
             e->questions.queued, e->judgement.people, 1e3);
    add_count(to, "questions_parked", "parked questions", e->questions.parked);
    add_count(to, "questions_parked_true", "  about one person", e->questions.parked_true);
    add_rate(to, "parked_per_1000_people", "parked questions per 1 000 new people",
             e->questions.parked, e->judgement.people, 1e3);
    add_count(to, "pairs_unknown", "true pairs that the server does not know", e->pairs.unknown);
    add_count(to, "never_compared", "true pairs never compared", e->pairs.uncompared);
    add_rate(to, "never_compared_per_100000", "never compared per 100 000 true pairs",
             e->pairs.uncompared, e->pairs.known, 1e5);
}

static void figures_make(struct figures *to, const struct evaluation *e)
{
    to->n = 0;
    add_pairs(to, e);
    add_quality(to, &e->judgement);
    add_work(to, e);
}

/* ---- causes ---- */

struct cause {
    const char *text;
    json_int_t n;
};

static int by_count(const void *pa, const void *pb)
{
    const struct cause *a = pa;
    const struct cause *b = pb;

    return a->n != b->n ? (a->n < b->n ? 1 : -1) : strcmp(a->text, b->text);
}

/* The causes, commonest first; arena. */
static struct cause *causes_sorted(struct cli *cli, json_t *by_cause, size_t *n)
{
    struct cause *causes = NY_ARENA_ARRAY(cli->arena, struct cause, json_object_size(by_cause) + 1);

    *n = 0;
    for (void *it = json_object_iter(by_cause); it != NULL;
         it = json_object_iter_next(by_cause, it)) {
        causes[(*n)++] = (struct cause){json_object_iter_key(it),
                                        json_integer_value(json_object_iter_value(it))};
    }
    qsort(causes, *n, sizeof(*causes), by_count);
    return causes;
}

/* ---- tables ---- */

static void figures_print(struct cli *cli, const struct figures *figures)
{
    static const struct cli_column columns[] = {
        {"FIGURE",        false, false},
        {"VALUE",         true,  false},
        {"95 % INTERVAL", true,  false}
    };
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));

    for (size_t i = 0; i < figures->n; i++) {
        const struct figure *f = &figures->f[i];
        const char *cells[] = {f->text, "", ""};

        cells[1] = ny_arena_printf(cli->arena,
                                   f->is_count       ? "%.0f"
                                   : f->has_interval ? "%.3f"
                                                     : "%.5f",
                                   f->value)
                       .p;
        if (f->has_interval) {
            cells[2] =
                ny_arena_printf(cli->arena, "%.3f - %.3f", f->interval.low, f->interval.high).p;
        }
        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
    cli_table_print(t);
}

static void errors_print(const struct evaluation *e)
{
    static const struct cli_column columns[] = {
        {"ERROR IN ONE OF TWO", false, false},
        {"CEILING",             true,  false},
        {"LINKED",              true,  false},
        {"RECALL",              true,  false}
    };
    struct ny_arena *a = e->cli->arena;
    struct libscols_table *t;
    size_t n;
    const ny_str *tags = ny_truth_tags(e->truth, &n);

    if (n == 0) {
        return;
    }
    putchar('\n');
    t = cli_table_create(columns, NY_ARRAY_LEN(columns));
    for (size_t i = 0; i < n; i++) {
        const struct ny_tag_recall *r = &e->judgement.by_tag[i];
        const char *const cells[] = {ny_arena_str(a, tags[i]).p,
                                     ny_arena_printf(a, "%llu", (unsigned long long)r->ceiling).p,
                                     ny_arena_printf(a, "%llu", (unsigned long long)r->linked).p,
                                     ny_arena_printf(a, "%.5f", part_of(r->linked, r->ceiling)).p};

        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
    cli_table_print(t);
}

static void causes_print(struct cli *cli, const char *title, json_t *by_cause)
{
    const struct cli_column columns[] = {
        {title,   false, true },
        {"PAIRS", true,  false}
    };
    struct libscols_table *t;
    size_t n;
    const struct cause *causes = causes_sorted(cli, by_cause, &n);

    if (n == 0) {
        return;
    }
    putchar('\n');
    t = cli_table_create(columns, NY_ARRAY_LEN(columns));
    for (size_t i = 0; i < n && i < CAUSES_MAX; i++) {
        const char *const cells[] = {causes[i].text,
                                     ny_arena_printf(cli->arena, "%lld", causes[i].n).p};

        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
    cli_table_print(t);
    if (n > CAUSES_MAX) {
        printf("and %zu rarer causes: --json shows them\n", n - CAUSES_MAX);
    }
}

static void examples_print(const struct evaluation *e)
{
    static const struct cli_column columns[] = {
        {"PAIR",  false, false},
        {"A",     false, false},
        {"B",     false, false},
        {"CAUSE", false, true }
    };
    struct libscols_table *t;

    if (json_array_size(e->examples) == 0) {
        return;
    }
    putchar('\n');
    t = cli_table_create(columns, NY_ARRAY_LEN(columns));
    for (size_t i = 0; i < json_array_size(e->examples); i++) {
        const json_t *x = json_array_get(e->examples, i);
        const char *const cells[] = {cli_json_text(x, "kind"), cli_json_text(x, "a"),
                                     cli_json_text(x, "b"), cli_json_text(x, "cause")};

        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
    cli_table_print(t);
    puts("why: nayose explain A B");
}

void evaluate_print(const struct evaluation *e)
{
    struct figures figures;

    figures_make(&figures, e);
    figures_print(e->cli, &figures);
    errors_print(e);
    causes_print(e->cli, "FALSE LINKS BY RELATION", e->wrong.by_reason);
    causes_print(e->cli, "FALSE LINKS BY RELATION AND LEVELS", e->wrong.by_cause);
    causes_print(e->cli, "MISSED PAIRS OF THE CEILING BY REASON", e->missed.by_reason);
    causes_print(e->cli, "MISSED PAIRS OF THE CEILING BY REASON AND LEVELS", e->missed.by_cause);
    examples_print(e);
}

/* ---- JSON ---- */

static json_t *errors_json(const struct evaluation *e)
{
    json_t *list = json_array();
    size_t n;
    const ny_str *tags = ny_truth_tags(e->truth, &n);

    for (size_t i = 0; i < n; i++) {
        const struct ny_tag_recall *r = &e->judgement.by_tag[i];

        json_array_append_new(list, json_pack("{s:s%, s:I, s:I, s:f}", "error", tags[i].p,
                                              tags[i].n, "ceiling", (json_int_t)r->ceiling,
                                              "linked", (json_int_t)r->linked, "recall",
                                              part_of(r->linked, r->ceiling)));
    }
    return list;
}

static json_t *causes_json(struct cli *cli, json_t *by_cause)
{
    json_t *list = json_array();
    size_t n;
    const struct cause *causes = causes_sorted(cli, by_cause, &n);

    for (size_t i = 0; i < n; i++) {
        json_array_append_new(
            list, json_pack("{s:s, s:I}", "cause", causes[i].text, "pairs", causes[i].n));
    }
    return list;
}

void evaluate_print_json(const struct evaluation *e)
{
    struct figures figures;
    json_t *o = json_object();
    char key[64];

    figures_make(&figures, e);
    for (size_t i = 0; i < figures.n; i++) {
        const struct figure *f = &figures.f[i];

        json_object_set_new(o, f->key,
                            f->is_count ? json_integer((json_int_t)f->value) : json_real(f->value));
        if (f->has_interval) {
            snprintf(key, sizeof(key), "%s_low", f->key);
            json_object_set_new(o, key, json_real(f->interval.low));
            snprintf(key, sizeof(key), "%s_high", f->key);
            json_object_set_new(o, key, json_real(f->interval.high));
        }
    }
    json_object_set_new(o, "errors", errors_json(e));
    json_object_set_new(o, "false_reasons", causes_json(e->cli, e->wrong.by_reason));
    json_object_set_new(o, "false_causes", causes_json(e->cli, e->wrong.by_cause));
    json_object_set_new(o, "missed_reasons", causes_json(e->cli, e->missed.by_reason));
    json_object_set_new(o, "missed_causes", causes_json(e->cli, e->missed.by_cause));
    json_object_set(o, "examples", e->examples);
    cli_json_print(o);
    json_decref(o);
}
