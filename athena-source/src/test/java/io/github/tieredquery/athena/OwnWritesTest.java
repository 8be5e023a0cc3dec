package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.athena.export.S3ExportStore;
import io.github.tieredquery.athenalocal.fault.Fault;
import io.github.tieredquery.error.ArchiveRefusedException;
import io.github.tieredquery.export.ExportStore;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ColdFile;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.Table;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is written to S3 on a condition, or within its limits. */
class OwnWritesTest {

    private static final Table NOTES = Table.builder("notes")
            .time("at")
            .key("id", ColumnType.INT64)
            .column("note", ColumnType.STRING)
            .column("more", ColumnType.STRING)
            .build();
    private static final ScanControl CONTROL = ScanControl.unlimited();

    private static Athenas athena;

    @BeforeAll
    static void start() {
        athena = Athenas.local();
    }

    @AfterAll
    static void stop() {
        athena.close();
    }

    @Test
    void an_exports_state_whose_answer_is_lost_is_written_and_one_that_somebody_else_has_changed_is_not() {
        ExportStore store = S3ExportStore.of(athena.aws(), athena.location(athena.freshName("exports")));
        athena.theLocalOne().faults().on("PutObject").inject(Fault.lostResponse());
        Optional<String> first = store.write("a.export", new byte[] {1}, null, CONTROL);
        assertThat(first).isPresent();
        assertThat(store.write("a.export", new byte[] {1}, null, CONTROL))
                .as("the same bytes of another process")
                .isEmpty();
        athena.theLocalOne().faults().on("PutObject").inject(Fault.lostResponse());
        Optional<String> second = store.write("a.export", new byte[] {2}, first.orElseThrow(), CONTROL);
        assertThat(second).isPresent();
        assertThat(store.read("a.export", CONTROL).orElseThrow().bytes()).containsExactly(2);
        assertThat(store.read("a.export", CONTROL).orElseThrow().version()).isEqualTo(second.orElseThrow());
        assertThat(store.write("a.export", new byte[] {3}, first.orElseThrow(), CONTROL))
                .as("of one who has seen an older state")
                .isEmpty();
        assertThat(store.write("b.export", new byte[] {3}, "\"gone\"", CONTROL)).isEmpty();
    }

    @Test
    void a_rows_length_is_that_of_its_bytes() {
        HivePartitionLayout layout = HivePartitionLayout.daily(ZoneOffset.UTC);
        try (AthenaSource cold = athena.source(NOTES, athena.freshName("notes"))
                        .layout(layout)
                        .createTableIfMissing()
                        .build();
                ColdFile file = cold.create(HivePartition.of(cold.layout(), List.of("2024", "03", "05")), 1, 1)) {
            assertThatCode(() -> file.write(note("x".repeat(31_999_000), "y"))).doesNotThrowAnyException();
            assertThatThrownBy(() -> file.write(note("\u20ac".repeat(10_000_000), "z".repeat(2_000_001))))
                    .isInstanceOf(ArchiveRefusedException.class)
                    .hasMessage(
                            "table 'notes', the row [at=2024-03-05T00:00:00Z, id=7], column 'more': the row is longer"
                                    + " than the 32000000 bytes that Athena reads. Change the row; later rows wait for it");
        }
    }

    private static Row note(String note, String more) {
        return NOTES.rowType().row(new Object[] {Instant.parse("2024-03-05T00:00:00Z"), 7L, note, more});
    }
}
