/* Return codes, errors and failed assertions. */

#include "nayose/base.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    ny_rc rc;
    const char *text;
} rc_texts[] = {
#define NY_RC(name, value, text) {(value), (text)},
#include "nayose/tbl/rc.def"
#undef NY_RC
};

const char *ny_rc_text(ny_rc rc)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(rc_texts); i++) {
        if (rc_texts[i].rc == rc) {
            return rc_texts[i].text;
        }
    }
    return "unknown error";
}

static void error_fill(struct ny_error *err, ny_rc rc, const char *field, const char *fmt,
                       va_list ap) NY_PRINTF(4, 0);

static void error_fill(struct ny_error *err, ny_rc rc, const char *field, const char *fmt,
                       va_list ap)
{
    if (err == NULL) {
        return;
    }
    err->rc = rc;
    err->offset = 0;
    snprintf(err->field, sizeof(err->field), "%s", field);
    vsnprintf(err->text, sizeof(err->text), fmt, ap);
}

ny_rc ny_fail(struct ny_error *err, ny_rc rc, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    error_fill(err, rc, "", fmt, ap);
    va_end(ap);
    return rc;
}

ny_rc ny_fail_at(struct ny_error *err, ny_rc rc, const char *field, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    error_fill(err, rc, field, fmt, ap);
    va_end(ap);
    return rc;
}

_Noreturn void ny_assert_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "event=assertion_failed what=\"%s\" at=%s:%d\n", what, file, line);
    abort();
}
