/* Security alerts, see the face.
 *
 *   alert ─▶ table ─ new ─▶ audit row, 1 time
 *              └─ known ─▶ counted ─ ny_registry_alerts_tell() ─▶ audit row, n times; forgotten
 *
 * So a scanner costs two rows an hour for each of its ways to fail. A row that is not committed
 * gives its number back to the table. */

#include "nayose/registry_alerts.h"

#include "registry_priv.h"

enum { ALERTS_MAX = 256, TEXT_MAX = 160 };

struct alert {
    char what[TEXT_MAX], peer[TEXT_MAX], why[TEXT_MAX], certificate[TEXT_MAX];
    enum ny_audit_outcome outcome;
    int32_t n; /* times that no row tells of */
};

struct alerts {
    struct alert known[ALERTS_MAX];
    size_t n_known;
    struct alert others;
};

/* A row under way; lives on the heap. */
struct telling {
    struct ny_registry *registry;
    struct alert alert;
    int64_t at_us;
    bool is_server; /* of ourselves: no alert */
};

static void text_keep(char out[TEXT_MAX], ny_str text)
{
    size_t n = text.n < TEXT_MAX ? text.n : TEXT_MAX - 1;

    if (n > 0) {
        memcpy(out, text.p, n);
    }
    out[n] = '\0';
}

static bool is_same(const struct alert *a, const struct alert *b)
{
    return strcmp(a->what, b->what) == 0 && strcmp(a->peer, b->peer) == 0 &&
           strcmp(a->why, b->why) == 0 && strcmp(a->certificate, b->certificate) == 0;
}

static struct alerts *alerts_of(struct ny_registry *r)
{
    if (r->alerts == NULL) {
        r->alerts = ny_calloc(1, sizeof(*r->alerts));
        r->alerts->others.outcome = NY_AUDIT_DENIED;
        text_keep(r->alerts->others.what, NY_S("others"));
        text_keep(r->alerts->others.why, NY_S("more different ones than are told apart"));
    }
    return r->alerts;
}

/* The place of an alert, a new one for a new alert; when there is none left, that of the others. */
static struct alert *place_find(struct alerts *all, const struct alert *a, bool *is_new)
{
    *is_new = false;
    for (size_t i = 0; i < all->n_known; i++) {
        if (is_same(&all->known[i], a)) {
            return &all->known[i];
        }
    }
    if (all->n_known == ALERTS_MAX) {
        return &all->others;
    }
    *is_new = true;
    all->known[all->n_known] = *a;
    all->known[all->n_known].n = 0;
    return &all->known[all->n_known++];
}

/* ---- rows ---- */

static ny_rc alert_decide(struct ny_registry *r, struct ny_store_batch *rows, void *ctx)
{
    const struct telling *t = ctx;
    const struct ny_audit_row row = {
        .at_us = t->at_us,
        .kind = t->is_server ? NY_S("server") : NY_S("alert"),
        .action = NY_S("E"),
        .outcome = t->alert.outcome,
        .user_id = ny_str_from_c(t->alert.peer),
        .peer_addr = t->is_server ? NY_STR_NONE : ny_str_from_c(t->alert.peer),
        .certificate = ny_str_from_c(t->alert.certificate),
        .hits = t->alert.n,
        .decision = ny_str_from_c(t->alert.what),
        .reason = ny_str_from_c(t->alert.why),
    };

    (void)r;
    ny_store_add_audit(rows, &row);
    return NY_OK;
}

static void alert_done(void *ctx, ny_rc rc)
{
    struct telling *t = ctx;
    bool is_new;

    if (rc != NY_OK) {
        place_find(alerts_of(t->registry), &t->alert, &is_new)->n += t->alert.n;
    }
    ny_free(t);
}

static void row_write(struct ny_registry *r, const struct alert *a, int32_t n, bool is_server)
{
    static const struct work work = {"alert", alert_decide, NULL, alert_done};
    struct telling *t = ny_malloc(sizeof(*t));

    *t = (struct telling){
        .registry = r, .alert = *a, .at_us = ny_clock_now_us(), .is_server = is_server};
    t->alert.n = n;
    ny_registry_work(r, &work, NY_STR_NONE, t);
}

/* ---- the face ---- */

static ny_str without_port(ny_str peer)
{
    size_t at = peer.n;

    while (at > 0 && peer.p[at - 1] >= '0' && peer.p[at - 1] <= '9') {
        at--;
    }
    return at > 0 && at < peer.n && peer.p[at - 1] == ':' ? ny_str_sub(peer, 0, at - 1) : peer;
}

void ny_registry_alert(struct ny_registry *r, const struct ny_alert *a)
{
    struct alert key = {.outcome = a->outcome};
    struct alert *place;
    bool is_new;

    text_keep(key.what, a->what);
    text_keep(key.peer, without_port(a->peer));
    text_keep(key.why, a->why);
    text_keep(key.certificate, a->certificate);
    place = place_find(alerts_of(r), &key, &is_new);
    if (is_new) {
        row_write(r, &key, 1, false);
    } else {
        place->n += place->n < INT32_MAX;
    }
}

void ny_registry_alerts_tell(struct ny_registry *r)
{
    struct alerts *before = r->alerts;

    r->alerts = NULL; /* what fails at once is counted in a new table */
    for (size_t i = 0; before != NULL && i < before->n_known; i++) {
        if (before->known[i].n > 0) {
            row_write(r, &before->known[i], before->known[i].n, false);
        }
    }
    if (before != NULL && before->others.n > 0) {
        row_write(r, &before->others, before->others.n, false);
    }
    ny_free(before);
}

void ny_registry_server_event(struct ny_registry *r, ny_str what, ny_str who, ny_str why)
{
    struct alert event = {.outcome = NY_AUDIT_OK};

    text_keep(event.what, what);
    text_keep(event.peer, who);
    text_keep(event.why, why);
    row_write(r, &event, 0, true);
}
