package io.github.tieredquery.internal.export;

import io.github.tieredquery.internal.bound.BoundQuery;
import io.github.tieredquery.internal.bound.PositionCodec;
import io.github.tieredquery.spi.RowPosition;
import io.github.tieredquery.table.Row;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** What all views of an export have in common. */
abstract class QueryView implements ExportView {

    final BoundQuery query;

    QueryView(BoundQuery query) {
        this.query = query;
    }

    @Override
    public boolean counts(Row late) {
        return query.condition().matches(late);
    }

    @Override
    public byte[] place(Row hotRow) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            PositionCodec.write(out, RowPosition.of(query.table(), hotRow));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return bytes.toByteArray();
    }
}
