/* Comma-separated values: what a field is, where rows end, what is refused. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "nayose/base_csv.h"

enum { FIELDS_MAX = 4 };

/* Rows as "[a|b]", then "!line 2: …" where it is refused. */
static void read_all(ny_str in, char *out, size_t cap)
{
    struct ny_arena *a = ny_arena_create(0);
    ny_str fields[FIELDS_MAX];
    struct ny_error err = {0};
    struct ny_csv csv;
    size_t at = 0;
    size_t n = 1;
    ny_rc rc = NY_OK;

    out[0] = '\0';
    ny_csv_init(&csv, in);
    while (rc == NY_OK && n > 0) {
        rc = ny_csv_row(&csv, a, fields, FIELDS_MAX, &n, &err);
        for (size_t i = 0; rc == NY_OK && i < n; i++) {
            at += (size_t)snprintf(out + at, cap - at, "%s%.*s%s", i == 0 ? "[" : "|",
                                   NY_ARG(fields[i]), i + 1 == n ? "]" : "");
        }
    }
    if (rc != NY_OK) {
        snprintf(out + at, cap - at, "!%s", err.text);
    }
    ny_arena_destroy(a);
}

static const struct {
    const char *name, *in, *out;
} rows[] = {
    {"nothing",                         "",                            ""                                                     },
    {"one field",                       "a",                           "[a]"                                                  },
    {"last line end is no row",         "a,b\nc,d\n",                  "[a|b][c|d]"                                           },
    {"CR LF",                           "a,b\r\nc,d\r\n",              "[a|b][c|d]"                                           },
    {"CR alone is a byte",              "a\rb,c\r",                    "[a\rb|c\r]"                                           },
    {"blank lines are skipped",         "\n\r\na\n\n\nb\n",            "[a][b]"                                               },
    {"empty fields",                    ",\n,,\na,\n",                 "[|][||][a|]"                                          },
    {"empty field at the end",          "a,",                          "[a|]"                                                 },
    {"blanks belong to the field",      " a , b ",                     "[ a | b ]"                                            },
    {"quotes",                          "\"a\",\"\",b",                "[a||b]"                                               },
    {"separator and line end inside",   "\"a,b\",\"c\nd\r\ne\"\nf",    "[a,b|c\nd\r\ne][f]"                                   },
    {"doubled quotes",                  "\"\"\"a\"\"b\"\"\",\"\"\"\"", "[\"a\"b\"|\"]"                                        },
    {"byte order mark",
     "\xEF\xBB\xBF"
     "a,b",                                                            "[a|b]"                                                },
    {"Japanese",                        "姓,\"名, 名\"",            "[姓|名, 名]"                                       },
    {"quote that is not closed",        "a\n\"b\nc",                   "[a]!line 2: a quote is not closed"                    },
    {"only a quote",                    "\"",                          "!line 1: a quote is not closed"                       },
    {"text behind a closing quote",     "\"a\"b",                      "!line 1: text behind a closing quote"                 },
    {"quote inside",                    "a\nb\"c\"",                   "[a]!line 2: a quote inside a field that is not quoted"},
    {"lines inside quotes are counted", "\"\n\n\"\n\"",                "[\n\n]!line 4: a quote is not closed"                 },
    {"most fields",                     "a,b,c,d\n",                   "[a|b|c|d]"                                            },
    {"too many fields",                 "a\na,b,c,d,e",                "[a]!line 2: there are too many fields"                },
};

static void rows_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < NY_ARRAY_LEN(rows); i++) {
        char got[256];

        read_all(ny_str_from_c(rows[i].in), got, sizeof(got));
        if (strcmp(got, rows[i].out) != 0) {
            fail_msg("%s: %s", rows[i].name, got);
        }
    }
}

static void full_arena_is_told(void **state)
{
    struct ny_arena *a = ny_arena_create(2);
    ny_str fields[FIELDS_MAX];
    struct ny_error err = {0};
    struct ny_csv csv;
    size_t n = 0;

    (void)state;
    ny_csv_init(&csv, NY_S("\"a\"\"b\""));
    assert_int_equal(ny_csv_row(&csv, a, fields, FIELDS_MAX, &n, &err), NY_ELIMIT);
    assert_int_equal(err.rc, NY_ELIMIT);
    ny_arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read),
        cmocka_unit_test(full_arena_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
