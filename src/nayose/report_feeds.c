/* nayose report feeds: a report card per hospital. */

#include "plot.h"
#include "report_priv.h"

/* Of the patients a hospital has sent. */
static const struct report_column card[] = {
    {"DOMAIN",     "施設",             "domain",                NULL,       false},
    {"PATIENTS",   "患者",             "patients",              NULL,       true },
    {"NO-KANA",    "カナなし",       "no_kana",               "patients", true },
    {"NO-BIRTH",   "生年月日なし", "no_birth_date",         "patients", true },
    {"IMPOSSIBLE", "ありえない日", "impossible_birth_date", "patients", true },
    {"NO-ADDRESS", "住所なし",       "no_address",            "patients", true },
    {"NO-PHONE",   "電話なし",       "no_phone",              "patients", true },
    {"DAMAGED",    "文字化け",       "undecodable",           "patients", true },
};
/* Of the ids it gives and of the way to us. */
static const struct report_column ids[] = {
    {"DOMAIN",   "施設",                   "domain",            NULL, false},
    {"DOUBLE",   "重複（名寄せ済）", "duplicates_linked", NULL, true },
    {"ASKED",    "重複（要確認）",    "duplicates_asked",  NULL, true },
    {"REUSED",   "番号再利用",          "ids_reused",        NULL, true },
    {"MESSAGES", "受信",                   "messages",          NULL, true },
    {"MEDIAN-S", "遅れ中央値 秒",      "latency_median_s",  NULL, true },
    {"P95-S",    "遅れ95% 秒",            "latency_p95_s",     NULL, true },
    {"LAST",     "最終受信",             "last_at",           NULL, false},
};
static const struct report_column sent[] = {
    {"APPLICATION", "アプリ", "application", NULL,       false},
    {"FACILITY",    "施設",    "facility",    NULL,       false},
    {"MESSAGES",    "受信",    "messages",    NULL,       true },
    {"REFUSED",     "拒否",    "refused",     "messages", true },
};
static const struct report_column why[] = {
    {"ANSWER", "応答", "decision", NULL, false},
    {"FIELD",  "項目", "field",    NULL, false},
    {"N",      "件数", "n",        NULL, true },
};

static bool is_refused(const json_t *source)
{
    return json_array_size(json_object_get(source, "reasons")) > 0;
}

static void feeds_print(struct cli *cli, const json_t *report)
{
    const json_t *facilities = json_object_get(report, "facilities");
    const json_t *sources = json_object_get(report, "sources");

    cli_pager_begin();
    report_table_print(cli, card, NY_ARRAY_LEN(card), facilities);
    putchar('\n');
    report_table_print(cli, ids, NY_ARRAY_LEN(ids), facilities);
    putchar('\n');
    report_table_print(cli, sent, NY_ARRAY_LEN(sent), sources);
    for (size_t i = 0; i < json_array_size(sources); i++) {
        const json_t *s = json_array_get(sources, i);

        if (is_refused(s)) {
            printf("\n%s: %s^%s\n", cli_label(cli, "refused", "拒否"),
                   cli_json_text(s, "application"), cli_json_text(s, "facility"));
            report_table_print(cli, why, NY_ARRAY_LEN(why), json_object_get(s, "reasons"));
        }
    }
}

static void refusals_page(struct cli *cli, const json_t *sources, FILE *out)
{
    for (size_t i = 0; i < json_array_size(sources); i++) {
        const json_t *s = json_array_get(sources, i);

        if (is_refused(s)) {
            fputs("<h2>", out);
            html_text(out, cli_json_text(s, "application"));
            fputc('^', out);
            html_text(out, cli_json_text(s, "facility"));
            fputs("<small>拒否した電文 refused messages</small></h2>\n", out);
            report_table_page(cli, why, NY_ARRAY_LEN(why), json_object_get(s, "reasons"), out);
        }
    }
}

static ny_str facts(struct cli *cli, const json_t *report)
{
    double days = report_number(report, "days");

    return ny_arena_printf(cli->arena, "受信は過去 %.0f 日 messages of the last %.0f days", days,
                           days);
}

static void body_write(struct cli *cli, const json_t *report, FILE *out)
{
    const json_t *facilities = json_object_get(report, "facilities");

    report_bars(facilities, "domain", "no_kana", "patients without kana カナのない患者", out);
    report_bars(facilities, "domain", "duplicates_linked", "second ids 重複した番号", out);
    report_bars(facilities, "domain", "latency_median_s", "median latency, s 遅れの中央値", out);
    fputs("<h2>登録内容<small>what is registered</small></h2>\n", out);
    report_table_page(cli, card, NY_ARRAY_LEN(card), facilities, out);
    fputs("<h2>番号と遅れ<small>ids and latency</small></h2>\n", out);
    report_table_page(cli, ids, NY_ARRAY_LEN(ids), facilities, out);
    refusals_page(cli, json_object_get(report, "sources"), out);
}

int verb_report_feeds(struct cli *cli, const struct verb *verb)
{
    static const struct report_page page = {
        "施設別の品質報告", "Report card of every hospital",
        "遅れは事象の時刻から受信まで。 Latency: from the event to its receipt.", facts,
        body_write};
    static const struct report_kind kind = {
        .name = "feeds",
        .want = "days",
        .want_doc = "Messages of so many days (30); what is registered is told of all patients",
        .print = feeds_print,
        .page = &page};

    return report_run(cli, verb, &kind);
}
