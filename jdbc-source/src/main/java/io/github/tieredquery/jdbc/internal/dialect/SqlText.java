package io.github.tieredquery.jdbc.internal.dialect;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A statement that grows: its text with placeholders, and what is bound to them. Values get into the text in no other
 * way. Not thread-safe.
 */
public final class SqlText {

    /** Sets one parameter. */
    @FunctionalInterface
    public interface Binding {
        /**
         * Sets the parameter.
         *
         * @param statement the statement
         * @param index the parameter's index, from 1
         * @throws SQLException if the driver refuses the value
         */
        void set(PreparedStatement statement, int index) throws SQLException;
    }

    private final StringBuilder text = new StringBuilder();
    private final List<Binding> bindings = new ArrayList<>();

    /**
     * Appends text that holds no placeholder.
     *
     * @param sql the text, no part of it a value
     * @return this
     */
    public SqlText add(String sql) {
        text.append(sql);
        return this;
    }

    /**
     * Appends text with one placeholder.
     *
     * @param sql the text, usually {@code ?}
     * @param binding sets the value
     * @return this
     */
    public SqlText add(String sql, Binding binding) {
        text.append(sql);
        bindings.add(binding);
        return this;
    }

    /**
     * Appends another statement's text with what is bound to it.
     *
     * @param part the other one; it may be appended more than once
     * @return this
     */
    public SqlText add(SqlText part) {
        text.append(part.text);
        bindings.addAll(part.bindings);
        return this;
    }

    /**
     * How many parameters there are.
     *
     * @return the number of placeholders
     */
    public int parameters() {
        return bindings.size();
    }

    /**
     * Sets all parameters.
     *
     * @param statement a statement that was prepared with this text
     * @throws SQLException if the driver refuses a value
     */
    public void bind(PreparedStatement statement) throws SQLException {
        for (int i = 0; i < bindings.size(); i++) {
            bindings.get(i).set(statement, i + 1);
        }
    }

    /** The text with its placeholders. */
    @Override
    public String toString() {
        return text.toString();
    }
}
