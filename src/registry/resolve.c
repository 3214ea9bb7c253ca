/* Who is this: the questions of many requesters in one statement.
 *
 * One statement is under way at a time; what is asked meanwhile goes with the next one. No timer: a
 * lone question waits for nobody, a storm shares statements, and the notes of those who were
 * answered together share a commit. */

#include "registry_priv.h"

struct question {
    struct question *next;
    void (*fn)(void *ctx, ny_rc rc, const struct ny_resolved *res);
    void *ctx;
    int32_t domain;
    size_t id_n;
    char id[];
};

/* Answers the n oldest questions. */
static void tell(struct ny_registry *r, size_t n, ny_rc rc, const struct ny_resolved *res)
{
    r->gathering = true;
    for (size_t i = 0; i < n; i++) {
        struct question *q = r->questions.head;

        r->questions.head = q->next;
        q->fn(q->ctx, rc, rc == NY_OK ? &res[i] : NULL);
        ny_free(q);
    }
    r->gathering = false;
    ny_registry_flush(r);
}

static void ask_next(struct ny_registry *r);

static void on_resolved(void *ctx, ny_rc rc, const struct ny_resolved *res)
{
    struct ny_registry *r = ctx;

    tell(r, r->questions.n_asked, rc, res);
    r->questions.n_asked = 0;
    ask_next(r);
}

static void ask_next(struct ny_registry *r)
{
    enum { TOGETHER_MAX = 64 };

    while (r->questions.n_asked == 0 && r->questions.head != NULL) {
        struct ny_resolve_question asked[TOGETHER_MAX];
        size_t n = 0;
        ny_rc rc;

        for (struct question *q = r->questions.head; q != NULL && n < TOGETHER_MAX; q = q->next) {
            asked[n++] = (struct ny_resolve_question){q->domain, ny_str_of(q->id, q->id_n)};
        }
        r->questions.n_asked = n; /* also while they are told below: nobody asks from inside */
        rc = ny_store_resolve(r->store, asked, n, on_resolved, r);
        if (rc != NY_OK) {
            tell(r, n, rc, NULL);
            r->questions.n_asked = 0;
        }
    }
}

void ny_registry_resolve(struct ny_registry *r, const struct ny_domain *domain, ny_str id,
                         void (*fn)(void *ctx, ny_rc rc, const struct ny_resolved *res), void *ctx)
{
    char buf[NY_ID_WIDTH_MAX];
    ny_str asked = ny_domain_local_id(domain, id, buf);
    struct question *q = ny_malloc(sizeof(*q) + asked.n);

    *q = (struct question){.fn = fn, .ctx = ctx, .domain = domain->id, .id_n = asked.n};
    if (asked.n > 0) {
        memcpy(q->id, asked.p, asked.n);
    }
    if (r->questions.head == NULL) {
        r->questions.head = q;
    } else {
        *r->questions.tail = q;
    }
    r->questions.tail = &q->next;
    ask_next(r);
}

void ny_questions_free(struct ny_registry *r)
{
    while (r->questions.head != NULL) {
        struct question *q = r->questions.head;

        r->questions.head = q->next;
        ny_free(q);
    }
}
