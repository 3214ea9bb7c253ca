/* The frame of every screen (title, message, keys), and the list of cases. */

#include <jansson.h>
#include <stdio.h>

#include "desk_priv.h"

static const struct {
    wchar_t key;
    const char *en, *ja;
} keys[] = {
#define NY_DESK_KEY(id, key, en, ja) {(wchar_t)(key), en, ja},
#include "nayose/tbl/desk_keys.def"
};

enum ny_desk_key ny_desk_key_of(wchar_t c)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(keys); i++) {
        if (keys[i].key == c) {
            return (enum ny_desk_key)(i + 1);
        }
    }
    return NY_DESK_KEY_NONE;
}

static void title_put(struct ny_desk_grid *g, const struct ny_desk_view *v)
{
    const json_t *oldest = json_object_get(v->counts, "oldest_s");
    char text[200];

    snprintf(text, sizeof(text),
             v->is_japanese ? " 名寄せの判定   判断待ち %lld 件 ・ 最古 %lld 日 ・ 判断済み %d 件"
                            : " nayose review   waiting %lld · oldest %lld days · decided %d",
             (long long)json_integer_value(json_object_get(v->counts, "waiting")),
             (long long)(json_integer_value(oldest) / 86400), v->decided);
    ny_desk_put(g, 0, 0, g->cols, text, NY_DESK_BOLD);
    ny_desk_paint(g, 0, NY_DESK_REVERSE);
}

static void keys_put(struct ny_desk_grid *g, const struct ny_desk_view *v)
{
    int col = 0;

    for (size_t i = 0; i < NY_ARRAY_LEN(keys); i++) {
        char key[2] = {(char)keys[i].key, '\0'};

        col += ny_desk_put(g, g->rows - 1, col, 2, key, NY_DESK_BOLD | NY_DESK_UNDERLINE) + 1;
        col += ny_desk_put(g, g->rows - 1, col, g->cols - col,
                           v->is_japanese ? keys[i].ja : keys[i].en, 0) +
               1;
    }
    ny_desk_paint(g, g->rows - 1, NY_DESK_REVERSE);
}

/* Columns of the list. */
enum { COL_DAYS = 2, COL_A = 8, COL_B = 28, COL_CHANCE = 49, COL_REASON = 57, COL_CLERK = 74 };

static void list_row(struct ny_desk_grid *g, int row, const json_t *r, bool is_selected,
                     bool is_japanese)
{
    const char *held = ny_desk_text(r, "held_by");
    char text[256];

    snprintf(text, sizeof(text), "%4lld",
             (long long)json_integer_value(json_object_get(r, "age_s")) / 86400);
    ny_desk_put(g, row, COL_DAYS, COL_A - COL_DAYS - 1, text, 0);
    snprintf(text, sizeof(text), "%s^%s", ny_desk_text(r, "domain_a"),
             ny_desk_text(r, "local_id_a"));
    ny_desk_put(g, row, COL_A, COL_B - COL_A - 1, text, 0);
    snprintf(text, sizeof(text), "%s^%s", ny_desk_text(r, "domain_b"),
             ny_desk_text(r, "local_id_b"));
    ny_desk_put(g, row, COL_B, COL_CHANCE - COL_B - 1, text, 0);
    snprintf(text, sizeof(text), "%5.1f %%",
             100 * json_number_value(json_object_get(r, "probability")));
    ny_desk_put(g, row, COL_CHANCE, COL_REASON - COL_CHANCE - 1, text, 0);
    ny_desk_put(g, row, COL_REASON, COL_CLERK - COL_REASON - 1,
                ny_desk_why_text(ny_desk_text(r, "reason"), is_japanese, text, sizeof(text)), 0);
    ny_desk_put(g, row, COL_CLERK, g->cols - COL_CLERK,
                held[0] != '\0' ? held : ny_desk_text(r, "assigned_to"), NY_DESK_DIM);
    if (is_selected) {
        ny_desk_put(g, row, 0, 1, ">", NY_DESK_BOLD);
        ny_desk_paint(g, row, NY_DESK_BOLD);
    }
}

static void list_put(struct ny_desk_grid *g, const struct ny_desk_view *v)
{
    static const struct {
        int col;
        const char *en, *ja;
    } heads[] = {
        {COL_DAYS,   "DAYS",   "日数"      },
        {COL_A,      "FIRST",  "患者番号"},
        {COL_B,      "SECOND", "患者番号"},
        {COL_CHANCE, "CHANCE", "確率"      },
        {COL_REASON, "REASON", "理由"      },
        {COL_CLERK,  "CLERK",  "担当"      }
    };
    const size_t room = (size_t)(g->rows > 4 ? g->rows - 4 : 0);
    const size_t first = room > 0 && v->selected >= room ? v->selected - room + 1 : 0;
    const size_t n = json_array_size(v->list);

    for (size_t i = 0; i < NY_ARRAY_LEN(heads); i++) {
        ny_desk_put(g, 1, heads[i].col, g->cols, v->is_japanese ? heads[i].ja : heads[i].en,
                    NY_DESK_DIM);
    }
    for (size_t i = first; i < n && i - first < room; i++) {
        list_row(g, 2 + (int)(i - first), json_array_get(v->list, i), i == v->selected,
                 v->is_japanese);
    }
    if (n == 0) {
        ny_desk_put(g, 3, 2, g->cols - 2,
                    v->is_japanese ? "判断待ちの候補はありません。" : "No case waits.",
                    NY_DESK_BOLD);
    }
}

void ny_desk_draw(struct ny_desk_grid *g, const struct ny_desk_view *v)
{
    if (v->kase == NULL) {
        list_put(g, v);
    } else if (v->history) {
        ny_desk_draw_history(g, v);
    } else {
        ny_desk_draw_case(g, v);
    }
    for (int col = 0; col < g->cols; col++) { /* a tall case begins and ends here */
        ny_desk_put(g, 0, col, 1, " ", 0);
        ny_desk_put(g, g->rows - 2, col, 1, " ", 0);
        ny_desk_put(g, g->rows - 1, col, 1, " ", 0);
    }
    title_put(g, v);
    ny_desk_put(g, g->rows - 2, 1, g->cols - 1, v->message, NY_DESK_BOLD);
    keys_put(g, v);
}
