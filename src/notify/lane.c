/* A lane: what one consumer is told, in order. */

#include "notify_priv.h"

enum { PAGE = 100 };

static void on_timer(void *ctx);
static void on_page(void *ctx, ny_rc rc, const struct ny_notice *notices, size_t n);

struct lane *ny_lane_create(struct ny_notify *n, int32_t consumer)
{
    struct lane *l = ny_calloc(1, sizeof(*l));

    l->notify = n;
    l->consumer = consumer;
    l->timer = ny_timer_create(n->cfg.loop, on_timer, l);
    return l;
}

void ny_lane_stop(struct lane *l)
{
    ny_lane_close(l);
    ny_timer_destroy(l->timer);
    l->timer = NULL;
}

void ny_lane_destroy(struct lane *l)
{
    ny_arena_destroy(l->page);
    ny_free(l);
}

/* ---- reading the outbox ---- */

static void page_drop(struct lane *l)
{
    ny_arena_destroy(l->page);
    l->page = NULL;
    l->notices = NULL;
    l->n = l->at = 0;
}

/* Not before everything is committed that was ended: what is read again is what is still there. */
static void page_read(struct lane *l)
{
    if (l->ending > 0) {
        l->state = LANE_IDLE; /* the last end wakes it */
        l->woken = true;
        return;
    }
    page_drop(l);
    if (l->rewind) {
        l->rewind = false;
        l->after = 0;
    }
    l->state = LANE_READING;
    l->woken = false;
    ny_registry_notices_next(l->notify->cfg.registry, l->consumer, l->after, PAGE, on_page, l);
}

static void on_page(void *ctx, ny_rc rc, const struct ny_notice *notices, size_t n)
{
    struct lane *l = ctx;

    if (l->notify->stopped) {
        return;
    }
    l->state = LANE_IDLE;
    if (rc != NY_OK) {
        ny_lane_failed(l, "the outbox cannot be read");
        return;
    }
    l->page = ny_arena_create(0);
    l->notices = NY_ARENA_ARRAY(l->page, struct ny_notice, n + 1);
    NY_ASSERT(l->notices != NULL);
    for (size_t i = 0; i < n; i++) {
        struct ny_notice *to = &l->notices[i];

        *to = notices[i];
        to->ids = NY_ARENA_ARRAY(l->page, struct ny_known_id, to->n_ids + 1);
        NY_ASSERT(to->ids != NULL);
        for (size_t k = 0; k < to->n_ids; k++) {
            to->ids[k] = (struct ny_known_id){notices[i].ids[k].domain,
                                              ny_arena_str(l->page, notices[i].ids[k].id)};
        }
    }
    l->n = n;
    if (n > 0 || l->woken) {
        ny_lane_go(l);
    }
}

void ny_lane_go(struct lane *l)
{
    const struct ny_consumer_row *c = ny_registry_consumer(l->notify->cfg.registry, l->consumer);

    if (!c->enabled || !ny_registry_is_ready(l->notify->cfg.registry)) {
        l->state = LANE_IDLE; /* another server's work, or nobody's: a wake follows */
        ny_lane_close(l);
        l->rewind = true;
    } else if (l->at < l->n && !l->rewind) {
        ny_lane_send(l, c);
    } else {
        page_read(l);
    }
}

void ny_lane_wake(struct lane *l)
{
    if (l->state == LANE_IDLE) {
        ny_lane_go(l);
    } else {
        l->woken = true;
    }
}

/* ---- what becomes of a row ---- */

static void on_ended(void *ctx, ny_rc rc)
{
    struct lane *l = ctx;

    l->ending--;
    if (l->notify->stopped) {
        return;
    }
    l->rewind = l->rewind || rc != NY_OK;
    if (l->ending == 0 && l->state == LANE_IDLE && l->woken) {
        ny_lane_go(l);
    }
}

static void row_end(struct lane *l, enum ny_notice_end end, ny_str answer)
{
    const struct ny_notice *n = &l->notices[l->at];

    l->after = n->seq;
    l->at++;
    l->ending++;
    ny_registry_notice_end(l->notify->cfg.registry, n, end, answer,
                           ny_str_from_c(l->stream != NULL ? ny_stream_peer(l->stream) : l->host),
                           on_ended, l);
}

bool ny_lane_answered(struct lane *l, ny_str frame)
{
    const int64_t seq = l->notices[l->at].seq;
    struct ny_arena *a = ny_arena_create(0);
    ny_str code;
    enum ny_ihe_answer answer = l->v3 ? ny_ihe_v3_notice_answer(a, frame, seq, &code)
                                      : ny_ihe_notice_answer(a, frame, seq, &code);

    if (answer != NY_IHE_ANSWER_OTHER) {
        ny_timer_stop(l->timer);
        l->failures = 0;
        l->state = LANE_IDLE;
    }
    if (answer == NY_IHE_ANSWER_TAKEN) {
        ny_counter_add(NY_C_NOTICES_TOLD, 1);
        row_end(l, NY_NOTICE_TOLD, NY_STR_NONE);
    } else if (answer == NY_IHE_ANSWER_REFUSED) {
        ny_counter_add(NY_C_NOTICES_PARKED, 1);
        ny_log(NY_LOG_ERROR, "notification_parked", "consumer=%d number=%lld answer=\"%s\"",
               (int)l->consumer, (long long)seq, ny_log_safe(code));
        row_end(l, NY_NOTICE_PARKED, code);
    }
    ny_arena_destroy(a);
    if (l->state == LANE_IDLE) {
        ny_lane_go(l);
    }
    return answer != NY_IHE_ANSWER_OTHER;
}

/* ---- pauses ---- */

/* Doubles from retry_min to retry_max; a random part of up to a half is taken off, so that servers
 * and consumers that fell together do not come back together. */
static int64_t pause_us(const struct lane *l)
{
    const struct ny_notify_config *cfg = &l->notify->cfg;
    int64_t now = ny_clock_monotonic_us();
    int64_t pause = cfg->retry_min_us;

    for (unsigned i = 1; i < l->failures && pause < cfg->retry_max_us; i++) {
        pause *= 2;
    }
    pause = pause < cfg->retry_max_us ? pause : cfg->retry_max_us;
    return pause - (int64_t)(ny_hash64_seeded(ny_str_of((const char *)&now, sizeof(now)),
                                              (uint64_t)l->consumer) %
                             (uint64_t)(pause / 2 + 1));
}

void ny_lane_failed(struct lane *l, const char *why)
{
    int64_t pause;

    l->failures++;
    pause = pause_us(l);
    ny_counter_add(NY_C_NOTIFY_FAILURES, 1);
    ny_log(NY_LOG_WARN, "notify_failed", "consumer=%d failures=%u pause_ms=%lld why=\"%s\"",
           (int)l->consumer, l->failures, (long long)(pause / 1000),
           ny_log_safe(ny_str_from_c(why)));
    ny_lane_close(l);
    l->state = LANE_PAUSED;
    ny_timer_start(l->timer, pause, 0);
}

static void on_timer(void *ctx)
{
    struct lane *l = ctx;

    if (l->state == LANE_PAUSED) {
        ny_lane_go(l);
    } else if (l->state == LANE_CONNECTING || l->state == LANE_SENT) {
        ny_lane_failed(l, "no answer in time");
    }
}
