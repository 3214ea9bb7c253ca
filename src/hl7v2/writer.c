/* Writing segments.
 *
 * The cursor owes separators: going on to a field, repetition, component or subcomponent only
 * counts, and the first text that follows pays. So empty parts in between come out right and
 * trailing ones never appear. */

#include "nayose/hl7v2.h"

void ny_hl7v2_writer_init(struct ny_hl7v2_writer *w, struct ny_arena *a,
                          const struct ny_hl7v2_delims *delims)
{
    *w = (struct ny_hl7v2_writer){.delims = NY_HL7V2_DELIMS_DEFAULT};
    if (delims != NULL) {
        w->delims = *delims;
    }
    ny_buf_init(&w->out, a);
}

void ny_hl7v2_w_begin(struct ny_hl7v2_writer *w, ny_str name)
{
    w->owed_fields = 0;
    w->owed_reps = 0;
    w->owed_components = 0;
    w->owed_subs = 0;
    ny_buf_add(&w->out, name);
}

void ny_hl7v2_w_end(struct ny_hl7v2_writer *w)
{
    ny_buf_add_char(&w->out, '\r');
}

void ny_hl7v2_w_skip(struct ny_hl7v2_writer *w, unsigned n)
{
    w->owed_fields += n;
    w->owed_reps = 0;
    w->owed_components = 0;
    w->owed_subs = 0;
    w->in_component = false;
    w->in_sub = false;
}

void ny_hl7v2_w_field(struct ny_hl7v2_writer *w)
{
    ny_hl7v2_w_skip(w, 1);
}

void ny_hl7v2_w_rep(struct ny_hl7v2_writer *w)
{
    w->owed_reps++;
    w->owed_components = 0;
    w->owed_subs = 0;
    w->in_component = false;
    w->in_sub = false;
}

void ny_hl7v2_w_component(struct ny_hl7v2_writer *w)
{
    w->owed_components += w->in_component;
    w->owed_subs = 0;
    w->in_component = true;
    w->in_sub = false;
}

static void pay(struct ny_buf *out, unsigned *owed, char sep)
{
    for (; *owed > 0; --*owed) {
        ny_buf_add_char(out, sep);
    }
}

static void pay_all(struct ny_hl7v2_writer *w)
{
    pay(&w->out, &w->owed_fields, w->delims.field);
    pay(&w->out, &w->owed_reps, w->delims.repetition);
    pay(&w->out, &w->owed_components, w->delims.component);
    pay(&w->out, &w->owed_subs, w->delims.subcomponent);
}

void ny_hl7v2_w_sub(struct ny_hl7v2_writer *w, ny_str value)
{
    w->owed_subs += w->in_sub;
    w->in_sub = true;
    if (value.n > 0) {
        pay_all(w);
        ny_hl7v2_escape(&w->out, &w->delims, value);
    }
}

void ny_hl7v2_w_value(struct ny_hl7v2_writer *w, ny_str value)
{
    ny_hl7v2_w_component(w);
    ny_hl7v2_w_sub(w, value);
}

void ny_hl7v2_w_text(struct ny_hl7v2_writer *w, ny_str value)
{
    ny_hl7v2_w_field(w);
    ny_hl7v2_w_value(w, value);
}

void ny_hl7v2_w_raw(struct ny_hl7v2_writer *w, ny_str raw)
{
    ny_hl7v2_w_field(w);
    if (raw.n > 0) {
        pay_all(w);
        ny_buf_add(&w->out, raw);
    }
}

static bool delims_equal(const struct ny_hl7v2_delims *a, const struct ny_hl7v2_delims *b)
{
    return a->field == b->field && a->component == b->component && a->repetition == b->repetition &&
           a->escape == b->escape && a->subcomponent == b->subcomponent;
}

void ny_hl7v2_w_copy(struct ny_hl7v2_writer *w, ny_str raw, const struct ny_hl7v2_delims *from)
{
    const char *old =
        (const char[]){from->component, from->repetition, from->subcomponent, from->escape, '\0'};
    const char *new = (const char[]){w->delims.component, w->delims.repetition,
                                     w->delims.subcomponent, w->delims.escape, '\0'};

    if (raw.n == 0 || delims_equal(&w->delims, from)) {
        ny_hl7v2_w_raw(w, raw);
        return;
    }
    ny_hl7v2_w_field(w);
    pay_all(w);
    for (size_t i = 0; i < raw.n; i++) {
        const char *at = raw.p[i] != '\0' ? strchr(old, raw.p[i]) : NULL;

        if (at != NULL) {
            ny_buf_add_char(&w->out, new[at - old]);
        } else {
            ny_hl7v2_escape(&w->out, &w->delims, ny_str_of(&raw.p[i], 1));
        }
    }
}

void ny_hl7v2_w_hd(struct ny_hl7v2_writer *w, const struct ny_hl7v2_hd *hd)
{
    ny_hl7v2_w_text(w, hd->namespace_id);
    ny_hl7v2_w_value(w, hd->universal_id);
    ny_hl7v2_w_value(w, hd->universal_id_type);
}

void ny_hl7v2_w_hd_component(struct ny_hl7v2_writer *w, const struct ny_hl7v2_hd *hd)
{
    ny_hl7v2_w_value(w, hd->namespace_id);
    ny_hl7v2_w_sub(w, hd->universal_id);
    ny_hl7v2_w_sub(w, hd->universal_id_type);
}

ny_rc ny_hl7v2_finish(struct ny_hl7v2_writer *w, const struct ny_charset_spec *spec, ny_str *out,
                      struct ny_charset_facts *facts)
{
    ny_str text = NY_STR_NONE;
    ny_rc rc = ny_buf_end(&w->out, &text);

    return rc != NY_OK ? rc : ny_charset_encode(w->out.arena, spec, text, out, facts);
}
