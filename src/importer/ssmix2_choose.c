/* Which files of a patient are sent, and in which order. */

#include <stdlib.h>

#include "nayose/importer.h"

static int name_compare(const struct ny_ssmix2_name *a, const struct ny_ssmix2_name *b)
{
    const ny_str of_a[] = {a->at, a->date, a->type, a->order, a->department};
    const ny_str of_b[] = {b->at, b->date, b->type, b->order, b->department};

    for (size_t i = 0; i < NY_ARRAY_LEN(of_a); i++) {
        int c = ny_str_compare(of_a[i], of_b[i]);

        if (c != 0) {
            return c;
        }
    }
    return (int)a->flag - (int)b->flag;
}

/* Basic data first, the newest of them leading; visits as they happened. */
static int file_compare(const void *left, const void *right)
{
    const struct ny_ssmix2_file *a = left;
    const struct ny_ssmix2_file *b = right;

    if (a->type->is_basic != b->type->is_basic) {
        return a->type->is_basic ? -1 : 1;
    }
    return a->type->is_basic ? name_compare(&b->name, &a->name) : name_compare(&a->name, &b->name);
}

/* The newest basic data with that flag; n when there are none. */
static size_t basic_find(const struct ny_ssmix2_file *files, size_t n, enum ny_ssmix2_flag flag)
{
    for (size_t i = 0; i < n && files[i].type->is_basic; i++) {
        if (files[i].name.flag == flag) {
            return i;
        }
    }
    return n;
}

static void refuse(struct ny_ssmix2_file *f, enum ny_ssmix2_fault fault)
{
    f->act = NY_SSMIX2_REFUSE;
    f->fault = fault;
}

ny_str ny_ssmix2_choose(struct ny_ssmix2_file *files, size_t n)
{
    ny_str last = NY_STR_NONE;
    size_t current;
    size_t deleted;

    if (n > 0) {
        qsort(files, n, sizeof(*files), file_compare);
    }
    current = basic_find(files, n, NY_SSMIX2_CURRENT);
    deleted = basic_find(files, n, NY_SSMIX2_DELETED);
    for (size_t i = 0; i < n; i++) {
        struct ny_ssmix2_file *f = &files[i];
        bool is_rest; /* in force, and of no use without the basic one */

        last = ny_str_compare(f->name.at, last) > 0 ? f->name.at : last;
        f->act = NY_SSMIX2_SKIP;
        f->fault = NY_SSMIX2_FINE;
        is_rest = f->name.flag == NY_SSMIX2_CURRENT && !f->type->is_basic;
        if (i == current || (is_rest && current < n)) {
            f->act = NY_SSMIX2_SEND;
        } else if (i == deleted && current == n) {
            f->act = NY_SSMIX2_WITHDRAW;
        } else if (is_rest && deleted == n) {
            refuse(f, NY_SSMIX2_NO_BASIC);
        } else if (f->name.flag == NY_SSMIX2_CURRENT && !is_rest) {
            refuse(f, NY_SSMIX2_SECOND);
        }
    }
    return last;
}
