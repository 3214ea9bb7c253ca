/* What every load does: options, lanes that send in parallel, progress, the code at the end. */

#include <unistd.h>

#include "load_priv.h"

enum { PROGRESS_US = 200000, POLL_MS = 100 };

/* ---- options ---- */

static uint64_t number(struct argp_state *state, const char *arg, const char *what, uint64_t min,
                       uint64_t max)
{
    uint64_t n = min;

    if (ny_str_to_u64(ny_str_from_c(arg), min, max, &n) != NY_OK) {
        argp_error(state, "%s is a number from %llu to %llu", what, (unsigned long long)min,
                   (unsigned long long)max);
    }
    return n;
}

bool load_option_set(void *ctx, int key, char *arg, struct argp_state *state)
{
    struct load *load = ctx;

    switch (key) {
    case LOAD_KEY_CONNECTIONS:
        load->n_lanes = number(state, arg, "--connections", 1, LOAD_CONNECTIONS_MAX);
        return true;
    case LOAD_KEY_REPORT:
        load->report.path = arg;
        return true;
    case LOAD_KEY_RETRY:
        load->retry_us = (int64_t)number(state, arg, "--retry", 0, 86400) * NY_US_PER_SECOND;
        return true;
    default:
        return false;
    }
}

/* ---- the run ---- */

double load_seconds(const struct load *load)
{
    return (double)(ny_clock_monotonic_us() - load->start_us) / (double)NY_US_PER_SECOND;
}

static void progress(const struct load *load, bool is_last)
{
    double seconds = load_seconds(load);
    size_t answered = load->count.aa + load->count.failed;

    fprintf(stderr, "\r%zu messages, %zu failed, ", answered, load->count.failed);
    load->source->progress(load, stderr);
    fprintf(stderr, ", %.0f messages/s%s   %s", seconds > 0 ? (double)answered / seconds : 0.0,
            load->lost_us != 0 ? ", waiting for the server" : "", is_last ? "\n" : "");
}

/* Ended transfers go back to their lanes. */
static void collect(struct load *load)
{
    CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(load->multi, &left)) != NULL) {
        struct load_lane *lane = NULL;

        if (m->msg == CURLMSG_DONE) {
            CURLcode rc = m->data.result;

            curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&lane);
            load_lane_done(lane, rc, ny_clock_monotonic_us());
        }
    }
}

static bool step_all(struct load *load)
{
    int64_t now_us = ny_clock_monotonic_us();
    bool any = false;

    load->is_looking = false;
    for (size_t i = 0; i < load->n_lanes && !load->is_lost; i++) {
        any = load_lane_step(&load->lanes[i], now_us) || any;
    }
    return any;
}

static void send_all(struct load *load)
{
    bool shows = isatty(STDERR_FILENO) == 1;
    int64_t shown_us = load->start_us;

    while (step_all(load)) {
        int64_t now_us;
        int running;

        curl_multi_perform(load->multi, &running);
        collect(load);
        now_us = ny_clock_monotonic_us();
        if (shows && now_us - shown_us > PROGRESS_US) {
            progress(load, false);
            shown_us = now_us;
        }
        /* Nothing to wait for when a lane has become free, or looks for its next message. */
        if (!load->is_looking && (running > 0 || load->lost_us != 0)) {
            curl_multi_poll(load->multi, NULL, 0, POLL_MS, NULL);
        }
    }
    if (shows) {
        progress(load, true);
    }
}

/* ---- before and after ---- */

int load_server_check(struct cli *cli)
{
    struct cli_body body = {0};
    CURL *easy = cli_easy_create(cli, &body);
    CURLcode rc;

    curl_easy_setopt(easy, CURLOPT_URL, cli_url(cli, "/livez", NULL, 0));
    rc = curl_easy_perform(easy);
    curl_easy_cleanup(easy);
    cli_body_finish(&body);
    return rc == CURLE_OK ? CLI_DONE : cli_no_server(cli, curl_easy_strerror(rc));
}

static void load_init(struct load *load)
{
    load->url = cli_url(load->cli, "/feed", NULL, 0);
    load->headers = curl_slist_append(NULL, "Content-Type: x-application/hl7-v2+er7");
    load->headers = curl_slist_append(load->headers, "Expect:");
    load->multi = curl_multi_init();
    NY_ASSERT(load->multi != NULL && load->headers != NULL);
    curl_multi_setopt(load->multi, CURLMOPT_MAXCONNECTS, (long)LOAD_CONNECTIONS_MAX);
    for (size_t i = 0; i < load->n_lanes; i++) {
        load_lane_init(&load->lanes[i], load);
    }
}

static void load_finish(struct load *load)
{
    for (size_t i = 0; i < load->n_lanes; i++) {
        load_lane_finish(&load->lanes[i]);
    }
    curl_multi_cleanup(load->multi);
    curl_slist_free_all(load->headers);
    load_report_close(&load->report);
}

void load_run(struct load *load)
{
    load->start_us = ny_clock_monotonic_us();
    load_init(load);
    send_all(load);
    load_finish(load);
}

int load_code(const struct load *load)
{
    if (load->is_lost) {
        cli_error("given up after %lld s: %s; not everything was sent. Load the same files again "
                  "when the server is back: what it has already is not taken twice",
                  (long long)(load->retry_us / NY_US_PER_SECOND), load->lost_why);
        return CLI_NO_SERVER;
    }
    return load->count.failed > 0 ? CLI_REFUSED : CLI_DONE;
}
