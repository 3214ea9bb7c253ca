/* A model version as text, one fact a line:
 *
 *   nayose-model 1
 *   setting <id> <integer>
 *   level <id> <m_f> <m_m> <u_r> <u_h>            log2 in 1/1024 bit, as the rest
 *   tail <table> <bits>                           every cell, then the cells that differ:
 *   tail <table> <cell> <bits>
 *   tf <table> <cell> <text> <bits>               cell: F1980, M2000, or - where there are none
 *   mark <hot | shared_phone | shared_address> <16 hex digits>
 *   first_day <domain OID> <days since 1970>
 *
 * Kana stand as katakana in the text and as bytes in memory. parse(write(m)) is m. */

#include "match_priv.h"

#define FORMAT_LINE "nayose-model 1"

static const char *const table_names[NY_TF_COUNT] = {
    [NY_TF_SURNAME_KANJI] = "surname_kanji", [NY_TF_SURNAME_KANA] = "surname_kana",
    [NY_TF_GIVEN_KANJI] = "given_kanji",     [NY_TF_GIVEN_KANA] = "given_kana",
    [NY_TF_GIVEN_BOTH] = "given_both",       [NY_TF_BIRTH_YEAR] = "birth_year",
    [NY_TF_BIRTH_SPIKE] = "birth_spike",
};

static const char *const mark_names[NY_MARK_COUNT] = {
    [NY_MARK_HOT] = "hot",
    [NY_MARK_SHARED_PHONE] = "shared_phone",
    [NY_MARK_SHARED_ADDRESS] = "shared_address",
};

const char *ny_tf_table_name(enum ny_tf_table t)
{
    return table_names[t];
}

static bool has_kana(enum ny_tf_table table)
{
    return table == NY_TF_SURNAME_KANA || table == NY_TF_GIVEN_KANA || table == NY_TF_GIVEN_BOTH;
}

/* Where the kana of an entry begin: all of it, or behind the first '/': the byte of a kana may be
 * one in memory, and no kanji of a listed pair is. */
static size_t kana_from(enum ny_tf_table table, ny_str text)
{
    size_t at = ny_str_find(text, '/');

    return table != NY_TF_GIVEN_BOTH ? 0 : at < text.n ? at + 1 : text.n;
}

static void cell_write(unsigned cell, struct ny_buf *out)
{
    if (cell == NY_TF_CELL_ANY) {
        ny_buf_add_c(out, "- ");
    } else {
        ny_buf_printf(out, "%c%d ", cell < NY_TF_DECADES ? 'F' : 'M',
                      NY_TF_DECADE_FIRST + (int)cell % NY_TF_DECADES * 10);
    }
}

static void tail_write(const struct ny_tf *tf, enum ny_tf_table table, struct ny_buf *out)
{
    const int32_t *tail = tf->tail[table];

    ny_buf_printf(out, "tail %s %d\n", table_names[table], tail[NY_TF_CELL_ANY]);
    for (unsigned cell = 0; cell < NY_TF_CELLS; cell++) {
        if (tail[cell] != tail[NY_TF_CELL_ANY]) {
            ny_buf_printf(out, "tail %s ", table_names[table]);
            cell_write(cell, out);
            ny_buf_printf(out, "%d\n", tail[cell]);
        }
    }
}

static void entry_write(const struct ny_tf *tf, const struct ny_tf_entry *e, struct ny_buf *out)
{
    ny_str text = ny_tf_entry_text(tf, e);
    size_t from = has_kana(e->table) ? kana_from(e->table, text) : text.n;

    ny_buf_printf(out, "tf %s ", table_names[e->table]);
    cell_write(e->cell, out);
    ny_buf_add(out, ny_str_sub(text, 0, from));
    ny_kana_write(ny_str_sub(text, from, text.n), out);
    ny_buf_printf(out, " %d\n", e->bits);
}

ny_rc ny_match_model_write(const struct ny_match_model *m, struct ny_buf *out)
{
    ny_str text;

    ny_buf_add_c(out, FORMAT_LINE "\n");
    for (size_t i = 0; i < NY_SETTING_COUNT; i++) {
        ny_buf_printf(out, "setting %s %lld\n", ny_model_setting_names[i],
                      (long long)m->setting[i]);
    }
    for (int l = NY_LEVEL_NONE + 1; l < NY_LEVEL_COUNT; l++) {
        const struct ny_level_bits *b = &m->level[l];

        ny_buf_printf(out, "level %s %d %d %d %d\n", ny_level_name((enum ny_level)l), b->m[0],
                      b->m[1], b->u, b->h);
    }
    for (size_t t = 0; t < NY_TF_COUNT; t++) {
        tail_write(&m->tf, (enum ny_tf_table)t, out);
    }
    for (size_t i = 0; i < m->tf.n; i++) {
        entry_write(&m->tf, &m->tf.entries[i], out);
    }
    for (size_t k = 0; k < NY_MARK_COUNT; k++) {
        for (size_t i = 0; i < m->mark[k].n; i++) {
            ny_buf_printf(out, "mark %s %016llx\n", mark_names[k],
                          (unsigned long long)m->mark[k].v[i]);
        }
    }
    for (size_t i = 0; i < m->first_days.n; i++) {
        ny_buf_printf(out, "first_day %s %d\n", m->first_days.v[i].oid, m->first_days.v[i].day);
    }
    return ny_buf_end(out, &text);
}

/* ---- parse ---- */

/* One line being read: the words behind the first one. */
struct line {
    ny_str rest;
    bool bad;
};

static ny_str word(struct line *l)
{
    ny_str w = ny_str_split(&l->rest, ' ');

    l->bad = l->bad || w.n == 0;
    return w;
}

static int64_t integer(struct line *l, int64_t min, int64_t max)
{
    int64_t v = 0;

    l->bad = l->bad || ny_str_to_i64(word(l), min, max, &v) != NY_OK;
    return v;
}

/* Bits within what the sums can carry. */
static int32_t bits(struct line *l)
{
    return (int32_t)integer(l, NY_BITS_NEVER, -NY_BITS_NEVER);
}

static size_t name_index(struct line *l, const char *const *names, size_t n)
{
    ny_str w = word(l);

    for (size_t i = 0; i < n; i++) {
        if (ny_str_equals(w, ny_str_from_c(names[i]))) {
            return i;
        }
    }
    l->bad = true;
    return 0;
}

/* Every setting but the population is a number of bits, a switch or a small count. */
static void setting_parse(struct ny_match_model *m, struct line *l)
{
    size_t id = name_index(l, ny_model_setting_names, NY_SETTING_COUNT);
    int64_t max = id == NY_SETTING_population ? INT64_C(100000000000) : -(int64_t)NY_BITS_NEVER;

    m->setting[id] = integer(l, id == NY_SETTING_population ? 1 : NY_BITS_NEVER, max);
}

static void level_parse(struct ny_match_model *m, struct line *l, bool *seen)
{
    enum ny_level level = NY_LEVEL_NONE;

    l->bad = l->bad || !ny_level_parse(word(l), &level);
    m->level[level].m[0] = bits(l);
    m->level[level].m[1] = bits(l);
    m->level[level].u = bits(l);
    m->level[level].h = bits(l);
    seen[level] = true;
}

static unsigned cell_parse(struct line *l)
{
    ny_str w = word(l);
    uint64_t decade = 0;

    if (ny_str_equals(w, NY_S("-"))) {
        return NY_TF_CELL_ANY;
    }
    if (w.n == 0 || (w.p[0] != 'F' && w.p[0] != 'M') ||
        ny_str_to_u64(ny_str_sub(w, 1, w.n), NY_TF_DECADE_FIRST,
                      NY_TF_DECADE_FIRST + (NY_TF_DECADES - 1) * 10, &decade) != NY_OK) {
        l->bad = true;
        return 0;
    }
    return (unsigned)(decade - NY_TF_DECADE_FIRST) / 10 + (w.p[0] == 'M' ? NY_TF_DECADES : 0);
}

static void tail_parse(struct ny_match_model *m, struct line *l)
{
    enum ny_tf_table table = (enum ny_tf_table)name_index(l, table_names, NY_TF_COUNT);

    if (ny_str_find(l->rest, ' ') < l->rest.n) {
        unsigned cell = cell_parse(l);

        m->tf.tail[table][cell] = bits(l);
    } else {
        ny_tf_tail_set(&m->tf, table, bits(l));
    }
}

static void tf_parse(struct ny_match_model *m, struct line *l)
{
    enum ny_tf_table table = (enum ny_tf_table)name_index(l, table_names, NY_TF_COUNT);
    unsigned cell = cell_parse(l);
    char packed[NY_TF_TEXT_MAX];
    struct line value = {0};
    size_t cut = l->rest.n;
    ny_str text;

    while (cut > 0 &&
           l->rest.p[cut - 1] != ' ') { /* a name may hold a blank: the bits stand last */
        cut--;
    }
    if (cut < 2 || cut - 1 > sizeof(packed)) {
        l->bad = true;
        return;
    }
    value.rest = ny_str_sub(l->rest, cut, l->rest.n);
    text = ny_str_sub(l->rest, 0, cut - 1);
    if (has_kana(table)) {
        size_t from = kana_from(table, text);

        memcpy(packed, text.p, from);
        text =
            ny_str_of(packed, from + ny_kana_pack(ny_str_sub(text, from, text.n), packed + from));
    }
    ny_tf_add(&m->tf, table, cell, text, bits(&value));
    l->bad = l->bad || value.bad;
    l->rest = value.rest;
}

static void mark_parse(struct ny_match_model *m, struct line *l)
{
    size_t kind = name_index(l, mark_names, NY_MARK_COUNT);
    ny_str hex = word(l);
    uint64_t v = 0;

    l->bad = l->bad || hex.n != 16;
    for (size_t i = 0; i < hex.n && !l->bad; i++) {
        int digit = ny_hex_value(hex.p[i]);

        l->bad = digit < 0;
        v = v << 4 | (uint64_t)(digit & 15);
    }
    ny_marks_add(&m->mark[kind], v);
}

static void first_day_parse(struct ny_match_model *m, struct line *l)
{
    ny_str oid = word(l);
    int64_t day = integer(l, 0, INT32_MAX);

    if (!l->bad) {
        ny_first_days_set(&m->first_days, oid, (int32_t)day);
    }
}

static bool line_parse(struct ny_match_model *m, ny_str text, bool *levels_seen)
{
    struct line l = {.rest = text};
    ny_str verb = word(&l);

    if (ny_str_equals(verb, NY_S("setting"))) {
        setting_parse(m, &l);
    } else if (ny_str_equals(verb, NY_S("level"))) {
        level_parse(m, &l, levels_seen);
    } else if (ny_str_equals(verb, NY_S("tail"))) {
        tail_parse(m, &l);
    } else if (ny_str_equals(verb, NY_S("tf"))) {
        tf_parse(m, &l);
    } else if (ny_str_equals(verb, NY_S("mark"))) {
        mark_parse(m, &l);
    } else if (ny_str_equals(verb, NY_S("first_day"))) {
        first_day_parse(m, &l);
    } else {
        return false;
    }
    return !l.bad && l.rest.p == NULL;
}

ny_rc ny_match_model_parse(ny_str text, struct ny_match_model **out, struct ny_error *err)
{
    bool levels_seen[NY_LEVEL_COUNT] = {true};
    struct ny_match_model *m = ny_match_model_new();
    ny_str first = ny_str_split(&text, '\n');
    unsigned line = 1;
    ny_rc rc = NY_OK;

    if (!ny_str_equals(first, NY_S(FORMAT_LINE))) {
        rc = ny_fail(err, NY_ESYNTAX, "model line 1: not a model of this format");
    }
    while (rc == NY_OK && text.p != NULL) {
        ny_str l = ny_str_split(&text, '\n');

        line++;
        if (l.n > 0 && !line_parse(m, l, levels_seen)) {
            rc = ny_fail(err, NY_ESYNTAX, "model line %u is malformed", line);
        }
    }
    for (int l = 0; l < NY_LEVEL_COUNT && rc == NY_OK; l++) {
        if (!levels_seen[l]) {
            rc = ny_fail(err, NY_ESYNTAX, "model line %u: level %s is missing", line,
                         ny_level_name((enum ny_level)l));
        }
    }
    if (rc == NY_OK &&
        (m->setting[NY_SETTING_version] < 1 || m->setting[NY_SETTING_population] < 1)) {
        rc = ny_fail(err, NY_ESYNTAX, "model line %u: version or population is missing", line);
    }
    if (rc != NY_OK) {
        ny_match_model_destroy(m);
        return rc;
    }
    ny_match_model_seal(m);
    *out = m;
    return NY_OK;
}
