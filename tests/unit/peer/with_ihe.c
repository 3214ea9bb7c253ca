/* The ihe of the tests, see its header. */

#include "with_ihe.h"

enum { MAX = 2000 };

static struct {
    struct ny_ihe_exchange *items[MAX];
    bool answered[MAX];
    size_t n;
    ny_str at_once;
} box;

void with_ihe_reset(void)
{
    memset(&box, 0, sizeof(box));
}

void with_ihe_answer_at_once(ny_str answer)
{
    box.at_once = answer;
}

size_t with_ihe_n(void)
{
    return box.n;
}

const struct ny_ihe_exchange *with_ihe_at(size_t n)
{
    NY_ASSERT(n < box.n);
    return box.items[n];
}

void with_ihe_answer(size_t n, ny_str answer)
{
    NY_ASSERT(n < box.n && !box.answered[n]);
    box.answered[n] = true;
    box.items[n]->answer(box.items[n]->ctx, answer);
}

void with_ihe_answer_twice(size_t n, ny_str accept, ny_str answer)
{
    box.items[n]->accept = accept;
    box.items[n]->quiet = answer.n == 0;
    with_ihe_answer(n, answer);
}

void with_ihe_answer_all(ny_str answer)
{
    for (size_t i = 0; i < box.n; i++) {
        if (!box.answered[i]) {
            with_ihe_answer(i, answer);
        }
    }
}

void ny_ihe_receive(struct ny_ihe *ihe, struct ny_ihe_exchange *x)
{
    (void)ihe;
    NY_ASSERT(box.n < MAX);
    box.items[box.n++] = x;
    if (box.at_once.n > 0) {
        with_ihe_answer(box.n - 1, x->in.n > 0 ? box.at_once : NY_STR_NONE);
    }
}
