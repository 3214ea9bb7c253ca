/* module: importer
 * SS-MIX2: the first line is a file's name, the rest what it holds. A name that is taken is put
 * together again from its parts; a message that is made is read by the server's parser as one of
 * the patient and the source that were meant. */

#include <stdlib.h>

#include "nayose/hl7v2.h"
#include "nayose/importer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(cond) ((cond) ? (void)0 : abort())

static void parts_join(const struct ny_ssmix2_name *n, ny_str name)
{
    struct ny_arena *a = ny_arena_create(0);
    ny_str again = ny_arena_printf(a, "%.*s_%.*s_%.*s_%.*s_%.*s_%.*s_%d", NY_ARG(n->patient),
                                   NY_ARG(n->date), NY_ARG(n->type), NY_ARG(n->order),
                                   NY_ARG(n->at), NY_ARG(n->department), (int)n->flag);

    CHECK(ny_str_equals(again, name));
    CHECK(ny_ssmix2_is_patient(n->patient) && ny_ssmix2_is_date(n->date));
    ny_arena_destroy(a);
}

static bool has_id(const struct ny_hl7v2_msg *msg, ny_str patient)
{
    const struct ny_hl7v2_segment *pid = ny_hl7v2_find(msg, NY_S("PID"), 1);

    for (unsigned rep = 1; rep <= ny_hl7v2_reps(pid, 3); rep++) {
        if (ny_str_equals(ny_str_trim(ny_hl7v2_text(pid, 3, rep, 1, 1)), patient)) {
            return true;
        }
    }
    return false;
}

static void message_is_meant(struct ny_ssmix2_file *f, ny_str bytes, bool cp932)
{
    const struct ny_ssmix2_sender sender = {
        .application = NY_S("APP"), .facility = NY_S("FAC"), .cp932 = cp932};
    const struct ny_hl7v2_options replace = {
        .source_sets = cp932 ? NY_CHARSET_CP932 : NY_CHARSET_NONE, .replace = true};
    struct ny_arena *a = ny_arena_create(0);
    const struct ny_hl7v2_msh *msh;
    struct ny_hl7v2_msg *msg;
    ny_str out;

    if (ny_ssmix2_message(a, bytes, &sender, f, f->name.at, &out) == NY_SSMIX2_FINE) {
        CHECK(ny_hl7v2_parse(a, out, &replace, &msg, NULL) == NY_OK);
        msh = ny_hl7v2_header(msg);
        CHECK(ny_str_equals(msh->sending_application.namespace_id, NY_S("APP")));
        CHECK(ny_str_equals(msh->sending_facility.namespace_id, NY_S("FAC")));
        CHECK(ny_str_starts_with(msh->control_id, f->name.at));
        CHECK(has_id(msg, f->name.patient));
    }
    ny_arena_destroy(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ny_str bytes = ny_str_of((const char *)data, size);
    ny_str name = ny_str_split(&bytes, '\n');
    struct ny_ssmix2_file f = {0};

    if (size > 8192 || !ny_ssmix2_name_parse(name, &f.name)) {
        return 0;
    }
    parts_join(&f.name, name);
    f.type = ny_ssmix2_type_find(f.name.type);
    if (f.type == NULL) {
        return 0;
    }
    (void)ny_ssmix2_choose(&f, 1);
    if (f.act == NY_SSMIX2_REFUSE || f.act == NY_SSMIX2_SKIP) {
        f.act = NY_SSMIX2_SEND; /* as with basic data beside it */
    }
    message_is_meant(&f, bytes, false);
    message_is_meant(&f, bytes, true);
    return 0;
}
