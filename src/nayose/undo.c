/* nayose undo: takes a word or a link back, whatever came after it; first shows what that changes.
 */

#include <unistd.h>

#include "nayose_priv.h"

enum { KEY_YES = 0x2000 };

static const struct argp_option options[] = {
    {.name = "reason",
     .key = CLI_KEY_REASON,
     .arg = "TEXT",
     .doc = "Why; is kept with the words that undo it (default: undo p12)"},
    {.name = "dry-run",           .key = CLI_KEY_DRY_RUN, .doc = "Show what would change; say nothing"},
    {.name = "yes",                       .key = KEY_YES, .doc = "Do not ask"},
    {0},
};

struct asked {
    struct cli_saying saying;
    bool yes;
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    struct asked *x = ctx;

    if (key != KEY_YES) {
        return cli_saying_option(&x->saying, key, arg, state);
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

/* "p12: F01^1 same F02^2, 2026-11-25 20:04:05 naoko: why"; "e41: link by message, …". */
static void undone_print(struct cli *cli, const char *event, const json_t *undone)
{
    const char *at = cli_time_text(cli, cli_json_text(undone, "at"));

    if (json_object_get(undone, "cause") != NULL) {
        printf("%s: %s by %s, %s\n", event, cli_json_text(undone, "kind"),
               cli_json_text(undone, "cause"), at);
        return;
    }
    printf("%s: %s %s %s, %s %s: %s\n", event, cli_json_text(undone, "a"),
           cli_json_text(undone, "kind"), cli_json_text(undone, "b"), at,
           cli_json_text(undone, "who"), cli_json_text(undone, "reason"));
}

static void answer_print(struct cli *cli, const json_t *answer)
{
    const json_t *words = json_object_get(answer, "words");
    const json_t *w;
    size_t i;

    undone_print(cli, cli_json_text(answer, "event"), json_object_get(answer, "undone"));
    printf("%s:\n", cli_label(cli, "is said", "指定"));
    json_array_foreach(words, i, w)
    {
        printf("  %s %s %s\n", cli_json_text(w, "a"), cli_json_text(w, "kind"),
               cli_json_text(w, "b"));
    }
    cli_groups_change_print(cli, answer);
    puts(cli_said_text(cli, answer));
}

static int undo(struct cli *cli, const char *event, const char *reason, bool dry_run)
{
    return cli_post_print(
        cli, "/undo",
        json_pack("{s:s, s:s, s:b}", "event", event, "reason", reason, "dry_run", dry_run),
        answer_print);
}

int verb_undo(struct cli *cli, const struct verb *verb)
{
    struct asked x = {.saying.reason = ""};
    const char *event = cli_args(cli, verb, options, option_set, &x, NULL)[0];
    const char *digits = event + (event[0] == 'p' || event[0] == 'e');
    uint64_t n;
    int code = CLI_DONE;

    if (ny_str_to_u64(ny_str_from_c(digits), 1, INT64_MAX, &n) != NY_OK) {
        cli_usage(verb, "`%s' is not the name of an event, such as p12 or e41", event);
    }
    if (!x.saying.dry_run && !x.yes && !isatty(STDIN_FILENO)) {
        cli_usage(verb, "nobody can be asked here: --yes or --dry-run");
    }
    if (digits == event) {
        event = ny_arena_printf(cli->arena, "p%s", digits).p;
    }
    if (x.saying.dry_run || !x.yes) {
        code = undo(cli, event, x.saying.reason, true);
    }
    if (code != CLI_DONE || x.saying.dry_run || (!x.yes && !is_agreed(cli))) {
        return code;
    }
    return undo(cli, event, x.saying.reason, false);
}
