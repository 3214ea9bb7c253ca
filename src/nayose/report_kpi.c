/* nayose report kpi */

#include "report_priv.h"

static const struct report_column columns[] = {
    {"MONTH",     "月",             "month",      NULL, false},
    {"MESSAGES",  "受信",          "messages",   NULL, true },
    {"REFUSED",   "拒否",          "refused",    NULL, true },
    {"QUERIES",   "照会",          "queries",    NULL, true },
    {"NEW",       "新規",          "identities", NULL, true },
    {"JOINED",    "名寄せ",       "joined",     NULL, true },
    {"ASKED",     "要確認",       "asked",      NULL, true },
    {"SETTLED",   "解決",          "settled",    NULL, true },
    {"DECISIONS", "判断",          "decisions",  NULL, true },
    {"REUSED",    "番号再利用", "ids_reused", NULL, true },
};

static void print(struct cli *cli, const json_t *report)
{
    report_table_print(cli, columns, NY_ARRAY_LEN(columns), json_object_get(report, "months"));
}

static void body_write(struct cli *cli, const json_t *report, FILE *out)
{
    static const struct {
        const char *key, *label;
    } plots[] = {
        {"messages",  "messages 受信"           },
        {"asked",     "questions 要確認"       },
        {"decisions", "decisions of clerks 判断"},
    };
    const json_t *months = json_object_get(report, "months");

    for (size_t i = 0; i < NY_ARRAY_LEN(plots); i++) {
        report_bars(months, "month", plots[i].key, plots[i].label, out);
    }
    report_table_page(cli, columns, NY_ARRAY_LEN(columns), months, out);
}

int verb_report_kpi(struct cli *cli, const struct verb *verb)
{
    static const struct report_page page = {
        "月次報告", "Numbers by month", "月は日本時間。 Months of Japan's time.", NULL, body_write};
    static const struct report_kind kind = {.name = "kpi",
                                            .want = "months",
                                            .want_doc = "So many, this one included (12)",
                                            .print = print,
                                            .page = &page};

    return report_run(cli, verb, &kind);
}
