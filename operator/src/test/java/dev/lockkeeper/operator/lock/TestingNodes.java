package dev.lockkeeper.operator.lock;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Nodes as a cache shows them. A node's machineID serves as its agent's id. */
public final class TestingNodes implements Nodes {

    private final List<NodeView> shown = new ArrayList<>();

    /** From now on these are all. */
    public void show(NodeView... nodes) {
        shown.clear();
        shown.addAll(List.of(nodes));
    }

    @Override
    public Collection<NodeView> all() {
        return shown;
    }

    @Override
    public Optional<NodeView> named(String name) {
        return shown.stream().filter(n -> n.name().equals(name)).findFirst();
    }

    @Override
    public List<NodeView> withAgentId(String id) {
        return shown.stream().filter(n -> n.machineId().equals(id)).toList();
    }

    @Override
    public Map<String, List<String>> sharedIds() {
        return Map.of();
    }
}
