/**
 * One query over a hot table and its cold archive, the archiver that moves rows from one to the other, and what a
 * source has to offer.
 */
module io.github.tieredquery {
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.github.tieredquery;
    exports io.github.tieredquery.archive;
    exports io.github.tieredquery.error;
    exports io.github.tieredquery.export;
    exports io.github.tieredquery.partition;
    exports io.github.tieredquery.plan;
    exports io.github.tieredquery.query;
    exports io.github.tieredquery.spi;
    exports io.github.tieredquery.store;
    exports io.github.tieredquery.table;
}
