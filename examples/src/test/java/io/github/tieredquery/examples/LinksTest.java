package io.github.tieredquery.examples;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The links among the documents lead to files, and to headings in them, that are there. */
class LinksTest {

    private static final Path ROOT =
            Path.of(System.getProperty("basedir", "."), "..").toAbsolutePath().normalize();
    private static final Set<String> NOT_SEARCHED = Set.of("target", ".git");
    private static final Pattern FENCED = Pattern.compile("(?ms)^ *```.*?^ *```$");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern NAMED_FILE = Pattern.compile("`(\\w+\\.java)`");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");

    @Test
    void every_link_among_the_documents_leads_somewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path document : documents()) {
            Matcher link = LINK.matcher(text(document));
            while (link.find()) {
                String target = link.group(1);
                if (!target.startsWith("https://")) {
                    links++;
                    if (!leadsSomewhere(document, target)) {
                        broken.add(ROOT.relativize(document) + ": " + target);
                    }
                }
            }
        }
        assertThat(links).isGreaterThan(60);
        assertThat(broken).isEmpty();
    }

    @Test
    void a_file_or_a_heading_that_is_not_there_is_noticed() throws IOException {
        Path readme = ROOT.resolve("README.md");

        assertThat(leadsSomewhere(readme, "docs/promise.md#the-promise")).isTrue();
        assertThat(leadsSomewhere(readme, "#try-it")).isTrue();
        assertThat(leadsSomewhere(readme, "examples/lambda")).isTrue();
        assertThat(leadsSomewhere(readme, "docs/nowhere.md")).isFalse();
        assertThat(leadsSomewhere(readme, "docs/promise.md#nowhere")).isFalse();
        assertThat(leadsSomewhere(readme, "#nowhere")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"A read, 16", "'A window, with its commit', 30", "An export's advance, 18"})
    void the_flows_of_the_architecture_name_files_that_are_there_and_not_too_many(String flow, int most)
            throws IOException {
        String text = Files.readString(ROOT.resolve("ARCHITECTURE.md"))
                .split("### " + flow + "\n", 2)[1]
                .split("\n##")[0];
        List<String> named =
                NAMED_FILE.matcher(text).results().map(file -> file.group(1)).toList();
        assertThat(named).hasSizeBetween(10, most).doesNotHaveDuplicates();
        assertThat(mainFiles()).containsAll(named);
    }

    private static Set<String> mainFiles() throws IOException {
        Set<String> names = new HashSet<>();
        for (String module : List.of("core", "jdbc-source", "athena-source")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                files.forEach(file -> names.add(file.getFileName().toString()));
            }
        }
        return names;
    }

    private static boolean leadsSomewhere(Path document, String target) throws IOException {
        int hash = target.indexOf('#');
        String file = hash < 0 ? target : target.substring(0, hash);
        Path path = file.isEmpty() ? document : document.resolveSibling(file).normalize();
        return Files.exists(path) && (hash < 0 || anchors(path).contains(target.substring(hash + 1)));
    }

    /** As GitHub makes them: lower case, spaces as hyphens, nothing else but letters, digits, hyphens and _. */
    private static Set<String> anchors(Path document) throws IOException {
        return HEADING.matcher(text(document))
                .results()
                .map(heading -> heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "")
                        .replace(' ', '-'))
                .collect(toSet());
    }

    private static String text(Path document) throws IOException {
        return FENCED.matcher(Files.readString(document)).replaceAll("");
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT, 3)) {
            return files.filter(path -> path.toString().endsWith(".md"))
                    .filter(path -> Stream.of(ROOT.relativize(path).toString().split("[/\\\\]"))
                            .noneMatch(NOT_SEARCHED::contains))
                    .toList();
        }
    }
}
