/* Pins of six identities without any record: who stands for whom, and who is one with whom, in
 * every order in which the words can be learned; and what a new word meets. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>

#include <cmocka.h>

#include "nayose/link.h"

enum { IDENTITIES = 6, WORDS_MAX = 5 };

/* A word: time, what (> merge, = same, ! different, ? none, ~ move, and what takes them back and
 * forth: < unmerge, ) merge again, ( unmove, ] move again), first, second, role (i f c s).
 */
static const struct {
    const char *name;
    const char *words;     /* separated by a blank */
    const char *gone;      /* identities that are withdrawn */
    const char *survivors; /* of a … f */
    const char *groups;    /* first member of each one's group */
} rows[] = {
    {"nothing said",                    "",                        "",  "abcdef", "abcdef"},
    {"merge",                           "1>abf",                   "",  "bbcdef", "aacdef"},
    {"chain",                           "1>abf 2>bcf",             "",  "cccdef", "aaadef"},
    {"chain, told backwards",           "2>abf 1>bcf",             "",  "cccdef", "aaadef"},
    {"merged twice: the newer",         "1>abf 2>acf",             "",  "cbcdef", "abadef"},
    {"merged twice in one message",     "1>abf 1>acf",             "",  "cbcdef", "abadef"},
    {"there and back: the newer",       "1>abf 2>baf",             "",  "aacdef", "aacdef"},
    {"circle: the oldest is void",      "1>abf 2>bcf 3>caf",       "",  "aaadef", "aaadef"},
    {"circle with a way in",            "1>abf 2>baf 3>daf 4>edf", "",  "aacaaf", "aacaaf"},
    {"two circles",                     "1>abf 2>baf 3>cdf 4>dcf", "",  "aaccef", "aaccef"},
    {"same",                            "1=abf",                   "",  "abcdef", "aacdef"},
    {"same, then different",            "1=abf 2!abf",             "",  "abcdef", "abcdef"},
    {"different, then same",            "2=abf 1!abf",             "",  "abcdef", "aacdef"},
    {"turned round",                    "1=abf 2!baf",             "",  "abcdef", "abcdef"},
    {"in one message the later",        "1=abf 1!abf",             "",  "abcdef", "abcdef"},
    {"a higher role stands",            "1=abc 2!abf",             "",  "abcdef", "aacdef"},
    {"a higher role overturns",         "1=abc 2!abs",             "",  "abcdef", "abcdef"},
    {"implied yields to any word",      "9=abi 1!abf",             "",  "abcdef", "abcdef"},
    {"taken back",                      "1=abf 2?abf",             "",  "abcdef", "abcdef"},
    {"taken back, said again",          "1=abf 2?abc 3=abf",       "",  "abcdef", "aacdef"},
    {"taken back by a lower role",      "1=abc 2?abf",             "",  "abcdef", "aacdef"},
    {"taken back: the one before",      "1=abf 2!abc 3?abc",       "",  "abcdef", "abcdef"},
    {"taken back: a higher before",     "1=abs 2!abc 3?abc",       "",  "abcdef", "aacdef"},
    {"implied is taken back for good",  "9=abi 2?abf",             "",  "abcdef", "abcdef"},
    {"pins follow a merge",             "1=acf 2>abf",             "",  "bbcdef", "aaadef"},
    {"different follows a merge",       "1!acf 2>abf 3=bcf",       "",  "bbcdef", "aaadef"},
    {"older same, followed different",  "1=bcf 2!acf 3>abf",       "",  "bbcdef", "aacdef"},
    {"merge against different",         "1!abs 2>abf",             "",  "bbcdef", "aacdef"},
    {"two ways to be one",              "1=abf 2=bcf",             "",  "abcdef", "aaadef"},
    {"different comes between",         "1=abf 2=bcf 3!acf",       "",  "abcdef", "abbdef"},
    {"between, the roles decide",       "1=abc 2=bcf 3!acf",       "",  "abcdef", "aacdef"},
    {"between two pairs",               "1=abf 2=cdf 3!adf 4=bcf", "",  "abcdef", "abbbef"},
    {"between merged ones",             "1>abf 2>cdf 3!acf 4=abf", "",  "bbddef", "aaccef"},
    {"moved to another",                "1=abf 2~acf",             "",  "abcdef", "abadef"},
    {"moved, linked after that",        "1~acf 2=abf",             "",  "abcdef", "aaadef"},
    {"moved twice",                     "1~abf 2~acf",             "",  "abcdef", "abadef"},
    {"moved from one message",          "9=abi 1~acf",             "",  "abcdef", "abadef"},
    {"moved, but a clerk linked it",    "1=abc 2~acf",             "",  "abcdef", "aaadef"},
    {"who took it in did not move",     "1=cdf 2~acf",             "",  "abcdef", "abaaef"},
    {"moved, unlinked there",           "1=abf 2~acf 3!acf",       "",  "abcdef", "abcdef"},
    {"merge taken back",                "1>abf 2<abc",             "",  "abcdef", "abcdef"},
    {"taken back, merged once more",    "1>abf 2<abc 3>abf",       "",  "bbcdef", "aacdef"},
    {"taken back, merged elsewhere",    "1>abf 2<abc 3>acf",       "",  "cbcdef", "abadef"},
    {"the merge before it counts",      "1>acf 2>abf 3<abc",       "",  "cbcdef", "abadef"},
    {"another's merge stays",           "1>abf 2>cbf 3<abc",       "",  "abbdef", "abbdef"},
    {"turned round: another merge",     "1>abf 2<bac",             "",  "bbcdef", "aacdef"},
    {"a chain is cut",                  "1>abf 2>bcf 3<bcc",       "",  "bbcdef", "aacdef"},
    {"a circle is cut",                 "1>abf 2>baf 3<bac",       "",  "bbcdef", "aacdef"},
    {"a higher role merged them",       "1>abs 2<abc",             "",  "bbcdef", "aacdef"},
    {"its own pins again",              "1=acf 2>abf 3<abc",       "",  "abcdef", "abadef"},
    {"two again, as was said before",   "1!abf 2=bcf 3>abf 4<abc", "",  "abcdef", "abbdef"},
    {"merged after all",                "1>abf 2<abc 3)abc",       "",  "bbcdef", "aacdef"},
    {"after all as at its time",        "1>abf 2>baf 3<abc 4)abc", "",  "aacdef", "aacdef"},
    {"after all, and not again",        "1>abf 2<abc 3)abc 4<abc", "",  "abcdef", "abcdef"},
    {"after all by a lower role",       "1>abf 2<abs 3)abc",       "",  "abcdef", "abcdef"},
    {"move taken back",                 "1=abf 2~acf 3(acc",       "",  "abcdef", "aacdef"},
    {"another's move stays",            "1=abf 2~acf 3(cac",       "",  "abcdef", "abadef"},
    {"moved once more",                 "1=abf 2~acf 3(acc 4~acf", "",  "abcdef", "abadef"},
    {"moved after all",                 "1=abf 2~acf 3(acc 4]acc", "",  "abcdef", "abadef"},
    {"moved after all, as at its time", "1~acf 2=abf 3(acc 4]acc", "",  "abcdef", "aaadef"},
    {"none leaves the others apart",    "1=abf 2~acf 3?acc",       "",  "abcdef", "abcdef"},
    {"between, in a longer chain",      "1=abf 2=bcf 3=cdf 4!adf", "",  "abcdef", "abbbef"},
    {"between, inside the chain",       "4=abf 3=bcf 2=cdf 1!acf", "",  "abcdef", "aaccef"},
    {"between, over a merge inside",    "1=abf 2>bcf 3=cdf 4!adf", "",  "accdef", "abbbef"},
    {"gone: no link",                   "1=abf 2=bcf",             "b", "abcdef", "abcdef"},
    {"gone survivor: the others stay",  "1>abf 2>cbf",             "b", "bbbdef", "abadef"},
    {"gone and retired: in between",    "1>abf 2>bcf",             "b", "cccdef", "aaadef"},
};

static size_t words_read(const char *text, struct ny_index_pin *out)
{
    static const char kinds[] = "=!?>~<)(]"; /* in the order of enum ny_pin_kind */
    static const char roles[] = "ifcs";
    size_t n = 0;

    for (const char *p = text; *p != '\0'; p += p[5] == ' ' ? 6 : 5) {
        out[n] = (struct ny_index_pin){
            .a = (uint32_t)(p[2] - 'a') + 1,
            .b = (uint32_t)(p[3] - 'a') + 1,
            .kind = (uint8_t)(strchr(kinds, p[1]) - kinds + 1),
            .role = (uint8_t)(strchr(roles, p[4]) - roles),
            .pair = (uint16_t)n,
            .stamp = {.at_us = p[0] - '0', .control_id = NY_S("M")},
        };
        n++;
    }
    return n;
}

static struct ny_index *index_open(const struct ny_match_model *m, const char *gone)
{
    struct ny_index *ix = ny_index_create(m);

    ny_index_domain_set(ix, 1, NY_S("1.2"));
    for (int i = 0; i < IDENTITIES; i++) {
        char name[2] = {(char)('a' + i), '\0'};

        (void)ny_index_add(ix, 1, ny_str_from_c(name),
                           strchr(gone, name[0]) != NULL ? NY_IDENTITY_DELETED
                                                         : NY_IDENTITY_ACTIVE);
    }
    return ix;
}

/* The first member of everybody's group, computed from the seed alone. */
static void groups_write(struct ny_link *l, struct ny_arena *a, char out[IDENTITIES + 1])
{
    memset(out, 0, IDENTITIES + 1);
    for (uint32_t id = 1; id <= IDENTITIES; id++) {
        struct ny_link_set seeds = {0};
        struct ny_link_groups g;

        ny_link_set_add(&seeds, a, id);
        assert_int_equal(ny_link_regroup(l, a, &seeds, &g), NY_OK);
        for (size_t k = 0; k < g.n; k++) {
            char first = (char)('a' + g.nodes[g.group[k]] - 1);

            assert_true(out[g.nodes[k] - 1] == '\0' || out[g.nodes[k] - 1] == first);
            out[g.nodes[k] - 1] = first;
        }
    }
}

static void check(size_t row, const struct ny_match_model *m, const struct ny_index_pin *words,
                  const uint8_t *order, size_t n)
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_index *ix = index_open(m, rows[row].gone);
    struct ny_link l = {.index = ix, .model = m};
    char survivors[IDENTITIES + 1] = "";
    char groups[IDENTITIES + 1];

    for (size_t i = 0; i < n; i++) {
        ny_index_pin_add(ix, &words[order[i]]);
    }
    for (uint32_t id = 1; id <= IDENTITIES; id++) {
        survivors[id - 1] = (char)('a' + ny_link_survivor(ix, id) - 1);
    }
    groups_write(&l, a, groups);
    if (strcmp(survivors, rows[row].survivors) != 0 || strcmp(groups, rows[row].groups) != 0) {
        fail_msg("row %s: survivors %s, groups %s", rows[row].name, survivors, groups);
    }
    ny_index_destroy(ix);
    ny_arena_destroy(a);
}

/* The next order in lexical order; false after the last. */
static bool order_next(uint8_t *order, size_t n)
{
    size_t i = n;
    size_t k = n;
    uint8_t t;

    while (i > 1 && order[i - 2] > order[i - 1]) {
        i--;
    }
    if (i <= 1) {
        return false;
    }
    while (order[k - 1] < order[i - 2]) {
        k--;
    }
    t = order[k - 1];
    order[k - 1] = order[i - 2];
    order[i - 2] = t;
    for (size_t x = i - 1, y = n - 1; x < y; x++, y--) {
        t = order[x];
        order[x] = order[y];
        order[y] = t;
    }
    return true;
}

static void test_words_in_every_order(void **state)
{
    struct ny_match_settings settings;
    struct ny_match_model *m;

    (void)state;
    ny_match_settings_default(&settings);
    m = ny_match_model_create_v1(&settings);
    for (size_t row = 0; row < NY_ARRAY_LEN(rows); row++) {
        struct ny_index_pin words[WORDS_MAX];
        uint8_t order[WORDS_MAX] = {0, 1, 2, 3, 4};
        size_t n = words_read(rows[row].words, words);

        do {
            check(row, m, words, order, n);
        } while (order_next(order, n));
    }
    ny_match_model_destroy(m);
}

/* ---- a new word ---- */

static const struct {
    const char *name;
    const char *words; /* before */
    const char *said;
    enum ny_link_word result;
    const char *way;    /* of a contradiction, from the first to the second */
    const char *before; /* what stood on the two: what it said and its role */
} news[] = {
    {"nothing said",                   "",                        "9=abc", NY_WORD_NEW,          "",        ""  },
    {"said already",                   "1=abc",                   "9=abc", NY_WORD_STANDS,       "",        "=c"},
    {"by a higher role",               "1=abs",                   "9=bac", NY_WORD_STANDS,       "",        "=s"},
    {"by a lower role",                "1=abf",                   "9=abc", NY_WORD_NEW,          "",        "=f"},
    {"the contrary of a lower role",   "1=abf",                   "9!abc", NY_WORD_NEW,          "",        "=f"},
    {"of one message",                 "1=abi",                   "9!abc", NY_WORD_NEW,          "",        "=i"},
    {"the contrary of the same role",  "1=abc",                   "9!bac", NY_WORD_CONTRADICTED, "b=a",     "=c"},
    {"of a higher role",               "1!abs",                   "9=abc", NY_WORD_CONTRADICTED, "a!b",     "!s"},
    {"a supervisor overrules",         "1!abc",                   "9=abs", NY_WORD_NEW,          "",        "!c"},
    {"one by way of another",          "1=acc 2=cbf",             "9!abs", NY_WORD_CONTRADICTED, "a=c=b",   ""  },
    {"the shortest way",               "1=acc 2=cdc 3=dbc 4=adc", "9!abc", NY_WORD_CONTRADICTED, "a=d=b",   ""  },
    {"directly, and by way of others", "1=abf 2=acc 3=cbc",       "9!abc", NY_WORD_CONTRADICTED, "a=c=b",
     "=f"                                                                                                       },
    {"two by way of another",          "1=acc 2!cbf",             "9=abc", NY_WORD_CONTRADICTED, "a=c!b",   ""  },
    {"a way at both ends",             "1=acc 2!cdc 3=bdc",       "9=abc", NY_WORD_CONTRADICTED, "a=c!d=b", ""  },
    {"the same turned round",          "1=acc 2!dcc 3=bdc",       "9=bac", NY_WORD_CONTRADICTED, "b=d!c=a", ""  },
    {"what was taken back is no way",  "1=acc 2!cbc 3?cbc",       "9=abc", NY_WORD_NEW,          "",        ""  },
    {"merged: they are one",           "1>abf",                   "9=abc", NY_WORD_STANDS,       "",        ""  },
    {"merged: they are not two",       "1>abf",                   "9!abc", NY_WORD_CONTRADICTED, "a>b",     ""  },
    {"of one survivor",                "1>acf 2>bcf",             "9!abs", NY_WORD_CONTRADICTED, "a>c>b",   ""  },
    {"words follow a merge",           "1!acc 2>abf",             "9=bcc", NY_WORD_CONTRADICTED, "b!c",     "!c"},
    {"a way over a merge",             "1=bcc 2>abf",             "9!adc", NY_WORD_NEW,          "",        ""  },
    {"two, over a merge",              "1!bcc 2>abf 3=cdc",       "9=adc", NY_WORD_CONTRADICTED, "a>b!c=d", ""  },
    {"taken back",                     "1=abc",                   "9?abc", NY_WORD_NEW,          "",        "=c"},
    {"moved there",                    "1~abf",                   "9!abc", NY_WORD_NEW,          "",        "~f"},
    {"of a lower role",                "1!abf",                   "9?abc", NY_WORD_NEW,          "",        "!f"},
    {"of a higher role",               "1=abs",                   "9?abc", NY_WORD_CONTRADICTED, "a=b",     "=s"},
    {"nothing to take back",           "1=abc 2?abc",             "9?abc", NY_WORD_STANDS,       "",        ""  },
    {"a merge is not taken back",      "1>abf",                   "9?abs", NY_WORD_STANDS,       "",        ""  },
    {"said before a merge",            "1!abf 2>abf",             "9?abc", NY_WORD_NEW,          "",        ""  },
    {"before a merge, taken back",     "1!abf 2>abf 3?abc",       "9?abc", NY_WORD_STANDS,       "",        ""  },
};

/* "a=c!b" */
static void way_write(const struct ny_link_check *found, char *out)
{
    size_t n = 0;

    for (size_t i = 0; i < found->n_steps; i++) {
        const struct ny_link_step *s = &found->steps[i];

        if (i == 0) {
            out[n++] = (char)('a' + s->from - 1);
        }
        out[n++] = "=!?>~<)(]"[s->kind - 1];
        out[n++] = (char)('a' + s->to - 1);
    }
    out[n] = '\0';
}

static void test_new_words(void **state)
{
    struct ny_match_settings settings;
    struct ny_match_model *m;

    (void)state;
    ny_match_settings_default(&settings);
    m = ny_match_model_create_v1(&settings);
    for (size_t row = 0; row < NY_ARRAY_LEN(news); row++) {
        struct ny_arena *a = ny_arena_create(0);
        struct ny_index *ix = index_open(m, "");
        struct ny_link l = {.index = ix, .model = m};
        struct ny_index_pin words[WORDS_MAX];
        struct ny_index_pin said[WORDS_MAX];
        size_t n = words_read(news[row].words, words);
        struct ny_link_check found;
        char way[32];
        char before[3] = "";

        for (size_t i = 0; i < n; i++) {
            ny_index_pin_add(ix, &words[i]);
        }
        assert_int_equal(words_read(news[row].said, said), 1);
        assert_int_equal(ny_link_word_check(&l, a, said, &found), NY_OK);
        way_write(&found, way);
        if (found.before != NULL) {
            before[0] = "=!?>~<)(]"[found.before->kind - 1];
            before[1] = "ifcs"[found.before->role];
        }
        if (found.result != news[row].result || strcmp(way, news[row].way) != 0 ||
            strcmp(before, news[row].before) != 0) {
            fail_msg("row %s: result %d, way %s, before %s", news[row].name, found.result, way,
                     before);
        }
        ny_index_destroy(ix);
        ny_arena_destroy(a);
    }
    ny_match_model_destroy(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_in_every_order),
        cmocka_unit_test(test_new_words),
    };

    ny_log_level_set(NY_LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
