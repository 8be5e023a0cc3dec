package io.github.tieredquery.athena;

import io.github.tieredquery.query.Filter.Operator;
import org.jspecify.annotations.Nullable;

/** Writes a question mark for each value, for statements that are shown and not run. */
final class MaskedCodec extends Codec {

    private final Codec codec;

    MaskedCodec(Codec codec) {
        super(codec.type());
        this.codec = codec;
    }

    @Override
    String declaredType() {
        return codec.declaredType();
    }

    @Override
    String comparable(String reference) {
        return codec.comparable(reference);
    }

    @Override
    String literal(Object value) {
        return "?";
    }

    @Override
    String compare(String reference, Operator operator, Object value) {
        return comparable(reference) + " " + operator.symbol() + " ?";
    }

    @Override
    public @Nullable Object decode(byte[] bytes, int from, int to) {
        return codec.decode(bytes, from, to);
    }
}
