/** What every request used and cost, kept in an embedded database. */
@org.jspecify.annotations.NullMarked
module io.llmgateway.ledger {
    requires static transitive org.jspecify;
    requires transitive io.llmgateway.model;
    requires io.llmgateway.threads;
    requires java.sql;
    requires org.xerial.sqlitejdbc;

    exports io.llmgateway.ledger;
}
