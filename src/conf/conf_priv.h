/* conf_priv: the tables from inside, and a loaded configuration. */
#ifndef NAYOSE_CONF_PRIV_H
#define NAYOSE_CONF_PRIV_H

#include "nayose/conf.h"

enum conf_type {
    CONF_INT,
    CONF_BOOL,
    CONF_STRING,
    CONF_TIME,
    CONF_SIZE,
    CONF_ENUM,
    CONF_DECIMAL,
    CONF_ZONE,
    CONF_OID
};

enum conf_apply { CONF_RESTART, CONF_RELOAD };

struct conf_option {
    const char *section, *key;
    enum conf_type type;
    int64_t min, max;
    const char *def, *unit;
    enum conf_apply apply;
    const char *help;
};

struct conf_kind {
    const char *section;
    bool named;
    const char *help;
};

enum conf_option_index {
#define NY_OPT(section, key, ...) CONF_OPT_##section##_##key,
#include "tbl/options.def"
#undef NY_OPT
    CONF_OPT_COUNT
};

extern const struct conf_option ny_conf_options[CONF_OPT_COUNT];
extern const struct conf_kind ny_conf_kinds[];
extern const size_t ny_conf_kinds_n;

/* i: number, microseconds, bytes, minutes, millionths or truth; s: text as given, arena. */
struct conf_value {
    bool set;   /* given or by default */
    bool given; /* in the file */
    int64_t i;
    ny_str s;
};

struct conf_section {
    const struct conf_kind *kind;
    ny_str name; /* arena; p == NULL for a plain section */
    int line;
    struct conf_value values[CONF_OPT_COUNT]; /* those of other kinds stay unset */
};

struct ny_conf {
    struct ny_arena *arena;
    struct conf_section *sections[NY_CONF_SECTIONS_MAX]; /* plain ones first, in table order */
    size_t n_sections;
};

/* Checks text against the option. out_i by type; err->text says what is wrong. */
NY_MUST_USE ny_rc ny_conf_value_parse(const struct conf_option *o, ny_str text, int64_t *out_i,
                                      struct ny_error *err);

/* sample.c: what an option may be, one sentence. */
enum { NY_CONF_LIMITS_MAX = 256 };
void ny_conf_limits(const struct conf_option *o, char out[NY_CONF_LIMITS_MAX]);

#endif
