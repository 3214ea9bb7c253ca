/* nayose evaluate: the links, the questions and the mistakes of a server, held against a truth. */

#include "evaluate_priv.h"

enum { KEY_LIST = 0x2000 };

#define COLUMN(column, text)                                                                       \
    {                                                                                              \
        .name = (column), .flags = OPTION_DOC | OPTION_NO_USAGE, .doc = (text), .group = 20        \
    }

static const struct argp_option options[] = {
    {.name = "list",
     .key = KEY_LIST,
     .arg = "N",
     .doc = "Show so many false, missed and never compared pairs each (default 0)"},
    {.doc = "Columns of TRUTH.csv, named in its first row, in any order:",     .group = 20},
    COLUMN("domain, local_id", "The record: namespace and id, as in links export"),
    COLUMN("person", "Whose record it is: any word, the same for the same human being"),
    COLUMN("kind",
           "Optional. test, unknown and newborn are never to be linked; namesake is told apart "
           "among the causes"),
    COLUMN("phone, address_key, insurance_key",
           "Optional. Contacts in the record, separated by blanks: pairs that agree on one are the "
           "ceiling of what can be linked. Without these columns every pair is"),
    COLUMN("likeness", "Optional. The same where nobody could tell two records apart"),
    COLUMN("household, twins", "Optional. The same for one household; for one birth"),
    COLUMN("errors", "Optional. Kinds of error in the record, separated by blanks"),
    {0             },
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    struct evaluation *e = ctx;
    uint64_t n = 0;

    if (key != KEY_LIST) {
        return false;
    }
    if (ny_str_to_u64(ny_str_from_c(arg), 0, 1000000, &n) != NY_OK) {
        argp_error(state, "`%s' is no number of pairs", arg);
    }
    e->examples_max = (size_t)n;
    return true;
}

/* ---- what the server has ---- */

static size_t find(const struct evaluation *e, const json_t *row, const char *domain,
                   const char *local_id)
{
    return ny_truth_find(e->truth, ny_str_from_c(cli_json_text(row, domain)),
                         ny_str_from_c(cli_json_text(row, local_id)));
}

static int on_link(void *ctx, const json_t *link)
{
    struct evaluation *e = ctx;
    size_t at = find(e, link, "domain", "local_id");

    if (at == ny_truth_count(e->truth)) {
        e->strange_links++;
    } else {
        ny_truth_judged(e->truth)[at].group =
            ny_hash64(ny_str_from_c(cli_json_text(link, "regional_id")));
    }
    return CLI_DONE;
}

static int on_question(void *ctx, const json_t *question)
{
    struct evaluation *e = ctx;
    const struct ny_judged_record *records = ny_truth_judged(e->truth);
    size_t a = find(e, question, "domain_a", "local_id_a");
    size_t b = find(e, question, "domain_b", "local_id_b");
    size_t n = ny_truth_count(e->truth);
    bool is_true = a < n && b < n && records[a].person == records[b].person;

    if (strcmp(cli_json_text(question, "state"), "parked") == 0) {
        e->questions.parked++;
        e->questions.parked_true += is_true;
    } else {
        e->questions.queued++;
        e->questions.queued_true += is_true;
    }
    return CLI_DONE;
}

static int evaluate(struct evaluation *e)
{
    const struct cli_questions every = {.parked = true};
    static const struct cli_param limit = {"limit", "10000"};
    int code = cli_pages(e->cli, "/links", "links", &limit, 1, on_link, e);

    if (code == CLI_DONE) {
        code = cli_reviews(e->cli, &every, on_question, e);
    }
    return code == CLI_DONE ? evaluate_ask(e) : code;
}

/* ---- the verb ---- */

static int truth_read(struct evaluation *e, const struct cli_file *file)
{
    struct ny_error err = {0};

    if (ny_truth_read(ny_str_of(file->p, file->n), &e->truth, &err) != NY_OK) {
        cli_error("%s: %s; see nayose evaluate --help", file->path, err.text);
        return CLI_REFUSED;
    }
    return CLI_DONE;
}

static void tally_finish(struct tally *t)
{
    json_decref(t->by_reason);
    json_decref(t->by_cause);
}

int verb_evaluate(struct cli *cli, const struct verb *verb)
{
    struct evaluation e = {
        .cli = cli,
        .wrong = {json_object(), json_object()},
        .missed = {json_object(), json_object()},
        .examples = json_array()
    };
    char **operands = cli_args(cli, verb, options, option_set, &e, NULL);
    struct cli_file file;
    int why = cli_file_open(&file, operands[0]);
    int code = CLI_REFUSED;

    if (why != 0) {
        cli_error("%s cannot be read (%s); name the file of the truth", operands[0], strerror(why));
    } else {
        code = truth_read(&e, &file);
    }
    if (code == CLI_DONE) {
        code = evaluate(&e);
    }
    if (code == CLI_DONE && cli->json) {
        evaluate_print_json(&e);
    } else if (code == CLI_DONE) {
        evaluate_print(&e);
    }
    ny_truth_destroy(e.truth);
    tally_finish(&e.wrong);
    tally_finish(&e.missed);
    json_decref(e.examples);
    cli_file_close(&file);
    return code;
}
