package io.github.tieredquery.archive;

import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.RowCursor;
import io.github.tieredquery.spi.Scan;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.spi.VisibleVersions;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Micros;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares the rows that the hot store has below the watermark with archived ones, window by window. For one run. */
final class AdoptionOverlap {

    private static final int KEYS_REPORTED = 100;

    private final ArchiveContext context;
    private final ScanControl control;
    private final List<Row> differingKeys = new ArrayList<>();
    private final List<TimeRange> windows = new ArrayList<>();
    private long equal;
    private long differing;
    private long onlyHot;
    private long unpaired;

    AdoptionOverlap(ArchiveContext context, ScanControl control) {
        this.context = context;
        this.control = control;
    }

    /** Compares all of it. */
    void compareBelow(Instant watermark) {
        VisibleVersions versions = context.journal().state().versions();
        Instant from = Archiver.BEGINNING;
        while (from.isBefore(watermark)) {
            Optional<TimeRange> window = context.oldestHotRow(new TimeRange(from, watermark), control)
                    .map(context.layout()::windowContaining);
            if (window.isEmpty()) {
                return;
            }
            windows.add(window.get());
            Scan scan = Scan.of(context.table(), window.get().before(watermark));
            try (RowCursor hot = context.hot().open(scan, control);
                    RowCursor cold = context.cold().open(scan.versions(versions), control)) {
                compare(hot, cold);
            }
            from = window.get().to();
        }
    }

    /** Both in order. */
    private void compare(RowCursor hot, RowCursor cold) {
        Comparator<Row> order = context.table().rowOrder(context.table().rowType());
        @Nullable Row archived = cold.next();
        for (Row row = hot.next(); row != null; row = hot.next()) {
            control.check("comparing both tiers of table '" + context.table().name() + "'");
            while (archived != null && order.compare(archived, row) < 0) {
                archived = cold.next();
            }
            unpaired += pairs(row) ? 0 : 1;
            if (archived == null || order.compare(archived, row) > 0) {
                onlyHot++;
            } else if (archived.equals(row)) {
                equal++;
            } else {
                differing++;
                if (differingKeys.size() < KEYS_REPORTED) {
                    differingKeys.add(context.table().keyOf(row));
                }
            }
        }
    }

    /**
     * Whether the other tier's copy of the row, if there is one, has the same time and key: archives may keep coarser
     * times.
     */
    private boolean pairs(Row row) {
        return context.table().keyType().columns().stream()
                .filter(column -> column.type().kind() == ColumnType.Kind.TIMESTAMP)
                .allMatch(column -> isWhole(
                        Objects.requireNonNull(row.timestamp(column.name())),
                        context.cold().timeUnit(column)));
    }

    private static boolean isWhole(Instant time, Duration unit) {
        long micros = Math.max(1, unit.toNanos() / 1_000);
        return Micros.of(time) % micros == 0;
    }

    /** How many of the hot store's rows have times that the archive would keep otherwise. */
    long unpaired() {
        return unpaired;
    }

    /** Windows that the hot store has rows of. */
    List<TimeRange> windows() {
        return windows;
    }

    AdoptionReport.Overlap found() {
        return new AdoptionReport.Overlap(equal, differing, differingKeys, onlyHot);
    }
}
