/* nayose load, private: lanes that send files, one message at a time each, and what came of it. */
#ifndef NAYOSE_LOAD_PRIV_H
#define NAYOSE_LOAD_PRIV_H

#include "nayose/hl7v2.h"

#include "nayose_priv.h"

enum { LOAD_CONNECTIONS_MAX = 64 };

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
    struct cli_file file;
    struct ny_hl7v2_splitter splitter;
    ny_str message;
    int64_t first_try_us; /* of this message, 0 = not tried */
    int64_t due_us;       /* waits until then to try again, 0 = does not wait */
    unsigned tries;
    bool is_open; /* has a file */
    bool is_sending;
};

struct load {
    struct cli *cli;
    CURLM *multi;
    struct curl_slist *headers;
    const char *url;
    char **files;
    size_t n_files, next_file;
    struct load_lane lanes[LOAD_CONNECTIONS_MAX];
    size_t n_lanes;
    int64_t retry_us;
    int64_t lost_us; /* nothing but transient trouble since then, 0 = none */
    bool is_lost;    /* given up */
    char lost_why[CURL_ERROR_SIZE];
    struct load_report report;
    struct {
        size_t messages, aa, ae, ar, failed, bytes_outside;
    } count;
};

void load_lane_init(struct load_lane *lane, struct load *load);
void load_lane_finish(struct load_lane *lane);
/* Sends what is next, or again what waited until now. False: nothing left for this lane. */
bool load_lane_step(struct load_lane *lane, int64_t now_us);
/* The transfer has ended. */
void load_lane_done(struct load_lane *lane, CURLcode rc, int64_t now_us);

#endif
