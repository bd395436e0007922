package dev.lockkeeper.operator.health;

/** What came of asking checks. Each {@code why} is a clause without a full stop that can follow a name and a colon. */
public sealed interface CheckResult {

    record Passed() implements CheckResult {}

    /** It was asked, and says that the machine is not healthy, or not yet. */
    record NotYet(String why) implements CheckResult {}

    /** It gave no answer, or one that means nothing: the machine is neither healthy nor sick by it. */
    record Unanswerable(String why) implements CheckResult {}
}
