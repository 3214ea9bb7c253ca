/* module: match
 * Two records written by the input, scored in both orders: the same answer, and probes that are
 * mutual. The input is a row of choices: every byte picks the next value of a small world. */

#include "nayose/match.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const kanji[] = {"",
                                    "山",
                                    "山田",
                                    "井上",
                                    "井ノ上",
                                    "斎藤",
                                    "斉藤",
                                    "さくら",
                                    "\xEF\xBF\xBD田",
                                    "凜",
                                    "凛",
                                    "太郎",
                                    "\xF0\xA0\xAE\xB7野"};
static const char *const kana[] = {"",
                                   "\x44\x3E\x20",
                                   "\x1F\x4D\x06",
                                   "\x1F\x4D",
                                   "\x0A\x0A\x2E",
                                   "\x0A\x2E",
                                   "\x5C\x06",
                                   "\x45",
                                   "\x2A\x0B\x18\x3E",
                                   "\x2A\x0B\x17\x3E",
                                   "\x1F\x4D\x06\x1F\x4D\x06"};

struct input {
    const uint8_t *p;
    size_t n;
};

static unsigned next(struct input *in, unsigned sides)
{
    if (in->n == 0) {
        return 0;
    }
    in->n--;
    return *in->p++ % sides;
}

static ny_str pick(struct input *in, const char *const *list, size_t n)
{
    return ny_str_from_c(list[next(in, (unsigned)n)]);
}

static void name_make(struct input *in, struct ny_record_name *n)
{
    *n = (struct ny_record_name){0};
    n->kanji_family = pick(in, kanji, NY_ARRAY_LEN(kanji));
    n->kanji_given = pick(in, kanji, NY_ARRAY_LEN(kanji));
    n->kana_family = pick(in, kana, NY_ARRAY_LEN(kana));
    n->kana_given = pick(in, kana, NY_ARRAY_LEN(kana));
    n->kanji_unsplit = n->kanji_family.n > 0 && n->kanji_given.n == 0 && next(in, 2) == 1;
    n->kana_unsplit = n->kana_family.n > 0 && n->kana_given.n == 0 && next(in, 2) == 1;
    n->kanji_wild = true;
    n->bag = next(in, 4);
    n->latin_tokens = n->bag != 0 && next(in, 2) == 1 ? NY_S("X") : NY_STR_NONE;
}

static void record_make(struct input *in, struct ny_record *r)
{
    static const char sexes[] = {0, 'F', 'M'};
    uint8_t precision = (uint8_t)next(in, 4);

    r->sex = sexes[next(in, 3)];
    r->flags = (uint16_t)next(in, 128);
    r->birth_order = (uint8_t)next(in, 3);
    r->birth = (ny_date){.precision = precision};
    r->birth.y = (int16_t)(precision > 0 ? 1900 + next(in, 120) : 0);
    r->birth.m = (uint8_t)(precision > 1 ? 1 + next(in, 12) : 0);
    r->birth.d = (uint8_t)(precision > 2 ? 1 + next(in, 28) : 0);
    r->first_day = (int32_t)next(in, 100);
    r->last_day = r->first_day + (int32_t)next(in, 100);
    r->death_day = next(in, 4) == 0 ? (int32_t)next(in, 200) : INT32_MAX;
    r->n_names = (uint8_t)next(in, 4);
    for (size_t i = 0; i < r->n_names; i++) {
        name_make(in, &r->names[i]);
    }
    r->n_addresses = (uint8_t)next(in, 4);
    for (size_t i = 0; i < r->n_addresses; i++) {
        r->addresses[i] = (struct ny_record_address){next(in, 3), next(in, 3), next(in, 3),
                                                     next(in, 3), next(in, 3), 0};
    }
    r->n_phones = (uint8_t)next(in, 3);
    for (size_t i = 0; i < r->n_phones; i++) {
        r->phones[i] = 1 + next(in, 4);
    }
    r->n_insurances = (uint8_t)next(in, 4);
    for (size_t i = 0; i < r->n_insurances; i++) {
        r->insurances[i] = (struct ny_record_insurance){
            .insurer = next(in, 2) == 0 ? 33120015 : 39120000 + next(in, 3) * 5000,
            .branch = (int8_t)((int)next(in, 4) - 1),
            .number = next(in, 3),
            .from_day = (int32_t)next(in, 100),
            .to_day = (int32_t)next(in, 200)};
    }
}

static bool finds(const struct ny_match_model *m, const struct ny_record *a,
                  const struct ny_record *b)
{
    static struct ny_key probes[NY_PROBES_MAX];
    static struct ny_key keys[NY_KEYS_MAX];
    unsigned skipped;
    size_t n = ny_match_probes(m, a, probes);
    size_t k = ny_match_keys(m, b, keys, &skipped);

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < k; j++) {
            if (probes[i].hash == keys[j].hash && probes[i].kind == keys[j].kind) {
                return true;
            }
        }
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ny_match_model *m;
    static struct ny_record a;
    static struct ny_record b;
    struct input in = {data, size};
    struct ny_score x;
    struct ny_score y;
    bool same;

    if (m == NULL) {
        struct ny_match_settings s;

        ny_match_settings_default(&s);
        m = ny_match_model_create_v1(&s);
    }
    same = next(&in, 2) == 1;
    record_make(&in, &a);
    record_make(&in, &b);
    ny_match_score(m, &a, &b, same, &x);
    ny_match_score(m, &b, &a, same, &y);
    NY_ASSERT(x.total_b1024 == y.total_b1024 && x.guards == y.guards);
    NY_ASSERT(memcmp(x.level, y.level, sizeof(x.level)) == 0);
    NY_ASSERT(ny_match_band(m, &x) == ny_match_band(m, &y));
    NY_ASSERT(finds(m, &a, &b) == finds(m, &b, &a));
    return 0;
}
