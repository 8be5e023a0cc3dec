package io.github.tieredquery.internal.export;

import io.github.tieredquery.export.CsvOptions;
import io.github.tieredquery.export.ExportScan;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How exports are done.
 *
 * @param transfer how cold rows get to the object
 * @param lifetime for how long a ticket is good
 * @param lateRows how many late rows an export takes at most
 * @param copiesAtOnce how many parts the store copies side by side
 * @param takeOverAfter how long a process may be silent before another one goes on
 * @param firstPoll the pause before the second look at a running execution
 * @param longestPoll the longest pause between two looks
 * @param reruns how often a statement that failed retryably is run again
 * @param workDirectory where hot rows are written before they are uploaded
 * @param limits what the store takes
 * @param partBytes how many bytes of hot rows make a part
 */
record ExportSettings(
        CsvOptions csv,
        ExportScan.Arrangement arrangement,
        ExportTransfer transfer,
        Duration lifetime,
        int lateRows,
        int copiesAtOnce,
        Duration takeOverAfter,
        Duration firstPoll,
        Duration longestPoll,
        int reruns,
        Path workDirectory,
        MultipartPlanner.Limits limits,
        long partBytes) {}
