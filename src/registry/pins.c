/* What a feed says of pairs of identities, and what follows for their statuses.
 *
 * Every word is kept, unless the same was said of the same two by the same role at a later event
 * time: then it adds nothing. So what is known is a function of the messages, not of their order.
 */

#include "registry_priv.h"

struct ny_index_pin ny_pin_of_row(const struct ny_pin_row *row)
{
    return (struct ny_index_pin){.a = (uint32_t)row->a,
                                 .b = (uint32_t)row->b,
                                 .kind = (uint8_t)row->kind,
                                 .role = (uint8_t)row->role,
                                 .pair = (uint16_t)row->pair,
                                 .total_b1024 = row->total_b1024,
                                 .stamp = row->stamp};
}

struct ny_pin_row ny_pin_to_row(const struct ny_index_pin *pin)
{
    return (struct ny_pin_row){.a = pin->a,
                               .b = pin->b,
                               .kind = (enum ny_pin_kind)pin->kind,
                               .role = (enum ny_pin_role)pin->role,
                               .stamp = pin->stamp,
                               .pair = pin->pair,
                               .total_b1024 = pin->total_b1024};
}

/* x says what y says, of the same two, in the same role. */
static bool is_same_word(const struct ny_index_pin *x, const struct ny_index_pin *y)
{
    bool straight = x->a == y->a && x->b == y->b;
    bool turned = x->a == y->b && x->b == y->a && x->kind != NY_PIN_MERGE && x->kind != NY_PIN_MOVE;

    return x->kind == y->kind && x->role == y->role && (straight || turned);
}

static bool adds_nothing(const struct ny_index *ix, const struct ny_index_pin *said)
{
    const struct ny_index_pin *p;
    uint32_t cursor = 0;

    while ((p = ny_index_pin_next(ix, said->a, &cursor)) != NULL) {
        if (is_same_word(p, said) &&
            (said->role == NY_ROLE_IMPLIED || !ny_link_pin_is_newer(said, p))) {
            return true;
        }
    }
    return false;
}

static void pin_say(struct decision *d, const struct ny_index_pin *said, ny_str reason)
{
    struct ny_pin_row row = ny_pin_to_row(said);

    if (said->a == said->b || adds_nothing(d->r->index, said)) {
        return;
    }
    row.who = d->feed->request.user;
    row.reason = reason;
    row.message = d->message;
    ny_index_pin_add(d->r->index, said);
    ny_store_add_pin(d->rows, &row);
    ny_link_set_add(&d->touched, d->arena, said->a);
    ny_link_set_add(&d->touched, d->arena, said->b);
}

void ny_decision_pin(struct decision *d)
{
    static const uint8_t kinds[] = {
        [NY_FEED_MERGE] = NY_PIN_MERGE, [NY_FEED_RENAME] = NY_PIN_MERGE,
        [NY_FEED_LINK] = NY_PIN_SAME,   [NY_FEED_UNLINK] = NY_PIN_DIFFERENT,
        [NY_FEED_MOVE] = NY_PIN_MOVE,
    };
    const struct ny_feed *f = d->feed;
    struct ny_index_pin said = {.stamp = f->patient.seen, .total_b1024 = NY_PIN_UNSEEN};

    if (f->kind == NY_FEED_REVISE) { /* for practice nobody is joined: it may become real */
        said.kind = NY_PIN_SAME;
        said.role = NY_ROLE_IMPLIED;
        for (size_t k = 1; k < f->n_ids && !f->is_test; k++) {
            said.a = d->ids[f->second_from > 0 && k >= f->second_from ? f->second_from : 0];
            said.b = d->ids[k];
            pin_say(d, &said, NY_S("named together in one message"));
        }
        return;
    }
    for (size_t i = 0; i < f->n_pairs; i++) {
        said.kind = kinds[f->kind];
        said.role = NY_ROLE_FACILITY;
        said.pair = (uint16_t)i;
        said.a = d->ids[f->pairs[i].a];
        said.b = d->ids[f->pairs[i].b];
        pin_say(d, &said, f->request.trigger);
    }
}

/* ---- statuses ---- */

enum ny_identity_status ny_registry_status(const struct ny_registry *r, uint32_t id)
{
    struct ny_index_identity x;
    struct ny_record record = {0};

    if (ny_link_survivor(r->index, id) != id) {
        return NY_IDENTITY_MERGED;
    }
    ny_index_get(r->index, id, &x);
    if (ny_record_unpack(x.record, &record) != NY_OK) {
        return NY_IDENTITY_ACTIVE;
    }
    return (record.flags & NY_RECORD_GONE) != 0   ? NY_IDENTITY_DELETED
           : (record.flags & NY_RECORD_TEST) != 0 ? NY_IDENTITY_TEST
                                                  : NY_IDENTITY_ACTIVE;
}

void ny_registry_status_set(struct ny_registry *r, struct ny_store_batch *rows, uint32_t id,
                            enum ny_identity_status status)
{
    struct ny_index_identity x;

    ny_index_get(r->index, id, &x);
    if (x.status != status) { /* a new one was added as active */
        ny_index_status_set(r->index, id, status);
        ny_store_add_status(rows, id, status);
    }
}

/* Everybody whom merges connect with some identities. */
static void merged_collect(const struct ny_index *ix, struct ny_arena *a, struct ny_link_set *all)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct ny_index_pin *p;
        uint32_t cursor = 0;

        while ((p = ny_index_pin_next(ix, all->ids[i], &cursor)) != NULL) {
            if (p->kind == NY_PIN_MERGE) {
                ny_link_set_add(all, a, p->a);
                ny_link_set_add(all, a, p->b);
            }
        }
    }
}

void ny_merges_settle(struct ny_registry *r, struct ny_store_batch *rows, struct ny_arena *a,
                      const uint32_t *ids, size_t n, struct ny_link_set *touched)
{
    struct ny_link_set all = {0};

    for (size_t i = 0; i < n; i++) {
        ny_link_set_add(&all, a, ids[i]);
    }
    merged_collect(r->index, a, &all);
    for (size_t i = 0; i < all.n; i++) {
        enum ny_identity_status now = ny_registry_status(r, all.ids[i]);
        struct ny_index_identity x;

        ny_index_get(r->index, all.ids[i], &x);
        if (x.status == now) {
            continue;
        }
        ny_registry_status_set(r, rows, all.ids[i], now);
        if (x.person != 0) { /* a new one's row follows */
            ny_store_add_identity_state(rows, all.ids[i], x.person, now);
        }
        ny_link_refresh(&r->link, a, all.ids[i], touched);
        ny_link_set_add(touched, a, all.ids[i]);
    }
}
