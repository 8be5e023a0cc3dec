package io.github.tieredquery.internal.export;

import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.Order;
import io.github.tieredquery.query.Query;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Queries of one table as bytes, so that another process can go on with them. */
final class QueryCodec {

    private final Table table;

    QueryCodec(Table table) {
        this.table = table;
    }

    void write(DataOutputStream out, Query query) throws IOException {
        write(out, query.range());
        named(out, query.order());
        out.writeInt(query.columns().size());
        for (String column : query.columns()) {
            text(out, column);
        }
        write(out, query.filter().boundTo(table));
    }

    Query readQuery(DataInputStream in) throws IOException {
        TimeRange range = readRange(in);
        Order order = named(in, Order.class);
        List<String> columns = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            columns.add(text(in));
        }
        Query query = Query.between(range.from(), range.to()).where(readFilter(in, 0));
        query = columns.isEmpty() ? query : query.columns(columns);
        return order == Order.NEWEST_FIRST ? query.newestFirst() : query.oldestFirst();
    }

    static void write(DataOutputStream out, TimeRange range) throws IOException {
        write(out, range.from());
        write(out, range.to());
    }

    static TimeRange readRange(DataInputStream in) throws IOException {
        return new TimeRange(readInstant(in), readInstant(in));
    }

    static void write(DataOutputStream out, Instant instant) throws IOException {
        out.writeLong(instant.getEpochSecond());
        out.writeInt(instant.getNano());
    }

    static Instant readInstant(DataInputStream in) throws IOException {
        return Instant.ofEpochSecond(in.readLong(), in.readInt());
    }

    private void write(DataOutputStream out, Filter filter) throws IOException {
        if (filter instanceof Filter.All) {
            out.writeByte('*');
        } else if (filter instanceof Filter.None) {
            out.writeByte('0');
        } else if (filter instanceof Filter.Comparison comparison) {
            out.writeByte('=');
            text(out, comparison.column());
            named(out, comparison.operator());
            value(out, comparison.value());
        } else if (filter instanceof Filter.In in) {
            out.writeByte('i');
            text(out, in.column());
            out.writeInt(in.values().size());
            for (Object value : in.values()) {
                value(out, value);
            }
        } else if (filter instanceof Filter.Prefix prefix) {
            out.writeByte('p');
            text(out, prefix.column());
            text(out, prefix.prefix());
        } else if (filter instanceof Filter.HasElement has) {
            out.writeByte('e');
            text(out, has.column());
            text(out, has.element());
        } else if (filter instanceof Filter.IsNull isNull) {
            out.writeByte('n');
            text(out, isNull.column());
        } else if (filter instanceof Filter.And and) {
            out.writeByte('&');
            write(out, and.filters());
        } else if (filter instanceof Filter.Or or) {
            out.writeByte('|');
            write(out, or.filters());
        } else if (filter instanceof Filter.Not not) {
            out.writeByte('!');
            write(out, not.filter());
        } else {
            throw new IllegalStateException("no bytes for " + filter.getClass());
        }
    }

    private void write(DataOutputStream out, List<Filter> filters) throws IOException {
        out.writeInt(filters.size());
        for (Filter each : filters) {
            write(out, each);
        }
    }

    private Filter readFilter(DataInputStream in, int depth) throws IOException {
        if (depth > Filter.DEEPEST) {
            throw new IOException("a filter is nested deeper than " + Filter.DEEPEST);
        }
        byte kind = in.readByte();
        return switch (kind) {
            case '*' -> Filter.all();
            case '0' -> Filter.none();
            case '=' -> {
                String column = text(in);
                Filter.Operator operator = named(in, Filter.Operator.class);
                yield new Filter.Comparison(column, operator, value(in, column));
            }
            case 'i' -> {
                String column = text(in);
                List<Object> values = new ArrayList<>();
                for (int left = in.readInt(); left > 0; left--) {
                    values.add(value(in, column));
                }
                yield Filter.in(column, values);
            }
            case 'p' -> Filter.prefix(text(in), text(in));
            case 'e' -> Filter.hasElement(text(in), text(in));
            case 'n' -> Filter.isNull(text(in));
            case '&' -> Filter.and(readFilters(in, depth));
            case '|' -> Filter.or(readFilters(in, depth));
            case '!' -> Filter.not(readFilter(in, depth + 1));
            default -> throw new IOException("no filter starts with " + kind);
        };
    }

    private List<Filter> readFilters(DataInputStream in, int depth) throws IOException {
        List<Filter> filters = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            filters.add(readFilter(in, depth + 1));
        }
        return filters;
    }

    private static void value(DataOutputStream out, Object value) throws IOException {
        text(out, value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value.toString());
    }

    private Object value(DataInputStream in, String column) throws IOException {
        String text = text(in);
        ColumnType type = table.column(column).type();
        return type.canonical(
                switch (type.kind()) {
                    case BOOLEAN -> Boolean.valueOf(text);
                    case INT32 -> Integer.valueOf(text);
                    case INT64 -> Long.valueOf(text);
                    case DOUBLE -> Double.valueOf(text);
                    case DECIMAL -> new BigDecimal(text);
                    case STRING -> text;
                    case DATE -> LocalDate.parse(text);
                    case TIMESTAMP -> Instant.parse(text);
                    case BINARY -> HexFormat.of().parseHex(text);
                });
    }

    static void named(DataOutputStream out, Enum<?> value) throws IOException {
        text(out, value.name());
    }

    static <E extends Enum<E>> E named(DataInputStream in, Class<E> type) throws IOException {
        return Enum.valueOf(type, text(in));
    }

    static void text(DataOutputStream out, String text) throws IOException {
        bytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    static byte[] bytes(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a length is " + length);
        }
        return in.readNBytes(length);
    }
}
