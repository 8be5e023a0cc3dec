package io.github.tieredquery.archive;

/** Ends a copy at a finished file, since the time budget is about to pass. */
final class BudgetSpentException extends RuntimeException {

    private static final long serialVersionUID = 1L;
}
