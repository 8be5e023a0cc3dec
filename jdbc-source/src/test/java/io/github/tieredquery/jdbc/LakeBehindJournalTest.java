package io.github.tieredquery.jdbc;

import static io.github.tieredquery.testkit.ArchiveSteps.EVENTS;
import static io.github.tieredquery.testkit.ArchiveSteps.LAYOUT;
import static io.github.tieredquery.testkit.ArchiveSteps.archive;
import static io.github.tieredquery.testkit.ArchiveSteps.day;
import static io.github.tieredquery.testkit.ArchiveSteps.event;
import static io.github.tieredquery.testkit.ArchiveSteps.prepared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.TieredQueryBuilder;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.error.MissingPartitionException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Boundary;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.Row;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal's archive that is read by a database over its files, as DuckDB or a Trino cluster would. */
class LakeBehindJournalTest {

    private static final AtomicInteger JOURNALS = new AtomicInteger();
    private static final TimeRange MONDAY = day("2024-01-01");
    private static final Query ALL =
            Query.between(MONDAY.from(), day("2024-02-01").to());

    private static final Row ACME = event("2024-01-01T06:00:00Z", 1, "acme");
    private static final Row AWKWARD = event("2024-01-01T07:00:00Z", 2, "a/b=c 'd'");
    private static final Row NOBODYS = event("2024-01-01T08:00:00Z", 3, null);
    private static final Row NEW = event("2024-01-20T08:00:00Z", 4, "acme");

    private final DuckDatabase duck = DuckDatabase.get();
    private final JdbcHotStores stores = new JdbcHotStores(PostgresDatabase.get());
    private final JdbcSource hot =
            stores.create("lake_" + JOURNALS.incrementAndGet(), EVENTS, List.of(ACME, AWKWARD, NOBODYS, NEW));
    private long version;

    @TempDir
    private Path directory;

    @BeforeEach
    void archive_monday() {
        prepared(hot);
        version = archive(hot, MONDAY);
    }

    @Test
    void the_rows_of_versions_that_count_are_seen() {
        write(List.of(ACME, AWKWARD, NOBODYS), version);
        write(List.of(event("2024-01-01T09:00:00Z", 9, "acme")), version + 1);
        assertThat(behindJournal(LAYOUT).build().list(ALL)).containsExactly(ACME, AWKWARD, NOBODYS, NEW);
    }

    @Test
    void a_partition_that_the_database_does_not_show_is_an_error() {
        write(List.of(ACME), version);
        TieredQuery<Row> events = behindJournal(LAYOUT).build();
        assertThatThrownBy(() -> events.list(ALL))
                .isInstanceOf(MissingPartitionException.class)
                .hasMessage("table 'events', range " + MONDAY + ": "
                        + lake(LAYOUT).name()
                        + " doesn't know 2 of 3 partitions with 2 archived rows, the first is"
                        + " year=2024/month=01/day=01/tenant=__HIVE_DEFAULT_PARTITION__/tq_version=000000000" + version
                        + ". Register them again (the archiver's publish step, or MSCK REPAIR TABLE); without them the"
                        + " answer would lack rows");
        write(List.of(AWKWARD, NOBODYS), version);
        assertThat(events.list(ALL)).containsExactly(ACME, AWKWARD, NOBODYS, NEW);
    }

    @Test
    void a_layout_that_the_archive_was_not_written_with_is_refused() {
        write(List.of(ACME, AWKWARD, NOBODYS), version);
        TieredQuery<Row> events = behindJournal(
                        HivePartitionLayout.monthly(ZoneOffset.UTC).thenBy("tenant"))
                .build();
        assertThatThrownBy(() -> events.list(ALL))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "the archive was written with\n  " + EVENTS.describe()
                                + " partitioned year, month, day, tenant, tq_version in Z\nbut this process is configured"
                                + " with\n  " + EVENTS.describe()
                                + " partitioned year, month, tenant, tq_version in Z\n"
                                + "That is: the layout is year, month, day, tenant, tq_version in Z in the archive, and year,"
                                + " month, tenant, tq_version in Z here. Configure it as the archive was written, or use another journal");
    }

    @Test
    void without_a_layout_nothing_can_be_checked() {
        write(List.of(ACME, AWKWARD, NOBODYS), version);
        JdbcSource unknown =
                JdbcSource.builder(duck.jdbi(), EVENTS).from(files()).build();
        assertThatThrownBy(
                        () -> TieredQuery.builder(EVENTS).hot(hot).cold(unknown).build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("table 'events': " + unknown.name() + " doesn't say how the archive's partitions are laid"
                        + " out, so behind the journal of " + hot.name() + " it could show versions that don't count,"
                        + " and lack partitions unnoticed; build it with a layout(…), or the hot source without a"
                        + " journal");
    }

    @Test
    void versions_need_the_journal() {
        write(List.of(ACME, AWKWARD, NOBODYS), version);
        JdbcSource versioned = lake(LAYOUT);
        JdbcSource withoutJournal = JdbcSource.builder(PostgresDatabase.get().jdbi(), EVENTS)
                .table(stores.origin(hot).physicalName())
                .build();
        for (TieredQueryBuilder builder : List.of(
                TieredQuery.builder(EVENTS).cold(versioned),
                TieredQuery.builder(EVENTS)
                        .hot(withoutJournal)
                        .cold(versioned)
                        .boundary(Boundary.daysAgo(30, ZoneOffset.UTC)))) {
            assertThatThrownBy(builder::build)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage(
                            "table 'events': " + versioned.name() + " holds versions, of which some don't count, and"
                                    + " only the journal of the hot store tells which; give a hot(…) with that journal, or a"
                                    + " layout withoutVersion() for an archive of somebody else's job");
        }
    }

    private TieredQueryBuilder behindJournal(HivePartitionLayout layout) {
        return TieredQuery.builder(EVENTS).hot(hot).cold(lake(layout));
    }

    private JdbcSource lake(HivePartitionLayout layout) {
        return JdbcSource.builder(duck.jdbi(), EVENTS)
                .from(files())
                .layout(layout)
                .build();
    }

    private String files() {
        return "read_parquet('" + directory + "/**/*.parquet', hive_partitioning = true, hive_types_autocast = 0)";
    }

    private void write(List<Row> rows, long number) {
        String name = duck.createTable(EVENTS, rows);
        duck.execute("COPY (SELECT *, lpad(CAST(year(\"at\") AS VARCHAR), 4, '0') AS year, strftime(\"at\", '%m') AS"
                + " month, strftime(\"at\", '%d') AS day, '" + HivePartitionLayout.versionText(number)
                + "' AS tq_version FROM " + duck.quote(name) + ") TO '" + directory
                + "' (FORMAT parquet, PARTITION_BY (year, month, day, tenant, tq_version), APPEND)");
    }
}
