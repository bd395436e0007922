package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.semaphore.Parked;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.health.Update;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps the verdicts that it is told; to store one can fail. */
final class TestingVerdicts implements Verdicts {

    final List<Update> recorded = new ArrayList<>();
    boolean withheld;
    StoreException failure;

    @Override
    public boolean record(Machine who, Update update) throws StoreException {
        if (failure != null) {
            throw failure;
        }
        recorded.add(update);
        return withheld;
    }

    @Override
    public void recovered(Machine who, Parked parked) {}

    @Override
    public Optional<Boolean> isWithheld(Machine who, Parked parked, Instant since) {
        return Optional.of(withheld);
    }
}
