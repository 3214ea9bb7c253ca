/* Studies that the server runs in the background: started, watched, told how they ended. */

#include <time.h>
#include <unistd.h>

#include "nayose_priv.h"

enum { LOOK_MS = 200, BAR = 30 };

static void bar_draw(const json_t *job)
{
    double progress = json_number_value(json_object_get(job, "progress"));
    int full = (int)(progress * BAR);

    fprintf(stderr, "\r[");
    for (int i = 0; i < BAR; i++) {
        fputc(i < full ? '#' : '.', stderr);
    }
    fprintf(stderr, "] %3.0f %%  %-20s", 100 * progress, cli_json_text(job, "step"));
}

static bool is_under_way(const json_t *job)
{
    const char *state = cli_json_text(job, "state");

    return strcmp(state, "running") == 0 || strcmp(state, "keeping") == 0;
}

/* The server's one study; owned, NULL when there is none or no answer (then *code tells). */
static json_t *job_get(struct cli_client *c, int *code)
{
    json_t *answer = NULL;
    json_t *job;

    *code = cli_get(c, "/jobs", NULL, 0, &answer);
    job =
        *code == CLI_DONE ? json_incref(json_array_get(json_object_get(answer, "jobs"), 0)) : NULL;
    json_decref(answer);
    return job;
}

static int job_watch(struct cli_client *c, json_t **out)
{
    const struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
    bool shows = isatty(STDERR_FILENO) == 1;
    json_t *job = NULL;
    int code;

    do {
        json_decref(job);
        nanosleep(&pause, NULL);
        job = job_get(c, &code);
        if (job != NULL && shows) {
            bar_draw(job);
        }
    } while (job != NULL && is_under_way(job));
    if (shows) {
        fputs("\n", stderr);
    }
    *out = job;
    return code;
}

int cli_study(struct cli *cli, const char *path, json_t *body, json_t **out)
{
    struct cli_client *c = cli_client_create(cli);
    json_t *answer = NULL;
    json_t *job = NULL;
    int code = cli_post(c, path, body, &answer);

    if (code == CLI_DONE) {
        code = job_watch(c, &job);
    }
    if (code == CLI_DONE && strcmp(cli_json_text(job, "state"), "done") != 0) {
        cli_error("%s: %s; the server's log says more", cli_json_text(job, "state"),
                  cli_json_text(job, "why"));
        code = CLI_REFUSED;
    }
    json_decref(answer);
    cli_client_destroy(c);
    if (code == CLI_DONE && out != NULL) {
        *out = job;
    } else {
        json_decref(job);
    }
    return code;
}
