/* nayose review export */

#include "nayose_priv.h"

static int review_print(void *ctx, const json_t *r)
{
    char probability[32];
    const char *const fields[] = {cli_json_text(r, "domain_a"),
                                  cli_json_text(r, "local_id_a"),
                                  cli_json_text(r, "domain_b"),
                                  cli_json_text(r, "local_id_b"),
                                  probability,
                                  cli_json_text(r, "reason")};

    (void)ctx;
    snprintf(probability, sizeof(probability), "%.6f",
             json_real_value(json_object_get(r, "probability")));
    cli_csv_row(stdout, fields, NY_ARRAY_LEN(fields));
    return ferror(stdout) ? CLI_REFUSED : CLI_DONE;
}

int verb_review_export(struct cli *cli, const struct verb *verb)
{
    struct cli_questions which = {0};

    cli_args(cli, verb, cli_review_options, cli_review_option, &which.parked, NULL);
    puts("domain_a,local_id_a,domain_b,local_id_b,probability,reason");
    return cli_reviews(cli, &which, review_print, NULL);
}
