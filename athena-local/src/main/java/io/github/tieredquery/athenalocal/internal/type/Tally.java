package io.github.tieredquery.athenalocal.internal.type;

import io.github.tieredquery.athenalocal.fault.Counters;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** The running counts behind {@link Counters}. Thread-safe. */
public final class Tally {
    private final Map<String, LongAdder> athena = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> s3 = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> sts = new ConcurrentHashMap<>();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();

    public void athenaCall(String operation) {
        athena.computeIfAbsent(operation, name -> new LongAdder()).increment();
    }

    public void s3Request(String operation) {
        s3.computeIfAbsent(operation, name -> new LongAdder()).increment();
    }

    public void stsCall(String operation) {
        sts.computeIfAbsent(operation, name -> new LongAdder()).increment();
    }

    public void received(long bytes) {
        bytesIn.add(bytes);
    }

    public void sent(long bytes) {
        bytesOut.add(bytes);
    }

    public Counters snapshot(int openMultipartUploads, int activeQueries, long scannedBytes) {
        return new Counters(
                copy(athena),
                copy(s3),
                copy(sts),
                bytesIn.sum(),
                bytesOut.sum(),
                openMultipartUploads,
                activeQueries,
                scannedBytes);
    }

    public void reset() {
        athena.clear();
        s3.clear();
        sts.clear();
        bytesIn.reset();
        bytesOut.reset();
    }

    private static Map<String, Long> copy(Map<String, LongAdder> counts) {
        Map<String, Long> copy = new TreeMap<>();
        counts.forEach((name, count) -> copy.put(name, count.sum()));
        return copy;
    }
}
