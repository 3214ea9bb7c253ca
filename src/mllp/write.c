/* Encoder: 0x0B payload 0x1C 0x0D. */

#include "nayose/mllp.h"

ny_rc ny_mllp_write(struct ny_buf *out, ny_str payload)
{
    if (ny_str_find(payload, NY_MLLP_START) < payload.n ||
        ny_str_find(payload, NY_MLLP_END) < payload.n) {
        return NY_ESYNTAX;
    }
    ny_buf_add_char(out, NY_MLLP_START);
    ny_buf_add(out, payload);
    ny_buf_add(out, NY_S("\x1C\r"));
    return out->failed ? NY_ELIMIT : NY_OK;
}
