/* nayose notify list, nayose notify retry, nayose notify drop */

#include "nayose_priv.h"

/* ---- list ---- */

struct listing {
    struct cli *cli;
    struct libscols_table *table;
    size_t n;
};

static int notice_row(void *ctx, const json_t *notice)
{
    struct listing *l = ctx;
    const json_t *ids = json_object_get(notice, "ids");
    struct ny_buf b;
    ny_str text = NY_STR_NONE;

    ny_buf_init(&b, l->cli->arena);
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const json_t *id = json_array_get(ids, i);

        ny_buf_printf(&b, "%s%s^%s", i > 0 ? " " : "", cli_json_text(id, "domain"),
                      cli_json_text(id, "local_id"));
    }
    ny_buf_add_char(&b, '\0');
    if (ny_buf_end(&b, &text) != NY_OK) {
        return CLI_REFUSED;
    }
    cli_table_row(
        l->table,
        (const char *const[]){
            ny_arena_printf(l->cli->arena, "%lld",
                            (long long)json_integer_value(json_object_get(notice, "number")))
                .p,
            cli_json_text(notice, "consumer"), cli_json_text(notice, "state"),
            cli_json_text(notice, "since"), cli_json_text(notice, "answer"), text.p},
        6);
    l->n++;
    return CLI_DONE;
}

int verb_notify_list(struct cli *cli, const struct verb *verb)
{
    static const struct cli_column columns[] = {
        {"NUMBER",   true,  false},
        {"CONSUMER", false, false},
        {"STATE",    false, false},
        {"SINCE",    false, false},
        {"ANSWER",   false, false},
        {"PATIENT",  false, true }
    };
    struct cli_param state = {"state", "parked"};
    struct listing l = {.cli = cli};
    struct cli_json_list list;
    bool parked = false;
    int code;

    cli_args(cli, verb, cli_review_options, cli_review_option, &parked, NULL);
    if (cli->json) {
        cli_json_list_begin(&list, "notices");
        code = cli_pages(cli, "/notices", "notices", &state, parked, cli_json_list_add, &list);
        cli_json_list_end(&list);
        return code;
    }
    l.table = cli_table_create(columns, NY_ARRAY_LEN(columns));
    code = cli_pages(cli, "/notices", "notices", &state, parked, notice_row, &l);
    cli_table_print(l.table);
    if (code == CLI_DONE && l.n == 0) {
        puts(cli_label(cli, "nothing waits", "待ちはありません"));
    }
    return code;
}

/* ---- retry, drop ---- */

static int end(struct cli *cli, const struct verb *verb, const char *number, const char *path,
               const char *reason)
{
    int64_t v = 0;
    json_t *body;
    json_t *answer = NULL;
    int code;

    if (ny_str_to_i64(ny_str_from_c(number), 1, INT64_MAX, &v) != NY_OK) {
        cli_usage(verb, "`%s' is not the number of a notification", number);
    }
    body = json_pack("{s:I, s:s}", "number", (json_int_t)v, "reason", reason);
    if (body == NULL) {
        cli_usage(verb, "the arguments are not UTF-8");
    }
    code = cli_post_once(cli, path, body, &answer);
    if (code == CLI_DONE) {
        printf("%s %s\n", number, cli_label(cli, "done", "処理しました"));
    }
    json_decref(answer);
    return code;
}

int verb_notify_retry(struct cli *cli, const struct verb *verb)
{
    char **operands = cli_args(cli, verb, NULL, NULL, NULL, NULL);

    return end(cli, verb, operands[0], "/notices/retry", "");
}

int verb_notify_drop(struct cli *cli, const struct verb *verb)
{
    const char *reason;
    char **operands = cli_args_reason(
        cli, verb, "Why it need not be told (required); goes to the audit", &reason);

    return end(cli, verb, operands[0], "/notices/drop", reason);
}
