package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.Row;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every column a string, no NULL, times as texts of seconds, a header: as the seeds of many archives are. */
class OpenCsvAdoptionTest extends AdoptionContract {

    @Override
    protected String columns() {
        return "ts string, event_id string, amount string, extra string, note string";
    }

    @Override
    protected String storage() {
        return "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' WITH SERDEPROPERTIES ('separatorChar' ="
                + " ';', 'quoteChar' = '\"', 'escapeChar' = '\\\\')";
    }

    @Override
    protected String properties() {
        return "TBLPROPERTIES ('skip.header.line.count' = '1')";
    }

    @Override
    protected byte[] file(List<Row> rows) {
        StringBuilder text = new StringBuilder("ts;event_id;amount;extra;note\n");
        for (Row row : rows) {
            String at = String.valueOf(row.value(0)).replace('T', ' ').replace("Z", "");
            text.append('"').append(at).append("\";\"").append(row.value(1)).append("\";\"");
            text.append(text(row.value(3)))
                    .append("\";\"whatever\";\"")
                    .append(text(row.value(4)))
                    .append("\"\n");
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString().replace("\"", "\\\"");
    }

    @Override
    protected void describe(Columns columns) {
        columns.column("at", "ts", ColumnEncoding.pattern("yyyy-MM-dd HH:mm:ss").lossAccepted());
        columns.column("id", "event_id", ColumnEncoding.text());
        columns.column("amount", "amount", ColumnEncoding.text(""));
        columns.column("note", "note", ColumnEncoding.text(""));
    }

    @Override
    protected Map.Entry<Row, String> unholdable() {
        return Map.entry(payment(200, 9, "c", "1.00", ""), "'note': its text would be read back as another value");
    }

    @Test
    void settings_that_contradict_each_other_are_refused() {
        HivePartitionLayout layout = HivePartitionLayout.daily(ZoneOffset.UTC);
        assertThatThrownBy(() -> AthenaSource.adopting(athena.aws(), TABLE, "default", "b")
                        .table("default", "a")
                        .layout(layout.withoutVersion())
                        .location("s3://lake/a/")
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("athena:default.a: a table that takes over the files of another one is written under"
                        + " versions; leave out withoutVersion()");
        assertThatThrownBy(() -> AthenaSource.adopting(athena.aws(), TABLE, "default", "b")
                        .table("default", "a")
                        .layout(layout)
                        .location("s3://lake/a/")
                        .registration(Registration.projection(2020, 2030, Map.of()))
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "athena:default.a: partition projection can't work versions out, and a table that takes over"
                                + " the files of another one has them; register partitions with Registration.addPartition()");
        assertThatThrownBy(() -> AthenaSource.adopting(athena.aws(), TABLE, "default", "a")
                        .table("default", "a")
                        .layout(layout)
                        .location("s3://lake/a/")
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("athena:default.a: the table can't take over itself; name a new one with table(…)");
        Instant odd = Instant.parse("2024-03-05T00:00:00.5Z");
        assertThatThrownBy(() -> ColumnEncoding.epochSeconds()
                        .lossAccepted()
                        .codec("", TABLE.timeColumn())
                        .stored(odd))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("it isn't a whole number of 1000000 microseconds, which the table's times are");
    }
}
