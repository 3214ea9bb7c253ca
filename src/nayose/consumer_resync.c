/* nayose consumer resync */

#include "nayose_priv.h"

int verb_consumer_resync(struct cli *cli, const struct verb *verb)
{
    char **operands = cli_args(cli, verb, NULL, NULL, NULL, NULL);
    json_t *body = json_pack("{s:s}", "name", operands[0]);
    json_t *answer = NULL;
    int code;

    if (body == NULL) {
        cli_usage(verb, "the arguments are not UTF-8");
    }
    code = cli_post_once(cli, "/resync", body, &answer);
    if (code == CLI_DONE) {
        printf("%lld patients queued for %s\n",
               (long long)json_integer_value(json_object_get(answer, "queued")), operands[0]);
    }
    json_decref(answer);
    return code;
}
