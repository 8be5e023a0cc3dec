package io.github.tieredquery.athena.internal.codec;

import org.jspecify.annotations.Nullable;

/** Does in SQL and in results what another codec does. */
public abstract class DelegatingCodec extends Codec {

    public final Codec codec;

    public DelegatingCodec(Codec codec) {
        super(codec.type());
        this.codec = codec;
    }

    @Override
    public final String declaredType() {
        return codec.declaredType();
    }

    @Override
    public final String comparable(String reference) {
        return codec.comparable(reference);
    }

    @Override
    public String literal(Object value) {
        return codec.literal(value);
    }

    @Override
    public final @Nullable Object decode(byte[] bytes, int from, int to) {
        return codec.decode(bytes, from, to);
    }
}
