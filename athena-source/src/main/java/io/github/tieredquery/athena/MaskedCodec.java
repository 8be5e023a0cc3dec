package io.github.tieredquery.athena;

import io.github.tieredquery.query.Filter.Operator;

/** Writes a question mark for each value, for statements that are shown and not run. */
final class MaskedCodec extends DelegatingCodec {

    MaskedCodec(Codec codec) {
        super(codec);
    }

    @Override
    String literal(Object value) {
        return "?";
    }

    @Override
    String compare(String reference, Operator operator, Object value) {
        return comparable(reference) + " " + operator.symbol() + " ?";
    }
}
