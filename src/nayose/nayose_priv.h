/* nayose, private: what the verbs share: settings of the call, the server, tables, text. */
#ifndef NAYOSE_NAYOSE_PRIV_H
#define NAYOSE_NAYOSE_PRIV_H

#include <argp.h>
#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>

#include "nayose/base.h"

struct libscols_table;
struct verb;
struct cli;

/* Told what a verb takes: its own option table, or NULL. */
typedef void (*cli_tell_fn)(struct cli *cli, const struct verb *verb,
                            const struct argp_option *options);

/* What the program ends with; tools rely on these. */
enum { CLI_DONE = 0, CLI_REFUSED = 1, CLI_USAGE = 2, CLI_NO_SERVER = 3 };

struct cli {
    const char *server; /* socket path or URL */
    const char *cert, *key, *cacert;
    bool json;
    bool is_japanese; /* Japanese labels first */
    int argc;         /* the verb's arguments; argv[0] is its name for messages */
    char **argv;
    struct ny_arena *arena;
    cli_tell_fn tell; /* not NULL: verbs are not run, they tell what they take */
};

struct verb {
    const char *words;
    int (*fn)(struct cli *cli, const struct verb *verb);
    int min, max; /* operands */
    bool lists;   /* takes --json */
    const char *args, *summary, *example;
};

#define NY_VERB(words, fn, min, max, lists, args, summary, example)                                \
    int verb_##fn(struct cli *cli, const struct verb *verb);
#include "tbl/verbs.def"
#undef NY_VERB

extern const struct verb cli_verbs[];
extern const size_t cli_verbs_n;

/* ---- args.c: options of the call and of a verb ---- */

extern const struct argp cli_common_argp;           /* --server …; input: struct cli */
extern const struct argp_option cli_json_options[]; /* of a verb that lists */

/* An option of the verb: true when the key was its own. */
typedef bool (*cli_option_fn)(void *ctx, int key, char *arg, struct argp_state *state);

/* Parses the arguments of a verb. options and set may be NULL. Returns the operands (borrowed from
 * argv), their number in *n_operands (NULL allowed). Wrong usage ends the program with 2, --help
 * with 0. */
char **cli_args(struct cli *cli, const struct verb *verb, const struct argp_option *options,
                cli_option_fn set, void *ctx, int *n_operands);
/* The same for a verb whose only option is --reason TEXT, which has to be given (*reason,
 * borrowed); doc: what --help says of it. */
char **cli_args_reason(struct cli *cli, const struct verb *verb, const char *doc,
                       const char **reason);
/* Ends with 2 unless text is NS^ID. */
void cli_check_identity(const struct verb *verb, const char *text);
/* "APP^FACILITY" → both, in the arena of cli; ends with 2 when there is no '^'. */
void cli_split_source(struct cli *cli, const struct verb *verb, const char *text,
                      const char **application, const char **facility);
#define CLI_CERTIFICATE_DOC                                                                        \
    "A certificate that speaks for it, and only these do, over MLLP and HTTP: its SHA-256 in "     \
    "hexadecimal (openssl x509 -fingerprint -sha256), spki:DIGEST of its key, or "                 \
    "'subject=NAME;issuer=NAME' (-nameopt RFC2253). Again for several, all are named anew; '' = "  \
    "none"
/* Puts the operand of --certificate into the list of the body; "" makes the list empty. */
bool cli_certificate_add(json_t *body, const char *arg);
#define CLI_STRICT_V3_DOC                                                                          \
    "Refuse HL7 V3 messages that leave out a classCode or a namespace, write OIDs as URNs, or "    \
    "(with [soap] schema_dir and validate) that their schema does not allow"
/* Puts the operand of a setting that is yes or no into the body; ends with 2 when it is neither. */
bool cli_switch_set(json_t *body, const char *key, const char *arg, struct argp_state *state);
/* "nayose domain add: sentence" and where help is; ends with 2. */
_Noreturn void cli_usage(const struct verb *verb, const char *fmt, ...) NY_PRINTF(2, 3);

/* ---- manual.c: what the program tells of itself, from its tables ---- */

/* nayose(1); own: the options of the program beside the common ones. Returns an exit code. */
int cli_manual_print(struct cli *cli, const struct argp_option *own);
/* Rows for the completion (completion.bash.in). */
int cli_options_print(struct cli *cli, const struct argp_option *own);

/* ---- terminal.c: pager, colours, signs of life ---- */

void cli_terminal_begin(void); /* before anything is written */
/* The standard output was a terminal at the beginning. */
bool cli_is_terminal(void);
/* From here on the standard output goes through the pager, when it is a terminal. Again: nothing.
 * What has begun with a table or a list of JSON is there already. */
void cli_pager_begin(void);
/* A terminal that knows colours, and nobody said NO_COLOR (set and not empty). */
bool cli_has_colours(void);
enum cli_tone { TONE_GOOD, TONE_BAD };
/* The text in a colour when there may be colours; in the arena of cli. Never the only sign of what
 * it says. */
const char *cli_paint(struct cli *cli, enum cli_tone tone, const char *text);

/* A line on the standard error that is told how far a long work is; only on a terminal and only
 * from the first second on. */
struct cli_wait {
    int64_t begun_us, told_us;
    bool shows;
};
void cli_wait_begin(struct cli_wait *w);
void cli_wait_tell(struct cli_wait *w, const char *fmt, ...) NY_PRINTF(2, 3);
void cli_wait_end(struct cli_wait *w); /* the line is gone */

/* ---- text.c: what people and tools read ---- */

/* "nayose: sentence\n" to stderr. */
void cli_error(const char *fmt, ...) NY_PRINTF(1, 2);
/* "en ja", or "ja en" when the call is Japanese; in the arena of cli. */
const char *cli_label(struct cli *cli, const char *en, const char *ja);
/* A word of the server and what it means. */
struct cli_word {
    const char *word, *en, *ja;
};
/* NULL: it is not among them. */
const struct cli_word *cli_word_find(const struct cli_word *all, size_t n, const char *word);
/* Its label; the word itself when it is not among them. */
const char *cli_word_label(struct cli *cli, const struct cli_word *all, size_t n, const char *word);
void cli_json_print(const json_t *value);
/* A text member, "" when absent. */
const char *cli_json_text(const json_t *object, const char *key);
/* A member that is true or not, as a column shows it. */
const char *cli_json_yes_no(const json_t *object, const char *key);
/* One field of CSV (RFC 4180: quoted when it holds a separator, a quote or a line end). */
void cli_csv_field(FILE *out, const char *text);
void cli_csv_row(FILE *out, const char *const *fields, size_t n);

struct cli_column {
    const char *name;
    bool is_number; /* right aligned */
    bool wraps;     /* may break into lines on a narrow terminal */
};
struct libscols_table *cli_table_create(const struct cli_column *columns, size_t n);
void cli_table_row(struct libscols_table *t, const char *const *cells, size_t n);
/* Prints and destroys. On a terminal a table with a wrapping column keeps to its width. */
void cli_table_print(struct libscols_table *t);

/* ---- records.c: what the server says of a record, for people ---- */

/* Each in the arena of cli, or borrowed from what is given. */
/* "1959-05-01 (昭和34年5月1日)", or as received when it is no whole date. */
const char *cli_birth_text(struct cli *cli, const json_t *record);
const char *cli_identity_text(struct cli *cli, const json_t *record); /* "F01^0001234" */
enum { CLI_RECORDS_MAX = 64 };
/* A table, one record a column; n: 1 … CLI_RECORDS_MAX. */
void cli_records_print(struct cli *cli, const json_t *const *records, size_t n);

/* ---- file.c: the operands that are files ---- */

/* A file in memory, or mapped into it. */
struct cli_file {
    const char *path;
    char *p;
    size_t n;
    bool is_mapped;
};
/* 0, or errno. "-" is the standard input. */
NY_MUST_USE int cli_file_open(struct cli_file *f, const char *path);
void cli_file_close(struct cli_file *f);

/* ---- client.c: the server ---- */

struct cli_body {
    char *p;
    size_t n, cap, max;
    bool too_large;
};

struct cli_param {
    const char *name, *value;
};

/* A handle that is set up for the server of this call; body gets what it answers and must outlive
 * it. Owned by the caller (curl_easy_cleanup). */
CURL *cli_easy_create(const struct cli *cli, struct cli_body *body);
/* The URL of a path with parameters, in the arena of cli. */
const char *cli_url(struct cli *cli, const char *path, const struct cli_param *params, size_t n);
void cli_body_finish(struct cli_body *body);
/* Says that no server answers; returns CLI_NO_SERVER. */
int cli_no_server(const struct cli *cli, const char *why);

struct cli_client;
struct cli_client *cli_client_create(struct cli *cli);
void cli_client_destroy(struct cli_client *c);
/* Nothing is printed from here on; *out gets the server's refusal, too. */
void cli_client_quiet(struct cli_client *c);
/* Each returns an exit code; unless it is CLI_DONE a sentence was printed and *out is as it was.
 * *out is owned by the caller. */
int cli_get(struct cli_client *c, const char *path, const struct cli_param *params, size_t n,
            json_t **out);
int cli_post(struct cli_client *c, const char *path, json_t *body, json_t **out); /* takes body */
/* Settings of one system, "APP^FACILITY": says "what operand changed". An exit code; ends with 2
 * when body is empty. Takes body. */
int cli_post_source(struct cli *cli, const struct verb *verb, const char *operand, const char *path,
                    const char *what, json_t *body);
/* One question, on a connection of its own. */
int cli_post_once(struct cli *cli, const char *path, json_t *body, json_t **out); /* takes body */
int cli_get_once(struct cli *cli, const char *path, const struct cli_param *params, size_t n,
                 json_t **out);
/* The same, and shows the answer when there is one: as JSON, or by print. An exit code. Takes body;
 * NULL: what it was to be made of is not UTF-8. */
typedef void cli_print_fn(struct cli *cli, const json_t *answer);
int cli_post_print(struct cli *cli, const char *path, json_t *body, cli_print_fn *print);
int cli_get_print(struct cli *cli, const char *path, const struct cli_param *params, size_t n,
                  cli_print_fn *print);

/* ---- when.c: times ---- */

/* A time as the server writes it ("2026-11-25T11:04:05Z") as the clock of this place shows it:
 * "2026-11-25 20:04:05"; anything else as it is. In the arena of cli. */
const char *cli_time_text(struct cli *cli, const char *utc);
/* Seconds as 5 s, 12 min, 3 h, 4 d; "-" for null; in the arena. */
const char *cli_age(struct cli *cli, const json_t *seconds);
/* "2026-11-25" (its end), "2026-11-25 20:04[:05[.678901]]" by the clock of this place, or with T
 * and Z in UTC, as the server reads it; NULL: it is none. In the arena of cli. */
const char *cli_moment(struct cli *cli, const char *text);
/* The option --as-of of a verb. */
enum { CLI_KEY_AS_OF = 0x2800 };
struct cli_as_of {
    struct cli *cli;
    struct cli_param param; /* value NULL: not given */
};
#define CLI_AS_OF_OPTION                                                                           \
    {                                                                                              \
        .name = "as-of", .key = CLI_KEY_AS_OF, .arg = "TIME",                                      \
        .doc = "As it was answered then: a day (its end), 'YYYY-MM-DD HH:MM:SS', or in UTC with "  \
               "T and Z"                                                                           \
    }
bool cli_as_of_option(struct cli_as_of *x, int key, char *arg, struct argp_state *state);

/* ---- pin.c: a clerk's word ---- */

/* How it is said. */
struct cli_saying {
    const char *reason;
    bool dry_run;
};
enum { CLI_KEY_REASON = 0x2900, CLI_KEY_DRY_RUN };
/* Sets reason (borrowed) or dry_run; ctx: struct cli_saying. */
bool cli_saying_option(void *ctx, int key, char *arg, struct argp_state *state);

/* ---- timeline.c: what became of records ---- */

/* What happened, in one line of the call's language; e: an event of the server. Arena of cli. */
const char *cli_event_text(struct cli *cli, const json_t *e);
/* The events (the newest first) as a table, the oldest first; identity: only those of it; NULL:
 * all. */
void cli_timeline_print(struct cli *cli, const json_t *events, const char *identity);
/* The label, then one line a group: "  F01^1 F02^2 (00000000012)"; regional: the id of each group,
 * null for a new one; NULL: they are not told. */
void cli_groups_print(struct cli *cli, const char *label, const json_t *groups,
                      const json_t *regional);
/* "before" and "after" of an answer. */
void cli_groups_change_print(struct cli *cli, const json_t *answer);
/* What became of words: kept, waiting for a second person, or only looked at. */
const char *cli_said_text(struct cli *cli, const json_t *answer);

/* ---- explain.c ---- */

/* Both records, the bars, what keeps them apart. */
void cli_explanation_print(struct cli *cli, const json_t *e);

/* ---- study.c: what the server does in the background ---- */

/* Posts body (taken) to path, which starts a study, and watches it with a bar on a terminal. *out
 * (owned; out may be NULL) is the study as it ended. Refused or failed: says why, CLI_REFUSED. */
int cli_study(struct cli *cli, const char *path, json_t *body, json_t **out);

/* ---- model_show.c, model_diff.c, model_taught.c ---- */

/* A model version as the server shows it; NULL: the active one. */
int cli_model_get(struct cli *cli, const char *version, json_t **out);
void cli_rehearsal_print(struct cli *cli, const json_t *rehearsal);
int cli_diff(struct cli *cli, const char *version);
/* What clerks' decisions did, from the report of a training; nothing when there were none. */
void cli_taught_print(struct cli *cli, const json_t *report);

/* ---- pages.c: listings that come in pages ---- */

/* Called with each element; a code other than CLI_DONE ends the walk. */
typedef int (*cli_element_fn)(void *ctx, const json_t *element);
/* Walks `list` of GET path: the members of `next` are put, with the prefix after_, into the next
 * request. params: [n] fixed ones, at most 4. */
int cli_pages(struct cli *cli, const char *path, const char *list, const struct cli_param *params,
              size_t n, cli_element_fn fn, void *ctx);
/* The option --parked of the review verbs; ctx: bool. */
extern const struct argp_option cli_review_options[];
bool cli_review_option(void *ctx, int key, char *arg, struct argp_state *state);
/* Which questions; NULL: any. */
struct cli_questions {
    bool parked;        /* those, too */
    const char *domain; /* one of the two is of this hospital */
    const char *reason;
    const char *clerk; /* given to nobody, or to this clerk */
};
/* Walks the questions: the open ones, then with parked those too. */
int cli_reviews(struct cli *cli, const struct cli_questions *which, cli_element_fn fn, void *ctx);
/* Opens and closes a JSON list that is printed while it comes. */
struct cli_json_list {
    const char *name;
    size_t n;
};
void cli_json_list_begin(struct cli_json_list *l, const char *name);
int cli_json_list_add(void *list, const json_t *element); /* a cli_element_fn */
void cli_json_list_end(struct cli_json_list *l);

#endif
