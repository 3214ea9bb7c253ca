/* text: Japanese text as people write it, folded to forms that can be compared.
 * Pure: bytes in, bytes in the caller's arena out. Character sets are in text_charset.h.
 * Sections: any text · kana · kanji · names · latin · birth dates · phone · address · insurance ·
 * sex. Spec: the project's matching rules 1.1–1.9; every function is idempotent on its own output.
 */
#ifndef NAYOSE_TEXT_H
#define NAYOSE_TEXT_H

#include "nayose/base.h"

/* Version of everything in this face, and of what a record takes from a patient. It is raised with
 * every change after which the same patient may give another record; records that were packed
 * before are still read (NY_RECORD_NORM_OLDEST), counted, and packed anew by `nayose rebuild`.
 *   2  PID-32 is read as several codes (`US~AL`) */
#define NY_TEXT_NORM_VERSION 2

/* One folded character that matches any other (〓 ■ * ? U+FFFD, private use …): U+FFFD in UTF-8. */
#define NY_TEXT_WILDCARD "\xEF\xBF\xBD"

/* Longest text that any function here takes, in bytes; more is NY_ELIMIT. */
enum { NY_TEXT_MAX = 65536 };

/* ---- any text (1.1) ---- */

/* Steps 2 to 6 of 1.1: selectors and format characters dropped, NFKC, dashes to '-', blanks
 * collapsed and trimmed; control characters count as blanks. out: arena.
 * Errors, here and below: NY_ECHARSET when in is not valid UTF-8; NY_ELIMIT above NY_TEXT_MAX or at
 * the arena's cap. Empty text gives an empty text. */
NY_MUST_USE ny_rc ny_text_fold(struct ny_arena *a, ny_str in, ny_str *out);
/* Next code point at *i (advanced), or UINT32_MAX for a malformed byte or the end. */
uint32_t ny_cp_next(ny_str s, size_t *i);

/* One private-use code point of a facility and the character it prints there. */
struct ny_text_private {
    uint32_t from;
    uint32_t to;
};
/* Replaces the private-use code points of in that stand in rows [n]; others stay and become
 * wildcards in the kanji fold. To be called before any fold, with the source's table.
 * out: arena. Errors: NY_ECHARSET, NY_ELIMIT. Spec: matching rules 1.2. */
NY_MUST_USE ny_rc ny_text_private_map(struct ny_arena *a, ny_str in,
                                      const struct ny_text_private *rows, size_t n, ny_str *out);

/* ---- kana (1.3): each form is a function of the one before ----
 * k1 takes anything: hiragana, half-width kana with its marks, iteration marks; a dash behind a
 * kana is ー; what is no kana is dropped. */

NY_MUST_USE ny_rc ny_text_kana_k1(struct ny_arena *a, ny_str in, ny_str *out); /* from raw text */
NY_MUST_USE ny_rc ny_text_kana_k2(struct ny_arena *a, ny_str k1, ny_str *out);
NY_MUST_USE ny_rc ny_text_kana_k3(struct ny_arena *a, ny_str k2, ny_str *out);
NY_MUST_USE ny_rc ny_text_kana_k4(struct ny_arena *a, ny_str k3, ny_str *out);

/* ---- kanji (1.2) ---- */

/* Any-text fold, itaiji class `same`, iteration marks, ヶ between ideographs, wildcards; voiced
 * marks that found no kana are dropped. Blanks stay single. */
NY_MUST_USE ny_rc ny_text_kanji_fold(struct ny_arena *a, ny_str in, ny_str *out);
/* The second surname key: ノ の 之 乃 between two ideographs of a folded surname removed. */
NY_MUST_USE ny_rc ny_text_kanji_without_no(struct ny_arena *a, ny_str folded, ny_str *out);
/* True when two code points are a `near` pair (斎/斉, 凜/凛), in either order; never folded. */
bool ny_text_kanji_is_near(uint32_t a, uint32_t b);
/* What stands for the variant (髙 → 高) or 0 when cp is not a `same` variant; for explanations. */
uint32_t ny_text_kanji_base(uint32_t cp);

/* ---- names (1.4) ---- */

enum ny_text_script { NY_SCRIPT_NONE = 0, NY_SCRIPT_KANJI, NY_SCRIPT_KANA, NY_SCRIPT_LATIN };

/* The script of a name part: kana only, latin only, else kanji; NONE for empty text. */
enum ny_text_script ny_text_script_of(ny_str raw);

/* One raw name variant: what stood in one name type's I, P and A repetitions. Borrowed slices. */
struct ny_text_name_raw {
    struct {
        ny_str family, given, middle;
    } kanji, kana, latin;
};

enum ny_text_name_class {
    NY_NAME_NORMAL = 0,
    NY_NAME_NEWBORN, /* given name is a placeholder and was dropped */
    NY_NAME_UNKNOWN, /* the whole name is a placeholder and was dropped */
    NY_NAME_TEST     /* test patient: never takes part in matching */
};

/* What the placeholder rules may look at beside the name (1.4, ノコ rule). */
struct ny_text_name_hints {
    ny_str mother_given_kana; /* PID-6 or NK1; empty when unknown */
    int32_t age_days;         /* at the message; -1 unknown */
};

/* One folded variant. Empty slices are missing parts. All arena. */
struct ny_text_name {
    ny_str kanji_family, kanji_given; /* folded; wildcards as NY_TEXT_WILDCARD */
    ny_str kana_family, kana_given;   /* k2; taken from the kanji slot when that held only kana */
    ny_str latin_tokens;              /* skeletons of all tokens, sorted, joined by one blank */
    ny_str latin_family, latin_given; /* skeletons */
    ny_str former_family_kanji;       /* （旧姓…） found in brackets, folded, else empty */
    ny_str former_family_kana;
    enum ny_text_name_class name_class;
    bool kanji_unsplit; /* the whole kanji name stands in kanji_family */
    bool kana_unsplit;
    bool kanji_wild;    /* a wildcard stands in the kanji */
    bool kanji_is_kana; /* the written form is kana (さくら): of the given name, or of the surname
                         * slot when there is no given name */
    bool kanji_family_is_kana;
    bool kanji_given_is_kana;
};

/* Folds one variant: notes stuck to the name cut, split at one blank where given is empty,
 * placeholders recognised, all scripts folded. hints may be NULL.
 * The script decides where the sender chose the wrong slot: all-Latin parts of any slot are latin
 * (ＳＭＩＴＨ in the kanji slot) when the latin slot is empty; kana in the kanji slot is the
 * written form, and the reading of a part whose kana is empty; a slot of mixed scripts (SMITH 花子)
 * is a written form as it stands. Kana never enters latin_tokens. Middle names: latin_tokens only,
 * or the given name where that is empty. kanji_unsplit is set whenever there is a surname text
 * without a given name (and no newborn), so "surname only" and "not split" look alike. Effects of
 * name_class: NEWBORN, all given parts are empty; UNKNOWN, all parts are empty; TEST, the parts
 * stay. Errors: NY_ECHARSET, NY_ELIMIT. */
NY_MUST_USE ny_rc ny_text_name_fold(struct ny_arena *a, const struct ny_text_name_raw *raw,
                                    const struct ny_text_name_hints *hints,
                                    struct ny_text_name *out);

/* Romaji of any school to one skeleton of A–Z (1.3, last paragraph); blanks kept single, accents
 * off. H is silent behind O unless a vowel follows (OHNO, SATOH; not OHARA). */
NY_MUST_USE ny_rc ny_text_latin_fold(struct ny_arena *a, ny_str in, ny_str *out);
/* The skeleton of a kana text, so that kana and romaji can meet in a token bag. */
NY_MUST_USE ny_rc ny_text_kana_to_latin(struct ny_arena *a, ny_str k1, ny_str *out);

/* ---- birth dates (1.5) ---- */

enum {
    NY_BIRTH_ERA = 1,          /* written in an era form */
    NY_BIRTH_ERA_OVERFLOW = 2, /* outside the era it is written in: 昭和65年, 平成1年1月1日 */
    NY_BIRTH_PLACEHOLDER = 4   /* a dummy date: *out is {0} */
};

/* Reads YYYYMMDD (also with - / . separators and a TS time part behind it), YYYYMM, YYYY, era forms
 * (S34.5.1, 昭和34年5月1日, 3340501, 元年 …), any width of digits; 00 month or day = unknown part.
 * Digits without an era: 4 are YYYY, 6 YYYYMM, 7 GYYMMDD with G 1–5, 8 to 14 a TS.
 * message_date: the day of the message, for the placeholder rules; {0} skips those.
 * *flags is a set of NY_BIRTH_*. Empty text: NY_OK, *out = {0}.
 * Errors: NY_ESYNTAX (not a date), NY_ERANGE (no such day). */
NY_MUST_USE ny_rc ny_text_birth_date_parse(ny_str in, ny_date message_date, ny_date *out,
                                           unsigned *flags);
/* Era form for people: "昭和34年5月1日"; arena. The era at the end of a partial date; before Meiji
 * the west year; {0} gives an empty text. */
ny_str ny_text_era_write(struct ny_arena *a, ny_date d);
/* True when the years differ by an era confusion (1.5) and month and day are equal. */
bool ny_text_is_era_confusion(ny_date a, ny_date b);
/* Year differences of the era confusion set, for probes; returns the count. */
size_t ny_text_era_shifts(const int16_t **out);

/* ---- sex (1.6): 'M', 'F' or 0; 1 2 男 女 and full-width letters are read too ---- */
char ny_text_sex(ny_str in);

/* ---- phone (1.7) ---- */

struct ny_text_phone {
    /* The decimal number "1" followed by all 9 to 11 digits, the leading 0 included:
     * 03-1234-5678 is 10312345678. 0 = none or placeholder. */
    uint64_t number;
    bool mobile; /* 070 080 090 with 11 digits */
};
/* +81 and 81 become 0; extensions and second numbers behind a complete one are left.
 * Never fails: an unreadable or placeholder number gives number 0. */
struct ny_text_phone ny_text_phone_fold(ny_str in);

/* ---- address (1.8) ---- */

/* Texts are folded; hashes are taken by the reader. Empty = missing. All arena, but prefecture,
 * which is a constant in its official form (栃木県). */
struct ny_text_address {
    uint32_t postal;   /* 7 digits, 0 = missing */
    ny_str prefecture; /* "静岡県" or empty */
    ny_str municipality; /* city with ward, or county with town: "静岡市葵区", "安倍郡…町" */
    ny_str town;         /* 大字 and 丁目-free town name: "追手町" */
    ny_str digits;       /* "9-6", 丁目-番地-号; at most three, a fourth is the room */
    ny_str building;     /* rest before the room, "" when none */
    ny_str room;         /* "301" */
};
/* Whole text (XAD-8, or the joined parts 4+3+1+2) and postal code text. A missing prefecture stays
 * empty; a town without its county is a municipality only behind a prefecture.
 * Errors: NY_ECHARSET, NY_ELIMIT. */
NY_MUST_USE ny_rc ny_text_address_fold(struct ny_arena *a, ny_str whole, ny_str postal,
                                       struct ny_text_address *out);

/* ---- insurance (1.9) ---- */

struct ny_text_insurance {
    uint32_t insurer;   /* 8 digits (6-digit forms padded), 0 = missing or unreadable */
    bool insurer_check; /* check digit is right */
    ny_str symbol;      /* folded, blanks ・ - dropped */
    ny_str number;
    int8_t branch; /* 0–99, -1 missing */
};
/* Unreadable insurer and branch are missing. Errors: NY_ECHARSET, NY_ELIMIT. */
NY_MUST_USE ny_rc ny_text_insurance_fold(struct ny_arena *a, ny_str insurer, ny_str symbol,
                                         ny_str number, ny_str branch,
                                         struct ny_text_insurance *out);

#endif
