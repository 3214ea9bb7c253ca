/* A lane of nayose load ssmix2: one patient after the other, his basic data before his visits. */

#include "ssmix2_priv.h"

enum { LOOKS_MAX = 64, MESSAGE_MAX = 4 << 20 };

void ssmix2_odd(void *ctx, const char *path, enum ny_ssmix2_fault fault, int error)
{
    struct ssmix2 *s = ctx;
    struct ssmix2_reason *r = &s->refused[fault];
    struct load_failure f = {
        .file = path,
        .err_8 = ny_str_from_c(error != 0 ? strerror(error) : ny_ssmix2_fault_text(fault)),
    };

    if (r->files++ == 0) {
        r->first = ny_str_dup(ny_str_from_c(path));
    }
    /* What the server said of its own refusals stands in the report. */
    if (fault != NY_SSMIX2_SERVER) {
        s->load->count.failed++;
        load_report_add(&s->load->report, &f);
    }
}

/* ---- one file ---- */

static enum ny_ssmix2_fault message_make(struct ssmix2 *s, struct ssmix2_lane *l,
                                         const struct ny_ssmix2_file *f, ny_str *out, int *error)
{
    const struct ssmix2_item *item = &l->patient.items[f->key];
    enum ny_ssmix2_fault fault;
    struct cli_file file;

    if (item->size > MESSAGE_MAX) {
        return NY_SSMIX2_TOO_LARGE;
    }
    *error = cli_file_open(&file, item->path);
    if (*error != 0) {
        return NY_SSMIX2_UNREADABLE;
    }
    ny_arena_reset(l->message_arena);
    fault =
        ny_ssmix2_message(l->message_arena, ny_str_of(file.p, file.n), &s->sender, f, l->last, out);
    cli_file_close(&file);
    return fault;
}

/* True when there is a message to send. */
static bool file_take(struct load_lane *lane, struct ssmix2 *s, struct ssmix2_lane *l)
{
    const struct ny_ssmix2_file *f = &l->patient.files[l->at];
    const struct ssmix2_item *item = &l->patient.items[f->key];
    enum ny_ssmix2_fault fault = f->fault;
    int error = 0;

    s->count.files++;
    l->current = l->at++;
    if (f->act == NY_SSMIX2_SKIP) {
        s->count.skipped++;
        return false;
    }
    if (f->act != NY_SSMIX2_REFUSE && !f->type->is_basic && l->is_without_basic) {
        fault = NY_SSMIX2_NO_BASIC;
    } else if (f->act != NY_SSMIX2_REFUSE) {
        if (ssmix2_state_has(s->state, item->print)) {
            s->count.unchanged++;
            return false;
        }
        fault = message_make(s, l, f, &lane->message, &error);
    }
    if (fault != NY_SSMIX2_FINE) {
        l->is_without_basic =
            l->is_without_basic || (f->type->is_basic && f->act == NY_SSMIX2_SEND);
        ssmix2_odd(s, item->path, fault, error);
        return false;
    }
    lane->file = item->path;
    lane->number = 1;
    return true;
}

/* ---- the lane ---- */

static bool patient_take(struct ssmix2 *s, struct ssmix2_lane *l)
{
    if (l->arena == NULL) {
        l->arena = ny_arena_create(0);
        l->message_arena = ny_arena_create(0);
    }
    ny_arena_reset(l->arena);
    l->at = 0;
    l->is_without_basic = false;
    if (!ssmix2_walk_next(s->walk, l->arena, &l->patient)) {
        return false;
    }
    s->count.patients++;
    l->last = ny_ssmix2_choose(l->patient.files, l->patient.n);
    return true;
}

static enum load_next message_next(struct load_lane *lane)
{
    struct ssmix2 *s = lane->load->own;
    struct ssmix2_lane *l = &s->lanes[lane - lane->load->lanes];

    for (size_t looks = 0; looks < LOOKS_MAX; looks++) {
        while (l->at < l->patient.n) {
            if (file_take(lane, s, l)) {
                return LOAD_MESSAGE;
            }
        }
        if (!patient_take(s, l)) {
            return LOAD_END;
        }
    }
    return LOAD_LATER;
}

static void message_done(struct load_lane *lane, bool accepted)
{
    struct ssmix2 *s = lane->load->own;
    struct ssmix2_lane *l = &s->lanes[lane - lane->load->lanes];
    const struct ny_ssmix2_file *f = &l->patient.files[l->current];

    if (!accepted) {
        l->is_without_basic = l->is_without_basic || f->type->is_basic;
        ssmix2_odd(s, l->patient.items[f->key].path, NY_SSMIX2_SERVER, 0);
        return;
    }
    s->count.accepted++;
    s->count.withdrawn += f->act == NY_SSMIX2_WITHDRAW;
    ssmix2_state_add(s->state, l->patient.items[f->key].print);
}

static void progress(const struct load *load, FILE *out)
{
    const struct ssmix2 *s = load->own;

    fprintf(out, "%zu patients, %zu files, %.0f %% of the folders", s->count.patients,
            s->count.files, 100 * ssmix2_walk_part(s->walk));
}

const struct load_source ssmix2_source = {
    .next = message_next, .done = message_done, .progress = progress};

void ssmix2_lanes_finish(struct ssmix2 *s)
{
    for (size_t i = 0; i < LOAD_CONNECTIONS_MAX; i++) {
        ny_arena_destroy(s->lanes[i].arena);
        ny_arena_destroy(s->lanes[i].message_arena);
    }
    for (size_t i = 0; i < NY_SSMIX2_FAULT_COUNT; i++) {
        ny_free(s->refused[i].first);
    }
}
