/* Where the messages come from: files of MLLP frames, one behind the other,
 *
 *   0x0B message 0x1C 0x0D 0x0B message 0x1C 0x0D …
 *
 * or a list of "domain id" lines that are asked for in turn (--pix). */

#include "load.h"

#include <errno.h>

static bool read_whole(const char *path, ny_str *out)
{
    FILE *f = fopen(path, "rb");
    size_t cap = 1 << 20;
    size_t n = 0;
    char *p;
    bool ok;

    if (f == NULL) {
        fprintf(stderr, "nayose-mllpload: %s: %s\n", path, strerror(errno));
        return false;
    }
    p = ny_malloc(cap);
    while (!feof(f) && !ferror(f)) {
        if (n == cap) {
            cap *= 2;
            p = ny_realloc(p, cap);
        }
        n += fread(p + n, 1, cap - n, f);
    }
    ok = !ferror(f);
    fclose(f);
    *out = ny_str_of(p, n);
    return ok;
}

/* From at: where the next frame begins, or the end. */
static size_t frame_begin(ny_str s, size_t at)
{
    return at + ny_str_find(ny_str_sub(s, at, s.n), 0x0B);
}

static void lane_add(struct load_source *s, ny_str part)
{
    s->lanes = ny_realloc(s->lanes, ny_mul_size(s->lane_n + 1, sizeof *s->lanes));
    s->lanes[s->lane_n++] = (struct load_lane){part, false};
}

/* One lane a file, or with --spread as many parts of about equal size as there are connections. */
static void lanes_cut(struct load_source *s, const struct load_options *o, ny_str file)
{
    size_t parts = o->spread ? (size_t)o->connections : 1;
    size_t from = frame_begin(file, 0);

    for (size_t i = 1; i <= parts && from < file.n; i++) {
        size_t cut = file.n / parts * i;
        size_t to = i == parts ? file.n : frame_begin(file, cut > from ? cut : from + 1);

        lane_add(s, ny_str_sub(file, from, to - from));
        from = to;
    }
}

static bool ids_read(struct load_source *s, ny_str file)
{
    ny_str rest = file;

    while (rest.p != NULL && rest.n > 0) {
        ny_str line = ny_str_trim(ny_str_split(&rest, '\n'));
        ny_str id = line;
        ny_str domain = ny_str_split(&id, ' ');

        if (line.n == 0) {
            continue;
        }
        if (id.p == NULL || domain.n > 100 || id.n > 100) {
            fprintf(stderr, "nayose-mllpload: a line of the id file is not \"domain id\"\n");
            return false;
        }
        if (s->id_n % 1024 == 0) {
            s->ids = ny_realloc(s->ids, ny_mul_size(s->id_n + 1024, sizeof *s->ids));
        }
        s->ids[s->id_n++] = (struct load_id){domain, id};
    }
    return s->id_n > 0;
}

bool load_source_open(struct load_source *s, const struct load_options *o)
{
    size_t n = o->pix != NULL ? 1 : o->file_n;

    *s = (struct load_source){0};
    s->files = ny_calloc(n, sizeof *s->files);
    for (size_t i = 0; i < n; i++) {
        const char *path = o->pix != NULL ? o->pix : o->files[i];
        size_t lanes = s->lane_n;

        if (!read_whole(path, &s->files[i])) {
            return false;
        }
        s->file_n++;
        if (o->pix != NULL) {
            return ids_read(s, s->files[i]);
        }
        lanes_cut(s, o, s->files[i]);
        if (s->lane_n == lanes) {
            fprintf(stderr, "nayose-mllpload: %s holds no MLLP frame\n", path);
            return false;
        }
    }
    return true;
}

void load_source_close(struct load_source *s)
{
    for (size_t i = 0; i < s->file_n; i++) {
        ny_free((void *)(uintptr_t)s->files[i].p);
    }
    ny_free(s->files);
    ny_free(s->lanes);
    ny_free(s->ids);
    *s = (struct load_source){0};
}

struct load_lane *load_source_lane(struct load_source *s)
{
    for (size_t i = 0; i < s->lane_n; i++) {
        if (!s->lanes[i].is_busy && s->lanes[i].rest.n > 0) {
            return &s->lanes[i];
        }
    }
    return NULL;
}

ny_str load_lane_next(struct load_lane *l)
{
    size_t from = frame_begin(l->rest, 0);
    size_t end = from;
    ny_str frame;

    while (end + 1 < l->rest.n && !(l->rest.p[end] == 0x1C && l->rest.p[end + 1] == '\r')) {
        end++;
    }
    if (end + 1 >= l->rest.n) {
        l->rest.n = 0; /* a cut-off frame is not sent */
        return NY_STR_NONE;
    }
    frame = ny_str_sub(l->rest, from, end + 2 - from);
    l->rest = ny_str_sub(l->rest, end + 2, l->rest.n);
    return frame;
}

ny_str load_source_query(struct load_source *s, char *dst, size_t cap, char id[LOAD_CONTROL_ID_MAX])
{
    const struct load_id *q = &s->ids[s->next_query % s->id_n];
    uint64_t serial = ++s->next_query;
    int n;

    snprintf(id, LOAD_CONTROL_ID_MAX, "Q%llu", (unsigned long long)serial);
    n = snprintf(dst, cap,
                 "\x0BMSH|^~\\&|LOAD|LOAD|NAYOSE|REGION|20260101000000||QBP^Q23^QBP_Q21|%s|P|2.5\r"
                 "QPD|IHE PIX Query|%s|%.*s^^^%.*s\rRCP|I\r\x1C\r",
                 id, id, NY_ARG(q->id), NY_ARG(q->domain));
    NY_ASSERT(n > 0 && (size_t)n < cap);
    return ny_str_of(dst, (size_t)n);
}

ny_str load_field(ny_str message, const char *name, unsigned n)
{
    ny_str rest = message;
    bool is_header = strcmp(name, "MSH") == 0;

    if (rest.n > 0 && rest.p[0] == 0x0B) {
        rest = ny_str_sub(rest, 1, rest.n);
    }
    while (rest.p != NULL) {
        ny_str segment = ny_str_split(&rest, '\r');

        if (segment.n < 4 || memcmp(segment.p, name, 3) != 0) {
            continue;
        }
        for (unsigned i = is_header ? 1 : 0; i < n && segment.p != NULL; i++) {
            ny_str_split(&segment, '|');
        }
        return segment.p != NULL ? ny_str_split(&segment, '|') : NY_STR_NONE;
    }
    return NY_STR_NONE;
}
