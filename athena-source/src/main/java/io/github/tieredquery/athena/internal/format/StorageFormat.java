package io.github.tieredquery.athena.internal.format;

import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.table.Column;

/** A form of files in which the library keeps an archive: each column has one encoding, which loses nothing. */
public interface StorageFormat extends TableStorage {

    /** How the values of a column stand in the files. */
    Codec codec(Column column);
}
