/* One fact a line on standard error; nothing here ever sees patient data. */

#include "nayose/base.h"

#include <stdio.h>

static enum ny_log_level current_level = NY_LOG_INFO;
static const char *const level_names[] = {"error", "warn", "info", "debug"};

void ny_log_level_set(enum ny_log_level level)
{
    current_level = level;
}

void ny_log(enum ny_log_level level, const char *event, const char *fmt, ...)
{
    char at[NY_TIMESTAMP_LEN];
    char line[1024];
    va_list ap;

    if (level > current_level) {
        return;
    }
    ny_timestamp_write(ny_clock_now_us(), at);
    va_start(ap, fmt);
    vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    fprintf(stderr, "%s level=%s event=%s %s\n", at, level_names[level], event, line);
}

const char *ny_log_safe(ny_str s)
{
    enum { DEPTH = 4, MAX_BYTES = 60 };
    static _Thread_local char copies[DEPTH][MAX_BYTES * 4 + 4];
    static _Thread_local unsigned turn;
    char *out = copies[turn++ % DEPTH];
    size_t n = 0;

    for (size_t i = 0; i < s.n && i < MAX_BYTES; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c > 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '=') {
            out[n++] = (char)c;
        } else {
            n += (size_t)snprintf(out + n, 5, "\\x%02x", c);
        }
    }
    out[n] = '\0';
    return out;
}
