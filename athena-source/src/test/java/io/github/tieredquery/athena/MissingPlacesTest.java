package io.github.tieredquery.athena;

import static io.github.tieredquery.table.ColumnType.INT64;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ArchiveMark;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A workgroup, database or bucket that isn't there is an error of the set-up, and not an outage. */
class MissingPlacesTest {

    private static final Table EVENTS =
            Table.builder("events").time("at").key("id", INT64).build();

    private static final HivePartitionLayout LAYOUT = HivePartitionLayout.daily(ZoneOffset.UTC);

    private static final Scan SCAN = Scan.of(
            EVENTS, new TimeRange(Instant.parse("2024-01-01T00:00:00Z"), Instant.parse("2025-01-01T00:00:00Z")));

    private static final ArchiveMark MARK =
            new ArchiveMark("archive", 1, "nonce", 0, 0, 0, Instant.parse("2024-01-01T00:00:00Z"));

    private static final String NO_BUCKET =
            "The specified bucket does not exist. Create the bucket, or correct the location that names it";

    private static Athenas athenas;

    @BeforeAll
    static void start() {
        athenas = Athenas.local();
    }

    @AfterAll
    static void stop() {
        athenas.close();
    }

    private static AthenaSource source(String name, Consumer<OwnArchiveBuilder> settings) {
        OwnArchiveBuilder builder = athenas.source(EVENTS, name).layout(LAYOUT).createTableIfMissing();
        settings.accept(builder);
        return builder.build();
    }

    private static void read(AthenaSource source) {
        try (RowCursor rows = source.open(SCAN, ScanControl.unlimited())) {
            rows.next();
        }
    }

    @Test
    void a_workgroup_that_is_not_there_is_a_matter_of_configuration() {
        String name = athenas.freshName("missing");
        source(name, ignored -> {}).close();
        assertThatThrownBy(() -> read(source(
                        name, builder -> builder.results(athenas.results().workGroup("nowhere")))))
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "starting a statement of athena:default." + name + ": InvalidRequestException: WorkGroup is not"
                                + " found. Create it, or correct the name that the source has");
    }

    @Test
    void a_workgroup_that_is_not_there_makes_no_table() {
        String name = athenas.freshName("missing");
        assertThatThrownBy(() -> source(
                        name, builder -> builder.results(athenas.results().workGroup("nowhere"))))
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "starting a statement of athena:default." + name + ": InvalidRequestException: WorkGroup is not"
                                + " found. Create it, or correct the name that the source has");
    }

    @Test
    void a_database_that_is_not_there_is_a_matter_of_configuration() {
        String name = athenas.freshName("missing");
        assertThatThrownBy(() -> source(name, builder -> builder.table("nowhere", name)))
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessageMatching("\\Qathena:nowhere." + name + ": execution \\E[0-9a-f-]{36}\\Q failed: FAILED:"
                        + " SemanticException [Error 10072]: Database does not exist: nowhere. Create it, or correct the"
                        + " name or location that the source has\\E");
    }

    @Test
    void a_table_that_is_not_there_is_a_matter_of_configuration() {
        String name = athenas.freshName("missing");
        assertThatThrownBy(() -> athenas.source(EVENTS, name).layout(LAYOUT).build())
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage("athena:default." + name + ": there is no such table in the catalog AwsDataCatalog; make it"
                        + " with createTableIfMissing(), or run\n"
                        + source(name, ignored -> {}).createTableStatement());
    }

    @Test
    void a_bucket_of_results_that_is_not_there_is_a_matter_of_configuration() {
        String name = athenas.freshName("missing");
        source(name, ignored -> {}).close();
        assertThatThrownBy(() ->
                        read(source(name, builder -> builder.results(AthenaResults.at("s3://not-there/results/")))))
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage("starting a statement of athena:default." + name + ": InvalidRequestException: Unable to"
                        + " verify/create output bucket not-there. Create the bucket, or correct the location that names"
                        + " it");
    }

    @Test
    void a_bucket_of_the_archive_that_is_not_there_is_a_matter_of_configuration() {
        String name = athenas.freshName("missing");
        AthenaSource source = source(name, builder -> builder.location("s3://not-there/events/"));
        assertThatThrownBy(() -> source.mark(ScanControl.unlimited()))
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage("reading s3://not-there/events/_tieredquery_mark: NoSuchBucket: " + NO_BUCKET);
        assertThatThrownBy(() -> source.mark(MARK, null, ScanControl.unlimited()))
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasMessage("writing s3://not-there/events/_tieredquery_mark: NoSuchBucket: " + NO_BUCKET);
    }
}
