/* nayose review list */

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
    size_t n;
};

static int review_row(void *ctx, const json_t *r)
{
    struct listing *l = ctx;
    struct ny_arena *a = l->cli->arena;
    double p = json_real_value(json_object_get(r, "probability"));
    const char *const cells[] = {
        ny_arena_printf(a, "%s^%s", cli_json_text(r, "domain_a"), cli_json_text(r, "local_id_a")).p,
        ny_arena_printf(a, "%s^%s", cli_json_text(r, "domain_b"), cli_json_text(r, "local_id_b")).p,
        ny_arena_printf(a, "%.1f %%", 100 * p).p,
        cli_json_text(r, "reason"),
        cli_json_text(r, "state"),
        cli_json_text(r, "opened")};

    cli_table_row(l->table, cells, NY_ARRAY_LEN(cells));
    l->n++;
    return CLI_DONE;
}

static int reviews_print(struct cli *cli, const struct cli_questions *which)
{
    static const struct cli_column columns[] = {
        {"A",           false, false},
        {"B",           false, false},
        {"PROBABILITY", true,  false},
        {"REASON",      false, false},
        {"STATE",       false, false},
        {"OPENED",      false, false}
    };
    struct listing l = {.cli = cli, .table = cli_table_create(columns, NY_ARRAY_LEN(columns))};
    int code = cli_reviews(cli, which, review_row, &l);

    cli_table_print(l.table);
    if (code == CLI_DONE && l.n == 0) {
        puts(cli_label(cli, "no open question", "未判断の候補はありません"));
    } else if (l.n > 0) {
        printf("%s: nayose review show A B\n", cli_label(cli, "why", "理由"));
    }
    return code;
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
