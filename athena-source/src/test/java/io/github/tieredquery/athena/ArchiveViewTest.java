package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.internal.archive.ArchiveView;
import io.github.tieredquery.athena.internal.codec.NativeCodec;
import io.github.tieredquery.athena.internal.execution.AthenaCalls;
import io.github.tieredquery.athena.internal.execution.Pauses;
import io.github.tieredquery.athena.internal.execution.StatementRunner;
import io.github.tieredquery.athena.internal.result.AthenaSession;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.athenalocal.fault.QueryGate;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.testkit.ColdRows;
import io.github.tieredquery.testkit.Flights;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;

/** The statement of a view, and when it is run. */
class ArchiveViewTest {

    private static final HivePartitionLayout LAYOUT =
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("origin");
    private static final VisibleVersions FIRST = new VisibleVersions(1, new TreeSet<>());
    private static final VisibleVersions SECOND = new VisibleVersions(2, new TreeSet<>(List.of(1L)));

    private final Athenas athena = Athenas.local();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    private OwnArchiveBuilder builder() {
        return athena.source(Flights.TABLE, "flights").layout(LAYOUT);
    }

    /** A view by a clock of the test's. */
    private ArchiveView view(AthenaSession session) {
        AthenaTable cold = builder().coldTable(Map.of());
        AthenaCalls calls = new AthenaCalls(athena.aws(), Pauses.real(), Duration.ofSeconds(1));
        return new ArchiveView(
                "athena:default.flights", "flights_archive", cold, builder().catalog(calls), session, nanos::get);
    }

    private AthenaSession session() {
        OwnArchiveBuilder options = builder();
        return new AthenaSession(
                athena.aws(), "athena:default.flights", options.coldTable(Map.of()), runner(), options.readOptions());
    }

    private StatementRunner runner() {
        return new StatementRunner(
                athena.aws(), "athena:default.flights", builder().runnerOptions(), Pauses.real());
    }

    private void archive() {
        Row flight = Flights.flight("2024-03-01T06:00:00Z", 1, "SFO", 1);
        Row changed = Flights.flight("2024-03-01T06:00:00Z", 1, "SFO", 2);
        try (AthenaSource cold = builder().createTableIfMissing().build()) {
            List<PartitionManifest> written = ColdRows.write(cold, 1, List.of(flight));
            written.addAll(ColdRows.write(cold, 2, List.of(changed)));
            assertThat(written).hasSize(2);
        }
    }

    /** The delay of the only row that the view shows. */
    private Object delay() {
        try (AthenaSession session = session()) {
            List<List<Object>> rows = session.read(
                    "SELECT delay FROM flights_archive",
                    List.of("delay"),
                    List.of(new NativeCodec(ColumnType.INT32)),
                    ScanControl.unlimited());
            assertThat(rows).hasSize(1);
            return rows.get(0).get(0);
        }
    }

    @Test
    void it_is_plain_sql_that_says_which_versions_count() {
        AthenaTable cold = builder().coldTable(Map.of());
        assertThat(ArchiveView.statement(
                        cold, "flights_archive", new VisibleVersions(42, new TreeSet<>(List.of(7L, 41L)))))
                .isEqualTo("CREATE OR REPLACE VIEW \"default\".\"flights_archive\" AS SELECT"
                        + " CAST(t.\"departed_at\" AS timestamp(6)) AS \"departed_at\","
                        + " CAST(t.\"id\" AS bigint) AS \"id\", t.\"origin\" AS \"origin\","
                        + " CAST(nullif(t.\"delay\", '') AS integer) AS \"delay\", t.\"year\" AS \"year\","
                        + " t.\"month\" AS \"month\", t.\"day\" AS \"day\","
                        + " t.\"tq_version\" AS \"tq_live_version\" FROM \"default\".\"flights\" t"
                        + " WHERE t.\"tq_version\" <= '0000000042'"
                        + " AND t.\"tq_version\" NOT IN ('0000000007', '0000000041')");
    }

    @Test
    void the_same_statement_is_run_again_after_an_hour_and_not_before() {
        archive();
        try (AthenaSession session = session()) {
            ArchiveView view = view(session);
            long before = athena.started();
            view.replace(FIRST, ScanControl.unlimited());
            nanos.addAndGet(Duration.ofHours(1).toNanos() - 1);
            view.replace(FIRST, ScanControl.unlimited());
            assertThat(athena.started() - before).isEqualTo(1);
            view.replace(SECOND, ScanControl.unlimited());
            assertThat(athena.started() - before).isEqualTo(2);
            nanos.addAndGet(Duration.ofHours(1).toNanos());
            view.replace(SECOND, ScanControl.unlimited());
            assertThat(athena.started() - before).isEqualTo(3);
        }
    }

    @Test
    void a_statement_of_another_archiver_that_takes_effect_late_is_made_up_for_after_an_hour() {
        archive();
        try (AthenaSession session = session();
                QueryGate held = athena.theLocalOne().faults().lateDdl(sql -> sql.contains("<= '0000000001'"))) {
            StatementRunner other = runner();
            String late = other.start(sql(FIRST), "a token that is long enough to be one", ScanControl.unlimited());
            held.awaitHeld(1, Duration.ofSeconds(60));
            ArchiveView view = view(session);
            view.replace(SECOND, ScanControl.unlimited());
            assertThat(delay()).isEqualTo(2);
            held.release();
            await(other, late);
            assertThat(delay()).as("the other's").isEqualTo(1);
            nanos.addAndGet(Duration.ofHours(1).toNanos());
            view.replace(SECOND, ScanControl.unlimited());
            assertThat(delay()).isEqualTo(2);
        }
    }

    private String sql(VisibleVersions versions) {
        return ArchiveView.statement(builder().coldTable(Map.of()), "flights_archive", versions);
    }

    private static void await(StatementRunner runner, String id) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (runner.look(id, ScanControl.unlimited()).status().state() != QueryExecutionState.SUCCEEDED) {
            assertThat(System.nanoTime()).as("execution " + id + " ends").isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    @Test
    void more_versions_than_a_statement_can_name_are_refused() {
        TreeSet<Long> excluded =
                new TreeSet<>(LongStream.range(0, 20_000).boxed().toList());
        try (AthenaSession session = session()) {
            ArchiveView view = view(session);
            assertThatThrownBy(() -> view.replace(new VisibleVersions(20_000, excluded), ScanControl.unlimited()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("athena:default.flights: the view default.flights_archive has to leave out 20000"
                            + " versions, and its statement would have 280410 bytes; Athena takes 262144. Drop the view,"
                            + " and let the archiver run once without view(…): it removes dead versions");
        }
        assertThat(athena.started()).isZero();
    }

    @Test
    void tables_without_versions_and_the_tables_own_name_are_refused() {
        assertThatThrownBy(() ->
                        builder().layout(LAYOUT.withoutVersion()).view("v").build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "athena:default.flights: a view leaves out versions that don't count, and this table has none;"
                                + " leave out view(…), and let others query the table");
        assertThatThrownBy(() -> builder().view("flights").build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("athena:default.flights: the view can't have the table's name flights; say another one with"
                        + " view(…)");
        assertThatThrownBy(() -> AthenaSource.adopting(athena.aws(), Flights.TABLE, "default", "old")
                        .table("default", "flights")
                        .layout(LAYOUT)
                        .location("s3://lake/flights/")
                        .view("old")
                        .build())
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(
                        "athena:default.flights: the view can't have the table's name old; say another one with view(…)");
        assertThatThrownBy(() -> builder().view("a\"b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the view 'a\"b' isn't a name in Athena: 1 to 255 of a-z, 0-9 and _");
    }

    @AfterEach
    void stop() {
        athena.close();
    }
}
