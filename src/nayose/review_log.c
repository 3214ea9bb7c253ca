/* nayose review log: what clerks decided, the newest first. */

#include "nayose_priv.h"

static int row_add(void *ctx, const json_t *d)
{
    struct libscols_table *t = ctx;
    char number[24];
    char seconds[24];
    char pair[160];
    char state[40] = "";
    const char *const cells[] = {number,
                                 cli_json_text(d, "at"),
                                 cli_json_text(d, "who"),
                                 pair,
                                 cli_json_text(d, "decision"),
                                 cli_json_text(d, "reason"),
                                 seconds,
                                 state};

    snprintf(number, sizeof(number), "%lld",
             (long long)json_integer_value(json_object_get(d, "number")));
    snprintf(seconds, sizeof(seconds), "%lld",
             (long long)json_integer_value(json_object_get(d, "seconds")));
    snprintf(pair, sizeof(pair), "%s^%s %s^%s", cli_json_text(d, "domain_a"),
             cli_json_text(d, "local_id_a"), cli_json_text(d, "domain_b"),
             cli_json_text(d, "local_id_b"));
    if (json_is_true(json_object_get(d, "undone"))) {
        snprintf(state, sizeof(state), "undone");
    } else if (json_integer_value(json_object_get(d, "proposed")) != 0) {
        snprintf(state, sizeof(state), "proposed %lld",
                 (long long)json_integer_value(json_object_get(d, "proposed")));
    }
    cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    return CLI_DONE;
}

int verb_review_log(struct cli *cli, const struct verb *verb)
{
    static const struct cli_column columns[] = {
        {"NUMBER",   true,  false},
        {"AT",       false, false},
        {"WHO",      false, false},
        {"CASE",     false, false},
        {"DECISION", false, false},
        {"REASON",   false, false},
        {"SECONDS",  true,  false},
        {"",         false, false}
    };
    struct cli_json_list list;
    struct libscols_table *t;
    int code;

    cli_args(cli, verb, NULL, NULL, NULL, NULL);
    if (cli->json) {
        cli_json_list_begin(&list, "decisions");
        code = cli_pages(cli, "/review/log", "decisions", NULL, 0, cli_json_list_add, &list);
        cli_json_list_end(&list);
        return code;
    }
    t = cli_table_create(columns, NY_ARRAY_LEN(columns));
    code = cli_pages(cli, "/review/log", "decisions", NULL, 0, row_add, t);
    cli_table_print(t);
    return code;
}
