/* Identities and persons: numbered rows, found by (domain, local id). */

#include "nayose/index.h"

#include "index_priv.h"

enum { SLOTS_FIRST = 1024 };
static const uint32_t SLOT_GONE = UINT32_MAX;

void *ny_index_grow(void *array, uint32_t *cap, uint32_t n, size_t size)
{
    uint32_t want = *cap > 0 ? *cap : 1024;

    if (n < *cap) {
        return array;
    }
    while (want <= n) {
        NY_ASSERT(want <= UINT32_MAX / 2);
        want *= 2;
    }
    array = ny_realloc(array, ny_mul_size(want, size));
    *cap = want;
    return array;
}

struct ny_index *ny_index_create(const struct ny_match_model *model)
{
    struct ny_index *ix = ny_calloc(1, sizeof(*ix));

    ix->models[0] = model;
    ix->idents = ny_index_grow(NULL, &ix->cap, 0, sizeof(*ix->idents));
    ix->persons = ny_index_grow(NULL, &ix->cap_persons, 0, sizeof(*ix->persons));
    memset(&ix->idents[0], 0, sizeof(ix->idents[0]));
    ix->persons[0] = 0;
    ix->slots = ny_calloc(SLOTS_FIRST, sizeof(*ix->slots));
    ix->slot_mask = SLOTS_FIRST - 1;
    return ix;
}

void ny_index_destroy(struct ny_index *ix)
{
    if (ix == NULL) {
        return;
    }
    ny_index_settle(ix, ny_index_mark(ix));
    while (ix->n_pins > 0) {
        ny_index_pin_drop_last(ix);
    }
    for (uint32_t id = 1; id <= ix->n; id++) {
        struct ident *i = &ix->idents[id];

        ny_wipe(i->blob, i->id_len + i->record_len);
        ny_free(i->blob);
    }
    for (size_t d = 0; d < ix->n_domains; d++) {
        ny_free(ix->domains[d].oid);
    }
    ny_index_candidates_free(ix);
    ny_index_terms_free(ix);
    ny_free(ix->domains);
    ny_free(ix->idents);
    ny_free(ix->persons);
    ny_free(ix->slots);
    ny_free(ix->postings);
    ny_free(ix->heads);
    ny_free(ix->edges);
    ny_free(ix->pins);
    ny_free(ix->log);
    ny_free(ix);
}

void ny_index_domain_set(struct ny_index *ix, int32_t domain, ny_str oid)
{
    size_t d = (size_t)domain;

    NY_ASSERT(domain > 0 && domain <= UINT16_MAX);
    if (d >= ix->n_domains) {
        ix->domains = ny_realloc(ix->domains, ny_mul_size(d + 1, sizeof(*ix->domains)));
        memset(&ix->domains[ix->n_domains], 0, (d + 1 - ix->n_domains) * sizeof(*ix->domains));
        ix->n_domains = d + 1;
    }
    ny_free(ix->domains[d].oid);
    ix->domains[d].oid = ny_malloc(oid.n);
    memcpy(ix->domains[d].oid, oid.p, oid.n);
    ix->domains[d].len = oid.n;
}

ny_str ny_index_domain_oid(const struct ny_index *ix, int32_t domain)
{
    NY_ASSERT(domain > 0 && (size_t)domain < ix->n_domains);
    return ny_str_of(ix->domains[domain].oid, ix->domains[domain].len);
}

size_t ny_index_bytes(const struct ny_index *ix)
{
    return ix->blob_bytes + ix->n * sizeof(*ix->idents) + ix->n_persons * sizeof(*ix->persons) +
           ((size_t)ix->slot_mask + 1) * sizeof(*ix->slots) +
           ix->n_postings * sizeof(*ix->postings) +
           ((size_t)ix->head_mask + 1) * sizeof(*ix->heads) + ix->n_edges * sizeof(*ix->edges) +
           ny_index_terms_bytes(ix);
}

static uint32_t slot_tag(int32_t domain, ny_str local_id)
{
    return (uint32_t)(ny_hash64_seeded(local_id, (uint64_t)domain) >> 32);
}

static bool ident_is(const struct ident *i, int32_t domain, ny_str local_id)
{
    return i->domain == domain && ny_str_equals(ny_str_of(i->blob, i->id_len), local_id);
}

static struct slot *slot_find(const struct ny_index *ix, int32_t domain, ny_str local_id)
{
    uint32_t tag = slot_tag(domain, local_id);

    for (uint32_t at = tag & ix->slot_mask; ix->slots[at].id != 0; at = (at + 1) & ix->slot_mask) {
        struct slot *s = &ix->slots[at];

        if (s->id != SLOT_GONE && s->tag == tag && ident_is(&ix->idents[s->id], domain, local_id)) {
            return s;
        }
    }
    return NULL;
}

static void slot_put(struct slot *slots, uint32_t mask, uint32_t id, uint32_t tag)
{
    uint32_t at = tag & mask;

    while (slots[at].id != 0) {
        at = (at + 1) & mask;
    }
    slots[at] = (struct slot){id, tag};
}

/* Keeps the table at most three quarters full, counting removed entries; a table that is full of
 * removed ones is only swept. */
static void slots_make_room(struct ny_index *ix)
{
    uint32_t size = ix->slot_mask + 1;
    uint32_t grown_size = ix->n < size / 2 ? size : size * 2;
    struct slot *grown;

    if (ix->slots_used < size / 4 * 3) {
        return;
    }
    NY_ASSERT(size <= UINT32_MAX / 4);
    grown = ny_calloc(grown_size, sizeof(*grown));
    for (uint32_t i = 0; i < size; i++) {
        if (ix->slots[i].id != 0 && ix->slots[i].id != SLOT_GONE) {
            slot_put(grown, grown_size - 1, ix->slots[i].id, ix->slots[i].tag);
        }
    }
    ny_free(ix->slots);
    ix->slots = grown;
    ix->slot_mask = grown_size - 1;
    ix->slots_used = ix->n;
}

uint32_t ny_index_count(const struct ny_index *ix)
{
    return ix->n;
}

uint32_t ny_index_find(const struct ny_index *ix, int32_t domain, ny_str local_id)
{
    const struct slot *s = slot_find(ix, domain, local_id);

    return s != NULL ? s->id : 0;
}

uint32_t ny_index_add(struct ny_index *ix, int32_t domain, ny_str local_id,
                      enum ny_identity_status status)
{
    uint32_t id = ix->n + 1;
    struct ident *i;

    NY_ASSERT(local_id.n <= UINT16_MAX && (size_t)domain < ix->n_domains &&
              ix->domains[domain].oid != NULL);
    ix->idents = ny_index_grow(ix->idents, &ix->cap, id, sizeof(*ix->idents));
    i = &ix->idents[id];
    *i = (struct ident){
        .id_len = (uint16_t)local_id.n, .domain = (uint16_t)domain, .status = (uint8_t)status};
    i->blob = ny_malloc(local_id.n);
    memcpy(i->blob, local_id.p, local_id.n);
    ix->blob_bytes += local_id.n;
    slots_make_room(ix);
    slot_put(ix->slots, ix->slot_mask, id, slot_tag(domain, local_id));
    ix->slots_used++;
    ix->n = id;
    ny_index_log(ix, &(struct undo){.op = UNDO_ADD, .id = id});
    ny_counter_set(NY_C_IDENTITIES, ix->n);
    return id;
}

void ny_index_older_add(struct ny_index *ix, const struct ident *i)
{
    ix->n_older += ny_record_is_older(ny_index_ident_record(i));
}

void ny_index_older_remove(struct ny_index *ix, const struct ident *i)
{
    ix->n_older -= ny_record_is_older(ny_index_ident_record(i));
}

uint32_t ny_index_older_count(const struct ny_index *ix)
{
    return ix->n_older;
}

void ny_index_identity_drop_last(struct ny_index *ix)
{
    struct ident *i = &ix->idents[ix->n];
    struct slot *s = slot_find(ix, i->domain, ny_str_of(i->blob, i->id_len));

    NY_ASSERT(s != NULL);
    s->id = SLOT_GONE;
    ny_index_older_remove(ix, i);
    ix->blob_bytes -= i->id_len + i->record_len;
    ny_wipe(i->blob, i->id_len + i->record_len);
    ny_free(i->blob);
    ix->n--;
    ny_counter_set(NY_C_IDENTITIES, ix->n);
}

void ny_index_get(const struct ny_index *ix, uint32_t id, struct ny_index_identity *out)
{
    const struct ident *i = &ix->idents[id];

    NY_ASSERT(id > 0 && id <= ix->n);
    *out = (struct ny_index_identity){
        .domain = i->domain,
        .local_id = ny_str_of(i->blob, i->id_len),
        .status = (enum ny_identity_status)i->status,
        .person = i->person,
        .home = i->home,
        .version = i->version,
        .record = ny_index_ident_record(i),
    };
}

void ny_index_record_set(struct ny_index *ix, uint32_t id, ny_str packed)
{
    struct ident *i = &ix->idents[id];
    char *old = i->blob;
    uint32_t old_len = i->record_len;
    char *blob = ny_malloc(i->id_len + packed.n);

    NY_ASSERT(packed.n <= UINT32_MAX);
    ny_index_keys_remove(ix, id);
    ny_index_older_remove(ix, i);
    memcpy(blob, old, i->id_len);
    if (packed.n > 0) {
        memcpy(blob + i->id_len, packed.p, packed.n);
    }
    i->blob = blob;
    i->record_len = (uint32_t)packed.n;
    ix->blob_bytes += packed.n - old_len;
    ny_index_older_add(ix, i);
    ny_index_keys_add(ix, id);
    if (ix->keep_log) {
        ny_index_log(
            ix, &(struct undo){.op = UNDO_RECORD, .id = id, .blob = old, .record_len = old_len});
    } else {
        ny_free(old);
    }
}

void ny_index_status_set(struct ny_index *ix, uint32_t id, enum ny_identity_status status)
{
    struct ident *i = &ix->idents[id];

    if (i->status == (uint8_t)status) {
        return;
    }
    ny_index_log(ix, &(struct undo){.op = UNDO_STATUS, .id = id, .old = i->status});
    ny_index_keys_remove(ix, id);
    i->status = (uint8_t)status;
    ny_index_keys_add(ix, id);
}

void ny_index_version_set(struct ny_index *ix, uint32_t id, uint32_t version)
{
    ny_index_log(ix, &(struct undo){.op = UNDO_VERSION, .id = id, .old = ix->idents[id].version});
    ix->idents[id].version = version;
}

int ny_index_order(const struct ny_index *ix, uint32_t a, uint32_t b)
{
    const struct ident *x = &ix->idents[a];
    const struct ident *y = &ix->idents[b];
    int d = 0;

    if (x->domain != y->domain) {
        d = ny_str_compare(ny_str_of(ix->domains[x->domain].oid, ix->domains[x->domain].len),
                           ny_str_of(ix->domains[y->domain].oid, ix->domains[y->domain].len));
    }
    if (d == 0) {
        d = ny_str_compare(ny_str_of(x->blob, x->id_len), ny_str_of(y->blob, y->id_len));
    }
    return d;
}

void ny_index_settled_set(struct ny_index *ix, uint32_t id, bool settled)
{
    struct ident *i = &ix->idents[id];

    if (i->settled != settled) {
        ny_index_log(ix, &(struct undo){.op = UNDO_SETTLED, .id = id, .old = i->settled});
        i->settled = settled;
    }
}

void ny_index_settled_clear(struct ny_index *ix)
{
    for (uint32_t id = 1; id <= ix->n; id++) {
        ix->idents[id].settled = false;
    }
}

bool ny_index_is_settled(const struct ny_index *ix, uint32_t id)
{
    return ix->idents[id].settled;
}

bool ny_index_same_authority(const struct ny_index *ix, uint32_t a, uint32_t b)
{
    const struct ident *x = &ix->idents[a];
    const struct ident *y = &ix->idents[b];

    return x->domain == y->domain && x->status == NY_IDENTITY_ACTIVE &&
           y->status == NY_IDENTITY_ACTIVE;
}

bool ny_index_takes_part(const struct ny_index *ix, uint32_t id)
{
    return ix->idents[id].keyed != 0;
}

uint32_t ny_index_person_count(const struct ny_index *ix)
{
    return ix->n_persons;
}

uint32_t ny_index_person_live(const struct ny_index *ix)
{
    return ix->live_persons;
}

uint32_t ny_index_person_add(struct ny_index *ix)
{
    uint32_t p = ix->n_persons + 1;

    ix->persons = ny_index_grow(ix->persons, &ix->cap_persons, p, sizeof(*ix->persons));
    ix->persons[p] = 0;
    ix->n_persons = p;
    ny_index_log(ix, &(struct undo){.op = UNDO_PERSON_ADD, .id = p});
    return p;
}

void ny_index_member_move(struct ny_index *ix, uint32_t id, uint32_t person)
{
    struct ident *i = &ix->idents[id];

    if (i->person != 0) {
        uint32_t *at = &ix->persons[i->person];

        while (*at != id) {
            NY_ASSERT(*at != 0);
            at = &ix->idents[*at].next_member;
        }
        *at = i->next_member;
        ix->live_persons -= ix->persons[i->person] == 0;
    }
    i->person = person;
    i->next_member = 0;
    if (person != 0) {
        ix->live_persons += ix->persons[person] == 0;
        i->next_member = ix->persons[person];
        ix->persons[person] = id;
    }
}

void ny_index_person_set(struct ny_index *ix, uint32_t id, uint32_t person)
{
    struct ident *i = &ix->idents[id];

    NY_ASSERT(person <= ix->n_persons);
    ny_index_log(
        ix, &(struct undo){.op = UNDO_PERSON, .id = id, .old = i->person, .old_home = i->home});
    if (i->person != 0 && i->person != person) {
        i->home = i->person;
    }
    ny_index_member_move(ix, id, person);
}

void ny_index_home_set(struct ny_index *ix, uint32_t id, uint32_t person)
{
    ix->idents[id].home = person;
}

uint32_t ny_index_person_of(const struct ny_index *ix, uint32_t id)
{
    NY_ASSERT(id > 0 && id <= ix->n);
    return ix->idents[id].person;
}

uint32_t ny_index_member_first(const struct ny_index *ix, uint32_t person)
{
    return ix->persons[person];
}

uint32_t ny_index_member_next(const struct ny_index *ix, uint32_t id)
{
    return ix->idents[id].next_member;
}

size_t ny_index_member_count(const struct ny_index *ix, uint32_t person)
{
    size_t n = 0;

    for (uint32_t m = ix->persons[person]; m != 0; m = ix->idents[m].next_member) {
        n++;
    }
    return n;
}
