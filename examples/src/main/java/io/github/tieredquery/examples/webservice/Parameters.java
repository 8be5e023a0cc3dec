package io.github.tieredquery.examples.webservice;

import static io.github.tieredquery.query.Filter.eq;
import static io.github.tieredquery.query.Filter.ge;
import static java.time.ZoneOffset.UTC;

import io.github.tieredquery.query.Query;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of an address behind the question mark. */
record Parameters(Map<String, String> values) {

    static Parameters of(URI address) {
        Map<String, String> values = new HashMap<>();
        String query = address.getRawQuery();
        for (String part : query == null ? new String[0] : query.split("&")) {
            String[] nameAndValue = part.split("=", 2);
            values.put(
                    URLDecoder.decode(nameAndValue[0], StandardCharsets.UTF_8),
                    nameAndValue.length < 2 ? "" : URLDecoder.decode(nameAndValue[1], StandardCharsets.UTF_8));
        }
        return new Parameters(values);
    }

    /** What is asked for: {@code from} and {@code to} as days, the rest if it is given. */
    Query query() {
        return Query.between(day("from"), day("to"))
                .whereIfPresent(text("origin"), origin -> eq("origin", origin))
                .whereIfPresent(number("minDelay"), delay -> ge("delay", delay))
                .newestFirst();
    }

    private Instant day(String name) {
        String day = text(name);
        if (day == null) {
            throw new IllegalArgumentException("'" + name + "' is missing; write it as a day, 2001-06-01");
        }
        return LocalDate.parse(day).atStartOfDay(UTC).toInstant();
    }

    int size() {
        Integer size = number("size");
        return size == null ? 50 : Math.min(size, 1_000);
    }

    @Nullable
    String text(String name) {
        return values.get(name);
    }

    private @Nullable Integer number(String name) {
        String number = text(name);
        return number == null ? null : Integer.valueOf(number);
    }
}
