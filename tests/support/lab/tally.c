/* Counts by a text. */

#include "lab.h"

#include <stdlib.h>

struct counted {
    char *key;
    uint64_t hash;
    int64_t n;
    char **examples;
    size_t n_examples;
};

struct lab_tally {
    struct counted *rows;
    size_t n, cap;
    size_t examples; /* kept of each */
};

struct lab_tally *lab_tally_create(size_t examples)
{
    struct lab_tally *t = ny_calloc(1, sizeof *t);

    t->examples = examples;
    return t;
}

void lab_tally_destroy(struct lab_tally *t)
{
    if (t == NULL) {
        return;
    }
    for (size_t i = 0; i < t->n; i++) {
        for (size_t k = 0; k < t->rows[i].n_examples; k++) {
            ny_free(t->rows[i].examples[k]);
        }
        ny_free(t->rows[i].examples);
        ny_free(t->rows[i].key);
    }
    ny_free(t->rows);
    ny_free(t);
}

static char *copy(const char *text)
{
    size_t n = strlen(text) + 1;

    return memcpy(ny_malloc(n), text, n);
}

static struct counted *find(struct lab_tally *t, const char *key)
{
    uint64_t hash = ny_hash64(ny_str_from_c(key));

    for (size_t i = 0; i < t->n; i++) {
        if (t->rows[i].hash == hash) {
            return &t->rows[i];
        }
    }
    if (t->n == t->cap) {
        t->cap = t->cap > 0 ? t->cap * 2 : 64;
        t->rows = ny_realloc(t->rows, ny_mul_size(t->cap, sizeof *t->rows));
    }
    t->rows[t->n] = (struct counted){.key = copy(key), .hash = hash};
    t->rows[t->n].examples = ny_calloc(t->examples + 1, sizeof(char *));
    return &t->rows[t->n++];
}

bool lab_tally_add(struct lab_tally *t, const char *key)
{
    struct counted *c = find(t, key);

    c->n++;
    return c->n_examples < t->examples;
}

void lab_tally_example(struct lab_tally *t, const char *key, const char *text)
{
    struct counted *c = find(t, key);

    if (c->n_examples < t->examples) {
        c->examples[c->n_examples++] = copy(text);
    }
}

static int commonest_first(const void *a, const void *b)
{
    const struct counted *x = *(const struct counted *const *)a;
    const struct counted *y = *(const struct counted *const *)b;

    return x->n != y->n ? (x->n > y->n ? -1 : 1) : strcmp(x->key, y->key);
}

void lab_tally_print(const struct lab_tally *t, const char *title, size_t top, FILE *to)
{
    const struct counted **rows = ny_calloc(t->n + 1, sizeof(*rows));

    for (size_t i = 0; i < t->n; i++) {
        rows[i] = &t->rows[i];
    }
    qsort(rows, t->n, sizeof(*rows), commonest_first);
    if (t->n > 0) {
        fprintf(to, "%s\n", title);
    }
    for (size_t i = 0; i < t->n && i < top; i++) {
        fprintf(to, "%9lld  %s\n", (long long)rows[i]->n, rows[i]->key);
        for (size_t k = 0; k < rows[i]->n_examples; k++) {
            fprintf(to, "%s", rows[i]->examples[k]);
        }
    }
    ny_free(rows);
}
