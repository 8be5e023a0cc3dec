package io.github.tieredquery.athena;

import static org.assertj.core.api.Assertions.assertThat;

import io.trino.sql.tree.BetweenPredicate;
import io.trino.sql.tree.BinaryLiteral;
import io.trino.sql.tree.BooleanLiteral;
import io.trino.sql.tree.Cast;
import io.trino.sql.tree.ComparisonExpression;
import io.trino.sql.tree.DefaultTraversalVisitor;
import io.trino.sql.tree.DereferenceExpression;
import io.trino.sql.tree.Expression;
import io.trino.sql.tree.FunctionCall;
import io.trino.sql.tree.GenericLiteral;
import io.trino.sql.tree.InListExpression;
import io.trino.sql.tree.InPredicate;
import io.trino.sql.tree.LongLiteral;
import io.trino.sql.tree.Node;
import io.trino.sql.tree.NullIfExpression;
import io.trino.sql.tree.StringLiteral;
import io.trino.sql.tree.TimestampLiteral;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Trino compares a varchar with a varchar and not with a number; this says where a statement does otherwise. */
final class TypeAgreement extends DefaultTraversalVisitor<@Nullable Void> {

    private static final Set<String> INTEGERS = Set.of("integer", "bigint");

    private static final Set<String> FUNCTIONS = Set.of(
            "count",
            "sum",
            "min",
            "max",
            "bool_or",
            "is_nan",
            "nan",
            "date_add",
            "date_trunc",
            "date_format",
            "mod",
            "substr",
            "concat",
            "lpad",
            "replace",
            "from_hex");

    private final Map<String, String> columns;

    private TypeAgreement(Map<String, String> columns) {
        this.columns = columns;
    }

    static void check(Node statement, Map<String, String> columns) {
        new TypeAgreement(columns).process(statement, null);
    }

    @Override
    protected @Nullable Void visitComparisonExpression(ComparisonExpression node, @Nullable Void context) {
        agree(node, node.getLeft(), node.getRight());
        return super.visitComparisonExpression(node, null);
    }

    @Override
    protected @Nullable Void visitInPredicate(InPredicate node, @Nullable Void context) {
        ((InListExpression) node.getValueList()).getValues().forEach(each -> agree(node, node.getValue(), each));
        return super.visitInPredicate(node, null);
    }

    @Override
    protected @Nullable Void visitBetweenPredicate(BetweenPredicate node, @Nullable Void context) {
        agree(node, node.getValue(), node.getMin());
        agree(node, node.getValue(), node.getMax());
        return super.visitBetweenPredicate(node, null);
    }

    @Override
    protected @Nullable Void visitNullIfExpression(NullIfExpression node, @Nullable Void context) {
        agree(node, node.getFirst(), node.getSecond());
        return super.visitNullIfExpression(node, null);
    }

    @Override
    protected @Nullable Void visitFunctionCall(FunctionCall node, @Nullable Void context) {
        String name = node.getName().toString();
        if (name.equals("starts_with") || name.equals("strpos")) {
            node.getArguments().forEach(each -> assertThat(type(each)).isEqualTo("varchar"));
        } else {
            assertThat(name).isIn(FUNCTIONS);
        }
        return super.visitFunctionCall(node, null);
    }

    private void agree(Node where, Expression left, Expression right) {
        String a = type(left);
        String b = type(right);
        assertThat(a.equals(b) || (INTEGERS.contains(a) && INTEGERS.contains(b)))
                .as("%s compares %s with %s", where, a, b)
                .isTrue();
    }

    private String type(Expression expression) {
        if (expression instanceof DereferenceExpression column) {
            String name = column.getField().orElseThrow().getValue();
            return Objects.requireNonNull(columns.get(name), name);
        } else if (expression instanceof Cast cast) {
            return cast.getType()
                    .toString()
                    .toLowerCase(Locale.ROOT)
                    .replace(" ", "")
                    .replace("\"", "");
        } else if (expression instanceof NullIfExpression nullIf) {
            return type(nullIf.getFirst());
        } else if (expression instanceof FunctionCall call) {
            return switch (call.getName().toString()) {
                case "strpos", "mod" -> "bigint";
                case "substr", "concat", "replace" -> "varchar";
                default -> throw new AssertionError("no statement of ours compares " + expression);
            };
        } else if (expression instanceof StringLiteral) {
            return "varchar";
        } else if (expression instanceof LongLiteral) {
            return "bigint";
        } else if (expression instanceof io.trino.sql.tree.ArithmeticUnaryExpression sign) {
            return type(sign.getValue());
        } else if (expression instanceof BooleanLiteral) {
            return "boolean";
        } else if (expression instanceof BinaryLiteral) {
            return "varbinary";
        } else if (expression instanceof TimestampLiteral) {
            return "timestamp";
        } else if (expression instanceof GenericLiteral literal) {
            return literal.getType().toLowerCase(Locale.ROOT);
        }
        throw new AssertionError("no statement of ours has " + expression);
    }
}
