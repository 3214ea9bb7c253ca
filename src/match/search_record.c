/* Who is meant by a question: the test of a record.
 *
 * Surname and given name must fit one and the same variant of a name, each in its own script; an
 * unsplit name fits when it is the two written together. */

#include "search_priv.h"

bool ny_search_year_fits(const struct ny_search_plan *p, int year)
{
    size_t n = p->asked->field[NY_SEARCH_BIRTH].n;

    for (size_t i = 0; i < n; i++) {
        if ((int64_t)p->birth[i].from / 10000 <= year && year <= (int64_t)p->birth[i].to / 10000) {
            return true;
        }
    }
    return n == 0;
}

static bool birth_fits(const struct ny_search_plan *p, ny_date b)
{
    size_t n = p->asked->field[NY_SEARCH_BIRTH].n;
    struct ny_birth_span is = ny_birth_span_of(b);

    for (size_t i = 0; i < n && b.precision != NY_DATE_NONE; i++) {
        if (is.from >= p->birth[i].from && is.to <= p->birth[i].to) {
            return true;
        }
    }
    return n == 0;
}

/* The whole text, or one letter beside it where that may be. */
static bool near_fits(const struct ny_name_pattern *p, bool misspelt, ny_str text)
{
    return ny_str_equals(p->near[0], text) ||
           (misspelt && p->near[0].n >= NY_MISSPELT_MIN && ny_is_one_edit(p->near[0], text));
}

static bool kana_fits(const struct ny_name_pattern *p, bool misspelt, ny_str k2)
{
    char k3[NY_NAME_PART_MAX];

    if (k2.n == 0 || k2.n > NY_NAME_PART_MAX) {
        return false;
    }
    return ny_name_pattern_is_exact(p) ? near_fits(p, misspelt, ny_kana_k3(k2, k3))
                                       : ny_name_pattern_fits(p, p->piece, k2);
}

static bool letters_fit(const struct ny_name_pattern *p, bool misspelt, ny_str skeleton)
{
    char buf[NY_NAME_PART_MAX * 4];
    ny_str sound;

    if (skeleton.n == 0 || skeleton.n > sizeof(buf)) {
        return false;
    }
    sound = ny_sound_of(skeleton, buf);
    return ny_name_pattern_fits(p, p->piece, skeleton) || ny_name_pattern_fits(p, p->near, sound) ||
           (ny_name_pattern_is_exact(p) && near_fits(p, misspelt, sound));
}

static bool latin_fits(const struct ny_name_pattern *p, bool misspelt,
                       const struct ny_record_name *n, ny_str kana, struct ny_arena *scratch)
{
    ny_str rest = n->latin_tokens;
    ny_str skeleton = NY_STR_NONE;

    while (rest.n > 0) {
        if (letters_fit(p, misspelt, ny_str_split(&rest, ' '))) {
            return true;
        }
    }
    return kana.n > 0 && ny_kana_skeleton(scratch, kana, &skeleton) == NY_OK &&
           letters_fit(p, misspelt, skeleton);
}

static bool part_fits(const struct ny_search_plan *plan, const struct ny_record_name *name,
                      bool family, struct ny_arena *scratch)
{
    ny_str kanji = family ? name->kanji_family : name->kanji_given;
    ny_str kana = family ? name->kana_family : name->kana_given;
    const struct ny_name_pattern *p = family ? plan->family : plan->given;
    size_t n = family ? plan->n_family : plan->n_given;
    bool near = plan->misspelt;
    bool fits = n == 0;

    for (size_t i = 0; i < n && !fits; i++) {
        fits = p[i].script == NY_SCRIPT_KANA    ? kana_fits(&p[i], near, kana)
               : p[i].script == NY_SCRIPT_LATIN ? latin_fits(&p[i], near, name, kana, scratch)
                                                : ny_name_pattern_fits(&p[i], p[i].piece, kanji);
    }
    return fits;
}

/* An unsplit name: surname and given name written together. */
static bool whole_fits(const struct ny_search_plan *p, const struct ny_record_name *name)
{
    for (size_t i = 0; i < p->n_family * p->n_given; i++) {
        const struct ny_name_pattern *f = &p->family[i / p->n_given];
        const struct ny_name_pattern *g = &p->given[i % p->n_given];
        char whole[NY_NAME_WHOLE_MAX];
        char k3[NY_NAME_PART_MAX];

        if (!ny_name_patterns_join(f, g)) {
            continue;
        }
        if (f->script == NY_SCRIPT_KANA && name->kana_unsplit &&
            name->kana_family.n <= sizeof(k3) &&
            ny_str_equals(ny_name_whole(f, g, whole), ny_kana_k3(name->kana_family, k3))) {
            return true;
        }
        if (f->script == NY_SCRIPT_KANJI && name->kanji_unsplit &&
            ny_str_equals(ny_name_whole(f, g, whole), name->kanji_family)) {
            return true;
        }
    }
    return false;
}

/* Kana are then spelled out, which takes memory. */
static bool asks_latin(const struct ny_search_plan *p)
{
    bool latin = false;

    for (size_t i = 0; i < p->n_family; i++) {
        latin = latin || p->family[i].script == NY_SCRIPT_LATIN;
    }
    for (size_t i = 0; i < p->n_given; i++) {
        latin = latin || p->given[i].script == NY_SCRIPT_LATIN;
    }
    return latin;
}

static bool names_fit(const struct ny_search_plan *p, const struct ny_record *r)
{
    bool fits = p->n_family + p->n_given == 0;
    struct ny_arena *scratch = asks_latin(p) ? ny_arena_create(0) : NULL;

    for (size_t i = 0; i < r->n_names && !fits; i++) {
        const struct ny_record_name *n = &r->names[i];

        fits =
            (part_fits(p, n, true, scratch) && part_fits(p, n, false, scratch)) || whole_fits(p, n);
    }
    ny_arena_destroy(scratch);
    return fits;
}

static bool contacts_fit(const struct ny_search_plan *p, const struct ny_record *r)
{
    size_t n_phones = p->asked->field[NY_SEARCH_PHONE].n;
    size_t n_postals = p->asked->field[NY_SEARCH_POSTAL].n;
    bool phone = n_phones == 0;
    bool postal = n_postals == 0;

    for (size_t i = 0; i < n_phones * r->n_phones && !phone; i++) {
        phone = p->phone[i / r->n_phones] == r->phones[i % r->n_phones];
    }
    for (size_t i = 0; i < n_postals * r->n_addresses && !postal; i++) {
        postal = p->postal[i / r->n_addresses] == r->addresses[i % r->n_addresses].postal;
    }
    return phone && postal;
}

bool ny_search_fits(const struct ny_search_plan *p, const struct ny_record *r)
{
    size_t n_sex = p->asked->field[NY_SEARCH_SEX].n;
    bool sex = n_sex == 0;

    for (size_t i = 0; i < n_sex && !sex; i++) {
        sex = p->sex[i] == r->sex;
    }
    return sex && birth_fits(p, r->birth) && contacts_fit(p, r) && names_fit(p, r);
}
