package io.github.tieredquery.internal.export;

import io.github.tieredquery.export.CsvOptions;
import io.github.tieredquery.export.ExportScan;
import io.github.tieredquery.export.ExportStore;
import io.github.tieredquery.export.StoredObject;
import io.github.tieredquery.table.Table;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * States as bytes. The bytes are signed by whoever stores them, so what is read was written by a process with the same
 * keys; the version tells apart what other releases write.
 */
final class StateCodec {

    /** No page token and no ticket starts so, which the same keys sign. */
    private static final int VERSION = 'S' << 8 | 1;

    private final QueryCodec queries;

    StateCodec(Table table) {
        this.queries = new QueryCodec(table);
    }

    byte[] write(ExportState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeShort(VERSION);
            QueryCodec.bytes(out, state.id);
            queries.write(out, state.query);
            options(out, state.csv);
            QueryCodec.named(out, state.arrangement);
            QueryCodec.named(out, state.transfer);
            QueryCodec.write(out, state.expires);
            progress(out, state);
            out.writeInt(state.fragments.size());
            for (Fragment fragment : state.fragments) {
                fragment(out, fragment);
            }
            out.writeInt(state.parts.size());
            for (ExportStore.Part part : state.parts) {
                out.writeInt(part.number());
                QueryCodec.text(out, part.version());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }

    private static void options(DataOutputStream out, CsvOptions csv) throws IOException {
        out.writeInt(csv.headers().size());
        for (Map.Entry<String, String> each : new TreeMap<>(csv.headers()).entrySet()) {
            QueryCodec.text(out, each.getKey());
            QueryCodec.text(out, each.getValue());
        }
        out.writeBoolean(csv.isGuarded());
        out.writeBoolean(csv.hasByteOrderMark());
    }

    private static void progress(DataOutputStream out, ExportState state) throws IOException {
        QueryCodec.named(out, state.stage);
        out.writeBoolean(state.cleaned);
        out.writeBoolean(state.completing);
        out.writeBoolean(state.checked);
        QueryCodec.text(out, state.problem);
        QueryCodec.text(out, state.worker);
        QueryCodec.write(out, state.workingUntil);
        out.writeInt(state.restarts);
        out.writeInt(state.coldNumbers);
        QueryCodec.write(out, state.rest);
        optional(out, state.after);
        text(out, state.upload);
        out.writeLong(state.bytes);
        out.writeLong(state.clientBytes);
        out.writeLong(state.rows);
        object(out, state.object);
    }

    private static void fragment(DataOutputStream out, Fragment fragment) throws IOException {
        if (fragment instanceof Fragment.Text text) {
            out.writeByte('t');
            QueryCodec.bytes(out, text.bytes);
            out.writeInt(text.from);
        } else if (fragment instanceof Fragment.Cold cold) {
            out.writeByte('c');
            out.writeInt(cold.number);
            QueryCodec.write(out, cold.range);
            optional(out, cold.after);
            QueryCodec.write(out, cold.takenAt);
            QueryCodec.bytes(out, cold.statementHash);
            out.writeInt(cold.attempt);
            text(out, cold.executionId);
            object(out, cold.result);
            out.writeLong(cold.from);
        } else {
            out.writeByte('h');
        }
    }

    /**
     * Reads a state.
     *
     * @throws IOException if it is of another release
     */
    ExportState read(byte[] bytes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedShort();
            if (version != VERSION) {
                throw new IOException("the version is " + version);
            }
            ExportState state = new ExportState(
                    QueryCodec.bytes(in),
                    queries.readQuery(in),
                    options(in),
                    QueryCodec.named(in, ExportScan.Arrangement.class),
                    QueryCodec.named(in, ExportTransfer.class),
                    QueryCodec.readInstant(in));
            progress(in, state);
            for (int left = in.readInt(); left > 0; left--) {
                state.fragments.add(fragment(in));
            }
            for (int left = in.readInt(); left > 0; left--) {
                state.parts.add(new ExportStore.Part(in.readInt(), QueryCodec.text(in)));
            }
            return state;
        }
    }

    private static CsvOptions options(DataInputStream in) throws IOException {
        CsvOptions csv = CsvOptions.plain();
        for (int left = in.readInt(); left > 0; left--) {
            csv = csv.header(QueryCodec.text(in), QueryCodec.text(in));
        }
        if (in.readBoolean()) {
            csv = csv.guarded();
        }
        return in.readBoolean() ? csv.byteOrderMark() : csv;
    }

    private static void progress(DataInputStream in, ExportState state) throws IOException {
        state.stage = QueryCodec.named(in, ExportState.Stage.class);
        state.cleaned = in.readBoolean();
        state.completing = in.readBoolean();
        state.checked = in.readBoolean();
        state.problem = QueryCodec.text(in);
        state.worker = QueryCodec.text(in);
        state.workingUntil = QueryCodec.readInstant(in);
        state.restarts = in.readInt();
        state.coldNumbers = in.readInt();
        state.rest = QueryCodec.readRange(in);
        state.after = optional(in);
        state.upload = text(in);
        state.bytes = in.readLong();
        state.clientBytes = in.readLong();
        state.rows = in.readLong();
        state.object = object(in);
    }

    private static Fragment fragment(DataInputStream in) throws IOException {
        byte kind = in.readByte();
        if (kind == 't') {
            return new Fragment.Text(QueryCodec.bytes(in), in.readInt());
        } else if (kind == 'h') {
            return new Fragment.Hot();
        } else if (kind != 'c') {
            throw new IOException("no fragment starts with " + kind);
        }
        Fragment.Cold cold = new Fragment.Cold(
                in.readInt(), QueryCodec.readRange(in), optional(in), QueryCodec.readInstant(in), QueryCodec.bytes(in));
        cold.attempt = in.readInt();
        cold.executionId = text(in);
        cold.result = object(in);
        cold.from = in.readLong();
        return cold;
    }

    private static void optional(DataOutputStream out, byte @Nullable [] bytes) throws IOException {
        out.writeBoolean(bytes != null);
        if (bytes != null) {
            QueryCodec.bytes(out, bytes);
        }
    }

    private static byte @Nullable [] optional(DataInputStream in) throws IOException {
        return in.readBoolean() ? QueryCodec.bytes(in) : null;
    }

    private static void text(DataOutputStream out, @Nullable String text) throws IOException {
        out.writeBoolean(text != null);
        if (text != null) {
            QueryCodec.text(out, text);
        }
    }

    private static @Nullable String text(DataInputStream in) throws IOException {
        return in.readBoolean() ? QueryCodec.text(in) : null;
    }

    private static void object(DataOutputStream out, @Nullable StoredObject object) throws IOException {
        out.writeBoolean(object != null);
        if (object != null) {
            QueryCodec.text(out, object.location());
            out.writeLong(object.bytes());
            QueryCodec.text(out, object.version());
        }
    }

    private static @Nullable StoredObject object(DataInputStream in) throws IOException {
        return in.readBoolean() ? new StoredObject(QueryCodec.text(in), in.readLong(), QueryCodec.text(in)) : null;
    }
}
