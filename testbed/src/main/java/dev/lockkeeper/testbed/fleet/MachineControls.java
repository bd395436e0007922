package dev.lockkeeper.testbed.fleet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** What a test told a machine, and the waits of the machine's threads for it. An interrupt ends each wait at once. */
final class MachineControls {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Fault> faults = new ArrayList<>();
    private OsRelease staged;
    private boolean paused;
    private boolean repaired;
    private boolean usersLoggedIn;

    void stage(OsRelease release) {
        change(() -> staged = release);
    }

    Optional<OsRelease> staged() {
        lock.lock();
        try {
            return Optional.ofNullable(staged);
        } finally {
            lock.unlock();
        }
    }

    void unstage() {
        change(() -> staged = null);
    }

    void awaitStaged() throws InterruptedException {
        await(() -> staged != null);
    }

    void forgetFaults() {
        change(faults::clear);
    }

    void pause(boolean value) {
        change(() -> paused = value);
    }

    void awaitNotPaused() throws InterruptedException {
        await(() -> !paused);
    }

    void usersLoggedIn(boolean value) {
        change(() -> usersLoggedIn = value);
    }

    boolean usersLoggedIn() {
        lock.lock();
        try {
            return usersLoggedIn;
        } finally {
            lock.unlock();
        }
    }

    void inject(Fault fault) {
        change(() -> {
            faults.add(fault);
            repaired = false;
        });
    }

    void repair() {
        change(() -> repaired = true);
    }

    void awaitRepair() throws InterruptedException {
        await(() -> repaired);
    }

    /** What goes wrong at the next boot, if it is one of the release. */
    List<Fault.OfBoot> takeFaultsOfBoot(String version) {
        List<Fault.OfBoot> taken = takeFaultsOfBoot();
        lock.lock();
        try {
            faults.stream()
                    .filter(Fault.EachBootOf.class::isInstance)
                    .map(Fault.EachBootOf.class::cast)
                    .filter(fault -> fault.version().equals(version))
                    .forEach(fault -> taken.add(fault.fault()));
            if (!taken.isEmpty()) {
                repaired = false;
            }
        } finally {
            lock.unlock();
        }
        return taken;
    }

    /** Takes the oldest fault of a kind: it happens once. */
    <F extends Fault> Optional<F> take(Class<F> kind) {
        lock.lock();
        try {
            Optional<F> first =
                    faults.stream().filter(kind::isInstance).map(kind::cast).findFirst();
            first.ifPresent(faults::remove);
            return first;
        } finally {
            lock.unlock();
        }
    }

    private List<Fault.OfBoot> takeFaultsOfBoot() {
        List<Fault.OfBoot> taken = new ArrayList<>();
        for (Optional<Fault.OfBoot> next = take(Fault.OfBoot.class);
                next.isPresent();
                next = take(Fault.OfBoot.class)) {
            taken.add(next.get());
        }
        return taken;
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!condition.getAsBoolean()) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }
}
