package io.github.tieredquery.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MemoryTest {

    /** Held in memory, these rows alone would take more than the heap. */
    @Test
    void streaming_and_archiving_take_a_heap_that_does_not_grow_with_the_rows() throws Exception {
        assertThat(MemoryCheck.run(300_000, "40m")).isZero();
    }
}
