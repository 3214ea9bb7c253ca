/* Many messages in one file.
 *
 *   [0x0B] MSH|… CR PID|… CR [0x1C CR]  MSH|…      a message: from a segment start "MSH" +
 * delimiter FHS|… BHS|… … BTS|… FTS|…                      to the next segment start of these five,
 * 0x1C or the end
 *
 * A segment starts after CR, LF or 0x0B. None of these bytes is part of a kanji in any of the
 * character sets, so looking at bytes is safe without knowing the set. */

#include "hl7v2_priv.h"

static bool is_break(char c)
{
    return c == '\r' || c == '\n' || c == '\x0B' || c == '\x1C';
}

static bool is_blank(char c)
{
    return is_break(c) || c == ' ' || c == '\t' || c == '\0' || c == '\x1A';
}

static bool is_boundary(ny_str s)
{
    static const char *const names[] = {"MSH", "FHS", "BHS", "BTS", "FTS"};

    for (size_t i = 0; i < NY_ARRAY_LEN(names); i++) {
        if (hl7v2_is_segment_start(s, names[i])) {
            return true;
        }
    }
    /* A trailer may be a bare name. */
    return (ny_str_starts_with(s, NY_S("BTS")) || ny_str_starts_with(s, NY_S("FTS"))) &&
           (s.n == 3 || is_break(s.p[3]));
}

/* The end of the line at from: a break, or the end of the file. */
static size_t line_end(ny_str bytes, size_t from)
{
    while (from < bytes.n && !is_break(bytes.p[from])) {
        from++;
    }
    return from;
}

/* Holds a trailer's first field, when it is a number, against what was counted. */
static bool count_differs(ny_str line, size_t counted)
{
    uint64_t said = 0;
    ny_str field = line.n > 3 ? ny_str_sub(line, 4, line.n) : NY_STR_NONE;

    field = field.p != NULL ? ny_str_split(&field, line.p[3]) : field;
    return ny_str_to_u64(ny_str_trim(field), 0, UINT64_MAX, &said) == NY_OK && said != counted;
}

/* [FHS] { [BHS] { MSH … } [BTS] } [FTS]: what opens closes, and the counts are right. */
static void note_boundary(struct ny_hl7v2_splitter *s, ny_str line)
{
    bool opens = line.p[1] == 'H';
    bool *open = line.p[0] == 'F' ? &s->in_file : &s->in_batch;
    bool wrong = *open == opens;

    if (line.p[0] == 'B' && opens) {
        s->batches++;
    } else if (line.p[0] == 'B') {
        wrong = wrong || count_differs(line, s->messages - s->batch_messages);
    } else if (opens) {
        s->batches = 0;
    } else {
        wrong = wrong || s->in_batch || count_differs(line, s->batches);
        s->in_batch = false;
    }
    s->batch_messages = s->messages;
    s->mismatches += wrong ? 1 : 0;
    *open = opens;
}

/* Goes to the next "MSH"; false at the end. Other text on the way is counted unless it is one of
 * the file's own segments. */
static bool find_start(struct ny_hl7v2_splitter *s)
{
    while (s->at < s->bytes.n) {
        ny_str here = ny_str_sub(s->bytes, s->at, s->bytes.n);
        size_t end;

        if (is_blank(here.p[0])) {
            s->at++;
            continue;
        }
        if (ny_str_starts_with(here, NY_S("\xEF\xBB\xBF"))) {
            s->at += 3;
            continue;
        }
        if (hl7v2_is_segment_start(here, "MSH")) {
            return true;
        }
        end = line_end(s->bytes, s->at);
        if (is_boundary(here)) {
            note_boundary(s, ny_str_sub(s->bytes, s->at, end - s->at));
        } else {
            s->skipped += end - s->at;
        }
        s->at = end;
    }
    s->mismatches += (s->in_file ? 1 : 0) + (s->in_batch ? 1 : 0); /* cut off? */
    s->in_file = false;
    s->in_batch = false;
    return false;
}

bool ny_hl7v2_split_next(struct ny_hl7v2_splitter *s, ny_str *out, size_t *offset)
{
    size_t start;
    size_t end;

    if (!find_start(s)) {
        return false;
    }
    start = s->at;
    end = line_end(s->bytes, start);
    while (end < s->bytes.n && (s->bytes.p[end] == '\r' || s->bytes.p[end] == '\n') &&
           !is_boundary(ny_str_sub(s->bytes, end + 1, s->bytes.n))) {
        end = line_end(s->bytes, end + 1);
    }
    s->at = end;
    while (end > start && is_blank(s->bytes.p[end - 1])) {
        end--;
    }
    s->messages++;
    *out = ny_str_sub(s->bytes, start, end - start);
    if (offset != NULL) {
        *offset = start;
    }
    return true;
}
