package io.github.tieredquery.athena.internal.adopt;

import io.github.tieredquery.athena.internal.codec.TextCodec;
import java.io.BufferedWriter;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Text files of LazySimpleSerDe, Hive's own: fields without quotes, and a text for NULL. */
final class LazySimple extends AdoptedText {

    static final String SERDE = "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe";

    LazySimple(Description description) {
        super(description);
    }

    @Override
    char delimiter() {
        String format = property("serialization.format", "1");
        char byFormat = format.chars().allMatch(unit -> unit >= '0' && unit <= '9')
                ? (char) Integer.parseInt(format)
                : format.charAt(0);
        return character("field.delim", byFormat);
    }

    @Override
    char escape() {
        return character("escape.delim", NONE);
    }

    private String nullText() {
        return property("serialization.null.format", "\\N");
    }

    @Override
    @Nullable
    String field(@Nullable Object stored) {
        String text = super.field(stored);
        if (text == null) {
            return null;
        }
        if (text.equals(nullText())) {
            throw new IllegalArgumentException("it is the text that stands for NULL in the table's files");
        }
        if (escape() == NONE && text.indexOf(delimiter()) >= 0) {
            throw new IllegalArgumentException(
                    "it has the character that parts fields in the table's files, which have no escape for it");
        }
        return text;
    }

    @Override
    String text(Object stored) {
        if (stored instanceof Instant time) {
            return TextCodec.timestamp(time).substring(0, "yyyy-MM-dd HH:mm:ss.SSS".length());
        }
        return stored instanceof byte[] bytes ? Base64.getEncoder().encodeToString(bytes) : stored.toString();
    }

    @Override
    void write(BufferedWriter out, @Nullable String text) throws IOException {
        if (text == null) {
            out.write(nullText());
        } else {
            escaped(out, text, delimiter());
        }
    }
}
