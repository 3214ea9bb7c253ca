/* Variant kanji (異体字) and names of foreign residents. */

#include "names.h"

#include "text.h"

#include "nayose/base.h"

static const struct {
    uint32_t base, variant;
    bool in_jis;
    uint32_t percent;
    uint16_t vendor;
} variants[] = {
#define POP_VARIANT(base, variant, in_jis, percent, vendor)                                        \
    {base, variant, in_jis, percent, vendor},
#include "tbl/variants.def"
#undef POP_VARIANT
};

static const struct {
    char kind;
    const char *latin, *kana;
} foreign[] = {
#define POP_FOREIGN(kind, latin, kana) {kind, latin, kana},
#include "tbl/foreign.def"
#undef POP_FOREIGN
};

void pop_names_use_variants(struct pop_name *name, struct pop_rng *r)
{
    char out[sizeof name->form] = "";
    uint32_t v = pop_rng_below(r, 100);

    for (const char *p = name->form; *p != '\0'; p += pop_char_len(p)) {
        uint32_t cp = pop_code_point(p);
        uint32_t sum = 0;

        for (size_t i = 0; i < NY_ARRAY_LEN(variants); i++) {
            if (pop_code_point(p) != variants[i].base) {
                continue;
            }
            sum += variants[i].percent;
            if (v < sum) {
                cp = variants[i].variant;
                break;
            }
        }
        pop_cat_code_point(out, sizeof out, cp);
    }
    pop_copy(name->form, sizeof name->form, out);
}

/* The row of a variant, or the number of rows. */
static size_t variant_find(uint32_t cp)
{
    size_t i = 0;

    while (i < NY_ARRAY_LEN(variants) && variants[i].variant != cp) {
        i++;
    }
    return i;
}

bool pop_names_fold_variants(struct pop_name *name)
{
    bool folded = false;
    char out[sizeof name->form] = "";

    for (const char *p = name->form; *p != '\0'; p += pop_char_len(p)) {
        size_t i = variant_find(pop_code_point(p));

        folded = folded || i < NY_ARRAY_LEN(variants);
        pop_cat_code_point(out, sizeof out,
                           i < NY_ARRAY_LEN(variants) ? variants[i].base : pop_code_point(p));
    }
    pop_copy(name->form, sizeof name->form, out);
    return folded;
}

/* What stands in the field for a character that JIS X 0208 lacks. */
static uint32_t gaiji_of(size_t row, enum pop_gaiji policy)
{
    switch (policy) {
    case POP_GAIJI_GETA:
        return U'〓';
    case POP_GAIJI_SQUARE:
        return U'■';
    case POP_GAIJI_VENDOR:
        return variants[row].vendor != 0 ? variants[row].variant : U'〓';
    case POP_GAIJI_PRIVATE:
        return 0xE000 + (uint32_t)row;
    case POP_GAIJI_FOLD:
    case POP_GAIJI_SELECTOR:
        break;
    }
    return variants[row].base;
}

bool pop_names_lose_gaiji(struct pop_name *name, enum pop_gaiji policy)
{
    char out[sizeof name->form] = "";
    bool lost = false;

    for (const char *p = name->form; *p != '\0'; p += pop_char_len(p)) {
        uint32_t cp = pop_code_point(p);
        size_t i = variant_find(cp);

        if (i < NY_ARRAY_LEN(variants) && !variants[i].in_jis) {
            cp = gaiji_of(i, policy);
            lost = lost || cp != variants[i].variant;
        }
        pop_cat_code_point(out, sizeof out, cp);
    }
    pop_copy(name->form, sizeof name->form, out);
    return lost;
}

void pop_names_add_selectors(struct pop_name *name)
{
    char out[sizeof name->form] = "";

    for (const char *p = name->form; *p != '\0'; p += pop_char_len(p)) {
        size_t i = variant_find(pop_code_point(p));

        pop_cat_code_point(out, sizeof out, pop_code_point(p));
        if (i < NY_ARRAY_LEN(variants)) {
            pop_cat_code_point(out, sizeof out, 0xE0100 + (uint32_t)(i % 3));
        }
    }
    pop_copy(name->form, sizeof name->form, out);
}

uint16_t pop_vendor_code(uint32_t cp)
{
    size_t i = variant_find(cp);

    return i < NY_ARRAY_LEN(variants) ? variants[i].vendor : 0;
}

static void draw_foreign(struct pop_rng *r, char kind, struct pop_name *out)
{
    uint32_t n = 0;
    uint32_t k;

    for (size_t i = 0; i < NY_ARRAY_LEN(foreign); i++) {
        n += foreign[i].kind == kind;
    }
    k = pop_rng_below(r, n);
    for (size_t i = 0; i < NY_ARRAY_LEN(foreign); i++) {
        if (foreign[i].kind == kind && k-- == 0) {
            pop_copy(out->form, sizeof out->form, foreign[i].latin);
            pop_copy(out->kana, sizeof out->kana, foreign[i].kana);
            return;
        }
    }
}

void pop_names_foreign(struct pop_rng *r, char sex, struct pop_name *surname,
                       struct pop_name *given)
{
    draw_foreign(r, 'S', surname);
    draw_foreign(r, sex, given);
}
