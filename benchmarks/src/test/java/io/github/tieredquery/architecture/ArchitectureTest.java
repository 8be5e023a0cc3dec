package io.github.tieredquery.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What ARCHITECTURE.md says about who depends on whom. */
class ArchitectureTest {

    private static final String ROOT = "io.github.tieredquery";
    private static final String JDBC = ROOT + ".jdbc..";
    private static final String ATHENA = ROOT + ".athena..";
    private static final String PARQUET = ROOT + ".athena.parquet..";
    private static final String LOCAL = ROOT + ".athenalocal..";
    private static final String DYNAMODB = ROOT + ".dynamodb..";
    private static final String EXAMPLES = ROOT + ".examples..";
    private static final String BENCHMARKS = ROOT + ".benchmarks..";

    private static final DescribedPredicate<JavaClass> CORE = resideInAPackage(ROOT + "..")
            .and(not(resideInAnyPackage(JDBC, ATHENA, DYNAMODB, LOCAL, EXAMPLES, BENCHMARKS)))
            .as("core");

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages(ROOT);
    }

    @Test
    void every_module_is_looked_at() {
        for (String module : List.of(JDBC, PARQUET, DYNAMODB, LOCAL, EXAMPLES, BENCHMARKS)) {
            assertThat(classes.that(resideInAPackage(module))).as(module).isNotEmpty();
        }
        assertThat(classes.that(resideInAPackage(ATHENA).and(not(resideInAPackage(PARQUET)))))
                .as(ATHENA)
                .isNotEmpty();
        assertThat(classes.that(CORE)).as("core").isNotEmpty();
    }

    @Test
    void core_knows_slf4j_jspecify_and_the_jdk_only() {
        check(classes()
                .that(CORE)
                .should()
                .onlyDependOnClassesThat(CORE.or(
                        resideInAnyPackage("java..", "javax.crypto..", "org.slf4j..", "org.jspecify.annotations..")))
                .because("a source brings its own SDK or driver"));
    }

    @Test
    void core_knows_no_sql_and_no_http() {
        check(noClasses()
                .that(CORE)
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.sql..", "javax.sql..", "java.net.http.."))
                .because("those are the sources' business"));
    }

    @Test
    void sources_do_not_know_each_other() {
        for (String source : List.of(JDBC, ATHENA, DYNAMODB)) {
            String[] others = Stream.of(JDBC, ATHENA, DYNAMODB, LOCAL)
                    .filter(other -> !other.equals(source))
                    .toArray(String[]::new);
            check(noClasses().that(resideInAPackage(source)).should().dependOnClassesThat(resideInAnyPackage(others)));
        }
    }

    @Test
    void athena_does_without_parquet() {
        check(noClasses()
                .that(resideInAPackage(ATHENA).and(not(resideInAPackage(PARQUET))))
                .should()
                .dependOnClassesThat(resideInAnyPackage(PARQUET, "org.apache.parquet..", "org.apache.hadoop..")));
    }

    @Test
    void athena_local_stands_alone() {
        check(noClasses()
                .that(resideInAPackage(LOCAL))
                .should()
                .dependOnClassesThat(CORE.or(resideInAnyPackage(JDBC, ATHENA, DYNAMODB, EXAMPLES, BENCHMARKS)))
                .because("what tests a client must not share its mistakes"));
    }

    @Test
    void packages_have_no_cycles() {
        check(slices().matching(ROOT + ".(**)").should().beFreeOfCycles());
    }

    @Test
    void internal_packages_are_their_modules_own() {
        for (String module : List.of(JDBC, ATHENA, LOCAL, DYNAMODB)) {
            String internal = module.replace("..", ".internal..");
            assertThat(classes.that(resideInAPackage(internal))).as(internal).isNotEmpty();
            check(noClasses()
                    .that(not(resideInAPackage(module)))
                    .should()
                    .dependOnClassesThat(resideInAPackage(internal)));
        }
        check(noClasses().that(not(CORE)).should().dependOnClassesThat(resideInAPackage(ROOT + ".internal..")));
    }

    /** Whether a package's public types are public for the sake of its neighbours, and no part of the API. */
    static boolean isInternal(String packageName) {
        return (packageName + ".").contains(".internal.");
    }

    @Test
    void public_methods_mention_only_what_a_caller_can_name() {
        check(classes()
                .that(not(resideInAnyPackage(EXAMPLES, BENCHMARKS)))
                .and()
                .arePublic()
                .should(new MentionOnlyPublicTypes()));
    }

    /** A package's files can be taken in at a glance. */
    @Test
    void no_package_has_more_than_36_files() {
        Map<String, Long> files = classes.stream()
                .filter(each -> each.getEnclosingClass().isEmpty())
                .collect(groupingBy(JavaClass::getPackageName, TreeMap::new, counting()));
        assertThat(files)
                .isNotEmpty()
                .allSatisfy((name, number) -> assertThat(number).as(name).isLessThanOrEqualTo(36));
    }

    /** The module path lets a package be in one module only. */
    @Test
    void no_package_is_in_two_modules() {
        Map<String, Set<String>> modules = new TreeMap<>();
        for (JavaClass each : classes) {
            String file = each.getSource().orElseThrow().getUri().toString();
            String module = file.substring(0, file.indexOf(each.getName().replace('.', '/')));
            modules.computeIfAbsent(each.getPackageName(), absent -> new TreeSet<>())
                    .add(module);
        }
        assertThat(modules)
                .allSatisfy((name, homes) -> assertThat(homes).as(name).hasSize(1));
        assertThat(modules).containsKey(ROOT + ".jdbc.internal.scan");
    }

    private static void check(ArchRule rule) {
        rule.check(classes);
    }
}
