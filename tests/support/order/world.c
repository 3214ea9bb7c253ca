/* A world: the registry over a store in memory; it takes messages and tells what it knows. */

#include "order.h"

#include "fake_store.h"
#include "rng.h"

#include "nayose/ihe.h"
#include "nayose/match.h"
#include "nayose/registry_models.h"
#include "nayose/registry_pins.h"

/* ---- life ---- */

/* Memory from what was committed. */
static void memory_build(struct world *w)
{
    const struct ny_registry_config cfg = {
        .store = w->store,
        .regional = {NY_S("REGION"), NY_S("1.2.3.9"), NY_S("ISO")},
        .regional_listed = true,
        .regional_digits = 11,
    };
    struct ny_ihe_config ihe = {.timezone_s = 32400};
    struct ny_error err = {0};

    NY_ASSERT(ny_registry_create(&cfg, &w->registry, &err) == NY_OK);
    ihe.registry = w->registry;
    w->ihe = ny_ihe_create(&ihe);
}

static void memory_forget(struct world *w)
{
    ny_ihe_destroy(w->ihe);
    ny_registry_destroy(w->registry);
}

static void world_open(struct world *w, const struct day *day, enum order_versions versions)
{
    *w = (struct world){.arena = ny_arena_create(0), .day = day};
    w->version[0] = fake_model_text(w->arena, 0);
    w->version[1] = fake_model_changed(w->arena, w->version[0], 2, "20000");
    w->store = fake_store_create(w->version[versions == ORDER_SECOND]);
    for (uint32_t i = 0; i < day->n_facilities; i++) {
        const struct ny_domain d = {
            .kind = NY_DOMAIN_FACILITY,
            .listed = true,
            .ns = day->facilities[i].ns,
            .oid = day->facilities[i].oid,
            .type = NY_S("ISO"),
            .source_facility = day->facilities[i].ns,
        };

        fake_store_add_domain(w->store, &d);
    }
    fake_store_set_probation(w->store, day->n_facilities - 1); /* a hold that is there all day */
    memory_build(w);
}

static void world_close(struct world *w)
{
    memory_forget(w);
    fake_store_destroy(w->store);
    ny_arena_destroy(w->arena);
}

/* ---- a change of version ---- */

static void on_changed(void *ctx, ny_rc rc)
{
    struct world *w = ctx;

    w->change_again = rc != NY_OK;
}

static void on_added(void *ctx, ny_rc rc)
{
    (void)ctx;
    NY_ASSERT(rc == NY_OK);
}

static void change(struct world *w)
{
    struct ny_match_model *m = NULL;

    w->change_again = false;
    NY_ASSERT(ny_registry_model_read(2, w->version[1], &m) == NY_OK);
    ny_registry_model_activate(w->registry, m, NY_S("operator"), on_changed, w);
}

static bool is_changing(const struct world *w)
{
    struct ny_rollout_progress p;

    ny_registry_rollout_progress(w->registry, &p);
    return p.under_way;
}

static void version_add(struct world *w)
{
    const struct ny_model_row row = {
        .version = 2, .state = NY_MODEL_MADE, .made_from = 1, .body = w->version[1]};

    ny_registry_model_add(w->registry, &row, NY_S("operator"), on_added, NULL);
    while (fake_store_pump(w->store)) {
    }
}

/* What the batch in flight had is lost; an operator asks again for a change that did not begin. */
static void stop_and_start(struct world *w)
{
    fake_store_stop(w->store);
    memory_forget(w);
    memory_build(w);
    if (w->change_again && ny_match_model_version(ny_registry_model(w->registry)) == 1) {
        change(w);
    }
}

/* ---- feeding ---- */

struct way {
    struct ny_ihe_exchange x;
    struct ny_arena *arena;
    bool under_way, accepted;
};

struct feeding {
    struct world *w;
    struct order_run *run;
    struct way *ways; /* [run->width] */
    struct pop_rng pace;
    size_t clerks; /* actions of clerks under way */
};

static void on_answer(void *ctx, ny_str out)
{
    struct way *way = ctx;

    way->accepted = memmem(out.p, out.n, "\rMSA|AA|", 8) != NULL;
    way->under_way = false;
}

static void await(struct feeding *f, struct way *way)
{
    while (way->under_way) {
        NY_ASSERT(fake_store_pump(f->w->store));
    }
    f->run->refused += !way->accepted;
    way->accepted = true;
}

static void await_all(struct feeding *f)
{
    for (size_t i = 0; i < f->run->width; i++) {
        await(f, &f->ways[i]);
    }
    while (f->clerks > 0) {
        NY_ASSERT(fake_store_pump(f->w->store));
    }
}

static void send(struct feeding *f, struct way *way, ny_str message)
{
    await(f, way);
    f->run->meanwhile += is_changing(f->w);
    ny_arena_reset(way->arena);
    way->under_way = true;
    way->x = (struct ny_ihe_exchange){.arena = way->arena,
                                      .in = message,
                                      .peer_addr = NY_S("order"),
                                      .answer = on_answer,
                                      .ctx = way};
    ny_ihe_receive(f->w->ihe, &way->x);
}

static void on_released(void *ctx, ny_rc rc, bool released)
{
    struct feeding *f = ctx;

    NY_ASSERT(rc == NY_OK);
    f->run->released += released;
    f->clerks--;
}

static const struct ny_domain *key_split(const struct feeding *f, ny_str key, ny_str *id)
{
    const struct ny_hd hd = {.ns = ny_str_split(&key, '/')};
    const struct ny_domain *d = NULL;

    NY_ASSERT(ny_registry_authority(f->w->registry, &hd, &d) == NY_AUTHORITY_FOUND);
    *id = key;
    return d;
}

static void on_said(void *ctx, ny_rc rc, const struct ny_word_outcome *out)
{
    struct feeding *f = ctx;

    NY_ASSERT(rc == NY_OK && out->missing == 0 && out->check.result == NY_WORD_NEW);
    f->run->said++;
    f->clerks--;
}

static void word_say(struct feeding *f, const struct day_action *x)
{
    struct ny_word word = {.kind = x->kind == DAY_LINK ? NY_PIN_SAME : NY_PIN_DIFFERENT,
                           .role = NY_ROLE_CLERK,
                           .who = NY_S("clerk"),
                           .reason = NY_S("seen")};

    await_all(f);
    for (size_t k = 0; k < 2; k++) {
        word.domains[k] = key_split(f, x->keys[k], &word.ids[k]);
    }
    f->clerks++;
    ny_registry_word(f->w->registry, &word, on_said, f);
}

static void release(struct feeding *f, ny_str key)
{
    ny_str id;
    const struct ny_domain *d = key_split(f, key, &id);

    await_all(f);
    f->clerks++;
    ny_registry_hold_release(f->w->registry, d, id, NY_S("clerk"), NY_S("seen"), on_released, f);
}

static void act(struct feeding *f, size_t i)
{
    const struct day_action *x = &f->run->actions[i];

    switch (x->kind) {
    case DAY_MESSAGE:
        send(f, &f->ways[i % f->run->width], x->text);
        break;
    case DAY_MODEL:
        if (f->run->versions == ORDER_CHANGE) {
            change(f->w);
        }
        break;
    case DAY_RELEASE:
        release(f, x->keys[0]);
        break;
    case DAY_LINK:
    case DAY_UNLINK:
        word_say(f, x);
        break;
    }
}

static void feed(struct world *w, struct order_run *run)
{
    struct feeding f = {.w = w,
                        .run = run,
                        .ways = ny_calloc(run->width, sizeof(*f.ways)),
                        .pace = pop_rng_keyed(run->seed, POP_STREAM_QUERY, 3, 0)};

    for (size_t i = 0; i < run->width; i++) {
        f.ways[i] = (struct way){.arena = ny_arena_create(0), .accepted = true};
    }
    for (size_t i = 0; i < run->n; i++) {
        act(&f, i);
        for (uint32_t k = pop_rng_below(&f.pace, 4); k > 0; k--) {
            fake_store_pump(w->store);
        }
        if (run->stops && i == run->n / 2) {
            await_all(&f);
            stop_and_start(w);
        }
    }
    await_all(&f);
    while (fake_store_pump(w->store)) {
    }
    for (size_t i = 0; i < run->width; i++) {
        ny_arena_destroy(f.ways[i].arena);
    }
    ny_free(f.ways);
}

void order_run(struct order_run *run, struct ny_arena *a, struct order_state *out)
{
    struct world w;

    run->refused = run->released = run->meanwhile = run->said = 0;
    world_open(&w, run->day, run->versions);
    if (run->versions == ORDER_CHANGE) {
        version_add(&w);
    }
    ny_clock_step_us(run->slow ? 5000 : 0);
    feed(&w, run);
    ny_clock_step_us(0);
    order_tell(&w, a, out);
    order_persons_check(&w);
    world_close(&w);
}
