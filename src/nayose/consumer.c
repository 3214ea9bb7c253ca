/* nayose consumer list, nayose consumer set */

#include "nayose_priv.h"

static void consumers_print(struct cli *cli, const json_t *answer)
{
    static const struct cli_column columns[] = {
        {"CONSUMER",    false, false},
        {"ADDRESS",     false, false},
        {"PATH",        false, false},
        {"APPLICATION", false, false},
        {"FACILITY",    false, false},
        {"DOMAINS",     false, true },
        {"ENABLED",     false, false},
        {"WAITING",     true,  false},
        {"OLDEST-S",    true,  false},
        {"PARKED",      true,  false}
    };
    const json_t *consumers = json_object_get(answer, "consumers");
    static const char *const numbers[] = {"waiting", "oldest_s", "parked"};
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));

    (void)cli;
    for (size_t i = 0; i < json_array_size(consumers); i++) {
        const json_t *c = json_array_get(consumers, i);
        const char *domains = cli_json_text(c, "domains");
        char text[3][24] = {"", "", ""};

        for (size_t k = 0; k < NY_ARRAY_LEN(numbers); k++) {
            const json_t *v = json_object_get(c, numbers[k]);

            if (json_is_integer(v)) {
                snprintf(text[k], sizeof(text[k]), "%lld", (long long)json_integer_value(v));
            }
        }
        cli_table_row(t,
                      (const char *const[]){
                          cli_json_text(c, "name"), cli_json_text(c, "address"),
                          cli_json_text(c, "path"), cli_json_text(c, "application"),
                          cli_json_text(c, "facility"), domains[0] != '\0' ? domains : "all",
                          cli_json_yes_no(c, "enabled"), text[0], text[1], text[2]},
                      NY_ARRAY_LEN(columns));
    }
    cli_table_print(t);
}

int verb_consumer_list(struct cli *cli, const struct verb *verb)
{
    cli_args(cli, verb, NULL, NULL, NULL, NULL);
    return cli_get_print(cli, "/consumers", NULL, 0, consumers_print);
}

enum { KEY_TEXTS = 0x2000, KEY_ENABLED = 0x2010 };

/* In the order of their keys. */
static const char *const texts[] = {"address", "application", "facility", "domains", "path"};

static const struct argp_option options[] = {
    {.name = "address",
     .key = KEY_TEXTS,
     .arg = "ADDRESS:PORT",
     .doc = "Where it listens; needed for a new one"},
    {.name = "application",              .key = KEY_TEXTS + 1, .arg = "APP", .doc = "MSH-5 of what it is sent"},
    {.name = "facility",
     .key = KEY_TEXTS + 2,
     .arg = "FACILITY",
     .doc = "MSH-6 of what it is sent"},
    {.name = "domains",
     .key = KEY_TEXTS + 3,
     .arg = "NS,NS|all",
     .doc = "Whose identifiers it is told of"},
    {.name = "path",
     .key = KEY_TEXTS + 4,
     .arg = "/PATH",
     .doc = "Of its PIXV3 service: it is told in HL7 V3 over SOAP, APP and FACILITY are OIDs; "
            "empty: in v2 over MLLP"},
    {.name = "enabled",
     .key = KEY_ENABLED,
     .arg = "yes|no",
     .doc = "no: nothing is sent, and what changes meanwhile is not kept"},
    {0                 },
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    json_t *o = ctx;
    int i = key - KEY_TEXTS;
    bool all;

    if (arg == NULL) {
        return false;
    }
    if (key == KEY_ENABLED) {
        return cli_switch_set(o, "enabled", arg, state);
    }
    if (i < 0 || i >= (int)NY_ARRAY_LEN(texts)) {
        return false;
    }
    all = strcmp(texts[i], "domains") == 0 && strcmp(arg, "all") == 0;
    return json_object_set_new(o, texts[i], json_string(all ? "" : arg)) == 0;
}

int verb_consumer_set(struct cli *cli, const struct verb *verb)
{
    json_t *body = json_object();
    char **operands = cli_args(cli, verb, options, option_set, body, NULL);
    json_t *answer = NULL;
    int code;

    if (json_object_size(body) == 0) {
        cli_usage(verb, "name at least one setting");
    }
    if (json_object_set_new(body, "name", json_string(operands[0])) != 0) {
        cli_usage(verb, "the arguments are not UTF-8");
    }
    code = cli_post_once(cli, "/consumers", body, &answer);
    if (code == CLI_DONE) {
        printf("consumer %s changed\n", operands[0]);
    }
    json_decref(answer);
    return code;
}
