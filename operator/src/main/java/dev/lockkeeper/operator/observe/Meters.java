package dev.lockkeeper.operator.observe;

import dev.lockkeeper.cincinnati.protocol.GraphKind;
import dev.lockkeeper.fleetlock.protocol.Kind;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * All of Lockkeeper's own metrics. Every label has few values, whatever agents send: no node, no agent id, and of groups only the
 * names of RebootGroups that exist. {@code docs/metrics.md} lists them.
 */
@Singleton
public final class Meters {

    private static final String PREFIX = "lockkeeper.";
    private static final String OTHER = "other";
    private static final String UNKNOWN = "unknown";
    private static final Set<String> APIS = Set.of("pre-reboot", "steady-state", "graph", "config");
    /** The outcome of a request whose client went away before it was answered. */
    static final String CLIENT_GONE = "client_gone";

    private static final Set<String> OUTCOMES = Stream.concat(
                    Stream.of("granted", "released", CLIENT_GONE, "edge", "none", "paced", "not_stored", "whole"),
                    Stream.concat(
                            Stream.of(Kind.values()).map(Kind::text),
                            Stream.of(GraphKind.values()).map(GraphKind::text)))
            .collect(Collectors.toUnmodifiableSet());
    private static final String RENEWED = "renewed";
    private static final String REFUSED = "refused";
    private static final Set<String> CERTIFICATE_RESULTS = Set.of(RENEWED, REFUSED);
    private static final Set<String> DRAIN_RESULTS = Set.of("drained", "given_up");
    /** Kubernetes' names and Fedora CoreOS's, each to the latter. */
    private static final Map<String, String> ARCHITECTURES = Map.of(
            "amd64", "x86_64",
            "arm64", "aarch64",
            "x86_64", "x86_64",
            "aarch64", "aarch64",
            "ppc64le", "ppc64le",
            "s390x", "s390x");

    private static final Duration[] HOLD_BUCKETS =
            seconds(0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 180, 300, 600, 1200, 1800);
    private static final Duration[] WORK_BUCKETS =
            seconds(1, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 14400, 86400);

    private final MeterRegistry registry;
    private final Clock clock;
    private final RecentIds unknownGroupIds;
    private final Map<String, Group> groups = new ConcurrentHashMap<>();
    /** Finding a counter in the registry costs as much as the rest of a look-up. */
    private final Map<Answered, Counter> answers = new ConcurrentHashMap<>();

    private volatile boolean leader;
    /** When the agents' certificate ends; null: there is none. */
    private volatile Instant certificateExpiry;

    /** The labels of a counter of answers. */
    private record Answered(String api, String group, String outcome) {}

    /** One RebootGroup's gauges, and the figures that they show now. */
    private static final class Group {
        volatile GroupFigures figures;
    }

    @Inject
    Meters(MeterRegistry registry, @ConfigProperty(name = "quarkus.application.version") String version) {
        this(registry, version, Clock.systemUTC());
    }

    Meters(MeterRegistry registry, String version, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        this.unknownGroupIds = new RecentIds(clock);
        Gauge.builder(PREFIX + "build.info", () -> 1)
                .description("1; the label names the operator's version.")
                .tag("version", version)
                .register(registry);
        Gauge.builder(PREFIX + "leader", this, m -> m.leader ? 1 : 0)
                .description("1 at the replica that works on nodes, 0 at the others.")
                .register(registry);
        Gauge.builder(PREFIX + "unknown.group.agents", unknownGroupIds, RecentIds::count)
                .description(
                        "Agents that named a group that no RebootGroup serves, in the last 10 minutes, at this replica. Counts up to 10,000.")
                .register(registry);
    }

    // ---- requests

    /**
     * Counts one answer.
     *
     * @param api {@code pre-reboot}, {@code steady-state}, {@code graph} or {@code config}; anything else counts as {@code other}
     * @param group a RebootGroup's name, null if the request is about none
     * @param outcome of the lock: {@code granted}, {@code released}; of the graph: {@code edge}, {@code none}, {@code paced}, {@code
     *     not_stored}, {@code whole}; of both: {@value #CLIENT_GONE} or the kind of the refusal
     */
    public void request(String api, String group, String outcome) {
        Answered answered = new Answered(
                oneOf(APIS, api),
                group != null && groups.containsKey(group) ? group : UNKNOWN,
                oneOf(OUTCOMES, outcome));
        answers.computeIfAbsent(answered, this::counter).increment();
    }

    private Counter counter(Answered answered) {
        return Counter.builder(PREFIX + "requests")
                .description(
                        "Answers to agents. api: pre-reboot, steady-state, graph, config (/butane, /ignition; refusals only), other (a path that does not exist)."
                                + " outcome: granted, released; of the graph edge (a next hop), none (the machine stays), paced (its turn has not come),"
                                + " not_stored (the offer could not be stored, so it was not made), whole (the whole graph, for people);"
                                + " the kind of the refusal; or client_gone (the client went away before it was answered).")
                .tag("api", answered.api())
                .tag("group", answered.group())
                .tag("outcome", answered.outcome())
                .register(registry);
    }

    /**
     * Counts a request with a password that is none of its group's.
     *
     * @param group a RebootGroup's name, null if it is not clear which
     */
    public void wrongPassword(String group) {
        Counter.builder(PREFIX + "wrong.passwords")
                .description(
                        "Requests with a password that is none of their group's, or whose group's Secret has none: guesses, or machines that were forgotten in a"
                                + " rotation. A request without any password does not count.")
                .tag("group", group != null && groups.containsKey(group) ? group : UNKNOWN)
                .register(registry)
                .increment();
    }

    /** Agents are served over TLS with a certificate that ends then. */
    public synchronized void certificate(Instant expires) {
        boolean first = certificateExpiry == null;
        certificateExpiry = expires;
        if (first) {
            Gauge.builder(PREFIX + "certificate.expiry.timestamp", this, m -> m.certificateExpiry.getEpochSecond())
                    .description(
                            "When the certificate ends that agents are served with; take the min over the replicas, as one may have missed a renewal. Only with TLS.")
                    .baseUnit("seconds")
                    .register(registry);
            CERTIFICATE_RESULTS.forEach(this::certificateReloads);
        }
    }

    /** The certificate's files changed. */
    public void certificateReloaded(boolean renewed) {
        certificateReloads(renewed ? RENEWED : REFUSED).increment();
    }

    private Counter certificateReloads(String result) {
        return Counter.builder(PREFIX + "certificate.reload")
                .description(
                        "Changes of the certificate's files. result: renewed, refused (the one before is served on). Only with TLS.")
                .tag("result", result)
                .register(registry);
    }

    /** From a request's arrival at the lock to its answer, however short. */
    public void hold(String api, Duration duration) {
        Timer.builder(PREFIX + "request.hold")
                .description("From the arrival of a request to its answer.")
                .tag("api", oneOf(APIS, api))
                .serviceLevelObjectives(HOLD_BUCKETS)
                .register(registry)
                .record(duration);
    }

    /** An agent named a group that no RebootGroup serves. */
    public void unknownGroup(String id) {
        unknownGroupIds.add(id);
    }

    // ---- groups

    /** Shows these figures from now on; the group's gauges appear with the first. */
    public synchronized void groupStatus(GroupFigures figures) {
        Group group = groups.get(figures.group());
        if (group == null) {
            group = new Group();
            group.figures = figures;
            register(figures.group(), group);
            groups.put(figures.group(), group);
        } else {
            group.figures = figures;
        }
    }

    /** The RebootGroup was deleted: everything that carries its name goes. */
    public synchronized void groupGone(String name) {
        if (groups.remove(name) != null) {
            answers.keySet().removeIf(answered -> answered.group().equals(name));
            registry.getMeters().stream()
                    .filter(m -> m.getId().getName().startsWith(PREFIX))
                    .filter(m -> name.equals(m.getId().getTag("group")))
                    .forEach(registry::remove);
        }
    }

    private void register(String name, Group group) {
        gauge(name, group, "slots", "Slots.", GroupFigures::slots);
        gauge(name, group, "slots.held", "Slots that machines hold.", GroupFigures::held);
        gauge(
                name,
                group,
                "waiting",
                "Machines that asked in the last 10 minutes (lockkeeper.agent.waiting-window) and hold no slot.",
                GroupFigures::waiting);
        gauge(name, group, "members", "Nodes of the group.", GroupFigures::members);
        gauge(
                name,
                group,
                "unready",
                "Nodes that are NotReady, hold no slot and are not parked. Each uses a slot up while countUnready is true.",
                GroupFigures::unready);
        gauge(
                name,
                group,
                "parked",
                "Machines that failed after a reboot: cordoned, without a slot.",
                GroupFigures::parked);
        gauge(
                name,
                group,
                "stuck",
                "Holders that keep their slot until a person looks: past stuckAfter or verify.timeout, or Failed under onFailure: Hold.",
                GroupFigures::stuck);
        gauge(
                name,
                group,
                "paused",
                "1 while a person has paused the group, or a Lease is to be taken over; else 0.",
                f -> f.paused() ? 1 : 0);
        for (Phase phase : Phase.values()) {
            Gauge.builder(
                            PREFIX + "group.oldest.holder",
                            group,
                            g -> age(g.figures.oldest().get(phase)))
                    .description("How long the longest holder in the phase has been in it; 0 if there is none. phase: "
                            + Stream.of(Phase.values()).map(Phase::text).collect(Collectors.joining(", ")) + ".")
                    .baseUnit("seconds")
                    .tag("group", name)
                    .tag("phase", phase.text())
                    .register(registry);
        }
        for (BlockCause cause : BlockCause.values()) {
            Gauge.builder(
                            PREFIX + "drain.blocked",
                            group,
                            g -> g.figures.blocked().getOrDefault(cause, 0))
                    .description("Pods that hold a drain up, as the status names them: at most 3 per drain. reason: "
                            + Stream.of(BlockCause.values())
                                    .map(BlockCause::label)
                                    .collect(Collectors.joining(", ")) + ".")
                    .tag("group", name)
                    .tag("reason", cause.label())
                    .register(registry);
        }
    }

    private void gauge(
            String name, Group group, String suffix, String description, ToDoubleFunction<GroupFigures> value) {
        Gauge.builder(PREFIX + "group." + suffix, group, g -> value.applyAsDouble(g.figures))
                .description(description)
                .tag("group", name)
                .register(registry);
    }

    private double age(Instant since) {
        return since == null
                ? 0
                : Math.max(0, Duration.between(since, clock.instant()).toMillis() / 1000.0);
    }

    // ---- the leader's work

    /** @param result {@code drained} or {@code given_up} */
    public void drainFinished(String group, String result, Duration duration) {
        work(
                "drain",
                "From the grant of a slot to the end of its drain. result: drained, given_up.",
                Tags.of("group", groups.containsKey(group) ? group : UNKNOWN, "result", oneOf(DRAIN_RESULTS, result)),
                duration);
    }

    /** @param architecture as a Node's label or Fedora CoreOS names it; null if it is not known */
    public void rebooted(String architecture, Duration duration) {
        work(
                "reboot",
                "From the swap that lets the machine reboot to the first sight of its new boot; of one that is no node, to its agent's steady-state."
                        + " architecture: x86_64, aarch64, ppc64le, s390x, unknown.",
                architecture(architecture),
                duration);
    }

    /** @param architecture as a Node's label or Fedora CoreOS names it; null if it is not known */
    public void verified(String architecture, Duration duration) {
        work(
                "verify",
                "From the first sign that a machine is back to the verdict that frees its slot.",
                architecture(architecture),
                duration);
    }

    public void leader(boolean leads) {
        leader = leads;
    }

    private void work(String name, String description, Tags tags, Duration duration) {
        Timer.builder(PREFIX + name)
                .description(description)
                .tags(tags)
                .serviceLevelObjectives(WORK_BUCKETS)
                .register(registry)
                .record(duration);
    }

    private static Tags architecture(String name) {
        return Tags.of("architecture", name == null ? UNKNOWN : ARCHITECTURES.getOrDefault(name, UNKNOWN));
    }

    private static String oneOf(Set<String> known, String value) {
        return value != null && known.contains(value) ? value : OTHER;
    }

    private static Duration[] seconds(double... seconds) {
        return Arrays.stream(seconds)
                .mapToObj(s -> Duration.ofMillis((long) (s * 1000)))
                .toArray(Duration[]::new);
    }
}
