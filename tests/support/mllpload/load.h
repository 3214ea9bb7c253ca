/* What the parts of the load driver share: options, where messages come from, what was counted. */
#ifndef MLLPLOAD_LOAD_H
#define MLLPLOAD_LOAD_H

#include "nayose/base.h"

#include <stdio.h>

#define LOAD_CONTROL_ID_MAX 64
#define LOAD_MESSAGE_MAX (1024 * 1024)

struct load_options {
    const char *host;
    uint64_t port;
    uint64_t connections;
    uint64_t limit;     /* most messages, 0: all */
    uint64_t rate;      /* messages a second over all connections, 0: as fast as answers come */
    uint64_t timeout_s; /* how long an answer, or a lost connection, may take */
    uint64_t seconds;   /* --pix: how long */
    bool spread;        /* a file may be cut over several connections */
    bool reconnect;
    bool http;         /* frames hold HTTP requests with HL7 v3 messages */
    const char *acked; /* file that gets each acknowledged control id */
    const char *pix;   /* file of ids to ask for, instead of messages */
    char **files;
    size_t file_n;
};

/* ---- source: frames of files, or queries ---- */

/* One lane is a sequence whose order is kept; a connection serves one lane at a time. */
struct load_lane {
    ny_str rest;  /* frames not yet sent */
    bool is_busy; /* a connection serves it */
};

struct load_source {
    struct load_lane *lanes; /* owned [lane_n] */
    size_t lane_n;
    ny_str *files; /* owned contents [file_n] */
    size_t file_n;
    struct load_id {
        ny_str domain, id;
    } * ids; /* --pix, owned */
    size_t id_n;
    uint64_t next_query;
};

/* Reads the files. false and a line on stderr when one cannot be read or holds no frame. */
bool load_source_open(struct load_source *s, const struct load_options *o);
void load_source_close(struct load_source *s);
/* A lane nobody serves that has frames left, or NULL. */
struct load_lane *load_source_lane(struct load_source *s);
/* Takes the next frame, with its 0x0B and 0x1C 0x0D; empty at the end of the lane. */
ny_str load_lane_next(struct load_lane *l);
/* Writes the next query, framed, into dst[cap]; its control id is put into id. */
ny_str load_source_query(struct load_source *s, char *dst, size_t cap,
                         char id[LOAD_CONTROL_ID_MAX]);

/* Field n (MSH-1 is the separator itself) of the segment that begins with name; empty when absent.
 * The message may be a frame. */
ny_str load_field(ny_str message, const char *name, unsigned n);

/* ---- soap: HTTP requests instead of frames ---- */

ny_str load_http_request(ny_str frame); /* the frame without its framing bytes */
bool load_http_is_whole(ny_str answer); /* as Content-Length says */
/* Of a message its id; of an answer whose it is, its acknowledgement and how the query went. */
ny_str load_v3_id(ny_str request);
ny_str load_v3_answers(ny_str answer);
ny_str load_v3_code(ny_str answer);
ny_str load_v3_query_code(ny_str answer);

/* ---- stats ---- */

struct load_stats {
    uint64_t messages;          /* answered */
    uint64_t aa, ae, ar, other; /* of v3 messages also CA, CE, CR */
    uint64_t ok, nf, qae;       /* QAK-2 of the answers to queries */
    uint64_t errors; /* connections refused or lost, answers that are none or another message's */
    uint64_t unanswered; /* sent, and never answered */
    int64_t begin_us, end_us;
    uint32_t *latency_us; /* owned, grows */
    size_t latency_n, latency_cap;
};

void load_stats_latency(struct load_stats *s, int64_t us);
/* Prints the one line of JSON. */
void load_stats_print(struct load_stats *s, bool queries, FILE *to);
void load_stats_finish(struct load_stats *s);

/* ---- drive ---- */

/* Sends everything and waits for the answers. false when something stays unsent. */
bool load_drive(const struct load_options *o, struct load_source *src, struct load_stats *stats);

#endif
