/* nayose explain: the two records side by side, the bars of the score, what held the link back, and
 * the verdict in one sentence. */

#include <math.h>

#include "nayose_priv.h"

/* ---- the records ---- */

/* The i-th text of a member that is a list of texts, NULL past its end. */
static const char *text_at(const json_t *record, const char *list, size_t i)
{
    return json_string_value(json_array_get(json_object_get(record, list), i));
}

/* One row per value; the label stands at the first. */
static void rows_of_list(struct libscols_table *t, const char *label, const json_t *a,
                         const json_t *b, const char *list)
{
    size_t n_a = json_array_size(json_object_get(a, list));
    size_t n_b = json_array_size(json_object_get(b, list));

    for (size_t i = 0; i < n_a || i < n_b; i++) {
        const char *of_a = text_at(a, list, i);
        const char *of_b = text_at(b, list, i);
        const char *const cells[] = {i == 0 ? label : "", of_a != NULL ? of_a : "",
                                     of_b != NULL ? of_b : ""};

        cli_table_row(t, cells, NY_ARRAY_LEN(cells));
    }
}

static void rows_of_names(struct cli *cli, struct libscols_table *t, const json_t *a,
                          const json_t *b)
{
    static const struct {
        const char *key, *en, *ja;
    } scripts[] = {
        {"kanji", "name",    "氏名"},
        {"kana",  "reading", "カナ"},
        {"latin", "Latin",   "英字"}
    };
    const json_t *names_a = json_object_get(a, "names");
    const json_t *names_b = json_object_get(b, "names");

    for (size_t i = 0; i < json_array_size(names_a) || i < json_array_size(names_b); i++) {
        for (size_t k = 0; k < NY_ARRAY_LEN(scripts); k++) {
            const char *const cells[] = {i == 0 ? cli_label(cli, scripts[k].en, scripts[k].ja) : "",
                                         cli_json_text(json_array_get(names_a, i), scripts[k].key),
                                         cli_json_text(json_array_get(names_b, i), scripts[k].key)};

            if (cells[1][0] != '\0' || cells[2][0] != '\0') {
                cli_table_row(t, cells, NY_ARRAY_LEN(cells));
            }
        }
    }
}

/* "1959-05-01 (昭和34年5月1日)", or as received when it is no full date. */
static const char *birth_text(struct cli *cli, const json_t *record)
{
    const char *iso = cli_json_text(record, "birth_iso");
    const char *era = cli_json_text(record, "birth_era");

    if (iso[0] == '\0') {
        return cli_json_text(record, "birth_date");
    }
    return era[0] != '\0' ? ny_arena_printf(cli->arena, "%s (%s)", iso, era).p : iso;
}

static const char *identity_text(struct cli *cli, const json_t *record)
{
    return ny_arena_printf(cli->arena, "%s^%s", cli_json_text(record, "domain"),
                           cli_json_text(record, "id"))
        .p;
}

static void row(struct cli *cli, struct libscols_table *t, const char *en, const char *ja,
                const char *of_a, const char *of_b)
{
    const char *const cells[] = {cli_label(cli, en, ja), of_a, of_b};

    cli_table_row(t, cells, NY_ARRAY_LEN(cells));
}

static void records_print(struct cli *cli, const json_t *a, const json_t *b)
{
    const char *of_a = identity_text(cli, a);
    const char *of_b = identity_text(cli, b);
    const struct cli_column columns[] = {
        {"",   false, false},
        {of_a, false, true },
        {of_b, false, true }
    };
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));

    rows_of_names(cli, t, a, b);
    row(cli, t, "birth date", "生年月日", birth_text(cli, a), birth_text(cli, b));
    row(cli, t, "as received", "受信値", cli_json_text(a, "birth_date"),
        cli_json_text(b, "birth_date"));
    row(cli, t, "sex", "性別", cli_json_text(a, "sex"), cli_json_text(b, "sex"));
    rows_of_list(t, cli_label(cli, "address", "住所"), a, b, "addresses");
    rows_of_list(t, cli_label(cli, "phone", "電話"), a, b, "phones");
    rows_of_list(t, cli_label(cli, "insurance", "保険"), a, b, "insurances");
    row(cli, t, "regional ID", "地域ID", cli_json_text(a, "regional_id"),
        cli_json_text(b, "regional_id"));
    cli_table_print(t);
}

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

/* ---- the verdict ---- */

static const char *verdict(struct cli *cli, const json_t *answer)
{
    const json_t *question = json_object_get(answer, "question");
    const char *reason = cli_json_text(question, "reason");
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

int verb_explain(struct cli *cli, const struct verb *verb)
{
    char **operands = cli_args(cli, verb, NULL, NULL, NULL, NULL);
    const struct cli_param params[] = {
        {"a", operands[0]},
        {"b", operands[1]}
    };
    json_t *answer = NULL;
    int code;

    cli_check_identity(verb, operands[0]);
    cli_check_identity(verb, operands[1]);
    code = cli_get_once(cli, "/explain", params, NY_ARRAY_LEN(params), &answer);
    if (code == CLI_DONE && cli->json) {
        cli_json_print(answer);
    } else if (code == CLI_DONE) {
        records_print(cli, json_object_get(answer, "a"), json_object_get(answer, "b"));
        putchar('\n');
        bars_print(cli, answer);
        putchar('\n');
        guards_print(cli, json_object_get(answer, "guards"));
        puts(verdict(cli, answer));
    }
    json_decref(answer);
    return code;
}
