/* The life of a session, whatever it speaks: when it reads, waits, yields and ends.
 *
 *   OPEN ─ peer's end ─▶ ENDING ─ nothing under way ─▶ CLOSED ─▶ freed at the end of the turn
 *     └──── drained, error, silence, the protocol's wish ─▲
 *
 *   pump: input? room? place in the budget? ─▶ take ─▶ again, at most NY_PEER_PER_TURN times
 *                                  └ no: the budget calls back, the stream is paused
 *
 * The next message is taken only when fewer than under_way_max are under way and no answer is
 * queued in the stream; what is unread meanwhile stays in the stream's bounded input. A session is
 * freed by exactly one deferred call: its own, or the pump that was deferred before it closed. */

#include "peer_priv.h"

static void session_pump(struct ny_peer_session *s);

/* ---- who it is ---- */

void ny_peer_speaker_read(const struct ny_stream *s, const char *facility, struct ny_arena *a,
                          struct ny_speaker *out)
{
    const char *names[NY_CREDENTIALS];
    size_t n = ny_stream_peer_credentials(s, &names);
    ny_str *copies = NY_ARENA_ARRAY(a, ny_str, NY_CREDENTIALS);

    *out = (struct ny_speaker){.is_local = ny_stream_is_local(s),
                               .facility = ny_str_from_c(facility),
                               .credentials = copies,
                               .n_credentials = n};
    for (size_t i = 0; i < n && copies != NULL; i++) {
        copies[i] = ny_arena_str(a, ny_str_from_c(names[i]));
    }
    if (n > 0 && copies == NULL) {
        *out = (struct ny_speaker){.facility = out->facility}; /* an unknown peer */
    }
}

/* ---- end ---- */

static void session_free(void *ctx)
{
    struct ny_peer_session *s = ctx;

    s->ops->destroy(s);
}

static void unlink_session(struct ny_peer_session *s)
{
    if (s->prev != NULL) {
        s->prev->next = s->next;
    } else {
        s->list->first = s->next;
    }
    if (s->next != NULL) {
        s->next->prev = s->prev;
    }
    s->list->n--;
}

void ny_peer_session_close(struct ny_peer_session *s)
{
    if (s->state == NY_PEER_CLOSED) {
        return;
    }
    s->state = NY_PEER_CLOSED;
    s->ops->on_closed(s);
    s->under_way = 0;
    ny_peer_budget_forget(s->list->budget, &s->waiter);
    ny_stream_finish(s->stream);
    unlink_session(s);
    if (!s->pump_deferred) {
        ny_loop_defer(s->list->loop, session_free, s);
    } /* else the deferred pump frees it */
}

/* ---- pump ---- */

static void on_deferred_pump(void *ctx)
{
    struct ny_peer_session *s = ctx;

    s->pump_deferred = false;
    if (s->state == NY_PEER_CLOSED) {
        session_free(s); /* its list may be gone */
        return;
    }
    session_pump(s);
}

static void pump_later(void *ctx)
{
    struct ny_peer_session *s = ctx;

    if (!s->pump_deferred && s->state != NY_PEER_CLOSED) {
        s->pump_deferred = true;
        ny_loop_defer(s->list->loop, on_deferred_pump, s);
    }
}

void ny_peer_session_answered(struct ny_peer_session *s)
{
    if (!s->pumping) {
        pump_later(s);
    }
}

static bool may_take(const struct ny_peer_session *s)
{
    return s->state != NY_PEER_CLOSED && !s->list->draining && s->under_way < s->under_way_max &&
           ny_stream_queued(s->stream) == 0;
}

/* Reads on, pauses or ends, as the session now stands. */
static void settle(struct ny_peer_session *s)
{
    bool busy = s->under_way > 0 || ny_stream_queued(s->stream) > 0;

    if (s->state == NY_PEER_CLOSED) {
        return;
    }
    if (!busy && (s->list->draining || (s->state == NY_PEER_ENDING && !s->waiter.queued))) {
        ny_peer_session_close(s);
    } else if (ny_stream_input(s->stream).n > 0 && (!may_take(s) || s->waiter.queued)) {
        ny_stream_pause(s->stream); /* a second message waits: enough is buffered */
    } else if (ny_stream_is_paused(s->stream)) {
        ny_stream_resume(s->stream);
    }
}

static void session_pump(struct ny_peer_session *s)
{
    struct ny_peer_budget *budget = s->list->budget;
    int taken = 0;

    if (s->pumping || s->state == NY_PEER_CLOSED) {
        return;
    }
    s->pumping = true;
    while (may_take(s) && ny_stream_input(s->stream).n > 0 && taken < NY_PEER_PER_TURN) {
        if (!ny_peer_budget_take(budget, &s->waiter)) {
            break;
        }
        if (s->ops->take(s)) {
            taken++;
        } else {
            ny_peer_budget_give(budget);
        }
    }
    s->pumping = false;
    if (taken == NY_PEER_PER_TURN) {
        pump_later(s);
    } else {
        settle(s);
    }
}

/* ---- events ---- */

static void session_lost(struct ny_peer_session *s, enum ny_stream_event event)
{
    if (s->ops->on_lost != NULL) {
        s->ops->on_lost(s, event);
    }
    if (event == NY_STREAM_TIMEOUT) {
        ny_stream_close(s->stream); /* a reader this slow gets no more */
    }
    ny_peer_session_close(s);
}

static void on_stream(struct ny_stream *stream, enum ny_stream_event event, void *ctx)
{
    struct ny_peer_session *s = ctx;

    (void)stream;
    if (s->state == NY_PEER_CLOSED) {
        return;
    }
    switch (event) {
    case NY_STREAM_CONNECTED:
        break;
    case NY_STREAM_DATA:
    case NY_STREAM_DRAINED:
        session_pump(s);
        break;
    case NY_STREAM_CLOSED: /* half closed: answers may still be wanted */
        s->state = NY_PEER_ENDING;
        session_pump(s);
        break;
    case NY_STREAM_TIMEOUT:
        if (s->under_way == 0) {
            session_lost(s, event);
        }
        break;
    case NY_STREAM_ERROR:
        session_lost(s, event);
        break;
    }
}

/* ---- begin, and all of a listener ---- */

void ny_peer_session_begin(struct ny_peer_session *s, struct ny_peer_sessions *list,
                           const struct ny_peer_session_ops *ops, struct ny_stream *stream)
{
    s->ops = ops;
    s->list = list;
    s->stream = stream;
    s->state = NY_PEER_OPEN;
    s->waiter.fn = pump_later;
    s->waiter.ctx = s;
    s->next = list->first;
    if (s->next != NULL) {
        s->next->prev = s;
    }
    list->first = s;
    list->n++;
    ny_stream_set_callback(stream, on_stream, s);
}

void ny_peer_sessions_drain(struct ny_peer_sessions *list)
{
    struct ny_peer_session *next;

    list->draining = true;
    for (struct ny_peer_session *s = list->first; s != NULL; s = next) {
        next = s->next;
        settle(s);
    }
}

void ny_peer_sessions_close(struct ny_peer_sessions *list)
{
    while (list->first != NULL) {
        ny_stream_close(list->first->stream);
        ny_peer_session_close(list->first);
    }
}
