package dev.lockkeeper.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.crds.v1alpha1.FleetMachine;
import dev.lockkeeper.crds.v1alpha1.FleetRelease;
import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.crds.v1alpha1.StreamPin;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.MachineSpec;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import dev.lockkeeper.testbed.operator.OperatorProcess;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Anybody may ask for graphs, with made-up ids and absurd parameters: it leaves nothing and disturbs nobody. */
class StrangersIT {

    private static final String V1 = "43.20260301.3.0";
    private static final String V2 = "43.20260401.3.0";
    private static final int IDS = 10_000;
    private static final int MOST_OTHERS = 20;
    private static final int AT_ONCE = 16;
    /** Less than the ids alone would take if each were remembered. */
    private static final long MORE_HEAP = 600_000;

    private static Rig rig;
    private static Releases releases;
    private static OperatorProcess operator;

    @BeforeAll
    static void start() {
        rig = Rig.start();
        releases = new Releases(rig);
        operator = releases.operator(o -> o.set("LOCKKEEPER_MACHINE_MOST_OTHERS", Integer.toString(MOST_OTHERS)));
        releases.publish(new PublishedReleases("stable").out(V1).out(V2));
        rig.group("strict");
        // Machines that are no nodes are welcome in it, without a password.
        releases.pin("open", spec -> spec.setGroups(List.of("open")));
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static String query(String... pairs) {
        Map<String, String> values = new TreeMap<>(Map.of(
                "basearch", "x86_64",
                "stream", "stable",
                "oci", "true",
                "os_version", V1,
                "os_checksum", PublishedReleases.payload(V1, Architecture.X86_64),
                "group", "strict",
                "node_uuid", "0123456789abcdef0123456789abcdef",
                "platform", "metal"));
        for (int i = 0; i < pairs.length; i += 2) {
            values.put(pairs[i], pairs[i + 1]);
        }
        values.values().removeIf(String::isEmpty);
        return String.join(
                "&",
                values.entrySet().stream()
                        .map(v -> v.getKey() + "=" + URLEncoder.encode(v.getValue(), StandardCharsets.UTF_8))
                        .toList());
    }

    private static RawHttp.Answer ask(String query) {
        return RawHttp.exchange(
                operator.port(),
                ("GET /v1/graph?" + query + " HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8));
    }

    private static String kind(RawHttp.Answer answer) {
        return answer.status() + " " + answer.body().replaceFirst("(?s)^\\{\"kind\":\"([a-z_]+)\".*", "$1");
    }

    @Test
    void whatIsIllFormedIsRefused() {
        assertThat(kind(ask(query("basearch", "")))).isEqualTo("400 missing_params");
        assertThat(kind(ask(query("stream", "")))).isEqualTo("400 missing_params");
        assertThat(kind(ask(query() + "&basearch=x86_64"))).isEqualTo("400 invalid_params");
        assertThat(kind(ask(query("node_uuid", "a".repeat(65))))).isEqualTo("400 invalid_params");
        assertThat(kind(ask(query("os_checksum", "a".repeat(513))))).isEqualTo("400 invalid_params");
        assertThat(kind(ask(query("os_version", "44.\u00e9")))).isEqualTo("400 invalid_params");
        assertThat(kind(ask(query("platform", "") + "&platform=\u00e9"))).isEqualTo("400 invalid_params");
        assertThat(kind(ask(query("stream", "no-such-stream")))).isEqualTo("404 unknown_scope");
        assertThat(kind(ask(query("basearch", "riscv64")))).isEqualTo("404 unknown_scope");
        assertThat(kind(ask(query() + "&x=" + "a".repeat(1_000_000)))).isEqualTo("414 uri_too_long");
        assertThat(ask(query("os_version", "999999999999.99999999.9.9")).status())
                .isEqualTo(200);
        for (String wariness : List.of("abc", "-1", "2", "NaN")) {
            assertThat(ask(query("rollout_wariness", wariness)).text())
                    .as("wariness %s", wariness)
                    .isEqualTo(ask(query()).text())
                    .startsWith("200 ");
        }
    }

    @Test
    void thousandsOfMadeUpIdsLeaveNothing() throws Exception {
        MachineSpec machine = releases.node("strict-1", "strict", V1);
        Rig.await()
                .untilAsserted(() ->
                        assertThat(releases.edge(operator, machine, "strict")).hasValue(V2));
        Rig.await()
                .untilAsserted(() ->
                        assertThat(releases.machine("strict-1").getState()).isEqualTo(MachineState.Offered));
        releases.pin("all", spec -> spec.setVersion(V2));
        long seed = Long.getLong("lockkeeper.test.seed", System.nanoTime());
        System.out.println("StrangersIT: -Dlockkeeper.test.seed=" + seed);
        Random random = new Random(seed);
        fire(queries(random, machine, 1_000));
        long series = series();
        long heap = operator.liveHeap();

        Map<String, Integer> kinds = fire(queries(random, machine, IDS));

        System.out.println("StrangersIT: answers " + kinds);
        assertThat(kinds.keySet())
                .allMatch(kind -> kind.startsWith("200 ") || kind.startsWith("4"))
                .contains("404 unknown_scope", "400 invalid_params");
        assertThat(operator.liveHeap()).as("seed %d", seed).isLessThan(heap + MORE_HEAP);
        assertThat(series()).as("series of metrics").isEqualTo(series);
        List<FleetMachine> records =
                rig.admin.resources(FleetMachine.class).list().getItems();
        assertThat(records).hasSizeBetween(2, 1 + MOST_OTHERS);
        assertThat(operator.logText()).doesNotContain("internal error");
        // The node's own record, of which strangers told absurd things in its name.
        assertThat(releases.machine("strict-1")).satisfies(status -> {
            assertThat(status.getState()).isEqualTo(MachineState.Offered);
            assertThat(status.getArchitecture()).isEqualTo("x86_64");
            assertThat(status.getVersion()).isEqualTo(V1);
        });
        assertThat(rig.admin.resources(FleetRelease.class).list().getItems())
                .extracting(r -> r.getMetadata().getName())
                .allMatch(name -> name.endsWith(V1) || name.endsWith(V2));
        StreamPin pin = releases.pin("all");
        assertThat(pin.getStatus().getArchitectures())
                .filteredOn(a -> !a.getArchitecture().equals("x86_64"))
                .as("machines of an architecture that only strangers claim")
                .allMatch(a -> a.getMachines() == null || a.getMachines() == 0);
        assertThat(releases.edge(operator, machine, "strict")).hasValue(V2);
    }

    private static long series() throws IOException, InterruptedException {
        return operator.management("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("lockkeeper_requests_total{") && line.contains("api=\"graph\""))
                .count();
    }

    private static Map<String, Integer> fire(List<String> queries) throws Exception {
        Map<String, Integer> kinds = new TreeMap<>();
        List<Future<String>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            queries.forEach(query -> answers.add(threads.submit(() -> {
                RawHttp.Answer answer = ask(query);
                return answer.status() == 200 ? "200 graph" : kind(answer);
            })));
        }
        for (Future<String> answer : answers) {
            kinds.merge(answer.get(), 1, Integer::sum);
        }
        return kinds;
    }

    private static String hex(Random random) {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static List<String> queries(Random random, MachineSpec real, int count) {
        List<String> queries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String id = hex(random);
            queries.add(
                    switch (i % 8) {
                        case 0 -> query("node_uuid", id);
                        case 1 -> query("node_uuid", id, "group", "open");
                        case 2 -> query("node_uuid", id, "group", "g" + random.nextInt(1_000_000));
                        case 3 ->
                            query("node_uuid", id, "group", "open", "os_version", "99." + random.nextInt() + ".3.0");
                        case 4 -> query("node_uuid", id, "stream", "s" + random.nextInt(1_000_000));
                        case 5 -> query("node_uuid", id, "platform", "p" + random.nextInt(), "oci", "perhaps");
                        // In the name of a real node.
                        case 6 ->
                            query(
                                    "node_uuid",
                                    real.agentId(),
                                    "basearch",
                                    "s390x",
                                    "os_checksum",
                                    PublishedReleases.payload(V1, Architecture.S390X));
                        default ->
                            query(
                                    "node_uuid",
                                    real.agentId(),
                                    "os_version",
                                    "99." + random.nextInt(1_000_000) + ".3.0",
                                    "platform",
                                    "p" + random.nextInt(1_000_000));
                    });
        }
        return queries;
    }
}
