package io.github.tieredquery.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.partition.HivePartitionLayout;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArchiveIdentityTest {

    private static final HivePartitionLayout LAYOUT =
            HivePartitionLayout.daily(ZoneOffset.UTC).thenBy("shop");
    private static final ArchiveIdentity WRITTEN = of(payments());

    private static Table.Builder started(String name) {
        return Table.builder(name).time("at").key("id", ColumnType.INT64);
    }

    private static Table.Builder payments() {
        return started("payments").column("shop", ColumnType.STRING).column("amount", ColumnType.decimal(12, 2));
    }

    private static ArchiveIdentity of(Table.Builder table) {
        return ArchiveIdentity.of(table.build(), LAYOUT);
    }

    @Test
    void each_archiver_with_appended_columns_makes_a_schema_version() {
        ArchiveIdentity second = WRITTEN.continuedBy(of(payments().column("note", ColumnType.STRING)));
        ArchiveIdentity third = second.continuedBy(of(payments()
                .column("note", ColumnType.STRING)
                .column("paid", ColumnType.BOOLEAN)
                .column("fee", ColumnType.decimal(5, 3))));
        assertThat(List.of(WRITTEN.schemaVersion(), second.schemaVersion(), third.schemaVersion()))
                .containsExactly(1, 2, 3);
        assertThat(third.text())
                .isEqualTo("payments(at TIMESTAMP NOT NULL, id INT64 NOT NULL, shop STRING, amount DECIMAL(12,2);"
                        + " key at, id; since 2 note STRING; since 3 paid BOOLEAN, fee DECIMAL(5,3))"
                        + " partitioned year, month, day, shop, tq_version in Z");
        assertThat(ArchiveIdentity.parse(third.text())).isEqualTo(third).hasSameHashCodeAs(third);
        assertThat(second.continuedBy(of(payments().column("note", ColumnType.STRING))))
                .as("the same again changes nothing")
                .isEqualTo(second);
    }

    @Test
    void the_text_reads_back_whatever_the_table_is_called() {
        for (String name : List.of(
                "p",
                "a(at TIMESTAMP NOT NULL, id; key at) partitioned by",
                "; since 2 x STRING",
                ") partitioned ; key (at TIMESTAMP NOT NULL, ")) {
            ArchiveIdentity identity = of(started(name).column("shop", ColumnType.STRING));
            ArchiveIdentity wider = identity.continuedBy(
                    of(started(name).column("shop", ColumnType.STRING).column("x", ColumnType.DATE)));
            assertThat(ArchiveIdentity.parse(identity.text())).isEqualTo(identity);
            assertThat(ArchiveIdentity.parse(wider.text())).isEqualTo(wider);
            assertThat(ArchiveIdentity.parse(wider.text()).schemaVersion()).isEqualTo(2);
            for (String place : List.of("s3://a/b/", "s3://a/; lies at % ) partitioned \u00e9\n/", "")) {
                ArchiveIdentity placed = wider.withPlace(place).withLocalTimes("Europe/Berlin LATER");
                assertThat(ArchiveIdentity.parse(placed.text())).isEqualTo(placed);
                assertThat(placed.text().lines()).hasSize(1);
                assertThat(ArchiveIdentity.parse(placed.text()).withPlace(null).withLocalTimes(null))
                        .isEqualTo(wider);
                assertThat(ArchiveIdentity.parse(placed.text()).continuedBy(placed))
                        .isEqualTo(placed);
                assertThat(ArchiveIdentity.parse(wider.withPlace(place).text())).isEqualTo(wider.withPlace(place));
            }
        }
    }

    @Test
    void what_has_another_form_is_refused() {
        for (String text : List.of("", "payments", "payments(at TIMESTAMP; key at) partitioned year")) {
            assertThatThrownBy(() -> ArchiveIdentity.parse(text))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessage("the journal says that the archive was written with\n  " + text + "\nwhich this version"
                            + " of the library doesn't understand; use the version that wrote it, or a newer one");
        }
    }

    @Test
    void readers_may_have_fewer_columns_or_more_at_the_end() {
        ArchiveIdentity wider = WRITTEN.continuedBy(of(payments().column("note", ColumnType.STRING)));
        ArchiveIdentity widest = of(payments().column("note", ColumnType.STRING).column("paid", ColumnType.BOOLEAN));
        for (ArchiveIdentity reader : List.of(WRITTEN, of(payments().column("note", ColumnType.STRING)), widest)) {
            assertThatCode(() -> wider.checkReadableBy(reader)).doesNotThrowAnyException();
        }
        ArchiveIdentity other = of(payments().column("remark", ColumnType.STRING));
        assertThatThrownBy(() -> wider.checkReadableBy(other))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage("the archive was written with\n  " + wider + "\nbut this process is configured with\n  "
                        + other + "\nThat is: the column note STRING is in the archive, and not here. Configure it as"
                        + " the archive was written, or use another journal");
    }

    @Test
    void anything_else_than_appended_nullable_columns_is_refused_with_the_reason() {
        refused(
                started("payments").column("shop", ColumnType.STRING),
                "the column amount DECIMAL(12,2) is in the" + " archive, and not here");
        refused(
                started("payments").column("shop", ColumnType.STRING).column("amount", ColumnType.decimal(12, 3)),
                "the column amount DECIMAL(12,2) of the archive is amount DECIMAL(12,3) here");
        refused(
                started("payments").required("shop", ColumnType.STRING).column("amount", ColumnType.decimal(12, 2)),
                "the column shop STRING of the archive is shop STRING NOT NULL here");
        refused(
                started("payments").column("amount", ColumnType.decimal(12, 2)).column("shop", ColumnType.STRING),
                "the archive's columns are [at, id, shop, amount] in this order, and [at, id, amount, shop] here; new"
                        + " ones stand after all others");
        refused(
                started("payments")
                        .column("shop", ColumnType.STRING)
                        .column("note", ColumnType.STRING)
                        .column("amount", ColumnType.decimal(12, 2)),
                "the archive's columns are [at, id, shop, amount] in this order, and [at, id, shop, note, amount] here;"
                        + " new ones stand after all others");
        refused(
                payments().required("note", ColumnType.STRING),
                "the column note STRING NOT NULL is new here, and rows that were archived before have no value for it;"
                        + " only nullable columns can be appended");
        refused(
                payments().key("line", ColumnType.INT32),
                "the order and key of rows is at, id in the archive, and at, id, line here; the archive's columns are"
                        + " [at, id, shop, amount] in this order, and [at, id, line, shop, amount] here; new ones stand"
                        + " after all others");
        refused(
                Table.builder("payments")
                        .time("paid_at")
                        .key("id", ColumnType.INT64)
                        .column("shop", ColumnType.STRING)
                        .column("amount", ColumnType.decimal(12, 2)),
                "the order and key of rows is at, id in the archive, and paid_at, id here; the column at TIMESTAMP NOT"
                        + " NULL is in the archive, and not here");
        ArchiveIdentity zone = ArchiveIdentity.of(
                payments().build(),
                HivePartitionLayout.daily(ZoneId.of("Europe/Berlin")).thenBy("shop"));
        refused(
                zone,
                "the layout is year, month, day, shop, tq_version in Z in the archive, and year, month, day, shop,"
                        + " tq_version in Europe/Berlin here");
    }

    private static void refused(Table.Builder table, String reason) {
        refused(of(table), reason);
    }

    private static void refused(ArchiveIdentity other, String reason) {
        String message = "the archive was written with\n  " + WRITTEN + "\nbut this process is configured with\n  "
                + other + "\nThat is: " + reason
                + ". Configure it as the archive was written, or use another journal";
        assertThatThrownBy(() -> WRITTEN.continuedBy(other))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(message);
    }
}
