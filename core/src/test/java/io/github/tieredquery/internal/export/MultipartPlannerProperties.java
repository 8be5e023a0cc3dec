package io.github.tieredquery.internal.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.internal.export.MultipartPlanner.Limits;
import io.github.tieredquery.internal.export.MultipartPlanner.Part;
import io.github.tieredquery.internal.export.MultipartPlanner.Piece;
import io.github.tieredquery.internal.export.MultipartPlanner.Segment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Plans keep the order of the bytes and the store's limits, and no other plan sends fewer bytes through the client. */
class MultipartPlannerProperties {

    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final long TIB = 1L << 40;
    private static final Limits SMALL = new Limits(3, 7, 100, 1_000, 6);

    @Property(tries = 3_000)
    void no_other_plan_sends_fewer_bytes_through_the_client(@ForAll("small") List<Segment> segments) {
        List<Part> parts = new MultipartPlanner(SMALL).plan(segments);
        check(parts, segments, SMALL);
        assertThat(clientBytes(parts)).isEqualTo(fewest(segments, SMALL));
    }

    @Property(tries = 2_000)
    void every_limit_of_s3_holds_for_sizes_around_them(@ForAll("big") List<Segment> segments) {
        long total = segments.stream().mapToLong(Segment::bytes).sum();
        MultipartPlanner assembler = new MultipartPlanner(MultipartPlanner.S3);
        if (total > 5 * TIB) {
            assertThatThrownBy(() -> assembler.plan(segments))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the object would have more than 5497558138880 bytes, the most that there can be");
            return;
        }
        List<Part> parts = assembler.plan(segments);
        check(parts, segments, MultipartPlanner.S3);
        long client = segments.stream()
                .filter(each -> !each.isStored())
                .mapToLong(Segment::bytes)
                .sum();
        assertThat(clientBytes(parts)).isBetween(client, client + 5 * MIB * segments.size());
    }

    @Property(tries = 50)
    void many_segments_are_planned_too(@ForAll("many") List<Segment> segments) {
        check(new MultipartPlanner(MultipartPlanner.S3).plan(segments), segments, MultipartPlanner.S3);
    }

    @Example
    void one_stored_object_is_copied_whatever_its_size() {
        for (long bytes : List.of(1L, 5 * MIB - 1, 5 * MIB, 5 * GIB, 5 * GIB + 1, 5 * TIB)) {
            List<Part> parts = new MultipartPlanner(MultipartPlanner.S3).plan(List.of(Segment.stored(0, bytes, bytes)));
            assertThat(clientBytes(parts)).as("%s bytes", bytes).isZero();
            assertThat(parts.size()).isLessThanOrEqualTo(10_000);
        }
        assertThat(new MultipartPlanner(MultipartPlanner.S3).plan(List.of())).isEmpty();
    }

    @Example
    void a_header_before_a_copy_borrows_up_to_the_least_part() {
        List<Part> parts = new MultipartPlanner(MultipartPlanner.S3)
                .plan(List.of(Segment.client(3), Segment.stored(0, 20 * MIB, 20 * MIB), Segment.client(100)));
        assertThat(parts)
                .containsExactly(
                        new Part(false, List.of(new Piece(0, 0, 3), new Piece(1, 0, 5 * MIB - 3))),
                        new Part(true, List.of(new Piece(1, 5 * MIB - 3, 20 * MIB))),
                        new Part(false, List.of(new Piece(2, 0, 100))));
    }

    @Example
    void more_parts_than_there_can_be_are_refused() {
        assertThatThrownBy(() -> new MultipartPlanner(new Limits(2, 4, 2, 100, 4)).plan(List.of(Segment.client(13))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the object would have 4 parts, and 2 are the most that there can be");
    }

    private static void check(List<Part> parts, List<Segment> segments, Limits limits) {
        assertThat(parts.size()).isLessThanOrEqualTo(limits.maxParts());
        int segment = 0;
        long offset = 0;
        for (int i = 0; i < parts.size(); i++) {
            Part part = parts.get(i);
            assertThat(part.bytes()).isLessThanOrEqualTo(limits.maxPart());
            assertThat(part.bytes()).isGreaterThanOrEqualTo(i == parts.size() - 1 ? 1 : limits.minPart());
            for (Piece piece : part.pieces()) {
                while (offset == segments.get(segment).bytes()) {
                    segment++;
                    offset = 0;
                }
                assertThat(piece.segment()).isEqualTo(segment);
                assertThat(piece.from()).isEqualTo(offset);
                assertThat(piece.bytes()).isPositive();
                offset = piece.to();
                assertThat(offset).isLessThanOrEqualTo(segments.get(segment).bytes());
            }
            if (part.copied()) {
                assertThat(part.pieces()).hasSize(1);
                Segment source = segments.get(part.pieces().get(0).segment());
                assertThat(source.isStored()).isTrue();
                assertThat(part.bytes() == source.objectBytes() || source.objectBytes() > limits.minPart())
                        .as("a range of a small object")
                        .isTrue();
            }
        }
        long planned = parts.stream().mapToLong(Part::bytes).sum();
        assertThat(planned)
                .isEqualTo(segments.stream().mapToLong(Segment::bytes).sum());
    }

    private static long clientBytes(List<Part> parts) {
        return parts.stream()
                .filter(part -> !part.copied())
                .mapToLong(Part::bytes)
                .sum();
    }

    /** By trying all ways to cut the bytes into parts. */
    private static long fewest(List<Segment> segments, Limits limits) {
        List<Segment> owners = new ArrayList<>();
        List<Integer> indexes = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            for (long each = 0; each < segments.get(i).bytes(); each++) {
                owners.add(segments.get(i));
                indexes.add(i);
            }
        }
        int total = owners.size();
        long[] fewest = new long[total + 1];
        Arrays.fill(fewest, Long.MAX_VALUE / 2);
        fewest[0] = 0;
        for (int from = 0; from < total; from++) {
            for (int to = from + 1; to <= total && to - from <= limits.maxPart(); to++) {
                if (to - from < limits.minPart() && to < total) {
                    continue;
                }
                boolean oneObject = indexes.get(from).equals(indexes.get(to - 1))
                        && owners.get(from).isStored();
                boolean copied = oneObject
                        && (owners.get(from).objectBytes() > limits.minPart()
                                || owners.get(from).objectBytes() == to - from);
                fewest[to] = Math.min(fewest[to], fewest[from] + (copied ? 0 : to - from));
            }
        }
        return fewest[total];
    }

    @Provide
    Arbitrary<List<Segment>> small() {
        return segments(Arbitraries.longs().between(0, 14)).list().ofMaxSize(7);
    }

    @Provide
    Arbitrary<List<Segment>> big() {
        Arbitrary<Long> around = Arbitraries.of(0L, 5 * MIB, 10 * MIB, 512 * MIB, 5 * GIB, 10_000 * 512 * MIB, 5 * TIB)
                .flatMap(center -> Arbitraries.longs().between(-3, 3).map(delta -> Math.max(0, center + delta)));
        Arbitrary<Long> any = Arbitraries.longs().between(0, TIB);
        return segments(Arbitraries.oneOf(around, any)).list().ofMaxSize(4);
    }

    @Provide
    Arbitrary<List<Segment>> many() {
        return segments(Arbitraries.longs().between(0, 12 * MIB))
                .list()
                .ofMinSize(100)
                .ofMaxSize(400);
    }

    private static Arbitrary<Segment> segments(Arbitrary<Long> sizes) {
        Arbitrary<Segment> stored = Combinators.combine(sizes, Arbitraries.of(0L, 0L, 1L, 2L), Arbitraries.of(0L, 3L))
                .as((bytes, before, after) -> Segment.stored(before, before + bytes, before + bytes + after));
        return Arbitraries.oneOf(stored, sizes.map(Segment::client));
    }
}
