/* Elements and their escaped text into a buffer. */

#include "nayose/hl7v3_xml.h"

void ny_xml_w_init(struct ny_xml_writer *w, struct ny_arena *a)
{
    *w = (struct ny_xml_writer){.depth = 0};
    ny_buf_init(&w->buf, a);
}

static void tag_end(struct ny_xml_writer *w)
{
    if (w->in_tag) {
        ny_buf_add_char(&w->buf, '>');
        w->in_tag = false;
    }
}

/* Bytes of UTF-8 from p on that XML cannot hold: C0 but tab and line ends, U+FFFE, U+FFFF; 0: none.
 */
static size_t forbidden(const char *p, size_t n)
{
    unsigned char c = (unsigned char)p[0];

    if (c < 0x20) {
        return c == '\t' || c == '\n' || c == '\r' ? 0 : 1;
    }
    return c == 0xEF && n >= 3 && (unsigned char)p[1] == 0xBF && (unsigned char)p[2] >= 0xBE ? 3
                                                                                             : 0;
}

/* What stands for a character; NULL: itself. A carriage return would be read as a new line, and an
 * attribute makes blanks of all three. */
static const char *reference(char c, bool in_attribute)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '\r':
        return "&#13;";
    case '"':
        return in_attribute ? "&quot;" : NULL;
    case '\n':
        return in_attribute ? "&#10;" : NULL;
    case '\t':
        return in_attribute ? "&#9;" : NULL;
    default:
        return NULL;
    }
}

static void escape(struct ny_buf *b, ny_str s, bool in_attribute)
{
    size_t from = 0;

    for (size_t i = 0; i < s.n; i++) {
        const char *instead = reference(s.p[i], in_attribute);
        size_t n = forbidden(s.p + i, s.n - i);

        if (instead == NULL && n == 0) {
            continue;
        }
        ny_buf_add(b, ny_str_sub(s, from, i - from));
        ny_buf_add_c(b, n > 0 ? "\xEF\xBF\xBD" : instead);
        i += n > 0 ? n - 1 : 0;
        from = i + 1;
    }
    ny_buf_add(b, ny_str_sub(s, from, s.n - from));
}

ny_str ny_xml_escape(struct ny_arena *a, ny_str s)
{
    struct ny_buf b;

    ny_buf_init(&b, a);
    escape(&b, s, true);
    return b.failed ? NY_STR_NONE : ny_buf_str(&b);
}

static void attribute(struct ny_xml_writer *w, ny_str prefix, ny_str name, ny_str value)
{
    NY_ASSERT(w->in_tag);
    ny_buf_printf(&w->buf, " %.*s%s%.*s=\"", NY_ARG(prefix), prefix.n > 0 && name.n > 0 ? ":" : "",
                  NY_ARG(name));
    escape(&w->buf, value, true);
    ny_buf_add_char(&w->buf, '"');
}

void ny_xml_w_open(struct ny_xml_writer *w, const char *name)
{
    tag_end(w);
    ny_buf_printf(&w->buf, "<%s", name);
    NY_ASSERT(w->depth < NY_XML_OPEN_MAX);
    w->open[w->depth++] = name;
    w->in_tag = true;
}

void ny_xml_w_attr(struct ny_xml_writer *w, const char *name, ny_str value)
{
    attribute(w, NY_S(""), ny_str_from_c(name), value);
}

void ny_xml_w_attr_c(struct ny_xml_writer *w, const char *name, const char *value)
{
    ny_xml_w_attr(w, name, ny_str_from_c(value));
}

void ny_xml_w_text(struct ny_xml_writer *w, ny_str text)
{
    tag_end(w);
    escape(&w->buf, text, false);
}

void ny_xml_w_close(struct ny_xml_writer *w)
{
    NY_ASSERT(w->depth > 0);
    w->depth--;
    if (w->in_tag) {
        ny_buf_add_c(&w->buf, "/>");
        w->in_tag = false;
    } else {
        ny_buf_printf(&w->buf, "</%s>", w->open[w->depth]);
    }
}

void ny_xml_w_element(struct ny_xml_writer *w, const char *name, ny_str text)
{
    ny_xml_w_open(w, name);
    ny_xml_w_text(w, text);
    ny_xml_w_close(w);
}

void ny_xml_w_raw(struct ny_xml_writer *w, ny_str xml)
{
    tag_end(w);
    ny_buf_add(&w->buf, xml);
}

/* ---- copies ---- */

static ny_str prefix_of(const struct ny_xml_ns *ns)
{
    return ns != NULL ? ns->prefix : NY_S("");
}

static void name_write(struct ny_xml_writer *w, const struct ny_xml_node *n)
{
    ny_str prefix = prefix_of(n->ns);

    ny_buf_printf(&w->buf, "%.*s%s%.*s", NY_ARG(prefix), prefix.n > 0 ? ":" : "", NY_ARG(n->name));
}

static bool is_declared_between(const struct ny_xml_node *n, const struct ny_xml_node *up,
                                ny_str prefix)
{
    for (; n != up; n = n->parent) {
        for (const struct ny_xml_ns *ns = n->declared; ns != NULL; ns = ns->next) {
            if (ny_str_equals(ns->prefix, prefix)) {
                return true;
            }
        }
    }
    return false;
}

/* Of the element that is copied itself: what its ancestors declare, the nearest of each prefix. An
 * element without a default namespace must undo the one where it is put. */
static void scope_write(struct ny_xml_writer *w, const struct ny_xml_node *top)
{
    for (const struct ny_xml_node *up = top; up != NULL; up = up->parent) {
        for (const struct ny_xml_ns *ns = up->declared; ns != NULL; ns = ns->next) {
            if (!is_declared_between(top, up, ns->prefix)) {
                attribute(w, NY_S("xmlns"), ns->prefix, ns->uri);
            }
        }
    }
    if (!is_declared_between(top, NULL, NY_S(""))) {
        attribute(w, NY_S("xmlns"), NY_S(""), NY_S(""));
    }
}

static void start_write(struct ny_xml_writer *w, const struct ny_xml_node *n, bool is_top)
{
    tag_end(w);
    ny_buf_add_char(&w->buf, '<');
    name_write(w, n);
    w->in_tag = true;
    if (is_top) {
        scope_write(w, n);
    } else {
        for (const struct ny_xml_ns *ns = n->declared; ns != NULL; ns = ns->next) {
            attribute(w, NY_S("xmlns"), ns->prefix, ns->uri);
        }
    }
    for (const struct ny_xml_attr *at = n->attrs; at != NULL; at = at->next) {
        if (at->ns != NULL) {
            attribute(w, at->ns->prefix, at->name, at->value);
        } else {
            attribute(w, NY_S(""), at->name, at->value);
        }
    }
}

static void end_write(struct ny_xml_writer *w, const struct ny_xml_node *n)
{
    if (w->in_tag) {
        ny_buf_add_c(&w->buf, "/>");
        w->in_tag = false;
        return;
    }
    ny_buf_add_c(&w->buf, "</");
    name_write(w, n);
    ny_buf_add_char(&w->buf, '>');
}

void ny_xml_w_copy(struct ny_xml_writer *w, const struct ny_xml_node *top)
{
    const struct ny_xml_node *n = top;

    for (;;) {
        if (n->name.p != NULL) {
            start_write(w, n, n == top);
            if (n->first != NULL) {
                n = n->first;
                continue;
            }
            end_write(w, n);
        } else {
            ny_xml_w_text(w, n->text);
        }
        while (n != top && n->next == NULL) {
            n = n->parent;
            end_write(w, n);
        }
        if (n == top) {
            return;
        }
        n = n->next;
    }
}

ny_rc ny_xml_w_end(struct ny_xml_writer *w, ny_str *out)
{
    NY_ASSERT(w->depth == 0);
    return ny_buf_end(&w->buf, out);
}

ny_rc ny_xml_copy(struct ny_arena *a, const struct ny_xml_node *n, ny_str *out)
{
    struct ny_xml_writer w;

    ny_xml_w_init(&w, a);
    ny_xml_w_copy(&w, n);
    return ny_xml_w_end(&w, out);
}
