/* Placeholder names (1.4): ベビー, 不明, テスト … by table, and the rule for given names in ノコ.
 */

#include "text_priv.h"

enum where { GIVEN, PREFIX, WHOLE, FAMILY };

enum { NEWBORN_AGE_DAYS = 366, NOKO_REST_KANA = 3 };

/* clang-format off */
static const struct {
    ny_str text;
    enum where where;
    enum ny_text_name_class class;
} rows[] = {
#define NY_PLACEHOLDER(text, where, class) {{text, sizeof(text) - 1}, where, NY_NAME_##class},
#include "tbl/placeholders.def"
#undef NY_PLACEHOLDER
};
/* clang-format on */

/* One script's view of the name. */
struct view {
    ny_str family;
    ny_str given;
};

/* family + given equals text, without joining them. */
static bool is_whole(const struct view *v, ny_str text)
{
    return v->family.n + v->given.n == text.n && ny_str_starts_with(text, v->family) &&
           ny_str_ends_with(text, v->given);
}

static bool row_fits(const struct view *v, ny_str text, enum where where)
{
    switch (where) {
    case GIVEN:
        return ny_str_equals(v->given, text);
    case PREFIX:
        return ny_str_starts_with(v->given, text);
    case WHOLE:
        return is_whole(v, text);
    case FAMILY:
        return ny_str_equals(v->family, text);
    }
    return false;
}

/* The highest class that the table gives this view. */
static enum ny_text_name_class view_class(const struct view *v)
{
    enum ny_text_name_class class = NY_NAME_NORMAL;

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        if (rows[i].class > class && row_fits(v, rows[i].text, rows[i].where)) {
            class = rows[i].class;
        }
    }
    return class;
}

static size_t kana_count(ny_str s)
{
    return s.n / 3; /* k2 is katakana: three bytes each */
}

/* ハナコノコ: the child of ハナコ, when there is a reason to think so; ソノコ is a name. */
static ny_rc is_child_of(struct ny_arena *a, ny_str given, const struct ny_text_name_hints *hints,
                         bool *out)
{
    ny_str ending = NY_S("ノコ");
    ny_str rest;
    ny_str mother;
    ny_rc rc;

    *out = false;
    if (hints == NULL || given.n <= ending.n || !ny_str_ends_with(given, ending)) {
        return NY_OK;
    }
    rest = ny_str_sub(given, 0, given.n - ending.n);
    if (hints->age_days >= 0 && hints->age_days <= NEWBORN_AGE_DAYS &&
        kana_count(rest) >= NOKO_REST_KANA) {
        *out = true;
        return NY_OK;
    }
    rc = ny_text_k2_of(a, hints->mother_given_kana, &mother);
    if (rc == NY_OK) {
        *out = mother.n > 0 && ny_str_equals(mother, rest);
    }
    return rc;
}

static bool starts_with_kana(ny_str s)
{
    size_t i = 0;

    return ny_cp_is_kana(ny_cp_next(s, &i));
}

static ny_rc reading_of(struct ny_arena *a, ny_str written, ny_str *out)
{
    *out = NY_STR_NONE;
    return starts_with_kana(written) ? ny_text_k2_of(a, written, out) : NY_OK;
}

static ny_rc classify(struct ny_arena *a, const struct ny_text_name_hints *hints,
                      const struct ny_text_name *n, enum ny_text_name_class *out)
{
    /* written, reading, reading of a kana written form (てすと), Latin */
    struct view views[4] = {
        {n->kanji_family, n->kanji_given},
        {n->kana_family,  n->kana_given },
        {NY_STR_NONE,     NY_STR_NONE   },
        {n->latin_family, n->latin_given}
    };
    enum ny_text_name_class class = NY_NAME_NORMAL;
    bool child = false;
    ny_rc rc = reading_of(a, n->kanji_family, &views[2].family);

    if (rc == NY_OK) {
        rc = reading_of(a, n->kanji_given, &views[2].given);
    }
    if (rc == NY_OK) {
        rc = is_child_of(a, n->kana_given.n > 0 ? n->kana_given : views[2].given, hints, &child);
    }
    if (rc != NY_OK) {
        return rc;
    }
    /* A part that is no kana stays as it is: 山田ベビー is not "ベビー" as a whole. */
    views[2].family = views[2].family.n > 0 ? views[2].family : n->kanji_family;
    views[2].given = views[2].given.n > 0 ? views[2].given : n->kanji_given;
    for (size_t i = 0; i < NY_ARRAY_LEN(views); i++) {
        enum ny_text_name_class one = view_class(&views[i]);

        class = one > class ? one : class;
    }
    *out = class == NY_NAME_NORMAL && child ? NY_NAME_NEWBORN : class;
    return NY_OK;
}

ny_rc ny_text_placeholder_apply(struct ny_arena *a, const struct ny_text_name_hints *hints,
                                struct ny_text_name *n)
{
    enum ny_text_name_class class = NY_NAME_NORMAL;
    ny_rc rc = classify(a, hints, n, &class);

    if (rc != NY_OK) {
        return rc;
    }
    if (class == NY_NAME_UNKNOWN) {
        *n = (struct ny_text_name){.name_class = class};
        return NY_OK;
    }
    n->name_class = class;
    if (class == NY_NAME_NEWBORN) {
        n->kanji_given = n->kana_given = n->latin_given = NY_STR_NONE;
        n->kanji_given_is_kana = false;
    }
    return NY_OK;
}
