package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.jdbc.internal.dialect.DeleteEffect;
import io.github.tieredquery.jdbc.internal.dialect.DeleteEffect.Kind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the developer lets happen when rows are deleted. Immutable.
 *
 * @param cascades foreign keys that may change or delete other rows
 * @param references foreign keys of which no row points at archived rows any more
 * @param triggers triggers and rules that may run
 * @param rowSecurity whether archived rows may be without their policies
 */
public record AcceptedEffects(Set<String> cascades, Set<String> references, Set<String> triggers, boolean rowSecurity) {

    public AcceptedEffects {
        cascades = Set.copyOf(cascades);
        references = Set.copyOf(references);
        triggers = Set.copyOf(triggers);
    }

    /**
     * Fails if archiving would do what nobody has accepted.
     *
     * @param source the source's name
     * @throws ConfigurationException naming all of it
     */
    void checkArchiving(String source, List<DeleteEffect> effects) {
        check(source, effects.stream().filter(effect -> !accepts(effect)).toList());
    }

    /** As {@link #checkArchiving}, but erased rows don't go to where policies end. */
    void checkErasing(String source, List<DeleteEffect> effects) {
        check(
                source,
                effects.stream()
                        .filter(effect -> effect.kind() != Kind.ROW_SECURITY && !accepts(effect))
                        .toList());
    }

    private boolean accepts(DeleteEffect effect) {
        return switch (effect.kind()) {
            case CASCADE -> cascades.contains(effect.name());
            case REFERENCE -> references.contains(effect.name());
            case TRIGGER -> triggers.contains(effect.name());
            case ROW_SECURITY -> rowSecurity;
            case HIDDEN_ROWS, PUBLICATION, UNSEEN_KEYS, UNSEEN_TRIGGERS -> false;
        };
    }

    private static void check(String source, List<DeleteEffect> refused) {
        if (!refused.isEmpty()) {
            EnumSet<Kind> kinds = EnumSet.noneOf(Kind.class);
            refused.forEach(effect -> kinds.add(effect.kind()));
            throw new ConfigurationException(source + ": no row is archived or erased: "
                    + refused.stream().map(DeleteEffect::text).distinct().collect(Collectors.joining("; ")) + ". "
                    + kinds.stream().map(AcceptedEffects::remedy).collect(Collectors.joining(". ")));
        }
    }

    private static String remedy(Kind kind) {
        return switch (kind) {
            case CASCADE ->
                "Take the action from such a key, or name it in JdbcSourceBuilder.acceptedCascades(…) if its"
                        + " table may lose that";
            case REFERENCE ->
                "Drop a key that stands in the way, or name it in JdbcSourceBuilder.acceptedReferences(…)"
                        + " if the rows that point at old ones are always gone first";
            case TRIGGER ->
                "Drop or disable such a trigger or rule, or name it in JdbcSourceBuilder.acceptedTriggers(…)"
                        + " if it may run for rows that are archived";
            case ROW_SECURITY ->
                "Restrict readers with TieredQuery.restrictedTo(…) and confirm with"
                        + " JdbcSourceBuilder.acceptedRowSecurity()";
            case HIDDEN_ROWS ->
                "Use a role that sees all rows: one with BYPASSRLS, or the table's owner without FORCE ROW"
                        + " LEVEL SECURITY";
            case PUBLICATION -> "Give the table a primary key, or a REPLICA IDENTITY";
            case UNSEEN_KEYS -> "Grant it PROCESS";
            case UNSEEN_TRIGGERS -> "Grant it TRIGGER on the table";
        };
    }
}
