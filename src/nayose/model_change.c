/* nayose model train, stage and activate: studies about a version. */

#include <errno.h>
#include <stdlib.h>

#include "nayose_priv.h"

enum { KEY_SEED = 0x3000, KEY_RECOUNT };

struct training {
    json_int_t seed;
    bool recount;
};

static const struct argp_option train_options[] = {
    {.name = "seed",
     .key = KEY_SEED,
     .arg = "N",
     .doc = "Of the random pairs; the same registry and seed give the same version (default 1)"},
    {.name = "recount",     .key = KEY_RECOUNT, .doc = "New counts, the weights of the levels stay"},
    {0             },
};

static const struct argp_option activate_options[] = {
    {.name = "recount",
     .key = KEY_RECOUNT,
     .doc = "Make a version with new counts first, and activate that one"},
    {0},
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    struct training *t = ctx;
    uint64_t seed = 0;

    if (key == KEY_RECOUNT) {
        t->recount = true;
        return true;
    }
    if (key != KEY_SEED) {
        return false;
    }
    if (ny_str_to_u64(ny_str_from_c(arg), 0, INT64_MAX, &seed) != NY_OK) {
        argp_error(state, "--seed is a number");
    }
    t->seed = (json_int_t)seed;
    return true;
}

/* Trains; *version gets the new one. */
static int train(struct cli *cli, const struct training *t, json_int_t *version)
{
    json_t *job = NULL;
    int code = cli_study(cli, "/models/train",
                         json_pack("{s:I, s:b}", "seed", t->seed, "recount", t->recount), &job);

    if (code == CLI_DONE) {
        *version = json_integer_value(json_object_get(job, "version"));
        fprintf(stderr, "version %lld was made\n", *version);
    }
    json_decref(job);
    return code;
}

int verb_model_train(struct cli *cli, const struct verb *verb)
{
    struct training t = {.seed = 1};
    json_int_t version = 0;
    int code;

    cli_args(cli, verb, train_options, option_set, &t, NULL);
    code = train(cli, &t, &version);
    if (code == CLI_DONE) {
        printf("%s %lld: nayose model stage %lld\n",
               cli_label(cli, "see what it would change with", "影響を確認するには"), version,
               version);
    }
    return code;
}

static json_int_t version_of(const struct verb *verb, const char *text)
{
    uint64_t v = 0;

    if (ny_str_to_u64(ny_str_from_c(text), 1, INT32_MAX, &v) != NY_OK) {
        cli_usage(verb, "a version is a number");
    }
    return (json_int_t)v;
}

int verb_model_stage(struct cli *cli, const struct verb *verb)
{
    char **operands = cli_args(cli, verb, NULL, NULL, NULL, NULL);
    json_int_t version = version_of(verb, operands[0]);
    int code = cli_study(cli, "/models/stage", json_pack("{s:I}", "version", version), NULL);

    return code == CLI_DONE ? cli_diff(cli, operands[0]) : code;
}

int verb_model_activate(struct cli *cli, const struct verb *verb)
{
    struct training t = {.seed = 1};
    json_int_t version = 0;
    int n = 0;
    char **operands = cli_args(cli, verb, activate_options, option_set, &t, &n);
    int code = CLI_DONE;

    if ((n == 1) == t.recount) {
        cli_usage(verb, "name a version, or --recount");
    }
    if (t.recount) {
        code = train(cli, &t, &version);
    } else {
        version = version_of(verb, operands[0]);
    }
    if (code == CLI_DONE) {
        code = cli_study(cli, "/models/activate", json_pack("{s:I}", "version", version), NULL);
    }
    if (code == CLI_DONE) {
        printf("%s %lld %s\n", cli_label(cli, "version", "版"), version,
               cli_label(cli, "is active; to take it back, activate the one before",
                         "を有効にしました。取り消すには前の版を有効にしてください"));
    }
    return code;
}
