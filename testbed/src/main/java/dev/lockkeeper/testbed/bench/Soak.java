package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.Fleet;
import dev.lockkeeper.testbed.fleet.FleetWatcher;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PodShape;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.fleet.Violation;
import dev.lockkeeper.testbed.fleet.Workloads;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A thousand agents at ten times their pace over two replicas, one roll after the other, while machines, connections, replicas, the API
 * server and the source of releases fail by chance. Ends with 1 if the replica that ran all the time leaks heap, threads, sockets or
 * files, if a promise was broken, if a line of a log is not explained, or if the fleet does not come to rest afterwards.
 */
public final class Soak {

    /** How much faster than Zincati's agents these are; the operator's times that depend on theirs are divided by it, too. */
    static final int FASTER = 10;

    /** Zincati's five minutes. */
    static final Duration POLL = Duration.ofMinutes(5).dividedBy(FASTER);

    private static final int NODES = 960;
    private static final int BOXES = 40;
    private static final int GROUPS = 4;
    private static final int SLOTS = 12;
    private static final Duration BETWEEN_RELEASES = Duration.ofMinutes(5);
    /** Before it, caches and pools still fill. */
    private static final double WARM = 1 / 3.0;
    /** The bound of what one replica may keep of 1,000 machines' histories, which grow until each has ten entries. */
    private static final double HEAP_GROWTH = 1.15;

    private static final String FASTER_EACH_TIME = "another writer was faster each time";
    /** So few of all requests may lose every try to change a group, of those that wait in crowds. */
    private static final double LOST_SHARE = 0.001;

    private static final int SPARE_THREADS = 5;
    private static final int SPARE_SOCKETS = 5;
    private static final Duration REST_LIMIT = Duration.ofMinutes(15);
    /** Connections on which a stranger says nothing are closed after three minutes. */
    private static final Duration SOCKET_LIMIT = Duration.ofMinutes(4);

    private final Duration time;
    private final long seed;
    private final List<String> faults = new ArrayList<>();
    /** Of answers 5xx, and how many there were. */
    private final Map<String, Integer> reasons = new TreeMap<>();

    private Soak(Duration time, long seed) {
        this.time = time;
        this.seed = seed;
    }

    /** @param arguments how many minutes the faults go on (30), and the seed of what happens by chance */
    public static void main(String[] arguments) throws Exception {
        long minutes = arguments.length > 0 ? Long.parseLong(arguments[0]) : 30;
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : System.nanoTime();
        System.exit(new Soak(Duration.ofMinutes(minutes), seed).run() ? 0 : 1);
    }

    private boolean run() throws Exception {
        System.out.printf(
                "Soak: %d agents at %d times their pace for %d min, 2 replicas; what happens by chance: seed %d%n",
                NODES + BOXES, FASTER, time.toMinutes(), seed);
        try (Upstream upstream = Upstream.start();
                Site site = Site.startForRolls()) {
            Journal journal = new Journal(Clock.systemUTC());
            SoakReleases releases = new SoakReleases(upstream);
            List<MachineSpec> nodes = nodes(releases);
            Fleet.register(site.admin(), nodes);
            Workloads shop = Workloads.inNewNamespace(site.admin(), "shop");
            shop.awaitReady(shop.deployment("web", 120, PodShape.PLAIN));
            SoakObjects.create(site.admin(), GROUPS, SLOTS);
            try (OperatorProcess steady = operator(site, "steady");
                    OperatorProcess mortal = operator(site, "mortal");
                    FleetWatcher watcher = FleetWatcher.start(site.admin(), journal)) {
                System.out.println("Logs: " + site.folder());
                upstream.serve(site.admin(), spec -> {
                    spec.setRefreshInterval("20s");
                    spec.setFailureThreshold(20);
                });
                GraphAnswers.awaitGraph(steady.port());
                ProcessFigures process = new ProcessFigures(steady.pid());
                Thread.sleep(Duration.ofSeconds(20));
                Level before = Level.of(steady, process);
                System.out.println("before any agent: " + before);
                List<Level> levels;
                Misfortune misfortune;
                try (SoakFleet fleet = SoakFleet.start(
                        nodes, BOXES, releases.first(), List.of(steady, mortal), journal, site.admin())) {
                    misfortune = new Misfortune(seed, site, upstream, List.of(steady, mortal), fleet);
                    levels = storm(steady, process, misfortune, fleet, releases, journal);
                    misfortune.end();
                    releases.publishNext();
                    check(fleet.comesToRest(releases.newest(), REST_LIMIT), "the fleet did not come to rest");
                }
                Level after = calm(steady, process, before);
                System.out.println("after the last agent: " + after);
                judge(before, levels, after);
                watcher.awaitCurrent(Duration.ofSeconds(30));
                tellPromises(watcher);
                tellAnswers(journal, misfortune);
                tellLogs(steady, mortal);
            }
        }
        faults.forEach(fault -> System.out.println("NOT as promised: " + fault));
        System.out.println(faults.isEmpty() ? "All as promised." : faults.size() + " faults; seed " + seed);
        return faults.isEmpty();
    }

    private static List<MachineSpec> nodes(SoakReleases releases) {
        String first = releases.first();
        return Fleet.of("soak", NODES)
                .architectures(Architecture.values())
                .each(m -> m.withLabel(Site.LABEL, SoakObjects.group(m.name(), GROUPS))
                        .withVersion(first)
                        .withPayload(PublishedReleases.payload(first, m.architecture())))
                .machines();
    }

    private static OperatorProcess operator(Site site, String name) {
        return site.operator()
                .name(name)
                // A pause of the API server on a busy machine must not end the leader, which is measured.
                .set("LOCKKEEPER_LEADER_LEASE_DURATION", "PT35S")
                .set("LOCKKEEPER_LEADER_RENEW_DEADLINE", "PT30S")
                .set("LOCKKEEPER_AGENT_MAX_HOLD", faster(Duration.ofMinutes(20)))
                .set("LOCKKEEPER_AGENT_ASK_TIMEOUT", faster(Duration.ofMinutes(15)))
                .set("LOCKKEEPER_AGENT_WAITING_WINDOW", faster(Duration.ofMinutes(10)))
                .set("LOCKKEEPER_DRAIN_BACKOFF", faster(Duration.ofMinutes(30)))
                .set("LOCKKEEPER_EVENT_REFUSED_INTERVAL", faster(Duration.ofHours(1)))
                .set("LOCKKEEPER_MACHINE_SEEN_INTERVAL", faster(Duration.ofHours(2)))
                .set("LOCKKEEPER_MACHINE_SILENT_AFTER", faster(Duration.ofHours(5)))
                .set("LOCKKEEPER_MACHINE_OFFER_PATIENCE", faster(Duration.ofHours(1)))
                .start();
    }

    static String faster(Duration real) {
        return real.dividedBy(FASTER).toString();
    }

    private List<Level> storm(
            OperatorProcess steady,
            ProcessFigures process,
            Misfortune misfortune,
            SoakFleet fleet,
            SoakReleases releases,
            Journal journal)
            throws Exception {
        List<Level> levels = new ArrayList<>();
        Instant begin = Instant.now();
        Instant release = begin;
        Instant line = begin.plusSeconds(60);
        while (Instant.now().isBefore(begin.plus(time))) {
            if (!Instant.now().isBefore(release)) {
                releases.publishNext();
                release = release.plus(BETWEEN_RELEASES);
            }
            misfortune.next();
            fleet.doWhatAPersonDoes();
            if (!Instant.now().isBefore(line)) {
                line = line.plusSeconds(60);
                Level level = Level.of(steady, process);
                levels.add(level);
                System.out.printf(
                        "%3d min: %s; %,d boots, %d of %d on %s, %s%n",
                        Duration.between(begin, Instant.now()).toMinutes(),
                        level,
                        journal.entries(Journal.Boot.class).size(),
                        fleet.on(releases.newest()),
                        NODES + BOXES,
                        releases.newest(),
                        misfortune);
            }
            Thread.sleep(100);
        }
        return levels;
    }

    /** Waits until the replica has closed what its last clients left open. */
    private static Level calm(OperatorProcess steady, ProcessFigures process, Level before) throws Exception {
        Instant limit = Instant.now().plus(SOCKET_LIMIT);
        while (process.sockets() > before.sockets() && Instant.now().isBefore(limit)) {
            Thread.sleep(1_000);
        }
        return Level.of(steady, process);
    }

    private void judge(Level before, List<Level> levels, Level after) {
        List<Level> warm = levels.subList((int) (levels.size() * WARM), levels.size());
        double first = Level.medianHeap(warm.subList(0, warm.size() / 2));
        double last = Level.medianHeap(warm.subList(warm.size() / 2, warm.size()));
        System.out.printf(
                "live heap, median of the second third: %.1f MiB, of the last: %.1f MiB (%+.1f %%)%n",
                first, last, 100 * (last / first - 1));
        check(last <= first * HEAP_GROWTH, "the live heap grew from %.1f to %.1f MiB".formatted(first, last));
        // Pools grow to their bound once, and stay.
        int threads = most(warm.subList(0, warm.size() / 2));
        check(
                most(warm.subList(warm.size() / 2, warm.size())) <= threads + SPARE_THREADS
                        && after.threads() <= threads + SPARE_THREADS,
                "threads: at most %d in the second third, %d in the last, %d after"
                        .formatted(threads, most(warm.subList(warm.size() / 2, warm.size())), after.threads()));
        check(
                after.sockets() <= before.sockets() + SPARE_SOCKETS,
                "sockets: %d before, %d after".formatted(before.sockets(), after.sockets()));
        check(
                after.files() <= before.files() + SPARE_SOCKETS,
                "open files: %d before, %d after".formatted(before.files(), after.files()));
    }

    private static int most(List<Level> levels) {
        return levels.stream().mapToInt(Level::threads).max().orElseThrow();
    }

    private void tellPromises(FleetWatcher watcher) {
        List<Violation> violations = watcher.violations();
        System.out.printf(
                "watched: %,d versions of %d groups, %d times anew; %d violations%n",
                watcher.versions(), watcher.groups().size(), watcher.relists(), violations.size());
        violations.forEach(v -> check(false, v.rule() + ": " + v.what()));
    }

    private void tellAnswers(Journal journal, Misfortune misfortune) {
        Map<String, Integer> answers = new TreeMap<>();
        for (Journal.Entry entry : journal.entries()) {
            switch (entry) {
                case Journal.Answered a -> {
                    answers.merge(a.api() + " " + a.status(), 1, Integer::sum);
                    explain(a.machine(), a.status(), a.body(), a.at(), misfortune);
                }
                case Journal.Polled p -> {
                    answers.merge("graph " + p.status(), 1, Integer::sum);
                    explain(p.machine(), p.status(), p.body(), p.at(), misfortune);
                }
                case Journal.Unanswered u -> answers.merge(u.api() + " unanswered", 1, Integer::sum);
                default -> {}
            }
        }
        System.out.println("answers 5xx: " + reasons);
        int lost = reasons.getOrDefault(FASTER_EACH_TIME, 0);
        int asked = answers.values().stream().mapToInt(Integer::intValue).sum();
        check(lost <= asked * LOST_SHARE, lost + " of " + asked + " requests were lost to other writers");
        System.out.println("answers: "
                + answers.entrySet().stream()
                        .map(e -> "%s ×%,d".formatted(e.getKey(), e.getValue()))
                        .collect(Collectors.joining(", ")));
        System.out.println("strangers: " + misfortune.strangers());
        check(misfortune.strangersMet500() == 0, "strangers got " + misfortune.strangersMet500() + " answers 500");
    }

    private void explain(String machine, int status, String body, Instant at, Misfortune misfortune) {
        if (status < 500) {
            return;
        }
        String reason = status == 503 ? reason(body, at, misfortune) : null;
        if (reason == null) {
            check(false, machine + " got " + status + " at " + at + ": " + body);
        } else {
            reasons.merge(reason, 1, Integer::sum);
        }
    }

    private static String reason(String body, Instant at, Misfortune misfortune) {
        if (body.contains("This replica is starting")) {
            return "the replica was starting: behind a Service it gets no requests yet";
        }
        if (body.contains(FASTER_EACH_TIME)) {
            return FASTER_EACH_TIME;
        }
        return misfortune.explains(at) ? "the API server was away" : null;
    }

    private void tellLogs(OperatorProcess steady, OperatorProcess mortal) throws IOException {
        for (OperatorProcess operator : List.of(steady, mortal)) {
            LogReport report = LogReport.of(operator.log());
            report.explained()
                    .forEach((why, count) -> System.out.printf(
                            "%,6d lines of %s: %s%n", count, operator.log().getFileName(), why));
            report.unexplained().forEach(text -> check(false, operator.log().getFileName() + ": " + text));
        }
    }

    private void check(boolean good, String fault) {
        if (!good) {
            faults.add(fault);
        }
    }
}
