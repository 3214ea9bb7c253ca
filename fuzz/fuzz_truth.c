/* module: evaluate
 * Truth files and the rows under them: a row that is read, written in quotes, reads back; a truth
 * that is read finds each of its records and can be judged. */

#include <stdlib.h>

#include "nayose/base_csv.h"
#include "nayose/evaluate_truth.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(cond) ((cond) ? (void)0 : abort())

enum { FIELDS_MAX = 16 };

static void write_quoted(struct ny_buf *b, const ny_str *fields, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        ny_buf_add_c(b, i > 0 ? ",\"" : "\"");
        for (size_t k = 0; k < fields[i].n; k++) {
            if (fields[i].p[k] == '"') {
                ny_buf_add_char(b, '"');
            }
            ny_buf_add_char(b, fields[i].p[k]);
        }
        ny_buf_add_char(b, '"');
    }
    ny_buf_add_c(b, "\r\n");
}

static void rows_read_back(ny_str text)
{
    struct ny_arena *a = ny_arena_create(1 << 22);
    ny_str fields[FIELDS_MAX];
    ny_str again[FIELDS_MAX];
    struct ny_csv csv;
    size_t line = 0;
    size_t n = 1;

    ny_csv_init(&csv, text);
    while (ny_csv_row(&csv, a, fields, FIELDS_MAX, &n, NULL) == NY_OK && n > 0) {
        struct ny_buf b;
        struct ny_csv back;
        size_t n_back = 0;

        CHECK(csv.line > line && n <= FIELDS_MAX);
        line = csv.line;
        ny_buf_init(&b, a);
        write_quoted(&b, fields, n);
        ny_csv_init(&back, ny_buf_str(&b));
        CHECK(ny_csv_row(&back, a, again, FIELDS_MAX, &n_back, NULL) == NY_OK && n_back == n);
        for (size_t i = 0; i < n; i++) {
            CHECK(ny_str_equals(fields[i], again[i]));
        }
        CHECK(ny_csv_row(&back, a, again, FIELDS_MAX, &n_back, NULL) == NY_OK && n_back == 0);
    }
    ny_arena_destroy(a);
}

static void truth_is_judged(ny_str text)
{
    struct ny_truth *t = NULL;
    struct ny_judgement j;
    struct ny_error err = {0};

    if (ny_truth_read(text, &t, &err) != NY_OK) {
        CHECK(t == NULL && err.text[0] != '\0');
        return;
    }
    for (size_t i = 0; i < ny_truth_count(t); i++) {
        const struct ny_truth_record *r = ny_truth_record(t, i);

        CHECK(ny_truth_find(t, r->domain, r->local_id) == i);
        ny_truth_judged(t)[i].group = ny_truth_judged(t)[i].person;
    }
    ny_judge(ny_truth_judged(t), ny_truth_count(t), NULL, NULL, &j);
    CHECK(j.false_pairs == 0 && j.true_linked == j.true_pairs && j.ceiling <= j.true_pairs);
    ny_truth_destroy(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ny_str text = ny_str_of((const char *)data, size);

    if (size <= 4096) {
        rows_read_back(text);
        truth_is_judged(text);
    }
    return 0;
}
