package io.github.tieredquery.archive;

import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.PartitionManifest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of layouts that make queries slow and dear: each file that is opened and each partition that is looked up costs
 * a request, however small it is. Each thing is said once for a run, of the first window that shows it. Not
 * thread-safe.
 */
final class CostAdvice {

    /** Fewer files cost little, whatever their size. */
    private static final int FEW_FILES = 100;

    private static final long SMALL_FILE_BYTES = 1 << 20;
    private static final int MANY_VALUES = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Archiver.class);

    private final String table;
    private final HivePartitionLayout layout;
    private final Map<String, String> advice = new LinkedHashMap<>();

    CostAdvice(String table, HivePartitionLayout layout) {
        this.table = table;
        this.layout = layout;
    }

    /** Looks at a window that was archived. */
    void lookAt(TimeRange window, CopyResult copy) {
        int files = copy.copied().files();
        if (files > FEW_FILES && copy.copied().bytes() / files < SMALL_FILE_BYTES) {
            say(
                    "files",
                    "table '" + table + "', window " + window + ": its " + files + " files have "
                            + copy.copied().bytes() / files + " bytes on average. Athena opens each of them, and reads"
                            + " few large ones for less. "
                            + (layout.filterColumns().isEmpty()
                                    ? "Let rowsPerFile(…) and bytesPerFile(…) allow larger ones"
                                    : "Partition by fewer columns than " + layout.filterColumns()));
        }
        for (String column : layout.filterColumns()) {
            Set<@Nullable String> values = new HashSet<>();
            for (PartitionManifest manifest : copy.manifests()) {
                values.add(manifest.partition().value(column));
            }
            if (values.size() > MANY_VALUES) {
                say(
                        column,
                        "table '" + table + "', window " + window + ": the partition column '" + column + "' has "
                                + values.size() + " values in it, each a partition that queries look up. Partition by a"
                                + " column with fewer values, and filter by this one");
            }
        }
    }

    private void say(String subject, String text) {
        if (advice.putIfAbsent(subject, text) == null) {
            LOG.warn("{}", text);
        }
    }

    /** What was said. */
    List<String> all() {
        return new ArrayList<>(advice.values());
    }
}
