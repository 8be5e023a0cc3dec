package io.github.tieredquery.archive;

/**
 * Hears how an archive run goes on. Called on the thread of the run, at the start of each step and after each finished
 * file. What it throws ends the run.
 */
@FunctionalInterface
public interface ArchiveListener {

    /**
     * Something has progressed.
     *
     * @param progress how far the window has come
     */
    void progress(ArchiveProgress progress);
}
