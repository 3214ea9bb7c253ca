/* Consumers of notifications, and the outbox of what they are still to be told. */

#include <arpa/inet.h>
#include <stdlib.h>

#include "nayose/registry_models.h"
#include "nayose/registry_notices.h"

#include "admin_priv.h"

/* ---- consumers ---- */

static json_t *consumer_json(struct request *q, const struct ny_consumer_row *c)
{
    bool v6 = ny_str_find(c->host, ':') < c->host.n;
    ny_str address = ny_arena_printf(q->call->arena, "%s%.*s%s:%u", v6 ? "[" : "", NY_ARG(c->host),
                                     v6 ? "]" : "", c->port);

    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "name", ny_admin_str(c->name),
                     "address", ny_admin_str(address), "path", ny_admin_str(c->path), "application",
                     ny_admin_str(c->app), "facility", ny_admin_str(c->facility), "domains",
                     ny_admin_str(c->domains), "enabled", c->enabled);
}

struct queues {
    struct request *q;
    json_t *list;
};

/* The numbers of the outbox go to each consumer's object; without a database there are none. */
static void on_queues(void *ctx, ny_rc rc, ny_str json)
{
    struct queues *x = ctx;
    json_t *queues = rc == NY_OK ? json_loadb(json.p, json.n, 0, NULL) : NULL;

    for (size_t i = 0; i < json_array_size(queues); i++) {
        json_t *numbers = json_array_get(queues, i);

        for (size_t k = 0; k < json_array_size(x->list); k++) {
            json_t *c = json_array_get(x->list, k);

            if (json_equal(json_object_get(c, "name"), json_object_get(numbers, "consumer"))) {
                json_object_del(numbers, "consumer");
                json_object_update(c, numbers);
                break;
            }
        }
    }
    json_decref(queues);
    ny_admin_json(x->q, 200, json_pack("{s:o}", "consumers", x->list));
}

void ny_admin_consumers_get(struct request *q)
{
    const struct ny_consumer_row *const *consumers;
    size_t n = ny_registry_consumers(q->registry, &consumers);
    struct queues *x = NY_ARENA_NEW(q->call->arena, struct queues);

    if (x == NULL) {
        ny_admin_fail_rc(q, NY_ELIMIT);
        return;
    }
    *x = (struct queues){q, json_array()};
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(x->list, consumer_json(q, consumers[i]));
    }
    ny_registry_view(q->registry, NY_VIEW_QUEUES, 0, on_queues, x);
}

/* "192.0.2.7:2575", "[2001:db8::7]:2575". Names would have to be resolved while everybody waits. */
static bool address_read(struct request *q, ny_str text, struct ny_consumer_row *out)
{
    unsigned char bytes[sizeof(struct in6_addr)];
    size_t colon = text.n;
    uint64_t port = 0;
    ny_str host;

    while (colon > 0 && text.p[colon - 1] != ':') {
        colon--;
    }
    if (colon == 0 ||
        ny_str_to_u64(ny_str_of(text.p + colon, text.n - colon), 1, 65535, &port) != NY_OK) {
        return false;
    }
    host = ny_str_of(text.p, colon - 1);
    if (host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']') {
        host = ny_str_of(host.p + 1, host.n - 2);
    }
    host = ny_arena_str(q->call->arena, host); /* terminated */
    out->host = host;
    out->port = (uint16_t)port;
    return host.n > 0 &&
           (inet_pton(AF_INET, host.p, bytes) == 1 || inet_pton(AF_INET6, host.p, bytes) == 1);
}

/* Known namespaces, at least one of them of a facility: the regional id alone never changes. */
static bool domains_are_known(const struct request *q, ny_str domains)
{
    ny_str rest = domains;
    bool any = ny_str_is_empty(domains);

    while (!ny_str_is_empty(rest)) {
        const struct ny_hd hd = {.ns = ny_str_split(&rest, ',')};
        const struct ny_domain *d = NULL;

        if (ny_registry_authority(q->registry, &hd, &d) != NY_AUTHORITY_FOUND) {
            return false;
        }
        any |= d != ny_registry_regional(q->registry);
    }
    return any;
}

/* Of a request line: printable ASCII. */
static bool path_is_usable(ny_str path)
{
    for (size_t i = 0; i < path.n; i++) {
        if (path.p[i] <= ' ' || path.p[i] >= 0x7F) {
            return false;
        }
    }
    return path.n == 0 || (path.p[0] == '/' && path.n <= 1024);
}

static void text_take(struct request *q, const json_t *o, const char *key, ny_str *out)
{
    if (json_object_get(o, key) != NULL) {
        *out = ny_admin_text_of(q, o, key);
    }
}

void ny_admin_consumers_post(struct request *q)
{
    json_t *o = ny_admin_body_object(q);
    struct ny_consumer_row row = {.enabled = true};
    const struct ny_consumer_row *const *known;
    ny_str address = NY_STR_NONE;
    ny_str name;

    if (o == NULL) {
        return;
    }
    name = ny_admin_text_of(q, o, "name");
    for (size_t i = ny_registry_consumers(q->registry, &known); i > 0; i--) {
        if (ny_str_equals(known[i - 1]->name, name)) {
            row = *known[i - 1];
        }
    }
    row.name = name;
    text_take(q, o, "address", &address);
    text_take(q, o, "path", &row.path);
    text_take(q, o, "application", &row.app);
    text_take(q, o, "facility", &row.facility);
    text_take(q, o, "domains", &row.domains);
    ny_admin_bool_take(o, "enabled", &row.enabled);
    json_decref(o);
    if (ny_str_is_empty(name) || name.n > 64) {
        ny_admin_fail(q, 400, "the name is missing or too long (64)", "");
    } else if ((row.port == 0 || !ny_str_is_empty(address)) && !address_read(q, address, &row)) {
        ny_admin_fail(q, 400, "the address is not ADDRESS:PORT; a host name is none",
                      "for example 192.0.2.7:2575");
    } else if (!path_is_usable(row.path)) {
        ny_admin_fail(q, 400, "the path does not begin with / or holds blanks",
                      "empty: told in HL7 v2 over MLLP");
    } else if (!domains_are_known(q, row.domains)) {
        ny_admin_fail(q, 400, "a domain is not known, or there is none but the regional one",
                      "see: nayose domain list");
    } else {
        ny_registry_consumer_set(q->registry, &row, q->call->user, ny_admin_changed, q);
    }
}

static void on_resynced(void *ctx, ny_rc rc, size_t n)
{
    struct request *q = ctx;

    if (rc == NY_ENOTFOUND) {
        ny_admin_fail(q, 404, "there is no such consumer, or it is not enabled",
                      "see: nayose consumer list");
    } else if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
    } else {
        ny_admin_json(q, 200, json_pack("{s:I}", "queued", (json_int_t)n));
    }
}

void ny_admin_consumer_resync(struct request *q)
{
    json_t *o = ny_admin_body_object(q);
    ny_str name;

    if (o != NULL) {
        name = ny_admin_text_of(q, o, "name");
        json_decref(o);
        ny_registry_consumer_resync(q->registry, name, q->call->user, on_resynced, q);
    }
}

/* ---- the outbox ---- */

static json_t *notice_json(struct request *q, const struct ny_notice *n)
{
    const struct ny_consumer_row *c = ny_registry_consumer(q->registry, n->consumer);
    json_t *ids = json_array();
    char since[NY_TIMESTAMP_LEN];

    ny_timestamp_write(n->at_us, since);
    for (size_t i = 0; i < n->n_ids; i++) {
        json_array_append_new(ids,
                              json_pack("{s:o, s:o}", "domain", ny_admin_str(n->ids[i].domain->ns),
                                        "local_id", ny_admin_str(n->ids[i].id)));
    }
    return json_pack("{s:I, s:o, s:s, s:s, s:o, s:o}", "number", (json_int_t)n->seq, "consumer",
                     ny_admin_str(c != NULL ? c->name : NY_S("")), "since", since, "state",
                     n->parked ? "parked" : "waiting", "answer", ny_admin_str(n->answer), "ids",
                     ids);
}

static void on_notices(void *ctx, ny_rc rc, const struct ny_notice *notices, size_t n)
{
    struct request *q = ctx;
    json_t *list;

    if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
        return;
    }
    list = json_array();
    for (size_t i = 0; i < n; i++) {
        json_array_append_new(list, notice_json(q, &notices[i]));
    }
    ny_admin_page(q, "notices", list,
                  n == 0 ? NULL : json_pack("{s:I}", "number", (json_int_t)notices[n - 1].seq));
}

void ny_admin_notices(struct request *q)
{
    int64_t after;
    int32_t limit;
    ny_str state;

    if (ny_admin_param_i64(q, "after_number", &after) && ny_admin_param(q, "state", &state) &&
        ny_admin_param_limit(q, 1000, &limit)) {
        ny_registry_notices(q->registry, ny_str_equals(state, NY_S("parked")), after, limit,
                            on_notices, q);
    }
}

static void on_notice_ended(void *ctx, ny_rc rc)
{
    struct request *q = ctx;

    if (rc == NY_ENOTFOUND) {
        ny_admin_fail(q, 404, "there is no such notification", "see: nayose notify list");
    } else if (rc != NY_OK) {
        ny_admin_fail_rc(q, rc);
    } else {
        ny_admin_json(q, 200, json_pack("{s:s}", "result", "done"));
    }
}

static void notice_end(struct request *q, bool again)
{
    json_t *o = ny_admin_body_object(q);
    json_int_t number;
    ny_str reason;

    if (o == NULL) {
        return;
    }
    number = json_integer_value(json_object_get(o, "number"));
    reason = ny_admin_text_of(q, o, "reason");
    json_decref(o);
    if (number <= 0) {
        ny_admin_fail(q, 400, "number is missing", "see: nayose notify list");
    } else if (again) {
        ny_registry_notice_retry(q->registry, number, q->call->user, on_notice_ended, q);
    } else if (ny_str_is_empty(ny_str_trim(reason))) {
        ny_admin_fail(q, 400, "to drop a notification needs a reason", "");
    } else {
        ny_registry_notice_drop(q->registry, number, q->call->user, reason, on_notice_ended, q);
    }
}

void ny_admin_notice_retry(struct request *q)
{
    notice_end(q, true);
}

void ny_admin_notice_drop(struct request *q)
{
    notice_end(q, false);
}

/* ---- metrics ---- */

static void gauge_write(struct ny_buf *b, const json_t *queues, const char *name, const char *key,
                        const char *help)
{
    ny_buf_printf(b, "# HELP nayose_%s %s\n# TYPE nayose_%s gauge\n", name, help, name);
    for (size_t i = 0; i < json_array_size(queues); i++) {
        const json_t *c = json_array_get(queues, i);
        char *label = json_dumps(json_object_get(c, "consumer"), JSON_ENCODE_ANY); /* quoted */

        if (label != NULL) {
            ny_buf_printf(b, "nayose_%s{consumer=%s} %lld\n", name, label,
                          (long long)json_integer_value(json_object_get(c, key)));
        }
        free(label);
    }
}

void ny_admin_queues_write(ny_str queues, struct ny_buf *b)
{
    json_t *list = json_loadb(queues.p, queues.n, 0, NULL);

    gauge_write(b, list, "notifications_waiting", "waiting",
                "Notifications that the consumer has not acknowledged yet.");
    gauge_write(b, list, "notifications_parked", "parked",
                "Notifications that the consumer refused: somebody has to look.");
    gauge_write(b, list, "notifications_oldest_seconds", "oldest_s",
                "How long the first waiting notification of the consumer has waited.");
    json_decref(list);
}
