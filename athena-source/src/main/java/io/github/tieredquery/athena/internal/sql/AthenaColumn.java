package io.github.tieredquery.athena.internal.sql;

import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.MaskedCodec;
import io.github.tieredquery.athena.internal.codec.TrinoSql;
import io.github.tieredquery.athena.internal.format.TableStorage;
import io.github.tieredquery.table.Column;

/**
 * A column of the logical table in the cold one.
 *
 * @param column the logical column
 * @param physicalName its name in Athena
 * @param codec how its values stand there
 * @param partition whether it is a partition column, whose values stand in the path and not in files
 */
public record AthenaColumn(Column column, String physicalName, Codec codec, boolean partition) {

    /** The column in a statement, qualified, so that no output column of the same name can hide it. */
    public String reference() {
        return AthenaTable.ALIAS + "." + TrinoSql.identifier(physicalName);
    }

    /** The same column for a statement that is shown and not run. */
    AthenaColumn masked() {
        return new AthenaColumn(column, physicalName, new MaskedCodec(codec), partition);
    }

    /** The same column for files that are written in a way. */
    public AthenaColumn written(TableStorage storage) {
        return new AthenaColumn(column, physicalName, storage.written(codec), partition);
    }

    String comparable() {
        return codec.comparable(reference());
    }
}
