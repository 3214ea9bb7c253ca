/* nayose link, unlink, pin withdraw: a clerk's word about two records, and what it changes. */

#include "nayose_priv.h"

static const struct argp_option options[] = {
    {.name = "reason",
     .key = CLI_KEY_REASON,
     .arg = "TEXT",
     .doc = "Why (required); is kept with the pin and in the audit"},
    {.name = "dry-run",    .key = CLI_KEY_DRY_RUN, .doc = "Show what would change; say nothing"},
    {0               },
};

bool cli_saying_option(void *ctx, int key, char *arg, struct argp_state *state)
{
    struct cli_saying *x = ctx;

    (void)state;
    if (key == CLI_KEY_REASON) {
        x->reason = arg;
    } else if (key == CLI_KEY_DRY_RUN) {
        x->dry_run = true;
    } else {
        return false;
    }
    return true;
}

void cli_groups_print(struct cli *cli, const char *label, const json_t *groups,
                      const json_t *regional)
{
    const json_t *group;
    const json_t *name;
    size_t i;
    size_t k;

    printf("%s:\n", label);
    json_array_foreach(groups, i, group)
    {
        printf(" ");
        json_array_foreach(group, k, name)
        {
            printf(" %s", json_string_value(name));
        }
        if (regional != NULL) {
            const char *id = json_string_value(json_array_get(regional, i));

            printf(" (%s)", id != NULL ? id : cli_label(cli, "new ID", "新しいID"));
        }
        putchar('\n');
    }
}

void cli_groups_change_print(struct cli *cli, const json_t *answer)
{
    cli_groups_print(cli, cli_label(cli, "before", "前"), json_object_get(answer, "before"),
                     json_object_get(answer, "before_regional"));
    cli_groups_print(cli, cli_label(cli, "after", "後"), json_object_get(answer, "after"),
                     json_object_get(answer, "after_regional"));
}

const char *cli_said_text(struct cli *cli, const json_t *answer)
{
    const char *result = cli_json_text(answer, "result");

    if (strcmp(result, "proposed") == 0) {
        return ny_arena_printf(cli->arena,
                               cli->is_japanese
                                   ? "別の担当者の確認を待ちます: nayose pin confirm %lld "
                                     "(%lld件のまとまりになります)"
                                   : "waits until another user says: nayose pin confirm %lld "
                                     "(it makes a group of %lld records)",
                               json_integer_value(json_object_get(answer, "proposed")),
                               json_integer_value(json_object_get(answer, "size")))
            .p;
    }
    if (strcmp(result, "kept") == 0) {
        return cli_label(cli, "kept", "記録しました");
    }
    return json_is_true(json_object_get(answer, "waits"))
               ? cli_label(cli, "nothing was changed; a second person would have to confirm it",
                           "変更していません。別の担当者の確認が必要です")
               : cli_label(cli, "nothing was changed", "変更していません");
}

static void answer_print(struct cli *cli, const json_t *answer)
{
    const json_t *said = json_object_get(answer, "before_said");
    const char *result = cli_json_text(answer, "result");

    if (strcmp(result, "stands") == 0) {
        puts(cli_label(cli, "that is said already", "すでに同じ指定があります"));
        return;
    }
    if (said != NULL) {
        printf("%s: %s (%s)\n", cli_label(cli, "takes the place of", "置き換えた指定"),
               cli_json_text(said, "kind"), cli_json_text(said, "role"));
    }
    cli_groups_change_print(cli, answer);
    puts(cli_said_text(cli, answer));
}

static int say(struct cli *cli, const struct verb *verb, const char *kind)
{
    struct cli_saying x = {0};
    char **operands = cli_args(cli, verb, options, cli_saying_option, &x, NULL);

    cli_check_identity(verb, operands[0]);
    cli_check_identity(verb, operands[1]);
    if (x.reason == NULL && !x.dry_run) {
        cli_usage(verb, "--reason is required");
    }
    return cli_post_print(cli, "/pins",
                          json_pack("{s:s, s:s, s:s, s:s, s:b}", "a", operands[0], "b", operands[1],
                                    "kind", kind, "reason", x.reason != NULL ? x.reason : "",
                                    "dry_run", x.dry_run),
                          answer_print);
}

int verb_link(struct cli *cli, const struct verb *verb)
{
    return say(cli, verb, "same");
}

int verb_unlink(struct cli *cli, const struct verb *verb)
{
    return say(cli, verb, "different");
}

int verb_pin_withdraw(struct cli *cli, const struct verb *verb)
{
    return say(cli, verb, "none");
}
