/* nayose explain: the two records side by side, the bars of the score, what held the link back,
 * what was said of the two, and the verdict in one sentence. */

#include <math.h>

#include "nayose/desk.h"

#include "nayose_priv.h"

/* ---- the bars ---- */

enum { BAR_SIDE = 20 }; /* characters on each side of the axis */

static double bits_of(const json_t *bar)
{
    return json_number_value(json_object_get(bar, "bits"));
}

/* "     ---|" or "        |+++++": one character a bit, fewer when a bar is longer than the side.
 */
static void bar_draw(double bits, double bits_per_character, char out[2 * BAR_SIDE + 2])
{
    long length = lround(fabs(bits) / bits_per_character);

    if (length > BAR_SIDE) {
        length = BAR_SIDE;
    }
    memset(out, ' ', 2 * BAR_SIDE + 1);
    out[BAR_SIDE] = '|';
    if (bits < 0) {
        memset(out + BAR_SIDE - length, '-', (size_t)length);
        out[BAR_SIDE + 1] = '\0';
    } else {
        memset(out + BAR_SIDE + 1, '+', (size_t)length);
        out[BAR_SIDE + 1 + length] = '\0';
    }
}

/* A level's sentence is "English / 日本語": in the caller's order. */
static const char *help_text(struct cli *cli, const char *help)
{
    const char *cut = strstr(help, " / ");

    if (cut == NULL || !cli->is_japanese) {
        return help;
    }
    return ny_arena_printf(cli->arena, "%s / %.*s", cut + 3, (int)(cut - help), help).p;
}

static void total_row(struct cli *cli, struct libscols_table *t, const json_t *answer)
{
    double bits = json_number_value(json_object_get(answer, "total_bits"));
    double p_false = json_number_value(json_object_get(answer, "p_false"));
    const char *bits_text = ny_arena_printf(cli->arena, "%+.2f", bits).p;
    const char *p_text = ny_arena_printf(cli->arena, "P(false) = %.2g", p_false).p;
    const char *const cells[] = {cli_label(cli, "total", "合計"), "", bits_text, "", p_text};

    cli_table_row(t, cells, NY_ARRAY_LEN(cells));
}

static void bars_print(struct cli *cli, const json_t *answer)
{
    static const struct cli_column columns[] = {
        {"",      false, false},
        {"LEVEL", false, false},
        {"BITS",  true,  false},
        {"",      false, false},
        {"",      false, false}
    };
    const json_t *bars = json_object_get(answer, "bars");
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));
    double longest = BAR_SIDE;
    char drawn[2 * BAR_SIDE + 2];

    for (size_t i = 0; i < json_array_size(bars); i++) {
        longest = fmax(longest, fabs(bits_of(json_array_get(bars, i))));
    }
    for (size_t i = 0; i < json_array_size(bars); i++) {
        const json_t *bar = json_array_get(bars, i);
        const char *const cells[] = {
            cli_label(cli, cli_json_text(bar, "label"), cli_json_text(bar, "label_ja")),
            cli_json_text(bar, "level"), ny_arena_printf(cli->arena, "%+.2f", bits_of(bar)).p,
            drawn, help_text(cli, cli_json_text(bar, "help"))};

        bar_draw(bits_of(bar), longest / BAR_SIDE, drawn);
        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
    total_row(cli, t, answer);
    cli_table_print(t);
}

/* "review: a clerk has to decide / 担当者の判断が必要" */
static void word_print(struct cli *cli, const char *title, const struct cli_word *w)
{
    if (w != NULL) {
        printf("%s %s: %s / %s\n", title, w->word, cli->is_japanese ? w->ja : w->en,
               cli->is_japanese ? w->en : w->ja);
    }
}

static void band_print(struct cli *cli, const json_t *answer)
{
    static const struct cli_word bands[] = {
        {"auto",   "sure enough to link",          "自動で名寄せできる確かさ"      },
        {"review", "a clerk has to decide",        "担当者の判断が必要"               },
        {"parked", "no question before a contact", "連絡先が分かるまで質問しない"},
        {"none",   "neither link nor question",    "名寄せも質問もしない"            }
    };
    const struct ny_desk_why *why =
        ny_desk_why_find(cli_json_text(json_object_get(answer, "question"), "reason"));

    word_print(cli, cli_label(cli, "band", "判定"),
               cli_word_find(bands, NY_ARRAY_LEN(bands), cli_json_text(answer, "band")));
    if (why != NULL) {
        word_print(cli, cli_label(cli, "asked for", "質問の理由"),
                   &(struct cli_word){why->word, why->en, why->ja});
    }
}

static void guards_print(struct cli *cli, const json_t *guards)
{
    for (size_t i = 0; i < json_array_size(guards); i++) {
        const json_t *g = json_array_get(guards, i);
        const char *en = cli_json_text(g, "en");
        const char *ja = cli_json_text(g, "ja");

        printf("%s %s: %s / %s\n", cli_label(cli, "guard", "抑止"), cli_json_text(g, "id"),
               cli->is_japanese ? ja : en, cli->is_japanese ? en : ja);
    }
}

/* Who said that two of them are one or two, as what, when and why. */
static void pins_print(struct cli *cli, const json_t *pins)
{
    static const struct cli_word kinds[] = {
        {"same",      "one person",                         "同一人"      },
        {"different", "two people",                         "別人"         },
        {"merge",     "the second id stands for the first", "番号の統合"},
        {"move",      "moved to the second",                "番号の移動"}
    };
    static const struct cli_word roles[] = {
        {"facility",   "the hospital", "施設"   },
        {"clerk",      "clerk",        "担当者"},
        {"supervisor", "supervisor",   "責任者"}
    };
    const json_t *p;
    size_t i;

    json_array_foreach(pins, i, p)
    {
        printf("%s: %s^%s %s^%s: %s, %s %s, %s: %s%s\n", cli_label(cli, "said", "指定"),
               cli_json_text(p, "domain_a"), cli_json_text(p, "local_id_a"),
               cli_json_text(p, "domain_b"), cli_json_text(p, "local_id_b"),
               cli_word_label(cli, kinds, NY_ARRAY_LEN(kinds), cli_json_text(p, "kind")),
               cli_word_label(cli, roles, NY_ARRAY_LEN(roles), cli_json_text(p, "role")),
               cli_json_text(p, "who"), cli_time_text(cli, cli_json_text(p, "said")),
               cli_json_text(p, "reason"),
               json_is_true(json_object_get(p, "in_doubt"))
                   ? cli_label(cli, " (the records contradict it)", "（記録と矛盾）")
                   : "");
    }
}

static void variants_print(struct cli *cli, const json_t *variants)
{
    for (size_t i = 0; i < json_array_size(variants); i++) {
        printf("%s: %s\n", cli_label(cli, "kanji variant", "異体字"),
               json_string_value(json_array_get(variants, i)));
    }
}

/* ---- the verdict ---- */

static const char *verdict(struct cli *cli, const json_t *answer)
{
    const json_t *question = json_object_get(answer, "question");
    char text[64];
    const char *reason =
        ny_desk_why_text(cli_json_text(question, "reason"), cli->is_japanese, text, sizeof(text));
    bool ja = cli->is_japanese;

    if (json_is_true(json_object_get(answer, "same_person"))) {
        if (strcmp(cli_json_text(answer, "band"), "auto") == 0) {
            return ja ? "同一人物として名寄せ済みです。" : "One person: linked.";
        }
        return ja ? "同一人物として名寄せ済みです（他の記録または判断による）。"
                  : "One person: linked through other records or a decision.";
    }
    if (strcmp(cli_json_text(question, "state"), "open") == 0) {
        return ny_arena_printf(cli->arena,
                               ja ? "別人として扱い、担当者の判断待ちです（理由: %s）。"
                                  : "Two persons for now; an open question for a clerk (%s).",
                               reason)
            .p;
    }
    if (strcmp(cli_json_text(question, "state"), "parked") == 0) {
        return ja ? "別人として扱い、連絡先などの情報を待っています。"
                  : "Two persons for now; parked until an address, phone or insurance is known.";
    }
    if (!json_is_true(json_object_get(answer, "compared"))) {
        return ja ? "別人です（共通の検索キーがなく、比較の対象になりません）。"
                  : "Two persons: no search key brings them together.";
    }
    return ja ? "別人です。" : "Two persons: not linked, and no question.";
}

void cli_explanation_print(struct cli *cli, const json_t *e)
{
    const json_t *const records[] = {json_object_get(e, "a"), json_object_get(e, "b")};

    cli_records_print(cli, records, NY_ARRAY_LEN(records));
    variants_print(cli, json_object_get(e, "variants"));
    putchar('\n');
    bars_print(cli, e);
    putchar('\n');
    guards_print(cli, json_object_get(e, "guards"));
    pins_print(cli, json_object_get(e, "pins"));
    band_print(cli, e);
    puts(verdict(cli, e));
}

int verb_explain(struct cli *cli, const struct verb *verb)
{
    char **operands = cli_args(cli, verb, NULL, NULL, NULL, NULL);
    const struct cli_param params[] = {
        {"a", operands[0]},
        {"b", operands[1]}
    };

    cli_check_identity(verb, operands[0]);
    cli_check_identity(verb, operands[1]);
    return cli_get_print(cli, "/explain", params, NY_ARRAY_LEN(params), cli_explanation_print);
}
