package dev.lockkeeper.operator.observe;

import dev.lockkeeper.operator.Settings;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Arrays;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Ends the process at one marked step, as a crash would, where {@code lockkeeper.testing.halt-at} names it: tests prove with it that
 * every half-done step is finished by whoever comes next.
 */
@Singleton
public final class CrashPoint {

    private static final Logger LOG = Logger.getLogger(CrashPoint.class);

    /** As a process that was killed with -9. */
    static final int STATUS = 137;

    /** The marked steps: before and after each thing that a crash could tear apart. */
    public enum Step {
        /** A holder is swapped in. */
        BEFORE_GRANT,
        AFTER_GRANT,
        /** The node is cordoned. */
        BEFORE_CORDON,
        AFTER_CORDON,
        /** Pods are asked to go. */
        BEFORE_DRAIN_PASS,
        AFTER_DRAIN_PASS,
        /** Draining→Granted. */
        BEFORE_DRAINED,
        AFTER_DRAINED,
        /** Granted→Rebooting. */
        BEFORE_TELL,
        AFTER_TELL,
        /** The agent gets its 200. */
        BEFORE_ANSWER,
        AFTER_ANSWER,
        /** A steady-state is stored. */
        BEFORE_STEADY,
        AFTER_STEADY,
        /** What the node shows is stored, the new bootID above all. */
        BEFORE_NEW_BOOT,
        AFTER_NEW_BOOT,
        /** Verifying→Releasing. */
        BEFORE_VERDICT,
        AFTER_VERDICT,
        /** The node is uncordoned. */
        BEFORE_UNCORDON,
        AFTER_UNCORDON,
        /** The holder is removed. */
        BEFORE_FREE,
        AFTER_FREE,
        /** The offer of a release is stored. */
        BEFORE_OFFER,
        AFTER_OFFER,
        /** A verdict is stored in the records of the machine and of the release, one after the other. */
        BEFORE_RECORD,
        BETWEEN_RECORDS,
        AFTER_RECORD,
        /** A failed machine is parked or failed. */
        BEFORE_PARK,
        AFTER_PARK,
        /** The holder of a former server's lock is swapped in. */
        BEFORE_IMPORT,
        AFTER_IMPORT,
        /** Its cordon is taken over. */
        BEFORE_ADOPT,
        AFTER_ADOPT,
        /** The wish for it goes. */
        BEFORE_IMPORTED,
        AFTER_IMPORTED
    }

    private final String armed;
    private final Runnable crash;

    @Inject
    CrashPoint(Settings settings) {
        this(settings.testing().haltAt(), () -> Runtime.getRuntime().halt(STATUS));
    }

    /** @throws IllegalArgumentException if no step has that name */
    CrashPoint(Optional<String> haltAt, Runnable crash) {
        this.armed = haltAt.map(CrashPoint::known).orElse(null);
        this.crash = crash;
        if (armed != null) {
            LOG.warnf(
                    "CRASH TEST: this process halts itself at step %s, as lockkeeper.testing.halt-at says. Never run it so"
                            + " where machines matter.",
                    armed);
        }
    }

    private static String known(String name) {
        if (Arrays.stream(Step.values()).noneMatch(s -> s.name().equals(name))) {
            throw new IllegalArgumentException("Setting lockkeeper.testing.halt-at is '" + name
                    + "', which is no marked step: take one of " + Arrays.toString(Step.values()) + ".");
        }
        return name;
    }

    /** Does not come back if this is the step. */
    public void at(String step) {
        if (step.equals(armed)) {
            LOG.warnf("CRASH TEST: halting at %s.", step);
            crash.run();
        }
    }
}
