/* nayose report workload */

#include "report_priv.h"

static const struct report_column columns[] = {
    {"CLERK",     "担当",          "who",       NULL,       false},
    {"SAME",      "同一",          "same",      NULL,       true },
    {"DIFFERENT", "別人",          "different", NULL,       true },
    {"LATER",     "後で",          "later",     NULL,       true },
    {"SECONDS",   "秒",             "seconds",   NULL,       true },
    {"MEDIAN-S",  "中央値 秒",   "median_s",  NULL,       true },
    {"COMPARED",  "二人で判断", "compared",  NULL,       true },
    {"AGREED",    "一致",          "agreed",    "compared", true },
};

/* Minutes of work for 1000 patients in a week. */
static double minutes_a_week(const json_t *report)
{
    double patients = report_number(report, "patients");
    double weeks = report_number(report, "days") / 7;

    return patients > 0 && weeks > 0
               ? report_number(report, "seconds") / 60 / (patients / 1000) / weeks
               : 0;
}

static ny_str summary(struct cli *cli, const json_t *report)
{
    return ny_arena_printf(
        cli->arena, "%.1f %s; %s %s; %s %s; %s %s", minutes_a_week(report),
        cli_label(cli, "minutes a week for 1000 patients", "分/週（患者千人あたり）"),
        report_count(cli, report, "decided"), cli_label(cli, "decided", "判断"),
        report_count(cli, report, "open"), cli_label(cli, "open", "未判断"),
        report_share(cli, report, "agreed", "compared"),
        cli_label(cli, "of pairs that two clerks decided agree", "二人の判断の一致"));
}

static void print(struct cli *cli, const json_t *report)
{
    report_table_print(cli, columns, NY_ARRAY_LEN(columns), json_object_get(report, "clerks"));
    puts(summary(cli, report).p);
}

static void complete(json_t *report, const struct report_options *o)
{
    (void)o;
    json_object_set_new(report, "minutes_per_1000_a_week", json_real(minutes_a_week(report)));
}

static void body_write(struct cli *cli, const json_t *report, FILE *out)
{
    const json_t *clerks = json_object_get(report, "clerks");

    report_bars(clerks, "who", "seconds", "seconds of work 作業秒数", out);
    report_bars(clerks, "who", "median_s", "median seconds a decision 一件の中央値", out);
    report_table_page(cli, columns, NY_ARRAY_LEN(columns), clerks, out);
}

int verb_report_workload(struct cli *cli, const struct verb *verb)
{
    static const struct report_page page = {
        "作業量報告", "The clerks' work",
        "取り消した判断は数えない。 What was taken back does not count.", summary, body_write};
    static const struct report_kind kind = {.name = "workload",
                                            .want = "days",
                                            .want_doc = "Decisions of so many days (30)",
                                            .print = print,
                                            .complete = complete,
                                            .page = &page};

    return report_run(cli, verb, &kind);
}
