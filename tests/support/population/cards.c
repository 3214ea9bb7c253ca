/* Health-insurance cards. */

#include "cards.h"

#include "text.h"

#include "nayose/base.h"

char pop_check_digit(const char *digits)
{
    size_t n = strlen(digits);
    unsigned sum = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned product = (unsigned)(digits[n - 1 - i] - '0') * (i % 2 == 0 ? 2U : 1U);

        sum += product / 10 + product % 10;
    }
    return (char)('0' + (10 - sum % 10) % 10);
}

static void add_check_digit(char *digits, size_t cap)
{
    char check[2] = {pop_check_digit(digits), '\0'};

    pop_cat(digits, cap, check);
}

void pop_card_employee(uint64_t key, unsigned prefecture, struct pop_card *out)
{
    struct pop_rng r = {key};
    static const char *const plans[] = {"01", "01", "01", "06", "06", "31", "32", "34"};
    static const char *const letters[] = {"あ", "組", "健", "東", "公"};
    const char *plan = plans[pop_rng_below(&r, NY_ARRAY_LEN(plans))];
    unsigned insurers = strcmp(plan, "01") == 0 ? 1 : 60;

    *out = (struct pop_card){.branch = 0};
    pop_copy(out->plan, sizeof out->plan, plan);
    pop_copy(out->insurer, sizeof out->insurer, plan);
    pop_cat_number(out->insurer, sizeof out->insurer, prefecture, 2);
    pop_cat_number(out->insurer, sizeof out->insurer, 1 + pop_rng_below(&r, insurers), 3);
    add_check_digit(out->insurer, sizeof out->insurer);
    if (insurers == 1) {
        pop_cat_number(out->symbol, sizeof out->symbol, 10000000 + pop_rng_below(&r, 60000), 8);
        pop_cat_number(out->number, sizeof out->number, 1 + pop_rng_below(&r, 900), 1);
    } else if (strcmp(plan, "06") == 0) {
        pop_cat_number(out->symbol, sizeof out->symbol, 1 + pop_rng_below(&r, 999), 1);
        pop_cat_number(out->number, sizeof out->number, 1 + pop_rng_below(&r, 60000), 1);
    } else {
        pop_cat(out->symbol, sizeof out->symbol, letters[pop_rng_below(&r, 5)]);
        pop_cat_number(out->symbol, sizeof out->symbol, 1 + pop_rng_below(&r, 99), 1);
        pop_cat_number(out->number, sizeof out->number, 1 + pop_rng_below(&r, 900000), 6);
    }
}

void pop_card_municipal(uint64_t key, unsigned prefecture, unsigned municipality,
                        struct pop_card *out)
{
    struct pop_rng r = {key};
    static const char *const letters[] = {"静", "国", "市", "葵"};

    *out = (struct pop_card){.branch = 0};
    pop_copy(out->plan, sizeof out->plan, "C0");
    pop_catf(out->insurer, sizeof out->insurer, "%02u%03u", prefecture, 1 + municipality);
    add_check_digit(out->insurer, sizeof out->insurer);
    pop_catf(out->symbol, sizeof out->symbol, "%s%u", letters[municipality % 4],
             1 + pop_rng_below(&r, 40));
    pop_cat_number(out->number, sizeof out->number, 1 + pop_rng_below(&r, 9000000), 7);
}

void pop_card_elderly(uint64_t key, unsigned prefecture, struct pop_card *out)
{
    struct pop_rng r = {key};
    *out = (struct pop_card){.branch = 0};
    pop_copy(out->plan, sizeof out->plan, "39");
    pop_catf(out->insurer, sizeof out->insurer, "39%02u%03u", prefecture, 1);
    add_check_digit(out->insurer, sizeof out->insurer);
    pop_cat_number(out->number, sizeof out->number, 1 + pop_rng_below(&r, 99000000), 8);
}

void pop_card_family_key(const struct pop_card *c, char *out, size_t cap)
{
    out[0] = '\0';
    POP_CAT(out, cap, strlen(c->insurer) == 6 ? "00" : "", c->insurer, ":", c->symbol, ":",
            c->number);
}
