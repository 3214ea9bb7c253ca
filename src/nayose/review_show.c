/* nayose review show, take: one case with everything that is known of it. */

#include "nayose_priv.h"

/* The desk of the plain verbs; `nayose review` on a terminal has one of its own. */
static const char desk[] = "verbs";

static void decisions_print(struct cli *cli, const json_t *list)
{
    const json_t *d;
    size_t i;

    json_array_foreach(list, i, d)
    {
        const json_int_t proposed = json_integer_value(json_object_get(d, "proposed"));

        printf("%s  %s  %s %s%s%s%s\n", cli_json_text(d, "at"), cli_json_text(d, "who"),
               cli_json_text(d, "decision"), cli_json_text(d, "reason"), cli_json_text(d, "whom"),
               cli_json_text(d, "note"),
               json_is_true(json_object_get(d, "undone")) ? cli_label(cli, " (undone)", "（取消）")
               : proposed != 0 ? cli_label(cli, " (waits for a second person)", "（確認待ち）")
                               : "");
    }
}

static void case_print(struct cli *cli, const json_t *c)
{
    const json_t *lease = json_object_get(c, "lease");

    if (json_is_null(json_object_get(c, "a"))) {
        puts(cli_label(cli, "no case waits", "未判断の候補はありません"));
        return;
    }
    cli_explanation_print(cli, c);
    cli_groups_print(cli, cli_label(cli, "groups now", "今のまとまり"),
                     json_object_get(c, "groups"), NULL);
    cli_groups_print(cli, cli_label(cli, "groups after \"same\"", "同一人とした後"),
                     json_object_get(c, "groups_if_same"), NULL);
    decisions_print(cli, json_object_get(c, "decisions"));
    if (json_is_object(lease)) {
        printf("%s: %s\n", cli_label(cli, "open at the desk of", "担当中"),
               cli_json_text(lease, "who"));
    }
}

int verb_review_show(struct cli *cli, const struct verb *verb)
{
    char **operands = cli_args(cli, verb, NULL, NULL, NULL, NULL);
    struct cli_param params[] = {
        {"a", operands[0]},
        {"b", operands[1]}
    };

    cli_check_identity(verb, operands[0]);
    cli_check_identity(verb, operands[1]);
    return cli_get_print(cli, "/review/case", params, NY_ARRAY_LEN(params), case_print);
}

int verb_review_take(struct cli *cli, const struct verb *verb)
{
    int n = 0;
    char **operands = cli_args(cli, verb, NULL, NULL, NULL, &n);
    json_t *body = json_pack("{s:s}", "desk", desk);

    if (n == 1) {
        cli_usage(verb, "name both of a case, or none for the oldest");
    }
    for (int k = 0; k < n; k++) {
        cli_check_identity(verb, operands[k]);
        json_object_set_new(body, k == 0 ? "a" : "b", json_string(operands[k]));
    }
    return cli_post_print(cli, "/review/take", body, case_print);
}
