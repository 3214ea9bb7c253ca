/* Loading: inih cuts lines into section, key and value; everything else is checked here.
 *
 *   text ─▶ next_line() counts lines and refuses what inih would cut short ─▶ ini_parse_stream()
 *        ─▶ on_pair(section, key, value) ─▶ section ─▶ option ─▶ value ─▶ defaults ─▶ checks
 *
 * inih is called without a section's beginning, so next_line() sees to empty named sections. */

#include "conf_priv.h"

#include <errno.h>
#include <stdio.h>

#include <ini.h>

/* inih cuts longer lines and sections (its own limit: 50) silently, so they are refused here. */
enum { LINE_MAX_BYTES = 4000, SECTION_MAX_BYTES = 45 };

struct loading {
    struct ny_conf *conf;
    const char *file;
    ny_str rest;
    int line;
    ny_rc rc;
    struct ny_error *err;
};

static void fail_at_line(struct loading *l, int line, const char *fmt, ...) NY_PRINTF(3, 4);

/* The first error is the one that is told. */
static void fail_at_line(struct loading *l, int line, const char *fmt, ...)
{
    char text[160];
    va_list ap;

    if (l->rc != NY_OK) {
        return;
    }
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    l->rc = ny_fail(l->err, NY_ECONFIG, "%s:%d: %s", l->file, line, text);
}

/* ---- sections ---- */

static const struct conf_kind *kind_find(ny_str section)
{
    for (size_t i = 0; i < ny_conf_kinds_n; i++) {
        if (ny_str_equals(section, ny_str_from_c(ny_conf_kinds[i].section))) {
            return &ny_conf_kinds[i];
        }
    }
    return NULL;
}

static bool is_name(ny_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];

        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-' || c == '_')) {
            return false;
        }
    }
    return s.n > 0 && s.n <= NY_CONF_NAME_MAX;
}

static struct conf_section *section_find(const struct ny_conf *c, ny_str kind, ny_str name)
{
    for (size_t i = 0; i < c->n_sections; i++) {
        if (ny_str_equals(ny_str_from_c(c->sections[i]->kind->section), kind) &&
            ny_str_equals(c->sections[i]->name, name)) {
            return c->sections[i];
        }
    }
    return NULL;
}

static struct conf_section *section_add(struct ny_conf *c, const struct conf_kind *kind,
                                        ny_str name)
{
    struct conf_section *s = NY_ARENA_NEW(c->arena, struct conf_section);

    NY_ASSERT(c->n_sections < NY_CONF_SECTIONS_MAX && s != NULL);
    s->kind = kind;
    s->name = name.p != NULL ? ny_arena_str(c->arena, name) : NY_STR_NONE;
    c->sections[c->n_sections++] = s;
    return s;
}

/* "listener mllp-main" as kind and name. */
static void section_cut(ny_str text, ny_str *kind, ny_str *name)
{
    ny_str rest = ny_str_trim(text);

    *kind = ny_str_split(&rest, ' ');
    *name = rest.p != NULL ? ny_str_trim(rest) : NY_STR_NONE;
}

static void section_begin(struct loading *l, ny_str text)
{
    const struct conf_kind *kind;
    struct conf_section *s;
    ny_str kind_name;
    ny_str name;

    section_cut(text, &kind_name, &name);
    kind = kind_find(kind_name);
    if (kind == NULL) {
        fail_at_line(l, l->line, "unknown section [%s]", ny_log_safe(kind_name));
        return;
    }
    if (kind->named != (name.p != NULL) || (kind->named && !is_name(name))) {
        fail_at_line(l, l->line,
                     kind->named ? "[%s NAME] needs a name of letters, digits, - and _"
                                 : "[%s] takes no name",
                     kind->section);
        return;
    }
    s = section_find(l->conf, kind_name, name);
    if (s == NULL && l->conf->n_sections == NY_CONF_SECTIONS_MAX) {
        fail_at_line(l, l->line, "too many sections");
        return;
    }
    if (s == NULL) {
        s = section_add(l->conf, kind, name);
    } else if (s->line != 0) {
        fail_at_line(l, l->line, "[%s] stands in line %d already", kind->section, s->line);
        return;
    }
    s->line = l->line;
}

/* ---- lines ---- */

static bool line_is_fine(struct loading *l, ny_str line)
{
    if (line.n > LINE_MAX_BYTES) {
        fail_at_line(l, l->line, "the line is longer than %d bytes", LINE_MAX_BYTES);
        return false;
    }
    if (memchr(line.p, '\0', line.n) != NULL) {
        fail_at_line(l, l->line, "the line has a NUL byte");
        return false;
    }
    if (line.n > 0 && line.p[0] == '[') {
        size_t end = ny_str_find(line, ']');

        if (end > SECTION_MAX_BYTES || end == line.n) {
            fail_at_line(l, l->line, "the section's name has no end or is too long");
            return false;
        }
        section_begin(l, ny_str_sub(line, 1, end - 1));
    }
    return l->rc == NY_OK;
}

/* fgets() for inih: one line, without the blanks before it (inih would take an indented line for
 * the continuation of a value). */
static char *next_line(char *dst, int cap, void *stream)
{
    struct loading *l = stream;
    ny_str line;

    if (l->rest.p == NULL || l->rc != NY_OK) {
        return NULL;
    }
    line = ny_str_split(&l->rest, '\n');
    l->line++;
    line = ny_str_trim(line);
    if (line.n > 0 && !line_is_fine(l, line)) {
        return NULL;
    }
    NY_ASSERT((size_t)cap > line.n + 1);
    if (line.n > 0) {
        memcpy(dst, line.p, line.n);
    }
    dst[line.n] = '\n';
    dst[line.n + 1] = '\0';
    return dst;
}

/* ---- pairs ---- */

static void value_set(struct loading *l, struct conf_section *s, size_t o, ny_str text)
{
    struct conf_value *v = &s->values[o];
    struct ny_error why = {0};

    if (v->given) {
        fail_at_line(l, l->line, "%s is set twice in this section", ny_conf_options[o].key);
    } else if (ny_conf_value_parse(&ny_conf_options[o], text, &v->i, &why) != NY_OK) {
        fail_at_line(l, l->line, "%s", why.text);
    } else {
        v->s = ny_arena_str(l->conf->arena, text);
        v->set = true;
        v->given = true;
    }
}

static int on_pair(void *user, const char *section, const char *key, const char *value)
{
    struct loading *l = user;
    struct conf_section *s;
    ny_str kind;
    ny_str name;

    if (l->rc != NY_OK) {
        return 0;
    }
    section_cut(ny_str_from_c(section), &kind, &name);
    s = section_find(l->conf, kind, name);
    if (s == NULL) {
        fail_at_line(l, l->line, "%s stands before any section", ny_log_safe(ny_str_from_c(key)));
        return 0;
    }
    for (size_t o = 0; o < CONF_OPT_COUNT; o++) {
        if (strcmp(ny_conf_options[o].section, s->kind->section) == 0 &&
            strcmp(ny_conf_options[o].key, key) == 0) {
            value_set(l, s, o, ny_str_from_c(value));
            return l->rc == NY_OK;
        }
    }
    fail_at_line(l, l->line, "[%s] has no option %s", s->kind->section,
                 ny_log_safe(ny_str_from_c(key)));
    return 0;
}

/* ---- the whole ---- */

static void fill_defaults(struct conf_section *s)
{
    for (size_t o = 0; o < CONF_OPT_COUNT; o++) {
        const struct conf_option *opt = &ny_conf_options[o];
        struct conf_value *v = &s->values[o];

        if (v->set || opt->def[0] == '\0' || strcmp(opt->section, s->kind->section) != 0) {
            continue;
        }
        v->s = ny_str_from_c(opt->def);
        v->set = ny_conf_value_parse(opt, v->s, &v->i, NULL) == NY_OK;
        NY_ASSERT(v->set); /* a default outside of its own limits */
    }
}

/* What one option alone cannot show. */
static void check_listener(struct loading *l, const struct conf_section *s)
{
    bool has_path = s->values[CONF_OPT_listener_path].set;
    bool has_port = s->values[CONF_OPT_listener_port].set;
    const struct conf_value *tls = &s->values[CONF_OPT_listener_tls];
    bool is_admin = ny_str_equals(s->values[CONF_OPT_listener_type].s, NY_S("admin"));

    if (is_admin && (!has_path || has_port)) {
        fail_at_line(l, s->line, "an admin listener needs path and takes no port");
    } else if (has_path == has_port) {
        fail_at_line(l, s->line, "a listener needs either port or path");
    } else if (tls->set && has_path) {
        fail_at_line(l, s->line, "a listener with a path takes no tls");
    } else if (tls->set && section_find(l->conf, NY_S("tls"), tls->s) == NULL) {
        fail_at_line(l, s->line, "there is no [tls %s]", ny_log_safe(tls->s));
    }
}

static void check_tls(struct loading *l, const struct conf_section *s)
{
    if (!s->values[CONF_OPT_tls_certificate].set || !s->values[CONF_OPT_tls_key].set) {
        fail_at_line(l, s->line, "[tls %.*s] needs certificate and key", NY_ARG(s->name));
    } else if (!s->values[CONF_OPT_tls_ca].set && !s->values[CONF_OPT_tls_peers].set) {
        fail_at_line(l, s->line, "[tls %.*s] trusts nobody: set ca, peers or both",
                     NY_ARG(s->name));
    }
}

static ny_rc parse_all(struct loading *l)
{
    int bad_line;

    for (size_t i = 0; i < ny_conf_kinds_n; i++) {
        if (!ny_conf_kinds[i].named) {
            (void)section_add(l->conf, &ny_conf_kinds[i], NY_STR_NONE);
        }
    }
    ini_use_stack = false;
    ini_initial_alloc = LINE_MAX_BYTES + 8;
    ini_max_line = LINE_MAX_BYTES + 8;
    bad_line = ini_parse_stream(next_line, l, on_pair, l);
    if (bad_line != 0) {
        fail_at_line(l, bad_line > 0 ? bad_line : l->line, "this is no \"key = value\"");
    }
    for (size_t i = 0; i < l->conf->n_sections && l->rc == NY_OK; i++) {
        struct conf_section *s = l->conf->sections[i];

        fill_defaults(s);
        if (strcmp(s->kind->section, "listener") == 0) {
            check_listener(l, s);
        } else if (strcmp(s->kind->section, "tls") == 0) {
            check_tls(l, s);
        }
    }
    return l->rc;
}

ny_rc ny_conf_load_str(ny_str text, const char *name, struct ny_conf **out, struct ny_error *err)
{
    struct ny_conf *c;
    struct loading l;

    if (text.n > NY_CONF_FILE_MAX) {
        return ny_fail(err, NY_ELIMIT, "%s is larger than %d bytes", name, NY_CONF_FILE_MAX);
    }
    c = ny_calloc(1, sizeof(*c));
    c->arena = ny_arena_create(0); /* the text and the sections are capped */
    l = (struct loading){.conf = c, .file = name, .rest = text, .err = err};
    if (parse_all(&l) != NY_OK) {
        ny_conf_destroy(c);
        return l.rc;
    }
    *out = c;
    return NY_OK;
}

ny_rc ny_conf_load(const char *path, struct ny_conf **out, struct ny_error *err)
{
    FILE *f = fopen(path, "re");
    char *text;
    size_t n;
    bool broken;
    ny_rc rc;

    if (f == NULL) {
        return ny_fail(err, NY_EIO, "%s: %s", path, strerror(errno));
    }
    text = ny_malloc(NY_CONF_FILE_MAX + 1);
    n = fread(text, 1, NY_CONF_FILE_MAX + 1, f);
    broken = ferror(f) != 0;
    fclose(f);
    rc = broken ? ny_fail(err, NY_EIO, "%s cannot be read", path)
                : ny_conf_load_str(ny_str_of(text, n), path, out, err);
    ny_wipe(text, n); /* it may hold a password */
    ny_free(text);
    return rc;
}

void ny_conf_destroy(struct ny_conf *c)
{
    if (c != NULL) {
        ny_arena_destroy(c->arena);
        ny_free(c);
    }
}
