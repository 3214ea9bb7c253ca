/* nayose rebuild */

#include "nayose_priv.h"

enum { KEY_APPLY = 0x3800 };

static const struct argp_option options[] = {
    {.name = "apply",
     .key = KEY_APPLY,
     .doc = "Bring the registry to what was found; persons keep their regional IDs by the usual "
            "rule"},
    {0  },
};

static bool option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    (void)arg;
    (void)state;
    if (key != KEY_APPLY) {
        return false;
    }
    *(bool *)ctx = true;
    return true;
}

static json_int_t number(const json_t *o, const char *key)
{
    return json_integer_value(json_object_get(o, key));
}

/* ---- for people ---- */

static void counts_print(struct cli *cli, const json_t *found)
{
    static const struct {
        const char *key, *en, *ja;
    } rows[] = {
        {"kept",      "identities whose messages are not all kept: their values stay",
         "電文の一部が残っていない（保存値のまま）"                                                   },
        {"unknown",   "ids in accepted messages that the registry does not know",
         "電文にあるが台帳にない番号"                                                                        },
        {"meanwhile", "identities changed while it ran, not compared",                 "実行中に変わり比較せず"},
        {"older",     "records packed by an older version",                            "旧版で作られた記録"      },
        {"values",    "identities whose values are not what was said",                 "値が電文と異なる"         },
        {"records",   "records that come out otherwise",                               "記録が異なる"               },
        {"persons",   "identities strayed from the person of their last event",
         "最後の記録と異なる人に属する"                                                                     },
        {"visits",    "visits that are not what was said",                             "電文と異なる来院・入院"},
        {"questions", "questions that records, words and holds ask otherwise",
         "要確認の内容が異なる"                                                                                 },
    };
    const json_t *groups = json_object_get(found, "groups");

    printf("%lld %s, %lld %s, %s %lld (%.0f s)\n", number(found, "identities"),
           cli_label(cli, "identities", "件"), number(found, "messages"),
           cli_label(cli, "messages", "電文"), cli_label(cli, "model", "モデル"),
           number(found, "version"), json_number_value(json_object_get(found, "seconds")));
    printf("%s: %lld -> %lld (%lld %s, %lld %s, %lld %s)\n", cli_label(cli, "groups", "集まり"),
           number(groups, "before"), number(groups, "after"), number(groups, "same"),
           cli_label(cli, "same", "同じ"), number(groups, "joined"),
           cli_label(cli, "joined", "統合"), number(groups, "split"),
           cli_label(cli, "split", "分離"));
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        if (number(found, rows[i].key) > 0) {
            printf("%lld %s\n", number(found, rows[i].key), cli_label(cli, rows[i].en, rows[i].ja));
        }
    }
}

struct listing {
    struct cli *cli;
    struct libscols_table *table;
};

static int difference_row(void *ctx, const json_t *d)
{
    struct listing *l = ctx;
    const json_t *what = json_object_get(d, "what");
    const char *words = "";
    const char *cells[4];

    for (size_t i = 0; i < json_array_size(what); i++) {
        words = ny_arena_printf(l->cli->arena, "%s%s%s", words, i > 0 ? " " : "",
                                json_string_value(json_array_get(what, i)))
                    .p;
    }
    cells[0] = cli_json_text(d, "id");
    cells[1] = cli_json_text(d, "regional_id");
    cells[2] = cli_json_text(d, "group");
    cells[3] = words;
    cli_table_row(l->table, cells, NY_ARRAY_LEN(cells));
    return CLI_DONE;
}

static int differences_print(struct cli *cli)
{
    static const struct cli_column columns[] = {
        {"ID",        false, false},
        {"PERSON",    false, false},
        {"THEN WITH", false, false},
        {"DIFFERS",   false, true }
    };
    struct listing l = {cli, cli_table_create(columns, NY_ARRAY_LEN(columns))};
    int code = cli_pages(cli, "/rebuild/differences", "differences", NULL, 0, difference_row, &l);

    cli_table_print(l.table);
    return code;
}

static int found_print(struct cli *cli, const json_t *found)
{
    int code = CLI_DONE;

    counts_print(cli, found);
    if (number(found, "listed") > 0) {
        code = differences_print(cli);
    }
    if (number(found, "differing") == 0) {
        puts(cli_paint(cli, TONE_GOOD, cli_label(cli, "nothing differs", "差異はありません")));
    } else if (json_is_true(json_object_get(found, "applied"))) {
        printf("%lld %s\n", number(found, "differing") - number(found, "late"),
               cli_label(cli, "identities were brought to it", "件を反映しました"));
    } else {
        printf(
            "%lld %s: nayose rebuild --apply\n", number(found, "differing"),
            cli_label(cli, "identities differ; nothing was changed", "件が異なります（未反映）"));
    }
    if (number(found, "late") > 0) {
        printf("%lld %s\n", number(found, "late"),
               cli_label(cli, "changed meanwhile and stay as they are: run it again",
                         "件は実行中に変わったため再実行してください"));
    }
    return code;
}

/* ---- the whole ---- */

static int add_to_list(void *list, const json_t *element)
{
    json_array_append_new(list, json_deep_copy(element));
    return CLI_DONE;
}

static int found_json(struct cli *cli, json_t *found)
{
    json_t *list = json_array();
    int code = cli_pages(cli, "/rebuild/differences", "differences", NULL, 0, add_to_list, list);

    json_object_set_new(found, "differences", list);
    cli_json_print(found);
    return code;
}

/* Exit status 1 when something differs and stays so. */
int verb_rebuild(struct cli *cli, const struct verb *verb)
{
    json_t *found = NULL;
    bool apply = false;
    bool stands;
    int code;

    cli_args(cli, verb, options, option_set, &apply, NULL);
    code = cli_study(cli, "/rebuild", json_pack("{s:b}", "apply", apply), NULL);
    if (code == CLI_DONE) {
        code = cli_get_once(cli, "/rebuild", NULL, 0, &found);
    }
    if (code != CLI_DONE) {
        return code;
    }
    stands = json_is_true(json_object_get(found, "applied")) ? number(found, "late") > 0
                                                             : number(found, "differing") > 0;
    code = cli->json ? found_json(cli, found) : found_print(cli, found);
    json_decref(found);
    return code == CLI_DONE && stands ? CLI_REFUSED : code;
}
