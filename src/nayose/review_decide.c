/* nayose review decide, later, assign, note, undo, release: what a clerk does with a case. */

#include "nayose_priv.h"

enum { KEY_REASON = 0x2000, KEY_NOTE, KEY_DAYS, KEY_NUMBER };

struct asked {
    const char *reason, *note, *days, *number;
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    struct asked *x = ctx;

    (void)state;
    switch (key) {
    case KEY_REASON:
        x->reason = arg;
        return true;
    case KEY_NOTE:
        x->note = arg;
        return true;
    case KEY_DAYS:
        x->days = arg;
        return true;
    case KEY_NUMBER:
        x->number = arg;
        return true;
    default:
        return false;
    }
}

static json_int_t number_of(const struct verb *verb, const char *text)
{
    int64_t v = 0;

    if (text != NULL && ny_str_to_i64(ny_str_from_c(text), 1, INT64_MAX, &v) != NY_OK) {
        cli_usage(verb, "`%s' is not a number", text);
    }
    return v;
}

static void answer_print(struct cli *cli, const json_t *answer)
{
    puts(strcmp(cli_json_text(answer, "result"), "proposed") == 0 ? cli_said_text(cli, answer)
                                                                  : cli_label(cli, "done", "済み"));
}

static int post(struct cli *cli, const struct verb *verb, const char *path, json_t *body)
{
    if (body == NULL) {
        cli_usage(verb, "the arguments are not UTF-8");
    }
    return cli_post_print(cli, path, body, answer_print);
}

static int decide(struct cli *cli, const struct verb *verb, char **operands, const char *decision,
                  const struct asked *x, const char *whom)
{
    cli_check_identity(verb, operands[0]);
    cli_check_identity(verb, operands[1]);
    return post(cli, verb, "/review/decide",
                json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "a", operands[0], "b",
                          operands[1], "desk", "verbs", "decision", decision, "reason",
                          x->reason != NULL ? x->reason : "", "note",
                          x->note != NULL ? x->note : "", "whom", whom, "days",
                          number_of(verb, x->days)));
}

int verb_review_decide(struct cli *cli, const struct verb *verb)
{
    static const struct argp_option options[] = {
        {.name = "reason",
         .key = KEY_REASON,
         .arg = "CODE",
         .doc = "records (default), patient, facility, document; same: renamed, typing; different: "
                "twins, namesake"},
        {.name = "note",    .key = KEY_NOTE, .arg = "TEXT", .doc = "More of it; is kept"},
        {0               },
    };
    struct asked x = {.reason = "records"};
    char **operands = cli_args(cli, verb, options, option_set, &x, NULL);

    return decide(cli, verb, operands, operands[2], &x, "");
}

int verb_review_later(struct cli *cli, const struct verb *verb)
{
    static const struct argp_option options[] = {
        {.name = "days", .key = KEY_DAYS, .arg = "N", .doc = "For so long; else until tomorrow"},
        {0   },
    };
    struct asked x = {0};
    char **operands = cli_args(cli, verb, options, option_set, &x, NULL);

    return decide(cli, verb, operands, "later", &x, "");
}

int verb_review_assign(struct cli *cli, const struct verb *verb)
{
    char **operands = cli_args(cli, verb, NULL, NULL, NULL, NULL);
    struct asked x = {0};

    return decide(cli, verb, operands, "assign", &x, operands[2]);
}

int verb_review_note(struct cli *cli, const struct verb *verb)
{
    char **operands = cli_args(cli, verb, NULL, NULL, NULL, NULL);
    struct asked x = {.note = operands[2]};

    return decide(cli, verb, operands, "note", &x, "");
}

int verb_review_undo(struct cli *cli, const struct verb *verb)
{
    static const struct argp_option options[] = {
        {.name = "number",
         .key = KEY_NUMBER,
         .arg = "N",
         .doc = "This decision of yours (see: nayose review log); else the last one"},
        {0      },
    };
    struct asked x = {0};

    cli_args(cli, verb, options, option_set, &x, NULL);
    return post(cli, verb, "/review/undo", json_pack("{s:I}", "number", number_of(verb, x.number)));
}

int verb_review_release(struct cli *cli, const struct verb *verb)
{
    int n = 0;
    char **operands = cli_args(cli, verb, NULL, NULL, NULL, &n);
    json_t *body = json_pack("{s:s}", "desk", "verbs");

    if (n == 1) {
        cli_usage(verb, "name both of a case, or none for all that you took");
    }
    for (int k = 0; k < n; k++) {
        cli_check_identity(verb, operands[k]);
        json_object_set_new(body, k == 0 ? "a" : "b", json_string(operands[k]));
    }
    return post(cli, verb, "/review/release", body);
}
