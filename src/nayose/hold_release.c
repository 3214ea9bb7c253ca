/* nayose hold release */

#include "nayose_priv.h"

enum { KEY_REASON = 0x2000 };

static const struct argp_option options[] = {
    {.name = "reason",
     .key = KEY_REASON,
     .arg = "TEXT",
     .doc = "Why it is right (required); goes to the audit"},
    {0   },
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    const char **reason = ctx;

    (void)state;
    if (key != KEY_REASON) {
        return false;
    }
    *reason = arg;
    return true;
}

int verb_hold_release(struct cli *cli, const struct verb *verb)
{
    const char *reason = NULL;
    const char *before;
    const char *behind;
    char **operands = cli_args(cli, verb, options, option_set, &reason, NULL);
    struct cli_client *c;
    json_t *body;
    json_t *answer = NULL;
    int code;

    cli_split_source(cli, verb, operands[0], &before, &behind); /* NS^ID is written alike */
    if (reason == NULL) {
        cli_usage(verb, "--reason is required");
    }
    body = json_pack("{s:s, s:s}", "target", operands[0], "reason", reason);
    if (body == NULL) {
        cli_usage(verb, "the arguments are not UTF-8");
    }
    c = cli_client_create(cli);
    code = cli_post(c, "/holds/release", body, &answer);
    if (code == CLI_DONE && cli->json) {
        cli_json_print(answer);
    } else if (code == CLI_DONE) {
        printf("%s %s\n", operands[0], cli_label(cli, "released", "保留を解除しました"));
    }
    json_decref(answer);
    cli_client_destroy(c);
    return code;
}
