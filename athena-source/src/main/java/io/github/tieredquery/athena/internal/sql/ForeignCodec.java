package io.github.tieredquery.athena.internal.sql;

import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.DelegatingCodec;
import io.github.tieredquery.athena.internal.codec.NativeCodec;
import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Micros;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes the values of a column as another job does, and refuses each that would read back otherwise: that job's files
 * and the library's stand in one table, and what one SerDe can't hold, it can't hold here either.
 */
public final class ForeignCodec extends DelegatingCodec {

    private final ForeignStorage storage;
    /** Whether the values stand as Athena's own type for them and not as texts or numbers of an encoding. */
    private final boolean nativeType;

    ForeignCodec(Codec codec, ForeignStorage storage) {
        super(codec);
        this.storage = storage;
        this.nativeType = codec instanceof NativeCodec;
    }

    @Override
    public ColumnType storedType() {
        return storage.isParquet() ? codec.storedType() : ColumnType.STRING;
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
        if (value instanceof Double number && !Double.isFinite(number) && !storage.isParquet()) {
            throw new IllegalArgumentException("it is " + number + ", which the table's files can't hold");
        }
        Object stored = codec.stored(value);
        if (stored instanceof String text && !decodes(text, value)) {
            throw new IllegalArgumentException("its text would be read back as another value");
        }
        if (storage.isParquet()) {
            return stored;
        }
        if (stored == null) {
            if (storage.serde() == ForeignStorage.Serde.OPEN_CSV) {
                throw new IllegalArgumentException(
                        "it is NULL, which OpenCSV can't hold; name a text for it with ColdEncoding.text(…)");
            }
            return null;
        }
        return checked(field(stored));
    }

    private boolean decodes(String text, @Nullable Object value) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Object back = codec.decode(bytes, 0, bytes.length);
        return Objects.deepEquals(value, back);
    }

    /** A field's text without quotes and escapes. */
    private String field(Object stored) {
        boolean openCsv = storage.serde() == ForeignStorage.Serde.OPEN_CSV;
        if (stored instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (stored instanceof LocalDate date) {
            return openCsv ? Long.toString(date.toEpochDay()) : date.toString();
        }
        if (stored instanceof Instant time) {
            return openCsv
                    ? Long.toString(time.toEpochMilli())
                    : TextCodec.timestamp(time).substring(0, "yyyy-MM-dd HH:mm:ss.SSS".length());
        }
        if (stored instanceof byte[] bytes) {
            if (openCsv) {
                throw new IllegalArgumentException("OpenCSV has no binary values");
            }
            return Base64.getEncoder().encodeToString(bytes);
        }
        return stored.toString();
    }

    private String checked(String text) {
        if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0) {
            throw new IllegalArgumentException("it has a line break, which ends a row of the table's files");
        }
        if (storage.serde() == ForeignStorage.Serde.LAZY_SIMPLE) {
            if (text.equals(storage.nullText())) {
                throw new IllegalArgumentException("it is the text that stands for NULL in the table's files");
            }
            if (storage.escape() == '\0' && text.indexOf(storage.delimiter()) >= 0) {
                throw new IllegalArgumentException(
                        "it has the character that parts fields in the table's files, which have no escape for it");
            }
        }
        return text;
    }
}
