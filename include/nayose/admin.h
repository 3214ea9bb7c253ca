/* admin: the interface of the CLI: HTTP requests in, JSON out. Knows no sockets: nayosed hands it
 * calls. On the admin socket all routes, on public listeners only /livez, /readyz and /metrics.
 * Every answer with patient data leaves after its audit row is committed. */
#ifndef NAYOSE_ADMIN_H
#define NAYOSE_ADMIN_H

#include "nayose/base.h"

struct ny_admin;
struct ny_ihe;
struct ny_registry;
struct ny_study;

struct ny_admin_config {
    struct ny_registry *registry; /* borrowed */
    struct ny_ihe *ihe;           /* borrowed */
    struct ny_study *study;       /* borrowed */
    ny_str supervisors;           /* users separated by blanks; borrowed */
    /* Appends what /metrics says beside the counters of this process; NULL: nothing. */
    void (*metrics)(void *ctx, struct ny_buf *b);
    void *metrics_ctx;
    /* Our certificate number i: its name (borrowed) and its last moment; false behind the last one.
     * NULL: there are none. ctx is metrics_ctx. */
    bool (*certificate)(void *ctx, size_t i, const char **name, int64_t *not_after_us);
};

struct ny_admin *ny_admin_create(const struct ny_admin_config *cfg); /* owned; never NULL */
void ny_admin_destroy(struct ny_admin *a);                           /* NULL allowed */

/* One request under way. The caller owns it and keeps it and everything it points to alive until
 * reply was called, which happens exactly once, maybe from inside ny_admin_handle. */
struct ny_admin_call {
    ny_str method, path, query; /* query undecoded, behind '?' */
    ny_str accept;              /* Accept header */
    ny_str body;
    ny_str user; /* who is asking: the peer's user on the Unix socket */
    ny_str peer_addr;
    bool is_private; /* came over the admin socket: all routes */
    struct ny_arena *arena;
    void (*reply)(void *ctx, unsigned status, ny_str content_type, ny_str body);
    void *ctx;
};

void ny_admin_handle(struct ny_admin *a, struct ny_admin_call *call);

#endif
