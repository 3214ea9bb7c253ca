/* nayose resolve */

#include "nayose_priv.h"

static void person_print(struct cli *cli, const json_t *answer)
{
    static const struct cli_column columns[] = {
        {"DOMAIN", false, false},
        {"ID",     false, false}
    };
    const json_t *ids = json_object_get(answer, "ids");
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));

    printf("%s: %s\n", cli_label(cli, "regional ID", "地域ID"),
           cli_json_text(answer, "regional_id"));
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const json_t *id = json_array_get(ids, i);
        const char *const cells[] = {cli_json_text(id, "domain"), cli_json_text(id, "id")};

        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
    cli_table_print(t);
}

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    return cli_as_of_option(ctx, key, arg, state);
}

int verb_resolve(struct cli *cli, const struct verb *verb)
{
    static const struct argp_option options[] = {CLI_AS_OF_OPTION, {0}};
    struct cli_as_of as_of = {.cli = cli};
    struct cli_param params[2] = {{.name = "id"}};

    params[0].value = cli_args(cli, verb, options, option_set, &as_of, NULL)[0];
    params[1] = as_of.param;
    cli_check_identity(verb, params[0].value);
    return cli_get_print(cli, "/resolve", params, as_of.param.value != NULL ? 2 : 1, person_print);
}
