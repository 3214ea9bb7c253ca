/* The script of a name part, from the raw text and without memory. */

#include "text_priv.h"

static bool is_latin(uint32_t cp)
{
    return (cp >= 'A' && cp <= 'Z') || (cp >= 'a' && cp <= 'z') ||
           (cp >= 0xC0 && cp <= 0x24F && cp != 0xD7 && cp != 0xF7) ||
           (cp >= 0x1E00 && cp <= 0x1EFF) || (cp >= 0xFF21 && cp <= 0xFF3A) ||
           (cp >= 0xFF41 && cp <= 0xFF5A);
}

static bool is_any_kana(uint32_t cp)
{
    return ny_cp_is_kana(cp) || cp == 0x309F || cp == 0x30FF || (cp >= 0x31F0 && cp <= 0x31FF) ||
           (cp >= 0xFF66 && cp <= 0xFF9D);
}

/* Says nothing about the script: blanks, punctuation, marks, characters that the fold drops. */
static bool is_neutral(uint32_t cp)
{
    return cp <= 0x20 || cp == '\'' || cp == '-' || cp == '.' || cp == ',' || cp == '/' ||
           cp == 0xA0 || cp == 0xAD || cp == 0x3000 || cp == 0x30FB || cp == 0xFF65 ||
           (cp >= 0x300 && cp <= 0x36F) || (cp >= 0x2000 && cp <= 0x201F) || cp == 0x2212 ||
           cp == 0x2060 || (cp >= 0x3099 && cp <= 0x309C) || cp == 0xFF0D || cp == 0xFF07 ||
           cp == 0xFF0C || cp == 0xFF0E || (cp >= 0xFF9E && cp <= 0xFF9F) || cp == 0xFEFF ||
           (cp >= 0xFE00 && cp <= 0xFE0F);
}

enum ny_text_script ny_text_script_of(ny_str raw)
{
    bool kana = false;
    bool latin = false;
    size_t i = 0;

    while (i < raw.n) {
        uint32_t cp = ny_cp_next(raw, &i);

        if (cp == UINT32_MAX) {
            return NY_SCRIPT_KANJI;
        }
        if (is_any_kana(cp)) {
            kana = true;
        } else if (is_latin(cp)) {
            latin = true;
        } else if (!is_neutral(cp)) {
            return NY_SCRIPT_KANJI;
        }
    }
    if (kana && latin) {
        return NY_SCRIPT_KANJI;
    }
    if (kana) {
        return NY_SCRIPT_KANA;
    }
    return latin ? NY_SCRIPT_LATIN : NY_SCRIPT_NONE;
}
