/* The day as files, for a real server. */

#include "order.h"

#include <stdio.h>

static FILE *file_open(const char *dir, const char *name)
{
    char path[4096];
    FILE *f;

    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    f = fopen(path, "wb");
    if (f == NULL) {
        perror(path);
    }
    return f;
}

bool day_write(const struct day *d, const char *dir)
{
    FILE *domains = file_open(dir, "domains.txt");
    FILE *messages = file_open(dir, "day.hl7");
    FILE *releases = file_open(dir, "releases.txt");
    bool ok = domains != NULL && messages != NULL && releases != NULL;

    for (uint32_t i = 0; ok && i < d->n_facilities; i++) {
        ok = fprintf(domains, "%.*s %.*s %.*s\n", NY_ARG(d->facilities[i].ns),
                     NY_ARG(d->facilities[i].oid), NY_ARG(d->facilities[i].ns)) > 0;
    }
    for (size_t i = 0; ok && i < d->n; i++) {
        const struct day_action *x = &d->actions[i];

        if (x->kind == DAY_MESSAGE) {
            ok = fputc(0x0b, messages) != EOF &&
                 fwrite(x->text.p, 1, x->text.n, messages) == x->text.n &&
                 fputs("\x1c\r", messages) >= 0;
        } else if (x->kind == DAY_RELEASE) {
            ok = fprintf(releases, "%.*s\n", NY_ARG(x->keys[0])) > 0;
        }
    }
    ok = (domains == NULL || fclose(domains) == 0) && ok;
    ok = (messages == NULL || fclose(messages) == 0) && ok;
    return (releases == NULL || fclose(releases) == 0) && ok;
}
