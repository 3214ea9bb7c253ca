/* The configuration file: values, errors with their line, the sample. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "nayose/conf.h"

static struct ny_conf *load(const char *text)
{
    struct ny_conf *c = NULL;
    struct ny_error err = {0};

    if (ny_conf_load_str(ny_str_from_c(text), "test.conf", &c, &err) != NY_OK) {
        fail_msg("%s", err.text);
    }
    return c;
}

static void test_defaults(void **state)
{
    struct ny_conf *c = load("");

    (void)state;
    assert_int_equal(ny_conf_int(c, "match", NULL, "population"), 1000000);
    assert_true(ny_conf_bool(c, "match", NULL, "require_contact"));
    assert_int_equal(ny_conf_micro(c, "match", NULL, "tau_auto"), 13000000);
    assert_int_equal(ny_conf_micro(c, "match", NULL, "same_facility_duplicate_rate"), 5000);
    assert_string_equal(ny_conf_str(c, "regional", NULL, "namespace"), "REGIONAL");
    assert_int_equal(ny_conf_int(c, "server", NULL, "timezone_offset"), 540);
    assert_string_equal(ny_conf_str(c, "server", NULL, "holder"), "");
    assert_false(ny_conf_has(c, "server", NULL, "holder"));
    assert_false(ny_conf_bool(c, "access", NULL, "open"));
    assert_null(ny_conf_named(c, "listener", 0));
    ny_conf_destroy(c);
}

static void test_given_values(void **state)
{
    struct ny_conf *c = load("# first\r\n"
                             "[listener mllp-main]\r\n"
                             "port = 0\n"
                             "  idle_timeout = 5m ; five minutes\n"
                             "max_message=64K\n"
                             "[match]\n"
                             "tau_auto = 12.75\n"
                             "household = 2\n"
                             "[server]\n"
                             "timezone_offset = -03:30\n"
                             "[listener b]\n"
                             "type = admin\n"
                             "path = /run/x.sock");

    (void)state;
    assert_string_equal(ny_conf_named(c, "listener", 0), "mllp-main");
    assert_string_equal(ny_conf_named(c, "listener", 1), "b");
    assert_null(ny_conf_named(c, "listener", 2));
    assert_true(ny_conf_has(c, "listener", "mllp-main", "port"));
    assert_int_equal(ny_conf_int(c, "listener", "mllp-main", "port"), 0);
    assert_int_equal(ny_conf_time_us(c, "listener", "mllp-main", "idle_timeout"), 300000000);
    assert_int_equal(ny_conf_int(c, "listener", "mllp-main", "max_message"), 65536);
    assert_int_equal(ny_conf_int(c, "listener", "b", "max_message"), 4194304);
    assert_string_equal(ny_conf_str(c, "listener", "b", "path"), "/run/x.sock");
    assert_string_equal(ny_conf_str(c, "listener", "mllp-main", "type"), "mllp");
    assert_int_equal(ny_conf_micro(c, "match", NULL, "tau_auto"), 12750000);
    assert_int_equal(ny_conf_int(c, "server", NULL, "timezone_offset"), -210);
    ny_conf_destroy(c);
}

static void test_errors_name_the_line(void **state)
{
    static const struct {
        const char *name, *in, *text;
    } rows[] = {
        {"unknown section",       "\n[mach]\n",                                   "test.conf:2: unknown section [mach]"         },
        {"unknown key",           "[match]\n\ntau = 1\n",                         "test.conf:3: [match] has no option tau"      },
        {"no section",            "port = 1\n",                                   "test.conf:1: port stands before any section" },
        {"name missing",          "[listener]\n",                                 "test.conf:1: [listener NAME] needs a name"   },
        {"name not wanted",       "[match x]\n",                                  "test.conf:1: [match] takes no name"          },
        {"twice a key",           "[log]\nlevel=info\nlevel=warn\n",              "test.conf:3: level is set twice"             },
        {"twice a section",       "[log]\n[match]\n[log]\n",                      "test.conf:3: [log] stands in line 1"         },
        {"no pair",               "[log]\nlevel\n",                               "test.conf:2: this is no"                     },
        {"not a number",          "[match]\npopulation = many\n",                 "test.conf:2: population must be a whole"     },
        {"above",                 "[regional]\ndigits = 19\n",
         "test.conf:2: digits must have a value between 6 and 18"                                                               },
        {"overflow",              "[match]\npopulation = 99999999999999999999\n",
         "test.conf:2: population must"                                                                                         },
        {"no word",               "[log]\nlevel = loud\n",                        "test.conf:2: level must be one of error|warn"},
        {"bad bool",              "[access]\nopen = maybe\n",                     "test.conf:2: open must be yes or no"         },
        {"bad zone",              "[server]\ntimezone_offset = 9\n",              "test.conf:2: timezone_offset must be an"     },
        {"bad oid",               "[regional]\noid = 1.02.3\n",                   "test.conf:2: oid must be an object"          },
        {"bad decimal",           "[match]\ntau_auto = 1.2345678\n",
         "test.conf:2: tau_auto must be a number"                                                                               },
        {"bad time",              "[listener a]\nidle_timeout = 5x\n",
         "test.conf:2: idle_timeout must be a time"                                                                             },
        {"admin without path",    "\n[listener a]\ntype = admin\nport = 1\n",
         "test.conf:2: an admin listener needs path"                                                                            },
        {"neither port nor path", "[listener a]\n",                               "test.conf:1: a listener needs either"        },
        {"no such tls",           "[listener a]\nport = 1\ntls = x\n",            "test.conf:1: there is no [tls x]"            },
        {"tls on a path",         "[listener a]\npath = /x\ntls = x\n",
         "test.conf:1: a listener with a path takes no tls"                                                                     },
        {"tls without key",       "[tls x]\ncertificate = a\nca = b\n",
         "test.conf:1: [tls x] needs certificate and key"                                                                       },
        {"tls without trust",     "[tls x]\ncertificate = a\nkey = b\n",
         "test.conf:1: [tls x] trusts nobody"                                                                                   },
        {"first error wins",      "[log]\nlevel = x\n[nope]\n",                   "test.conf:2: level must be"                  },
    };

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_conf *c = NULL;
        struct ny_error err = {0};
        ny_rc rc = ny_conf_load_str(ny_str_from_c(rows[i].in), "test.conf", &c, &err);

        if (rc != NY_ECONFIG || c != NULL ||
            !ny_str_starts_with(ny_str_from_c(err.text), ny_str_from_c(rows[i].text))) {
            fail_msg("row %s: %s", rows[i].name, err.text);
        }
    }
}

static void test_long_line_is_taken_or_refused_whole(void **state)
{
    enum { LONG = 900, TOO_LONG = 5000 };
    char text[6000];
    struct ny_conf *c = NULL;
    struct ny_error err = {0};
    int n = snprintf(text, sizeof(text), "[database]\nconninfo = ");

    (void)state;
    memset(text + n, 'x', TOO_LONG);
    assert_int_equal(ny_conf_load_str(ny_str_of(text, (size_t)n + LONG), "f", &c, &err), NY_OK);
    assert_int_equal(strlen(ny_conf_str(c, "database", NULL, "conninfo")), LONG);
    ny_conf_destroy(c);
    c = NULL;
    assert_int_equal(ny_conf_load_str(ny_str_of(text, (size_t)n + TOO_LONG), "f", &c, &err),
                     NY_ECONFIG);
    assert_null(c);
}

static void test_sample_loads_and_means_the_defaults(void **state)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    struct ny_conf *c = NULL;
    struct ny_conf *plain;
    struct ny_error err = {0};
    char path[] = "/tmp/nayose-conf-XXXXXX";
    int fd;

    (void)state;
    assert_non_null(f);
    ny_conf_print_sample(f);
    fclose(f);
    fd = mkstemp(path);
    assert_true(fd >= 0);
    f = fdopen(fd, "w");
    fwrite(text, 1, n, f);
    fclose(f);
    if (ny_conf_load(path, &c, &err) != NY_OK) {
        fail_msg("%s", err.text);
    }
    remove(path);
    assert_string_equal(ny_conf_named(c, "listener", 2), "admin");
    assert_int_equal(ny_conf_int(c, "listener", "mllp-main", "port"), 2575);
    plain = load("[listener mllp-main]\nport=2575\n[listener http-main]\ntype=http\nport=8080\n"
                 "[listener admin]\ntype=admin\npath=/run/nayose/admin.sock\n");
    assert_int_equal(ny_conf_check_reload(plain, c, &err), NY_OK);
    ny_conf_destroy(plain);
    ny_conf_destroy(c);
    free(text);
}

static void test_commented_defaults_are_valid_when_uncommented(void **state)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    struct ny_conf *c = NULL;
    struct ny_error err = {0};
    char *from;

    (void)state;
    ny_conf_print_sample(f);
    fclose(f);
    from = strstr(text, "[match]");
    assert_non_null(from);
    for (char *p = from; (p = strstr(p, "\n#")) != NULL; p++) {
        if (p[2] != ' ') {
            p[1] = ' ';
        }
    }
    if (ny_conf_load_str(ny_str_from_c(from), "f", &c, &err) != NY_OK) {
        fail_msg("%s", err.text);
    }
    assert_int_equal(ny_conf_int(c, "match", NULL, "candidate_max"), 400);
    ny_conf_destroy(c);
    free(text);
}

static void test_reload_tells_what_needs_a_restart(void **state)
{
    struct ny_conf *old = load("[listener a]\nport=1\n");
    struct ny_conf *level = load("[listener a]\nport=1\nidle_timeout=7\n[log]\nlevel=debug\n");
    struct ny_conf *port = load("[listener a]\nport=2\n");
    struct ny_conf *more = load("[listener a]\nport=1\n[listener b]\nport=2\n");
    struct ny_error err = {0};

    (void)state;
    assert_int_equal(ny_conf_check_reload(old, level, &err), NY_OK);
    assert_int_equal(ny_conf_check_reload(old, port, &err), NY_ECONFLICT);
    assert_string_equal(err.text, "[listener a] port changes with a restart only");
    assert_int_equal(ny_conf_check_reload(old, more, &err), NY_ECONFLICT);
    ny_conf_destroy(old);
    ny_conf_destroy(level);
    ny_conf_destroy(port);
    ny_conf_destroy(more);
}

static void test_missing_file(void **state)
{
    struct ny_conf *c = NULL;
    struct ny_error err = {0};

    (void)state;
    assert_int_equal(ny_conf_load("/nonexistent/nayosed.conf", &c, &err), NY_EIO);
    assert_null(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_given_values),
        cmocka_unit_test(test_errors_name_the_line),
        cmocka_unit_test(test_long_line_is_taken_or_refused_whole),
        cmocka_unit_test(test_sample_loads_and_means_the_defaults),
        cmocka_unit_test(test_commented_defaults_are_valid_when_uncommented),
        cmocka_unit_test(test_reload_tells_what_needs_a_restart),
        cmocka_unit_test(test_missing_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
