package io.github.tieredquery.jdbc;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.github.tieredquery.testkit.SourceContract;
import java.io.PrintWriter;
import java.util.List;
import java.util.TimeZone;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs contract suites in a JVM of their own, whose zone its command line has set. */
final class ContractsInZone {

    private static final List<Class<?>> SUITES = List.of(
            PostgresContractTest.class,
            HotStorePostgresTest.class,
            JournalPostgresTest.class,
            MariaContractTest.class,
            HotStoreMariaTest.class,
            JournalMariaTest.class,
            MySqlDriverContractTest.class,
            HotStoreMySqlDriverTest.class,
            JournalMySqlDriverTest.class,
            H2ContractTest.class,
            HotStoreH2Test.class,
            JournalH2Test.class,
            DuckContractTest.class);

    private static final Launcher LAUNCHER = LauncherFactory.create();

    private ContractsInZone() {}

    /**
     * Exits with 0 if all is green.
     *
     * @param arguments what of the suites: {@code times} or {@code all}; and by which drivers: {@code plain} or
     *     {@code ways}, which is with their options, too
     */
    public static void main(String[] arguments) {
        boolean whole = !arguments[0].equals(SourceContract.TIMES);
        List<DriverOptionsContract.Way> ways = arguments[1].equals("ways") ? DriverOptionsContract.ways() : List.of();
        long succeeded = 0;
        long failed = 0;
        TestExecutionSummary plain = run(SUITES, whole);
        succeeded += plain.getTestsSucceededCount();
        failed += report("", plain);
        for (DriverOptionsContract.Way way : ways) {
            DriverOptionsContract.choose(way);
            TestExecutionSummary summary = run(List.of(DriverOptionsContract.class), whole);
            succeeded += summary.getTestsSucceededCount();
            failed += report("by " + way, summary);
        }
        System.out.println(
                TimeZone.getDefault().getID() + ": " + succeeded + " tests succeeded, " + failed + " failed");
        System.exit(failed == 0 && succeeded > 0 ? 0 : 1);
    }

    private static long report(String what, TestExecutionSummary summary) {
        if (summary.getTotalFailureCount() > 0) {
            System.out.println(what);
            summary.printFailuresTo(new PrintWriter(System.out, true), 12);
        }
        return summary.getTotalFailureCount();
    }

    private static TestExecutionSummary run(List<Class<?>> suites, boolean whole) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request()
                .filters(EngineFilter.includeEngines("junit-jupiter"))
                .selectors(suites.stream().map(suite -> selectClass(suite)).toList());
        if (!whole) {
            request.filters(TagFilter.includeTags(SourceContract.TIMES));
        }
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LAUNCHER.execute(request.build(), listener);
        return listener.getSummary();
    }
}
