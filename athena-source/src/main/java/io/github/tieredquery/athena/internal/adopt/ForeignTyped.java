package io.github.tieredquery.athena.internal.adopt;

import io.github.tieredquery.athena.format.FileFormat;
import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.format.TypedFormat;
import io.github.tieredquery.table.ColumnType;
import org.jspecify.annotations.Nullable;

/** Files whose columns are of Athena's own types. */
final class ForeignTyped extends LegacyStorage {

    private final TypedFormat format;

    ForeignTyped(Description description, TypedFormat format) {
        super(description, format.name());
        this.format = format;
    }

    @Override
    ColumnType storedType(Codec codec) {
        return codec.storedType();
    }

    @Override
    boolean holdsAnyDouble() {
        return true;
    }

    @Override
    @Nullable
    Object field(@Nullable Object stored) {
        return stored;
    }

    @Override
    public FileFormat writer(String subject) {
        return format.writer(subject);
    }
}
