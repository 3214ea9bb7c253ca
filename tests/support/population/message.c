/* One ADT message:
 *
 *   MSH|^~\&|HIS|F01|NAYOSE|REGION|20200101120000||ADT^A28^ADT_A05|F01-0000001|P|2.5|…|~ISO IR87|…
 *   EVN||recorded||||occurred
 *   PID|1||0000001^^^F01&oid&ISO^PI||names||birth|sex|||address||phones|…|Y|1
 *   PV1||N
 *   IN1|1|plan|insurer|||||||symbol~number~branch
 *
 * It is put together in UTF-8 and converted as a whole; iconv returns to ASCII before every
 * delimiter, because delimiters are ASCII. */

#include "message.h"

#include "text.h"

#include <errno.h>
#include <iconv.h>

#define CAP 8192

struct pop_writer {
    iconv_t to_jis;
    char utf8[CAP];
    char jis[CAP * 2];
};

struct pop_writer *pop_writer_create(void)
{
    struct pop_writer *w = ny_calloc(1, sizeof *w);

    w->to_jis = iconv_open("ISO-2022-JP", "UTF-8");
    NY_ASSERT(w->to_jis != (iconv_t)-1);
    return w;
}

void pop_writer_destroy(struct pop_writer *w)
{
    if (w != NULL) {
        iconv_close(w->to_jis);
        ny_free(w);
    }
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

static void write_msh(char *to, const struct pop_message *m)
{
    static const char *const type[] = {"A28^ADT_A05", "A31^ADT_A05", "A08^ADT_A01"};
    const char *ns = m->facility->name_space;
    const char *charset =
        m->facility->habits->charset == POP_JIS ? "~ISO IR87||ISO 2022-1994" : "UNICODE UTF-8";
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

    if (h->charset == POP_JIS) {
        pop_names_into_jis(&s, h->gaiji);
        pop_names_into_jis(&g, h->gaiji);
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

ny_str pop_message_make(struct pop_writer *w, const struct pop_message *m)
{
    struct pop_rng r = {m->spelling};
    char *in = w->utf8;
    char *out = w->jis;
    size_t in_left;
    size_t out_left = sizeof w->jis;

    w->utf8[0] = '\0';
    write_msh(w->utf8, m);
    write_pid(w->utf8, m, &r);
    if (m->view->has_card) {
        write_in1(w->utf8, m);
    }
    in_left = strlen(w->utf8);
    if (m->facility->habits->charset == POP_UTF8) {
        return ny_str_of(w->utf8, in_left);
    }
    /* A character that JIS X 0208 lacks would be a bug of the tables. */
    NY_ASSERT(iconv(w->to_jis, &in, &in_left, &out, &out_left) != (size_t)-1);
    NY_ASSERT(iconv(w->to_jis, NULL, NULL, &out, &out_left) != (size_t)-1);
    return ny_str_of(w->jis, sizeof w->jis - out_left);
}
