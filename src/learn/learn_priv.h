/* learn, private: the snapshot in canonical order, values that records share, clerks' words,
 * histograms of level patterns, and the fit. Sections: sample · values · words · histogram ·
 * training · fit. */
#ifndef NAYOSE_LEARN_PRIV_H
#define NAYOSE_LEARN_PRIV_H

#include "nayose/learn.h"

/* ---- sample: the records that take part, in canonical order ---- */

struct place {
    uint32_t id;
    uint32_t person; /* a number of its own where there is none yet */
    int32_t domain;
    bool active;
};

struct sample {
    const struct ny_index *ix;
    struct place *places;
    size_t n;
};

void ny_sample_init(struct sample *s, const struct ny_index *ix);
void ny_sample_finish(struct sample *s);
/* Unpacks the record at a place; slices point into the index. */
void ny_sample_record(const struct sample *s, size_t at, struct ny_record *out);
/* The same of an identity that takes part. */
void ny_sample_record_of(const struct sample *s, uint32_t id, struct ny_record *out);
bool ny_sample_is_pinned(const struct sample *s, size_t a, size_t b);
/* Sorts numbers upwards. */
void ny_sort_u64(uint64_t *v, size_t n);

/* ---- values: which active records share a block value ---- */

struct valued {
    uint64_t value;
    uint32_t at; /* place */
};

struct valued_list {
    struct valued *v; /* sorted by value, place */
    size_t n, cap;
};

void ny_valued_collect(const struct sample *s, const struct ny_match_model *m, enum ny_block block,
                       struct valued_list *out);
void ny_valued_finish(struct valued_list *l);
/* The end of the run of equal values that begins at from. */
size_t ny_valued_run(const struct valued_list *l, size_t from);

/* ---- words: what clerks decided ---- */

enum word { WORD_NONE, WORD_SAME, WORD_DIFFERENT };

struct words {
    struct ny_learn_decision *v; /* [n] a < b, sorted by them: those that can teach */
    size_t n;
    double error;
};

/* Keeps the decisions on two who take part; says what they came to in the report. */
void ny_words_init(struct words *w, const struct sample *s, const struct ny_learn_decisions *d,
                   struct ny_learn_taught *report);
void ny_words_finish(struct words *w);
enum word ny_words_of(const struct words *w, uint32_t a, uint32_t b);
/* The band of a pair of different facilities, below NY_LEARN_BANDS. */
unsigned ny_words_band(const struct ny_match_model *m, const struct ny_score *score);
/* The bits with which totals 1 … NY_LEARN_TOTALS - 1 of a version begin. */
double ny_words_total_from(const struct ny_match_settings *s, size_t total);
/* The probability of one person, r before anything was said, after a clerk's word. */
double ny_word_weigh(double r, bool same, double error);

/* ---- histogram of patterns ---- */

struct pattern_count {
    uint64_t key; /* a band and a struct ny_pattern as a number; 0 = free */
    uint64_t n;
    uint32_t same, different; /* decided among them */
};

struct histogram {
    struct pattern_count *slots; /* open addressing; after sorting the first n are the patterns */
    size_t n, n_slots;
    uint64_t pairs;
    size_t told; /* decided ones */
};

void ny_histogram_add(struct histogram *h, const struct ny_pattern *p);
/* The same of a pair in a band that clerks may have spoken of. */
void ny_histogram_add_told(struct histogram *h, const struct ny_pattern *p, unsigned band,
                           enum word word);
/* Puts the patterns into an order of their own; nothing can be added after it. */
void ny_histogram_sort(struct histogram *h);
void ny_histogram_finish(struct histogram *h);
/* Returns the band. */
unsigned ny_histogram_pattern(const struct histogram *h, size_t i, struct ny_pattern *out);

/* ---- training ---- */

struct learn {
    const struct ny_learn_options *o;
    struct ny_learn_report *report;
    struct sample sample;
    struct words words;
    struct ny_match_model *m; /* the newest sealed state of the new version */
    struct histogram pairs[NY_LEARN_BLOCKS];
};

/* False when the training shall stop. */
bool ny_learn_goes_on(const struct learn *l, enum ny_learn_step step, size_t done, size_t total);
/* Opens the newest state as a draft, and makes a draft the newest state. */
struct ny_match_draft *ny_learn_open(const struct learn *l);
void ny_learn_close(struct learn *l, struct ny_match_draft *d);

/* counts.c: marks of shared values, spikes, frequencies and settings. False: stop. */
bool ny_learn_count(struct learn *l);
/* hot.c: hot values and B0. False: stop. */
bool ny_learn_keys(struct learn *l);
/* words.c: the bands of the report: pairs, decisions, what both versions expected of them. */
void ny_words_report(const struct learn *l, const struct ny_match_model *before);
/* pairs.c: fills l->pairs. False: stop. */
bool ny_learn_draw(struct learn *l);
bool ny_learn_pair(struct learn *l);

/* ---- fit (4.1 to 4.3) ---- */

/* The last level of the run that begins with first. */
enum ny_level ny_run_last(enum ny_level first);

/* Probabilities of every level under each class; [0] and [1] are columns F and M. */
struct fit_numbers {
    double p[NY_CLASS_COUNT][NY_LEVEL_COUNT][2];
};

/* How the pairs of a block came together: what that says nothing about. */
struct fit_block {
    const struct histogram *pairs;
    unsigned skip;  /* fields that the block value fixes, as bits of enum ny_field */
    bool same_year; /* the birth years are equal: birth levels are weighed given that, and not
                     * learned */
    double share[NY_CLASS_COUNT];    /* in: where to begin; out: as found */
    double expected[NY_CLASS_COUNT]; /* out */
};

struct fit {
    enum ny_learn_class learn; /* the class whose levels are learned */
    bool listens;              /* to what clerks decided of pairs: of PERSON only */
    double error;              /* of a word */
    struct fit_block *blocks;
    size_t n_blocks;
    double hits[NY_LEVEL_COUNT]; /* out: expected pairs of the class at a level */
    unsigned rounds;             /* out */
};

/* Fits the levels of one class, the others fixed; start are the numbers it is drawn to. */
void ny_fit(struct fit *f, const struct fit_numbers *start, struct fit_numbers *n);

/* Takes so much of what n says beyond alone, run by run, as moves no weight further
 * than decisions may; n becomes that. taken: as in struct ny_learn_taught. */
void ny_fit_bound(const struct fit_numbers *alone, struct fit_numbers *n,
                  double taken[NY_LEVEL_COUNT][2]);

/* Everything that refuse.c looks at. */
struct verdict_input {
    const struct ny_level_numbers *start, *before, *after; /* [NY_LEVEL_COUNT] */
    const double *hits_m;               /* [NY_LEVEL_COUNT] expected matches at a level */
    const struct ny_learn_block *block; /* [NY_LEARN_BLOCKS] */
    double pairs_in_all;
};
/* Fills in the refusals of the report. True when there is one. */
bool ny_learn_refuses(const struct verdict_input *in, struct ny_learn_report *r);

#endif
