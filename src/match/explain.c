/* The bars of a score (3.1), made again from the two records: they add up to the total exactly. */

#include "match_priv.h"

static const struct {
    const char *en, *ja;
} field_labels[NY_FIELD_COUNT] = {
    [NY_FIELD_GIVEN] = {"given name", "名"         },
      [NY_FIELD_SURNAME] = {"surname",    "姓"         },
    [NY_FIELD_BIRTH] = {"birth date", "生年月日"},
      [NY_FIELD_SEX] = {"sex",        "性別"      },
    [NY_FIELD_ADDRESS] = {"address",    "住所"      },
      [NY_FIELD_PHONE] = {"phone",      "電話"      },
    [NY_FIELD_INSURANCE] = {"insurance",  "保険"      },
};

static const struct {
    const char *en, *ja;
} rarity_labels[NY_RARITY_COUNT] = {
    [NY_RARITY_GIVEN] = {"given name rarity", "名の珍しさ"         },
    [NY_RARITY_SURNAME] = {"surname rarity",    "姓の珍しさ"         },
    [NY_RARITY_BIRTH] = {"birth date rarity", "生年月日の珍しさ"},
};

struct bars {
    struct ny_bar *out;
    size_t n;
};

static void bar_add(struct bars *b, const char *en, const char *ja, enum ny_level level,
                    int32_t bits)
{
    NY_ASSERT(b->n < NY_BARS_MAX);
    b->out[b->n++] = (struct ny_bar){.label = en,
                                     .label_ja = ja,
                                     .level = ny_level_name(level),
                                     .help = ny_level_info(level)->help,
                                     .bits_b1024 = bits};
}

size_t ny_match_explain(const struct ny_match_model *m, const struct ny_record *a,
                        const struct ny_record *b, bool same_authority,
                        struct ny_bar out[NY_BARS_MAX])
{
    struct ny_comparison c;
    struct bars bars = {.out = out};

    ny_compare(m, a, b, same_authority, NULL, &c);
    bar_add(&bars, same_authority ? "prior inside one hospital" : "prior",
            same_authority ? "事前確率（同一施設内）" : "事前確率", NY_LEVEL_NONE, c.w.prior);
    for (size_t f = 0; f < NY_FIELD_COUNT; f++) {
        bool whole = f == NY_FIELD_GIVEN && (c.e.whole_name || c.e.level[f] == NY_LEVEL_SWAP);

        if (c.e.level[f] != NY_LEVEL_NONE) {
            bar_add(&bars, whole ? "whole name" : field_labels[f].en,
                    whole ? "氏名" : field_labels[f].ja, c.e.level[f], c.w.field[f]);
        }
    }
    for (size_t r = 0; r < NY_RARITY_COUNT; r++) {
        if (c.w.rarity[r] != 0) {
            bar_add(&bars, rarity_labels[r].en, rarity_labels[r].ja, NY_LEVEL_NONE, c.w.rarity[r]);
        }
    }
    if (c.w.floor != 0) {
        bar_add(&bars, "moved house or job", "転居・転職の考慮", NY_LEVEL_NONE, c.w.floor);
    }
    if (c.w.names != 0) {
        bar_add(&bars, "name pairs tried", "試した氏名の組", NY_LEVEL_NONE, c.w.names);
    }
    bar_add(&bars, "family", "家族", NY_LEVEL_NONE, c.w.family);
    return bars.n;
}
