/* nayose review list: the questions, and how many of them are of each reason and hospital. */

#include "nayose/desk.h"

#include "nayose_priv.h"

enum { KEY_PARKED = 0x2000, KEY_DOMAIN, KEY_REASON, KEY_CLERK };

static const struct argp_option options[] = {
    {.name = "parked",
     .key = KEY_PARKED,
     .doc = "Also those that nobody can decide until a contact is known"},
    {.name = "domain",
     .key = KEY_DOMAIN,
     .arg = "NS",
     .doc = "Only those with a record of this hospital"},
    {.name = "reason",
     .key = KEY_REASON,
     .arg = "WORD",
     .doc = "Only these: band, guard, runner-up, groups, hold, pins, overlay"},
    {.name = "clerk",
     .key = KEY_CLERK,
     .arg = "NAME",
     .doc = "Only those given to this clerk, or to nobody"},
    {0                                                                  },
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    struct cli_questions *which = ctx;

    (void)state;
    if (key == KEY_PARKED) {
        which->parked = true;
    } else if (key == KEY_DOMAIN) {
        which->domain = arg;
    } else if (key == KEY_REASON) {
        which->reason = arg;
    } else if (key == KEY_CLERK) {
        which->clerk = arg;
    } else {
        return false;
    }
    return true;
}

struct listing {
    struct cli *cli;
    struct libscols_table *table;
    json_t *by_reason, *by_hospital; /* counts */
    json_int_t oldest_s;
    size_t n;
};

static void count(json_t *counts, const char *word)
{
    const json_t *so_far = json_object_get(counts, word);

    json_object_set_new(counts, word, json_integer(json_integer_value(so_far) + 1));
}

static const char *state_text(struct cli *cli, const json_t *r)
{
    const json_t *proposed = json_object_get(r, "proposed");
    const char *state = cli_json_text(r, "state");

    if (json_is_integer(proposed)) {
        return ny_arena_printf(cli->arena, "%s %lld", cli->is_japanese ? "確認待ち" : "proposed",
                               json_integer_value(proposed))
            .p;
    }
    return !cli->is_japanese ? state : strcmp(state, "parked") == 0 ? "連絡先待ち" : "未判断";
}

static void review_count(struct listing *l, const json_t *r)
{
    const char *reason = cli_json_text(r, "reason");
    const struct ny_desk_why *why = ny_desk_why_find(reason);
    char both[64];
    const char *domains[] = {cli_json_text(r, "domain_a"), cli_json_text(r, "domain_b")};
    json_int_t age = json_integer_value(json_object_get(r, "age_s"));

    if (why != NULL) { /* the word is what --reason wants */
        snprintf(both, sizeof(both), "%s (%s)", why->word_ja, why->word);
        count(l->by_reason, l->cli->is_japanese ? both : why->word);
    }
    for (size_t k = 0; k < (strcmp(domains[0], domains[1]) == 0 ? 1U : 2U); k++) {
        count(l->by_hospital, domains[k]);
    }
    l->oldest_s = age > l->oldest_s ? age : l->oldest_s;
    l->n++;
}

static int review_row(void *ctx, const json_t *r)
{
    struct listing *l = ctx;
    struct ny_arena *a = l->cli->arena;
    char why[64];
    double p = json_real_value(json_object_get(r, "probability"));
    const char *held = cli_json_text(r, "held_by");
    const char *const cells[] = {
        ny_arena_printf(a, "%s^%s", cli_json_text(r, "domain_a"), cli_json_text(r, "local_id_a")).p,
        ny_arena_printf(a, "%s^%s", cli_json_text(r, "domain_b"), cli_json_text(r, "local_id_b")).p,
        cli_age(l->cli, json_object_get(r, "age_s")),
        ny_arena_printf(a, "%.1f %%", 100 * p).p,
        ny_desk_why_text(cli_json_text(r, "reason"), l->cli->is_japanese, why, sizeof(why)),
        state_text(l->cli, r),
        held[0] != '\0' ? held : cli_json_text(r, "assigned_to")};

    cli_table_row(l->table, cells, NY_ARRAY_LEN(cells));
    review_count(l, r);
    return CLI_DONE;
}

/* "by reason: guard 9, band 3", the most first. */
static void counts_print(const char *title, json_t *counts)
{
    const char *separator = ": ";

    fputs(title, stdout);
    while (json_object_size(counts) > 0) {
        const char *most = NULL;
        json_int_t n = 0;
        const char *word;
        json_t *value;

        json_object_foreach(counts, word, value)
        {
            if (json_integer_value(value) > n) {
                most = word;
                n = json_integer_value(value);
            }
        }
        printf("%s%s %lld", separator, most, (long long)n);
        separator = ", ";
        json_object_del(counts, most);
    }
    putchar('\n');
}

static void summary_print(struct listing *l)
{
    struct cli *cli = l->cli;
    json_t *oldest = json_integer(l->oldest_s);

    printf("%zu %s, %s %s\n", l->n, cli_label(cli, "questions", "件の候補"),
           cli_label(cli, "the oldest", "最古"), cli_age(cli, oldest));
    counts_print(cli_label(cli, "by reason", "理由別"), l->by_reason);
    counts_print(cli_label(cli, "by hospital", "施設別"), l->by_hospital);
    printf("%s: nayose review show A B\n", cli_label(cli, "why", "理由"));
    json_decref(oldest);
}

/* Links that wait for a second person, of any pair. */
static int proposals_print(struct cli *cli)
{
    json_t *answer = NULL;
    int code = cli_get_once(cli, "/proposals", NULL, 0, &answer);

    if (code == CLI_DONE && json_array_size(json_object_get(answer, "proposals")) > 0) {
        printf("%s: nayose pin list\n",
               cli_label(cli, "links wait for a second person", "別の担当者の確認待ちがあります"));
    }
    json_decref(answer);
    return code;
}

static int reviews_print(struct cli *cli, const struct cli_questions *which)
{
    static const struct cli_column columns[] = {
        {"A",           false, false},
        {"B",           false, false},
        {"AGE",         true,  false},
        {"PROBABILITY", true,  false},
        {"REASON",      false, false},
        {"STATE",       false, false},
        {"CLERK",       false, false}
    };
    struct listing l = {.cli = cli,
                        .table = cli_table_create(columns, NY_ARRAY_LEN(columns)),
                        .by_reason = json_object(),
                        .by_hospital = json_object()};
    int code = cli_reviews(cli, which, review_row, &l);

    cli_table_print(l.table);
    if (code == CLI_DONE && l.n == 0) {
        puts(cli_label(cli, "no open question", "未判断の候補はありません"));
    } else if (l.n > 0) {
        summary_print(&l);
    }
    json_decref(l.by_reason);
    json_decref(l.by_hospital);
    return code == CLI_DONE ? proposals_print(cli) : code;
}

int verb_review_list(struct cli *cli, const struct verb *verb)
{
    struct cli_json_list list;
    struct cli_questions which = {0};
    int code;

    cli_args(cli, verb, options, option_set, &which, NULL);
    if (!cli->json) {
        return reviews_print(cli, &which);
    }
    cli_json_list_begin(&list, "reviews");
    code = cli_reviews(cli, &which, cli_json_list_add, &list);
    cli_json_list_end(&list);
    return code;
}
