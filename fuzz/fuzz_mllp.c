/* module: mllp
 *
 * The first byte says how the rest is cut into reads. Frames must not depend on the cuts, and what
 * is written must be read back. */

#include <stdlib.h>

#include "nayose/mllp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Hash over all frames and the end state, reading `step` bytes at a time (0 = all at once). */
static uint64_t digest(const char *p, size_t n, size_t step, uint64_t *frames)
{
    struct ny_mllp_reader *r = ny_mllp_reader_create(200);
    enum ny_mllp_status s = NY_MLLP_MORE;
    uint64_t h = 1;

    for (size_t at = 0; at < n && s != NY_MLLP_ERROR;) {
        size_t chunk = step == 0 || step > n - at ? n - at : step;
        size_t used = 0;

        s = ny_mllp_reader_feed(r, p + at, chunk, &used);
        NY_ASSERT(used <= chunk && (s != NY_MLLP_MORE || used == chunk));
        at += used;
        if (s == NY_MLLP_FRAME) {
            ny_str f = ny_mllp_reader_frame(r);

            NY_ASSERT(f.n <= 200);
            for (size_t i = 0; i < f.n; i++) {
                h = (h ^ (uint8_t)f.p[i]) * UINT64_C(1099511628211);
            }
            h = (h ^ 256) * UINT64_C(1099511628211);
        }
    }
    *frames = ny_mllp_reader_facts(r)->frames;
    h = h * 2 + (s == NY_MLLP_ERROR);
    ny_mllp_reader_destroy(r);
    return h;
}

static void round_trip(const char *p, size_t n)
{
    struct ny_arena *a = ny_arena_create(1u << 20);
    struct ny_mllp_reader *r = ny_mllp_reader_create(n);
    struct ny_buf b;
    size_t used = 0;

    ny_buf_init(&b, a);
    if (ny_mllp_write(&b, ny_str_of(p, n)) == NY_OK) {
        NY_ASSERT(ny_mllp_reader_feed(r, b.p, b.n, &used) == NY_MLLP_FRAME);
        NY_ASSERT(used == b.n && ny_str_equals(ny_mllp_reader_frame(r), ny_str_of(p, n)));
    }
    ny_mllp_reader_destroy(r);
    ny_arena_destroy(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t whole_frames = 0;
    uint64_t cut_frames = 0;
    const char *p = (const char *)data + 1;

    if (size < 1 || size > 4096) {
        return 0;
    }
    if (digest(p, size - 1, 0, &whole_frames) != digest(p, size - 1, data[0] + 1u, &cut_frames)) {
        abort();
    }
    NY_ASSERT(whole_frames == cut_frames);
    round_trip(p, size - 1);
    return 0;
}
