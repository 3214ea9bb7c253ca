/* Security alerts become few rows, whatever a scanner does, and no occurrence is lost. */

#include "nayose/registry_alerts.h"

#include "world.h"

static void alert(struct world *w, const char *peer, const char *why)
{
    const struct ny_alert a = {.what = NY_S("node authentication"),
                               .outcome = NY_AUDIT_DENIED,
                               .peer = ny_str_from_c(peer),
                               .why = ny_str_from_c(why)};

    ny_registry_alert(w->registry, &a);
}

/* The rows from the nth on, one a line. */
static const char *rows_from(const struct world *w, size_t n)
{
    static char out[4096];
    size_t at = 0;

    out[0] = '\0';
    for (size_t i = n; i < fake_store_audits(w->store) && at < sizeof(out); i++) {
        at += (size_t)snprintf(out + at, sizeof(out) - at, "%s\n", fake_store_audit(w->store, i));
    }
    return out;
}

static void test_the_first_at_once_the_rest_as_a_number(void **state)
{
    struct world w;

    (void)state;
    world_begin(&w);
    for (int i = 0; i < 100; i++) {
        char peer[40];

        snprintf(peer, sizeof(peer), "192.0.2.7:%d", 40000 + i); /* a port of each connection */
        alert(&w, peer, "no certificate");
    }
    alert(&w, "192.0.2.7:1", "certificate has expired");
    alert(&w, "[2001:db8::7]:1", "no certificate");
    alert(&w, "[2001:db8::8]:1", "no certificate");
    pump_all(&w);
    assert_string_equal(rows_from(&w, 0), "alert E 8 : node authentication (1)\n"
                                          "alert E 8 : node authentication (1)\n"
                                          "alert E 8 : node authentication (1)\n"
                                          "alert E 8 : node authentication (1)\n");
    ny_registry_alerts_tell(w.registry);
    pump_all(&w);
    assert_string_equal(rows_from(&w, 4), "alert E 8 : node authentication (99)\n");
    ny_registry_alerts_tell(w.registry);
    pump_all(&w);
    assert_int_equal(fake_store_audits(w.store), 5);
    alert(&w, "192.0.2.7:1", "no certificate"); /* another hour */
    pump_all(&w);
    assert_string_equal(rows_from(&w, 5), "alert E 8 : node authentication (1)\n");
    world_destroy(&w);
}

static void test_many_peers_are_bounded(void **state)
{
    struct world w;

    (void)state;
    world_begin(&w);
    for (int i = 0; i < 2000; i++) {
        char peer[40];

        snprintf(peer, sizeof(peer), "10.0.%d.%d:1", i / 250, i % 250);
        alert(&w, peer, "no certificate");
    }
    pump_all(&w);
    assert_int_equal(fake_store_audits(w.store), 256);
    fake_store_lose(w.store, false);
    ny_registry_alerts_tell(w.registry);
    fake_store_lose(w.store, true);
    ny_registry_alerts_tell(w.registry);
    pump_all(&w);
    assert_string_equal(rows_from(&w, 256), "alert E 8 : others (1744)\n");
    world_destroy(&w);
}

static void test_what_cannot_be_written_is_counted_on(void **state)
{
    struct world w;

    (void)state;
    world_begin(&w);
    alert(&w, "192.0.2.7:1", "no certificate");
    pump_all(&w);
    fake_store_lose(w.store, false);
    for (int i = 0; i < 3; i++) {
        alert(&w, "192.0.2.7:1", "no certificate");
        alert(&w, "192.0.2.8:1", "no certificate");
        ny_registry_alerts_tell(w.registry);
        pump_all(&w);
    }
    assert_int_equal(fake_store_audits(w.store), 1);
    fake_store_lose(w.store, true);
    ny_registry_alerts_tell(w.registry);
    pump_all(&w);
    assert_string_equal(rows_from(&w, 1), "alert E 8 : node authentication (3)\n"
                                          "alert E 8 : node authentication (3)\n");
    world_destroy(&w);
}

static void test_events_of_the_server(void **state)
{
    struct world w;

    (void)state;
    world_begin(&w);
    ny_registry_server_event(w.registry, NY_S("start"), NY_S("nayosed[1]"), NY_S("0.1"));
    ny_registry_server_event(w.registry, NY_S("stop"), NY_S("nayosed[1]"), NY_STR_NONE);
    pump_all(&w);
    assert_string_equal(rows_from(&w, 0), "server E 0 : start (0)\nserver E 0 : stop (0)\n");
    fake_store_lose(w.store, false);
    ny_registry_server_event(w.registry, NY_S("stop"), NY_S("nayosed[1]"), NY_STR_NONE);
    fake_store_lose(w.store, true);
    ny_registry_alerts_tell(w.registry); /* it is no alert: nothing is told later */
    pump_all(&w);
    assert_int_equal(fake_store_audits(w.store), 2);
    world_destroy(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_at_once_the_rest_as_a_number),
        cmocka_unit_test(test_many_peers_are_bounded),
        cmocka_unit_test(test_what_cannot_be_written_is_counted_on),
        cmocka_unit_test(test_events_of_the_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
