/* nayose hold list */

#include "nayose_priv.h"

struct listing {
    struct cli *cli;
    struct libscols_table *table;
    size_t n;
};

static int hold_row(void *ctx, const json_t *h)
{
    struct listing *l = ctx;
    bool is_source = strcmp(cli_json_text(h, "kind"), "source") == 0;
    const char *const cells[] = {
        ny_arena_printf(l->cli->arena, "%s^%s",
                        cli_json_text(h, is_source ? "application" : "domain"),
                        cli_json_text(h, is_source ? "facility" : "local_id"))
            .p,
        cli_json_text(h, "kind"), cli_json_text(h, "why"), cli_json_text(h, "since"),
        cli_json_text(h, "detail")};

    cli_table_row(l->table, cells, NY_ARRAY_LEN(cells));
    l->n++;
    return CLI_DONE;
}

static int holds_print(struct cli *cli)
{
    static const struct cli_column columns[] = {
        {"HELD",   false, false},
        {"KIND",   false, false},
        {"WHY",    false, false},
        {"SINCE",  false, false},
        {"DETAIL", false, true }
    };
    struct listing l = {.cli = cli, .table = cli_table_create(columns, NY_ARRAY_LEN(columns))};
    int code = cli_pages(cli, "/holds", "holds", NULL, 0, hold_row, &l);

    cli_table_print(l.table);
    if (code == CLI_DONE && l.n == 0) {
        puts(cli_label(cli, "nothing is held", "保留はありません"));
    }
    return code;
}

int verb_hold_list(struct cli *cli, const struct verb *verb)
{
    struct cli_json_list list;
    int code;

    cli_args(cli, verb, NULL, NULL, NULL, NULL);
    if (!cli->json) {
        return holds_print(cli);
    }
    cli_json_list_begin(&list, "holds");
    code = cli_pages(cli, "/holds", "holds", NULL, 0, cli_json_list_add, &list);
    cli_json_list_end(&list);
    return code;
}
