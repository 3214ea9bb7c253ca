/* See world.h. */

#include "world.h"

void world_open(struct world *w)
{
    struct ny_registry_config cfg = {
        .store = w->store,
        .regional = {NY_S("REGIONAL"), NY_S("1.2.3.9"), NY_S("ISO")},
        .regional_listed = true,
        .regional_digits = 11,
        .batch_max = w->batch_max,
        .two_person_above = w->two_person_above,
        .on_search_waits = w->on_search_waits,
    };
    struct ny_error err;

    assert_int_equal(ny_registry_create(&cfg, &w->registry, &err), NY_OK);
}

void world_create(struct world *w, ny_str model)
{
    *w = (struct world){.arena = ny_arena_create(0)};
    w->store = fake_store_create(model);
    fake_store_add_facilities(w->store, w->arena, DOMAINS);
    world_open(w);
}

void world_begin(struct world *w)
{
    struct ny_arena *a = ny_arena_create(0);

    world_create(w, fake_model_text(a, 0));
    ny_arena_destroy(a);
}

void world_destroy(struct world *w)
{
    ny_registry_destroy(w->registry);
    fake_store_destroy(w->store);
    ny_arena_destroy(w->arena);
}

void pump_all(struct world *w)
{
    while (fake_store_pump(w->store)) {
    }
}

/* ---- feeding ---- */

ny_rc sent_compose(void *ctx, const struct ny_feed_outcome *o, ny_str *out)
{
    struct sent *s = ctx;

    s->outcome = *o;
    *out = ny_arena_printf(s->arena, "ack %d", (int)o->result);
    return NY_OK;
}

void sent_done(void *ctx, ny_rc rc, ny_str answer)
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

void patient_of(struct sent *s, const struct message *m, const struct ny_stamp *st)
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

struct sent *send_message(struct world *w, const struct message *m)
{
    struct sent *s = ny_calloc(1, sizeof(*s));
    const struct ny_domain *d = ny_registry_domain(w->registry, m->domain);
    struct ny_reply reply = {sent_compose, sent_done, s};
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

void sent_destroy(struct sent *s)
{
    ny_arena_destroy(s->arena);
    ny_free(s);
}

void send_and_expect(struct world *w, const struct message *m, ny_rc rc, const char *ack)
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

void random_seed(uint64_t seed)
{
    random_state = seed;
}

uint32_t random_below(uint32_t n)
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

size_t make_day(struct message *day, size_t n_people, uint64_t seed)
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

void shuffle(struct message *day, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t k = random_below((uint32_t)i);
        struct message m = day[i - 1];

        day[i - 1] = day[k];
        day[k] = m;
    }
}

void feed_day(struct world *w, const struct message *day, size_t n, size_t width)
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

static int by_key(const void *a, const void *b)
{
    const struct line *x = a;
    const struct line *y = b;

    return strcmp(x->key, y->key);
}

size_t groups_of(const struct world *w, struct line *lines)
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

void assert_same_groups(const struct line *a, size_t n, const struct line *b, size_t m)
{
    assert_int_equal(n, m);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(a[i].key, b[i].key) != 0 || strcmp(a[i].leader, b[i].leader) != 0) {
            fail_msg("%s is with %s in one order and %s is with %s in another", a[i].key,
                     a[i].leader, b[i].key, b[i].leader);
        }
    }
}
