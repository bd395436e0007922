package dev.lockkeeper.testbed.fleet;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Behaves as Zincati with the fleet_lock strategy does, in everything that a server can see:
 *
 * <ol>
 *   <li>at each start it sends steady-state until it gets a 2xx, and does nothing else before;
 *   <li>where it has a graph's server, it asks that every 300 to 330 s for an update, stages what it chooses, and asks no more;
 *   <li>once a release is staged it sends pre-reboot until it gets a 2xx; each refusal or failure costs 300 to 330 s;
 *   <li>while users are logged in it asks again every 60 s, ten times at most, and reboots then;
 *   <li>it finalises, which is its end: the reboot makes a new start.
 * </ol>
 */
final class SimulatedAgent {
    private final String machine;
    private final AgentConnection connection;
    private final Duration httpTimeout;
    private final Pace pace;
    private final MachineControls controls;
    private final Journal journal;
    private final Consumer<AgentState> state;
    private final Optional<GraphPolls> polls;

    SimulatedAgent(
            Supplier<MachineSpec> booted,
            AgentSettings settings,
            Pace pace,
            MachineControls controls,
            Journal journal,
            Consumer<AgentState> state) {
        MachineSpec machine = booted.get();
        this.machine = machine.name();
        this.connection =
                new AgentConnection(settings.baseUrl(), machine.agentId(), settings.group(), settings.trust());
        this.httpTimeout = settings.httpTimeout();
        this.pace = pace;
        this.controls = controls;
        this.journal = journal;
        this.state = state;
        this.polls = settings.graph()
                .filter(_ -> machine.payload().isPresent())
                .map(graph -> new GraphPolls(booted, settings, graph, journal));
    }

    /** Whether it takes its updates from a graph; else it waits for a test to stage them. */
    boolean followsGraph() {
        return polls.isPresent();
    }

    /**
     * Lives from one start to the next.
     *
     * @param onDisk payloads of the releases on the disk now, those that are only staged excepted: the agent chooses none of them
     * @param steadySent runs whenever a steady-state is on its way
     * @return the release to reboot into, or nothing if only the agent restarts
     */
    Optional<OsRelease> live(Set<String> onDisk, Runnable steadySent) throws InterruptedException {
        state.accept(AgentState.STARTED);
        while (!granted(Api.STEADY_STATE, httpTimeout, steadySent)) {
            Thread.sleep(pace.retry());
        }
        state.accept(AgentState.STEADY);
        if (polls.isPresent()) {
            stageFromGraph(polls.get(), onDisk);
        }
        controls.awaitStaged();
        state.accept(AgentState.STAGED);
        awaitPermission();
        if (controls.take(Fault.AgentRestarts.class).isPresent()) {
            // Zincati deploys anew after its restart, from a graph that may show another release by then.
            if (polls.isPresent()) {
                controls.unstage();
            }
            return Optional.empty();
        }
        state.accept(AgentState.FINALISED);
        return controls.staged();
    }

    private void stageFromGraph(GraphPolls graph, Set<String> onDisk) throws InterruptedException {
        controls.awaitNotPaused();
        Optional<OsRelease> update = graph.ask(onDisk);
        while (update.isEmpty()) {
            Thread.sleep(pace.steady());
            controls.awaitNotPaused();
            update = graph.ask(onDisk);
        }
        Thread.sleep(pace.staging());
        controls.stage(update.get());
    }

    private void awaitPermission() throws InterruptedException {
        int loginChecks = Pace.LOGIN_CHECKS;
        while (true) {
            Duration timeout = controls.take(Fault.DisconnectsAfter.class)
                    .map(Fault.DisconnectsAfter::time)
                    .orElse(httpTimeout);
            if (!granted(Api.PRE_REBOOT, timeout, () -> {})) {
                loginChecks = Pace.LOGIN_CHECKS;
                state.accept(AgentState.STAGED);
                Thread.sleep(pace.retry());
            } else if (controls.usersLoggedIn() && loginChecks-- > 0) {
                state.accept(AgentState.WAITING_FOR_USERS);
                Thread.sleep(pace.loginCheck());
            } else {
                return;
            }
        }
    }

    private boolean granted(Api api, Duration timeout, Runnable sent) throws InterruptedException {
        controls.awaitNotPaused();
        Instant askedAt = journal.now();
        try {
            AgentConnection.Answer answer = connection.post(api, timeout, () -> {
                journal.add(new Journal.Sent(journal.now(), machine, api));
                sent.run();
            });
            Journal.Answered answered =
                    new Journal.Answered(journal.now(), machine, api, answer.status(), answer.body(), askedAt);
            journal.add(answered);
            return answered.ok();
        } catch (IOException | NumberFormatException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            journal.add(new Journal.Unanswered(journal.now(), machine, api, String.valueOf(e.getMessage()), askedAt));
            return false;
        }
    }
}
