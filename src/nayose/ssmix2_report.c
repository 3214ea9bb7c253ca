/* What came of a storage: one line, and a table of what was refused and why. */

#include "ssmix2_priv.h"

static size_t refused_count(const struct ssmix2 *s)
{
    size_t n = 0;

    for (enum ny_ssmix2_fault i = NY_SSMIX2_FINE; i < NY_SSMIX2_FAULT_COUNT; i++) {
        n += s->refused[i].files;
    }
    return n;
}

static void report_json(const struct ssmix2 *s, const char *domain)
{
    json_t *reasons = json_array();
    json_t *answer;

    for (enum ny_ssmix2_fault i = NY_SSMIX2_FINE; i < NY_SSMIX2_FAULT_COUNT; i++) {
        if (s->refused[i].files > 0) {
            json_array_append_new(
                reasons, json_pack("{s:s, s:s, s:I, s:s}", "reason", ny_ssmix2_fault_name(i),
                                   "text", ny_ssmix2_fault_text(i), "files",
                                   (json_int_t)s->refused[i].files, "first", s->refused[i].first));
        }
    }
    answer = json_pack(
        "{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:o}", "domain", domain, "patients",
        (json_int_t)s->count.patients, "files", (json_int_t)s->count.files, "accepted",
        (json_int_t)s->count.accepted, "withdrawn", (json_int_t)s->count.withdrawn, "unchanged",
        (json_int_t)s->count.unchanged, "skipped", (json_int_t)s->count.skipped, "refused",
        (json_int_t)refused_count(s), "seconds", load_seconds(s->load), "reasons", reasons);
    NY_ASSERT(answer != NULL);
    cli_json_print(answer);
    json_decref(answer);
}

static void reasons_print(const struct ssmix2 *s)
{
    static const struct cli_column columns[] = {
        {"REASON",  false, false},
        {"REFUSED", true,  false},
        {"WHY",     false, true },
        {"FIRST",   false, true }
    };
    struct libscols_table *t = cli_table_create(columns, NY_ARRAY_LEN(columns));

    for (enum ny_ssmix2_fault i = NY_SSMIX2_FINE; i < NY_SSMIX2_FAULT_COUNT; i++) {
        char files[24];
        const char *const cells[] = {ny_ssmix2_fault_name(i), files, ny_ssmix2_fault_text(i),
                                     s->refused[i].first};

        (void)snprintf(files, sizeof(files), "%zu", s->refused[i].files);
        if (s->refused[i].files > 0) {
            cli_table_row(t, cells, NY_ARRAY_LEN(cells));
        }
    }
    cli_table_print(t);
}

void ssmix2_report(const struct ssmix2 *s, const char *domain)
{
    if (s->load->cli->json) {
        report_json(s, domain);
        return;
    }
    printf("patients %zu  files %zu  accepted %zu (withdrawn %zu)  unchanged %zu  skipped %zu  "
           "refused %zu  seconds %.1f\n",
           s->count.patients, s->count.files, s->count.accepted, s->count.withdrawn,
           s->count.unchanged, s->count.skipped, refused_count(s), load_seconds(s->load));
    if (refused_count(s) > 0) {
        reasons_print(s);
    }
}
