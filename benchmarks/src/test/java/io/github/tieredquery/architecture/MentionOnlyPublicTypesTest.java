package io.github.tieredquery.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

public class MentionOnlyPublicTypesTest {

    static final class Hidden {}

    @SuppressWarnings("unused")
    public static class Leaks {
        public List<Hidden[]> nested() {
            return List.of();
        }

        protected void parameter(Optional<? extends Hidden> hidden) {}
    }

    @SuppressWarnings("unused")
    public static final class Keeps {
        public String text() {
            return "";
        }

        Hidden own() {
            return new Hidden();
        }
    }

    interface Closed {
        record InTheOpen(Hidden hidden) {}
    }

    @Test
    void a_hidden_type_is_found_inside_generics_and_arrays() {
        assertThat(violations(Leaks.class))
                .hasSize(2)
                .allMatch(line -> line.endsWith("mentions " + Hidden.class.getName()));
    }

    @Test
    void what_a_caller_cannot_reach_may_be_hidden() {
        assertThat(violations(Keeps.class)).isEmpty();
        assertThat(violations(Closed.InTheOpen.class)).isEmpty();
    }

    private static List<String> violations(Class<?> type) {
        return classes()
                .that()
                .areAssignableTo(type)
                .should(new MentionOnlyPublicTypes())
                .evaluate(new ClassFileImporter().importClasses(type, Hidden.class, MentionOnlyPublicTypesTest.class))
                .getFailureReport()
                .getDetails();
    }
}
