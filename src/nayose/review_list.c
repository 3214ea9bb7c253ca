/* nayose review list */

#include "nayose_priv.h"

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

static int reviews_print(struct cli *cli, bool parked)
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
    int code = cli_reviews(cli, parked, review_row, &l);

    cli_table_print(l.table);
    if (code == CLI_DONE && l.n == 0) {
        puts(cli_label(cli, "no open question", "未判断の候補はありません"));
    } else if (l.n > 0) {
        printf("%s: nayose explain A B\n", cli_label(cli, "why", "理由"));
    }
    return code;
}

int verb_review_list(struct cli *cli, const struct verb *verb)
{
    struct cli_json_list list;
    bool parked = false;
    int code;

    cli_args(cli, verb, cli_review_options, cli_review_option, &parked, NULL);
    if (!cli->json) {
        return reviews_print(cli, parked);
    }
    cli_json_list_begin(&list, "reviews");
    code = cli_reviews(cli, parked, cli_json_list_add, &list);
    cli_json_list_end(&list);
    return code;
}
