package io.github.tieredquery.athena;

import io.github.tieredquery.athena.internal.format.CsvFormat;
import io.github.tieredquery.athena.internal.format.StorageFormat;
import io.github.tieredquery.athena.internal.format.TypedFormat;
import java.util.Arrays;
import java.util.List;

/**
 * The form of a cold table's files. Each column has one encoding in each, from which every value reads back exactly.
 */
public enum FileFormatKind {
    /**
     * Gzip CSV, read with the OpenCSV SerDe: every field quoted, every column declared {@code string}. Line breaks in
     * texts, and NULL of a STRING, are written as control characters that keep the order of texts; NULL of other types
     * is an empty field.
     */
    CSV(new CsvFormat()),
    /** Parquet, every column of Athena's own type but timestamps, which are texts, since Athena keeps milliseconds. */
    PARQUET(new TypedFormat("PARQUET", "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"));

    @SuppressWarnings("ImmutableEnumChecker") // storage is immutable, which nothing but its documentation says
    private final StorageFormat storage;

    FileFormatKind(StorageFormat storage) {
        this.storage = storage;
    }

    /** How such files are read and written. */
    StorageFormat storage() {
        return storage;
    }

    /** The formats that hold columns of Athena's own types. */
    static List<TypedFormat> typed() {
        return Arrays.stream(values())
                .map(FileFormatKind::storage)
                .filter(TypedFormat.class::isInstance)
                .map(TypedFormat.class::cast)
                .toList();
    }
}
