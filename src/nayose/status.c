/* nayose status */

#include "nayose_priv.h"

static void status_print(struct cli *cli, json_t *status)
{
    static const struct cli_column columns[] = {
        {"NAME",  false, false},
        {"VALUE", true,  false}
    };
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));

    for (void *it = json_object_iter(status); it != NULL; it = json_object_iter_next(status, it)) {
        const json_t *v = json_object_iter_value(it);
        const char *cells[2] = {json_object_iter_key(it), ""};

        if (json_is_boolean(v)) {
            cells[1] = json_is_true(v) ? "yes" : "no";
        } else if (json_is_integer(v)) {
            cells[1] = ny_arena_printf(cli->arena, "%lld", json_integer_value(v)).p;
        } else if (json_is_real(v)) {
            cells[1] = ny_arena_printf(cli->arena, "%g", json_real_value(v)).p;
        } else if (json_is_string(v)) {
            cells[1] = json_string_value(v);
        }
        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
    cli_table_print(t);
}

int verb_status(struct cli *cli, const struct verb *verb)
{
    json_t *answer = NULL;
    int code;

    cli_args(cli, verb, NULL, NULL, NULL, NULL);
    code = cli_get_once(cli, "/status", NULL, 0, &answer);
    if (code == CLI_DONE && cli->json) {
        cli_json_print(answer);
    } else if (code == CLI_DONE) {
        status_print(cli, answer);
    }
    json_decref(answer);
    return code;
}
