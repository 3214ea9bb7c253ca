/* Visits beside the feed, and persons found by them. */

#include "nayose/registry_search.h"

#include "world.h"

static const struct message hanako = {.control_id = "A1",
                                      .domain = 1,
                                      .id = "0001",
                                      .at_us = 100,
                                      .family = "名寄",
                                      .given = "花子",
                                      .family_kana = "ナヨロ",
                                      .given_kana = "ハナコ",
                                      .birth = "19590501",
                                      .sex = "F",
                                      .address = "静岡市葵区追手町9-6",
                                      .postal = "4200853",
                                      .phone = "0542540001"};

/* Terms and texts of the visits that are fed; they live as long as the tests. */
static ny_str term_of(enum ny_visit_field f)
{
    return f == NY_VISIT_NUMBER  ? NY_S("19.1.1=V1")
           : f == NY_VISIT_CLASS ? NY_S("2.1.1=I")
                                 : NY_S("3.1.1=W3");
}

static void visit_make(struct ny_visit *v, ny_str terms[NY_VISIT_COUNT], int64_t at_us)
{
    static const enum ny_visit_field said[] = {NY_VISIT_CLASS, NY_VISIT_LOCATION, NY_VISIT_NUMBER};

    *v = (struct ny_visit){
        .number = NY_S("V1"),
        .stamp = {.at_us = at_us, .control_id = NY_S("V")},
        .state = NY_VISIT_THERE
    };
    for (size_t i = 0; i < NY_ARRAY_LEN(said); i++) {
        terms[said[i]] = term_of(said[i]);
        v->field[said[i]] = (struct ny_visit_value){true, NY_S("x"), &terms[said[i]], 1};
    }
}

/* A message that tells a visit alone. */
static void send_visit(struct world *w, const char *id, const struct ny_visit *v, ny_rc rc)
{
    struct sent *s = ny_calloc(1, sizeof(*s));

    s->arena = ny_arena_create(0);
    s->feed.kind = NY_FEED_VISIT;
    s->feed.request.source = ny_registry_source(w->registry, NY_S("HIS"), NY_S("F01"));
    s->feed.request.control_id = NY_S("V");
    s->feed.request.body =
        ny_arena_printf(s->arena, "%s %d %lld", id, (int)v->state, (long long)v->stamp.at_us);
    ny_sha256(s->feed.request.body, s->feed.request.body_hash);
    s->feed.n_ids = 1;
    s->feed.domains[0] = ny_registry_domain(w->registry, 1);
    s->feed.ids[0] = ny_str_from_c(id);
    ny_patient_init(&s->feed.patient);
    s->feed.patient.seen = v->stamp;
    s->feed.visit = v;
    ny_registry_feed(w->registry, &s->feed, &(struct ny_reply){sent_compose, sent_done, s});
    pump_all(w);
    assert_true(s->answered);
    assert_int_equal(s->rc, rc);
    sent_destroy(s);
}

/* ---- asking ---- */

struct asked {
    ny_rc rc;
    enum ny_search_result result;
    size_t n;
    int64_t person;
    bool visit;
    struct ny_search_page *page;
};

static void on_found(void *ctx, ny_rc rc, struct ny_search_page *page)
{
    struct asked *a = ctx;

    a->rc = rc;
    a->page = page;
}

static struct asked ask(struct world *w, struct ny_search_ask *q)
{
    struct ny_arena *a = ny_arena_create(0);
    struct asked out = {0};

    q->visits = true;
    q->who = NY_S("P");
    ny_registry_search(w->registry, a, q, on_found, &out);
    pump_all(w);
    assert_int_equal(out.rc, NY_OK);
    out.result = out.page->result;
    out.n = out.page->total;
    if (out.result == NY_SEARCH_FOUND && out.n > 0) {
        ny_registry_search_read(w->registry, a, out.page, on_found, &out);
        pump_all(w);
        assert_int_equal(out.rc, NY_OK);
        out.n = out.page->n;
        out.person = out.n > 0 ? out.page->hits[0].person : 0;
        out.visit = out.n > 0 && out.page->hits[0].visit != NULL;
    }
    out.page = NULL;
    ny_arena_destroy(a);
    return out;
}

static struct asked ask_number(struct world *w)
{
    struct ny_search_ask q = {.n_visit_terms = 1, .n_visit_keys = 1};

    q.visit_terms[0] = term_of(NY_VISIT_NUMBER);
    return ask(w, &q);
}

static void open(struct world *w)
{
    struct ny_arena *a = ny_arena_create(0);

    world_create(w, fake_model_text(a, 0));
    ny_arena_destroy(a);
}

static void test_found_by_a_visit_alone(void **state)
{
    ny_str terms[NY_VISIT_COUNT];
    struct ny_visit v;
    struct world w;

    (void)state;
    open(&w);
    visit_make(&v, terms, 200);
    send_and_expect(&w, &hanako, NY_OK, "ack 0");
    assert_int_equal(ask_number(&w).n, 0);
    send_visit(&w, "0001", &v, NY_OK);
    assert_int_equal(ask_number(&w).person, fake_store_person(w.store, 0));
    assert_true(ask_number(&w).visit);
    assert_int_equal(fake_store_versions(w.store), 1); /* nothing of the patient */
    v.state = NY_VISIT_CANCELLED;
    v.stamp.at_us = 201;
    send_visit(&w, "0001", &v, NY_OK);
    assert_int_equal(ask_number(&w).n, 0);
    world_destroy(&w);
}

/* The visit came first: its patient is remembered, and not there before he is told of. */
static void test_a_visit_before_its_patient(void **state)
{
    ny_str terms[NY_VISIT_COUNT];
    struct ny_visit v;
    struct world w;

    (void)state;
    open(&w);
    visit_make(&v, terms, 50);
    send_visit(&w, "0001", &v, NY_OK);
    assert_int_equal(fake_store_identity(w.store, 0)->status, NY_IDENTITY_DELETED);
    assert_int_equal(ask_number(&w).n, 0);
    send_and_expect(&w, &hanako, NY_OK, "ack 0");
    assert_true(ask_number(&w).visit);
    world_destroy(&w);
}

/* A batch that fails keeps nothing of the visit. */
static void test_a_visit_and_its_message_are_one(void **state)
{
    ny_str terms[NY_VISIT_COUNT];
    struct ny_visit v;
    struct world w;

    (void)state;
    open(&w);
    visit_make(&v, terms, 200);
    send_and_expect(&w, &hanako, NY_OK, "ack 0");
    fake_store_poison(w.store, "V");
    send_visit(&w, "0001", &v, NY_ECONFLICT);
    assert_int_equal(ask_number(&w).n, 0);
    fake_store_poison(w.store, NULL);
    send_visit(&w, "0001", &v, NY_OK);
    assert_int_equal(ask_number(&w).n, 1);
    world_destroy(&w);
}

/* A name that one facility said, a visit that another one told, of one person. */
static void test_a_visit_is_its_persons(void **state)
{
    struct message other = hanako;
    struct ny_search_ask q = {.n_visit_terms = 1};
    ny_str terms[NY_VISIT_COUNT];
    struct ny_visit v;
    struct world w;

    (void)state;
    open(&w);
    visit_make(&v, terms, 200);
    send_and_expect(&w, &hanako, NY_OK, "ack 0");
    other.domain = 2;
    snprintf(other.id, sizeof(other.id), "77");
    snprintf(other.control_id, sizeof(other.control_id), "B1");
    send_and_expect(&w, &other, NY_OK, "ack 0");
    assert_int_equal(fake_store_person(w.store, 0), fake_store_person(w.store, 1));
    send_visit(&w, "0001", &v, NY_OK);
    q.visit_terms[0] = term_of(NY_VISIT_CLASS);
    q.search.ids[0] = (struct ny_search_id){2, NY_S("77")};
    q.search.n_ids = 1;
    assert_true(ask(&w, &q).visit);
    q.visit_terms[0] = NY_S("2.1.1=O");
    assert_int_equal(ask(&w, &q).n, 0);
    world_destroy(&w);
}

static void test_what_is_enough(void **state)
{
    struct ny_search_ask q = {.n_visit_terms = 1};
    struct world w;

    (void)state;
    open(&w);
    q.visit_terms[0] = term_of(NY_VISIT_CLASS);
    assert_int_equal(ask(&w, &q).result, NY_SEARCH_TOO_FEW);
    q.n_visit_keys = 1;
    q.minimum = 2;
    assert_int_equal(ask(&w, &q).result, NY_SEARCH_TOO_FEW);
    q.n_visit_keys = 2;
    assert_int_equal(ask(&w, &q).result, NY_SEARCH_FOUND);
    world_destroy(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found_by_a_visit_alone),
        cmocka_unit_test(test_a_visit_before_its_patient),
        cmocka_unit_test(test_a_visit_and_its_message_are_one),
        cmocka_unit_test(test_a_visit_is_its_persons),
        cmocka_unit_test(test_what_is_enough),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
