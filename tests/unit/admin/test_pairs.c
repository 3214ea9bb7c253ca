/* POST /pairs over a registry whose store is in memory: what it says of linked, parked and
 * unrelated pairs, what it refuses, and that the audit row comes first. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <jansson.h>

#include "fake_store.h"
#include "nayose/admin.h"
#include "nayose/ihe.h"
#include "nayose/registry.h"

enum { DOMAINS = 3 };

struct world {
    struct ny_arena *arena;
    struct ny_store *store;
    struct ny_registry *registry;
    struct ny_ihe *ihe;
    struct ny_admin *admin;
};

static struct world w;

static int world_create(void **state)
{
    struct ny_registry_config cfg = {
        .regional = {NY_S("REGIONAL"), NY_S("1.2.3.9"), NY_S("ISO")},
        .regional_listed = true,
        .regional_digits = 11
    };
    struct ny_ihe_config ihe = {.timezone_s = 32400};
    struct ny_admin_config admin = {0};
    struct ny_error err;

    (void)state;
    w.arena = ny_arena_create(0);
    w.store = cfg.store = fake_store_create(fake_model_text(w.arena, 0));
    fake_store_add_facilities(w.store, w.arena, DOMAINS);
    assert_int_equal(ny_registry_create(&cfg, &w.registry, &err), NY_OK);
    ihe.registry = admin.registry = w.registry;
    w.ihe = admin.ihe = ny_ihe_create(&ihe);
    w.admin = ny_admin_create(&admin);
    return 0;
}

static int world_destroy(void **state)
{
    (void)state;
    ny_admin_destroy(w.admin);
    ny_ihe_destroy(w.ihe);
    ny_registry_destroy(w.registry);
    fake_store_destroy(w.store);
    ny_arena_destroy(w.arena);
    return 0;
}

/* ---- a call ---- */

struct answer {
    unsigned status; /* 0: none yet */
    char text[8192];
};

static void on_reply(void *ctx, unsigned status, ny_str content_type, ny_str body)
{
    struct answer *a = ctx;

    (void)content_type;
    assert_int_equal(a->status, 0);
    a->status = status;
    snprintf(a->text, sizeof(a->text), "%.*s", NY_ARG(body));
}

static void call(const char *path, const char *body, struct answer *a)
{
    struct ny_admin_call c = {.method = NY_S("POST"),
                              .path = ny_str_from_c(path),
                              .body = ny_str_from_c(body),
                              .user = NY_S("clerk"),
                              .is_private = true,
                              .arena = ny_arena_create(0),
                              .reply = on_reply,
                              .ctx = a};

    a->status = 0;
    ny_admin_handle(w.admin, &c);
    while (fake_store_pump(w.store)) {
    }
    assert_true(a->status != 0);
    ny_arena_destroy(c.arena);
}

static void feed(const char *facility, const char *id, const char *name, const char *birth,
                 const char *phone)
{
    static int count;
    struct answer a;
    char text[512];

    snprintf(text, sizeof(text),
             "MSH|^~\\&|HIS|%s|NAYOSE|REGION|20261101000000||ADT^A08^ADT_A01|%d|P|2.5"
             "||||||UNICODE UTF-8\rEVN||20261101000000\r"
             "PID|1||%s^^^%s^PI||%s||%s|F|||||%s\rPV1||O\r",
             facility, ++count, id, facility, name, birth, phone);
    call("/feed", text, &a);
    assert_non_null(strstr(a.text, "MSA|AA"));
}

/* ---- what is said ---- */

static const char *const hanako = "山城^花乃^^^^^L^I~ヤマシロ^ハナノ^^^^^L^P";

static const struct {
    const char *name, *a, *b;
    bool known, same, compared;
    const char *band, *guard, *question;
} rows[] = {
    {"a telephone agrees",      "F01^1",  "F02^2", true,  true,  true,  "auto",   "",     ""      },
    {"in the other order",      "F02^2",  "F01^1", true,  true,  true,  "auto",   "",     ""      },
    {"no contact: parked",      "F03^3",  "F01^1", true,  false, true,  "parked", "GD15", "parked"},
    {"nothing in common",       "F01^1",  "F02^9", true,  false, false, "none",   "GD7",  ""      },
    {"id that nobody has",      "F01^1",  "F02^7", false, false, false, "",       "",     ""      },
    {"domain that nobody has",  "F77^1",  "F02^2", false, false, false, "",       "",     ""      },
    {"leading zeros are an id", "F01^01", "F02^2", false, false, false, "",       "",     ""      }
};

static const char *text_of(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));

    return text != NULL ? text : "";
}

static void pairs_are_compared(void **state)
{
    char body[2048] = "{\"pairs\": [";
    struct answer answer;
    json_t *o;

    (void)state;
    feed("F01", "1", hanako, "19610403", "027-111-2222");
    feed("F02", "2", hanako, "19610403", "027-111-2222");
    feed("F03", "3", hanako, "19610403", "");
    feed("F02", "9", "遠野^大介^^^^^L^I~トオノ^ダイスケ^^^^^L^P", "19750818", "03-9999-8888");
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        size_t n = strlen(body);

        snprintf(body + n, sizeof(body) - n, "%s[\"%s\", \"%s\"]", i > 0 ? ", " : "", rows[i].a,
                 rows[i].b);
    }
    snprintf(body + strlen(body), sizeof(body) - strlen(body), "]}");
    call("/pairs", body, &answer);
    assert_int_equal(answer.status, 200);
    o = json_loads(answer.text, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(o, "pairs")), NY_ARRAY_LEN(rows));
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        const json_t *pair = json_array_get(json_object_get(o, "pairs"), i);
        const char *guard = json_string_value(json_array_get(json_object_get(pair, "guards"), 0));

        if (json_is_true(json_object_get(pair, "known")) != rows[i].known ||
            json_is_true(json_object_get(pair, "same_person")) != rows[i].same ||
            json_is_true(json_object_get(pair, "compared")) != rows[i].compared ||
            strcmp(text_of(pair, "band"), rows[i].band) != 0 ||
            strcmp(guard != NULL ? guard : "", rows[i].guard) != 0 ||
            strcmp(text_of(json_object_get(pair, "question"), "state"), rows[i].question) != 0) {
            fail_msg("%s: %s", rows[i].name, answer.text);
        }
    }
    assert_string_equal(
        json_string_value(json_array_get(
            json_object_get(json_array_get(json_object_get(o, "pairs"), 0), "levels"), 0)),
        "G1");
    json_decref(o);
}

static void bad_bodies_are_refused(void **state)
{
    static const char *const bodies[] = {
        "",
        "[]",
        "{",
        "{}",
        "{\"pairs\": {}}",
        "{\"pairs\": 7}",
        "{\"pairs\": [\"F01^1\"]}",
        "{\"pairs\": [[\"F01^1\"]]}",
        "{\"pairs\": [[\"F01^1\", \"F02^2\", \"F03^3\"]]}",
        "{\"pairs\": [[\"F01^1\", 2]]}",
        "{\"pairs\": [[\"F01\", \"F02^2\"]]}",
        "{\"pairs\": [[\"^1\", \"F02^2\"]]}",
        "{\"pairs\": [[\"F01^1\", \"F02^2\"], [\"F01^1\", \"F02^\"]]}",
    };
    struct answer answer;

    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(bodies); i++) {
        call("/pairs", bodies[i], &answer);
        if (answer.status != 400) {
            fail_msg("%s: %u %s", bodies[i], answer.status, answer.text);
        }
    }
}

/* `n` pairs of ids that nobody has. */
static unsigned status_of_pairs(size_t n)
{
    struct ny_buf b;
    struct answer answer;

    ny_buf_init(&b, w.arena);
    for (size_t i = 0; i < n; i++) {
        ny_buf_printf(&b, "%s[\"F01^x\", \"F02^y\"]", i == 0 ? "{\"pairs\": [" : ", ");
    }
    ny_buf_printf(&b, "]}%c", '\0');
    call("/pairs", b.p, &answer);
    return answer.status;
}

static void one_call_is_bounded(void **state)
{
    (void)state;
    assert_int_equal(status_of_pairs(200), 200);
    assert_int_equal(status_of_pairs(201), 400);
}

static void answer_waits_for_its_audit_row(void **state)
{
    size_t audits = fake_store_audits(w.store);
    struct answer answer = {0};

    (void)state;
    call("/pairs", "{\"pairs\": []}", &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(fake_store_audits(w.store), audits + 1);
    fake_store_fail(w.store, NY_EDB, 1);
    call("/pairs", "{\"pairs\": [[\"F01^1\", \"F02^2\"]]}", &answer);
    assert_int_equal(answer.status, 503);
    assert_null(strstr(answer.text, "band"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_are_compared),
        cmocka_unit_test(bad_bodies_are_refused),
        cmocka_unit_test(one_call_is_bounded),
        cmocka_unit_test(answer_waits_for_its_audit_row),
    };

    return cmocka_run_group_tests(tests, world_create, world_destroy);
}
