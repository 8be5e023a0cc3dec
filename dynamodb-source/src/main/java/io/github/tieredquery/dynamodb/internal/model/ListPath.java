package io.github.tieredquery.dynamodb.internal.model;

import io.github.tieredquery.table.ListText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Where a list's elements stand in an item: {@code labels[]} is a list of strings, {@code contexts[].id} a list of maps
 * whose member {@code id} is the element.
 *
 * @param attribute the item's attribute
 * @param members the names that lead into each element, none for the element itself
 */
public record ListPath(String attribute, List<String> members) {

    private static final Pattern FORM = Pattern.compile("([^.\\[\\]]+)\\[\\]((?:\\.[^.\\[\\]]+)*)");

    public static ListPath parse(String path) {
        Matcher matcher = FORM.matcher(path);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("the list path '" + path
                    + "' is malformed; it is an attribute with [] and, for maps, a member: labels[] or contexts[].id");
        }
        String rest = matcher.group(2);
        return new ListPath(
                matcher.group(1),
                rest.isEmpty() ? List.of() : List.of(rest.substring(1).split("\\.")));
    }

    /**
     * The elements as the column's value. Maps without the member have none; NULL if there is no list. A list text is
     * one too: rows have it from before the list was declared.
     *
     * @throws IllegalArgumentException if the attribute is no list
     */
    @Nullable
    String read(Map<String, AttributeValue> item) {
        AttributeValue list = item.get(attribute);
        if (list == null || Boolean.TRUE.equals(list.nul())) {
            return null;
        }
        if (list.s() != null) {
            ListText.elements(list.s());
            return list.s();
        }
        if (!list.hasL() && !list.hasSs()) {
            throw new IllegalArgumentException("it is of another type");
        }
        List<String> elements = new ArrayList<>(list.hasSs() ? list.ss() : List.of());
        for (AttributeValue entry : list.l()) {
            String element = element(entry);
            if (element != null) {
                elements.add(element);
            }
        }
        return ListText.of(elements);
    }

    private @Nullable String element(AttributeValue entry) {
        AttributeValue value = entry;
        for (String member : members) {
            value = value == null || !value.hasM() ? null : value.m().get(member);
        }
        return value == null ? null : value.s() != null ? value.s() : value.n();
    }

    /**
     * The list as an attribute.
     *
     * @param known what the attribute was: it stays so if it has the same elements. Otherwise entries that have one of
     *     the elements are taken over with all that they hold besides, and those that have none are kept behind; null
     *     if there is nothing to be kept
     */
    AttributeValue write(String listText, @Nullable AttributeValue known) {
        List<String> elements = ListText.elements(listText);
        if (known == null || !known.hasL()) {
            return AttributeValue.fromL(elements.stream().map(this::entry).toList());
        }
        if (listText.equals(read(Map.of(attribute, known)))) {
            return known;
        }
        Map<String, AttributeValue> entries = new HashMap<>();
        List<AttributeValue> others = new ArrayList<>();
        for (AttributeValue entry : known.l()) {
            String element = element(entry);
            if (element == null) {
                others.add(entry);
            } else {
                entries.putIfAbsent(element, entry);
            }
        }
        List<AttributeValue> written = new ArrayList<>();
        elements.forEach(element -> written.add(entries.getOrDefault(element, entry(element))));
        written.addAll(others);
        return AttributeValue.fromL(written);
    }

    private AttributeValue entry(String element) {
        AttributeValue entry = AttributeValue.fromS(element);
        for (int i = members.size() - 1; i >= 0; i--) {
            entry = AttributeValue.fromM(Map.of(members.get(i), entry));
        }
        return entry;
    }
}
