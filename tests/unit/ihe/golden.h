/* Golden conversations: tests/golden/<transaction>/<case>/in.hl7 → out.hl7 (LF for CR, MSH-7 and
 * MSH-10 masked). NY_GOLDEN_UPDATE=1 rewrites the answers. */
#ifndef NAYOSE_TESTS_IHE_GOLDEN_H
#define NAYOSE_TESTS_IHE_GOLDEN_H

#include <stdlib.h>

#include "support.h"

static inline size_t read_file(const char *path, char *out, size_t cap)
{
    FILE *f = fopen(path, "rb");
    size_t n;

    if (f == NULL) {
        return 0;
    }
    n = fread(out, 1, cap - 1, f);
    out[n] = '\0';
    fclose(f);
    return n;
}

static inline void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");

    assert(f != NULL);
    (void)fwrite(text, 1, strlen(text), f);
    fclose(f);
}

/* Sends a case; the answer's text, and what is expected. */
static inline const char *golden_case(struct bench *b, const char *folder, const char *name,
                                      const char **out_expected)
{
    static char in[65536];
    static char expected[65536];
    char path[512];
    size_t n;

    snprintf(path, sizeof(path), "%s%s/in.hl7", folder, name);
    n = read_file(path, in, sizeof(in));
    assert(n > 0);
    for (size_t k = 0; k < n; k++) {
        in[k] = in[k] == '\n' ? '\r' : in[k];
    }
    (void)bench_send(b, ny_str_of(in, n));
    snprintf(path, sizeof(path), "%s%s/out.hl7", folder, name);
    if (getenv("NY_GOLDEN_UPDATE") != NULL) {
        write_file(path, bench_mask(b));
    }
    expected[0] = '\0';
    (void)read_file(path, expected, sizeof(expected));
    *out_expected = expected;
    return bench_mask(b);
}

#endif
