package dev.lockkeeper.operator.pool;

import static dev.lockkeeper.operator.pool.TestingPools.NIGHTLY;
import static dev.lockkeeper.operator.pool.TestingPools.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockkeeper.crds.v1alpha1.PoolState;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.lock.GroupStatus.Condition;
import dev.lockkeeper.operator.lock.TestingEvents;
import dev.lockkeeper.operator.lock.TestingNodes;
import dev.lockkeeper.operator.lock.Timetable;
import dev.lockkeeper.operator.pool.PoolDecision.Cause;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class PoolWorkTest {

    private static final Instant NOON = Instant.parse("2026-07-22T12:00:00Z");
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    /** What the API server would keep. */
    private static final class Store implements PoolStore {
        final Map<String, WindowView> windows = new TreeMap<>();
        final Map<String, PoolView> pools = new TreeMap<>();
        final Map<String, PoolStatus> told = new TreeMap<>();
        final List<String> writes = new ArrayList<>();
        boolean api = true;
        boolean poolsAsked;
        boolean conflicts;
        String failure;
        String holdFailure;
        String poolsFailure;
        Runnable afterPools = () -> {};

        @Override
        public List<WindowView> windows() {
            return List.copyOf(windows.values());
        }

        @Override
        public Optional<List<PoolView>> pools() throws StoreException {
            poolsAsked = true;
            if (poolsFailure != null) {
                throw new StoreException(poolsFailure);
            }
            Optional<List<PoolView>> read = listed();
            afterPools.run();
            return read;
        }

        private Optional<List<PoolView>> listed() {
            return api ? Optional.of(List.copyOf(pools.values())) : Optional.empty();
        }

        @Override
        public Optional<PoolView> change(PoolView pool, PoolDecision.Change change) throws StoreException {
            if (failure != null) {
                throw new StoreException(failure);
            }
            boolean changed = !pools.get(pool.name()).resourceVersion().equals(pool.resourceVersion());
            if (conflicts || changed) {
                return Optional.empty();
            }
            writes.add(pool.name() + (change.paused() ? " paused" : " open"));
            PoolView after = TestingPools.after(pool, change);
            pools.put(pool.name(), after);
            return Optional.of(after);
        }

        @Override
        public Optional<WindowView> hold(WindowView window, boolean held) throws StoreException {
            if (holdFailure != null) {
                throw new StoreException(holdFailure);
            }
            if (conflicts) {
                return Optional.empty();
            }
            writes.add(window.name() + (held ? " held" : " let go"));
            WindowView after = new WindowView(
                    window.name(),
                    window.uid(),
                    window.resourceVersion() + "'",
                    window.generation(),
                    window.created(),
                    window.deleting(),
                    held,
                    window.pool(),
                    window.timetable(),
                    window.problem(),
                    window.maxPause());
            if (window.deleting() && !held) {
                windows.remove(window.name());
            } else {
                windows.put(window.name(), after);
            }
            return Optional.of(after);
        }

        @Override
        public void tell(WindowView window, PoolStatus status) {
            if (windows.get(window.name()).resourceVersion().equals(window.resourceVersion())) {
                told.put(window.name(), status);
            }
        }
    }

    private final Store store = new Store();
    private final TestingEvents events = new TestingEvents();
    private final List<PoolFigures> figures = new ArrayList<>();
    private Instant now = NOON;
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

    private PoolWork work(boolean pools, boolean windows) {
        return new PoolWork(
                store,
                new TestingNodes(),
                events,
                figures::add,
                new PoolWork.Settings(pools, windows, INTERVAL),
                clock);
    }

    private void window(String name, String pool, Timetable timetable, boolean deleting, boolean held) {
        WindowView w = TestingPools.window(name, timetable);
        store.windows.put(
                name,
                new WindowView(
                        name,
                        w.uid(),
                        "1",
                        1,
                        w.created(),
                        deleting,
                        held,
                        pool,
                        timetable,
                        w.problem(),
                        w.maxPause()));
    }

    private Condition told(String window, String type) {
        return store.told.get(window).conditions().stream()
                .filter(c -> c.type().equals(type))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aPoolIsPausedOnceItsWindowCannotBeDeletedUnderIt() throws Exception {
        store.pools.put("worker", pool(false, Marks.NONE));
        window("nights", "worker", NIGHTLY, false, false);
        work(true, true).pass();
        assertThat(store.writes).containsExactly("nights held", "worker paused");
        assertThat(store.told.get("nights").state()).isEqualTo(PoolState.Closed);
        assertThat(told("nights", "Ready").status()).isTrue();
        assertThat(told("nights", "Paused").message())
                .isEqualTo("Paused for this PoolWindow until 2026-07-23T01:00:00Z.");
        assertThat(events.atPoolWindows)
                .containsExactly(
                        "nights PoolPaused: The pool worker is paused, as no window is open, until 2026-07-23T01:00:00Z.");
        assertThat(figures.getLast().pools().getFirst().mustOpenBy()).isEqualTo(NOON.plus(TestingPools.MAX_PAUSE));
        assertThat(figures.getLast().pools().getFirst().nextWindow()).isEqualTo("2026-07-23T01:00:00Z");
    }

    @Test
    void itLooksAgainWhenTheNextWindowChanges() throws Exception {
        store.pools.put("worker", pool(true, Marks.paused("nights", NOON)));
        window("nights", "worker", NIGHTLY, false, true);
        assertThat(work(true, true).pass()).isEqualTo(INTERVAL);
        now = Instant.parse("2026-07-23T00:59:57Z");
        assertThat(work(true, true).pass()).isEqualTo(Duration.ofSeconds(3));
        now = Instant.parse("2026-07-23T01:00:00Z");
        work(true, true).pass();
        assertThat(store.writes).containsExactly("worker open");
        assertThat(store.told.get("nights").state()).isEqualTo(PoolState.Open);
    }

    @Test
    void whatSomebodyElseChangedMeanwhileIsDecidedAnewAtOnce() throws Exception {
        store.pools.put("worker", pool(false, Marks.NONE));
        window("nights", "worker", NIGHTLY, false, true);
        store.conflicts = true;
        assertThat(work(true, true).pass()).isLessThan(Duration.ofSeconds(1));
        assertThat(events.atPoolWindows).isEmpty();
        assertThat(store.told.get("nights").state()).isEqualTo(PoolState.Open);
    }

    @Test
    void aLeaderThatSleptBetweenItsReadsOpensNothingThatWasPausedMeanwhile() throws Exception {
        store.pools.put("worker", pool(false, Marks.NONE));
        // Another leader pauses the pool for a PoolWindow that was made just then.
        store.afterPools = () -> {
            window("new", "worker", NIGHTLY, false, true);
            store.pools.computeIfPresent(
                    "worker",
                    (_, p) -> TestingPools.after(
                            p, new PoolDecision.Change(true, Marks.paused("new", NOON), Cause.WINDOW_CLOSED)));
        };
        work(true, true).pass();
        assertThat(store.writes).isEmpty();
        assertThat(store.pools.get("worker").paused()).isTrue();
    }

    @Test
    void whatCannotBeWrittenIsSaid() throws Exception {
        store.pools.put("worker", pool(true, Marks.paused("nights", NOON.minus(Duration.ofDays(9)))));
        window("nights", "worker", NIGHTLY, false, true);
        store.failure = "machineconfigpools is forbidden";
        assertThat(work(true, true).pass()).isEqualTo(INTERVAL);
        assertThat(told("nights", "Degraded").reason()).isEqualTo("NotWritten");
        assertThat(told("nights", "Degraded").message()).contains("machineconfigpools is forbidden");
        assertThat(store.told.get("nights").state()).isEqualTo(PoolState.Closed);
        assertThat(figures.getLast().pools().getFirst().mustOpenBy()).isBefore(now);
    }

    @Test
    void aPoolWindowThatIsDeletedGoesOnceItsPoolIsOpen() throws Exception {
        store.pools.put("worker", pool(true, Marks.paused("nights", NOON)));
        window("nights", "worker", NIGHTLY, true, true);
        work(true, true).pass();
        assertThat(store.writes).containsExactly("worker open", "nights let go");
        assertThat(store.windows).isEmpty();
        assertThat(events.atPoolWindows)
                .containsExactly("nights PoolOpened: The pool worker is open, as no PoolWindow is for it any more.");
    }

    @Test
    void aPoolWindowThatIsDeletedHandsItsPoolToTheNext() throws Exception {
        store.pools.put("worker", pool(true, Marks.paused("nights", NOON)));
        window("nights", "worker", NIGHTLY, true, true);
        window("other", "worker", NIGHTLY, false, true);
        work(true, true).pass();
        assertThat(store.pools.get("worker").paused()).isTrue();
        assertThat(store.pools.get("worker").marks()).isEqualTo(Marks.paused("other", NOON));
        assertThat(store.windows).containsOnlyKeys("other");
    }

    @Test
    void aPoolWindowThatCannotOpenItsPoolStays() throws Exception {
        store.pools.put("worker", pool(true, Marks.paused("nights", NOON)));
        window("nights", "worker", NIGHTLY, true, true);
        store.failure = "no";
        work(true, true).pass();
        assertThat(store.windows).containsKey("nights");
        assertThat(told("nights", "Ready").reason()).isEqualTo("Deleting");
    }

    @Test
    void ofTwoForOnePoolTheOlderServesAndOneWithoutAPoolSaysSo() throws Exception {
        store.pools.put("worker", pool(false, Marks.NONE));
        store.pools.put("master", pool("master", false, Marks.NONE, "r", "r"));
        window("a", "worker", NIGHTLY, false, true);
        window("b", "worker", NIGHTLY, false, false);
        window("c", "infra", NIGHTLY, false, false);
        work(true, true).pass();
        assertThat(store.pools.get("worker").marks().pausedBy()).isEqualTo("a");
        assertThat(store.pools.get("master").paused()).isFalse();
        assertThat(told("b", "Ready").reason()).isEqualTo("NotServing");
        assertThat(told("c", "Ready").message())
                .isEqualTo("There is no MachineConfigPool 'infra' (there are: master, worker). Correct spec.pool.");
        assertThat(store.windows.values().stream()
                        .sorted(Comparator.comparing(WindowView::name))
                        .map(WindowView::held))
                .containsExactly(true, false, false);
    }

    @Test
    void nonsenseIsSaidAndChangesNothing() throws Exception {
        store.pools.put("worker", pool(false, Marks.NONE));
        window("nights", "worker", null, false, true);
        work(true, true).pass();
        assertThat(store.writes).isEmpty();
        assertThat(told("nights", "Ready").reason()).isEqualTo("BadWindow");
        assertThat(told("nights", "Ready").message()).endsWith("the schedule '0 1 31 2 *' has a day that never comes.");
    }

    @Test
    void switchedOffNoPoolIsAskedForAndPoolWindowsSaySo() throws Exception {
        store.pools.put("worker", pool(false, Marks.NONE));
        window("nights", "worker", NIGHTLY, false, false);
        work(false, false).pass();
        assertThat(store.poolsAsked).isFalse();
        assertThat(told("nights", "Ready").message())
                .isEqualTo("The setting lockkeeper.okd.enabled is false. The pool 'worker' is not touched.");
        assertThat(figures).isEmpty();
    }

    @Test
    void whereOnlyReportsAreSwitchedOnNothingIsWrittenToPools() throws Exception {
        store.pools.put("worker", pool(true, Marks.paused("nights", NOON)));
        window("nights", "worker", NIGHTLY, false, true);
        work(true, false).pass();
        assertThat(store.writes).isEmpty();
        assertThat(told("nights", "Ready").message()).startsWith("The setting lockkeeper.okd.pool-windows is false.");
        assertThat(figures.getLast().pools()).hasSize(1);
    }

    @Test
    void withoutPoolsInTheApiPoolWindowsSaySoAndCanBeDeleted() throws Exception {
        store.api = false;
        window("nights", "worker", NIGHTLY, false, true);
        window("going", "worker", NIGHTLY, true, true);
        work(true, true).pass();
        assertThat(told("nights", "Ready").reason()).isEqualTo("NoPools");
        assertThat(store.windows).containsOnlyKeys("nights");
        assertThat(figures).containsExactly(PoolFigures.NONE);
    }

    @Test
    void aPersonsHandShows() throws Exception {
        window("nights", "worker", NIGHTLY, false, true);
        store.pools.put("worker", pool(true, Marks.NONE));
        work(true, true).pass();
        assertThat(store.told.get("nights").state()).isEqualTo(PoolState.PausedByPerson);
        assertThat(told("nights", "Paused").reason()).isEqualTo("PausedByPerson");
        assertThat(store.told.get("nights").nextChange()).isNull();

        store.pools.put("worker", pool(false, Marks.paused("nights", NOON)));
        work(true, true).pass();
        assertThat(store.told.get("nights").state()).isEqualTo(PoolState.OpenedByPerson);
        assertThat(store.writes).containsExactly("worker paused", "worker open");
        assertThat(events.atPoolWindows).isEmpty();
    }

    @Test
    void aPersonsPauseStaysAlthoughLockkeeperHadPausedThePoolBefore() throws Exception {
        window("nights", "worker", NIGHTLY, false, true);
        store.pools.put("worker", pool(true, Marks.paused("nights", NOON.minus(Duration.ofDays(9)))));
        byHand(false);
        work(true, true).pass();
        byHand(true);
        work(true, true).pass();
        now = Instant.parse("2026-07-23T01:30:00Z");
        work(true, true).pass();
        assertThat(store.pools.get("worker").paused()).isTrue();
        assertThat(store.told.get("nights").state()).isEqualTo(PoolState.PausedByPerson);
    }

    @Test
    void whatAPersonOpensAfterAPauseOfTheirOwnStaysOpen() throws Exception {
        window("nights", "worker", NIGHTLY, false, true);
        store.pools.put("worker", pool(true, Marks.NONE));
        work(true, true).pass();
        byHand(false);
        work(true, true).pass();
        assertThat(store.pools.get("worker").paused()).isFalse();
        assertThat(store.told.get("nights").state()).isEqualTo(PoolState.OpenedByPerson);
    }

    private void byHand(boolean paused) {
        store.pools.computeIfPresent(
                "worker", (_, p) -> TestingPools.after(p, new PoolDecision.Change(paused, p.marks(), Cause.NOTED)));
    }

    @Test
    void aPoolIsNotPausedWithoutTheFinalizerAndWhyIsSaidOnce() throws Exception {
        store.pools.put("worker", pool(false, Marks.NONE));
        window("nights", "worker", NIGHTLY, false, false);
        store.holdFailure = "poolwindows is forbidden";
        PoolWork work = work(true, true);
        List<String> warnings = warnings(() -> {
            assertThat(work.pass()).isEqualTo(INTERVAL);
            assertThat(work.pass()).isEqualTo(INTERVAL);
        });
        assertThat(store.writes).isEmpty();
        assertThat(told("nights", "Degraded").reason()).isEqualTo("NotWritten");
        assertThat(told("nights", "Degraded").message()).endsWith("poolwindows is forbidden");
        assertThat(store.told.get("nights").nextChange()).isNull();
        assertThat(warnings).hasSize(1);
    }

    @Test
    void aFailureThatComesBackIsLoggedAgain() throws Exception {
        window("nights", "worker", NIGHTLY, false, true);
        PoolView paused = pool(true, Marks.paused("nights", NOON));
        store.failure = "no";
        PoolWork work = work(true, true);
        List<String> warnings = warnings(() -> {
            for (String at : List.of("2026-07-23T01:00:00Z", "2026-07-23T12:00:00Z", "2026-07-24T01:00:00Z")) {
                now = Instant.parse(at);
                store.pools.put("worker", paused);
                work.pass();
                work.pass();
            }
        });
        assertThat(warnings).hasSize(2);
    }

    private interface Steps {
        void run() throws StoreException;
    }

    private static List<String> warnings(Steps steps) throws StoreException {
        List<String> warnings = new ArrayList<>();
        Logger logger = Logger.getLogger(PoolWork.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
                    warnings.add(entry.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            steps.run();
        } finally {
            logger.removeHandler(handler);
        }
        return warnings;
    }

    @Test
    void aPoolWindowThatIsDeletedGoesWhenAPersonHasOpenedItsPool() throws Exception {
        store.pools.put("worker", pool(false, Marks.paused("nights", NOON)));
        window("nights", "worker", NIGHTLY, true, true);
        store.failure = "no";
        work(true, true).pass();
        assertThat(store.windows).isEmpty();
    }

    @Test
    void thatPoolsCannotBeReadIsSaidAtEachPoolWindow() {
        window("nights", "worker", NIGHTLY, false, true);
        window("going", "worker", NIGHTLY, true, true);
        store.poolsFailure = "machineconfigpools is forbidden";
        assertThatThrownBy(() -> work(true, true).pass()).hasMessage("machineconfigpools is forbidden");
        assertThat(told("nights", "Ready").status()).isFalse();
        assertThat(told("nights", "Ready").reason()).isEqualTo("PoolsNotRead");
        assertThat(told("nights", "Ready").message()).endsWith("machineconfigpools is forbidden");
        assertThat(told("going", "Ready").reason()).isEqualTo("PoolsNotRead");
        assertThatThrownBy(() -> work(true, false).pass()).isInstanceOf(StoreException.class);
        assertThat(told("nights", "Ready").reason()).isEqualTo("SwitchedOff");
    }

    @Test
    void aFreezeIsToldWithItsReason() throws Exception {
        Timetable.Pause christmas = new Timetable.Pause(NOON, Instant.parse("2026-07-23T12:00:00Z"), "Christmas");
        store.pools.put("worker", pool(false, Marks.NONE));
        window("nights", "worker", new Timetable(List.of(), List.of(christmas)), false, true);
        work(true, true).pass();
        assertThat(told("nights", "Paused").reason()).isEqualTo("Frozen");
        assertThat(told("nights", "Paused").message())
                .isEqualTo("Paused for this PoolWindow by a freeze (Christmas) until 2026-07-23T12:00:00Z.");
    }

    @Test
    void aPoolThatClosesInTheMiddleOfAnUpdateSaysThatItCloses() throws Exception {
        window("nights", "worker", NIGHTLY, false, true);
        PoolView updating = pool("worker", false, Marks.NONE, "rendered-2", "rendered-1");
        store.pools.put(
                "worker",
                new PoolView(
                        "worker",
                        "1",
                        false,
                        Marks.NONE,
                        updating.nodes(),
                        new PoolView.Machines(3, 1, 1, 1, 0),
                        true,
                        null,
                        "rendered-2",
                        "rendered-1"));
        work(true, true).pass();
        assertThat(store.told.get("nights").state()).isEqualTo(PoolState.Closing);
        assertThat(told("nights", "Progressing").message())
                .isEqualTo(
                        "1 of 3 machines are updated; 1 unavailable: what had begun is finished, no machine begins.");
        assertThat(store.told.get("nights").updateWaiting()).isTrue();
    }

    @Test
    void maxPauseShows() throws Exception {
        window("months", "worker", TestingPools.MONTHLY, false, true);
        store.pools.put("worker", pool(true, Marks.paused("months", NOON)));
        work(true, true).pass();
        assertThat(told("months", "Paused").message())
                .isEqualTo(
                        "Paused for this PoolWindow until 2026-07-24T12:00:00Z, when maxPause (PT48H) opens it, before a window does.");
        now = NOON.plus(TestingPools.MAX_PAUSE);
        work(true, true).pass();
        assertThat(store.writes).containsExactly("worker open");
        assertThat(store.told.get("months").state()).isEqualTo(PoolState.MaxPauseReached);
        assertThat(told("months", "Degraded").reason()).isEqualTo("MaxPauseReached");
        assertThat(events.atPoolWindows).singleElement().asString().startsWith("months MaxPauseReached: ");
    }
}
