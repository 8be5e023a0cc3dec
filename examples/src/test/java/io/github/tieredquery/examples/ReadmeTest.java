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

/** The Java of the documents is code that is compiled and run, and what the README calls commands are run too. */
class ReadmeTest {

    private static final Path ROOT = Path.of(System.getProperty("basedir", ".")).resolve("..");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^ *```java\\n(.*?)^ *```$");
    private static final Pattern REGION = Pattern.compile("(?ms)^ *// snippet: [a-z-]+\\n(.*?)^ *// end$");

    /** Where the code is; each place has at least one region. */
    private static final List<String> CODE = List.of(
            "examples/consumer/src",
            "examples/src/main/java/io/github/tieredquery/examples/source",
            "athena-local/src/test/java/io/github/tieredquery/athenalocal/guide",
            "athena-source/src/test/java/io/github/tieredquery/athena/guide",
            "dynamodb-source/src/test/java/io/github/tieredquery/dynamodb/guide");

    @Test
    void every_java_block_of_a_document_is_a_region_of_code_and_the_other_way_round() throws IOException {
        List<String> regions = new ArrayList<>();
        for (String code : CODE) {
            List<String> here = regions(code);
            assertThat(here).as(code).isNotEmpty();
            regions.addAll(here);
        }
        List<String> blocks = new ArrayList<>();
        for (Path document : documents()) {
            blocks.addAll(matches(BLOCK, Files.readString(document)));
        }
        // A record or a call that several pages begin with may stand on each of them.
        assertThat(blocks)
                .hasSizeGreaterThan(25)
                .allSatisfy(block -> assertThat(regions).contains(block));
        assertThat(regions)
                .doesNotHaveDuplicates()
                .allSatisfy(region -> assertThat(blocks).contains(region));
    }

    @Test
    void the_readme_is_short_and_begins_with_what_a_newcomer_looks_for() throws IOException {
        List<String> readme = Files.readAllLines(ROOT.resolve("README.md"));
        assertThat(readme).hasSizeLessThanOrEqualTo(250);
        assertThat(matches(BLOCK, String.join("\n", readme)))
                .singleElement()
                .satisfies(example -> assertThat(example.lines().count()).isLessThanOrEqualTo(12));
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

    private static List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of(ROOT.resolve("README.md")),
                            files.filter(path -> path.toString().endsWith(".md")))
                    .toList();
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
