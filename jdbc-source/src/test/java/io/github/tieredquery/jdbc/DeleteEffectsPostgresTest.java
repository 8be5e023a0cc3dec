package io.github.tieredquery.jdbc;

class DeleteEffectsPostgresTest extends DeleteEffectsContract {

    @Override
    PostgresDatabase database() {
        return PostgresDatabase.get();
    }

    @Override
    String schema() {
        return "public";
    }

    @Override
    void createTrigger(String name, String timing, String of) {
        database()
                .execute("CREATE OR REPLACE FUNCTION idle() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN RETURN OLD; END'");
        database()
                .execute("CREATE TRIGGER " + quoted(name) + " " + timing + " DELETE ON " + quoted(of)
                        + " FOR EACH ROW EXECUTE FUNCTION idle()");
    }

    @Override
    String keptState(String action) {
        return action.equals("RESTRICT") ? "23001" : "23503";
    }

    static String unseen(JdbcSource store) {
        return store.name() + " can't be archived: it isn't a table, nor a view that shows columns of one table, without"
                + " a sub-select, and that this user's deletes and looks go through. What else deleting from it would"
                + " take along can't be told; name the table itself with table(…)";
    }
}
