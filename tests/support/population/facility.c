/* Facilities: a name, an OID as Japan makes them, and the habits of the row they get. */

#include "facility.h"

#include "cards.h"
#include "text.h"

#include "nayose/base.h"

static const struct pop_habits habits[] = {
#define POP_HABITS(charset, gaiji, kana, name, address, phone, card, ...)                          \
    {POP_##charset,         POP_GAIJI_##gaiji, POP_KANA_##kana, POP_NAME_##name,                   \
     POP_ADDRESS_##address, POP_PHONE_##phone, POP_CARD_##card, __VA_ARGS__},
#include "tbl/habits.def"
#undef POP_HABITS
};

void pop_facility_make(uint64_t seed, uint32_t index, uint32_t count, struct pop_facility *out)
{
    static const char *const place[] = {"中央", "東", "西", "市立", "県立", "青葉", "駿河", "富士"};
    static const char *const kind[] = {"病院", "医療センター", "クリニック", "総合病院"};
    struct pop_rng r = pop_rng_keyed(seed, POP_STREAM_FACILITY, index, 0);
    struct pop_address site;
    char institution[16] = "";
    char check[2] = "";

    *out = (struct pop_facility){.index = index, .habits = &habits[index % NY_ARRAY_LEN(habits)]};
    pop_catf(out->name_space, sizeof out->name_space, "F%0*u", count > 99 ? 3 : 2, index + 1);
    /* prefecture 2, score table 1, district 2, serial 4, check 1 */
    pop_catf(institution, sizeof institution, "221%02u%04u", 1 + index % 90, 1 + index);
    check[0] = pop_check_digit(institution);
    pop_cat(institution, sizeof institution, check);
    pop_catf(out->oid, sizeof out->oid, "1.2.392.100495.20.3.51.1%s", institution);
    pop_cat(out->name, sizeof out->name, place[pop_rng_below(&r, NY_ARRAY_LEN(place))]);
    pop_cat(out->name, sizeof out->name, kind[pop_rng_below(&r, NY_ARRAY_LEN(kind))]);
    pop_catf(out->name, sizeof out->name, "%u", index + 1);
    pop_address_draw(&r, &site);
    pop_phone_fixed(pop_rng_next(&r), &site, out->desk_phone);
}
