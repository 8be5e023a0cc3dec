package io.github.tieredquery.athena.internal.adopt;

import java.io.BufferedWriter;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/** Text files of the OpenCSV SerDe: every field is quoted, and there is no NULL. */
final class OpenCsv extends AdoptedText {

    static final String SERDE = "org.apache.hadoop.hive.serde2.OpenCSVSerde";

    OpenCsv(Description description) {
        super(description);
    }

    @Override
    char delimiter() {
        return character("separatorChar", ',');
    }

    private char quote() {
        return character("quoteChar", '"');
    }

    @Override
    char escape() {
        return character("escapeChar", '\\');
    }

    @Override
    @Nullable
    String field(@Nullable Object stored) {
        if (stored == null) {
            throw new IllegalArgumentException(
                    "it is NULL, which OpenCSV can't hold; name a text for it with ColdEncoding.text(…)");
        }
        return super.field(stored);
    }

    @Override
    String text(Object stored) {
        if (stored instanceof LocalDate date) {
            return Long.toString(date.toEpochDay());
        }
        if (stored instanceof Instant time) {
            return Long.toString(time.toEpochMilli());
        }
        if (stored instanceof byte[]) {
            throw new IllegalArgumentException("OpenCSV has no binary values");
        }
        return stored.toString();
    }

    @Override
    void write(BufferedWriter out, @Nullable String text) throws IOException {
        if (text != null) {
            out.write(quote());
            escaped(out, text, quote());
            out.write(quote());
        }
    }
}
