/* Bytes into a tree, by libxml2's SAX interface: each callback adds a node to the arena, and the
 * first one that does not like what it sees stops the parser.
 *
 * libxml2 knows how to refuse nothing by itself: what a DTD could do (entities, external subsets)
 * is kept out by stopping at DOCTYPE, before anything of it is looked at. */

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "nayose/hl7v3_xml.h"
#include "nayose/text_charset.h"

enum { NAME_SLOTS = 256 };

struct building {
    struct ny_arena *arena;
    xmlParserCtxt *parser;
    struct ny_error *err;
    ny_rc rc; /* why the callbacks stopped the parser */
    struct ny_xml_node *root;
    struct grown *here; /* the open element */
    size_t depth, nodes, namespaces;
    struct ny_buf text; /* collected since the last tag */
    /* The parser keeps each name once while it works: by its address a copy is found again. */
    struct {
        const xmlChar *key;
        ny_str copy;
    } names[NAME_SLOTS];
    bool charset_given;
    bool broken_bytes; /* something was not valid in its character set */
};

/* An element and what is only known while it is read. */
struct grown {
    struct ny_xml_node node;
    struct grown *parent;
    struct ny_xml_node *last; /* child */
};

static void stop(struct building *b, ny_rc rc, const char *why)
{
    if (b->rc == NY_OK) {
        b->rc = ny_fail(b->err, rc, "%s", why);
        if (b->err != NULL) {
            b->err->offset = (size_t)xmlByteConsumed(b->parser);
        }
    }
    xmlStopParser(b->parser);
}

static bool take(struct building *b, size_t nodes)
{
    if (b->rc != NY_OK) {
        return false;
    }
    b->nodes += nodes;
    if (b->nodes > NY_XML_NODES_MAX) {
        stop(b, NY_ELIMIT, "the document has too many elements");
        return false;
    }
    return true;
}

/* Full arenas stop the parser, too. */
static bool kept(struct building *b, const void *p)
{
    if (p == NULL) {
        stop(b, NY_ELIMIT, "the document is too large");
    }
    return p != NULL;
}

static ny_str name_keep(struct building *b, const xmlChar *name)
{
    size_t slot = ((uintptr_t)name >> 3) % NAME_SLOTS;

    if (name == NULL) {
        return NY_S("");
    }
    if (b->names[slot].key != name) {
        b->names[slot].copy = ny_arena_str(b->arena, ny_str_from_c((const char *)name));
        b->names[slot].key = name;
        (void)kept(b, b->names[slot].copy.p);
    }
    return b->names[slot].copy;
}

static void child_add(struct building *b, struct ny_xml_node *n)
{
    struct grown *up = b->here;

    if (up == NULL) {
        b->root = n;
        return;
    }
    n->parent = &up->node;
    if (up->last == NULL) {
        up->node.first = n;
        up->last = n;
    } else {
        up->last->next = n;
        up->last = n;
    }
}

/* ---- text ---- */

/* What was collected becomes a node, unless it is only blanks. */
static void text_end(struct building *b)
{
    struct ny_xml_node *n;
    ny_str text = ny_buf_str(&b->text);

    if (ny_str_trim(text).n > 0 && b->here != NULL && take(b, 1)) {
        n = NY_ARENA_NEW(b->arena, struct ny_xml_node);
        if (kept(b, n)) {
            n->text = ny_arena_str(b->arena, text);
            (void)kept(b, n->text.p);
            child_add(b, n);
        }
    }
    b->text.n = 0;
}

static void on_characters(void *ctx, const xmlChar *p, int n)
{
    struct building *b = ctx;

    ny_buf_add(&b->text, ny_str_of((const char *)p, (size_t)n));
    if (b->text.failed || b->text.n > NY_XML_TEXT_MAX) {
        stop(b, NY_ELIMIT, "a text is too long");
    }
}

/* ---- elements ---- */

static const struct ny_xml_ns *namespaces_read(struct building *b, size_t n, const xmlChar **ns)
{
    const struct ny_xml_ns *first = NULL;

    b->namespaces += n;
    if (b->namespaces > NY_XML_NAMESPACES_MAX) {
        stop(b, NY_ELIMIT, "too many namespaces are declared");
    }
    for (size_t i = n; i > 0 && take(b, 1); i--) {
        struct ny_xml_ns *one = NY_ARENA_NEW(b->arena, struct ny_xml_ns);

        if (!kept(b, one)) {
            break;
        }
        one->prefix = name_keep(b, ns[2 * (i - 1)]);
        one->uri = name_keep(b, ns[2 * (i - 1) + 1]);
        one->next = first;
        first = one;
    }
    return first;
}

/* The declaration that a prefix has at n; NULL: no namespace, or the arena is full. */
static const struct ny_xml_ns *scope_find(const struct ny_xml_node *n, ny_str prefix)
{
    static const struct ny_xml_ns xml = {
        .prefix = {"xml",                                  3 },
          .uri = {"http://www.w3.org/XML/1998/namespace", 36}
    };

    if (ny_str_equals(prefix, xml.prefix)) {
        return &xml;
    }
    for (; n != NULL; n = n->parent) {
        for (const struct ny_xml_ns *ns = n->declared; ns != NULL; ns = ns->next) {
            if (ny_str_equals(ns->prefix, prefix)) {
                return ns->uri.n > 0 ? ns : NULL;
            }
        }
    }
    return NULL;
}

/* Five pointers each: name, prefix, URI, value, end of the value. */
static const struct ny_xml_attr *attributes_read(struct building *b, const struct ny_xml_node *n,
                                                 size_t count, const xmlChar **from)
{
    const struct ny_xml_attr *first = NULL;

    for (size_t i = count; i > 0 && take(b, 1); i--) {
        const xmlChar **five = from + 5 * (i - 1);
        struct ny_xml_attr *one = NY_ARENA_NEW(b->arena, struct ny_xml_attr);
        size_t len = (size_t)(five[4] - five[3]);

        if (!kept(b, one)) {
            break;
        }
        if (len > NY_XML_TEXT_MAX) {
            stop(b, NY_ELIMIT, "an attribute is too long");
            break;
        }
        one->name = name_keep(b, five[0]);
        one->ns = five[1] != NULL ? scope_find(n, name_keep(b, five[1])) : NULL;
        one->value = ny_arena_str(b->arena, ny_str_of((const char *)five[3], len));
        (void)kept(b, one->value.p);
        one->next = first;
        first = one;
    }
    return first;
}

/* NOLINTNEXTLINE(readability-function-size): libxml2's parameters */
static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int n_namespaces, const xmlChar **namespaces, int n_attributes,
                     int n_defaulted, const xmlChar **attributes)
{
    struct building *b = ctx;
    struct grown *g;

    (void)uri;
    (void)n_defaulted;
    text_end(b);
    if (b->depth == NY_XML_DEPTH_MAX) {
        stop(b, NY_ELIMIT, "elements are nested too deeply");
    }
    if (!take(b, 1)) {
        return;
    }
    g = NY_ARENA_NEW(b->arena, struct grown);
    if (!kept(b, g)) {
        return;
    }
    g->parent = b->here;
    child_add(b, &g->node);
    g->node.name = name_keep(b, name);
    g->node.declared = namespaces_read(b, (size_t)n_namespaces, namespaces);
    g->node.ns = scope_find(&g->node, name_keep(b, prefix));
    g->node.attrs = attributes_read(b, &g->node, (size_t)n_attributes, attributes);
    b->here = g;
    b->depth++;
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct building *b = ctx;

    (void)name;
    (void)prefix;
    (void)uri;
    text_end(b);
    if (b->here != NULL && b->rc == NY_OK) {
        b->here = b->here->parent;
        b->depth--;
    }
}

/* ---- what is refused ---- */

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    (void)name;
    (void)external;
    (void)system;
    stop(ctx, NY_EUNSUPP, "a DOCTYPE is not allowed");
}

static void on_instruction(void *ctx, const xmlChar *target, const xmlChar *data)
{
    (void)target;
    (void)data;
    stop(ctx, NY_EUNSUPP, "a processing instruction is not allowed");
}

/* The five of XML itself; there are no others without a DTD. */
static xmlEntityPtr on_entity(void *ctx, const xmlChar *name)
{
    (void)ctx;
    return xmlGetPredefinedEntity(name);
}

static bool charset_is_known(const char *name)
{
    static const char *const known[] = {
        "UTF-8",       "UTF8",       "UTF-16",    "UTF-16LE", "UTF-16BE",
        "US-ASCII",    "ISO-8859-1", "Shift_JIS", "SJIS",     "x-sjis",
        "Windows-31J", "CP932",      "MS932",     "EUC-JP",   "ISO-2022-JP",
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(known); i++) {
        if (ny_str_equals_nocase(ny_str_from_c(name), ny_str_from_c(known[i]))) {
            return true;
        }
    }
    return false;
}

/* Called when the XML declaration was read. */
static void on_document(void *ctx)
{
    struct building *b = ctx;
    const xmlChar *declared = b->parser->encoding;

    if (declared == NULL && b->parser->input != NULL) {
        declared = b->parser->input->encoding;
    }
    if (!b->charset_given && declared != NULL && !charset_is_known((const char *)declared)) {
        stop(b, NY_ECHARSET, "the character set of the document is not supported");
    }
}

/* libxml2 compares each attribute of an element with all before it, before anybody is called: a tag
 * of a million attributes would keep it busy for hours. No `<` stands in a tag, so what counts is
 * how many `=` come without one. */
static bool tags_are_short(ny_str bytes)
{
    size_t n = 0;

    for (size_t i = 0; i < bytes.n && n <= NY_XML_ATTRIBUTES_MAX; i++) {
        n = bytes.p[i] == '<' ? 0 : n + (bytes.p[i] == '=');
    }
    return n <= NY_XML_ATTRIBUTES_MAX;
}

/* ---- the whole ---- */

/* libxml2 speaks to stderr unless it is told not to, and quotes the bytes that it does not like. */
static void on_error(void *ctx, xmlErrorPtr error)
{
    struct building *b = ctx;

    b->broken_bytes = b->broken_bytes || error->code == XML_ERR_INVALID_ENCODING ||
                      error->code == XML_ERR_UNKNOWN_ENCODING ||
                      error->code == XML_ERR_UNSUPPORTED_ENCODING ||
                      error->code == XML_I18N_CONV_FAILED || error->code == XML_I18N_NO_HANDLER;
}

static void handler_fill(xmlSAXHandler *sax)
{
    *sax = (xmlSAXHandler){
        .initialized = XML_SAX2_MAGIC,
        .startDocument = on_document,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_characters,
        .ignorableWhitespace = on_characters,
        .cdataBlock = on_characters,
        .internalSubset = on_doctype,
        .processingInstruction = on_instruction,
        .getEntity = on_entity,
        .serror = on_error,
    };
}

static bool charset_apply(struct building *b, ny_str charset)
{
    char name[32];
    xmlCharEncodingHandler *handler;

    if (charset.n == 0 || charset.n >= sizeof(name)) {
        return charset.n == 0;
    }
    memcpy(name, charset.p, charset.n);
    name[charset.n] = '\0';
    if (!charset_is_known(name)) {
        return false;
    }
    b->charset_given = true;
    (void)xmlCtxtUseOptions(b->parser, XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_IGNORE_ENC);
    if (ny_str_equals_nocase(charset, NY_S("UTF-8")) ||
        ny_str_equals_nocase(charset, NY_S("UTF8"))) {
        return true; /* what is read anyway when nobody says otherwise */
    }
    handler = xmlFindCharEncodingHandler(name);
    return handler != NULL && xmlSwitchToEncoding(b->parser, handler) >= 0;
}

static ny_rc why_not(const struct building *b, ny_str bytes)
{
    bool converted = b->parser->input != NULL && b->parser->input->buf != NULL &&
                     b->parser->input->buf->encoder != NULL;
    bool broken = b->broken_bytes || (!converted && !ny_charset_is_utf8(bytes));

    if (b->err != NULL) {
        b->err->offset = (size_t)xmlByteConsumed(b->parser);
    }
    return broken ? ny_fail(b->err, NY_ECHARSET, "bytes that are not valid in their character set")
                  : ny_fail(b->err, NY_ESYNTAX, "the document is not well-formed XML");
}

static ny_rc run(struct building *b, ny_str bytes, ny_str charset)
{
    xmlSAXHandler sax;

    handler_fill(&sax);
    *b->parser->sax = sax;
    b->parser->userData = b;
    (void)xmlCtxtUseOptions(b->parser, XML_PARSE_NONET | XML_PARSE_NOENT);
    if (!charset_apply(b, charset)) {
        return ny_fail(b->err, NY_ECHARSET, "the character set of the document is not supported");
    }
    (void)xmlParseDocument(b->parser);
    if (b->rc != NY_OK) {
        return b->rc;
    }
    return b->parser->wellFormed && b->parser->nsWellFormed && b->root != NULL ? NY_OK
                                                                               : why_not(b, bytes);
}

ny_rc ny_xml_parse(struct ny_arena *a, ny_str bytes, ny_str charset, const struct ny_xml_node **out,
                   struct ny_error *err)
{
    struct building *b;
    ny_rc rc;

    if (bytes.n == 0) {
        return ny_fail(err, NY_ESYNTAX, "the document is empty");
    }
    if (bytes.n > INT_MAX || !tags_are_short(bytes)) {
        return ny_fail(err, NY_ELIMIT, "the document is too large");
    }
    b = ny_calloc(1, sizeof(*b));
    b->arena = a;
    b->err = err;
    ny_buf_init(&b->text, a);
    b->parser = xmlCreateMemoryParserCtxt(bytes.p, (int)bytes.n);
    NY_ASSERT(b->parser != NULL);
    xmlSetStructuredErrorFunc(b, on_error); /* of this thread; converters know no other way */
    rc = run(b, bytes, charset);
    xmlSetStructuredErrorFunc(NULL, NULL);
    if (rc == NY_OK) {
        *out = b->root;
    }
    xmlFreeParserCtxt(b->parser);
    ny_free(b);
    return rc;
}
