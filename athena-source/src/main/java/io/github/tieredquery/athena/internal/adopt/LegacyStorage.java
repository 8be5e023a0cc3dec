package io.github.tieredquery.athena.internal.adopt;

import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.format.TableStorage;
import io.github.tieredquery.athena.internal.format.TypedFormat;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athena.internal.sql.HiveSql;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.table.ColumnType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.Column;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/**
 * How the files of a table are written that another job has made, as the catalog says, and how the library writes
 * further ones like them. Immutable and thread-safe.
 */
public abstract class LegacyStorage implements TableStorage {

    private static final String SERDE_PROPERTY = "serde.param.";
    private static final String HEADER = "skip.header.line.count";

    private final Description description;
    private final String storedAs;

    /**
     * What the catalog says.
     *
     * @param serde the class that reads the files
     * @param serdeProperties as they stand in WITH SERDEPROPERTIES
     * @param columns names and types in the order of the files, without partition columns
     * @param location where the table lies
     */
    record Description(
            String serde,
            Map<String, String> serdeProperties,
            int headerLines,
            Map<String, String> columns,
            S3Location location) {}

    LegacyStorage(Description description, String storedAs) {
        this.description = description;
        this.storedAs = storedAs;
    }

    /**
     * What a table's metadata say.
     *
     * @param subject what messages call the table
     * @param formats in which the library writes, besides texts
     * @throws ConfigurationException if its SerDe isn't one that the library writes
     */
    static LegacyStorage of(String subject, TableMetadata metadata, List<TypedFormat> formats) {
        Map<String, String> parameters = metadata.parameters();
        String serde = parameters.getOrDefault("serde.serialization.lib", LazySimple.SERDE);
        String location = parameters.get("location");
        if (location != null) {
            Description description = description(serde, metadata, S3Location.folder(location));
            if (serde.equals(OpenCsv.SERDE)) {
                return new OpenCsv(description);
            }
            if (serde.equals(LazySimple.SERDE)) {
                return new LazySimple(description);
            }
            for (TypedFormat each : formats) {
                if (serde.equals(each.serde())) {
                    return new ForeignTyped(description, each);
                }
            }
        }
        throw new ConfigurationException(subject + ": the table "
                + metadata.name() + " has the SerDe " + serde + " and lies at " + location
                + "; an archive that is taken over is written with the OpenCSV SerDe, with LazySimpleSerDe, or stored as "
                + formats.stream().map(TypedFormat::name).collect(Collectors.joining(" or ")) + ", and lies in S3");
    }

    private static Description description(String serde, TableMetadata metadata, S3Location location) {
        Map<String, String> properties = new LinkedHashMap<>();
        metadata.parameters().forEach((name, value) -> {
            if (name.startsWith(SERDE_PROPERTY)) {
                properties.put(name.substring(SERDE_PROPERTY.length()), value);
            }
        });
        Map<String, String> columns = new LinkedHashMap<>();
        for (Column column : metadata.columns()) {
            columns.put(column.name().toLowerCase(Locale.ROOT), column.type());
        }
        int headerLines =
                Integer.parseInt(metadata.parameters().getOrDefault(HEADER, "0").strip());
        return new Description(serde, properties, headerLines, columns, location);
    }

    @Override
    public final String clauses() {
        String properties = description.serdeProperties().entrySet().stream()
                .map(each -> HiveSql.string(each.getKey()) + " = " + HiveSql.string(each.getValue()))
                .collect(Collectors.joining(", "));
        return "ROW FORMAT SERDE " + HiveSql.string(description.serde()) + "\n"
                + (properties.isEmpty() ? "" : "WITH SERDEPROPERTIES (" + properties + ")\n") + "STORED AS " + storedAs
                + "\n";
    }

    @Override
    public final Map<String, String> properties() {
        return headerLines() == 0 ? Map.of() : Map.of(HEADER, Integer.toString(headerLines()));
    }

    /** Files are written in the order of the other table's columns, whatever the order of the library's. */
    @Override
    public final boolean isPositional() {
        return false;
    }

    @Override
    public final Codec written(Codec codec) {
        return new AdoptedCodec(codec, this);
    }

    /** The type of what is written of a column. */
    abstract ColumnType storedType(Codec codec);

    /** Whether files hold infinite numbers and NaN. */
    abstract boolean holdsAnyDouble();

    /**
     * What is written.
     *
     * @param stored a value in the column's encoding, null for NULL
     * @throws IllegalArgumentException if the files can't hold it
     */
    @Nullable
    abstract Object field(@Nullable Object stored);

    final int headerLines() {
        return description.headerLines();
    }

    /** Names and types in the order of the files, without partition columns. */
    public final Map<String, String> columns() {
        return description.columns();
    }

    /** Where the table lies. */
    final S3Location location() {
        return description.location();
    }
}
