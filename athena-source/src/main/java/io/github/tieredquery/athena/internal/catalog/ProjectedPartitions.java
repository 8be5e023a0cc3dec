package io.github.tieredquery.athena.internal.catalog;

import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.PartitionLook;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.TableMetadata;

/**
 * The partitions that Athena works out from a table's properties, of which the catalog has no list: one of a time when
 * each number has one digit, written as the properties say.
 */
public final class ProjectedPartitions {

    private static final LocalDateTime SAMPLE = LocalDateTime.of(2001, 2, 3, 4, 0);
    private static final Map<String, String> NUMBERS = Map.of("year", "2001", "month", "2", "day", "3", "hour", "4");

    private final String source;
    private final Map<String, String> properties;
    private final AthenaTable cold;
    private final PartitionLook look;

    public ProjectedPartitions(String source, TableMetadata metadata, AthenaTable cold, PartitionLook look) {
        this.source = source;
        this.properties = metadata.parameters();
        this.cold = cold;
        this.look = look;
    }

    public static boolean isProjected(TableMetadata metadata) {
        return "true".equalsIgnoreCase(metadata.parameters().get("projection.enabled"));
    }

    /** Refuses the table if the layout wouldn't write the partition so. */
    public void check() {
        HivePartition written = cold.layout().partitionOf(SAMPLE);
        List<@Nullable String> values = written.columns().stream()
                .map(column -> cold.layout().timeColumns().contains(column)
                        ? projected(column, String.valueOf(written.value(column)))
                        : null)
                .toList();
        look.partition(values);
    }

    private String projected(String column, String written) {
        String prefix = "projection." + column + ".";
        String type = properties.getOrDefault(prefix + "type", "").toLowerCase(Locale.ROOT);
        if (type.equals("integer")) {
            String number = NUMBERS.getOrDefault(column, written);
            int digits = Integer.parseInt(properties.getOrDefault(prefix + "digits", "1"));
            return "0".repeat(Math.max(0, digits - number.length())) + number;
        }
        String format = properties.get(prefix + "format");
        if (type.equals("date") && format != null) {
            try {
                return DateTimeFormatter.ofPattern(format, Locale.ROOT).format(SAMPLE);
            } catch (DateTimeException | IllegalArgumentException e) {
                throw new ConfigurationException(
                        source + ": the property " + prefix + "format is '" + format
                                + "', which is no pattern of dates",
                        e);
            }
        }
        return written;
    }
}
