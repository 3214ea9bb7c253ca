/* Long searches: they wait their turn, others go before them, and they end whatever happens. */

#include "nayose/registry_search.h"

#include "world.h"

enum { PEOPLE = 2500 };

struct answer {
    ny_rc rc;
    bool called;
    struct ny_search_page *page;
};

static int waits;

static void on_search_waits(void *ctx)
{
    (void)ctx;
    waits++;
}

static void on_page(void *ctx, ny_rc rc, struct ny_search_page *page)
{
    struct answer *a = ctx;

    assert_false(a->called);
    *a = (struct answer){rc, true, page};
}

/* The i-th of them: a surname of ヤ and two more kana, so that hardly anybody is like another. */
static void person(unsigned i, struct message *m, char name[16])
{
    static const char *const kana[] = {"ア", "イ", "ウ", "エ", "オ", "カ", "キ", "ク", "ケ", "コ"};

    snprintf(name, 16, "ヤ%s%s", kana[i % 10], kana[i / 10 % 10]);
    *m = (struct message){.domain = 1 + (int)(i % DOMAINS),
                          .at_us = INT64_C(1700000000000000) + i,
                          .family = "",
                          .given = "",
                          .family_kana = name,
                          .given_kana = kana[i / 100 % 10],
                          .sex = i % 2 == 0 ? "F" : "M"};
    snprintf(m->control_id, sizeof(m->control_id), "M%u", i);
    snprintf(m->id, sizeof(m->id), "%u", i);
    snprintf(m->birth, sizeof(m->birth), "19%02u%02u%02u", i % 97, 1 + i % 12, 1 + i % 28);
}

static void feed_one(struct world *w, unsigned i)
{
    struct message m;
    char name[16];
    struct sent *s;

    person(i, &m, name);
    s = send_message(w, &m);
    pump_all(w);
    assert_true(s->answered);
    sent_destroy(s);
}

static void crowd_begin(struct world *w)
{
    waits = 0;
    world_begin(w);
    for (unsigned i = 0; i < PEOPLE; i++) {
        feed_one(w, i);
    }
}

static void slices_begin(struct world *w)
{
    ny_registry_destroy(w->registry);
    w->on_search_waits = on_search_waits;
    world_open(w);
}

static struct ny_search_ask by_family(struct world *w, const char *value)
{
    struct ny_search_ask ask = {.page = 20, .who = NY_S("PORTAL"), .tag = NY_S("T")};
    static const struct ny_domain *wanted[DOMAINS];

    for (int32_t i = 0; i < DOMAINS; i++) {
        wanted[i] = ny_registry_domain(w->registry, i + 1);
    }
    ask.wanted = wanted;
    ask.n_wanted = DOMAINS;
    ask.search.field[NY_SEARCH_FAMILY].v[0] = ny_str_from_c(value);
    ask.search.field[NY_SEARCH_FAMILY].n = 1;
    return ask;
}

static void page_text(const struct ny_search_page *p, char *out, size_t cap)
{
    size_t at = (size_t)snprintf(out, cap, "%zu:", p->total);

    for (size_t i = 0; i < p->n; i++) {
        assert_int_equal(p->hits[i].n_members, 1);
        at += (size_t)snprintf(out + at, cap - at, " %d/%.*s", p->hits[i].members[0].domain,
                               NY_ARG(p->hits[i].members[0].local_id));
        assert_true(at < cap);
    }
}

static void test_in_slices_as_in_one_go(void **state)
{
    static char whole[2048];
    static char sliced[2048];
    struct answer all = {0};
    struct answer a = {0};
    struct answer b = {0};
    struct answer few = {0};
    struct ny_search_ask ask;
    struct ny_search_ask short_one;
    struct world w;
    int steps = 0;

    (void)state;
    crowd_begin(&w);
    ask = by_family(&w, "ヤ*");
    ny_registry_search(w.registry, w.arena, &ask, on_page, &all);
    assert_true(all.called && all.rc == NY_OK && all.page->total > 2000);
    page_text(all.page, whole, sizeof(whole));

    slices_begin(&w);
    ask = by_family(&w, "ヤ*");
    short_one = by_family(&w, "ヤアイ");
    ny_registry_search(w.registry, w.arena, &ask, on_page, &a);
    ny_registry_search(w.registry, w.arena, &ask, on_page, &b);
    assert_false(a.called || b.called);
    assert_int_equal(waits, 2);
    ny_registry_search(w.registry, w.arena, &short_one, on_page, &few);
    assert_true(few.called && few.page->n > 0); /* waits for nobody */
    while (ny_registry_search_step(w.registry)) {
        steps++;
        assert_true(steps < 100);
    }
    assert_true(steps >=
                6); /* three slices of fitting and of scoring, twice, less the first ones */
    assert_true(a.called && a.rc == NY_OK && b.called && b.rc == NY_OK);
    page_text(a.page, sliced, sizeof(sliced));
    assert_string_equal(sliced, whole);
    assert_false(ny_registry_search_step(w.registry));
    world_destroy(&w);
}

static void test_what_ends_a_search_that_waits(void **state)
{
    struct answer stopped = {0};
    struct answer undone = {0};
    struct ny_search_ask ask;
    struct world w;

    (void)state;
    crowd_begin(&w);
    slices_begin(&w);
    ask = by_family(&w, "ヤ*");
    ny_registry_search(w.registry, w.arena, &ask, on_page, &undone);
    fake_store_fail(w.store, NY_EAGAIN, 1);
    feed_one(&w, PEOPLE); /* taken back, and decided again */
    assert_false(ny_registry_search_step(w.registry));
    assert_true(undone.called && undone.rc == NY_EAGAIN);
    ny_registry_search(w.registry, w.arena, &ask, on_page, &stopped);
    ny_registry_searches_end(w.registry);
    assert_true(stopped.called && stopped.rc == NY_EDB);
    assert_false(ny_registry_search_step(w.registry));
    world_destroy(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_slices_as_in_one_go),
        cmocka_unit_test(test_what_ends_a_search_that_waits),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
