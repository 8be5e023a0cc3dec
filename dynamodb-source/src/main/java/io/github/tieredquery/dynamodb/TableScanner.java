package io.github.tieredquery.dynamodb;

import io.github.tieredquery.dynamodb.internal.calls.DynamoCalls;
import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.internal.model.ItemKey;
import io.github.tieredquery.spi.ScanControl;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/** Walks over all items of a table, page by page, no faster than it may, and can go on from where it was. */
final class TableScanner {

    private static final char SEPARATOR = '\n';

    private final DeclaredTable declared;
    private final DynamoCalls calls;
    private final int pageItems;
    private final double unitsPerSecond;

    /**
     * A walk.
     *
     * @param pageItems how many items a page has at most
     * @param unitsPerSecond how many read units a second may be consumed
     */
    TableScanner(DeclaredTable declared, DynamoCalls calls, int pageItems, double unitsPerSecond) {
        this.declared = declared;
        this.calls = calls;
        this.pageItems = pageItems;
        this.unitsPerSecond = unitsPerSecond;
    }

    /** The next page, consistent, and paid for with time before it is handed on. */
    ScanResponse page(@Nullable String position, @Nullable String onlyStartingWith, ScanControl control) {
        ScanRequest.Builder request = ScanRequest.builder()
                .tableName(declared.tableName())
                .consistentRead(true)
                .limit(pageItems)
                .returnConsumedCapacity(ReturnConsumedCapacity.TOTAL)
                .exclusiveStartKey(position == null ? null : key(position));
        if (onlyStartingWith != null) {
            request.filterExpression("begins_with(#sk, :start)")
                    .expressionAttributeNames(Map.of("#sk", declared.sortKey()))
                    .expressionAttributeValues(Map.of(":start", AttributeValue.fromS(onlyStartingWith)));
        }
        ScanResponse page =
                calls.repeatable("Scan", control, () -> calls.client().scan(request.build()));
        double units =
                page.consumedCapacity() == null ? 0 : page.consumedCapacity().capacityUnits();
        long millis = (long) (units / unitsPerSecond * 1_000);
        if (millis > 0) {
            calls.backoff().pauses().pause(Duration.ofMillis(millis), control, calls.doing("its turn to read on"));
        }
        return page;
    }

    /** Where the next page starts, null after the last. */
    @Nullable
    String position(ScanResponse page) {
        if (page.lastEvaluatedKey().isEmpty()) {
            return null;
        }
        ItemKey key = declared.items().key(page.lastEvaluatedKey());
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((key.partition() + SEPARATOR + key.sort()).getBytes(StandardCharsets.UTF_8));
    }

    private Map<String, AttributeValue> key(String position) {
        String text;
        try {
            text = new String(Base64.getUrlDecoder().decode(position), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw malformed(position, e);
        }
        int end = text.indexOf(SEPARATOR);
        if (end < 0) {
            throw malformed(position, null);
        }
        return new HashMap<>(
                declared.items().keyAttributes(new ItemKey(text.substring(0, end), text.substring(end + 1))));
    }

    private IllegalArgumentException malformed(String position, @Nullable Exception cause) {
        return new IllegalArgumentException(
                calls.name() + ": '" + position + "' is no position of a walk over the table; give what one returned",
                cause);
    }
}
