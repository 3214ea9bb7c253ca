/* The index beside a naive model of it: whatever is done and taken back, both say the same. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "nayose/index.h"
#include "nayose/text.h"

enum {
    IDS_MAX = 40,
    PERSONS_MAX = 60,
    PINS_MAX = 60,
    RECORDS = 60,
    DOMAINS = 3,
    MARKS_MAX = 6,
    STEPS = 120,
    SEQUENCES = 300
};

static uint64_t dice;

static uint32_t roll(uint32_t sides)
{
    dice = dice * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(dice >> 33) % sides;
}

#define PICK(words) ny_str_from_c((words)[roll(NY_ARRAY_LEN(words))])

/* ---- records of a small grammar ---- */

static void say(struct ny_patient *p, struct ny_arena *a, enum ny_set_id set,
                const struct ny_value *v)
{
    struct ny_stamp s = {.at_us = INT64_C(1775012400) * NY_US_PER_SECOND};

    assert_int_equal(ny_patient_say(p, a, set, v, &s), NY_OK);
}

static void say_name(struct ny_patient *p, struct ny_arena *a)
{
    static const char *const families[][2] = {
        {"山田", "ヤマダ"   },
        {"高橋", "タカハシ"},
        {"斎藤", "サイトウ"},
        {"斉藤", "サイトウ"},
    };
    static const char *const givens[][2] = {
        {"太郎", "タロウ"},
        {"優子", "ユウコ"},
        {"裕子", "ユウコ"},
        {"",       "ヤマダ"},
    };
    const char *const *f = families[roll(4)];
    const char *const *g = givens[roll(4)];
    uint32_t how = roll(6);
    bool swapped = roll(8) == 0;
    struct ny_value v = {0};

    ny_value_part_set(&v, NY_PART_NAME_TYPE, NY_S("L"));
    if (how != 0) {
        ny_value_part_set(&v, NY_PART_NAME_KANJI_FAMILY, ny_str_from_c(swapped ? g[0] : f[0]));
        ny_value_part_set(&v, NY_PART_NAME_KANJI_GIVEN, ny_str_from_c(swapped ? f[0] : g[0]));
    }
    if (how != 1) {
        ny_value_part_set(&v, NY_PART_NAME_KANA_FAMILY, ny_str_from_c(swapped ? g[1] : f[1]));
        ny_value_part_set(&v, NY_PART_NAME_KANA_GIVEN, ny_str_from_c(swapped ? f[1] : g[1]));
    }
    if (how == 2) {
        ny_value_part_set(&v, NY_PART_NAME_LATIN_FAMILY, NY_S("YAMADA"));
        ny_value_part_set(&v, NY_PART_NAME_LATIN_GIVEN, swapped ? NY_S("TARO") : NY_S("YUKO"));
    }
    say(p, a, NY_SET_NAME, &v);
}

static ny_str record_roll(struct ny_arena *a)
{
    /* A day, the same in other eras, with month and day exchanged, the next year, 1 January. */
    static const char *const births[] = {"19260405", "19560405", "19890405", "19260504", "19270405",
                                         "19260101", "19560101", "192604",   "1926",     ""};
    static const char *const phones[] = {"054-221-2455", "053-457-2111", ""};
    struct ny_stamp s = {.at_us = INT64_C(1775012400) * NY_US_PER_SECOND};
    struct ny_value v = {0};
    struct ny_patient p;
    ny_str packed = NY_STR_NONE;

    ny_patient_init(&p);
    for (uint32_t n = 1 + roll(2); n > 0; n--) {
        say_name(&p, a);
    }
    ny_patient_say_single(&p, NY_SINGLE_BIRTH_DATE, PICK(births), &s);
    ny_patient_say_single(&p, NY_SINGLE_SEX, roll(2) == 0 ? NY_S("M") : NY_S("F"), &s);
    if (roll(12) == 0) {
        ny_patient_say_single(&p, NY_SINGLE_IDENTITY_UNKNOWN, NY_S("Y"), &s); /* stands alone */
    }
    ny_value_part_set(&v, NY_PART_PHONE_NUMBER, PICK(phones));
    if (ny_value_part(&v, NY_PART_PHONE_NUMBER).n > 0) {
        say(&p, a, NY_SET_PHONE, &v);
    }
    if (roll(3) == 0) {
        v = (struct ny_value){0};
        ny_value_part_set(&v, NY_PART_INSURANCE_INSURER, NY_S("33120015"));
        ny_value_part_set(&v, NY_PART_INSURANCE_SYMBOL, NY_S("12"));
        ny_value_part_set(&v, NY_PART_INSURANCE_NUMBER, roll(2) == 0 ? NY_S("345") : NY_S("346"));
        say(&p, a, NY_SET_INSURANCE, &v);
    }
    assert_int_equal(ny_record_pack(a, &p, &packed), NY_OK);
    return packed;
}

struct fixture {
    struct ny_match_model *m;
    struct ny_arena *a;
    ny_str records[RECORDS];
};

static int setup(void **state)
{
    struct fixture *f = ny_calloc(1, sizeof(*f));
    struct ny_match_settings s;

    ny_match_settings_default(&s);
    f->m = ny_match_model_create_v1(&s);
    f->a = ny_arena_create(0);
    dice = 20261121;
    for (size_t i = 0; i < RECORDS; i++) {
        f->records[i] = record_roll(f->a);
    }
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    ny_match_model_destroy(f->m);
    ny_arena_destroy(f->a);
    ny_free(f);
    return 0;
}

static struct ny_index *index_create(const struct fixture *f)
{
    struct ny_index *ix = ny_index_create(f->m);

    for (int32_t d = 1; d <= DOMAINS; d++) { /* order of OIDs is not the order of numbers */
        ny_index_domain_set(ix, d, ny_arena_printf(f->a, "1.2.%d", (int)(10 - d)));
    }
    ny_index_log_keep(ix, true);
    return ix;
}

/* ---- the naive model: a plain value, so that a mark is a copy ---- */

struct naive_identity {
    int32_t domain;
    unsigned name; /* local id "N<name>" */
    enum ny_identity_status status;
    uint32_t person, version;
    int record; /* -1 = none */
    bool held, overlaid;
};

struct naive {
    struct naive_identity id[IDS_MAX + 1];
    uint32_t n, n_persons;
    struct {
        bool is;
        int32_t total;
        uint8_t review;
    } edge[IDS_MAX + 1][IDS_MAX + 1]; /* a < b by number */
    struct ny_index_pin pins[PINS_MAX];
    size_t n_pins;
};

static ny_str local_id(char buf[16], unsigned name)
{
    return ny_str_of(buf, (size_t)snprintf(buf, 16, "N%u", name));
}

static bool naive_takes_part(const struct fixture *f, const struct naive_identity *i)
{
    struct ny_record r;
    struct ny_key keys[NY_KEYS_MAX];
    unsigned skipped;

    return (i->status == NY_IDENTITY_ACTIVE || i->status == NY_IDENTITY_MERGED) && i->record >= 0 &&
           ny_record_unpack(f->records[i->record], &r) == NY_OK && !ny_record_stands_alone(&r) &&
           ny_match_keys(f->m, &r, keys, &skipped) > 0;
}

/* One finds the other: a probe of r is a key of o. */
static bool naive_finds(const struct fixture *f, const struct ny_record *r,
                        const struct ny_record *o)
{
    struct ny_key probes[NY_PROBES_MAX];
    struct ny_key keys[NY_KEYS_MAX];
    unsigned skipped;
    size_t n_probes = ny_match_probes(f->m, r, probes);
    size_t n_keys = ny_match_keys(f->m, o, keys, &skipped);

    for (size_t i = 0; i < n_probes; i++) {
        for (size_t k = 0; k < n_keys; k++) {
            if (probes[i].hash >> 32 == keys[k].hash >> 32) {
                return true;
            }
        }
    }
    return false;
}

/* ---- comparing ---- */

static void check_identity(const struct fixture *f, const struct ny_index *ix,
                           const struct naive *nv, uint32_t id)
{
    const struct naive_identity *n = &nv->id[id];
    struct ny_index_identity got;
    ny_str record = n->record >= 0 ? f->records[n->record] : NY_STR_NONE;
    char buf[16];

    ny_index_get(ix, id, &got);
    assert_int_equal(ny_index_find(ix, n->domain, local_id(buf, n->name)), id);
    assert_true(ny_str_equals(got.local_id, local_id(buf, n->name)));
    assert_int_equal(got.domain, n->domain);
    assert_int_equal(got.status, n->status);
    assert_int_equal(got.person, n->person);
    assert_int_equal(got.version, n->version);
    assert_true(ny_str_equals(got.record, record));
    assert_int_equal(ny_index_is_held(ix, id, NY_HOLD_IDENTITY), n->held);
    assert_int_equal(ny_index_has_hold(ix, id, NY_HOLD_IDENTITY, NY_HOLD_SEARCH), n->held);
    assert_int_equal(ny_index_has_hold(ix, id, NY_HOLD_VERSION, NY_HOLD_OVERLAY), n->overlaid);
    assert_int_equal(ny_index_is_held(ix, id, NY_HOLD_VERSION), n->overlaid);
    assert_int_equal(ny_index_takes_part(ix, id), naive_takes_part(f, n));
}

static void check_edges(const struct ny_index *ix, const struct naive *nv, uint32_t id)
{
    uint32_t cursor = 0;
    const struct ny_index_edge *e;
    size_t n = 0;
    size_t expected = 0;

    while ((e = ny_index_edge_next(ix, id, &cursor)) != NULL) {
        uint32_t a = e->a < e->b ? e->a : e->b;
        uint32_t b = e->a < e->b ? e->b : e->a;

        assert_true(e->a == id || e->b == id);
        assert_true(ny_index_order(ix, e->a, e->b) < 0);
        assert_true(nv->edge[a][b].is);
        assert_int_equal(nv->edge[a][b].total, e->total_b1024);
        assert_int_equal(nv->edge[a][b].review, e->review);
        n++;
    }
    for (uint32_t o = 1; o <= nv->n; o++) {
        uint32_t a = o < id ? o : id;
        uint32_t b = o < id ? id : o;

        expected += nv->edge[a][b].is;
        assert_int_equal(nv->edge[a][b].is, o != id && ny_index_edge_find(ix, id, o) != NULL);
    }
    assert_int_equal(n, expected);
}

static void check_pins(const struct ny_index *ix, const struct naive *nv, uint32_t id)
{
    uint32_t cursor = 0;
    size_t at = nv->n_pins;
    const struct ny_index_pin *p;

    while ((p = ny_index_pin_next(ix, id, &cursor)) != NULL) { /* newest first */
        do {
            assert_true(at > 0);
            at--;
        } while (nv->pins[at].a != id && nv->pins[at].b != id);
        assert_true(p->a == nv->pins[at].a && p->b == nv->pins[at].b &&
                    p->kind == nv->pins[at].kind && ny_str_equals(p->stamp.control_id, NY_S("M1")));
    }
    while (at > 0) {
        at--;
        assert_true(nv->pins[at].a != id && nv->pins[at].b != id);
    }
}

static void check_members(const struct ny_index *ix, const struct naive *nv, uint32_t person)
{
    size_t n = 0;

    for (uint32_t id = ny_index_member_first(ix, person); id != 0;
         id = ny_index_member_next(ix, id)) {
        assert_int_equal(nv->id[id].person, person);
        n++;
    }
    for (uint32_t id = 1; id <= nv->n; id++) {
        n -= nv->id[id].person == person;
    }
    assert_int_equal(n, 0);
}

static void check_candidates(const struct fixture *f, struct ny_index *ix, const struct naive *nv)
{
    uint32_t found[400];
    uint32_t self = roll(nv->n + 1); /* 0: somebody who is not there yet */
    struct ny_record r;
    struct ny_record o;
    bool capped;
    size_t n;
    size_t at = 0;

    assert_int_equal(ny_record_unpack(f->records[roll(RECORDS)], &r), NY_OK);
    n = ny_index_candidates(ix, &r, self, found, &capped);
    assert_false(capped);
    for (size_t i = 1; i < n; i++) {
        assert_true(ny_index_order(ix, found[i - 1], found[i]) < 0);
    }
    for (uint32_t id = 1; id <= nv->n; id++) {
        bool expected =
            id != self && !ny_record_stands_alone(&r) && naive_takes_part(f, &nv->id[id]) &&
            ny_record_unpack(f->records[nv->id[id].record], &o) == NY_OK && naive_finds(f, &r, &o);
        bool got = false;

        for (size_t i = 0; i < n; i++) {
            got = got || found[i] == id;
        }
        assert_int_equal(got, expected);
        at += expected;
    }
    assert_int_equal(n, at);
}

static void check_all(const struct fixture *f, struct ny_index *ix, const struct naive *nv)
{
    size_t edges = 0;
    uint32_t live = 0;
    int64_t open = 0;
    int64_t parked = 0;
    int64_t got_open;
    int64_t got_parked;
    char buf[16];

    assert_int_equal(ny_index_count(ix), nv->n);
    assert_int_equal(ny_index_person_count(ix), nv->n_persons);
    for (uint32_t id = 1; id <= nv->n; id++) {
        check_identity(f, ix, nv, id);
        check_edges(ix, nv, id);
        check_pins(ix, nv, id);
        for (uint32_t o = id + 1; o <= nv->n; o++) {
            edges += nv->edge[id][o].is;
            open += nv->edge[id][o].is && nv->edge[id][o].review == 1;
            parked += nv->edge[id][o].is && nv->edge[id][o].review == 2;
        }
    }
    for (uint32_t p = 1; p <= nv->n_persons; p++) {
        check_members(ix, nv, p);
        live += ny_index_member_first(ix, p) != 0;
    }
    assert_int_equal(ny_index_person_live(ix), live);
    assert_int_equal(ny_index_edge_count(ix), edges);
    ny_index_review_counts(ix, &got_open, &got_parked);
    assert_int_equal(got_open, open);
    assert_int_equal(got_parked, parked);
    assert_int_equal(ny_index_find(ix, 1, local_id(buf, 1000000)), 0);
    check_candidates(f, ix, nv);
}

/* ---- doing ---- */

static void do_add(struct ny_index *ix, struct naive *nv)
{
    struct naive_identity *n;
    char buf[16];
    unsigned name = roll(100000);
    int32_t domain = 1 + (int32_t)roll(DOMAINS);

    if (nv->n == IDS_MAX || ny_index_find(ix, domain, local_id(buf, name)) != 0) {
        return;
    }
    n = &nv->id[++nv->n];
    *n = (struct naive_identity){
        .domain = domain, .name = name, .status = NY_IDENTITY_ACTIVE, .record = -1};
    assert_int_equal(
        ny_index_add(ix, n->domain, local_id(buf, name), (enum ny_identity_status)n->status),
        nv->n);
}

static void do_identity(const struct fixture *f, struct ny_index *ix, struct naive *nv, uint32_t id)
{
    struct naive_identity *n = &nv->id[id];

    switch (roll(6)) {
    case 0:
    case 1:
        n->record = (int)roll(RECORDS + 1) - 1;
        ny_index_record_set(ix, id, n->record >= 0 ? f->records[n->record] : NY_STR_NONE);
        break;
    case 2:
        n->status = (enum ny_identity_status)(1 + roll(4));
        ny_index_status_set(ix, id, n->status);
        break;
    case 3:
        n->version++;
        ny_index_version_set(ix, id, n->version);
        break;
    case 4:
        n->held = roll(2) == 0;
        ny_index_hold_set(ix, id, NY_HOLD_IDENTITY, NY_HOLD_SEARCH, n->held);
        n->overlaid = roll(2) == 0;
        ny_index_hold_set(ix, id, NY_HOLD_VERSION, NY_HOLD_OVERLAY, n->overlaid);
        break;
    default:
        if (nv->n_persons < PERSONS_MAX && roll(2) == 0) {
            assert_int_equal(ny_index_person_add(ix), ++nv->n_persons);
        }
        n->person = roll(nv->n_persons + 1);
        ny_index_person_set(ix, id, n->person);
        break;
    }
}

static void do_pair(struct ny_index *ix, struct naive *nv, uint32_t a, uint32_t b)
{
    uint32_t low = a < b ? a : b;
    uint32_t high = a < b ? b : a;
    struct ny_score s = {.total_b1024 = (int32_t)roll(50000) - 4000};

    switch (roll(6)) {
    case 0:
    case 1:
    case 2:
        ny_index_edge_set(ix, a, b, &s);
        nv->edge[low][high].is = true; /* the question is kept */
        nv->edge[low][high].total = s.total_b1024;
        break;
    case 3:
        ny_index_edge_remove(ix, a, b);
        nv->edge[low][high].is = false;
        nv->edge[low][high].review = 0;
        break;
    case 4:
        if (nv->edge[low][high].is) {
            nv->edge[low][high].review = (uint8_t)roll(3);
            ny_index_edge_ask(ix, a, b, nv->edge[low][high].review, 1);
        }
        break;
    default:
        if (nv->n_pins < PINS_MAX) {
            nv->pins[nv->n_pins] = (struct ny_index_pin){
                .a = a, .b = b, .kind = (uint8_t)(1 + roll(4)), .stamp.control_id = NY_S("M1")};
            ny_index_pin_add(ix, &nv->pins[nv->n_pins]);
            nv->n_pins++;
        }
        break;
    }
}

static void do_something(const struct fixture *f, struct ny_index *ix, struct naive *nv)
{
    uint32_t what = roll(8);
    uint32_t a;
    uint32_t b;

    if (nv->n < 2 || what == 0) {
        do_add(ix, nv);
        return;
    }
    a = 1 + roll(nv->n);
    b = 1 + roll(nv->n);
    if (what < 5) {
        do_identity(f, ix, nv, a);
    } else if (a != b) {
        do_pair(ix, nv, a, b);
    }
}

struct marks {
    uint64_t at[MARKS_MAX];
    struct naive *then[MARKS_MAX]; /* what the model was at the mark */
    size_t n;
};

static void mark_set(struct marks *m, const struct ny_index *ix, const struct naive *nv)
{
    if (m->n < MARKS_MAX) {
        m->at[m->n] = ny_index_mark(ix);
        *m->then[m->n++] = *nv;
    }
}

static void mark_undo(struct marks *m, struct ny_index *ix, struct naive *nv)
{
    if (m->n > 0) {
        m->n = roll((uint32_t)m->n);
        ny_index_undo_to(ix, m->at[m->n]);
        *nv = *m->then[m->n];
    }
}

/* Oldest first: everything before the mark is final, the younger marks stay. */
static void mark_settle(struct marks *m, struct ny_index *ix)
{
    if (m->n > 0) {
        struct naive *oldest = m->then[0];

        ny_index_settle(ix, m->at[0]);
        for (size_t i = 1; i < m->n; i++) {
            m->at[i - 1] = m->at[i];
            m->then[i - 1] = m->then[i];
        }
        m->then[--m->n] = oldest;
    }
}

static void test_random_sequences(void **state)
{
    static struct naive store[MARKS_MAX];
    static struct naive nv;
    struct fixture *f = *state;

    for (uint64_t seq = 0; seq < SEQUENCES; seq++) {
        struct ny_index *ix = index_create(f);
        struct marks m = {.n = 0};

        dice = seq + 1;
        memset(&nv, 0, sizeof(nv));
        for (size_t i = 0; i < MARKS_MAX; i++) {
            m.then[i] = &store[i];
        }
        for (int step = 0; step < STEPS; step++) {
            uint32_t what = roll(20);

            if (what == 0) {
                mark_set(&m, ix, &nv);
            } else if (what == 1) {
                mark_undo(&m, ix, &nv);
                check_all(f, ix, &nv);
            } else if (what == 2) {
                mark_settle(&m, ix);
            } else {
                do_something(f, ix, &nv);
            }
        }
        check_all(f, ix, &nv);
        ny_index_destroy(ix);
    }
}

/* ---- candidates ---- */

enum { POOL = 300, FOUND_MAX = 400 };

static bool finds(const uint32_t found[FOUND_MAX], size_t n, uint32_t id)
{
    for (size_t i = 0; i < n; i++) {
        if (found[i] == id) {
            return true;
        }
    }
    return false;
}

static void check_mutual(const struct fixture *f, uint32_t (*found)[FOUND_MAX])
{
    struct ny_arena *a = ny_arena_create(0);
    struct ny_index *ix = index_create(f);
    size_t n[POOL + 1] = {0};
    size_t pairs = 0;
    char buf[16];

    for (uint32_t id = 1; id <= POOL; id++) {
        assert_int_equal(ny_index_add(ix, 1, local_id(buf, id), NY_IDENTITY_ACTIVE), id);
        ny_index_record_set(ix, id, record_roll(a));
    }
    for (uint32_t id = 1; id <= POOL; id++) {
        struct ny_index_identity x;
        struct ny_record r;
        bool capped;

        ny_index_get(ix, id, &x);
        assert_int_equal(ny_record_unpack(x.record, &r), NY_OK);
        n[id] = ny_index_candidates(ix, &r, id, found[id], &capped);
        assert_false(capped);
        pairs += n[id];
    }
    for (uint32_t id = 1; id <= POOL; id++) {
        for (size_t i = 0; i < n[id]; i++) {
            uint32_t other = found[id][i];

            if (!finds(found[other], n[other], id)) {
                fail_msg("%u finds %u, but not the other way round", id, other);
            }
        }
    }
    assert_true(pairs > POOL && pairs < (size_t)POOL * POOL / 2);
    ny_index_destroy(ix);
    ny_arena_destroy(a);
}

/* Else the order of arrival would decide who is compared. */
static void test_looking_is_mutual(void **state)
{
    uint32_t(*found)[FOUND_MAX] = ny_calloc(POOL + 1, sizeof(*found));

    for (uint64_t seed = 1; seed <= 8; seed++) {
        dice = seed * 99;
        check_mutual(*state, found);
    }
    ny_free(found);
}

/* At the cap the list is cut to the strongest, told, and still in canonical order. */
static void test_the_cap_is_told(void **state)
{
    enum { SAME = 500 };
    struct fixture *f = *state;
    struct ny_index *ix = index_create(f);
    int32_t cap = ny_match_model_candidate_max(f->m);
    uint32_t *found = ny_calloc((size_t)cap, sizeof(*found));
    struct ny_record r;
    size_t pick = 0;
    bool capped = false;
    char buf[16];

    do {
        assert_true(pick < RECORDS);
        assert_int_equal(ny_record_unpack(f->records[pick++], &r), NY_OK);
    } while (ny_record_stands_alone(&r) || r.birth.precision != NY_DATE_DAY || r.birth.d == 1);
    for (unsigned i = 1; i <= SAME; i++) {
        ny_index_add(ix, 1, local_id(buf, i), NY_IDENTITY_ACTIVE);
        ny_index_record_set(ix, i, f->records[pick - 1]);
    }
    assert_int_equal(ny_index_candidates(ix, &r, 0, found, &capped), cap);
    assert_true(capped);
    for (int32_t i = 1; i < cap; i++) {
        assert_true(ny_index_order(ix, found[i - 1], found[i]) < 0);
    }
    ny_free(found);
    ny_index_destroy(ix);
}

/* ---- from one model to another ---- */

/* Version 1 with B0 off: other keys for everybody. */
static struct ny_match_model *other_model(const struct fixture *f)
{
    static const char line[] = "setting b0 1";
    struct ny_match_model *m = NULL;
    struct ny_error err = {0};
    struct ny_buf b;
    ny_str text;
    char *b0;

    ny_buf_init(&b, f->a);
    assert_int_equal(ny_match_model_write(f->m, &b), NY_OK);
    text = ny_buf_str(&b);
    b0 = memmem(text.p, text.n, line, strlen(line));
    assert_non_null(b0);
    b0[strlen(line) - 1] = '0';
    assert_int_equal(ny_match_model_parse(text, &m, &err), NY_OK);
    return m;
}

struct seen {
    uint32_t id[POOL + 1][FOUND_MAX];
    size_t n[POOL + 1];
};

static void look(struct ny_index *ix, struct seen *out)
{
    for (uint32_t id = 1; id <= ny_index_count(ix); id++) {
        struct ny_index_identity x;
        struct ny_record r;
        bool capped;

        ny_index_get(ix, id, &x);
        assert_int_equal(ny_record_unpack(x.record, &r), NY_OK);
        out->n[id] = ny_index_candidates(ix, &r, id, out->id[id], &capped);
        assert_false(capped);
    }
}

/* Everybody that a finds, b finds. */
static void check_within(const struct seen *a, const struct seen *b)
{
    for (uint32_t id = 1; id <= POOL; id++) {
        for (size_t i = 0; i < a->n[id]; i++) {
            assert_true(finds(b->id[id], b->n[id], a->id[id][i]));
        }
    }
}

static void pool_fill(struct ny_index *ix, struct ny_arena *a, uint32_t from, uint32_t to)
{
    char buf[16];

    for (uint32_t id = from; id <= to; id++) {
        assert_int_equal(ny_index_add(ix, 1, local_id(buf, id), NY_IDENTITY_ACTIVE), id);
        ny_index_record_set(ix, id, record_roll(a));
    }
}

/* At every step a search finds what it would find with one model alone, whatever comes, changes and
 * is taken back meanwhile; at the end just that. */
static void test_the_model_changes_under_the_index(void **state)
{
    struct fixture *f = *state;
    struct ny_match_model *next = other_model(f);
    struct ny_arena *a = ny_arena_create(0);
    struct ny_index *ix = index_create(f);
    struct ny_index *fresh = ny_index_create(next);
    struct seen *before = ny_calloc(1, sizeof(*before));
    struct seen *after = ny_calloc(1, sizeof(*after));
    struct seen *now = ny_calloc(1, sizeof(*now));
    uint64_t mark;

    dice = 77;
    pool_fill(ix, a, 1, POOL);
    look(ix, before);
    ny_index_domain_set(fresh, 1, NY_S("1.2.9"));
    dice = 77;
    pool_fill(fresh, a, 1, POOL);
    look(fresh, after);
    assert_true(memcmp(before->n, after->n, sizeof(before->n)) != 0);

    ny_index_model_begin(ix, next);
    for (uint32_t id = 1; id <= POOL; id++) {
        ny_index_keys_widen(ix, id);
        if (id == POOL / 2) {
            mark = ny_index_mark(ix);
            ny_index_record_set(ix, POOL, f->records[0]);
            ny_index_record_set(ix, 1, f->records[1]);
            ny_index_undo_to(ix, mark);
            look(ix, now);
            check_within(before, now);
        }
    }
    look(ix, now);
    check_within(before, now);
    ny_index_model_switch(ix);
    assert_ptr_equal(ny_index_model(ix), next);
    look(ix, now);
    check_within(after, now);
    for (uint32_t id = 1; id <= POOL; id++) {
        ny_index_keys_narrow(ix, id);
        if (id == POOL / 2) { /* what was narrowed stays so, what was not will be */
            mark = ny_index_mark(ix);
            ny_index_record_set(ix, POOL, f->records[0]);
            ny_index_record_set(ix, 1, f->records[1]);
            ny_index_undo_to(ix, mark);
            look(ix, now);
            check_within(after, now);
        }
    }
    ny_index_model_end(ix);
    look(ix, now);
    check_within(after, now);
    check_within(now, after);

    ny_index_destroy(ix);
    ny_index_destroy(fresh);
    ny_match_model_destroy(next);
    ny_arena_destroy(a);
    ny_free(before);
    ny_free(after);
    ny_free(now);
}

/* ---- records of an older norm version ---- */

static void test_older_records_are_counted(void **state)
{
    struct fixture *f = *state;
    struct ny_index *ix = index_create(f);
    struct ny_arena *a = ny_arena_create(0);
    ny_str older = ny_arena_str(a, f->records[0]);
    char buf[16];
    uint64_t mark;

    ((char *)(uintptr_t)older.p)[0] = NY_TEXT_NORM_VERSION - 1;
    for (unsigned i = 1; i <= 2; i++) {
        (void)ny_index_add(ix, 1, local_id(buf, i), NY_IDENTITY_ACTIVE);
        ny_index_record_set(ix, i, older);
    }
    assert_int_equal(ny_index_older_count(ix), 2);
    mark = ny_index_mark(ix);
    ny_index_record_set(ix, 1, f->records[0]);
    ny_index_record_set(ix, ny_index_add(ix, 1, local_id(buf, 3), NY_IDENTITY_ACTIVE), older);
    ny_index_record_set(ix, ny_index_add(ix, 1, local_id(buf, 4), NY_IDENTITY_ACTIVE),
                        f->records[1]);
    assert_int_equal(ny_index_older_count(ix), 2);
    ny_index_undo_to(ix, mark);
    assert_int_equal(ny_index_older_count(ix), 2);
    ny_index_record_set(ix, 1, f->records[0]);
    assert_int_equal(ny_index_older_count(ix), 1);
    ny_index_record_set(ix, 2, f->records[0]);
    assert_int_equal(ny_index_older_count(ix), 0);
    ny_index_undo_to(ix, mark);
    assert_int_equal(ny_index_older_count(ix), 2);
    ny_index_destroy(ix);
    ny_arena_destroy(a);
}

/* ---- the table of identities ---- */

static void test_many_identities_come_and_go(void **state)
{
    enum { STAY = 3000, GO = 200000 };
    struct fixture *f = *state;
    struct ny_index *ix = index_create(f);
    size_t bytes;
    uint64_t mark;
    char buf[16];

    for (unsigned i = 1; i <= STAY; i++) { /* grows */
        assert_int_equal(
            ny_index_add(ix, 1 + (int32_t)(i % DOMAINS), local_id(buf, i), NY_IDENTITY_ACTIVE), i);
    }
    mark = ny_index_mark(ix);
    ny_index_settle(ix, mark);
    bytes = ny_index_bytes(ix);
    for (unsigned i = 0; i < GO; i++) { /* each leaves a removed slot behind */
        ny_index_add(ix, 1, local_id(buf, 1000000 + i), NY_IDENTITY_ACTIVE);
        ny_index_undo_to(ix, mark);
    }
    for (unsigned i = 1; i <= STAY; i++) {
        assert_int_equal(ny_index_find(ix, 1 + (int32_t)(i % DOMAINS), local_id(buf, i)), i);
        assert_int_equal(ny_index_find(ix, 1 + (int32_t)((i + 1) % DOMAINS), local_id(buf, i)), 0);
    }
    assert_int_equal(ny_index_find(ix, 1, local_id(buf, 1000000)), 0);
    assert_true(ny_index_bytes(ix) <= 2 * bytes);
    ny_index_destroy(ix);
}

static void test_without_a_log_changes_are_final(void **state)
{
    struct fixture *f = *state;
    struct ny_index *ix = index_create(f);
    uint64_t mark;
    char buf[16];

    ny_index_log_keep(ix, false);
    mark = ny_index_mark(ix);
    ny_index_add(ix, 1, local_id(buf, 1), NY_IDENTITY_ACTIVE);
    ny_index_record_set(ix, 1, f->records[0]);
    ny_index_record_set(ix, 1, f->records[1]);
    assert_int_equal(ny_index_mark(ix), mark);
    ny_index_undo_to(ix, mark);
    assert_int_equal(ny_index_count(ix), 1);
    ny_index_destroy(ix);
    ny_index_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_sequences),
        cmocka_unit_test(test_looking_is_mutual),
        cmocka_unit_test(test_the_cap_is_told),
        cmocka_unit_test(test_the_model_changes_under_the_index),
        cmocka_unit_test(test_older_records_are_counted),
        cmocka_unit_test(test_many_identities_come_and_go),
        cmocka_unit_test(test_without_a_log_changes_are_final),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
