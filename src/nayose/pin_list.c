/* nayose pin list */

#include "nayose_priv.h"

enum { KEY_ALL = 0x2000 };

static const struct argp_option options[] = {
    {.name = "all",
     .key = KEY_ALL,
     .doc = "Also what is not in force any more, merges, and ids of one message"},
    {0},
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    (void)arg;
    (void)state;
    if (key != KEY_ALL) {
        return false;
    }
    *(bool *)ctx = true;
    return true;
}

struct listing {
    struct cli *cli;
    struct libscols_table *table;
    size_t n, proposed;
};

static int pin_row(void *ctx, const json_t *p)
{
    struct listing *l = ctx;
    struct ny_arena *a = l->cli->arena;
    const json_t *proposed = json_object_get(p, "proposed");
    const char *const cells[] = {
        ny_arena_printf(a, "%s^%s", cli_json_text(p, "domain_a"), cli_json_text(p, "local_id_a")).p,
        ny_arena_printf(a, "%s^%s", cli_json_text(p, "domain_b"), cli_json_text(p, "local_id_b")).p,
        cli_json_text(p, "kind"),
        proposed != NULL ? ny_arena_printf(a, "proposed %lld", json_integer_value(proposed)).p
        : json_is_true(json_object_get(p, "in_doubt")) ? "in doubt"
        : json_is_true(json_object_get(p, "in_force")) ? "in force"
                                                       : "",
        cli_json_text(p, "role"),
        cli_json_text(p, "who"),
        cli_time_text(l->cli, cli_json_text(p, "said")),
        cli_json_text(p, "reason")};

    cli_table_row(l->table, cells, NY_ARRAY_LEN(cells));
    l->n++;
    l->proposed += proposed != NULL;
    return CLI_DONE;
}

static int pins_walk(struct cli *cli, bool all, cli_element_fn fn, void *ctx)
{
    static const struct cli_param param = {"all", "yes"};
    int code = cli_pages(cli, "/proposals", "proposals", NULL, 0, fn, ctx);

    return code != CLI_DONE ? code : cli_pages(cli, "/pins", "pins", &param, all ? 1 : 0, fn, ctx);
}

static int pins_print(struct cli *cli, bool all)
{
    static const struct cli_column columns[] = {
        {"A",      false, false},
        {"B",      false, false},
        {"KIND",   false, false},
        {"STATE",  false, false},
        {"ROLE",   false, false},
        {"WHO",    false, false},
        {"SAID",   false, false},
        {"REASON", false, true }
    };
    struct listing l = {.cli = cli, .table = cli_table_create(columns, NY_ARRAY_LEN(columns))};
    int code = pins_walk(cli, all, pin_row, &l);

    cli_table_print(l.table);
    if (l.proposed > 0) {
        printf("%s: nayose pin confirm NUMBER\n",
               cli_label(cli, "what is proposed waits for another user", "別の担当者の確認待ち"));
    }
    if (code == CLI_DONE && l.n == 0) {
        puts(cli_label(cli, "nothing was said of any pair", "指定はありません"));
    }
    return code;
}

int verb_pin_list(struct cli *cli, const struct verb *verb)
{
    struct cli_json_list list;
    bool all = false;
    int code;

    cli_args(cli, verb, options, option_set, &all, NULL);
    if (!cli->json) {
        return pins_print(cli, all);
    }
    cli_json_list_begin(&list, "pins");
    code = pins_walk(cli, all, cli_json_list_add, &list);
    cli_json_list_end(&list);
    return code;
}
