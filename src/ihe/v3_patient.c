/* A patient of PRPA_MT201301UV02 and its like, written as PID: below the wire both feeds are one.
 *
 *   element absent: field empty    nullFlavor: `""`    elements: the complete new list
 *
 * Names: use IDE, SYL, ABC are table 0465's I, P, A; PHON, and none of them, leave it to the
 * script. A family name of qualifier BR is the maiden name. Addresses and phones stand at the
 * person or at the patient. A name cannot be deleted: one with nullFlavor is absent. Spec: ITI
 * TF-2 3.44, appendix E; our HL7 v3 rules 6, 14. */

#include "v3_priv.h"

#define IHE_NULL NY_S("\"\"")

struct pid {
    struct ny_arena *arena;
    struct ny_hl7v2_writer *w;
    const struct ny_xml_node *patient, *person;
    bool first; /* repetition of the field that is open */
};

static bool is_null(const struct ny_xml_node *n)
{
    return ny_xml_attr(n, "nullFlavor").n > 0;
}

static void field_begin(struct pid *p)
{
    ny_hl7v2_w_field(p->w);
    p->first = true;
}

static void rep_begin(struct pid *p)
{
    if (!p->first) {
        ny_hl7v2_w_rep(p->w);
    }
    p->first = false;
}

/* A word of a list attribute. */
static bool has_word(ny_str list, const char *word)
{
    ny_str rest = list;

    while (rest.p != NULL) {
        if (ny_str_equals(ny_str_trim(ny_str_split(&rest, ' ')), ny_str_from_c(word))) {
            return true;
        }
    }
    return false;
}

struct word {
    const char *use, *code;
};

/* The code of the first row whose use is in the list; empty: none. */
static ny_str code_of(ny_str use, const struct word *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (has_word(use, rows[i].use)) {
            return ny_str_from_c(rows[i].code);
        }
    }
    return NY_S("");
}

/* Adds a text behind a blank. */
static ny_str join(struct ny_arena *arena, ny_str a, ny_str b)
{
    if (a.n == 0 || b.n == 0) {
        return a.n == 0 ? b : a;
    }
    return ny_arena_printf(arena, "%.*s %.*s", NY_ARG(a), NY_ARG(b));
}

/* ---- names ---- */

struct name {
    ny_str family, birth_family, given, middle;
};

static struct name name_read(struct pid *p, const struct ny_xml_node *name)
{
    struct name n = {.family = NY_S("")};

    for (const struct ny_xml_node *c = ny_xml_first(name); c != NULL; c = ny_xml_next(c)) {
        ny_str text = ny_xml_text(p->arena, c);

        if (ny_xml_is(c, NY_HL7V3_NS, "family")) {
            bool birth = has_word(ny_xml_attr(c, "qualifier"), "BR");
            ny_str *to = birth ? &n.birth_family : &n.family;

            *to = join(p->arena, *to, text);
        } else if (ny_xml_is(c, NY_HL7V3_NS, "given") && n.given.n == 0) {
            n.given = text;
        } else if (ny_xml_is(c, NY_HL7V3_NS, "given")) {
            n.middle = join(p->arena, n.middle, text);
        }
    }
    if (n.family.n == 0 && n.birth_family.n == 0 && n.given.n == 0) {
        n.family = ny_xml_text(p->arena, name); /* not cut into parts */
    }
    return n;
}

static void xpn_write(struct pid *p, const struct name *n, ny_str family, ny_str type, ny_str code)
{
    rep_begin(p);
    ny_hl7v2_w_value(p->w, family);
    ny_hl7v2_w_value(p->w, n->given);
    ny_hl7v2_w_value(p->w, n->middle);
    for (unsigned i = 0; i < 3; i++) {
        ny_hl7v2_w_value(p->w, NY_S(""));
    }
    ny_hl7v2_w_value(p->w, type);
    ny_hl7v2_w_value(p->w, code);
}

/* The repetitions of one or more name elements. */
static void names_write(struct pid *p, const struct ny_xml_node *name)
{
    static const struct word types[] = {
        {"L",    "L"},
        {"OR",   "L"},
        {"A",    "A"},
        {"P",    "S"},
        {"C",    "I"},
        {"I",    "T"},
        {"R",    "A"},
        {"ASGN", "A"}
    };
    static const struct word scripts[] = {
        {"IDE", "I"},
        {"SYL", "P"},
        {"ABC", "A"}
    };

    for (; name != NULL; name = ny_xml_again(name)) {
        ny_str use = ny_xml_attr(name, "use");
        ny_str code = code_of(use, scripts, NY_ARRAY_LEN(scripts));
        struct name n = name_read(p, name);

        if (is_null(name)) {
            continue;
        }
        if (n.family.n > 0 || (n.given.n > 0 && n.birth_family.n == 0)) {
            xpn_write(p, &n, n.family, code_of(use, types, NY_ARRAY_LEN(types)), code);
        }
        if (n.birth_family.n > 0) {
            xpn_write(p, &n, n.birth_family, NY_S("M"), code);
        }
    }
}

static void mother_write(struct pid *p)
{
    const struct ny_xml_node *of = ihe_v3_child(p->person, "personalRelationship");

    field_begin(p);
    for (; of != NULL; of = ny_xml_again(of)) {
        const struct ny_xml_node *holder = ihe_v3_child(of, "relationshipHolder1");

        if (!ny_str_equals(ny_xml_attr(ihe_v3_child(of, "code"), "code"), NY_S("MTH"))) {
            continue;
        }
        if (is_null(of) || is_null(holder)) {
            ny_hl7v2_w_value(p->w, IHE_NULL);
            return;
        }
        names_write(p, ihe_v3_child(holder, "name"));
    }
}

/* ---- single values ---- */

static void single_write(struct pid *p, const char *element, const char *attribute)
{
    const struct ny_xml_node *n = ihe_v3_child(p->person, element);

    ny_hl7v2_w_text(p->w, is_null(n) ? IHE_NULL : ny_str_trim(ny_xml_attr(n, attribute)));
}

/* "true" is Y. */
static void truth_write(struct pid *p, const char *element)
{
    const struct ny_xml_node *n = ihe_v3_child(p->person, element);
    ny_str value = ny_str_trim(ny_xml_attr(n, "value"));

    if (is_null(n)) {
        value = IHE_NULL;
    } else if (value.n > 0) {
        value = ny_str_equals(value, NY_S("true")) || ny_str_equals(value, NY_S("1")) ? NY_S("Y")
                                                                                      : NY_S("N");
    }
    ny_hl7v2_w_text(p->w, value);
}

ny_str ihe_v3_sex(const struct ny_xml_node *code)
{
    const ny_str text = ny_str_trim(ny_xml_attr(code, "code"));

    return ny_str_equals(text, NY_S("UN")) ? NY_S("O") : text;
}

static void sex_write(struct pid *p)
{
    const struct ny_xml_node *n = ihe_v3_child(p->person, "administrativeGenderCode");

    ny_hl7v2_w_text(p->w, is_null(n) ? IHE_NULL : ihe_v3_sex(n));
}

/* ---- addresses and phones ---- */

/* XAD components by the parts of AD; parts of one component are joined. */
static const struct {
    const char *element;
    unsigned component;
} address_parts[] = {
    {"streetAddressLine",  1},
    {"streetName",         1},
    {"houseNumber",        1},
    {"houseNumberNumeric", 1},
    {"precinct",           2},
    {"additionalLocator",  2},
    {"unitID",             2},
    {"postBox",            2},
    {"city",               3},
    {"county",             3},
    {"state",              4},
    {"postalCode",         5},
    {"country",            6},
};

void ihe_v3_address_read(struct ny_arena *a, const struct ny_xml_node *addr,
                         ny_str out[IHE_XAD_PARTS])
{
    static const struct word types[] = {
        {"H",   "H" },
        {"HP",  "H" },
        {"HV",  "H" },
        {"WP",  "O" },
        {"TMP", "C" },
        {"BAD", "BA"},
        {"PST", "M" }
    };

    memset(out, 0, IHE_XAD_PARTS * sizeof(*out));
    for (const struct ny_xml_node *c = ny_xml_first(addr); c != NULL; c = ny_xml_next(c)) {
        for (size_t i = 0; i < NY_ARRAY_LEN(address_parts); i++) {
            ny_str *to = &out[address_parts[i].component];

            if (ny_xml_is(c, NY_HL7V3_NS, address_parts[i].element)) {
                *to = join(a, *to, ny_xml_text(a, c));
            }
        }
    }
    out[7] = code_of(ny_xml_attr(addr, "use"), types, NY_ARRAY_LEN(types));
    out[8] = ny_xml_text(a, addr);
}

static void address_write(struct pid *p, const struct ny_xml_node *addr)
{
    ny_str part[IHE_XAD_PARTS];

    ihe_v3_address_read(p->arena, addr, part);
    rep_begin(p);
    for (size_t i = 1; i < NY_ARRAY_LEN(part); i++) {
        ny_hl7v2_w_value(p->w, part[i]);
    }
}

ny_str ihe_v3_phone_number(const struct ny_xml_node *telecom, bool *is_fax)
{
    ny_str value = ny_str_trim(ny_xml_attr(telecom, "value"));
    size_t colon = ny_str_find(value, ':');
    ny_str scheme = ny_str_sub(value, 0, colon < value.n ? colon : 0);

    *is_fax = ny_str_equals_nocase(scheme, NY_S("fax"));
    if (scheme.n > 0 && !*is_fax && !ny_str_equals_nocase(scheme, NY_S("tel"))) {
        return NY_STR_NONE;
    }
    return colon < value.n ? ny_str_trim(ny_str_sub(value, colon + 1, value.n)) : value;
}

static void phone_write(struct pid *p, const struct ny_xml_node *telecom)
{
    static const struct word uses[] = {
        {"WP", "WPN"},
        {"EC", "EMR"},
        {"AS", "ASN"},
        {"MC", "PRN"},
        {"H",  "PRN"},
        {"HP", "PRN"},
        {"HV", "VHN"}
    };
    ny_str use = ny_xml_attr(telecom, "use");
    bool is_fax;
    ny_str number = ihe_v3_phone_number(telecom, &is_fax);

    if (number.n == 0) {
        return;
    }
    rep_begin(p);
    ny_hl7v2_w_value(p->w, number);
    ny_hl7v2_w_value(p->w, code_of(use, uses, NY_ARRAY_LEN(uses)));
    ny_hl7v2_w_value(p->w, is_fax ? NY_S("FX") : has_word(use, "MC") ? NY_S("CP") : NY_S(""));
}

/* Elements of that name, at the person and at the patient; when all have a nullFlavor the field is
 * deleted. */
static void both_write(struct pid *p, const char *element,
                       void (*write)(struct pid *, const struct ny_xml_node *))
{
    const struct ny_xml_node *const at[] = {p->person, p->patient};
    bool deleted = false;
    bool said = false;

    field_begin(p);
    for (size_t i = 0; i < NY_ARRAY_LEN(at); i++) {
        const struct ny_xml_node *n = ihe_v3_child(at[i], element);

        for (; n != NULL; n = ny_xml_again(n)) {
            deleted = deleted || is_null(n);
            said = said || !is_null(n);
            if (!is_null(n)) {
                write(p, n);
            }
        }
    }
    if (deleted && !said) {
        ny_hl7v2_w_value(p->w, IHE_NULL);
    }
}

/* ---- the whole ---- */

void ihe_v3_cx_write(struct ny_hl7v2_writer *w, ny_str text, const struct ny_xml_node *id)
{
    const struct ny_hl7v2_hd hd = {.universal_id = ihe_v3_root(id),
                                   .universal_id_type = NY_S("ISO")};

    ny_hl7v2_w_value(w, text);
    ny_hl7v2_w_value(w, NY_S(""));
    ny_hl7v2_w_value(w, NY_S(""));
    ny_hl7v2_w_hd_component(w, &hd);
}

void ihe_v3_ids_write(struct ny_hl7v2_writer *w, const struct ny_xml_node *const *ids, size_t n)
{
    ny_hl7v2_w_field(w);
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            ny_hl7v2_w_rep(w);
        }
        ihe_v3_cx_write(w, ny_str_trim(ny_xml_attr(ids[i], "extension")), ids[i]);
    }
}

void ihe_v3_patient_write(struct ny_hl7v2_writer *w, struct ny_arena *a,
                          const struct ny_xml_node *patient)
{
    struct pid p = {a, w, patient, ihe_v3_child(patient, "patientPerson"), true};

    ny_hl7v2_w_skip(w, 1); /* PID-4 */
    field_begin(&p);
    names_write(&p, ihe_v3_child(p.person, "name"));
    mother_write(&p);
    single_write(&p, "birthTime", "value");
    sex_write(&p);
    ny_hl7v2_w_skip(w, 2);
    both_write(&p, "addr", address_write);
    ny_hl7v2_w_skip(w, 1);
    both_write(&p, "telecom", phone_write);
    ny_hl7v2_w_skip(w, 10);
    truth_write(&p, "multipleBirthInd");
    single_write(&p, "multipleBirthOrderNumber", "value");
    ny_hl7v2_w_skip(w, 3);
    single_write(&p, "deceasedTime", "value");
    truth_write(&p, "deceasedInd");
}
