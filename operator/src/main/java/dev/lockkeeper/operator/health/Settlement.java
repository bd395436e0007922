package dev.lockkeeper.operator.health;

import dev.lockkeeper.cincinnati.policy.Offer;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import java.time.Instant;
import java.util.Optional;

/**
 * Settles what could not be told of an update when its machine's slot was freed, from what its agent says later (design, section 8).
 *
 * <ol>
 *   <li>Back on the release that it left: an agent that was offered the new one twice since it started, and looks a third time instead
 *       of asking for its reboot, has it on its list of those that it rolled back from (Zincati takes no deployment that was rolled back from), so the update was
 *       rolled back. One that asks again has rebooted for another reason.
 *   <li>A kubelet that did not come up: once the agent says that it runs the new release, the failure counts against that.
 *   <li>A machine that is no node: its agent's next word says what it runs. A third release counts as nothing.
 * </ol>
 *
 * <p>No time of a verdict is compared: an agent can run the new release, or be offered it anew since it started, only after the reboot.
 */
public final class Settlement {

    /** The third look shows that the answers to the first two were heard, and not taken. */
    private static final int POLLS = 3;

    private Settlement() {}

    /**
     * What the agent said last.
     *
     * @param version the release that it runs; null: it has not said
     * @param offer of the update's release since the agent started; null: there is none
     */
    public record Word(String version, Offer offer) {}

    /** The update as it is judged now; empty if that has not changed. */
    public static Optional<Update> of(Update update, Word word, Instant now) {
        if (update.question() == null || update.release() == null) {
            return Optional.empty();
        }
        boolean arrived = update.release().equals(word.version());
        return switch (update.question()) {
            case Rollback -> rolledBack(update, word, now);
            case Kubelet ->
                arrived
                        ? Optional.of(update.settled(
                                update.verdict(),
                                true,
                                word.version(),
                                now,
                                update.why() + "; its agent says that it runs " + word.version()))
                        : Optional.empty();
            case Version ->
                arrived
                        ? Optional.of(update.settled(
                                Verdict.Updated,
                                false,
                                word.version(),
                                now,
                                "its agent says that it runs " + word.version()))
                        : thirdRelease(update, word, now).or(() -> rolledBack(update, word, now));
        };
    }

    /** Before its reboot the agent said the one that it left, so another one was said since. */
    private static Optional<Update> thirdRelease(Update update, Word word, Instant now) {
        return update.from() == null || word.version() == null || word.version().equals(update.from())
                ? Optional.empty()
                : Optional.of(update.settled(
                        Verdict.Inconclusive,
                        false,
                        word.version(),
                        now,
                        "its agent says that it runs " + word.version() + ", and it went to " + update.release()));
    }

    private static Optional<Update> rolledBack(Update update, Word word, Instant now) {
        Offer offer = word.offer();
        boolean refused = offer != null
                && offer.version().equals(update.release())
                && offer.askedAt() == null
                && offer.polls() >= POLLS
                && update.from() != null
                && update.from().equals(word.version());
        return refused
                ? Optional.of(
                        update.settled(
                                Verdict.RolledBack,
                                true,
                                word.version(),
                                now,
                                "it runs " + word.version() + ", was offered " + update.release()
                                        + " twice since it started, and asks for the graph again instead of its reboot: it rolled back from it"))
                : Optional.empty();
    }
}
