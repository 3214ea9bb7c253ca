/* The report of a load: tab separated, one line per message that was not accepted. It names
 * messages by their place and control id; patient data is not in it. */

#include <errno.h>

#include "load_priv.h"

static void field(FILE *out, ny_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        fputc(c < 0x20 || c == 0x7F ? ' ' : c, out);
    }
}

static bool report_open(struct load_report *r)
{
    if (r->out == NULL && !r->is_broken) {
        r->out = fopen(r->path, "we");
        if (r->out == NULL) {
            cli_error("the report %s cannot be written (%s); name another with --report", r->path,
                      strerror(errno));
            r->is_broken = true;
            return false;
        }
        fputs("file\tmessage\tcontrol_id\tMSA-1\tERR-2\tERR-3\tERR-8\n", r->out);
    }
    return r->out != NULL;
}

void load_report_add(struct load_report *r, const struct load_failure *f)
{
    const ny_str fields[] = {f->control_id, f->msa_1, f->err_2, f->err_3, f->err_8};

    if (!report_open(r)) {
        return;
    }
    field(r->out, ny_str_from_c(f->file));
    fprintf(r->out, "\t%zu", f->number);
    for (size_t i = 0; i < NY_ARRAY_LEN(fields); i++) {
        fputc('\t', r->out);
        field(r->out, fields[i]);
    }
    fputc('\n', r->out);
}

void load_report_close(struct load_report *r)
{
    if (r->out == NULL) {
        return;
    }
    if (fclose(r->out) != 0) {
        cli_error("the report %s is incomplete (%s)", r->path, strerror(errno));
    } else {
        cli_error("the failures are in %s", r->path);
    }
    r->out = NULL;
}
