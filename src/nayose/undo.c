/* nayose undo: takes a word about two records back, whatever came after it; first shows what that
 * changes. */

#include <unistd.h>

#include "nayose_priv.h"

enum { KEY_REASON = 0x2000, KEY_DRY_RUN, KEY_YES };

static const struct argp_option options[] = {
    {.name = "reason",
     .key = KEY_REASON,
     .arg = "TEXT",
     .doc = "Why; is kept with the word (default: undo pN)"},
    {.name = "dry-run",       .key = KEY_DRY_RUN, .doc = "Show what would change; say nothing"},
    {.name = "yes",                   .key = KEY_YES, .doc = "Do not ask"},
    {0},
};

struct asked {
    const char *reason;
    bool dry_run, yes;
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    struct asked *x = ctx;

    (void)state;
    if (key == KEY_REASON) {
        x->reason = arg;
    } else if (key == KEY_DRY_RUN) {
        x->dry_run = true;
    } else if (key == KEY_YES) {
        x->yes = true;
    } else {
        return false;
    }
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
    struct cli_say say = {.a = cli_json_text(undo, "a"),
                          .b = cli_json_text(undo, "b"),
                          .kind = cli_json_text(undo, "kind"),
                          .reason = x->reason,
                          .dry_run = true};
    int code = CLI_DONE;

    if (say.reason == NULL) {
        say.reason = ny_arena_printf(cli->arena, "undo p%s", number).p;
    }
    if (!cli->json) {
        printf("p%s: %s %s %s, %s %s: %s\n", number, say.a, cli_json_text(undo, "undone"), say.b,
               cli_time_text(cli, cli_json_text(undo, "said")), cli_json_text(undo, "who"),
               cli_json_text(undo, "reason"));
    }
    if (x->dry_run || !x->yes) {
        code = cli_say(cli, &say);
    }
    if (code != CLI_DONE || x->dry_run || (!x->yes && !is_agreed(cli))) {
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
    if (!x.dry_run && !x.yes && !isatty(STDIN_FILENO)) {
        cli_usage(verb, "nobody can be asked here: --yes or --dry-run");
    }
    code = cli_get_once(cli, "/undo", &number, 1, &undo);
    if (code == CLI_DONE) {
        code = say(cli, &x, undo, number.value);
    }
    json_decref(undo);
    return code;
}
