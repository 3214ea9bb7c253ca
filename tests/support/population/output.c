/* Second pass: the messages facility by facility, and the truth beside them. */

#include "output.h"

#include "message.h"
#include "text.h"

#include "nayose/base.h"

#include <errno.h>

#define QUERY_SHARE 64 /* one record of so many is in queries.txt … */
#define QUERY_MAX 100000

struct output {
    const struct pop_names *names;
    const struct pop_plan_options *o;
    const struct pop_plan *plan;
    const char *dir;
    struct pop_writer *writer;
    FILE *truth, *domains, *queries;
    uint32_t query_n;
};

/* What two records of one person may have in common. */
struct keys {
    char phone[64]; /* values sent, separated by blanks */
    char address[96];
    char card[192];
};

static FILE *open_in(const char *dir, const char *name)
{
    char path[1024] = "";
    FILE *f;

    pop_catf(path, sizeof path, "%s/%s", dir, name);
    f = fopen(path, "wb");
    if (f == NULL) {
        fprintf(stderr, "nayose-population: %s: %s\n", path, strerror(errno));
    }
    return f;
}

static bool close_written(FILE *f, const char *name)
{
    bool ok = f != NULL && !ferror(f);

    if (f != NULL && fclose(f) != 0) {
        ok = false;
    }
    if (!ok) {
        fprintf(stderr, "nayose-population: could not write %s\n", name);
    }
    return ok;
}

static void key_add(char *list, size_t cap, const char *value)
{
    if (strstr(list, value) == NULL) {
        POP_CAT(list, cap, list[0] != '\0' ? " " : "", value);
    }
}

static void keys_add(struct keys *k, const struct pop_view *v)
{
    char key[64];

    for (uint32_t i = 0; i < v->phone_n; i++) {
        key_add(k->phone, sizeof k->phone, v->phone[i]);
    }
    if (v->has_address) {
        pop_address_key(&v->address, key, sizeof key);
        key_add(k->address, sizeof k->address, key);
    }
    if (v->has_card) {
        pop_card_family_key(&v->card, key, sizeof key);
        key_add(k->card, sizeof k->card, key);
    }
}

/* Hash of kanji, kana, birth date, sex and address: two people with one value cannot be told apart
 * by anybody. */
static uint64_t likeness(const struct pop_view *v)
{
    const char sex[2] = {v->sex, '\0'};
    char all[512] = "";
    struct pop_name s = v->surname;
    struct pop_name g = v->given;

    pop_names_fold_variants(&s);
    pop_names_fold_variants(&g);
    POP_CAT(all, sizeof all, s.form, "|", g.form, "|", s.kana, "|", g.kana, "|", v->birth, "|", sex,
            "|");
    if (v->has_address) {
        pop_address_key(&v->address, all + strlen(all), sizeof all - strlen(all));
    }
    return ny_hash64(ny_str_from_c(all));
}

static void truth_write(struct output *out, const struct pop_facility *f,
                        const struct pop_household *h, const struct pop_record *rec)
{
    static const char *const kinds[] = {"normal", "twin",    "foreigner", "namesake",
                                        "test",   "unknown", "newborn",   "named_later"};
    const struct pop_options *world = &out->o->world;
    struct keys k = {"", "", ""};
    struct pop_view v;
    char id[16];
    char twins[24] = "";

    pop_view_make(world, h, rec, f, false, &v);
    keys_add(&k, &v);
    if (rec->follow_s > 0) {
        pop_view_make(world, h, rec, f, true, &v);
        keys_add(&k, &v);
    }
    if (h->person[rec->slot].twin_order > 0) {
        pop_catf(twins, sizeof twins, "%u.%d", h->number, h->person[rec->slot].birth);
    }
    pop_local_id(f, rec->local_id, id);
    fprintf(out->truth, "%s,%s,P%08u,%s,%s,%s,%s,%016llx,H%08u,%s\n", f->name_space, id,
            rec->person_no, kinds[v.kind], k.phone, k.address, k.card,
            (unsigned long long)likeness(&v), h->number, twins);
    if (out->query_n < QUERY_MAX &&
        pop_mix(out->o->world.seed ^ pop_mix(rec->household * 64ULL + rec->slot + rec->serial)) %
                QUERY_SHARE ==
            0) {
        fprintf(out->queries, "%s %s\n", f->name_space, id);
        out->query_n++;
    }
}

static enum pop_event event_of(const struct output *out, const struct pop_record *rec, bool follow)
{
    uint64_t v = pop_mix(rec->household * 4096ULL + rec->slot * 64ULL + rec->serial) % 100;

    if (follow) {
        return out->o->mix && rec->baby == POP_BABY_NONE && v < 40 ? POP_A08 : POP_A31;
    }
    return !out->o->mix || v < 60 ? POP_A28 : v < 85 ? POP_A31 : POP_A08;
}

static bool delivery_write(struct output *out, const struct pop_facility *f,
                           const struct pop_delivery *d, uint32_t serial, FILE *to)
{
    const struct pop_record *rec = &out->plan->records[d->record];
    struct pop_household h;
    struct pop_view v;
    struct pop_message m = {
        .view = &v,
        .facility = f,
        .event = event_of(out, rec, d->is_follow),
        .time_s = d->time_s,
        .serial = serial,
        .local_id = rec->local_id,
        .spelling = pop_mix(out->o->world.seed ^ ((uint64_t)d->record << 1) ^ d->is_follow),
    };

    pop_household_make(out->names, &out->o->world, rec->household, &h);
    pop_view_make(&out->o->world, &h, rec, f, d->is_follow, &v);
    if (!d->is_follow) {
        truth_write(out, f, &h, rec);
        if (rec->follow_s > 0) { /* truth_write has no view left to lend */
            pop_view_make(&out->o->world, &h, rec, f, false, &v);
        }
    }
    return pop_message_write(out->writer, &m, to);
}

/* One facility: the deliveries [*at, …) that are its own. */
static bool facility_write(struct output *out, uint32_t index, size_t *at)
{
    struct pop_facility f;
    char name[24] = "";
    uint32_t serial = 0;
    FILE *to;
    bool ok = true;

    pop_facility_make(out->o->world.seed, index, out->o->facilities, &f);
    fprintf(out->domains, "%s %s %s\n", f.name_space, f.oid, f.name);
    pop_catf(name, sizeof name, "%s.hl7", f.name_space);
    to = open_in(out->dir, name);
    while (to != NULL && ok && *at < out->plan->delivery_n &&
           out->plan->deliveries[*at].facility == index) {
        ok = delivery_write(out, &f, &out->plan->deliveries[*at], ++serial, to);
        (*at)++;
    }
    return close_written(to, name) && ok;
}

bool pop_output_write(const struct pop_names *names, const struct pop_plan_options *o,
                      const struct pop_plan *plan, const char *dir)
{
    struct output out = {.names = names, .o = o, .plan = plan, .dir = dir};
    size_t at = 0;
    bool ok;

    out.truth = open_in(dir, "truth.csv");
    out.domains = open_in(dir, "domains.txt");
    out.queries = open_in(dir, "queries.txt");
    out.writer = pop_writer_create();
    ok = out.truth != NULL && out.domains != NULL && out.queries != NULL;
    if (ok) {
        fputs("domain,local_id,person,kind,phone,address_key,insurance_key,likeness,household,"
              "twins\n",
              out.truth);
    }
    for (uint32_t i = 0; ok && i < o->facilities; i++) {
        ok = facility_write(&out, i, &at);
    }
    pop_writer_destroy(out.writer);
    ok = close_written(out.truth, "truth.csv") && ok;
    ok = close_written(out.domains, "domains.txt") && ok;
    ok = close_written(out.queries, "queries.txt") && ok;
    return ok;
}
