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

/** The README's Java is code of examples/consumer, and what it calls commands are those that are run. */
class ReadmeTest {

    private static final Path ROOT = Path.of(System.getProperty("basedir", ".")).resolve("..");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```java\\n(.*?)^```$");
    private static final Pattern REGION = Pattern.compile("(?ms)^ *// snippet: [a-z-]+\\n(.*?)^ *// end$");

    @Test
    void every_java_block_is_a_region_of_the_consumer_and_the_other_way_round() throws IOException {
        List<String> blocks = matches(BLOCK, Files.readString(ROOT.resolve("README.md")));
        assertThat(blocks).hasSizeGreaterThan(3).containsExactlyInAnyOrderElementsOf(regions());
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

    private static List<String> regions() throws IOException {
        List<String> regions = new ArrayList<>();
        try (Stream<Path> files = Files.walk(ROOT.resolve("examples/consumer/src"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                matches(REGION, Files.readString(file)).forEach(region -> regions.add(region.stripIndent()));
            }
        }
        return regions;
    }

    private static List<String> matches(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1).stripTrailing());
        }
        return found;
    }
}
