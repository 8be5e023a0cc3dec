package io.github.tieredquery.architecture;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.tieredquery.error.TieredQueryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** docs/reference.md has every option of every public builder, and every error, and none that there isn't. */
class ReferenceTest {

    private static final Path REFERENCE = Path.of(System.getProperty("basedir", "."), "..", "docs", "reference.md");
    private static final Pattern SECTION = Pattern.compile("(?ms)^#{2,3} ([^\\n]+)\\n(.*?)(?=^#{2,3} |\\z)");
    private static final Pattern OPTION = Pattern.compile("(?m)^\\| `(\\w+)\\(([^)]*)\\)` \\| \\S[^|]* \\| \\S.* \\|$");
    private static final Pattern FIRST_COLUMN = Pattern.compile("(?m)^\\| ([^|]+) \\|");
    private static final Pattern ERROR = Pattern.compile("`(\\w+Exception)`");

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages("io.github.tieredquery");
    }

    @Test
    void every_option_of_every_public_builder_is_there_with_its_default_and_no_other() throws IOException {
        Map<String, Set<String>> written = new TreeMap<>();
        sections().forEach((heading, text) -> {
            if (hasOptions(heading)) {
                written.put(heading, options(text));
            }
        });
        Map<String, Set<String>> built = new TreeMap<>();
        for (JavaClass type : classes) {
            if (hasOptions(type.getSimpleName())
                    && isForUsers(type)
                    && !options(type).isEmpty()) {
                built.put(
                        type.getName()
                                .substring(type.getPackageName().length() + 1)
                                .replace('$', '.'),
                        options(type));
            }
        }
        assertThat(built).hasSizeGreaterThan(8);
        assertThat(written).isEqualTo(built);
    }

    @Test
    void every_error_is_there_and_no_other() throws IOException {
        Set<String> written = new TreeSet<>();
        Matcher rows = FIRST_COLUMN.matcher(sections().get("Errors"));
        while (rows.find()) {
            Matcher error = ERROR.matcher(rows.group(1));
            while (error.find()) {
                written.add(error.group(1));
            }
        }
        written.remove("IllegalArgumentException");
        written.remove("NullPointerException");
        Set<String> thrown = classes.stream()
                .filter(type -> type.isAssignableTo(TieredQueryException.class) && isForUsers(type))
                .map(JavaClass::getSimpleName)
                .collect(toCollection(TreeSet::new));
        assertThat(thrown).hasSizeGreaterThan(10);
        assertThat(written).isEqualTo(thrown);
    }

    private static boolean hasOptions(String name) {
        return name.endsWith("Builder") || name.equals("Adoption") || name.equals("AthenaResults");
    }

    private static boolean isForUsers(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && !type.getPackageName().contains(".internal")
                && !type.getPackageName().startsWith("io.github.tieredquery.examples")
                && !type.getPackageName().startsWith("io.github.tieredquery.benchmarks")
                && type.getEnclosingClass().map(ReferenceTest::isForUsers).orElse(true);
    }

    /** What is set by name, as name and number of parameters: the methods that return the builder itself. */
    private static Set<String> options(JavaClass builder) {
        return builder.getMethods().stream()
                .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC)
                        && !method.getModifiers().contains(JavaModifier.STATIC)
                        && method.getRawReturnType().equals(builder))
                .map(method ->
                        method.getName() + "/" + method.getRawParameterTypes().size())
                .collect(toCollection(TreeSet::new));
    }

    private static Set<String> options(String table) {
        Set<String> options = new TreeSet<>();
        Matcher row = OPTION.matcher(table);
        while (row.find()) {
            options.add(row.group(1) + "/"
                    + (row.group(2).isEmpty() ? 0 : row.group(2).split(",").length));
        }
        return options;
    }

    private static Map<String, String> sections() throws IOException {
        Map<String, String> sections = new TreeMap<>();
        Matcher section = SECTION.matcher(Files.readString(REFERENCE));
        while (section.find()) {
            sections.put(section.group(1), section.group(2));
        }
        return sections;
    }
}
