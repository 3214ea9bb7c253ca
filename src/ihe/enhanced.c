/* Enhanced acknowledgement: a sender that fills MSH-15 or MSH-16 is told twice, once that its
 * message is in safe keeping (CA, CE, CR) and once what came of it (AA, AE, AR).
 *
 *   MSH-15, 16: AL always · NE never · ER when refused · SU when accepted · empty never
 *
 * Both leave after the commit: CA, too, promises that nothing is lost. What was refused has left
 * nothing behind, so its accept acknowledgement is CE or CR, and after that none follows.
 * DEVIATION: queries are answered once, as IHE asks, whatever MSH-15 says. */

#include "ihe_priv.h"

static bool is_wanted(ny_str condition, bool accepted)
{
    ny_str c = ny_str_trim(condition);

    if (c.n == 0 || ny_str_equals(c, NY_S("NE"))) {
        return false;
    }
    if (ny_str_equals(c, NY_S("ER"))) {
        return !accepted;
    }
    return accepted || !ny_str_equals(c, NY_S("SU")); /* a word of no table means AL */
}

ny_str ihe_answer_code(ny_str answer)
{
    ny_str rest = answer;

    (void)ny_str_split(&rest, '\r');
    return ny_str_starts_with(rest, NY_S("MSA")) ? ny_str_sub(rest, 4, 2) : NY_STR_NONE;
}

static enum ny_hl7v2_ack_code accept_code(ny_str code)
{
    if (ny_str_equals(code, NY_S("AA"))) {
        return NY_HL7V2_CA;
    }
    return ny_str_equals(code, NY_S("AE")) ? NY_HL7V2_CE : NY_HL7V2_CR;
}

ny_str ihe_acknowledge_twice(struct ihe_exchange *ex, ny_str answer)
{
    struct ny_ihe_exchange *x = ex->x;
    enum ny_hl7v2_ack_code code = accept_code(ihe_answer_code(answer));
    bool accepted = code == NY_HL7V2_CA;
    bool answered = is_wanted(ex->msh.raw_16, accepted);

    if (is_wanted(ex->msh.raw_15, accepted) &&
        ihe_ack_compose(ex, code, ihe_control_id_next(ex->ihe, ex->arena), ex->arena, &x->accept) ==
            NY_OK) {
        answered = answered && accepted;
    }
    x->quiet = !answered;
    return answered ? answer : NY_STR_NONE;
}
