/* What the fields of a case's records were, the newest first: since when each value is known and,
 * where it is not said any more, until when it was.
 *
 *   address   2024-03-01 群馬県前橋市…     2025-11-20 群馬県高崎市…
 *             2019-05-11 群馬県高崎市…
 *            -2024-02-20 */

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "desk_priv.h"

enum { DAY = 11 }; /* columns of a date and what parts it from the value */

/* A name and its reading, each on a line of its own; any other value on as many as it takes. */
static int text_put(struct page *p, int col, const char *key, const json_t *value, unsigned look)
{
    static const char *const scripts[] = {"kanji", "kana", "latin"};
    int lines = 0;

    if (!json_is_object(value)) {
        const char *text = json_is_string(value) ? json_string_value(value) : "";

        return ny_desk_value_put(p, col, p->half - DAY,
                                 strcmp(key, "sexes") == 0 ? ny_desk_sex(p, text) : text, look,
                                 (struct ny_desk_marks){0});
    }
    for (size_t i = 0; i < NY_ARRAY_LEN(scripts); i++) {
        const char *text = ny_desk_text(value, scripts[i]);

        if (text[0] != '\0') {
            ny_desk_put(p->g, p->row + lines++, col, p->half - DAY, text, look);
        }
    }
    return lines;
}

/* Value i of a record's list; returns the rows it takes. */
static int value_put(struct page *p, int col, const json_t *record, const char *key, size_t i)
{
    const json_t *value = json_array_get(json_object_get(record, key), i);
    const json_t *when = json_array_get(json_object_get(json_object_get(record, "times"), key), i);
    const bool current = json_is_true(json_object_get(when, "current"));
    char day[16];
    int lines;

    if (value == NULL) {
        return 0;
    }
    snprintf(day, sizeof(day), "%.10s", ny_desk_text(when, "since"));
    ny_desk_put(p->g, p->row, col, DAY - 1, day, NY_DESK_DIM);
    lines = text_put(p, col + DAY, key, value, current ? NY_DESK_BOLD : 0);
    if (!current) {
        snprintf(day, sizeof(day), "-%.10s", ny_desk_text(when, "last"));
        ny_desk_put(p->g, p->row + 1, col - 1, DAY, day, NY_DESK_DIM);
        lines = lines > 2 ? lines : 2;
    }
    return lines;
}

static void list_put(struct page *p, const char *label, const char *key)
{
    const json_t *a = json_object_get(p->v->kase, "a");
    const json_t *b = json_object_get(p->v->kase, "b");
    size_t n_a = json_array_size(json_object_get(a, key));
    size_t n_b = json_array_size(json_object_get(b, key));

    if (n_a + n_b > 0) {
        ny_desk_put(p->g, p->row, 0, LABEL - 1, label, NY_DESK_DIM);
    }
    for (size_t i = 0; i < n_a || i < n_b; i++) {
        int lines_a = value_put(p, LABEL, a, key, i);
        int lines_b = value_put(p, LABEL + p->half + 3, b, key, i);

        p->row += lines_a > lines_b ? lines_a : lines_b;
    }
}

void ny_desk_draw_history(struct ny_desk_grid *g, const struct ny_desk_view *v)
{
    static const struct {
        const char *key, *en, *ja;
    } lists[] = {
        {"names",       "name",      "氏名"      },
        {"birth_dates", "born",      "生年月日"},
        {"sexes",       "sex",       "性別"      },
        {"addresses",   "address",   "住所"      },
        {"phones",      "phone",     "電話"      },
        {"insurances",  "insurance", "保険"      },
    };
    struct page p = {g, v, 1 - (int)v->scrolled, (g->cols - LABEL - 3) / 2};

    ny_desk_ids_put(&p);
    for (size_t i = 0; i < NY_ARRAY_LEN(lists); i++) {
        list_put(&p, ny_desk_say(&p, lists[i].en, lists[i].ja), lists[i].key);
    }
}
