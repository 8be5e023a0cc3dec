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
            MethodHandle constructor = lookup.findConstructor(type, MethodType.methodType(void.class, parameters));
            return new RecordMapper<>(type, List.copyOf(columns), fromRow(constructor));
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    type.getName() + " can't be made from here; open its module or give a mapper instead", e);
        }
    }

    /**
     * A constructor that takes its arguments from a row's values: {@code (Row, int[])} to the record. One handle from
     * the row to the record is compiled as a whole, without an array of arguments for each row.
     */
    private static MethodHandle fromRow(MethodHandle constructor) throws ReflectiveOperationException {
        MethodHandle value = MethodHandles.lookup()
                .findStatic(
                        RecordMapper.class,
                        "value",
                        MethodType.methodType(Object.class, Row.class, int[].class, int.class));
        MethodHandle made = MethodHandles.dropArguments(constructor, 0, Row.class, int[].class);
        MethodType type = constructor.type();
        for (int i = 0; i < type.parameterCount(); i++) {
            MethodHandle argument = MethodHandles.insertArguments(value, 2, i);
            argument = argument.asType(
                            argument.type().changeReturnType(type.wrap().parameterType(i)))
                    .asType(argument.type().changeReturnType(type.parameterType(i)));
            made = fold(made, argument);
        }
        return made.asType(MethodType.methodType(Object.class, Row.class, int[].class));
    }

    /** Gives the parameter after the row and its positions the value that {@code argument} makes of these two. */
    private static MethodHandle fold(MethodHandle made, MethodHandle argument) {
        MethodHandle collected = MethodHandles.collectArguments(made, 2, argument);
        MethodType type = made.type().dropParameterTypes(2, 3);
        int[] reorder = new int[collected.type().parameterCount()];
        reorder[1] = 1;
        reorder[3] = 1;
        for (int i = 4; i < reorder.length; i++) {
            reorder[i] = i - 2;
        }
        return MethodHandles.permuteArguments(collected, type, reorder);
    }

    @SuppressWarnings("UnusedMethod") // through a method handle
    private static @Nullable Object value(Row row, int[] indexes, int component) {
        return row.value(indexes[component]);
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
        try {
            return type.cast((Object) constructor.invokeExact(row, indexes));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(type.getName() + " could not be made from a row", e);
        }
    }

    @SuppressWarnings("ReferenceEquality") // comparing all columns for each row would cost more than mapping it
    private int[] indexes(RowType rowType) {
        Positions known = positions;
        if (known.type() != rowType) {
            known = new Positions(
                    rowType, columns.stream().mapToInt(rowType::indexOf).toArray());
            positions = known;
        }
        return known.indexes();
    }
}
