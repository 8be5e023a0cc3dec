package io.github.tieredquery.simulation;

import io.github.tieredquery.partition.HivePartition;
import io.github.tieredquery.spi.ScanControl;
import io.github.tieredquery.store.ColdStore;
import io.github.tieredquery.store.DeadVersion;
import io.github.tieredquery.store.PartitionManifest;
import io.github.tieredquery.testkit.Interception;
import io.github.tieredquery.testkit.MemoryColdStore;
import io.github.tieredquery.testkit.TestClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * DDL that an archiver has sent before it died or gave up, and that the cold store executes late, whatever has happened
 * meanwhile: partitions that are registered or dropped when nobody waits for it any more.
 */
final class LateStatements {

    private record Statement(Instant before, Runnable effect) {}

    private final MemoryColdStore cold;
    private final TestClock clock;
    private final Duration longest;
    private final List<Statement> statements = new ArrayList<>();

    /**
     * None yet.
     *
     * @param cold without a hook
     * @param longest how long a statement may take; what takes longer is never executed
     */
    LateStatements(MemoryColdStore cold, TestClock clock, Duration longest) {
        this.cold = cold;
        this.clock = clock;
        this.longest = longest;
    }

    /** An archiver's client whose statements outlive it. */
    ColdStore of(ColdStore client) {
        return Interception.before(ColdStore.class, client, call -> {
            try {
                return call.proceed();
            } catch (RuntimeException | Error e) {
                if (call.name().equals("publish")) {
                    List<PartitionManifest> manifests = elements(call, PartitionManifest.class);
                    add(() -> cold.publish(manifests, ScanControl.unlimited()));
                } else if (call.name().equals("remove")) {
                    Set<Long> dead = elements(call, DeadVersion.class).stream()
                            .map(DeadVersion::version)
                            .collect(Collectors.toSet());
                    add(() -> drop(dead));
                }
                throw e;
            }
        });
    }

    private static <T> List<T> elements(Interception.Call call, Class<T> type) {
        Collection<?> given = call.argument(0, Collection.class);
        return given.stream().<T>map(type::cast).toList();
    }

    private void add(Runnable effect) {
        statements.add(new Statement(clock.instant().plus(longest), effect));
    }

    /** Without versions nothing is ever dropped. */
    private void drop(Set<Long> versions) {
        if (!cold.layout().isVersioned()) {
            return;
        }
        for (String path : cold.registered()) {
            if (versions.contains(HivePartition.parseVersion(cold.layout(), path))) {
                cold.forget(path);
            }
        }
    }

    /** Executes one of them, if there is one by now; whether it did. */
    boolean executeOne(Draw draw) {
        statements.removeIf(statement -> !clock.instant().isBefore(statement.before()));
        if (statements.isEmpty()) {
            return false;
        }
        statements.remove(draw.below(statements.size())).effect().run();
        return true;
    }
}
