/* TLS over the pair, byte by byte, and over sockets: who is let in, what the files must be, and
 * that a reload changes new connections only. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nayose/net.h"
#include "nayose/net_tls.h"

#include "../../../src/net/net_priv.h"
#include "net_testing.h"

enum { PATH_SIZE = 160, BULK = 40000 };
static char dir[] = "/tmp/ny-tls-XXXXXX";

static const char *file(const char *name, const char *suffix)
{
    static char paths[16][PATH_SIZE];
    static size_t next;
    char *p = paths[next++ % NY_ARRAY_LEN(paths)];

    if (name == NULL) {
        return NULL;
    }
    snprintf(p, PATH_SIZE, "%s/%s%s", dir, name, suffix);
    return p;
}

/* Settings of somebody with this certificate who trusts ca. */
static struct ny_tls_options options_of(const char *who)
{
    return (struct ny_tls_options){.name = "t",
                                   .profile = NY_TLS_JP_HIGH,
                                   .certificate = file(who, ".pem"),
                                   .key = file(who, ".key"),
                                   .ca = file("ca", ".pem")};
}

static struct ny_tls *tls_of(const struct ny_tls_options *o)
{
    struct ny_error err = {0};
    struct ny_tls *t = NULL;

    if (ny_tls_create(o, &t, &err) != NY_OK) {
        fail_msg("%s", err.text);
    }
    return t;
}

/* ---- two ends over the pair: [0] is the server ---- */

struct talk {
    struct ny_loop *loop;
    struct ny_tls *tls[2];
    struct peer ends[2];
    struct ny_stream *streams[2];
    char error[2][160];
};

static void on_talk(struct ny_stream *s, enum ny_stream_event event, void *ctx)
{
    struct talk *t = ctx;
    int i = s == t->streams[0] ? 0 : 1;

    if (event == NY_STREAM_ERROR) {
        snprintf(t->error[i], sizeof(t->error[i]), "%s", ny_stream_error(s));
    }
    on_event(s, event, &t->ends[i]);
}

static void talk_begin(struct talk *t, const struct ny_tls_options *server,
                       const struct ny_tls_options *client, size_t chunk, const char *name)
{
    const struct ny_tls_options *options[] = {server, client};

    *t = (struct talk){.loop = ny_loop_create()};
    ny_stream_pair(t->loop, chunk, chunk + 6, t->streams);
    for (int i = 0; i < 2; i++) {
        t->tls[i] = tls_of(options[i]);
        peer_init(&t->ends[i], t->loop, t->streams[i]);
        ny_stream_set_callback(t->streams[i], on_talk, t);
        ny_tls_begin(t->streams[i], t->tls[i], i == 1, i == 1 ? name : NULL);
    }
}

static void talk_run(struct talk *t, const char *log0, const char *log1)
{
    for (int i = 0;
         i < 50000 && (strcmp(t->ends[0].log, log0) != 0 || strcmp(t->ends[1].log, log1) != 0);
         i++) {
        ny_loop_defer(t->loop, free, NULL);
        ny_loop_turn(t->loop);
    }
    assert_string_equal(t->ends[0].log, log0);
    assert_string_equal(t->ends[1].log, log1);
}

static void talk_end(struct talk *t)
{
    for (int i = 0; i < 2; i++) {
        ny_stream_close(t->ends[i].s);
        ny_tls_destroy(t->tls[i]);
    }
    ny_loop_destroy(t->loop);
}

static void test_bytes_come_through_whatever_the_pieces(void **state)
{
    static const size_t chunks[] = {1, 5, 1000, 30000};
    struct ny_tls_options server = options_of("server");
    struct ny_tls_options client = options_of("client");
    char *bulk = ny_malloc(BULK);

    (void)state;
    for (size_t i = 0; i < BULK; i++) {
        bulk[i] = (char)(i * 7 + i / 251);
    }
    for (size_t c = 0; c < NY_ARRAY_LEN(chunks); c++) {
        struct talk t;
        size_t got = 0;
        ny_str parts[] = {ny_str_of(bulk, 10), ny_str_of(bulk + 10, 20000),
                          ny_str_of(bulk + 20010, BULK - 20010)};

        talk_begin(&t, &server, &client, chunks[c], "server.example.org");
        talk_run(&t, "connected ", "connected ");
        t.ends[0].keep = true;                     /* read here, piece by piece */
        ny_stream_set_input_max(t.ends[0].s, 777); /* less than a record: the rest is pending */
        ny_stream_write_parts(t.ends[1].s, parts, NY_ARRAY_LEN(parts));
        for (int i = 0; i < 200000 && got < BULK; i++) {
            ny_str in = ny_stream_input(t.ends[0].s);

            assert_true(in.n <= 777 && got + in.n <= BULK);
            assert_memory_equal(in.n > 0 ? in.p : "", bulk + got, in.n);
            got += in.n;
            ny_stream_consume(t.ends[0].s, in.n);
            ny_loop_defer(t.loop, free, NULL);
            ny_loop_turn(t.loop);
        }
        assert_int_equal(got, BULK);
        ny_stream_finish(t.ends[1].s);
        t.ends[1].s = NULL;
        talk_run(&t, "connected closed ", "connected drained ");
        talk_end(&t);
    }
    ny_free(bulk);
}

static const struct {
    const char *name;
    const char *server, *client;
    const char *server_peers, *crl; /* NULL: not set */
    const char *expected;           /* by the client, of the server's name */
    const char *error; /* at the server, or (with expected) at the client; NULL: talks */
} meetings[] = {
    {"both of one authority",    "server", "client",   NULL,      NULL,        NULL,                  NULL                     },
    {"another authority",        "server", "stranger", NULL,      NULL,        NULL,
     "unable to get local issuer certificate"                                                                                  },
    {"expired",                  "server", "expired",  NULL,      NULL,        NULL,                  "certificate has expired"},
    {"signed by itself",         "server", "lone",     NULL,      NULL,        NULL,                  "self-signed certificate"},
    {"signed by itself, a peer", "server", "lone",     "lone",    NULL,        NULL,                  NULL                     },
    {"another one is a peer",    "server", "stranger", "lone",    NULL,        NULL,
     "unable to get local issuer certificate"                                                                                  },
    {"expired, though a peer",   "server", "expired",  "expired", NULL,        NULL,
     "certificate has expired"                                                                                                 },
    {"not revoked",              "server", "client",   NULL,      "crl.pem",   NULL,                  NULL                     },
    {"nothing revoked yet",      "server", "revoked",  NULL,      "empty.crl", NULL,                  NULL                     },
    {"revoked",                  "server", "revoked",  NULL,      "crl.pem",   NULL,                  "certificate revoked"    },
    {"the name is right",        "server", "client",   NULL,      NULL,        "server.example.org",  NULL                     },
    {"the address is right",     "server", "client",   NULL,      NULL,        "127.0.0.1",           NULL                     },
    {"another name",             "server", "client",   NULL,      NULL,        "renewed.example.org", "hostname mismatch"      },
    {"another address",          "server", "client",   NULL,      NULL,        "127.0.0.2",           "IP address mismatch"    },
};

/* The three names of the certificate that was shown; ca has signed it. */
static void assert_credentials(const struct ny_stream *s, const char *who)
{
    const char *names[NY_CREDENTIALS];
    char expected[120];

    assert_int_equal(ny_stream_peer_credentials(s, &names), NY_CREDENTIALS);
    snprintf(expected, sizeof(expected), "sha256:%s", ny_stream_peer_certificate(s));
    assert_string_equal(names[0], expected);
    assert_true(ny_str_starts_with(ny_str_from_c(names[1]), NY_S("spki:")));
    assert_int_equal(strlen(names[1]), strlen(names[0]) - 2);
    snprintf(expected, sizeof(expected), "subject=CN=%s,O=nayose test;issuer=CN=%s,O=nayose test",
             who, strcmp(who, "lone") == 0 ? who : "ca");
    assert_string_equal(names[2], expected);
}

static void meet(size_t i)
{
    struct ny_tls_options server = options_of(meetings[i].server);
    struct ny_tls_options client = options_of(meetings[i].client);
    const char *expected = meetings[i].expected;
    struct talk t;
    int at = expected != NULL ? 1 : 0;

    server.peers = file(meetings[i].server_peers, ".pem");
    server.crl = file(meetings[i].crl, "");
    talk_begin(&t, &server, &client, 4096, expected);
    for (int n = 0; n < 1000; n++) {
        ny_loop_defer(t.loop, free, NULL);
        ny_loop_turn(t.loop);
    }
    if (meetings[i].error == NULL) {
        assert_string_equal(t.ends[0].log, "connected ");
        assert_string_equal(t.ends[1].log, "connected ");
        assert_int_equal(strlen(ny_stream_peer_certificate(t.ends[0].s)), 64);
        assert_credentials(t.ends[0].s, meetings[i].client);
    } else {
        assert_null(strstr(t.ends[at].log, "connected"));
        assert_non_null(strstr(t.error[at], meetings[i].error));
    }
    talk_end(&t);
}

static void test_who_is_let_in(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(meetings); i++) {
        print_message("%s\n", meetings[i].name);
        meet(i);
    }
}

/* ---- files ---- */

static const struct {
    const char *name;
    const char *certificate, *key, *ca, *peers, *crl;
    const char *text; /* %s: the directory */
} mistakes[] = {
    {"key of another",          "server.pem", "client.key",        "ca.pem",  NULL,      NULL,
     "[tls t] key %s/client.key does not belong to certificate %s/server.pem"        },
    {"no file",                 "none.pem",   "server.key",        "ca.pem",  NULL,      NULL,
     "[tls t] certificate %s/none.pem: No such file or directory"                    },
    {"no key file",             "server.pem", "none.key",          "ca.pem",  NULL,      NULL,
     "[tls t] key %s/none.key: No such file or directory"                            },
    {"a key for a certificate", "server.key", "server.key",        "ca.pem",  NULL,      NULL,
     "[tls t] certificate %s/server.key holds no certificate"                        },
    {"a certificate for a key", "server.pem", "server-closed.pem", "ca.pem",  NULL,      NULL,
     "[tls t] key %s/server-closed.pem holds no private key without a pass phrase"   },
    {"a pass phrase",           "server.pem", "locked.key",        "ca.pem",  NULL,      NULL,
     "[tls t] key %s/locked.key holds no private key without a pass phrase"          },
    {"others may read",         "server.pem", "open.key",          "ca.pem",  NULL,      NULL,
     "[tls t] key %s/open.key must be readable by its owner alone, this user or root"},
    {"weak",                    "weak.pem",   "weak.key",          "ca.pem",  NULL,      NULL,
     "[tls t] certificate %s/weak.pem is too weak: RSA needs 2048 bits, EC 256"      },
    {"nobody is trusted",       "server.pem", "server.key",        NULL,      NULL,      NULL,
     "[tls t] trusts nobody: set ca, peers or both"                                  },
    {"no authority",            "server.pem", "server.key",        "crl.pem", NULL,      NULL,
     "[tls t] ca %s/crl.pem holds no certificate"                                    },
    {"no peer",                 "server.pem", "server.key",        NULL,      "crl.pem", NULL,
     "[tls t] peers %s/crl.pem holds no certificate"                                 },
    {"no revocations",          "server.pem", "server.key",        "ca.pem",  NULL,      "ca.pem",
     "[tls t] crl %s/ca.pem holds no revocation list"                                },
};

static void test_mistakes_have_their_sentence(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(mistakes); i++) {
        struct ny_tls_options o = {.name = "t",
                                   .profile = NY_TLS_IHE,
                                   .certificate = file(mistakes[i].certificate, ""),
                                   .key = file(mistakes[i].key, ""),
                                   .ca = file(mistakes[i].ca, ""),
                                   .peers = file(mistakes[i].peers, ""),
                                   .crl = file(mistakes[i].crl, "")};
        struct ny_tls *t = NULL;
        struct ny_error err = {0};
        ny_str rest = ny_str_from_c(mistakes[i].text);
        char text[400] = "";

        while (rest.p != NULL) { /* the directory in the place of each %s */
            ny_str piece = ny_str_split(&rest, '%');

            snprintf(text + strlen(text), sizeof(text) - strlen(text), "%.*s%s", NY_ARG(piece),
                     rest.p != NULL ? dir : "");
            if (rest.p != NULL) {
                rest = ny_str_sub(rest, 1, rest.n);
            }
        }
        assert_int_equal(ny_tls_create(&o, &t, &err), NY_ECONFIG);
        assert_string_equal(err.text, text);
    }
}

static void test_dates_of_our_own(void **state)
{
    struct ny_tls_options good = options_of("server");
    struct ny_tls_options old = options_of("expired");
    struct ny_tls *t = tls_of(&good);
    struct ny_tls *gone = tls_of(&old);
    struct ny_error err = {0};
    int64_t left = ny_tls_not_after_us(t) - ny_clock_now_us();

    (void)state;
    assert_true(left > 29 * NY_US_PER_DAY && left <= 30 * NY_US_PER_DAY);
    assert_int_equal(ny_tls_check_validity(t, &err), NY_OK);
    assert_int_equal(ny_tls_check_validity(gone, &err), NY_ECONFIG);
    assert_memory_equal(err.text, "[tls t] our certificate has expired on 20", 41);
    assert_int_equal(ny_tls_reload(t, &old, &err), NY_ECONFIG);
    assert_int_equal(ny_tls_check_validity(t, &err), NY_OK); /* the old one is still there */
    ny_clock_freeze_us(ny_clock_now_us() - 2 * NY_US_PER_DAY);
    assert_int_equal(ny_tls_check_validity(t, &err), NY_ECONFIG);
    assert_memory_equal(err.text, "[tls t] our certificate is valid from 20", 40);
    ny_clock_freeze_us(0);
    ny_tls_destroy(t);
    ny_tls_destroy(gone);
}

/* ---- over sockets ---- */

struct server {
    struct ny_loop *loop;
    struct ny_listener *l;
    struct ny_tls *tls;
    struct peer peers[4];
    size_t n;
};

static void on_accept(struct ny_listener *l, struct ny_stream *s, void *ctx)
{
    struct server *v = ctx;

    (void)l;
    assert_true(v->n < NY_ARRAY_LEN(v->peers));
    peer_init(&v->peers[v->n], v->loop, s);
    v->peers[v->n].echo = true;
    v->peers[v->n++].want = SIZE_MAX;
}

static void server_open(struct server *v, int64_t handshake_us, size_t max_per_peer)
{
    struct ny_tls_options o = options_of("server");
    struct ny_listener_options lo = {.host = "127.0.0.1", .max_per_peer = max_per_peer};
    struct ny_error err = {0};

    o.handshake_us = handshake_us;
    *v = (struct server){.loop = ny_loop_create(), .tls = tls_of(&o)};
    lo.tls = v->tls;
    assert_int_equal(ny_listener_create(v->loop, &lo, on_accept, v, &v->l, &err), NY_OK);
}

static void server_end(struct server *v)
{
    for (size_t i = 0; i < v->n; i++) {
        ny_stream_close(v->peers[i].s);
    }
    ny_listener_destroy(v->l);
    ny_tls_destroy(v->tls);
    ny_loop_destroy(v->loop);
}

static void client_connect(struct server *v, struct ny_tls *tls, struct peer *c)
{
    struct ny_stream *s = NULL;
    struct ny_error err = {0};

    assert_int_equal(
        ny_stream_connect_tls(v->loop, "127.0.0.1", ny_listener_port(v->l), tls, NULL, &s, &err),
        NY_OK);
    peer_init(c, v->loop, s);
    while (c->log[0] == '\0') {
        run(v->loop);
    }
}

static void echo(struct server *v, struct peer *c)
{
    c->n_got = 0;
    c->want = 5;
    ny_stream_write(c->s, NY_S("hello"));
    while (c->n_got < 5) {
        run(v->loop);
    }
    assert_memory_equal(c->got, "hello", 5);
}

static void test_reload_leaves_connections_alone(void **state)
{
    struct ny_tls_options mine = options_of("client");
    struct ny_tls_options renewed = options_of("renewed");
    struct ny_tls_options wrong = options_of("client");
    struct ny_tls *tls = tls_of(&mine);
    struct ny_error err = {0};
    struct server v;
    struct peer before;
    struct peer between;
    struct peer after;
    char seen[65];

    (void)state;
    server_open(&v, 0, 0);
    client_connect(&v, tls, &before);
    snprintf(seen, sizeof(seen), "%s", ny_stream_peer_certificate(before.s));
    wrong.certificate = renewed.certificate;
    assert_int_equal(ny_tls_reload(v.tls, &wrong, &err), NY_ECONFIG);
    client_connect(&v, tls, &between);
    assert_string_equal(ny_stream_peer_certificate(between.s), seen);
    assert_int_equal(ny_tls_reload(v.tls, &renewed, &err), NY_OK);
    client_connect(&v, tls, &after);
    assert_int_equal(strlen(ny_stream_peer_certificate(after.s)), 64);
    assert_string_not_equal(ny_stream_peer_certificate(after.s), seen);
    echo(&v, &before);
    echo(&v, &after);
    ny_stream_close(before.s);
    ny_stream_close(between.s);
    ny_stream_close(after.s);
    server_end(&v);
    ny_tls_destroy(tls);
}

static void test_handshake_has_its_time(void **state)
{
    struct server v;
    struct ny_stream *s = NULL;
    struct ny_error err = {0};
    struct peer c;
    int64_t refused = ny_counter_get(NY_C_TLS_REFUSED);
    int64_t began = ny_clock_monotonic_us();

    (void)state;
    server_open(&v, 200000, 0);
    assert_int_equal(ny_stream_connect_tcp(v.loop, "127.0.0.1", ny_listener_port(v.l), &s, &err),
                     NY_OK);
    peer_init(&c, v.loop, s);
    while (strstr(c.log, "closed") == NULL && strstr(c.log, "error") == NULL) {
        /* The start of a hello, drop by drop: each byte alone would keep an idle time from ending.
         */
        static const char hello[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
        static size_t at;

        if (c.s != NULL && at < sizeof(hello) - 1) {
            ny_stream_write(c.s, ny_str_of(hello + at++, 1));
        }
        usleep(20000);
        ny_loop_defer(v.loop, free, NULL);
        ny_loop_turn(v.loop);
        assert_true(ny_clock_monotonic_us() - began < 5 * NY_US_PER_SECOND);
    }
    assert_int_equal(v.n, 0);
    assert_int_equal(ny_listener_streams(v.l), 0);
    assert_int_equal(ny_counter_get(NY_C_TLS_REFUSED), refused + 1);
    ny_stream_close(c.s);
    server_end(&v);
}

static void test_a_listener_that_ends_takes_its_handshakes_along(void **state)
{
    struct server v;
    struct ny_stream *s = NULL;
    struct ny_error err = {0};
    struct peer c;

    (void)state;
    server_open(&v, 0, 0);
    assert_int_equal(ny_stream_connect_tcp(v.loop, "127.0.0.1", ny_listener_port(v.l), &s, &err),
                     NY_OK);
    peer_init(&c, v.loop, s);
    while (ny_listener_streams(v.l) == 0) {
        ny_loop_turn(v.loop);
    }
    ny_listener_destroy(v.l);
    v.l = NULL;
    while (strstr(c.log, "closed") == NULL) {
        run(v.loop);
    }
    server_end(&v);
}

static void test_an_address_has_its_share(void **state)
{
    struct ny_tls_options mine = options_of("client");
    struct ny_tls *tls = tls_of(&mine);
    struct server v;
    struct peer c[3];
    int64_t refused = ny_counter_get(NY_C_PEER_REFUSED);

    (void)state;
    server_open(&v, 0, 2);
    for (size_t i = 0; i < 3; i++) {
        client_connect(&v, tls, &c[i]);
    }
    assert_string_equal(c[1].log, "connected ");
    assert_string_equal(c[2].log, "error ");
    assert_int_equal(ny_counter_get(NY_C_PEER_REFUSED), refused + 1);
    ny_stream_close(c[0].s);
    while (ny_listener_streams(v.l) == 2) {
        run(v.loop);
    }
    client_connect(&v, tls, &c[2]); /* its place is free again */
    assert_string_equal(c[2].log, "connected ");
    ny_stream_close(c[1].s);
    ny_stream_close(c[2].s);
    server_end(&v);
    ny_tls_destroy(tls);
}

/* ---- the certificates ---- */

static int certificates_make(void **state)
{
    char command[400];

    (void)state;
    signal(SIGPIPE, SIG_IGN);
    if (mkdtemp(dir) == NULL) {
        return -1;
    }
    snprintf(command, sizeof(command),
             "%s/tests/support/certificates.sh %s && cd %s && cp server.key open.key && "
             "chmod 640 open.key && cp server.pem server-closed.pem && chmod 600 server-closed.pem",
             NY_SOURCE_DIR, dir, dir);
    return system(command); /* NY_ALLOW(system): a script of ours with a path of ours */
}

static int certificates_remove(void **state)
{
    char command[100];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    return system(command); /* NY_ALLOW(system): a directory of ours */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bytes_come_through_whatever_the_pieces),
        cmocka_unit_test(test_who_is_let_in),
        cmocka_unit_test(test_mistakes_have_their_sentence),
        cmocka_unit_test(test_dates_of_our_own),
        cmocka_unit_test(test_reload_leaves_connections_alone),
        cmocka_unit_test(test_handshake_has_its_time),
        cmocka_unit_test(test_a_listener_that_ends_takes_its_handshakes_along),
        cmocka_unit_test(test_an_address_has_its_share),
    };

    return cmocka_run_group_tests(tests, certificates_make, certificates_remove);
}
