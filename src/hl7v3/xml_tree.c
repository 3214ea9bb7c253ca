/* Look-ups in the tree. */

#include "nayose/hl7v3_xml.h"

ny_str ny_xml_ns_of(const struct ny_xml_node *n)
{
    return n != NULL && n->ns != NULL ? n->ns->uri : NY_S("");
}

bool ny_xml_is(const struct ny_xml_node *n, ny_str ns, const char *name)
{
    return ny_xml_is_element(n) && ny_str_equals(n->name, ny_str_from_c(name)) &&
           ny_str_equals(ny_xml_ns_of(n), ns);
}

/* n itself, or the first element behind it. */
static const struct ny_xml_node *element_from(const struct ny_xml_node *n)
{
    while (n != NULL && n->name.p == NULL) {
        n = n->next;
    }
    return n;
}

const struct ny_xml_node *ny_xml_first(const struct ny_xml_node *n)
{
    return n != NULL ? element_from(n->first) : NULL;
}

const struct ny_xml_node *ny_xml_next(const struct ny_xml_node *n)
{
    return n != NULL ? element_from(n->next) : NULL;
}

const struct ny_xml_node *ny_xml_child(const struct ny_xml_node *n, ny_str ns, const char *name)
{
    const struct ny_xml_node *c = ny_xml_first(n);

    while (c != NULL && !ny_xml_is(c, ns, name)) {
        c = ny_xml_next(c);
    }
    return c;
}

static bool is_alike(const struct ny_xml_node *a, const struct ny_xml_node *b)
{
    return ny_str_equals(a->name, b->name) && ny_str_equals(ny_xml_ns_of(a), ny_xml_ns_of(b));
}

const struct ny_xml_node *ny_xml_again(const struct ny_xml_node *n)
{
    const struct ny_xml_node *c = ny_xml_next(n);

    while (c != NULL && !is_alike(n, c)) {
        c = ny_xml_next(c);
    }
    return c;
}

/* The declarations without xmlns="". */
/* NOLINTNEXTLINE(misc-no-recursion): their number is capped where the tree is read */
static const struct ny_xml_ns *without_undone(const struct ny_xml_ns *declared)
{
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): of our own tree, const for who reads it */
    struct ny_xml_ns *ns = (struct ny_xml_ns *)(uintptr_t)declared;

    if (ns == NULL) {
        return NULL;
    }
    ns->next = without_undone(ns->next);
    return ns->prefix.n == 0 && ns->uri.n == 0 ? ns->next : ns;
}

/* NOLINTNEXTLINE(misc-no-recursion): depth is capped where the tree is read */
static const struct ny_xml_node *adopt(const struct ny_xml_node *parent, const struct ny_xml_ns *ns)
{
    const struct ny_xml_node *first = NULL;

    for (const struct ny_xml_node *c = ny_xml_first(parent); c != NULL; c = ny_xml_next(c)) {
        /* NOLINTNEXTLINE(performance-no-int-to-ptr): likewise */
        struct ny_xml_node *n = (struct ny_xml_node *)(uintptr_t)c;
        const struct ny_xml_node *below;

        if (ny_xml_ns_of(n).n == 0) {
            n->ns = ns;
            n->declared = without_undone(n->declared);
            first = first != NULL ? first : n;
        }
        below = adopt(n, ns);
        first = first != NULL ? first : below;
    }
    return first;
}

const struct ny_xml_node *ny_xml_adopt(const struct ny_xml_node *top)
{
    return adopt(top, top->ns);
}

ny_str ny_xml_attr_ns(const struct ny_xml_node *n, ny_str ns, const char *name)
{
    for (const struct ny_xml_attr *at = n != NULL ? n->attrs : NULL; at != NULL; at = at->next) {
        if (ny_str_equals(at->name, ny_str_from_c(name)) &&
            ny_str_equals(at->ns != NULL ? at->ns->uri : NY_S(""), ns)) {
            return at->value;
        }
    }
    return NY_STR_NONE;
}

ny_str ny_xml_attr(const struct ny_xml_node *n, const char *name)
{
    return ny_xml_attr_ns(n, NY_S(""), name);
}

ny_str ny_xml_text(struct ny_arena *a, const struct ny_xml_node *n)
{
    const struct ny_xml_node *only = NULL;
    struct ny_buf all;
    size_t count = 0;

    ny_buf_init(&all, a);
    for (const struct ny_xml_node *c = n != NULL ? n->first : NULL; c != NULL; c = c->next) {
        if (c->name.p == NULL) {
            only = c;
            count++;
        }
    }
    if (count == 0) {
        return NY_STR_NONE;
    }
    if (count == 1) {
        return ny_str_trim(only->text);
    }
    for (const struct ny_xml_node *c = n->first; c != NULL; c = c->next) {
        ny_buf_add(&all, c->text);
    }
    return all.failed ? NY_STR_NONE : ny_str_trim(ny_buf_str(&all));
}

bool ny_xml_qname(const struct ny_xml_node *n, ny_str qname, ny_str *out_ns, ny_str *out_name)
{
    ny_str rest = ny_str_trim(qname);
    ny_str prefix = ny_str_split(&rest, ':');

    if (rest.p == NULL) {
        rest = prefix;
        prefix = NY_S("");
    }
    *out_name = rest;
    for (; n != NULL; n = n->parent) {
        for (const struct ny_xml_ns *ns = n->declared; ns != NULL; ns = ns->next) {
            if (ny_str_equals(ns->prefix, prefix)) {
                *out_ns = ns->uri;
                return true;
            }
        }
    }
    *out_ns = NY_S("");
    return prefix.n == 0;
}

/* Which of its like n is, from 1; 0: the only one. */
static size_t ordinal(const struct ny_xml_node *n)
{
    size_t at = 0;
    size_t count = 0;

    for (const struct ny_xml_node *c = ny_xml_first(n->parent); c != NULL; c = ny_xml_next(c)) {
        if (is_alike(c, n)) {
            count++;
            at = c == n ? count : at;
        }
    }
    return count > 1 ? at : 0;
}

ny_str ny_xml_path(struct ny_arena *a, const struct ny_xml_node *top, const struct ny_xml_node *n)
{
    const struct ny_xml_node *way[NY_XML_DEPTH_MAX];
    size_t depth = 0;
    struct ny_buf out;

    for (const struct ny_xml_node *up = n; up != NULL && depth < NY_XML_DEPTH_MAX;
         up = up->parent) {
        way[depth++] = up;
        if (up == top) {
            break;
        }
    }
    ny_buf_init(&out, a);
    while (depth > 0) {
        const struct ny_xml_node *step = way[--depth];
        size_t number = step == top ? 0 : ordinal(step);

        ny_buf_printf(&out, "/%.*s", NY_ARG(step->name));
        if (number > 0) {
            ny_buf_printf(&out, "[%zu]", number);
        }
    }
    return out.failed ? NY_STR_NONE : ny_buf_str(&out);
}
