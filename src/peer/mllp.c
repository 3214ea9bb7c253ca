/* MLLP sessions: bytes to frames, frames to exchanges, answers back in the order of the frames.
 *
 *   stream ─▶ reader ─▶ exchange ─▶ ihe ┄┄▶ answer ─▶ 0x0B … 0x1C 0x0D ─▶ stream
 *                          └── queue: oldest first, an answer waits for those before it
 *
 * A session that closes leaves its exchanges as orphans: ihe still owns their arenas, the answer
 * frees them. How a session lives, waits and ends stands in session.c; what ends it from here is a
 * frame that is broken or too slow, and frames without a message. */

#include "nayose/mllp.h"
#include "nayose/ihe.h"

#include "peer_priv.h"

enum { RUBBISH_DEFAULT = 3 };
static const int64_t PARTIAL_DEFAULT_US = 60 * NY_US_PER_SECOND;

struct session;

/* One message under way. */
struct mllp_exchange {
    struct ny_ihe_exchange x;
    struct session *session; /* NULL: orphan */
    struct ny_loop *loop;
    struct ny_peer_budget *budget;
    struct mllp_exchange *next; /* younger */
    bool answered;
    char *answer; /* owned; an answer that waits for older ones */
    size_t answer_n;
};

struct session {
    struct ny_peer_session base;
    struct ny_peer_mllp_listener *listener;
    struct ny_mllp_reader *reader;
    struct mllp_exchange *oldest, *youngest;
    unsigned rubbish;
    struct ny_timer *partial; /* runs while a frame is being received */
};

struct ny_peer_mllp_listener {
    struct ny_peer_mllp_config cfg;
    char *facility;               /* owned; "": any */
    struct ny_listener *listener; /* NULL: not listening */
    struct ny_peer_sessions sessions;
};

/* ---- life ---- */

static void session_destroy(struct ny_peer_session *base)
{
    struct session *s = ny_container_of(base, struct session, base);

    ny_mllp_reader_destroy(s->reader);
    ny_free(s);
}

static void exchange_free(void *ctx)
{
    struct mllp_exchange *e = ctx;

    ny_arena_destroy(e->x.arena);
    if (e->answer != NULL) {
        ny_wipe(e->answer, e->answer_n);
        ny_free(e->answer);
    }
    ny_free(e);
}

/* Lets go of what is under way: the answered ones are done, the others free themselves. */
static void on_closed(struct ny_peer_session *base)
{
    struct session *s = ny_container_of(base, struct session, base);

    for (struct mllp_exchange *e = s->oldest; e != NULL; e = e->next) {
        e->session = NULL;
        if (e->answered) {
            ny_loop_defer(e->loop, exchange_free, e);
        }
    }
    s->oldest = NULL;
    s->youngest = NULL;
    ny_timer_destroy(s->partial);
    ny_counter_add(NY_C_MLLP_CONNECTIONS, -1);
}

/* Closes because of what the peer did; answers that are queued still leave. */
static void session_abort(struct session *s, const char *event, const char *why)
{
    ny_log(NY_LOG_WARN, event, "peer=%s why=\"%s\"", ny_stream_peer(s->base.stream), why);
    ny_peer_session_close(&s->base);
}

static void on_lost(const struct ny_peer_session *s, enum ny_stream_event event)
{
    if (event == NY_STREAM_TIMEOUT) {
        ny_log(NY_LOG_INFO, "mllp_idle", "peer=%s", ny_stream_peer(s->stream));
    } else {
        ny_log(NY_LOG_INFO, "mllp_broken", "peer=%s why=\"%s\"", ny_stream_peer(s->stream),
               ny_stream_error(s->stream));
    }
}

/* ---- answers ---- */

static void send_frame(struct session *s, ny_str answer)
{
    ny_str parts[3];

    if (ny_mllp_frame(answer, parts) != NY_OK) {
        session_abort(s, "mllp_unframable", "an answer holds a framing byte");
        return;
    }
    ny_stream_write_parts(s->base.stream, parts, NY_ARRAY_LEN(parts));
}

/* An empty answer: the bytes were no HL7 message. */
static void note_rubbish(struct session *s)
{
    unsigned max = s->listener->cfg.rubbish_max;

    ny_counter_add(NY_C_MLLP_ERRORS, 1);
    s->rubbish++;
    ny_log(NY_LOG_WARN, "mllp_rubbish", "peer=%s count=%u", ny_stream_peer(s->base.stream),
           s->rubbish);
    if (s->rubbish >= (max > 0 ? max : RUBBISH_DEFAULT)) {
        session_abort(s, "mllp_closed", "frames without a message");
    }
}

/* Sends what is answered at the head of the queue; out is the answer of `now`, not kept yet. */
static void send_answered(struct session *s, struct mllp_exchange *now, ny_str out)
{
    while (s->oldest != NULL && s->oldest->answered) {
        struct mllp_exchange *e = s->oldest;
        ny_str answer = e == now ? out : ny_str_of(e->answer, e->answer_n);

        s->oldest = e->next;
        if (s->oldest == NULL) {
            s->youngest = NULL;
        }
        s->base.under_way--;
        e->session = NULL;
        if (e != now) {
            ny_loop_defer(e->loop, exchange_free, e);
        }
        if (e->x.accept.n > 0) {
            send_frame(s, e->x.accept);
        }
        if (answer.n > 0) {
            send_frame(s, answer);
        } else if (!e->x.quiet) {
            note_rubbish(s); /* may close, which empties the queue */
        }
    }
}

static void on_answer(void *ctx, ny_str out)
{
    struct mllp_exchange *e = ctx;
    struct session *s = e->session;

    NY_ASSERT(!e->answered);
    e->answered = true;
    ny_peer_budget_give(e->budget);
    if (s == NULL) {
        ny_loop_defer(e->loop, exchange_free, e);
        return;
    }
    if (s->oldest != e) {
        e->answer_n = out.n;
        if (out.n > 0) {
            e->answer = ny_malloc(out.n);
            memcpy(e->answer, out.p, out.n);
        }
        return;
    }
    send_answered(s, e, out);
    ny_loop_defer(e->loop, exchange_free, e);
    ny_peer_session_answered(&s->base);
}

/* ---- frames ---- */

static void take_frame(struct session *s)
{
    const struct ny_peer_mllp_config *cfg = &s->listener->cfg;
    struct mllp_exchange *e = ny_calloc(1, sizeof(*e));

    ny_counter_add(NY_C_MLLP_FRAMES, 1);
    e->session = s;
    e->loop = cfg->loop;
    e->budget = cfg->budget;
    e->x.arena = ny_peer_arena_create(cfg->max_message);
    e->x.in = ny_arena_str(e->x.arena, ny_mllp_reader_frame(s->reader));
    e->x.peer_addr = ny_arena_str(e->x.arena, ny_str_from_c(ny_stream_peer(s->base.stream)));
    e->x.may_query = cfg->open_access || ny_stream_is_local(s->base.stream);
    ny_peer_speaker_read(s->base.stream, s->listener->facility, e->x.arena, &e->x.speaker);
    e->x.enhanced = cfg->enhanced;
    e->x.answer = on_answer;
    e->x.ctx = e;
    if (s->youngest != NULL) {
        s->youngest->next = e;
    } else {
        s->oldest = e;
    }
    s->youngest = e;
    s->base.under_way++;
    ny_ihe_receive(cfg->ihe, &e->x); /* may answer at once; e is freed at the end of the turn */
}

static void on_partial(void *ctx)
{
    struct session *s = ctx;

    if (ny_stream_is_paused(s->base.stream)) { /* it is us who do not read */
        ny_timer_start(s->partial, s->listener->cfg.partial_us, 0);
    } else {
        session_abort(s, "mllp_closed", "a frame took too long");
    }
}

/* Feeds the reader once; true when a frame is ready. */
static bool feed(struct session *s)
{
    ny_str in = ny_stream_input(s->base.stream);
    size_t consumed = 0;
    enum ny_mllp_status st = ny_mllp_reader_feed(s->reader, in.p, in.n, &consumed);

    ny_stream_consume(s->base.stream, consumed);
    if (st == NY_MLLP_ERROR) {
        ny_counter_add(NY_C_MLLP_ERRORS, 1);
        session_abort(s, "mllp_closed", ny_mllp_reader_error(s->reader)->text);
        return false;
    }
    if (st == NY_MLLP_FRAME || !ny_mllp_reader_in_frame(s->reader)) {
        ny_timer_stop(s->partial);
    } else if (!ny_timer_is_active(s->partial)) {
        ny_timer_start(s->partial, s->listener->cfg.partial_us, 0);
    }
    return st == NY_MLLP_FRAME;
}

static bool take(struct ny_peer_session *base)
{
    struct session *s = ny_container_of(base, struct session, base);

    if (!feed(s)) {
        return false;
    }
    take_frame(s);
    return true;
}

static const struct ny_peer_session_ops session_ops = {
    .take = take,
    .on_closed = on_closed,
    .on_lost = on_lost,
    .destroy = session_destroy,
};

/* ---- listener ---- */

struct ny_peer_mllp_listener *ny_peer_mllp_create(const struct ny_peer_mllp_config *cfg)
{
    struct ny_peer_mllp_listener *l = ny_calloc(1, sizeof(*l));

    l->cfg = *cfg;
    l->facility = ny_str_dup(ny_str_from_c(cfg->facility));
    if (l->cfg.max_message == 0) {
        l->cfg.max_message = NY_PEER_MESSAGE_MAX;
    }
    if (l->cfg.in_flight == 0) {
        l->cfg.in_flight = 1;
    }
    if (l->cfg.partial_us == 0) {
        l->cfg.partial_us = PARTIAL_DEFAULT_US;
    }
    l->sessions.loop = cfg->loop;
    l->sessions.budget = cfg->budget;
    return l;
}

void ny_peer_mllp_adopt(struct ny_peer_mllp_listener *l, struct ny_stream *stream)
{
    struct session *s = ny_calloc(1, sizeof(*s));

    s->listener = l;
    s->base.under_way_max = l->cfg.in_flight;
    s->reader = ny_mllp_reader_create(l->cfg.max_message);
    s->partial = ny_timer_create(l->cfg.loop, on_partial, s);
    ny_counter_add(NY_C_MLLP_CONNECTIONS, 1);
    ny_peer_session_begin(&s->base, &l->sessions, &session_ops, stream);
}

static void on_accept(struct ny_listener *listener, struct ny_stream *s, void *ctx)
{
    (void)listener;
    ny_peer_mllp_adopt(ctx, s);
}

ny_rc ny_peer_mllp_listen(struct ny_peer_mllp_listener *l,
                          const struct ny_listener_options *options, struct ny_error *err)
{
    NY_ASSERT(l->listener == NULL);
    return ny_listener_create(l->cfg.loop, options, on_accept, l, &l->listener, err);
}

uint16_t ny_peer_mllp_port(const struct ny_peer_mllp_listener *l)
{
    return l->listener != NULL ? ny_listener_port(l->listener) : 0;
}

size_t ny_peer_mllp_sessions(const struct ny_peer_mllp_listener *l)
{
    return l->sessions.n;
}

void ny_peer_mllp_drain(struct ny_peer_mllp_listener *l)
{
    ny_listener_destroy(l->listener);
    l->listener = NULL;
    ny_peer_sessions_drain(&l->sessions);
}

void ny_peer_mllp_destroy(struct ny_peer_mllp_listener *l)
{
    if (l == NULL) {
        return;
    }
    ny_listener_destroy(l->listener);
    ny_peer_sessions_close(&l->sessions);
    ny_free(l->facility);
    ny_free(l);
}
