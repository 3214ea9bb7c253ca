/* A person's records and history: who it is (resolve), what is known of each record, what became of
 * them. Read one after the other from committed state. */

#include "nayose/registry_history.h"

#include "registry_priv.h"

struct telling {
    struct ny_registry *r;
    struct ny_arena *arena;
    int64_t *ids; /* [n] of the person */
    size_t n;
    struct ny_person_view view;
    void (*fn)(void *ctx, ny_rc rc, const struct ny_person_view *v);
    void *ctx;
};

static void tell_end(struct telling *t, ny_rc rc)
{
    t->fn(t->ctx, rc, rc == NY_OK ? &t->view : NULL);
    ny_arena_destroy(t->arena);
}

static void on_history(void *ctx, ny_rc rc, const struct ny_history_row *rows, size_t n)
{
    struct telling *t = ctx;

    t->view.events = rows;
    t->view.n_events = n;
    tell_end(t, rc);
}

static ny_rc records_keep(struct telling *t, const struct ny_stored_patient *rows, size_t n)
{
    struct ny_stored_patient *kept = NY_ARENA_ARRAY(t->arena, struct ny_stored_patient, n + 1);
    ny_rc rc = kept != NULL ? NY_OK : NY_ELIMIT;

    for (size_t i = 0; i < n && rc == NY_OK; i++) {
        kept[i] = rows[i];
        kept[i].local_id = ny_arena_str(t->arena, rows[i].local_id);
        rc = ny_patient_copy(t->arena, &rows[i].patient, &kept[i].patient);
    }
    t->view.records = kept;
    t->view.n_records = n;
    return rc;
}

static void on_records(void *ctx, ny_rc rc, const struct ny_stored_patient *rows, size_t n)
{
    struct telling *t = ctx;

    rc = rc == NY_OK ? records_keep(t, rows, n) : rc;
    if (rc == NY_OK) {
        rc = ny_store_history(t->r->store, t->ids, t->n, &t->view.person, 1, on_history, t);
    }
    if (rc != NY_OK) {
        tell_end(t, rc);
    }
}

/* The members in memory: those that are merged or deleted belong to the person, too. */
static bool members_collect(struct telling *t, uint32_t person)
{
    const struct ny_index *ix = t->r->index;

    t->ids = NY_ARENA_ARRAY(t->arena, int64_t, ny_index_member_count(ix, person) + 1);
    for (uint32_t m = ny_index_member_first(ix, person); m != 0 && t->ids != NULL;
         m = ny_index_member_next(ix, m)) {
        t->ids[t->n++] = m;
    }
    return t->ids != NULL;
}

static void person_read(struct telling *t, int64_t person)
{
    ny_rc rc = NY_ELIMIT;

    t->view.found = true;
    t->view.person = person;
    t->view.regional_id = ny_registry_regional_id(t->r, (uint32_t)person, t->arena);
    if (members_collect(t, (uint32_t)person)) {
        rc = ny_store_read_patients(t->r->store, t->ids, t->n, on_records, t);
    }
    if (rc != NY_OK) {
        tell_end(t, rc);
    }
}

static void on_resolved(void *ctx, ny_rc rc, const struct ny_resolved *res)
{
    struct telling *t = ctx;

    if (rc != NY_OK || !res->found) {
        tell_end(t, rc);
        return;
    }
    person_read(t, res->person);
}

void ny_registry_person(struct ny_registry *r, const struct ny_domain *domain, ny_str id,
                        void (*fn)(void *ctx, ny_rc rc, const struct ny_person_view *v), void *ctx)
{
    struct ny_arena *a = ny_arena_create(0);
    struct telling *t = NY_ARENA_NEW(a, struct telling);
    uint32_t known = ny_index_find(r->index, domain->id, id);

    NY_ASSERT(t != NULL);
    *t = (struct telling){.r = r, .arena = a, .fn = fn, .ctx = ctx};
    if (known != 0) { /* also one that is in no answer any more */
        person_read(t, ny_index_person_of(r->index, known));
    } else {
        ny_registry_resolve(r, domain, id, on_resolved, t);
    }
}
