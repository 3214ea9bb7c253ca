/* The frame of a report as a page. */

#include "page.h"

#include <errno.h>

#include "nayose_priv.h"

static const char style[] =
    ":root{--ink:#1c2733;--soft:#5b6b7a;--rule:#d9e0e6;--estimate:#0b7285;--bound:#d9480f;"
    "--target:#c92a2a;--paper:#fff;--wash:#f6f8fa}"
    "*{box-sizing:border-box}"
    "body{margin:0 auto;max-width:940px;padding:32px 40px 48px;background:var(--paper);"
    "color:var(--ink);font:15px/1.6 'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu Gothic',"
    "Meiryo,system-ui,sans-serif}"
    "header{border-bottom:2px solid var(--ink);padding-bottom:12px;margin-bottom:20px}"
    "h1{font-size:25px;line-height:1.3;margin:0}h1 small{display:block;font-size:15px;"
    "font-weight:400;color:var(--soft)}"
    "h2{font-size:17px;margin:34px 0 6px;break-after:avoid}h2 small{font-weight:400;"
    "color:var(--soft);margin-left:8px}"
    "p{margin:8px 0}p.note{color:var(--soft);font-size:13px;line-height:1.5}"
    ".facts{color:var(--soft);font-size:13px;margin-top:6px}"
    ".cards{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin:18px 0}"
    ".card{background:var(--wash);border:1px solid var(--rule);border-radius:8px;padding:12px 14px}"
    ".card b{display:block;font-size:27px;line-height:1.25;font-variant-numeric:tabular-nums}"
    ".card span{display:block;font-size:12px;line-height:1.4;color:var(--soft)}"
    ".card.estimate b{color:var(--estimate)}.card.bound b{color:var(--bound)}"
    ".verdict{border-left:5px solid var(--estimate);background:var(--wash);padding:10px 16px;"
    "border-radius:0 8px 8px 0;break-inside:avoid}.verdict.no{border-color:var(--target)}"
    ".verdict.not-yet{border-color:var(--bound)}"
    "svg{display:block;width:100%;height:auto;break-inside:avoid}"
    "svg text{font:11px 'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu Gothic',Meiryo,"
    "system-ui,sans-serif;fill:var(--soft)}svg text.label{font-size:12px;fill:var(--ink)}"
    ".grid{stroke:var(--rule);stroke-width:1}.axis{stroke:var(--soft);stroke-width:1}"
    ".line{fill:none;stroke-width:2.2}.line.estimate{stroke:var(--estimate)}"
    ".line.bound{stroke:var(--bound);stroke-dasharray:7 4}.line.links-lost{stroke:var(--ink)}"
    ".dot.estimate{fill:var(--estimate)}.dot.bound{fill:var(--bound)}"
    "line.mark{stroke-width:1.4;stroke-dasharray:3 3}line.active{stroke:var(--ink)}"
    "line.best{stroke:var(--estimate)}line.target{stroke:var(--target)}"
    "svg text.mark{font-weight:600}svg text.active{fill:var(--ink)}"
    "svg text.best{fill:var(--estimate)}svg text.target{fill:var(--target)}"
    "rect.links{fill:#0b7285}rect.questions{fill:#e8a33d}rect.facility{fill:#7048a8}"
    "rect.decoys{fill:#c92a2a}"
    ".key{font-size:13px;color:var(--soft);margin:2px 0 0 56px}.key i{display:inline-block;"
    "width:26px;border-top:3px solid var(--estimate);margin:0 6px 4px 0}"
    ".key i.bound{border-top-style:dashed;border-color:var(--bound);margin-left:20px}"
    "table{border-collapse:collapse;width:100%;font-size:13.5px;margin-top:6px;break-inside:avoid}"
    "th{text-align:left;font-weight:600;border-bottom:1.5px solid var(--ink);padding:4px 10px 4px "
    "0}"
    "td{border-bottom:1px solid var(--rule);padding:4px 10px 4px 0;vertical-align:top}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    "td small{color:var(--soft)}"
    ".pair{display:grid;grid-template-columns:1fr 1fr;gap:28px}"
    ".meter{height:14px;background:var(--wash);border:1px solid var(--rule);border-radius:7px;"
    "overflow:hidden;margin:8px 0}.meter i{display:block;height:100%;background:var(--estimate)}"
    "footer{margin-top:36px;border-top:1px solid var(--rule);padding-top:8px;font-size:12px;"
    "color:var(--soft)}"
    "@media print{body{max-width:none;padding:0;font-size:12.5px;print-color-adjust:exact;"
    "-webkit-print-color-adjust:exact}@page{size:A4;margin:14mm 14mm}}";

void page_begin(FILE *out, const char *title)
{
    fprintf(out,
            "<!DOCTYPE html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width\">\n"
            "<title>%s</title>\n<style>%s</style></head><body>\n",
            title, style);
}

void page_end(FILE *out, const char *footer)
{
    fprintf(out, "<footer>nayose " NY_VERSION " · %s</footer>\n</body></html>\n", footer);
}

FILE *page_open(const char *path)
{
    FILE *out = fopen(path, "w");

    if (out == NULL) {
        cli_error("%s cannot be written (%s); name another file with --html", path,
                  strerror(errno));
    }
    return out;
}

int page_close(FILE *out, const char *path)
{
    bool failed = ferror(out) != 0;

    if (fclose(out) != 0 || failed) {
        cli_error("%s could not be written; is the disk full?", path);
        return CLI_REFUSED;
    }
    return CLI_DONE;
}
