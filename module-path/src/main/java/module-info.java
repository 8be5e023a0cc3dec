/** An application of its own, which reads a table of a database. */
module io.github.tieredquery.modulepath {
    requires com.h2database;
    requires io.github.tieredquery.athena;
    requires io.github.tieredquery.dynamodb;
    requires io.github.tieredquery.jdbc;
    requires java.compiler;
    requires java.naming;
    requires static org.jspecify;
}
