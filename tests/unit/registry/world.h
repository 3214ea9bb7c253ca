/* A registry over the store in memory, days of messages to feed it with, and its groups as text. */
#ifndef NAYOSE_TEST_WORLD_H
#define NAYOSE_TEST_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "fake_store.h"
#include "nayose/registry.h"

enum { MESSAGES_MAX = 512, DOMAINS = 4 };

/* One message of the day, in plain words. */
struct message {
    char control_id[24];
    int domain;
    char id[48];
    int64_t at_us;
    const char *family, *given, *family_kana, *given_kana;
    char birth[9];
    const char *sex;
    const char *address, *postal;
    char phone[32];
    bool test;
};

struct sent {
    struct ny_feed feed;
    struct ny_arena *arena;
    struct ny_feed_outcome outcome;
    char ack[32];
    ny_rc rc;
    bool answered;
};

struct world {
    struct ny_store *store;
    struct ny_registry *registry;
    struct ny_arena *arena;
    size_t batch_max; /* for world_open; 0 = as usual */
    size_t two_person_above;
    void (*on_search_waits)(void *ctx); /* NULL: searches do not wait */
};

void world_create(struct world *w, ny_str model);
void world_begin(struct world *w); /* with the model of an installation */
void world_open(struct world *w);  /* the registry alone, anew: a restart */
void world_destroy(struct world *w);
void pump_all(struct world *w);

struct sent *send_message(struct world *w, const struct message *m);
void sent_destroy(struct sent *s);
/* What send_message is made of: the patient of a message, and the two ends of its reply. */
void patient_of(struct sent *s, const struct message *m, const struct ny_stamp *st);
ny_rc sent_compose(void *ctx, const struct ny_feed_outcome *o, ny_str *out);
void sent_done(void *ctx, ny_rc rc, ny_str answer);
void send_and_expect(struct world *w, const struct message *m, ny_rc rc, const char *ack);

void random_seed(uint64_t seed);
uint32_t random_below(uint32_t n);
/* People in households of three (two of them born on one day), each seen by some facilities, some
 * messages repeated with changes, some with test patients among them. */
size_t make_day(struct message *day, size_t n_people, uint64_t seed);
void shuffle(struct message *day, size_t n);
/* Feeds the day with up to `width` messages under way, and returns when all is committed. */
void feed_day(struct world *w, const struct message *day, size_t n, size_t width);

/* Every group by its members in canonical order; gives the count. */
struct line {
    char key[32];    /* domain and id */
    char leader[32]; /* smallest member of its group */
};
size_t groups_of(const struct world *w, struct line *lines);
void assert_same_groups(const struct line *a, size_t n, const struct line *b, size_t m);

#endif
