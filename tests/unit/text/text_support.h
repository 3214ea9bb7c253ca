/* Shared by the text tests: a folding function's result as a row, and strings from an alphabet. */
#ifndef NAYOSE_TEST_TEXT_SUPPORT_H
#define NAYOSE_TEST_TEXT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nayose/text.h"

typedef ny_rc (*fold_fn)(struct ny_arena *a, ny_str in, ny_str *out);

struct fold_row {
    const char *name;
    const char *in;
    ny_rc rc;
    const char *out;
};

/* Runs the rows; each result must also fold to itself. */
static inline void fold_rows_check(fold_fn fold, const struct fold_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct ny_arena *a = ny_arena_create(0);
        ny_str out = NY_STR_NONE;
        ny_str again = NY_STR_NONE;
        ny_rc rc = fold(a, ny_str_from_c(rows[i].in), &out);

        if (rc != rows[i].rc || !ny_str_equals(out, ny_str_from_c(rows[i].out))) {
            fail_msg("row \"%s\": rc %d, \"%.*s\", expected \"%s\"", rows[i].name, rc, NY_ARG(out),
                     rows[i].out != NULL ? rows[i].out : "");
        }
        if (rc == NY_OK && (fold(a, out, &again) != NY_OK || !ny_str_equals(out, again))) {
            fail_msg("row \"%s\": \"%.*s\" folds to \"%.*s\"", rows[i].name, NY_ARG(out),
                     NY_ARG(again));
        }
        ny_arena_destroy(a);
    }
}

static inline uint32_t random_next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

/* Up to max pieces of the alphabet (a NULL-terminated list of UTF-8 texts) in the arena. */
static inline ny_str random_text(struct ny_arena *a, uint64_t *state, const char *const *alphabet,
                                 unsigned max)
{
    struct ny_buf b;
    unsigned n = random_next(state) % (max + 1);
    unsigned letters = 0;

    while (alphabet[letters] != NULL) {
        letters++;
    }
    ny_buf_init(&b, a);
    for (unsigned i = 0; i < n; i++) {
        ny_buf_add_c(&b, alphabet[random_next(state) % letters]);
    }
    return ny_buf_str(&b);
}

/* What makes folds stumble: marks that join, blanks, dashes, wildcards, numerals, iteration. */
static const char *const awkward[] = {"か", "カ",
                                      "ﾊ",  "ﾞ",
                                      "ﾟ",  "゛",
                                      "゜", "\xE3\x82\x99",
                                      "ゝ", "ゞ",
                                      "ヽ", "ヾ",
                                      "ー", "ｰ",
                                      "-",  "−",
                                      "‐",  "一",
                                      "の", "ノ",
                                      "1",  "２",
                                      " ",  "　",
                                      "*",  "＊",
                                      "〓", "？",
                                      "々", "〻",
                                      "佐", "髙",
                                      "邊", "ヶ",
                                      "ケ", "が",
                                      "箇", "个",
                                      "之", "様",
                                      "殿", "樣",
                                      "（", ")",
                                      "旧", "姓",
                                      "A",  "ｂ",
                                      "é",  "\xCC\x84",
                                      "O",  "H",
                                      "U",  "S",
                                      "I",  "T",
                                      "Y",  "M",
                                      "W",  "ヴ",
                                      "ァ", "ャ",
                                      "ッ", "ヷ",
                                      "ン", "ウ",
                                      "オ", "ュ",
                                      "フ", "テ",
                                      "・", ".",
                                      "'",  "字",
                                      "番", "号",
                                      "丁", "目",
                                      "十", "三",
                                      "市", "\xE2\x80\x8B",
                                      "京", "都",
                                      "東", "区",
                                      "室", "第",
                                      "",   "𠮷",
                                      "㍿", "Ǆ",
                                      "N",  "Z",
                                      NULL};

#endif
