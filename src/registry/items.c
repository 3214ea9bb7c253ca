/* Requests under way, and lists of them in order of arrival. */

#include "registry_priv.h"

void ny_item_list_init(struct item_list *l)
{
    *l = (struct item_list){.tail = NULL};
}

void ny_item_list_add(struct item_list *l, struct item *i)
{
    i->next = NULL;
    if (l->head == NULL) {
        l->head = i;
    } else {
        *l->tail = i;
    }
    l->tail = &i->next;
    l->n++;
}

struct item *ny_item_list_take(struct item_list *l)
{
    struct item *i = l->head;

    if (i != NULL) {
        l->head = i->next;
        l->n--;
        i->next = NULL;
    }
    return i;
}

struct item *ny_item_create(struct ny_registry *r, enum item_kind kind,
                            const struct ny_reply *reply)
{
    struct item *i = ny_calloc(1, sizeof(*i));

    i->registry = r;
    i->kind = kind;
    if (reply != NULL) {
        i->reply = *reply;
    }
    return i;
}

const struct ny_stored_patient *ny_item_stored(const struct item *i, int64_t id)
{
    for (size_t k = 0; k < i->n_stored; k++) {
        if (i->stored[k].id == id) {
            return &i->stored[k];
        }
    }
    return NULL;
}

void ny_item_finish(struct item *i, ny_rc rc)
{
    if (i->kind == ITEM_WORK) {
        i->work->done(i->ctx, rc);
    } else {
        i->reply.done(i->reply.ctx, rc, rc == NY_OK ? i->answer : NY_STR_NONE);
    }
    ny_arena_destroy(i->arena);
    ny_free(i);
}

void ny_items_fail(struct item_list *l, ny_rc rc)
{
    struct item *i;

    while ((i = ny_item_list_take(l)) != NULL) {
        ny_item_finish(i, rc);
    }
}
