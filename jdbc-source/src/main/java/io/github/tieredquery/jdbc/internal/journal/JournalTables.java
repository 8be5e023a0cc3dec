package io.github.tieredquery.jdbc.internal.journal;

import io.github.tieredquery.error.ConfigurationException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The names of the journal's tables and the statements that create them. One set of tables serves many tables of rows,
 * told apart by their logical names. Immutable.
 *
 * <p>Moments are microseconds since 1970 in 64 bits: exact, beyond the year 9999 too, and out of reach of the session's
 * time zone, of daylight saving and of what a driver makes of a timestamp.
 *
 * <p>A version is excluded exactly while {@code excluded_micros} isn't null; the moment says since when, which decides
 * when its files may be removed. {@code kind} and {@code state} are words rather than numbers, so that further ones can
 * be added without touching rows.
 */
public final class JournalTables {

    /** The version of the journal's own schema. A greater one is written by a newer library and isn't understood. */
    public static final int SCHEMA_VERSION = 4;

    /** The version of tables that aren't there or aren't complete. */
    static final long NONE = 0;

    /** The longest logical name of a table, in UTF-16 units. */
    static final int MAX_TABLE_NAME = 200;

    /** Lower case needs no quoting rules to be the same everywhere; 40 leaves room below every database's limit. */
    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,39}");

    private final String name;
    private final JournalDialect dialect;
    public final String schema;
    final String archive;
    final String version;
    public final String manifest;
    public final String file;
    public final String tombstone;
    public final String finishedFile;
    public final String undeleted;
    public final String place;
    public final String mark;

    JournalTables(String name, JournalDialect dialect) {
        this.name = name;
        this.dialect = dialect;
        this.schema = dialect.table(name, "journal_schema");
        this.archive = dialect.table(name, "archive");
        this.version = dialect.table(name, "archive_version");
        this.manifest = dialect.table(name, "manifest");
        this.file = dialect.table(name, "manifest_file");
        this.tombstone = dialect.table(name, "tombstone");
        this.finishedFile = dialect.table(name, "finished_file");
        this.undeleted = dialect.table(name, "undeleted");
        this.place = dialect.table(name, "archive_place");
        this.mark = dialect.table(name, "archive_mark");
    }

    /**
     * Fails unless a journal can have this name.
     *
     * @throws IllegalArgumentException with the name
     */
    public static String checkedName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "the journal's name is '" + name + "'; it is 1 to 40 of a-z, 0-9 and _, not starting with a digit");
        }
        return name;
    }

    String name() {
        return name;
    }

    /**
     * Fails unless this library understands the journal.
     *
     * @param found the version that the journal's own row says, {@link #NONE} if it isn't there
     */
    void checkSchemaVersion(String source, long found) {
        if (found < SCHEMA_VERSION) {
            throw new ConfigurationException(source + ": the tables of the journal '" + name
                    + "' are there but not of this library's version. The archiver brings them there, or a DBA does with the statements of"
                    + " JdbcSource.journalDdl()");
        }
        if (found > SCHEMA_VERSION) {
            throw new ConfigurationException(source + ": the journal '" + name + "' has the schema version " + found
                    + ", and this library understands versions up to " + SCHEMA_VERSION
                    + ". Use the library's version that wrote it, or a newer one");
        }
    }

    /** All statements in the order in which a DBA runs them. */
    public List<String> script() {
        List<String> statements = new ArrayList<>(dialect.createContainer(name));
        statements.add(createSchemaTable());
        statements.addAll(migration(NONE));
        statements.add(recordSchemaVersion(NONE));
        return List.copyOf(statements);
    }

    /**
     * What brings the tables from an older version to this one. Where DDL isn't part of a transaction a step may have
     * been broken off in the middle, so each statement is harmless if it was run before.
     *
     * @param from the version that is there, {@link #NONE} for nothing
     */
    List<String> migration(long from) {
        List<String> statements = new ArrayList<>();
        if (from < 1) {
            statements.addAll(create());
        }
        if (from < 2) {
            statements.add(createTombstones());
        }
        if (from < 3) {
            statements.add(createFinishedFiles());
            statements.add(createUndeleted());
        }
        if (from < 4) {
            statements.add(createPlaces());
            statements.add(createMarks());
        }
        return List.copyOf(statements);
    }

    /**
     * The key of the table is the order in which tombstones are read. The row's key is one text, whatever its columns.
     */
    private String createTombstones() {
        return "CREATE TABLE IF NOT EXISTS " + tombstone + " (\n"
                + "  archive_id bigint NOT NULL,\n"
                + "  time_micros bigint NOT NULL,\n"
                + "  erased_epoch bigint NOT NULL,\n"
                + "  tombstone_number int NOT NULL,\n"
                + "  row_key " + dialect.textType() + " NOT NULL,\n"
                + "  PRIMARY KEY (archive_id, time_micros, erased_epoch, tombstone_number),\n"
                + "  FOREIGN KEY (archive_id) REFERENCES " + archive + " (archive_id)\n"
                + ")" + dialect.tableOptions();
    }

    /** Of windows that are being copied. Once a window is archived, its manifests tell of its files. */
    private String createFinishedFiles() {
        return "CREATE TABLE IF NOT EXISTS " + finishedFile + " (\n"
                + "  archive_id bigint NOT NULL,\n"
                + "  version_number bigint NOT NULL,\n"
                + "  file_number int NOT NULL,\n"
                + "  partition_path " + dialect.textType() + " NOT NULL,\n"
                + "  location " + dialect.textType() + " NOT NULL,\n"
                + "  row_count bigint NOT NULL,\n"
                + "  byte_count bigint NOT NULL,\n"
                + "  min_time_micros bigint NOT NULL,\n"
                + "  max_time_micros bigint NOT NULL,\n"
                + "  fingerprint char(32) NOT NULL,\n"
                + "  schema_version int NOT NULL,\n"
                + "  last_row " + dialect.textType() + " NOT NULL,\n"
                + "  PRIMARY KEY (archive_id, version_number, file_number),\n"
                + "  FOREIGN KEY (archive_id, version_number) REFERENCES " + version
                + " (archive_id, version_number)\n"
                + ")" + dialect.tableOptions();
    }

    /** What tells the archive from others at its place in the cold store, and counts what marks tell of. */
    private String createPlaces() {
        return "CREATE TABLE IF NOT EXISTS " + place + " (\n"
                + "  archive_id bigint NOT NULL PRIMARY KEY,\n"
                + "  archive_uuid varchar(36) NOT NULL,\n"
                + "  last_mark bigint NOT NULL,\n"
                + "  erased_keys bigint NOT NULL,\n"
                + "  FOREIGN KEY (archive_id) REFERENCES " + archive + " (archive_id)\n"
                + ")" + dialect.tableOptions();
    }

    /** Those that are at the place, or may still come there. */
    private String createMarks() {
        return "CREATE TABLE IF NOT EXISTS " + mark + " (\n"
                + "  archive_id bigint NOT NULL,\n"
                + "  mark_number bigint NOT NULL,\n"
                + "  nonce varchar(36) NOT NULL,\n"
                + "  version_number bigint NOT NULL,\n"
                + "  epoch bigint NOT NULL,\n"
                + "  erased_keys bigint NOT NULL,\n"
                + "  issued_micros bigint NOT NULL,\n"
                + "  PRIMARY KEY (archive_id, mark_number),\n"
                + "  FOREIGN KEY (archive_id) REFERENCES " + archive + " (archive_id)\n"
                + ")" + dialect.tableOptions();
    }

    /** Parts of windows whose rows are archived and still in the hot table. */
    private String createUndeleted() {
        return "CREATE TABLE IF NOT EXISTS " + undeleted + " (\n"
                + "  archive_id bigint NOT NULL,\n"
                + "  from_micros bigint NOT NULL,\n"
                + "  to_micros bigint NOT NULL,\n"
                + "  version_number bigint NOT NULL,\n"
                + "  row_count bigint NOT NULL,\n"
                + "  fingerprint char(32) NOT NULL,\n"
                + "  PRIMARY KEY (archive_id, from_micros),\n"
                + "  FOREIGN KEY (archive_id, version_number) REFERENCES " + version
                + " (archive_id, version_number)\n"
                + ")" + dialect.tableOptions();
    }

    private List<String> create() {
        String end = ")" + dialect.tableOptions();
        List<String> statements = new ArrayList<>();
        statements.add("CREATE TABLE IF NOT EXISTS " + archive + " (\n"
                + "  archive_id " + dialect.identityType() + " PRIMARY KEY,\n"
                + "  table_name varchar(" + MAX_TABLE_NAME + ") NOT NULL UNIQUE,\n"
                + "  archive_identity " + dialect.textType() + " NOT NULL,\n"
                + "  watermark_micros bigint,\n"
                + "  epoch bigint NOT NULL,\n"
                + "  next_version bigint NOT NULL,\n"
                + "  lease_version bigint,\n"
                + "  lease_owner " + dialect.textType() + ",\n"
                + "  lease_until_micros bigint\n"
                + end);
        statements.add("CREATE TABLE IF NOT EXISTS " + version + " (\n"
                + "  archive_id bigint NOT NULL,\n"
                + "  version_number bigint NOT NULL,\n"
                + "  kind varchar(20) NOT NULL,\n"
                + "  state varchar(20) NOT NULL,\n"
                + "  window_from_micros bigint NOT NULL,\n"
                + "  window_to_micros bigint NOT NULL,\n"
                + "  attempt_owner " + dialect.textType() + " NOT NULL,\n"
                + "  started_micros bigint NOT NULL,\n"
                + "  excluded_micros bigint,\n"
                + "  committed_micros bigint,\n"
                + "  committed_epoch bigint,\n"
                + "  PRIMARY KEY (archive_id, version_number),\n"
                + "  FOREIGN KEY (archive_id) REFERENCES " + archive + " (archive_id)\n"
                + end);
        statements.add("CREATE TABLE IF NOT EXISTS " + manifest + " (\n"
                + "  archive_id bigint NOT NULL,\n"
                + "  version_number bigint NOT NULL,\n"
                + "  manifest_number int NOT NULL,\n"
                + "  partition_path " + dialect.textType() + " NOT NULL,\n"
                + "  row_count bigint NOT NULL,\n"
                + "  byte_count bigint NOT NULL,\n"
                + "  min_time_micros bigint NOT NULL,\n"
                + "  max_time_micros bigint NOT NULL,\n"
                + "  fingerprint char(32) NOT NULL,\n"
                + "  schema_version int NOT NULL,\n"
                + "  PRIMARY KEY (archive_id, version_number, manifest_number),\n"
                + "  FOREIGN KEY (archive_id, version_number) REFERENCES " + version
                + " (archive_id, version_number)\n"
                + end);
        statements.add("CREATE TABLE IF NOT EXISTS " + file + " (\n"
                + "  archive_id bigint NOT NULL,\n"
                + "  version_number bigint NOT NULL,\n"
                + "  manifest_number int NOT NULL,\n"
                + "  file_number int NOT NULL,\n"
                + "  location " + dialect.textType() + " NOT NULL,\n"
                + "  row_count bigint NOT NULL,\n"
                + "  byte_count bigint NOT NULL,\n"
                + "  PRIMARY KEY (archive_id, version_number, manifest_number, file_number),\n"
                + "  FOREIGN KEY (archive_id, version_number, manifest_number) REFERENCES " + manifest
                + " (archive_id, version_number, manifest_number)\n"
                + end);
        return List.copyOf(statements);
    }

    String createSchemaTable() {
        return "CREATE TABLE IF NOT EXISTS " + schema + " (\n"
                + "  only_row int NOT NULL PRIMARY KEY,\n"
                + "  schema_version int NOT NULL\n"
                + ")" + dialect.tableOptions();
    }

    /** What says, last of all, that everything is there. */
    String recordSchemaVersion(long from) {
        return from == NONE
                ? "INSERT INTO " + schema + " (only_row, schema_version) VALUES (1, " + SCHEMA_VERSION + ")"
                : "UPDATE " + schema + " SET schema_version = " + SCHEMA_VERSION;
    }
}
