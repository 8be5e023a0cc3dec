package io.github.tieredquery.athenalocal.fault;

import io.github.tieredquery.athenalocal.AthenaLocal;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What clients have asked of an {@link AthenaLocal} so far; its own requests for results aren't counted. Immutable.
 *
 * <p>Counts grow from the start, or from {@link AthenaLocal#resetCounters()}. {@link #since} gives the difference
 * between two snapshots.
 *
 * @param athenaCalls calls by Athena operation, refused ones included
 * @param s3Requests requests by S3 operation, refused ones included
 * @param stsCalls calls by STS operation, refused ones included
 * @param s3BytesIn payload bytes of accepted PutObject and UploadPart requests
 * @param s3BytesOut payload bytes that GetObject sent, those of downloads that broke off included
 * @param openMultipartUploads multipart uploads that are neither completed nor aborted now
 * @param activeQueries queries that are queued or running now
 * @param scannedBytes the sum of DataScannedInBytes over all finished queries
 */
public record Counters(
        Map<String, Long> athenaCalls,
        Map<String, Long> s3Requests,
        Map<String, Long> stsCalls,
        long s3BytesIn,
        long s3BytesOut,
        int openMultipartUploads,
        int activeQueries,
        long scannedBytes) {

    public Counters {
        athenaCalls = Collections.unmodifiableMap(new TreeMap<>(athenaCalls));
        s3Requests = Collections.unmodifiableMap(new TreeMap<>(s3Requests));
        stsCalls = Collections.unmodifiableMap(new TreeMap<>(stsCalls));
    }

    /** How often an Athena operation, e.g. {@code StartQueryExecution}, was called. */
    public long athena(String operation) {
        return athenaCalls.getOrDefault(operation, 0L);
    }

    /** How often an S3 operation, e.g. {@code GetObject}, was requested. */
    public long s3(String operation) {
        return s3Requests.getOrDefault(operation, 0L);
    }

    /** How often an STS operation, e.g. {@code AssumeRole}, was called. */
    public long sts(String operation) {
        return stsCalls.getOrDefault(operation, 0L);
    }

    /**
     * What was added since an earlier snapshot of the same {@link AthenaLocal}; operations that weren't called in
     * between are left out. {@code openMultipartUploads} and {@code activeQueries} stay those of this snapshot.
     */
    public Counters since(Counters earlier) {
        return new Counters(
                minus(athenaCalls, earlier.athenaCalls),
                minus(s3Requests, earlier.s3Requests),
                minus(stsCalls, earlier.stsCalls),
                s3BytesIn - earlier.s3BytesIn,
                s3BytesOut - earlier.s3BytesOut,
                openMultipartUploads,
                activeQueries,
                scannedBytes - earlier.scannedBytes);
    }

    private static Map<String, Long> minus(Map<String, Long> later, Map<String, Long> earlier) {
        Map<String, Long> difference = new TreeMap<>();
        later.forEach((name, count) -> {
            long added = count - earlier.getOrDefault(name, 0L);
            if (added != 0) {
                difference.put(name, added);
            }
        });
        return difference;
    }
}
