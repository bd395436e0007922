package dev.lockkeeper.operator.kube;

import dev.lockkeeper.crds.v1alpha1.Crds;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Knows every permission that the operator needs, and asks the API server which of them it lacks. */
public final class Permissions {

    /** @param namespaced whether the operator's own namespace is enough */
    public record Permission(
            String group, String resource, String subresource, String verb, boolean namespaced, String name) {

        @Override
        public String toString() {
            String full = subresource.isEmpty() ? resource : resource + "/" + subresource;
            return verb + " " + full + (group.isEmpty() ? "" : "." + group) + (name.isEmpty() ? "" : " '" + name + "'");
        }
    }

    /** All that the operator ever asks for where OKD is switched off: the shipped roles grant exactly this. */
    public static final List<Permission> ALWAYS = always();

    private final KubernetesClient client;
    private final String namespace;
    private final List<Permission> needed;

    /**
     * @param pools whether MachineConfigPools are reported
     * @param poolWindows whether they are opened and paused, too
     */
    public Permissions(KubernetesClient client, String namespace, boolean pools, boolean poolWindows) {
        this.client = client;
        this.namespace = namespace;
        List<Permission> all = new ArrayList<>(ALWAYS);
        if (pools) {
            add(all, PoolObjects.GROUP, PoolObjects.POOLS, "", "list");
        }
        if (poolWindows) {
            add(all, PoolObjects.GROUP, PoolObjects.POOLS, "", "patch");
            add(all, RebootGroup.GROUP, "poolwindows", "", "patch");
        }
        this.needed = List.copyOf(all);
    }

    private static List<Permission> always() {
        List<Permission> all = new ArrayList<>();
        add(all, RebootGroup.GROUP, "rebootgroups", "", "get", "list", "watch", "patch");
        add(all, RebootGroup.GROUP, "rebootgroups", "status", "update");
        add(all, "", "nodes", "", "get", "list", "watch", "patch");
        add(all, "", "pods", "", "list", "delete");
        add(all, "", "pods", "eviction", "create");
        add(all, "policy", "poddisruptionbudgets", "", "list");
        add(all, "", "events", "", "create", "patch");
        add(all, RebootGroup.GROUP, "updategraphs", "", "get", "list", "watch");
        add(all, RebootGroup.GROUP, "updategraphs", "status", "patch");
        add(all, RebootGroup.GROUP, "streampins", "", "get", "list", "watch");
        add(all, RebootGroup.GROUP, "streampins", "status", "patch");
        add(all, RebootGroup.GROUP, "fleetreleases", "", "get", "list", "watch", "create", "delete");
        add(all, RebootGroup.GROUP, "fleetreleases", "status", "patch");
        add(all, RebootGroup.GROUP, "fleetmachines", "", "get", "list", "watch", "create", "patch", "delete");
        add(all, RebootGroup.GROUP, "fleetmachines", "status", "patch");
        add(all, RebootGroup.GROUP, "poolwindows", "", "get", "list");
        add(all, RebootGroup.GROUP, "poolwindows", "status", "patch");
        Crds.REVISIONS.keySet().stream()
                .sorted()
                .forEach(crd -> all.add(
                        new Permission("apiextensions.k8s.io", "customresourcedefinitions", "", "get", false, crd)));
        for (String verb : List.of("get", "list", "create", "update", "delete")) {
            all.add(new Permission("", "configmaps", "", verb, true, ""));
        }
        for (String verb : List.of("get", "create", "update", "patch")) {
            all.add(new Permission("coordination.k8s.io", "leases", "", verb, true, ""));
        }
        for (String verb : List.of("list", "watch")) {
            all.add(new Permission("", "secrets", "", verb, true, ""));
        }
        return List.copyOf(all);
    }

    private static void add(List<Permission> all, String group, String resource, String subresource, String... verbs) {
        for (String verb : verbs) {
            all.add(new Permission(group, resource, subresource, verb, false, ""));
        }
    }

    /**
     * The permissions that are missing now; empty if none is.
     *
     * @throws KubernetesClientException if the API server cannot be asked
     */
    public List<Permission> missing() {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<Permission, CompletableFuture<Boolean>> reviews = new LinkedHashMap<>();
            needed.forEach(p -> reviews.put(p, CompletableFuture.supplyAsync(() -> allowed(p), threads)));
            return reviews.entrySet().stream()
                    .filter(review -> !review.getValue().join())
                    .map(Map.Entry::getKey)
                    .toList();
        } catch (CompletionException e) {
            throw e.getCause() instanceof KubernetesClientException cause ? cause : e;
        }
    }

    private boolean allowed(Permission permission) {
        SelfSubjectAccessReview review = new SelfSubjectAccessReviewBuilder()
                .withNewSpec()
                .withNewResourceAttributes()
                .withGroup(permission.group())
                .withResource(permission.resource())
                .withSubresource(permission.subresource())
                .withVerb(permission.verb())
                .withName(permission.name())
                .withNamespace(permission.namespaced() ? namespace : "")
                .endResourceAttributes()
                .endSpec()
                .build();
        return client.authorization()
                .v1()
                .selfSubjectAccessReview()
                .create(review)
                .getStatus()
                .getAllowed();
    }
}
