package io.github.tieredquery.athena.internal.format;

import io.github.tieredquery.athena.format.FileFormat;
import io.github.tieredquery.athena.internal.codec.Codec;
import java.util.Map;

/** How the files of a table are written. Immutable and thread-safe. */
public interface TableStorage {

    /** What stands between the columns and the location of CREATE TABLE, each line with its end. */
    String clauses();

    /** What stands in TBLPROPERTIES. */
    Map<String, String> properties();

    /** Whether files hold values by the order of the table's columns, and not by their names. */
    boolean isPositional();

    /** How the values of a column are written that are read by {@code codec}. */
    default Codec written(Codec codec) {
        return codec;
    }

    /**
     * What writes a file.
     *
     * @param subject the source, for messages
     * @throws io.github.tieredquery.error.ConfigurationException if nothing does
     */
    FileFormat writer(String subject);
}
