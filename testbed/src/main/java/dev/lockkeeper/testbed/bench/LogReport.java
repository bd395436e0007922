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

    private record Reason(Pattern line, String why) {
        static Reason of(String line, String why) {
            return new Reason(Pattern.compile(line), why);
        }
    }

    /** What a soak does on purpose. Each pattern is as narrow as it can be, so that what is new shows. */
    private static final List<Reason> REASONS = List.of(
            Reason.of(
                    "\\[GraphService\\] machine=\\S+ offer of \\S+ not stored, so not made: FleetMachine '\\S+' cannot be ",
                    "the API server was away or too busy to store an offer: none was made, the agent asks again"),
            Reason.of(
                    "\\[LockService\\] group=\\S+ id=\\S+ swap failed: The lock's state cannot be read or written now",
                    "the API server was away or too busy to change a group: 503, the agent asks again"),
            Reason.of(
                    "\\[HolderWork\\] .* step failed, trying again: .*(got no answer|cannot be (read|written|made)|Failure executing|has been exceeded)",
                    "the API server was away or too busy for a step of a reboot: it is tried again"),
            Reason.of(
                    "\\[FleetWork\\] .* not written now, the next pass tries again",
                    "the API server was away or too busy for a record: the next pass writes it"),
            Reason.of(
                    "\\[StateReader\\] pins and releases cannot be read: ",
                    "the API server was away for a look at pins and releases: the next look reads them"),
            Reason.of(
                    "\\[LeaderElector\\] Exception occurred while (acquiring|renewing) lock",
                    "the API server was away or too busy for the lead: it is tried again"),
            Reason.of("\\[\\w+\\] watching .* failed, trying again", "the API server ended a watch: it begins anew"),
            Reason.of(
                    "\\[KubeEvents\\] \\d+ Events were lost",
                    "Events come last while the API server is away or busy; status and log have what they say"),
            Reason.of(
                    "\\[KubeEvents\\] (group|machine|release)=\\S+ [A-Z][A-Za-z]+: ",
                    "what is told of machines that fail on purpose, as a Warning"),
            Reason.of("\\[AgentRequests\\] Wrong passwords come from ", "strangers send wrong passwords on purpose"));

    static LogReport of(Path log) throws IOException {
        Map<String, Integer> explained = new LinkedHashMap<>();
        Set<String> shapes = new LinkedHashSet<>();
        List<String> unexplained = new ArrayList<>();
        StringBuilder entry = new StringBuilder();
        for (String line : (Iterable<String>) Files.lines(log)::iterator) {
            if (BEGIN.matcher(line).matches()) {
                sort(entry.toString(), explained, shapes, unexplained);
                entry.setLength(0);
            } else if (!entry.isEmpty()) {
                entry.append('\n');
            }
            entry.append(line);
        }
        sort(entry.toString(), explained, shapes, unexplained);
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
