/* nayose model show: the versions, or one of them. */

#include <stdlib.h>

#include "nayose_priv.h"

static int list_print(struct cli *cli, const json_t *models)
{
    static const struct cli_column columns[] = {
        {"VERSION",   true,  false},
        {"STATE",     false, false},
        {"MADE FROM", true,  false},
        {"MADE BY",   false, false},
        {"CREATED",   false, false},
        {"REHEARSED", false, false}
    };
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));
    const json_t *m;
    size_t i;

    json_array_foreach(models, i, m)
    {
        json_int_t from = json_integer_value(json_object_get(m, "made_from"));
        const char *cells[] = {
            ny_arena_printf(cli->arena, "%lld", json_integer_value(json_object_get(m, "version")))
                .p,
            cli_json_text(m, "state"),
            from > 0 ? ny_arena_printf(cli->arena, "%lld", from).p : "",
            cli_json_text(m, "made_by"),
            cli_json_text(m, "created_at"),
            cli_json_text(m, "rehearsed_at")};

        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
    cli_table_print(t);
    return CLI_DONE;
}

static void version_print(struct cli *cli, const json_t *m)
{
    const json_t *report = json_object_get(m, "report");

    printf("%s %lld: %s\n", cli_label(cli, "version", "版"),
           json_integer_value(json_object_get(m, "version")), cli_json_text(m, "state"));
    if (json_is_object(report)) {
        char *text = json_dumps(report, JSON_INDENT(2) | JSON_PRESERVE_ORDER);

        printf("%s\n%s\n", cli_label(cli, "what training measured", "学習の結果"), text);
        free(text);
        cli_taught_print(cli, report);
    }
    if (json_is_object(json_object_get(m, "rehearsal"))) {
        cli_rehearsal_print(cli, json_object_get(m, "rehearsal"));
    }
}

int cli_model_get(struct cli *cli, const char *version, json_t **out)
{
    const struct cli_param params[] = {
        {"version", version}
    };

    return cli_get_once(cli, "/model", params, version != NULL ? 1 : 0, out);
}

int verb_model_show(struct cli *cli, const struct verb *verb)
{
    json_t *answer = NULL;
    int n = 0;
    char **operands = cli_args(cli, verb, NULL, NULL, NULL, &n);
    int code = n > 0 ? cli_model_get(cli, operands[0], &answer)
                     : cli_get_once(cli, "/models", NULL, 0, &answer);

    if (code == CLI_DONE && cli->json) {
        cli_json_print(answer);
    } else if (code == CLI_DONE && n > 0) {
        version_print(cli, answer);
    } else if (code == CLI_DONE) {
        code = list_print(cli, answer);
    }
    json_decref(answer);
    return code;
}
