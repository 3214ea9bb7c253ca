/* A case on the screen:
 *
 *    title          what waits
 *    why            it is asked: what stopped the link
 *    records        label | first | sign | second        = same   ~ written otherwise   ≠ differs
 *    bars           of the score, three beside each other
 *    groups         now, and after "same"
 *    words in force between them, last decision, message, keys */

#include <jansson.h>
#include <stdio.h>

#include "nayose/model_reason.h"

#include "desk_priv.h"

const char *ny_desk_text(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text != NULL ? text : "";
}

const char *ny_desk_say(const struct page *p, const char *en, const char *ja)
{
    return p->v->is_japanese ? ja : en;
}

void ny_desk_ids_put(struct page *p)
{
    static const char *const members[] = {"a", "b"};

    for (int k = 0; k < 2; k++) {
        const json_t *record = json_object_get(p->v->kase, members[k]);
        char head[160];

        snprintf(head, sizeof(head), "%s^%s", ny_desk_text(record, "domain"),
                 ny_desk_text(record, "id"));
        ny_desk_put(p->g, p->row, LABEL + k * (p->half + 3), p->half, head, NY_DESK_BOLD);
    }
    p->row++;
}

/* ---- records ---- */

int ny_desk_value_put(struct page *p, int col, int width, const char *text, unsigned look,
                      struct ny_desk_marks marks)
{
    struct ny_desk_marks rest = {0};
    char first[1024];
    size_t chars;
    size_t n = ny_desk_fit(text, width, &chars);

    if (text[n] == '\0' || n >= sizeof(first)) {
        ny_desk_put_marked(p->g, p->row, col, width, text, look, marks);
        return 1;
    }
    memcpy(first, text, n);
    first[n] = '\0';
    if (marks.n > chars) {
        rest = (struct ny_desk_marks){marks.v + chars, marks.n - chars};
    }
    ny_desk_put_marked(p->g, p->row, col, width, first, look, marks);
    ny_desk_put_marked(p->g, p->row + 1, col, width, text + n, look, rest);
    return 2;
}

static size_t marks_count(const bool *mark)
{
    size_t n = 0;

    for (size_t i = 0; i < NY_DESK_DIFF_MAX; i++) {
        n += mark[i];
    }
    return n;
}

/* A value on both sides, marked where they differ; nothing when neither has it. variants: so many
 * characters differ only in how they are written. sign: instead of the one that follows from the
 * two. */
static void pair_put(struct page *p, const char *label, const char *a, const char *b,
                     size_t variants, const char *sign)
{
    bool mark_a[NY_DESK_DIFF_MAX];
    bool mark_b[NY_DESK_DIFF_MAX];
    const bool same = strcmp(a, b) == 0;
    const bool one_sided = a[0] == '\0' || b[0] == '\0';
    size_t n = same || one_sided ? 0 : NY_DESK_DIFF_MAX;
    bool is_variant;
    int lines_a;
    int lines_b;

    if (a[0] == '\0' && b[0] == '\0') {
        return;
    }
    ny_desk_diff(a, b, mark_a, mark_b);
    is_variant = variants > 0 && marks_count(mark_a) == variants && marks_count(mark_b) == variants;
    sign = sign != NULL ? sign : same ? "=" : one_sided ? " " : is_variant ? "~" : "≠";
    ny_desk_put(p->g, p->row, 0, LABEL - 1, label, NY_DESK_DIM);
    ny_desk_put(p->g, p->row, LABEL + p->half + 1, 1, sign,
                same || is_variant ? NY_DESK_GOOD | NY_DESK_BOLD : NY_DESK_BAD | NY_DESK_BOLD);
    lines_a = ny_desk_value_put(p, LABEL, p->half, a, 0, (struct ny_desk_marks){mark_a, n});
    lines_b =
        ny_desk_value_put(p, LABEL + p->half + 3, p->half, b, 0, (struct ny_desk_marks){mark_b, n});
    p->row += lines_a > lines_b ? lines_a : lines_b;
}

static void names_put(struct page *p, const json_t *a, const json_t *b)
{
    const json_t *names_a = json_object_get(a, "names");
    const json_t *names_b = json_object_get(b, "names");
    const json_t *variants = json_object_get(p->v->kase, "variants");
    size_t n = json_array_size(names_a) > json_array_size(names_b) ? json_array_size(names_a)
                                                                   : json_array_size(names_b);

    for (size_t i = 0; i < n && i < 2; i++) { /* the current one and the one before */
        const json_t *x = json_array_get(names_a, i);
        const json_t *y = json_array_get(names_b, i);

        pair_put(p, i == 0 ? ny_desk_say(p, "name", "氏名") : ny_desk_say(p, "former", "旧・他"),
                 ny_desk_text(x, "kanji"), ny_desk_text(y, "kanji"),
                 i == 0 ? json_array_size(variants) : 0, NULL);
        for (size_t k = 0; i == 0 && k < json_array_size(variants) && k < 4; k++) {
            ny_desk_put(p->g, p->row, LABEL + (int)k * 12, 12,
                        json_string_value(json_array_get(variants, k)), NY_DESK_BOLD);
        }
        p->row += i == 0 && json_array_size(variants) > 0;
        pair_put(p, ny_desk_say(p, "reading", "カナ"), ny_desk_text(x, "kana"),
                 ny_desk_text(y, "kana"), 0, NULL);
        pair_put(p, ny_desk_say(p, "Latin", "英字"), ny_desk_text(x, "latin"),
                 ny_desk_text(y, "latin"), 0, NULL);
    }
}

static void birth_text(const json_t *record, char out[128])
{
    const char *iso = ny_desk_text(record, "birth_iso");

    snprintf(out, 128, "%s %s", iso[0] != '\0' ? iso : ny_desk_text(record, "birth_date"),
             ny_desk_text(record, "birth_era"));
}

const char *ny_desk_sex(const struct page *p, const char *sex)
{
    return !p->v->is_japanese      ? sex
           : strcmp(sex, "F") == 0 ? "女"
           : strcmp(sex, "M") == 0 ? "男"
                                   : sex;
}

static bool has_text(const json_t *list, const char *text)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (strcmp(json_string_value(json_array_get(list, i)), text) == 0) {
            return true;
        }
    }
    return false;
}

/* Values that a record has several of: the current one, and the one before while there is room. */
static void list_put(struct page *p, const char *label, const char *key, size_t most)
{
    const json_t *list_a = json_object_get(json_object_get(p->v->kase, "a"), key);
    const json_t *list_b = json_object_get(json_object_get(p->v->kase, "b"), key);

    for (size_t i = 0; i < most; i++) {
        const char *a = json_string_value(json_array_get(list_a, i));
        const char *b = json_string_value(json_array_get(list_b, i));

        /* ↕: the other one has it, too, at another time. */
        bool elsewhere = a != NULL && b != NULL && strcmp(a, b) != 0 &&
                         (has_text(list_a, b) || has_text(list_b, a));

        pair_put(p, i == 0 ? label : ny_desk_say(p, " before", "（以前）"), a != NULL ? a : "",
                 b != NULL ? b : "", 0, elsewhere ? "↕" : NULL);
    }
}

static void records_put(struct page *p)
{
    const json_t *a = json_object_get(p->v->kase, "a");
    const json_t *b = json_object_get(p->v->kase, "b");
    char birth_a[128];
    char birth_b[128];

    ny_desk_ids_put(p);
    names_put(p, a, b);
    birth_text(a, birth_a);
    birth_text(b, birth_b);
    pair_put(p, ny_desk_say(p, "born", "生年月日"), birth_a, birth_b, 0, NULL);
    pair_put(p, ny_desk_say(p, "sex", "性別"), ny_desk_sex(p, ny_desk_text(a, "sex")),
             ny_desk_sex(p, ny_desk_text(b, "sex")), 0, NULL);
    list_put(p, ny_desk_say(p, "address", "住所"), "addresses", p->g->rows > 24 ? 3 : 2);
    list_put(p, ny_desk_say(p, "phone", "電話"), "phones", p->g->rows > 24 ? 3 : 1);
    list_put(p, ny_desk_say(p, "insurance", "保険"), "insurances", p->g->rows > 24 ? 2 : 1);
}

/* ---- the score ---- */

static void bar_put(struct page *p, const json_t *bar, int row, int col, int width)
{
    const double bits = json_number_value(json_object_get(bar, "bits"));
    const int label = width > 26 ? 14 : 11;
    int blocks = (int)((bits < 0 ? -bits : bits) / 2 + 0.5);
    char text[64];
    size_t n = 0;

    ny_desk_put(p->g, row, col, label - 1,
                ny_desk_text(bar, p->v->is_japanese ? "label_ja" : "label"), 0);
    snprintf(text, sizeof(text), "%+5.1f", bits);
    ny_desk_put(p->g, row, col + label, 6, text, bits < 0 ? NY_DESK_BAD : NY_DESK_GOOD);
    blocks = blocks > width - label - 7 ? width - label - 7 : blocks;
    for (text[0] = '\0'; blocks-- > 0 && n + 4 < sizeof(text); n += 3) {
        memcpy(text + n, bits < 0 ? "░" : "█", 4);
    }
    ny_desk_put(p->g, row, col + label + 6, width - label - 7, text,
                bits < 0 ? NY_DESK_BAD : NY_DESK_GOOD);
}

static void score_put(struct page *p)
{
    const json_t *bars = json_object_get(p->v->kase, "bars");
    const int width = p->g->cols / 3;
    const int lines = (int)(json_array_size(bars) + 2) / 3;
    char text[160];

    for (int col = 0; col < p->g->cols; col++) {
        ny_desk_put(p->g, p->row, col, 1, "─", NY_DESK_DIM);
    }
    snprintf(text, sizeof(text), " %s %+.1f %s %.3g %% ", ny_desk_say(p, "score", "得点"),
             json_number_value(json_object_get(p->v->kase, "total_bits")),
             ny_desk_say(p, "bits, two people with", "ビット・別人の確率"),
             100 * json_number_value(json_object_get(p->v->kase, "p_false")));
    ny_desk_put(p->g, p->row++, 2, p->g->cols - 4, text, NY_DESK_BOLD);
    for (size_t i = 0; i < json_array_size(bars); i++) {
        bar_put(p, json_array_get(bars, i), p->row + (int)i % lines, (int)i / lines * width, width);
    }
    p->row += lines;
}

/* ---- what keeps them apart, the groups ---- */

/* Why a question without a guard is asked. */
static const char *reason_text(const struct page *p)
{
    const char *word = ny_desk_text(json_object_get(p->v->kase, "question"), "reason");
    const struct ny_desk_why *why = ny_desk_why_find(word);

    return why != NULL ? ny_desk_say(p, why->en, why->ja) : word;
}

static void guards_put(struct page *p)
{
    const json_t *guards = json_object_get(p->v->kase, "guards");
    char text[256];

    ny_desk_put(p->g, p->row, 0, LABEL - 1, ny_desk_say(p, "stopped", "止めた訳"), NY_DESK_DIM);
    for (size_t i = 0; i < json_array_size(guards) && i < 3; i++) {
        const json_t *g = json_array_get(guards, i);

        snprintf(text, sizeof(text), "%s %s", ny_desk_text(g, "id"),
                 ny_desk_text(g, p->v->is_japanese ? "ja" : "en"));
        ny_desk_put(p->g, p->row++, LABEL, p->g->cols - LABEL, text, NY_DESK_BOLD);
    }
    if (json_array_size(guards) == 0) {
        ny_desk_put(p->g, p->row++, LABEL, p->g->cols - LABEL, reason_text(p), NY_DESK_BOLD);
    }
}

static void groups_put(struct page *p, const char *label, const char *key)
{
    const json_t *groups = json_object_get(p->v->kase, key);
    char text[1024] = "";
    size_t n = 0;

    for (size_t i = 0; i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i);

        for (size_t k = 0; k < json_array_size(group) && n + 1 < sizeof(text); k++) {
            int more = snprintf(text + n, sizeof(text) - n, "%s%s%s", k == 0 ? "[ " : "",
                                json_string_value(json_array_get(group, k)),
                                k + 1 == json_array_size(group) ? " ] " : " ");

            n += more > 0 && (size_t)more < sizeof(text) - n ? (size_t)more : 0;
        }
    }
    ny_desk_put(p->g, p->row, 0, LABEL - 1, label, NY_DESK_DIM);
    ny_desk_put(p->g, p->row++, LABEL, p->g->cols - LABEL, text, 0);
}

/* The words of the server in the clerk's language. */
static const char *decision_text(const struct page *p, const char *word)
{
    static const struct {
        const char *word, *ja;
    } words[] = {
        {"same",      "同一人"},
        {"different", "別人"   },
        {"later",     "後で"   },
        {"assign",    "割当"   },
        {"note",      "メモ"   },
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(words) && p->v->is_japanese; i++) {
        if (strcmp(words[i].word, word) == 0) {
            return words[i].ja;
        }
    }
    return word;
}

static const char *code_text(const struct page *p, const char *code)
{
    const struct ny_reason *r = ny_reason_find(ny_str_from_c(code));

    return r != NULL ? ny_desk_say(p, r->en, r->ja) : code;
}

static void history_put(struct page *p)
{
    const json_t *d = json_array_get(json_object_get(p->v->kase, "decisions"), 0);
    char text[512];

    if (d == NULL) {
        return;
    }
    snprintf(
        text, sizeof(text), "%.10s %s: %s%s%s %s%s%s", ny_desk_text(d, "at"),
        ny_desk_text(d, "who"), decision_text(p, ny_desk_text(d, "decision")),
        ny_desk_text(d, "reason")[0] != '\0' ? " " : "", code_text(p, ny_desk_text(d, "reason")),
        ny_desk_text(d, "whom"), ny_desk_text(d, "note"),
        json_is_true(json_object_get(d, "undone")) ? ny_desk_say(p, " (undone)", "（取消）") : "");
    ny_desk_put(p->g, p->row, 0, LABEL - 1, ny_desk_say(p, "so far", "経過"), NY_DESK_DIM);
    ny_desk_put(p->g, p->row++, LABEL, p->g->cols - LABEL, text, 0);
}

/* Words in force between the two groups: what speaks against "same", or for it. */
static void pins_put(struct page *p)
{
    const json_t *pins = json_object_get(p->v->kase, "pins");
    char text[512];

    for (size_t i = 0; i < json_array_size(pins) && i < 2; i++) {
        const json_t *pin = json_array_get(pins, i);
        const char *kind = ny_desk_text(pin, "kind");

        snprintf(text, sizeof(text), "%s^%s %s %s^%s %s %.10s: %s", ny_desk_text(pin, "domain_a"),
                 ny_desk_text(pin, "local_id_a"), strcmp(kind, "different") == 0 ? "≠" : "=",
                 ny_desk_text(pin, "domain_b"), ny_desk_text(pin, "local_id_b"),
                 ny_desk_text(pin, "who"), ny_desk_text(pin, "said"), ny_desk_text(pin, "reason"));
        ny_desk_put(p->g, p->row, 0, LABEL - 1, ny_desk_say(p, "said", "指定"), NY_DESK_DIM);
        ny_desk_put(p->g, p->row++, LABEL, p->g->cols - LABEL, text, NY_DESK_BOLD);
    }
}

void ny_desk_draw_case(struct ny_desk_grid *g, const struct ny_desk_view *v)
{
    struct page p = {g, v, 1, (g->cols - LABEL - 3) / 2};

    guards_put(&p);
    records_put(&p);
    score_put(&p);
    groups_put(&p, ny_desk_say(&p, "now", "今"), "groups");
    groups_put(&p, ny_desk_say(&p, "if same", "同一なら"), "groups_if_same");
    pins_put(&p);
    history_put(&p);
}
