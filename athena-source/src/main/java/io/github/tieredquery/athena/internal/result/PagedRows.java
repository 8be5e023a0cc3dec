package io.github.tieredquery.athena.internal.result;

import io.github.tieredquery.athena.aws.AwsAccess;
import io.github.tieredquery.athena.internal.codec.Decoder;
import io.github.tieredquery.athena.internal.execution.AthenaCalls;
import io.github.tieredquery.spi.ScanControl;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.Datum;
import software.amazon.awssdk.services.athena.model.GetQueryResultsResponse;
import software.amazon.awssdk.services.athena.model.Row;

/** A result by GetQueryResults: a thousand rows a call, for results that can't be read from S3. */
final class PagedRows implements ResultRows {

    private static final int PAGE_ROWS = 1000;

    private final AwsAccess aws;
    private final AthenaCalls calls;
    private final String executionId;
    private final ScanControl control;
    private final String what;
    private Iterator<Row> page;
    private @Nullable String nextToken;
    private List<Datum> row = List.of();
    private volatile boolean closed;

    PagedRows(AwsAccess aws, AthenaCalls calls, String executionId, ScanControl control, String what) {
        this.aws = aws;
        this.calls = calls;
        this.executionId = executionId;
        this.control = control;
        this.what = what;
        this.page = fetch(null);
    }

    private Iterator<Row> fetch(@Nullable String token) {
        GetQueryResultsResponse response = calls.call(
                control,
                what,
                () -> aws.athena(control)
                        .getQueryResults(request -> request.queryExecutionId(executionId)
                                .maxResults(PAGE_ROWS)
                                .nextToken(token)));
        nextToken = response.nextToken();
        return response.resultSet().rows().iterator();
    }

    @Override
    public boolean next() {
        if (closed) {
            control.check(what);
            throw new io.github.tieredquery.error.SourceUnavailableException(
                    what + ": the result was closed while it was read");
        }
        // A full page names a next one even if that is empty.
        while (!page.hasNext()) {
            if (nextToken == null) {
                return false;
            }
            page = fetch(nextToken);
        }
        row = page.next().data();
        return true;
    }

    @Override
    public @Nullable Object value(int column, Decoder decoder) {
        String text = row.get(column).varCharValue();
        if (text == null) {
            return null;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return decoder.decode(bytes, 0, bytes.length);
    }

    @Override
    public void close() {
        closed = true;
    }
}
