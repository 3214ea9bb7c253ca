/* Escape sequences in values.
 *
 *   \F\ \S\ \T\ \R\ \E\ \P\   the delimiters            \.br\ \.sp..\ \.ce\   new line
 *   \Xhh..\                   bytes in the message's    \.in..\ \.sk..\ …     blank
 *                             character set             \H\ \N\ \Zhh..\       nothing
 *
 * The character set switches \C..\ and \M..\ (MSH-20 = 2.3) were read by the decoder already; what
 * is left of them, and everything unknown or unterminated, stays as it is: Japanese senders leave
 * a yen sign in names and addresses, and that byte is the backslash. */

#include "hl7v2_priv.h"

/* Room for all that unescaping can give: two hexadecimal digits give at most the three bytes of a
 * half-width kana. */
struct sink {
    char *p;
    size_t n;
};

static void add(struct sink *to, ny_str s)
{
    if (s.n > 0) {
        memcpy(to->p + to->n, s.p, s.n);
        to->n += s.n;
    }
}

static bool is_hex(ny_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (ny_hex_value(s.p[i]) < 0) {
            return false;
        }
    }
    return s.n > 0;
}

/* hex is an even number of digits or it stays as text; so does a NUL byte and what is undecodable.
 */
static bool add_hex(struct ny_hl7v2_msg *msg, ny_str hex, struct sink *to)
{
    char *bytes;
    size_t n = hex.n / 2;
    ny_str text = NY_STR_NONE;

    if (hex.n % 2 != 0 || !is_hex(hex)) {
        return false;
    }
    bytes = ny_arena_alloc(msg->arena, n);
    if (bytes == NULL) {
        msg->failed = true;
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        bytes[i] = (char)(ny_hex_value(hex.p[2 * i]) << 4 | ny_hex_value(hex.p[2 * i + 1]));
    }
    if (memchr(bytes, '\0', n) != NULL ||
        ny_charset_decode(msg->arena, &msg->msh.charset, ny_str_of(bytes, n), false, &text, NULL,
                          NULL) != NY_OK) {
        return false;
    }
    add(to, text);
    return true;
}

static bool add_format(ny_str name, struct sink *to)
{
    static const struct {
        const char *name;
        bool number; /* digits may follow */
        const char *text;
    } rows[] = {
        {"br", false, "\n"},
        {"sp", true,  "\n"},
        {"ce", false, "\n"},
        {"in", true,  " " },
        {"ti", true,  " " },
        {"sk", true,  " " },
        {"fi", false, " " },
        {"nf", false, " " },
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        ny_str rest = ny_str_sub(name, 2, name.n);

        if (!ny_str_equals(ny_str_sub(name, 0, 2), ny_str_from_c(rows[i].name))) {
            continue;
        }
        if (rows[i].number && rest.n > 0 && (rest.p[0] == '+' || rest.p[0] == '-')) {
            rest = ny_str_sub(rest, 1, rest.n);
        }
        if (rest.n > 0 && !(rows[i].number && ny_str_is_digits(rest))) {
            return false;
        }
        add(to, ny_str_from_c(rows[i].text));
        return true;
    }
    return false;
}

static bool add_delimiter(const struct ny_hl7v2_delims *d, char name, struct sink *to)
{
    char c;

    switch (name) {
    case 'F':
        c = d->field;
        break;
    case 'S':
        c = d->component;
        break;
    case 'T':
        c = d->subcomponent;
        break;
    case 'R':
        c = d->repetition;
        break;
    case 'E':
        c = d->escape;
        break;
    case 'P':
        c = d->truncation;
        break;
    case 'H':
    case 'N':
        return true;
    default:
        return false;
    }
    add(to, ny_str_of(&c, 1));
    return c != '\0';
}

/* body is what stands between two escape characters; false when it means nothing. */
static bool add_escape(struct ny_hl7v2_msg *msg, ny_str body, struct sink *to)
{
    size_t before = to->n;
    bool known = false;

    if (body.n == 1) {
        known = add_delimiter(&msg->delims, body.p[0], to);
    } else if (body.n > 1 && body.p[0] == 'X') {
        known = add_hex(msg, ny_str_sub(body, 1, body.n), to);
    } else if (body.n > 1 && body.p[0] == 'Z') {
        known = is_hex(ny_str_sub(body, 1, body.n));
    } else if (body.n > 1 && body.p[0] == '.') {
        known = add_format(ny_str_sub(body, 1, body.n), to);
    }
    if (!known) {
        to->n = before;
    }
    return known;
}

ny_str hl7v2_unescape(struct ny_hl7v2_msg *msg, ny_str raw)
{
    char escape = msg->delims.escape;
    size_t at = ny_str_find(raw, escape);
    struct sink to = {0};

    if (at == raw.n) {
        return raw;
    }
    to.p = ny_arena_alloc(msg->arena, raw.n * 2 + 1);
    if (to.p == NULL) {
        msg->failed = true;
        return raw;
    }
    add(&to, ny_str_sub(raw, 0, at));
    while (at < raw.n) {
        ny_str rest = ny_str_sub(raw, at + 1, raw.n);
        size_t end = ny_str_find(rest, escape);

        if (end < rest.n && add_escape(msg, ny_str_sub(rest, 0, end), &to)) {
            at += end + 2;
        } else {
            /* Only this one stays: the next may begin a sequence. */
            msg->unknown_escapes++;
            add(&to, ny_str_of(&escape, 1));
            at++;
        }
        rest = ny_str_sub(raw, at, raw.n);
        end = ny_str_find(rest, escape);
        add(&to, ny_str_sub(rest, 0, end));
        at += end;
    }
    to.p[to.n] = '\0';
    return ny_str_of(to.p, to.n);
}

/* The letter of the escape for a delimiter, NUL for any other character. */
static char escape_name(const struct ny_hl7v2_delims *d, char c)
{
    if (c != '\0' && c == d->truncation) {
        return 'P';
    }
    return c == d->field          ? 'F'
           : c == d->component    ? 'S'
           : c == d->subcomponent ? 'T'
           : c == d->repetition   ? 'R'
           : c == d->escape       ? 'E'
                                  : '\0';
}

void ny_hl7v2_escape(struct ny_buf *out, const struct ny_hl7v2_delims *d, ny_str value)
{
    size_t from = 0;

    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        char name = escape_name(d, c);
        bool control = (unsigned char)c < 0x20 || c == 0x7F;

        if (name == '\0' && !control) {
            continue;
        }
        ny_buf_add(out, ny_str_sub(value, from, i - from));
        if (control) {
            ny_buf_printf(out, "%cX%02X%c", d->escape, (unsigned)c, d->escape);
        } else {
            ny_buf_printf(out, "%c%c%c", d->escape, name, d->escape);
        }
        from = i + 1;
    }
    ny_buf_add(out, ny_str_sub(value, from, value.n));
}
