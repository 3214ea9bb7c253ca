/* Why a question is asked, for people. */

#include <stdio.h>
#include <string.h>

#include "nayose/desk.h"

const struct ny_desk_why *ny_desk_why_find(const char *reason)
{
    static const struct ny_desk_why all[] = {
#define NY_REVIEW_WHY(word, word_ja, en, ja) {word, word_ja, en, ja},
#include "nayose/tbl/review_whys.def"
    };
    const size_t n = strcspn(reason, ":");

    for (size_t i = 0; i < NY_ARRAY_LEN(all); i++) {
        if (strlen(all[i].word) == n && memcmp(all[i].word, reason, n) == 0) {
            return &all[i];
        }
    }
    return NULL;
}

const char *ny_desk_why_text(const char *reason, bool is_japanese, char *out, size_t n)
{
    const struct ny_desk_why *why = ny_desk_why_find(reason);

    if (!is_japanese || why == NULL) {
        return reason;
    }
    snprintf(out, n, "%s%s", why->word_ja, reason + strlen(why->word));
    return out;
}
