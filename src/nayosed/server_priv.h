/* nayosed, private: what the wiring holds. */
#ifndef NAYOSE_NAYOSED_SERVER_PRIV_H
#define NAYOSE_NAYOSED_SERVER_PRIV_H

#include "nayose/match.h"
#include "nayose/net.h"
#include "nayose/peer.h"
#include "nayose/registry.h"

#include "server.h"

enum { LISTENERS_MAX = 16, TLS_MAX = 16, PUBLIC_ROUTES_MAX = 9 };

struct server {
    const struct ny_conf *conf;
    const char *conf_path;
    struct ny_match_settings settings; /* of [match] */
    struct ny_registry_config registry_config;
    struct ny_loop *loop;
    struct ny_store *store;
    struct ny_registry *registry;
    struct ny_study *study;
    struct ny_notify *notify;
    struct ny_ihe *ihe;
    struct ny_admin *admin;
    struct ny_peer_budget *budget;
    struct ny_peer_mllp_listener *mllp[LISTENERS_MAX];
    size_t n_mllp;
    struct ny_peer_http_listener *http;       /* public: SOAP, health */
    struct ny_peer_http_listener *admin_http; /* the CLI's socket */
    struct ny_schemas *schemas;               /* [soap] validate; NULL: off */
    struct ny_peer_soap *soap;
    struct ny_peer_route public_routes[PUBLIC_ROUTES_MAX]; /* services, then "/" */
    size_t n_public_routes;
    struct ny_peer_route private_route;
    struct ny_tls *tls[TLS_MAX]; /* in the order of the configuration */
    size_t n_tls;
    struct ny_timer *stop_timer;
    struct ny_timer *watchdog;
    struct ny_timer *start_timer; /* until the database connections are up */
    struct ny_timer *hour_timer;
    struct ny_timer *search_timer; /* the next slice of a long search */
    int64_t stop_until_us;
    char holder[80];
};

/* Opens every listener of the configuration. */
NY_MUST_USE ny_rc server_listen(struct server *s, struct ny_error *err);

/* tls.c: the [tls NAME] sections. */
NY_MUST_USE ny_rc server_tls_start(struct server *s, struct ny_error *err);
struct ny_tls *server_tls_find(const struct server *s, const char *name); /* NULL: none */
/* Each section by itself: one that cannot be read keeps what it had, and the log says why. */
void server_tls_reload(struct server *s, const struct ny_conf *fresh);
void server_tls_metrics(void *ctx, struct ny_buf *b);
bool server_tls_certificate(void *ctx, size_t i, const char **name, int64_t *not_after_us);
/* Warns of the profile ihe on an address that is not private. */
void server_tls_tell_weak(const struct ny_conf *c, const char *listener);
void server_tls_stop(struct server *s);

#endif
