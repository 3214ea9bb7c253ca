/* nayose find: who could that be. */

#include <stdlib.h>

#include "nayose_priv.h"

enum { KEY_LIMIT = 0x2000 };

static const struct argp_option options[] = {
    {.name = "limit",
     .key = KEY_LIMIT,
     .arg = "N",
     .doc = "Persons shown at most; default 20, up to 200"},
    {0     },
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    const char **limit = ctx;
    uint64_t n;

    if (key != KEY_LIMIT) {
        return false;
    }
    if (ny_str_to_u64(ny_str_from_c(arg), 1, 200, &n) != NY_OK) {
        argp_error(state, "`%s' is not a number from 1 to 200", arg);
    }
    *limit = arg;
    return true;
}

/* "F01^1 F02^2" */
static const char *ids_text(struct cli *cli, const json_t *person)
{
    const json_t *ids = json_object_get(person, "ids");
    struct ny_buf b;

    ny_buf_init(&b, cli->arena);
    for (size_t i = 0; i < json_array_size(ids); i++) {
        ny_buf_printf(&b, "%s%s", i > 0 ? " " : "", cli_identity_text(cli, json_array_get(ids, i)));
    }
    ny_buf_add_char(&b, '\0');
    NY_ASSERT(!b.failed);
    return b.p;
}

static const char *name_text(const json_t *person, const char *script)
{
    const json_t *names = json_object_get(person, "names");

    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *text = cli_json_text(json_array_get(names, i), script);

        if (text[0] != '\0') {
            return text;
        }
    }
    return "";
}

static void persons_print(struct cli *cli, const json_t *answer)
{
    static const struct cli_column columns[] = {
        {"REGIONAL ID", false, false},
        {"NAME",        false, false},
        {"KANA",        false, false},
        {"BIRTH DATE",  false, false},
        {"SEX",         false, false},
        {"IDS",         false, true }
    };
    const json_t *persons = json_object_get(answer, "persons");
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));

    for (size_t i = 0; i < json_array_size(persons); i++) {
        const json_t *p = json_array_get(persons, i);
        const char *kanji = name_text(p, "kanji");
        const char *const cells[] = {cli_json_text(p, "regional_id"),
                                     kanji[0] != '\0' ? kanji : name_text(p, "latin"),
                                     name_text(p, "kana"),
                                     cli_birth_text(cli, p),
                                     cli_json_text(p, "sex"),
                                     ids_text(cli, p)};

        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
    cli_table_print(t);
    if (json_is_true(json_object_get(answer, "more"))) {
        puts(cli_label(cli, "there are more; add a given name or a birth date",
                       "ほかにもいます。名や生年月日を加えてください"));
    }
}

static const char *words_join(struct cli *cli, char **operands, int n)
{
    struct ny_buf b;

    ny_buf_init(&b, cli->arena);
    for (int i = 0; i < n; i++) {
        ny_buf_add_c(&b, i > 0 ? " " : "");
        ny_buf_add_c(&b, operands[i]);
    }
    ny_buf_add_char(&b, '\0');
    NY_ASSERT(!b.failed);
    return b.p;
}

int verb_find(struct cli *cli, const struct verb *verb)
{
    struct cli_param params[] = {
        {"limit", "20"},
        {"words", NULL}
    };
    json_t *answer = NULL;
    int n = 0;
    char **operands = cli_args(cli, verb, options, option_set, &params[0].value, &n);
    int code;

    params[1].value = words_join(cli, operands, n);
    code = cli_get_once(cli, "/find", params, NY_ARRAY_LEN(params), &answer);
    if (code == CLI_DONE && cli->json) {
        cli_json_print(answer);
    } else if (code == CLI_DONE) {
        persons_print(cli, answer);
    }
    if (code == CLI_DONE && json_array_size(json_object_get(answer, "persons")) == 0 &&
        !json_is_true(json_object_get(answer, "more"))) {
        cli_error("nobody fits; try fewer words, kana instead of kanji, or a beginning with '*'");
        code = CLI_REFUSED;
    }
    json_decref(answer);
    return code;
}
