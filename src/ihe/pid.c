/* A patient from PID, NK1 and IN1.
 *
 *   empty field: nothing said    `""`: deleted    a value: the complete new list of that field
 *
 * Values are kept as received; only the birth date is judged here, since an unreadable one refuses
 * the message (AE 102). A repetition that is only `""` deletes the whole field. */

#include "nayose/text.h"

#include "ihe_priv.h"

struct pid_reader {
    struct ihe_exchange *ex;
    const struct ny_hl7v2_segment *pid;
    const struct ny_stamp *stamp;
    struct ny_patient *out;
};

/* ---- single values ---- */

static bool birth_date_check(struct pid_reader *r, ny_str text, ny_date message_date)
{
    ny_date date;
    unsigned flags = 0;

    if (ny_text_birth_date_parse(text, message_date, &date, &flags) != NY_OK) {
        return ihe_refuse(r->ex, IHE_FAULT_FIELD_VALUE, "PID^1^7");
    }
    if ((flags & NY_BIRTH_PLACEHOLDER) != 0) {
        ihe_warn(r->ex, 102, "PID^1^7");
    }
    return true;
}

/* All codes of a repeating field, joined by '~'. */
static ny_str codes_join(struct ihe_exchange *ex, const struct ny_hl7v2_segment *seg,
                         unsigned field, const char *where)
{
    struct ny_buf b;
    ny_str rest = ny_hl7v2_field(seg, field);
    ny_str rep;
    ny_str out = NY_STR_NONE;

    ny_buf_init(&b, ex->arena);
    while (ny_hl7v2_rep_next(seg, &rest, &rep)) {
        ny_str code = ny_str_trim(ihe_text(ex, seg, rep, 1, 1, where));

        if (code.n > 0 && b.n > 0) {
            ny_buf_add_char(&b, '~');
        }
        ny_buf_add(&b, code);
    }
    if (ny_buf_end(&b, &out) != NY_OK || out.n > 4096) {
        (void)ihe_refuse(ex, IHE_FAULT_FIELD_LIMIT, where);
    }
    return out;
}

static bool is_number(ny_str text)
{
    uint64_t n;

    return ny_str_to_u64(text, 0, 100, &n) == NY_OK;
}

static bool is_time(ny_str text)
{
    struct ny_hl7v2_ts ts;

    return ny_hl7v2_ts_parse(text, 0, &ts, NULL) == NY_OK;
}

static bool singles_read(struct pid_reader *r, ny_date message_date)
{
    static const struct {
        unsigned field;
        enum ny_single_id id;
        bool repeats;
        const char *where;
        bool (*is_readable)(ny_str text); /* if not, it is remarked and not taken; NULL: anything */
    } rows[] = {
        {7,  NY_SINGLE_BIRTH_DATE,       false, "PID^1^7",  NULL     },
        {8,  NY_SINGLE_SEX,              false, "PID^1^8",  NULL     },
        {18, NY_SINGLE_ACCOUNT,          false, "PID^1^18", NULL     },
        {24, NY_SINGLE_MULTIPLE_BIRTH,   false, "PID^1^24", NULL     },
        {25, NY_SINGLE_BIRTH_ORDER,      false, "PID^1^25", is_number},
        {29, NY_SINGLE_DEATH_TIME,       false, "PID^1^29", is_time  },
        {30, NY_SINGLE_DEATH,            false, "PID^1^30", NULL     },
        {31, NY_SINGLE_IDENTITY_UNKNOWN, false, "PID^1^31", NULL     },
        {32, NY_SINGLE_RELIABILITY,      true,  "PID^1^32", NULL     },
    };

    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        struct ny_hl7v2_value v = ny_hl7v2_get(r->pid, rows[i].field, 1, 1, 1);
        ny_str rest = ny_hl7v2_field(r->pid, rows[i].field);
        ny_str rep = rest;
        ny_str text;

        if (v.presence == NY_HL7V2_NULL) {
            ny_patient_say_single(r->out, rows[i].id, NY_STR_NONE, r->stamp);
            continue;
        }
        (void)ny_hl7v2_rep_next(r->pid, &rest, &rep);
        text = rows[i].repeats ? codes_join(r->ex, r->pid, rows[i].field, rows[i].where)
                               : ny_str_trim(ihe_text(r->ex, r->pid, rep, 1, 1, rows[i].where));
        if (text.n == 0) {
            continue;
        }
        if (rows[i].id == NY_SINGLE_BIRTH_DATE && !birth_date_check(r, text, message_date)) {
            return false;
        }
        if (rows[i].is_readable != NULL && !rows[i].is_readable(text)) {
            ihe_warn(r->ex, 102, rows[i].where);
            continue;
        }
        ny_patient_say_single(r->out, rows[i].id, text, r->stamp);
    }
    return !ihe_is_refused(r->ex);
}

/* ---- addresses ---- */

/* Copies components into the parts of a value; true when one that matters has text. */
struct part_row {
    unsigned component;
    enum ny_part_id part;
    bool counts; /* a value of only type and country says nothing */
};

static bool parts_read(struct pid_reader *r, ny_str rep, const struct part_row *rows, size_t n,
                       const char *where, struct ny_value *v)
{
    bool any = false;

    *v = (struct ny_value){0};
    for (size_t i = 0; i < n; i++) {
        /* XAD-8 is one text: an '&' in it is no delimiter that we would want to cut at. */
        unsigned sub = rows[i].part == NY_PART_ADDRESS_WHOLE ? 0 : 1;
        ny_str text = ihe_text(r->ex, r->pid, rep, rows[i].component, sub, where);

        ny_value_part_set(v, rows[i].part, text);
        any = any || (rows[i].counts && text.n > 0);
    }
    return any;
}

static bool addresses_read(struct pid_reader *r)
{
    static const struct part_row rows[] = {
        {1, NY_PART_ADDRESS_STREET,  true },
        {2, NY_PART_ADDRESS_OTHER,   true },
        {3, NY_PART_ADDRESS_CITY,    true },
        {4, NY_PART_ADDRESS_STATE,   true },
        {5, NY_PART_ADDRESS_POSTAL,  true },
        {6, NY_PART_ADDRESS_COUNTRY, false},
        {7, NY_PART_ADDRESS_TYPE,    false},
        {8, NY_PART_ADDRESS_WHOLE,   true },
    };
    /* The parts begin the table, the whole text ends it. */
    const enum ny_address_fields from = r->ex->request.source->address;
    const size_t first = from == NY_ADDRESS_WHOLE ? 4 : 0;
    const size_t n = NY_ARRAY_LEN(rows) - first - (from == NY_ADDRESS_PARTS ? 1 : 0);
    ny_str rest = ny_hl7v2_field(r->pid, 11);
    ny_str rep;
    struct ny_value v;

    if (ihe_field_is_deleted(r->pid, 11)) {
        ny_patient_delete(r->out, NY_SET_ADDRESS, r->stamp);
        return true;
    }
    while (ny_hl7v2_rep_next(r->pid, &rest, &rep)) {
        if (parts_read(r, rep, rows + first, n, "PID^1^11", &v) &&
            !ihe_say(r->ex, r->out, NY_SET_ADDRESS, &v, r->stamp)) {
            return false;
        }
    }
    return !ihe_is_refused(r->ex);
}

/* ---- phones ---- */

/* XTN-1, else XTN-12, else country, area and local number (XTN-5 to 7). */
static ny_str phone_number(struct pid_reader *r, ny_str rep, const char *where)
{
    ny_str number = ihe_text(r->ex, r->pid, rep, 1, 1, where);
    ny_str country, area, local;

    if (number.n == 0) {
        number = ihe_text(r->ex, r->pid, rep, 12, 1, where);
    }
    local = ihe_text(r->ex, r->pid, rep, 7, 1, where);
    if (number.n > 0 || local.n == 0) {
        return number;
    }
    country = ny_str_trim(ihe_text(r->ex, r->pid, rep, 5, 1, where));
    area = ihe_text(r->ex, r->pid, rep, 6, 1, where);
    if (ny_str_ends_with(country, NY_S("81"))) {
        country = NY_STR_NONE; /* at home */
    }
    return ny_arena_printf(r->ex->arena, "%.*s%s%.*s%s%.*s", NY_ARG(country),
                           country.n > 0 ? "-" : "", NY_ARG(area), area.n > 0 ? "-" : "",
                           NY_ARG(local));
}

static bool phones_read_field(struct pid_reader *r, unsigned field)
{
    const char *where = field == 13 ? "PID^1^13" : "PID^1^14";
    ny_str rest = ny_hl7v2_field(r->pid, field);
    ny_str rep;

    while (ny_hl7v2_rep_next(r->pid, &rest, &rep)) {
        struct ny_value v = {0};
        ny_str number = phone_number(r, rep, where);

        if (number.n == 0) {
            continue; /* e-mail, or nothing */
        }
        ny_value_part_set(&v, NY_PART_PHONE_NUMBER, number);
        ny_value_part_set(&v, NY_PART_PHONE_USE,
                          ny_str_trim(ihe_text(r->ex, r->pid, rep, 2, 1, where)));
        ny_value_part_set(&v, NY_PART_PHONE_EQUIPMENT,
                          ny_str_trim(ihe_text(r->ex, r->pid, rep, 3, 1, where)));
        if (!ihe_say(r->ex, r->out, NY_SET_PHONE, &v, r->stamp)) {
            return false;
        }
    }
    return !ihe_is_refused(r->ex);
}

/* PID-13 and PID-14 are one set, so `""` deletes it only when the home phone is deleted and no
 * other number is said with it; a deleted business phone alone leaves the home phone as it was. */
static bool phones_read(struct pid_reader *r)
{
    if (ihe_field_is_deleted(r->pid, 13) && ny_hl7v2_presence(r->pid, 14) != NY_HL7V2_VALUE) {
        ny_patient_delete(r->out, NY_SET_PHONE, r->stamp);
        return true;
    }
    return phones_read_field(r, 13) && phones_read_field(r, 14);
}

/* ---- insurance ---- */

/* IN1-10: symbol ~ number ~ branch, or the three as components of one repetition; a text that
 * stands alone is the number (the late-stage elderly have no symbol). */
static void insured_read(struct pid_reader *r, const struct ny_hl7v2_segment *in1,
                         struct ny_value *v)
{
    static const enum ny_part_id parts[] = {NY_PART_INSURANCE_SYMBOL, NY_PART_INSURANCE_NUMBER,
                                            NY_PART_INSURANCE_BRANCH};
    bool one = ny_hl7v2_reps(in1, 10) == 1;
    ny_str rest = ny_hl7v2_field(in1, 10);
    ny_str rep;
    unsigned i = 0;

    if (one && ny_hl7v2_text(in1, 10, 1, 2, 1).n == 0) {
        ny_value_part_set(v, NY_PART_INSURANCE_NUMBER,
                          ihe_text(r->ex, in1, rest, 1, 1, "IN1^1^10"));
        return;
    }
    if (one) {
        for (i = 0; i < NY_ARRAY_LEN(parts); i++) {
            ny_value_part_set(v, parts[i], ihe_text(r->ex, in1, rest, i + 1, 1, "IN1^1^10"));
        }
        return;
    }
    while (i < NY_ARRAY_LEN(parts) && ny_hl7v2_rep_next(in1, &rest, &rep)) {
        ny_value_part_set(v, parts[i++], ihe_text(r->ex, in1, rep, 1, 1, "IN1^1^10"));
    }
}

/* False: no insurance in it. */
static bool in1_read(struct pid_reader *r, const struct ny_hl7v2_segment *in1, struct ny_value *v)
{
    static const struct {
        unsigned field;
        enum ny_part_id part;
        const char *where;
    } rows[] = {
        {2,  NY_PART_INSURANCE_PLAN,    "IN1^1^2" },
        {3,  NY_PART_INSURANCE_INSURER, "IN1^1^3" },
        {12, NY_PART_INSURANCE_FROM,    "IN1^1^12"},
        {13, NY_PART_INSURANCE_TO,      "IN1^1^13"},
    };

    *v = (struct ny_value){0};
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        ny_str rep = ny_hl7v2_field(in1, rows[i].field);

        rep.n = ny_str_find(rep, r->ex->msh.delims.repetition);
        ny_value_part_set(v, rows[i].part,
                          ny_str_trim(ihe_text(r->ex, in1, rep, 1, 1, rows[i].where)));
    }
    insured_read(r, in1, v);
    return ny_value_part(v, NY_PART_INSURANCE_INSURER).n > 0 ||
           ny_value_part(v, NY_PART_INSURANCE_NUMBER).n > 0;
}

static bool insurances_read(struct pid_reader *r)
{
    bool deleted = false;
    bool said = false;
    struct ny_value v;

    for (size_t i = 0; i < ny_hl7v2_segment_count(r->ex->msg); i++) {
        const struct ny_hl7v2_segment *seg = ny_hl7v2_segment_at(r->ex->msg, i);

        if (!ny_str_equals(ny_hl7v2_segment_name(seg), NY_S("IN1"))) {
            continue;
        }
        deleted = deleted || ihe_field_is_deleted(seg, 3);
        if (!in1_read(r, seg, &v)) {
            continue;
        }
        said = true;
        if (!ihe_say(r->ex, r->out, NY_SET_INSURANCE, &v, r->stamp)) {
            return false;
        }
    }
    if (deleted && !said) {
        ny_patient_delete(r->out, NY_SET_INSURANCE, r->stamp);
    }
    return !ihe_is_refused(r->ex);
}

bool ihe_patient_read(struct ihe_exchange *ex, const struct ny_hl7v2_segment *pid,
                      const struct ny_stamp *stamp, ny_date message_date, struct ny_patient *out)
{
    struct pid_reader r = {ex, pid, stamp, out};

    return ihe_names_read(ex, pid, stamp, out) && singles_read(&r, message_date) &&
           ihe_mother_read(ex, pid, stamp, out) && ihe_mother_id_read(ex, pid, stamp, out) &&
           addresses_read(&r) && phones_read(&r) && insurances_read(&r);
}
