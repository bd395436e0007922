package dev.lockkeeper.testbed.operator;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Installs what users install, from the very files that they install it from: the CRDs, and the manifests but for the workload. */
public final class Manifests {

    public static final String NAMESPACE = "lockkeeper";
    public static final String SERVICE_ACCOUNT = "lockkeeper";

    /** What makes no sense without an image: here the operator is a process. */
    private static final Set<String> WORKLOAD = Set.of("Deployment", "Service", "PodDisruptionBudget", "Kustomization");

    private Manifests() {}

    /** The checked-out tree: the system property {@code lockkeeper.root}, else the nearest folder above that has crds/. */
    public static Path root() {
        String given = System.getProperty("lockkeeper.root");
        Path folder = given != null ? Path.of(given) : Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("deploy"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException(
                    "no folder above has deploy/: start in the checked-out tree, or set lockkeeper.root");
        }
        return folder;
    }

    /** CRDs, namespace, ServiceAccount and roles; returns when the CRDs are served. */
    public static void install(KubernetesClient admin) {
        installCrds(admin);
        installRoles(admin);
    }

    public static void installCrds(KubernetesClient admin) {
        for (HasMetadata crd : objects(admin, root().resolve("crds"))) {
            if (crd instanceof CustomResourceDefinition) {
                admin.resource(crd).serverSideApply();
                admin.apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .withName(crd.getMetadata().getName())
                        .waitUntilCondition(Manifests::established, 30, TimeUnit.SECONDS);
            }
        }
    }

    private static boolean established(CustomResourceDefinition crd) {
        return crd != null
                && crd.getStatus() != null
                && crd.getStatus().getConditions() != null
                && crd.getStatus().getConditions().stream()
                        .anyMatch(c -> c.getType().equals("Established")
                                && c.getStatus().equals("True"));
    }

    public static void installRoles(KubernetesClient admin) {
        List<HasMetadata> all = objects(admin, root().resolve("deploy/base")).stream()
                .filter(o -> !WORKLOAD.contains(o.getKind()))
                .toList();
        Stream.concat(
                        all.stream().filter(o -> o.getKind().equals("Namespace")),
                        all.stream().filter(o -> !o.getKind().equals("Namespace")))
                .forEach(o -> admin.resource(o).serverSideApply());
    }

    /** The rights that OKD's overlays add: to list MachineConfigPools, and to patch them if asked. */
    public static void installOkdRoles(KubernetesClient admin, boolean poolWindows) {
        Stream.of("deploy/okd", "deploy/okd-pool-windows")
                .limit(poolWindows ? 2 : 1)
                .flatMap(folder -> objects(admin, root().resolve(folder)).stream())
                .forEach(o -> admin.resource(o).serverSideApply());
    }

    /**
     * The shipped Deployment on the nodes with a label. Its pods run nothing here, as the operator is a process; they are what drains
     * and disruption budgets see of it.
     */
    public static Deployment installWorkload(KubernetesClient admin, Map<String, String> nodes) {
        Deployment shipped = objects(admin, root().resolve("deploy/base")).stream()
                .filter(Deployment.class::isInstance)
                .map(Deployment.class::cast)
                .findFirst()
                .orElseThrow();
        return admin.resource(shipped.edit()
                        .editSpec()
                        .editTemplate()
                        .editSpec()
                        .withNodeSelector(nodes)
                        .endSpec()
                        .endTemplate()
                        .endSpec()
                        .build())
                .create();
    }

    private static List<HasMetadata> objects(KubernetesClient client, Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().matches(".*\\.ya?ml")
                            && !f.getFileName().toString().startsWith("kustomization"))
                    .sorted()
                    .flatMap(f -> load(client, f).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<HasMetadata> load(KubernetesClient client, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return client.load(in).items();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
