/* nayose show, history: a person, its records side by side, and what became of them. */

#include "nayose_priv.h"

static int person_get(struct cli *cli, const struct verb *verb, struct cli_param *id, json_t **out)
{
    id->name = "id";
    id->value = cli_args(cli, verb, NULL, NULL, NULL, NULL)[0];
    if (strchr(id->value, '^') != NULL) {
        cli_check_identity(verb, id->value);
    }
    return cli_get_once(cli, "/person", id, 1, out);
}

/* As many side by side as a table takes. */
static void records_print(struct cli *cli, const json_t *records)
{
    const json_t *all[CLI_RECORDS_MAX];
    size_t n = json_array_size(records);

    for (size_t i = 0; i < n && i < CLI_RECORDS_MAX; i++) {
        all[i] = json_array_get(records, i);
    }
    if (n > 0) {
        cli_records_print(cli, all, n < CLI_RECORDS_MAX ? n : CLI_RECORDS_MAX);
    }
}

int verb_show(struct cli *cli, const struct verb *verb)
{
    struct cli_param id;
    json_t *answer = NULL;
    int code = person_get(cli, verb, &id, &answer);

    if (code == CLI_DONE && cli->json) {
        cli_json_print(answer);
    } else if (code == CLI_DONE) {
        printf("%s: %s\n\n", cli_label(cli, "regional ID", "地域ID"),
               cli_json_text(answer, "regional_id"));
        records_print(cli, json_object_get(answer, "records"));
        putchar('\n');
        cli_timeline_print(cli, json_object_get(answer, "events"), NULL);
    }
    json_decref(answer);
    return code;
}

int verb_history(struct cli *cli, const struct verb *verb)
{
    struct cli_param id;
    json_t *answer = NULL;
    int code = person_get(cli, verb, &id, &answer);
    const char *cut;

    if (code == CLI_DONE && cli->json) {
        cli_json_print(json_object_get(answer, "events"));
    } else if (code == CLI_DONE) {
        cut = strchr(id.value, '^');
        cli_timeline_print(cli, json_object_get(answer, "events"), cut != NULL ? id.value : NULL);
    }
    json_decref(answer);
    return code;
}
