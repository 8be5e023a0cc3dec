package io.github.tieredquery.internal.bound;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.table.DoubleText;
import io.github.tieredquery.table.RowType;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Tells queries apart: by table, range, condition (the mandatory one included), columns and order. */
public final class QueryFingerprint {

    public static final int BYTES = 16;

    private QueryFingerprint() {}

    /** Of a request as the caller made it; its limit doesn't count. */
    public static byte[] of(BoundQuery request) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            text(out, request.table().describe());
            text(out, request.range().toString());
            text(out, request.order().name());
            columns(out, request.rowType());
            filter(out, request.filter());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return Arrays.copyOf(Sha256.of(bytes.toByteArray()), BYTES);
    }

    private static void columns(DataOutputStream out, RowType type) throws IOException {
        out.writeInt(type.names().size());
        for (String name : type.names()) {
            text(out, name);
        }
    }

    /** Lengths and kinds go before contents, so that no two conditions are written alike. */
    private static void filter(DataOutputStream out, Filter filter) throws IOException {
        text(out, filter.getClass().getSimpleName());
        if (filter instanceof Filter.Comparison comparison) {
            text(out, comparison.column());
            text(out, comparison.operator().name());
            value(out, comparison.value());
        } else if (filter instanceof Filter.In in) {
            text(out, in.column());
            out.writeInt(in.values().size());
            for (Object value : in.values()) {
                value(out, value);
            }
        } else if (filter instanceof Filter.Prefix prefix) {
            text(out, prefix.column());
            text(out, prefix.prefix());
        } else if (filter instanceof Filter.HasElement has) {
            text(out, has.column());
            text(out, has.element());
        } else if (filter instanceof Filter.IsNull isNull) {
            text(out, isNull.column());
        } else if (filter instanceof Filter.And and) {
            filters(out, and.filters());
        } else if (filter instanceof Filter.Or or) {
            filters(out, or.filters());
        } else if (filter instanceof Filter.Not not) {
            filter(out, not.filter());
        } else if (!(filter instanceof Filter.All || filter instanceof Filter.None)) {
            throw new IllegalStateException("no fingerprint of " + filter.getClass());
        }
    }

    private static void filters(DataOutputStream out, List<Filter> filters) throws IOException {
        out.writeInt(filters.size());
        for (Filter each : filters) {
            filter(out, each);
        }
    }

    /** Values are bound, so each has the one Java form of its type, whose text tells it from others of the type. */
    private static void value(DataOutputStream out, Object value) throws IOException {
        if (value instanceof byte[] bytes) {
            out.writeInt(bytes.length);
            out.write(bytes);
        } else if (value instanceof Double number) {
            // Java 19 and later write other digits than Java 17 does: both may serve the same pages.
            text(out, DoubleText.of(number));
        } else {
            text(out, value.toString());
        }
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}
