package io.github.tieredquery.athenalocal;

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
record Storage(
        Format format,
        String serde,
        Map<String, String> serdeProperties,
        char delimiter,
        char quote,
        @Nullable Character escape,
        String nullText,
        int headerLines) {

    enum Format {
        OPEN_CSV,
        DELIMITED,
        PARQUET
    }

    static final String OPEN_CSV_SERDE = "org.apache.hadoop.hive.serde2.OpenCSVSerde";
    static final String LAZY_SIMPLE_SERDE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";
    static final String PARQUET_SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";

    boolean isText() {
        return format != Format.PARQUET;
    }
}
