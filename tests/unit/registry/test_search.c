/* Searches over a registry: the same answer whatever came first, snapshots and their limits. */

#include "nayose/registry_search.h"

#include "world.h"

enum { TEXT = 65536 };

struct answer {
    ny_rc rc;
    bool called;
    struct ny_search_page *page;
};

static void on_page(void *ctx, ny_rc rc, struct ny_search_page *page)
{
    struct answer *a = ctx;

    assert_false(a->called);
    *a = (struct answer){rc, true, page};
}

/* A question by one field, in pages. */
static struct ny_search_ask by(enum ny_search_field f, const char *value, size_t page)
{
    struct ny_search_ask ask = {.page = page, .who = NY_S("PORTAL"), .tag = NY_S("T")};

    ask.search.field[f].v[0] = ny_str_from_c(value);
    ask.search.field[f].n = 1;
    return ask;
}

/* The domains of the world are not listed: they are told to who names them. */
static void want_all(struct world *w, struct ny_search_ask *ask)
{
    static const struct ny_domain *wanted[DOMAINS];

    for (int32_t i = 0; i < DOMAINS; i++) {
        wanted[i] = ny_registry_domain(w->registry, i + 1);
    }
    ask->wanted = wanted;
    ask->n_wanted = DOMAINS;
}

static struct answer search(struct world *w, const struct ny_search_ask *ask)
{
    struct answer a = {0};

    ny_registry_search(w->registry, w->arena, ask, on_page, &a);
    pump_all(w);
    assert_true(a.called);
    return a;
}

static struct answer read_page(struct world *w, struct ny_search_page *page)
{
    struct answer a = {0};

    ny_registry_search_read(w->registry, w->arena, page, on_page, &a);
    pump_all(w);
    assert_true(a.called);
    return a;
}

/* Members of each hit, in the order of the hits; regional ids are numbered as people come. */
static void page_text(const struct ny_search_page *p, char *out)
{
    size_t at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < p->n; i++) {
        for (size_t k = 0; k < p->hits[i].n_members; k++) {
            at += (size_t)snprintf(out + at, TEXT - at, "%d:%.*s ", p->hits[i].members[k].domain,
                                   NY_ARG(p->hits[i].members[k].local_id));
        }
        at += (size_t)snprintf(out + at, TEXT - at, "%d\n", p->hits[i].total_b1024);
        assert_true(at < TEXT);
    }
}

static void test_order_of_arrival(void **state)
{
    static const struct {
        enum ny_search_field field;
        const char *value;
    } asked[] = {
        {NY_SEARCH_BIRTH,  "1959"},
        {NY_SEARCH_FAMILY, "ヤ*"},
        {NY_SEARCH_GIVEN,  "T*"  },
    };
    static struct message day[MESSAGES_MAX];
    static char first[NY_ARRAY_LEN(asked)][TEXT];
    static char text[TEXT];
    size_t n = make_day(day, 40, 3);
    size_t found = 0;

    (void)state;
    for (int round = 0; round < 3; round++) {
        struct world w;

        world_begin(&w);
        feed_day(&w, day, n, round == 1 ? 1 : 8);
        for (size_t i = 0; i < NY_ARRAY_LEN(asked); i++) {
            struct ny_search_ask ask = by(asked[i].field, asked[i].value, 0);
            struct answer a;

            want_all(&w, &ask);
            a = search(&w, &ask);
            assert_int_equal(a.rc, NY_OK);
            assert_int_equal(a.page->result, NY_SEARCH_FOUND);
            found += a.page->total;
            page_text(a.page, round == 0 ? first[i] : text);
            if (round > 0) {
                assert_string_equal(first[i], text);
            }
        }
        world_destroy(&w);
        shuffle(day, n);
    }
    assert_true(found > 0);
}

/* Forty people of one surname. */
static void feed_people(struct world *w, unsigned from, unsigned to)
{
    static const char *const given[] = {"アイ", "カイ", "サエ", "タエ",
                                        "ナオ", "ハル", "マイ", "ユイ"};

    for (unsigned i = from; i < to; i++) {
        struct message m = {.domain = 1,
                            .at_us = INT64_C(1700000000000000) + i,
                            .family = "山田",
                            .given = "",
                            .family_kana = "ヤマダ",
                            .given_kana = given[i % 8],
                            .sex = "F",
                            .address = "",
                            .postal = ""};

        snprintf(m.control_id, sizeof(m.control_id), "P%u", i);
        snprintf(m.id, sizeof(m.id), "%u", i);
        snprintf(m.birth, sizeof(m.birth), "%04u%02u%02u", 1930 + i % 60, i % 12 + 1, i % 28 + 1);
        send_and_expect(w, &m, NY_OK, "ack 0");
    }
}

static void test_pages_of_a_snapshot(void **state)
{
    struct world w;
    struct ny_search_ask ask = by(NY_SEARCH_FAMILY, "ヤマダ", 7);
    bool seen[200] = {false};
    size_t total = 0;
    ny_str last = NY_STR_NONE;

    (void)state;
    world_begin(&w);
    feed_people(&w, 0, 40);
    want_all(&w, &ask);
    for (unsigned turn = 0; turn == 0 || ask.pointer.n > 0; turn++) {
        struct answer a = search(&w, &ask);

        assert_int_equal(a.page->result, NY_SEARCH_FOUND);
        assert_int_equal(a.page->total, 40);
        a = read_page(&w, a.page);
        assert_int_equal(a.rc, NY_OK);
        assert_int_equal(a.page->n, turn < 5 ? 7u : 5u);
        for (size_t i = 0; i < a.page->n; i++) {
            uint64_t id = 0;

            assert_int_equal(ny_str_to_u64(a.page->hits[i].members[0].local_id, 0, 199, &id),
                             NY_OK);
            assert_false(seen[id]);
            seen[id] = true;
            assert_non_null(a.page->hits[i].patient);
            total++;
        }
        feed_people(&w, 40 + turn, 41 + turn); /* who comes later is not in it */
        last = ask.pointer;
        ask.pointer = a.page->next;
    }
    assert_int_equal(total, 40);
    ask.pointer = last; /* another place of it, in another number */
    ask.start = 31;
    ask.page = 4;
    assert_int_equal(search(&w, &ask).page->n, 4);
    assert_int_equal(search(&w, &ask).page->remaining, 6);
    ask.start = 41;
    assert_int_equal(search(&w, &ask).page->n, 0);
    ask.start = 0;
    ask.page = 7;
    ask.pointer = last; /* once more: its answer was lost */
    assert_int_equal(search(&w, &ask).page->n, 5);
    world_destroy(&w);
}

/* Two persons of a snapshot that become one between two pages are one that was sent already. */
static void test_joined_between_pages(void **state)
{
    struct world w;
    struct ny_search_ask ask = by(NY_SEARCH_FAMILY, "クニサダ", 1);
    struct message m = {.control_id = "A",
                        .domain = 1,
                        .id = "1",
                        .at_us = INT64_C(1700000000000000),
                        .family = "國定",
                        .given = "忠治郎",
                        .family_kana = "クニサダ",
                        .given_kana = "チュウジロウ",
                        .birth = "19590501",
                        .sex = "M",
                        .address = "静岡県静岡市葵区追手町9-6",
                        .postal = "4200853",
                        .phone = "0542213131"};
    struct answer a;

    (void)state;
    world_begin(&w);
    send_and_expect(&w, &m, NY_OK, "ack 0");
    m.domain = 2;
    m.given = "權三";
    m.given_kana = "ゴンゾウ";
    memcpy(m.birth, "19810203", 9);
    m.control_id[0] = 'B';
    send_and_expect(&w, &m, NY_OK, "ack 0");
    a = search(&w, &ask);
    assert_int_equal(a.page->total, 2);
    assert_int_equal(a.page->n, 1);
    m.given = "忠治郎";
    m.given_kana = "チュウジロウ";
    memcpy(m.birth, "19590501", 9);
    m.at_us++;
    m.control_id[0] = 'C';
    send_and_expect(&w, &m, NY_OK, "ack 0");
    ask.pointer = a.page->next;
    a = search(&w, &ask);
    assert_int_equal(a.page->result, NY_SEARCH_FOUND);
    assert_int_equal(a.page->n, 0);
    assert_int_equal(a.page->remaining, 0);
    ask.pointer = NY_STR_NONE; /* they are one now: this is no accident of the snapshot */
    assert_int_equal(search(&w, &ask).page->total, 1);
    world_destroy(&w);
}

static void test_whose_pointer(void **state)
{
    struct world w;
    struct ny_search_ask ask = by(NY_SEARCH_FAMILY, "ヤマダ", 7);
    struct ny_search_ask other;
    int64_t now = ny_clock_now_us();

    (void)state;
    world_begin(&w);
    feed_people(&w, 0, 20);
    ask.pointer = search(&w, &ask).page->next;
    assert_int_equal(search(&w, &ask).page->result, NY_SEARCH_FOUND);
    other = ask;
    other.who = NY_S("SOMEBODY ELSE");
    assert_int_equal(search(&w, &other).page->result, NY_SEARCH_NO_POINTER);
    other = ask;
    other.question[3] ^= 1;
    assert_int_equal(search(&w, &other).page->result, NY_SEARCH_NO_POINTER);
    ny_registry_search_cancel(w.registry, ask.who, NY_S("another query"));
    assert_int_equal(search(&w, &ask).page->result, NY_SEARCH_FOUND);
    ny_registry_search_cancel(w.registry, NY_S("SOMEBODY ELSE"), ask.tag);
    assert_int_equal(search(&w, &ask).page->result, NY_SEARCH_FOUND);
    ny_clock_freeze_us(now + (NY_SEARCH_IDLE_S - 1) * NY_US_PER_SECOND);
    assert_int_equal(search(&w, &ask).page->result, NY_SEARCH_FOUND);
    ny_clock_freeze_us(now + (2 * NY_SEARCH_IDLE_S + 1) * NY_US_PER_SECOND);
    assert_int_equal(search(&w, &ask).page->result, NY_SEARCH_NO_POINTER);
    ny_clock_freeze_us(0);
    world_destroy(&w);
}

/* A requester's oldest snapshot gives way; those of others stay. */
static void test_how_many_snapshots(void **state)
{
    struct world w;
    struct ny_search_ask first = by(NY_SEARCH_FAMILY, "ヤマダ", 7);
    struct ny_search_ask others = first;
    struct ny_search_ask more = first;

    (void)state;
    world_begin(&w);
    feed_people(&w, 0, 20);
    others.who = NY_S("SOMEBODY ELSE");
    ny_clock_freeze_us(ny_clock_now_us());
    first.pointer = search(&w, &first).page->next;
    others.pointer = search(&w, &others).page->next;
    for (int i = 1; i < NY_SEARCH_CURSORS_OF_ONE; i++) {
        ny_clock_freeze_us(ny_clock_now_us() + 1);
        (void)search(&w, &more);
    }
    assert_int_equal(search(&w, &others).page->result, NY_SEARCH_FOUND);
    ny_clock_freeze_us(ny_clock_now_us() + 1);
    (void)search(&w, &more); /* one too many */
    assert_int_equal(search(&w, &first).page->result, NY_SEARCH_NO_POINTER);
    assert_int_equal(search(&w, &others).page->result, NY_SEARCH_FOUND);
    ny_clock_freeze_us(0);
    world_destroy(&w);
}

/* A batch that fails may have given out numbers that soon mean somebody else. */
static void test_taken_back(void **state)
{
    struct world w;
    struct ny_search_ask ask = by(NY_SEARCH_FAMILY, "ヤマダ", 7);
    struct answer a;

    (void)state;
    world_begin(&w);
    feed_people(&w, 0, 20);
    a = search(&w, &ask);
    ask.pointer = a.page->next;
    fake_store_fail(w.store, NY_EAGAIN, 1);
    feed_people(&w, 20, 21);
    assert_int_equal(read_page(&w, a.page).rc, NY_EAGAIN);
    assert_int_equal(search(&w, &ask).page->result, NY_SEARCH_NO_POINTER);
    world_destroy(&w);
}

struct one {
    ny_rc rc;
    const struct ny_patient *patient;
};

static void on_one(void *ctx, ny_rc rc, const struct ny_patient *patient)
{
    *(struct one *)ctx = (struct one){rc, patient};
}

/* A person of the database that memory, which is being loaded, does not know yet is no crash. */
static void test_one_patient(void **state)
{
    struct world w;
    struct one one = {0};

    (void)state;
    world_begin(&w);
    feed_people(&w, 0, 2);
    ny_registry_patient_read(w.registry, w.arena, 2, on_one, &one);
    pump_all(&w);
    assert_int_equal(one.rc, NY_OK);
    assert_non_null(one.patient);
    assert_int_equal(one.patient->sets[NY_SET_NAME].n, 1);
    ny_registry_patient_read(w.registry, w.arena, 3, on_one, &one);
    assert_int_equal(one.rc, NY_EAGAIN);
    assert_null(one.patient);
    world_destroy(&w);
}

/* Only hits as sure as was asked for, and all of those. */
static void test_least_confidence(void **state)
{
    struct world w;
    struct ny_search_ask ask = by(NY_SEARCH_FAMILY, "ヤマダ", 40);
    struct answer a;
    size_t all[101] = {0};

    (void)state;
    world_begin(&w);
    feed_people(&w, 0, 20);
    want_all(&w, &ask);
    ask.search.field[NY_SEARCH_BIRTH] = (struct ny_search_values){
        {NY_S("1930"), NY_S("1931..1940")},
        2
    };
    ask.search.field[NY_SEARCH_SEX] = (struct ny_search_values){{NY_S("F")}, 1};
    a = search(&w, &ask);
    assert_int_equal(a.page->total, 11);
    for (int least = 0; least <= 100; least++) {
        for (size_t i = 0; i < a.page->n; i++) {
            all[least] += ny_match_confidence(a.page->hits[i].total_b1024) >= 100 * least;
        }
    }
    for (int least = 0; least <= 100; least++) {
        ask.least = 100 * least;
        assert_int_equal(search(&w, &ask).page->total, all[least]);
    }
    ask.least = ny_match_confidence(a.page->hits[0].total_b1024); /* as sure as the best is */
    assert_true(search(&w, &ask).page->total > 0);
    ask.least++;
    assert_int_equal(search(&w, &ask).page->total, 0);
    assert_int_equal(all[100], 0);
    world_destroy(&w);
}

static void test_every_id(void **state)
{
    static const struct {
        const char *ids[3];
        size_t any, every;
    } rows[] = {
        {{"1"},            1, 1},
        {{"1", "2"},       2, 0},
        {{"1", "1"},       1, 1},
        {{"1", "none"},    1, 0},
        {{"none", "1"},    1, 0},
        {{"none", "none"}, 0, 0},
    };
    struct world w;

    (void)state;
    world_begin(&w);
    feed_people(&w, 0, 4);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_search_ask ask = {.who = NY_S("PORTAL")};

        want_all(&w, &ask);
        for (size_t k = 0; rows[i].ids[k] != NULL; k++) {
            ask.search.ids[ask.search.n_ids++] =
                (struct ny_search_id){1, ny_str_from_c(rows[i].ids[k])};
        }
        assert_int_equal(search(&w, &ask).page->total, rows[i].any);
        ask.search.every_id = true;
        assert_int_equal(search(&w, &ask).page->total, rows[i].every);
    }
    world_destroy(&w);
}

static void test_who_asks_for_too_much(void **state)
{
    struct world w;
    struct ny_search_ask ask = by(NY_SEARCH_SEX, "F", 7);

    (void)state;
    world_begin(&w);
    feed_people(&w, 0, 4);
    assert_int_equal(search(&w, &ask).page->result, NY_SEARCH_TOO_FEW);
    ask = by(NY_SEARCH_CITY, "葵区", 0);
    assert_int_equal(search(&w, &ask).page->result, NY_SEARCH_TOO_FEW);
    ask = by(NY_SEARCH_FAMILY, "ヤマダ", 0);
    ask.search.field[NY_SEARCH_SEX] = by(NY_SEARCH_SEX, "F", 0).search.field[NY_SEARCH_SEX];
    ask.minimum = 2;
    assert_int_equal(search(&w, &ask).page->result, NY_SEARCH_TOO_FEW);
    ask.search.field[NY_SEARCH_BIRTH] =
        by(NY_SEARCH_BIRTH, "1930", 0).search.field[NY_SEARCH_BIRTH];
    assert_int_equal(search(&w, &ask).page->result, NY_SEARCH_FOUND);
    ask = by(NY_SEARCH_BIRTH, "tomorrow", 0);
    assert_int_equal(search(&w, &ask).page->result, NY_SEARCH_UNREADABLE);
    world_destroy(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_of_arrival),
        cmocka_unit_test(test_pages_of_a_snapshot),
        cmocka_unit_test(test_joined_between_pages),
        cmocka_unit_test(test_whose_pointer),
        cmocka_unit_test(test_how_many_snapshots),
        cmocka_unit_test(test_taken_back),
        cmocka_unit_test(test_one_patient),
        cmocka_unit_test(test_least_confidence),
        cmocka_unit_test(test_every_id),
        cmocka_unit_test(test_who_asks_for_too_much),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
