package io.github.tieredquery.athena;

import org.jspecify.annotations.Nullable;

/** Does in SQL and in results what another codec does. */
abstract class DelegatingCodec extends Codec {

    final Codec codec;

    DelegatingCodec(Codec codec) {
        super(codec.type());
        this.codec = codec;
    }

    @Override
    final String declaredType() {
        return codec.declaredType();
    }

    @Override
    final String comparable(String reference) {
        return codec.comparable(reference);
    }

    @Override
    String literal(Object value) {
        return codec.literal(value);
    }

    @Override
    public final @Nullable Object decode(byte[] bytes, int from, int to) {
        return codec.decode(bytes, from, to);
    }
}
