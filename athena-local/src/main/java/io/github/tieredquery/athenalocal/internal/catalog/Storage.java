package io.github.tieredquery.athenalocal.internal.catalog;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a table's files are written.
 *
 * @param nullText what stands for NULL in a delimited file
 * @param escape the escape character, null for none
 * @param quote the quote character of OpenCSV
 * @param headerLines how many lines at a file's start aren't rows
 */
public record Storage(
        Format format,
        String serde,
        Map<String, String> serdeProperties,
        char delimiter,
        char quote,
        @Nullable Character escape,
        String nullText,
        int headerLines) {

    public enum Format {
        OPEN_CSV,
        DELIMITED,
        PARQUET
    }

    public static final String OPEN_CSV_SERDE = "org.apache.hadoop.hive.serde2.OpenCSVSerde";
    public static final String LAZY_SIMPLE_SERDE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
    public static final String PARQUET_SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";

    public boolean isText() {
        return format != Format.PARQUET;
    }
}
