/* nayose load ssmix2, private: walking the storage, what was sent before, lanes, the report. */
#ifndef NAYOSE_SSMIX2_PRIV_H
#define NAYOSE_SSMIX2_PRIV_H

#include "nayose/importer.h"

#include "load_priv.h"

/* ---- ssmix2_state.c: the files that the server has ----
 *
 * A line of text per file and version, appended when it was acknowledged: a load that is killed
 * goes on where it was, at worst a few files are sent twice, which changes nothing. A line is a
 * fingerprint of path, size and time of change; patient ids cannot be read from it. */

struct ssmix2_print {
    uint64_t hash[2];
};

struct ssmix2_state;
/* Opens or creates the file for a domain and locks it. NULL: it was said why not. */
struct ssmix2_state *ssmix2_state_open(const char *path, const char *domain, const char *oid);
void ssmix2_state_close(struct ssmix2_state *s); /* NULL allowed */
size_t ssmix2_state_count(const struct ssmix2_state *s);
/* Known when the state was opened. */
bool ssmix2_state_has(const struct ssmix2_state *s, struct ssmix2_print p);
void ssmix2_state_add(struct ssmix2_state *s, struct ssmix2_print p);
/* False when a line could not be written; then nothing more is. */
bool ssmix2_state_is_sound(const struct ssmix2_state *s);

/* ---- ssmix2_walk.c: patient after patient, in byte order of the folders ---- */

/* A file of a patient; texts live in the arena given. */
struct ssmix2_item {
    const char *path;
    uint64_t size;
    struct ssmix2_print print;
};

struct ssmix2_patient {
    struct ny_ssmix2_file *files; /* their key is the place in items */
    struct ssmix2_item *items;
    size_t n;
};

/* Something that is not as it should be: a path, and why (errno or 0). */
typedef void (*ssmix2_odd_fn)(void *ctx, const char *path, enum ny_ssmix2_fault fault, int error);

struct ssmix2_walk;
struct ssmix2_walk *ssmix2_walk_create(const char *root, ssmix2_odd_fn odd, void *ctx);
void ssmix2_walk_destroy(struct ssmix2_walk *w); /* NULL allowed */
/* The files of the next patient, in a; false at the end. A folder that is not right gives none. */
bool ssmix2_walk_next(struct ssmix2_walk *w, struct ny_arena *a, struct ssmix2_patient *out);
double ssmix2_walk_part(const struct ssmix2_walk *w); /* how much is behind, 0 … 1 */

/* ---- ssmix2_lane.c ---- */

struct ssmix2_lane {
    struct ny_arena *arena; /* of the patient */
    struct ny_arena *message_arena;
    struct ssmix2_patient patient;
    ny_str last;    /* ny_ssmix2_choose */
    size_t at;      /* the next file */
    size_t current; /* the file whose message is under way */
    bool is_without_basic;
};

struct ssmix2_reason {
    size_t files;
    char *first; /* path of the first one; owned */
};

struct ssmix2 {
    struct load *load;
    struct ssmix2_walk *walk;
    struct ssmix2_state *state;
    struct ny_ssmix2_sender sender;
    struct ssmix2_lane lanes[LOAD_CONNECTIONS_MAX];
    struct ssmix2_reason refused[NY_SSMIX2_FAULT_COUNT];
    struct {
        size_t patients, files, accepted, withdrawn, unchanged, skipped;
    } count;
};

extern const struct load_source ssmix2_source;
void ssmix2_lanes_finish(struct ssmix2 *s);
/* An ssmix2_odd_fn: counts and reports it; ctx: struct ssmix2. */
void ssmix2_odd(void *ctx, const char *path, enum ny_ssmix2_fault fault, int error);

/* ---- ssmix2_report.c ---- */

void ssmix2_report(const struct ssmix2 *s, const char *domain);

#endif
