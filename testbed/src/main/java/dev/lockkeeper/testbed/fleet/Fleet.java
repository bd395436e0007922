package dev.lockkeeper.testbed.fleet;

import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Describes many machines at once and registers their nodes. */
public final class Fleet {
    private static final int REQUESTS_AT_ONCE = 32;

    private final String prefix;
    private final int size;
    private long seed = 1;
    private List<Architecture> architectures = List.of(Architecture.X86_64);
    private List<String> zones = List.of();
    private UnaryOperator<MachineSpec> each = UnaryOperator.identity();

    private Fleet(String prefix, int size) {
        this.prefix = prefix;
        this.size = size;
    }

    /** Machines named {@code <prefix>-1} to {@code <prefix>-<size>}. */
    public static Fleet of(String prefix, int size) {
        return new Fleet(prefix, size);
    }

    /** Another seed gives other ids to machines of the same name. */
    public Fleet seed(long value) {
        seed = value;
        return this;
    }

    /** The machines take these in turn. */
    public Fleet architectures(Architecture... values) {
        architectures = List.of(values);
        return this;
    }

    /** The machines take these in turn. */
    public Fleet zones(String... values) {
        zones = List.of(values);
        return this;
    }

    public Fleet label(String key, String value) {
        return each(machine -> machine.withLabel(key, value));
    }

    public Fleet taint(Taint taint) {
        return each(machine -> machine.withTaint(taint));
    }

    public Fleet version(String version) {
        return each(machine -> machine.withVersion(version));
    }

    /** See {@link MachineSpec#images()}. */
    public Fleet images(int count) {
        return each(machine -> machine.withImages(count));
    }

    /** Changes every machine once more before it is listed. */
    public Fleet each(UnaryOperator<MachineSpec> change) {
        UnaryOperator<MachineSpec> before = each;
        each = machine -> change.apply(before.apply(machine));
        return this;
    }

    public List<MachineSpec> machines() {
        return IntStream.range(0, size).mapToObj(this::machine).toList();
    }

    private MachineSpec machine(int index) {
        MachineSpec machine = MachineSpec.of(prefix + "-" + (index + 1), seed)
                .withArchitecture(architectures.get(index % architectures.size()));
        return each.apply(zones.isEmpty() ? machine : machine.withZone(zones.get(index % zones.size())));
    }

    /** Registers the nodes of {@link #machines()} and returns the machines. */
    public List<MachineSpec> register(KubernetesClient client) throws InterruptedException {
        List<MachineSpec> machines = machines();
        register(client, machines);
        return machines;
    }

    /**
     * Registers a node for each machine, many at once. They are Ready; pods are scheduled there once the node lifecycle
     * controller has taken away the taint of new nodes, a moment later.
     *
     * @throws IllegalStateException if one could not be created
     */
    public static void register(KubernetesClient client, List<MachineSpec> machines) throws InterruptedException {
        Semaphore free = new Semaphore(REQUESTS_AT_ONCE);
        List<Future<?>> requests = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (MachineSpec machine : machines) {
                free.acquire();
                requests.add(threads.submit(() -> {
                    try {
                        client.resource(NodeFactory.node(machine, Readiness.READY, Instant.now()))
                                .create();
                    } finally {
                        free.release();
                    }
                }));
            }
        }
        for (Future<?> request : requests) {
            try {
                request.get();
            } catch (ExecutionException e) {
                Throwable cause = e.getCause();
                throw new IllegalStateException(
                        "Could not register a node: %s (%s)".formatted(cause.getMessage(), cause.getCause()), cause);
            }
        }
    }
}
