/* The folders of an SS-MIX2 storage. Links are not followed: a storage lies in one place, and a
 * link could make a patient appear twice. Names that begin with a dot are passed over. */

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "ssmix2_priv.h"

enum { LEVELS = 3 };

struct entry {
    const char *name;
    bool is_folder, is_file;
};

struct listing {
    struct ny_arena *arena;
    const char *path;
    struct entry *entries;
    size_t n, at;
};

struct ssmix2_walk {
    size_t root_length;
    ssmix2_odd_fn odd;
    void *ctx;
    struct listing levels[LEVELS]; /* root, first three, next three characters */
    size_t depth;                  /* levels in use */
};

static const char *join(struct ny_arena *a, const char *folder, const char *name)
{
    ny_str path = ny_arena_printf(a, "%s/%s", folder, name);

    NY_ASSERT(path.p != NULL);
    return path.p;
}

/* ---- a folder ---- */

static int entry_compare(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;

    return strcmp(a->name, b->name);
}

static void entry_kind(const char *folder, const struct dirent *d, struct ny_arena *a,
                       struct entry *out)
{
    struct stat st;

    out->is_folder = d->d_type == DT_DIR;
    out->is_file = d->d_type == DT_REG;
    if (d->d_type == DT_UNKNOWN && lstat(join(a, folder, d->d_name), &st) == 0) {
        out->is_folder = S_ISDIR(st.st_mode);
        out->is_file = S_ISREG(st.st_mode);
    }
}

static struct entry *entry_add(struct listing *l, size_t *cap)
{
    if (l->n == *cap) {
        struct entry *more;

        *cap = *cap == 0 ? 16 : 2 * *cap;
        more = NY_ARENA_ARRAY(l->arena, struct entry, *cap);
        NY_ASSERT(more != NULL);
        if (l->n > 0) {
            memcpy(more, l->entries, l->n * sizeof(*more));
        }
        l->entries = more;
    }
    return &l->entries[l->n++];
}

/* Lists path into l, whose arena is set. An unreadable folder is odd, and empty. */
static void list(struct ssmix2_walk *w, struct listing *l, const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *d;
    size_t cap = 0;

    l->path = path;
    l->entries = NULL;
    l->n = l->at = 0;
    errno = dir == NULL ? errno : 0;
    while (dir != NULL && (d = readdir(dir)) != NULL) {
        struct entry *e;

        if (d->d_name[0] == '.') {
            continue;
        }
        e = entry_add(l, &cap);
        entry_kind(path, d, l->arena, e);
        e->name = ny_arena_str(l->arena, ny_str_from_c(d->d_name)).p;
        errno = 0;
    }
    if (errno != 0) {
        w->odd(w->ctx, path, NY_SSMIX2_UNREADABLE, errno);
    }
    if (dir != NULL) {
        closedir(dir);
    }
    if (l->n > 0) {
        qsort(l->entries, l->n, sizeof(*l->entries), entry_compare);
    }
}

/* The next folder of a listing; what is none is odd. NULL at the end. */
static const char *folder_next(struct ssmix2_walk *w, struct listing *l)
{
    while (l->at < l->n) {
        const struct entry *e = &l->entries[l->at++];

        if (e->is_folder) {
            return e->name;
        }
        w->odd(w->ctx, join(l->arena, l->path, e->name), NY_SSMIX2_STRAY, 0);
    }
    return NULL;
}

/* ---- the files of a patient ---- */

struct gather {
    struct ssmix2_walk *walk;
    struct ny_arena *arena;
    struct ny_ssmix2_place place;
    struct ssmix2_patient *out;
    size_t cap;
};

static void print_make(const struct ssmix2_walk *w, struct ny_arena *a, struct ssmix2_item *item,
                       const struct stat *st)
{
    ny_str text =
        ny_arena_printf(a, "%s %lld %lld.%09ld", item->path + w->root_length,
                        (long long)st->st_size, (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);

    NY_ASSERT(text.p != NULL);
    item->size = (uint64_t)st->st_size;
    item->print.hash[0] = ny_hash64(text);
    item->print.hash[1] = ny_hash64_seeded(text, 1);
}

static void item_add(struct gather *g, const struct ny_ssmix2_file *file,
                     const struct ssmix2_item *item)
{
    struct ssmix2_patient *p = g->out;

    if (p->n == g->cap) {
        struct ny_ssmix2_file *files;
        struct ssmix2_item *items;

        g->cap = g->cap == 0 ? 8 : 2 * g->cap;
        files = NY_ARENA_ARRAY(g->arena, struct ny_ssmix2_file, g->cap);
        items = NY_ARENA_ARRAY(g->arena, struct ssmix2_item, g->cap);
        NY_ASSERT(files != NULL && items != NULL);
        if (p->n > 0) {
            memcpy(files, p->files, p->n * sizeof(*files));
            memcpy(items, p->items, p->n * sizeof(*items));
        }
        p->files = files;
        p->items = items;
    }
    p->files[p->n] = *file;
    p->files[p->n].key = p->n;
    p->items[p->n] = *item;
    p->n++;
}

static void file_take(struct gather *g, const char *folder, const struct entry *e,
                      const struct ny_ssmix2_type *type)
{
    struct ssmix2_item item = {.path = join(g->arena, folder, e->name)};
    struct ny_ssmix2_file file = {.type = type};
    enum ny_ssmix2_fault fault = NY_SSMIX2_FINE;
    struct stat st;
    int error = 0;

    if (!e->is_file) {
        fault = NY_SSMIX2_STRAY;
    } else if (!ny_ssmix2_name_parse(ny_str_from_c(e->name), &file.name)) {
        fault = NY_SSMIX2_NAME;
    } else if (!ny_ssmix2_name_is_at(&file.name, &g->place)) {
        fault = NY_SSMIX2_FOLDER;
    } else if (lstat(item.path, &st) != 0) {
        fault = NY_SSMIX2_UNREADABLE;
        error = errno;
    }
    if (fault != NY_SSMIX2_FINE) {
        g->walk->odd(g->walk->ctx, item.path, fault, error);
        return;
    }
    print_make(g->walk, g->arena, &item, &st);
    item_add(g, &file, &item);
}

/* The data type folders of one date; those that tell nothing of identities are not opened. */
static void date_take(struct gather *g, const char *path)
{
    struct listing types = {.arena = g->arena};
    const char *name;

    list(g->walk, &types, path);
    while ((name = folder_next(g->walk, &types)) != NULL) {
        const struct ny_ssmix2_type *type = ny_ssmix2_type_find(ny_str_from_c(name));
        struct listing files = {.arena = g->arena};

        if (type == NULL) {
            continue;
        }
        g->place.type = ny_str_from_c(name);
        list(g->walk, &files, join(g->arena, path, name));
        for (size_t i = 0; i < files.n; i++) {
            file_take(g, files.path, &files.entries[i], type);
        }
    }
}

static void patient_take(struct gather *g, const char *path)
{
    struct listing dates = {.arena = g->arena};
    const char *name;

    list(g->walk, &dates, path);
    while ((name = folder_next(g->walk, &dates)) != NULL) {
        const char *date = join(g->arena, path, name);

        g->place.date = ny_str_from_c(name);
        if (ny_ssmix2_is_date(g->place.date)) {
            date_take(g, date);
        } else {
            g->walk->odd(g->walk->ctx, date, NY_SSMIX2_STRAY, 0);
        }
    }
}

/* ---- the walk ---- */

struct ssmix2_walk *ssmix2_walk_create(const char *root, ssmix2_odd_fn odd, void *ctx)
{
    struct ssmix2_walk *w = ny_calloc(1, sizeof(*w));

    w->root_length = strlen(root);
    w->odd = odd;
    w->ctx = ctx;
    for (size_t i = 0; i < LEVELS; i++) {
        w->levels[i].arena = ny_arena_create(0);
    }
    list(w, &w->levels[0], root);
    w->depth = 1;
    return w;
}

void ssmix2_walk_destroy(struct ssmix2_walk *w)
{
    if (w == NULL) {
        return;
    }
    for (size_t i = 0; i < LEVELS; i++) {
        ny_arena_destroy(w->levels[i].arena);
    }
    ny_free(w);
}

/* The next folder of the third level, where patients are; NULL at the end. */
static const char *patient_next(struct ssmix2_walk *w)
{
    while (w->depth > 0) {
        struct listing *l = &w->levels[w->depth - 1];
        const char *name = folder_next(w, l);
        struct listing *below;

        if (name == NULL) {
            w->depth--;
            continue;
        }
        if (w->depth == LEVELS) {
            return name;
        }
        below = &w->levels[w->depth];
        ny_arena_reset(below->arena);
        list(w, below, join(below->arena, l->path, name));
        w->depth++;
    }
    return NULL;
}

bool ssmix2_walk_next(struct ssmix2_walk *w, struct ny_arena *a, struct ssmix2_patient *out)
{
    const char *name = patient_next(w);
    struct gather g = {.walk = w, .arena = a, .out = out};
    const char *path;

    *out = (struct ssmix2_patient){0};
    if (name == NULL) {
        return false;
    }
    g.place.first = ny_str_from_c(w->levels[0].entries[w->levels[0].at - 1].name);
    g.place.second = ny_str_from_c(w->levels[1].entries[w->levels[1].at - 1].name);
    g.place.patient = ny_str_from_c(name);
    path = join(a, w->levels[2].path, name);
    if (!ny_ssmix2_is_patient(g.place.patient) || !ny_ssmix2_place_is_right(&g.place)) {
        w->odd(w->ctx, path, NY_SSMIX2_PLACE, 0);
        return true;
    }
    patient_take(&g, path);
    return true;
}

double ssmix2_walk_part(const struct ssmix2_walk *w)
{
    double part = 0;

    for (size_t i = w->depth; i-- > 0;) {
        const struct listing *l = &w->levels[i];

        part = l->n == 0 ? 1 : ((double)(l->at > 0 ? l->at - 1 : 0) + part) / (double)l->n;
    }
    return w->depth == 0 ? 1 : part;
}
