/* module: text
 *
 * First byte: character set, and whether broken bytes are replaced. Decoded text must be UTF-8, the
 * same with and without replacement when nothing is broken, and must survive the way back. */

#include <stdlib.h>

#include "nayose/text_charset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void back_and_again(struct ny_arena *a, const struct ny_charset_spec *spec, ny_str text)
{
    struct ny_charset_facts facts;
    struct ny_charset_spec plain = *spec;
    ny_str bytes;
    ny_str again;

    plain.hl7_escape = 0;
    NY_ASSERT(ny_charset_encode(a, &plain, text, &bytes, &facts) == NY_OK);
    if (spec->charset == NY_CHARSET_ISO2022JP && facts.substituted == 0 &&
        ny_str_find(text, 0x1B) == text.n) {
        NY_ASSERT(ny_charset_decode(a, &plain, bytes, false, &again, NULL, NULL) == NY_OK);
        NY_ASSERT(ny_str_equals(text, again));
    }
}

static void detect(ny_str bytes)
{
    struct ny_charset_declared d = {ny_str_sub(bytes, 0, 20), '~', ny_str_sub(bytes, 20, 5), '\\',
                                    NY_CHARSET_CP932};
    struct ny_charset_spec spec;
    unsigned warnings = 0;

    if (ny_charset_detect(&d, bytes, &spec, &warnings, NULL) == NY_OK) {
        NY_ASSERT(spec.charset > NY_CHARSET_NONE && spec.charset < NY_CHARSET_COUNT);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ny_charset_spec spec = {.reps = NY_CHARSET_IR87};
    struct ny_charset_facts facts;
    struct ny_error err = {0};
    struct ny_arena *a;
    ny_str bytes;
    ny_str text;
    ny_str strict;

    if (size < 1 || size > 4096) {
        return 0;
    }
    spec.charset = (enum ny_charset)(1 + data[0] % 6);
    spec.extensions = true;
    spec.reps |= data[0] >= 64 ? NY_CHARSET_IR13 | NY_CHARSET_IR159 : 0;
    spec.hl7_escape = data[0] >= 128 ? '\\' : '\0';
    bytes = ny_str_of((const char *)data + 1, size - 1);
    a = ny_arena_create(0);
    NY_ASSERT(ny_charset_decode(a, &spec, bytes, true, &text, &facts, NULL) == NY_OK);
    NY_ASSERT(ny_charset_is_utf8(text));
    if (ny_charset_decode(a, &spec, bytes, false, &strict, NULL, &err) == NY_OK) {
        NY_ASSERT(facts.replaced == 0 && ny_str_equals(text, strict));
    } else {
        NY_ASSERT(facts.replaced > 0 && err.offset < bytes.n);
    }
    back_and_again(a, &spec, text);
    detect(bytes);
    ny_arena_destroy(a);
    return 0;
}
