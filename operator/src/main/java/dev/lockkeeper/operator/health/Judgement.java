package dev.lockkeeper.operator.health;

import dev.lockkeeper.crds.v1alpha1.UpdateQuestion;
import dev.lockkeeper.crds.v1alpha1.Verdict;
import java.time.Instant;
import java.util.Optional;

/**
 * What is to become of a machine that was told to reboot. Each {@code why} is a clause without a full stop that can follow the
 * machine's name and a colon.
 */
public sealed interface Judgement {

    String why();

    /** Too early to say: the slot is kept. {@code lookAgainAt} is when the answer changes if nothing else does. */
    record Keep(Instant lookAgainAt, String why) implements Judgement {}

    /** Healthy on the release that it went to: uncordon, free. */
    record Updated(String why) implements Judgement {}

    /**
     * Healthy, but it says nothing about a release yet: uncordon, free, count nothing.
     *
     * @param question what may still come to light; null: nothing
     */
    record Inconclusive(String why, UpdateQuestion question) implements Judgement {}

    /**
     * Came back sick: park, or hold the slot.
     *
     * @param question what may still come to light; null: nothing
     */
    record Failed(String why, boolean countsAgainstRelease, UpdateQuestion question) implements Judgement {}

    /** Not to be decided without a person: the slot and the cordon are kept, alert. The verdict is empty where nothing is counted. */
    record Stuck(String why, Optional<Verdict> verdict) implements Judgement {}
}
