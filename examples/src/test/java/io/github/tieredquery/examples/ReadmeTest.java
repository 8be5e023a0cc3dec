package io.github.tieredquery.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Java of the documents is code that is compiled and run, and what the README calls commands are run too. */
class ReadmeTest {

    private static final Path ROOT = Path.of(System.getProperty("basedir", ".")).resolve("..");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```java\\n(.*?)^ *```$");
    private static final Pattern REGION = Pattern.compile("(?ms)^ *// snippet: [a-z-]+\\n(.*?)^ *// end$");

    @ParameterizedTest
    @CsvSource({
        "README.md, examples/consumer/src, 4",
        "dynamodb-source/GUIDE.md, dynamodb-source/src/test/java/io/github/tieredquery/dynamodb/guide, 7",
        "athena-source/GUIDE.md, athena-source/src/test/java/io/github/tieredquery/athena/guide, 5"
    })
    void every_java_block_is_a_region_of_code_and_the_other_way_round(String document, String code, int atLeast)
            throws IOException {
        List<String> blocks = matches(BLOCK, Files.readString(ROOT.resolve(document)));
        assertThat(blocks).hasSizeGreaterThanOrEqualTo(atLeast).containsExactlyInAnyOrderElementsOf(regions(code));
    }

    @Test
    void the_commands_of_the_readme_are_those_that_ci_runs() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        String ci = Files.readString(ROOT.resolve(".ci/run"));
        for (String command : List.of("mvn -q -pl examples -am compile exec:java", "mvn verify")) {
            assertThat(readme).contains("    " + command + "\n");
            assertThat(ci).contains("step " + command + "\n");
        }
    }

    private static List<String> regions(String code) throws IOException {
        List<String> regions = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve(code))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                regions.addAll(matches(REGION, Files.readString(file)));
            }
        }
        return regions;
    }

    private static List<String> matches(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1).stripTrailing().stripIndent());
        }
        return found;
    }
}
