/* In whose name a connection may speak: certificates of sources, of facilities and of who only
 * asks, over TLS and without. */

#include "nayose/registry_speaker.h"

#include "world.h"

#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

/* The rows, besides the sources of the world, which have no certificates. */
static const struct ny_requester_row rows[] = {
    {.facility = TEXT("NET"),  .certificates = TEXT("sha256:net\nspki:net")},
    {.app = TEXT("LAB"),                        .facility = TEXT("NET"), .certificates = TEXT("sha256:lab")},
    {.app = TEXT("EYE"),.facility = TEXT("NET")},
    {.app = TEXT("PORTAL"),
     .facility = TEXT("NET"),
     .certificates = TEXT("subject=CN=portal;issuer=CN=ca"),
     .only_asks = true},
    {.facility = TEXT("FREE")                       },
};

enum { LOCAL, REMOTE }; /* without a certificate */

static const struct {
    const char *name;
    const char *shown; /* NULL: no certificate */
    int from;
    const char *only; /* the facility of the connection */
    const char *app, *facility;
    bool feeds, asks;
} cases[] = {
    {"a bound certificate, its facility",    "sha256:net",                      REMOTE, "",    "HIS",    "NET",  true,  true },
    {"by another of its names",              "spki:net",                        REMOTE, "",    "HIS",    "NET",  true,  true },
    {"on this host, too",                    "sha256:net",                      LOCAL,  "",    "HIS",    "NET",  true,  true },
    {"an application of its own",            "sha256:lab",                      REMOTE, "",    "LAB",    "NET",  true,  true },
    {"that of the facility for it",          "sha256:net",                      REMOTE, "",    "LAB",    "NET",  false, false},
    {"that of an application for another",   "sha256:lab",                      REMOTE, "",    "HIS",    "NET",  false, false},
    {"a row without any: its facility's",    "sha256:net",                      REMOTE, "",    "EYE",    "NET",  true,  true },
    {"a row without any: not a stranger's",  "sha256:x",                        REMOTE, "",    "EYE",    "NET",  false, false},
    {"who only asks",                        "subject=CN=portal;issuer=CN=ca",  REMOTE, "",    "PORTAL", "NET",  false, true },
    {"who only asks, of another authority",  "subject=CN=portal;issuer=CN=ca2", REMOTE, "",    "PORTAL",
     "NET",                                                                                                      false, false},
    {"the facility's for who only asks",     "sha256:net",                      REMOTE, "",    "PORTAL", "NET",  true,  false},
    {"a bound one for a source without",     "sha256:net",                      REMOTE, "",    "HIS",    "FREE", false, false},
    {"a bound one for nobody we know",       "sha256:net",                      REMOTE, "",    "HIS",    "NEW",  false, false},
    {"one that is nobody's, source without", "sha256:x",                        REMOTE, "",    "HIS",    "FREE", true,  true },
    {"one that is nobody's, nobody we know", "sha256:x",                        REMOTE, "",    "HIS",    "NEW",  true,  true },
    {"part of a certificate's name",         "sha256:ne",                       REMOTE, "",    "HIS",    "NET",  false, false},
    {"one that is nobody's, on this host",   "sha256:x",                        LOCAL,  "",    "HIS",    "NET",  false, false},
    {"none, on this host",                   NULL,                              LOCAL,  "",    "HIS",    "NET",  true,  true },
    {"none, elsewhere",                      NULL,                              REMOTE, "",    "HIS",    "NET",  false, false},
    {"none, elsewhere, source without",      NULL,                              REMOTE, "",    "HIS",    "FREE", true,  true },
    {"the connection is another facility's", "sha256:x",                        REMOTE, "NET", "HIS",    "FREE", false,
     false                                                                                                                   },
    {"the same on this host",                NULL,                              LOCAL,  "NET", "HIS",    "FREE", false, false},
    {"the connection is this facility's",    NULL,                              LOCAL,  "NET", "HIS",    "NET",  true,  true },
};

static void on_set(void *ctx, ny_rc rc)
{
    *(ny_rc *)ctx = rc;
}

static void row_set(struct world *w, const struct ny_requester_row *row)
{
    ny_rc rc = NY_EAGAIN;

    ny_registry_source_set(w->registry, row, NY_S("clerk"), on_set, &rc);
    pump_all(w);
    assert_int_equal(rc, NY_OK);
}

static void open(struct world *w)
{
    world_begin(w);
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        row_set(w, &rows[i]);
    }
}

static bool may_speak(const struct world *w, size_t i, bool asks)
{
    const ny_str credentials[] = {NY_S("spki:other"),
                                  ny_str_from_c(cases[i].shown != NULL ? cases[i].shown : "")};
    const struct ny_speaker s = {.is_local = cases[i].from == LOCAL,
                                 .facility = ny_str_from_c(cases[i].only),
                                 .credentials = credentials,
                                 .n_credentials = cases[i].shown != NULL ? 2 : 0};

    return ny_registry_may_speak(w->registry, &s, ny_str_from_c(cases[i].app),
                                 ny_str_from_c(cases[i].facility), asks);
}

static void test_who_may_speak(void **state)
{
    struct world w;

    (void)state;
    open(&w);
    for (size_t i = 0; i < NY_ARRAY_LEN(cases); i++) {
        if (may_speak(&w, i, false) != cases[i].feeds || may_speak(&w, i, true) != cases[i].asks) {
            fail_msg("%s", cases[i].name);
        }
    }
    world_destroy(&w);
}

/* Certificates change, and hold at once. */
static void test_certificates_change(void **state)
{
    struct ny_requester_row row = rows[0];
    struct world w;

    (void)state;
    open(&w);
    row.id = ny_registry_source(w.registry, NY_S("HIS"), NY_S("NET"))->id;
    row.certificates = NY_S("sha256:x");
    row_set(&w, &row);
    assert_false(may_speak(&w, 0, false));
    row.certificates = NY_STR_NONE;
    row_set(&w, &row);
    assert_true(may_speak(&w, 0, false)); /* nobody's again */
    world_destroy(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_may_speak),
        cmocka_unit_test(test_certificates_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
