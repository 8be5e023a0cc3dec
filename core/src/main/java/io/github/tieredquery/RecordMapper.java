package io.github.tieredquery;

import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Row;
import io.github.tieredquery.table.RowType;
import io.github.tieredquery.table.Table;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Maps rows onto a record: each component is the column of its name, {@code departedAt} being {@code departed_at}. A
 * primitive component needs a column that is never null.
 */
final class RecordMapper<T> implements Function<Row, T> {

    private static final Map<ColumnType.Kind, List<Class<?>>> JAVA_TYPES = Map.of(
            ColumnType.Kind.BOOLEAN, List.of(Boolean.class, boolean.class),
            ColumnType.Kind.INT32, List.of(Integer.class, int.class),
            ColumnType.Kind.INT64, List.of(Long.class, long.class),
            ColumnType.Kind.DOUBLE, List.of(Double.class, double.class),
            ColumnType.Kind.DECIMAL, List.of(BigDecimal.class),
            ColumnType.Kind.STRING, List.of(String.class),
            ColumnType.Kind.DATE, List.of(LocalDate.class),
            ColumnType.Kind.TIMESTAMP, List.of(Instant.class),
            ColumnType.Kind.BINARY, List.of(byte[].class));

    private final Class<T> type;
    private final List<String> columns;
    private final MethodHandle constructor;
    /** Where the components stand in the rows that came last; rows of one query share their type. */
    private volatile Positions positions = new Positions(RowType.of(List.of()), new int[0]);

    @SuppressWarnings("ArrayRecordComponent") // never compared, never handed out
    private record Positions(RowType type, int[] indexes) {}

    private RecordMapper(Class<T> type, List<String> columns, MethodHandle constructor) {
        this.type = type;
        this.columns = columns;
        this.constructor = constructor;
    }

    static <T> RecordMapper<T> of(Class<T> type, Table table) {
        RecordComponent[] components = type.getRecordComponents();
        if (components == null || components.length == 0) {
            throw new IllegalArgumentException(type.getName() + " is no record with components; give a mapper instead");
        }
        List<String> columns = new ArrayList<>();
        for (RecordComponent component : components) {
            columns.add(column(type, component, table));
        }
        Class<?>[] parameters =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            MethodHandle constructor = lookup.findConstructor(type, MethodType.methodType(void.class, parameters))
                    .asSpreader(Object[].class, parameters.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
            return new RecordMapper<>(type, List.copyOf(columns), constructor);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    type.getName() + " can't be made from here; open its module or give a mapper instead", e);
        }
    }

    private static String column(Class<?> type, RecordComponent component, Table table) {
        String name = snakeCase(component.getName());
        String where = type.getSimpleName() + "." + component.getName();
        if (!table.rowType().has(name)) {
            throw new IllegalArgumentException(where + " needs a column '" + name + "' of table '" + table.name()
                    + "', which has " + table.rowType().names());
        }
        Column column = table.column(name);
        List<Class<?>> fitting = JAVA_TYPES.getOrDefault(column.type().kind(), List.of());
        if (!fitting.contains(component.getType())) {
            throw new IllegalArgumentException(
                    where + " is a " + component.getType().getSimpleName() + "; column '" + name + "' is "
                            + column.type() + " and needs a " + fitting.get(0).getSimpleName());
        }
        if (component.getType().isPrimitive() && column.nullable()) {
            throw new IllegalArgumentException(where + " is a primitive, but column '" + name + "' can be null; use "
                    + fitting.get(0).getSimpleName() + ", or declare the column as required");
        }
        return name;
    }

    static String snakeCase(String name) {
        StringBuilder snake = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c)) {
                snake.append(i == 0 ? "" : "_").append(Character.toLowerCase(c));
            } else {
                snake.append(c);
            }
        }
        return snake.toString();
    }

    /** The columns that the record needs. */
    List<String> columns() {
        return columns;
    }

    @Override
    public T apply(Row row) {
        int[] indexes = indexes(row.type());
        @Nullable Object[] values = new @Nullable Object[indexes.length];
        for (int i = 0; i < indexes.length; i++) {
            values[i] = row.value(indexes[i]);
        }
        try {
            return type.cast((Object) constructor.invokeExact(values));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(type.getName() + " could not be made from a row", e);
        }
    }

    private int[] indexes(RowType rowType) {
        Positions known = positions;
        if (!known.type().equals(rowType)) {
            known = new Positions(
                    rowType, columns.stream().mapToInt(rowType::indexOf).toArray());
            positions = known;
        }
        return known.indexes();
    }
}
