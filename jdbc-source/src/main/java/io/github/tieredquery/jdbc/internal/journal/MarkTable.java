package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.store.ArchiveHistory;
import io.github.tieredquery.store.ArchiveMark;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The marks that the journal has issued, as far as they may still come to the archive's place, and what they tell of.
 * All changes are made while the table's row is locked. Immutable and thread-safe.
 */
final class MarkTable {

    private final JournalTables tables;

    MarkTable(JournalTables tables) {
        this.tables = tables;
    }

    /**
     * What an archive is told by.
     *
     * @param archive drawn when it was begun, or when its journal got marks
     * @param lastMark how many marks were issued
     * @param erasedKeys how many keys were erased
     */
    private record Place(String archive, long lastMark, long erasedKeys) {}

    private Place place(Connection connection, long archiveId) throws SQLException {
        List<Place> places = new ArrayList<>(1);
        Sql.query(
                connection,
                "SELECT archive_uuid, last_mark, erased_keys FROM " + tables.place + " WHERE archive_id = ?",
                row -> places.add(new Place(row.getString(1), row.getLong(2), row.getLong(3))),
                archiveId);
        if (!places.isEmpty()) {
            return places.get(0);
        }
        Place place = new Place(UUID.randomUUID().toString(), 0, 0);
        Sql.update(
                connection,
                "INSERT INTO " + tables.place + " (archive_id, archive_uuid, last_mark, erased_keys)"
                        + " VALUES (?, ?, 0, 0)",
                archiveId,
                place.archive());
        return place;
    }

    ArchiveHistory history(Connection connection, JournalRow row) throws SQLException {
        Place place = place(connection, row.id());
        List<ArchiveMark> marks = new ArrayList<>(1);
        Sql.query(
                connection,
                "SELECT mark_number, nonce, version_number, epoch, erased_keys, issued_micros FROM " + tables.mark
                        + " WHERE archive_id = ? ORDER BY mark_number LIMIT 1",
                found -> marks.add(new ArchiveMark(
                        place.archive(),
                        found.getLong(1),
                        found.getString(2),
                        found.getLong(3),
                        found.getLong(4),
                        found.getLong(5),
                        Sql.instant(found.getLong(6)))),
                row.id());
        return new ArchiveHistory(
                place.archive(), marks.isEmpty() ? null : marks.get(0), row.nextVersion() - 1, row.epoch());
    }

    /** Takes over what the archive is told by at its place, if no mark has told of it yet. */
    void goOnAs(Connection connection, JournalRow row, String archive) throws SQLException {
        Place place = place(connection, row.id());
        if (place.archive().equals(archive)) {
            return;
        }
        if (place.lastMark() > 0) {
            throw new IllegalArgumentException("the archive is " + place.archive() + ", not " + archive);
        }
        Sql.update(
                connection, "UPDATE " + tables.place + " SET archive_uuid = ? WHERE archive_id = ?", archive, row.id());
    }

    boolean remembers(Connection connection, JournalRow row, ArchiveMark mark) throws SQLException {
        boolean known = place(connection, row.id()).archive().equals(mark.archive())
                && Sql.queryLong(
                                connection,
                                "SELECT count(*) FROM " + tables.mark
                                        + " WHERE archive_id = ? AND mark_number = ? AND nonce = ?",
                                row.id(),
                                mark.number(),
                                mark.nonce())
                        > 0;
        if (known) {
            Sql.update(
                    connection,
                    "DELETE FROM " + tables.mark + " WHERE archive_id = ? AND mark_number < ?",
                    row.id(),
                    mark.number());
        }
        return known;
    }

    /**
     * Issues a mark.
     *
     * @param version the highest version that is given out by now
     * @param now by the database's clock
     */
    ArchiveMark issue(Connection connection, long archiveId, long version, long epoch, long now) throws SQLException {
        Place place = place(connection, archiveId);
        ArchiveMark mark = new ArchiveMark(
                place.archive(),
                place.lastMark() + 1,
                UUID.randomUUID().toString(),
                version,
                epoch,
                place.erasedKeys(),
                Sql.instant(now));
        Sql.update(
                connection,
                "UPDATE " + tables.place + " SET last_mark = ? WHERE archive_id = ?",
                mark.number(),
                archiveId);
        Sql.update(
                connection,
                "INSERT INTO " + tables.mark + " (archive_id, mark_number, nonce, version_number, epoch, erased_keys,"
                        + " issued_micros) VALUES (?, ?, ?, ?, ?, ?, ?)",
                archiveId,
                mark.number(),
                mark.nonce(),
                mark.version(),
                mark.epoch(),
                mark.erasedKeys(),
                now);
        return mark;
    }

    /** Counts keys that are being erased. */
    void erased(Connection connection, long archiveId, int keys) throws SQLException {
        long before = place(connection, archiveId).erasedKeys();
        Sql.update(
                connection,
                "UPDATE " + tables.place + " SET erased_keys = ? WHERE archive_id = ?",
                before + keys,
                archiveId);
    }
}
