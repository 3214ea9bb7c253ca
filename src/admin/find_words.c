/* What a clerk types to find somebody, as questions.
 *
 *   words ─▶ names (one or two) and numbers ─▶ every way they can be read ─▶ questions
 *
 * A number may be an id of some domain, a birth date, a telephone number: each reading is asked. A
 * name alone may be the surname, the given name or both written together. */

#include "nayose/text.h"

#include "find_priv.h"

enum { READINGS_MAX = 3 };

struct word {
    ny_str text;
    struct ny_search part[READINGS_MAX]; /* [n] what each reading asks */
    size_t n;
};

/* ---- numbers ---- */

static void id_put(struct ny_search *s, const struct ny_domain *d, ny_str id)
{
    if (s->n_ids < NY_SEARCH_IDS_MAX) {
        s->ids[s->n_ids++] = (struct ny_search_id){d->id, id};
    }
}

/* "F01:0001234", "F01^0001234" */
static bool read_named_id(const struct request *q, ny_str text, struct ny_search *out)
{
    const char separator = ny_str_find(text, '^') < text.n ? '^' : ':';
    ny_str rest = text;
    struct ny_hd hd = {.ns = ny_str_split(&rest, separator)};
    const struct ny_domain *d = NULL;

    if (ny_str_is_empty(rest) ||
        ny_registry_authority(q->registry, &hd, &d) != NY_AUTHORITY_FOUND) {
        return false;
    }
    id_put(out, d, rest);
    return true;
}

/* An id of any domain; the regional one is asked for in any case. */
static bool read_bare_id(const struct request *q, ny_str text, struct ny_search *out)
{
    const struct ny_domain *const *all = NULL;
    size_t n = ny_registry_domains(q->registry, &all);

    for (size_t i = 0; i < n; i++) {
        if (ny_registry_identity_number(q->registry, all[i], text) != 0) {
            id_put(out, all[i], text);
        }
    }
    id_put(out, ny_registry_regional(q->registry), text);
    return true;
}

static bool read_birth(ny_str text, struct ny_search *out)
{
    ny_date d;
    unsigned flags;

    if (ny_text_birth_date_parse(text, (ny_date){0}, &d, &flags) != NY_OK ||
        d.precision == NY_DATE_NONE) {
        return false;
    }
    out->field[NY_SEARCH_BIRTH] = (struct ny_search_values){{text}, 1};
    return true;
}

static bool read_phone(ny_str text, struct ny_search *out)
{
    if (ny_text_phone_fold(text).number == 0) {
        return false;
    }
    out->field[NY_SEARCH_PHONE] = (struct ny_search_values){{text}, 1};
    return true;
}

static bool has_digit(ny_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] >= '0' && text.p[i] <= '9') {
            return true;
        }
    }
    return false;
}

/* Every reading of a word; none: it is a name. */
static void word_read(const struct request *q, struct word *w)
{
    struct ny_search *next = w->part;

    if (ny_str_find(w->text, '^') < w->text.n || ny_str_find(w->text, ':') < w->text.n) {
        w->n = read_named_id(q, w->text, next);
        return;
    }
    next += read_birth(w->text, next);
    next += read_phone(w->text, next);
    if (next > w->part || has_digit(w->text)) {
        next += read_bare_id(q, w->text, next);
    }
    w->n = (size_t)(next - w->part);
}

/* ---- names ---- */

/* Bytes of the character at text. */
static size_t character(ny_str text)
{
    size_t n = 1;

    while (n < text.n && ((unsigned char)text.p[n] & 0xC0U) == 0x80U) {
        n++;
    }
    return n;
}

static void name_put(struct find_questions *out, ny_str family, ny_str given)
{
    struct ny_search s = {0};

    if (out->n == FIND_QUESTIONS_MAX) {
        return;
    }
    if (family.n > 0) {
        s.field[NY_SEARCH_FAMILY] = (struct ny_search_values){{family}, 1};
    }
    if (given.n > 0) {
        s.field[NY_SEARCH_GIVEN] = (struct ny_search_values){{given}, 1};
    }
    out->v[out->n++] = s;
}

/* A name alone, whole and cut at each of its first characters. */
static void name_alone(struct find_questions *out, ny_str name)
{
    size_t cut = 0;

    name_put(out, name, NY_STR_NONE);
    name_put(out, NY_STR_NONE, name);
    if (ny_text_script_of(name) == NY_SCRIPT_LATIN || ny_str_find(name, '*') < name.n) {
        return;
    }
    for (size_t k = 0; k < FIND_CUTS_MAX; k++) {
        cut += character(ny_str_sub(name, cut, name.n - cut));
        if (cut >= name.n) {
            return;
        }
        name_put(out, ny_str_sub(name, 0, cut), ny_str_sub(name, cut, name.n - cut));
    }
}

/* ---- together ---- */

/* Adds what a reading asks to a question. */
static void part_add(struct ny_search *s, const struct ny_search *part)
{
    for (enum ny_search_field f = 0; f < NY_SEARCH_FIELD_COUNT; f++) {
        s->field[f] = part->field[f].n > 0 ? part->field[f] : s->field[f];
    }
    for (size_t i = 0; i < part->n_ids && s->n_ids < NY_SEARCH_IDS_MAX; i++) {
        s->ids[s->n_ids++] = part->ids[i];
    }
}

/* Every question with every reading of the word; but what may be an id is none beside an id. */
static bool questions_multiply(struct find_questions *out, const struct word *w)
{
    bool drop[FIND_QUESTIONS_MAX] = {false};
    size_t n = out->n;
    size_t kept = 0;

    if (n * w->n > FIND_QUESTIONS_MAX) {
        return false;
    }
    for (size_t r = w->n; r-- > 0;) { /* the first reading is put in place last */
        for (size_t i = 0; i < n; i++) {
            drop[r * n + i] = w->n > 1 && out->v[i].n_ids > 0 && w->part[r].n_ids > 0;
            out->v[r * n + i] = out->v[i];
            part_add(&out->v[r * n + i], &w->part[r]);
        }
    }
    for (size_t i = 0; i < n * w->n; i++) {
        if (!drop[i]) {
            out->v[kept++] = out->v[i];
        }
    }
    out->n = kept;
    return true;
}

static const char *names_ask(struct find_questions *out, const ny_str *names, size_t n)
{
    if (n > 2) {
        return "a surname and a given name are looked for, no third name";
    }
    if (n == 0) {
        out->v[out->n++] = (struct ny_search){0};
    } else if (n == 1) {
        name_alone(out, names[0]);
    } else {
        name_put(out, names[0], names[1]);
        name_put(out, names[1], names[0]);
    }
    return NULL;
}

const char *ny_find_read(const struct request *q, ny_str text, struct find_questions *out)
{
    struct word words[FIND_WORDS_MAX] = {{.n = 0}};
    ny_str names[FIND_WORDS_MAX];
    size_t n_names = 0;
    size_t n = 0;
    ny_str rest = text;
    const char *why;

    out->n = 0;
    while (rest.p != NULL) {
        ny_str word = ny_str_trim(ny_str_split(&rest, ' '));

        if (word.n > 0 && n == FIND_WORDS_MAX) {
            return "that are too many words";
        }
        if (word.n > 0) {
            words[n] = (struct word){.text = word};
            word_read(q, &words[n++]);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (words[i].n == 0) {
            names[n_names++] = words[i].text;
        }
    }
    why = n == 0 ? "nothing is asked for" : names_ask(out, names, n_names);
    for (size_t i = 0; i < 2 * n && why == NULL; i++) { /* first those that are read in one way */
        const struct word *w = &words[i % n];

        if (w->n > 0 && (w->n > 1) == (i >= n) && !questions_multiply(out, w)) {
            why = "these words can be read in too many ways";
        }
    }
    return why;
}
