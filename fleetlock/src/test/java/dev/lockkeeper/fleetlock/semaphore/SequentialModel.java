package dev.lockkeeper.fleetlock.semaphore;

import static dev.lockkeeper.fleetlock.semaphore.Phase.DRAINING;
import static dev.lockkeeper.fleetlock.semaphore.Phase.FAILED;
import static dev.lockkeeper.fleetlock.semaphore.Phase.GRANTED;
import static dev.lockkeeper.fleetlock.semaphore.Phase.REBOOTING;
import static dev.lockkeeper.fleetlock.semaphore.Phase.RELEASING;
import static dev.lockkeeper.fleetlock.semaphore.Phase.VERIFYING;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * What one group's slots should be after each call, in the simplest words: maps of who uses a slot, who is parked and who has to
 * wait. It is written from the table of holders' phases, apart from the semaphore, and its answers are compared with the
 * semaphore's.
 */
final class SequentialModel {

    /** @param imported whether another server told it to reboot */
    record Use(String id, String node, Phase phase, boolean blocked, boolean imported) {
        Use in(Phase next) {
            return new Use(id, node, next, blocked, imported);
        }
    }

    record Machine(String id, String node, boolean releaseWithheld) {}

    record Penalty(int tries, Instant until) {}

    final Map<String, Use> uses = new TreeMap<>();
    final Map<String, Machine> parked = new TreeMap<>();
    final Map<String, Penalty> penalties = new TreeMap<>();
    Integer members;
    int unready;

    SequentialModel copy() {
        SequentialModel copy = new SequentialModel();
        copy.uses.putAll(uses);
        copy.parked.putAll(parked);
        copy.penalties.putAll(penalties);
        copy.members = members;
        copy.unready = unready;
        return copy;
    }

    /** The same facts, read off a state of the semaphore. */
    static SequentialModel of(SlotState state) {
        SequentialModel model = new SequentialModel();
        state.holders()
                .forEach(h -> model.uses.put(
                        h.token(),
                        new Use(
                                h.id(),
                                uid(h.node()),
                                h.phase(),
                                h.drain() != null && h.drain().blocked(),
                                h.importedFrom() != null)));
        state.parked()
                .forEach(p -> model.parked.put(p.token(), new Machine(p.id(), uid(p.node()), p.releaseWithheld())));
        state.backoffs().forEach(b -> model.penalties.put(b.id(), new Penalty(b.tries(), b.until())));
        model.members = state.members();
        model.unready = state.unready();
        return model;
    }

    private static String uid(NodeRef node) {
        return node == null ? null : node.uid();
    }

    @Override
    public String toString() {
        return "uses " + uses + ", parked " + parked + ", penalties " + penalties + ", members " + members
                + ", unready " + unready;
    }

    /** Applies a call and says what comes of it. */
    String apply(Call call, SlotPolicy policy, Instant now) {
        return switch (call) {
            case Call.Ask(Asker asker) -> ask(asker, policy, now);
            case Call.TakeOver(String token, String id, NodeRef node) -> takeOver(token, id, uid(node), policy);
            case Call.Tell(String token) -> {
                move(token, Set.of(GRANTED), REBOOTING);
                yield "" + (phase(token) == REBOOTING);
            }
            case Call.Steady(String id) -> steady(id);
            case Call.Drained(String token) -> {
                boolean done = move(token, Set.of(DRAINING), GRANTED);
                if (done) {
                    penalties.remove(uses.get(token).id());
                }
                yield "" + done;
            }
            case Call.DrainLost(String token) -> "" + move(token, Set.of(GRANTED), DRAINING);
            case Call.Progress(String token, DrainFigures figures) -> {
                boolean draining = phase(token) == DRAINING;
                if (draining) {
                    Use use = uses.get(token);
                    uses.put(
                            token,
                            new Use(
                                    use.id(),
                                    use.node(),
                                    DRAINING,
                                    !figures.blockedBy().isEmpty(),
                                    use.imported()));
                }
                yield "" + draining;
            }
            case Call.GiveUp(String token) -> {
                boolean done = move(token, Set.of(DRAINING), RELEASING);
                if (done) {
                    String id = uses.get(token).id();
                    int tries = penalties.containsKey(id) ? penalties.get(id).tries() : 0;
                    Duration wait = policy.backoff().base().multipliedBy(1L << Math.min(tries, 20));
                    Duration cap = policy.backoff().cap();
                    penalties.put(id, new Penalty(tries + 1, now.plus(wait.compareTo(cap) > 0 ? cap : wait)));
                }
                yield "" + done;
            }
            case Call.TakeBack(String token) -> "" + move(token, Set.of(DRAINING, GRANTED), RELEASING);
            case Call.Observe(String token, boolean rebooted) -> {
                Phase phase = phase(token);
                if (rebooted) {
                    move(token, Set.of(REBOOTING), VERIFYING);
                }
                yield "" + (phase == REBOOTING || phase == VERIFYING || phase == FAILED);
            }
            case Call.Release(String token) ->
                "" + move(token, Set.of(DRAINING, GRANTED, REBOOTING, VERIFYING, FAILED), RELEASING);
            case Call.Park(String token, boolean releaseWithheld) -> {
                boolean done = phase(token) == VERIFYING || phase(token) == REBOOTING;
                if (done) {
                    Use use = uses.remove(token);
                    unpark(use.id(), use.node());
                    parked.put(token, new Machine(use.id(), use.node(), releaseWithheld));
                }
                yield "" + done;
            }
            case Call.Fail(String token) -> "" + move(token, Set.of(VERIFYING), FAILED);
            case Call.Withhold(String token, boolean releaseWithheld) -> {
                Machine machine = parked.get(token);
                boolean news = machine != null && machine.releaseWithheld() != releaseWithheld;
                if (news) {
                    parked.put(token, new Machine(machine.id(), machine.node(), releaseWithheld));
                }
                yield "" + news;
            }
            case Call.Unpark(String token, boolean down) -> {
                boolean done = parked.remove(token) != null;
                if (done) {
                    count(down);
                }
                yield "" + done;
            }
            case Call.Free(String token, boolean down) -> {
                boolean done = phase(token) == RELEASING;
                if (done) {
                    uses.remove(token);
                    count(down);
                }
                yield "" + done;
            }
            case Call.Count(int nodes, int notReady) -> {
                boolean news = members == null || members != nodes || unready != notReady;
                members = nodes;
                unready = notReady;
                yield "" + news;
            }
        };
    }

    private String ask(Asker asker, SlotPolicy policy, Instant now) {
        String token = tokenOf(asker.id());
        Phase phase = phase(token);
        if (asker.boundToken() != null) {
            return asker.boundToken().equals(token) ? asHolder(token, asker, policy, now) : ended(asker, now);
        }
        if (token == null || phase == RELEASING) {
            return asNewcomer(asker, policy, now);
        }
        return asker.firstLook() || token.startsWith(asker.freshToken() + ".")
                ? asHolder(token, asker, policy, now)
                : ended(asker, now);
    }

    private String asHolder(String token, Asker asker, SlotPolicy policy, Instant now) {
        Use use = uses.get(token);
        return switch (use.phase()) {
            case DRAINING -> "wait " + token + (use.blocked() ? " drain_blocked" : " draining");
            case GRANTED -> "tell " + token;
            case REBOOTING ->
                !use.imported()
                        ? "proceed " + token
                        : policy.importing() != null ? "refuse paused" : anew(token, asker, now);
            case VERIFYING -> "refuse verifying";
            case FAILED -> anew(token, asker, now);
            case RELEASING -> ended(asker, now);
        };
    }

    private String anew(String token, Asker asker, Instant now) {
        if (asker.boundToken() != null) {
            return ended(asker, now);
        }
        Use use = uses.remove(token);
        String fresh = fresh(asker, now);
        uses.put(fresh, new Use(use.id(), use.node(), DRAINING, false, false));
        return "wait " + fresh + " draining";
    }

    private String takeOver(String token, String id, String node, SlotPolicy policy) {
        boolean machineHolds =
                uses.values().stream().anyMatch(u -> u.id().equals(id) || node != null && node.equals(u.node()));
        boolean may = Call.TakeOver.LOCK.equals(policy.importing())
                && !policy.deleting()
                && uses.size() < slots(policy)
                && !machineHolds;
        if (may) {
            unpark(id, node);
            uses.put(token, new Use(id, node, REBOOTING, false, true));
        }
        return "" + uses.containsKey(token);
    }

    private String ended(Asker asker, Instant now) {
        return penalised(asker, now) ? "refuse drain_backoff" : "refuse lock_held";
    }

    private String asNewcomer(Asker asker, SlotPolicy policy, Instant now) {
        if (policy.deleting()) {
            return "refuse paused";
        }
        if (members == null) {
            return "wait null nodes_unready";
        }
        int slots = slots(policy);
        String node = uid(asker.node());
        boolean machineHolds = uses.values().stream()
                .anyMatch(u -> u.id().equals(asker.id()) || node != null && node.equals(u.node()));
        if (uses.size() >= slots || machineHolds) {
            return "wait null lock_held";
        }
        if (penalised(asker, now)) {
            return "refuse drain_backoff";
        }
        if (policy.pausedReason() != null) {
            return "refuse paused";
        }
        boolean isParked = parked.values().stream()
                .anyMatch(m -> m.id().equals(asker.id()) || node != null && node.equals(m.node()));
        int others = unready - (asker.countedUnready() && !isParked ? 1 : 0);
        int down = policy.countUnready() ? Math.max(0, others) : 0;
        long unanswered =
                parked.values().stream().filter(m -> !m.releaseWithheld()).count();
        if (unanswered > policy.maxParked() || uses.size() + down >= slots) {
            return "wait null nodes_unready";
        }
        unpark(asker.id(), node);
        String fresh = fresh(asker, now);
        uses.put(fresh, new Use(asker.id(), node, DRAINING, false, false));
        return "wait " + fresh + " draining";
    }

    private void count(boolean down) {
        if (down && members != null) {
            unready++;
        }
    }

    private static String fresh(Asker asker, Instant now) {
        return asker.freshToken() + "." + Long.toString(now.toEpochMilli(), 36);
    }

    int slots(SlotPolicy policy) {
        return slots(policy, members == null ? 0 : members);
    }

    private static int slots(SlotPolicy policy, int members) {
        return switch (policy.slots()) {
            case Slots.Count(int count) -> count;
            case Slots.Percent(int percent) -> Math.max(1, Math.min(100, members * percent / 100));
        };
    }

    private String steady(String id) {
        String token = tokenOf(id);
        if (token == null) {
            return "NO_HOLDER";
        }
        boolean node = uses.get(token).node() != null;
        if (move(token, Set.of(REBOOTING), node ? VERIFYING : RELEASING) && node || phase(token) == VERIFYING) {
            return "VERIFYING";
        }
        move(token, Set.of(DRAINING, GRANTED), RELEASING);
        return "DONE";
    }

    private boolean penalised(Asker asker, Instant now) {
        Penalty penalty = penalties.get(asker.id());
        return penalty != null && now.isBefore(penalty.until());
    }

    private void unpark(String id, String node) {
        parked.values().removeIf(m -> m.id().equals(id) || node != null && Objects.equals(m.node(), node));
    }

    private String tokenOf(String id) {
        return uses.entrySet().stream()
                .filter(e -> e.getValue().id().equals(id))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    private Phase phase(String token) {
        return token == null || !uses.containsKey(token)
                ? null
                : uses.get(token).phase();
    }

    private boolean move(String token, Set<Phase> from, Phase to) {
        Phase phase = phase(token);
        if (phase == null || !from.contains(phase)) {
            return false;
        }
        uses.put(token, uses.get(token).in(to));
        return true;
    }
}
