/* nayose undo: takes a word about two records back, whatever came after it; first shows what that
 * changes. */

#include <unistd.h>

#include "nayose_priv.h"

enum { KEY_YES = 0x2000 };

static const struct argp_option options[] = {
    {.name = "reason",
     .key = CLI_KEY_REASON,
     .arg = "TEXT",
     .doc = "Why; is kept with the word (default: undo pN)"},
    {.name = "dry-run",           .key = CLI_KEY_DRY_RUN, .doc = "Show what would change; say nothing"},
    {.name = "yes",                       .key = KEY_YES, .doc = "Do not ask"},
    {0},
};

struct asked {
    struct cli_say say;
    bool yes;
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    struct asked *x = ctx;

    if (key != KEY_YES) {
        return cli_say_option(&x->say, key, arg, state);
    }
    x->yes = true;
    return true;
}

static bool is_agreed(struct cli *cli)
{
    char line[16];

    fputs(cli->is_japanese ? "取り消しますか? [y/N] " : "Undo it? [y/N] ", stdout);
    fflush(stdout);
    return fgets(line, sizeof(line), stdin) != NULL && (line[0] == 'y' || line[0] == 'Y');
}

/* The word that undoes it: looked at, agreed, said. */
static int say(struct cli *cli, const struct asked *x, const json_t *undo, const char *number)
{
    struct cli_say say = x->say;
    int code = CLI_DONE;

    say.a = cli_json_text(undo, "a");
    say.b = cli_json_text(undo, "b");
    say.kind = cli_json_text(undo, "kind");
    say.dry_run = true;
    if (say.reason == NULL) {
        say.reason = ny_arena_printf(cli->arena, "undo p%s", number).p;
    }
    if (!cli->json) {
        printf("p%s: %s %s %s, %s %s: %s\n", number, say.a, cli_json_text(undo, "undone"), say.b,
               cli_time_text(cli, cli_json_text(undo, "said")), cli_json_text(undo, "who"),
               cli_json_text(undo, "reason"));
    }
    if (x->say.dry_run || !x->yes) {
        code = cli_say(cli, &say);
    }
    if (code != CLI_DONE || x->say.dry_run || (!x->yes && !is_agreed(cli))) {
        return code;
    }
    say.dry_run = false;
    return cli_say(cli, &say);
}

int verb_undo(struct cli *cli, const struct verb *verb)
{
    struct asked x = {0};
    const char *event = cli_args(cli, verb, options, option_set, &x, NULL)[0];
    struct cli_param number = {"number", event + (event[0] == 'p')};
    json_t *undo = NULL;
    uint64_t n;
    int code;

    if (ny_str_to_u64(ny_str_from_c(number.value), 1, INT64_MAX, &n) != NY_OK) {
        cli_usage(verb, "`%s' is not the number of an event, such as p12", event);
    }
    if (!x.say.dry_run && !x.yes && !isatty(STDIN_FILENO)) {
        cli_usage(verb, "nobody can be asked here: --yes or --dry-run");
    }
    code = cli_get_once(cli, "/undo", &number, 1, &undo);
    if (code == CLI_DONE) {
        code = say(cli, &x, undo, number.value);
    }
    json_decref(undo);
    return code;
}
