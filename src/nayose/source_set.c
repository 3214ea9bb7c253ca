/* nayose source set */

#include "nayose_priv.h"

enum {
    KEY_CHARSET = 0x2000,
    KEY_UNDECODABLE,
    KEY_DRIFT,
    KEY_DEFAULT,
    KEY_WIDTH,
    KEY_ADDRESS,
    KEY_CERTIFICATE,
    KEY_SWITCHES
};

/* The settings that are yes or no, in the order of their keys. */
static const char *const switches[] = {"strict_update", "accept_test", "ignore_unknown_authority",
                                       "probation",     "strict_v3",   "ignore_tracking"};

static const struct argp_option options[] = {
    {.name = "charset",
     .key = KEY_CHARSET,
     .arg = "NAME",
     .doc = "When MSH-18 is empty: UTF-8, CP932, SHIFT_JIS, EUC-JP, ISO-2022-JP; '' = find out"},
    {.name = "undecodable",
     .key = KEY_UNDECODABLE,
     .arg = "refuse|replace",
     .doc = "Bytes that are not in the character set: refuse the message, or put U+FFFD"},
    {.name = "drift",
     .key = KEY_DRIFT,
     .arg = "on|off",
     .doc = "Watch for messages that are not what they were: names without kana, one birth date"},
    {.name = "default-domain",
     .key = KEY_DEFAULT,
     .arg = "NAMESPACE",
     .doc = "Whose ids without an authority are, PID-2 and PID-4 of old senders among them; '' = "
            "of its only domain"},
    {.name = "id-width",
     .key = KEY_WIDTH,
     .arg = "DIGITS",
     .doc = "Ids of digits get or lose leading zeros to be so long: 123 and 00000123 are one; 0 = "
            "as received. Refused when a known id would become another one"},
    {.name = "address",
     .key = KEY_ADDRESS,
     .arg = "all|whole|parts",
     .doc = "What of PID-11 is the address: all, XAD-8 with the postal code, or XAD-1 to 5. Holds "
            "for what comes from now on"},
    {.name = "certificate",
     .key = KEY_CERTIFICATE,
     .arg = "FINGERPRINT",
     .doc = CLI_CERTIFICATE_DOC},
    {.name = "strict-update",
     .key = KEY_SWITCHES,
     .arg = "yes|no",
     .doc = "Refuse updates of unknown patients"},
    {.name = "accept-test",
     .key = KEY_SWITCHES + 1,
     .arg = "yes|no",
     .doc = "Take messages with MSH-11 T or D, as test patients"},
    {.name = "ignore-unknown-authority",
     .key = KEY_SWITCHES + 2,
     .arg = "yes|no",
     .doc = "Pass over ids of unknown domains instead of refusing the message"},
    {.name = "probation",
     .key = KEY_SWITCHES + 3,
     .arg = "yes|no",
     .doc = "Nothing of this source links by itself"},
    {.name = "strict-v3",                                                                     .key = KEY_SWITCHES + 4, .arg = "yes|no", .doc = CLI_STRICT_V3_DOC},
    {.name = "ignore-tracking",
     .key = KEY_SWITCHES + 5,
     .arg = "yes|no",
     .doc = "Take only the visit, not the patient, from events that tell where he is or who treats "
            "him: A09, A10, A14-A16, A21, A22, A25-A27, A32, A33, A52-A55, A61, A62"},
    {0                                                                 },
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    json_t *o = ctx;
    int i = key - KEY_SWITCHES;

    if (arg == NULL) {
        return false;
    }
    if (key == KEY_CHARSET) {
        return json_object_set_new(o, "charset", json_string(arg)) == 0;
    }
    if (key == KEY_UNDECODABLE) {
        if (strcmp(arg, "refuse") != 0 && strcmp(arg, "replace") != 0) {
            argp_error(state, "--undecodable is refuse or replace");
        }
        return json_object_set_new(o, "undecodable", json_string(arg)) == 0;
    }
    if (key == KEY_DEFAULT) {
        return json_object_set_new(o, "default_domain", json_string(arg)) == 0;
    }
    if (key == KEY_ADDRESS) {
        return json_object_set_new(o, "address", json_string(arg)) == 0;
    }
    if (key == KEY_CERTIFICATE) {
        return cli_certificate_add(o, arg);
    }
    if (key == KEY_WIDTH) {
        uint64_t n = 0;

        if (ny_str_to_u64(ny_str_from_c(arg), 0, 20, &n) != NY_OK) {
            argp_error(state, "--id-width is a number from 0 to 20");
        }
        return json_object_set_new(o, "id_width", json_integer((json_int_t)n)) == 0;
    }
    if (key == KEY_DRIFT) {
        if (strcmp(arg, "on") != 0 && strcmp(arg, "off") != 0) {
            argp_error(state, "--drift is on or off");
        }
        return json_object_set_new(o, "drift", json_string(arg)) == 0;
    }
    return i >= 0 && i < (int)NY_ARRAY_LEN(switches) && cli_switch_set(o, switches[i], arg, state);
}

int verb_source_set(struct cli *cli, const struct verb *verb)
{
    json_t *body = json_object();
    char **operands = cli_args(cli, verb, options, option_set, body, NULL);

    return cli_post_source(cli, verb, operands[0], "/sources", "source", body);
}
