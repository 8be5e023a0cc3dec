package io.github.tieredquery.testkit;

class MemoryHotStoreContractTest extends HotStoreContract {

    private final MemoryHotStores stores = new MemoryHotStores();

    @Override
    protected HotStores stores() {
        return stores;
    }
}
