package dev.lockkeeper.testbed.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures the packaged operator against a real control plane on this machine, and prints one line per figure. */
public final class Bench {

    /** Starts what it measures, prints its figures and stops by itself. */
    private interface Part {
        void run() throws Exception;
    }

    private Bench() {}

    /** @param arguments the name of one part; none: all */
    public static void main(String[] arguments) throws Exception {
        Map<String, Part> parts = parts();
        if (arguments.length > 1 || arguments.length == 1 && !parts.containsKey(arguments[0])) {
            System.err.println("Give the name of one part, or nothing for all: " + String.join(", ", parts.keySet()));
            System.exit(2);
        }
        List<String> wanted = arguments.length == 0 ? List.copyOf(parts.keySet()) : List.of(arguments);
        for (String name : wanted) {
            Instant begin = Instant.now();
            System.out.println("== " + name);
            parts.get(name).run();
            System.out.printf(
                    "   (%s took %d s)%n",
                    name, Duration.between(begin, Instant.now()).toSeconds());
        }
        System.exit(0);
    }

    private static Map<String, Part> parts() {
        Map<String, Part> parts = new LinkedHashMap<>();
        parts.put("start", StartTime::run);
        parts.put("image", ImageStart::run);
        parts.put("refusals", Refusals::run);
        parts.put("idle", Idle::run);
        parts.put("cycles", Cycles::run);
        parts.put("held", Held::run);
        parts.put("memory", Memory::run);
        parts.put("graph", GraphAnswers::run);
        parts.put("refresh", Refreshes::run);
        parts.put("rest", Rest::run);
        return parts;
    }
}
