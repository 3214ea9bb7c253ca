/* peer_priv: the budget as sessions see it, and who may ask. */
#ifndef NAYOSE_PEER_PRIV_H
#define NAYOSE_PEER_PRIV_H

#include "nayose/peer.h"

enum {
    NY_PEER_MESSAGE_MAX = 4 * 1024 * 1024,
    NY_PEER_ARENA_FACTOR = 16, /* decoded text, parsed view and answer beside the message */
    NY_PEER_ARENA_REST = 1024 * 1024,
    NY_PEER_PER_TURN = 16 /* messages that one session takes before others have their turn */
};

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

#endif
