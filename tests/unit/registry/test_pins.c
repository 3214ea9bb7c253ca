/* Feeds, merges, links and withdrawals of a handful of identifiers in every order of arrival: who
 * is there, and who is one with whom. */

#include "world.h"

enum { IDENTITIES = 4, WORDS_MAX = 5 };

/* A word: time, what, first, second id. f: a feed of the first; b: of both in one message; -: the
 * first is taken back; > = !: merge, link, unlink. */
static const struct {
    const char *name;
    const char *words;
    const char *statuses; /* of a … d: A active, M merged, D deleted, . never heard of */
    const char *groups;   /* smallest of each one's group */
} rows[] = {
    {"feeds",                             "1fa. 2fb.",                "AA..", "ab.."},
    {"merge",                             "1fa. 2fb. 3>ab",           "MA..", "aa.."},
    {"both unknown",                      "1>ab",                     "MA..", "aa.."},
    {"subsumed unknown",                  "1fb. 2>ab",                "MA..", "aa.."},
    {"surviving unknown: it is there",    "1fa. 2>ab",                "MA..", "aa.."},
    {"fed again after its merge",         "1fa. 2fb. 3>ab 4fa.",      "MA..", "aa.."},
    {"circle whose oldest merge is void", "1>ab 2>bc 3>ca",           "AMM.", "aaa."},
    {"the same with feeds",               "1>ab 2>bc 3>ca 4fa. 5fb.", "AMM.", "aaa."},
    {"taken back",                        "1fa. 2-a.",                "D...", "a..."},
    {"taken back, never seen",            "2-a.",                     "D...", "a..."},
    {"taken back, fed again",             "1fa. 2-a. 3fa.",           "A...", "a..."},
    {"a merge into it brings it back",    "1fb. 2-b. 3>ab",           "MA..", "aa.."},
    {"a merge before it was taken back",  "1fa. 2fb. 3>ab 4-b.",      "MD..", "ab.."},
    {"retired, then taken back",          "1fa. 2fb. 3>ab 4-a.",      "MA..", "aa.."},
    {"two in one message",                "1bab",                     "AA..", "aa.."},
    {"unlinked is stronger",              "1!ab 2bab",                "AA..", "ab.."},
    {"link of two that are not there",    "1=ab",                     "DD..", "ab.."},
    {"link, then they come",              "1=ab 2fa. 3fb.",           "AA..", "aa.."},
    {"linked, one is taken back",         "1fa. 2fb. 3=ab 4-b.",      "AD..", "ab.."},
    {"linked, unlinked",                  "1fa. 2fb. 3=ab 4!ab",      "AA..", "ab.."},
    {"unlinked, linked",                  "1fa. 2fb. 3!ab 4=ab",      "AA..", "aa.."},
    {"moved from one to another",         "1fa. 2fb. 3fc. 4=ab 5~ac", "AAA.", "aba."},
    {"moved, linked after that",          "1fa. 2fb. 3fc. 4~ac 5=ab", "AAA.", "aaa."},
    {"moved from one message",            "1bab 2fc. 3~ac",           "AAA.", "aba."},
    {"link to a retired one",             "1fc. 2fb. 3>ab 4=ac",      "MAA.", "aaa."},
    {"between three",                     "1bab 2bbc 3!ac",           "AAA.", "aac."},
};

/* ---- messages ---- */

static void say_who(struct sent *s, char id, const struct ny_stamp *st)
{
    struct ny_value name = {0};

    ny_value_part_set(&name, NY_PART_NAME_KANA_FAMILY, NY_S("ヤマダ"));
    ny_value_part_set(&name, NY_PART_NAME_KANA_GIVEN,
                      ny_arena_printf(s->arena, "タロ%c", id)); /* nobody is like another */
    assert_int_equal(ny_patient_say(&s->feed.patient, s->arena, NY_SET_NAME, &name, st), NY_OK);
}

static enum ny_feed_kind kind_of(char c)
{
    return c == '>'   ? NY_FEED_MERGE
           : c == '=' ? NY_FEED_LINK
           : c == '!' ? NY_FEED_UNLINK
           : c == '~' ? NY_FEED_MOVE
           : c == '-' ? NY_FEED_WITHDRAW
                      : NY_FEED_REVISE;
}

static struct sent *send_word(struct world *w, const char *word)
{
    struct sent *s = ny_calloc(1, sizeof(*s));
    struct ny_feed *f = &s->feed;
    struct ny_stamp st = {.at_us = word[0]};

    s->arena = ny_arena_create(0);
    f->kind = kind_of(word[1]);
    f->request.source = ny_registry_source(w->registry, NY_S("HIS"), NY_S("F01"));
    f->request.body = ny_arena_str(s->arena, ny_str_of(word, 4));
    f->request.control_id = f->request.body;
    ny_sha256(f->request.body, f->request.body_hash);
    st.control_id = f->request.control_id;
    for (int i = 2; i < 4 && word[i] != '.'; i++) {
        f->domains[f->n_ids] = ny_registry_domain(w->registry, 1);
        f->ids[f->n_ids++] = ny_str_sub(f->request.body, (size_t)i, 1);
    }
    ny_patient_init(&f->patient);
    f->patient.seen = st;
    f->patient.first_us = st.at_us;
    if (f->kind == NY_FEED_WITHDRAW) {
        ny_patient_withdraw(&f->patient, &st);
    } else if (f->kind == NY_FEED_REVISE) {
        say_who(s, word[2], &st);
    } else {
        f->pairs[f->n_pairs++] = (struct ny_feed_pair){0, 1};
    }
    ny_registry_feed(w->registry, f, &(struct ny_reply){sent_compose, sent_done, s});
    return s;
}

static void expect_accepted(struct sent *s)
{
    assert_true(s->answered);
    assert_int_equal(s->rc, NY_OK);
    sent_destroy(s);
}

/* ---- what is committed ---- */

static void state_read(const struct world *w, char statuses[IDENTITIES + 1],
                       char groups[IDENTITIES + 1])
{
    size_t n = fake_store_identities(w->store);

    memset(statuses, '.', IDENTITIES);
    memset(groups, '.', IDENTITIES);
    statuses[IDENTITIES] = groups[IDENTITIES] = '\0';
    for (size_t i = 0; i < n; i++) {
        const struct ny_identity_row *row = fake_store_identity(w->store, i);
        char first = row->local_id.p[0];

        for (size_t k = 0; k < n; k++) {
            char other = fake_store_identity(w->store, k)->local_id.p[0];

            first = fake_store_person(w->store, k) == row->person && other < first ? other : first;
        }
        statuses[row->local_id.p[0] - 'a'] = "?AMDT"[row->status];
        groups[row->local_id.p[0] - 'a'] = first;
    }
}

/* width: words under way together; a restart before word number `restart`. */
static void check(size_t row, ny_str model, const char *words[], size_t n, size_t width,
                  size_t restart)
{
    struct world w;
    struct sent *sent[WORDS_MAX];
    char statuses[IDENTITIES + 1];
    char groups[IDENTITIES + 1];

    world_create(&w, model);
    for (size_t i = 0; i < n; i++) {
        if (i == restart) {
            pump_all(&w);
            ny_registry_destroy(w.registry);
            world_open(&w);
        }
        sent[i] = send_word(&w, words[i]);
        if (i % width == width - 1) {
            pump_all(&w);
        }
    }
    pump_all(&w);
    state_read(&w, statuses, groups);
    if (strcmp(statuses, rows[row].statuses) != 0 || strcmp(groups, rows[row].groups) != 0) {
        fail_msg("row %s: statuses %s, groups %s", rows[row].name, statuses, groups);
    }
    for (size_t i = 0; i < n; i++) {
        expect_accepted(sent[i]);
    }
    world_destroy(&w);
}

/* Every order of words[at … n), each in three ways. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static void check_orders(size_t row, ny_str model, const char *words[], size_t at, size_t n)
{
    if (at == n) {
        check(row, model, words, n, 1, n);
        check(row, model, words, n, 1, n / 2);
        check(row, model, words, n, n, n);
        return;
    }
    for (size_t i = at; i < n; i++) {
        const char *t = words[at];

        words[at] = words[i];
        words[i] = t;
        check_orders(row, model, words, at + 1, n);
        words[i] = words[at];
        words[at] = t;
    }
}

static void test_words_in_every_order(void **state)
{
    struct ny_arena *a = ny_arena_create(0);
    ny_str model = fake_model_text(a, 0);

    (void)state;
    for (size_t row = 0; row < NY_ARRAY_LEN(rows); row++) {
        const char *words[WORDS_MAX];
        size_t n = 0;

        for (const char *p = rows[row].words; *p != '\0'; p += p[4] == ' ' ? 5 : 4) {
            assert_true(n < WORDS_MAX);
            words[n++] = p;
        }
        check_orders(row, model, words, 0, n);
    }
    ny_arena_destroy(a);
}

/* ---- what the sender is told ---- */

static void test_outcomes(void **state)
{
    static const struct {
        const char *before[3], *word;
        uint32_t unknown, retired;
    } cases[] = {
        {{NULL},                   "9fa.", 1, 0},
        {{"1fa."},                 "9fa.", 0, 0},
        {{"1fa.", "2-a."},         "9fa.", 1, 0},
        {{"1>ab"},                 "9fa.", 1, 1},
        {{NULL},                   "9>ab", 3, 0},
        {{"1fa.", "2fb."},         "9>ab", 0, 0},
        {{"1fa.", "2fb.", "3>ab"}, "9>ab", 0, 0}, /* said again */
        {{"1fa.", "2>ab", "3fc."}, "9>ac", 0, 1}, /* retired for another before */
        {{"1fa.", "2>ab", "3fc."}, "9>ca", 0, 2}, /* survivor is retired */
    };
    struct ny_arena *a = ny_arena_create(0);
    ny_str model = fake_model_text(a, 0);

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(cases); i++) {
        struct world w;
        struct sent *s;

        world_create(&w, model);
        for (size_t k = 0; k < 3 && cases[i].before[k] != NULL; k++) {
            s = send_word(&w, cases[i].before[k]);
            pump_all(&w);
            expect_accepted(s);
        }
        s = send_word(&w, cases[i].word);
        pump_all(&w);
        if (s->outcome.unknown != cases[i].unknown || s->outcome.retired != cases[i].retired) {
            fail_msg("case %zu: unknown %u, retired %u", i, s->outcome.unknown, s->outcome.retired);
        }
        expect_accepted(s);
        world_destroy(&w);
    }
    ny_arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_in_every_order),
        cmocka_unit_test(test_outcomes),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
