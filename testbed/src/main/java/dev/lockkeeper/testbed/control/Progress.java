package dev.lockkeeper.testbed.control;

import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Shows a long piece of work as one line per step, each ending with the time that it took. */
final class Progress {
    private final PrintStream out;
    private final InstantSource clock;
    private final int steps;
    private int step;
    private Instant began;

    Progress(PrintStream out, InstantSource clock, int steps) {
        this.out = out;
        this.clock = clock;
        this.steps = steps;
    }

    void begin(String what) {
        step++;
        began = clock.instant();
        out.print("[" + step + "/" + steps + "] " + what + " ... ");
        out.flush();
    }

    void done() {
        out.println("done in " + spoken(Duration.between(began, clock.instant())));
    }

    void failed() {
        out.println("failed after " + spoken(Duration.between(began, clock.instant())));
    }

    /** Like 3m58s; whole seconds. */
    static String spoken(Duration time) {
        return time.toMinutes() == 0
                ? time.toSeconds() + "s"
                : "%dm%02ds".formatted(time.toMinutes(), time.toSecondsPart());
    }
}
