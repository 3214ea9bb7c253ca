/* module: hl7v3
 *
 * First byte: the character set that the transport tells. The rest is a document; what was read is
 * copied, and the copy must read as the same tree. */

#include "nayose/hl7v3_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The next node in document order, with how deep it stands. */
static const struct ny_xml_node *step(const struct ny_xml_node *n, int *depth)
{
    if (n->first != NULL) {
        (*depth)++;
        return n->first;
    }
    while (n != NULL && n->next == NULL) {
        n = n->parent;
        (*depth)--;
    }
    return n != NULL ? n->next : NULL;
}

static void same(const struct ny_xml_node *a, const struct ny_xml_node *b)
{
    int depth_a = 0;
    int depth_b = 0;

    while (a != NULL && b != NULL) {
        const struct ny_xml_attr *x = a->attrs;
        const struct ny_xml_attr *y = b->attrs;

        NY_ASSERT(depth_a == depth_b && ny_str_equals(a->name, b->name));
        NY_ASSERT(ny_str_equals(a->text, b->text));
        NY_ASSERT(ny_str_equals(ny_xml_ns_of(a), ny_xml_ns_of(b)));
        for (; x != NULL && y != NULL; x = x->next, y = y->next) {
            NY_ASSERT(ny_str_equals(x->name, y->name) && ny_str_equals(x->value, y->value));
            NY_ASSERT((x->ns == NULL) == (y->ns == NULL));
            NY_ASSERT(x->ns == NULL || ny_str_equals(x->ns->uri, y->ns->uri));
        }
        NY_ASSERT(x == NULL && y == NULL);
        a = step(a, &depth_a);
        b = step(b, &depth_b);
    }
    NY_ASSERT(a == NULL && b == NULL);
}

static void walk(struct ny_arena *a, const struct ny_xml_node *root)
{
    const struct ny_xml_node *last = root;
    int depth = 0;

    for (const struct ny_xml_node *n = root; n != NULL; n = step(n, &depth)) {
        last = ny_xml_is_element(n) ? n : last;
    }
    NY_ASSERT(ny_xml_path(a, root, last).n > 1);
    (void)ny_xml_text(a, last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const charsets[] = {"", "utf-8", "utf-16", "shift_jis", "iso-2022-jp", "x"};
    struct ny_arena *a = ny_arena_create(0);
    const struct ny_xml_node *root = NULL;
    const struct ny_xml_node *again = NULL;
    struct ny_error err = {0};
    struct ny_xml_writer w;
    ny_str copy;

    if (size > 0 && size < 65536) {
        ny_str charset = ny_str_from_c(charsets[data[0] % NY_ARRAY_LEN(charsets)]);
        ny_rc rc =
            ny_xml_parse(a, ny_str_of((const char *)data + 1, size - 1), charset, &root, &err);

        NY_ASSERT(rc == err.rc && (rc == NY_OK) == (root != NULL));
        if (rc == NY_OK) {
            walk(a, root);
            ny_xml_w_init(&w, a);
            ny_xml_w_copy(&w, root);
            NY_ASSERT(ny_xml_w_end(&w, &copy) == NY_OK);
            NY_ASSERT(ny_xml_parse(a, copy, NY_S("utf-8"), &again, NULL) == NY_OK);
            same(root, again);
        }
    }
    ny_arena_destroy(a);
    return 0;
}
