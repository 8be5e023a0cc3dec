package io.github.tieredquery.athena.internal.sql;

import io.github.tieredquery.athena.internal.s3.S3Location;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The table properties from which Athena works partitions out. */
public final class ProjectionProperties {

    private final AthenaTable cold;
    private final S3Location location;
    private final int firstYear;
    private final int lastYear;

    public ProjectionProperties(AthenaTable cold, S3Location location, int firstYear, int lastYear) {
        this.cold = cold;
        this.location = location;
        this.firstYear = firstYear;
        this.lastYear = lastYear;
    }

    /**
     * The properties.
     *
     * @param values the values of filter columns that aren't injected
     */
    public Map<String, String> of(Map<String, List<String>> values) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("projection.enabled", "true");
        for (String column : cold.layout().timeColumns()) {
            String prefix = "projection." + column + ".";
            properties.put(prefix + "type", "integer");
            properties.put(prefix + "range", range(column));
            properties.put(prefix + "digits", column.equals("year") ? "4" : "2");
        }
        for (String column : cold.layout().filterColumns()) {
            String prefix = "projection." + cold.partitionName(column) + ".";
            List<String> known = values.get(column);
            properties.put(prefix + "type", known == null ? "injected" : "enum");
            if (known != null) {
                properties.put(prefix + "values", String.join(",", known));
            }
        }
        StringBuilder template = new StringBuilder(location.toString());
        for (String column : cold.layout().partitionColumns()) {
            String name = cold.partitionName(column);
            template.append(name).append("=${").append(name).append("}/");
        }
        properties.put("storage.location.template", template.toString());
        return properties;
    }

    private String range(String timeColumn) {
        return switch (timeColumn) {
            case "year" -> firstYear + "," + lastYear;
            case "month" -> "1,12";
            case "day" -> "1,31";
            case "hour" -> "0,23";
            default -> throw new IllegalArgumentException("no time column '" + timeColumn + "'");
        };
    }
}
