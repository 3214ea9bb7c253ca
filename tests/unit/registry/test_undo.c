/* Undo of anything, as a property: of random links, merges and moves, and of undoing them. And
 * words that wait for a second person. */

#include "nayose/registry_pins.h"

#include "world.h"

enum { PEOPLE = 40, WORDS = 12, DEPTH = 6, IDENTITIES = 256 };

static void registry_open(struct world *w, size_t two_person_above)
{
    world_begin(w);
    ny_registry_destroy(w->registry);
    w->two_person_above = two_person_above;
    world_open(w);
}

/* ---- doing things ---- */

static void feed_pair(struct world *w, enum ny_feed_kind kind, size_t a, size_t b, int64_t at_us)
{
    const struct ny_identity_row *x = fake_store_identity(w->store, a);
    const struct ny_identity_row *y = fake_store_identity(w->store, b);
    const struct ny_domain *d = ny_registry_domain(w->registry, x->domain);
    struct sent *s = ny_calloc(1, sizeof(*s));
    struct ny_feed *f = &s->feed;

    s->arena = ny_arena_create(0);
    f->kind = kind;
    f->request.source = ny_registry_source(w->registry, NY_S("HIS"), d->source_facility);
    f->request.body = ny_arena_printf(s->arena, "%d %zu %zu %lld", kind, a, b, (long long)at_us);
    f->request.control_id = f->request.body;
    ny_sha256(f->request.body, f->request.body_hash);
    f->n_ids = kind == NY_FEED_WITHDRAW ? 1 : 2;
    f->domains[0] = f->domains[1] = d;
    f->ids[0] = ny_arena_str(s->arena, x->local_id);
    f->ids[1] = ny_arena_str(s->arena, y->local_id);
    f->n_pairs = f->n_ids - 1;
    f->pairs[0] = (struct ny_feed_pair){0, 1};
    ny_patient_init(&f->patient);
    f->patient.seen = (struct ny_stamp){.at_us = at_us, .control_id = f->request.control_id};
    f->patient.first_us = at_us;
    if (kind == NY_FEED_WITHDRAW) {
        const struct ny_stamp at = f->patient.seen;

        ny_patient_withdraw(&f->patient, &at);
    }
    ny_registry_feed(w->registry, f, &(struct ny_reply){sent_compose, sent_done, s});
    pump_all(w);
    assert_true(s->answered && s->rc == NY_OK);
    sent_destroy(s);
}

/* What hospitals say of random pairs of their own ids. */
static void feed_words(struct world *w, size_t n)
{
    static const enum ny_feed_kind kinds[] = {NY_FEED_MERGE, NY_FEED_LINK, NY_FEED_UNLINK,
                                              NY_FEED_MOVE};
    uint32_t count = (uint32_t)fake_store_identities(w->store);

    while (n > 0) {
        uint32_t a = random_below(count);
        uint32_t b = random_below(count);

        if (a != b &&
            fake_store_identity(w->store, a)->domain == fake_store_identity(w->store, b)->domain) {
            enum ny_feed_kind kind = kinds[random_below(NY_ARRAY_LEN(kinds))];

            feed_pair(w, kind, a, b, (int64_t)random_below(1000000));
            n--;
        }
    }
}

/* What was told of an undo, as it was told. */
struct undone {
    bool told;
    enum ny_undo result;
    enum ny_link_word word;
    size_t n_said;
    struct ny_word_member members[IDENTITIES];
    size_t n_members;
};

static void on_undo(void *ctx, ny_rc rc, const struct ny_undo_outcome *o)
{
    struct undone *u = ctx;

    assert_int_equal(rc, NY_OK);
    u->told = true;
    u->result = o->result;
    u->word = o->outcome.check.result;
    u->n_said = o->n_said;
    assert_true(o->outcome.n_members <= IDENTITIES);
    u->n_members = o->outcome.n_members;
    for (size_t i = 0; i < o->outcome.n_members; i++) {
        u->members[i] = o->outcome.members[i];
    }
}

static void undo(struct world *w, char what, size_t number, bool dry_run, struct undone *out)
{
    const struct ny_undo_order order = {.what = what,
                                        .number = (int64_t)number,
                                        .role = NY_ROLE_CLERK,
                                        .who = NY_S("naoko"),
                                        .dry_run = dry_run};

    *out = (struct undone){0};
    ny_registry_undo(w->registry, &order, on_undo, out);
    pump_all(w);
    assert_true(out->told);
}

static bool is_done(const struct undone *u)
{
    return u->result == NY_UNDO_FOUND && u->word == NY_WORD_NEW;
}

/* ---- looking ---- */

struct state {
    struct line lines[IDENTITIES];
    enum ny_identity_status status[IDENTITIES];
    int64_t persons[IDENTITIES];
    size_t n;
};

static void state_read(const struct world *w, struct state *out)
{
    assert_true(fake_store_identities(w->store) <= IDENTITIES);
    out->n = groups_of(w, out->lines);
    for (size_t i = 0; i < out->n; i++) {
        out->status[i] = fake_store_identity(w->store, i)->status;
        out->persons[i] = fake_store_person(w->store, i);
    }
}

static void assert_same_state(const struct state *a, const struct state *b)
{
    assert_same_groups(a->lines, a->n, b->lines, b->n);
    for (size_t i = 0; i < a->n; i++) {
        assert_int_equal(a->status[i], b->status[i]);
    }
}

/* The groups are as the preview said. */
static void assert_as_foreseen(const struct world *w, const struct undone *u)
{
    for (size_t i = 0; i < u->n_members; i++) {
        for (size_t k = 0; k < i; k++) {
            bool foreseen = u->members[i].after == u->members[k].after;

            assert_int_equal(fake_store_person(w->store, u->members[i].id - 1) ==
                                 fake_store_person(w->store, u->members[k].id - 1),
                             foreseen);
        }
    }
}

static bool are_one(const struct world *w, int64_t a, int64_t b)
{
    return fake_store_person(w->store, (size_t)a - 1) == fake_store_person(w->store, (size_t)b - 1);
}

/* An event: its identity, and those whom it is about. */
struct sides {
    int64_t identity;
    int64_t moved[IDENTITIES], there[IDENTITIES], stayed[IDENTITIES];
    size_t n_moved, n_there, n_stayed;
};

static void on_event(void *ctx, ny_rc rc, const struct ny_event_view *v)
{
    struct sides *s = ctx;

    assert_int_equal(rc, NY_OK);
    s->identity = v->identity;
    s->n_moved = v->n_moved;
    s->n_there = v->n_there;
    s->n_stayed = v->n_stayed;
    memcpy(s->moved, v->moved, v->n_moved * sizeof(*v->moved));
    memcpy(s->there, v->there, v->n_there * sizeof(*v->there));
    memcpy(s->stayed, v->stayed, v->n_stayed * sizeof(*v->stayed));
}

static void event_read(const struct world *w, size_t event, struct sides *out)
{
    assert_int_equal(ny_store_event(w->store, (int64_t)event, on_event, out), NY_OK);
}

static bool is_split(const struct world *w, size_t event)
{
    struct sides s;

    event_read(w, event, &s);
    return s.n_there == 0 && s.n_stayed > 0;
}

/* An event that was undone: the sides of a link are apart, whatever came since; who was split off
 * is one with somebody whom it left. True: it was a split. */
static bool assert_undone(const struct world *w, size_t event)
{
    struct sides s;
    bool is_back = false;

    event_read(w, event, &s);
    for (size_t i = 0; i < s.n_moved; i++) {
        for (size_t k = 0; k < s.n_there; k++) {
            assert_false(are_one(w, s.moved[i], s.there[k]));
        }
    }
    for (size_t k = 0; k < s.n_stayed; k++) {
        is_back |= are_one(w, s.identity, s.stayed[k]);
    }
    assert_true(s.n_there > 0 || is_back);
    return s.n_there == 0;
}

/* ---- undo ---- */

struct splits {
    size_t n;
    size_t came;     /* were with its identity, of those who had moved with it, and still are */
    size_t left_out; /* are not: something speaks against those whom it came back to */
};

static void splits_count(const struct world *w, const struct state *before, size_t event,
                         struct splits *out)
{
    struct sides s;

    event_read(w, event, &s);
    out->n++;
    for (size_t i = 0; i < s.n_moved; i++) {
        if (before->status[s.moved[i] - 1] != NY_IDENTITY_DELETED &&
            before->persons[s.moved[i] - 1] == before->persons[s.identity - 1]) {
            *(are_one(w, s.moved[i], s.identity) ? &out->came : &out->left_out) += 1;
        }
    }
}

/* Something random that can be undone is undone, as it was foreseen; false: it was refused. */
static bool undo_something(struct world *w, struct splits *splits)
{
    uint32_t what = random_below(3);
    bool event = what > 0;
    size_t count = event ? fake_store_event_count(w->store) : fake_store_pin_count(w->store);
    size_t number = count > 0 ? 1 + random_below((uint32_t)count) : 1;
    struct undone foreseen;
    struct undone done;
    struct state before;
    struct state now;

    while (what == 2 && number < count && !is_split(w, number)) {
        number++;
    }
    state_read(w, &before);
    undo(w, event ? 'e' : 'p', number, true, &foreseen);
    state_read(w, &now);
    assert_same_state(&before, &now);
    undo(w, event ? 'e' : 'p', number, false, &done);
    assert_int_equal(done.result, foreseen.result);
    assert_int_equal(done.n_said, foreseen.n_said);
    if (is_done(&done)) {
        assert_as_foreseen(w, &foreseen);
        if (event && assert_undone(w, number)) {
            splits_count(w, &before, number, splits);
        }
    } else {
        state_read(w, &now);
        assert_same_state(&before, &now);
    }
    return is_done(&done);
}

/* That they are one, are two, that neither is said; a merge; a move. */
static char subject_of(const struct ny_pin_row *p)
{
    return "-=!0>~>>~~==!!00"[p->kind];
}

/* The newest word on the two of a word: one that was undone and said again stands there anew. */
static size_t newest_of(const struct world *w, size_t number)
{
    const struct ny_pin_row *p = fake_store_pin(w->store, number - 1);
    size_t newest = number;

    for (size_t i = number; i < fake_store_pin_count(w->store); i++) {
        const struct ny_pin_row *q = fake_store_pin(w->store, i);

        if (subject_of(p) == subject_of(q) && p->role == q->role &&
            ((p->a == q->a && p->b == q->b) || (p->a == q->b && p->b == q->a))) {
            newest = i + 1;
        }
    }
    return newest;
}

static void test_undo_of_undo_is_nothing(void **state)
{
    size_t undone_count = 0;
    struct splits splits = {0};
    size_t refused = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 24; seed++) {
        struct message day[MESSAGES_MAX];
        struct state before[DEPTH];
        size_t pins[DEPTH];
        struct world w;
        size_t depth = 0;

        registry_open(&w, 0);
        feed_day(&w, day, make_day(day, PEOPLE, seed), 8);
        feed_words(&w, WORDS);
        for (int tries = 0; tries < 60 && depth < DEPTH; tries++) {
            state_read(&w, &before[depth]);
            if (undo_something(&w, &splits)) {
                pins[depth++] = fake_store_pin_count(w.store); /* one of those that undo it */
            }
        }
        undone_count += depth;
        if (seed % 3 == 0) {
            ny_registry_destroy(w.registry);
            world_open(&w); /* what was said is known after a restart */
        }
        while (depth-- > 0) {
            struct undone u;
            struct state now;

            undo(&w, 'p', newest_of(&w, pins[depth]), false, &u);
            if (u.result == NY_UNDO_FOUND && u.word == NY_WORD_CONTRADICTED) {
                refused++; /* hospitals had contradicted each other, and one word was away */
                break;
            }
            if (!is_done(&u)) {
                fail_msg("seed %d, pin %zu at depth %zu: %d, %d", (int)seed, pins[depth], depth,
                         u.result, u.word);
            }
            state_read(&w, &now);
            assert_same_state(&before[depth], &now);
        }
        world_destroy(&w);
    }
    assert_true(undone_count > 100 && refused < 3);
    assert_true(splits.n > 20 && splits.came > 10 * splits.left_out);
}

/* ---- later messages ---- */

/* The same messages in the same order up to `half`, an undo, then the rest in some order. */
static void live(struct world *w, const struct message *day, size_t half, size_t n, size_t event)
{
    struct undone u;

    registry_open(w, 0);
    feed_day(w, day, half, 8);
    undo(w, 'e', event, false, &u);
    assert_true(is_done(&u));
    feed_day(w, day + half, n - half, 5);
}

static void test_later_messages_in_any_order(void **state)
{
    size_t tried = 0;

    (void)state;
    for (uint64_t seed = 21; seed <= 26; seed++) {
        struct message day[MESSAGES_MAX];
        size_t n = make_day(day, PEOPLE, seed);
        size_t half = n / 2;
        struct world w;
        size_t event;
        size_t events;

        registry_open(&w, 0);
        shuffle(day, n);
        feed_day(&w, day, half, 8);
        events = fake_store_event_count(w.store);
        for (event = 1; event <= events; event++) {
            struct undone u;

            undo(&w, 'e', event, true, &u);
            if (is_done(&u) && random_below(3) == 0) {
                break;
            }
        }
        world_destroy(&w);
        if (event <= events) {
            struct state first;
            struct state second;

            live(&w, day, half, n, event);
            state_read(&w, &first);
            (void)assert_undone(&w, event);
            world_destroy(&w);
            shuffle(day + half, n - half);
            live(&w, day, half, n, event);
            state_read(&w, &second);
            (void)assert_undone(&w, event);
            world_destroy(&w);
            assert_same_groups(first.lines, first.n, second.lines, second.n);
            tried++;
        }
    }
    assert_true(tried >= 5);
}

/* ---- two persons ---- */

struct asked {
    bool told;
    ny_rc rc;
    struct ny_word_outcome word;
    enum ny_confirm confirm;
    enum ny_link_word check;
};

static void on_word(void *ctx, ny_rc rc, const struct ny_word_outcome *o)
{
    struct asked *x = ctx;

    assert_int_equal(rc, NY_OK);
    x->told = true;
    x->word = *o;
}

static int64_t say(struct world *w, enum ny_pin_kind kind, const char *a, const char *b,
                   const char *who)
{
    struct asked x = {0};
    const struct ny_domain *d = ny_registry_domain(w->registry, 1);
    const struct ny_word word = {
        .domains = {d,                d               },
        .ids = {ny_str_from_c(a), ny_str_from_c(b)},
        .kind = kind,
        .role = NY_ROLE_CLERK,
        .who = ny_str_from_c(who),
        .reason = NY_S("why")
    };

    ny_registry_word(w->registry, &word, on_word, &x);
    pump_all(w);
    assert_true(x.told && x.word.missing == 0 && x.word.check.result == NY_WORD_NEW);
    assert_int_equal(x.word.waits, x.word.proposed != 0);
    return x.word.proposed;
}

static void on_confirm(void *ctx, ny_rc rc, const struct ny_confirm_outcome *o)
{
    struct asked *x = ctx;

    x->told = true;
    x->rc = rc;
    if (rc == NY_OK) {
        x->confirm = o->result;
        x->check = o->outcome.check.result;
    }
}

static void answer(struct world *w, int64_t number, enum ny_proposal_end how, const char *who,
                   struct asked *out)
{
    const struct ny_confirm_order order = {.number = number, .how = how, .who = ny_str_from_c(who)};

    *out = (struct asked){0};
    ny_registry_confirm(w->registry, &order, on_confirm, out);
    pump_all(w);
    assert_true(out->told && out->rc == NY_OK);
}

static enum ny_confirm confirm(struct world *w, int64_t number, const char *who)
{
    struct asked x;

    answer(w, number, NY_PROPOSAL_CONFIRMED, who, &x);
    return x.confirm;
}

/* a … f, of whom nobody is like another. */
static void people_feed(struct world *w)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};

    for (size_t i = 0; i < NY_ARRAY_LEN(names); i++) {
        struct message m = {.domain = 1,
                            .at_us = 1,
                            .family = "名寄",
                            .given = "優子",
                            .family_kana = "ナヨロ",
                            .given_kana = "ユウコ",
                            .sex = "F"};

        snprintf(m.control_id, sizeof(m.control_id), "M%zu", i);
        snprintf(m.id, sizeof(m.id), "%s", names[i]);
        snprintf(m.birth, sizeof(m.birth), "19%zu30501", 1 + i);
        send_and_expect(w, &m, NY_OK, "ack 0");
    }
}

/* Three records make a group that is not too large. */
static void people_open(struct world *w)
{
    registry_open(w, 3);
    people_feed(w);
    assert_int_equal(say(w, NY_PIN_SAME, "a", "b", "naoko"), 0);
    assert_int_equal(say(w, NY_PIN_SAME, "b", "c", "naoko"), 0);
    assert_int_equal(say(w, NY_PIN_SAME, "d", "e", "naoko"), 0);
}

static void test_a_large_group_waits_for_a_second_person(void **state)
{
    struct world w;
    int64_t number;
    size_t pins;

    (void)state;
    people_open(&w);
    pins = fake_store_pin_count(w.store);
    number = say(&w, NY_PIN_SAME, "c", "d", "naoko");
    assert_int_equal(number, 1);
    assert_int_equal(say(&w, NY_PIN_SAME, "d", "c", "ken"), 1); /* said already */
    assert_int_equal(fake_store_pin_count(w.store), pins);
    assert_false(are_one(&w, 3, 4));
    assert_int_equal(ny_registry_proposal_of(w.registry, 4, 3), 1);
    assert_int_equal(confirm(&w, number, "naoko"), NY_CONFIRM_OWN);
    assert_int_equal(confirm(&w, number + 1, "ken"), NY_CONFIRM_UNKNOWN);
    ny_registry_destroy(w.registry);
    world_open(&w); /* it waits as long as it takes */
    assert_int_equal(confirm(&w, number, "naoko"), NY_CONFIRM_OWN);
    assert_false(are_one(&w, 3, 4));
    assert_int_equal(confirm(&w, number, "ken"), NY_CONFIRM_DONE);
    assert_true(are_one(&w, 1, 5));
    assert_int_equal(fake_store_pin_count(w.store), pins + 1);
    assert_int_equal(confirm(&w, number, "ken"), NY_CONFIRM_UNKNOWN);
    assert_int_equal(fake_store_proposal_words(w.store), 0);
    world_destroy(&w);
}

static void test_what_is_proposed_can_be_dropped(void **state)
{
    struct asked x;
    struct world w;

    (void)state;
    people_open(&w);
    assert_int_equal(say(&w, NY_PIN_SAME, "c", "d", "naoko"), 1);
    answer(&w, 1, NY_PROPOSAL_REJECTED, "naoko", &x);
    assert_int_equal(x.confirm, NY_CONFIRM_DONE);
    assert_false(are_one(&w, 3, 4));
    assert_int_equal(confirm(&w, 1, "ken"), NY_CONFIRM_UNKNOWN);
    ny_registry_destroy(w.registry);
    world_open(&w);
    assert_int_equal(say(&w, NY_PIN_SAME, "c", "d", "naoko"), 2); /* no number is given again */
    world_destroy(&w);
}

static void test_two_answers_at_one_moment(void **state)
{
    const struct ny_confirm_order yes = {
        .number = 1, .how = NY_PROPOSAL_CONFIRMED, .who = NY_S("ken")};
    const struct ny_confirm_order no = {
        .number = 1, .how = NY_PROPOSAL_REJECTED, .who = NY_S("naoko")};
    struct asked first = {0};
    struct asked second = {0};
    struct world w;

    (void)state;
    people_open(&w);
    assert_int_equal(say(&w, NY_PIN_SAME, "c", "d", "naoko"), 1);
    ny_registry_confirm(w.registry, &no, on_confirm, &first);
    ny_registry_confirm(w.registry, &yes, on_confirm, &second);
    pump_all(&w);
    assert_true(first.told && second.told);
    assert_int_equal(first.confirm, NY_CONFIRM_DONE);
    assert_int_equal(second.rc, NY_ECONFLICT);
    assert_false(are_one(&w, 3, 4));
    world_destroy(&w);
}

static void test_what_came_meanwhile_stands_against_it(void **state)
{
    struct asked x;
    struct world w;

    (void)state;
    people_open(&w);
    assert_int_equal(say(&w, NY_PIN_SAME, "c", "d", "naoko"), 1);
    assert_int_equal(say(&w, NY_PIN_DIFFERENT, "a", "e", "ken"), 0); /* by way of others */
    answer(&w, 1, NY_PROPOSAL_CONFIRMED, "ken", &x);
    assert_int_equal(x.check, NY_WORD_CONTRADICTED);
    assert_false(are_one(&w, 3, 4));
    assert_int_equal(fake_store_proposal_words(w.store), 1); /* it waits on */
    assert_int_equal(say(&w, NY_PIN_NONE, "a", "e", "ken"), 0);
    assert_int_equal(say(&w, NY_PIN_DIFFERENT, "d", "c", "ken"), 0); /* of the same two */
    assert_int_equal(confirm(&w, 1, "ken"), NY_CONFIRM_OVERTAKEN);
    assert_false(are_one(&w, 3, 4));
    world_destroy(&w);
}

static void test_an_undo_that_joins_waits_too(void **state)
{
    struct undone u;
    struct world w;

    (void)state;
    people_open(&w);
    assert_int_equal(say(&w, NY_PIN_SAME, "c", "d", "naoko"), 1);
    assert_int_equal(confirm(&w, 1, "ken"), NY_CONFIRM_DONE);
    undo(&w, 'p', fake_store_pin_count(w.store), false, &u); /* takes apart: one is enough */
    assert_true(is_done(&u));
    assert_false(are_one(&w, 3, 4));
    undo(&w, 'p', fake_store_pin_count(w.store), false, &u);
    assert_true(is_done(&u));
    assert_false(are_one(&w, 3, 4));
    assert_int_equal(fake_store_proposal_words(w.store), 1);
    assert_int_equal(confirm(&w, 2, "ken"), NY_CONFIRM_DONE);
    assert_true(are_one(&w, 3, 4));
    world_destroy(&w);
}

static void test_what_a_hospital_says_meanwhile_stands(void **state)
{
    struct undone u;
    struct world w;
    size_t unlink;

    (void)state;
    people_open(&w);
    feed_pair(&w, NY_FEED_LINK, 2, 3, 10);
    assert_true(are_one(&w, 3, 4));
    feed_pair(&w, NY_FEED_UNLINK, 2, 3, 20);
    assert_false(are_one(&w, 3, 4));
    unlink = fake_store_pin_count(w.store);
    undo(&w, 'p', unlink, false, &u);
    assert_int_equal(fake_store_proposal_words(w.store), 1);
    feed_pair(&w, NY_FEED_UNLINK, 2, 3, INT64_C(4102444800000000));
    assert_int_equal(confirm(&w, 1, "ken"), NY_CONFIRM_OVERTAKEN);
    assert_false(are_one(&w, 3, 4));
    world_destroy(&w);
}

/* Two words of a clerk with a NONE between: what is undone last comes back first. */
static void test_one_word_of_several_is_undone(void **state)
{
    struct world w;
    struct undone u;

    (void)state;
    registry_open(&w, 0);
    people_feed(&w);
    feed_pair(&w, NY_FEED_LINK, 0, 1, 10);
    assert_int_equal(say(&w, NY_PIN_DIFFERENT, "a", "b", "naoko"), 0);
    assert_int_equal(say(&w, NY_PIN_NONE, "a", "b", "naoko"), 0);
    assert_false(are_one(&w, 1, 2)); /* the NONE took back the hospital's, too */
    feed_pair(&w, NY_FEED_LINK, 0, 1, INT64_C(4102444800000000));
    assert_true(are_one(&w, 1, 2));
    assert_int_equal(say(&w, NY_PIN_DIFFERENT, "a", "b", "naoko"), 0);
    undo(&w, 'p', 5, false, &u);
    assert_true(is_done(&u) && are_one(&w, 1, 2));
    undo(&w, 'p', 3, false, &u);
    assert_true(is_done(&u));
    assert_false(are_one(&w, 1, 2)); /* her first word */
    world_destroy(&w);
}

/* A clerk's word against a hospital's, back and forth. */
static void test_what_was_said_before_holds_again(void **state)
{
    struct world w;
    struct undone u;

    (void)state;
    registry_open(&w, 0);
    people_feed(&w);
    feed_pair(&w, NY_FEED_LINK, 0, 1, 10);
    assert_int_equal(say(&w, NY_PIN_DIFFERENT, "a", "b", "naoko"), 0);
    for (size_t turn = 0; turn < 4; turn++) {
        undo(&w, 'p', fake_store_pin_count(w.store), false, &u);
        assert_true(is_done(&u));
        assert_int_equal(are_one(&w, 1, 2), turn % 2 == 0);
    }
    undo(&w, 'p', fake_store_pin_count(w.store), false, &u);
    feed_pair(&w, NY_FEED_UNLINK, 0, 1, INT64_C(4102444800000000)); /* it is the hospital's again */
    assert_false(are_one(&w, 1, 2));
    world_destroy(&w);
}

/* c was retired for a: words on c and b are words on a and b. */
static void test_words_by_a_retired_id_are_about_who_stands_for_it(void **state)
{
    struct world w;
    struct undone u;

    (void)state;
    registry_open(&w, 0);
    people_feed(&w);
    feed_pair(&w, NY_FEED_MERGE, 2, 0, 10);
    feed_pair(&w, NY_FEED_LINK, 0, 1, 11);
    assert_int_equal(say(&w, NY_PIN_DIFFERENT, "c", "b", "naoko"), 0);
    assert_false(are_one(&w, 1, 2));
    for (size_t turn = 0; turn < 4; turn++) {
        undo(&w, 'p', fake_store_pin_count(w.store), false, &u);
        assert_true(is_done(&u));
        assert_int_equal(are_one(&w, 1, 2), turn % 2 == 0);
    }
    assert_int_equal(say(&w, NY_PIN_NONE, "a", "b", "naoko"), 0);
    assert_false(are_one(&w, 1, 2));
    undo(&w, 'p', 3, false, &u); /* what she said of c and b */
    assert_int_equal(u.result, NY_UNDO_NEWER);
    world_destroy(&w);
}

/* All three are one by merges: a word on a and c has nothing to do with one on a and b. */
static void test_words_on_two_who_were_merged_are_their_own(void **state)
{
    struct world w;
    struct undone u;

    (void)state;
    registry_open(&w, 0);
    people_feed(&w);
    assert_int_equal(say(&w, NY_PIN_DIFFERENT, "a", "b", "naoko"), 0);
    assert_int_equal(say(&w, NY_PIN_DIFFERENT, "a", "c", "naoko"), 0);
    feed_pair(&w, NY_FEED_MERGE, 1, 0, INT64_C(4102444800000000));
    feed_pair(&w, NY_FEED_MERGE, 2, 0, INT64_C(4102444800000000));
    undo(&w, 'p', 1, false, &u);
    assert_true(is_done(&u));
    assert_int_equal(u.n_said, 1);
    world_destroy(&w);
}

/* a and b were merged, though somebody had said that they are two, and both one with c. */
static void test_an_undo_that_contradicts_is_refused(void **state)
{
    struct world w;
    struct undone u;
    size_t merge;

    (void)state;
    registry_open(&w, 0);
    people_feed(&w);
    feed_pair(&w, NY_FEED_UNLINK, 0, 1, 10);
    feed_pair(&w, NY_FEED_LINK, 0, 2, 11);
    feed_pair(&w, NY_FEED_MERGE, 0, 1, 12);
    feed_pair(&w, NY_FEED_LINK, 1, 2, 13);
    merge = 3;
    assert_int_equal(fake_store_pin(w.store, merge - 1)->kind, NY_PIN_MERGE);
    assert_true(are_one(&w, 1, 3));
    undo(&w, 'p', merge, false, &u);
    assert_int_equal(u.result, NY_UNDO_FOUND);
    assert_int_equal(u.word, NY_WORD_CONTRADICTED);
    assert_true(are_one(&w, 1, 2) && are_one(&w, 1, 3));
    undo(&w, 'p', 1, false, &u); /* what stands against it */
    assert_true(is_done(&u));
    undo(&w, 'p', merge, false, &u);
    assert_true(is_done(&u));
    assert_int_equal(fake_store_identity(w.store, 0)->status, NY_IDENTITY_ACTIVE);
    world_destroy(&w);
}

/* ---- splits ---- */

static void withdraw(struct world *w, size_t i)
{
    feed_pair(w, NY_FEED_WITHDRAW, i, i, INT64_C(4102444800000000));
}

/* The newest event of an identity. */
static size_t newest_event(const struct world *w, int64_t identity)
{
    size_t newest = 0;
    struct sides s;

    for (size_t e = 1; e <= fake_store_event_count(w->store); e++) {
        event_read(w, e, &s);
        newest = s.identity == identity ? e : newest;
    }
    return newest;
}

/* One woman at a hospital, born as it says. */
static void woman_feed(struct world *w, int domain, const char *birth)
{
    static int n_said;
    struct message m = {.domain = domain,
                        .at_us = ++n_said,
                        .family = "名寄",
                        .given = "優子",
                        .family_kana = "ナヨロ",
                        .given_kana = "ユウコ",
                        .sex = "F",
                        .address = "静岡県静岡市葵区追手町9-6",
                        .postal = "4200853"};

    snprintf(m.control_id, sizeof(m.control_id), "W%d", n_said);
    snprintf(m.id, sizeof(m.id), "w%d", domain);
    snprintf(m.birth, sizeof(m.birth), "%s", birth);
    send_and_expect(w, &m, NY_OK, "ack 0");
}

/* She is identities 1 to 3, until the third hospital says otherwise of her birth; by which event.
 */
static size_t woman_split(struct world *w)
{
    for (int domain = 1; domain <= 3; domain++) {
        woman_feed(w, domain, "19560501");
    }
    assert_true(are_one(w, 1, 2) && are_one(w, 1, 3));
    woman_feed(w, 3, "19831123");
    assert_true(are_one(w, 1, 2));
    assert_false(are_one(w, 1, 3));
    return newest_event(w, 3);
}

static void test_a_split_is_undone_and_that_too(void **state)
{
    struct world w;
    struct undone u;
    size_t split;

    (void)state;
    registry_open(&w, 0);
    split = woman_split(&w);
    assert_true(is_split(&w, split));
    undo(&w, 'e', split, true, &u);
    assert_true(is_done(&u));
    assert_int_equal(u.n_said, 1);
    assert_false(are_one(&w, 1, 3));
    undo(&w, 'e', split, false, &u);
    assert_true(is_done(&u));
    assert_true(are_one(&w, 1, 2) && are_one(&w, 1, 3));
    undo(&w, 'e', split, false, &u);
    assert_int_equal(u.result, NY_UNDO_NOTHING);
    undo(&w, 'p', fake_store_pin_count(w.store), false, &u);
    assert_true(is_done(&u));
    assert_false(are_one(&w, 1, 3));
    undo(&w, 'e', 1, false, &u); /* she was first seen by it */
    assert_int_equal(u.result, NY_UNDO_NOBODY);
    world_destroy(&w);
}

static void test_who_left_since_a_split_stays_away(void **state)
{
    struct world w;
    struct undone u;
    size_t split;

    (void)state;
    registry_open(&w, 0);
    split = woman_split(&w);
    woman_feed(&w, 4, "19560501");
    woman_feed(&w, 1, "19710830");
    assert_true(are_one(&w, 2, 4));
    assert_false(are_one(&w, 1, 2));
    undo(&w, 'e', split, false, &u);
    assert_true(is_done(&u));
    assert_true(are_one(&w, 2, 3));
    assert_false(are_one(&w, 1, 3));
    world_destroy(&w);
}

static void test_who_was_taken_back_does_not_come_back(void **state)
{
    (void)state;
    for (size_t gone = 1; gone <= 2; gone++) { /* whom she left, or she */
        struct world w;
        struct undone u;
        size_t split;

        registry_open(&w, 0);
        split = woman_split(&w);
        withdraw(&w, gone);
        if (gone == 1) {
            withdraw(&w, 0);
        }
        undo(&w, 'e', split, false, &u);
        assert_int_equal(u.result, NY_UNDO_NOTHING);
        world_destroy(&w);
    }
}

static void test_a_split_that_a_clerk_wants_stays(void **state)
{
    const struct ny_domain *d;
    struct asked x = {0};
    struct world w;
    struct undone u;
    struct ny_word word = {.kind = NY_PIN_DIFFERENT, .role = NY_ROLE_CLERK, .who = NY_S("ken")};

    (void)state;
    registry_open(&w, 0);
    woman_split(&w);
    woman_feed(&w, 3, "19560501");
    assert_true(are_one(&w, 1, 3));
    for (int k = 0; k < 2; k++) { /* of the first and the third; the second is of one of them */
        d = ny_registry_domain(w.registry, k == 0 ? 1 : 3);
        word.domains[k] = d;
        word.ids[k] = k == 0 ? NY_S("w1") : NY_S("w3");
    }
    ny_registry_word(w.registry, &word, on_word, &x);
    pump_all(&w);
    assert_false(are_one(&w, 1, 3));
    undo(&w, 'e', fake_store_event_count(w.store), false, &u);
    assert_int_equal(u.result, NY_UNDO_FOUND);
    assert_int_equal(u.word, NY_WORD_CONTRADICTED);
    assert_false(are_one(&w, 1, 3));
    undo(&w, 'p', 1, false, &u); /* what stands against it */
    assert_true(is_done(&u));
    assert_true(are_one(&w, 1, 3));
    world_destroy(&w);
}

static void test_a_split_of_many_waits_for_a_second_person(void **state)
{
    struct world w;
    struct undone u;

    (void)state;
    registry_open(&w, 2);
    undo(&w, 'e', woman_split(&w), false, &u);
    assert_true(is_done(&u));
    assert_false(are_one(&w, 1, 3));
    assert_int_equal(fake_store_proposal_words(w.store), 1);
    assert_int_equal(confirm(&w, 1, "naoko"), NY_CONFIRM_OWN);
    assert_int_equal(confirm(&w, 1, "ken"), NY_CONFIRM_DONE);
    assert_true(are_one(&w, 1, 3));
    world_destroy(&w);
}

/* c was retired for a, who is one with b: that c came to them is undone by undoing the merge. */
static void test_a_link_by_a_merge_is_not_undone_alone(void **state)
{
    struct world w;
    struct undone u;

    (void)state;
    registry_open(&w, 0);
    people_feed(&w);
    feed_pair(&w, NY_FEED_LINK, 0, 1, 10);
    feed_pair(&w, NY_FEED_MERGE, 2, 0, 11);
    undo(&w, 'e', newest_event(&w, 3), false, &u);
    assert_int_equal(u.result, NY_UNDO_NEWER);
    assert_true(are_one(&w, 1, 2));
    world_destroy(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_undo_of_undo_is_nothing),
        cmocka_unit_test(test_later_messages_in_any_order),
        cmocka_unit_test(test_a_large_group_waits_for_a_second_person),
        cmocka_unit_test(test_what_is_proposed_can_be_dropped),
        cmocka_unit_test(test_two_answers_at_one_moment),
        cmocka_unit_test(test_what_came_meanwhile_stands_against_it),
        cmocka_unit_test(test_an_undo_that_joins_waits_too),
        cmocka_unit_test(test_what_a_hospital_says_meanwhile_stands),
        cmocka_unit_test(test_one_word_of_several_is_undone),
        cmocka_unit_test(test_what_was_said_before_holds_again),
        cmocka_unit_test(test_words_by_a_retired_id_are_about_who_stands_for_it),
        cmocka_unit_test(test_words_on_two_who_were_merged_are_their_own),
        cmocka_unit_test(test_an_undo_that_contradicts_is_refused),
        cmocka_unit_test(test_a_split_is_undone_and_that_too),
        cmocka_unit_test(test_who_left_since_a_split_stays_away),
        cmocka_unit_test(test_who_was_taken_back_does_not_come_back),
        cmocka_unit_test(test_a_split_that_a_clerk_wants_stays),
        cmocka_unit_test(test_a_split_of_many_waits_for_a_second_person),
        cmocka_unit_test(test_a_link_by_a_merge_is_not_undone_alone),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
