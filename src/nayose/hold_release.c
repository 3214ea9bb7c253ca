/* nayose hold release */

#include "nayose_priv.h"

int verb_hold_release(struct cli *cli, const struct verb *verb)
{
    const char *reason;
    const char *before;
    const char *behind;
    char **operands =
        cli_args_reason(cli, verb, "Why it is right (required); goes to the audit", &reason);
    json_t *body;
    json_t *answer = NULL;
    int code;

    cli_split_source(cli, verb, operands[0], &before, &behind); /* NS^ID is written alike */
    body = json_pack("{s:s, s:s}", "target", operands[0], "reason", reason);
    if (body == NULL) {
        cli_usage(verb, "the arguments are not UTF-8");
    }
    code = cli_post_once(cli, "/holds/release", body, &answer);
    if (code == CLI_DONE && cli->json) {
        cli_json_print(answer);
    } else if (code == CLI_DONE) {
        printf("%s %s\n", operands[0], cli_label(cli, "released", "保留を解除しました"));
    }
    json_decref(answer);
    return code;
}
