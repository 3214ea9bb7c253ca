/* Blocking keys and probes (5): where a record is found, and where another one looks for it.
 *
 *   key = hash(text, seed = kind)      text: fixed-width numbers, then name bytes
 *
 * Looking must be mutual: when a probe of a meets a key of b, a probe of b meets a key of a; else
 * the order of arrival would decide what is found. Probes at a changed date or in the other name
 * order keep to that, since the change undoes itself. */

#include "match_priv.h"

enum { KEY_SEED = 0x6B00, YEAR_FIRST = 1873, YEAR_LAST = 2199, LAW_LATE_STAGE = 39 };

struct key_sink {
    const struct ny_match_model *m;
    const struct ny_record *r;
    struct ny_key *out;
    size_t n, max;
    unsigned skipped;
};

/* The text of a key, put together. */
struct key_text {
    char p[NY_NAME_PART_MAX * 4 + 32];
    size_t n;
};

static void text_number(struct key_text *t, uint64_t v)
{
    for (int i = 0; i < 8; i++) { /* little-endian on every machine */
        t->p[t->n++] = (char)(v >> (8 * i) & 0xFF);
    }
}

static void text_add(struct key_text *t, ny_str s)
{
    NY_ASSERT(s.n <= sizeof(t->p) - t->n);
    if (s.n > 0) {
        memcpy(t->p + t->n, s.p, s.n);
        t->n += s.n;
    }
}

static uint64_t text_hash(const struct key_text *t, enum ny_key_kind kind)
{
    return ny_hash64_seeded(ny_str_of(t->p, t->n), KEY_SEED + (uint64_t)kind);
}

static void sink_put(struct key_sink *s, enum ny_key_kind kind, uint64_t hash)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->out[i].hash == hash && s->out[i].kind == kind) {
            return;
        }
    }
    if (s->n < s->max) {
        s->out[s->n++] = (struct ny_key){.hash = hash, .kind = (uint8_t)kind};
    }
}

static ny_str cut_part(ny_str s)
{
    return ny_str_sub(s, 0, NY_NAME_PART_MAX);
}

/* A hot value is met only together with sex and the first two kana of the given name (k4). */
static void sink_put_narrowed(struct key_sink *s, enum ny_key_kind kind, uint64_t hash)
{
    bool narrowed = false;

    for (size_t i = 0; i < s->r->n_names; i++) {
        char buf[NY_NAME_PART_MAX];
        ny_str k4 = ny_kana_k4(cut_part(s->r->names[i].kana_given), buf);
        struct key_text t = {.n = 0};
        uint64_t h;

        if (k4.n == 0) {
            continue;
        }
        text_number(&t, hash);
        text_number(&t, (uint64_t)s->r->sex);
        text_add(&t, ny_str_sub(k4, 0, 2));
        h = text_hash(&t, kind);
        if (!ny_marks_has(&s->m->mark[NY_MARK_HOT], h)) {
            sink_put(s, kind, h);
            narrowed = true;
        }
    }
    s->skipped += narrowed ? 0 : 1;
}

static void sink_add(struct key_sink *s, enum ny_key_kind kind, const struct key_text *t)
{
    uint64_t hash = text_hash(t, kind);

    if (!ny_marks_has(&s->m->mark[NY_MARK_HOT], hash)) {
        sink_put(s, kind, hash);
    } else if (kind != NY_KEY_B6) { /* common names are left to the keys that know the date */
        sink_put_narrowed(s, kind, hash);
    }
}

/* ---- by birth date: B0, or B1, B2 and B9 ---- */

static uint64_t date_number(ny_date d)
{
    return (uint64_t)(uint16_t)d.y * 10000 + (uint64_t)d.m * 100 + d.d;
}

static void add_date_and_name(struct key_sink *s, ny_date d)
{
    for (size_t i = 0; i < s->r->n_names; i++) {
        const struct ny_record_name *n = &s->r->names[i];
        char buf[NY_NAME_PART_MAX];
        struct key_text given = {.n = 0};
        struct key_text family = {.n = 0};

        text_number(&given, date_number(d));
        text_number(&family, date_number(d));
        text_add(&given, ny_kana_k4(cut_part(n->kana_given), buf));
        if (given.n > 8) {
            sink_add(s, NY_KEY_B1, &given);
        }
        text_add(&family, ny_kana_k4(cut_part(n->kana_family), buf));
        if (family.n > 8) {
            sink_add(s, NY_KEY_B2, &family);
        }
    }
}

static void add_date_and_postal(struct key_sink *s, ny_date d)
{
    for (size_t i = 0; i < s->r->n_addresses; i++) {
        struct key_text t = {.n = 0};

        if (s->r->addresses[i].postal != 0) {
            text_number(&t, date_number(d));
            text_number(&t, s->r->addresses[i].postal);
            sink_add(s, NY_KEY_B9, &t);
        }
    }
}

/* The record's own date: B0 finds all of it at once where it is on and not hot; B1 and B2 are
 * stored all the same, for others that look here with a changed date. */
static void add_date(struct key_sink *s, ny_date d, bool is_probe)
{
    struct key_text t = {.n = 0};
    bool whole = false;
    uint64_t hash;

    text_number(&t, date_number(d));
    hash = text_hash(&t, NY_KEY_B0);
    if (s->m->setting[NY_SETTING_b0] != 0) {
        bool january = s->m->setting[NY_SETTING_b0_january_hot] != 0 && d.m == 1 && d.d == 1;

        whole = !january && !ny_marks_has(&s->m->mark[NY_MARK_HOT], hash);
        if (whole) {
            sink_put(s, NY_KEY_B0, hash);
        } else {
            sink_put_narrowed(s, NY_KEY_B0, hash);
        }
    }
    if (!whole || !is_probe) {
        add_date_and_name(s, d);
    }
    if (!whole) {
        add_date_and_postal(s, d);
    }
}

/* ---- by names: B3 to B6 ---- */

/* B3 and B4 of one reading. */
static void add_reading(struct key_sink *s, ny_str reading, int shift)
{
    struct key_text year = {.n = 0};
    struct key_text day = {.n = 0};

    if (reading.n == 0) {
        return;
    }
    text_number(&year, (uint64_t)(int64_t)(s->r->birth.y + shift));
    text_add(&year, reading);
    sink_add(s, NY_KEY_B3, &year);
    if (shift == 0 && s->r->birth.precision == NY_DATE_DAY) {
        text_number(&day, s->r->birth.m * 100u + s->r->birth.d);
        text_add(&day, reading);
        sink_add(s, NY_KEY_B4, &day);
    }
}

/* The whole reading at k4, surname first or last: an unsplit name has it too. */
static void add_kana(struct key_sink *s, const struct ny_record_name *n, bool swapped, int shift)
{
    char joined[NY_NAME_PART_MAX * 2];
    char k4[NY_NAME_PART_MAX * 2];
    ny_str first = cut_part(swapped ? n->kana_given : n->kana_family);
    ny_str second = cut_part(swapped ? n->kana_family : n->kana_given);

    if (first.n == 0 || (second.n == 0 && !n->kana_unsplit)) {
        return; /* a surname alone blocks nothing */
    }
    memcpy(joined, first.p, first.n);
    if (second.n > 0) {
        memcpy(joined + first.n, second.p, second.n);
    }
    add_reading(s, ny_kana_k4(ny_str_of(joined, first.n + second.n), k4), shift);
}

/* A Latin name by its token bag; the blank keeps it apart from kana. */
static void add_bag(struct key_sink *s, const struct ny_record_name *n, int shift)
{
    char text[5] = {' '};

    if (n->latin_tokens.n == 0 || n->bag == 0) {
        return;
    }
    for (int i = 0; i < 4; i++) {
        text[i + 1] = (char)(n->bag >> (8 * i) & 0xFF);
    }
    add_reading(s, ny_str_of(text, sizeof(text)), shift);
}

/* B6 is off for listed names that are expected more often than the version allows, wherever they
 * were born: the value alone decides. */
static bool is_b6_on(const struct ny_match_model *m, ny_str family, ny_str given)
{
    int64_t max = m->setting[NY_SETTING_b6_block_b1024];
    int32_t f;
    int32_t g;

    if (max == 0 || !ny_tf_find(&m->tf, NY_TF_SURNAME_KANJI, NY_TF_CELL_ANY, family, &f) ||
        !ny_tf_find(&m->tf, NY_TF_GIVEN_KANJI, NY_TF_CELL_ANY, given, &g)) {
        return true;
    }
    return f + g + m->setting[NY_SETTING_population_b1024] <= max;
}

static void add_kanji(struct key_sink *s, const struct ny_record_name *n, bool swapped)
{
    ny_str first = cut_part(swapped ? n->kanji_given : n->kanji_family);
    ny_str second = cut_part(swapped ? n->kanji_family : n->kanji_given);
    struct key_text year = {.n = 0};
    struct key_text name = {.n = 0};

    if (first.n == 0 || (second.n == 0 && !n->kanji_unsplit) || n->kanji_wild) {
        return;
    }
    text_add(&name, first);
    text_add(&name, second);
    if (s->r->birth.precision != NY_DATE_NONE) {
        text_number(&year, (uint64_t)(int64_t)s->r->birth.y);
        text_add(&year, first);
        text_add(&year, second);
        sink_add(s, NY_KEY_B5, &year);
    }
    /* Which part is the surname of a swapped name is unknown: the rule reads it as it was sent. */
    if (is_b6_on(s->m, n->kanji_family, n->kanji_given) &&
        is_b6_on(s->m, n->kanji_given, n->kanji_family)) {
        sink_add(s, NY_KEY_B6, &name);
    }
}

static void add_names(struct key_sink *s, bool is_probe)
{
    for (size_t i = 0; i < s->r->n_names; i++) {
        const struct ny_record_name *n = &s->r->names[i];
        bool both_orders = is_probe || n->latin_tokens.n > 0;

        if (s->r->birth.precision != NY_DATE_NONE) {
            add_kana(s, n, false, 0);
            add_bag(s, n, 0);
        }
        add_kanji(s, n, false);
        if (both_orders && s->r->birth.precision != NY_DATE_NONE) {
            add_kana(s, n, true, 0);
        }
        if (both_orders) {
            add_kanji(s, n, true);
        }
    }
}

/* ---- by phone and insurance: B7, B8 ---- */

static void add_contacts(struct key_sink *s)
{
    const struct ny_record *r = s->r;

    for (size_t i = 0; i < r->n_phones && r->birth.precision != NY_DATE_NONE; i++) {
        struct key_text t = {.n = 0};

        if (!ny_marks_has(&s->m->mark[NY_MARK_SHARED_PHONE], r->phones[i])) {
            text_number(&t, r->phones[i]);
            text_number(&t, (uint64_t)(int64_t)r->birth.y);
            sink_add(s, NY_KEY_B7, &t);
        }
    }
    for (size_t i = 0; i < r->n_insurances; i++) {
        const struct ny_record_insurance *in = &r->insurances[i];
        bool late_stage = in->insurer / 1000000 == LAW_LATE_STAGE;
        struct key_text t = {.n = 0};

        if (in->insurer != 0 && in->number != 0) {
            text_number(&t, late_stage ? in->insurer / 10000 : in->insurer);
            text_number(&t, in->number);
            sink_add(s, NY_KEY_B8, &t);
        }
    }
}

static void add_own(struct key_sink *s, bool is_probe)
{
    if (s->r->birth.precision == NY_DATE_DAY) {
        add_date(s, s->r->birth, is_probe);
    }
    add_contacts(s);
    add_names(s, is_probe);
}

size_t ny_match_keys(const struct ny_match_model *m, const struct ny_record *r,
                     struct ny_key out[NY_KEYS_MAX], unsigned *skipped)
{
    struct key_sink s = {.m = m, .r = r, .out = out, .max = NY_KEYS_MAX};

    if (!ny_record_stands_alone(r)) {
        add_own(&s, false);
    }
    *skipped = s.skipped;
    return s.n;
}

/* ---- probes ---- */

static void add_changed_date(struct key_sink *s, int y, int month, int day)
{
    ny_date d = {.y = (int16_t)y, .m = (uint8_t)month, .d = (uint8_t)day, .precision = NY_DATE_DAY};

    if (y >= YEAR_FIRST && y <= YEAR_LAST && ny_date_is_valid(y, month, day)) {
        add_date_and_name(s, d); /* the date is not its own, so a name must agree */
    }
}

size_t ny_match_probes(const struct ny_match_model *m, const struct ny_record *r,
                       struct ny_key out[NY_PROBES_MAX])
{
    struct key_sink s = {.m = m, .r = r, .out = out, .max = NY_PROBES_MAX};
    const int16_t *shifts;
    size_t n = ny_text_era_shifts(&shifts);

    if (ny_record_stands_alone(r)) {
        return 0;
    }
    add_own(&s, true);
    for (size_t i = 0; i < r->n_names && r->birth.precision != NY_DATE_NONE; i++) {
        for (int shift = -1; shift <= 1; shift += 2) {
            add_kana(&s, &r->names[i], false, shift);
            if (r->names[i].latin_tokens.n > 0) { /* it is stored in both orders: mutual */
                add_kana(&s, &r->names[i], true, shift);
            }
            add_bag(&s, &r->names[i], shift);
        }
    }
    if (r->birth.precision == NY_DATE_DAY) {
        if (r->birth.m != r->birth.d && r->birth.d <= 12) {
            add_changed_date(&s, r->birth.y, r->birth.d, r->birth.m);
        }
        for (size_t i = 0; i < n; i++) {
            add_changed_date(&s, r->birth.y + shifts[i], r->birth.m, r->birth.d);
            add_changed_date(&s, r->birth.y - shifts[i], r->birth.m, r->birth.d);
        }
    }
    return s.n;
}
