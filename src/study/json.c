/* Results as JSON texts in the arena of their job. */

#include <stdlib.h>

#include "json_priv.h"

json_t *ny_job_text(ny_str s)
{
    json_t *t = json_stringn(s.p != NULL ? s.p : "", s.n);

    return t != NULL ? t : json_string("");
}

ny_str ny_job_dump(struct job *j, json_t *o)
{
    char *s = o != NULL ? json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(8)) : NULL;
    ny_str out = s != NULL ? ny_arena_str(j->arena, ny_str_from_c(s)) : NY_STR_NONE;

    free(s);
    json_decref(o);
    return out;
}
