/* A synthetic region: real municipality names with invented numbers, so that no line of it is
 * anybody's home. Municipality i has a share of about 1/(i+2), as the sizes of towns have. */

#include "places.h"

#include "text.h"

#include "nayose/base.h"

struct municipality {
    const char *prefecture, *city, *postal3, *area;
    unsigned prefecture_number;
};

static const struct municipality municipalities[] = {
#define POP_MUNICIPALITY(prefecture, city, postal3, area, number)                                  \
    {prefecture, city, postal3, area, number},
#include "tbl/municipalities.def"
#undef POP_MUNICIPALITY
};

static const char *const towns[] = {
#define POP_TOWN(name) name,
#include "tbl/towns.def"
#undef POP_TOWN
};

static const char *const buildings[] = {
    "",           "コーポ",         "ハイツ", "メゾン",     "グランドハイム",
    "県営住宅",   "レジデンス富士", "第二",   "サンハイツ", "ライオンズ荘",
    "マンション",
};

static uint8_t municipality_draw(struct pop_rng *r)
{
    uint32_t total = 0;
    uint32_t v;

    for (uint32_t i = 0; i < NY_ARRAY_LEN(municipalities); i++) {
        total += 100000 / (i + 2);
    }
    v = pop_rng_below(r, total);
    for (uint32_t i = 0;; i++) {
        if (v < 100000 / (i + 2)) {
            return (uint8_t)i;
        }
        v -= 100000 / (i + 2);
    }
}

static void home_draw(struct pop_rng *r, uint8_t municipality, struct pop_address *out)
{
    *out = (struct pop_address){.municipality = municipality};
    out->town = (uint8_t)pop_rng_below(r, NY_ARRAY_LEN(towns));
    out->chome = (uint8_t)pop_rng_between(r, 1, 9);
    if (pop_rng_chance(r, .4)) { /* flats: few lots, many rooms */
        out->ban = (uint8_t)pop_rng_between(r, 1, 12);
        out->go = (uint8_t)pop_rng_between(r, 1, 3);
        out->building =
            (uint8_t)(1 + (out->ban * 3U + out->go + out->town) % (NY_ARRAY_LEN(buildings) - 1));
        out->room = (uint16_t)(pop_rng_between(r, 1, 9) * 100);
        out->room = (uint16_t)(out->room + pop_rng_between(r, 1, 12));
    } else {
        out->ban = (uint8_t)pop_rng_between(r, 13, 60);
        out->go = (uint8_t)pop_rng_between(r, 1, 35);
    }
}

void pop_address_draw(struct pop_rng *r, struct pop_address *out)
{
    home_draw(r, municipality_draw(r), out);
}

void pop_address_move(struct pop_rng *r, const struct pop_address *from, struct pop_address *out)
{
    home_draw(r, pop_rng_chance(r, .5) ? from->municipality : municipality_draw(r), out);
}

void pop_address_postal(const struct pop_address *a, char out[8])
{
    out[0] = '\0';
    pop_cat(out, 8, municipalities[a->municipality].postal3);
    pop_cat_number(out, 8, (a->municipality * 331U + a->town * 17U + 1) % 10000, 4);
}

void pop_address_key(const struct pop_address *a, char *out, size_t cap)
{
    char postal[8];

    pop_address_postal(a, postal);
    out[0] = '\0';
    POP_CAT(out, cap, postal, ":");
    pop_cat_number(out, cap, a->chome, 1);
    pop_cat(out, cap, "-");
    pop_cat_number(out, cap, a->ban, 1);
    pop_cat(out, cap, "-");
    pop_cat_number(out, cap, a->go, 1);
}

const char *pop_address_prefecture(const struct pop_address *a)
{
    return municipalities[a->municipality].prefecture;
}

const char *pop_address_city(const struct pop_address *a)
{
    return municipalities[a->municipality].city;
}

unsigned pop_address_prefecture_number(const struct pop_address *a)
{
    return municipalities[a->municipality].prefecture_number;
}

/* ヶ is also written ケ or が; ノ also 之 or の. */
static void write_town(const char *town, struct pop_rng *r, char *out, size_t cap)
{
    static const char *const ga[] = {"ヶ", "ヶ", "ケ", "が"};
    static const char *const no[] = {"ノ", "ノ", "之", "の"};

    for (const char *p = town; *p != '\0'; p += pop_char_len(p)) {
        uint32_t cp = pop_code_point(p);

        if (cp == 0x30F6) {
            pop_cat(out, cap, ga[pop_rng_below(r, 4)]);
        } else if (cp == 0x30CE) {
            pop_cat(out, cap, no[pop_rng_below(r, 4)]);
        } else {
            pop_cat_code_point(out, cap, cp);
        }
    }
}

static void write_numbers(const struct pop_address *a, enum pop_address_style style, bool in_jis,
                          char *out, size_t cap)
{
    char digits[48] = "";
    char wide[96];
    char chome[16];

    switch (style) {
    case POP_ADDRESS_KANJI_CHOME:
        pop_kanji_number(chome, sizeof chome, a->chome);
        pop_catf(out, cap, "%s丁目%u番%u号", chome, a->ban, a->go);
        return;
    case POP_ADDRESS_NO_PREFECTURE:
        pop_catf(out, cap, "%u丁目%u-%u", a->chome, a->ban, a->go);
        return;
    case POP_ADDRESS_FULL_WIDTH:
        pop_catf(digits, sizeof digits, "%u-%u-%u", a->chome, a->ban, a->go);
        break;
    case POP_ADDRESS_BANCHI:
        pop_catf(digits, sizeof digits, "%u丁目%u番地の%u", a->chome, a->ban, a->go);
        break;
    case POP_ADDRESS_HYPHEN:
    case POP_ADDRESS_SPLIT:
    case POP_ADDRESS_STYLE_COUNT:
        pop_catf(out, cap, "%u-%u-%u", a->chome, a->ban, a->go);
        return;
    }
    pop_full_width(wide, sizeof wide, digits, in_jis);
    pop_cat(out, cap, wide);
}

void pop_address_write_street(const struct pop_address *a, enum pop_address_style style,
                              bool in_jis, struct pop_rng *r, char *out, size_t cap)
{
    char room[16] = "";
    char wide[48];

    write_town(towns[a->town], r, out, cap);
    write_numbers(a, style, in_jis, out, cap);
    if (a->building == 0 || pop_rng_chance(r, .12)) {
        return; /* a house, or the clerk leaves the building out */
    }
    pop_catf(room, sizeof room, "%u", a->room);
    if (style == POP_ADDRESS_FULL_WIDTH || style == POP_ADDRESS_BANCHI) {
        pop_full_width(wide, sizeof wide, room, in_jis);
        pop_catf(out, cap, "　%s%s　%s号室", buildings[a->building], towns[a->town], wide);
    } else {
        pop_catf(out, cap, " %s%s%s", buildings[a->building], towns[a->town], room);
    }
}

void pop_phone_fixed(uint64_t key, const struct pop_address *a, char out[12])
{
    struct pop_rng r = {key};
    const char *area = municipalities[a->municipality].area;
    uint32_t scale = 1;
    int32_t first;

    for (size_t n = strlen(area) + 1; n < 10; n++) {
        scale *= 10;
    }
    first = pop_rng_between(&r, 2, 9);
    out[0] = '\0';
    pop_cat(out, 12, area);
    pop_cat_number(out, 12, (uint32_t)first, 1);
    pop_cat_number(out, 12, pop_rng_below(&r, scale), (unsigned)(9 - strlen(area)));
}

void pop_phone_mobile(uint64_t key, char out[12])
{
    struct pop_rng r = {key};
    static const char *const prefix[] = {"090", "080", "070"};

    out[0] = '\0';
    pop_cat(out, 12, prefix[pop_rng_below(&r, 3)]);
    pop_cat_number(out, 12, pop_rng_below(&r, 90000000) + 10000000, 8);
}
