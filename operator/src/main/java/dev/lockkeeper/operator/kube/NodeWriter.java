package dev.lockkeeper.operator.kube;

import dev.lockkeeper.operator.lock.Cordons;
import dev.lockkeeper.operator.lock.NodeView;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Optional;

/**
 * Cordons and uncordons nodes.
 *
 * <p>A cordon and the annotation that says whose it is are written and removed by one merge patch that carries the Node's
 * resourceVersion: neither is ever there without the other by our doing, and nothing that a person did meanwhile is overwritten.
 */
public final class NodeWriter implements Cordons {

    private final KubernetesClient client;

    /** @param client repeats no request by itself and gives up on one after a few seconds */
    public NodeWriter(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Optional<NodeView> read(String name) {
        return Optional.ofNullable(client.nodes().withName(name).get()).map(NodeViews::of);
    }

    @Override
    public Cordon cordon(NodeView node, String token) {
        if (node.unschedulable() && node.cordonToken() == null) {
            return Cordon.PERSONS;
        }
        if (node.unschedulable() && token.equals(node.cordonToken())) {
            return Cordon.OURS;
        }
        return switch (patch(node, "true", client.getKubernetesSerialization().asJson(token))) {
            case DONE -> Cordon.OURS;
            case CHANGED, NO_NODE -> Cordon.CHANGED;
        };
    }

    @Override
    public boolean adopt(NodeView node, String token) {
        if (!node.unschedulable() || token.equals(node.cordonToken())) {
            return true;
        }
        return switch (patch(node, "true", client.getKubernetesSerialization().asJson(token))) {
            case DONE, NO_NODE -> true;
            case CHANGED -> false;
        };
    }

    @Override
    public boolean uncordon(NodeView node, String token) {
        if (!token.equals(node.cordonToken())) {
            return true;
        }
        return switch (patch(node, "null", "null")) {
            case DONE, NO_NODE -> true;
            case CHANGED -> false;
        };
    }

    private enum Outcome {
        DONE,
        CHANGED,
        NO_NODE
    }

    private Outcome patch(NodeView node, String unschedulable, String token) {
        String body = """
                {"metadata": {"resourceVersion": "%s", "annotations": {"%s": %s}},
                 "spec": {"unschedulable": %s}}""".formatted(node.resourceVersion(), NodeView.CORDONED, token, unschedulable);
        try {
            Patch.merge(client, "api/v1/nodes/" + node.name(), body);
            return Outcome.DONE;
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case HttpURLConnection.HTTP_CONFLICT -> Outcome.CHANGED;
                case HttpURLConnection.HTTP_NOT_FOUND -> Outcome.NO_NODE;
                default -> throw e;
            };
        }
    }
}
