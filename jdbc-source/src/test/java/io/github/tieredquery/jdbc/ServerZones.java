package io.github.tieredquery.jdbc;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;

/** Zones whose clocks change, for sessions of a MariaDB server: it comes without any. */
final class ServerZones {

    private static final Instant LAST = Instant.parse("2037-12-31T00:00:00Z");

    private ServerZones() {}

    /** Those that tests name. */
    static void load(Statement statement) throws SQLException {
        load(statement, 1, ZoneId.of("Europe/Berlin"));
        load(statement, 2, ZoneId.of("America/New_York"));
        load(statement, 3, ZoneId.of("Australia/Lord_Howe"));
        load(statement, 4, ZoneId.of("Antarctica/Vostok"));
    }

    private static void load(Statement statement, int id, ZoneId zone) throws SQLException {
        ZoneRules rules = zone.getRules();
        List<ZoneOffset> types = new ArrayList<>(List.of(rules.getOffset(Instant.EPOCH)));
        statement.execute("INSERT INTO mysql.time_zone VALUES (" + id + ", 'N')");
        statement.execute("INSERT INTO mysql.time_zone_name VALUES ('" + zone + "', " + id + ")");
        ZoneOffsetTransition transition = rules.nextTransition(Instant.EPOCH);
        while (transition != null && transition.getInstant().isBefore(LAST)) {
            ZoneOffset offset = transition.getOffsetAfter();
            if (!types.contains(offset)) {
                types.add(offset);
            }
            statement.execute("INSERT INTO mysql.time_zone_transition VALUES (" + id + ", " + transition.toEpochSecond()
                    + ", " + types.indexOf(offset) + ")");
            transition = rules.nextTransition(transition.getInstant());
        }
        for (int type = 0; type < types.size(); type++) {
            statement.execute("INSERT INTO mysql.time_zone_transition_type VALUES (" + id + ", " + type + ", "
                    + types.get(type).getTotalSeconds() + ", 0, '" + types.get(type) + "')");
        }
    }
}
