package io.github.tieredquery.athenalocal.internal.duckdb;

import io.github.tieredquery.athenalocal.internal.type.ResultColumn;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The companion of a result file: its columns as a protocol buffer. */
public final class ResultMetadata {
    private static final int UNKNOWN_NULLABILITY = 3;

    private ResultMetadata() {}

    public static byte[] of(String id, List<ResultColumn> columns) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        text(out, 1, id);
        for (ResultColumn column : columns) {
            ByteArrayOutputStream one = new ByteArrayOutputStream();
            text(one, 1, "hive");
            text(one, 4, column.name());
            text(one, 5, column.name());
            text(one, 6, column.type());
            number(one, 7, column.precision());
            number(one, 8, column.scale());
            number(one, 9, UNKNOWN_NULLABILITY);
            number(one, 10, column.isCaseSensitive() ? 1 : 0);
            bytes(out, 4, one.toByteArray());
        }
        return out.toByteArray();
    }

    private static void text(ByteArrayOutputStream out, int field, String value) {
        bytes(out, field, value.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
        varint(out, (field << 3) | 2);
        varint(out, value.length);
        out.writeBytes(value);
    }

    private static void number(ByteArrayOutputStream out, int field, int value) {
        if (value != 0) {
            varint(out, field << 3);
            varint(out, value);
        }
    }

    private static void varint(ByteArrayOutputStream out, int value) {
        int left = value;
        while ((left & ~0x7F) != 0) {
            out.write((left & 0x7F) | 0x80);
            left >>>= 7;
        }
        out.write(left);
    }
}
