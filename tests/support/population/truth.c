/* What is known of a record beyond its messages. */

#include "truth.h"

#include "text.h"

#include "nayose/base.h"

const char *pop_kind_name(enum pop_kind kind)
{
    static const char *const names[] = {"normal", "twin",    "foreigner", "namesake",
                                        "test",   "unknown", "newborn",   "named_later"};

    return names[kind];
}

static void value_add(char *list, size_t cap, const char *value)
{
    if (strstr(list, value) == NULL) {
        POP_CAT(list, cap, list[0] != '\0' ? " " : "", value);
    }
}

static void contacts_add(struct pop_truth *t, const struct pop_view *v)
{
    char key[64];

    for (uint32_t i = 0; i < v->phone_n && !v->phone_is_shared; i++) {
        value_add(t->phone, sizeof t->phone, v->phone[i]);
    }
    if (v->has_address && !v->address_is_shared) {
        pop_address_key(&v->address, key, sizeof key);
        value_add(t->address, sizeof t->address, key);
    }
    if (v->has_card) {
        pop_card_family_key(&v->card, key, sizeof key);
        value_add(t->card, sizeof t->card, key);
    }
}

static uint64_t likeness(const struct pop_view *v)
{
    const char sex[2] = {v->sex, '\0'};
    char all[512] = "";
    struct pop_name s = v->surname;
    struct pop_name g = v->given;

    pop_names_fold_variants(&s);
    pop_names_fold_variants(&g);
    POP_CAT(all, sizeof all, s.form, "|", g.form, "|", s.kana, "|", g.kana, "|", v->birth, "|", sex,
            "|");
    if (v->has_address) {
        pop_address_key(&v->address, all + strlen(all), sizeof all - strlen(all));
    }
    return ny_hash64(ny_str_from_c(all));
}

void pop_truth_make(const struct pop_options *o, const struct pop_household *h,
                    const struct pop_record *rec, const struct pop_facility *f,
                    struct pop_truth *out)
{
    const struct pop_person *p = &h->person[rec->slot];
    struct pop_view v;

    *out = (struct pop_truth){.person_no = rec->person_no,
                              .household = rec->household,
                              .slot = rec->slot,
                              .twin_order = p->twin_order,
                              .birth = p->birth};
    pop_view_make(o, h, rec, f, false, &v);
    contacts_add(out, &v);
    out->errors = v.errors;
    if (rec->follow_s > 0) {
        pop_view_make(o, h, rec, f, true, &v);
        contacts_add(out, &v);
        out->errors |= v.errors;
    }
    out->kind = v.kind;
    out->likeness = likeness(&v);
}
