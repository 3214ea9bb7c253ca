/* Rows of model versions, rollouts, calibrations and labels: collected, and as statements. */

#include "store_priv.h"

void ny_store_add_model(struct ny_store_batch *b, const struct ny_model_row *row)
{
    NY_ROWS_PUSH(&b->models, *row);
}

void ny_store_set_model_state(struct ny_store_batch *b, int32_t version, enum ny_model_state state)
{
    struct model_state_entry e = {version, state};

    NY_ROWS_PUSH(&b->model_states, e);
}

void ny_store_set_rehearsal(struct ny_store_batch *b, int32_t version, ny_str rehearsal)
{
    struct rehearsal_entry e = {version, rehearsal};

    NY_ROWS_PUSH(&b->rehearsals, e);
}

void ny_store_set_rollout(struct ny_store_batch *b, const struct ny_rollout_row *row)
{
    b->rollout = *row;
    b->rollout_change = ROLLOUT_SET;
}

void ny_store_end_rollout(struct ny_store_batch *b)
{
    b->rollout_change = ROLLOUT_END;
}

void ny_store_add_calibration(struct ny_store_batch *b, const struct ny_calibration_row *row)
{
    NY_ROWS_PUSH(&b->calibrations, *row);
}

void ny_store_add_label(struct ny_store_batch *b, const struct ny_label_row *row)
{
    NY_ROWS_PUSH(&b->labels, *row);
}

void ny_store_add_label_answer(struct ny_store_batch *b, const struct ny_label_answer_row *row)
{
    NY_ROWS_PUSH(&b->label_answers, *row);
}

/* ---- statements ---- */

static ny_rc models_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->models.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_MODEL_ADD, s->scratch);
    for (size_t i = 0; i < b->models.n; i++) {
        const struct ny_model_row *row = &b->models.v[i];

        ny_col_i32(&c, row->version);
        ny_col_text(&c, row->body);
        ny_col_i16(&c, row->state);
        ny_col_ref32(&c, row->made_from);
        ny_col_text(&c, row->made_by);
        ny_col_json(&c, row->report);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

/* One statement each: only one version may be active at any time. */
static ny_rc model_states_write(struct ny_store *s, const struct ny_store_batch *b)
{
    ny_rc rc = NY_OK;

    for (size_t i = 0; i < b->model_states.n && rc == NY_OK; i++) {
        struct ny_columns c;

        ny_columns_init(&c, NY_SQL_MODEL_STATE, s->scratch);
        ny_col_i32(&c, b->model_states.v[i].version);
        ny_col_i16(&c, b->model_states.v[i].state);
        ny_col_end(&c);
        rc = ny_columns_send(&c, s->write);
    }
    return rc;
}

static ny_rc rehearsals_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->rehearsals.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_MODEL_REHEARSAL, s->scratch);
    for (size_t i = 0; i < b->rehearsals.n; i++) {
        ny_col_i32(&c, b->rehearsals.v[i].version);
        ny_col_json(&c, b->rehearsals.v[i].json);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

static ny_rc rollout_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->rollout_change == ROLLOUT_END) {
        return ny_db_send(s->write, NY_SQL_ROLLOUT_END, NULL, 0, NULL, NULL);
    }
    if (b->rollout_change != ROLLOUT_SET) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_ROLLOUT_PUT, s->scratch);
    ny_col_i32(&c, b->rollout.from_version);
    ny_col_i32(&c, b->rollout.to_version);
    ny_col_i64(&c, b->rollout.done_to);
    ny_col_end(&c);
    return ny_columns_send(&c, s->write);
}

static ny_rc calibrations_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns c;

    if (b->calibrations.n == 0) {
        return NY_OK;
    }
    ny_columns_init(&c, NY_SQL_CALIBRATION_ADD, s->scratch);
    for (size_t i = 0; i < b->calibrations.n; i++) {
        const struct ny_calibration_row *row = &b->calibrations.v[i];

        ny_col_time(&c, row->at_us);
        ny_col_i32(&c, row->model);
        ny_col_json(&c, row->body);
        ny_col_end(&c);
    }
    return ny_columns_send(&c, s->write);
}

static void label_columns(struct ny_columns *c, const struct ny_label_row *row)
{
    ny_col_i64(c, row->a);
    ny_col_i64(c, row->b);
    ny_col_i32(c, row->model);
    ny_col_time(c, row->at_us);
}

static ny_rc labels_write(struct ny_store *s, const struct ny_store_batch *b)
{
    struct ny_columns drawn;
    struct ny_columns said;
    ny_rc rc = NY_OK;

    ny_columns_init(&drawn, NY_SQL_LABEL_ADD, s->scratch);
    for (size_t i = 0; i < b->labels.n; i++) {
        label_columns(&drawn, &b->labels.v[i]);
        ny_col_end(&drawn);
    }
    ny_columns_init(&said, NY_SQL_LABEL_ANSWER, s->scratch);
    for (size_t i = 0; i < b->label_answers.n; i++) {
        const struct ny_label_answer_row *row = &b->label_answers.v[i];

        label_columns(&said, &row->label);
        ny_col_text(&said, row->who);
        ny_col_bool(&said, row->same);
        ny_col_end(&said);
    }
    if (b->labels.n > 0) {
        rc = ny_columns_send(&drawn, s->write);
    }
    return rc == NY_OK && b->label_answers.n > 0 ? ny_columns_send(&said, s->write) : rc;
}

ny_rc ny_batch_write_models(struct ny_store *s, const struct ny_store_batch *b)
{
    ny_rc rc = models_write(s, b);

    rc = rc != NY_OK ? rc : model_states_write(s, b);
    rc = rc != NY_OK ? rc : rehearsals_write(s, b);
    rc = rc != NY_OK ? rc : rollout_write(s, b);
    rc = rc != NY_OK ? rc : calibrations_write(s, b);
    return rc != NY_OK ? rc : labels_write(s, b);
}

void ny_batch_free_models(struct ny_store_batch *b)
{
    ny_free(b->models.v);
    ny_free(b->model_states.v);
    ny_free(b->rehearsals.v);
    ny_free(b->calibrations.v);
    ny_free(b->labels.v);
    ny_free(b->label_answers.v);
}
