/** A source, and a hot store with a journal, over a table of an SQL database. */
module io.github.tieredquery.jdbc {
    requires transitive io.github.tieredquery;
    requires transitive java.sql;
    requires transitive org.jdbi.v3.core;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.github.tieredquery.jdbc;
}
