package io.github.tieredquery.examples.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.archive.AdoptionReport;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.jdbc.TestServer;
import io.github.tieredquery.table.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Kills archivers that take over another job's archive, one after the other, while somebody reads, lets one finish what
 * they have left, and compares everything with plain SQL. When an archive is taken over, the next kills are those of
 * another adoption of it.
 */
final class AdoptionCampaign {

    private static final int LONGEST_LIFE_MILLIS = 1_500;

    private final TestServer database;
    private final AthenaLocal athena;
    private final Random random;
    private final Differences differences = new Differences();
    private final Map<String, Integer> killed = new TreeMap<>();
    private int adoptions;
    private long readBefore;
    private long readAfter;

    AdoptionCampaign(TestServer database, AthenaLocal athena, long seed) {
        this.database = database;
        this.athena = athena;
        this.random = new Random(seed);
    }

    /**
     * What a campaign was like.
     *
     * @param readBefore how often the hot rows alone were read, since an adoption wasn't complete
     * @param readAfter how often all were
     */
    record Result(
            int kills,
            Map<String, Integer> killsByStep,
            int adoptions,
            long readBefore,
            long readAfter,
            Differences differences) {}

    /**
     * Runs it.
     *
     * @param kills how many archivers are killed: one before each step if they are as many, the others at random
     */
    Result run(int kills) throws Exception {
        OldArchive old = Adoption.oldArchive(athena, OldArchive.Form.OPEN_CSV);
        Map<String, String> objects = old.objects();
        List<Object> catalog = old.catalog();
        List<String> targets = targets(kills);
        while (!targets.isEmpty()) {
            adoptions++;
            try (Adoption adoption = new Adoption(database, athena, old)) {
                adopt(adoption, targets);
                differences.check("adoption " + adoptions, () -> {
                    adoption.checkReport(finish(adoption));
                    adoption.checkRead();
                    assertThat(old.objects()).isEqualTo(objects);
                    adoption.goOn(objects, catalog);
                });
            }
        }
        return new Result(
                killed.values().stream().mapToInt(Integer::intValue).sum(),
                killed,
                adoptions,
                readBefore,
                readAfter,
                differences);
    }

    /** In the order of the protocol, so that one adoption is enough for all steps. */
    private List<String> targets(int kills) {
        List<String> steps = new ArrayList<>(Steps.OF_ADOPTION);
        Collections.shuffle(steps, random);
        List<String> chosen = steps.subList(0, Math.min(kills, steps.size()));
        List<String> targets = new ArrayList<>(
                Steps.OF_ADOPTION.stream().filter(chosen::contains).toList());
        while (targets.size() < kills) {
            targets.add(Steps.NONE);
        }
        return targets;
    }

    /** Kills until the archive is taken over, or everybody is killed. */
    private void adopt(Adoption adoption, List<String> targets) throws Exception {
        List<Row> before = adoption.hotRows();
        List<Row> after = adoption.truth();
        AtomicBoolean goingOn = new AtomicBoolean(true);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> reader = thread.submit(() -> {
                while (goingOn.get()) {
                    differences.check("a reader", () -> read(adoption, before, after));
                }
            });
            while (!targets.isEmpty() && adoption.watermark() == null) {
                kill(adoption.site(), targets.remove(0));
            }
            goingOn.set(false);
            Threads.await(List.of(reader), Site.PATIENCE);
        } finally {
            goingOn.set(false);
            thread.shutdownNow();
            thread.awaitTermination(Site.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** All of the old archive is seen or nothing of it. */
    private void read(Adoption adoption, List<Row> before, List<Row> after) {
        boolean complete = adoption.watermark() != null;
        List<Row> rows = adoption.read();
        if (!complete && rows.equals(before)) {
            readBefore++;
        } else if (rows.equals(after)) {
            readAfter++;
        } else {
            throw new AssertionError(rows.size() + " rows instead of " + before.size() + " or, if it is complete ("
                    + complete + "), " + after.size());
        }
    }

    private void kill(Site site, String target) throws InterruptedException {
        boolean anywhere = target.equals(Steps.NONE);
        // The two last steps are taken once.
        boolean once = Steps.OF_ADOPTION.indexOf(target) >= Steps.OF_ADOPTION.size() - 2;
        MortalArchiver archiver =
                MortalArchiver.start(site, target, Integer.toString(anywhere || once ? 0 : random.nextInt(2)));
        String step = null;
        try {
            if (!archiver.awaitStep(anywhere ? Steps.NONE : target + Steps.HELD, Site.PATIENCE)) {
                throw new AssertionError("no archiver came to the step '" + target + "' in " + Site.PATIENCE + ":\n"
                        + archiver.threads() + "\n" + Threads.dump());
            }
            step = archiver.kill(Duration.ofMillis(anywhere ? random.nextInt(LONGEST_LIFE_MILLIS + 1) : 0));
        } finally {
            if (step == null) {
                archiver.kill(Duration.ZERO);
            }
        }
        killed.merge(step.replace(Steps.HELD, ""), 1, Integer::sum);
    }

    /** The next call goes on, as soon as the lease of the one that was killed is over. */
    private static AdoptionReport finish(Adoption adoption) {
        long deadline = System.nanoTime() + Site.PATIENCE.toNanos();
        while (true) {
            AdoptionReport report = adoption.adopt();
            if (report.isComplete()) {
                return report;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the last call doesn't come to its end: " + report);
            }
        }
    }
}
