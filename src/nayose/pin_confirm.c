/* nayose pin confirm, pin reject: what waits for a second person is said, or dropped. */

#include "nayose_priv.h"

static const struct argp_option options[] = {
    {.name = "reason", .key = CLI_KEY_REASON, .arg = "TEXT", .doc = "Why; is kept with it"},
    {.name = "dry-run",   .key = CLI_KEY_DRY_RUN, .doc = "Show what would change; say nothing"},
    {0               },
};

static void answer_print(struct cli *cli, const json_t *answer)
{
    static const struct cli_word results[] = {
        {"looked at", "nothing was changed", "変更していません"},
        {"confirmed", "confirmed",           "確定しました"      },
        {"rejected",  "rejected",            "取り下げました"   },
    };

    if (json_object_get(answer, "before") != NULL) {
        cli_groups_change_print(cli, answer);
    }
    puts(cli_word_label(cli, results, NY_ARRAY_LEN(results), cli_json_text(answer, "result")));
}

static int end(struct cli *cli, const struct verb *verb, bool confirm)
{
    struct cli_saying x = {.reason = ""};
    const char *number = cli_args(cli, verb, options, cli_saying_option, &x, NULL)[0];
    uint64_t n;

    if (ny_str_to_u64(ny_str_from_c(number), 1, INT64_MAX, &n) != NY_OK) {
        cli_usage(verb, "`%s' is not the number of a proposal, such as 5", number);
    }
    return cli_post_print(cli, "/proposals",
                          json_pack("{s:I, s:b, s:s, s:b}", "number", (json_int_t)n, "confirm",
                                    confirm, "reason", x.reason, "dry_run", x.dry_run),
                          answer_print);
}

int verb_pin_confirm(struct cli *cli, const struct verb *verb)
{
    return end(cli, verb, true);
}

int verb_pin_reject(struct cli *cli, const struct verb *verb)
{
    return end(cli, verb, false);
}
