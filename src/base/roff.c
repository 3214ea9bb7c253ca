/* Manual pages. `-' is written so that it can be copied; quotes and accents so that they stay
 * ASCII. */

#include "nayose/base_roff.h"

/* at_start: the text begins a line, where a dot or a quote would be a command. */
static void text_write(FILE *f, const char *text, bool at_start)
{
    for (; *text != '\0'; text++) {
        if (at_start && (*text == '.' || *text == '\'')) {
            fputs("\\&", f);
        }
        at_start = *text == '\n';
        switch (*text) {
        case '\\':
            fputs("\\e", f);
            break;
        case '-':
            fputs("\\-", f);
            break;
        case '^':
            fputs("\\(ha", f);
            break;
        case '~':
            fputs("\\(ti", f);
            break;
        case '`':
            fputs("\\(ga", f);
            break;
        case '\'':
            fputs("\\(aq", f);
            break;
        default:
            fputc(*text, f);
            break;
        }
    }
}

void ny_roff_begin(FILE *f, const char *title, int section, const char *sentence)
{
    fprintf(f,
            "'\\\" -*- coding: UTF-8 -*-\n"
            ".\\\" Generated from the tables of the program.\n"
            ".TH %s %d \"\" \"nayose " NY_VERSION "\" \"nayose\"\n"
            ".nh\n.ad l\n.SH NAME\n%s \\- ",
            title, section, title);
    text_write(f, sentence, false);
    fputc('\n', f);
}

static void request(FILE *f, const char *name, const char *text)
{
    fprintf(f, "%s ", name);
    text_write(f, text, false);
    fputc('\n', f);
}

void ny_roff_heading(FILE *f, const char *text)
{
    request(f, ".SH", text);
}

void ny_roff_subheading(FILE *f, const char *text)
{
    request(f, ".SS", text);
}

void ny_roff_paragraph(FILE *f, const char *text)
{
    fputs(".PP\n", f);
    text_write(f, text, true);
    fputc('\n', f);
}

static void item_text(FILE *f, const char *text)
{
    fputs("\\fR\n", f);
    text_write(f, text, true);
    fputc('\n', f);
}

void ny_roff_item(FILE *f, const char *tag, const char *text)
{
    fputs(".TP\n\\fB", f);
    text_write(f, tag, false);
    item_text(f, text);
}

void ny_roff_option(FILE *f, int key, const char *name, const char *arg, const char *text)
{
    fputs(".TP\n\\fB", f);
    if (key > ' ' && key < 0x7F) {
        fprintf(f, "\\-%c\\fR, \\fB", key);
    }
    fputs("\\-\\-", f);
    text_write(f, name, false);
    if (arg != NULL) {
        fputs("\\fR=\\fI", f);
        text_write(f, arg, false);
    }
    item_text(f, text);
}

void ny_roff_example(FILE *f, const char *lines)
{
    fputs(".PP\n.RS 4\n.nf\n", f);
    text_write(f, lines, true);
    fputs("\n.fi\n.RE\n", f);
}

void ny_roff_end(FILE *f, const char *pages)
{
    ny_roff_heading(f, "SEE ALSO");
    ny_roff_paragraph(f, pages);
}
