package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChildProcessTest {

    /** Says that it is there and never ends. */
    static final class Endless {

        private Endless() {}

        public static void main(String[] arguments) throws IOException {
            System.out.println("here with " + arguments[0]);
            while (true) {
                System.in.read();
            }
        }
    }

    private static ChildProcess start() throws IOException {
        return ChildProcess.start(Endless.class, List.of("-Xmx32m"), Map.of(), List.of("an argument"));
    }

    @Test
    void a_child_that_does_not_end_fails_its_test_with_the_threads_of_both() throws Exception {
        try (ChildProcess child = start()) {
            assertThat(child.line(line -> line.startsWith("here"), Duration.ofMinutes(1)))
                    .isEqualTo("here with an argument");
            assertThatThrownBy(() -> child.exitCode(Duration.ofMillis(10)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageStartingWith("""
                            a process that was started: it hasn't ended within PT0.01S. It has said:
                            here with an argument
                            Its threads:
                            """)
                    .hasMessageContaining("ChildProcessTest$Endless.main")
                    .hasMessageContaining("\nThe threads here:\n")
                    .hasMessageContaining("ChildProcess.stuck");
        }
    }

    @Test
    void one_that_was_killed_says_no_more() throws Exception {
        try (ChildProcess child = start()) {
            child.kill();
            assertThat(child.exitCode(Duration.ofMinutes(1))).isEqualTo(128 + 9);
            assertThatThrownBy(() -> child.line(line -> line.equals("there"), Duration.ofMinutes(1)))
                    .hasMessageStartingWith("a process that was started: it has ended. It has said:\n");
        }
    }
}
