package io.github.tieredquery.dynamodb.internal.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.tieredquery.table.ColumnType;
import io.github.tieredquery.table.ListText;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** What attributes hold comes back as it was, also from DynamoDB's own form of numbers. */
class AttributesProperties {

    @Property(tries = 5_000)
    void a_double_comes_back_to_the_bit(@ForAll long bits) {
        assertComesBack(Double.longBitsToDouble(bits));
    }

    @Example
    void doubles_that_a_number_cannot_hold_are_texts() {
        DoubleStream.of(Double.NaN, -0.0, Double.MAX_VALUE, Double.MIN_VALUE, Double.POSITIVE_INFINITY, 1e126, 9e-131)
                .forEach(value -> {
                    assertThat(Attributes.of(ColumnType.DOUBLE, value).s()).isEqualTo(Double.toString(value));
                    assertComesBack(value);
                });
        DoubleStream.of(0.0, 0.1, -1.0 / 3, 1e125, 1e-130, 9.9e125).forEach(value -> {
            assertThat(Attributes.of(ColumnType.DOUBLE, value).n()).isNotNull();
            assertComesBack(value);
        });
    }

    private static void assertComesBack(double value) {
        AttributeValue attribute = Attributes.of(ColumnType.DOUBLE, value);
        AttributeValue stored = attribute.n() == null
                ? attribute
                : AttributeValue.fromN(
                        new BigDecimal(attribute.n()).stripTrailingZeros().toString());
        assertThat(Attributes.value(ColumnType.DOUBLE, stored)).isEqualTo(value);
    }

    @Example
    void decimals_come_back_at_their_scale() {
        AttributeValue stored = AttributeValue.fromN("12.5");
        assertThat(Attributes.value(ColumnType.decimal(18, 4), stored)).isEqualTo(new BigDecimal("12.5000"));
    }

    @Property
    void a_list_comes_back_with_all_that_its_maps_hold(@ForAll List<String> elements) {
        ListPath path = ListPath.parse("contexts[].ref.id");
        String text = ListText.of(elements);
        assertThat(path.read(Map.of("contexts", path.write(text, null)))).isEqualTo(text);

        AttributeValue entry = AttributeValue.fromM(Map.of(
                "ref", AttributeValue.fromM(Map.of("id", AttributeValue.fromS("c1"))),
                "note", AttributeValue.fromS("kept")));
        AttributeValue known = AttributeValue.fromL(List.of(entry));
        assertThat(path.write(",c0,c1,", known).l().get(1)).isEqualTo(entry);
    }
}
