package dev.lockkeeper.fleetlock.semaphore;

import static dev.lockkeeper.fleetlock.semaphore.Workers.COUNTED;
import static dev.lockkeeper.fleetlock.semaphore.Workers.T0;
import static dev.lockkeeper.fleetlock.semaphore.Workers.draining;
import static dev.lockkeeper.fleetlock.semaphore.Workers.failed;
import static dev.lockkeeper.fleetlock.semaphore.Workers.granted;
import static dev.lockkeeper.fleetlock.semaphore.Workers.id;
import static dev.lockkeeper.fleetlock.semaphore.Workers.minute;
import static dev.lockkeeper.fleetlock.semaphore.Workers.node;
import static dev.lockkeeper.fleetlock.semaphore.Workers.parked;
import static dev.lockkeeper.fleetlock.semaphore.Workers.policy;
import static dev.lockkeeper.fleetlock.semaphore.Workers.rebooting;
import static dev.lockkeeper.fleetlock.semaphore.Workers.releasing;
import static dev.lockkeeper.fleetlock.semaphore.Workers.token;
import static dev.lockkeeper.fleetlock.semaphore.Workers.verifying;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the leader, the agents' steady-state and people do to a holding. */
class SemaphoreTransitionsTest {

    private static final Map<Phase, SlotState> IN = new EnumMap<>(Map.of(
            Phase.DRAINING, draining(1),
            Phase.GRANTED, granted(1),
            Phase.REBOOTING, rebooting(1),
            Phase.VERIFYING, verifying(1),
            Phase.FAILED, failed(1),
            Phase.RELEASING, releasing(1)));

    private static Holder only(SlotState state) {
        assertThat(state.holders()).hasSize(1);
        return state.holders().getFirst();
    }

    /** Elsewhere it changes nothing and says so; and from where it applies, it applies once. */
    private static void appliesOnlyIn(Set<Phase> phases, Function<SlotState, Step<Boolean>> transition) {
        IN.forEach((phase, state) -> {
            Step<Boolean> step = transition.apply(state);
            if (phases.contains(phase)) {
                assertThat(step.outcome()).as("in %s", phase).isTrue();
                assertThat(step.next()).as("in %s", phase).isNotSameAs(state);
                assertThat(transition.apply(step.next()).next())
                        .as("twice in %s", phase)
                        .isSameAs(step.next());
            } else {
                assertThat(step).as("in %s", phase).isEqualTo(new Step<>(state, false));
                assertThat(step.next()).as("in %s", phase).isSameAs(state);
            }
        });
        assertThat(transition.apply(COUNTED).next()).as("without its holding").isSameAs(COUNTED);
        SlotState other = draining(2);
        assertThat(transition.apply(other).next()).as("another's holding").isSameAs(other);
    }

    @Test
    void drained() {
        appliesOnlyIn(Set.of(Phase.DRAINING), s -> Semaphore.drained(s, token(1), minute(1)));
        Holder holder = only(Semaphore.drained(draining(1), token(1), minute(1)).next());
        assertThat(holder.phase()).isEqualTo(Phase.GRANTED);
        assertThat(holder.since()).isEqualTo(minute(1));
        assertThat(holder.grantedAt()).isEqualTo(T0);
        assertThat(holder.askedAt()).isEqualTo(T0);
    }

    @Test
    void aFinishedDrainEndsThatMachinesBackingOff() {
        SlotState state =
                draining(1).withBackoffs(List.of(new Backoff(id(1), 3, minute(1)), new Backoff(id(2), 1, minute(1))));
        assertThat(Semaphore.drained(state, token(1), minute(2)).next().backoffs())
                .extracting(Backoff::id)
                .containsExactly(id(2));
    }

    @Test
    void drainLost() {
        appliesOnlyIn(Set.of(Phase.GRANTED), s -> Semaphore.drainLost(s, token(1), "a pod landed", minute(1)));
        Holder holder = only(Semaphore.drainLost(granted(1), token(1), "a pod landed", minute(1))
                .next());
        assertThat(holder.phase()).isEqualTo(Phase.DRAINING);
        assertThat(holder.reason()).isEqualTo("a pod landed");
        assertThat(holder.since()).isEqualTo(minute(1));
    }

    @Test
    void drainProgress() {
        appliesOnlyIn(Set.of(Phase.DRAINING), s -> Semaphore.drainProgress(s, token(1), Workers.blocked()));
        Step<Boolean> step = Semaphore.drainProgress(draining(1), token(1), Workers.blocked());
        assertThat(only(step.next()).drain()).isEqualTo(Workers.blocked());
        Step<Boolean> same = Semaphore.drainProgress(step.next(), token(1), Workers.blocked());
        assertThat(same.outcome()).isTrue();
    }

    @Test
    void giveUpDrain() {
        appliesOnlyIn(
                Set.of(Phase.DRAINING), s -> Semaphore.giveUpDrain(s, policy(1), token(1), "too long", minute(1)));
        SlotState state = Semaphore.giveUpDrain(draining(1), policy(1), token(1), "too long", minute(1))
                .next();
        assertThat(only(state).phase()).isEqualTo(Phase.RELEASING);
        assertThat(only(state).reason()).isEqualTo("too long");
        assertThat(state.backoffs()).containsExactly(new Backoff(id(1), 1, minute(31)));
    }

    @Test
    void backingOffGrowsAndIsKeptOncePerMachine() {
        SlotState state =
                draining(1).withBackoffs(List.of(new Backoff(id(1), 2, minute(1)), new Backoff(id(2), 1, minute(1))));
        assertThat(Semaphore.giveUpDrain(state, policy(1), token(1), "too long", minute(2))
                        .next()
                        .backoffs())
                .containsExactlyInAnyOrder(new Backoff(id(2), 1, minute(1)), new Backoff(id(1), 3, minute(122)));
    }

    @Test
    void onlySoManyBackingOffMachinesAreKept() {
        List<Backoff> full = IntStream.range(0, Semaphore.MAX_BACKOFFS)
                .mapToObj(i -> new Backoff("old-" + i, 1, minute(1000 - i)))
                .toList();
        List<Backoff> after = Semaphore.giveUpDrain(
                        draining(1).withBackoffs(full), policy(1), token(1), "too long", minute(900))
                .next()
                .backoffs();
        assertThat(after)
                .hasSize(Semaphore.MAX_BACKOFFS)
                .extracting(Backoff::id)
                .contains(id(1), "old-0");
        assertThat(after).extracting(Backoff::id).doesNotContain("old-" + (Semaphore.MAX_BACKOFFS - 1));
        List<Backoff> oneLess = full.subList(0, full.size() - 1);
        assertThat(Semaphore.giveUpDrain(
                                draining(1).withBackoffs(oneLess), policy(1), token(1), "too long", minute(900))
                        .next()
                        .backoffs())
                .containsAll(oneLess)
                .hasSize(Semaphore.MAX_BACKOFFS);
    }

    @Test
    void takeBack() {
        appliesOnlyIn(
                Set.of(Phase.DRAINING, Phase.GRANTED), s -> Semaphore.takeBack(s, token(1), "not asking", minute(1)));
        Holder holder = only(Semaphore.takeBack(granted(1), token(1), "not asking", minute(1))
                .next());
        assertThat(holder.phase()).isEqualTo(Phase.RELEASING);
        assertThat(holder.reason()).isEqualTo("not asking");
    }

    @Test
    void tell() {
        Step<Boolean> step = Semaphore.tell(granted(1), token(1), new Boot("boot-7", "44.7"), "44.8", minute(1));
        assertThat(step.outcome()).isTrue();
        Holder holder = only(step.next());
        assertThat(holder.phase()).isEqualTo(Phase.REBOOTING);
        assertThat(holder.bootId()).isEqualTo("boot-7");
        assertThat(holder.version()).isEqualTo("44.7");
        assertThat(holder.offered()).isEqualTo("44.8");
        assertThat(List.of(holder.since(), holder.toldAt(), holder.askedAt())).containsOnly(minute(1));
        assertThat(holder.grantedAt()).isEqualTo(T0);
        IN.forEach((phase, state) -> {
            Step<Boolean> other = Semaphore.tell(state, token(1), Boot.UNKNOWN, null, minute(1));
            assertThat(other.outcome())
                    .as("in %s", phase)
                    .isEqualTo(phase == Phase.GRANTED || phase == Phase.REBOOTING);
            if (phase != Phase.GRANTED) {
                assertThat(other.next()).as("in %s", phase).isSameAs(state);
            }
        });
        assertThat(Semaphore.tell(COUNTED, token(1), Boot.UNKNOWN, null, T0)).isEqualTo(new Step<>(COUNTED, false));
    }

    @Test
    void tellingForgetsWhatWasSeenBefore() {
        Holder holder = only(rebooting(1));
        assertThat(holder.steadyAt()).isNull();
        assertThat(holder.newBootAt()).isNull();
        assertThat(holder.readySince()).isNull();
        assertThat(holder.heartbeat()).isNull();
        assertThat(holder.stuck()).isNull();
        assertThat(holder.reason()).isNull();
    }

    @Test
    void steadyStateOfAnIdThatHoldsNothing() {
        SlotState state = draining(1);
        Step<SteadyState> step = Semaphore.steadyState(state, id(2), T0);
        assertThat(step.outcome()).isEqualTo(SteadyState.NO_HOLDER);
        assertThat(step.next()).isSameAs(state);
    }

    @Test
    void steadyStateBeforeTellingGivesTheSlotBack() {
        for (SlotState state : List.of(draining(1), granted(1))) {
            Step<SteadyState> step = Semaphore.steadyState(state, id(1), minute(1));
            assertThat(step.outcome()).isEqualTo(SteadyState.DONE);
            assertThat(only(step.next()).phase()).isEqualTo(Phase.RELEASING);
            assertThat(only(step.next()).since()).isEqualTo(minute(1));
            assertThat(only(step.next()).reason()).isEqualTo("the agent started anew before it was told to reboot");
        }
    }

    @Test
    void steadyStateAfterTellingBeginsTheVerifying() {
        Step<SteadyState> step = Semaphore.steadyState(rebooting(1), id(1), minute(5));
        assertThat(step.outcome()).isEqualTo(SteadyState.VERIFYING);
        assertThat(only(step.next()).phase()).isEqualTo(Phase.VERIFYING);
        assertThat(only(step.next()).since()).isEqualTo(minute(5));
        assertThat(only(step.next()).steadyAt()).isEqualTo(minute(5));
        Step<SteadyState> repeat = Semaphore.steadyState(step.next(), id(1), minute(6));
        assertThat(repeat.outcome()).isEqualTo(SteadyState.VERIFYING);
        assertThat(repeat.next()).as("the first one counts").isSameAs(step.next());
    }

    @Test
    void steadyStateAfterTheNewBootWasSeen() {
        SlotState seen = Semaphore.observe(
                        rebooting(1), token(1), new Sighting(minute(3), null, null, null, null), minute(3))
                .next();
        Step<SteadyState> step = Semaphore.steadyState(seen, id(1), minute(5));
        assertThat(step.outcome()).isEqualTo(SteadyState.VERIFYING);
        assertThat(only(step.next()).steadyAt()).isEqualTo(minute(5));
        assertThat(only(step.next()).since())
                .as("Verifying since the boot was seen")
                .isEqualTo(minute(3));
    }

    @Test
    void steadyStateOfAMachineThatIsNoNodeIsEnough() {
        SlotState state = Semaphore.preReboot(COUNTED, policy(1), Workers.builder("b"), T0)
                .next();
        String token = only(state).token();
        state = Semaphore.drained(state, token, T0).next();
        state = Semaphore.tell(state, token, Boot.UNKNOWN, null, T0).next();
        Step<SteadyState> step = Semaphore.steadyState(state, "b", minute(5));
        assertThat(step.outcome()).isEqualTo(SteadyState.DONE);
        assertThat(only(step.next()).phase()).isEqualTo(Phase.RELEASING);
        assertThat(only(step.next()).steadyAt()).isEqualTo(minute(5));
        assertThat(only(step.next()).reason()).isEqualTo("the agent is steady again");
    }

    @Test
    void steadyStateOfAFailedOrReleasingMachineIsDone() {
        for (SlotState state : List.of(failed(1), releasing(1))) {
            Step<SteadyState> step = Semaphore.steadyState(state, id(1), minute(1));
            assertThat(step.outcome()).isEqualTo(SteadyState.DONE);
            assertThat(step.next()).isSameAs(state);
        }
    }

    @Test
    void observe() {
        Sighting sighting = new Sighting(null, minute(1), "beat", minute(2), "a test says so");
        appliesOnlyIn(
                Set.of(Phase.REBOOTING, Phase.VERIFYING, Phase.FAILED),
                s -> Semaphore.observe(s, token(1), sighting, minute(3)));
        Holder holder = only(
                Semaphore.observe(rebooting(1), token(1), sighting, minute(3)).next());
        assertThat(holder.phase()).isEqualTo(Phase.REBOOTING);
        assertThat(holder.readySince()).isEqualTo(minute(1));
        assertThat(holder.heartbeat()).isEqualTo("beat");
        assertThat(holder.stuck()).isEqualTo(minute(2));
        assertThat(holder.newBootAt()).isNull();
    }

    @Test
    void theFirstNewBootBeginsTheVerifying() {
        SlotState stuck = Semaphore.observe(
                        rebooting(1),
                        token(1),
                        new Sighting(null, null, null, minute(60), "a test says so"),
                        minute(60))
                .next();
        SlotState booted = Semaphore.observe(
                        stuck, token(1), new Sighting(minute(61), null, null, null, null), minute(61))
                .next();
        assertThat(only(booted).phase()).isEqualTo(Phase.VERIFYING);
        assertThat(only(booted).since()).isEqualTo(minute(61));
        assertThat(only(booted).newBootAt()).isEqualTo(minute(61));
        assertThat(only(booted).stuck()).isNull();
        Holder later = only(Semaphore.observe(
                        booted, token(1), new Sighting(minute(62), minute(62), "beat", null, null), minute(62))
                .next());
        assertThat(later.newBootAt()).as("only the first").isEqualTo(minute(61));
        assertThat(later.since()).isEqualTo(minute(61));
        assertThat(later.readySince()).isEqualTo(minute(62));
    }

    @Test
    void aLaterSightingReplacesReadinessButNotTheHeartbeat() {
        SlotState first = Semaphore.observe(
                        verifying(1), token(1), new Sighting(null, minute(1), "beat-1", null, null), minute(1))
                .next();
        Holder holder =
                only(Semaphore.observe(first, token(1), new Sighting(null, null, "beat-2", null, null), minute(2))
                        .next());
        assertThat(holder.readySince()).isNull();
        assertThat(holder.heartbeat()).isEqualTo("beat-1");
    }

    @Test
    void aFailedMachineIsNotVerifiedAgain() {
        SlotState state = Semaphore.observe(
                        failed(1), token(1), new Sighting(minute(9), minute(9), null, null, null), minute(9))
                .next();
        assertThat(only(state).phase()).isEqualTo(Phase.FAILED);
        assertThat(only(state).newBootAt()).isEqualTo(minute(9));
    }

    @Test
    void release() {
        appliesOnlyIn(
                Set.of(Phase.DRAINING, Phase.GRANTED, Phase.REBOOTING, Phase.VERIFYING, Phase.FAILED),
                s -> Semaphore.release(s, token(1), "freed by a person", minute(1)));
        Holder holder = only(Semaphore.release(rebooting(1), token(1), "freed by a person", minute(1))
                .next());
        assertThat(holder.phase()).isEqualTo(Phase.RELEASING);
        assertThat(holder.reason()).isEqualTo("freed by a person");
        assertThat(holder.since()).isEqualTo(minute(1));
        assertThat(holder.bootId()).isEqualTo("boot-1");
    }

    @Test
    void park() {
        appliesOnlyIn(
                Set.of(Phase.REBOOTING, Phase.VERIFYING),
                s -> Semaphore.park(s, token(1), "44.2", "Failed", false, minute(1)));
        Step<Boolean> step = Semaphore.park(verifying(1), token(1), "44.2", "Failed", false, minute(1));
        assertThat(step.next().holders()).isEmpty();
        assertThat(step.next().parked())
                .containsExactly(new Parked(token(1), id(1), node(1), "44.2", "Failed", false, minute(1)));
        assertThat(step.next().parkedAs(token(1))).isPresent();
        assertThat(step.next().parkedAs("another")).isEmpty();
    }

    @Test
    void aMachineIsParkedOnce() {
        Parked before = new Parked("old", id(1), null, "44.1", "Failed", false, T0);
        Parked other = new Parked("other", id(2), node(2), "44.1", "Failed", false, T0);
        SlotState state = verifying(1).withParked(List.of(before, other));
        assertThat(Semaphore.park(state, token(1), "44.2", "Failed", false, T0)
                        .next()
                        .parked())
                .extracting(Parked::token)
                .containsExactly("other", token(1));
    }

    @Test
    void noMoreMachinesAreParkedThanTheStatusHolds() {
        List<Parked> full = IntStream.range(0, Semaphore.MAX_PARKED)
                .mapToObj(i -> new Parked("t" + i, "m" + i, null, null, "Failed", true, T0))
                .toList();
        SlotState state = verifying(1).withParked(full);
        assertThat(Semaphore.park(state, token(1), "44.2", "Failed", true, T0)).isEqualTo(new Step<>(state, false));
    }

    @Test
    void whetherAParkedMachinesReleaseIsWithheldIsKept() {
        SlotState state = Semaphore.park(verifying(1), token(1), "44.2", "Failed", true, T0)
                .next();
        assertThat(state.parked().getFirst().releaseWithheld()).isTrue();
        Step<Boolean> accepted = Semaphore.releaseWithheld(state, token(1), false);
        assertThat(accepted.outcome()).isTrue();
        assertThat(accepted.next().parked())
                .containsExactly(new Parked(token(1), id(1), node(1), "44.2", "Failed", false, T0));
        assertThat(Semaphore.releaseWithheld(accepted.next(), token(1), false))
                .isEqualTo(new Step<>(accepted.next(), false));
        assertThat(Semaphore.releaseWithheld(state, "another", false)).isEqualTo(new Step<>(state, false));
    }

    @Test
    void fail() {
        appliesOnlyIn(Set.of(Phase.VERIFYING), s -> Semaphore.fail(s, token(1), "NotReady", minute(1)));
        Holder holder = only(
                Semaphore.fail(verifying(1), token(1), "NotReady", minute(1)).next());
        assertThat(holder.phase()).isEqualTo(Phase.FAILED);
        assertThat(holder.reason()).isEqualTo("NotReady");
        assertThat(holder.since()).isEqualTo(minute(1));
    }

    @Test
    void unpark() {
        SlotState state = parked(1, 2);
        Step<Boolean> step = Semaphore.unpark(state, token(1), false);
        assertThat(step.outcome()).isTrue();
        assertThat(step.next().parked()).extracting(Parked::id).containsExactly(id(2));
        Step<Boolean> again = Semaphore.unpark(step.next(), token(1), false);
        assertThat(again.outcome()).isFalse();
        assertThat(again.next()).isSameAs(step.next());
    }

    @Test
    void free() {
        appliesOnlyIn(Set.of(Phase.RELEASING), s -> Semaphore.free(s, token(1), false));
        assertThat(Semaphore.free(releasing(1), token(1), false).next().holders())
                .isEmpty();
    }

    /** Else the next one would get the slot before the leader counts again. */
    @Test
    void aMachineThatIsDownCountsAsUnreadyFromTheMomentItGivesItsPlaceBack() {
        assertThat(Semaphore.free(releasing(1), token(1), true).next().unready())
                .isEqualTo(1);
        assertThat(Semaphore.free(draining(1), token(1), true).next().unready()).isZero();
        assertThat(Semaphore.unpark(parked(1), token(1), true).next().unready()).isEqualTo(1);
        assertThat(Semaphore.unpark(parked(1), "another", true).next().unready())
                .isZero();
    }

    @Test
    void freeingOneLeavesTheOthers() {
        SlotState state =
                Semaphore.takeBack(draining(1, 2), token(1), "not asking", T0).next();
        assertThat(Semaphore.free(state, token(1), false).next().holders())
                .extracting(Holder::id)
                .containsExactly(id(2));
        assertThat(Semaphore.drained(state, token(2), T0).next().holders())
                .extracting(Holder::phase)
                .containsExactly(Phase.RELEASING, Phase.GRANTED);
    }

    @Test
    void counted() {
        Step<Boolean> first = Semaphore.counted(SlotState.EMPTY, 0, 0);
        assertThat(first.outcome()).isTrue();
        assertThat(first.next().members()).isZero();
        assertThat(Semaphore.counted(first.next(), 0, 0)).isEqualTo(new Step<>(first.next(), false));
        assertThat(Semaphore.counted(first.next(), 0, 0).next()).isSameAs(first.next());
        assertThat(Semaphore.counted(COUNTED, 5, 1).next().unready()).isEqualTo(1);
        assertThat(Semaphore.counted(COUNTED, 6, 0).next().members()).isEqualTo(6);
    }

    @Test
    void aHolderIsFoundByItsNode() {
        SlotState state = draining(1);
        assertThat(state.holderOn(node(1))).isPresent();
        assertThat(state.holderOn(new NodeRef("worker-1", "uid-new"))).isEmpty();
        assertThat(state.holderOn(null)).isEmpty();
    }

    // ---- taking a former server's lock over

    private static final String LOCK = "default/fleetlock-workers";

    private static SlotPolicy importing(int slots) {
        return importing(slots, null);
    }

    private static SlotPolicy importing(int slots, String imported) {
        SlotPolicy p = policy(slots);
        return new SlotPolicy(
                p.name(),
                p.slots(),
                true,
                "importing",
                LOCK,
                imported,
                false,
                p.maxParked(),
                p.refreshAsked(),
                p.backoff());
    }

    private static Step<Boolean> takenOver(SlotState state, SlotPolicy policy, int machine) {
        return Semaphore.takeOver(
                state,
                policy,
                LOCK,
                LOCK + "@7",
                "import-" + machine,
                id(machine),
                node(machine),
                new Boot("boot-1", "44.1"),
                T0);
    }

    @Test
    void whoIsTakenOverCountsAsToldAndIsThereOnce() {
        SlotState state = takenOver(COUNTED, importing(2), 1).next();
        Holder holder = only(state);
        assertThat(holder.phase()).isEqualTo(Phase.REBOOTING);
        assertThat(holder.importedFrom()).isEqualTo(LOCK);
        assertThat(holder.bootId()).isEqualTo("boot-1");
        assertThat(holder.toldAt()).isEqualTo(T0);
        assertThat(takenOver(state, importing(2), 1)).isEqualTo(new Step<>(state, true));
        Step<Boolean> underAnotherToken = Semaphore.takeOver(
                state, importing(2), LOCK, LOCK + "@7", "import-x", id(1), node(1), Boot.UNKNOWN, T0);
        assertThat(underAnotherToken).isEqualTo(new Step<>(state, false));
        assertThat(Semaphore.steadyState(state, id(1), T0)
                        .next()
                        .holders()
                        .getFirst()
                        .phase())
                .isEqualTo(Phase.VERIFYING);
    }

    @Test
    void nobodyIsTakenOverPastTheSlotsOrAgainstTheWish() {
        assertThat(takenOver(draining(2), importing(1), 1)).isEqualTo(new Step<>(draining(2), false));
        assertThat(takenOver(COUNTED, policy(1), 1).outcome())
                .as("nobody wants it")
                .isFalse();
        SlotState same = draining(1);
        assertThat(takenOver(same, importing(2), 1).next())
                .as("it holds a slot")
                .isSameAs(same);
    }

    /** A tool put the wish back, and who decided has not seen that it was dealt with. */
    @Test
    void nobodyIsTakenOverOnceMoreFromTheSameStateOfALock() {
        assertThat(takenOver(COUNTED, importing(1, LOCK + "@7"), 1)).isEqualTo(new Step<>(COUNTED, false));
        assertThat(takenOver(COUNTED, importing(1, LOCK + "@6"), 1).outcome()).isTrue();
    }

    @Test
    void aParkedMachineThatIsTakenOverIsNotParkedAnyMore() {
        SlotState state = takenOver(parked(1), importing(1), 1).next();
        assertThat(state.parked()).isEmpty();
        only(state);
    }

    @Test
    void whoAsksAfterBeingTakenOverIsDrainedUnderANewTokenBeforeItIsTold() {
        SlotState state = takenOver(COUNTED, importing(1), 1).next();
        Step<PreReboot> meanwhile = Semaphore.preReboot(state, importing(1), Workers.asking(1), T0);
        assertThat(meanwhile.next()).isSameAs(state);
        assertThat(meanwhile.outcome()).isInstanceOf(PreReboot.Refuse.class);

        Step<PreReboot> later = Semaphore.preReboot(state, policy(1), Workers.asking(1), T0);
        Holder again = only(later.next());
        assertThat(again.phase()).isEqualTo(Phase.DRAINING);
        assertThat(again.token()).isEqualTo(token(1));
        assertThat(again.importedFrom()).isNull();
        SlotState told = Semaphore.tell(
                        Semaphore.drained(later.next(), token(1), T0).next(), token(1), Boot.UNKNOWN, null, T0)
                .next();
        assertThat(Semaphore.preReboot(told, policy(1), Workers.asking(1), T0).outcome())
                .as("told by us it is not drained again")
                .isInstanceOf(PreReboot.Proceed.class);
    }
}
