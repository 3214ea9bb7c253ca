/* One part of a name as somebody typed it (1.4): notes are cut before the wildcard step.
 *
 *   花子（旧姓 鈴木）様＊  ─▶  text 花子, former 鈴木
 *
 * Brackets may stand anywhere, an open one runs to the end; 様 殿 and '*' are cut only at the end
 * of the name. What cannot be a note stays: the surname 鵜殿, a text that is all bracket. */

#include "text_priv.h"

enum { REST_MIN = 3 }; /* characters an unsplit name keeps when 様 is cut: 鵜殿 stays */

static uint32_t closing_of(uint32_t cp)
{
    static const struct {
        uint16_t open;
        uint16_t close;
    } pairs[] = {
        {'(',    ')'   },
        {'[',    ']'   },
        {'{',    '}'   },
        {0x3008, 0x3009},
        {0x300A, 0x300B},
        {0x300C, 0x300D},
        {0x300E, 0x300F},
        {0x3010, 0x3011},
        {0x3014, 0x3015},
        {'<',    '>'   }
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(pairs); i++) {
        if (pairs[i].open == cp) {
            return pairs[i].close;
        }
    }
    return 0;
}

static bool is_closing(uint32_t cp)
{
    return cp == ')' || cp == ']' || cp == '}' || cp == '>' ||
           (cp >= 0x3009 && cp <= 0x3011 && cp % 2 == 1) || cp == 0x3015;
}

/* 旧姓 旧氏 旧 or their reading in front of a surname: the length of the word, 0 when none. */
static size_t former_mark(const uint32_t *p, size_t n)
{
    static const uint32_t marks[][6] = {
  /* 旧姓 旧氏 旧 キュウセイ キユウセイ きゅうせい */
        {0x65E7, 0x59D3, 0,      0,      0,      0},
        {0x65E7, 0x6C0F, 0,      0,      0,      0},
        {0x65E7, 0,      0,      0,      0,      0},
        {0x30AD, 0x30E5, 0x30A6, 0x30BB, 0x30A4, 0},
        {0x30AD, 0x30E6, 0x30A6, 0x30BB, 0x30A4, 0},
        {0x304D, 0x3085, 0x3046, 0x305B, 0x3044, 0},
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(marks); i++) {
        size_t len = 0;

        while (marks[i][len] != 0 && len < n && marks[i][len] == p[len]) {
            len++;
        }
        if (marks[i][len] == 0) {
            return len;
        }
    }
    return 0;
}

/* The surname in "旧姓：鈴木 花子": p[*from .. *to); false when the note tells of none. */
static bool former_find(const uint32_t *p, size_t n, size_t *from, size_t *to)
{
    size_t i = former_mark(p, n);
    size_t end;

    if (i == 0) {
        return false;
    }
    while (i < n && (p[i] == ' ' || p[i] == ':' || p[i] == '=' || p[i] == '-' || p[i] == ',' ||
                     p[i] == 0x30FB || p[i] == 0x3001)) {
        i++;
    }
    for (end = i; end < n && p[end] != ' '; end++) {
    }
    *from = i;
    *to = end;
    return end > i;
}

/* Cuts every bracket from c; writes the former surname found in one. */
static ny_rc brackets_cut(struct ny_arena *a, struct ny_cps *c, ny_str *former)
{
    size_t n = 0;
    ny_rc rc = NY_OK;

    for (size_t i = 0; i < c->n && rc == NY_OK; i++) {
        uint32_t close = closing_of(c->p[i]);
        size_t depth = 1;
        size_t end = i + 1;
        size_t from;
        size_t to;

        if (close == 0) {
            if (!is_closing(c->p[i])) {
                c->p[n++] = c->p[i];
            }
            continue;
        }
        for (; end < c->n; end++) {
            depth += c->p[end] == c->p[i];
            depth -= c->p[end] == close;
            if (depth == 0) {
                break;
            }
        }
        if (former->n == 0 && former_find(c->p + i + 1, end - i - 1, &from, &to)) {
            rc = ny_cps_encode(a, c->p + i + 1 + from, to - from, former);
        }
        i = end;
    }
    c->n = n;
    return rc;
}

static bool is_honorific(uint32_t cp)
{
    return cp == 0x69D8 || cp == 0x6A23 || cp == 0x6BBF; /* 様 樣 殿 */
}

static size_t blanks_cut(const uint32_t *p, size_t n)
{
    while (n > 0 && p[n - 1] == ' ') {
        n--;
    }
    return n;
}

/* Start of the honorifics that end p[0..n), iteration marks and blanks among them; n when none. */
static size_t honorifics_start(const uint32_t *p, size_t n)
{
    size_t i = n;

    while (i > 0 && (is_honorific(p[i - 1]) || p[i - 1] == 0x3005 || p[i - 1] == 0x303B ||
                     p[i - 1] == ' ')) { /* 々 〻 */
        i--;
    }
    while (i < n && !is_honorific(p[i])) {
        i++;
    }
    return i;
}

/* Cut as a whole or, in an unsplit name that would become too short, from the first one that stands
 * behind a blank: 鵜殿 様. */
static size_t honorific_cut(const uint32_t *p, size_t n, bool is_whole)
{
    size_t start;
    size_t rest;

    n = blanks_cut(p, n);
    start = honorifics_start(p, n);
    rest = blanks_cut(p, start);
    if (start == n || !is_whole || rest >= REST_MIN || (rest > 0 && rest < start)) {
        return start == n ? n : rest;
    }
    for (size_t i = start + 1; i < n; i++) {
        if (is_honorific(p[i]) && p[i - 1] == ' ') {
            return blanks_cut(p, i);
        }
    }
    return n;
}

static size_t notes_cut(const uint32_t *p, size_t n, bool is_whole)
{
    size_t before;

    do {
        before = n;
        n = honorific_cut(p, n, is_whole);
        while (n > 0 && p[n - 1] == '*') {
            n--;
        }
        n = blanks_cut(p, n);
    } while (n < before);
    return n;
}

/* Drops the bracket characters only: what an all-bracket text is worth. */
static void brackets_open(struct ny_cps *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++) {
        if (closing_of(c->p[i]) == 0 && !is_closing(c->p[i])) {
            c->p[n++] = c->p[i];
        }
    }
    c->n = n;
}

ny_rc ny_text_part_clean(struct ny_arena *a, ny_str raw, bool is_end, bool is_whole,
                         struct ny_name_part *out)
{
    struct ny_cps c;
    ny_str former = NY_STR_NONE;
    ny_str text;
    size_t bracket = 0;
    size_t from = 0;
    ny_rc rc = ny_text_fold_cps(a, raw, NY_FOLD_DROP_MARKS, &c);

    if (rc != NY_OK) {
        return rc;
    }
    while (bracket < c.n && closing_of(c.p[bracket]) == 0) {
        bracket++;
    }
    if (bracket == 0 && c.n > 0 && former_mark(c.p + 1, c.n - 1) == 0 && is_closing(c.p[c.n - 1])) {
        brackets_open(&c);
    } else {
        rc = brackets_cut(a, &c, &former);
    }
    c.n = is_end ? notes_cut(c.p, c.n, is_whole) : blanks_cut(c.p, c.n);
    while (from < c.n && c.p[from] == ' ') {
        from++;
    }
    if (rc == NY_OK) {
        rc = ny_cps_encode(a, c.p + from, c.n - from, &text);
    }
    if (rc == NY_OK) {
        *out = (struct ny_name_part){.text = text, .former = former};
    }
    return rc;
}
