package io.github.tieredquery.internal.export;

import io.github.tieredquery.export.CsvOptions;
import io.github.tieredquery.export.ExportScan;
import io.github.tieredquery.export.ExportStatus;
import io.github.tieredquery.export.ExportStore;
import io.github.tieredquery.export.StoredObject;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an export: what it is for, what is in place and what comes next. One thread changes it and then
 * writes it as a whole; a change that isn't written is forgotten with the object.
 */
final class ExportState {

    /** How far the export is. */
    enum Stage {
        RUNNING,
        DONE,
        FAILED,
        CANCELLED
    }

    final byte[] id;
    final Query query;
    final CsvOptions csv;
    final ExportScan.Arrangement arrangement;
    final ExportTransfer transfer;
    final Instant expires;

    Stage stage = Stage.RUNNING;
    /** Whether nothing is left over, once the export has ended. */
    boolean cleaned;
    /** The object is about to become visible, which can't be taken back. */
    boolean completing;
    /** Whether the cold source's catalog has been looked at since cold fragments were planned. */
    boolean checked;

    String problem = "";
    /** Who works, and until when nobody else should. */
    String worker = "";

    Instant workingUntil = Instant.EPOCH;
    int restarts;
    int coldNumbers;
    /** What isn't in place, in the order of the object. */
    final List<Fragment> fragments = new ArrayList<>();
    /** The part of the range that no cold fragment is planned for, less what is in place. */
    TimeRange rest;
    /** Where the last hot row stands that is in place. */
    byte @Nullable [] after;

    @Nullable
    String upload;

    final List<ExportStore.Part> parts = new ArrayList<>();
    long bytes;
    long clientBytes;
    long rows;

    @Nullable
    StoredObject object;

    ExportState(
            byte[] id,
            Query query,
            CsvOptions csv,
            ExportScan.Arrangement arrangement,
            ExportTransfer transfer,
            Instant expires) {
        this.id = id;
        this.query = query;
        this.csv = csv;
        this.arrangement = arrangement;
        this.transfer = transfer;
        this.expires = expires;
        this.rest = query.range();
    }

    /** The object's name. */
    String name() {
        return HexFormat.of().formatHex(id) + (isUnloaded() ? ".manifest" : ".csv");
    }

    /** Whether the cold source writes Parquet files by itself. */
    boolean isUnloaded() {
        return transfer == ExportTransfer.UNLOAD;
    }

    /** The folder for Parquet files. */
    String folder() {
        return HexFormat.of().formatHex(id) + "/";
    }

    /** The name under which this state is kept. */
    String stateName() {
        return stateName(id);
    }

    static String stateName(byte[] id) {
        return HexFormat.of().formatHex(id) + ".csv.export";
    }

    String statementName(int number) {
        return name() + ".cold-" + number;
    }

    /** Nothing is in place any more; the fragments are planned anew. */
    void restart() {
        restarts++;
        upload = null;
        completing = false;
        parts.clear();
        bytes = 0;
        clientBytes = 0;
        rows = 0;
    }

    boolean isOver() {
        return stage != Stage.RUNNING;
    }

    /** Whether nothing of the object is in place, and nothing has been started for it. */
    boolean isUntouched() {
        return upload == null && parts.isEmpty();
    }

    ExportStatus status() {
        return switch (stage) {
            case RUNNING -> running();
            case DONE -> new ExportStatus.Done(java.util.Objects.requireNonNull(object), rows, clientBytes);
            case FAILED -> new ExportStatus.Failed(problem);
            case CANCELLED -> new ExportStatus.Cancelled();
        };
    }

    private ExportStatus running() {
        boolean cold = false;
        long expected = bytes;
        for (Fragment fragment : fragments) {
            if (fragment instanceof Fragment.Text text) {
                expected += text.bytes.length - text.from;
            } else if (fragment instanceof Fragment.Cold each) {
                StoredObject result = each.result;
                cold |= result == null;
                expected += result == null ? 0 : result.bytes() - each.from;
            }
        }
        return new ExportStatus.Running(
                cold ? ExportStatus.Phase.COLD : ExportStatus.Phase.ASSEMBLING, rows, bytes, cold ? -1 : expected);
    }
}
