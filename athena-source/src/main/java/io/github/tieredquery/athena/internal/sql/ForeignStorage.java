package io.github.tieredquery.athena.internal.sql;

import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.error.ConfigurationException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.athena.model.Column;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/**
 * How the files of a table are written that another job has made, as the catalog says. Immutable.
 *
 * @param serdeProperties as they stand in WITH SERDEPROPERTIES
 * @param columns names and types in the order of the files, without partition columns
 * @param location where the table lies
 */
public record ForeignStorage(
        Serde serde,
        Map<String, String> serdeProperties,
        int headerLines,
        Map<String, String> columns,
        S3Location location) {

    private static final String SERDE_PROPERTY = "serde.param.";
    private static final String HEADER = "skip.header.line.count";

    /** The ways that the library can write, too. */
    public enum Serde {
        OPEN_CSV("org.apache.hadoop.hive.serde2.OpenCSVSerde", "TEXTFILE"),
        LAZY_SIMPLE("org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", "TEXTFILE"),
        PARQUET("org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe", "PARQUET");

        private final String library;
        private final String storedAs;

        Serde(String library, String storedAs) {
            this.library = library;
            this.storedAs = storedAs;
        }
    }

    /**
     * What a table's metadata say.
     *
     * @param subject what messages call the table
     * @throws ConfigurationException if its SerDe isn't one that the library writes
     */
    public static ForeignStorage of(String subject, TableMetadata metadata) {
        Map<String, String> parameters = metadata.parameters();
        String library = parameters.getOrDefault("serde.serialization.lib", Serde.LAZY_SIMPLE.library);
        Serde serde = null;
        for (Serde each : Serde.values()) {
            serde = each.library.equals(library) ? each : serde;
        }
        String location = parameters.get("location");
        if (serde == null || location == null) {
            throw new ConfigurationException(subject + ": the table "
                    + metadata.name() + " has the SerDe " + library + " and lies at " + location
                    + "; an archive that is taken over is written with the OpenCSV SerDe, with LazySimpleSerDe, or as"
                    + " Parquet, and lies in S3");
        }
        Map<String, String> properties = new LinkedHashMap<>();
        parameters.forEach((name, value) -> {
            if (name.startsWith(SERDE_PROPERTY)) {
                properties.put(name.substring(SERDE_PROPERTY.length()), value);
            }
        });
        Map<String, String> columns = new LinkedHashMap<>();
        for (Column column : metadata.columns()) {
            columns.put(column.name().toLowerCase(Locale.ROOT), column.type());
        }
        return new ForeignStorage(
                serde,
                properties,
                Integer.parseInt(parameters.getOrDefault(HEADER, "0").strip()),
                columns,
                S3Location.folder(location));
    }

    public boolean isParquet() {
        return serde == Serde.PARQUET;
    }

    /** What stands between the columns and the location of CREATE TABLE. */
    String storageClauses() {
        String properties = serdeProperties.entrySet().stream()
                .map(each -> HiveSql.string(each.getKey()) + " = " + HiveSql.string(each.getValue()))
                .collect(Collectors.joining(", "));
        return "ROW FORMAT SERDE " + HiveSql.string(serde.library) + "\n"
                + (properties.isEmpty() ? "" : "WITH SERDEPROPERTIES (" + properties + ")\n") + "STORED AS "
                + serde.storedAs + "\n";
    }

    /** What stands in TBLPROPERTIES. */
    Map<String, String> tableProperties() {
        return headerLines == 0 ? Map.of() : Map.of(HEADER, Integer.toString(headerLines));
    }

    public char delimiter() {
        if (serde == Serde.OPEN_CSV) {
            return character("separatorChar", ',');
        }
        String format = serdeProperties.getOrDefault("serialization.format", "1");
        char byFormat = format.chars().allMatch(unit -> unit >= '0' && unit <= '9')
                ? (char) Integer.parseInt(format)
                : format.charAt(0);
        return character("field.delim", byFormat);
    }

    public char quote() {
        return character("quoteChar", '"');
    }

    /** NUL if there is none. */
    public char escape() {
        return serde == Serde.OPEN_CSV ? character("escapeChar", '\\') : character("escape.delim", '\0');
    }

    /** The text of NULL; of no use to OpenCSV, which has none. */
    public String nullText() {
        return serdeProperties.getOrDefault("serialization.null.format", "\\N");
    }

    private char character(String property, char otherwise) {
        String text = serdeProperties.get(property);
        return text == null || text.isEmpty() ? otherwise : text.charAt(0);
    }

    /** The names in the order of the files. */
    public List<String> names() {
        return List.copyOf(columns.keySet());
    }
}
