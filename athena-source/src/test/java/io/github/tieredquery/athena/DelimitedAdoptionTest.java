package io.github.tieredquery.athena;

import io.github.tieredquery.table.Row;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** LazySimpleSerDe with typed columns and an escape. */
class DelimitedAdoptionTest extends AdoptionContract {

    @Override
    protected String columns() {
        return "ts timestamp, event_id bigint, amount decimal(10,2), extra string, note varchar(100)";
    }

    @Override
    protected String storage() {
        return "ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' ESCAPED BY '\\\\'";
    }

    @Override
    protected byte[] file(List<Row> rows) {
        StringBuilder text = new StringBuilder();
        for (Row row : rows) {
            text.append(String.valueOf(row.value(0)).replace('T', ' ').replace("Z", ""))
                    .append(',');
            text.append(row.value(1)).append(',').append(text(row.value(3))).append(",whatever,");
            text.append(text(row.value(4))).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String text(@Nullable Object value) {
        return value == null ? "\\N" : value.toString().replace("\\", "\\\\").replace(",", "\\,");
    }

    @Override
    protected void describe(Columns columns) {
        columns.column("at", "ts", ColumnEncoding.natively().lossAccepted());
        columns.column("id", "event_id", ColumnEncoding.natively());
    }

    @Override
    protected Map.Entry<Row, String> unholdable() {
        return Map.entry(
                payment(200, 9, "c", "1.00", "two\nlines"),
                "'note': it has a line break, which ends a row of the table's files");
    }
}
