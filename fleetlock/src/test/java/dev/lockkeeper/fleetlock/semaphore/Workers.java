package dev.lockkeeper.fleetlock.semaphore;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The group that the unit tests talk about: machines worker-1, worker-2 ..., one slot unless said otherwise. */
final class Workers {

    static final Instant T0 = Instant.parse("2026-07-07T08:00:00Z");
    static final SlotState COUNTED = Semaphore.counted(SlotState.EMPTY, 5, 0).next();

    private Workers() {}

    static Instant after(Duration time) {
        return T0.plus(time);
    }

    static Instant minute(int n) {
        return T0.plusSeconds(60L * n);
    }

    static SlotPolicy policy(int slots) {
        return new SlotPolicy(
                "workers",
                new Slots.Count(slots),
                true,
                null,
                null,
                null,
                false,
                1,
                Duration.ofMinutes(3),
                new BackoffRule(Duration.ofMinutes(30), Duration.ofHours(24)));
    }

    static SlotPolicy paused(int slots, String reason) {
        SlotPolicy p = policy(slots);
        return new SlotPolicy(
                p.name(), p.slots(), true, reason, null, null, false, p.maxParked(), p.refreshAsked(), p.backoff());
    }

    static SlotPolicy deleting(int slots) {
        SlotPolicy p = policy(slots);
        return new SlotPolicy(
                p.name(), p.slots(), true, null, null, null, true, p.maxParked(), p.refreshAsked(), p.backoff());
    }

    static SlotPolicy notCountingUnready(int slots) {
        SlotPolicy p = policy(slots);
        return new SlotPolicy(
                p.name(), p.slots(), false, null, null, null, false, p.maxParked(), p.refreshAsked(), p.backoff());
    }

    static String id(int machine) {
        return "id-" + machine;
    }

    static NodeRef node(int machine) {
        return new NodeRef("worker-" + machine, "uid-" + machine);
    }

    /** A new request of that machine. */
    static Asker asking(int machine) {
        return new Asker(id(machine), node(machine), null, true, "fresh-" + machine, false, List.of());
    }

    /** A new request of a machine that is no node. */
    static Asker builder(String id) {
        return new Asker(id, null, null, true, "fresh-" + id, false, List.of());
    }

    static Asker bound(int machine, String token) {
        return new Asker(id(machine), node(machine), token, false, "other-" + machine, false, List.of());
    }

    static Asker waiting(int machine) {
        return new Asker(id(machine), node(machine), null, false, "later-" + machine, false, List.of());
    }

    static String token(int machine) {
        return asking(machine).tokenAt(T0);
    }

    /** A state in which those machines hold slots in Draining since T0. */
    static SlotState draining(int... machines) {
        SlotState state = COUNTED;
        for (int machine : machines) {
            state = Semaphore.preReboot(state, policy(100), asking(machine), T0).next();
        }
        assertThat(state.holders()).hasSize(machines.length);
        return state;
    }

    static SlotState granted(int machine) {
        return Semaphore.drained(draining(machine), token(machine), T0).next();
    }

    static SlotState rebooting(int machine) {
        return Semaphore.tell(granted(machine), token(machine), new Boot("boot-1", "44.1"), "44.2", T0)
                .next();
    }

    static SlotState verifying(int machine) {
        return Semaphore.steadyState(rebooting(machine), id(machine), T0).next();
    }

    static SlotState failed(int machine) {
        return Semaphore.fail(verifying(machine), token(machine), "NotReady for 15m", T0)
                .next();
    }

    static SlotState releasing(int machine) {
        return Semaphore.release(verifying(machine), token(machine), "verified", T0)
                .next();
    }

    static SlotState parked(int... machines) {
        SlotState state = draining(machines);
        for (int machine : machines) {
            String token = token(machine);
            state = Semaphore.drained(state, token, T0).next();
            state = Semaphore.tell(state, token, Boot.UNKNOWN, null, T0).next();
            state = Semaphore.steadyState(state, id(machine), T0).next();
            state = Semaphore.park(state, token, "44.2", "Failed", false, T0).next();
        }
        return state;
    }

    static DrainFigures blocked() {
        return new DrainFigures(2, 1, List.of(new Blocker("db/pg-0", "0 disruptions allowed", "db/pg")));
    }
}
