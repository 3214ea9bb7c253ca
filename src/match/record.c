/* The packed record, and its way back.
 *
 *   byte  0  norm version        1  sex: 0, 'F', 'M'      2  birth order
 *         3  flags (2)           5  birth year (2)        7  month   8  day       0 = unknown
 *         9  first day (2)      11  last day (2)         13  day of death (2, 65535 = none)
 *        15  names              16  addresses | phones << 4         17  insurances
 *   name       bits (1: kanji unsplit, 2 kana unsplit, 4 wild, 8 kanji is kana, 16 has latin)
 *              type (1), kanji family, kanji given, kana family, kana given: lengths (1 each)
 *              [latin length (1)] bag (4), then the bytes in the same order
 *   address    bits of what is there (1: postal, 2 municipality, 4 town, 8 digits, 16 room),
 *              postal (3), the others (4 each), first day (2)
 *   phone      number (5)
 *   insurance  insurer (4), branch (1), number (8), from (2), to (2)
 *
 * Numbers are little-endian. Days count from 1970 and stop at 0 and 65534. */

#include "record_priv.h"

enum {
    HEAD = 18,
    NAME_HEAD = 6,
    BAG = 4,
    PHONE = 5,
    INSURANCE = 17,
    ADDRESS_PARTS = 5,
    DAY_MAX = 65534,
    DAY_NONE = 65535,
    NAME_BITS = 31
};

/* ---- pack ---- */

static void put(struct ny_buf *b, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        ny_buf_add_char(b, (char)(v >> (8 * i) & 0xFF));
    }
}

static void put_day(struct ny_buf *b, int32_t day)
{
    int32_t d = day < 0 ? 0 : day;

    put(b, (uint64_t)(d > DAY_MAX ? DAY_MAX : d), 2);
}

static void name_put(struct ny_buf *b, const struct ny_record_name *n)
{
    const ny_str parts[] = {n->kanji_family, n->kanji_given, n->kana_family, n->kana_given,
                            n->latin_tokens};
    bool latin = n->latin_tokens.n > 0;

    put(b,
        (uint64_t)n->kanji_unsplit | (uint64_t)n->kana_unsplit << 1 | (uint64_t)n->kanji_wild << 2 |
            (uint64_t)n->kanji_is_kana << 3 | (uint64_t)latin << 4,
        1);
    put(b, n->type, 1);
    for (size_t i = 0; i < (latin ? 5u : 4u); i++) {
        NY_ASSERT(parts[i].n <= NY_NAME_PART_MAX);
        put(b, parts[i].n, 1);
    }
    put(b, n->bag, BAG);
    for (size_t i = 0; i < NY_ARRAY_LEN(parts); i++) {
        ny_buf_add(b, parts[i]);
    }
}

static void address_put(struct ny_buf *b, const struct ny_record_address *a)
{
    const uint32_t parts[ADDRESS_PARTS] = {a->postal, a->municipality, a->town, a->digits, a->room};
    unsigned bits = 0;

    for (int i = 0; i < ADDRESS_PARTS; i++) {
        bits |= parts[i] != 0 ? 1U << i : 0;
    }
    put(b, bits, 1);
    for (int i = 0; i < ADDRESS_PARTS; i++) {
        if (parts[i] != 0) {
            put(b, parts[i], i == 0 ? 3 : 4);
        }
    }
    put_day(b, a->first_day);
}

ny_rc ny_record_encode(struct ny_arena *a, const struct ny_record *r, ny_str *out)
{
    struct ny_buf b;

    ny_buf_init(&b, a);
    put(&b, NY_TEXT_NORM_VERSION, 1);
    put(&b, (uint64_t)(uint8_t)r->sex, 1);
    put(&b, r->birth_order, 1);
    put(&b, r->flags, 2);
    put(&b, (uint64_t)(uint16_t)r->birth.y, 2);
    put(&b, r->birth.m, 1);
    put(&b, r->birth.d, 1);
    put_day(&b, r->first_day);
    put_day(&b, r->last_day);
    if (r->death_day == INT32_MAX) {
        put(&b, DAY_NONE, 2);
    } else {
        put_day(&b, r->death_day);
    }
    put(&b, r->n_names, 1);
    put(&b, (uint64_t)r->n_addresses | (uint64_t)r->n_phones << 4, 1);
    put(&b, r->n_insurances, 1);
    for (size_t i = 0; i < r->n_names; i++) {
        name_put(&b, &r->names[i]);
    }
    for (size_t i = 0; i < r->n_addresses; i++) {
        address_put(&b, &r->addresses[i]);
    }
    for (size_t i = 0; i < r->n_phones; i++) {
        put(&b, r->phones[i], PHONE);
    }
    for (size_t i = 0; i < r->n_insurances; i++) {
        const struct ny_record_insurance *in = &r->insurances[i];

        put(&b, in->insurer, 4);
        put(&b, (uint8_t)in->branch, 1);
        put(&b, in->number, 8);
        put_day(&b, in->from_day);
        put_day(&b, in->to_day);
    }
    return ny_buf_end(&b, out);
}

/* ---- unpack ---- */

struct cursor {
    const uint8_t *p;
    size_t n;
};

static inline uint32_t get2(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t get4(const uint8_t *p)
{
    return get2(p) | get2(p + 2) << 16;
}

/* True and the next n bytes. */
static inline bool take(struct cursor *c, size_t n, const uint8_t **out)
{
    if (n > c->n) {
        return false;
    }
    *out = c->p;
    c->p += n;
    c->n -= n;
    return true;
}

static bool name_get(struct cursor *c, struct ny_record_name *n)
{
    const uint8_t *head = NULL;
    const uint8_t *p = NULL;
    uint8_t latin_n = 0;
    size_t total;

    if (!take(c, NAME_HEAD, &head) || head[0] > NAME_BITS) {
        return false;
    }
    if ((head[0] & 16) != 0) {
        if (!take(c, 1, &p) || *p == 0) {
            return false;
        }
        latin_n = *p;
    }
    total = (size_t)BAG + head[2] + head[3] + head[4] + head[5] + latin_n;
    if (head[2] > NY_NAME_PART_MAX || head[3] > NY_NAME_PART_MAX || head[4] > NY_NAME_PART_MAX ||
        head[5] > NY_NAME_PART_MAX || latin_n > NY_NAME_PART_MAX || !take(c, total, &p)) {
        return false;
    }
    n->type = head[1];
    n->kanji_unsplit = (head[0] & 1) != 0;
    n->kana_unsplit = (head[0] & 2) != 0;
    n->kanji_wild = (head[0] & 4) != 0;
    n->kanji_is_kana = (head[0] & 8) != 0;
    n->bag = get4(p);
    p += BAG;
    n->kanji_family = ny_str_of((const char *)p, head[2]);
    p += head[2];
    n->kanji_given = ny_str_of((const char *)p, head[3]);
    p += head[3];
    n->kana_family = ny_str_of((const char *)p, head[4]);
    p += head[4];
    n->kana_given = ny_str_of((const char *)p, head[5]);
    p += head[5];
    n->latin_tokens = ny_str_of((const char *)p, latin_n);
    return true;
}

static bool address_get(struct cursor *c, struct ny_record_address *a)
{
    uint32_t parts[ADDRESS_PARTS] = {0};
    const uint8_t *p;
    unsigned bits;

    if (!take(c, 1, &p) || *p >= 1U << ADDRESS_PARTS) {
        return false;
    }
    bits = *p;
    for (int i = 0; i < ADDRESS_PARTS; i++) {
        if ((bits >> i & 1U) == 0) {
            continue;
        }
        if (!take(c, i == 0 ? 3 : 4, &p)) {
            return false;
        }
        parts[i] = i == 0 ? get2(p) | (uint32_t)p[2] << 16 : get4(p);
    }
    if (!take(c, 2, &p)) {
        return false;
    }
    *a = (struct ny_record_address){parts[0], parts[1], parts[2],
                                    parts[3], parts[4], (int32_t)get2(p)};
    return true;
}

static bool contacts_get(struct cursor *c, struct ny_record *r)
{
    const uint8_t *p;

    for (size_t i = 0; i < r->n_addresses; i++) {
        if (!address_get(c, &r->addresses[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < r->n_phones; i++) {
        if (!take(c, PHONE, &p)) {
            return false;
        }
        r->phones[i] = get4(p) | (uint64_t)p[4] << 32;
    }
    for (size_t i = 0; i < r->n_insurances; i++) {
        if (!take(c, INSURANCE, &p)) {
            return false;
        }
        r->insurances[i] =
            (struct ny_record_insurance){.insurer = get4(p),
                                         .branch = (int8_t)p[4],
                                         .number = get4(p + 5) | (uint64_t)get4(p + 9) << 32,
                                         .from_day = (int32_t)get2(p + 13),
                                         .to_day = (int32_t)get2(p + 15)};
    }
    return true;
}

/* The birth date of the head; false when it is none. */
static bool birth_get(const uint8_t *p, ny_date *out)
{
    ny_date d = {.y = (int16_t)get2(p), .m = p[2], .d = p[3]};

    if (d.y < 0 || d.m > 12 || d.d > 31 || (d.y == 0 && d.m != 0) || (d.m == 0 && d.d != 0)) {
        return false;
    }
    d.precision = d.y == 0   ? NY_DATE_NONE
                  : d.m == 0 ? NY_DATE_YEAR
                  : d.d == 0 ? NY_DATE_MONTH
                             : NY_DATE_DAY;
    *out = d;
    return true;
}

static bool head_get(const uint8_t *p, struct ny_record *r)
{
    if (p[0] < NY_RECORD_NORM_OLDEST || p[0] > NY_TEXT_NORM_VERSION ||
        (p[1] != 0 && p[1] != 'F' && p[1] != 'M') || !birth_get(p + 5, &r->birth)) {
        return false;
    }
    r->sex = (char)p[1];
    r->birth_order = p[2];
    r->flags = (uint16_t)get2(p + 3);
    r->first_day = (int32_t)get2(p + 9);
    r->last_day = (int32_t)get2(p + 11);
    r->death_day = get2(p + 13) == DAY_NONE ? INT32_MAX : (int32_t)get2(p + 13);
    r->n_names = p[15];
    r->n_addresses = p[16] & 15;
    r->n_phones = p[16] >> 4;
    r->n_insurances = p[17];
    return r->n_names <= NY_RECORD_NAMES_MAX && r->n_addresses <= NY_RECORD_CONTACTS_MAX &&
           r->n_phones <= NY_RECORD_CONTACTS_MAX && r->n_insurances <= NY_RECORD_CONTACTS_MAX;
}

ny_rc ny_record_unpack(ny_str packed, struct ny_record *out)
{
    struct cursor c = {.p = (const uint8_t *)packed.p, .n = packed.n};
    const uint8_t *head;

    if (!take(&c, HEAD, &head) || !head_get(head, out)) {
        return NY_ESYNTAX;
    }
    for (size_t i = 0; i < out->n_names; i++) {
        if (!name_get(&c, &out->names[i])) {
            return NY_ESYNTAX;
        }
    }
    return contacts_get(&c, out) && c.n == 0 ? NY_OK : NY_ESYNTAX;
}

bool ny_record_is_older(ny_str packed)
{
    return packed.n > 0 && (uint8_t)packed.p[0] < NY_TEXT_NORM_VERSION;
}

bool ny_record_stands_alone(const struct ny_record *r)
{
    return (r->flags & (NY_RECORD_TEST | NY_RECORD_UNKNOWN_NAME | NY_RECORD_IDENTITY_UNKNOWN |
                        NY_RECORD_GONE)) != 0;
}
