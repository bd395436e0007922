package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.lockkeeper.crds.v1alpha1.Phase;
import dev.lockkeeper.crds.v1alpha1.PrometheusCheck;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupSpec;
import dev.lockkeeper.crds.v1alpha1.VerifyCheck;
import dev.lockkeeper.testbed.fleet.Journal;
import dev.lockkeeper.testbed.fleet.SimulatedMachine;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What checks make of a machine that came back with a Ready node. */
class ChecksIT {

    private static final String SICK = "example.com/sick";
    private static final String NOT_SICK =
            "!('" + SICK + "' in node.metadata.annotations) && pods.all(p, p.spec.nodeName == node.metadata.name)";

    private static Rig rig;
    private static OperatorProcess operator;
    private static HttpServer prometheus;
    private static final List<String> ASKED = new CopyOnWriteArrayList<>();
    private static final StringBuffer ANSWER = new StringBuffer();

    @BeforeAll
    static void start() throws IOException {
        rig = Rig.start();
        operator = rig.operator(o -> o.set("LOCKKEEPER_AGENT_MAX_HOLD", "PT10S"));
        prometheus = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        prometheus.createContext("/api/v1/query", exchange -> {
            ASKED.add(exchange.getRequestURI().getQuery());
            byte[] body = ANSWER.toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(body.length == 0 ? 503 : 200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        prometheus.start();
    }

    @AfterAll
    static void stop() {
        prometheus.stop(0);
        rig.close();
    }

    private static Consumer<RebootGroupSpec> cel(String expression) {
        VerifyCheck check = new VerifyCheck();
        check.setName("well");
        check.setCel(expression);
        return spec -> spec.getVerify().setChecks(List.of(check));
    }

    private static Consumer<RebootGroupSpec> query(String query) {
        PrometheusCheck asked = new PrometheusCheck();
        asked.setUrl("http://localhost:" + prometheus.getAddress().getPort());
        asked.setQuery(query);
        VerifyCheck check = new VerifyCheck();
        check.setName("up");
        check.setPrometheus(asked);
        return spec -> spec.getVerify().setChecks(List.of(check));
    }

    private static void annotate(String node, String value) {
        rig.admin
                .nodes()
                .withName(node)
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"metadata\":{\"annotations\":{\"" + SICK + "\":" + value + "}}}");
    }

    private static void awaitEvent(String machine, String start) {
        Rig.await().untilAsserted(() -> assertThat(rig.events("Node", machine)).anyMatch(e -> e.startsWith(start)));
    }

    private static void awaitUpdated(String group, SimulatedMachine machine) {
        Rig.await().untilAsserted(() -> assertThat(rig.updated(group, machine)).isTrue());
    }

    private static Condition degraded(String group) {
        return rig.read(group).getStatus().getConditions().stream()
                .filter(c -> c.getType().equals("Degraded"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anExpressionThatIsTrueLetsTheMachineGo() {
        rig.group("well", cel(NOT_SICK));
        SimulatedMachine machine = rig.machine("well-1", "well", operator);
        machine.stage(Rig.NEW);
        awaitUpdated("well", machine);
        assertThat(degraded("well").getReason()).isEqualTo("AsExpected");
    }

    @Test
    void oneThatStaysFalseParksTheMachineUntilItIsTrue() {
        rig.group("sick", cel(NOT_SICK));
        SimulatedMachine machine = rig.machine("sick-1", "sick", operator);
        annotate("sick-1", "\"yes\"");
        machine.stage(Rig.NEW);
        Rig.await().untilAsserted(() -> assertThat(rig.parked("sick")).contains("sick-1"));
        awaitEvent(
                "sick-1",
                "Parked: sick-1 failed: it came back on " + Rig.NEW
                        + ", and 10s later check well is not passed: its expression is false.");
        assertThat(rig.node("sick-1").getSpec().getUnschedulable()).isTrue();

        annotate("sick-1", "null");
        awaitEvent("sick-1", "Recovered");
        Rig.await().untilAsserted(() -> assertThat(rig.parked("sick")).isEmpty());
    }

    @Test
    void prometheusThatIsAwayKeepsTheSlotUntilItAnswers() {
        ANSWER.setLength(0);
        rig.group("asked", query("up{node=\"${node}\"}"));
        SimulatedMachine machine = rig.machine("asked-1", "asked", operator);
        machine.stage(Rig.NEW);
        awaitEvent(
                "asked-1",
                "Stuck: asked-1 is stuck: it has rebooted and its node is Ready, but check up cannot be asked: ");
        assertThat(rig.holder("asked", "asked-1"))
                .hasValueSatisfying(h -> assertThat(h.getPhase()).isEqualTo(Phase.Verifying));
        assertThat(rig.parked("asked")).isEmpty();
        assertThat(ASKED).contains("query=up{node=\"asked-1\"}");

        ANSWER.append("""
                {"status": "success", "data": {"resultType": "vector",
                 "result": [{"metric": {"node": "asked-1"}, "value": [1783684800.0, "1"]}]}}""");
        awaitUpdated("asked", machine);
    }

    @Test
    void anExpressionThatDoesNotCompileIsSaidBeforeAnybodyReboots() {
        rig.group("bad", cel("nodes.metadata.name == 'a'"));
        Rig.await().untilAsserted(() -> {
            assertThat(degraded("bad").getReason()).isEqualTo("BadCheck");
            assertThat(degraded("bad").getMessage()).contains("check well does not compile: line 1, column 1: ");
        });
        SimulatedMachine machine = rig.machine("bad-1", "bad", operator);
        machine.stage(Rig.NEW);
        awaitEvent("bad-1", "Stuck");
        assertThat(rig.holder("bad", "bad-1")).isPresent();

        rig.admin
                .resources(RebootGroup.class)
                .withName("bad")
                .patch(
                        PatchContext.of(PatchType.JSON_MERGE),
                        "{\"spec\":{\"verify\":{\"checks\":[{\"name\":\"well\",\"cel\":\"true\"}]}}}");
        awaitUpdated("bad", machine);
        assertThat(rig.journal.entries(Journal.Boot.class, "bad-1")).hasSize(1);
        Rig.await().untilAsserted(() -> assertThat(degraded("bad").getReason()).isEqualTo("AsExpected"));
    }
}
