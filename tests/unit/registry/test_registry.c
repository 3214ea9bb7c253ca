/* The registry over a store in memory: order independence, idempotence, failure and recovery. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fake_store.h"
#include "nayose/registry.h"

enum { MESSAGES_MAX = 512, DOMAINS = 4 };

/* One message of the day, in plain words. */
struct message {
    char control_id[24];
    int domain;
    char id[48];
    int64_t at_us;
    const char *family, *given, *family_kana, *given_kana;
    char birth[9];
    const char *sex;
    const char *address, *postal;
    char phone[32];
    bool test;
};

struct sent {
    struct ny_feed feed;
    struct ny_arena *arena;
    char ack[32];
    ny_rc rc;
    bool answered;
};

struct world {
    struct ny_store *store;
    struct ny_registry *registry;
    struct ny_arena *arena;
};

static ny_str model_text(struct ny_arena *a)
{
    struct ny_match_settings settings;
    struct ny_match_model *m;
    struct ny_buf b;
    ny_str out = NY_STR_NONE;

    ny_match_settings_default(&settings);
    m = ny_match_model_create_v1(&settings);
    ny_buf_init(&b, a);
    assert_int_equal(ny_match_model_write(m, &b), NY_OK);
    assert_int_equal(ny_buf_end(&b, &out), NY_OK);
    ny_match_model_destroy(m);
    return out;
}

static void world_open(struct world *w)
{
    struct ny_registry_config cfg = {
        .store = w->store,
        .regional = {NY_S("REGIONAL"), NY_S("1.2.3.9"), NY_S("ISO")},
        .regional_listed = true,
        .regional_digits = 11,
    };
    struct ny_error err;

    assert_int_equal(ny_registry_create(&cfg, &w->registry, &err), NY_OK);
}

static void world_create(struct world *w, ny_str model)
{
    w->arena = ny_arena_create(0);
    w->store = fake_store_create(model);
    for (int i = 0; i < DOMAINS; i++) {
        struct ny_domain d = {
            .kind = NY_DOMAIN_FACILITY,
            .ns = ny_arena_printf(w->arena, "F%02d", i + 1),
            .oid = ny_arena_printf(w->arena, "1.2.3.%d", i + 1),
            .type = NY_S("ISO"),
            .source_facility = ny_arena_printf(w->arena, "F%02d", i + 1),
        };

        fake_store_add_domain(w->store, &d);
    }
    world_open(w);
}

static void world_destroy(struct world *w)
{
    ny_registry_destroy(w->registry);
    fake_store_destroy(w->store);
    ny_arena_destroy(w->arena);
}

static void pump_all(struct world *w)
{
    while (fake_store_pump(w->store)) {
    }
}

/* ---- feeding ---- */

static ny_rc compose(void *ctx, const struct ny_feed_outcome *o, ny_str *out)
{
    struct sent *s = ctx;

    *out = ny_arena_printf(s->arena, "ack %d", (int)o->result);
    return NY_OK;
}

static void done(void *ctx, ny_rc rc, ny_str answer)
{
    struct sent *s = ctx;

    assert_false(s->answered);
    s->answered = true;
    s->rc = rc;
    snprintf(s->ack, sizeof(s->ack), "%.*s", NY_ARG(answer));
}

static void say(struct sent *s, enum ny_set_id set, struct ny_value *v, const struct ny_stamp *st)
{
    assert_int_equal(ny_patient_say(&s->feed.patient, s->arena, set, v, st), NY_OK);
}

static void patient_of(struct sent *s, const struct message *m, const struct ny_stamp *st)
{
    struct ny_value name = {0};
    struct ny_value address = {0};
    struct ny_value phone = {0};

    ny_patient_init(&s->feed.patient);
    ny_value_part_set(&name, NY_PART_NAME_TYPE, NY_S("L"));
    ny_value_part_set(&name, NY_PART_NAME_KANJI_FAMILY, ny_str_from_c(m->family));
    ny_value_part_set(&name, NY_PART_NAME_KANJI_GIVEN, ny_str_from_c(m->given));
    ny_value_part_set(&name, NY_PART_NAME_KANA_FAMILY, ny_str_from_c(m->family_kana));
    ny_value_part_set(&name, NY_PART_NAME_KANA_GIVEN, ny_str_from_c(m->given_kana));
    say(s, NY_SET_NAME, &name, st);
    if (m->address != NULL) {
        ny_value_part_set(&address, NY_PART_ADDRESS_WHOLE, ny_str_from_c(m->address));
        ny_value_part_set(&address, NY_PART_ADDRESS_POSTAL, ny_str_from_c(m->postal));
        say(s, NY_SET_ADDRESS, &address, st);
    }
    if (m->phone[0] != '\0') {
        ny_value_part_set(&phone, NY_PART_PHONE_NUMBER, ny_str_from_c(m->phone));
        say(s, NY_SET_PHONE, &phone, st);
    }
    ny_patient_say_single(&s->feed.patient, NY_SINGLE_BIRTH_DATE, ny_str_from_c(m->birth), st);
    ny_patient_say_single(&s->feed.patient, NY_SINGLE_SEX, ny_str_from_c(m->sex), st);
    ny_patient_say_single(&s->feed.patient, NY_SINGLE_PROCESSING, m->test ? NY_S("T") : NY_S("P"),
                          st);
}

static struct sent *send_message(struct world *w, const struct message *m)
{
    struct sent *s = ny_calloc(1, sizeof(*s));
    const struct ny_domain *d = ny_registry_domain(w->registry, m->domain);
    struct ny_reply reply = {compose, done, s};
    struct ny_stamp st = {.at_us = m->at_us, .control_id = ny_str_from_c(m->control_id)};

    s->arena = ny_arena_create(0);
    s->feed.request.source = ny_registry_source(w->registry, NY_S("HIS"), d->source_facility);
    s->feed.request.control_id = ny_str_from_c(m->control_id);
    s->feed.request.body = ny_arena_printf(s->arena, "%s|%s|%s|%s|%s", m->control_id, m->id,
                                           m->given, m->birth, m->phone);
    ny_sha256(s->feed.request.body, s->feed.request.body_hash);
    memcpy(st.hash, s->feed.request.body_hash, sizeof(st.hash));
    s->feed.n_ids = 1;
    s->feed.domains[0] = d;
    s->feed.ids[0] = ny_str_from_c(m->id);
    s->feed.is_test = m->test;
    patient_of(s, m, &st);
    ny_registry_feed(w->registry, &s->feed, &reply);
    return s;
}

static void sent_destroy(struct sent *s)
{
    ny_arena_destroy(s->arena);
    ny_free(s);
}

static void send_and_expect(struct world *w, const struct message *m, ny_rc rc, const char *ack)
{
    struct sent *s = send_message(w, m);

    pump_all(w);
    assert_true(s->answered);
    assert_int_equal(s->rc, rc);
    assert_string_equal(s->ack, ack);
    sent_destroy(s);
}

/* ---- a day of messages ---- */

static uint64_t random_state;

static uint32_t random_below(uint32_t n)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(random_state >> 33) % n;
}

struct name {
    const char *kanji, *kana;
};
static const struct name families[] = {
    {"佐藤", "サトウ"   },
    {"高橋", "タカハシ"},
    {"髙橋", "タカハシ"},
    {"斎藤", "サイトウ"},
    {"斉藤", "サイトウ"},
    {"名寄", "ナヨロ"   },
    {"山崎", "ヤマザキ"},
    {"山﨑", "ヤマサキ"},
};
static const struct name givens[] = {
    {"優子",    "ユウコ"},
    {"裕子",    "ユウコ"},
    {"優美",    "ユミ"   },
    {"太郎",    "タロウ"},
    {"次郎",    "ジロウ"},
    {"さくら", "サクラ"},
    {"恵",       "メグミ"},
    {"",          "ユウコ"},
};

/* People in households of three (two of them born on one day), each seen by some facilities, some
 * messages repeated with changes, some with test patients among them. */
static size_t make_day(struct message *day, size_t n_people, uint64_t seed)
{
    size_t n = 0;

    random_state = seed;
    for (size_t p = 0; p < n_people; p++) {
        size_t household = p / 3;
        struct name family = families[household % NY_ARRAY_LEN(families)];
        struct name given = givens[random_below(NY_ARRAY_LEN(givens))];
        uint32_t day_of_birth = p % 3 == 2 ? 1 + random_below(28) : 1 + (uint32_t)household % 28;
        size_t n_records = 1 + random_below(3);

        for (size_t k = 0; k < n_records; k++) {
            size_t n_messages = 1 + random_below(2);
            int domain = 1 + (int)random_below(DOMAINS);

            for (size_t j = 0; j < n_messages && n < MESSAGES_MAX; j++) {
                struct message *m = &day[n++];

                *m = (struct message){.domain = domain,
                                      .at_us =
                                          (int64_t)random_below(100000) * MESSAGES_MAX + (int64_t)n,
                                      .family = family.kanji,
                                      .given = given.kanji,
                                      .family_kana = family.kana,
                                      .given_kana = given.kana,
                                      .sex = p % 2 == 0 ? "F" : "M",
                                      .test = random_below(40) == 0};
                snprintf(m->control_id, sizeof(m->control_id), "M%zu", n);
                snprintf(m->id, sizeof(m->id), "%zu-%zu", p, k);
                snprintf(m->birth, sizeof(m->birth), "19%02u05%02u",
                         40U + (unsigned)(household % 50), day_of_birth);
                if (random_below(4) != 0) {
                    m->address = "静岡県静岡市葵区追手町9-6";
                    m->postal = "4200853";
                }
                if (random_below(3) != 0) {
                    snprintf(m->phone, sizeof(m->phone), "0542%06zu", household);
                }
            }
        }
    }
    return n;
}

static void shuffle(struct message *day, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = random_below((uint32_t)i);
        struct message m = day[i - 1];

        day[i - 1] = day[k];
        day[k] = m;
    }
}

/* Feeds the day with up to `width` messages under way, and returns nothing but committed state. */
static void feed_day(struct world *w, const struct message *day, size_t n, size_t width)
{
    struct sent *sent[MESSAGES_MAX];

    for (size_t i = 0; i < n; i++) {
        sent[i] = send_message(w, &day[i]);
        if (i % width == width - 1) {
            pump_all(w);
        }
    }
    pump_all(w);
    for (size_t i = 0; i < n; i++) {
        assert_true(sent[i]->answered);
        assert_int_equal(sent[i]->rc, NY_OK);
        sent_destroy(sent[i]);
    }
}

/* A text that names every group by its members in canonical order. */
struct line {
    char key[32];    /* domain and id */
    char leader[32]; /* smallest member of its group */
};

static int by_key(const void *a, const void *b)
{
    const struct line *x = a;
    const struct line *y = b;

    return strcmp(x->key, y->key);
}

static size_t groups_of(const struct world *w, struct line *lines)
{
    size_t n = fake_store_identities(w->store);

    for (size_t i = 0; i < n; i++) {
        const struct ny_identity_row *row = fake_store_identity(w->store, i);

        snprintf(lines[i].key, sizeof(lines[i].key), "%d/%.*s", row->domain, NY_ARG(row->local_id));
        snprintf(lines[i].leader, sizeof(lines[i].leader), "%s", lines[i].key);
        for (size_t k = 0; k < n; k++) {
            const struct ny_identity_row *other = fake_store_identity(w->store, k);
            char key[32];

            if (other->person != row->person) {
                continue;
            }
            snprintf(key, sizeof(key), "%d/%.*s", other->domain, NY_ARG(other->local_id));
            if (strcmp(key, lines[i].leader) < 0) {
                snprintf(lines[i].leader, sizeof(lines[i].leader), "%s", key);
            }
        }
    }
    qsort(lines, n, sizeof(*lines), by_key);
    return n;
}

static void assert_same_groups(const struct line *a, size_t n, const struct line *b, size_t m)
{
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(a[i].key, b[i].key) != 0 || strcmp(a[i].leader, b[i].leader) != 0) {
            fail_msg("%s is with %s in one order and %s is with %s in another", a[i].key,
                     a[i].leader, b[i].key, b[i].leader);
        }
    }
}

static void test_shuffled_days_give_the_same_groups(void **state)
{
    enum { SHUFFLES = 200, PEOPLE = 100 };
    static struct message day[MESSAGES_MAX];
    static struct line first[MESSAGES_MAX];
    static struct line other[MESSAGES_MAX];
    struct ny_arena *a = ny_arena_create(0);
    ny_str model = model_text(a);
    size_t n = make_day(day, PEOPLE, 20261121);
    size_t n_first = 0;
    size_t n_groups = 0;
    size_t open_first = 0;

    (void)state;
    assert_true(n >= 250);
    for (int turn = 0; turn < SHUFFLES; turn++) {
        struct world w;

        world_create(&w, model);
        feed_day(&w, day, n, 1 + (size_t)turn % 40);
        if (turn == 0) {
            n_first = groups_of(&w, first);
            open_first = fake_store_reviews(w.store, NY_REVIEW_OPEN) +
                         1000 * fake_store_reviews(w.store, NY_REVIEW_PARKED);
            for (size_t i = 0; i < n_first; i++) {
                n_groups += strcmp(first[i].key, first[i].leader) == 0;
            }
        } else {
            size_t n_other = groups_of(&w, other);

            assert_same_groups(first, n_first, other, n_other);
            assert_int_equal(open_first, fake_store_reviews(w.store, NY_REVIEW_OPEN) +
                                             1000 * fake_store_reviews(w.store, NY_REVIEW_PARKED));
        }
        world_destroy(&w);
        random_state = (uint64_t)turn + 7;
        shuffle(day, n);
    }
    /* The day must be one in which something is linked and something is not. */
    assert_true(n_groups > PEOPLE / 2 && n_groups < n_first);
    assert_true(open_first > 0);
    ny_arena_destroy(a);
}

static void test_the_same_day_again_changes_nothing(void **state)
{
    static struct message day[MESSAGES_MAX];
    static struct line before[MESSAGES_MAX];
    static struct line after[MESSAGES_MAX];
    struct ny_arena *a = ny_arena_create(0);
    struct world w;
    size_t n = make_day(day, 60, 5);
    size_t n_before;
    size_t versions;

    (void)state;
    world_create(&w, model_text(a));
    feed_day(&w, day, n, 10);
    n_before = groups_of(&w, before);
    versions = fake_store_versions(w.store);
    for (size_t i = 0; i < n; i++) {
        /* The same words under a new number: not a replay, and nothing new. */
        snprintf(day[i].control_id, sizeof(day[i].control_id), "N%zu", i);
    }
    feed_day(&w, day, n, 10);
    assert_same_groups(before, n_before, after, groups_of(&w, after));
    assert_int_equal(fake_store_versions(w.store), versions);
    ny_registry_destroy(w.registry);
    world_open(&w); /* and a restart loads what was there */
    feed_day(&w, day, n, 10);
    assert_same_groups(before, n_before, after, groups_of(&w, after));
    assert_int_equal(fake_store_versions(w.store), versions);
    world_destroy(&w);
    ny_arena_destroy(a);
}

static const struct message yuko_a = {.control_id = "A1",
                                      .domain = 1,
                                      .id = "0001",
                                      .at_us = 100,
                                      .family = "髙橋",
                                      .given = "",
                                      .family_kana = "ﾀｶﾊｼ",
                                      .given_kana = "ﾕｳｺ",
                                      .birth = "S340501",
                                      .sex = "F",
                                      .address = "静岡県静岡市葵区追手町九丁目6番",
                                      .postal = "420-0853",
                                      .phone = "054-254-0001"};
static const struct message yuko_b = {.control_id = "B1",
                                      .domain = 2,
                                      .id = "77",
                                      .at_us = 200,
                                      .family = "高橋",
                                      .given = "優子",
                                      .family_kana = "タカハシ",
                                      .given_kana = "ユウコ",
                                      .birth = "19590501",
                                      .sex = "F",
                                      .address = "静岡市葵区追手町9-6",
                                      .postal = "4200853",
                                      .phone = "0542540001"};

static void test_one_woman_in_two_hospitals_is_one_person(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct world w;

    (void)state;
    world_create(&w, model_text(a));
    send_and_expect(&w, &yuko_a, NY_OK, "ack 0");
    send_and_expect(&w, &yuko_b, NY_OK, "ack 0");
    assert_int_equal(fake_store_identities(w.store), 2);
    assert_int_equal(fake_store_person(w.store, 0), fake_store_person(w.store, 1));
    world_destroy(&w);
    ny_arena_destroy(a);
}

static void on_source_set(void *ctx, ny_rc rc)
{
    *(ny_rc *)ctx = rc;
}

static void test_a_source_on_probation_links_nobody(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct world w;
    struct ny_requester_row row;
    ny_rc rc = NY_EDB;

    (void)state;
    world_create(&w, model_text(a));
    row = *ny_registry_source(w.registry, NY_S("HIS"), NY_S("F02"));
    row.probation = true;
    ny_registry_source_set(w.registry, &row, NY_S("clerk"), on_source_set, &rc);
    pump_all(&w);
    assert_int_equal(rc, NY_OK);
    send_and_expect(&w, &yuko_a, NY_OK, "ack 0");
    send_and_expect(&w, &yuko_b, NY_OK, "ack 0");
    assert_int_not_equal(fake_store_person(w.store, 0), fake_store_person(w.store, 1));
    assert_int_equal(fake_store_reviews(w.store, NY_REVIEW_OPEN), 1);
    world_destroy(&w);
    ny_arena_destroy(a);
}

static void test_a_replay_gets_the_stored_answer(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct world w;
    int64_t replayed;

    (void)state;
    world_create(&w, model_text(a));
    send_and_expect(&w, &yuko_a, NY_OK, "ack 0");
    replayed = ny_counter_get(NY_C_FEED_REPLAYED);
    send_and_expect(&w, &yuko_a, NY_OK, "ack 0");
    assert_int_equal(ny_counter_get(NY_C_FEED_REPLAYED), replayed + 1);
    assert_int_equal(fake_store_messages(w.store), 1);
    world_destroy(&w);
    ny_arena_destroy(a);
}

static void test_a_failed_batch_refuses_only_the_message_at_fault(void **state)
{
    static struct message day[MESSAGES_MAX];
    struct ny_arena *a = ny_arena_create(0);
    struct world w;
    size_t n = make_day(day, 30, 9);
    struct sent *sent[MESSAGES_MAX];
    size_t refused = 0;

    (void)state;
    world_create(&w, model_text(a));
    fake_store_poison(w.store, "M7");
    for (size_t i = 0; i < n; i++) {
        sent[i] = send_message(&w, &day[i]);
    }
    pump_all(&w);
    for (size_t i = 0; i < n; i++) {
        bool at_fault = strcmp(day[i].control_id, "M7") == 0;

        assert_true(sent[i]->answered);
        assert_int_equal(sent[i]->rc, at_fault ? NY_ECONFLICT : NY_OK);
        refused += sent[i]->rc != NY_OK;
        sent_destroy(sent[i]);
    }
    assert_int_equal(refused, 1);
    assert_int_equal(fake_store_messages(w.store), n - 1);
    assert_true(ny_registry_is_idle(w.registry));
    world_destroy(&w);
    ny_arena_destroy(a);
}

static void test_a_failed_batch_leaves_memory_as_it_was(void **state)
{
    static struct message day[MESSAGES_MAX];
    static struct line before[MESSAGES_MAX];
    static struct line after[MESSAGES_MAX];
    struct ny_arena *a = ny_arena_create(0);
    ny_str model = model_text(a);
    struct world w;
    struct world undisturbed;
    size_t n = make_day(day, 60, 11);
    size_t n_before;

    (void)state;
    world_create(&undisturbed, model);
    feed_day(&undisturbed, day, n, 16);
    n_before = groups_of(&undisturbed, before);
    world_create(&w, model);
    for (size_t i = 0; i < n; i += 20) {
        fake_store_fail(w.store, NY_EAGAIN, 1); /* a serialisation failure: decided again */
        feed_day(&w, day + i, n - i < 20 ? n - i : 20, 7);
    }
    assert_same_groups(before, n_before, after, groups_of(&w, after));
    assert_int_equal(fake_store_edges(w.store), fake_store_edges(undisturbed.store));
    assert_int_equal(fake_store_versions(w.store), fake_store_versions(undisturbed.store));
    world_destroy(&w);
    world_destroy(&undisturbed);
    ny_arena_destroy(a);
}

static void test_a_lost_database_is_told_and_survived(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct world w;
    struct sent *s;

    (void)state;
    world_create(&w, model_text(a));
    send_and_expect(&w, &yuko_a, NY_OK, "ack 0");
    fake_store_fail(w.store, NY_EDB, 1);
    s = send_message(&w, &yuko_b);
    pump_all(&w);
    assert_int_equal(s->rc, NY_EDB);
    sent_destroy(s);
    assert_false(ny_registry_is_ready(w.registry));
    send_and_expect(&w, &yuko_b, NY_EDB, "");
    fake_store_lose(w.store, false);
    fake_store_lose(w.store, true);
    assert_true(ny_registry_is_ready(w.registry));
    send_and_expect(&w, &yuko_b, NY_OK, "ack 0");
    assert_int_equal(fake_store_person(w.store, 0), fake_store_person(w.store, 1));
    world_destroy(&w);
    ny_arena_destroy(a);
}

static void test_a_commit_whose_answer_was_lost_is_found_again(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct world w;

    (void)state;
    world_create(&w, model_text(a));
    fake_store_lose_answer(w.store);
    send_and_expect(&w, &yuko_a, NY_EDB, "");
    fake_store_lose(w.store, false);
    fake_store_lose(w.store, true);
    assert_int_equal(fake_store_messages(w.store), 1);
    send_and_expect(&w, &yuko_a, NY_OK, "ack 0"); /* the sender repeats: nothing twice */
    assert_int_equal(fake_store_messages(w.store), 1);
    send_and_expect(&w, &yuko_b, NY_OK, "ack 0");
    assert_int_equal(fake_store_identities(w.store), 2);
    assert_int_equal(fake_store_person(w.store, 0), fake_store_person(w.store, 1));
    world_destroy(&w);
    ny_arena_destroy(a);
}

static void test_several_ids_of_one_message_are_one_person(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    struct world w;
    struct sent *s;
    struct ny_domain second = {.kind = NY_DOMAIN_FACILITY,
                               .ns = NY_S("F01B"),
                               .oid = NY_S("1.2.3.77"),
                               .type = NY_S("ISO"),
                               .source_facility = NY_S("F01")};
    struct message m = yuko_a;

    (void)state;
    world_create(&w, model_text(a));
    ny_registry_destroy(w.registry);
    fake_store_add_domain(w.store, &second);
    world_open(&w);
    m.phone[0] = '\0';
    m.address = NULL;
    s = ny_calloc(1, sizeof(*s));
    s->arena = ny_arena_create(0);
    s->feed.request.source = ny_registry_source(w.registry, NY_S("HIS"), NY_S("F01"));
    s->feed.request.control_id = NY_S("X1");
    s->feed.n_ids = 2;
    s->feed.domains[0] = ny_registry_domain(w.registry, 1);
    s->feed.ids[0] = NY_S("1");
    s->feed.domains[1] = ny_registry_domain(w.registry, DOMAINS + 1);
    s->feed.ids[1] = NY_S("2");
    patient_of(s, &m, &(struct ny_stamp){.at_us = 5, .control_id = NY_S("X1")});
    ny_registry_feed(w.registry, &s->feed, &(struct ny_reply){compose, done, s});
    pump_all(&w);
    assert_int_equal(s->rc, NY_OK);
    sent_destroy(s);
    assert_int_equal(fake_store_identities(w.store), 2);
    assert_int_equal(fake_store_person(w.store, 0), fake_store_person(w.store, 1));
    world_destroy(&w);
    ny_arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_woman_in_two_hospitals_is_one_person),
        cmocka_unit_test(test_a_source_on_probation_links_nobody),
        cmocka_unit_test(test_a_replay_gets_the_stored_answer),
        cmocka_unit_test(test_a_failed_batch_refuses_only_the_message_at_fault),
        cmocka_unit_test(test_a_failed_batch_leaves_memory_as_it_was),
        cmocka_unit_test(test_a_lost_database_is_told_and_survived),
        cmocka_unit_test(test_a_commit_whose_answer_was_lost_is_found_again),
        cmocka_unit_test(test_several_ids_of_one_message_are_one_person),
        cmocka_unit_test(test_the_same_day_again_changes_nothing),
        cmocka_unit_test(test_shuffled_days_give_the_same_groups),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
