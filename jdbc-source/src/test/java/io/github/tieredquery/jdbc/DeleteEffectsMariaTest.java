package io.github.tieredquery.jdbc;

class DeleteEffectsMariaTest extends DeleteEffectsContract {

    @Override
    MariaDatabase database() {
        return MariaDatabase.get();
    }

    @Override
    String schema() {
        return "tieredquery";
    }

    @Override
    void createTrigger(String name, String timing, String of) {
        database()
                .execute("CREATE TRIGGER " + quoted(name) + " " + timing + " DELETE ON " + quoted(of)
                        + " FOR EACH ROW SET @tieredquery = 1");
    }

    @Override
    String keptState(String action) {
        return "23000";
    }
}
