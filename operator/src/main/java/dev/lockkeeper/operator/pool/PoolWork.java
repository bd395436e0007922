package dev.lockkeeper.operator.pool;

import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.lock.Events;
import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.lock.Nodes;
import dev.lockkeeper.operator.lock.Reason;
import dev.lockkeeper.operator.pool.PoolDecision.Cause;
import dev.lockkeeper.operator.pool.PoolDecision.Change;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The leader's work on pools: one pass reads PoolWindows and pools, opens and pauses what is to be, and writes how it stands.
 *
 * <p>A pass may be cut off anywhere: the next one starts from what is stored then. What cannot be written is left for the next one.
 */
public final class PoolWork {

    private static final Logger LOG = Logger.getLogger(PoolWork.class);
    private static final Duration SOONEST = Duration.ofMillis(500);
    private static final String WINDOWS_SETTING = "lockkeeper.okd.pool-windows";

    /**
     * What is switched on.
     *
     * @param pools whether pools are read at all
     * @param windows whether they are opened and paused, too
     * @param interval between two passes, if no window changes in between
     */
    public record Settings(boolean pools, boolean windows, Duration interval) {}

    private final PoolStore store;
    private final Nodes nodes;
    private final Events events;
    private final Consumer<PoolFigures> figures;
    private final Settings settings;
    private final Clock clock;
    /** What could not be written at the last try, and why. */
    private final Map<String, String> problems = new HashMap<>();

    /** @param figures told how pools and nodes stand after each pass */
    public PoolWork(
            PoolStore store,
            Nodes nodes,
            Events events,
            Consumer<PoolFigures> figures,
            Settings settings,
            Clock clock) {
        this.store = store;
        this.nodes = nodes;
        this.events = events;
        this.figures = figures;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Does what is to be done now. Blocks; to be called by one thread at a time.
     *
     * @return when to call it again
     * @throws StoreException if PoolWindows or pools cannot be read; PoolWindows that can say so
     */
    public Duration pass() throws StoreException {
        if (!settings.pools()) {
            store.windows().forEach(w -> tell(w, PoolStatus.switchedOff(w, "lockkeeper.okd.enabled")));
            return settings.interval();
        }
        // Pools first: a write to one fails if it changed since. Read after the PoolWindows, a pool that was
        // paused for a new one would look abandoned to a leader that slept in between.
        Optional<List<PoolView>> pools = readPools();
        List<WindowView> windows = store.windows();
        if (pools.isEmpty()) {
            figures.accept(PoolFigures.NONE);
            windows.forEach(this::withoutApi);
            return settings.interval();
        }
        return pass(windows, pools.get());
    }

    private Optional<List<PoolView>> readPools() throws StoreException {
        try {
            return store.pools();
        } catch (StoreException | RuntimeException e) {
            String problem = String.valueOf(e.getMessage());
            try {
                store.windows()
                        .forEach(w -> tell(
                                w,
                                settings.windows()
                                        ? PoolStatus.notRead(w, problem)
                                        : PoolStatus.switchedOff(w, WINDOWS_SETTING)));
            } catch (StoreException | RuntimeException alsoThis) {
                e.addSuppressed(alsoThis);
            }
            throw e;
        }
    }

    /** No pools, so none that it could have left paused. */
    private void withoutApi(WindowView window) {
        if (window.deleting() && window.held()) {
            letGo(window);
        } else {
            tell(window, PoolStatus.noApi());
        }
    }

    private Duration pass(List<WindowView> listed, List<PoolView> pools) {
        Map<String, String> unheld = new HashMap<>();
        List<WindowView> windows = settings.windows() ? held(listed, pools, unheld) : listed;
        Map<String, WindowView> servers = settings.windows() ? WindowView.servers(windows) : Map.of();
        Map<String, List<NodeView>> nodesOf = PoolNodes.byPool(pools, nodes.all());
        List<PoolFigures.OfPool> told = new ArrayList<>();
        List<PoolView> after = new ArrayList<>();
        Map<String, PoolStatus> statuses = new HashMap<>();
        List<Instant> next = new ArrayList<>();
        Instant now = clock.instant();
        for (PoolView pool : pools) {
            Optional<WindowView> server = Optional.ofNullable(servers.get(pool.name()));
            Outcome outcome = settings.windows()
                    ? act(pool, server, windows, unheld, now)
                    : new Outcome(pool, PoolDecision.NOTHING, null);
            after.add(outcome.pool());
            outcome.decision().next().ifPresent(next::add);
            server.ifPresent(w -> statuses.put(
                    w.name(),
                    PoolStatus.serving(
                            w,
                            outcome.pool(),
                            outcome.decision(),
                            PoolNodes.kinds(nodesOf.getOrDefault(pool.name(), List.of())),
                            outcome.problem(),
                            now)));
            told.add(figures(outcome.pool(), server, now));
        }
        figures.accept(new PoolFigures(told, PoolNodes.kinds(nodes.all())));
        windows.forEach(w -> finish(w, statuses.get(w.name()), servers, after));
        return untilNext(next, now);
    }

    /** @param problem why the decision was not carried out; null: it was, or there was nothing to do */
    private record Outcome(PoolView pool, PoolDecision decision, String problem) {}

    /**
     * With the finalizer on those that serve a pool: none is to be gone before the pool that is paused for it is open again.
     *
     * @param unheld gets why one has none, by the PoolWindow's name
     */
    private List<WindowView> held(List<WindowView> windows, List<PoolView> pools, Map<String, String> unheld) {
        Set<String> existing = pools.stream().map(PoolView::name).collect(Collectors.toSet());
        Set<WindowView> serving = Set.copyOf(WindowView.servers(windows).values());
        return windows.stream()
                .map(w -> !w.held() && serving.contains(w) && existing.contains(w.pool()) ? hold(w, unheld) : w)
                .toList();
    }

    private WindowView hold(WindowView window, Map<String, String> unheld) {
        try {
            WindowView held = store.hold(window, true).orElse(window);
            problems.remove(finalizer(window));
            return held;
        } catch (StoreException | RuntimeException e) {
            log(finalizer(window), e);
            unheld.put(window.name(), String.valueOf(e.getMessage()));
            return window;
        }
    }

    private void letGo(WindowView window) {
        safely(finalizer(window), () -> store.hold(window, false));
    }

    /** Apart from the status: that it can be written must not hide that the finalizer cannot. */
    private static String finalizer(WindowView window) {
        return "finalizer of poolwindow=" + window.name();
    }

    private Outcome act(
            PoolView pool,
            Optional<WindowView> server,
            List<WindowView> windows,
            Map<String, String> unheld,
            Instant now) {
        PoolDecision decision = PoolDecision.of(pool, server.orElse(null), now);
        Change change = decision.change().orElse(null);
        if (change == null) {
            problems.remove("pool=" + pool.name());
            return new Outcome(pool, decision, null);
        }
        PoolDecision again = new PoolDecision(Optional.empty(), Optional.of(now));
        if (change.paused() && !pool.paused() && !server.get().held()) {
            String problem = unheld.get(server.get().name());
            return new Outcome(pool, problem == null ? again : PoolDecision.NOTHING, problem);
        }
        try {
            Optional<PoolView> changed = store.change(pool, change);
            if (changed.isEmpty()) {
                // Somebody else was faster. What to do is decided anew, on what is there then.
                return new Outcome(pool, again, null);
            }
            announce(pool, server.or(() -> named(pool.marks().pausedBy(), windows)), change, decision);
            problems.remove("pool=" + pool.name());
            return new Outcome(changed.get(), decision, null);
        } catch (StoreException | RuntimeException e) {
            log("pool=" + pool.name(), e);
            return new Outcome(pool, PoolDecision.NOTHING, String.valueOf(e.getMessage()));
        }
    }

    private static Optional<WindowView> named(String name, List<WindowView> windows) {
        return windows.stream().filter(w -> w.name().equals(name)).findFirst();
    }

    private void announce(PoolView pool, Optional<WindowView> server, Change change, PoolDecision decision) {
        String until = decision.next().map(at -> ", until " + at).orElse("");
        Reason reason = change.paused() ? Reason.PoolPaused : Reason.PoolOpened;
        String note = switch (change.cause()) {
            case WINDOW_CLOSED -> "paused, as no window is open" + until + ".";
            case CAUGHT_UP -> "paused again, as it is up to date" + until + ".";
            case WINDOW_OPENED -> "open, as a window is" + until + ".";
            case MAX_PAUSE_REACHED -> "open outside of a window, as it was paused for maxPause" + until + " at least.";
            case ABANDONED -> "open, as no PoolWindow is for it any more.";
            case NOTED -> null;
        };
        if (note == null) {
            return;
        }
        String whole = "The pool " + pool.name() + " is " + note;
        Reason shown = change.cause() == Cause.MAX_PAUSE_REACHED ? Reason.MaxPauseReached : reason;
        events.poolWindow(
                server.map(WindowView::name).orElse(pool.marks().pausedBy()),
                server.map(WindowView::uid).orElse(null),
                shown,
                whole);
    }

    private PoolFigures.OfPool figures(PoolView pool, Optional<WindowView> server, Instant now) {
        return new PoolFigures.OfPool(
                pool.name(),
                pool.machines(),
                pool.paused(),
                pool.degraded() != null,
                pool.updateWaiting(),
                server.filter(_ -> pool.pausedByUs())
                        .flatMap(w -> w.mustOpenBy(pool.marks(), now))
                        .orElse(null),
                server.map(WindowView::timetable)
                        .filter(t -> !t.openAt(now))
                        .flatMap(t -> t.nextChange(now))
                        .orElse(null));
    }

    /** @param status null: it does not serve its pool */
    private void finish(WindowView window, PoolStatus status, Map<String, WindowView> servers, List<PoolView> pools) {
        boolean needed = pools.stream()
                .anyMatch(p -> p.pausedByUs() && window.name().equals(p.marks().pausedBy()));
        if (window.deleting() && window.held() && !needed) {
            letGo(window);
            return;
        }
        WindowView server = servers.get(window.pool());
        if (status != null) {
            tell(window, status);
        } else if (!settings.windows()) {
            tell(window, PoolStatus.switchedOff(window, WINDOWS_SETTING));
        } else if (window.deleting()) {
            tell(window, PoolStatus.deleting(window));
        } else if (server != null && !server.name().equals(window.name())) {
            tell(window, PoolStatus.notServing(window, server));
        } else {
            tell(
                    window,
                    PoolStatus.noPool(window, pools.stream().map(PoolView::name).toList()));
        }
    }

    private Duration untilNext(List<Instant> next, Instant now) {
        return next.stream()
                .min(Comparator.naturalOrder())
                .map(at -> Duration.between(now, at))
                .filter(until -> until.compareTo(settings.interval()) < 0)
                .map(until -> until.compareTo(SOONEST) < 0 ? SOONEST : until)
                .orElse(settings.interval());
    }

    private void tell(WindowView window, PoolStatus status) {
        safely("poolwindow=" + window.name(), () -> store.tell(window, status));
    }

    private interface Write {
        void run() throws StoreException;
    }

    private void safely(String what, Write write) {
        try {
            write.run();
            problems.remove(what);
        } catch (StoreException | RuntimeException e) {
            log(what, e);
        }
    }

    /** What fails for good must be seen, and once is enough. */
    private void log(String what, Exception e) {
        boolean known = String.valueOf(e.getMessage()).equals(problems.put(what, String.valueOf(e.getMessage())));
        LOG.logf(
                known ? Logger.Level.DEBUG : Logger.Level.WARN,
                "%s not written now, the next pass tries again: %s",
                what,
                e.getMessage());
    }
}
