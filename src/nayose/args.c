/* Options: those that every call takes, and the frame around a verb's own. */

#include <stdlib.h>

#include "nayose_priv.h"

/* Keys above the characters: options without a short form. */
enum { KEY_CERT = 0x1000, KEY_KEY, KEY_CACERT, KEY_JSON, KEY_REASON };

static error_t common_key(int key, char *arg, struct argp_state *state)
{
    struct cli *cli = state->input;

    switch (key) {
    case 's':
        cli->server = arg;
        return 0;
    case KEY_CERT:
        cli->cert = arg;
        return 0;
    case KEY_KEY:
        cli->key = arg;
        return 0;
    case KEY_CACERT:
        cli->cacert = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option common_options[] = {
    {.doc = "The server:",                                         .group = 90},
    {.name = "server",
     .key = 's',
     .arg = "SOCKET-OR-URL",
     .doc = "Default $NAYOSE_SERVER, else /run/nayose/admin.sock",
     .group = 90},
    {.name = "cert",
     .key = KEY_CERT,
     .arg = "FILE",
     .doc = "Client certificate (PEM) for https",
     .group = 90},
    {.name = "key",
     .key = KEY_KEY,
     .arg = "FILE",
     .doc = "Its private key, when not in the same file",
     .group = 90},
    {.name = "cacert",
     .key = KEY_CACERT,
     .arg = "FILE",
     .doc = "Authorities that the server's certificate may come from",
     .group = 90},
    {0                                             },
};

const struct argp cli_common_argp = {.options = common_options, .parser = common_key};

static error_t json_key(int key, char *arg, struct argp_state *state)
{
    struct cli *cli = state->input;

    (void)arg;
    if (key != KEY_JSON) {
        return ARGP_ERR_UNKNOWN;
    }
    cli->json = true;
    return 0;
}

const struct argp_option cli_json_options[] = {
    {.name = "json",                    .key = KEY_JSON, .doc = "JSON instead of a table", .group = 80},
    {0},
};

static const struct argp json_argp = {.options = cli_json_options, .parser = json_key};

/* ---- a verb ---- */

struct frame {
    struct cli *cli;
    const struct verb *verb;
    cli_option_fn set;
    void *ctx;
    char **operands;
    int n_operands;
};

static error_t frame_key(int key, char *arg, struct argp_state *state)
{
    struct frame *f = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = f->cli;
        if (f->verb->lists) {
            state->child_inputs[1] = f->cli;
        }
        return 0;
    case ARGP_KEY_ARGS:
        f->operands = state->argv + state->next;
        f->n_operands = state->argc - state->next;
        return 0;
    case ARGP_KEY_END:
        if (f->n_operands < f->verb->min) {
            argp_error(state, "%s is missing", f->verb->args);
        } else if (f->n_operands > f->verb->max) {
            argp_error(state, "`%s' is one argument too many", f->operands[f->verb->max]);
        }
        return 0;
    default:
        break;
    }
    /* Positive keys are options; argp's own are above them. */
    return f->set != NULL && key > 0 && key < 0x10000 && f->set(f->ctx, key, arg, state)
               ? 0
               : ARGP_ERR_UNKNOWN;
}

char **cli_args(struct cli *cli, const struct verb *verb, const struct argp_option *options,
                cli_option_fn set, void *ctx, int *n_operands)
{
    struct argp_child children[] = {
        {.argp = &cli_common_argp}, {.argp = verb->lists ? &json_argp : NULL}, {0}};
    ny_str doc = ny_arena_printf(cli->arena, "%s\vExample:\n  %s", verb->summary, verb->example);
    struct argp argp = {.options = options,
                        .parser = frame_key,
                        .args_doc = verb->args,
                        .doc = doc.p,
                        .children = children};
    struct frame f = {.cli = cli, .verb = verb, .set = set, .ctx = ctx};

    if (cli->tell != NULL) {
        cli->tell(cli, verb, options);
        exit(CLI_DONE);
    }
    argp_parse(&argp, cli->argc, cli->argv, 0, NULL, &f);
    if (n_operands != NULL) {
        *n_operands = f.n_operands;
    }
    return f.operands;
}

static bool reason_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    const char **reason = ctx;

    (void)state;
    if (key != KEY_REASON) {
        return false;
    }
    *reason = arg;
    return true;
}

char **cli_args_reason(struct cli *cli, const struct verb *verb, const char *doc,
                       const char **reason)
{
    const struct argp_option options[] = {
        {.name = "reason", .key = KEY_REASON, .arg = "TEXT", .doc = doc},
        {0  }
    };
    char **operands;

    *reason = NULL;
    operands = cli_args(cli, verb, options, reason_set, reason, NULL);
    if (*reason == NULL) {
        cli_usage(verb, "--reason is required");
    }
    return operands;
}

void cli_usage(const struct verb *verb, const char *fmt, ...)
{
    va_list ap;

    fprintf(stderr, "nayose %s: ", verb->words);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fprintf(stderr, "\nFor example: %s\n", verb->example);
    exit(CLI_USAGE);
}

void cli_check_identity(const struct verb *verb, const char *text)
{
    ny_str rest = ny_str_from_c(text);
    ny_str ns = ny_str_split(&rest, '^');

    if (ny_str_is_empty(ns) || ny_str_is_empty(rest)) {
        cli_usage(verb, "`%s' is not NS^ID (quote it: the shell may know ^)", text);
    }
}

void cli_split_source(struct cli *cli, const struct verb *verb, const char *text,
                      const char **application, const char **facility)
{
    ny_str rest = ny_str_from_c(text);
    ny_str app = ny_str_split(&rest, '^');

    if (ny_str_is_empty(rest)) {
        cli_usage(verb, "`%s' is not APP^FACILITY (MSH-3 and MSH-4)", text);
    }
    *application = ny_arena_str(cli->arena, app).p;
    *facility = rest.p;
}

bool cli_certificate_add(json_t *body, const char *arg)
{
    json_t *list = json_object_get(body, "certificates");

    if (list == NULL) {
        list = json_array();
        (void)json_object_set_new(body, "certificates", list);
    }
    return arg[0] == '\0' || json_array_append_new(list, json_string(arg)) == 0;
}

bool cli_switch_set(json_t *body, const char *key, const char *arg, struct argp_state *state)
{
    const bool yes = strcmp(arg, "yes") == 0;

    if (!yes && strcmp(arg, "no") != 0) {
        argp_error(state, "`%s' is neither yes nor no", arg);
    }
    return json_object_set_new(body, key, json_boolean(yes)) == 0;
}
