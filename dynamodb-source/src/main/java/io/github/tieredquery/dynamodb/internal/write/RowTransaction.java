package io.github.tieredquery.dynamodb.internal.write;

import io.github.tieredquery.dynamodb.internal.calls.DynamoCalls;
import io.github.tieredquery.dynamodb.internal.model.Attributes;
import io.github.tieredquery.dynamodb.internal.model.DeclaredTable;
import io.github.tieredquery.dynamodb.internal.model.ItemKey;
import io.github.tieredquery.dynamodb.model.WriteRefusedException;
import io.github.tieredquery.error.OutcomeUnknownException;
import io.github.tieredquery.spi.ScanControl;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.Delete;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;

/** The changes of a row and of its index items, made in one transaction or not at all. */
public final class RowTransaction {

    static final int MAX_ACTIONS = 100;
    private static final long MAX_BYTES = 4L << 20;
    private static final long MAX_ITEM_BYTES = 400L << 10;

    private static final String WHAT = "TransactWriteItems";

    /** What came of it. */
    public enum Outcome {
        DONE,
        /** A row wasn't as expected. Nothing was written. */
        CONFLICT,
        /** Another transaction was at work on an item, or the table was too busy. Nothing was written. */
        BUSY
    }

    private final DeclaredTable declared;
    private final DynamoCalls calls;
    private final List<TransactWriteItem> actions = new ArrayList<>();
    private long bytes;

    public RowTransaction(DeclaredTable declared, DynamoCalls calls) {
        this.declared = declared;
        this.calls = calls;
    }

    int size() {
        return actions.size();
    }

    /** Writes an item that nobody else is expected to write. */
    public void put(Map<String, AttributeValue> item) {
        measure(item);
        actions.add(TransactWriteItem.builder()
                .put(Put.builder().tableName(declared.tableName()).item(item).build())
                .build());
    }

    public void delete(ItemKey key) {
        actions.add(TransactWriteItem.builder()
                .delete(Delete.builder()
                        .tableName(declared.tableName())
                        .key(declared.items().keyAttributes(key))
                        .build())
                .build());
    }

    /** Writes a row's item over one that is as expected. */
    public void replace(@Nullable Map<String, AttributeValue> expected, Map<String, AttributeValue> item) {
        measure(item);
        Condition condition = condition(expected);
        actions.add(TransactWriteItem.builder()
                .put(Put.builder()
                        .tableName(declared.tableName())
                        .item(item)
                        .conditionExpression(condition.expression())
                        .expressionAttributeNames(condition.names())
                        .expressionAttributeValues(condition.values())
                        .build())
                .build());
    }

    /** Deletes a row's item if it is as expected. */
    public void delete(Map<String, AttributeValue> expected) {
        Condition condition = condition(expected);
        actions.add(TransactWriteItem.builder()
                .delete(Delete.builder()
                        .tableName(declared.tableName())
                        .key(declared.items().keyAttributes(declared.items().key(expected)))
                        .conditionExpression(condition.expression())
                        .expressionAttributeNames(condition.names())
                        .expressionAttributeValues(condition.values())
                        .build())
                .build());
    }

    /** Demands that a row's item is as expected, null for absent. */
    void demand(ItemKey key, @Nullable Map<String, AttributeValue> expected) {
        Condition condition = condition(expected);
        actions.add(TransactWriteItem.builder()
                .conditionCheck(check -> check.tableName(declared.tableName())
                        .key(declared.items().keyAttributes(key))
                        .conditionExpression(condition.expression())
                        .expressionAttributeNames(condition.names())
                        .expressionAttributeValues(condition.values()))
                .build());
    }

    private record Condition(
            String expression,
            Map<String, String> names,
            @Nullable Map<String, AttributeValue> values) {}

    /** Each write gives an item a version that no other has, so one that has gone and come back is another. */
    private Condition condition(@Nullable Map<String, AttributeValue> expected) {
        if (expected == null) {
            return new Condition("attribute_not_exists(#pk)", Map.of("#pk", declared.partitionKey()), null);
        }
        AttributeValue version = expected.get(DeclaredTable.VERSION);
        return version == null
                ? new Condition(
                        "attribute_exists(#pk) AND attribute_not_exists(#v)",
                        Map.of("#pk", declared.partitionKey(), "#v", DeclaredTable.VERSION),
                        null)
                : new Condition("#v = :v", Map.of("#v", DeclaredTable.VERSION), Map.of(":v", version));
    }

    private void measure(Map<String, AttributeValue> item) {
        bytes += measure(declared, calls, item);
    }

    /**
     * How many bytes an item takes.
     *
     * @throws WriteRefusedException if that is more than DynamoDB holds
     */
    public static long measure(DeclaredTable declared, DynamoCalls calls, Map<String, AttributeValue> item) {
        long size = Attributes.bytes(item);
        if (size > MAX_ITEM_BYTES) {
            throw new WriteRefusedException(calls.name() + ": the item "
                    + declared.items().key(item) + " takes " + size + " bytes; DynamoDB holds " + MAX_ITEM_BYTES
                    + ". Keep its large columns elsewhere, or project less");
        }
        return size;
    }

    /**
     * Makes the changes.
     *
     * @param row the row's key, for messages
     * @throws WriteRefusedException if they are more than a transaction takes, or DynamoDB finds them invalid
     * @throws OutcomeUnknownException if DynamoDB doesn't answer, so that nobody knows whether they were made
     */
    public Outcome run(ItemKey row, ScanControl control) {
        if (actions.size() > MAX_ACTIONS) {
            throw new WriteRefusedException(
                    calls.name() + ": writing the row " + row + " changes " + (actions.size() - 1)
                            + " index items, and a transaction takes " + MAX_ACTIONS
                            + " items with the row itself. Let its lists grow or shrink in several updates, or index fewer"
                            + " elements");
        }
        if (bytes > MAX_BYTES) {
            throw new WriteRefusedException(calls.name() + ": writing the row " + row + " takes " + bytes
                    + " bytes with its index items, and a transaction takes " + MAX_BYTES
                    + ". Project fewer columns into its index items");
        }
        control.check("writing to " + calls.name());
        // The SDK's own retries carry the same token, so a lost answer doesn't write twice.
        String token = UUID.randomUUID().toString();
        try {
            calls.client()
                    .transactWriteItems(call -> call.transactItems(actions).clientRequestToken(token));
            return Outcome.DONE;
        } catch (TransactionCanceledException e) {
            return outcome(row, e);
        } catch (TransactionInProgressException e) {
            throw unknown(row, e);
        } catch (SdkException e) {
            if (DynamoCalls.isThrottling(e)) {
                return Outcome.BUSY;
            } else if (e instanceof AwsServiceException service && service.statusCode() < 500) {
                throw refused(row, String.valueOf(e.getMessage()), e);
            }
            throw unknown(row, e);
        }
    }

    private Outcome outcome(ItemKey row, TransactionCanceledException e) {
        List<String> codes = e.cancellationReasons().stream()
                .map(CancellationReason::code)
                .filter(Objects::nonNull)
                .filter(code -> !code.equals("None"))
                .distinct()
                .toList();
        if (codes.contains("ConditionalCheckFailed")) {
            return Outcome.CONFLICT;
        }
        List<String> transientCodes = List.of(
                "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded", "ThrottlingException");
        if (!codes.isEmpty() && transientCodes.containsAll(codes)) {
            return Outcome.BUSY;
        }
        String reasons = e.cancellationReasons().stream()
                .filter(reason -> reason.message() != null)
                .map(reason -> reason.code() + ": " + reason.message())
                .distinct()
                .collect(Collectors.joining("; "));
        throw refused(row, reasons.isEmpty() ? String.valueOf(e.getMessage()) : reasons, e);
    }

    private WriteRefusedException refused(ItemKey row, String why, SdkException e) {
        return new WriteRefusedException(
                calls.name() + ": DynamoDB refused to write the row " + row + " with its index items: " + why, e);
    }

    private OutcomeUnknownException unknown(ItemKey row, SdkException e) {
        return new OutcomeUnknownException(
                calls.name() + ": " + WHAT + " of the row " + row + " was sent and its answer lost (" + e.getMessage()
                        + "): all of it was written, or nothing. Read the row before writing it again",
                e);
    }
}
