/* notify, private: a lane for each consumer.
 *
 *   IDLE ─wake▶ READING ─rows▶ CONNECTING ─▶ SENT ─AA, AE▶ next row, or READING
 *     ▲            │ none          │ error     │ error, silence, another MSA-2
 *     └────────────┘               └──▶ PAUSED ◀┘   then again from the same row
 */
#ifndef NAYOSE_NOTIFY_PRIV_H
#define NAYOSE_NOTIFY_PRIV_H

#include "nayose/http_answer.h"
#include "nayose/ihe.h"
#include "nayose/ihe_v3.h"
#include "nayose/mllp.h"
#include "nayose/net.h"
#include "nayose/notify.h"
#include "nayose/registry.h"
#include "nayose/registry_notices.h"

enum lane_state { LANE_IDLE, LANE_READING, LANE_CONNECTING, LANE_SENT, LANE_PAUSED };

struct lane {
    struct ny_notify *notify;
    int32_t consumer;
    enum lane_state state;
    bool woken;    /* while it was busy */
    bool rewind;   /* an end was not committed: start again with the first row that is there */
    size_t ending; /* ends that are not committed yet */

    struct ny_arena *page; /* rows that were read */
    struct ny_notice *notices;
    size_t n, at;
    int64_t after; /* the last row that was dealt with */

    char host[256]; /* what the stream is connected to */
    uint16_t port;
    bool v3;                  /* SOAP over HTTP, one connection for each row; else MLLP */
    struct ny_stream *stream; /* NULL: not connected */
    struct ny_mllp_reader *reader;
    struct ny_timer *timer; /* of the pause, or for the answer */
    unsigned failures;      /* in a row */
};

struct ny_notify {
    struct ny_notify_config cfg;
    struct lane **lanes;
    size_t n_lanes;
    bool stopped;
};

/* lane.c */
struct lane *ny_lane_create(struct ny_notify *n, int32_t consumer);
void ny_lane_destroy(struct lane *l);
void ny_lane_stop(struct lane *l); /* no connection, no timer */
/* There may be something to tell. */
void ny_lane_wake(struct lane *l);
/* Goes on with the next row, wherever the lane stands. */
void ny_lane_go(struct lane *l);
/* The consumer answered the current row; true: it was an answer to it. */
bool ny_lane_answered(struct lane *l, ny_str frame);
/* The current row could not be told: a pause, then again. */
void ny_lane_failed(struct lane *l, const char *why);

/* wire.c: connects when it is not, and sends the current row. */
void ny_lane_send(struct lane *l, const struct ny_consumer_row *c);
void ny_lane_close(struct lane *l); /* the connection, if there is one */

#endif
