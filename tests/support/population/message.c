/* One ADT message:
 *
 *   MSH|^~\&|HIS|F01|NAYOSE|REGION|20200101120000||ADT^A28^ADT_A05|F01-0000001|P|2.5|…|~ISO IR87|…
 *   EVN||recorded||||occurred
 *   PID|1||0000001^^^F01&oid&ISO^PI||names||birth|sex|||address||phones|…|Y|1
 *   PV1||N
 *   IN1|1|plan|insurer|||||||symbol~number~branch
 *
 * It is put together in UTF-8. ISO 2022 is written character by character: ESC ( B, ESC $ B and,
 * for half-width kana, ESC ( I where the set changes. Delimiters are ASCII, so that the text is in
 * ASCII before each of them. */

#include "message.h"

#include "text.h"

#include <iconv.h>

#define CAP 8192

#define NO_CODE 0

struct pop_writer {
    uint16_t code[0x10000]; /* row and cell of JIS X 0208, or NO_CODE */
    char utf8[CAP];
    char jis[CAP * 2];
};

/* One character through EUC-JP, which has the row and the cell with the high bits set. */
static uint16_t code_of(iconv_t to_euc, uint32_t cp)
{
    char utf8[8] = "";
    unsigned char euc[8];
    char *in = utf8;
    char *out = (char *)euc;
    size_t in_left;
    size_t out_left = sizeof euc;

    pop_cat_code_point(utf8, sizeof utf8, cp);
    in_left = strlen(utf8);
    if (iconv(to_euc, &in, &in_left, &out, &out_left) == (size_t)-1 || sizeof euc - out_left != 2 ||
        euc[0] < 0xA1) {
        return NO_CODE;
    }
    return (uint16_t)(((euc[0] & 0x7F) << 8) | (euc[1] & 0x7F));
}

struct pop_writer *pop_writer_create(void)
{
    struct pop_writer *w = ny_calloc(1, sizeof *w);
    iconv_t to_euc = iconv_open("EUC-JP", "UTF-8");

    NY_ASSERT(to_euc != (iconv_t)-1);
    for (uint32_t cp = 0x800; cp < 0x10000; cp++) {
        bool is_character = (cp < 0xD800 || cp > 0xDFFF) && (cp < 0xFF61 || cp > 0xFF9F);

        w->code[cp] = is_character ? code_of(to_euc, cp) : NO_CODE;
    }
    iconv_close(to_euc);
    return w;
}

void pop_writer_destroy(struct pop_writer *w)
{
    ny_free(w);
}

void pop_local_id(const struct pop_facility *f, uint32_t local_id, char out[16])
{
    out[0] = '\0';
    pop_cat_number(out, 16, local_id, f->habits->id_width);
}

static void write_time(char to[16], uint32_t time_s)
{
    ny_date d = ny_civil_from_days(pop_record_day(time_s));
    uint32_t s = time_s % 86400U;

    to[0] = '\0';
    pop_cat_number(to, 16, (uint32_t)d.y, 4);
    pop_cat_number(to, 16, d.m, 2);
    pop_cat_number(to, 16, d.d, 2);
    pop_cat_number(to, 16, s / 3600, 2);
    pop_cat_number(to, 16, s / 60 % 60, 2);
    pop_cat_number(to, 16, s % 60, 2);
}

static bool is_half_width(const struct pop_habits *h)
{
    return h->kana == POP_KANA_HALF || h->kana == POP_KANA_HALF_BIG;
}

static void write_msh(char *to, const struct pop_message *m)
{
    static const char *const type[] = {"A28^ADT_A05", "A31^ADT_A05", "A08^ADT_A01"};
    const char *ns = m->facility->name_space;
    const char *charset = m->facility->habits->charset == POP_UTF8 ? "UNICODE UTF-8"
                          : is_half_width(m->facility->habits) ? "~ISO IR13~ISO IR87||ISO 2022-1994"
                                                               : "~ISO IR87||ISO 2022-1994";
    char serial[12] = "";
    char at[16];

    write_time(at, m->time_s);
    pop_cat_number(serial, sizeof serial, m->serial, 8);
    POP_CAT(to, CAP, "MSH|^~\\&|HIS|", ns, "|NAYOSE|REGION|", at, "||ADT^", type[m->event], "|", ns,
            "-", serial, "|P|2.5|||||JPN|", charset, "\r");
    POP_CAT(to, CAP, "EVN||", at, "||||", at, "\r");
}

/* ---- PID-5 ---- */

static void write_xpn(char *to, enum pop_name_style style, const char *family, const char *given,
                      const char *type_and_code[2])
{
    /* what stands between family and given name, and before the type */
    static const char *const between[] = {"^", "　", "^", "^"};
    static const char *const gap[] = {"^^^^^", "^^^^^^", "^^^^", ""};

    if (style == POP_NAME_NO_CODE) {
        POP_CAT(to, CAP, family, "^", given);
    } else {
        POP_CAT(to, CAP, family, between[style], given, gap[style], type_and_code[0], "^",
                type_and_code[1]);
    }
}

static void kana_in_style(char *dst, size_t cap, const char *kana, enum pop_kana_style style)
{
    char big[192];

    switch (style) {
    case POP_KANA_FULL:
        pop_copy(dst, cap, kana);
        break;
    case POP_KANA_HALF:
        pop_kana_half_width(dst, cap, kana);
        break;
    case POP_KANA_NO_SMALL:
        pop_kana_without_small(dst, cap, kana);
        break;
    case POP_KANA_HALF_BIG:
        pop_kana_without_small(big, sizeof big, kana);
        pop_kana_half_width(dst, cap, big);
        break;
    case POP_KANA_HIRAGANA:
        pop_kana_hiragana(dst, cap, kana);
        break;
    }
}

static void write_form(char *to, const struct pop_habits *h, const struct pop_name *surname,
                       const struct pop_name *given, const char *type_and_code[2])
{
    struct pop_name s = *surname;
    struct pop_name g = *given;

    if (pop_habits_lose_gaiji(h)) {
        (void)pop_names_lose_gaiji(&s, h->gaiji);
        (void)pop_names_lose_gaiji(&g, h->gaiji);
    }
    if (h->gaiji == POP_GAIJI_SELECTOR) {
        pop_names_add_selectors(&s);
        pop_names_add_selectors(&g);
    }
    write_xpn(to, h->name, s.form, g.form, type_and_code);
}

static void write_names(char *to, const struct pop_message *m)
{
    const struct pop_view *v = m->view;
    const struct pop_habits *h = m->facility->habits;
    const char *legal_i[2] = {"L", v->latin ? "A" : "I"};
    const char *legal_p[2] = {"L", "P"};
    const char *alias[2] = {"A", v->latin ? "I" : "A"};
    const char *maiden[2] = {"M", "I"};
    char family[192];
    char given[192];

    if (v->has_kanji) {
        write_form(to, h, &v->surname, &v->given, legal_i);
    }
    if (v->has_kana) {
        kana_in_style(family, sizeof family, v->surname.kana, h->kana);
        kana_in_style(given, sizeof given, v->given.kana, h->kana);
        pop_cat(to, CAP, v->has_kanji ? "~" : "");
        write_xpn(to, h->name, family, given, legal_p);
    }
    /* A former or second name is worth nothing without its type. */
    if (h->name == POP_NAME_PLAIN && v->alias_surname.form[0] != '\0') {
        pop_cat(to, CAP, "~");
        write_form(to, h, &v->alias_surname, &v->alias_given, alias);
    }
    if (h->name == POP_NAME_PLAIN && v->maiden.form[0] != '\0') {
        pop_cat(to, CAP, "~");
        write_form(to, h, &v->maiden, &v->given, maiden);
    }
}

/* ---- PID-11, PID-13, IN1 ---- */

static void write_address(char *to, const struct pop_message *m, struct pop_rng *r)
{
    const struct pop_address *a = &m->view->address;
    enum pop_address_style style = m->facility->habits->address;
    bool in_jis = m->facility->habits->charset == POP_JIS;
    bool hyphen = pop_rng_chance(r, .5);
    bool has_postal = !pop_rng_chance(r, .05);
    char street[320] = "";
    char postal[8];
    char shown[12] = "";

    pop_address_postal(a, postal);
    if (has_postal) {
        pop_catf(shown, sizeof shown, hyphen ? "%.3s-%s" : "%.3s%s", postal, postal + 3);
    }
    pop_address_write_street(a, style, in_jis, r, street, sizeof street);
    if (style == POP_ADDRESS_SPLIT) {
        pop_catf(to, CAP, "%s^^%s^%s^%s^JPN^H", street, pop_address_city(a),
                 pop_address_prefecture(a), shown);
        return;
    }
    POP_CAT(to, CAP, "^^^^", shown, "^JPN^H^",
            style == POP_ADDRESS_NO_PREFECTURE ? "" : pop_address_prefecture(a),
            pop_address_city(a), street);
}

/* area, between, the middle, a hyphen, the last four */
static void write_grouped(char *to, const char *digits, size_t area, const char *between)
{
    char part[12];
    size_t middle = strlen(digits) - area - 4;

    memcpy(part, digits, area);
    part[area] = '\0';
    pop_cat(to, CAP, part);
    pop_cat(to, CAP, between);
    memcpy(part, digits + area, middle);
    part[middle] = '\0';
    pop_cat(to, CAP, part);
    pop_cat(to, CAP, "-");
    pop_cat(to, CAP, digits + area + middle);
}

static void write_phone(char *to, enum pop_phone_style style, const char *digits)
{
    bool mobile = digits[2] == '0';
    size_t area = mobile || digits[1] != '3' ? 3 : 2;

    switch (style) {
    case POP_PHONE_HYPHEN:
        pop_cat(to, CAP, "^PRN^PH^^^^^^^^^");
        write_grouped(to, digits, area, "-");
        break;
    case POP_PHONE_DIGITS:
        pop_cat(to, CAP, digits);
        pop_cat(to, CAP, "^PRN^PH");
        break;
    case POP_PHONE_BRACKET:
        pop_cat(to, CAP, "^PRN^PH^^^^^^^^^(");
        write_grouped(to, digits, area, ")");
        break;
    case POP_PHONE_COUNTRY:
        pop_cat(to, CAP, "^PRN^PH^^^^^^^^^+81-");
        write_grouped(to, digits + 1, area - 1, "-");
        break;
    }
}

static void write_pid(char *to, const struct pop_message *m, struct pop_rng *r)
{
    const struct pop_view *v = m->view;
    const char sex[2] = {v->sex, '\0'};
    char id[16];

    pop_local_id(m->facility, m->local_id, id);
    POP_CAT(to, CAP, "PID|1||", id, "^^^", m->facility->name_space, "&", m->facility->oid,
            "&ISO^PI||");
    write_names(to, m);
    POP_CAT(to, CAP, "||", v->birth, "|", sex, "|||");
    if (v->has_address) {
        write_address(to, m, r);
    }
    pop_cat(to, CAP, "||");
    for (uint32_t i = 0; i < v->phone_n; i++) {
        pop_cat(to, CAP, i > 0 ? "~" : "");
        write_phone(to, m->facility->habits->phone, v->phone[i]);
    }
    if (v->twin_order > 0) {
        pop_catf(to, CAP, "|||||||||||Y|%u", v->twin_order); /* PID-24, PID-25 */
    }
    pop_cat(to, CAP, "\rPV1||N\r");
}

static void write_in1(char *to, const struct pop_message *m)
{
    const struct pop_card *c = &m->view->card;
    enum pop_card_style style = m->facility->habits->card;
    bool in_jis = m->facility->habits->charset == POP_JIS;
    char symbol[96];
    char number[64];

    pop_copy(symbol, sizeof symbol, c->symbol);
    pop_copy(number, sizeof number, c->number);
    if (style == POP_CARD_WIDE) {
        pop_full_width(symbol, sizeof symbol, c->symbol, in_jis);
        pop_full_width(number, sizeof number, c->number, in_jis);
    }
    POP_CAT(to, CAP, "IN1|1|", c->plan, "|",
            style == POP_CARD_PADDED && strlen(c->insurer) == 6 ? "00" : "", c->insurer, "|||||||",
            symbol, "~", number);
    /* Cards have carried the branch since 2021; what was copied before has none. */
    if (style != POP_CARD_FAMILY && c->symbol[0] != '\0' &&
        pop_record_day(m->time_s) >= ny_days_from_civil(2021, 4, 1)) {
        pop_cat(to, CAP, "~");
        pop_cat_number(to, CAP, c->branch, 2);
    }
    pop_cat(to, CAP, "\r");
}

/* ---- the bytes ---- */

enum g0 { G0_ASCII, G0_KANJI, G0_KANA };

/* Appends a character in its set; a character that no set has would be a bug of the tables. */
static size_t put_character(const struct pop_writer *w, uint32_t cp, enum g0 *set, char *out)
{
    static const char *const escape[] = {"\x1B(B", "\x1B$B", "\x1B(I"};
    enum g0 wanted = cp < 0x80 ? G0_ASCII : cp >= 0xFF61 && cp <= 0xFF9F ? G0_KANA : G0_KANJI;
    size_t n = 0;

    if (wanted != *set) {
        memcpy(out, escape[wanted], 3);
        n = 3;
        *set = wanted;
    }
    if (wanted == G0_KANJI) {
        uint16_t code = cp < 0x10000 ? w->code[cp] : NO_CODE;

        code = code != NO_CODE ? code : pop_vendor_code(cp);
        NY_ASSERT(code != NO_CODE);
        out[n++] = (char)(code >> 8);
        out[n++] = (char)(code & 0x7F);
    } else {
        out[n++] = (char)(wanted == G0_KANA ? cp - 0xFF40 : cp);
    }
    return n;
}

static ny_str in_iso2022(struct pop_writer *w)
{
    enum g0 set = G0_ASCII;
    size_t n = 0;

    for (const char *p = w->utf8; *p != '\0'; p += pop_char_len(p)) {
        NY_ASSERT(n + 8 < sizeof w->jis);
        n += put_character(w, pop_code_point(p), &set, w->jis + n);
    }
    return ny_str_of(w->jis, n); /* a message ends with a carriage return, in ASCII */
}

ny_str pop_message_make(struct pop_writer *w, const struct pop_message *m)
{
    struct pop_rng r = {m->spelling};

    w->utf8[0] = '\0';
    write_msh(w->utf8, m);
    write_pid(w->utf8, m, &r);
    if (m->view->has_card) {
        write_in1(w->utf8, m);
    }
    return m->facility->habits->charset == POP_UTF8 ? ny_str_from_c(w->utf8) : in_iso2022(w);
}
