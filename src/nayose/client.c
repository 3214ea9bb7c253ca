/* The server: HTTP with JSON over its Unix socket or a URL.
 *
 * What went wrong is told in one sentence with what to do next: nobody answers (3), or the server
 * refuses with {"error", "hint"} (1). */

#include <stdlib.h>

#include "nayose_priv.h"

enum { ANSWER_MAX = 64 << 20 };

struct cli_client {
    struct cli *cli;
    CURL *easy;
    struct cli_body body;
    struct cli_wait wait;
    bool is_quiet;
};

/* ---- a handle ---- */

static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
    struct cli_body *b = ctx;
    size_t n = size * count;

    if (n > b->max - b->n) {
        b->too_large = true;
        return 0;
    }
    if (n > b->cap - b->n) {
        b->cap = b->n + n > 2 * b->cap ? b->n + n : 2 * b->cap;
        b->p = ny_realloc(b->p, b->cap);
    }
    memcpy(b->p + b->n, data, n);
    b->n += n;
    return n;
}

void cli_body_finish(struct cli_body *body)
{
    if (body->p != NULL) {
        ny_wipe(body->p, body->n);
    }
    ny_free(body->p);
    *body = (struct cli_body){.max = body->max};
}

static bool is_url(const char *server)
{
    return strstr(server, "://") != NULL;
}

CURL *cli_easy_create(const struct cli *cli, struct cli_body *body)
{
    CURL *easy = curl_easy_init();

    NY_ASSERT(easy != NULL);
    if (body->max == 0) {
        body->max = ANSWER_MAX;
    }
    if (!is_url(cli->server)) {
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, cli->server);
    }
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, 300L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
    if (cli->cert != NULL) {
        curl_easy_setopt(easy, CURLOPT_SSLCERT, cli->cert);
        curl_easy_setopt(easy, CURLOPT_SSLKEY, cli->key != NULL ? cli->key : cli->cert);
    }
    if (cli->cacert != NULL) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, cli->cacert);
    }
    return easy;
}

/* Every byte that is not unreserved (RFC 3986) as %XX. */
static void url_escape(struct ny_buf *b, const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
            strchr("-._~", c) != NULL) {
            ny_buf_add_char(b, (char)c);
        } else {
            ny_buf_printf(b, "%%%02X", c);
        }
    }
}

const char *cli_url(struct cli *cli, const char *path, const struct cli_param *params, size_t n)
{
    struct ny_buf b;
    ny_str base = is_url(cli->server) ? ny_str_from_c(cli->server) : NY_S("http://localhost");

    while (ny_str_ends_with(base, NY_S("/"))) {
        base.n--;
    }
    ny_buf_init(&b, cli->arena);
    ny_buf_add(&b, base);
    ny_buf_add_c(&b, path);
    for (size_t i = 0; i < n; i++) {
        ny_buf_printf(&b, "%c%s=", i == 0 ? '?' : '&', params[i].name);
        url_escape(&b, params[i].value);
    }
    ny_buf_add_char(&b, '\0');
    NY_ASSERT(!b.failed);
    return b.p;
}

/* ---- a request ---- */

/* Called about once a second. */
static int on_progress(void *ctx, curl_off_t down_all, curl_off_t down, curl_off_t up_all,
                       curl_off_t up)
{
    struct cli_client *c = ctx;

    (void)down_all;
    (void)up_all;
    (void)up;
    if (down > 0) {
        cli_wait_tell(&c->wait, "reading, %lld KiB", (long long)down / 1024);
    } else {
        cli_wait_tell(&c->wait, "waiting for the server");
    }
    return 0;
}

struct cli_client *cli_client_create(struct cli *cli)
{
    struct cli_client *c = ny_calloc(1, sizeof(*c));

    c->cli = cli;
    c->easy = cli_easy_create(cli, &c->body);
    curl_easy_setopt(c->easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c->easy, CURLOPT_XFERINFODATA, c);
    return c;
}

void cli_client_quiet(struct cli_client *c)
{
    c->is_quiet = true;
}

void cli_client_destroy(struct cli_client *c)
{
    if (c == NULL) {
        return;
    }
    curl_easy_cleanup(c->easy);
    cli_body_finish(&c->body);
    ny_free(c);
}

int cli_no_server(const struct cli *cli, const char *why)
{
    cli_error("no server answers at %s (%s); start nayosed, or name its socket with --server or "
              "$NAYOSE_SERVER",
              cli->server, why);
    return CLI_NO_SERVER;
}

/* The refusal as a sentence: what, then what to do. */
static void say_refused(const json_t *answer, long status)
{
    const char *error = cli_json_text(answer, "error");
    const char *hint = cli_json_text(answer, "hint");

    if (error[0] == '\0') {
        cli_error("the server refused with HTTP status %ld; see its log", status);
    } else if (hint[0] == '\0') {
        cli_error("%s", error);
    } else {
        cli_error("%s; %s", error, hint);
    }
}

static CURLcode request(struct cli_client *c)
{
    CURLcode rc;

    if (c->is_quiet) {
        return curl_easy_perform(c->easy);
    }
    cli_wait_begin(&c->wait);
    rc = curl_easy_perform(c->easy);
    cli_wait_end(&c->wait);
    return rc;
}

static int perform(struct cli_client *c, json_t **out)
{
    CURLcode rc = request(c);
    long status = 0;
    json_error_t err;
    json_t *answer;

    if (c->body.too_large) {
        cli_error("the server's answer is larger than %d MiB; ask for fewer days, pairs or rows",
                  ANSWER_MAX >> 20);
        return CLI_REFUSED;
    }
    if (rc != CURLE_OK && c->is_quiet) {
        return CLI_NO_SERVER;
    }
    if (rc != CURLE_OK) {
        return cli_no_server(c->cli, curl_easy_strerror(rc));
    }
    curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
    answer = json_loadb(c->body.n > 0 ? c->body.p : "", c->body.n, JSON_ALLOW_NUL, &err);
    if (status >= 400 && c->is_quiet) {
        *out = answer;
        return CLI_REFUSED;
    }
    if (status >= 400) {
        say_refused(answer, status);
        json_decref(answer);
        return CLI_REFUSED;
    }
    if (answer == NULL) {
        return cli_no_server(c->cli, "what answers is not nayosed");
    }
    *out = answer;
    return CLI_DONE;
}

int cli_get(struct cli_client *c, const char *path, const struct cli_param *params, size_t n,
            json_t **out)
{
    c->body.n = 0;
    curl_easy_setopt(c->easy, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(c->easy, CURLOPT_URL, cli_url(c->cli, path, params, n));
    return perform(c, out);
}

int cli_post(struct cli_client *c, const char *path, json_t *body, json_t **out)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    char *text = json_dumps(body, JSON_COMPACT);
    int code;

    NY_ASSERT(headers != NULL && text != NULL);
    json_decref(body);
    c->body.n = 0;
    curl_easy_setopt(c->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(c->easy, CURLOPT_POSTFIELDS, text);
    curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c->easy, CURLOPT_URL, cli_url(c->cli, path, NULL, 0));
    code = perform(c, out);
    curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(headers);
    free(text);
    return code;
}

int cli_get_once(struct cli *cli, const char *path, const struct cli_param *params, size_t n,
                 json_t **out)
{
    struct cli_client *c = cli_client_create(cli);
    int code = cli_get(c, path, params, n, out);

    cli_client_destroy(c);
    return code;
}

int cli_post_once(struct cli *cli, const char *path, json_t *body, json_t **out)
{
    struct cli_client *c = cli_client_create(cli);
    int code = cli_post(c, path, body, out);

    cli_client_destroy(c);
    return code;
}

/* Takes answer, which there is when code is 0. */
static int answer_print(struct cli *cli, int code, json_t *answer, cli_print_fn *print)
{
    if (code == CLI_DONE && cli->json) {
        cli_json_print(answer);
    } else if (code == CLI_DONE) {
        print(cli, answer);
    }
    json_decref(answer);
    return code;
}

int cli_get_print(struct cli *cli, const char *path, const struct cli_param *params, size_t n,
                  cli_print_fn *print)
{
    json_t *answer = NULL;
    int code = cli_get_once(cli, path, params, n, &answer);

    return answer_print(cli, code, answer, print);
}

int cli_post_print(struct cli *cli, const char *path, json_t *body, cli_print_fn *print)
{
    json_t *answer = NULL;
    int code;

    if (body == NULL) {
        cli_error("the arguments are not UTF-8");
        return CLI_USAGE;
    }
    code = cli_post_once(cli, path, body, &answer);
    return answer_print(cli, code, answer, print);
}

int cli_post_source(struct cli *cli, const struct verb *verb, const char *operand, const char *path,
                    const char *what, json_t *body)
{
    const char *app;
    const char *facility;
    json_t *answer = NULL;
    int code;

    if (json_object_size(body) == 0) {
        cli_usage(verb, "name at least one setting");
    }
    cli_split_source(cli, verb, operand, &app, &facility);
    if (json_object_set_new(body, "application", json_string(app)) != 0 ||
        json_object_set_new(body, "facility", json_string(facility)) != 0) {
        cli_usage(verb, "the arguments are not UTF-8");
    }
    code = cli_post_once(cli, path, body, &answer);
    if (code == CLI_DONE) {
        printf("%s %s changed\n", what, operand);
    }
    json_decref(answer);
    return code;
}
