/* Names of files and folders of an SS-MIX2 storage. A patient id may hold '_' itself, so that a
 * file's name is cut from its end. */

#include "nayose/importer.h"

enum { PATIENT_MAX = 64, ORDER_MAX = 22, DEPARTMENT_MAX = 8, TYPE_MAX = 180, AT_LEN = 17 };

static const struct ny_ssmix2_type types[] = {
#define NY_SSMIX2_TYPE(name, event, cancel, is_basic) {name, event, cancel, is_basic},
#include "nayose/tbl/ssmix2_types.def"
#undef NY_SSMIX2_TYPE
};

struct fault_row {
    const char *name, *text;
};

static const struct fault_row faults[NY_SSMIX2_FAULT_COUNT] = {
#define NY_SSMIX2_FAULT(id, name, text) {name, text},
#include "nayose/tbl/ssmix2_faults.def"
#undef NY_SSMIX2_FAULT
};

const char *ny_ssmix2_fault_name(enum ny_ssmix2_fault f)
{
    return faults[f].name;
}

const char *ny_ssmix2_fault_text(enum ny_ssmix2_fault f)
{
    return faults[f].text;
}

const struct ny_ssmix2_type *ny_ssmix2_type_find(ny_str name)
{
    for (size_t i = 0; i < NY_ARRAY_LEN(types); i++) {
        if (ny_str_equals(name, ny_str_from_c(types[i].name))) {
            return &types[i];
        }
    }
    return NULL;
}

/* ---- parts ---- */

static uint64_t digits(ny_str s, size_t from, size_t n)
{
    uint64_t value = 0;
    ny_rc rc = ny_str_to_u64(ny_str_sub(s, from, n), 0, UINT64_MAX, &value);

    return rc == NY_OK ? value : UINT64_MAX;
}

static bool is_day(ny_str s)
{
    return s.n >= 8 && ny_str_is_digits(s) &&
           ny_date_is_valid((int)digits(s, 0, 4), (int)digits(s, 4, 2), (int)digits(s, 6, 2));
}

bool ny_ssmix2_is_date(ny_str folder)
{
    return ny_str_equals(folder, NY_S("-")) || (folder.n == 8 && is_day(folder));
}

static bool is_time(ny_str s)
{
    return s.n == AT_LEN && is_day(s) && digits(s, 8, 2) < 24 && digits(s, 10, 2) < 60 &&
           digits(s, 12, 2) < 60;
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_word(ny_str s, size_t max)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is_alnum(s.p[i]) && s.p[i] != '-') {
            return false;
        }
    }
    return s.n > 0 && s.n <= max;
}

bool ny_ssmix2_is_patient(ny_str folder)
{
    for (size_t i = 0; i < folder.n; i++) {
        if (!is_alnum(folder.p[i]) && strchr("-_.", folder.p[i]) == NULL) {
            return false;
        }
    }
    return folder.n > 0 && folder.n <= PATIENT_MAX && folder.p[0] != '.';
}

/* ---- a name ---- */

/* Cuts the last part off; false when there is no separator. */
static bool cut_last(ny_str *rest, ny_str *part)
{
    size_t at = rest->n;

    while (at > 0 && rest->p[at - 1] != '_') {
        at--;
    }
    if (at == 0) {
        return false;
    }
    *part = ny_str_sub(*rest, at, rest->n - at);
    rest->n = at - 1;
    return true;
}

bool ny_ssmix2_name_parse(ny_str name, struct ny_ssmix2_name *out)
{
    struct ny_ssmix2_name n = {.patient = name};
    ny_str flag;

    if (!cut_last(&n.patient, &flag) || !cut_last(&n.patient, &n.department) ||
        !cut_last(&n.patient, &n.at) || !cut_last(&n.patient, &n.order) ||
        !cut_last(&n.patient, &n.type) || !cut_last(&n.patient, &n.date)) {
        return false;
    }
    if (flag.n != 1 || flag.p[0] < '0' || flag.p[0] > '2' ||
        !is_word(n.department, DEPARTMENT_MAX) || !is_time(n.at) || !is_word(n.order, ORDER_MAX) ||
        !is_word(n.type, TYPE_MAX) || !ny_ssmix2_is_date(n.date) ||
        !ny_ssmix2_is_patient(n.patient)) {
        return false;
    }
    n.flag = (enum ny_ssmix2_flag)(flag.p[0] - '0');
    *out = n;
    return true;
}

/* ---- a place ---- */

bool ny_ssmix2_place_is_right(const struct ny_ssmix2_place *p)
{
    return p->patient.n < 6 || (ny_str_equals(p->first, ny_str_sub(p->patient, 0, 3)) &&
                                ny_str_equals(p->second, ny_str_sub(p->patient, 3, 3)));
}

bool ny_ssmix2_name_is_at(const struct ny_ssmix2_name *name, const struct ny_ssmix2_place *p)
{
    return ny_str_equals(name->patient, p->patient) && ny_str_equals(name->date, p->date) &&
           ny_str_equals(name->type, p->type);
}
