/* Frequencies of shared values: a list that can be written, and an open-addressed index over it.
 *
 *   hash(text, seed = table and cell) ─▶ slot {hash, log2 frequency}      linear probing, half full
 *
 * The list is the truth; the index is made from it once, when the version is sealed. */

#include "match_priv.h"

uint64_t ny_tf_hash(enum ny_tf_table table, unsigned cell, ny_str text)
{
    /* Spread over all bits: XXH3 lets the low bits of a seed cancel out a character of a short
     * text, and another name of another cell would answer. */
    uint64_t seed = (0x7466U << 16 | (unsigned)table << 8 | cell) * UINT64_C(0x9E3779B97F4A7C15);
    uint64_t h = ny_hash64_seeded(text, seed);

    return h != 0 ? h : 1;
}

void ny_tf_finish(struct ny_tf *tf)
{
    ny_free(tf->entries);
    ny_free(tf->text);
    ny_free(tf->slots);
}

void ny_tf_tail_set(struct ny_tf *tf, enum ny_tf_table table, int32_t bits)
{
    for (size_t cell = 0; cell <= NY_TF_CELLS; cell++) {
        tf->tail[table][cell] = bits;
    }
}

void ny_tf_add(struct ny_tf *tf, enum ny_tf_table table, unsigned cell, ny_str text, int32_t bits)
{
    if (text.n > NY_TF_TEXT_MAX || tf->text_n > UINT32_MAX - text.n) {
        return;
    }
    if (tf->n == tf->cap) {
        tf->cap = tf->cap > 0 ? tf->cap * 2 : 1024;
        tf->entries = ny_realloc(tf->entries, ny_mul_size(tf->cap, sizeof(*tf->entries)));
    }
    if (text.n > tf->text_cap - tf->text_n) {
        tf->text_cap = tf->text_cap * 2 + (size_t)NY_TF_TEXT_MAX * 8;
        tf->text = ny_realloc(tf->text, tf->text_cap);
    }
    if (text.n > 0) {
        memcpy(tf->text + tf->text_n, text.p, text.n);
    }
    tf->entries[tf->n++] = (struct ny_tf_entry){.table = (uint8_t)table,
                                                .cell = (uint8_t)cell,
                                                .text_len = (uint16_t)text.n,
                                                .text_at = (uint32_t)tf->text_n,
                                                .bits = bits};
    tf->text_n += text.n;
}

void ny_tf_drop(struct ny_tf *tf, const bool tables[NY_TF_COUNT])
{
    size_t n = 0;
    size_t text_n = 0;

    for (size_t i = 0; i < tf->n; i++) {
        struct ny_tf_entry e = tf->entries[i];

        if (tables[e.table]) {
            continue;
        }
        memmove(tf->text + text_n, tf->text + e.text_at, e.text_len);
        e.text_at = (uint32_t)text_n;
        text_n += e.text_len;
        tf->entries[n++] = e;
    }
    tf->n = n;
    tf->text_n = text_n;
}

ny_str ny_tf_entry_text(const struct ny_tf *tf, const struct ny_tf_entry *e)
{
    return ny_str_of(tf->text + e->text_at, e->text_len);
}

/* Puts a value in; where it is already there the larger frequency stays. */
static void slot_put(struct ny_tf *tf, uint64_t hash, int32_t bits)
{
    size_t i = hash & tf->mask;

    while (tf->slots[i].hash != 0 && tf->slots[i].hash != hash) {
        i = (i + 1) & tf->mask;
    }
    if (tf->slots[i].hash == 0 || bits > tf->slots[i].bits) {
        tf->slots[i] = (struct ny_tf_slot){hash, bits};
    }
}

void ny_tf_index(struct ny_tf *tf)
{
    size_t len = 1024;

    while (len < tf->n * 4) { /* each given name a second time under CELL_ANY */
        len *= 2;
    }
    ny_free(tf->slots);
    tf->slots = ny_calloc(len, sizeof(*tf->slots));
    tf->mask = len - 1;
    for (size_t i = 0; i < tf->n; i++) {
        const struct ny_tf_entry *e = &tf->entries[i];
        ny_str text = ny_tf_entry_text(tf, e);

        slot_put(tf, ny_tf_hash(e->table, e->cell, text), e->bits);
        if (e->cell != NY_TF_CELL_ANY) {
            slot_put(tf, ny_tf_hash(e->table, NY_TF_CELL_ANY, text), e->bits);
        }
    }
}

bool ny_tf_find(const struct ny_tf *tf, enum ny_tf_table table, unsigned cell, ny_str text,
                int32_t *out_bits)
{
    uint64_t hash = ny_tf_hash(table, cell, text);
    size_t i = hash & tf->mask;

    while (tf->slots[i].hash != 0) {
        if (tf->slots[i].hash == hash) {
            *out_bits = tf->slots[i].bits;
            return true;
        }
        i = (i + 1) & tf->mask;
    }
    return false;
}

int32_t ny_tf_get(const struct ny_tf *tf, enum ny_tf_table table, unsigned cell, ny_str text)
{
    int32_t bits = tf->tail[table][cell];

    ny_tf_find(tf, table, cell, text, &bits);
    return bits;
}

uint32_t ny_tf_cells(char sex, ny_date birth)
{
    static const uint32_t all = (1U << NY_TF_DECADES) - 1;
    uint32_t decades = all;
    uint32_t cells = 0;

    if (birth.precision != NY_DATE_NONE) {
        int decade = (birth.y - NY_TF_DECADE_FIRST) / 10;

        decade = birth.y < NY_TF_DECADE_FIRST ? 0 : decade;
        decade = decade >= NY_TF_DECADES ? NY_TF_DECADES - 1 : decade;
        decades = 1U << decade;
    }
    if (sex != 'M') {
        cells |= decades;
    }
    if (sex != 'F') {
        cells |= decades << NY_TF_DECADES;
    }
    return cells;
}

/* Frequency of a given name in one cell. */
static int32_t given_in_cell(const struct ny_tf *tf, unsigned cell, ny_str kanji, ny_str kana,
                             ny_str both)
{
    int32_t k;
    int32_t n;
    int32_t bits;

    if (kanji.n == 0) { /* also when both are empty: nothing is listed, the tail */
        return ny_tf_get(tf, NY_TF_GIVEN_KANA, cell, kana);
    }
    if (kana.n == 0) {
        return ny_tf_get(tf, NY_TF_GIVEN_KANJI, cell, kanji);
    }
    if (ny_tf_find(tf, NY_TF_GIVEN_BOTH, cell, both, &bits)) {
        return bits;
    }
    k = ny_tf_get(tf, NY_TF_GIVEN_KANJI, cell, kanji);
    n = ny_tf_get(tf, NY_TF_GIVEN_KANA, cell, kana);
    return k < n ? k : n;
}

ny_str ny_tf_pair(ny_str kanji, ny_str kana, char buf[NY_NAME_PART_MAX * 2 + 1])
{
    if (kanji.n == 0 || kana.n == 0 || kanji.n + kana.n > (size_t)NY_NAME_PART_MAX * 2) {
        return NY_STR_NONE;
    }
    memcpy(buf, kanji.p, kanji.n);
    buf[kanji.n] = '/';
    memcpy(buf + kanji.n + 1, kana.p, kana.n);
    return ny_str_of(buf, kanji.n + 1 + kana.n);
}

ny_str ny_tf_date(ny_date d, char buf[8])
{
    unsigned v = (unsigned)d.y * 10000 + d.m * 100u + d.d;

    for (int i = 7; i >= 0; i--) {
        buf[i] = (char)('0' + v % 10);
        v /= 10;
    }
    return ny_str_of(buf, 8);
}

int32_t ny_tf_given(const struct ny_tf *tf, uint32_t cells, ny_str kanji, ny_str kana)
{
    char buf[NY_NAME_PART_MAX * 2 + 1];
    ny_str both = ny_tf_pair(kanji, kana, buf);
    int32_t best = INT32_MIN;

    NY_ASSERT(cells != 0);
    for (unsigned cell = 0; cell < NY_TF_CELLS; cell++) {
        if ((cells >> cell & 1U) != 0) {
            int32_t bits = given_in_cell(tf, cell, kanji, kana, both);

            best = bits > best ? bits : best;
        }
    }
    return best;
}
