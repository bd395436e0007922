package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.crds.v1alpha1.FleetMachine;
import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.testbed.fleet.AgentSettings;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.Fleet;
import dev.lockkeeper.testbed.fleet.GraphSettings;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.fleet.RebootShape;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The machines of a soak, whose agents are spread over the replicas, and the person who looks after them. */
final class SoakFleet implements AutoCloseable {

    private static final Duration ROUNDS = Duration.ofSeconds(20);

    private final KubernetesClient admin;
    /** By the name of their FleetMachine. */
    private final Map<String, SimulatedMachine> machines = new HashMap<>();

    private List<SimulatedMachine> all = List.of();
    private Instant nextRound = Instant.now();

    private SoakFleet(KubernetesClient admin) {
        this.admin = admin;
    }

    static SoakFleet start(
            List<MachineSpec> nodes,
            int boxes,
            String version,
            List<OperatorProcess> operators,
            Journal journal,
            KubernetesClient admin)
            throws InterruptedException {
        SoakFleet fleet = new SoakFleet(admin);
        for (int i = 0; i < nodes.size(); i++) {
            MachineSpec spec = nodes.get(i);
            // Four architectures in four groups: each of them at both replicas.
            AgentSettings settings = settings(
                    operators.get(i / 16 % operators.size()).url(),
                    spec.labels().get(Site.LABEL),
                    spec);
            fleet.machines.put(spec.name(), SimulatedMachine.start(spec, settings, RebootShape.USUAL, journal, admin));
            // Agents that start at one moment would ask at one moment ever after.
            Thread.sleep(Soak.POLL.dividedBy(nodes.size()));
        }
        List<MachineSpec> others = Fleet.of("box", boxes)
                .architectures(Architecture.values())
                .each(m -> m.withVersion(version).withPayload(PublishedReleases.payload(version, m.architecture())))
                .machines();
        for (MachineSpec spec : others) {
            String url =
                    operators.getFirst().url().replace("://", "://" + spec.name() + ":" + SoakObjects.PASSWORD + "@");
            fleet.machines.put(
                    "id-" + spec.agentId(),
                    SimulatedMachine.startWithoutNode(
                            spec, settings(url, SoakObjects.BOXES, spec), RebootShape.USUAL, journal));
        }
        fleet.all = List.copyOf(fleet.machines.values());
        return fleet;
    }

    private static AgentSettings settings(String url, String group, MachineSpec spec) {
        return AgentSettings.of(URI.create(url), group)
                .withTimeScale(1.0 / Soak.FASTER)
                .withHttpTimeout(Duration.ofMinutes(30).dividedBy(Soak.FASTER))
                .withGraph(GraphSettings.of(URI.create(url)))
                .withSeed(spec.name().hashCode());
    }

    SimulatedMachine any(Random random) {
        return all.get(random.nextInt(all.size()));
    }

    long on(String version) {
        return all.stream().filter(m -> m.version().equals(version)).count();
    }

    /** Restarts the agents that have staged what was withdrawn, as their records say. */
    void doWhatAPersonDoes() {
        if (Instant.now().isBefore(nextRound)) {
            return;
        }
        nextRound = Instant.now().plus(ROUNDS);
        List<FleetMachine> records;
        try {
            records = admin.resources(FleetMachine.class).list().getItems();
        } catch (KubernetesClientException e) {
            // The API server is away on purpose: a person looks again later.
            return;
        }
        for (FleetMachine record : records) {
            SimulatedMachine machine = machines.get(record.getMetadata().getName());
            if (machine != null
                    && record.getStatus() != null
                    && record.getStatus().getState() == MachineState.StagedWithdrawn) {
                machine.restartAgent();
            }
        }
    }

    /** Repairs what is broken and waits: every machine on the release, no slot held, nobody parked, no node cordoned. */
    boolean comesToRest(String release, Duration limit) throws InterruptedException {
        all.forEach(SimulatedMachine::forgetFaults);
        Instant end = Instant.now().plus(limit);
        Instant line = Instant.now();
        while (true) {
            all.forEach(SimulatedMachine::repair);
            doWhatAPersonDoes();
            long there = on(release);
            long busy = busy();
            if (there == all.size() && busy == 0) {
                return true;
            }
            if (!Instant.now().isBefore(line)) {
                line = line.plusSeconds(60);
                System.out.printf(
                        "no more faults: %d of %d on %s; %d held, parked or cordoned%n",
                        there, all.size(), release, busy);
            }
            if (Instant.now().isAfter(end)) {
                all.stream()
                        .filter(m -> !m.version().equals(release))
                        .limit(10)
                        .forEach(m -> System.out.println("  " + m.name() + " on " + m.version() + ", " + m.state()
                                + ", staged " + m.staged().orElse("nothing")));
                return false;
            }
            Thread.sleep(2_000);
        }
    }

    private long busy() {
        long cordoned = admin.nodes().list().getItems().stream()
                .filter(n -> Boolean.TRUE.equals(n.getSpec().getUnschedulable()))
                .count();
        return cordoned
                + admin.resources(RebootGroup.class).list().getItems().stream()
                        .map(RebootGroup::getStatus)
                        .mapToLong(s -> size(s.getHolders()) + size(s.getFailed()))
                        .sum();
    }

    private static int size(List<?> list) {
        return list == null ? 0 : list.size();
    }

    @Override
    public void close() {
        all.parallelStream().forEach(SimulatedMachine::close);
    }
}
