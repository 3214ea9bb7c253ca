/* nayose requester list, nayose requester set */

#include "nayose_priv.h"

static void requesters_print(struct cli *cli, const json_t *answer)
{
    static const struct cli_column columns[] = {
        {"REQUESTER",      false, false},
        {"FEEDS",          false, false},
        {"QUERY-CRITERIA", false, false},
        {"CERTIFICATES",   true,  false},
        {"STRICT-V3",      false, false},
        {"PIX-NAMES",      false, false}
    };
    const json_t *requesters = json_object_get(answer, "requesters");
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));

    for (size_t i = 0; i < json_array_size(requesters); i++) {
        const json_t *o = json_array_get(requesters, i);
        json_int_t n = json_integer_value(json_object_get(o, "query_criteria"));
        ny_str name = ny_arena_printf(cli->arena, "%s^%s", cli_json_text(o, "application"),
                                      cli_json_text(o, "facility"));
        char text[24];
        char certificates[24];

        (void)snprintf(text, sizeof(text), "%lld", (long long)n);
        (void)snprintf(certificates, sizeof(certificates), "%zu",
                       json_array_size(json_object_get(o, "certificates")));
        cli_table_row(t,
                      (const char *const[]){name.p, cli_json_yes_no(o, "feeds"),
                                            n > 0 ? text : "default", certificates,
                                            cli_json_yes_no(o, "strict_v3"),
                                            cli_json_yes_no(o, "pix_names")},
                      NY_ARRAY_LEN(columns));
    }
    cli_table_print(t);
}

int verb_requester_list(struct cli *cli, const struct verb *verb)
{
    cli_args(cli, verb, NULL, NULL, NULL, NULL);
    return cli_get_print(cli, "/requesters", NULL, 0, requesters_print);
}

enum { KEY_CRITERIA = 0x2000, KEY_CERTIFICATE, KEY_STRICT_V3, KEY_PIX_NAMES };

static const struct argp_option options[] = {
    {.name = "query-criteria",
     .key = KEY_CRITERIA,
     .arg = "N|default",
     .doc = "Fields that it must fill at least in a demographics query, 1 to 5; default: as "
            "[access] query_criteria says"},
    {.name = "certificate",
     .key = KEY_CERTIFICATE,
     .arg = "FINGERPRINT",
     .doc = CLI_CERTIFICATE_DOC},
    {.name = "strict-v3",                          .key = KEY_STRICT_V3, .arg = "yes|no", .doc = CLI_STRICT_V3_DOC},
    {.name = "pix-names",
     .key = KEY_PIX_NAMES,
     .arg = "yes|no",
     .doc = "Tell it the names of the patient with his ids when it asks in HL7 V3 (ITI-45)"},
    {0},
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    json_t *o = ctx;
    uint64_t n = 0;

    if (arg == NULL) {
        return false;
    }
    if (key == KEY_CERTIFICATE) {
        return cli_certificate_add(o, arg);
    }
    if (key == KEY_STRICT_V3) {
        return cli_switch_set(o, "strict_v3", arg, state);
    }
    if (key == KEY_PIX_NAMES) {
        return cli_switch_set(o, "pix_names", arg, state);
    }
    if (key != KEY_CRITERIA) {
        return false;
    }
    if (strcmp(arg, "default") != 0 && ny_str_to_u64(ny_str_from_c(arg), 1, 5, &n) != NY_OK) {
        argp_error(state, "--query-criteria is a number from 1 to 5, or default");
    }
    return json_object_set_new(o, "query_criteria", json_integer((json_int_t)n)) == 0;
}

int verb_requester_set(struct cli *cli, const struct verb *verb)
{
    json_t *body = json_object();
    char **operands = cli_args(cli, verb, options, option_set, body, NULL);

    return cli_post_source(cli, verb, operands[0], "/requesters", "requester", body);
}
