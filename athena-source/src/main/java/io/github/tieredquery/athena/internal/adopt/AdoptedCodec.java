package io.github.tieredquery.athena.internal.adopt;

import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.DelegatingCodec;
import io.github.tieredquery.athena.internal.codec.NativeCodec;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Micros;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the values of a column as another job does, and refuses each that would read back otherwise: that job's files
 * and the library's stand in one table, and what one SerDe can't hold, it can't hold here either.
 */
final class AdoptedCodec extends DelegatingCodec {

    private final LegacyStorage storage;
    /** Whether the values stand as Athena's own type for them and not as texts or numbers of an encoding. */
    private final boolean nativeType;

    AdoptedCodec(Codec codec, LegacyStorage storage) {
        super(codec);
        this.storage = storage;
        this.nativeType = codec instanceof NativeCodec;
    }

    @Override
    public ColumnType storedType() {
        return storage.storedType(codec);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if the files can't hold the value
     */
    @Override
    @Nullable
    public Object stored(@Nullable Object value) {
        if (value instanceof Instant time && nativeType && Micros.of(time) % 1_000 != 0) {
            throw new IllegalArgumentException("it isn't a whole millisecond, and the table's times are");
        }
        if (value instanceof Double number && !Double.isFinite(number) && !storage.holdsAnyDouble()) {
            throw new IllegalArgumentException("it is " + number + ", which the table's files can't hold");
        }
        Object stored = codec.stored(value);
        if (stored instanceof String text && !decodes(text, value)) {
            throw new IllegalArgumentException("its text would be read back as another value");
        }
        return storage.field(stored);
    }

    private boolean decodes(String text, @Nullable Object value) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Object back = codec.decode(bytes, 0, bytes.length);
        return Objects.deepEquals(value, back);
    }
}
