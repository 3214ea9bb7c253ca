/* hl7v3, XML: a document as a small tree, look-ups by namespace and name, and a writer that
 * escapes.
 *
 * What comes from outside is read without network, DTD, entities of its own and processing
 * instructions: a DOCTYPE ends the reading. Depth, number of nodes and length of a text are capped.
 * The tree is built while the bytes are read; there is no second form of the document in memory.
 * Spec: XML 1.0, Namespaces in XML 1.0; our HL7 v3 rules 2. */
#ifndef NAYOSE_HL7V3_XML_H
#define NAYOSE_HL7V3_XML_H

#include "nayose/base.h"

enum {
    NY_XML_DEPTH_MAX = 100,
    NY_XML_NODES_MAX = 100000,     /* elements, texts, attributes and namespaces together */
    NY_XML_NAMESPACES_MAX = 256,   /* declarations of namespaces in all */
    NY_XML_ATTRIBUTES_MAX = 4096,  /* `=` from one `<` to the next */
    NY_XML_TEXT_MAX = 1024 * 1024, /* bytes of one text or attribute value */
    NY_XML_OPEN_MAX = 48           /* elements that a writer has open at once */
};

#define NY_XML_XSI NY_S("http://www.w3.org/2001/XMLSchema-instance")

/* ---- tree: all of it in the arena of ny_xml_parse ---- */

/* xmlns:prefix="uri"; prefix empty: the default, uri empty: undone. */
struct ny_xml_ns {
    const struct ny_xml_ns *next; /* declared at the same element */
    ny_str prefix, uri;
};

struct ny_xml_attr {
    const struct ny_xml_attr *next; /* in document order */
    const struct ny_xml_ns *ns;     /* NULL: no namespace */
    ny_str name, value;
};

/* An element, or a piece of text (name.p == NULL). Comments are not there; neither is text that is
 * only blanks. */
struct ny_xml_node {
    const struct ny_xml_node *parent, *first, *next;
    const struct ny_xml_ns *ns; /* NULL: no namespace */
    ny_str name;                /* local */
    ny_str text;                /* of a text node */
    const struct ny_xml_attr *attrs;
    const struct ny_xml_ns *declared; /* namespaces, in document order */
};

/* Reads a document. charset: from the transport (HTTP charset), beats the declaration; may be
 * empty. UTF-8, UTF-16, US-ASCII, ISO-8859-1, Shift_JIS, Windows-31J, EUC-JP and ISO-2022-JP are
 * read; texts come out as UTF-8. out: the root element, in a. NY_ESYNTAX not well-formed ·
 * NY_ECHARSET broken bytes or another character set · NY_EUNSUPP DOCTYPE or processing instruction
 * · NY_ELIMIT a cap. err->offset: about where. */
NY_MUST_USE ny_rc ny_xml_parse(struct ny_arena *a, ny_str bytes, ny_str charset,
                               const struct ny_xml_node **out, struct ny_error *err);

/* ---- look-ups; NULL nodes are allowed and hold nothing ---- */

static inline bool ny_xml_is_element(const struct ny_xml_node *n)
{
    return n != NULL && n->name.p != NULL;
}
ny_str ny_xml_ns_of(const struct ny_xml_node *n); /* its namespace; empty: none */
bool ny_xml_is(const struct ny_xml_node *n, ny_str ns, const char *name);
/* The first child element, and the first sibling element behind n, of any name. */
const struct ny_xml_node *ny_xml_first(const struct ny_xml_node *n);
const struct ny_xml_node *ny_xml_next(const struct ny_xml_node *n);
/* The first child element of that name, and the next sibling of the same name and namespace. */
const struct ny_xml_node *ny_xml_child(const struct ny_xml_node *n, ny_str ns, const char *name);
const struct ny_xml_node *ny_xml_again(const struct ny_xml_node *n);
/* Every element below top that is in no namespace takes top's, as if its sender had not forgotten
 * it. The first of them; NULL: there was none. */
const struct ny_xml_node *ny_xml_adopt(const struct ny_xml_node *top);
/* An attribute without namespace; p == NULL: there is none. */
ny_str ny_xml_attr(const struct ny_xml_node *n, const char *name);
ny_str ny_xml_attr_ns(const struct ny_xml_node *n, ny_str ns, const char *name);
/* The texts that stand in n itself, not in its children, joined and trimmed. In a; p == NULL when
 * there is none or a is full. */
ny_str ny_xml_text(struct ny_arena *a, const struct ny_xml_node *n);
/* A QName in content (xsi:type="a:INT") by the namespaces in scope at n. False: unbound prefix. */
bool ny_xml_qname(const struct ny_xml_node *n, ny_str qname, ny_str *out_ns, ny_str *out_name);
/* `/A/b/c[2]/d` from the element top down to n; a number where siblings have the same name. In a; p
 * == NULL at its cap. */
ny_str ny_xml_path(struct ny_arena *a, const struct ny_xml_node *top, const struct ny_xml_node *n);

/* ---- writer: a failed append or too deep a nesting sticks, told at the end ---- */

struct ny_xml_writer {
    struct ny_buf buf;
    const char *open[NY_XML_OPEN_MAX]; /* names as they were given */
    size_t depth;
    bool in_tag; /* the start tag still takes attributes */
};

void ny_xml_w_init(struct ny_xml_writer *w, struct ny_arena *a);
/* Names are as they stand in the text (`soap:Body`), literals: they are kept until the end. */
void ny_xml_w_open(struct ny_xml_writer *w, const char *name);
void ny_xml_w_attr(struct ny_xml_writer *w, const char *name, ny_str value);
void ny_xml_w_attr_c(struct ny_xml_writer *w, const char *name, const char *value);
/* Escaped; characters that XML cannot hold become U+FFFD. */
void ny_xml_w_text(struct ny_xml_writer *w, ny_str text);
void ny_xml_w_close(struct ny_xml_writer *w);
/* <name>text</name> */
void ny_xml_w_element(struct ny_xml_writer *w, const char *name, ny_str text);
/* Bytes of XML as they are: well-formed, with the namespaces that they use. */
void ny_xml_w_raw(struct ny_xml_writer *w, ny_str xml);
/* An element with all that is in it, as it was read. It declares what namespaces are in scope, so
 * that QNames in its values keep their meaning wherever it is put. */
void ny_xml_w_copy(struct ny_xml_writer *w, const struct ny_xml_node *top);
/* A text as it stands between the quotes of an attribute. In a; p == NULL at its cap. */
ny_str ny_xml_escape(struct ny_arena *a, ny_str s);
/* The text; NY_ELIMIT when something failed. Every element must be closed. */
NY_MUST_USE ny_rc ny_xml_w_end(struct ny_xml_writer *w, ny_str *out);
/* The text of ny_xml_w_copy() alone. out: a. NY_ELIMIT. */
NY_MUST_USE ny_rc ny_xml_copy(struct ny_arena *a, const struct ny_xml_node *n, ny_str *out);

#endif
