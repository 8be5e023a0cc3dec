package io.github.tieredquery.testkit;

class MemoryJournalContractTest extends MarksContract {

    private final MemoryHotStores stores = new MemoryHotStores();

    @Override
    protected HotStores stores() {
        return stores;
    }
}
