package io.github.tieredquery.modulepath;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReader;
import java.lang.module.ResolvedModule;
import java.lang.reflect.Modifier;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** What an application on the module path finds of what is published. */
class ModulePathTest {

    private static final List<String> PUBLISHED = List.of(
            "io.github.tieredquery",
            "io.github.tieredquery.athena",
            "io.github.tieredquery.dynamodb",
            "io.github.tieredquery.jdbc");

    @Test
    void each_module_describes_itself() {
        assertThat(published().map(ModuleDescriptor::name)).containsExactlyInAnyOrderElementsOf(PUBLISHED);
        assertThat(published().filter(ModuleDescriptor::isAutomatic)).isEmpty();
    }

    @Test
    void no_package_is_exported_or_opened_that_is_internal() {
        assertThat(published().flatMap(module -> module.exports().stream().map(ModuleDescriptor.Exports::source)))
                .isNotEmpty()
                .noneMatch(ModulePathTest::isInternal);
        assertThat(published().flatMap(module -> module.opens().stream())).isEmpty();
    }

    @Test
    void every_package_that_is_not_internal_is_exported() {
        assertThat(published()
                        .flatMap(module -> module.packages().stream()
                                .filter(each -> module.exports().stream()
                                        .noneMatch(exported -> exported.source().equals(each)))))
                .isNotEmpty()
                .allMatch(ModulePathTest::isInternal);
    }

    @Test
    void an_application_that_names_an_internal_type_does_not_compile() {
        Map<String, String> typeOfPackage = internalTypes();
        assertThat(typeOfPackage.keySet()).hasSizeGreaterThan(5);
        String code = typeOfPackage.values().stream()
                .map(type -> "    static final Class<?> " + type.replace('.', '_') + " = " + type + ".class;\n")
                .collect(Collectors.joining("", "package app;\nclass Curious {\n", "}\n"));
        assertThat(errors(code))
                .hasSameSizeAs(typeOfPackage.values())
                .allMatch(error -> error.contains("is not visible") && error.contains("does not export it"));
        String allowed = "package app;\nclass Contented {\n    static final Class<?> ENTRY ="
                + " io.github.tieredquery.TieredQuery.class;\n}\n";
        assertThat(errors(allowed)).isEmpty();
    }

    @Test
    void rows_are_read_on_the_module_path() throws Exception {
        assertThat(new Readings().warmerThan(5))
                .extracting(row -> row.int64("id"))
                .containsExactly(2L, 3L);
    }

    private static Stream<ModuleDescriptor> published() {
        return modules().map(module -> module.reference().descriptor());
    }

    private static Stream<ResolvedModule> modules() {
        return ModuleLayer.boot().configuration().modules().stream()
                .filter(module -> module.name().startsWith("io.github.tieredquery")
                        && !module.name()
                                .equals(ModulePathTest.class.getModule().getName()));
    }

    private static boolean isInternal(String packageName) {
        return (packageName + ".").contains(".internal.");
    }

    /** One public type of each internal package. */
    private static Map<String, String> internalTypes() {
        Map<String, String> types = new TreeMap<>();
        modules().forEach(module -> {
            try (ModuleReader reader = module.reference().open();
                    Stream<String> names = reader.list()) {
                names.filter(name -> name.endsWith(".class") && !name.contains("$") && !name.contains("-info"))
                        .map(name -> name.substring(0, name.length() - ".class".length())
                                .replace('/', '.'))
                        .filter(name -> isInternal(name.substring(0, name.lastIndexOf('.'))) && isPublic(name))
                        .forEach(name -> types.putIfAbsent(name.substring(0, name.lastIndexOf('.')), name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return types;
    }

    private static boolean isPublic(String name) {
        try {
            return Modifier.isPublic(Class.forName(name, false, ModulePathTest.class.getClassLoader())
                    .getModifiers());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(name, e);
        }
    }

    private static List<String> errors(String code) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        String requires =
                PUBLISHED.stream().map(each -> "requires " + each + "; ").collect(Collectors.joining());
        List<String> options = List.of(
                "-proc:none",
                "-XDshould-stop.ifError=FLOW",
                "-Xmaxerrs",
                "1000",
                "-d",
                System.getProperty("java.io.tmpdir") + File.separator + "never-written",
                "--module-path",
                System.getProperty("jdk.module.path"));
        List<Source> sources = new ArrayList<>();
        sources.add(new Source("module-info", "module app { " + requires + "}"));
        sources.add(new Source("app/" + (code.contains("Curious") ? "Curious" : "Contented"), code));
        StringWriter rest = new StringWriter();
        compiler.getTask(rest, null, diagnostics, options, null, sources).call();
        return diagnostics.getDiagnostics().stream()
                .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                .map(each -> each.getMessage(Locale.ROOT))
                .toList();
    }

    private static final class Source extends SimpleJavaFileObject {

        private final String code;

        Source(String name, String code) {
            super(URI.create("string:///" + name + Kind.SOURCE.extension), Kind.SOURCE);
            this.code = code;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return code;
        }
    }
}
