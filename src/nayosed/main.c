/* nayosed: the server's command line. */

#include <argp.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "nayose/base.h"
#include "nayose/conf.h"

#include "server.h"

const char *argp_program_version = "nayosed " NY_VERSION;

enum { KEY_CHECK = 256, KEY_SAMPLE, KEY_MIGRATE, KEY_MAN, KEY_MAN_CONF };

struct arguments {
    const char *config;
    bool check, sample, migrate, man, man_conf;
};

static const struct argp_option options[] = {
    {"config",              'c',          "FILE", 0, "read this configuration file",                         0},
    {"check-config",        KEY_CHECK,    NULL,   0, "check the configuration and its certificates and end", 0},
    {"print-config-sample", KEY_SAMPLE,   NULL,   0, "print every option with its default",                  0},
    {"migrate",             KEY_MIGRATE,  NULL,   0, "bring the database to this version's schema and end",  0},
    {"print-man",           KEY_MAN,      NULL,   0, "print the manual page nayosed(8)",                     0},
    {"print-man-conf",      KEY_MAN_CONF, NULL,   0, "print the manual page nayosed.conf(5)",                0},
    {NULL,                  0,            NULL,   0, NULL,                                                   0},
};

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct arguments *a = state->input;

    switch (key) {
    case 'c':
        a->config = arg;
        return 0;
    case KEY_CHECK:
        a->check = true;
        return 0;
    case KEY_SAMPLE:
        a->sample = true;
        return 0;
    case KEY_MIGRATE:
        a->migrate = true;
        return 0;
    case KEY_MAN:
        a->man = true;
        return 0;
    case KEY_MAN_CONF:
        a->man_conf = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "unexpected argument %s", arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void pages_print(const struct arguments *a)
{
    if (a->man) {
        server_manual_print(options);
    }
    if (a->man_conf) {
        ny_conf_print_manual(stdout);
    }
    if (a->sample) {
        ny_conf_print_sample(stdout);
    }
}

/* What a crash leaves behind must not hold patients. */
static void harden(void)
{
    const struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* What a large message took goes back to the system when it is answered. Left to itself the
 * allocator learns from the first one to keep such pieces. */
static void give_memory_back(void)
{
    enum { LARGE = 128 * 1024 }; /* as it begins, but fixed */

    (void)mallopt(M_MMAP_THRESHOLD, LARGE);
    (void)mallopt(M_TRIM_THRESHOLD, LARGE);
}

static ny_rc run(const struct arguments *a, const struct ny_conf *conf, struct ny_error *err)
{
    if (a->check) {
        ny_rc rc = server_tls_check(conf, err);

        if (rc == NY_OK) {
            printf("%s: no errors\n", a->config);
        }
        return rc;
    }
    if (a->migrate) {
        return server_migrate(conf, err);
    }
    return server_run(conf, a->config, err);
}

int main(int argc, char **argv)
{
    static const struct argp argp = {
        options,
        parse_option,
        NULL,
        "nayose patient identity cross-reference server (IHE PIX manager)\v"
        "Example:\n  nayosed --print-config-sample > nayosed.conf\n"
        "  nayosed --config nayosed.conf --migrate\n  nayosed --config nayosed.conf\n",
        NULL,
        NULL,
        NULL,
    };
    struct arguments a = {0};
    struct ny_error err = {0};
    struct ny_conf *conf = NULL;
    ny_rc rc;

    argp_parse(&argp, argc, argv, 0, NULL, &a);
    if (a.man || a.man_conf || a.sample) {
        pages_print(&a);
        return 0;
    }
    if (a.config == NULL) {
        fprintf(stderr, "nayosed: --config FILE is missing; a sample: --print-config-sample\n");
        return 2;
    }
    harden();
    give_memory_back();
    rc = ny_conf_load(a.config, &conf, &err);
    if (rc == NY_OK) {
        rc = run(&a, conf, &err);
    }
    if (rc != NY_OK) {
        fprintf(stderr, "nayosed: %s\n", err.text[0] != '\0' ? err.text : ny_rc_text(rc));
    }
    ny_conf_destroy(conf);
    return rc == NY_OK ? 0 : 1;
}
