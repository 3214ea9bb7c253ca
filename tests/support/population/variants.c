/* Variant kanji (異体字) and names of foreign residents. */

#include "names.h"

#include "text.h"

#include "nayose/base.h"

static const struct {
    uint32_t base, variant;
    bool in_jis;
    uint32_t percent;
} variants[] = {
#define POP_VARIANT(base, variant, in_jis, percent) {base, variant, in_jis, percent},
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

static void replace_variants(struct pop_name *name, bool only_outside_jis, uint32_t by)
{
    char out[sizeof name->form] = "";

    for (const char *p = name->form; *p != '\0'; p += pop_char_len(p)) {
        uint32_t cp = pop_code_point(p);

        for (size_t i = 0; i < NY_ARRAY_LEN(variants); i++) {
            if (cp == variants[i].variant && (!only_outside_jis || !variants[i].in_jis)) {
                cp = by != 0 ? by : variants[i].base;
                break;
            }
        }
        pop_cat_code_point(out, sizeof out, cp);
    }
    pop_copy(name->form, sizeof name->form, out);
}

void pop_names_fold_variants(struct pop_name *name)
{
    replace_variants(name, false, 0);
}

void pop_names_into_jis(struct pop_name *name, enum pop_gaiji policy)
{
    uint32_t by = policy == POP_GAIJI_GETA ? U'〓' : policy == POP_GAIJI_SQUARE ? U'■' : 0;

    replace_variants(name, true, by);
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
