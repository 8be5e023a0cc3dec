package io.github.tieredquery.athena.internal.format;

import io.github.tieredquery.athena.format.FileFormat;
import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.NativeCodec;
import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.table.Column;
import io.github.tieredquery.table.ColumnType.Kind;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;

/**
 * Files that hold their columns by name, each of Athena's own type but timestamps: these are texts, since Athena keeps
 * milliseconds of them. A module of its own writes them, as a service of {@link ServiceLoader}.
 *
 * @param name what stands behind STORED AS, and what the writer is called
 * @param serde the class by which the catalog knows tables of such files
 */
public record TypedFormat(String name, String serde) implements StorageFormat {

    @Override
    public String clauses() {
        return "STORED AS " + name + "\n";
    }

    @Override
    public Map<String, String> properties() {
        return Map.of();
    }

    @Override
    public boolean isPositional() {
        return false;
    }

    @Override
    public Codec codec(Column column) {
        return column.type().kind() == Kind.TIMESTAMP ? TextCodec.plain(column.type()) : new NativeCodec(column.type());
    }

    @Override
    public FileFormat writer(String subject) {
        for (FileFormat each : ServiceLoader.load(FileFormat.class)) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        throw new ConfigurationException(subject + ": nothing on the class path writes " + name
                + "; add tieredquery-athena-" + name.toLowerCase(Locale.ROOT));
    }
}
