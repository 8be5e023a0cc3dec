package io.github.tieredquery.jdbc.internal.dialect;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What the driver says of a column.
 *
 * @param name the database's name
 * @param jdbcType one of {@link java.sql.Types}
 * @param typeName the database's name of the type
 * @param precision how many digits or characters, 0 if there is no bound
 * @param scale how many digits after the point, of a second for a timestamp
 */
public record DescribedColumn(String name, int jdbcType, String typeName, int precision, int scale) {

    /**
     * The columns that are there now, even in a transaction whose snapshot is older. They don't change until it ends.
     * The statement isn't a prepared one, which a driver may keep with the columns that there were.
     *
     * @param from what stands after FROM
     */
    public static List<DescribedColumn> of(Connection connection, String from) throws SQLException {
        List<DescribedColumn> columns = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT * FROM " + from + " WHERE 1 = 0")) {
            ResultSetMetaData metaData = rows.getMetaData();
            for (int i = 1; i <= metaData.getColumnCount(); i++) {
                columns.add(new DescribedColumn(
                        metaData.getColumnName(i),
                        metaData.getColumnType(i),
                        metaData.getColumnTypeName(i),
                        metaData.getPrecision(i),
                        metaData.getScale(i)));
            }
        }
        return columns;
    }

    /** The type with what bounds its values. */
    public String type() {
        return typeName.contains("(") ? typeName : typeName + "(" + precision + "," + scale + ")";
    }
}
