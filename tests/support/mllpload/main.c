/* nayose-mllpload: feeds files of MLLP frames to a server, or asks it for ids, and tells how fast
 * it answered. It stands on libc alone (and on base), so that it shares no code with what it
 * measures. */

#include "load.h"

#include <getopt.h>

static const char usage[] =
    "usage: nayose-mllpload --port P [options] FILE…\n"
    "       nayose-mllpload --port P --pix QUERIES --seconds N [options]\n"
    "  --host A          IPv4 address (default 127.0.0.1)\n"
    "  --connections C   1 to 4096 (default 1); each has one message in flight\n"
    "  --in-flight 1     the only depth there is\n"
    "  --spread          cut each file over the connections; its order is then not kept\n"
    "  --limit N         stop after N messages\n"
    "  --rate R          R messages a second over all connections\n"
    "  --acked FILE      append the control id of each message as soon as it was answered AA\n"
    "  --reconnect       after a lost connection connect again and repeat the message\n"
    "  --http            the frames hold HTTP requests with HL7 v3 messages; CA, CE, CR for AA, "
    "AE, AR\n"
    "  --timeout S       patience with an answer or a lost server in seconds (default 30)\n"
    "exit status: 0 all was answered, 1 something was not, 2 usage\n";

enum {
    OPT_HOST = 1,
    OPT_PORT,
    OPT_CONNECTIONS,
    OPT_IN_FLIGHT,
    OPT_SPREAD,
    OPT_LIMIT,
    OPT_RATE,
    OPT_ACKED,
    OPT_RECONNECT,
    OPT_HTTP,
    OPT_TIMEOUT,
    OPT_PIX,
    OPT_SECONDS
};

static const struct option options[] = {
    {"host",        required_argument, NULL, OPT_HOST       },
    {"port",        required_argument, NULL, OPT_PORT       },
    {"connections", required_argument, NULL, OPT_CONNECTIONS},
    {"in-flight",   required_argument, NULL, OPT_IN_FLIGHT  },
    {"spread",      no_argument,       NULL, OPT_SPREAD     },
    {"limit",       required_argument, NULL, OPT_LIMIT      },
    {"rate",        required_argument, NULL, OPT_RATE       },
    {"acked",       required_argument, NULL, OPT_ACKED      },
    {"reconnect",   no_argument,       NULL, OPT_RECONNECT  },
    {"http",        no_argument,       NULL, OPT_HTTP       },
    {"timeout",     required_argument, NULL, OPT_TIMEOUT    },
    {"pix",         required_argument, NULL, OPT_PIX        },
    {"seconds",     required_argument, NULL, OPT_SECONDS    },
    {NULL,          0,                 NULL, 0              },
};

static bool number(const char *arg, uint64_t min, uint64_t max, uint64_t *out)
{
    return ny_str_to_u64(ny_str_from_c(arg), min, max, out) == 0;
}

static bool option_take(int opt, const char *arg, struct load_options *o)
{
    uint64_t depth;

    switch (opt) {
    case OPT_HOST:
        o->host = arg;
        return true;
    case OPT_PORT:
        return number(arg, 1, 65535, &o->port);
    case OPT_CONNECTIONS:
        return number(arg, 1, 4096, &o->connections);
    case OPT_IN_FLIGHT:
        return number(arg, 1, 1, &depth);
    case OPT_SPREAD:
        o->spread = true;
        return true;
    case OPT_LIMIT:
        return number(arg, 1, UINT32_MAX, &o->limit);
    case OPT_RATE:
        return number(arg, 1, 1000000, &o->rate);
    case OPT_ACKED:
        o->acked = arg;
        return true;
    case OPT_RECONNECT:
        o->reconnect = true;
        return true;
    case OPT_HTTP:
        o->http = true;
        return true;
    case OPT_TIMEOUT:
        return number(arg, 1, 3600, &o->timeout_s);
    case OPT_PIX:
        o->pix = arg;
        return true;
    case OPT_SECONDS:
        return number(arg, 1, 86400, &o->seconds);
    default:
        return false;
    }
}

int main(int argc, char **argv)
{
    struct load_options o = {.host = "127.0.0.1", .connections = 1, .timeout_s = 30};
    struct load_source src = {0};
    struct load_stats stats = {0};
    bool ok = true;
    int opt;

    while (ok && (opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
        ok = option_take(opt, optarg, &o);
    }
    o.files = argv + optind;
    o.file_n = (size_t)(argc - optind);
    if (!ok || o.port == 0 || (o.pix == NULL) == (o.file_n == 0) ||
        (o.pix != NULL) != (o.seconds > 0)) {
        fputs(usage, stderr);
        return 2;
    }
    ok = load_source_open(&src, &o) && load_drive(&o, &src, &stats);
    if (stats.end_us > 0) {
        load_stats_print(&stats, o.pix != NULL || o.http, stdout);
    }
    load_source_close(&src);
    load_stats_finish(&stats);
    return ok ? 0 : 1;
}
