package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.system.TypedPage.Step;
import dev.lockkeeper.testbed.control.ControlPlane;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.GraphSettings;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.fleet.RebootShape;
import dev.lockkeeper.testbed.operator.Manifests;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/guide.md, typed in as it is written, from an empty folder: every command succeeds, within a minute where the cluster needs one, and
 * every table has the columns shown. How the image is built is ImageIT's part.
 */
class GuideIT {

    private static final TypedPage GUIDE = TypedPage.of(Manifests.root().resolve("docs/guide.md"));

    /** What is not typed, and why. */
    private static final Map<String, String> NOT_TYPED = Map.of(
            "kubectl -n lockkeeper port-forward deploy/lockkeeper 9000 &",
            "the testbed's kubelets run no containers: the port leads to an operator beside them",
            "kubectl apply",
            "no whole command",
            "kubectl edit",
            "no whole command, and it asks for an editor",
            "kubectl describe",
            "no whole command",
            "kubectl get -o json",
            "no whole command",
            "helm rollback",
            "no whole command; HelmIT does it");

    private static final String V1 = "44.20260621.3.1";
    private static final String V2 = "44.20260707.3.1";
    private static final String V3 = "44.20260721.3.1";

    @TempDir
    Path folder;

    @Test
    void whatIsNotTypedStandsThere() {
        assertThat(GUIDE.steps().stream()
                        .filter(Step.Command.class::isInstance)
                        .map(step -> ((Step.Command) step).text()))
                .containsAll(NOT_TYPED.keySet());
    }

    @Test
    void withoutAnImageItRunsFromACheckout() throws Exception {
        try (Rig rig = Rig.bare(ControlPlane.start())) {
            Desk desk = new Desk(folder, rig.plane);
            for (Step step : GUIDE.section("Install")) {
                type(desk, desk.checkout(), step);
            }
            // What make run starts.
            Manifests.installRoles(rig.admin);
            try (OperatorProcess operator = rig.operator()) {
                assertThat(operator.ready()).isTrue();
            }
        }
    }

    @Test
    void byHelmItIsInstalledUpgradedAndRemoved() throws Exception {
        try (Rig rig = Rig.bare(ControlPlane.start())) {
            rig.register(MachineSpec.of("host", 1000));
            Desk desk = new Desk(folder, rig.plane);
            OperatorProcess operator = null;
            for (Step step : GUIDE.section("By Helm")) {
                type(desk, desk.checkout(), step);
                if (operator == null
                        && step instanceof Step.Command command
                        && command.text().contains("install")) {
                    // RebootGroups go only while an operator runs, and the testbed's pods run nothing.
                    operator = rig.operator();
                }
            }
            assertThat(rig.admin
                            .services()
                            .inNamespace(Manifests.NAMESPACE)
                            .withName("lockkeeper")
                            .get())
                    .isNull();
        }
    }

    @Test
    void byKubectlItIsInstalledUsedAndRemoved() throws Exception {
        try (Rig rig = Rig.bare(ControlPlane.start())) {
            rig.register(MachineSpec.of("host", 1000));
            Desk desk = new Desk(folder, rig.plane);
            List<Step> install = GUIDE.section("By kubectl");
            int removal = install.indexOf(new Step.Command("By kubectl", "kubectl delete pw,rbg --all", null));
            assertThat(removal).as("where the removal begins").isPositive();
            for (Step step : install.subList(0, removal)) {
                type(desk, desk.mine(), step);
            }
            try (OperatorProcess operator = rig.operator(Releases::quick)) {
                desk.connect(operator, 0, "correct-horse");
                machines(rig, operator);
                use(rig, desk);
            }
            removeWithoutOperator(desk, install.subList(removal, install.size()));
            assertThat(rig.admin.namespaces().withName(Manifests.NAMESPACE).get())
                    .isNull();
        }
    }

    /** By Helm they are removed in the right order; here the operator went first, and kubectl waits for the groups. */
    private static void removeWithoutOperator(Desk desk, List<Step> removal) {
        Step.Command all = (Step.Command) removal.get(1);
        Step.Command finalizers = (Step.Command) removal.get(2);
        assertThat(all.text()).isEqualTo("kubectl delete -k .");
        assertThat(finalizers.text()).contains("finalizers");
        CompletableFuture<String> waiting = CompletableFuture.supplyAsync(() -> desk.type(desk.mine(), all.text()));
        type(desk, desk.mine(), finalizers);
        waiting.join();
    }

    /** Three workers, whose agents run and whose releases are the newest. */
    private static void machines(Rig rig, OperatorProcess operator) {
        for (int i = 1; i <= 3; i++) {
            MachineSpec plain = MachineSpec.of("worker-" + i, i)
                    .withArchitecture(i == 2 ? Architecture.AARCH64 : Architecture.X86_64)
                    .withLabel("node-role.kubernetes.io/worker", "")
                    .withVersion(V2);
            MachineSpec spec = plain.withPayload(PublishedReleases.payload(V2, plain.architecture()));
            rig.register(spec);
            rig.agent(
                    spec,
                    Rig.settings("workers", operator).withGraph(GraphSettings.of(URI.create(operator.url()))),
                    RebootShape.USUAL);
        }
    }

    private void use(Rig rig, Desk desk) throws Exception {
        publish(rig, V1, V2);
        OperatorProcess tls = null;
        for (Step step : GUIDE.from("First group")) {
            if (step.section().equals("A release that fails")) {
                publish(rig, V1, V2, V3);
            }
            if (step.section().equals("TLS")) {
                if (!Files.exists(desk.mine().resolve("ca.crt"))) {
                    anAuthority(desk);
                }
                if (tls == null && Files.exists(desk.mine().resolve("tls.crt"))) {
                    tls = rig.operator(o -> o.set(
                                    "LOCKKEEPER_AGENT_TLS_CERTIFICATE",
                                    desk.mine().resolve("tls.crt").toString())
                            .set(
                                    "LOCKKEEPER_AGENT_TLS_KEY",
                                    desk.mine().resolve("tls.key").toString()));
                    desk.connect(tls, tls.port(), "");
                }
            }
            type(desk, desk.mine(), step);
            if (step.section().equals("Where releases come from") && step instanceof Step.Yaml) {
                // What is published below must be seen soon.
                desk.type(
                        desk.mine(),
                        "kubectl patch ug fedora --type=merge -p '{\"spec\":{\"refreshInterval\":\"10s\"}}'");
            }
        }
        assertThat(tls).as("the page says how to serve TLS").isNotNull();
        // What was added to the overlay for TLS.
        desk.type(desk.mine(), "kubectl apply -k .");
        desk.type(
                desk.mine(),
                "kubectl -n lockkeeper get svc lockkeeper -o jsonpath='{.spec.ports[0].port}' | grep -x 443");
    }

    private static void publish(Rig rig, String... versions) {
        PublishedReleases releases = new PublishedReleases("stable");
        Arrays.stream(versions).forEach(releases::out);
        rig.admin
                .resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withNamespace(Manifests.NAMESPACE)
                        .withName("releases")
                        .endMetadata()
                        .withData(releases.files())
                        .build())
                .forceConflicts()
                .serverSideApply();
    }

    /** The page takes for granted that there is one. */
    private static void anAuthority(Desk desk) {
        desk.type(
                desk.mine(),
                "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -subj /CN=ca -days 1 -out ca.crt");
    }

    private static void type(Desk desk, Path where, Step step) throws Exception {
        switch (step) {
            case Step.File file -> Files.writeString(where.resolve(file.name()), file.text());
            case Step.Yaml yaml -> type(desk, where, yaml);
            case Step.Command command -> {
                if (!NOT_TYPED.containsKey(command.text())) {
                    type(desk, where, command);
                }
            }
        }
    }

    private static void type(Desk desk, Path where, Step.Command command) {
        desk.type(where, command.text(), printed -> {
            if (command.printed() != null) {
                assertThat(printed.lines().findFirst().orElse("").split(" {2,}"))
                        .as(command.text())
                        .containsExactly(command.printed().split(" {2,}"));
            }
        });
    }

    /** Each block says by its first line what it is. */
    private static void type(Desk desk, Path where, Step.Yaml yaml) throws Exception {
        Path file = where.resolve("typed.yaml");
        Files.writeString(file, yaml.text());
        switch (yaml.text().lines().findFirst().orElseThrow().split(":")[0]) {
            case "apiVersion" -> {
                if (!yaml.text().contains("cert-manager.io/")) {
                    desk.type(where, "kubectl apply -f typed.yaml");
                }
            }
            case "spec" -> desk.type(where, "kubectl patch rbg workers --type merge --patch-file typed.yaml");
            case "patches" -> {
                Path overlay = where.resolve("kustomization.yaml");
                Files.writeString(
                        overlay, Files.readString(overlay) + yaml.text().substring("patches:\n".length()));
            }
            case "variant" ->
                assertThat(desk.type(where, "curl http://10.3.0.15/butane/workers"))
                        .isEqualTo(yaml.text());
            // A part of a Butane file, which ConfigIT translates.
            case "    - path" -> assertThat(yaml.section()).isEqualTo("TLS");
            default -> throw new AssertionError("What is this block of the guide?\n" + yaml.text());
        }
    }
}
