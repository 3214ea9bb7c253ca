/* Encoder: 0x0B payload 0x1C 0x0D. */

#include "nayose/mllp.h"

ny_rc ny_mllp_frame(ny_str payload, ny_str out_parts[3])
{
    static const char start[] = {NY_MLLP_START};
    static const char end[] = {NY_MLLP_END, '\r'};

    if (ny_str_find(payload, NY_MLLP_START) < payload.n ||
        ny_str_find(payload, NY_MLLP_END) < payload.n) {
        return NY_ESYNTAX;
    }
    out_parts[0] = ny_str_of(start, sizeof(start));
    out_parts[1] = payload;
    out_parts[2] = ny_str_of(end, sizeof(end));
    return NY_OK;
}

ny_rc ny_mllp_write(struct ny_buf *out, ny_str payload)
{
    ny_str parts[3];
    ny_rc rc = ny_mllp_frame(payload, parts);

    for (size_t i = 0; rc == NY_OK && i < NY_ARRAY_LEN(parts); i++) {
        ny_buf_add(out, parts[i]);
    }
    return rc == NY_OK && out->failed ? NY_ELIMIT : rc;
}
