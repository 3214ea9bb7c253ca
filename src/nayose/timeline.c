/* What became of records, as lines for people: when, which record, what happened, why. */

#include "nayose_priv.h"

/* "a, b" */
static void list_add(struct ny_buf *b, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        ny_buf_printf(b, "%s%s", i > 0 ? ", " : "", json_string_value(json_array_get(list, i)));
    }
}

static const char *field_label(struct cli *cli, const char *field)
{
    static const struct cli_word labels[] = {
        {"names",      "name",       "氏名"      },
        {"birth_date", "birth date", "生年月日"},
        {"sex",        "sex",        "性別"      },
        {"addresses",  "address",    "住所"      },
        {"phones",     "phone",      "電話"      },
        {"insurances", "insurance",  "保険"      },
    };
    const struct cli_word *w = cli_word_find(labels, NY_ARRAY_LEN(labels), field);

    return w == NULL ? field : cli->is_japanese ? w->ja : w->en;
}

/* "name: 山田 花子 → 佐藤 花子; phone: 027-…" */
static void changes_add(struct cli *cli, struct ny_buf *b, const json_t *changes)
{
    for (size_t i = 0; i < json_array_size(changes); i++) {
        const json_t *c = json_array_get(changes, i);
        const json_t *was = json_object_get(c, "was");
        const json_t *is = json_object_get(c, "is");

        ny_buf_printf(b, "%s%s: ", i > 0 ? "; " : "", field_label(cli, cli_json_text(c, "field")));
        list_add(b, was);
        ny_buf_add_c(b, json_array_size(was) == 0 ? "" : json_array_size(is) == 0 ? " → -" : " → ");
        list_add(b, is);
    }
}

static void values_add(struct cli *cli, struct ny_buf *b, const json_t *e)
{
    const char *status = cli_json_text(e, "status");

    if (strcmp(status, "deleted") == 0) {
        ny_buf_add_c(b, cli->is_japanese ? "取り下げ" : "taken back");
    }
    changes_add(cli, b, json_object_get(e, "changes"));
    if (json_array_size(json_object_get(e, "changes")) == 0 && strcmp(status, "deleted") != 0) {
        ny_buf_add_c(b, cli->is_japanese ? "他の項目の変更" : "other fields changed");
    }
}

static void move_add(struct cli *cli, struct ny_buf *b, const json_t *e)
{
    static const struct cli_word causes[] = {
        {"message",    "by a message",    "電文による"         },
        {"decision",   "by a decision",   "判断による"         },
        {"model",      "by a new model",  "モデル更新による"},
        {"withdrawal", "by a withdrawal", "取り下げによる"   },
        {"rebuild",    "by a rebuild",    "再構築による"      },
    };
    const struct cli_word *cause =
        cli_word_find(causes, NY_ARRAY_LEN(causes), cli_json_text(e, "cause"));
    const char *from = cli_json_text(e, "from");
    const char *with = cli_json_text(e, "with");
    bool ja = cli->is_japanese;

    ny_buf_printf(b, "e%lld: ", json_integer_value(json_object_get(e, "number")));
    if (from[0] == '\0') {
        ny_buf_printf(b, "%s %s", ja ? "初出: 地域ID" : "first seen: regional ID",
                      cli_json_text(e, "to"));
    } else {
        ny_buf_printf(b, "%s %s → %s", ja ? "地域ID" : "regional ID", from, cli_json_text(e, "to"));
    }
    if (with[0] != '\0') {
        ny_buf_printf(b, ja ? "、%s と一致 (%+.1f ビット)" : ", as %s (%+.1f bits)", with,
                      json_number_value(json_object_get(e, "bits")));
    }
    if (cause != NULL && from[0] != '\0') {
        ny_buf_printf(b, " %s", ja ? cause->ja : cause->en);
    }
}

static void word_add(struct cli *cli, struct ny_buf *b, const json_t *e)
{
    static const struct cli_word words[] = {
        {"same",                "said to be one with",               "同一人物と指定"               },
        {"different",           "said to be another than",           "別人と指定"                     },
        {"none",                "word taken back about",             "指定を取り消し"               },
        {"merge",               "merged into",                       "統合先"                           },
        {"move",                "moved to",                          "移動先"                           },
        {"unmerge",             "merge taken back, into",            "統合を取り消し"               },
        {"merge again",         "merged after all into",             "統合に戻す"                     },
        {"unmove",              "move taken back, to",               "移動を取り消し"               },
        {"move again",          "moved after all to",                "移動に戻す"                     },
        {"no longer same",      "no longer said to be one with",     "同一人物の指定を取り消し"},
        {"same again",          "said again to be one with",         "同一人物の指定に戻す"      },
        {"no longer different", "no longer said to be another than", "別人の指定を取り消し"      },
        {"different again",     "said again to be another than",     "別人の指定に戻す"            },
        {"no longer none",      "word stands after all about",       "指定の取り消しを取り消し"},
        {"none again",          "word taken back again about",       "指定を再び取り消し"         },
    };
    const struct cli_word *w = cli_word_find(words, NY_ARRAY_LEN(words), cli_json_text(e, "word"));

    if (w != NULL) {
        ny_buf_printf(b, "p%lld: %s %s (%s)", json_integer_value(json_object_get(e, "number")),
                      cli->is_japanese ? w->ja : w->en, cli_json_text(e, "with"),
                      cli_json_text(e, "role"));
    }
}

const char *cli_event_text(struct cli *cli, const json_t *e)
{
    const char *event = cli_json_text(e, "event");
    struct ny_buf b;

    ny_buf_init(&b, cli->arena);
    if (strcmp(event, "values") == 0) {
        values_add(cli, &b, e);
    } else if (strcmp(event, "move") == 0) {
        move_add(cli, &b, e);
    } else if (strcmp(event, "word") == 0) {
        word_add(cli, &b, e);
    } else if (strcmp(event, "hold") == 0) {
        ny_buf_add_c(&b, cli->is_japanese ? "保留" : "held");
    } else {
        ny_buf_add_c(&b, cli->is_japanese ? "保留を解除" : "released");
    }
    if (cli_json_text(e, "reason")[0] != '\0') {
        ny_buf_printf(&b, ": %s", cli_json_text(e, "reason"));
    }
    ny_buf_add_char(&b, '\0');
    NY_ASSERT(!b.failed);
    return b.p;
}

void cli_timeline_print(struct cli *cli, const json_t *events, const char *identity)
{
    static const struct cli_column columns[] = {
        {"WHEN",   false, false},
        {"RECORD", false, false},
        {"BY",     false, false},
        {"WHAT",   false, true }
    };
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));

    for (size_t i = json_array_size(events); i-- > 0;) { /* the oldest first */
        const json_t *e = json_array_get(events, i);
        const char *control_id = cli_json_text(e, "control_id");
        const char *who = cli_json_text(e, "who");
        const char *by =
            control_id[0] == '\0' ? who : ny_arena_printf(cli->arena, "%s %s", who, control_id).p;
        const char *const cells[] = {cli_time_text(cli, cli_json_text(e, "at")),
                                     cli_json_text(e, "identity"), by, cli_event_text(cli, e)};

        if (identity == NULL || strcmp(identity, cli_json_text(e, "identity")) == 0 ||
            strcmp(identity, cli_json_text(e, "with")) == 0) {
            cli_table_row(t, cells, NY_ARRAY_LEN(cells));
        }
    }
    cli_table_print(t);
}
