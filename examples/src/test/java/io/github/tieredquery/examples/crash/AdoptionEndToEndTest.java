package io.github.tieredquery.examples.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.archive.AdoptionReport;
import io.github.tieredquery.athenalocal.AthenaLocal;
import io.github.tieredquery.jdbc.PostgresDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An archive that another job has written, taken over by real parts and compared with plain SQL. */
class AdoptionEndToEndTest {

    private static final AthenaLocal ATHENA = AthenaLocal.start();

    @AfterAll
    static void stop() {
        ATHENA.close();
    }

    @ParameterizedTest
    @EnumSource
    void an_archive_is_taken_over_and_gone_on_with_while_nothing_of_the_old_one_changes(OldArchive.Form form)
            throws Exception {
        OldArchive old = Adoption.oldArchive(ATHENA, form);
        Map<String, String> objects = old.objects();
        List<Object> catalog = old.catalog();
        try (Adoption adoption = new Adoption(PostgresDatabase.get(), ATHENA, old)) {
            assertThat(adoption.read()).as("before").isEqualTo(adoption.hotRows());
            old.alter("DROP", "04", "PHX");
            adoption.adoptUntil("04");
            assertThat(adoption.read()).as("half of it").isEqualTo(adoption.hotRows());
            old.alter("ADD", "04", "PHX");
            AdoptionReport report = adoption.adopt();
            adoption.checkReport(report);
            assertThat(report.windows())
                    .as("without the first, the second and the fourth day, but with what is new of that")
                    .isEqualTo(Adoption.WINDOWS - 3 + 1);
            assertThat(report.partitions()).isEqualTo(4 * (Adoption.WINDOWS - 3) + 1);
            assertThat(report.files()).isEqualTo(report.partitions());
            assertThat(old.partitions()).as("with the forgotten ones").isEqualTo(4 * (Adoption.WINDOWS + 1));
            adoption.checkRead();
            assertThat(old.objects()).isEqualTo(objects);
            adoption.goOn(objects, catalog);
        }
    }
}
