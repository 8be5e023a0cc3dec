package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.error.ConfigurationException;
import io.github.tieredquery.jdbc.internal.dialect.DeleteEffect;
import io.github.tieredquery.jdbc.internal.dialect.DeleteEffect.Kind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
        check(source, effects, EnumSet.allOf(Kind.class));
    }

    /** As {@link #checkArchiving}, but erased rows don't go to where policies end. */
    void checkErasing(String source, List<DeleteEffect> effects) {
        check(source, effects, EnumSet.complementOf(EnumSet.of(Kind.ROW_SECURITY)));
    }

    private void check(String source, List<DeleteEffect> effects, Set<Kind> counted) {
        List<DeleteEffect> refused = effects.stream()
                .filter(effect -> counted.contains(effect.kind()) && !accepts(effect, effects))
                .toList();
        if (!refused.isEmpty()) {
            EnumSet<Kind> kinds = EnumSet.noneOf(Kind.class);
            refused.forEach(effect -> kinds.add(effect.kind()));
            throw new ConfigurationException(source + ": no row is archived or erased: "
                    + refused.stream().map(DeleteEffect::text).distinct().collect(Collectors.joining("; ")) + ". "
                    + Stream.concat(
                                    kinds.stream().map(AcceptedEffects::remedy),
                                    refused.stream()
                                            .flatMap(effect -> ambiguities(effect, effects))
                                            .distinct())
                            .collect(Collectors.joining(". ")));
        }
    }

    private boolean accepts(DeleteEffect effect, List<DeleteEffect> found) {
        return effect.kind() == Kind.ROW_SECURITY
                ? rowSecurity
                : acceptedNames(effect)
                        .anyMatch(name -> namedSo(name, effect.kind(), found).size() == 1);
    }

    /** The names that it was accepted by, if they are no others' as well. */
    private Stream<String> acceptedNames(DeleteEffect effect) {
        Set<String> accepted = switch (effect.kind()) {
            case CASCADE -> cascades;
            case REFERENCE -> references;
            case TRIGGER -> triggers;
            case ROW_SECURITY, HIDDEN_ROWS, PUBLICATION, UNSEEN_KEYS, UNSEEN_TRIGGERS -> Set.of();
        };
        return effect.names().stream().filter(accepted::contains);
    }

    /** The whole names of what goes by a name. */
    private static List<String> namedSo(String name, Kind kind, List<DeleteEffect> found) {
        return found.stream()
                .filter(effect -> effect.kind() == kind && effect.names().contains(name))
                .map(effect -> effect.table() + "." + effect.name())
                .distinct()
                .toList();
    }

    private Stream<String> ambiguities(DeleteEffect effect, List<DeleteEffect> found) {
        return acceptedNames(effect)
                .map(name -> option(effect.kind()) + " has '" + name + "', by which "
                        + String.join(", ", namedSo(name, effect.kind(), found))
                        + " could be meant: give the whole name of what is accepted");
    }

    private static String option(Kind kind) {
        return switch (kind) {
            case CASCADE -> "JdbcSourceBuilder.acceptedCascades(…)";
            case REFERENCE -> "JdbcSourceBuilder.acceptedReferences(…)";
            default -> "JdbcSourceBuilder.acceptedTriggers(…)";
        };
    }

    private static String remedy(Kind kind) {
        return switch (kind) {
            case CASCADE ->
                "Take the action from such a key, or name it in " + option(kind) + " if its" + " table may lose that";
            case REFERENCE ->
                "Drop a key that stands in the way, or name it in " + option(kind)
                        + " if the rows that point at old ones are always gone first";
            case TRIGGER ->
                "Drop or disable such a trigger or rule, or name it in " + option(kind)
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
