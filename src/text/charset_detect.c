/* Names of character sets and the choice among them.
 *
 *   MSH-18                          bytes                      decoded as
 *   ISO IR 13, 14, 87, 159 …        any                        ISO 2022
 *   UNICODE, UNICODE UTF-8          any                        UTF-8
 *   8859/1, Shift_JIS, EUC-JP …     any                        as named
 *   empty, ASCII, ISO IR6           no byte >= 0x80, no ESC    ASCII
 *                                   valid UTF-8                UTF-8, guessed
 *                                   ESC $                      ISO 2022, guessed
 *                                   else                       what the source sends, guessed
 */

#include "nayose/text_charset.h"

/* Keys are without blanks, '-', '_', '/' and in lower case. */
static const struct {
    const char *key;
    enum ny_charset charset;
    unsigned rep;
} names[] = {
    {"ascii",       NY_CHARSET_ASCII,     NY_CHARSET_IR6                    },
    {"usascii",     NY_CHARSET_ASCII,     NY_CHARSET_IR6                    },
    {"isoir6",      NY_CHARSET_ASCII,     NY_CHARSET_IR6                    },
    {"isoir13",     NY_CHARSET_ISO2022JP, NY_CHARSET_IR13                   },
    {"isoir14",     NY_CHARSET_ISO2022JP, NY_CHARSET_IR14                   },
    {"isoir87",     NY_CHARSET_ISO2022JP, NY_CHARSET_IR87                   },
    {"isoir159",    NY_CHARSET_ISO2022JP, NY_CHARSET_IR159                  },
    {"jas2020",     NY_CHARSET_ISO2022JP, NY_CHARSET_IR87                   },
    {"jisx0202",    NY_CHARSET_ISO2022JP, NY_CHARSET_IR87 | NY_CHARSET_IR159},
    {"iso2022jp",   NY_CHARSET_ISO2022JP, NY_CHARSET_IR87                   },
    {"unicodeutf8", NY_CHARSET_UTF8,      0                                 },
    {"unicode",     NY_CHARSET_UTF8,      0                                 },
    {"utf8",        NY_CHARSET_UTF8,      0                                 },
    {"88591",       NY_CHARSET_LATIN1,    0                                 },
    {"iso88591",    NY_CHARSET_LATIN1,    0                                 },
    {"cp932",       NY_CHARSET_CP932,     0                                 },
    {"ms932",       NY_CHARSET_CP932,     0                                 },
    {"windows31j",  NY_CHARSET_CP932,     0                                 },
    {"shiftjis",    NY_CHARSET_CP932,     0                                 },
    {"sjis",        NY_CHARSET_CP932,     0                                 },
    {"eucjp",       NY_CHARSET_EUCJP,     0                                 },
};

const char *ny_charset_name(enum ny_charset c)
{
    static const char *const texts[NY_CHARSET_COUNT] = {
        [NY_CHARSET_NONE] = "unknown",  [NY_CHARSET_ASCII] = "ASCII",
        [NY_CHARSET_UTF8] = "UTF-8",    [NY_CHARSET_ISO2022JP] = "ISO-2022-JP",
        [NY_CHARSET_CP932] = "CP932",   [NY_CHARSET_EUCJP] = "EUC-JP",
        [NY_CHARSET_LATIN1] = "8859/1",
    };

    return c < NY_CHARSET_COUNT ? texts[c] : texts[NY_CHARSET_NONE];
}

/* Writes the key form of name to key[16]; "" for a blank name, and for one that is too long a form
 * that no row has. */
static void key_of(ny_str name, char key[16])
{
    size_t n = 0;

    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];

        if (c == ' ' || c == '-' || c == '_' || c == '/') {
            continue;
        }
        if (n == 15) {
            key[0] = '?';
            break;
        }
        key[n++] = (c >= 'A' && c <= 'Z') ? (char)(c + 32) : c;
    }
    key[n] = '\0';
}

static int name_find(const char *key)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(names); i++) {
        if (strcmp(names[i].key, key) == 0) {
            return (int)i;
        }
    }
    return -1;
}

enum ny_charset ny_charset_from_name(ny_str name)
{
    char key[16];
    int at;

    key_of(name, key);
    at = name_find(key);
    return at >= 0 ? names[at].charset : NY_CHARSET_NONE;
}

static bool is_ascii(ny_str s)
{
    unsigned char seen = 0;

    for (size_t i = 0; i < s.n; i++) {
        seen |= (unsigned char)s.p[i];
    }
    return seen < 0x80;
}

/* ESC $ or ESC ( I: nothing but a Japanese ISO 2022 text has them. */
static bool has_escapes(ny_str s)
{
    for (size_t at = ny_str_find(s, 0x1B); at < s.n;) {
        ny_str next = ny_str_sub(s, at + 1, s.n);

        if (ny_str_starts_with(next, NY_S("$")) || ny_str_starts_with(next, NY_S("(I"))) {
            return true;
        }
        at += 1 + ny_str_find(next, 0x1B);
    }
    return false;
}

/* The row "nothing declared". */
static enum ny_charset guess(const struct ny_charset_declared *d, ny_str bytes, unsigned *warnings)
{
    bool ascii = is_ascii(bytes);

    if (ascii && !has_escapes(bytes)) {
        return NY_CHARSET_ASCII;
    }
    *warnings |= NY_CHARSET_W_GUESSED;
    if (!ascii && ny_charset_is_utf8(bytes)) {
        return NY_CHARSET_UTF8;
    }
    if (has_escapes(bytes)) {
        return NY_CHARSET_ISO2022JP;
    }
    return d->source_sets != NY_CHARSET_NONE ? d->source_sets : NY_CHARSET_ASCII;
}

/* Reads the repetitions of MSH-18 into spec; *unknown when one is not read here. */
static void declared_read(const struct ny_charset_declared *d, struct ny_charset_spec *spec,
                          bool *unknown)
{
    ny_str rest = d->msh18;
    bool first = true;

    while (rest.p != NULL) {
        char key[16];
        int at;

        key_of(ny_str_split(&rest, d->repetition), key);
        at = name_find(key);
        if (at >= 0) {
            spec->reps |= names[at].rep;
            spec->roman = spec->roman || (first && names[at].rep == NY_CHARSET_IR14);
            /* Any ISO 2022 member decides; else the first that is more than ASCII. */
            if (spec->charset <= NY_CHARSET_ASCII || names[at].charset == NY_CHARSET_ISO2022JP) {
                spec->charset = names[at].charset;
            }
        } else if (key[0] != '\0' && strcmp(key, "\"\"") != 0) {
            *unknown = true;
        }
        first = false;
    }
}

ny_rc ny_charset_detect(const struct ny_charset_declared *d, ny_str bytes,
                        struct ny_charset_spec *out, unsigned *warnings, struct ny_error *err)
{
    struct ny_charset_spec spec = {0};
    bool unknown = false;

    declared_read(d, &spec, &unknown);
    if (spec.charset <= NY_CHARSET_ASCII) {
        if (unknown && !is_ascii(bytes)) {
            return ny_fail_at(err, NY_EUNSUPP, "MSH^1^18", "character set is not supported");
        }
        spec.charset = guess(d, bytes, warnings);
    }
    if (spec.charset == NY_CHARSET_ISO2022JP && ny_str_equals(ny_str_trim(d->msh20), NY_S("2.3"))) {
        spec.hl7_escape = d->escape;
    }
    *out = spec;
    return NY_OK;
}
