/* The plan of a question: its texts folded, and the terms to look up.
 *
 *   texts ─fold─▶ patterns, dates, numbers ─▶ lookups by group (a superset of who is meant)
 *                          └───────────────▶ ny_search_fits (who is meant: search_record.c) */

#include "search_priv.h"

/* ---- folding ---- */

/* "山田 太郎" as a surname, with no given name asked: two parts. */
static ny_rc names_make(struct ny_search_plan *p, struct ny_arena *a, enum ny_search_field f,
                        size_t i)
{
    const struct ny_search *s = p->asked;
    ny_str text = NY_STR_NONE;
    ny_rc rc = ny_text_fold(a, s->field[f].v[i], &text);
    ny_str given = text;
    ny_str family = rc == NY_OK ? ny_str_split(&given, ' ') : NY_STR_NONE;

    if (rc == NY_OK && f == NY_SEARCH_FAMILY && s->field[NY_SEARCH_GIVEN].n == 0 && given.n > 0 &&
        s->field[f].n == 1) {
        rc = ny_name_pattern_make(a, given, &p->given[p->n_given]);
        p->n_given += rc == NY_OK;
        text = family;
    }
    if (rc == NY_OK && f == NY_SEARCH_FAMILY) {
        rc = ny_name_pattern_make(a, text, &p->family[p->n_family]);
        p->n_family += rc == NY_OK;
    } else if (rc == NY_OK) {
        rc = ny_name_pattern_make(a, text, &p->given[p->n_given]);
        p->n_given += rc == NY_OK;
    }
    return rc;
}

struct ny_birth_span ny_birth_span_of(ny_date d)
{
    uint32_t from = (uint32_t)d.y * 10000;
    uint32_t to = from;

    from += d.precision >= NY_DATE_MONTH ? d.m * 100U : 100;
    to += d.precision >= NY_DATE_MONTH ? d.m * 100U : 1200;
    from += d.precision >= NY_DATE_DAY ? d.d : 1;
    to += d.precision >= NY_DATE_DAY ? d.d : 31;
    return (struct ny_birth_span){from, to, d};
}

/* *dummy: 1868 or 9999, nobody's birth date. */
static ny_rc date_make(ny_str text, struct ny_birth_span *out, bool *dummy)
{
    unsigned flags = 0;
    ny_date d;
    ny_rc rc = ny_text_birth_date_parse(text, (ny_date){0}, &d, &flags);

    *dummy = rc == NY_OK && (flags & NY_BIRTH_PLACEHOLDER) != 0;
    if (rc == NY_OK && !*dummy && d.precision == NY_DATE_NONE) {
        return NY_ESYNTAX;
    }
    if (rc == NY_OK) {
        *out = ny_birth_span_of(d);
    }
    return rc == NY_ERANGE ? NY_ESYNTAX : rc;
}

/* FIRST..LAST; an end that is not there, or a dummy, leaves that side open. */
static ny_rc interval_make(ny_str first, ny_str last, struct ny_birth_span *out)
{
    struct ny_birth_span from = {0};
    struct ny_birth_span to = {0};
    bool no_first = first.n == 0;
    bool no_last = last.n == 0;
    ny_rc rc = no_first ? NY_OK : date_make(first, &from, &no_first);

    if (rc == NY_OK && !no_last) {
        rc = date_make(last, &to, &no_last);
    }
    if (rc != NY_OK || (no_first && no_last)) {
        return rc != NY_OK ? rc : NY_ESYNTAX;
    }
    *out = (struct ny_birth_span){no_first ? 0 : from.from, no_last ? UINT32_MAX : to.to, {0}};
    return NY_OK;
}

static ny_rc birth_make(ny_str text, struct ny_birth_span *out)
{
    bool dummy = false;
    ny_rc rc;

    for (size_t i = 0; i + 1 < text.n; i++) {
        if (text.p[i] == '.' && text.p[i + 1] == '.') {
            return interval_make(ny_str_trim(ny_str_sub(text, 0, i)),
                                 ny_str_trim(ny_str_sub(text, i + 2, text.n)), out);
        }
    }
    rc = date_make(text, out, &dummy);
    if (rc == NY_OK && dummy) {
        *out = (struct ny_birth_span){.from = 1, .date = {.precision = NY_DATE_YEAR}};
    }
    return rc;
}

static ny_rc postal_make(struct ny_arena *a, ny_str text, uint32_t *out)
{
    struct ny_text_address t = {0};
    ny_rc rc = ny_text_address_fold(a, NY_STR_NONE, text, &t);

    *out = t.postal;
    return rc == NY_OK && t.postal == 0 ? NY_ESYNTAX : rc;
}

static ny_rc value_make(struct ny_search_plan *p, struct ny_arena *a, enum ny_search_field f,
                        size_t i)
{
    ny_str text = p->asked->field[f].v[i];
    ny_rc rc;

    switch (f) {
    case NY_SEARCH_FAMILY:
    case NY_SEARCH_GIVEN:
        return names_make(p, a, f, i);
    case NY_SEARCH_BIRTH:
        return birth_make(text, &p->birth[i]);
    case NY_SEARCH_SEX:
        p->sex[i] = ny_text_sex(text); /* any other code: not known to be either */
        return NY_OK;
    case NY_SEARCH_PHONE:
        p->phone[i] = ny_text_phone_fold(text).number;
        return p->phone[i] != 0 ? NY_OK : NY_ESYNTAX;
    case NY_SEARCH_POSTAL:
        return postal_make(a, text, &p->postal[i]);
    case NY_SEARCH_MOTHER:
    case NY_SEARCH_STATE:
    case NY_SEARCH_CITY:
    case NY_SEARCH_STREET:
    case NY_SEARCH_OTHER:
    case NY_SEARCH_WHOLE:
    case NY_SEARCH_ACCOUNT:
    case NY_SEARCH_MOTHER_ID:
    case NY_SEARCH_MAIDEN:
    case NY_SEARCH_FIELD_COUNT:
        break;
    }
    rc = ny_search_fold(a, f, text, &p->folded[f][i]);
    return rc == NY_OK && p->folded[f][i].n == 0 ? NY_ESYNTAX : rc;
}

/* ---- lookups ---- */

static void lookup_put(struct ny_search_plan *p, enum ny_search_group g, enum ny_term_kind kind,
                       ny_str text, bool prefix)
{
    if (p->n_lookups[g] < NY_LOOKUPS_MAX) {
        p->lookups[g][p->n_lookups[g]++] = (struct ny_lookup){(uint8_t)kind, prefix, false, text};
    }
}

/* A sound that goes on may swallow the end of what was typed: MATSU* is also MATANI (松谷). */
static ny_str sound_prefix(ny_str sound)
{
    if (ny_str_ends_with(sound, NY_S("TSU"))) {
        sound.n -= 3;
    } else if (ny_str_ends_with(sound, NY_S("IY"))) {
        sound.n -= 2;
    } else if (ny_str_ends_with(sound, NY_S("I"))) {
        sound.n -= 1;
    }
    return sound;
}

static void pattern_lookup(struct ny_search_plan *p, enum ny_search_group g,
                           const struct ny_name_pattern *t)
{
    bool family = g == NY_GROUP_FAMILY;
    bool prefix = !ny_name_pattern_is_exact(t);
    ny_str sound = prefix ? sound_prefix(t->near[0]) : t->near[0];

    switch (t->script) {
    case NY_SCRIPT_KANA:
        lookup_put(p, g, family ? NY_TERM_FAMILY_KANA : NY_TERM_GIVEN_KANA, t->near[0], prefix);
        break;
    case NY_SCRIPT_LATIN:
        lookup_put(p, g, NY_TERM_LATIN, sound, prefix);
        lookup_put(p, g, family ? NY_TERM_FAMILY_SOUND : NY_TERM_GIVEN_SOUND, sound, prefix);
        break;
    case NY_SCRIPT_KANJI:
    case NY_SCRIPT_NONE:
        lookup_put(p, g, family ? NY_TERM_FAMILY_KANJI : NY_TERM_GIVEN_KANJI, t->piece[0], prefix);
        break;
    }
}

static ny_rc names_lookup(struct ny_search_plan *p, struct ny_arena *a)
{
    for (size_t i = 0; i < p->n_family; i++) {
        pattern_lookup(p, NY_GROUP_FAMILY, &p->family[i]);
    }
    for (size_t i = 0; i < p->n_given; i++) {
        pattern_lookup(p, NY_GROUP_GIVEN, &p->given[i]);
    }
    for (size_t i = 0; i < p->n_family * p->n_given; i++) {
        const struct ny_name_pattern *f = &p->family[i / p->n_given];
        const struct ny_name_pattern *g = &p->given[i % p->n_given];
        bool kana = f->script == NY_SCRIPT_KANA;
        char *dst;

        if (!ny_name_patterns_join(f, g)) {
            continue;
        }
        dst = ny_arena_alloc(a, NY_NAME_WHOLE_MAX);
        if (dst == NULL) {
            return NY_ELIMIT;
        }
        for (enum ny_search_group in = NY_GROUP_FAMILY; in <= NY_GROUP_GIVEN; in++) {
            lookup_put(p, in, kana ? NY_TERM_FAMILY_KANA : NY_TERM_FAMILY_KANJI,
                       ny_name_whole(f, g, dst), false);
        }
    }
    return NY_OK;
}

static ny_rc number_lookup(struct ny_search_plan *p, struct ny_arena *a, enum ny_search_group g,
                           enum ny_term_kind kind, uint64_t v, size_t bytes, size_t used)
{
    char *text = ny_arena_alloc(a, bytes);

    if (text == NULL) {
        return NY_ELIMIT;
    }
    for (size_t i = 0; i < bytes; i++) {
        text[i] = (char)(v >> (8 * (bytes - 1 - i)) & 0xFF);
    }
    lookup_put(p, g, kind, ny_str_of(text, used), used < bytes);
    return NY_OK;
}

/* A whole name in Latin letters, as a record holds one. */
static ny_rc latin_make(struct ny_search_plan *p, struct ny_arena *a)
{
    ny_str x = p->n_family == 1 ? p->family[0].piece[0] : NY_STR_NONE;
    ny_str y = p->n_given == 1 ? p->given[0].piece[0] : NY_STR_NONE;
    struct ny_buf b;

    if (x.n == 0 || y.n == 0 || p->family[0].script != NY_SCRIPT_LATIN ||
        p->given[0].script != NY_SCRIPT_LATIN || !ny_name_pattern_is_exact(&p->family[0]) ||
        !ny_name_pattern_is_exact(&p->given[0])) {
        return NY_OK;
    }
    ny_buf_init(&b, a);
    ny_buf_add(&b, ny_str_compare(x, y) < 0 ? x : y);
    ny_buf_add_char(&b, ' ');
    ny_buf_add(&b, ny_str_compare(x, y) < 0 ? y : x);
    return ny_buf_end(&b, &p->latin_tokens);
}

/* A date by its own prefix, an interval by its years; the group stays empty when they are too many:
 * a part of them would not find everybody. */
static ny_rc births_lookup(struct ny_search_plan *p, struct ny_arena *a)
{
    static const size_t birth_bytes[] = {0, 2, 3, 4}; /* by precision */
    ny_rc rc = NY_OK;
    size_t n = 0;

    for (size_t i = 0; i < p->asked->field[NY_SEARCH_BIRTH].n; i++) {
        const struct ny_birth_span *s = &p->birth[i];

        n += s->date.precision != NY_DATE_NONE ? 1
             : s->from <= s->to                ? s->to / 10000 - s->from / 10000 + 1
                                               : 0;
    }
    for (size_t i = 0; i < p->asked->field[NY_SEARCH_BIRTH].n && n <= NY_LOOKUPS_MAX; i++) {
        const struct ny_birth_span *s = &p->birth[i];
        const ny_date d = s->date;

        if (d.precision != NY_DATE_NONE) {
            rc = number_lookup(p, a, NY_GROUP_BIRTH, NY_TERM_BIRTH,
                               (uint64_t)(uint16_t)d.y << 16 | (uint64_t)d.m << 8 | d.d, 4,
                               birth_bytes[d.precision]);
            continue;
        }
        for (uint64_t y = s->from / 10000; y <= s->to / 10000 && rc == NY_OK; y++) {
            rc = number_lookup(p, a, NY_GROUP_BIRTH, NY_TERM_BIRTH, y << 16, 4, 2);
        }
    }
    return rc;
}

static ny_rc lookups_make(struct ny_search_plan *p, struct ny_arena *a)
{
    const struct ny_search_values *field = p->asked->field;
    ny_rc rc = names_lookup(p, a);

    rc = rc == NY_OK ? latin_make(p, a) : rc;
    rc = rc == NY_OK ? births_lookup(p, a) : rc;
    for (size_t i = 0; i < field[NY_SEARCH_PHONE].n && rc == NY_OK; i++) {
        rc = number_lookup(p, a, NY_GROUP_PHONE, NY_TERM_PHONE, p->phone[i], 8, 8);
    }
    for (size_t i = 0; i < field[NY_SEARCH_POSTAL].n && rc == NY_OK; i++) {
        rc = number_lookup(p, a, NY_GROUP_POSTAL, NY_TERM_POSTAL, p->postal[i], 4, 4);
    }
    return rc;
}

ny_rc ny_search_plan(struct ny_arena *a, const struct ny_search *s, struct ny_search_plan **out,
                     enum ny_search_field *bad, size_t *bad_value)
{
    struct ny_search_plan *p = NY_ARENA_NEW(a, struct ny_search_plan);
    ny_rc rc = p != NULL ? NY_OK : NY_ELIMIT;

    if (rc != NY_OK) {
        return rc;
    }
    p->asked = s;
    for (enum ny_search_field f = 0; f < NY_SEARCH_FIELD_COUNT; f++) {
        for (size_t i = 0; i < s->field[f].n; i++) {
            rc = value_make(p, a, f, i);
            if (rc != NY_OK) {
                *bad = f;
                *bad_value = i;
                return rc;
            }
        }
    }
    rc = lookups_make(p, a);
    if (rc == NY_OK) {
        *out = p;
    }
    return rc;
}

size_t ny_search_lookups(const struct ny_search_plan *p, enum ny_search_group g,
                         const struct ny_lookup **out)
{
    *out = p->lookups[g];
    return p->n_lookups[g];
}

bool ny_search_misspelt(struct ny_search_plan *p)
{
    size_t filled = 0;

    for (enum ny_search_group g = 0; g < NY_GROUP_COUNT; g++) {
        filled += p->n_lookups[g] > 0;
    }
    for (enum ny_search_group g = 0; g <= NY_GROUP_GIVEN && filled > 1; g++) {
        for (size_t i = 0; i < p->n_lookups[g]; i++) {
            struct ny_lookup *l = &p->lookups[g][i];
            bool kanji = l->kind == NY_TERM_FAMILY_KANJI || l->kind == NY_TERM_GIVEN_KANJI;

            l->edit = !kanji && !l->prefix && l->text.n >= NY_MISSPELT_MIN;
            p->misspelt = p->misspelt || l->edit;
        }
    }
    return p->misspelt;
}
