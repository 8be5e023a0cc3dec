package io.github.tieredquery.export;

import io.github.tieredquery.error.BadExportTicketException;
import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.error.ExportFailedException;
import io.github.tieredquery.error.QueryTimedOutException;
import io.github.tieredquery.query.Query;
import java.time.Duration;

/**
 * Brings the rows of queries into CSV objects, one object with one header for each, of both backend. What is cold never
 * passes through the client: the cold source writes it to a file, which the store copies by itself. What is hot is
 * uploaded beside it.
 *
 * <pre>{@code
 * Exporter exporter = flights.exporter(S3ExportStore.of(aws, "s3://bucket/exports/")).build();
 * ExportTicket ticket = exporter.start(query);                        // at once
 * ExportStatus status = exporter.advance(ticket, Duration.ofSeconds(20));  // again and again, in any process
 * }</pre>
 *
 * <p>Each row is exported exactly once, whatever the archiver does meanwhile: cold rows as of the moment of the start,
 * hot rows as of the moment at which they are uploaded. State is kept in the store, beside the object; a process that
 * dies is replaced by another one that holds the ticket and goes on where the first one stopped. Two that advance an
 * export at once do no harm.
 *
 * <p>Immutable and thread-safe; it needs no closing. Calls block for as long as they say.
 *
 * <h2>Exception handling</h2>
 *
 * <p>Methods that take a ticket throw {@link BadExportTicketException} for one that this exporter hasn't issued, that
 * has expired, or that belongs to another query restriction or target. Whatever a call throws, the export goes on with
 * the next {@link #advance}, unless its status says that it is over.
 */
public interface Exporter {

    /**
     * Starts an export and returns at once: it takes a look at the hot store, writes down what is to be done and starts
     * the cold source, for whose answer it doesn't wait.
     *
     * @param query the query, without a limit
     * @return the ticket
     * @throws BadQueryException if the query doesn't fit the table, or has a limit
     * @throws io.github.tieredquery.error.RefusedByPolicyException if it costs too much
     * @throws ExportFailedException if too many late rows lie in the archived part of the range
     */
    ExportTicket start(Query query);

    /**
     * Starts an export once: a call with the same query, options and request gives the ticket of the first one, so that
     * a caller whose answer was lost can ask again.
     *
     * @param query the query, without a limit
     * @param requestId tells this request from all others
     * @return the ticket
     * @throws BadQueryException if the query doesn't fit the table, or has a limit
     * @throws io.github.tieredquery.error.RefusedByPolicyException if it costs too much
     * @throws ExportFailedException if too many late rows lie in the archived part of the range
     */
    ExportTicket start(Query query, String requestId);

    /**
     * Drives an export on. Returns when it is over, or in time before the budget ends; then it is to be called again.
     *
     * @param ticket the ticket
     * @param budget for how long to work; zero or less only looks. Copying a part takes some seconds, which it may be
     *     late by
     * @return how the export is getting on
     */
    ExportStatus advance(ExportTicket ticket, Duration budget);

    /**
     * How an export is getting on. Changes nothing.
     *
     * @param ticket the ticket
     * @return the status
     */
    ExportStatus status(ExportTicket ticket);

    /**
     * Ends an export: stops the cold source's executions, ends the upload and removes what was written, so that nothing
     * runs and nothing is left over when this returns. An export that is over stays as it is; one whose object is just
     * about to become visible is finished instead.
     *
     * @param ticket the ticket
     * @return how the export has ended
     */
    ExportStatus cancel(ExportTicket ticket);

    /**
     * Exports a query and waits until it is finished. For jobs; a service that answers requests takes tickets.
     *
     * @param query the query, without a limit; its timeout is that of the whole export
     * @return what was exported
     * @throws ExportFailedException if it can't be finished
     * @throws QueryTimedOutException if the query's timeout passes; what ran was stopped
     */
    ExportStatus.Done export(Query query);
}
