package io.github.tieredquery.examples.quickstart;

import io.github.tieredquery.archive.ArchiveListener;
import io.github.tieredquery.archive.ArchivePhase;
import io.github.tieredquery.archive.ArchiveProgress;

/** Shows how far an archive run has come, each time that another batch of rows is through. */
final class ArchiveScreen implements ArchiveListener {

    private static final long ROWS_PER_REPORT = 50_000;

    private final Screen screen;
    private final String title;
    private long rowsOfFinishedWindows;
    private long reported;

    ArchiveScreen(Screen screen, String title) {
        this.screen = screen;
        this.title = title;
    }

    @Override
    public void progress(ArchiveProgress progress) {
        long rows = rowsOfFinishedWindows + progress.rows();
        if (rows - reported >= ROWS_PER_REPORT) {
            reported = rows;
            screen.step(title + ": " + Screen.count(rows) + " flights, now those of "
                    + progress.window().from().toString().substring(0, 10));
        }
        if (progress.phase() == ArchivePhase.DONE) {
            rowsOfFinishedWindows = rows;
        }
    }
}
