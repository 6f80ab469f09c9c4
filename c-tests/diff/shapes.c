/* BODYSTRUCTURE and ENVELOPE as odd servers send them (fake/shapes.txt).
 * fake: shapes
 */
#include "common.h"

static void fetch(unsigned long number)
{
    MAILSTREAM *stream = open_quietly(spec_port("T_FAKE_SHAPES_SHAPES", "u1", "/notls", "INBOX"), NIL);
    BODY *body = NIL;
    unsigned long length = 0;
    mail_parameters(NIL, SET_LOOKAHEAD, NIL);
    show_envelope("", mail_fetch_structure(stream, number, &body, FT_NOLOOKAHEAD));
    show_body("", body);
    show_elt(stream, number);
    show_bytes("part 2", mail_fetch_body(stream, number, "2", &length, FT_PEEK), length);
    show("ping %ld\n", mail_ping(stream));
    mail_close_full(stream, NIL);
}

#define SHAPE(n) \
    static void shape_##n(void) { fetch(n); }
SHAPE(1) SHAPE(2) SHAPE(3) SHAPE(4) SHAPE(5) SHAPE(6) SHAPE(7) SHAPE(8) SHAPE(9) SHAPE(10) SHAPE(11) SHAPE(12)
SHAPE(13) SHAPE(14) SHAPE(15) SHAPE(16) SHAPE(17) SHAPE(18) SHAPE(19) SHAPE(20) SHAPE(21) SHAPE(22) SHAPE(23) SHAPE(24)

const struct test_case cases[] = {
    {"nothing_known", shape_1},
    {"all_nil", shape_2},
    {"group_and_voicemail", shape_3},
    {"literal_parameter", shape_4},
    {"empty_parameters", shape_5},
    {"future_extension", shape_6},
    {"future_extension_multipart", shape_7},
    {"multipart_nil", shape_8},
    {"multipart_as_simple", shape_9},
    {"message", shape_10},
    {"message_cut", shape_11},
    {"message_other", shape_12},
    {"cut", shape_13},
    {"atom", shape_14},
    {"nil", shape_15},
    {"unknown_type", shape_16},
    {"envelope_cut", shape_17},
    {"unknown_attributes", shape_18},
    {"bad_date", shape_19},
    {"lower_case", shape_20},
    {"deep", shape_21},
    {"spaces", shape_22},
    {"old_form", shape_23},
    {"no_answer", shape_24},
    {NULL, NULL},
};
