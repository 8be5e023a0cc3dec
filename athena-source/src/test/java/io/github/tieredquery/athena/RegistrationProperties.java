package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.athena.internal.sql.AthenaColumn;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.athena.internal.sql.TableDdl;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.partition.HivePath;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.store.RowDigest;
import io.github.tieredquery.store.StoredFile;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/**
 * Statements of Hive's grammar are read by an Athena that shares nothing with what writes them: whatever a partition's
 * value is, what is registered, looked up and dropped is that partition and no other.
 */
class RegistrationProperties {

    private static final Table TABLE = Table.builder("places")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("origin", ColumnType.STRING)
            .column("lane", ColumnType.INT32)
            .build();
    private static final HivePartitionLayout LAYOUT =
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin", "lane").checkedAgainst(TABLE);
    private static final Instant AT = Instant.parse("2024-03-05T10:00:00Z");

    private static @Nullable Athenas started;
    private static @Nullable AthenaSource built;

    @BeforeContainer
    static void start() {
        started = Athenas.local();
        built = AthenaSource.archive(athena().aws(), TABLE)
                .table("default", "places")
                .location(athena().location("places"))
                .results(AthenaResults.at(athena().outputLocation())
                        .polling(java.time.Duration.ofMillis(2), java.time.Duration.ofMillis(10)))
                .layout(LAYOUT)
                .createTableIfMissing()
                .build();
        built.prepare(ScanControl.unlimited());
    }

    @AfterContainer
    static void stop() {
        source().close();
        athena().close();
    }

    private static Athenas athena() {
        return Objects.requireNonNull(started);
    }

    private static AthenaSource source() {
        return Objects.requireNonNull(built);
    }

    @Property(tries = 40, edgeCases = EdgeCasesMode.NONE)
    void what_is_registered_and_dropped_is_the_partition_that_was_meant(
            @ForAll("origins") String origin,
            @ForAll("origins") String other,
            @ForAll int lane,
            @ForAll @LongRange(min = 1, max = 9_999_999_999L) long version) {
        PartitionManifest meant = manifest(origin, lane, version);
        PartitionManifest bystander = manifest(other + "~", lane, version);
        ScanControl control = ScanControl.unlimited();

        source().publish(List.of(meant, bystander), control);
        assertThat(source().unregistered(List.of(meant, bystander), control)).isEmpty();

        for (String statement : ddl().dropPartitions(List.of(meant.partition()), version)) {
            athena().theLocalOne().run(statement);
        }
        assertThat(source().unregistered(List.of(meant, bystander), control)).containsExactly(meant);
    }

    private static PartitionManifest manifest(String origin, int lane, long version) {
        HivePartition partition =
                HivePartition.of(LAYOUT, Arrays.asList("2024", "03", "05", origin, Integer.toString(lane)));
        StoredFile file = new StoredFile(athena().location("places") + partition.path(version) + "/part-00001", 1, 1);
        return new PartitionManifest(partition, version, List.of(file), 1, 1, AT, AT, RowDigest.EMPTY, 1);
    }

    /** The statements as the source writes them. */
    private static TableDdl ddl() {
        Map<String, AthenaColumn> columns = new LinkedHashMap<>();
        for (Column column : TABLE.rowType().columns()) {
            boolean partition = LAYOUT.filterColumns().contains(column.name());
            Codec codec = partition
                    ? TextCodec.plain(column.type(), HivePath.NULL_TEXT)
                    : TextCodec.csv(column.type(), column.nullable());
            columns.put(column.name(), new AthenaColumn(column, column.name(), codec, partition));
        }
        AthenaTable table =
                new AthenaTable(TABLE, "default", "places", HivePartitionPlanner.of(TABLE, LAYOUT), columns, Map.of());
        return new TableDdl(table, S3Location.folder(athena().location("places")), Map.of());
    }

    @Provide
    Arbitrary<String> origins() {
        return Arbitraries.oneOf(
                        Texts.any(),
                        Arbitraries.of(
                                "') LOCATION 's3://elsewhere/' PARTITION (`origin` = 'x",
                                "\\",
                                "\\'",
                                "`",
                                "--",
                                "/* */",
                                ";",
                                "%27",
                                "../..",
                                "\\u0027",
                                "a:b"))
                .filter(text -> !text.isEmpty());
    }
}
