/* module: text
 * The normalisers: whatever comes in, what goes out is valid UTF-8, bounded, and folds to itself.
 * The input is cut into name parts at each vertical bar. */

#include <stdlib.h>

#include "nayose/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4096, PARTS = 7, GROWTH = 32 };

#define CHECK(cond) ((cond) ? (void)0 : abort())

typedef ny_rc (*fold_fn)(struct ny_arena *a, ny_str in, ny_str *out);

static const fold_fn folds[] = {
    ny_text_fold,    ny_text_kana_k1,    ny_text_kana_k2,          ny_text_kana_k3,
    ny_text_kana_k4, ny_text_kanji_fold, ny_text_kanji_without_no, ny_text_latin_fold,
};

static void check_text(struct ny_arena *a, ny_str s, size_t in_size)
{
    ny_str copy;

    CHECK(s.n <= in_size * GROWTH + 64);
    CHECK(ny_text_kana_k2(a, s, &copy) == NY_OK); /* decodes strictly */
}

static void fuzz_folds(struct ny_arena *a, ny_str in)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(folds); i++) {
        ny_str out = NY_STR_NONE;
        ny_str again = NY_STR_NONE;

        if (folds[i](a, in, &out) != NY_OK) {
            CHECK(out.p == NULL);
            continue;
        }
        check_text(a, out, in.n);
        if (out.n <= NY_TEXT_MAX) {
            CHECK(folds[i](a, out, &again) == NY_OK && ny_str_equals(out, again));
        }
    }
}

static void fuzz_kana_to_latin(struct ny_arena *a, ny_str in)
{
    ny_str out;
    ny_str again;

    if (ny_text_kana_to_latin(a, in, &out) == NY_OK) {
        CHECK(ny_text_latin_fold(a, out, &again) == NY_OK && ny_str_equals(out, again));
    }
}

static void fuzz_name(struct ny_arena *a, const ny_str *p)
{
    struct ny_text_name_raw raw = {
        .kanji = {p[0], p[1], p[6]},
          .kana = {p[2], p[3], p[6]},
          .latin = {p[4], p[5], p[6]}
    };
    struct ny_text_name_hints hints = {.mother_given_kana = p[6], .age_days = 3};
    struct ny_text_name n;
    struct ny_text_name m;
    size_t size = 0;

    for (size_t i = 0; i < PARTS; i++) {
        size += p[i].n;
    }
    if (ny_text_name_fold(a, &raw, &hints, &n) != NY_OK) {
        return;
    }
    check_text(a, n.kanji_family, size);
    check_text(a, n.kanji_given, size);
    check_text(a, n.kana_family, size);
    check_text(a, n.kana_given, size);
    check_text(a, n.latin_tokens, size);
    check_text(a, n.former_family_kanji, size);
    raw = (struct ny_text_name_raw){
        .kanji = {n.kanji_family, n.kanji_given, NY_STR_NONE}
    };
    if (n.name_class == NY_NAME_NORMAL && ny_text_name_fold(a, &raw, NULL, &m) == NY_OK) {
        CHECK(ny_str_equals(n.kanji_family, m.kanji_family));
        CHECK(ny_str_equals(n.kanji_given, m.kanji_given));
    }
}

static void fuzz_address(struct ny_arena *a, ny_str whole, ny_str postal)
{
    struct ny_text_address r;

    if (ny_text_address_fold(a, whole, postal, &r) == NY_OK) {
        check_text(a, r.municipality, whole.n);
        check_text(a, r.town, whole.n);
        check_text(a, r.digits, whole.n);
        check_text(a, r.building, whole.n);
        check_text(a, r.room, whole.n);
        CHECK(r.postal < 9999999);
    }
}

static void fuzz_insurance(struct ny_arena *a, const ny_str *p)
{
    struct ny_text_insurance r;
    struct ny_text_insurance again;

    if (ny_text_insurance_fold(a, p[0], p[1], p[2], p[3], &r) == NY_OK) {
        CHECK(r.insurer <= 99999999 && r.branch >= -1 && r.branch <= 99);
        CHECK(ny_text_insurance_fold(a, p[0], r.symbol, r.number, p[3], &again) == NY_OK);
        CHECK(ny_str_equals(r.symbol, again.symbol) && ny_str_equals(r.number, again.number));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ny_arena *a;
    ny_str rest = {(const char *)data, size};
    ny_str parts[PARTS] = {0};
    struct ny_text_phone phone;

    if (size > INPUT_MAX) {
        return 0;
    }
    a = ny_arena_create(0);
    for (size_t i = 0; i < PARTS && rest.p != NULL; i++) {
        parts[i] = i + 1 < PARTS ? ny_str_split(&rest, '|') : rest;
    }
    for (size_t i = 0; i < PARTS; i++) {
        fuzz_folds(a, parts[i]);
        fuzz_kana_to_latin(a, parts[i]);
        phone = ny_text_phone_fold(parts[i]);
        CHECK(phone.number == 0 || (phone.number >= 1000000000 && phone.number < 110000000000));
        (void)ny_text_sex(parts[i]);
        (void)ny_text_script_of(parts[i]);
    }
    fuzz_name(a, parts);
    fuzz_address(a, parts[0], parts[1]);
    fuzz_insurance(a, parts);
    ny_arena_destroy(a);
    return 0;
}
