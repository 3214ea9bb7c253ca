/* Kana in a record: one byte a character, U+30A0 + byte. Record names are k2 (full size, no
 * ヂヅヲ); k3 and k4 are made here, since a comparison is asked for them too often to go through
 * text.
 *
 *   0x02 ア 0x04 イ 0x06 ウ 0x08 エ 0x0A オ   0x0B カ 0x0C ガ …   0x53 ン   0x5C ー
 *
 * The rules are those of the text room (matching rules 1.3); a test holds the two together. */

#include "match_priv.h"

enum { KANA_U = 0x06, KANA_O = 0x0A, KANA_LONG = 0x5C, KANA_FIRST = 0x01, KANA_LAST = 0x7F };

/* Characters after which a long vowel is dropped: 1 = u-column, 2 = o-column. */
static const uint8_t column[256] = {
    [0x06] = 1, [0x0A] = 2,                         /* ウ オ */
    [0x0F] = 1, [0x10] = 1, [0x13] = 2, [0x14] = 2, /* ク グ コ ゴ */
    [0x19] = 1, [0x1A] = 1, [0x1D] = 2, [0x1E] = 2, /* ス ズ ソ ゾ */
    [0x24] = 1, [0x25] = 1, [0x28] = 2, [0x29] = 2, /* ツ ヅ ト ド */
    [0x2C] = 1, [0x2E] = 2,                         /* ヌ ノ */
    [0x35] = 1, [0x36] = 1, [0x37] = 1,             /* フ ブ プ */
    [0x3B] = 2, [0x3C] = 2, [0x3D] = 2,             /* ホ ボ ポ */
    [0x40] = 1, [0x42] = 2,                         /* ム モ */
    [0x45] = 1, [0x46] = 1, [0x47] = 2, [0x48] = 2, /* ュ ユ ョ ヨ */
    [0x4B] = 1, [0x4D] = 2,                         /* ル ロ */
    [0x52] = 2, [0x54] = 1,                         /* ヲ ヴ */
};

/* The character without its voiced or semi-voiced mark, where it has one (else 0). */
static const uint8_t unvoiced[256] = {
    [0x0C] = 0x0B, [0x0E] = 0x0D, [0x10] = 0x0F, [0x12] = 0x11, [0x14] = 0x13, /* ガ行 */
    [0x16] = 0x15, [0x18] = 0x17, [0x1A] = 0x19, [0x1C] = 0x1B, [0x1E] = 0x1D, /* ザ行 */
    [0x20] = 0x1F, [0x22] = 0x21, [0x25] = 0x24, [0x27] = 0x26, [0x29] = 0x28, /* ダ行 */
    [0x30] = 0x2F, [0x31] = 0x2F, [0x33] = 0x32, [0x34] = 0x32, [0x36] = 0x35, /* バ行 パ行 */
    [0x37] = 0x35, [0x39] = 0x38, [0x3A] = 0x38, [0x3C] = 0x3B, [0x3D] = 0x3B,
    [0x54] = 0x06, /* ヴ */
};

static inline uint8_t unvoice(uint8_t c)
{
    return unvoiced[c] != 0 ? unvoiced[c] : c;
}

size_t ny_kana_pack(ny_str in, char *dst)
{
    size_t n = 0;
    size_t i = 0;

    while (i < in.n) {
        uint32_t cp = ny_utf8_next(in, &i);

        if (cp >= 0x30A0 + KANA_FIRST && cp <= 0x30A0 + KANA_LAST) {
            dst[n++] = (char)(cp - 0x30A0);
        }
    }
    return n;
}

void ny_kana_write(ny_str kana, struct ny_buf *out)
{
    for (size_t i = 0; i < kana.n; i++) {
        unsigned cp = 0x30A0u + ((unsigned char)kana.p[i] & 0x7Fu);
        char utf8[3] = {(char)(0xE0 | cp >> 12), (char)(0x80 | (cp >> 6 & 0x3F)),
                        (char)(0x80 | (cp & 0x3F))};

        ny_buf_add(out, ny_str_of(utf8, sizeof(utf8)));
    }
}

ny_str ny_kana_k3(ny_str k2, char *dst)
{
    size_t n = 0;

    for (size_t i = 0; i < k2.n; i++) {
        uint8_t c = (uint8_t)k2.p[i];

        if (c == KANA_LONG) {
            continue;
        }
        if (n > 0 && (c == KANA_U || c == KANA_O)) {
            uint8_t col = column[(uint8_t)dst[n - 1]];

            if (col == 2 || (col == 1 && c == KANA_U)) {
                continue;
            }
        }
        dst[n++] = (char)c;
    }
    return ny_str_of(dst, n);
}

ny_str ny_kana_k4(ny_str k2, char *dst)
{
    ny_str k3 = ny_kana_k3(k2, dst);

    for (size_t i = 0; i < k3.n; i++) {
        dst[i] = (char)unvoice((uint8_t)dst[i]);
    }
    return k3;
}

/* Levenshtein distance of exactly 1, both at least 3 characters long. */
bool ny_is_one_edit(ny_str a, ny_str b)
{
    size_t shorter = a.n < b.n ? a.n : b.n;
    size_t longer = a.n < b.n ? b.n : a.n;
    size_t head = 0;
    size_t tail = 0;

    if (shorter < 3 || longer - shorter > 1) {
        return false;
    }
    while (head < shorter && a.p[head] == b.p[head]) {
        head++;
    }
    while (tail < shorter - head && a.p[a.n - 1 - tail] == b.p[b.n - 1 - tail]) {
        tail++;
    }
    return head + tail + 1 == longer;
}

/* K3 and K4 of two forms that are not equal at k2. */
static unsigned long_vowel_relation(ny_str a, ny_str b)
{
    char buf_a[NY_NAME_PART_MAX * 2];
    char buf_b[NY_NAME_PART_MAX * 2];
    uint8_t first_a = (uint8_t)a.p[0];
    uint8_t first_b = (uint8_t)b.p[0];
    ny_str x;
    ny_str y;

    /* k3 and k4 leave the first character where it is (but for its mark), unless that is ー. */
    if (unvoice(first_a) != unvoice(first_b) && first_a != KANA_LONG && first_b != KANA_LONG) {
        return 0;
    }
    if (a.n > sizeof(buf_a) || b.n > sizeof(buf_b)) {
        return 0;
    }
    x = ny_kana_k3(a, buf_a);
    y = ny_kana_k3(b, buf_b);
    if (x.n != y.n || x.n == 0) {
        return 0; /* k4 has the length of k3; nothing but ー is no name */
    }
    if (memcmp(x.p, y.p, x.n) == 0) {
        return NY_KANA_K3 | NY_KANA_K4;
    }
    for (size_t i = 0; i < x.n; i++) {
        if (unvoice((uint8_t)x.p[i]) != unvoice((uint8_t)y.p[i])) {
            return 0;
        }
    }
    return NY_KANA_K4;
}

unsigned ny_kana_relation(ny_str a, ny_str b)
{
    unsigned r;

    if (a.n == 0 || b.n == 0) {
        return 0;
    }
    if (ny_str_equals(a, b)) {
        return NY_KANA_K2 | NY_KANA_K3 | NY_KANA_K4;
    }
    r = long_vowel_relation(a, b);
    return ny_is_one_edit(a, b) ? r | NY_KANA_EDIT1 : r;
}
