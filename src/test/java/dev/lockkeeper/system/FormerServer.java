package dev.lockkeeper.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * Behaves as poseidon/fleetlock 0.4.0 does, in what its successor finds: a Lease for each group that is held without an end, the holder's
 * node cordoned without a mark of whose cordon that is, uncordoned at the holder's steady-state, and then the Lease free by an empty
 * holder. Its drain, which it does not wait for, is left out.
 */
final class FormerServer implements AutoCloseable {

    static final String NAMESPACE = "default";

    private final KubernetesClient client;
    private final HttpServer server;
    private final Map<String, String> nodes = new ConcurrentHashMap<>();

    private FormerServer(KubernetesClient client, HttpServer server) {
        this.client = client;
        this.server = server;
    }

    static FormerServer start(KubernetesClient client) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        FormerServer former = new FormerServer(client, server);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/pre-reboot", exchange -> former.answer(exchange, true));
        server.createContext("/v1/steady-state", exchange -> former.answer(exchange, false));
        server.start();
        return former;
    }

    /** It finds the machine's node. */
    void knows(SimulatedMachine machine) {
        nodes.put(machine.agentId(), machine.name());
    }

    int port() {
        return server.getAddress().getPort();
    }

    static String lease(String group) {
        return "fleetlock-" + group;
    }

    /** Who holds the group's Lease; null: nobody. */
    String holder(String group) {
        Lease lease =
                client.leases().inNamespace(NAMESPACE).withName(lease(group)).get();
        return lease == null
                        || lease.getSpec().getHolderIdentity() == null
                        || lease.getSpec().getHolderIdentity().isEmpty()
                ? null
                : lease.getSpec().getHolderIdentity();
    }

    private void answer(HttpExchange exchange, boolean lock) throws IOException {
        try (exchange) {
            JsonNode params =
                    new ObjectMapper().readTree(exchange.getRequestBody()).get("client_params");
            String id = params.get("id").asText();
            int status;
            try {
                status = lock
                        ? lock(id, params.get("group").asText())
                        : unlock(id, params.get("group").asText());
            } catch (KubernetesClientException e) {
                status = 500;
            }
            byte[] body = (status == 200 ? "ok" : "{\"kind\":\"lock_held\",\"value\":\"no\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private synchronized int lock(String id, String group) {
        Lease lease = get(group);
        String holder = lease.getSpec().getHolderIdentity();
        if (!holder.isEmpty() && !holder.equals(id)) {
            return 423;
        }
        store(lease, id);
        cordon(id, true);
        return 200;
    }

    private synchronized int unlock(String id, String group) {
        Lease lease = get(group);
        String holder = lease.getSpec().getHolderIdentity();
        if (holder.equals(id)) {
            if (!cordon(id, false)) {
                return 500;
            }
            store(lease, "");
            return 200;
        }
        return holder.isEmpty() ? 200 : 423;
    }

    private Lease get(String group) {
        Lease lease =
                client.leases().inNamespace(NAMESPACE).withName(lease(group)).get();
        return lease != null ? lease : client.resource(of(group, "")).create();
    }

    /** A Lease of such a server as it stores it. */
    static Lease of(String group, String holder) {
        return new LeaseBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(lease(group))
                .endMetadata()
                .withNewSpec()
                .withHolderIdentity(holder)
                .withLeaseTransitions(0)
                .endSpec()
                .build();
    }

    private void store(Lease lease, String holder) {
        client.resource(lease.edit()
                        .editSpec()
                        .withHolderIdentity(holder)
                        .withLeaseTransitions(lease.getSpec().getLeaseTransitions() + 1)
                        .endSpec()
                        .build())
                .update();
    }

    private boolean cordon(String id, boolean cordoned) {
        String node = nodes.get(id);
        if (node == null) {
            return false;
        }
        client.nodes()
                .withName(node)
                .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), "{\"spec\":{\"unschedulable\":" + cordoned + "}}");
        return true;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
