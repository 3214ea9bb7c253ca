/* Kanji that two names write differently: "髙 = 高" where the matcher folds them, "斎 ≈ 斉" where
 * it holds them to be near. */

#include "nayose/text.h"

#include "admin_priv.h"

static uint32_t base_of(uint32_t cp)
{
    uint32_t base = ny_text_kanji_base(cp);

    return base != 0 ? base : cp;
}

/* What of b is another form of x; written: x as the other name has it. */
static void variants_of(struct request *q, ny_str written, uint32_t x, ny_str b, json_t *out)
{
    size_t next = 0;
    uint32_t y;

    for (size_t at = 0; (y = ny_cp_next(b, &next)) != UINT32_MAX; at = next) {
        const bool near = ny_text_kanji_is_near(base_of(x), base_of(y));

        if (x != y && (base_of(x) == base_of(y) || near)) {
            ny_str text = ny_arena_printf(q->call->arena, "%.*s %s %.*s", NY_ARG(written),
                                          near ? "≈" : "=", NY_ARG(ny_str_sub(b, at, next - at)));

            json_array_append_new(out, ny_admin_str(text));
        }
    }
}

static ny_str kanji_of(const json_t *record)
{
    const json_t *name = json_array_get(json_object_get(record, "names"), 0);

    return ny_str_from_c(json_string_value(json_object_get(name, "kanji")));
}

json_t *ny_admin_variants(struct request *q, const json_t *a, const json_t *b)
{
    const ny_str name_a = kanji_of(a);
    const ny_str name_b = kanji_of(b);
    json_t *out = json_array();
    size_t next = 0;
    uint32_t x;

    for (size_t at = 0; (x = ny_cp_next(name_a, &next)) != UINT32_MAX; at = next) {
        variants_of(q, ny_str_sub(name_a, at, next - at), x, name_b, out);
    }
    return out;
}
