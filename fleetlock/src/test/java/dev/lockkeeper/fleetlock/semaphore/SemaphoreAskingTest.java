package dev.lockkeeper.fleetlock.semaphore;

import static dev.lockkeeper.fleetlock.semaphore.Workers.COUNTED;
import static dev.lockkeeper.fleetlock.semaphore.Workers.T0;
import static dev.lockkeeper.fleetlock.semaphore.Workers.asking;
import static dev.lockkeeper.fleetlock.semaphore.Workers.bound;
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
import static dev.lockkeeper.fleetlock.semaphore.Workers.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.fleetlock.protocol.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a pre-reboot request comes to: the rows of the holder's phase, then those of a machine without a slot. */
class SemaphoreAskingTest {

    private static void refused(Step<PreReboot> step, SlotState before, Kind kind, String sentence) {
        assertThat(step.outcome()).isInstanceOfSatisfying(PreReboot.Refuse.class, refuse -> {
            assertThat(refuse.refusal().kind()).isEqualTo(kind);
            assertThat(refuse.refusal().value()).isEqualTo(sentence);
        });
        assertThat(step.next()).isSameAs(before);
    }

    private static void waits(Step<PreReboot> step, SlotState before, Kind kind, String sentence) {
        assertThat(step.outcome()).isInstanceOfSatisfying(PreReboot.Wait.class, wait -> {
            assertThat(wait.token()).isNull();
            assertThat(wait.meanwhile().kind()).isEqualTo(kind);
            assertThat(wait.meanwhile().value()).isEqualTo(sentence);
        });
        assertThat(step.next()).isSameAs(before);
    }

    private static Step<PreReboot> ask(SlotState state, SlotPolicy policy, Asker asker, Instant now) {
        return Semaphore.preReboot(state, policy, asker, now);
    }

    @Test
    void aFreeSlotIsGiven() {
        Step<PreReboot> step = ask(COUNTED, policy(1), asking(1), T0);
        Holder holder = step.next().holders().getFirst();
        assertThat(holder.token()).startsWith("fresh-1.").isEqualTo(token(1));
        assertThat(holder.id()).isEqualTo(id(1));
        assertThat(holder.node()).isEqualTo(node(1));
        assertThat(holder.phase()).isEqualTo(Phase.DRAINING);
        assertThat(List.of(holder.since(), holder.askedAt(), holder.grantedAt()))
                .containsOnly(T0);
        assertThat(holder.toldAt()).isNull();
        assertThat(step.outcome()).isInstanceOfSatisfying(PreReboot.Wait.class, wait -> {
            assertThat(wait.token()).isEqualTo(token(1));
            assertThat(wait.meanwhile().kind()).isEqualTo(Kind.DRAINING);
            assertThat(wait.meanwhile().value()).isEqualTo("worker-1 Draining for 0s.");
        });
        assertThat(step.next().members()).isEqualTo(5);
    }

    @Test
    void aTryAfterALostAnswerFindsItsOwnHolding() {
        SlotState stored = ask(COUNTED, policy(1), waiting(1), T0).next();
        Step<PreReboot> again = ask(stored, policy(1), waiting(1), T0.plusMillis(5));
        assertThat(again.next()).isSameAs(stored);
        assertThat(((PreReboot.Wait) again.outcome()).token())
                .isEqualTo(stored.holders().getFirst().token());
    }

    @Test
    void aTryAfterItsOwnHoldingHasEndedTakesAnotherToken() {
        String first = ask(COUNTED, policy(1), asking(1), T0)
                .next()
                .holders()
                .getFirst()
                .token();
        String second = ask(COUNTED, policy(1), asking(1), T0.plusMillis(1))
                .next()
                .holders()
                .getFirst()
                .token();
        assertThat(second).isNotEqualTo(first).startsWith("fresh-1.");
    }

    @Test
    void nobodyGetsASlotBeforeTheMembersAreCounted() {
        waits(
                ask(SlotState.EMPTY, policy(1), asking(1), T0),
                SlotState.EMPTY,
                Kind.NODES_UNREADY,
                "No slot: the members of workers are not counted yet; the leader does so within seconds.");
    }

    @Test
    void allSlotsHeld() {
        SlotState one = draining(1);
        waits(
                ask(one, policy(1), asking(2), minute(4)),
                one,
                Kind.LOCK_HELD,
                "worker-1 holds 1 of 1 slots, Draining for 4m.");
        SlotState two = draining(1, 2);
        waits(
                ask(two, policy(1), asking(3), minute(4)),
                two,
                Kind.LOCK_HELD,
                "2 of 1 slots are held: worker-1 Draining for 4m; worker-2 Draining for 4m.");
    }

    @Test
    void theLastFreeSlotIsGiven() {
        assertThat(ask(draining(1, 2), policy(3), asking(3), T0).next().holders())
                .hasSize(3);
    }

    @Test
    void aShareOfTheMembersCountsAsSlots() {
        SlotPolicy p = policy(1);
        SlotPolicy share = new SlotPolicy(
                "workers", new Slots.Percent(40), true, null, null, null, false, 1, p.refreshAsked(), p.backoff());
        assertThat(ask(draining(1), share, asking(2), T0).next().holders()).hasSize(2);
        assertThat(ask(draining(1, 2), share, asking(3), T0).next().holders()).hasSize(2);
    }

    @Test
    void aNodeHoldsOneSlotUnderWhateverId() {
        SlotState state = draining(1);
        Asker renamed = new Asker("new-id", node(1), null, true, "fresh", false, List.of());
        waits(
                ask(state, policy(2), renamed, minute(1)),
                state,
                Kind.LOCK_HELD,
                "worker-1 Draining for 1m: it still holds a slot as agent id-1.");
    }

    @Test
    void anIdHoldsOneSlotOnWhateverNode() {
        SlotState state = releasing(1);
        Asker anew = new Asker(id(1), new NodeRef("worker-1", "uid-new"), null, true, "fresh", false, List.of());
        waits(
                ask(state, policy(2), anew, minute(1)),
                state,
                Kind.LOCK_HELD,
                "worker-1 Releasing for 1m: it still holds a slot as agent id-1.");
        SlotState builder = Semaphore.preReboot(COUNTED, policy(1), Workers.builder("b"), T0)
                .next();
        SlotState back = Semaphore.takeBack(
                        builder, builder.holders().getFirst().token(), "it does not ask", T0)
                .next();
        assertThat(ask(back, policy(2), Workers.builder("b"), minute(1)).next()).isSameAs(back);
        assertThat(ask(back, policy(2), Workers.builder("c"), minute(1)).next().holders())
                .hasSize(2);
    }

    @Test
    void aMachineThatGaveUpItsDrainWaits() {
        SlotState state = Semaphore.free(
                        Semaphore.giveUpDrain(draining(1), policy(1), token(1), "too long", T0)
                                .next(),
                        token(1),
                        false)
                .next();
        refused(
                ask(state, policy(1), asking(1), minute(10)),
                state,
                Kind.DRAIN_BACKOFF,
                "The last drain of this machine was given up (1 in a row); it may ask again in 20m.");
        assertThat(ask(state, policy(1), asking(1), minute(30)).next().holders())
                .as("from its last moment on")
                .hasSize(1);
        assertThat(ask(state, policy(1), asking(2), minute(10)).next().holders())
                .as("others do not wait")
                .hasSize(1);
    }

    @Test
    void aPausedGroupGivesNoSlotAndGoesOnWithThoseGiven() {
        refused(
                ask(COUNTED, Workers.paused(1, "fire in the data centre"), asking(1), T0),
                COUNTED,
                Kind.PAUSED,
                "workers is paused: fire in the data centre.");
        assertThat(ask(granted(1), Workers.paused(1, "fire"), asking(1), T0).outcome())
                .isInstanceOf(PreReboot.ReadyToTell.class);
    }

    @Test
    void aGroupThatIsBeingDeletedGivesNoSlot() {
        refused(
                ask(COUNTED, Workers.deleting(1), asking(1), T0),
                COUNTED,
                Kind.PAUSED,
                "RebootGroup 'workers' is being deleted: it gives no new slot.");
    }

    @Test
    void moreParkedThanAllowedStopTheGroup() {
        SlotState two = parked(1, 2);
        waits(
                ask(two, policy(3), asking(3), T0),
                two,
                Kind.NODES_UNREADY,
                "No slot: 2 machines are parked after a failure, more than maxParked 1."
                        + " Repair them, or free them with the annotation lockkeeper.dev/free-slot.");
        assertThat(ask(parked(1), policy(1), asking(3), T0).next().holders()).hasSize(1);
    }

    @Test
    void aGrantEndsTheMachinesOwnParkingOnly() {
        SlotPolicy p = policy(3);
        SlotPolicy lenient =
                new SlotPolicy("workers", p.slots(), true, null, null, null, false, 2, p.refreshAsked(), p.backoff());
        SlotState state = parked(1, 2);
        assertThat(ask(state, lenient, asking(1), T0).next().parked())
                .extracting(Parked::id)
                .containsExactly(id(2));
        Asker renamed = new Asker("new-id", node(2), null, true, "fresh", false, List.of());
        assertThat(ask(state, lenient, renamed, T0).next().parked())
                .as("by its node")
                .extracting(Parked::id)
                .containsExactly(id(1));
        assertThat(ask(state, lenient, Workers.builder("b"), T0).next().parked())
                .as("no node is no other's node")
                .hasSize(2);
    }

    @Test
    void aParkedMachineThatIsNoNodeIsKnownByItsId() {
        SlotState state = Semaphore.preReboot(COUNTED, policy(1), Workers.builder("b"), T0)
                .next();
        String token = state.holders().getFirst().token();
        state = Semaphore.drained(state, token, T0).next();
        state = Semaphore.tell(state, token, Boot.UNKNOWN, null, T0).next();
        state = Semaphore.park(state, token, null, "Failed", false, T0).next();
        assertThat(ask(state, policy(1), asking(1), T0).next().parked()).hasSize(1);
        assertThat(ask(state, policy(1), Workers.builder("b"), T0).next().parked())
                .isEmpty();
    }

    /** The failure is answered: nobody else can boot that release on that architecture. */
    @Test
    void parkedMachinesWhoseReleaseIsWithheldKeepNobodyWaiting() {
        SlotState state = Workers.parked(1, 2);
        assertThat(ask(state, policy(1), asking(3), T0).next())
                .as("two are too many")
                .isSameAs(state);
        SlotState one = Semaphore.releaseWithheld(state, token(1), true).next();
        assertThat(ask(one, policy(1), asking(3), T0).next().holders()).hasSize(1);
    }

    @Test
    void unreadyMembersUseSlotsUp() {
        SlotState state = Semaphore.counted(COUNTED, 5, 1).next();
        Asker named = new Asker(id(1), node(1), null, true, "fresh", false, List.of("worker-3, NotReady for 2d4h"));
        waits(
                ask(state, policy(1), named, T0),
                state,
                Kind.NODES_UNREADY,
                "No slot: worker-3, NotReady for 2d4h, uses it. Repair it or delete the Node.");
        assertThat(ask(state, policy(2), asking(1), T0).next().holders()).hasSize(1);
        assertThat(ask(state, Workers.notCountingUnready(1), asking(1), T0)
                        .next()
                        .holders())
                .hasSize(1);
        Asker itself = new Asker(id(1), node(1), null, true, "fresh", true, List.of());
        assertThat(ask(state, policy(1), itself, T0).next().holders())
                .as("its own unreadiness is no hindrance")
                .hasSize(1);
    }

    @Test
    void severalUnreadyMembersAreNamedOrCounted() {
        SlotState state = Semaphore.counted(COUNTED, 5, 2).next();
        waits(
                ask(state, policy(2), asking(1), T0),
                state,
                Kind.NODES_UNREADY,
                "No slot: 2 NotReady members use it. Repair them or delete their Nodes.");
        Asker named = new Asker(id(1), node(1), null, true, "fresh", false, List.of("a", "b"));
        waits(
                ask(state, policy(2), named, T0),
                state,
                Kind.NODES_UNREADY,
                "No slot: a; b use it. Repair them or delete their Nodes.");
    }

    @Test
    void oneUnreadyMemberThatCannotBeNamed() {
        SlotState state = Semaphore.counted(COUNTED, 5, 1).next();
        waits(
                ask(state, policy(1), asking(1), T0),
                state,
                Kind.NODES_UNREADY,
                "No slot: 1 NotReady member uses it. Repair it or delete its Node.");
    }

    @Test
    void aParkedAskerIsNotCountedAndSoHidesNoOther() {
        SlotState state = Semaphore.counted(Workers.parked(1), 5, 1).next();
        Asker itself = new Asker(id(1), node(1), null, true, "fresh", true, List.of("worker-3, NotReady"));
        assertThat(ask(state, policy(1), itself, T0).next()).isSameAs(state);
    }

    @Test
    void anAskerThatIsNotCountedYetHidesNobodyEither() {
        SlotState state = Semaphore.counted(COUNTED, 5, 0).next();
        Asker itself = new Asker(id(1), node(1), null, true, "fresh", true, List.of());
        SlotState one = ask(state, policy(1), itself, T0).next();
        assertThat(one.holders()).hasSize(1);
        Asker next = new Asker(id(2), node(2), null, true, "fresh", true, List.of());
        assertThat(ask(one, policy(1), next, T0).next()).isSameAs(one);
    }

    @Test
    void holdersAndUnreadyMembersAddUp() {
        SlotState state = Semaphore.counted(draining(1), 5, 1).next();
        assertThat(ask(state, policy(2), asking(2), T0).next()).isSameAs(state);
        assertThat(ask(state, policy(3), asking(2), T0).next().holders()).hasSize(2);
    }

    // ---- holders

    @Test
    void aDrainingHolderWaitsAndItsAskingIsStoredNowAndThen() {
        SlotState state = draining(1);
        Step<PreReboot> soon = ask(state, policy(1), bound(1, token(1)), Workers.after(Duration.ofSeconds(179)));
        assertThat(soon.next()).isSameAs(state);
        assertThat(((PreReboot.Wait) soon.outcome()).token()).isEqualTo(token(1));
        Step<PreReboot> later = ask(state, policy(1), bound(1, token(1)), minute(3));
        assertThat(later.next().holders().getFirst().askedAt()).isEqualTo(minute(3));
        assertThat(later.next().holders().getFirst().since()).isEqualTo(T0);
        assertThat(ask(later.next(), policy(1), bound(1, token(1)), minute(3)).next())
                .isSameAs(later.next());
    }

    @Test
    void aBlockedDrainSaysWhatBlocks() {
        SlotState state = Semaphore.drainProgress(draining(1), token(1), Workers.blocked())
                .next();
        PreReboot.Wait wait = (PreReboot.Wait)
                ask(state, policy(1), bound(1, token(1)), minute(1)).outcome();
        assertThat(wait.meanwhile().kind()).isEqualTo(Kind.DRAIN_BLOCKED);
        assertThat(wait.meanwhile().value())
                .isEqualTo("worker-1 Draining for 1m: pod db/pg-0 blocked by PDB db/pg (0 disruptions allowed).");
    }

    @Test
    void figuresWithoutABlockerDoNotBlock() {
        SlotState state = Semaphore.drainProgress(draining(1), token(1), new DrainFigures(0, 4, List.of()))
                .next();
        PreReboot.Wait wait = (PreReboot.Wait)
                ask(state, policy(1), bound(1, token(1)), minute(1)).outcome();
        assertThat(wait.meanwhile().kind()).isEqualTo(Kind.DRAINING);
    }

    @Test
    void aGrantedHolderIsReadyToBeTold() {
        SlotState state = granted(1);
        Step<PreReboot> step = ask(state, policy(1), bound(1, token(1)), T0);
        assertThat(step)
                .isEqualTo(new Step<>(
                        state, new PreReboot.ReadyToTell(state.holders().getFirst())));
    }

    @Test
    void aToldHolderMayRebootAtEachRepeat() {
        SlotState state = rebooting(1);
        PreReboot.Proceed proceed = new PreReboot.Proceed(state.holders().getFirst());
        assertThat(ask(state, policy(1), bound(1, token(1)), T0)).isEqualTo(new Step<>(state, proceed));
        assertThat(ask(state, policy(1), asking(1), minute(60))).isEqualTo(new Step<>(state, proceed));
    }

    @Test
    void aVerifyingHolderIsRefused() {
        SlotState state = verifying(1);
        refused(
                ask(state, policy(1), asking(1), minute(2)),
                state,
                Kind.VERIFYING,
                "worker-1 Verifying for 2m: its last reboot is still being verified.");
    }

    @Test
    void aFailedHolderDrainsAnewInItsSlot() {
        Step<PreReboot> step = ask(failed(1), policy(1), asking(1), minute(9));
        Holder again = step.next().holders().getFirst();
        assertThat(step.next().holders()).hasSize(1);
        assertThat(again.token()).startsWith("fresh-1.").isNotEqualTo(token(1));
        assertThat(again.phase()).isEqualTo(Phase.DRAINING);
        assertThat(again.id()).isEqualTo(id(1));
        assertThat(again.node()).isEqualTo(node(1));
        assertThat(again.grantedAt()).isEqualTo(minute(9));
        assertThat(again.reason()).isNull();
        assertThat(((PreReboot.Wait) step.outcome()).token()).isEqualTo(again.token());
        assertThat(((PreReboot.Wait) step.outcome()).meanwhile().kind()).isEqualTo(Kind.DRAINING);
    }

    @Test
    void aRequestFromBeforeTheBootDoesNotRestartAFailedMachine() {
        SlotState state = failed(1);
        refused(
                ask(state, policy(1), bound(1, token(1)), minute(9)),
                state,
                Kind.LOCK_HELD,
                "The slot that this request waited with was given back: NotReady for 15m. Ask again.");
    }

    @Test
    void aReleasingHolderWaitsLikeTheOthers() {
        SlotState state = releasing(1);
        waits(
                ask(state, policy(1), asking(1), minute(1)),
                state,
                Kind.LOCK_HELD,
                "worker-1 holds 1 of 1 slots, Releasing for 1m.");
    }

    // ---- requests and holdings

    @Test
    void aRequestWhoseHoldingEndedIsRefused() {
        refused(
                ask(COUNTED, policy(1), bound(1, token(1)), T0),
                COUNTED,
                Kind.LOCK_HELD,
                "The slot that this request waited with was given back. Ask again.");
        SlotState state = releasing(1);
        refused(
                ask(state, policy(1), bound(1, token(1)), T0),
                state,
                Kind.LOCK_HELD,
                "The slot that this request waited with was given back: verified. Ask again.");
    }

    @Test
    void aRequestWhoseDrainWasGivenUpIsToldHowLongToWait() {
        SlotState state = Semaphore.giveUpDrain(draining(1), policy(1), token(1), "too long", T0)
                .next();
        refused(
                ask(state, policy(1), bound(1, token(1)), minute(1)),
                state,
                Kind.DRAIN_BACKOFF,
                "The last drain of this machine was given up (1 in a row); it may ask again in 29m.");
        refused(
                ask(state, policy(1), bound(1, token(1)), minute(30)),
                state,
                Kind.LOCK_HELD,
                "The slot that this request waited with was given back: too long. Ask again.");
    }

    @Test
    void aRequestNeverActsForALaterHolding() {
        SlotState state = granted(1);
        refused(
                ask(state, policy(1), bound(1, "an-earlier-token"), T0),
                state,
                Kind.LOCK_HELD,
                "The slot that this request waited with was given back. Ask again.");
        assertThat(ask(state, policy(1), waiting(1), T0).outcome())
                .as("one that waited while another request of this machine got the slot")
                .isInstanceOf(PreReboot.Refuse.class);
        assertThat(ask(state, policy(1), asking(1), T0).outcome())
                .as("one that has just arrived joins")
                .isInstanceOf(PreReboot.ReadyToTell.class);
    }
}
