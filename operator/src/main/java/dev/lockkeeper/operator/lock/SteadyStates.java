package dev.lockkeeper.operator.lock;

import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.protocol.Refusal;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.fleetlock.semaphore.Semaphore;
import dev.lockkeeper.fleetlock.semaphore.Sentences;
import dev.lockkeeper.fleetlock.semaphore.SteadyState;
import dev.lockkeeper.fleetlock.semaphore.Step;
import dev.lockkeeper.fleetlock.store.SharedRead;
import dev.lockkeeper.fleetlock.store.Swapper;
import dev.lockkeeper.operator.lock.AgentApi.Call;
import dev.lockkeeper.operator.lock.AgentApi.Reply;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Answers steady-states: at once where the id holds nothing, else once its machine is verified or has failed.
 *
 * <p>One exception to "at once": as long as a former server's lock of the agent's group is to be taken over, who holds nothing is refused.
 *
 * <ol>
 *   <li>If the cache shows one group where the id holds, the steady-state is swapped in there; the swap proves the cache right.
 *   <li>If that leaves nothing to verify, or the cache shows none or several, all groups are read, by a read that begins after the
 *       request arrived, and each that has the id and was not dealt with is dealt with in the same way.
 *   <li>Who is being verified waits. When the cache shows that the holding has ended, it gets its 200: a token never comes back.
 *   <li>When its time is up, or this replica stops, it is refused.
 * </ol>
 *
 * <p>All of its state is touched by the lock service's loop alone.
 */
final class SteadyStates {

    private final Groups groups;
    private final Swapper swapper;
    private final LockService.Outside outside;
    private final Duration maxHold;
    private final Clock clock;
    private final Consumer<Runnable> loop;
    private final SharedRead<List<GroupView>> freshGroups;
    private final List<Open> waiting = new ArrayList<>();
    private boolean stopping;

    /** One request of an id that was seen to hold in a group. */
    private static final class Open {
        final Call call;
        final String rebootGroup;
        /** The groups that were dealt with before: nothing is to be verified there. */
        final Set<String> done;

        final Instant deadline;
        final CompletableFuture<Reply> answer;
        boolean swapInFlight;
        boolean lookAgain;
        /** The holding, once the first swap showed it. */
        String token;
        /** Whether the cache has shown that holding: if it does not any more, it has ended. */
        boolean seen;

        String sentence = "The machine is being verified.";

        Open(Call call, String rebootGroup, Set<String> done, Instant deadline, CompletableFuture<Reply> answer) {
            this.call = call;
            this.rebootGroup = rebootGroup;
            this.done = done;
            this.deadline = deadline;
            this.answer = answer;
        }
    }

    SteadyStates(
            Groups groups,
            Swapper swapper,
            LockService.Outside outside,
            Duration maxHold,
            Clock clock,
            Consumer<Runnable> loop) {
        this.groups = groups;
        this.swapper = swapper;
        this.outside = outside;
        this.maxHold = maxHold;
        this.clock = clock;
        this.loop = loop;
        this.freshGroups = new SharedRead<>(outside::readGroups);
    }

    CompletionStage<Reply> ask(Call call) {
        Optional<Refusal> password = password(call);
        if (password.isPresent()) {
            return CompletableFuture.completedFuture(LockService.reply(password.get()));
        }
        Instant deadline = clock.instant().plus(maxHold);
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        List<GroupView> holding = holding(groups.membership().all(), call);
        if (holding.size() == 1) {
            loop.accept(() -> begin(new Open(call, holding.getFirst().name(), Set.of(), deadline, answer)));
        } else {
            askAll(call, Set.of(), deadline, answer);
        }
        return answer;
    }

    /** The group that the id holds in counts too, whatever group the agent names. */
    private Optional<Refusal> password(Call call) {
        Optional<GroupView> holding = groups.heldBy(call.id());
        if (holding.isPresent()) {
            return outside.password(holding.get(), call);
        }
        return Admission.refusedByAll(groups.membership().serving(call.group()), g -> outside.password(g, call));
    }

    private static List<GroupView> holding(List<GroupView> all, Call call) {
        return all.stream()
                .filter(g -> g.state().holderOf(call.id()).isPresent())
                .toList();
    }

    private void askAll(Call call, Set<String> done, Instant deadline, CompletableFuture<Reply> answer) {
        freshGroups.get().whenComplete((all, error) -> {
            if (error != null) {
                answer.complete(LockService.reply(LockService.unavailable(error)));
                return;
            }
            holding(all, call).stream()
                    .map(GroupView::name)
                    .filter(group -> !done.contains(group))
                    .findFirst()
                    .ifPresentOrElse(
                            group -> loop.accept(() -> begin(new Open(call, group, done, deadline, answer))),
                            () -> answer.complete(holdsNothing(all, call)));
        });
    }

    /**
     * An agent that got its 200 reports no more. Whose group has a former server's lock still to be taken over may be the holder of that
     * lock, of whom nothing would ever be heard again once it is; so it has to ask again.
     *
     * @param all by a fresh read, which shows nothing to be verified
     */
    private static Reply holdsNothing(List<GroupView> all, Call call) {
        return importing(new Membership(all), call)
                .filter(_ -> holding(all, call).isEmpty())
                .map(g -> LockService.reply(new Refusal(
                        Kind.PAUSED,
                        "Lease " + g.policy().importing() + " is being taken over by RebootGroup '" + g.name()
                                + "', and " + call.id() + " may be its holder. Ask again.")))
                .orElseGet(() -> released(call.id()));
    }

    private static Optional<GroupView> importing(Membership membership, Call call) {
        return membership.serving(call.group()).stream()
                .filter(g -> g.policy().importing() != null && !g.policy().deleting())
                .findFirst();
    }

    private void begin(Open open) {
        waiting.add(open);
        open.call.gone().whenComplete((_, _) -> loop.accept(() -> refuse(open)));
        swap(open);
    }

    /** What a steady-state came to, and the holding as it is then; null if there is none. */
    private record Looked(SteadyState outcome, Holder holder, Instant at) {}

    private void swap(Open open) {
        open.swapInFlight = true;
        outside.crashPoint("BEFORE_STEADY");
        swapper.<Looked>swap(open.rebootGroup, s -> {
                    Instant now = clock.instant();
                    boolean another = open.token != null
                            && s.state()
                                    .holderOf(open.call.id())
                                    .filter(h -> !h.token().equals(open.token))
                                    .isPresent();
                    if (another) {
                        // A later holding of the same machine: it is not this report that it waits for.
                        return new Step<>(s.state(), new Looked(SteadyState.NO_HOLDER, null, now));
                    }
                    Step<SteadyState> step = Semaphore.steadyState(s.state(), open.call.id(), now);
                    Holder holder = step.next().holderOf(open.call.id()).orElse(null);
                    return new Step<>(step.next(), new Looked(step.outcome(), holder, now));
                })
                .whenComplete((looked, error) -> loop.accept(() -> swapped(open, looked, error)));
    }

    private void swapped(Open open, Looked looked, Throwable error) {
        outside.crashPoint("AFTER_STEADY");
        open.swapInFlight = false;
        if (open.answer.isDone()) {
            return;
        }
        if (error != null) {
            end(open, LockService.reply(LockService.unavailable(error)));
            return;
        }
        switch (looked.outcome()) {
            case NO_HOLDER, DONE -> askOthers(open);
            case VERIFYING -> {
                Holder holder = looked.holder();
                open.token = holder.token();
                open.sentence = Sentences.holder(holder, looked.at()) + ".";
                if (stopping || !open.deadline.isAfter(clock.instant())) {
                    refuse(open);
                } else if (open.lookAgain) {
                    look(open);
                }
            }
        }
    }

    /** Nothing is to be verified in this group; in another one there may be. */
    private void askOthers(Open open) {
        waiting.remove(open);
        Set<String> done = new HashSet<>(open.done);
        done.add(open.rebootGroup);
        askAll(open.call, done, open.deadline, open.answer);
    }

    /** To be called when a RebootGroup changed in the cache. */
    void changed(String rebootGroup) {
        waiting.stream()
                .filter(open -> open.rebootGroup.equals(rebootGroup))
                .toList()
                .forEach(this::look);
    }

    private void look(Open open) {
        if (open.swapInFlight) {
            open.lookAgain = true;
            return;
        }
        open.lookAgain = false;
        Phase phase = groups.named(open.rebootGroup)
                .flatMap(g -> g.state().holding(open.token))
                .map(Holder::phase)
                .orElse(null);
        switch (phase) {
            case DRAINING, GRANTED, REBOOTING, VERIFYING -> open.seen = true;
            case FAILED, RELEASING -> ended(open);
            case null -> {
                if (open.seen) {
                    ended(open);
                } else {
                    swap(open);
                }
            }
        }
    }

    /** What was to be verified is; only the cache says whether there may be more to it, which costs no request where not. */
    private void ended(Open open) {
        Membership membership = groups.membership();
        boolean elsewhere = holding(membership.all(), open.call).stream()
                .anyMatch(g -> !g.name().equals(open.rebootGroup) && !open.done.contains(g.name()));
        if (elsewhere || importing(membership, open.call).isPresent()) {
            askOthers(open);
        } else {
            end(open, released(open.call.id()));
        }
    }

    /** Refuses those whose time is up. */
    void tick(Instant now) {
        waiting.stream()
                .filter(open -> !open.swapInFlight && !open.deadline.isAfter(now))
                .toList()
                .forEach(this::refuse);
    }

    /** Refuses those that wait, and every later one as soon as its swap is stored. */
    void stop() {
        stopping = true;
        waiting.stream().filter(open -> !open.swapInFlight).toList().forEach(this::refuse);
    }

    private void refuse(Open open) {
        end(open, LockService.reply(new Refusal(Kind.VERIFYING, open.sentence)));
    }

    private void end(Open open, Reply reply) {
        waiting.remove(open);
        open.answer.complete(reply);
    }

    private static Reply released(String id) {
        return new Reply(200, "released", id + " holds no slot.");
    }
}
