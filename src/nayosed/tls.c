/* The [tls NAME] sections: read at the start, read anew on SIGHUP, checked by --check-config, and
 * shown in /metrics with the day they end. */

#include <arpa/inet.h>
#include <stdio.h>

#include "nayose/net_tls.h"

#include "server_priv.h"

static const int64_t SOON_US = 30 * NY_US_PER_DAY;

static const char *path_or_null(const struct ny_conf *c, const char *name, const char *key)
{
    return ny_conf_has(c, "tls", name, key) ? ny_conf_str(c, "tls", name, key) : NULL;
}

static void options_read(const struct ny_conf *c, const char *name, struct ny_tls_options *o)
{
    *o = (struct ny_tls_options){
        .name = name,
        .profile = strcmp(ny_conf_str(c, "tls", name, "profile"), "ihe") == 0 ? NY_TLS_IHE
                                                                              : NY_TLS_JP_HIGH,
        .certificate = ny_conf_str(c, "tls", name, "certificate"),
        .key = ny_conf_str(c, "tls", name, "key"),
        .ca = path_or_null(c, name, "ca"),
        .peers = path_or_null(c, name, "peers"),
        .crl = path_or_null(c, name, "crl"),
        .handshake_us = ny_conf_time_us(c, "tls", name, "handshake_timeout"),
    };
}

/* Tells the log how our certificate stands; one that has ended keeps nobody from starting. */
static void validity_tell(const struct ny_tls *tls)
{
    struct ny_error err = {0};
    char until[NY_TIMESTAMP_LEN];

    if (ny_tls_check_validity(tls, &err) != NY_OK) {
        ny_log(NY_LOG_ERROR, "tls_certificate_invalid", "tls=%s why=\"%s\"", ny_tls_name(tls),
               err.text);
    } else if (ny_tls_not_after_us(tls) - ny_clock_now_us() < SOON_US) {
        ny_timestamp_write(ny_tls_not_after_us(tls), until);
        ny_log(NY_LOG_WARN, "tls_certificate_ends_soon", "tls=%s until=%s", ny_tls_name(tls),
               until);
    }
}

ny_rc server_tls_start(struct server *s, struct ny_error *err)
{
    const char *name;

    for (size_t i = 0; (name = ny_conf_named(s->conf, "tls", i)) != NULL; i++) {
        struct ny_tls_options o;
        ny_rc rc;

        if (i == TLS_MAX) {
            return ny_fail(err, NY_ECONFIG, "more than %d sections [tls NAME]", TLS_MAX);
        }
        options_read(s->conf, name, &o);
        rc = ny_tls_create(&o, &s->tls[i], err);
        if (rc != NY_OK) {
            return rc;
        }
        s->n_tls = i + 1;
        validity_tell(s->tls[i]);
    }
    return NY_OK;
}

struct ny_tls *server_tls_find(const struct server *s, const char *name)
{
    for (size_t i = 0; i < s->n_tls; i++) {
        if (strcmp(ny_tls_name(s->tls[i]), name) == 0) {
            return s->tls[i];
        }
    }
    return NULL;
}

void server_tls_reload(struct server *s, const struct ny_conf *fresh)
{
    for (size_t i = 0; i < s->n_tls; i++) {
        struct ny_tls_options o;
        struct ny_error err = {0};

        options_read(fresh, ny_tls_name(s->tls[i]), &o);
        if (ny_tls_reload(s->tls[i], &o, &err) == NY_OK) {
            ny_log(NY_LOG_INFO, "tls_reloaded", "tls=%s", ny_tls_name(s->tls[i]));
        } else {
            ny_log(NY_LOG_ERROR, "tls_reload_failed",
                   "tls=%s why=\"%s\" hint=\"the settings from before are still in force\"",
                   ny_tls_name(s->tls[i]), err.text);
        }
        validity_tell(s->tls[i]);
    }
}

ny_rc server_tls_check(const struct ny_conf *conf, struct ny_error *err)
{
    const char *name;
    ny_rc rc = NY_OK;

    for (size_t i = 0; rc == NY_OK && (name = ny_conf_named(conf, "tls", i)) != NULL; i++) {
        struct ny_tls_options o;
        struct ny_tls *tls = NULL;

        options_read(conf, name, &o);
        rc = ny_tls_create(&o, &tls, err);
        if (rc == NY_OK) {
            rc = ny_tls_check_validity(tls, err);
        }
        ny_tls_destroy(tls);
    }
    return rc;
}

void server_tls_metrics(void *ctx, struct ny_buf *b)
{
    const struct server *s = ctx;

    if (s->n_tls > 0) {
        ny_buf_printf(b, "# HELP nayose_tls_certificate_not_after_seconds Last second of our "
                         "certificate, Unix time.\n"
                         "# TYPE nayose_tls_certificate_not_after_seconds gauge\n");
    }
    for (size_t i = 0; i < s->n_tls; i++) {
        ny_buf_printf(b, "nayose_tls_certificate_not_after_seconds{tls=\"%s\"} %lld\n",
                      ny_tls_name(s->tls[i]),
                      (long long)(ny_tls_not_after_us(s->tls[i]) / NY_US_PER_SECOND));
    }
}

bool server_tls_certificate(void *ctx, size_t i, const char **name, int64_t *not_after_us)
{
    const struct server *s = ctx;

    if (i >= s->n_tls) {
        return false;
    }
    *name = ny_tls_name(s->tls[i]);
    *not_after_us = ny_tls_not_after_us(s->tls[i]);
    return true;
}

void server_tls_stop(struct server *s)
{
    while (s->n_tls > 0) {
        ny_tls_destroy(s->tls[--s->n_tls]);
    }
}

/* ---- where the weaker profile is no surprise ---- */

static bool is_private_v4(uint32_t a)
{
    return a >> 24 == 127 || a >> 24 == 10 || a >> 20 == (172U << 4 | 1U) ||
           a >> 16 == (192U << 8 | 168U);
}

static bool is_private(const char *host)
{
    struct in_addr v4;
    struct in6_addr v6;

    if (inet_pton(AF_INET, host, &v4) == 1) {
        return is_private_v4(ntohl(v4.s_addr));
    }
    return inet_pton(AF_INET6, host, &v6) == 1 &&
           (IN6_IS_ADDR_LOOPBACK(&v6) || (v6.s6_addr[0] & 0xfeU) == 0xfcU);
}

void server_tls_tell_weak(const struct ny_conf *c, const char *listener)
{
    const char *tls = ny_conf_str(c, "listener", listener, "tls");

    if (tls[0] != '\0' && strcmp(ny_conf_str(c, "tls", tls, "profile"), "ihe") == 0 &&
        !is_private(ny_conf_str(c, "listener", listener, "bind"))) {
        ny_log(NY_LOG_WARN, "tls_profile_ihe",
               "listener=%s hint=\"TLS 1.2 on an address that is not private; profile = jp-high is "
               "what the guidelines ask for\"",
               listener);
    }
}
