/* nayose load hl7: files in parallel, the order inside a file kept. */

#include <errno.h>
#include <unistd.h>

#include "load_priv.h"

static const struct argp_option options[] = {LOAD_OPTIONS("Files"), {0}};

struct reading {
    struct cli_file file;
    struct ny_hl7v2_splitter splitter;
    bool is_open;
};

struct files {
    char **paths;
    size_t n, next;
    size_t bytes_outside;
    size_t mismatches;                       /* of batches, see the splitter */
    struct reading of[LOAD_CONNECTIONS_MAX]; /* by lane */
};

/* ---- the messages ---- */

static void file_end(struct load_lane *lane, struct reading *r)
{
    struct files *files = lane->load->own;

    files->bytes_outside += r->splitter.skipped;
    files->mismatches += r->splitter.mismatches;
    if (r->splitter.messages == 0 && r->splitter.batches == 0) { /* an empty batch is fine */
        load_lane_fail(lane, NULL, NY_S("no HL7 message in this file"));
    }
    cli_file_close(&r->file);
    r->is_open = false;
}

static bool file_next(struct load_lane *lane, struct reading *r)
{
    struct files *files = lane->load->own;

    while (!r->is_open && files->next < files->n) {
        int rc;

        lane->file = files->paths[files->next++];
        lane->number = 0;
        rc = cli_file_open(&r->file, lane->file);
        r->splitter = (struct ny_hl7v2_splitter){
            .bytes = {r->file.p, r->file.n}
        };
        if (rc != 0) {
            load_lane_fail(lane, NULL, ny_str_from_c(strerror(rc)));
            continue;
        }
        r->is_open = true;
    }
    return r->is_open;
}

static enum load_next message_next(struct load_lane *lane)
{
    struct files *files = lane->load->own;
    struct reading *r = &files->of[lane - lane->load->lanes];

    lane->message = NY_STR_NONE;
    while (file_next(lane, r)) {
        if (ny_hl7v2_split_next(&r->splitter, &lane->message, NULL)) {
            lane->number = r->splitter.messages;
            return LOAD_MESSAGE;
        }
        file_end(lane, r);
    }
    return LOAD_END;
}

static void progress(const struct load *load, FILE *out)
{
    const struct files *files = load->own;

    fprintf(out, "%zu of %zu files", files->next, files->n);
}

/* ---- the verb ---- */

static bool files_readable(const struct files *files)
{
    bool ok = true;

    for (size_t i = 0; i < files->n; i++) {
        if (strcmp(files->paths[i], "-") != 0 && access(files->paths[i], R_OK) != 0) {
            cli_error("%s cannot be read (%s); nothing was sent", files->paths[i], strerror(errno));
            ok = false;
        }
    }
    return ok;
}

int verb_load_hl7(struct cli *cli, const struct verb *verb)
{
    static const struct load_source source = {.next = message_next, .progress = progress};
    static struct files files;
    static struct load load = {LOAD_DEFAULTS, .source = &source, .own = &files};
    int n = 0;
    int code;

    load.cli = cli;
    files.paths = cli_args(cli, verb, options, load_option_set, &load, &n);
    files.n = (size_t)n;
    if (!files_readable(&files)) {
        return CLI_REFUSED;
    }
    code = load_server_check(cli);
    if (code != CLI_DONE) {
        return code;
    }
    load.n_lanes = files.n < load.n_lanes ? files.n : load.n_lanes;
    load_run(&load);
    printf("messages %zu  AA %zu  AE %zu  AR %zu  failed %zu  seconds %.1f\n", load.count.messages,
           load.count.aa, load.count.ae, load.count.ar, load.count.failed, load_seconds(&load));
    for (size_t i = 0; i < LOAD_CONNECTIONS_MAX; i++) {
        cli_file_close(&files.of[i].file);
    }
    if (files.bytes_outside > 0) {
        cli_error("%zu bytes between messages belong to none and were left out",
                  files.bytes_outside);
    }
    code = load_code(&load);
    if (files.mismatches > 0) {
        cli_error("%zu headers or trailers of batches (FHS, BHS, BTS, FTS) do not fit what was "
                  "found between them; is each file whole?",
                  files.mismatches);
        code = code == CLI_DONE ? CLI_REFUSED : code;
    }
    return code;
}
