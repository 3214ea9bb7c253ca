/* peer_priv: the budget as sessions see it, and the life that all sessions share. Sections: budget
 * · session. */
#ifndef NAYOSE_PEER_PRIV_H
#define NAYOSE_PEER_PRIV_H

#include "nayose/peer.h"
#include "nayose/registry_speaker.h"

enum {
    NY_PEER_MESSAGE_MAX = 4 * 1024 * 1024,
    NY_PEER_ARENA_FACTOR = 16, /* decoded text, parsed view and answer beside the message */
    NY_PEER_ARENA_REST = 1024 * 1024,
    NY_PEER_PER_TURN = 16 /* messages that one session takes before others have their turn */
};

/* ---- budget ---- */

/* A session that had to stop; part of the session. */
struct ny_peer_waiter {
    struct ny_peer_waiter *next;
    bool queued;
    void (*fn)(void *ctx); /* called at the end of a turn, when there is room again */
    void *ctx;
};

/* Takes a place for one message; false: full, w is called when it may try again. */
bool ny_peer_budget_take(struct ny_peer_budget *b, struct ny_peer_waiter *w);
/* Gives the place back. */
void ny_peer_budget_give(struct ny_peer_budget *b);
/* The waiter is about to be freed. */
void ny_peer_budget_forget(struct ny_peer_budget *b, struct ny_peer_waiter *w);

/* An arena for one message of at most max bytes. */
struct ny_arena *ny_peer_arena_create(size_t max);

/* Who is at the other end; facility as configured, borrowed; the texts of the certificate go into
 * the arena, for the message may outlive its stream. */
void ny_peer_speaker_read(const struct ny_stream *s, const char *facility, struct ny_arena *a,
                          struct ny_speaker *out);

/* ---- session ---- */

enum ny_peer_state {
    NY_PEER_OPEN = 1,
    NY_PEER_ENDING, /* the peer sends no more; what it sent is still answered */
    NY_PEER_CLOSED
};

struct ny_peer_session;

/* What a protocol does with its session. */
struct ny_peer_session_ops {
    /* Feeds its parser once from the stream's input. True: one message was complete, and its place
     * in the budget is now the protocol's to give back. May close the session. */
    bool (*take)(struct ny_peer_session *s);
    /* The session has just closed: what is under way is answered to nobody from here on. */
    void (*on_closed)(struct ny_peer_session *s);
    /* TIMEOUT with nothing under way, or ERROR: tells the log; the session closes after it. NULL
     * allowed. */
    void (*on_lost)(const struct ny_peer_session *s, enum ny_stream_event event);
    /* Frees the whole session, at the end of a turn. */
    void (*destroy)(struct ny_peer_session *s);
};

/* The sessions of one listener; part of it. */
struct ny_peer_sessions {
    struct ny_loop *loop;          /* borrowed */
    struct ny_peer_budget *budget; /* borrowed */
    struct ny_peer_session *first;
    size_t n;
    bool draining;
};

/* Part of each session. The protocol counts under_way and sets under_way_max; the rest is
 * session.c's. */
struct ny_peer_session {
    const struct ny_peer_session_ops *ops;
    struct ny_peer_sessions *list; /* gone once the session is closed */
    struct ny_stream *stream;      /* owned */
    struct ny_peer_session *prev, *next;
    enum ny_peer_state state;
    size_t under_way; /* messages taken and not yet answered */
    size_t under_way_max;
    struct ny_peer_waiter waiter;
    bool pumping;
    bool pump_deferred;
};

/* Joins the list and takes the stream over. The protocol's own part is complete before. */
void ny_peer_session_begin(struct ny_peer_session *s, struct ny_peer_sessions *list,
                           const struct ny_peer_session_ops *ops, struct ny_stream *stream);
/* An answer was written: the session goes on, at the end of the turn. */
void ny_peer_session_answered(struct ny_peer_session *s);
/* Closes it once what is queued has left, and frees it at the end of the turn; again: nothing. */
void ny_peer_session_close(struct ny_peer_session *s);

/* No new messages; each session closes when its answers have left. */
void ny_peer_sessions_drain(struct ny_peer_sessions *list);
/* Closes all of them now; afterwards the list may be freed. */
void ny_peer_sessions_close(struct ny_peer_sessions *list);

#endif
