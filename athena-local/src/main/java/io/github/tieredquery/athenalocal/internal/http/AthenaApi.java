package io.github.tieredquery.athenalocal.internal.http;

import io.github.tieredquery.athenalocal.internal.catalog.Catalog;
import io.github.tieredquery.athenalocal.internal.catalog.Column;
import io.github.tieredquery.athenalocal.internal.catalog.Table;
import io.github.tieredquery.athenalocal.internal.catalog.View;
import io.github.tieredquery.athenalocal.internal.execution.Execution;
import io.github.tieredquery.athenalocal.internal.execution.Executions;
import io.github.tieredquery.athenalocal.internal.execution.Plan;
import io.github.tieredquery.athenalocal.internal.execution.ResultPage;
import io.github.tieredquery.athenalocal.internal.hive.HiveStatement;
import io.github.tieredquery.athenalocal.internal.type.AthenaApiException;
import io.github.tieredquery.athenalocal.internal.type.MalformedQueryException;
import io.github.tieredquery.athenalocal.internal.type.QueryFailedException;
import io.github.tieredquery.athenalocal.internal.type.ResultColumn;
import io.github.tieredquery.athenalocal.internal.type.S3Address;
import io.github.tieredquery.athenalocal.internal.type.WorkGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.athena.model.QueryExecutionState;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Athena's operations over JSON, with the checks in the service's order and its errors. Thread-safe. */
public final class AthenaApi {
    private static final int MAX_ROWS = 1000;
    private static final int MAX_BATCH = 50;
    private static final int MAX_SQL = 262_144;
    private static final Pattern OUTPUT_LOCATION = Pattern.compile("s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?");
    private static final String CATALOG = "AwsDataCatalog";

    private final Executions executions;
    private final Catalog catalog;
    private final Map<String, WorkGroup> workGroups = new ConcurrentHashMap<>();
    private final Predicate<String> bucketExists;

    public AthenaApi(
            Executions executions, Catalog catalog, List<WorkGroup> workGroups, Predicate<String> bucketExists) {
        this.executions = executions;
        this.catalog = catalog;
        this.bucketExists = bucketExists;
        workGroups.forEach(workGroup -> this.workGroups.put(workGroup.name(), workGroup));
    }

    /** Carries out an operation; null if there's none of that name. */
    @Nullable
    ObjectNode call(String operation, JsonNode input) {
        return switch (operation) {
            case "StartQueryExecution" -> startQueryExecution(input);
            case "GetQueryExecution" -> getQueryExecution(input);
            case "BatchGetQueryExecution" -> batchGetQueryExecution(input);
            case "GetQueryResults" -> getQueryResults(input);
            case "StopQueryExecution" -> stopQueryExecution(input);
            case "GetTableMetadata" -> getTableMetadata(input);
            case "GetWorkGroup" -> getWorkGroup(input);
            case "CreateWorkGroup" -> createWorkGroup(input);
            case "UpdateWorkGroup" -> updateWorkGroup(input);
            default -> null;
        };
    }

    private ObjectNode startQueryExecution(JsonNode input) {
        String sql = required(input, "QueryString", "queryString");
        List<String> parameters = texts(input, "ExecutionParameters");
        String token = text(input, "ClientRequestToken");
        JsonNode context = object(input, "QueryExecutionContext");
        JsonNode configuration = object(input, "ResultConfiguration");
        String catalogName = text(context, "Catalog");
        String database = text(context, "Database");
        String location = text(configuration, "OutputLocation");
        if (sql.length() > MAX_SQL || sql.isEmpty()) {
            throw constraint(
                    "queryString",
                    "Member must have length "
                            + (sql.isEmpty() ? "greater than or equal to 1" : "less than or equal to " + MAX_SQL));
        }
        if (token == null || token.isEmpty()) {
            throw AthenaApiException.input("clientRequestToken is null or empty");
        }
        if (token.length() < 32 || token.length() > 128) {
            throw constraint(
                    "clientRequestToken",
                    "Member must have length "
                            + (token.length() < 32 ? "greater than or equal to 32" : "less than or equal to 128"));
        }
        WorkGroup workGroup = workGroup(text(input, "WorkGroup"));
        String folder = folder(workGroup, location);
        Plan plan;
        try {
            plan = Plan.of(sql, parameters);
        } catch (MalformedQueryException malformed) {
            throw AthenaApiException.invalid("MALFORMED_QUERY", String.valueOf(malformed.getMessage()));
        }
        requireDescribed(plan, database == null ? "default" : Catalog.lower(database));
        Executions.Request request = new Executions.Request(sql, catalogName, database, location);
        return answer().put("QueryExecutionId", executions.start(token, request, plan, workGroup, folder));
    }

    /** DESCRIBE of a table that doesn't exist is refused at the start. */
    private void requireDescribed(Plan plan, String session) {
        if (plan.hive() instanceof HiveStatement.Describe describe
                && catalog.table(describe.name().in(session), describe.name().table()) == null) {
            throw AthenaApiException.input("Entity Not Found (Service: AmazonDataCatalog; Table "
                    + describe.name().table() + " not found)");
        }
    }

    /** Where results go, null if Athena keeps them. */
    private @Nullable String folder(WorkGroup workGroup, @Nullable String asked) {
        if (workGroup.managed()) {
            if (asked != null) {
                throw AthenaApiException.input(
                        "ResultConfiguration and ManagedQueryResultsConfiguration cannot be set together");
            }
            return null;
        }
        if (asked != null && !OUTPUT_LOCATION.matcher(asked).matches()) {
            throw AthenaApiException.input("outputLocation is not a valid S3 path.");
        }
        String folder = asked == null || workGroup.enforced() ? workGroup.outputLocation() : asked;
        if (folder == null && asked != null) {
            folder = asked;
        }
        if (folder == null) {
            throw AthenaApiException.input("No output location provided. An output location is required either through"
                    + " the Workgroup result configuration setting or as an API input.");
        }
        S3Address address = S3Address.parse(folder);
        if (address == null || !bucketExists.test(address.bucket())) {
            throw AthenaApiException.input(
                    "Unable to verify/create output bucket " + (address == null ? folder : address.bucket()));
        }
        return folder;
    }

    private WorkGroup workGroup(@Nullable String name) {
        WorkGroup workGroup = workGroups.get(name == null ? "primary" : name);
        if (workGroup == null) {
            throw AthenaApiException.input("WorkGroup is not found.");
        }
        return workGroup;
    }

    private Execution execution(String id) {
        Execution execution = executions.find(id);
        if (execution == null) {
            throw AthenaApiException.invalid("QUERY_EXECUTION_NOT_FOUND", "QueryExecution " + id + " was not found");
        }
        return execution;
    }

    private ObjectNode getQueryExecution(JsonNode input) {
        Execution execution = execution(required(input, "QueryExecutionId", "queryExecutionId"));
        ObjectNode answer = answer();
        answer.set("QueryExecution", describe(execution));
        return answer;
    }

    private ObjectNode batchGetQueryExecution(JsonNode input) {
        List<String> ids = texts(input, "QueryExecutionIds");
        if (ids.isEmpty() || ids.size() > MAX_BATCH) {
            throw constraint(
                    "queryExecutionIds",
                    "Member must have length "
                            + (ids.isEmpty() ? "greater than or equal to 1" : "less than or equal to " + MAX_BATCH));
        }
        ObjectNode answer = answer();
        ArrayNode found = answer.putArray("QueryExecutions");
        ArrayNode missing = answer.putArray("UnprocessedQueryExecutionIds");
        for (String id : ids) {
            Execution execution = executions.find(id);
            if (execution != null) {
                found.add(describe(execution));
            } else {
                missing.addObject()
                        .put("QueryExecutionId", id)
                        .put("ErrorCode", "QUERY_EXECUTION_NOT_FOUND")
                        .put("ErrorMessage", "QueryExecution " + id + " was not found");
            }
        }
        return answer;
    }

    private static ObjectNode describe(Execution execution) {
        Execution.Progress progress = execution.observe();
        boolean finished = progress.completed() != null;
        ObjectNode node = answer();
        node.put("QueryExecutionId", execution.id());
        node.put("Query", execution.sql());
        node.put("StatementType", execution.plan().type());
        if (!execution.plan().subtype().isEmpty()) {
            node.put("SubstatementType", execution.plan().subtype());
        }
        node.put("WorkGroup", execution.workGroup().name());
        node.putObject("EngineVersion")
                .put("SelectedEngineVersion", "AUTO")
                .put("EffectiveEngineVersion", "Athena engine version 3");
        ObjectNode configuration = node.putObject("ResultConfiguration");
        if (execution.outputLocation() != null) {
            configuration.put("OutputLocation", execution.outputLocation());
        }
        node.putObject("ResultReuseConfiguration")
                .putObject("ResultReuseByAgeConfiguration")
                .put("Enabled", false);
        ObjectNode context = node.putObject("QueryExecutionContext");
        if (execution.catalog() != null) {
            context.put("Catalog", Catalog.lower(execution.catalog()));
        }
        if (execution.database() != null) {
            context.put("Database", execution.database());
        }
        ObjectNode status = node.putObject("Status");
        status.put("State", progress.state().toString());
        status.put("SubmissionDateTime", seconds(progress.submitted()));
        if (finished) {
            finished(status, progress);
        }
        ObjectNode statistics = node.putObject("Statistics");
        statistics.put("DataScannedInBytes", finished ? progress.scannedBytes() : 0);
        if (progress.result().manifest() != null) {
            statistics.put("DataManifestLocation", progress.result().manifest());
        }
        statistics.put("QueryQueueTimeInMillis", progress.queued().toMillis());
        statistics.put(
                "EngineExecutionTimeInMillis",
                progress.total().minus(progress.queued()).toMillis());
        statistics.put("TotalExecutionTimeInMillis", progress.total().toMillis());
        statistics.put("QueryPlanningTimeInMillis", 0);
        statistics.put("ServicePreProcessingTimeInMillis", 0);
        statistics.put("ServiceProcessingTimeInMillis", 0);
        statistics.putObject("ResultReuseInformation").put("ReusedPreviousResult", false);
        return node;
    }

    private static void finished(ObjectNode status, Execution.Progress progress) {
        if (progress.completed() != null) {
            status.put("CompletionDateTime", seconds(progress.completed()));
        }
        if (progress.reason() != null) {
            status.put("StateChangeReason", progress.reason());
        }
        QueryFailedException failure = progress.failure();
        if (failure != null) {
            status.putObject("AthenaError")
                    .put("ErrorCategory", failure.category())
                    .put("ErrorType", failure.type())
                    .put("Retryable", failure.retryable())
                    .put("ErrorMessage", failure.reason());
        }
    }

    private ObjectNode stopQueryExecution(JsonNode input) {
        execution(required(input, "QueryExecutionId", "queryExecutionId")).cancel();
        return answer();
    }

    private ObjectNode getQueryResults(JsonNode input) {
        String id = required(input, "QueryExecutionId", "queryExecutionId");
        Integer asked = integer(input, "MaxResults");
        String token = text(input, "NextToken");
        if (asked != null && asked < 1) {
            throw constraint("maxResults", "Member must have value greater than or equal to 1");
        }
        if (token != null && token.isEmpty()) {
            throw constraint("nextToken", "Member must have length greater than or equal to 1");
        }
        Execution execution = execution(id);
        if (asked != null && asked > MAX_ROWS) {
            throw AthenaApiException.input("MaxResults is more than maximum allowed length " + MAX_ROWS);
        }
        Execution.Progress progress = execution.progress();
        requireResult(execution, progress);
        Execution.Result result = progress.result();
        int maxRows = asked == null ? MAX_ROWS : asked;
        long offset = token == null ? 0 : offset(id, token);
        ResultPage page = page(result, offset, maxRows);
        ObjectNode answer = answer();
        answer.put("UpdateCount", 0);
        ObjectNode set = answer.putObject("ResultSet");
        ArrayNode rows = set.putArray("Rows");
        for (List<@Nullable String> row : page.rows()) {
            ArrayNode data = rows.addObject().putArray("Data");
            for (String value : row) {
                ObjectNode datum = data.addObject();
                if (value != null) {
                    datum.put("VarCharValue", value);
                }
            }
        }
        if (progress.state() == QueryExecutionState.SUCCEEDED) {
            ArrayNode infos = set.putObject("ResultSetMetadata").putArray("ColumnInfo");
            result.columns().forEach(column -> infos.add(columnInfo(column)));
        }
        if (page.rows().size() == maxRows) {
            answer.put("NextToken", token(id, page.nextOffset()));
        }
        return answer;
    }

    private static void requireResult(Execution execution, Execution.Progress progress) {
        switch (progress.state()) {
            case SUCCEEDED -> {
                return;
            }
            case CANCELLED -> throw AthenaApiException.invalid("RESULT_NOT_FOUND", "Could not find results");
            case FAILED -> {
                boolean engine = !execution.plan().isHive() || progress.result().file() == null;
                if (engine) {
                    throw AthenaApiException.invalid(
                            "INVALID_QUERY_EXECUTION_STATE",
                            "Query did not finish successfully. Final query state: FAILED");
                }
            }
            default ->
                throw AthenaApiException.invalid(
                        "INVALID_QUERY_EXECUTION_STATE",
                        "Query has not yet finished. Current state: " + progress.state());
        }
    }

    private static ResultPage page(Execution.Result result, long offset, int maxRows) {
        if (result.file() == null) {
            throw AthenaApiException.invalid("RESULT_NOT_FOUND", "Could not find results");
        }
        try {
            return result.csv()
                    ? ResultPage.csv(result.file(), offset, maxRows)
                    : ResultPage.lines(result.file(), offset, maxRows);
        } catch (IOException gone) {
            throw AthenaApiException.invalid("RESULT_NOT_FOUND", "Could not find results");
        }
    }

    private static ObjectNode columnInfo(ResultColumn column) {
        return answer().put("CatalogName", "hive")
                .put("SchemaName", "")
                .put("TableName", "")
                .put("Name", column.name())
                .put("Label", column.name())
                .put("Type", column.type())
                .put("Precision", column.precision())
                .put("Scale", column.scale())
                .put("Nullable", "UNKNOWN")
                .put("CaseSensitive", column.isCaseSensitive());
    }

    private static String token(String id, long offset) {
        return Base64.getUrlEncoder().encodeToString((id + ":" + offset).getBytes(StandardCharsets.UTF_8));
    }

    private static long offset(String id, String token) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            if (text.startsWith(id + ":")) {
                return Long.parseLong(text.substring(id.length() + 1));
            }
        } catch (IllegalArgumentException malformed) {
            throw AthenaApiException.input("Malformed nextPageToken " + token);
        }
        throw AthenaApiException.input("Malformed nextPageToken " + token);
    }

    private ObjectNode getTableMetadata(JsonNode input) {
        String catalogName = required(input, "CatalogName", "catalogName");
        String database = Catalog.lower(required(input, "DatabaseName", "databaseName"));
        String name = Catalog.lower(required(input, "TableName", "tableName"));
        if (!catalogName.equalsIgnoreCase(CATALOG)) {
            throw AthenaApiException.invalid("DATACATALOG_NOT_FOUND", "Data catalog " + catalogName + " was not found");
        }
        Table table = catalog.table(database, name);
        View view = catalog.view(database, name);
        if (table == null && view == null) {
            throw new AthenaApiException(
                    400,
                    "MetadataException",
                    null,
                    "EntityNotFoundException: Entity Not Found (Service: AmazonDataCatalog; Table " + name
                            + " not found)");
        }
        ObjectNode answer = answer();
        ObjectNode metadata = answer.putObject("TableMetadata");
        metadata.put("Name", name);
        metadata.put("TableType", table == null ? "VIRTUAL_VIEW" : "EXTERNAL_TABLE");
        ArrayNode columns = metadata.putArray("Columns");
        ArrayNode keys = metadata.putArray("PartitionKeys");
        ObjectNode parameters = metadata.putObject("Parameters");
        if (table != null) {
            metadata.put("CreateTime", seconds(table.created()));
            addColumns(columns, table.columns());
            addColumns(keys, table.partitionKeys());
            parameters.put("EXTERNAL", "TRUE");
            parameters.put("location", table.location());
            parameters.put("serde.serialization.lib", table.storage().serde());
            table.storage().serdeProperties().forEach((key, value) -> parameters.put("serde.param." + key, value));
            table.properties().forEach(parameters::put);
        }
        if (view != null) {
            addColumns(columns, view.columns());
            parameters.put("comment", "Presto View");
            parameters.put("presto_view", "true");
        }
        return answer;
    }

    private static void addColumns(ArrayNode target, List<Column> columns) {
        for (Column column : columns) {
            target.addObject().put("Name", column.name()).put("Type", column.declaredType());
        }
    }

    private ObjectNode getWorkGroup(JsonNode input) {
        WorkGroup workGroup = workGroup(required(input, "WorkGroup", "workGroup"));
        ObjectNode answer = answer();
        ObjectNode node = answer.putObject("WorkGroup");
        node.put("Name", workGroup.name());
        node.put("State", "ENABLED");
        ObjectNode configuration = node.putObject("Configuration");
        ObjectNode results = configuration.putObject("ResultConfiguration");
        if (workGroup.outputLocation() != null) {
            results.put("OutputLocation", workGroup.outputLocation());
        }
        if (workGroup.managed()) {
            configuration.putObject("ManagedQueryResultsConfiguration").put("Enabled", true);
        }
        configuration.put("EnforceWorkGroupConfiguration", workGroup.enforced());
        configuration.put("PublishCloudWatchMetricsEnabled", false);
        configuration.put("RequesterPaysEnabled", false);
        configuration
                .putObject("EngineVersion")
                .put("SelectedEngineVersion", "AUTO")
                .put("EffectiveEngineVersion", "Athena engine version 3");
        return answer;
    }

    private ObjectNode createWorkGroup(JsonNode input) {
        String name = required(input, "Name", "name");
        WorkGroup created = configured(new WorkGroup(name, null, true, false), object(input, "Configuration"), false);
        if (workGroups.putIfAbsent(name, created) != null) {
            throw AthenaApiException.input("WorkGroup " + name + " is already created");
        }
        return answer();
    }

    private ObjectNode updateWorkGroup(JsonNode input) {
        WorkGroup workGroup = workGroup(required(input, "WorkGroup", "workGroup"));
        WorkGroup updated = configured(workGroup, object(input, "ConfigurationUpdates"), true);
        workGroups.put(workGroup.name(), updated);
        return answer();
    }

    private static WorkGroup configured(WorkGroup from, JsonNode configuration, boolean update) {
        JsonNode results = object(configuration, update ? "ResultConfigurationUpdates" : "ResultConfiguration");
        JsonNode managed = object(
                configuration, update ? "ManagedQueryResultsConfigurationUpdates" : "ManagedQueryResultsConfiguration");
        String location = text(results, "OutputLocation");
        if (results.path("RemoveOutputLocation").asBoolean(false)) {
            location = null;
        } else if (location == null) {
            location = from.outputLocation();
        }
        return new WorkGroup(
                from.name(),
                location,
                configuration.path("EnforceWorkGroupConfiguration").asBoolean(from.enforced()),
                managed.path("Enabled").asBoolean(from.managed()));
    }

    private static ObjectNode answer() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static double seconds(Instant instant) {
        return instant.toEpochMilli() / 1000.0;
    }

    private static JsonNode object(JsonNode input, String member) {
        JsonNode value = input.path(member);
        if (value.isMissingNode() || value.isNull()) {
            return JsonNodeFactory.instance.objectNode();
        }
        if (!value.isObject()) {
            throw serialization("Expected object or null");
        }
        return value;
    }

    private static @Nullable String text(JsonNode input, String member) {
        JsonNode value = input.path(member);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isString()) {
            throw serialization(typeName(value) + " can not be converted to a String");
        }
        return value.asString();
    }

    private static @Nullable Integer integer(JsonNode input, String member) {
        JsonNode value = input.path(member);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isNumber()) {
            throw serialization(typeName(value) + " can not be converted to an Integer");
        }
        return value.asInt();
    }

    private static List<String> texts(JsonNode input, String member) {
        JsonNode value = input.path(member);
        List<String> texts = new ArrayList<>();
        if (!value.isMissingNode() && !value.isNull()) {
            if (!value.isArray()) {
                throw serialization("Unrecognized collection type class java.lang.String");
            }
            for (JsonNode item : value) {
                if (!item.isString()) {
                    throw serialization(typeName(item) + " can not be converted to a String");
                }
                texts.add(item.asString());
            }
        }
        return texts;
    }

    private static String typeName(JsonNode value) {
        return value.isString()
                ? "STRING_VALUE"
                : value.isNumber() ? "NUMBER_VALUE" : value.isBoolean() ? "TRUE_VALUE" : "START_OBJECT";
    }

    private static AthenaApiException serialization(String message) {
        return new AthenaApiException(400, "SerializationException", null, message);
    }

    private static String required(JsonNode input, String member, String name) {
        String value = text(input, member);
        if (value == null) {
            throw AthenaApiException.input("1 validation error detected: Value null at '" + name
                    + "' failed to satisfy constraint: Member must not be null");
        }
        return value;
    }

    private static AthenaApiException constraint(String name, String constraint) {
        return AthenaApiException.input(
                "1 validation error detected: Value at '" + name + "' failed to satisfy constraint: " + constraint);
    }
}
