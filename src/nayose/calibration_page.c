/* The report of a calibration as one HTML page: no scripts, nothing loaded from anywhere. */

#include "calibration_priv.h"
#include "page.h"
#include "plot.h"

struct page {
    struct cli *cli;
    const json_t *current, *history;
    FILE *out;
};

static double number(const struct page *p, const char *path)
{
    return calibration_number(p->current, path);
}

static const char *per_100k(const struct page *p, const char *path)
{
    return calibration_per_100k(p->cli, number(p, path));
}

static const char *count(const struct page *p, const char *path)
{
    return calibration_count(p->cli, number(p, path));
}

static void heading(const struct page *p, const char *ja, const char *en)
{
    fprintf(p->out, "<h2>%s<small>%s</small></h2>\n", ja, en);
}

static const char *last_run(const struct page *p)
{
    size_t n = json_array_size(p->history);

    return n > 0 ? cli_json_text(json_array_get(p->history, n - 1), "at") : "";
}

/* ---- the top ---- */

static void page_header(const struct page *p)
{
    fputs("<header><h1>自動名寄せの較正報告<small>Calibration of automatic links</small></h1>\n"
          "<div class=\"facts\">",
          p->out);
    html_text(p->out, last_run(p));
    fprintf(p->out,
            " · モデル model %.0f · しきい値 threshold %.2f bits · %s 記録 records · "
            "%s 人 persons · %s 自動リンク automatic links (pairs)</div></header>\n",
            number(p, "model"), number(p, "tau"), count(p, "records"), count(p, "persons"),
            count(p, "links"));
}

static void card(const struct page *p, const char *class, const char *value, const char *ja,
                 const char *en)
{
    fprintf(p->out, "<div class=\"card %s\"><b>%s</b><span>%s</span><span>%s</span></div>\n", class,
            value, ja, en);
}

static void page_cards(const struct page *p)
{
    const json_t *best = json_object_get(p->current, "tau_best");
    const char *tau = json_is_number(best)
                          ? ny_arena_printf(p->cli->arena, "%.2f", json_number_value(best)).p
                          : "–";

    fputs("<div class=\"cards\">\n", p->out);
    card(p, "estimate", per_100k(p, "estimate"), "推定（十万リンクあたりの誤り）",
         "estimate, false per 100 000");
    card(p, "bound", per_100k(p, "bound"), "上限（95 %、同）", "bound at 95 %, the same");
    card(p, "", per_100k(p, "target"), "目標（同）", "target, the same");
    card(p, "", tau, "目標を守る最小のしきい値", "least threshold that keeps it, bits");
    fputs("</div>\n", p->out);
}

/* What the numbers mean for whoever runs the server. */
static void page_verdict(const struct page *p)
{
    const char *target = per_100k(p, "target");
    bool on_average = number(p, "estimate") <= number(p, "target");
    bool proven = number(p, "bound") <= number(p, "target");

    fprintf(p->out, "<div class=\"verdict %s\">\n", proven ? "yes" : on_average ? "not-yet" : "no");
    fprintf(p->out,
            "<p>自動でリンクした組十万のうち、別人どうしの組は平均 %s と見込まれます。"
            "この台帳に実際にある誤りは、95 %% の確かさで十万組あたり %s 以下です。",
            per_100k(p, "estimate"), per_100k(p, "bound"));
    if (proven) {
        fprintf(p->out, "目標（%s）は上限でも守られており、今のしきい値で運用を続けられます。",
                target);
    } else if (on_average) {
        fprintf(p->out,
                "目標（%s）は平均では守られていますが、まだ証明はされていません。"
                "ラベル付けを進めるか、台帳が大きくなるほど上限は下がります。",
                target);
    } else {
        fprintf(p->out,
                "目標（%s）を超えています。しきい値を上げた版を作って試行し、"
                "弱いリンクの見直しを先に行ってください。",
                target);
    }
    fprintf(
        p->out,
        "</p>\n<p>Of 100 000 pairs that were linked automatically, %s on average are expected to "
        "be two people. What stands wrong in this registry is at most %s per 100 000, at 95 %%. ",
        per_100k(p, "estimate"), per_100k(p, "bound"));
    if (proven) {
        fprintf(p->out, "The target of %s holds even at the bound: nothing is to be done.", target);
    } else if (on_average) {
        fprintf(
            p->out,
            "The target of %s holds on average but is not proven yet: more labels, and a larger "
            "registry, bring the bound down.",
            target);
    } else {
        fprintf(p->out,
                "The target of %s does not hold: stage a version with a higher threshold, and look "
                "through the weakest links first.",
                target);
    }
    fputs("</p></div>\n", p->out);
    if (!json_is_true(json_object_get(p->current, "meters_agree"))) {
        fputs(
            "<p "
            "class=\"note\">"
            "モデルの自己評価と計測が三倍を超えて食い違っています。厳しいほうを採りました。"
            "学習のやり直しを検討してください。 The model and the meters are more than a factor 3 "
            "apart; the stricter one counts. Consider training anew.</p>\n",
            p->out);
    }
}

/* ---- tables ---- */

static void meter_row(const struct page *p, const char *ja, const char *en, const char *seen,
                      const char *expected, const char *upper)
{
    fprintf(p->out,
            "<tr><td>%s<br><small>%s</small></td><td>%s</td><td class=\"n\">%s</td>"
            "<td class=\"n\">%s</td></tr>\n",
            ja, en, seen, expected, upper);
}

/* Pairs of the registry as false links per 100 000 links. */
static const char *pairs_per_100k(const struct page *p, const char *path)
{
    double links = number(p, "links");

    return calibration_per_100k(p->cli, links > 0 ? number(p, path) / links : 0);
}

static void page_meters(const struct page *p)
{
    struct ny_arena *a = p->cli->arena;
    double links = number(p, "links");
    double margin_share = links > 0 ? number(p, "margin.links") / links : 0;
    double labelled = number(p, "margin.labelled");

    heading(p, "計測", "meters");
    fputs("<table><tr><th>計測 meter</th><th>観測 seen</th><th class=\"n\">推定 estimate</th>"
          "<th class=\"n\">上限 bound</th></tr>\n",
          p->out);
    meter_row(
        p, "おとり：生年月日をずらした照会で当たるのは他人だけ", "decoys: unrelated people",
        ny_arena_printf(a, "%s hits / %s tries", count(p, "decoys.hits"), count(p, "decoys.tries"))
            .p,
        pairs_per_100k(p, "decoys.false_pairs"), pairs_per_100k(p, "decoys.false_pairs_upper"));
    meter_row(p, "同一施設の別番号：家族・双生児・同日生の同姓同名",
              "pairs of one facility: families, twins, namesakes of one birthday",
              ny_arena_printf(a, "%s of %s, %s namesakes, %s judged, %s different; × %.1f, × %.1f",
                              count(p, "facility.hits"), count(p, "facility.pairs"),
                              count(p, "facility.namesakes"), count(p, "facility.judged"),
                              count(p, "facility.different"), number(p, "facility.exposure_ratio"),
                              number(p, "facility.exposure_namesakes"))
                  .p,
              pairs_per_100k(p, "facility.false_pairs"),
              pairs_per_100k(p, "facility.false_pairs_upper"));
    meter_row(p, "モデルの自己評価", "the model's mean risk", "", per_100k(p, "model_mean"), "–");
    meter_row(p, "余白（最も弱いリンク）の標本判定", "labelled margin, the weakest links",
              ny_arena_printf(a, "%s of %s labelled, %s different", count(p, "margin.labelled"),
                              count(p, "margin.links"), count(p, "margin.different"))
                  .p,
              labelled > 0 ? calibration_per_100k(
                                 p->cli, margin_share * number(p, "margin.different") / labelled)
                           : "–",
              calibration_per_100k(p->cli, margin_share * number(p, "margin.upper")));
    fputs("</table>\n<p "
          "class=\"note\">"
          "十万リンクあたり。全体の上限は、余白より強いリンクの計測に平均と実現値の差を見込み、"
          "余白の判定を加えたもの。 Per 100 000 links. The bound of all is that of the meters "
          "beyond the margin, with what chance may add to an expected number, and of the labels "
          "in it.</p>\n",
          p->out);
}

static void parts_table(const struct page *p, const char *list, const char *key, const char *title)
{
    const json_t *rows = json_object_get(json_object_get(p->current, "decoys"), list);

    fprintf(p->out,
            "<table><tr><th>%s</th><th class=\"n\">records</th><th class=\"n\">tries</th>"
            "<th class=\"n\">hits</th></tr>\n",
            title);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);

        fputs("<tr><td>", p->out);
        html_text(p->out, cli_json_text(row, key));
        fprintf(p->out,
                "</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td></tr>\n",
                calibration_count(p->cli, calibration_number(row, "records")),
                calibration_count(p->cli, calibration_number(row, "tries")),
                calibration_count(p->cli, calibration_number(row, "hits")));
    }
    fputs("</table>\n", p->out);
}

static void page_labels(const struct page *p)
{
    double labelled = number(p, "margin.labelled");
    double needed = number(p, "margin.labels_needed");
    double share = needed > labelled ? labelled / needed : 1;

    heading(p, "ラベル付け", "labels");
    fprintf(
        p->out,
        "<div class=\"meter\"><i style=\"width:%.1f%%\"></i></div>\n<p>%s 件を判定済み（別人 %s "
        "件）。",
        100 * share, count(p, "margin.labelled"), count(p, "margin.different"));
    if (needed > labelled) {
        fprintf(p->out,
                "余白の分を目標の半分に収めるには合わせて %s 件が要ります。 %s are needed in all "
                "for the "
                "margin to take half of the target: nayose label draw.</p>\n",
                calibration_count(p->cli, needed), calibration_count(p->cli, needed));
    } else {
        fputs("余白は目標の半分以内に収まっています。 The margin takes no more than half of the "
              "target.</p>\n",
              p->out);
    }
}

void calibration_page(struct cli *cli, const json_t *current, const json_t *history, FILE *out)
{
    struct page p = {cli, current, history, out};

    page_begin(out, "自動名寄せの較正報告");
    page_header(&p);
    page_cards(&p);
    page_verdict(&p);
    heading(&p, "しきい値と誤り", "threshold and false links");
    calibration_plot_curve(current, out);
    fputs("<p class=\"key\"><i></i>推定 estimate<i class=\"bound\"></i>上限 bound at 95 %</p>\n",
          out);
    calibration_plot_links(current, out);
    page_meters(&p);
    page_labels(&p);
    heading(&p, "得点の分布", "scores by class");
    calibration_plot_histogram(current, out);
    heading(&p, "おとりの内訳", "decoys in detail");
    fputs("<div class=\"pair\"><div>\n", out);
    parts_table(&p, "by_rarity", "name", "氏名の珍しさ names");
    fputs("</div><div>\n", out);
    parts_table(&p, "by_contacts", "present", "連絡先の有無 contacts");
    fputs("</div></div>\n", out);
    if (json_array_size(history) > 0) {
        heading(&p, "推移", "over time");
        calibration_plot_history(current, history, out);
    }
    page_end(out, "組（ペア）で数える。一組は一人とされた有効な記録二件。 Counted in "
                  "pairs: two live records held to be one person.");
}
