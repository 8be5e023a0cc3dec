package io.github.tieredquery;

import static io.github.tieredquery.testkit.Flights.flight;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.tieredquery.error.BadQueryException;
import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.Table;
import io.github.tieredquery.testkit.ContractRows;
import io.github.tieredquery.testkit.Flights;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordMapperTest {

    private static final Table ALL_TYPES = Table.builder("types")
            .time("at")
            .key("id", ColumnType.INT64)
            .required("flag", ColumnType.BOOLEAN)
            .required("small", ColumnType.INT32)
            .required("ratio", ColumnType.DOUBLE)
            .column("price", ColumnType.decimal(9, 2))
            .column("label_text", ColumnType.STRING)
            .column("local_day", ColumnType.DATE)
            .column("payload", ColumnType.BINARY)
            .build();

    private record Flight(
            long id, Instant departedAt, @Nullable Integer delay) {}

    @SuppressWarnings("ArrayRecordComponent") // compared by content below
    private record Everything(
            Instant at,
            long id,
            boolean flag,
            int small,
            double ratio,
            BigDecimal price,
            String labelText,
            LocalDate localDay,
            byte[] payload) {}

    private record Boxed(
            Long id,
            Boolean flag,
            Integer small,
            Double ratio,
            @Nullable String labelText) {}

    private record Picky(long id) {
        @SuppressWarnings("UnusedMethod") // called by reflection
        Picky {
            if (id == 3) {
                throw new IllegalStateException("not 3");
            }
        }
    }

    private record Unknown(String tenant) {}

    private record WrongType(String delay) {}

    private record Primitive(int delay) {}

    private record Empty() {}

    @Test
    void components_are_columns_by_name_in_any_order() {
        RecordMapper<Flight> mapper = RecordMapper.of(Flight.class, Flights.TABLE);
        assertThat(mapper.columns()).containsExactly("id", "departed_at", "delay");
        assertThat(mapper.apply(flight("2024-03-01T12:00:00Z", 7, "SFO", null)))
                .isEqualTo(new Flight(7, Instant.parse("2024-03-01T12:00:00Z"), null));
    }

    @Test
    void every_type_is_mapped() {
        byte[] payload = {1, 2};
        Everything everything = RecordMapper.of(Everything.class, ALL_TYPES)
                .apply(ContractRows.row(
                        ALL_TYPES.rowType(),
                        Instant.EPOCH,
                        1L,
                        true,
                        2,
                        0.5,
                        new BigDecimal("1.50"),
                        "text",
                        LocalDate.EPOCH,
                        payload));
        assertThat(everything)
                .usingRecursiveComparison()
                .isEqualTo(new Everything(
                        Instant.EPOCH, 1, true, 2, 0.5, new BigDecimal("1.50"), "text", LocalDate.EPOCH, payload));
        assertThat(RecordMapper.of(Boxed.class, ALL_TYPES)
                        .apply(ContractRows.row(
                                ALL_TYPES.rowType(), Instant.EPOCH, 1L, true, 2, 0.5, null, null, null, null)))
                .isEqualTo(new Boxed(1L, true, 2, 0.5, null));
    }

    @Test
    void only_the_columns_of_the_record_are_read_and_chosen_ones_must_suffice() {
        QueryFixture fixture = new QueryFixture();
        TieredQuery<Flight> flights = fixture.flights().buildFor(Flight.class);
        assertThat(flights.list(QueryFixture.ALL))
                .hasSize(8)
                .extracting(Flight::id)
                .startsWith(1L, 2L);
        assertThat(flights.list(QueryFixture.ALL.columns("delay", "departed_at", "origin", "id")))
                .isEqualTo(flights.list(QueryFixture.ALL));
        assertThatThrownBy(() -> flights.stream(QueryFixture.ALL.columns("id", "delay")))
                .isInstanceOf(BadQueryException.class)
                .hasMessage("table 'flights': the query chooses the columns [id, delay], but its rows are mapped onto a"
                        + " record that needs [id, departed_at, delay]");
    }

    @Test
    void what_a_constructor_throws_reaches_the_caller_and_releases_everything() {
        QueryFixture fixture = new QueryFixture();
        TieredQuery<Picky> flights = fixture.flights().buildFor(Picky.class);
        assertThatThrownBy(() -> flights.list(QueryFixture.ALL))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("not 3");
        assertThat(fixture.leftOpen()).isZero();
    }

    @Test
    void records_that_do_not_fit_are_refused_when_they_are_given() {
        assertThatThrownBy(() -> RecordMapper.of(Unknown.class, Flights.TABLE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Unknown.tenant needs a column 'tenant' of table 'flights', which has [departed_at, id,"
                        + " origin, delay]");
        assertThatThrownBy(() -> RecordMapper.of(WrongType.class, Flights.TABLE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("WrongType.delay is a String; column 'delay' is INT32 and needs a Integer");
        assertThatThrownBy(() -> RecordMapper.of(Primitive.class, Flights.TABLE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "Primitive.delay is a primitive, but column 'delay' can be null; use Integer, or declare the"
                                + " column as required");
        assertThatThrownBy(() -> RecordMapper.of(Empty.class, Flights.TABLE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("io.github.tieredquery.RecordMapperTest$Empty is no record with components; give a mapper"
                        + " instead");
    }
}
