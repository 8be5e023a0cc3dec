package io.github.tieredquery.internal.export;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Plans the parts of a multipart upload, so that the fewest bytes pass through the client. A part is either copied by
 * the store from one range of one stored object, which costs the client nothing, or uploaded by the client, which then
 * also has to download what in it is stored. Immutable and thread-safe.
 *
 * <p>Stored segments are copied wherever that is possible. What stands between two copies is uploaded; where it is
 * shorter than a part may be, it borrows bytes from the copies beside it, from the one before it as far as that has
 * bytes to spare. A stored segment that is too short to be a part of its own, or to lend what its neighbours need, is
 * uploaded with them. Which ones those are is found by going through all choices that can still be the best.
 */
final class MultipartPlanner {

    /** S3's limits, and parts of a size that takes seconds and not minutes. */
    static final Limits S3 = new Limits(5L << 20, 5L << 30, 10_000, 5L << 40, 512L << 20);

    private final Limits limits;

    MultipartPlanner(Limits limits) {
        this.limits = limits;
    }

    /**
     * What a store takes.
     *
     * @param minPart how many bytes a part has at least, the last one excepted; also what an object must be longer than
     *     for a range of it to be copied
     * @param maxPart how many bytes a part has at most, twice {@code minPart} or more
     * @param maxParts how many parts there are at most
     * @param maxObject how many bytes the object has at most
     * @param goodPart how many bytes a part should have at most if there can be enough parts of that size, twice
     *     {@code minPart} or more
     */
    record Limits(long minPart, long maxPart, int maxParts, long maxObject, long goodPart) {

        Limits {
            if (minPart < 1 || goodPart < 2 * minPart || maxPart < goodPart || maxParts < 1) {
                throw new IllegalArgumentException(
                        "parts of " + minPart + " to " + maxPart + " bytes, better " + goodPart + ", can't be split");
            }
        }
    }

    /**
     * Bytes that the object is to have, after those of the segments before it.
     *
     * @param from where they start in the stored object, 0 if they come from the client
     * @param bytes how many they are
     * @param objectBytes how many bytes the whole stored object has; -1 if the bytes come from the client
     */
    record Segment(long from, long bytes, long objectBytes) {

        Segment {
            if (from < 0 || bytes < 0 || (objectBytes >= 0 && from > objectBytes - bytes)) {
                throw new IllegalArgumentException(
                        "bytes " + from + " to " + (from + bytes) + " of an object of " + objectBytes + " bytes");
            }
        }

        /** Bytes that the client has. */
        static Segment client(long bytes) {
            return new Segment(0, bytes, -1);
        }

        /** A range of a stored object, from inclusive, to exclusive. */
        static Segment stored(long from, long to, long objectBytes) {
            return new Segment(from, to - from, objectBytes);
        }

        boolean isStored() {
            return objectBytes >= 0;
        }
    }

    /**
     * Bytes of one segment.
     *
     * @param segment its index in the list
     * @param from where they start in the segment
     * @param to where they end in it, exclusive
     */
    record Piece(int segment, long from, long to) {

        long bytes() {
            return to - from;
        }
    }

    /**
     * A part.
     *
     * @param copied whether the store copies it; it then has one piece
     * @param pieces what it consists of, in order, at least one
     */
    record Part(boolean copied, List<Piece> pieces) {

        Part {
            pieces = List.copyOf(pieces);
        }

        long bytes() {
            return pieces.stream().mapToLong(Piece::bytes).sum();
        }
    }

    /** A segment that is copied, all but what its neighbours borrow. */
    private static final class Kept {

        /** Null for the beginning of the object. */
        final @Nullable Kept before;

        final int segment;
        /** How many stored bytes are uploaded so far. */
        final long cost;
        /** How many bytes of its start are borrowed. */
        final long head;
        /** How many bytes of the end of the one before are borrowed. */
        final long tailBefore;
        /** How many bytes it can still lend at its end. */
        final long spare;

        Kept(@Nullable Kept before, int segment, long cost, long head, long tailBefore, long spare) {
            this.before = before;
            this.segment = segment;
            this.cost = cost;
            this.head = head;
            this.tailBefore = tailBefore;
            this.spare = spare;
        }
    }

    /**
     * Plans an object.
     *
     * @param segments its bytes in order
     * @return the parts in order; none for an object without bytes
     * @throws IllegalArgumentException if the object is too long, or has too many parts whatever their sizes
     */
    List<Part> plan(List<Segment> segments) {
        long total = 0;
        for (Segment segment : segments) {
            total += segment.bytes();
            if (total > limits.maxObject()) {
                throw new IllegalArgumentException(
                        "the object would have more than " + limits.maxObject() + " bytes, the most that there can be");
            }
        }
        Kept last = choose(segments);
        for (long size = limits.goodPart(); ; size = Math.min(2 * size, limits.maxPart())) {
            List<Part> parts = parts(segments, last, size);
            if (parts.size() <= limits.maxParts()) {
                return parts;
            }
            if (size == limits.maxPart()) {
                throw new IllegalArgumentException("the object would have " + parts.size() + " parts, and "
                        + limits.maxParts() + " are the most that there can be");
            }
        }
    }

    /** The last kept segment of the cheapest choice; the beginning if none is kept. */
    private Kept choose(List<Segment> segments) {
        long[] ends = new long[segments.size() + 1];
        long[] stored = new long[segments.size() + 1];
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            ends[i + 1] = ends[i] + segment.bytes();
            stored[i + 1] = stored[i] + (segment.isStored() ? segment.bytes() : 0);
        }
        Kept best = new Kept(null, -1, 0, 0, 0, 0);
        List<Kept> all = new ArrayList<>(List.of(best));
        long bestCost = stored[segments.size()];
        for (int i = 0; i < segments.size(); i++) {
            if (!segments.get(i).isStored() || segments.get(i).bytes() == 0) {
                continue;
            }
            List<Kept> choices = new ArrayList<>();
            for (Kept before : all) {
                long run = ends[i] - ends[before.segment + 1];
                long uploaded = stored[i] - stored[before.segment + 1];
                Kept kept = keep(segments.get(i), i, before, run, uploaded, ends[i + 1] == ends[segments.size()]);
                if (kept != null) {
                    choices.add(kept);
                }
            }
            for (Kept kept : undominated(choices)) {
                all.add(kept);
                long cost = kept.cost + stored[segments.size()] - stored[i + 1];
                if (cost < bestCost) {
                    best = kept;
                    bestCost = cost;
                }
            }
        }
        return best;
    }

    /** Keeps a segment after another one with some bytes between them, null if that can't be. */
    private @Nullable Kept keep(Segment segment, int index, Kept before, long run, long uploaded, boolean isLast) {
        long missing = run == 0 || run >= limits.minPart() ? 0 : limits.minPart() - run;
        long tail = Math.min(missing, before.spare);
        long head = missing - tail;
        long least = isLast ? 1 : limits.minPart();
        boolean whole = segment.bytes() == segment.objectBytes() && head == 0;
        if (segment.bytes() - head < least || (!whole && segment.objectBytes() <= limits.minPart())) {
            return null;
        }
        // What isn't the last part keeps the least size of a part when it lends at its end.
        long spare = Math.max(0, segment.bytes() - head - limits.minPart());
        return new Kept(before, index, before.cost + uploaded + missing, head, tail, spare);
    }

    /** Those than which no other one is both cheaper and able to lend more. */
    private static List<Kept> undominated(List<Kept> choices) {
        choices.sort((a, b) -> a.cost != b.cost ? Long.compare(a.cost, b.cost) : Long.compare(b.spare, a.spare));
        List<Kept> left = new ArrayList<>();
        for (Kept each : choices) {
            if (left.isEmpty() || left.get(left.size() - 1).spare < each.spare) {
                left.add(each);
            }
        }
        return left;
    }

    /** The parts of a choice, cut to a size. */
    private List<Part> parts(List<Segment> segments, Kept last, long size) {
        List<Part> parts = new ArrayList<>();
        Place at = new Place(0, 0);
        List<Kept> kept = new ArrayList<>();
        for (Kept each = last; each != null && each.segment >= 0; each = each.before) {
            kept.add(0, each);
        }
        for (int i = 0; i < kept.size(); i++) {
            Kept each = kept.get(i);
            long tail = i + 1 < kept.size() ? kept.get(i + 1).tailBefore : 0;
            Place start = new Place(each.segment, each.head);
            Place end = new Place(each.segment, segments.get(each.segment).bytes() - tail);
            cut(parts, false, pieces(segments, at, start), size);
            cut(parts, true, pieces(segments, start, end), size);
            at = end;
        }
        cut(parts, false, pieces(segments, at, new Place(segments.size(), 0)), size);
        return parts;
    }

    /** A place between two bytes. */
    private record Place(int segment, long offset) {}

    private static List<Piece> pieces(List<Segment> segments, Place from, Place to) {
        List<Piece> pieces = new ArrayList<>();
        for (int i = from.segment(); i <= to.segment() && i < segments.size(); i++) {
            long start = i == from.segment() ? from.offset() : 0;
            long end = i == to.segment() ? to.offset() : segments.get(i).bytes();
            if (start < end) {
                pieces.add(new Piece(i, start, end));
            }
        }
        return pieces;
    }

    /** Cuts a stretch into parts of nearly equal sizes, so that none of them is too short if the stretch isn't. */
    private static void cut(List<Part> parts, boolean copied, List<Piece> range, long size) {
        long total = range.stream().mapToLong(Piece::bytes).sum();
        if (total == 0) {
            return;
        }
        long count = (total - 1) / size + 1;
        int index = 0;
        long offset = 0;
        for (long i = 0; i < count; i++) {
            long wanted = total / count + (i < total % count ? 1 : 0);
            List<Piece> pieces = new ArrayList<>();
            while (wanted > 0) {
                Piece piece = range.get(index);
                long taken = Math.min(wanted, piece.bytes() - offset);
                pieces.add(new Piece(piece.segment(), piece.from() + offset, piece.from() + offset + taken));
                wanted -= taken;
                offset += taken;
                if (offset == piece.bytes()) {
                    index++;
                    offset = 0;
                }
            }
            parts.add(new Part(copied, pieces));
        }
    }
}
