/* nayose load, private: lanes that send files, one message at a time each, and what came of it. */
#ifndef NAYOSE_LOAD_PRIV_H
#define NAYOSE_LOAD_PRIV_H

#include "nayose/hl7v2.h"

#include "nayose_priv.h"

enum { LOAD_CONNECTIONS_MAX = 256 }; /* as many as the server puts into one commit */

/* ---- load_report.c ---- */

/* One message that was not accepted, a line of the report. Texts are borrowed. */
struct load_failure {
    const char *file;
    size_t number; /* of the message in the file, from 1; 0 = the file itself */
    ny_str control_id, msa_1, err_2, err_3, err_8;
};

struct load_report {
    const char *path;
    FILE *out; /* opened with the first failure */
    bool is_broken;
};
void load_report_add(struct load_report *r, const struct load_failure *f);
void load_report_close(struct load_report *r);

/* ---- load_answer.c ---- */

struct load_answer {
    char code[3]; /* MSA-1, "" when there is none */
    ny_str err_2, err_3, err_8;
    bool is_transient; /* the same message may be taken later */
};
/* Reads an acknowledgement; the slices live in a. */
void load_answer_read(struct ny_arena *a, ny_str bytes, struct load_answer *out);

/* ---- load_lane.c ---- */

struct load_lane {
    struct load *load;
    CURL *easy;
    struct cli_body body;
    char error[CURL_ERROR_SIZE];
    void *own; /* of where the messages come from */
    /* The message under way: its bytes, and where it stands; set by load_source.next. */
    ny_str message;
    const char *file;
    size_t number;        /* in the file, from 1 */
    int64_t first_try_us; /* of this message, 0 = not tried */
    int64_t due_us;       /* waits until then to try again, 0 = does not wait */
    unsigned tries;
    bool is_sending;
};

void load_lane_init(struct load_lane *lane, struct load *load);
void load_lane_finish(struct load_lane *lane);
/* Sends what is next, or again what waited until now. False: nothing left for this lane. */
bool load_lane_step(struct load_lane *lane, int64_t now_us);
/* The transfer has ended. */
void load_lane_done(struct load_lane *lane, CURLcode rc, int64_t now_us);
/* Counts and reports what is not sent, or was not taken; answer may be NULL, why empty. */
void load_lane_fail(struct load_lane *lane, const struct load_answer *answer, ny_str why);

/* ---- load_run.c ---- */

enum load_next {
    LOAD_END = 0, /* nothing is left for this lane */
    LOAD_MESSAGE, /* message, file and number of the lane are set; they stay until the next call */
    LOAD_LATER    /* still looking: ask again */
};

/* Where the messages come from. A lane asks for one when the one before it has its answer. */
struct load_source {
    enum load_next (*next)(struct load_lane *lane);
    /* The message has its last answer. NULL allowed. */
    void (*done)(struct load_lane *lane, bool accepted);
    /* How far it is, for the line on a terminal. */
    void (*progress)(const struct load *load, FILE *out);
};

struct load {
    struct cli *cli;
    const struct load_source *source;
    void *own; /* of the source */
    CURLM *multi;
    struct curl_slist *headers;
    const char *url;
    struct load_lane lanes[LOAD_CONNECTIONS_MAX];
    size_t n_lanes;
    bool is_looking; /* a lane said LOAD_LATER in this round */
    int64_t retry_us;
    int64_t start_us;
    int64_t lost_us; /* nothing but transient trouble since then, 0 = none */
    bool is_lost;    /* given up */
    char lost_why[CURL_ERROR_SIZE];
    struct load_report report;
    struct {
        size_t messages, aa, ae, ar, failed;
    } count;
};

/* The options of every load, and what they set: ctx is the struct load. */
enum { LOAD_KEY_CONNECTIONS = 0x2000, LOAD_KEY_REPORT, LOAD_KEY_RETRY, LOAD_KEY_FREE };
#define LOAD_OPTIONS(what)                                                                         \
    {.name = "connections",                                                                        \
     .key = LOAD_KEY_CONNECTIONS,                                                                  \
     .arg = "N",                                                                                   \
     .doc = what " sent at a time, 1 to 256; default 64"},                                         \
        {.name = "report",                                                                         \
         .key = LOAD_KEY_REPORT,                                                                   \
         .arg = "FILE",                                                                            \
         .doc = "Where failures are listed; default nayose-load-failures.tsv"},                    \
    {                                                                                              \
        .name = "retry", .key = LOAD_KEY_RETRY, .arg = "SECONDS",                                  \
        .doc = "How long to try again when the server is lost or not ready; default 30"            \
    }
bool load_option_set(void *load, int key, char *arg, struct argp_state *state);
/* The values before any option. */
#define LOAD_DEFAULTS                                                                              \
    .n_lanes = 64, .retry_us = 30 * NY_US_PER_SECOND, .report = {.path = "nayose-load-failures.tsv"}

/* CLI_DONE: a server answers (whether it is ready is seen by the messages); else it was said why
 * not. */
int load_server_check(struct cli *cli);
/* Sends everything; source, own, cli and the options are set. */
void load_run(struct load *load);
double load_seconds(const struct load *load); /* since it began */
/* The code of the program after a run, with a sentence when the server was lost. */
int load_code(const struct load *load);

#endif
