/* The part of a question that only the patient's own values tell: mother's name, parts of an
 * address, account. And the question as a record, for the ranking. */

#include "search_priv.h"

#include "record_priv.h"

static bool is_address(enum ny_search_field f)
{
    return f >= NY_SEARCH_STATE && f <= NY_SEARCH_WHOLE;
}

/* Blanks do not count: 葵区 追手町 is 葵区追手町. */
static ny_rc without_blanks(struct ny_arena *a, ny_str s, ny_str *out)
{
    struct ny_buf b;

    ny_buf_init(&b, a);
    while (s.n > 0) {
        ny_buf_add(&b, ny_str_split(&s, ' '));
    }
    return ny_buf_end(&b, out);
}

/* A mother's name is stored as kana where it is known: kana are compared by k2. */
static ny_rc mother_fold(struct ny_arena *a, ny_str text, ny_str *out)
{
    ny_str k1 = NY_STR_NONE;
    ny_rc rc;

    if (ny_text_script_of(text) == NY_SCRIPT_LATIN) {
        return ny_text_latin_fold(a, text, out);
    }
    if (ny_text_script_of(text) == NY_SCRIPT_KANA) {
        rc = ny_text_kana_k1(a, text, &k1);
        return rc == NY_OK ? ny_text_kana_k2(a, k1, out) : rc;
    }
    return ny_text_kanji_fold(a, text, out);
}

ny_rc ny_search_fold(struct ny_arena *a, enum ny_search_field f, ny_str text, ny_str *out)
{
    ny_str folded = NY_STR_NONE;
    ny_rc rc;

    if (f == NY_SEARCH_MOTHER_ID) {
        *out = ny_arena_str(a, text);
        return out->p != NULL ? NY_OK : NY_ELIMIT;
    }
    if (f == NY_SEARCH_MOTHER || f == NY_SEARCH_MAIDEN) {
        rc = mother_fold(a, text, &folded);
    } else if (is_address(f)) {
        rc = ny_text_kanji_fold(a, text, &folded);
    } else {
        rc = ny_text_fold(a, text, &folded);
    }
    return rc == NY_OK ? without_blanks(a, folded, out) : rc;
}

bool ny_search_needs_patient(const struct ny_search_plan *p)
{
    const struct ny_search_values *f = p->asked->field;
    bool needs = f[NY_SEARCH_MOTHER].n + f[NY_SEARCH_MAIDEN].n + f[NY_SEARCH_ACCOUNT].n +
                     f[NY_SEARCH_MOTHER_ID].n >
                 0;

    for (enum ny_search_field i = NY_SEARCH_STATE; i <= NY_SEARCH_WHOLE; i++) {
        needs = needs || f[i].n > 0;
    }
    return needs;
}

/* ---- the test ---- */

static bool contains(ny_str text, ny_str part)
{
    for (size_t i = 0; i + part.n <= text.n; i++) {
        if (memcmp(text.p + i, part.p, part.n) == 0) {
            return true;
        }
    }
    return false;
}

/* Every part that is asked stands somewhere in this one address. */
static bool address_fits(const struct ny_search_plan *p, struct ny_arena *a,
                         const struct ny_value *v)
{
    ny_str folded = NY_STR_NONE;

    if (ny_search_fold(a, NY_SEARCH_WHOLE, ny_address_text(a, v), &folded) != NY_OK) {
        return false;
    }
    for (enum ny_search_field f = NY_SEARCH_STATE; f <= NY_SEARCH_WHOLE; f++) {
        size_t n = p->asked->field[f].n;
        bool found = n == 0;

        for (size_t i = 0; i < n && !found; i++) {
            found = contains(folded, p->folded[f][i]);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static bool addresses_fit(const struct ny_search_plan *p, struct ny_arena *a,
                          const struct ny_set *s)
{
    bool fits = true;

    for (enum ny_search_field f = NY_SEARCH_STATE; f <= NY_SEARCH_WHOLE; f++) {
        fits = fits && p->asked->field[f].n == 0;
    }
    for (size_t i = 0; i < s->n && !fits; i++) {
        fits = ny_value_is_live(s, &s->values[i]) && address_fits(p, a, &s->values[i]);
    }
    return fits;
}

static bool single_fits(const struct ny_search_plan *p, struct ny_arena *a, enum ny_search_field f,
                        ny_str value)
{
    size_t n = p->asked->field[f].n;
    ny_str folded = NY_STR_NONE;
    bool fits = n == 0;

    if (!fits && ny_search_fold(a, f, value, &folded) != NY_OK) {
        return false;
    }
    for (size_t i = 0; i < n && !fits; i++) {
        fits = ny_str_equals(folded, p->folded[f][i]);
    }
    return fits;
}

bool ny_search_fits_patient(const struct ny_search_plan *p, const struct ny_patient *patient)
{
    struct ny_arena *a = ny_arena_create(0);
    ny_str mother = patient->singles[NY_SINGLE_MOTHER_NAME].value;
    ny_str family = patient->singles[NY_SINGLE_MOTHER_FAMILY].value;
    bool fits =
        single_fits(p, a, NY_SEARCH_MOTHER, mother) &&
        single_fits(p, a, NY_SEARCH_MAIDEN, family) &&
        single_fits(p, a, NY_SEARCH_ACCOUNT, patient->singles[NY_SINGLE_ACCOUNT].value) &&
        single_fits(p, a, NY_SEARCH_MOTHER_ID, patient->singles[NY_SINGLE_MOTHER_ID].value) &&
        addresses_fit(p, a, &patient->sets[NY_SET_ADDRESS]);

    ny_arena_destroy(a);
    return fits;
}

/* ---- the question as a record ---- */

/* A name of which each part is asked at most once and in full. */
static void probe_name(const struct ny_search_plan *p, struct ny_record *r)
{
    const struct ny_name_pattern *part[2] = {p->n_family == 1 ? &p->family[0] : NULL,
                                             p->n_given == 1 ? &p->given[0] : NULL};
    struct ny_record_name *n = &r->names[0];

    *n = (struct ny_record_name){0};
    for (size_t i = 0; i < 2; i++) {
        if (part[i] == NULL || !ny_name_pattern_is_exact(part[i])) {
            continue;
        }
        if (part[i]->script == NY_SCRIPT_KANA) {
            *(i == 0 ? &n->kana_family : &n->kana_given) = part[i]->piece[0];
        } else if (part[i]->script == NY_SCRIPT_KANJI) {
            *(i == 0 ? &n->kanji_family : &n->kanji_given) = part[i]->piece[0];
        } else {
            continue;
        }
        r->n_names = 1;
    }
    if (p->latin_tokens.n > 0) {
        n->latin_tokens = p->latin_tokens;
        n->bag = ny_hash32(p->latin_tokens);
        r->n_names = 1;
    }
}

void ny_search_probe(const struct ny_search_plan *p, struct ny_record *out)
{
    const struct ny_search_values *f = p->asked->field;

    memset(out, 0, sizeof(*out));
    out->death_day = INT32_MAX;
    out->birth = f[NY_SEARCH_BIRTH].n == 1 ? p->birth[0].date : (ny_date){0};
    out->sex = f[NY_SEARCH_SEX].n == 1 ? p->sex[0] : 0;
    for (size_t i = 0; i < f[NY_SEARCH_PHONE].n; i++) {
        out->phones[out->n_phones++] = p->phone[i];
    }
    for (size_t i = 0; i < f[NY_SEARCH_POSTAL].n; i++) {
        out->addresses[out->n_addresses++] = (struct ny_record_address){.postal = p->postal[i]};
    }
    probe_name(p, out);
}
