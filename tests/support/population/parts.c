/* Names put together from pieces: rank → scattered index → (first, middle?, last). */

#include "parts.h"

#include "text.h"

#include "nayose/base.h"

/* A prime larger than any count below, so that i·SCATTER mod n is a permutation. */
#define SCATTER UINT64_C(2147483629)

struct piece {
    const char *kanji, *kana;
};

struct given_piece {
    char sex;
    int era;
    const char *kanji, *kana;
};

static const struct piece surname_first[] = {
#define POP_FIRST(kanji, kana) {kanji, kana},
#define POP_MIDDLE(kanji, kana)
#define POP_LAST(kanji, kana)
#include "tbl/surname_parts.def"
#undef POP_FIRST
#undef POP_MIDDLE
#undef POP_LAST
};

static const struct piece surname_middle[] = {
#define POP_FIRST(kanji, kana)
#define POP_MIDDLE(kanji, kana) {kanji, kana},
#define POP_LAST(kanji, kana)
#include "tbl/surname_parts.def"
#undef POP_FIRST
#undef POP_MIDDLE
#undef POP_LAST
};

static const struct piece surname_last[] = {
#define POP_FIRST(kanji, kana)
#define POP_MIDDLE(kanji, kana)
#define POP_LAST(kanji, kana) {kanji, kana},
#include "tbl/surname_parts.def"
#undef POP_FIRST
#undef POP_MIDDLE
#undef POP_LAST
};

static const struct given_piece given_first[] = {
#define POP_FIRST(sex, era, kanji, kana) {sex, era, kanji, kana},
#define POP_LAST(sex, era, kanji, kana)
#include "tbl/given_parts.def"
#undef POP_FIRST
#undef POP_LAST
};

static const struct given_piece given_last[] = {
#define POP_FIRST(sex, era, kanji, kana)
#define POP_LAST(sex, era, kanji, kana) {sex, era, kanji, kana},
#include "tbl/given_parts.def"
#undef POP_FIRST
#undef POP_LAST
};

int pop_parts_era(int year)
{
    return year < 1955 ? 0 : year < 1985 ? 1 : 2;
}

/* The rows of a sex and era stand together. */
struct span {
    size_t from, n;
};

static struct span span_find(const struct given_piece *rows, size_t n, char sex, int era)
{
    struct span s = {n, 0};

    for (size_t i = 0; i < n; i++) {
        if (rows[i].sex == sex && rows[i].era == era) {
            s.from = i < s.from ? i : s.from;
            s.n++;
        }
    }
    NY_ASSERT(s.n > 0);
    return s;
}

/* Of first (0) and last (1) pieces; found once, kept for the life of the program. */
static struct span given_span(char sex, int era, int which)
{
    static struct span found[2][3][2];
    struct span *s = &found[sex == 'M'][era][which];

    if (s->n == 0) {
        *s = which == 0 ? span_find(given_first, NY_ARRAY_LEN(given_first), sex, era)
                        : span_find(given_last, NY_ARRAY_LEN(given_last), sex, era);
    }
    return *s;
}

uint32_t pop_parts_given_count(char sex, int era)
{
    return (uint32_t)(given_span(sex, era, 0).n * given_span(sex, era, 1).n);
}

static void put(struct pop_name *out, const char *kanji, const char *kana)
{
    pop_cat(out->form, sizeof out->form, kanji);
    pop_cat(out->kana, sizeof out->kana, kana);
}

void pop_parts_given_at(char sex, int era, uint32_t index, struct pop_name *out)
{
    struct span first = given_span(sex, era, 0);
    struct span last = given_span(sex, era, 1);
    const struct given_piece *f = &given_first[first.from + index % first.n];
    const struct given_piece *l = &given_last[last.from + index / first.n];

    *out = (struct pop_name){"", ""};
    put(out, f->kanji, f->kana);
    put(out, l->kanji, l->kana);
}

void pop_parts_given(char sex, int era, uint32_t rank, struct pop_name *out)
{
    pop_parts_given_at(sex, era, (uint32_t)((rank + 1) * SCATTER % pop_parts_given_count(sex, era)),
                       out);
}

uint32_t pop_parts_read_as(char sex, int era, const char *kana, uint32_t *out, uint32_t max)
{
    uint32_t count = pop_parts_given_count(sex, era);
    uint32_t n = 0;

    for (uint32_t i = 0; i < count && n < max; i++) {
        struct pop_name name;

        pop_parts_given_at(sex, era, i, &name);
        if (strcmp(name.kana, kana) == 0) {
            out[n++] = i;
        }
    }
    return n;
}

/* Two pieces while they last, three beyond: the rarer name is the longer one. */
void pop_parts_surname(uint32_t rank, struct pop_name *out)
{
    const uint64_t nf = NY_ARRAY_LEN(surname_first);
    const uint64_t nm = NY_ARRAY_LEN(surname_middle);
    const uint64_t nl = NY_ARRAY_LEN(surname_last);
    const uint64_t two = nf * nl;
    uint64_t i;

    *out = (struct pop_name){"", ""};
    if (rank < two) {
        i = (rank + 1) * SCATTER % two;
        put(out, surname_first[i % nf].kanji, surname_first[i % nf].kana);
    } else {
        i = (rank - two + 1) * SCATTER % (two * nm);
        put(out, surname_first[i % nf].kanji, surname_first[i % nf].kana);
        put(out, surname_middle[i / two].kanji, surname_middle[i / two].kana);
        i %= two;
    }
    put(out, surname_last[i / nf].kanji, surname_last[i / nf].kana);
}

/* At most one character lies between what both begin with and what both end with. */
static bool is_one_kana_apart(const char *a, const char *b)
{
    size_t na = pop_char_count(a);
    size_t nb = pop_char_count(b);
    size_t front = 0;
    size_t back = 0;

    /* every kana has three bytes */
    while (front < na && front < nb && memcmp(a + 3 * front, b + 3 * front, 3) == 0) {
        front++;
    }
    while (front + back < na && front + back < nb &&
           memcmp(a + 3 * (na - 1 - back), b + 3 * (nb - 1 - back), 3) == 0) {
        back++;
    }
    return na - front - back <= 1 && nb - front - back <= 1;
}

/* A name that begins with the same kanji, or the same reading, as like. */
static bool given_beside(struct pop_rng *r, char sex, int year, const struct pop_name *like,
                         bool near, struct pop_name *out)
{
    uint32_t kanji = pop_code_point(like->form);
    int era = pop_parts_era(year);
    struct span last = given_span(sex, era, 1);
    struct pop_name made;

    for (size_t i = 0; i < NY_ARRAY_LEN(given_first); i++) {
        const struct given_piece *g = &given_first[i];
        bool alike = pop_code_point(g->kanji) == kanji ||
                     (near && strncmp(g->kana, like->kana, strlen(g->kana)) == 0);

        for (int tries = 0; alike && g->sex == sex && tries < (near ? 24 : 8); tries++) {
            const struct given_piece *l =
                &given_last[last.from + pop_rng_below(r, (uint32_t)last.n)];

            made = (struct pop_name){"", ""};
            put(&made, g->kanji, g->kana);
            put(&made, l->kanji, l->kana);
            if (strcmp(made.form, like->form) != 0 && strcmp(made.kana, like->kana) != 0 &&
                (!near || is_one_kana_apart(made.kana, like->kana))) {
                *out = made;
                return true;
            }
        }
    }
    return false;
}

bool pop_names_given_like(struct pop_rng *r, char sex, int year, const struct pop_name *like,
                          struct pop_name *out)
{
    return given_beside(r, sex, year, like, false, out);
}

bool pop_names_given_near(struct pop_rng *r, char sex, int year, const struct pop_name *like,
                          struct pop_name *out)
{
    return given_beside(r, sex, year, like, true, out);
}

void pop_names_kanji_slip(struct pop_name *name, struct pop_rng *r)
{
    const struct piece *p = &surname_last[pop_rng_below(r, NY_ARRAY_LEN(surname_last))];
    size_t at = pop_last_char(name->form);

    if (pop_code_point(name->form + at) < 0x3400) {
        return; /* kana or Latin: there is no kanji to get wrong */
    }
    if (strncmp(p->kanji, name->form + at, pop_char_len(p->kanji)) == 0) {
        p = p == surname_last ? p + 1 : p - 1;
    }
    name->form[at] = '\0';
    pop_cat(name->form, sizeof name->form, p->kanji);
}
