package io.github.tieredquery.query;

import java.util.List;

/**
 * Counts how deep conditions lie in each other. Everything that walks through a filter calls itself, a text or a hash
 * code included, so that a stranger's filter must not be as deep as he likes.
 */
final class FilterDepth {

    /**
     * Room for what the library puts around a query's filter: what restricts it, and the part of the range that is
     * left.
     */
    private static final int ROOM = 50;

    private FilterDepth() {}

    /** How many and, or and not lie in each other; 0 for a single condition. */
    static int of(Filter filter) {
        if (filter instanceof Filter.And and) {
            return 1 + deepest(and.filters());
        } else if (filter instanceof Filter.Or or) {
            return 1 + deepest(or.filters());
        }
        return filter instanceof Filter.Not not ? 1 + of(not.filter()) : 0;
    }

    private static int deepest(List<Filter> filters) {
        int deepest = 0;
        for (Filter filter : filters) {
            deepest = Math.max(deepest, of(filter));
        }
        return deepest;
    }

    /**
     * Checks the parts of a condition that is being made.
     *
     * @throws IllegalArgumentException if one is so deep that no query could take the whole
     */
    static void check(List<Filter> parts) {
        int depth = 1 + deepest(parts);
        if (depth > Filter.DEEPEST + ROOM) {
            throw new IllegalArgumentException("a filter has " + tooDeep(depth));
        }
    }

    static String tooDeep(int depth) {
        return depth + " levels of and, or and not in each other, and a query takes at most " + Filter.DEEPEST
                + ". Give all conditions of a level to one and(…) or or(…), or ask with in(…) for one of many values";
    }
}
