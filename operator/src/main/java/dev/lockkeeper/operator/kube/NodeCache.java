package dev.lockkeeper.operator.kube;

import dev.lockkeeper.operator.lock.AgentIds;
import dev.lockkeeper.operator.lock.NodeView;
import dev.lockkeeper.operator.lock.Nodes;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Watches the Nodes and keeps of each only its {@link NodeView}: a Node with its images and managed fields takes ten times the
 * memory.
 */
public final class NodeCache implements Nodes, AutoCloseable {

    private static final Logger LOG = Logger.getLogger(NodeCache.class);

    /** Whole nodes at a time: with their images they take 16 KB each as JSON, and several times that as objects. */
    private static final long PAGE = 100;

    private final Map<String, NodeView> byName = new ConcurrentHashMap<>();
    private final Map<String, List<String>> byMachineId = new ConcurrentHashMap<>();
    private final Map<String, List<String>> bySystemUuid = new ConcurrentHashMap<>();
    private final List<BiConsumer<NodeView, NodeView>> listeners = new CopyOnWriteArrayList<>();
    private volatile SharedIndexInformer<Node> informer;

    /** Begins to watch; {@link #synced} tells when the first list is in. */
    public void start(KubernetesClient client) {
        informer = client.nodes().withLimit(PAGE).runnableInformer(0);
        informer.itemStore(new Skeletons());
        informer.exceptionHandler((started, error) -> {
            LOG.warnf("watching Nodes failed, trying again: %s", error.getMessage());
            return true;
        });
        informer.start();
    }

    public boolean synced() {
        SharedIndexInformer<Node> current = informer;
        return current != null && current.hasSynced();
    }

    /** The listener gets a node as it was (null: new) and as it is (null: gone). */
    public void listen(BiConsumer<NodeView, NodeView> listener) {
        listeners.add(listener);
    }

    @Override
    public Collection<NodeView> all() {
        return byName.values();
    }

    @Override
    public Optional<NodeView> named(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    @Override
    public List<NodeView> withAgentId(String id) {
        List<String> names = byMachineId.getOrDefault(id, bySystemUuid.getOrDefault(id, List.of()));
        return names.stream()
                .map(byName::get)
                .filter(java.util.Objects::nonNull)
                .toList();
    }

    @Override
    public Map<String, List<String>> sharedIds() {
        Map<String, List<String>> shared = new TreeMap<>();
        byMachineId.forEach((id, names) -> {
            if (names.size() > 1) {
                shared.put(id, names.stream().sorted().toList());
            }
        });
        return shared;
    }

    private synchronized void remove(String name) {
        NodeView gone = byName.remove(name);
        if (gone != null) {
            unindex(gone);
            listeners.forEach(listener -> listener.accept(gone, null));
        }
    }

    private synchronized void put(Node node) {
        NodeView now = NodeViews.of(node);
        NodeView before = byName.put(now.name(), now);
        boolean sameIds = before != null
                && java.util.Objects.equals(before.machineId(), now.machineId())
                && java.util.Objects.equals(before.systemUuid(), now.systemUuid());
        if (!sameIds) {
            if (before != null) {
                unindex(before);
            }
            index(byMachineId, now.machineId(), now.name());
            index(bySystemUuid, now.systemUuid(), now.name());
        }
        listeners.forEach(listener -> listener.accept(before, now));
    }

    private void unindex(NodeView node) {
        unindex(byMachineId, node.machineId(), node.name());
        unindex(bySystemUuid, node.systemUuid(), node.name());
    }

    private static void index(Map<String, List<String>> index, String machineId, String name) {
        AgentIds.of(machineId)
                .ifPresent(id -> index.merge(
                        id,
                        List.of(name),
                        (a, b) -> Stream.concat(a.stream(), b.stream()).toList()));
    }

    private static void unindex(Map<String, List<String>> index, String machineId, String name) {
        AgentIds.of(machineId)
                .ifPresent(id -> index.computeIfPresent(id, (_, names) -> {
                    List<String> rest =
                            names.stream().filter(n -> !n.equals(name)).toList();
                    return rest.isEmpty() ? null : rest;
                }));
    }

    @Override
    public void close() {
        if (informer != null) {
            informer.close();
        }
    }

    /**
     * What the informer itself keeps of a Node: just enough to tell new from old. The views are filled from here, not by a handler:
     * handlers run later than the informer calls itself synced.
     */
    private final class Skeletons implements ItemStore<Node> {

        private final Map<String, Node> byKey = new ConcurrentHashMap<>();

        @Override
        public String getKey(Node node) {
            return node.getMetadata().getName();
        }

        @Override
        public Node put(String key, Node node) {
            NodeCache.this.put(node);
            return byKey.put(
                    key,
                    new NodeBuilder()
                            .withNewMetadata()
                            .withName(node.getMetadata().getName())
                            .withUid(node.getMetadata().getUid())
                            .withResourceVersion(node.getMetadata().getResourceVersion())
                            .endMetadata()
                            .build());
        }

        @Override
        public Node remove(String key) {
            NodeCache.this.remove(key);
            return byKey.remove(key);
        }

        @Override
        public Stream<String> keySet() {
            return byKey.keySet().stream();
        }

        @Override
        public Stream<Node> values() {
            return byKey.values().stream();
        }

        @Override
        public Node get(String key) {
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
