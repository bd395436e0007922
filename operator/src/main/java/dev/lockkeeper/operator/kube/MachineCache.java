package dev.lockkeeper.operator.kube;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lockkeeper.crds.v1alpha1.FleetMachine;
import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.graph.MachineView;
import dev.lockkeeper.operator.graph.MachineView.Evidence;
import dev.lockkeeper.operator.graph.MachineView.Labels;
import dev.lockkeeper.operator.graph.MachineView.Picture;
import dev.lockkeeper.operator.graph.Machines;
import dev.lockkeeper.operator.health.Update;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Watches the FleetMachines, keeps of each only its {@link MachineView}, and is the only one to write them: what agents showed by
 * compare-and-swap, what the leader concludes beside that.
 */
public final class MachineCache implements Machines, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(MachineCache.class);
    private static final long PAGE = 500;
    private static final int CONFLICT = 409;
    private static final int NOT_FOUND = 404;
    private static final String PATH = "apis/lockkeeper.dev/v1alpha1/fleetmachines/";

    private final KubernetesClient client;
    private final int tries;
    private final Map<String, MachineView> byName = new ConcurrentHashMap<>();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private volatile SharedIndexInformer<FleetMachine> informer;

    /** @param tries how often a change that conflicts is tried on a fresh read */
    public MachineCache(KubernetesClient client, int tries) {
        this.client = client;
        this.tries = tries;
    }

    /** Begins to watch; {@link #synced} tells when the first list is in. */
    public void start(KubernetesClient watching) {
        informer = watching.resources(FleetMachine.class).withLimit(PAGE).runnableInformer(0);
        informer.itemStore(new Skeletons());
        informer.exceptionHandler((started, error) -> {
            LOG.warnf("watching FleetMachines failed, trying again: %s", error.getMessage());
            return true;
        });
        informer.start();
    }

    public boolean synced() {
        SharedIndexInformer<FleetMachine> current = informer;
        return current != null && current.hasSynced();
    }

    /** The listener gets the name of each FleetMachine that changed, came or went. */
    public void listen(Consumer<String> listener) {
        listeners.add(listener);
    }

    @Override
    public Collection<MachineView> all() {
        return byName.values();
    }

    @Override
    public Optional<MachineView> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    @Override
    public Optional<MachineView> read(String name) throws StoreException {
        try {
            Optional<MachineView> read = Optional.ofNullable(
                            client.resources(FleetMachine.class).withName(name).get())
                    .map(FleetMapping::view);
            read.ifPresent(this::seen);
            return read;
        } catch (KubernetesClientException e) {
            throw new StoreException("FleetMachine '" + name + "' cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public Recorded record(MachineView known, Update update) throws StoreException {
        AtomicReference<Update> before = new AtomicReference<>();
        MachineView machine = swap(known.name(), known, current -> {
            Update recorded = current.update(update.token()).orElse(null);
            before.set(recorded);
            if (recorded != null && (recorded.saysTheSameAs(update) || !update.mayReplace(recorded))) {
                return null;
            }
            return FleetMapping.patch(MachineView.with(current.updates(), update), current.resourceVersion());
        });
        return new Recorded(machine, before.get());
    }

    @Override
    public MachineView change(String name, UnaryOperator<Evidence> change) throws StoreException {
        return swap(name, byName.get(name), current -> {
            Evidence next = change.apply(current.evidence());
            return next.equals(current.evidence()) ? null : FleetMapping.patch(next, current.resourceVersion());
        });
    }

    /**
     * Compare and swap: patches the version that is known, and on a conflict a fresh read. A record that is not there is made first.
     *
     * @param known null: not known
     * @param change the patch for a version, with that version in it; null: it needs none. Asked anew for each try
     * @return what is stored then
     */
    private MachineView swap(String name, MachineView known, Function<MachineView, ObjectNode> change)
            throws StoreException {
        MachineView machine = known;
        for (int i = 0; i < tries; i++) {
            if (machine == null) {
                machine = read(name).orElse(null);
            }
            if (machine == null || !machine.exists()) {
                machine = create(name);
            }
            if (machine != null) {
                ObjectNode patch = change.apply(machine);
                if (patch == null) {
                    return machine;
                }
                MachineView stored = put(name, patch);
                if (stored != null) {
                    return stored;
                }
                machine = null;
            }
        }
        throw new StoreException("FleetMachine '" + name + "' is changed by others all the time.");
    }

    /** Null if another replica was faster, or it is gone again. */
    private MachineView create(String name) throws StoreException {
        FleetMachine machine = new FleetMachine();
        machine.setMetadata(new ObjectMetaBuilder().withName(name).build());
        try {
            return seen(FleetMapping.view(client.resource(machine).create()));
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT) {
                return null;
            }
            throw new StoreException("FleetMachine '" + name + "' cannot be made: " + e.getMessage(), e);
        }
    }

    /** Null if the version that the patch is for is not the stored one any more. */
    private MachineView put(String name, ObjectNode patch) throws StoreException {
        try {
            String stored = Patch.merge(client, PATH + name + "/status", patch.toString());
            return seen(FleetMapping.view(client.getKubernetesSerialization().unmarshal(stored, FleetMachine.class)));
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT || e.getCode() == NOT_FOUND) {
                return null;
            }
            throw new StoreException("FleetMachine '" + name + "' cannot be written: " + e.getMessage(), e);
        }
    }

    /** Takes note of a version that a read or a write showed, unless a later one is known. */
    private MachineView seen(MachineView machine) {
        return byName.merge(machine.name(), machine, (known, other) -> isNewer(known, other) ? known : other);
    }

    /** A version that cannot be compared is taken for the newer one: a wrong guess costs a conflict, nothing else. */
    private static boolean isNewer(MachineView known, MachineView other) {
        try {
            return known.uid().equals(other.uid())
                    && Long.parseLong(known.resourceVersion()) > Long.parseLong(other.resourceVersion());
        } catch (NumberFormatException e) {
            return false;
        }
    }

    // ---- the leader's part

    /** Makes a record of a machine that has not spoken yet; it may be there already. */
    public MachineView make(String name) {
        try {
            MachineView made = create(name);
            return made == null ? read(name).orElseGet(() -> MachineView.absent(name)) : made;
        } catch (StoreException e) {
            throw new KubernetesClientException(e.getMessage(), e);
        }
    }

    /** On exactly the version that it was concluded from: who leads no more, or looked too early, changes nothing. */
    public void tell(MachineView machine, Picture picture) {
        try {
            Patch.merge(
                    client,
                    PATH + machine.name() + "/status",
                    FleetMapping.patch(picture, machine.resourceVersion()).toString());
        } catch (KubernetesClientException e) {
            if (e.getCode() != CONFLICT) {
                throw e;
            }
            // Its agent has spoken since: the next pass looks anew.
        }
    }

    public void label(String name, Labels labels) {
        Patch.merge(client, PATH + name, FleetMapping.patch(labels).toString());
    }

    /** Removes exactly this record; one that was made anew or changed meanwhile stays. */
    public void remove(MachineView machine) {
        FleetMachine gone = new FleetMachine();
        gone.setMetadata(new ObjectMetaBuilder()
                .withName(machine.name())
                .withResourceVersion(machine.resourceVersion())
                .build());
        client.resource(gone).lockResourceVersion(machine.resourceVersion()).delete();
    }

    private void put(FleetMachine machine) {
        MachineView view = FleetMapping.view(machine);
        seen(view);
        listeners.forEach(listener -> listener.accept(view.name()));
    }

    private void forget(String name) {
        byName.remove(name);
        listeners.forEach(listener -> listener.accept(name));
    }

    @Override
    public void close() {
        if (informer != null) {
            informer.close();
        }
    }

    /** What the informer itself keeps: just enough to tell new from old. */
    private final class Skeletons implements ItemStore<FleetMachine> {

        private final Map<String, FleetMachine> byKey = new ConcurrentHashMap<>();

        @Override
        public String getKey(FleetMachine machine) {
            return machine.getMetadata().getName();
        }

        @Override
        public FleetMachine put(String key, FleetMachine machine) {
            MachineCache.this.put(machine);
            FleetMachine skeleton = new FleetMachine();
            skeleton.setMetadata(new ObjectMetaBuilder()
                    .withName(machine.getMetadata().getName())
                    .withUid(machine.getMetadata().getUid())
                    .withResourceVersion(machine.getMetadata().getResourceVersion())
                    .build());
            return byKey.put(key, skeleton);
        }

        @Override
        public FleetMachine remove(String key) {
            forget(key);
            return byKey.remove(key);
        }

        @Override
        public Stream<String> keySet() {
            return byKey.keySet().stream();
        }

        @Override
        public Stream<FleetMachine> values() {
            return byKey.values().stream();
        }

        @Override
        public FleetMachine get(String key) {
            return byKey.get(key);
        }

        @Override
        public int size() {
            return byKey.size();
        }

        @Override
        public boolean isFullState() {
            return false;
        }
    }
}
