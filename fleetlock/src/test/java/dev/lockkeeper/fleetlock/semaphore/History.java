package dev.lockkeeper.fleetlock.semaphore;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One history of one group, played from a tape of choices: several replicas swap in batches on one stored state, as the Swapper
 * does, while agents ask (twice, late, not at all), a leader acts (also on what it knew long ago), people change the policy, nodes
 * are made anew, answers get lost and replicas crash between read and swap.
 *
 * <p>Every step is compared with {@link SequentialModel}; every stored change is checked by {@link Watcher}.
 */
final class History {

    private static final int REPLICAS = 3;

    private final List<Integer> tape;
    private int at;

    private final List<Machine> machines;
    private final List<Replica> replicas =
            IntStream.range(0, REPLICAS).mapToObj(_ -> new Replica()).toList();
    private final List<Request> requests = new ArrayList<>();
    private final List<String> tokens = new ArrayList<>();
    private final Watcher watcher = new Watcher();
    private final List<String> log = new ArrayList<>();

    private Instant now = Instant.parse("2026-07-07T00:00:00Z");
    private int version;
    private int uids;
    private int imports;
    private SlotState state = SlotState.EMPTY;
    private SequentialModel model = new SequentialModel();
    private SlotPolicy policy = policy(new Slots.Count(1), true, null, false, 1);

    History(List<Integer> tape) {
        this.tape = tape;
        this.machines = new ArrayList<>();
        int count = 2 + choose(9);
        for (int i = 0; i < count; i++) {
            NodeRef node = switch (choose(5)) {
                case 0 -> null;
                case 1 -> i == 0 ? newNode(i) : machines.getFirst().node;
                default -> newNode(i);
            };
            machines.add(new Machine("agent-" + i, node));
        }
    }

    /** Plays the tape to its end, then lets everybody get a slot under fair scheduling. */
    void play() {
        try {
            while (at < tape.size()) {
                step();
            }
            everyAskerGetsASlot();
        } catch (AssertionError e) {
            int from = Math.max(0, log.size() - 40);
            throw new AssertionError(
                    e.getMessage() + "\nafter:\n  " + String.join("\n  ", log.subList(from, log.size())) + "\nstate: "
                            + SequentialModel.of(state) + "\npolicy: " + policy,
                    e);
        }
    }

    /** What was stored: calls, changes of phase, and whether anybody got a 200. */
    Set<String> kindsSeen() {
        return watcher.seen;
    }

    private int choose(int bound) {
        return at < tape.size() ? Math.floorMod(tape.get(at++), bound) : 0;
    }

    private boolean oneIn(int n) {
        return choose(n) == n - 1;
    }

    private <T> T any(List<T> list) {
        return list.get(choose(list.size()));
    }

    private NodeRef newNode(int machine) {
        return new NodeRef("worker-" + machine, "uid-" + uids++);
    }

    private static SlotPolicy importing(SlotPolicy p) {
        return new SlotPolicy(
                p.name(),
                p.slots(),
                p.countUnready(),
                "a lock is to be taken over",
                Call.TakeOver.LOCK,
                p.imported(),
                p.deleting(),
                p.maxParked(),
                p.refreshAsked(),
                p.backoff());
    }

    private static SlotPolicy policy(
            Slots slots, boolean countUnready, String pausedReason, boolean deleting, int maxParked) {
        return new SlotPolicy(
                "workers",
                slots,
                countUnready,
                pausedReason,
                null,
                null,
                deleting,
                maxParked,
                Duration.ofMinutes(3),
                new BackoffRule(Duration.ofMinutes(30), Duration.ofHours(24)));
    }

    // ---- the tape's choices

    private void step() {
        now = now.plusMillis(1);
        switch (choose(20)) {
            case 0, 1 -> arrive();
            case 2, 3, 4 -> look();
            case 5 -> steady();
            case 6, 7, 8, 9, 10 -> lead();
            case 11, 12, 13, 14 -> advance(any(replicas), Fault.NONE);
            case 15 -> advance(any(replicas), Fault.ANSWER_LOST);
            case 16 -> advance(any(replicas), oneIn(2) ? Fault.CRASH_AFTER : Fault.CRASH_BEFORE);
            case 17 -> now = now.plusSeconds(1L << choose(14));
            case 18 -> changePolicy();
            default -> misfortune();
        }
    }

    /** A new request, half of the time of a machine that holds a slot: so that histories get far. */
    private void arrive() {
        Machine machine = any(machines);
        if (!state.holders().isEmpty() && oneIn(2)) {
            String id = any(state.holders()).id();
            machine = machines.stream().filter(m -> m.id.equals(id)).findFirst().orElseThrow();
        }
        Request request = new Request(machine, any(replicas), "token-" + requests.size());
        requests.add(request);
        if (requests.stream().filter(r -> r.open).count() > 30) {
            requests.stream().filter(r -> r.open).findFirst().orElseThrow().open = false;
        }
        look(request);
    }

    private void steady() {
        List<Holder> told = state.holders().stream()
                .filter(h -> h.phase() == Phase.REBOOTING)
                .toList();
        String id = told.isEmpty() || oneIn(4) ? any(machines).id : any(told).id();
        submit(any(replicas), new Call.Steady(id), null);
    }

    private void look() {
        List<Request> ready = requests.stream().filter(r -> r.open && !r.busy).toList();
        List<Request> granted = ready.stream().filter(r -> r.granted != null).toList();
        if (!granted.isEmpty() && !oneIn(4)) {
            look(any(granted));
        } else if (!ready.isEmpty()) {
            look(any(ready));
        }
    }

    private void look(Request request) {
        if (request.granted != null) {
            submit(request.replica, new Call.Tell(request.granted), request);
        } else {
            boolean counted = state.unready() > 0 && oneIn(2);
            submit(
                    request.replica,
                    new Call.Ask(new Asker(
                            request.machine.id,
                            request.machine.node,
                            request.bound,
                            request.first,
                            request.fresh,
                            counted,
                            List.of())),
                    request);
        }
    }

    /** Something that the leader, or one that was leader, does: mostly what fits the holder's phase, at times anything. */
    private void lead() {
        Replica replica = any(replicas);
        if (oneIn(6)) {
            int members = 1 + choose(machines.size() * 3);
            submit(replica, new Call.Count(members, choose(2) * choose(Math.min(members, 4))), null);
            return;
        }
        if (policy.importing() != null && oneIn(2)) {
            Machine machine = any(machines);
            submit(replica, new Call.TakeOver("import-" + imports++, machine.id, machine.node), null);
            return;
        }
        if (tokens.isEmpty()) {
            return;
        }
        Holder holder = state.holders().isEmpty() ? null : any(state.holders());
        String old = any(tokens);
        if (holder == null || oneIn(4)) {
            submit(replica, any(everythingWith(old)), null);
        } else if (oneIn(6) && !state.parked().isEmpty()) {
            String token = any(state.parked()).token();
            submit(replica, oneIn(2) ? new Call.Unpark(token, oneIn(3)) : new Call.Withhold(token, oneIn(2)), null);
        } else {
            submit(replica, any(usualFor(holder)), null);
        }
    }

    private List<Call> usualFor(Holder holder) {
        String token = holder.token();
        return switch (holder.phase()) {
            case DRAINING ->
                List.of(
                        new Call.Drained(token),
                        new Call.Drained(token),
                        new Call.Drained(token),
                        new Call.Drained(token),
                        progress(token, 1),
                        progress(token, 0),
                        new Call.GiveUp(token));
            case GRANTED ->
                List.of(
                        new Call.DrainLost(token),
                        new Call.TakeBack(token),
                        new Call.Count(3, 0),
                        new Call.Count(4, 0),
                        new Call.Count(5, 0));
            case REBOOTING ->
                List.of(
                        new Call.Observe(token, true),
                        new Call.Observe(token, false),
                        new Call.Steady(holder.id()),
                        new Call.Park(token, oneIn(2)));
            case VERIFYING ->
                List.of(
                        new Call.Observe(token, true),
                        new Call.Release(token),
                        new Call.Park(token, oneIn(2)),
                        new Call.Fail(token));
            case FAILED ->
                List.of(new Call.Observe(token, true), new Call.Release(token), new Call.Steady(holder.id()));
            case RELEASING ->
                List.of(new Call.Free(token, false), new Call.Free(token, false), new Call.Free(token, true));
        };
    }

    private List<Call> everythingWith(String token) {
        return List.of(
                new Call.Tell(token),
                new Call.Drained(token),
                new Call.DrainLost(token),
                progress(token, 1),
                new Call.GiveUp(token),
                new Call.TakeBack(token),
                new Call.Observe(token, true),
                new Call.Release(token),
                new Call.Park(token, oneIn(2)),
                new Call.Fail(token),
                new Call.Withhold(token, oneIn(2)),
                new Call.Unpark(token, false),
                new Call.Free(token, true));
    }

    private static Call progress(String token, int blockers) {
        return new Call.Progress(
                token,
                new DrainFigures(
                        1, 1, blockers == 0 ? List.of() : List.of(new Blocker("db/pg-0", "0 allowed", "db/pg"))));
    }

    private void changePolicy() {
        Slots slots = oneIn(3) ? new Slots.Percent(1 + choose(100)) : new Slots.Count(1 + choose(4));
        SlotPolicy before = policy;
        policy = switch (choose(6)) {
            case 3 -> importing(before);
            case 0 -> policy(before.slots(), before.countUnready(), oneIn(2) ? "maintenance" : null, false, 1);
            case 1 -> policy(before.slots(), before.countUnready(), null, oneIn(3), before.maxParked());
            case 2 -> policy(before.slots(), oneIn(2), null, false, choose(3));
            default -> policy(slots, before.countUnready(), null, false, before.maxParked());
        };
        version++;
        log.add("policy " + policy);
    }

    /** A request's client goes, or a node is deleted and made again under its name. */
    private void misfortune() {
        if (oneIn(2)) {
            requests.stream().filter(r -> r.open).skip(choose(5)).findFirst().ifPresent(r -> r.open = false);
            return;
        }
        int i = choose(machines.size());
        Machine machine = machines.get(i);
        if (machine.node != null) {
            String uid = machine.node.uid();
            NodeRef anew = newNode(i);
            machines.stream()
                    .filter(m -> m.node != null && m.node.uid().equals(uid))
                    .forEach(m -> m.node = anew);
            state.holderOn(new NodeRef("", uid))
                    .ifPresent(h -> submit(any(replicas), new Call.Release(h.token()), null));
        }
    }

    // ---- replicas: batches of swaps on the one stored state

    private enum Fault {
        NONE,
        ANSWER_LOST,
        CRASH_BEFORE,
        CRASH_AFTER
    }

    private void submit(Replica replica, Call call, Request request) {
        if (request != null) {
            request.busy = true;
        }
        replica.queue.add(new Pending(call, request));
        if (oneIn(2)) {
            run(replica);
        }
    }

    /** The replica reads, or swaps what it computed from its last read. */
    private void advance(Replica replica, Fault fault) {
        if (replica.batch.isEmpty()) {
            if (replica.queue.isEmpty()) {
                return;
            }
            replica.batch.addAll(replica.queue);
            replica.queue.clear();
            compute(replica);
            return;
        }
        boolean swapped = fault != Fault.CRASH_BEFORE && commit(replica);
        log.add((swapped ? "stored " : "not stored ") + replica.batch + (fault == Fault.NONE ? "" : " " + fault));
        switch (fault) {
            case NONE -> {
                if (swapped) {
                    replica.batch.forEach(this::answer);
                    replica.batch.clear();
                } else {
                    compute(replica);
                }
            }
            case ANSWER_LOST -> compute(replica);
            case CRASH_BEFORE, CRASH_AFTER -> replica.crash(requests);
        }
    }

    private void compute(Replica replica) {
        replica.base = version;
        replica.states.clear();
        replica.states.add(state);
        replica.next = model.copy();
        for (Pending pending : replica.batch) {
            SlotState before = replica.states.getLast();
            Step<?> step = pending.call.on(before, policy, now);
            String expected = replica.next.apply(pending.call, policy, now);
            String what = pending.call + " on " + SequentialModel.of(before);
            assertThat(outcome(step.outcome())).as("outcome of %s", what).isEqualTo(expected);
            assertThat(SequentialModel.of(step.next()))
                    .as("state after %s", what)
                    .hasToString(replica.next.toString());
            if (step.next().equals(before)) {
                assertThat(step.next()).as("%s changes nothing", what).isSameAs(before);
            }
            SlotState again = pending.call.on(step.next(), policy, now).next();
            assertThat(again).as("%s applied twice", what).isSameAs(step.next());
            pending.outcome = step.outcome();
            replica.states.add(step.next());
        }
    }

    private boolean commit(Replica replica) {
        if (replica.states.getLast() == replica.states.getFirst()) {
            return true;
        }
        if (replica.base != version) {
            return false;
        }
        for (int i = 0; i < replica.batch.size(); i++) {
            watcher.stored(replica.states.get(i), replica.states.get(i + 1), replica.batch.get(i).call, policy);
        }
        state = replica.states.getLast();
        model = replica.next;
        version++;
        state.holders().stream()
                .map(Holder::token)
                .filter(t -> !tokens.contains(t))
                .forEach(tokens::add);
        return true;
    }

    private static String outcome(Object outcome) {
        return switch (outcome) {
            case PreReboot.Wait(String token, var meanwhile) ->
                "wait " + token + " " + meanwhile.kind().text();
            case PreReboot.ReadyToTell(Holder holder) -> "tell " + holder.token();
            case PreReboot.Proceed(Holder holder) -> "proceed " + holder.token();
            case PreReboot.Refuse(var refusal) -> "refuse " + refusal.kind().text();
            default -> outcome.toString();
        };
    }

    private void answer(Pending pending) {
        Request request = pending.request;
        if (request == null) {
            return;
        }
        request.busy = false;
        request.first = false;
        switch (pending.outcome) {
            case PreReboot.Wait wait -> request.bound = wait.token();
            case PreReboot.ReadyToTell(Holder holder) -> {
                request.bound = holder.token();
                request.granted = holder.token();
            }
            case PreReboot.Proceed(Holder holder) -> mayReboot(request, holder.token());
            case PreReboot.Refuse _ -> request.open = false;
            case Boolean told -> {
                request.granted = null;
                if (told) {
                    mayReboot(request, request.bound);
                }
            }
            default -> throw new AssertionError(pending.outcome);
        }
    }

    private void mayReboot(Request request, String token) {
        watcher.told(token, request.bound == null ? token : request.bound);
        request.machine.told = true;
        request.open = false;
    }

    // ---- the end: nothing fails any more

    private void everyAskerGetsASlot() {
        replicas.forEach(r -> r.crash(requests));
        requests.forEach(r -> r.open = false);
        machines.forEach(m -> m.told = false);
        now = now.plus(Duration.ofDays(2));
        policy = policy(policy.slots(), true, null, false, 100);
        version++;
        submit(replicas.getFirst(), new Call.Count(machines.size(), 0), null);
        run(replicas.getFirst());
        Machine[] order = machines.toArray(Machine[]::new);
        for (int round = 0; round < 8 * machines.size() + 8; round++) {
            for (int i = 0; i < order.length; i++) {
                Machine machine = order[(i + round) % order.length];
                if (!machine.told) {
                    ask(machine);
                }
            }
            List.copyOf(state.holders()).forEach(this::finish);
            now = now.plusSeconds(60);
        }
        assertThat(machines).as("everybody who repeats gets a slot").allMatch(m -> m.told);
        assertThat(state.holders()).as("all slots are back").isEmpty();
    }

    private void ask(Machine machine) {
        Request request = requests.stream()
                .filter(r -> r.open && r.machine == machine)
                .findFirst()
                .orElseGet(() -> {
                    Request made = new Request(machine, any(replicas), "token-" + requests.size());
                    requests.add(made);
                    return made;
                });
        look(request);
        run(request.replica);
        if (request.granted != null) {
            look(request);
            run(request.replica);
        }
    }

    private void finish(Holder holder) {
        String token = holder.token();
        switch (holder.phase()) {
            case DRAINING -> submit(replicas.getFirst(), new Call.Drained(token), null);
            case GRANTED -> submit(replicas.getFirst(), new Call.DrainLost(token), null);
            case REBOOTING -> submit(replicas.getFirst(), new Call.Steady(holder.id()), null);
            case VERIFYING, FAILED -> submit(replicas.getFirst(), new Call.Release(token), null);
            case RELEASING -> submit(replicas.getFirst(), new Call.Free(token, false), null);
        }
        run(replicas.getFirst());
    }

    private void run(Replica replica) {
        while (!replica.queue.isEmpty() || !replica.batch.isEmpty()) {
            advance(replica, Fault.NONE);
        }
    }

    private static final class Machine {
        final String id;
        NodeRef node;
        boolean told;

        Machine(String id, NodeRef node) {
            this.id = id;
            this.node = node;
        }
    }

    private static final class Request {
        final Machine machine;
        final Replica replica;
        final String fresh;
        String bound;
        String granted;
        boolean first = true;
        boolean busy;
        boolean open = true;

        Request(Machine machine, Replica replica, String fresh) {
            this.machine = machine;
            this.replica = replica;
            this.fresh = fresh;
        }
    }

    private static final class Pending {
        final Call call;
        final Request request;
        Object outcome;

        Pending(Call call, Request request) {
            this.call = call;
            this.request = request;
        }

        @Override
        public String toString() {
            return call + " = " + outcome(outcome);
        }
    }

    private static final class Replica {
        final Deque<Pending> queue = new ArrayDeque<>();
        final List<Pending> batch = new ArrayList<>();
        final List<SlotState> states = new ArrayList<>();
        int base;
        SequentialModel next;

        void crash(List<Request> requests) {
            queue.clear();
            batch.clear();
            requests.stream().filter(r -> r.replica == this).forEach(r -> r.open = false);
        }
    }

    /** Checks every stored change by rules that hold whatever call made it. */
    private static final class Watcher {

        final Set<String> seen = new HashSet<>();
        private final Set<String> ended = new HashSet<>();
        private final Set<String> rebooting = new HashSet<>();

        void stored(SlotState before, SlotState after, Call call, SlotPolicy policy) {
            seen.add(call.getClass().getSimpleName());
            assertThat(after.holders().stream().map(Holder::token)).doesNotHaveDuplicates();
            assertThat(after.holders().stream().map(Holder::id)).doesNotHaveDuplicates();
            assertThat(after.holders().stream()
                            .map(Holder::node)
                            .filter(n -> n != null)
                            .map(NodeRef::uid))
                    .doesNotHaveDuplicates();
            assertThat(after.parked())
                    .noneMatch(p -> after.holderOn(p.node()).isPresent()
                            || after.holderOf(p.id()).isPresent());
            if (after.holders().size() > before.holders().size()) {
                int slots = SequentialModel.of(after).slots(policy);
                assertThat(after.holders()).as("no more holders than slots").hasSizeLessThanOrEqualTo(slots);
            }
            for (Holder holder : after.holders()) {
                before.holding(holder.token())
                        .ifPresentOrElse(
                                was -> moved(was.phase(), holder.phase(), holder.token(), call),
                                () -> came(holder, call, policy));
            }
            for (Holder holder : before.holders()) {
                if (after.holding(holder.token()).isEmpty()) {
                    went(holder, after, call);
                }
            }
        }

        private void came(Holder holder, Call call, SlotPolicy policy) {
            if (call instanceof Call.TakeOver) {
                assertThat(holder.phase()).isEqualTo(Phase.REBOOTING);
                assertThat(policy.importing())
                        .as("taken over as people want it")
                        .isEqualTo(holder.importedFrom());
                seen.add("imported");
            } else {
                assertThat(holder.phase()).isEqualTo(Phase.DRAINING);
            }
            assertThat(ended).as("tokens never come back").doesNotContain(holder.token());
        }

        private void moved(Phase from, Phase to, String token, Call call) {
            if (from == to) {
                return;
            }
            seen.add(from + ">" + to);
            boolean allowed = switch (from) {
                case DRAINING -> to == Phase.GRANTED || to == Phase.RELEASING;
                case GRANTED -> to == Phase.DRAINING || to == Phase.REBOOTING || to == Phase.RELEASING;
                case REBOOTING -> to == Phase.VERIFYING || to == Phase.RELEASING;
                case VERIFYING -> to == Phase.FAILED || to == Phase.RELEASING;
                case FAILED -> to == Phase.RELEASING;
                case RELEASING -> false;
            };
            assertThat(allowed).as("%s to %s by %s", from, to, call).isTrue();
            if (to == Phase.REBOOTING) {
                assertThat(call).as("only telling tells").isEqualTo(new Call.Tell(token));
                assertThat(rebooting.add(token)).as("told once").isTrue();
            }
            if (from == Phase.REBOOTING && to == Phase.RELEASING) {
                assertThat(call).as("a told machine's slot").isInstanceOfAny(Call.Release.class, Call.Steady.class);
            }
            if (to == Phase.RELEASING) {
                ended.add(token);
            }
        }

        private void went(Holder holder, SlotState after, Call call) {
            seen.add(holder.phase() + ">gone");
            if (call instanceof Call.Ask && holder.importedFrom() != null) {
                seen.add("imported>drained");
            }
            ended.add(holder.token());
            boolean right = switch (call) {
                case Call.Free _ -> holder.phase() == Phase.RELEASING;
                case Call.Park _ -> after.parkedAs(holder.token()).isPresent();
                case Call.Ask _ ->
                    (holder.phase() == Phase.FAILED
                                    || holder.phase() == Phase.REBOOTING && holder.importedFrom() != null)
                            && after.holderOf(holder.id()).isPresent();
                default -> false;
            };
            assertThat(right).as("%s ends %s", call, holder).isTrue();
        }

        /** The agent gets its 200. */
        void told(String token, String boundToken) {
            seen.add("200");
            assertThat(rebooting).as("Rebooting is stored before 200").contains(token);
            assertThat(token).as("told by its own holding").isEqualTo(boundToken);
        }
    }
}
