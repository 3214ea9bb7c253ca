/* Times: people read and write them by the clock of their place, the server knows UTC. */

#include <time.h>

#include "nayose_priv.h"

const char *cli_time_text(struct cli *cli, const char *utc)
{
    struct tm tm = {0};
    const char *rest = strptime(utc, "%Y-%m-%dT%H:%M:%S", &tm);
    char text[32];
    time_t at;

    if (rest == NULL || strchr(rest, 'Z') == NULL) {
        return utc;
    }
    at = timegm(&tm);
    if (localtime_r(&at, &tm) == NULL ||
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm) == 0) {
        return utc;
    }
    return ny_arena_str(cli->arena, ny_str_from_c(text)).p;
}

const char *cli_age(struct cli *cli, const json_t *seconds)
{
    static const struct {
        double s;
        const char *unit;
    } units[] = {
        {86400, "d"  },
        {3600,  "h"  },
        {60,    "min"},
        {0,     "s"  }
    };
    double v = json_number_value(seconds);
    size_t i = 0;

    if (!json_is_number(seconds)) {
        return "-";
    }
    while (v < 2 * units[i].s) {
        i++;
    }
    return ny_arena_printf(cli->arena, "%.0f %s", units[i].s > 0 ? v / units[i].s : v,
                           units[i].unit)
        .p;
}

/* What may stand behind the date; a day alone means its end: all that happened on it. */
static const char *clock_read(const char *text, struct tm *tm)
{
    const char *rest = text[0] == 'T' || text[0] == ' ' ? strptime(text + 1, "%H:%M", tm) : text;

    if (rest == text) {
        tm->tm_hour = 23;
        tm->tm_min = 59;
        tm->tm_sec = 59;
    } else if (rest != NULL && rest[0] == ':') {
        rest = strptime(rest + 1, "%S", tm);
    }
    return rest;
}

const char *cli_moment(struct cli *cli, const char *text)
{
    struct tm tm = {.tm_isdst = -1};
    const char *rest = strptime(text, "%Y-%m-%d", &tm);
    bool is_day = rest != NULL && rest[0] == '\0';
    const char *fraction = is_day ? ".999999" : "";
    size_t n = 0;
    char utc[32];
    time_t at;

    rest = rest != NULL ? clock_read(rest, &tm) : NULL;
    if (rest != NULL && rest[0] == '.') {
        fraction = rest;
        n = 1 + strspn(rest + 1, "0123456789");
        rest += n;
    } else {
        n = strlen(fraction);
    }
    if (rest == NULL || (strcmp(rest, "Z") != 0 && rest[0] != '\0')) {
        return NULL;
    }
    at = rest[0] == 'Z' ? timegm(&tm) : mktime(&tm);
    if (gmtime_r(&at, &tm) == NULL || strftime(utc, sizeof(utc), "%Y-%m-%dT%H:%M:%S", &tm) == 0) {
        return NULL;
    }
    return ny_arena_printf(cli->arena, "%s%.*sZ", utc, (int)n, fraction).p;
}

bool cli_as_of_option(struct cli_as_of *x, int key, char *arg, struct argp_state *state)
{
    if (key != CLI_KEY_AS_OF) {
        return false;
    }
    x->param = (struct cli_param){"as_of", cli_moment(x->cli, arg)};
    if (x->param.value == NULL) {
        argp_error(state, "`%s' is no moment; for example 2026-11-25 or '2026-11-25 20:04:05'",
                   arg);
    }
    return true;
}
