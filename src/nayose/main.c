/* nayose: the operator's and the clerk's tool, a client of nayosed.
 *
 *   nayose [OPTION…] VERB [WORD] [OPTION…] [OPERAND…]
 *
 * Verbs stand in tbl/verbs.def, one file each. Decisions are made in the server only. */

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>

#include "nayose_priv.h"

const char *argp_program_version = "nayose " NY_VERSION;

const struct verb cli_verbs[] = {
#define NY_VERB(words, fn, min, max, lists, args, summary, example)                                \
    {words, verb_##fn, min, max, lists, args, summary, example},
#include "tbl/verbs.def"
#undef NY_VERB
};
const size_t cli_verbs_n = NY_ARRAY_LEN(cli_verbs);

static const char help[] =
    "Ask and feed a nayose server."
    "\v"
    "Verbs (each has its own --help):\n"
#define NY_VERB(words, fn, min, max, lists, args, summary, example)                                \
    "  " words " " args "\n      " summary "\n"
#include "tbl/verbs.def"
#undef NY_VERB
    "\n"
    "Exit status: 0 done, 1 refused or not found, 2 wrong usage, 3 no server.\n";

/* ---- the call's own options; stops at the first word ---- */

enum { KEY_PRINT_MAN = 0x3000, KEY_PRINT_OPTIONS };

static const struct argp_option own_options[] = {
    {.name = "print-man",                       .key = KEY_PRINT_MAN, .doc = "Print the manual page nayose(1)"},
    {.name = "print-options",
     .key = KEY_PRINT_OPTIONS,
     .doc = "Print verbs, options and their arguments, a row each"},
    {0                  },
};

struct opening {
    struct cli *cli;
    int first_word; /* index in argv, 0 = none */
    int print;      /* a key that needs no verb, 0 = none */
};

static error_t opening_key(int key, char *arg, struct argp_state *state)
{
    struct opening *o = state->input;

    (void)arg;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = o->cli;
        return 0;
    case ARGP_KEY_ARG:
        o->first_word = state->next - 1;
        state->next = state->argc;
        return 0;
    case ARGP_KEY_NO_ARGS:
        if (o->print == 0) {
            argp_error(state, "which verb?");
        }
        return 0;
    case KEY_PRINT_MAN:
    case KEY_PRINT_OPTIONS:
        o->print = key;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- finding the verb ---- */

/* How many of the words are the verb's name, 0 when they are not. */
static int words_match(const char *words, int argc, char **argv)
{
    ny_str rest = ny_str_from_c(words);
    int n = 0;

    while (rest.p != NULL) {
        ny_str word = ny_str_split(&rest, ' ');

        if (n >= argc || !ny_str_equals(word, ny_str_from_c(argv[n]))) {
            return 0;
        }
        n++;
    }
    return n;
}

static void verb_unknown(const char *word)
{
    const char *separator = "";
    bool known = false;

    for (size_t i = 0; i < cli_verbs_n; i++) {
        ny_str second = ny_str_from_c(cli_verbs[i].words);

        if (ny_str_equals(ny_str_split(&second, ' '), ny_str_from_c(word))) {
            fprintf(stderr, "%s%.*s", known ? separator : "nayose: which one: ", NY_ARG(second));
            separator = ", ";
            known = true;
        }
    }
    if (known) {
        fprintf(stderr, "? For example `nayose %s ... --help'.\n", word);
    } else {
        cli_error("there is no verb `%s'; `nayose --help' lists them", word);
    }
}

static int verb_run(struct cli *cli, int argc, char **argv)
{
    for (size_t i = 0; i < cli_verbs_n; i++) {
        int n = words_match(cli_verbs[i].words, argc, argv);

        if (n > 0) {
            ny_str name = ny_arena_printf(cli->arena, "nayose %s", cli_verbs[i].words);

            /* argp's messages begin with the word before the arguments. */
            argv[n - 1] = ny_arena_calloc(cli->arena, 1, name.n + 1);
            memcpy(argv[n - 1], name.p, name.n);
            cli->argc = argc - n + 1;
            cli->argv = argv + n - 1;
            return cli_verbs[i].fn(cli, &cli_verbs[i]);
        }
    }
    verb_unknown(argv[0]);
    return CLI_USAGE;
}

/* ---- main ---- */

/* Text is UTF-8 in the house, whatever the locale: only the widths of characters come from it. */
static void locale_begin(struct cli *cli)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *language = "";

    if (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0) {
        setlocale(LC_CTYPE, "C.UTF-8");
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(names) && language[0] == '\0'; i++) {
        const char *value = getenv(names[i]);

        language = value != NULL ? value : "";
    }
    cli->is_japanese = ny_str_starts_with(ny_str_from_c(language), NY_S("ja"));
}

static const char *default_server(void)
{
    const char *server = getenv("NAYOSE_SERVER");

    return server != NULL && server[0] != '\0' ? server : "/run/nayose/admin.sock";
}

static int run(struct cli *cli, const struct opening *o, int argc, char **argv)
{
    if (o->print == KEY_PRINT_MAN) {
        return cli_manual_print(cli, own_options);
    }
    return o->print == KEY_PRINT_OPTIONS
               ? cli_options_print(cli, own_options)
               : verb_run(cli, argc - o->first_word, argv + o->first_word);
}

int main(int argc, char **argv)
{
    static const struct argp_child children[] = {{.argp = &cli_common_argp}, {0}};
    static const struct argp argp = {.options = own_options,
                                     .parser = opening_key,
                                     .args_doc = "VERB ...",
                                     .doc = help,
                                     .children = children};
    struct cli cli = {.server = default_server(), .arena = ny_arena_create(0)};
    struct opening o = {&cli, 0, 0};
    int status;

    argp_err_exit_status = CLI_USAGE;
    /* Examples are for copying: no line breaks in them. */
    setenv("ARGP_HELP_FMT", "rmargin=110,no-dup-args-note", 0);
    locale_begin(&cli);
    cli_terminal_begin();
    argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &o);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    status = run(&cli, &o, argc, argv);
    curl_global_cleanup();
    ny_arena_destroy(cli.arena);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        cli_error("the output could not be written; is the disk full?");
        status = status == CLI_DONE ? CLI_REFUSED : status;
    }
    return status;
}
