package dev.lockkeeper.fleetlock.semaphore;

import java.time.Instant;

/** One transition with its arguments, as data: a history applies it to the semaphore and to the model. */
sealed interface Call {

    Step<?> on(SlotState state, SlotPolicy policy, Instant now);

    record Ask(Asker asker) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.preReboot(state, policy, asker, now);
        }
    }

    record TakeOver(String token, String id, NodeRef node) implements Call {
        static final String LOCK = "default/fleetlock-workers";

        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.takeOver(
                    state, policy, LOCK, LOCK + "@7", token, id, node, new Boot("boot-1", "44.1"), now);
        }
    }

    record Tell(String token) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.tell(state, token, new Boot("boot-1", "44.1"), "44.2", now);
        }
    }

    record Steady(String id) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.steadyState(state, id, now);
        }
    }

    record Drained(String token) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.drained(state, token, now);
        }
    }

    record DrainLost(String token) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.drainLost(state, token, "a pod landed", now);
        }
    }

    record Progress(String token, DrainFigures figures) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.drainProgress(state, token, figures);
        }
    }

    record GiveUp(String token) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.giveUpDrain(state, policy, token, "the drain took too long", now);
        }
    }

    record TakeBack(String token) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.takeBack(state, token, "its agent does not ask any more", now);
        }
    }

    /** @param rebooted whether the leader saw another bootID */
    record Observe(String token, boolean rebooted) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            Instant first = rebooted ? now : null;
            return Semaphore.observe(state, token, new Sighting(first, first, "heartbeat", null, null), now);
        }
    }

    /** A verdict, the Node's deletion or a person's word. */
    record Release(String token) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.release(state, token, "verified", now);
        }
    }

    record Park(String token, boolean releaseWithheld) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.park(state, token, "44.2", "Failed", releaseWithheld, now);
        }
    }

    record Fail(String token) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.fail(state, token, "NotReady past its time", now);
        }
    }

    record Withhold(String token, boolean releaseWithheld) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.releaseWithheld(state, token, releaseWithheld);
        }
    }

    record Unpark(String token, boolean down) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.unpark(state, token, down);
        }
    }

    record Free(String token, boolean down) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.free(state, token, down);
        }
    }

    record Count(int members, int unready) implements Call {
        @Override
        public Step<?> on(SlotState state, SlotPolicy policy, Instant now) {
            return Semaphore.counted(state, members, unready);
        }
    }
}
