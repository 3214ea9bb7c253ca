/* The terms of a record: what the names in it, its birth date, phones and postal codes are found
 * by. */

#include "search_priv.h"

static void term_put(struct ny_terms *out, enum ny_term_kind kind, ny_str text)
{
    if (text.n == 0 || text.n > NY_TERM_TEXT_MAX || out->n == NY_TERMS_MAX) {
        return;
    }
    for (size_t i = 0; i < out->n; i++) {
        if (out->t[i].kind == kind && ny_str_equals(out->t[i].text, text)) {
            return;
        }
    }
    out->t[out->n++] = (struct ny_term){(uint8_t)kind, text};
}

/* Big-endian, so that byte order is the order of numbers. */
static void term_put_number(struct ny_terms *out, enum ny_term_kind kind, uint64_t v, size_t bytes)
{
    char *p = out->buf + out->buf_n;

    NY_ASSERT(out->buf_n + bytes <= sizeof(out->buf));
    for (size_t i = 0; i < bytes; i++) {
        p[i] = (char)(v >> (8 * (bytes - 1 - i)) & 0xFF);
    }
    out->buf_n += bytes;
    term_put(out, kind, ny_str_of(p, bytes));
}

static void term_put_kana(struct ny_terms *out, enum ny_term_kind kind, ny_str k2)
{
    ny_str k3;

    NY_ASSERT(k2.n <= sizeof(out->buf) - out->buf_n);
    k3 = ny_kana_k3(k2, out->buf + out->buf_n);
    out->buf_n += k3.n;
    term_put(out, kind, k3);
}

static void put_names(const struct ny_record *r, struct ny_terms *out)
{
    for (size_t i = 0; i < r->n_names; i++) {
        const struct ny_record_name *n = &r->names[i];
        ny_str rest = n->latin_tokens;

        term_put(out, NY_TERM_FAMILY_KANJI, n->kanji_family);
        term_put(out, NY_TERM_GIVEN_KANJI, n->kanji_given);
        term_put_kana(out, NY_TERM_FAMILY_KANA, n->kana_family);
        term_put_kana(out, NY_TERM_GIVEN_KANA, n->kana_given);
        while (rest.n > 0) {
            ny_str token = ny_str_split(&rest, ' ');
            char *sound = out->buf + out->buf_n;

            NY_ASSERT(token.n <= sizeof(out->buf) - out->buf_n);
            token = ny_sound_of(token, sound);
            out->buf_n += token.n;
            term_put(out, NY_TERM_LATIN, token);
        }
    }
}

void ny_search_terms(const struct ny_record *r, struct ny_terms *out)
{
    out->n = 0;
    out->buf_n = 0;
    if (r->birth.precision != NY_DATE_NONE) {
        term_put_number(
            out, NY_TERM_BIRTH,
            (uint64_t)(uint16_t)r->birth.y << 16 | (uint64_t)r->birth.m << 8 | r->birth.d, 4);
    }
    for (size_t i = 0; i < r->n_phones; i++) {
        term_put_number(out, NY_TERM_PHONE, r->phones[i], 8);
    }
    for (size_t i = 0; i < r->n_addresses; i++) {
        if (r->addresses[i].postal != 0) {
            term_put_number(out, NY_TERM_POSTAL, r->addresses[i].postal, 4);
        }
    }
    put_names(r, out);
}

ny_rc ny_search_sound(struct ny_arena *a, ny_str kana, ny_str *out)
{
    ny_str skeleton = NY_STR_NONE;
    ny_rc rc = ny_kana_skeleton(a, kana, &skeleton);
    char *sound = rc == NY_OK ? ny_arena_alloc(a, skeleton.n + 1) : NULL;

    if (sound == NULL) {
        return rc == NY_OK ? NY_ELIMIT : rc;
    }
    *out = ny_sound_of(skeleton, sound);
    return NY_OK;
}
