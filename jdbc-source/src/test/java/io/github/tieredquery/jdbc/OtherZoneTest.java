package io.github.tieredquery.jdbc;

import static io.github.tieredquery.table.ColumnType.INT64;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.TieredQuery;
import io.github.tieredquery.archive.Archiver;
import io.github.tieredquery.archive.Eraser;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.ArchiveIdentity;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.MemoryColdStore;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Times that are kept without a zone are read for good as they were when the archive was begun. */
class OtherZoneTest {

    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Table VISITS =
            Table.builder("visits").time("at").key("id", INT64).build();
    private static final Query ALL =
            Query.between(Instant.parse("2020-01-01T00:00:00Z"), Instant.parse("2030-01-01T00:00:00Z"));

    private final String name = "visits_" + NAMES.incrementAndGet();
    private final HivePartitionLayout layout = HivePartitionLayout.daily(BERLIN);
    private final MemoryColdStore cold = new MemoryColdStore("cold", VISITS, layout);

    static Stream<TestDatabase> databases() {
        return Stream.of(PostgresDatabase.get(), MariaDatabase.get(), H2Database.get());
    }

    private void createTable(TestDatabase database, String type) {
        database.execute("CREATE TABLE " + database.quote(name) + " (" + database.quote("at") + " " + type
                + " NOT NULL, " + database.quote("id") + " bigint NOT NULL, PRIMARY KEY (" + database.quote("at") + ", "
                + database.quote("id") + "))");
    }

    private void insert(TestDatabase database, String at, long id) {
        database.execute("INSERT INTO " + database.quote(name) + " VALUES ('" + at + "', " + id + ")");
    }

    private static String localType(TestDatabase database) {
        return database instanceof MariaDatabase ? "DATETIME(6)" : "TIMESTAMP(6)";
    }

    private JdbcSource source(TestDatabase database, ZoneId zone, AmbiguousTimes times) {
        return JdbcSource.builder(database.jdbi(), VISITS)
                .table(name)
                .timeZone(zone)
                .ambiguousTimes(times)
                .journal(name)
                .build();
    }

    private Archiver archiver(JdbcSource source) {
        return Archiver.builder(source, cold)
                .keep(Period.ofDays(1))
                .clock(() -> Instant.parse("2024-11-05T00:00:00Z"))
                .settle(Duration.ZERO)
                .build();
    }

    private TieredQuery<Row> query(JdbcSource source) {
        return TieredQuery.builder(VISITS).hot(source).cold(cold).build();
    }

    private static long count(TestDatabase database, String table) {
        return database.jdbi()
                .withHandle(handle -> handle.createQuery("SELECT count(*) FROM " + database.quote(table))
                        .mapTo(Long.class)
                        .one());
    }

    private static String identity(String times) {
        return "visits(at TIMESTAMP NOT NULL, id INT64 NOT NULL; key at, id) partitioned year, month, day, tq_version in"
                + " Europe/Berlin; local times of " + times;
    }

    private void assertRefused(TestDatabase database, JdbcSource other, String reading) {
        String refusal = "the archive was written with\n  " + identity("Europe/Berlin EARLIER")
                + "\nbut this process is configured with\n  " + identity(reading)
                + "\nThat is: the zone of the hot table's local times is Europe/Berlin EARLIER in the archive, and "
                + reading + " here. Configure it as the archive was written, or use another journal";
        assertThatThrownBy(() -> archiver(other).run())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(refusal);
        assertThatThrownBy(() -> query(other).list(ALL))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(refusal);
        String taken = "table 'visits': the hot table's times without a zone were archived as those of Europe/Berlin"
                + " EARLIER, and this process takes them for those of " + reading + ", so that rows would be of other"
                + " moments. Configure the zone, and which of two instants a repeated time is, as the archive was"
                + " written, or use another journal";
        Row key = VISITS.keyType().row(new Object[] {Instant.parse("2024-11-02T23:00:00Z"), 2L});
        assertThatThrownBy(() -> Eraser.of(other).erase(List.of(key)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(taken);
        TimeRange day = new TimeRange(Instant.parse("2024-11-02T23:00:00Z"), Instant.parse("2024-11-03T23:00:00Z"));
        assertThatThrownBy(() -> other.journal().orElseThrow().beginWindow(day, "tester", Duration.ofMinutes(1)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(taken);
        assertThat(count(database, name)).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("databases")
    void another_zone_or_other_ambiguous_times_are_refused_before_anything_is_written(TestDatabase database) {
        createTable(database, localType(database));
        JdbcSource berlin = source(database, BERLIN, AmbiguousTimes.EARLIER);
        insert(database, "2024-11-01 12:00:00", 1);
        archiver(berlin).run();
        assertThat(count(database, name)).isZero();
        // Midnight of Berlin is the beginning of a partition, which it isn't in other zones.
        insert(database, "2024-11-03 00:00:00", 2);
        insert(database, "2024-11-03 02:30:00", 3);
        assertRefused(database, source(database, BERLIN, AmbiguousTimes.LATER), "Europe/Berlin LATER");
        assertRefused(database, source(database, ZoneOffset.UTC, AmbiguousTimes.EARLIER), "Z");
        assertThat(query(berlin).list(ALL))
                .extracting(row -> row.timestamp("at"))
                .containsExactly(
                        Instant.parse("2024-11-01T11:00:00Z"),
                        Instant.parse("2024-11-02T23:00:00Z"),
                        Instant.parse("2024-11-03T01:30:00Z"));
        archiver(source(database, BERLIN, AmbiguousTimes.EARLIER)).run();
        assertThat(count(database, name)).isZero();
    }

    /** What is written down by earlier archivers has no zone. */
    @ParameterizedTest
    @MethodSource("databases")
    void a_journal_that_knows_no_zone_goes_on_with_the_next_archivers(TestDatabase database) {
        createTable(database, localType(database));
        insert(database, "2024-11-01 12:00:00", 1);
        JdbcSource berlin = source(database, BERLIN, AmbiguousTimes.EARLIER);
        archiver(berlin).run();
        String quoted = database instanceof MariaDatabase ? name + "_archive" : database.quote(name) + ".archive";
        database.execute("UPDATE " + quoted + " SET archive_identity = '"
                + ArchiveIdentity.of(VISITS, layout).text() + "'");
        JdbcSource utc = source(database, ZoneOffset.UTC, AmbiguousTimes.EARLIER);
        assertThat(query(utc).list(ALL)).hasSize(1);
        archiver(berlin).run();
        assertThat(berlin.journal().orElseThrow().state().identity()).isEqualTo(identity("Europe/Berlin EARLIER"));
        assertThatThrownBy(() -> query(utc).list(ALL)).isInstanceOf(ConfigurationException.class);
    }

    @Test
    void columns_that_hold_instants_are_read_alike_with_every_zone() {
        TestDatabase database = PostgresDatabase.get();
        createTable(database, "timestamptz");
        JdbcSource berlin = source(database, BERLIN, AmbiguousTimes.EARLIER);
        archiver(berlin).run();
        assertThat(berlin.localTimes()).isEmpty();
        insert(database, "2024-11-03 02:30:00+00", 3);
        archiver(source(database, ZoneOffset.UTC, AmbiguousTimes.LATER)).run();
        assertThat(query(berlin).list(ALL))
                .extracting(row -> row.timestamp("at"))
                .containsExactly(Instant.parse("2024-11-03T02:30:00Z"));
    }

    @Test
    void names_of_one_fixed_offset_are_one_zone() {
        TestDatabase database = H2Database.get();
        createTable(database, localType(database));
        for (String zone : List.of("Z", "UTC", "Etc/UTC", "GMT", "Etc/GMT")) {
            assertThat(source(database, ZoneId.of(zone), AmbiguousTimes.LATER).localTimes())
                    .contains("Z");
        }
    }
}
