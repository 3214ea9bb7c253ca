/* Names: repetitions of XPN joined into variants.
 *
 *   PID-5   患者^太郎^^^^^L^I ~ カンジャ^タロウ^^^^^L^P ~ 旧姓^太郎^^^^^M^I
 *           └──────── one variant, type L ─────────┘   └ one, type M ┘
 *
 * A variant holds one text per script. The first I of a type goes with the first P and the first A
 * of it, the second with the second. A missing type is L; a missing representation code is found by
 * script. Whole names in XPN-1 stay there: text splits them when it folds. */

#include "nayose/text.h"

#include "ihe_priv.h"

enum { PER_SCRIPT = 3 }; /* family, given, middle */

static const enum ny_part_id first_part[] = {
    [NY_SCRIPT_KANJI] = NY_PART_NAME_KANJI_FAMILY,
    [NY_SCRIPT_KANA] = NY_PART_NAME_KANA_FAMILY,
    [NY_SCRIPT_LATIN] = NY_PART_NAME_LATIN_FAMILY,
};

struct xpn {
    ny_str part[PER_SCRIPT];
    ny_str type;
    enum ny_text_script script;
};

/* Table 0465, and the codes of JP Core that stand for the same. */
static enum ny_text_script script_of_code(ny_str code)
{
    static const struct {
        const char *code;
        enum ny_text_script script;
    } rows[] = {
        {"I",   NY_SCRIPT_KANJI},
        {"P",   NY_SCRIPT_KANA },
        {"A",   NY_SCRIPT_LATIN},
        {"IDE", NY_SCRIPT_KANJI},
        {"SYL", NY_SCRIPT_KANA },
        {"ABC", NY_SCRIPT_LATIN},
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        if (ny_str_equals(code, ny_str_from_c(rows[i].code))) {
            return rows[i].script;
        }
    }
    return NY_SCRIPT_NONE;
}

static bool is_name_type(ny_str s)
{
    return s.n == 1 && strchr("ABCDILMNRSTU", s.p[0]) != NULL;
}

static enum ny_text_script script_of_text(const struct xpn *n)
{
    enum ny_text_script script = NY_SCRIPT_NONE;

    for (size_t i = 0; i < PER_SCRIPT && script == NY_SCRIPT_NONE; i++) {
        script = ny_text_script_of(n->part[i]);
    }
    return script != NY_SCRIPT_NONE ? script : NY_SCRIPT_KANJI;
}

/* False: nothing in it. */
static bool xpn_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *seg, ny_str rep,
                     const char *field, struct xpn *out)
{
    ny_str six = ny_str_trim(ihe_text(ex, seg, rep, 6, 1, field));
    ny_str code = ny_str_trim(ihe_text(ex, seg, rep, 8, 1, field));

    out->type = ny_str_trim(ihe_text(ex, seg, rep, 7, 1, field));
    if (code.n == 0 && is_name_type(six) && script_of_code(out->type) != NY_SCRIPT_NONE) {
        code = out->type; /* type and code one component early: ^^^^L^I */
        out->type = six;
    }
    for (unsigned i = 0; i < PER_SCRIPT; i++) {
        out->part[i] = ihe_text(ex, seg, rep, i + 1, 1, field);
    }
    if (out->part[0].n == 0 && out->part[1].n == 0 && out->part[2].n == 0) {
        return false;
    }
    out->script = script_of_code(code);
    if (out->script == NY_SCRIPT_NONE) {
        out->script = script_of_text(out);
    }
    return true;
}

/* ---- variants ---- */

struct variants {
    struct ny_value v[NY_SET_VALUES_MAX];
    size_t n;
};

static bool slot_is_free(const struct ny_value *v, enum ny_text_script script)
{
    for (unsigned i = 0; i < PER_SCRIPT; i++) {
        if (ny_value_part(v, first_part[script] + i).n > 0) {
            return false;
        }
    }
    return true;
}

static bool types_meet(ny_str a, ny_str b)
{
    return ny_str_equals(a.n > 0 ? a : NY_S("L"), b.n > 0 ? b : NY_S("L"));
}

/* The first variant of that type which lacks this script, or a new one; NULL: too many. */
static struct ny_value *variant_for(struct variants *all, const struct xpn *n)
{
    for (size_t i = 0; i < all->n; i++) {
        if (types_meet(ny_value_part(&all->v[i], NY_PART_NAME_TYPE), n->type) &&
            slot_is_free(&all->v[i], n->script)) {
            return &all->v[i];
        }
    }
    if (all->n == NY_SET_VALUES_MAX) {
        return NULL;
    }
    all->v[all->n] = (struct ny_value){0};
    return &all->v[all->n++];
}

/* default_type: what a missing XPN-7 means in this field; empty for PID-5. */
static bool variants_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *seg,
                          unsigned field, ny_str default_type, struct variants *all)
{
    const char *where = field == 5 ? "PID^1^5" : "PID^1^9";
    ny_str rest = ny_hl7v2_field(seg, field);
    ny_str rep;

    while (ny_hl7v2_rep_next(seg, &rest, &rep)) {
        struct xpn n;
        struct ny_value *v;

        if (!xpn_read(ex, seg, rep, where, &n)) {
            continue;
        }
        n.type = n.type.n > 0 ? n.type : default_type;
        v = variant_for(all, &n);
        if (v == NULL) {
            return ihe_refuse(ex, IHE_FAULT_FIELD_LIMIT, where);
        }
        if (n.type.n > 0) {
            ny_value_part_set(v, NY_PART_NAME_TYPE, n.type);
        }
        for (unsigned i = 0; i < PER_SCRIPT; i++) {
            ny_value_part_set(v, first_part[n.script] + i, n.part[i]);
        }
    }
    return !ihe_is_refused(ex);
}

bool ihe_names_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                    const struct ny_stamp *stamp, struct ny_patient *out)
{
    struct variants *all;

    if (ihe_field_is_deleted(pid, 5)) {
        return ihe_refuse(ex, IHE_FAULT_FIELD_MISSING, "PID^1^5"); /* a name cannot be deleted */
    }
    if (ny_hl7v2_presence(pid, 5) == NY_HL7V2_ABSENT) {
        /* The names stay as they are; an alias alone would take the place of the current name. */
        return true;
    }
    all = NY_ARENA_NEW(ex->arena, struct variants);
    if (all == NULL) {
        return ihe_refuse(ex, IHE_FAULT_TOO_LARGE, NULL);
    }
    if (!variants_read(ex, pid, 5, NY_STR_NONE, all) ||
        !variants_read(ex, pid, 9, NY_S("A"), all)) {
        return false;
    }
    for (size_t i = 0; i < all->n; i++) {
        if (!ihe_say(ex, out, NY_SET_NAME, &all->v[i], stamp)) {
            return false;
        }
    }
    return true;
}

/* ---- mother ---- */

struct mother {
    ny_str family, given;
    bool kana; /* given is in kana */
};

/* The first repetition with a given name in kana, else the first one. */
static struct mother mother_in(struct ihe_exchange *ex, const struct ny_hl7v2_segment *seg,
                               unsigned field, const char *where)
{
    ny_str rest = ny_hl7v2_field(seg, field);
    struct mother first = {0};
    ny_str rep;

    while (ny_hl7v2_rep_next(seg, &rest, &rep)) {
        struct mother m = {0};
        struct xpn n;

        if (xpn_read(ex, seg, rep, where, &n)) {
            m = (struct mother){n.part[0], n.part[1], n.script == NY_SCRIPT_KANA};
        }
        if (m.kana && m.given.n > 0) {
            return m;
        }
        first = first.family.n + first.given.n > 0 ? first : m;
    }
    first.kana = false;
    return first;
}

bool ihe_mother_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                     const struct ny_stamp *stamp, struct ny_patient *out)
{
    struct mother m = mother_in(ex, pid, 6, "PID^1^6");
    struct mother other = {0};

    for (size_t i = 0; !m.kana && !other.kana && i < ny_hl7v2_segment_count(ex->msg); i++) {
        const struct ny_hl7v2_segment *seg = ny_hl7v2_segment_at(ex->msg, i);

        if (ny_str_equals(ny_hl7v2_segment_name(seg), NY_S("NK1")) &&
            ny_str_equals(ny_hl7v2_text(seg, 3, 1, 1, 1), NY_S("MTH"))) {
            other = mother_in(ex, seg, 2, "NK1^1^2");
        }
    }
    m = other.kana ? other : m;
    if (m.family.n + m.given.n > 0 || ny_hl7v2_presence(pid, 6) == NY_HL7V2_NULL) {
        ny_patient_say_single(out, NY_SINGLE_MOTHER_FAMILY, m.family, stamp);
        ny_patient_say_single(out, NY_SINGLE_MOTHER_NAME, m.given, stamp);
    }
    return !ihe_is_refused(ex);
}
