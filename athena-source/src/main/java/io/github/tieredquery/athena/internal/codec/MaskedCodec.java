package io.github.tieredquery.athena.internal.codec;

import io.github.tieredquery.query.Filter.Operator;

/** Writes a question mark for each value, for statements that are shown and not run. */
public final class MaskedCodec extends DelegatingCodec {

    public MaskedCodec(Codec codec) {
        super(codec);
    }

    @Override
    public String literal(Object value) {
        return "?";
    }

    @Override
    public String compare(String reference, Operator operator, Object value) {
        return comparable(reference) + " " + operator.symbol() + " ?";
    }
}
