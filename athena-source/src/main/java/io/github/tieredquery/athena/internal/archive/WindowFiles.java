package io.github.tieredquery.athena.internal.archive;

import io.github.tieredquery.athena.internal.s3.S3Location;
import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.partition.HivePartitionPlanner;
import io.github.tieredquery.query.Filter;
import io.github.tieredquery.query.TimeRange;
import io.github.tieredquery.store.StoredFile;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Tells the files in a window's partitions apart, in a layout without versions: those that stay, what attempts that
 * have failed have left, and somebody else's. Immutable.
 */
public final class WindowFiles {

    /** As {@link ArchiveWriter} names files. */
    private static final Pattern OURS = Pattern.compile("part-[0-9]{5,}(\\..*)?");

    private final String name;
    private final HivePartitionPlanner planner;
    private final S3Location folder;
    private final TimeRange window;
    private final Set<String> kept;
    private final Predicate<HivePartition> inWindow;
    private final List<Predicate<HivePartition>> attempted;

    public WindowFiles(
            String name,
            HivePartitionPlanner planner,
            S3Location folder,
            TimeRange window,
            Collection<StoredFile> kept,
            Collection<TimeRange> attempted) {
        this.name = name;
        this.planner = planner;
        this.folder = folder;
        this.window = window;
        this.kept = kept.stream()
                .map(file -> S3Location.parse(file.location()).key())
                .collect(Collectors.toSet());
        this.inWindow = planner.matcher(window, Filter.all());
        this.attempted = attempted.stream()
                .map(each -> planner.matcher(each, Filter.all()))
                .toList();
    }

    /** The directory below which all of them lie, relative to the table. */
    public String directory() {
        return planner.directory(window);
    }

    /** Whether a failed attempt has left it. */
    public boolean isLeftover(String key) {
        HivePartition partition = partition(key);
        return partition != null && !kept.contains(key) && isOurs(key, partition);
    }

    /**
     * Fails if a file is somebody else's.
     *
     * @throws ConfigurationException naming it
     */
    public void refuseOthers(S3Object object) {
        String key = object.key();
        HivePartition partition = partition(key);
        if (partition != null && !kept.contains(key) && !isOurs(key, partition)) {
            throw new ConfigurationException(name + ": " + new S3Location(folder.bucket(), key) + " lies where "
                    + window + " is to be archived, and no attempt of this archive has written it. Readers would see"
                    + " its rows beside the archived ones, so nothing was written. Move it away, or archive into a"
                    + " place of its own");
        }
    }

    private boolean isOurs(String key, HivePartition partition) {
        String path = folder.key() + partition.path() + "/";
        return key.startsWith(path)
                && OURS.matcher(key.substring(path.length())).matches()
                && attempted.stream().anyMatch(each -> each.test(partition));
    }

    /** The partition of the window that a file is read with; null if it is read with none. */
    private @Nullable HivePartition partition(String key) {
        if (!key.startsWith(folder.key())) {
            return null;
        }
        List<String> names = Arrays.asList(key.substring(folder.key().length()).split("/", -1));
        int depth = planner.layout().partitionColumns().size();
        String last = names.get(names.size() - 1);
        // Athena passes over names that begin so; an empty one is a folder's.
        if (names.size() <= depth || last.isEmpty() || last.startsWith("_") || last.startsWith(".")) {
            return null;
        }
        try {
            HivePartition partition = HivePartition.parse(planner.layout(), String.join("/", names.subList(0, depth)));
            return inWindow.test(partition) ? partition : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
