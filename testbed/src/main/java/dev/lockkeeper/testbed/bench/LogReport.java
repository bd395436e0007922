package dev.lockkeeper.testbed.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The warnings and errors of one log, sorted into those with a known reason and the rest.
 *
 * @param explained how many there are of each reason
 * @param unexplained the first of each shape, with what follows it
 */
record LogReport(Map<String, Integer> explained, List<String> unexplained) {

    private static final int MOST = 20;
    private static final Pattern BEGIN = Pattern.compile("^\\S+Z (INFO|WARN|ERROR|DEBUG|FATAL) .*");
    private static final Pattern BAD = Pattern.compile("^\\S+Z (WARN|ERROR|FATAL) .*");

    /** Of the JVM itself, without a time. */
    private static final Pattern CRASH = Pattern.compile("Exception in thread|OutOfMemoryError|^# A fatal error");

    private record Reason(Pattern line, String why) {
        static Reason of(String line, String why) {
            return new Reason(Pattern.compile(line), why);
        }
    }

    /** What a request to an API server ends with that is paused, restarts, or has too much to do; not one that it refuses. */
    private static final String AWAY =
            ".*(no answer|null$|was interrupted|has been exceeded|Timeout|Too Many Requests|Too many requests|code=429"
                    + "|re\\)initializing|refused|reset|was closed|closed the connection|code=50[0-9]|another writer was faster"
                    + "|changed by others all the time|is being written by others)";

    /** What a soak does on purpose. */
    private static final List<Reason> REASONS = List.of(
            Reason.of(
                    "\\[GraphService\\] machine=\\S+ offer of \\S+ not stored, so not made: " + AWAY,
                    "an offer could not be stored in time: none was made, the agent asks again"),
            Reason.of(
                    "\\[LockService\\] group=\\S+ id=\\S+ swap failed: " + AWAY,
                    "a group could not be changed in time: 503, the agent asks again"),
            Reason.of(
                    "\\[HolderWork\\] .* step failed, trying again: " + AWAY,
                    "a step of a reboot could not be stored in time: it is tried again"),
            Reason.of(
                    "\\[FleetWork\\] .* not written now, the next pass tries again: " + AWAY,
                    "a record could not be written in time: the next pass writes it"),
            Reason.of(
                    "\\[StateReader\\] pins and releases cannot be read: " + AWAY,
                    "pins and releases could not be read in time: the next look reads them"),
            Reason.of(
                    "\\[PoolAssembly\\] pools are not looked at now, the next pass tries again: " + AWAY,
                    "PoolWindows could not be listed in time: the next pass does"),
            Reason.of(
                    "\\[BlockedThreadChecker\\] .* has been blocked for",
                    "a thread got no processor for two seconds: the machine is full"),
            Reason.of(
                    "\\[LeaderElector\\] Exception occurred while (acquiring|renewing) lock " + AWAY,
                    "the lead could not be renewed in time: it is tried again"),
            Reason.of(
                    "\\[\\w+\\] watching .* failed, trying again: " + AWAY,
                    "a watch ended with the API server: it begins anew"),
            Reason.of(
                    "\\[KubeEvents\\] \\d+ Events were lost",
                    "Events come last while the API server is away or busy; status and log have what they say"),
            Reason.of(
                    "\\[KubeEvents\\] \\w+=\\S+ (Stuck|Parked|Failed|Quarantined|Recordoned|DrainBlocked|DrainTimedOut): ",
                    "what is told of machines that fail on purpose, as a Warning"),
            Reason.of("\\[AgentRequests\\] Wrong passwords come from ", "strangers send wrong passwords on purpose"));

    static LogReport of(Path log) throws IOException {
        Map<String, Integer> explained = new LinkedHashMap<>();
        Set<String> shapes = new LinkedHashSet<>();
        List<String> unexplained = new ArrayList<>();
        StringBuilder entry = new StringBuilder();
        long lines = 0;
        long begins = 0;
        for (String line : (Iterable<String>) Files.lines(log)::iterator) {
            lines++;
            if (CRASH.matcher(line).find()) {
                unexplained.add(line);
            }
            if (BEGIN.matcher(line).matches()) {
                begins++;
                sort(entry.toString(), explained, shapes, unexplained);
                entry.setLength(0);
            } else if (!entry.isEmpty()) {
                entry.append('\n');
            }
            entry.append(line);
        }
        sort(entry.toString(), explained, shapes, unexplained);
        if (begins < lines / 2) {
            unexplained.add(
                    begins + " of " + lines + " lines begin as a line of a log does: this report cannot read it");
        }
        return new LogReport(explained, unexplained);
    }

    private static void sort(
            String entry, Map<String, Integer> explained, Set<String> shapes, List<String> unexplained) {
        if (!BAD.matcher(entry.lines().findFirst().orElse("")).matches()) {
            return;
        }
        Optional<Reason> reason =
                REASONS.stream().filter(r -> r.line().matcher(entry).find()).findFirst();
        if (reason.isPresent()) {
            explained.merge(reason.get().why(), 1, Integer::sum);
        } else if (shapes.add(entry.replaceAll("[0-9a-f]*[0-9][0-9a-f]*", "#")) && unexplained.size() < MOST) {
            unexplained.add(
                    entry.lines().limit(12).reduce((a, b) -> a + "\n      " + b).orElse(entry));
        }
    }
}
