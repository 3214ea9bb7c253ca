/* Habits of a source: what its messages usually hold, and when they stop being like that.
 *
 *   first WINDOW patients ─▶ habits (kept)        newest WINDOW patients ─▶ compared with them
 *
 * A window holds messages about different patients, so that one patient who is sent again and again
 * is no habit. Who never sent kana does not lose them. Numbers are shares in per mille. */

#include "nayose/text.h"

#include "registry_priv.h"

enum {
    FULL = 1000,
    USUAL = 500,     /* from this share on something is a habit, and half of it is none any more */
    UNREADABLE = 250 /* share of messages with bytes that could not be read */
};

static const char *const share_names[TRAIT_COUNT] = {
    [TRAIT_KANA] = "kana",   [TRAIT_BIRTH] = "birth_date",        [TRAIT_ADDRESS] = "address",
    [TRAIT_PHONE] = "phone", [TRAIT_UNDECODABLE] = "undecodable",
};
static const char *const same_names[SAME_COUNT] = {
    [SAME_BIRTH] = "same_birth_date",
    [SAME_ADDRESS] = "same_address",
    [SAME_PHONE] = "same_phone",
};

/* ---- what a message holds ---- */

static uint32_t hash_of(ny_str text)
{
    uint32_t h = (uint32_t)ny_hash64(text);

    return text.n == 0 ? 0 : h != 0 ? h : 1;
}

static uint32_t value_hash(const struct ny_set *s)
{
    uint64_t h = 0;

    for (size_t i = 0; s->n > 0 && i < NY_VALUE_PARTS_MAX; i++) {
        h = ny_hash64_seeded(s->values[0].part[i], h + i);
    }
    return s->n == 0 ? 0 : (uint32_t)h | 1;
}

static bool has_kana(const struct ny_patient *p)
{
    const struct ny_set *s = &p->sets[NY_SET_NAME];

    for (size_t i = 0; i < s->n; i++) {
        if (ny_value_part(&s->values[i], NY_PART_NAME_KANA_FAMILY).n > 0 ||
            ny_value_part(&s->values[i], NY_PART_NAME_KANA_GIVEN).n > 0) {
            return true;
        }
    }
    return false;
}

static bool has_birth(const struct ny_patient *p)
{
    ny_date date = {0};
    unsigned flags = 0;

    return ny_text_birth_date_parse(p->singles[NY_SINGLE_BIRTH_DATE].value, (ny_date){0}, &date,
                                    &flags) == NY_OK &&
           date.precision == NY_DATE_DAY;
}

void ny_traits_take(const struct ny_patient *p, uint32_t identity, struct traits *out)
{
    *out = (struct traits){.identity = identity};
    out->has[TRAIT_KANA] = has_kana(p);
    out->has[TRAIT_BIRTH] = has_birth(p);
    out->has[TRAIT_ADDRESS] = p->sets[NY_SET_ADDRESS].n > 0;
    out->has[TRAIT_PHONE] = p->sets[NY_SET_PHONE].n > 0;
    out->has[TRAIT_UNDECODABLE] = p->singles[NY_SINGLE_UNDECODABLE].value.n > 0;
    out->value[SAME_BIRTH] = hash_of(p->singles[NY_SINGLE_BIRTH_DATE].value);
    out->value[SAME_ADDRESS] = value_hash(&p->sets[NY_SET_ADDRESS]);
    out->value[SAME_PHONE] = value_hash(&p->sets[NY_SET_PHONE]);
}

/* ---- the window ---- */

static uint16_t per_mille(size_t n)
{
    return (uint16_t)(n * FULL / HABIT_WINDOW);
}

static size_t count_same(const struct watch *w, enum same s, uint32_t value)
{
    size_t n = 0;

    for (size_t i = 0; i < w->n && value != 0; i++) {
        n += w->ring[i].value[s] == value;
    }
    return n;
}

static size_t count_has(const struct watch *w, enum trait t)
{
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++) {
        n += w->ring[i].has[t];
    }
    return n;
}

void ny_watch_shares(const struct watch *w, struct habits *out)
{
    *out = (struct habits){.known = true};
    for (int t = 0; t < TRAIT_COUNT; t++) {
        out->share[t] = per_mille(count_has(w, (enum trait)t));
    }
    for (int s = 0; s < SAME_COUNT; s++) {
        size_t most = 0;

        for (size_t i = 0; i < w->n; i++) {
            size_t n = count_same(w, (enum same)s, w->ring[i].value[s]);

            most = n > most ? n : most;
        }
        out->same[s] = per_mille(most);
    }
}

bool ny_watch_add(struct watch *w, const struct traits *t)
{
    for (size_t i = 0; i < w->n; i++) {
        if (w->ring[i].identity == t->identity) {
            return false;
        }
    }
    w->ring[w->at] = *t;
    w->at = (w->at + 1) % HABIT_WINDOW;
    w->n += w->n < HABIT_WINDOW;
    return w->n == HABIT_WINDOW;
}

void ny_watch_forget(struct watch *w)
{
    *w = (struct watch){.n = 0};
}

/* ---- judging ---- */

/* One value of many may be a dummy, or a desk's phone; half of the way to all of them is far from
 * any habit. Birth dates spread so widely that a quarter will do. */
static bool is_too_same(const struct watch *w, enum same s, uint32_t value)
{
    unsigned habit = w->habits.same[s];
    unsigned more = (FULL - habit) / (s == SAME_BIRTH ? 4 : 2);

    return value != 0 && per_mille(count_same(w, s, value)) > habit + more;
}

const char *ny_watch_judge(const struct watch *w, const struct traits *newest)
{
    static const enum trait needed[] = {TRAIT_KANA, TRAIT_BIRTH};
    unsigned unread = w->habits.share[TRAIT_UNDECODABLE];

    for (size_t i = 0; i < NY_ARRAY_LEN(needed); i++) {
        unsigned habit = w->habits.share[needed[i]];

        if (!newest->has[needed[i]] && habit >= USUAL &&
            per_mille(count_has(w, needed[i])) < habit / 2) {
            return share_names[needed[i]];
        }
    }
    if (newest->has[TRAIT_UNDECODABLE] && per_mille(count_has(w, TRAIT_UNDECODABLE)) >
                                              (2 * unread > UNREADABLE ? 2 * unread : UNREADABLE)) {
        return share_names[TRAIT_UNDECODABLE];
    }
    for (int s = 0; s < SAME_COUNT; s++) {
        if (is_too_same(w, (enum same)s, newest->value[s])) {
            return same_names[s];
        }
    }
    return NULL;
}

/* ---- text: "kana=985 birth_date=1000 …" in per mille ---- */

ny_str ny_habits_write(struct ny_arena *a, const struct habits *h)
{
    struct ny_buf b;
    ny_str out = NY_STR_NONE;

    ny_buf_init(&b, a);
    for (int t = 0; t < TRAIT_COUNT; t++) {
        ny_buf_printf(&b, "%s%s=%u", t > 0 ? " " : "", share_names[t], (unsigned)h->share[t]);
    }
    for (int s = 0; s < SAME_COUNT; s++) {
        ny_buf_printf(&b, " %s=%u", same_names[s], (unsigned)h->same[s]);
    }
    NY_ASSERT(ny_buf_end(&b, &out) == NY_OK);
    return out;
}

static bool take_number(ny_str word, const char *name, uint16_t *out)
{
    ny_str value = word;
    uint64_t v = 0;

    if (!ny_str_equals(ny_str_split(&value, '='), ny_str_from_c(name)) ||
        ny_str_to_u64(value, 0, FULL, &v) != NY_OK) {
        return false;
    }
    *out = (uint16_t)v;
    return true;
}

void ny_habits_read(ny_str text, struct habits *out)
{
    size_t taken = 0;

    *out = (struct habits){0};
    while (text.p != NULL && text.n > 0) {
        ny_str word = ny_str_split(&text, ' ');

        for (int t = 0; t < TRAIT_COUNT; t++) {
            taken += take_number(word, share_names[t], &out->share[t]);
        }
        for (int s = 0; s < SAME_COUNT; s++) {
            taken += take_number(word, same_names[s], &out->same[s]);
        }
    }
    out->known = taken == TRAIT_COUNT + SAME_COUNT;
}
