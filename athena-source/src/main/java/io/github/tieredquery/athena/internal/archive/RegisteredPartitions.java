package io.github.tieredquery.athena.internal.archive;

import io.github.tieredquery.athena.internal.codec.Codec;
import io.github.tieredquery.athena.internal.codec.TextCodec;
import io.github.tieredquery.athena.internal.result.AthenaSession;
import io.github.tieredquery.athena.internal.sql.AthenaTable;
import io.github.tieredquery.athena.internal.sql.TableDdl;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.partition.HivePath;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.table.ColumnType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The partitions that Athena's catalog has of a table, by its partitions list: no file is read. Thread-safe. */
public final class RegisteredPartitions {

    private static final Codec TEXT = TextCodec.plain(ColumnType.STRING, HivePath.NULL_TEXT);

    private final AthenaTable cold;
    private final AthenaSession session;

    public RegisteredPartitions(AthenaTable cold, AthenaSession session) {
        this.cold = cold;
        this.session = session;
    }

    /** Those that the catalog lacks. */
    public List<PartitionManifest> missing(Collection<PartitionManifest> expected, ScanControl control) {
        TimeRange range = range(expected);
        LongSummaryStatistics versions =
                expected.stream().mapToLong(PartitionManifest::version).summaryStatistics();
        Set<List<@Nullable Object>> registered =
                new HashSet<>(list(range, versions.getMin(), versions.getMax(), control));
        return expected.stream()
                .filter(each -> !registered.contains(texts(each)))
                .toList();
    }

    /** When the rows of some manifests are, at least one. */
    public static TimeRange range(Collection<PartitionManifest> manifests) {
        Instant from = manifests.stream()
                .map(PartitionManifest::minTime)
                .min(Instant::compareTo)
                .orElseThrow();
        Instant to = manifests.stream()
                .map(PartitionManifest::maxTime)
                .max(Instant::compareTo)
                .orElseThrow();
        return new TimeRange(from, to.plusNanos(1));
    }

    private List<List<@Nullable Object>> list(
            TimeRange range, long firstVersion, long lastVersion, ScanControl control) {
        List<String> names = cold.partitionColumns();
        return session.read(
                cold.registered(names, range, firstVersion, lastVersion),
                names,
                Collections.nCopies(names.size(), TEXT),
                control);
    }

    private List<@Nullable Object> texts(PartitionManifest manifest) {
        List<@Nullable Object> texts = new ArrayList<>(manifest.partition().values());
        if (cold.layout().isVersioned()) {
            texts.add(HivePartitionLayout.versionText(manifest.version()));
        }
        return texts;
    }

    /**
     * Drops the partitions of some versions.
     *
     * @param ddl of the table
     * @param versions their numbers
     * @return how many there were
     */
    public long drop(TableDdl ddl, Collection<DeadVersion> dead, Set<Long> versions, ScanControl control) {
        Instant from = dead.stream()
                .map(each -> each.window().from())
                .min(Instant::compareTo)
                .orElseThrow();
        Instant to = dead.stream()
                .map(each -> each.window().to())
                .max(Instant::compareTo)
                .orElseThrow();
        Map<Long, List<HivePartition>> registered = new TreeMap<>();
        for (List<@Nullable Object> texts :
                list(new TimeRange(from, to), Collections.min(versions), Collections.max(versions), control)) {
            int last = texts.size() - 1;
            long version = Long.parseLong(String.valueOf(texts.get(last)));
            if (versions.contains(version)) {
                List<@Nullable String> values = new ArrayList<>();
                texts.subList(0, last).forEach(text -> values.add(text == null ? null : text.toString()));
                registered
                        .computeIfAbsent(version, absent -> new ArrayList<>())
                        .add(HivePartition.of(cold.layout(), values));
            }
        }
        registered.forEach((version, partitions) ->
                ddl.dropPartitions(partitions, version).forEach(statement -> session.run(statement, control)));
        return registered.values().stream().mapToLong(List::size).sum();
    }
}
