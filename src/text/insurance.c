/* Insurance (1.9): insurer number with its check digit, symbol, number, branch. */

#include "text_priv.h"

enum { INSURER_LONG = 8, INSURER_SHORT = 6, DROP_ROUNDS = 8 };

/* ' ' ・ '-': written or not as people like. */
static bool is_filler(uint32_t cp)
{
    return cp == ' ' || cp == '-' || cp == 0x30FB;
}

/* Any-text fold without fillers, capitals. What a filler kept apart may fold together, so the fold
 * runs again while it shortens the text. */
static ny_rc code_fold(struct ny_arena *a, ny_str in, ny_str *out)
{
    struct ny_cps c;
    ny_str text = in;

    if (in.n == 0) {
        *out = NY_STR_NONE;
        return NY_OK;
    }
    for (int round = 0; round < DROP_ROUNDS; round++) {
        ny_rc rc = ny_text_fold_cps(a, text, 0, &c);
        size_t n = 0;

        if (rc != NY_OK) {
            return rc;
        }
        for (size_t i = 0; i < c.n; i++) {
            if (!is_filler(c.p[i])) {
                c.p[n++] = ny_cp_upper(c.p[i]);
            }
        }
        rc = ny_cps_encode(a, c.p, n, &text);
        if (rc != NY_OK || n == c.n) {
            *out = rc == NY_OK ? text : *out;
            return rc;
        }
    }
    *out = text;
    return NY_OK;
}

/* Weights 2,1,2,1 … from the digit left of the check digit; two-digit products by digit sum. */
static bool is_checked(uint32_t insurer)
{
    uint32_t check = insurer % 10;
    uint32_t rest = insurer / 10;
    uint32_t sum = 0;

    for (uint32_t weight = 2; rest > 0; rest /= 10, weight = 3 - weight) {
        uint32_t product = rest % 10 * weight;

        sum += product / 10 + product % 10;
    }
    return check == (10 - sum % 10) % 10;
}

ny_rc ny_text_insurance_fold(struct ny_arena *a, ny_str insurer, ny_str symbol, ny_str number,
                             ny_str branch, struct ny_text_insurance *out)
{
    struct ny_text_insurance r = {.branch = -1};
    ny_str digits = NY_STR_NONE;
    uint64_t v = 0;
    ny_rc rc = code_fold(a, insurer, &digits);

    if (rc != NY_OK) {
        return rc;
    }
    if ((digits.n == INSURER_LONG || digits.n == INSURER_SHORT) &&
        ny_str_to_u64(digits, 1, 99999999, &v) == NY_OK) {
        r.insurer = (uint32_t)v;
        r.insurer_check = is_checked(r.insurer);
    }
    rc = code_fold(a, branch, &digits);
    if (rc == NY_OK && digits.n <= 2 && ny_str_to_u64(digits, 0, 99, &v) == NY_OK) {
        r.branch = (int8_t)v;
    }
    if (rc == NY_OK) {
        rc = code_fold(a, symbol, &r.symbol);
    }
    if (rc == NY_OK) {
        rc = code_fold(a, number, &r.number);
    }
    if (rc == NY_OK) {
        *out = r;
    }
    return rc;
}
