/* The table of a patient's fields. */

#include "nayose/model.h"

static const char *const part_jsons[NY_PART_COUNT] = {
#define NY_PART(set, id, json) [NY_PART_##set##_##id] = (json),
#include "nayose/tbl/model_fields.def"
};

static const uint8_t part_sets[NY_PART_COUNT] = {
#define NY_PART(set, id, json) [NY_PART_##set##_##id] = NY_SET_##set,
#include "nayose/tbl/model_fields.def"
};

static const char *const single_jsons[NY_SINGLE_COUNT] = {
#define NY_SINGLE(id, json, hl7) [NY_SINGLE_##id] = (json),
#include "nayose/tbl/model_fields.def"
};

static const struct ny_set_info set_infos[NY_SET_COUNT] = {
#define NY_SET(id, json, hl7, first, last)                                                         \
    [NY_SET_##id] = {(json), (hl7), NY_PART_##id##_##first,                                        \
                     (size_t)NY_PART_##id##_##last - NY_PART_##id##_##first + 1},
#include "nayose/tbl/model_fields.def"
};

const struct ny_set_info *ny_set_info(enum ny_set_id set)
{
    return &set_infos[set];
}

const char *ny_part_json(size_t part)
{
    return part_jsons[part];
}

const char *ny_single_json(enum ny_single_id id)
{
    return single_jsons[id];
}

static size_t part_index(enum ny_part_id part)
{
    return (size_t)part - set_infos[part_sets[part]].first_part;
}

ny_str ny_value_part(const struct ny_value *v, enum ny_part_id part)
{
    return v->part[part_index(part)];
}

void ny_value_part_set(struct ny_value *v, enum ny_part_id part, ny_str text)
{
    v->part[part_index(part)] = text;
}
