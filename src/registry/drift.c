/* The alarm of a source whose messages are not what they were.
 *
 *   message ─▶ window ─▶ unlike the habits ─▶ alarm: a hold on the source
 *                                               identities that come: held; that change: kept as
 *                                               they were before the alarm
 *   release ─▶ habits are learned anew ─▶ what was held is decided again, a few at a time
 *
 * Windows live in memory: after a start they fill again. Habits and alarms are stored. */

#include "registry_priv.h"

enum { THAW_AT_ONCE = 32 };

/* ---- which source, which domain ---- */

static struct watch *watch_of(struct ny_registry *r, int32_t source)
{
    while ((size_t)source >= r->n_watches) {
        size_t n = (size_t)source + 1;

        r->watches = ny_realloc(r->watches, ny_mul_size(n, sizeof(*r->watches)));
        memset(&r->watches[r->n_watches], 0, (n - r->n_watches) * sizeof(*r->watches));
        r->n_watches = n;
    }
    if (r->watches[source] == NULL) {
        r->watches[source] = ny_calloc(1, sizeof(**r->watches));
    }
    return r->watches[source];
}

static bool alarm_stands(const struct ny_registry *r, const struct ny_requester_row *s)
{
    return (size_t)s->id < r->n_watches && r->watches[s->id] != NULL && r->watches[s->id]->alarm;
}

bool ny_drift_stands(const struct ny_registry *r, const struct ny_domain *domain)
{
    for (size_t i = 0; r->n_alarms > 0 && i < r->n_sources; i++) {
        if (!r->sources[i]->unwatched && alarm_stands(r, r->sources[i]) &&
            ny_registry_may_feed(r, r->sources[i], domain)) {
            return true;
        }
    }
    return false;
}

ny_str ny_registry_source_alarm(const struct ny_registry *r, const struct ny_requester_row *source)
{
    return alarm_stands(r, source) ? ny_str_from_c(r->watches[source->id]->detail) : NY_STR_NONE;
}

/* ---- watching ---- */

void ny_drift_alarm_load(struct ny_registry *r, int32_t source, ny_str detail)
{
    struct watch *w = watch_of(r, source);

    r->n_alarms += !w->alarm;
    w->alarm = true;
    w->detail_n = detail.n < sizeof(w->detail) ? detail.n : sizeof(w->detail) - 1;
    if (w->detail_n > 0) {
        memcpy(w->detail, detail.p, w->detail_n);
    }
    w->detail[w->detail_n] = '\0';
}

static void alarm_raise(struct ny_registry *r, const struct ny_requester_row *source,
                        struct watch *w, const char *what, struct ny_arena *a)
{
    struct habits now;
    ny_str text;

    ny_watch_shares(w, &now);
    text = ny_arena_printf(a, "%s; now %.*s; was %.*s", what, NY_ARG(ny_habits_write(a, &now)),
                           NY_ARG(ny_habits_write(a, &w->habits)));
    ny_drift_alarm_load(r, source->id, text);
    ny_counter_add(NY_C_DRIFT_ALARMS, 1);
    ny_log(NY_LOG_WARN, "source_drift", "source=%d what=%s detail=\"%s\"", source->id, what,
           w->detail);
}

/* A batch may be taken back: the row is written with every message until it is there. */
static void alarm_store(const struct ny_requester_row *source, const struct watch *w,
                        struct ny_store_batch *rows)
{
    const struct ny_hold_row row = {
        .source = source->id,
        .kind = NY_HOLD_SOURCE,
        .why = NY_HOLD_DRIFT,
        .detail = ny_arena_str(ny_store_batch_arena(rows), ny_str_of(w->detail, w->detail_n)),
        .at_us = ny_clock_now_us()};

    ny_store_add_hold(rows, &row);
}

static void habits_learn(struct ny_registry *r, const struct ny_requester_row *source,
                         struct watch *w, struct ny_store_batch *rows)
{
    struct ny_requester_row row = *source;

    ny_watch_shares(w, &w->habits);
    row.habits = ny_habits_write(ny_store_batch_arena(rows), &w->habits);
    ny_directory_set_source(r, &row);
    ny_store_add_requester(rows, &row);
}

void ny_drift_watch(struct ny_registry *r, const struct ny_feed *feed, uint32_t identity,
                    struct ny_store_batch *rows)
{
    const struct ny_requester_row *source = feed->request.source;
    struct traits t;
    struct watch *w;

    if (feed->kind != NY_FEED_REVISE || feed->is_test || source->unwatched) {
        return;
    }
    w = watch_of(r, source->id);
    if (!w->habits.known) {
        ny_habits_read(source->habits, &w->habits);
    }
    ny_traits_take(&feed->patient, identity, &t);
    if (!ny_watch_add(w, &t)) {
        /* not filled yet, or nothing new */
    } else if (!w->habits.known) {
        habits_learn(r, source, w, rows);
    } else if (!w->alarm) {
        const char *what = ny_watch_judge(w, &t);

        if (what != NULL) {
            alarm_raise(r, source, w, what, ny_store_batch_arena(rows));
        }
    }
    if (w->alarm) {
        alarm_store(source, w, rows);
    }
}

/* ---- release ---- */

struct pardon {
    struct ny_arena *arena;
    int32_t source;
    ny_str who, reason;
    void (*fn)(void *ctx, ny_rc rc, bool released);
    void *ctx;
};

static ny_rc pardon_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    const struct pardon *p = ctx;
    struct ny_requester_row row = *ny_requester_of(r, p->source);
    const struct ny_hold_release_row release = {.source = p->source,
                                                .why = NY_HOLD_DRIFT,
                                                .who = p->who,
                                                .reason = p->reason,
                                                .at_us = ny_clock_now_us()};

    row.habits = NY_STR_NONE;
    ny_store_add_requester(rows, &row);
    ny_store_release_hold(rows, &release);
    return NY_OK;
}

static void pardon_confirmed(struct ny_registry *r, void *ctx)
{
    const struct pardon *p = ctx;
    struct ny_requester_row row = *ny_requester_of(r, p->source);
    struct watch *w = watch_of(r, p->source);

    row.habits = NY_STR_NONE;
    ny_directory_set_source(r, &row);
    r->n_alarms -= w->alarm;
    ny_watch_forget(w);
    ny_thaw_begin(r);
}

static void pardon_done(void *ctx, ny_rc rc)
{
    struct pardon *p = ctx;
    struct ny_arena *a = p->arena;

    p->fn(p->ctx, rc, rc == NY_OK);
    ny_arena_destroy(a);
}

void ny_registry_source_release(struct ny_registry *r, const struct ny_requester_row *source,
                                ny_str who, ny_str reason,
                                void (*fn)(void *ctx, ny_rc rc, bool released), void *ctx)
{
    static const struct work work = {"hold release", pardon_decide, pardon_confirmed, pardon_done};
    struct ny_arena *a;
    struct pardon *p;

    if (!alarm_stands(r, source)) {
        fn(ctx, NY_OK, false);
        return;
    }
    a = ny_arena_create(0);
    p = NY_ARENA_NEW(a, struct pardon);
    NY_ASSERT(p != NULL);
    *p = (struct pardon){a, source->id, ny_arena_str(a, who), ny_arena_str(a, reason), fn, ctx};
    ny_registry_work_on(r, &work, who, ny_requester_name(a, source), p);
}

/* ---- what was held is decided again ---- */

static void on_thawed(void *ctx, ny_rc rc, bool released)
{
    struct ny_registry *r = ctx;

    (void)rc; /* what failed with the database is found again at the next start */
    (void)released;
    r->thaw.under_way--;
    ny_thaw_resume(r);
}

static bool is_frozen(const struct ny_registry *r, uint32_t id)
{
    struct ny_index_identity x;

    if (!ny_index_has_hold(r->index, id, NY_HOLD_IDENTITY, NY_HOLD_DRIFT) &&
        !ny_index_has_hold(r->index, id, NY_HOLD_VERSION, NY_HOLD_DRIFT)) {
        return false;
    }
    ny_index_get(r->index, id, &x);
    return !ny_drift_stands(r, ny_registry_domain(r, x.domain));
}

void ny_thaw_begin(struct ny_registry *r)
{
    r->thaw.cursor = 0;
    ny_thaw_resume(r);
}

void ny_thaw_resume(struct ny_registry *r)
{
    if (r->thaw.busy) {
        return; /* called back from below */
    }
    r->thaw.busy = true;
    while (r->ready && r->thaw.under_way < THAW_AT_ONCE &&
           r->thaw.cursor < ny_index_count(r->index)) {
        uint32_t id = ++r->thaw.cursor;

        if (is_frozen(r, id)) {
            r->thaw.under_way++;
            ny_registry_thaw(r, id, on_thawed, r);
        }
    }
    r->thaw.busy = false;
}

void ny_drift_finish(struct ny_registry *r)
{
    for (size_t i = 0; i < r->n_watches; i++) {
        ny_free(r->watches[i]);
    }
    ny_free(r->watches);
    r->watches = NULL;
    r->n_watches = 0;
    r->n_alarms = 0;
}
