/* What the program tells of itself: the manual page nayose(1) and, for the completion, its verbs
 * and options as rows. Both come from the verb table and from the option table of each verb. */

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nayose/base_roff.h"

#include "nayose_priv.h"

/* ---- what a verb takes ---- */

/* Every verb reads its arguments before anything else; there cli_args() tells and ends the process.
 */
static bool verb_tell(struct cli *cli, const struct verb *verb, cli_tell_fn tell)
{
    char name[] = "nayose";
    char *argv[] = {name, NULL};
    int status = 0;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        cli->tell = tell;
        cli->argc = 1;
        cli->argv = argv;
        (void)verb->fn(cli, verb);
        _exit(CLI_REFUSED);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static int tell_all(struct cli *cli, cli_tell_fn tell)
{
    for (size_t i = 0; i < cli_verbs_n; i++) {
        if (!verb_tell(cli, &cli_verbs[i], tell)) {
            cli_error("the options of `%s' cannot be told", cli_verbs[i].words);
            return CLI_REFUSED;
        }
    }
    return CLI_DONE;
}

static bool is_option(const struct argp_option *o)
{
    return o->name != NULL && (o->flags & (OPTION_HIDDEN | OPTION_DOC)) == 0;
}

/* options: a table of argp's, or NULL. */
static bool is_end(const struct argp_option *o)
{
    return o == NULL || (o->name == NULL && o->doc == NULL);
}

/* ---- rows ---- */

static void rows_write(const char *words, const struct argp_option *o)
{
    for (; !is_end(o); o++) {
        if (is_option(o)) {
            printf("%s|--%s|%s\n", words, o->name, o->arg != NULL ? o->arg : "");
        }
    }
}

static void verb_rows(struct cli *cli, const struct verb *verb, const struct argp_option *options)
{
    (void)cli;
    printf("%s||%s\n", verb->words, verb->args);
    rows_write(verb->words, options);
    if (verb->lists) {
        rows_write(verb->words, cli_json_options);
    }
}

int cli_options_print(struct cli *cli, const struct argp_option *own)
{
    rows_write("", cli_common_argp.options);
    rows_write("", own);
    puts("|--help|\n|--usage|\n|--version|");
    return tell_all(cli, verb_rows);
}

/* ---- the page ---- */

static void options_write(const struct argp_option *o)
{
    for (; !is_end(o); o++) {
        const char *doc = o->doc != NULL ? o->doc : "";

        if (is_option(o)) {
            ny_roff_option(stdout, o->key, o->name, o->arg, doc);
        } else if (o->name != NULL && (o->flags & OPTION_DOC) != 0) {
            ny_roff_item(stdout, o->name, doc); /* such as the columns of a file */
        }
    }
}

static void verb_section(struct cli *cli, const struct verb *verb,
                         const struct argp_option *options)
{
    ny_str synopsis = ny_arena_printf(cli->arena, "nayose %s%s%s", verb->words,
                                      verb->args[0] != '\0' ? " " : "", verb->args);

    ny_roff_subheading(stdout, synopsis.p);
    ny_roff_paragraph(stdout, verb->summary);
    options_write(options);
    if (verb->lists) {
        options_write(cli_json_options);
    }
    ny_roff_example(stdout, verb->example);
}

static void head_write(const struct argp_option *own)
{
    ny_roff_begin(stdout, "nayose", 1, "ask and feed a nayose server");
    ny_roff_heading(stdout, "SYNOPSIS");
    ny_roff_paragraph(stdout, "nayose [OPTION...] VERB [OPTION...] [OPERAND...]");
    ny_roff_heading(stdout, "DESCRIPTION");
    ny_roff_paragraph(
        stdout, "nayose is the tool of the operator and of the clerk. It is a client: "
                "decisions are made in one place, the server nayosed(8). A patient is named "
                "NS^ID: the namespace of a domain and the id there; quote it, since the shell "
                "may know the ^.");
    ny_roff_paragraph(stdout,
                      "On a terminal a listing that is longer than the screen goes through a "
                      "pager, and what is not as it should be is coloured; a word or a sign says "
                      "the same.");
    ny_roff_heading(stdout, "OPTIONS");
    ny_roff_paragraph(stdout, "The options of the server may also stand behind the verb.");
    options_write(cli_common_argp.options);
    options_write(own);
    ny_roff_option(stdout, '?', "help", NULL,
                   "Tell what the program, or behind a verb the verb, takes.");
    ny_roff_option(stdout, 0, "usage", NULL, "The same, short.");
    ny_roff_option(stdout, 'V', "version", NULL, "Tell the version of the program.");
    ny_roff_heading(stdout, "VERBS");
}

static void foot_write(void)
{
    static const struct {
        const char *tag, *text;
    } ends[] =
        {
            {"0", "Done."                                      },
            {"1", "Refused, not found, or not as it should be."},
            {"2", "Wrong usage."                               },
            {"3", "No server answers."                         },
    },
      variables[] = {
          {"NAYOSE_SERVER", "The server, as --server names it."},
          {"NAYOSE_PAGER, PAGER", "The pager; `cat' for none. Without them: less -FRX."},
          {"NO_COLOR", "When set and not empty: no colours."},
          {"LC_ALL, LC_MESSAGES, LANG", "When they begin with ja, labels are Japanese first."},
      };

    ny_roff_heading(stdout, "EXIT STATUS");
    for (size_t i = 0; i < NY_ARRAY_LEN(ends); i++) {
        ny_roff_item(stdout, ends[i].tag, ends[i].text);
    }
    ny_roff_heading(stdout, "ENVIRONMENT");
    for (size_t i = 0; i < NY_ARRAY_LEN(variables); i++) {
        ny_roff_item(stdout, variables[i].tag, variables[i].text);
    }
    ny_roff_heading(stdout, "FILES");
    ny_roff_item(stdout, "/run/nayose/admin.sock", "The socket of the server on this machine.");
    ny_roff_end(stdout, "nayosed(8), nayosed.conf(5)");
}

int cli_manual_print(struct cli *cli, const struct argp_option *own)
{
    int code;

    head_write(own);
    code = tell_all(cli, verb_section);
    foot_write();
    return code;
}
