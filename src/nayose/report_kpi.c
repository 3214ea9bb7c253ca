/* nayose report kpi */

#include "page.h"
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

static void print(struct cli *cli, json_t *report, const struct report_options *o)
{
    (void)o;
    report_table_print(cli, columns, NY_ARRAY_LEN(columns), json_object_get(report, "months"));
}

static int page_write(struct cli *cli, const json_t *report, const char *path)
{
    static const struct {
        const char *key, *label;
    } plots[] = {
        {"messages",  "messages 受信"           },
        {"asked",     "questions 要確認"       },
        {"decisions", "decisions of clerks 判断"},
    };
    const json_t *months = json_object_get(report, "months");
    FILE *out = page_open(path);

    if (out == NULL) {
        return CLI_REFUSED;
    }
    page_begin(out, "月次報告");
    fputs("<header><h1>月次報告<small>Numbers by month</small></h1></header>\n", out);
    for (size_t i = 0; i < NY_ARRAY_LEN(plots); i++) {
        report_bars(months, "month", plots[i].key, plots[i].label, out);
    }
    report_table_page(cli, columns, NY_ARRAY_LEN(columns), months, out);
    page_end(out, "月は日本時間。 Months of Japan's time.");
    return page_close(out, path);
}

int verb_report_kpi(struct cli *cli, const struct verb *verb)
{
    static const struct argp_option options[] = {
        {.name = "months",
         .key = REPORT_KEY_WANT,
         .arg = "N",
         .doc = "So many, this one included (12)"},
        {.name = "html",
         .key = REPORT_KEY_HTML,
         .arg = "FILE",
         .doc = "Write a page that stands alone"},
        {0               },
    };
    static const struct report_kind kind = {"kpi", "months", print, NULL, page_write};

    return report_run(cli, verb, options, &kind);
}
