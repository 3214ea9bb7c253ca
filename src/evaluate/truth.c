/* The truth file: columns by name, values as hashes (two of 64 bits are the same by chance once in
 * 10^8 files of 250 000 records), records found by domain and id. */

#include "nayose/evaluate_truth.h"

#include <stdlib.h>

#include "nayose/base_csv.h"

enum { COLUMNS_MAX = 64, CONTACTS_MAX = 64 };

enum column {
    COLUMN_DOMAIN,
    COLUMN_LOCAL_ID,
    COLUMN_PERSON,
    COLUMN_KIND,
    COLUMN_PHONE,
    COLUMN_ADDRESS,
    COLUMN_INSURANCE,
    COLUMN_LIKENESS,
    COLUMN_HOUSEHOLD,
    COLUMN_TWINS,
    COLUMN_ERRORS,
    COLUMN_COUNT
};
static const char *const column_names[COLUMN_COUNT] = {
    "domain",        "local_id", "person",    "kind",  "phone", "address_key",
    "insurance_key", "likeness", "household", "twins", "errors"};

/* A record in the order of (domain, id). */
struct named {
    ny_str domain, local_id;
    uint32_t at;
};

struct ny_truth {
    struct ny_arena *arena;
    struct ny_truth_record *records; /* [n], [cap] */
    struct ny_judged_record *judged;
    struct named *named;
    size_t n, cap;
    ny_str tags[NY_TAGS_MAX];
    size_t n_tags;
    size_t place[COLUMN_COUNT]; /* of a column in a row; COLUMNS_MAX = absent */
    size_t width;               /* fields that a row needs */
};

/* ---- the first row ---- */

static ny_rc header_read(struct ny_truth *t, const ny_str *fields, size_t n, struct ny_error *err)
{
    for (size_t c = 0; c < COLUMN_COUNT; c++) {
        t->place[c] = COLUMNS_MAX;
        for (size_t i = 0; i < n; i++) {
            if (!ny_str_equals(fields[i], ny_str_from_c(column_names[c]))) {
                continue;
            }
            if (t->place[c] != COLUMNS_MAX) {
                return ny_fail(err, NY_ESYNTAX, "line 1: the column %s stands twice",
                               column_names[c]);
            }
            t->place[c] = i;
            t->width = i + 1 > t->width ? i + 1 : t->width;
        }
        if (t->place[c] == COLUMNS_MAX && c <= COLUMN_PERSON) {
            return ny_fail(err, NY_ESYNTAX, "line 1: the column %s is missing", column_names[c]);
        }
    }
    return NY_OK;
}

static ny_str column(const struct ny_truth *t, const ny_str *fields, enum column c)
{
    return t->place[c] < COLUMNS_MAX ? fields[t->place[c]] : NY_STR_NONE;
}

/* ---- a value ---- */

/* 0 for an empty value only. */
static uint64_t number_of(ny_str s, uint64_t seed)
{
    uint64_t h = ny_hash64_seeded(s, seed);

    return ny_str_is_empty(s) ? 0 : h != 0 ? h : 1;
}

static ny_str next_word(ny_str *rest)
{
    ny_str word = NY_STR_NONE;

    while (ny_str_is_empty(word) && rest->p != NULL) {
        word = ny_str_split(rest, ' ');
    }
    return word;
}

static bool has_contacts(const struct ny_truth *t)
{
    return t->place[COLUMN_PHONE] < COLUMNS_MAX || t->place[COLUMN_ADDRESS] < COLUMNS_MAX ||
           t->place[COLUMN_INSURANCE] < COLUMNS_MAX;
}

static ny_rc contacts_read(struct ny_truth *t, const ny_str *fields, struct ny_judged_record *r)
{
    uint64_t found[CONTACTS_MAX];
    uint64_t *kept;
    uint32_t n = 0;

    for (enum column c = COLUMN_PHONE; c <= COLUMN_INSURANCE; c++) {
        ny_str rest = column(t, fields, c);
        ny_str word;

        while (!ny_str_is_empty(word = next_word(&rest))) {
            if (n == CONTACTS_MAX) {
                return NY_ELIMIT;
            }
            found[n++] = number_of(word, (uint64_t)c);
        }
    }
    if (!has_contacts(t)) { /* one that all records of the person share */
        found[n++] = r->person;
    }
    if (n > 0) {
        kept = NY_ARENA_ARRAY(t->arena, uint64_t, n);
        memcpy(kept, found, n * sizeof(*kept));
        r->contacts = kept;
        r->n_contacts = n;
    }
    return NY_OK;
}

static ny_rc tags_read(struct ny_truth *t, ny_str rest, struct ny_judged_record *r)
{
    ny_str word;

    while (!ny_str_is_empty(word = next_word(&rest))) {
        size_t i = 0;

        while (i < t->n_tags && !ny_str_equals(t->tags[i], word)) {
            i++;
        }
        if (i == NY_TAGS_MAX) {
            return NY_ELIMIT;
        }
        if (i == t->n_tags) {
            t->tags[t->n_tags++] = ny_arena_str(t->arena, word);
        }
        r->tags |= UINT64_C(1) << i;
    }
    return NY_OK;
}

static bool is_never_linked(ny_str kind)
{
    return ny_str_equals(kind, NY_S("test")) || ny_str_equals(kind, NY_S("unknown")) ||
           ny_str_equals(kind, NY_S("newborn"));
}

/* ---- a row ---- */

static void room_for_one(struct ny_truth *t)
{
    if (t->n == t->cap) {
        t->cap = t->cap == 0 ? 1024 : 2 * t->cap;
        t->records = ny_realloc(t->records, ny_mul_size(t->cap, sizeof(*t->records)));
        t->judged = ny_realloc(t->judged, ny_mul_size(t->cap, sizeof(*t->judged)));
    }
}

static ny_rc row_read(struct ny_truth *t, const ny_str *fields, size_t n, size_t line,
                      struct ny_error *err)
{
    struct ny_truth_record *r;
    struct ny_judged_record *j;

    if (n < t->width) {
        return ny_fail(err, NY_ESYNTAX, "line %zu: there are only %zu fields", line, n);
    }
    if (t->n == UINT32_MAX) {
        return ny_fail(err, NY_ELIMIT, "line %zu: there are too many records", line);
    }
    room_for_one(t);
    r = &t->records[t->n];
    j = &t->judged[t->n];
    *r = (struct ny_truth_record){.domain = column(t, fields, COLUMN_DOMAIN),
                                  .local_id = column(t, fields, COLUMN_LOCAL_ID),
                                  .kind = column(t, fields, COLUMN_KIND),
                                  .household = number_of(column(t, fields, COLUMN_HOUSEHOLD), 0)};
    *j = (struct ny_judged_record){.person = number_of(column(t, fields, COLUMN_PERSON), 0),
                                   .twins = number_of(column(t, fields, COLUMN_TWINS), 0),
                                   .likeness = number_of(column(t, fields, COLUMN_LIKENESS), 0),
                                   .never_linked = is_never_linked(r->kind)};
    if (ny_str_is_empty(r->domain) || ny_str_is_empty(r->local_id) || j->person == 0) {
        return ny_fail(err, NY_ESYNTAX, "line %zu: domain, local_id or person is empty", line);
    }
    if (contacts_read(t, fields, j) != NY_OK ||
        tags_read(t, column(t, fields, COLUMN_ERRORS), j) != NY_OK) {
        return ny_fail(err, NY_ELIMIT, "line %zu: more than 64 contacts, or kinds of error", line);
    }
    t->n++;
    return NY_OK;
}

/* ---- by name ---- */

static int by_name(const void *pa, const void *pb)
{
    const struct named *a = pa;
    const struct named *b = pb;
    int order = ny_str_compare(a->domain, b->domain);

    return order != 0 ? order : ny_str_compare(a->local_id, b->local_id);
}

static ny_rc names_sort(struct ny_truth *t, struct ny_error *err)
{
    t->named = ny_calloc(t->n + 1, sizeof(*t->named));
    for (size_t i = 0; i < t->n; i++) {
        t->named[i] = (struct named){t->records[i].domain, t->records[i].local_id, (uint32_t)i};
    }
    qsort(t->named, t->n, sizeof(*t->named), by_name);
    for (size_t i = 1; i < t->n; i++) {
        if (by_name(&t->named[i - 1], &t->named[i]) == 0) {
            return ny_fail(err, NY_ECONFLICT, "records %u and %u are one", t->named[i - 1].at + 1,
                           t->named[i].at + 1);
        }
    }
    return NY_OK;
}

/* ---- life ---- */

static ny_rc truth_fill(struct ny_truth *t, ny_str text, struct ny_error *err)
{
    ny_str fields[COLUMNS_MAX];
    struct ny_csv csv;
    size_t n = 0;
    ny_rc rc;

    ny_csv_init(&csv, text);
    rc = ny_csv_row(&csv, t->arena, fields, COLUMNS_MAX, &n, err);
    if (rc == NY_OK) {
        rc = header_read(t, fields, n, err);
    }
    while (rc == NY_OK) {
        rc = ny_csv_row(&csv, t->arena, fields, COLUMNS_MAX, &n, err);
        if (rc == NY_OK && n == 0) {
            return names_sort(t, err);
        }
        if (rc == NY_OK) {
            rc = row_read(t, fields, n, csv.line, err);
        }
    }
    return rc;
}

ny_rc ny_truth_read(ny_str text, struct ny_truth **out, struct ny_error *err)
{
    struct ny_truth *t = ny_calloc(1, sizeof(*t));
    ny_rc rc;

    t->arena = ny_arena_create(0);
    rc = truth_fill(t, text, err);
    if (rc != NY_OK) {
        ny_truth_destroy(t);
        return rc;
    }
    *out = t;
    return NY_OK;
}

void ny_truth_destroy(struct ny_truth *t)
{
    if (t == NULL) {
        return;
    }
    ny_free(t->named);
    ny_free(t->judged);
    ny_free(t->records);
    ny_arena_destroy(t->arena);
    ny_free(t);
}

/* ---- what it holds ---- */

size_t ny_truth_count(const struct ny_truth *t)
{
    return t->n;
}

struct ny_judged_record *ny_truth_judged(struct ny_truth *t)
{
    return t->judged;
}

const struct ny_truth_record *ny_truth_record(const struct ny_truth *t, size_t at)
{
    return &t->records[at];
}

size_t ny_truth_find(const struct ny_truth *t, ny_str domain, ny_str local_id)
{
    const struct named key = {domain, local_id, 0};
    const struct named *found = bsearch(&key, t->named, t->n, sizeof(*t->named), by_name);

    return found != NULL ? found->at : t->n;
}

const ny_str *ny_truth_tags(const struct ny_truth *t, size_t *n)
{
    *n = t->n_tags;
    return t->tags;
}
