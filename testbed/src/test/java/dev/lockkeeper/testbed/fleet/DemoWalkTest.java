package dev.lockkeeper.testbed.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.cincinnati.graph.Graph;
import dev.lockkeeper.cincinnati.graph.GraphJson;
import dev.lockkeeper.cincinnati.graph.Scope;
import dev.lockkeeper.cincinnati.metadata.ReleaseIndex;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import dev.lockkeeper.testbed.demo.DemoReleases;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The agent's choice, on graphs that Lockkeeper makes of the demo's releases. */
class DemoWalkTest {
    private final DemoReleases releases = new DemoReleases();

    private byte[] graph(Scope scope) throws Exception {
        byte[] index = releases.files().get("releases-stable.json").getBytes(StandardCharsets.UTF_8);
        byte[] updates = releases.files().get("updates-stable.json").getBytes(StandardCharsets.UTF_8);
        Graph all = Graph.of(scope, ReleaseIndex.parse("r", index), UpdateMetadata.parse("u", "stable", updates));
        return GraphJson.write(all.throttled(Instant.parse("2026-07-31T00:00:00Z"), 1));
    }

    private List<String> hops(String from, Architecture architecture, Scheme scheme) throws Exception {
        byte[] graph = graph(new Scope("stable", architecture.coreosName(), scheme));
        List<String> hops = new ArrayList<>();
        String payload = releases.payload(from, architecture, scheme.text());
        while (UpdateChoice.of(graph, payload, Set.of()) instanceof UpdateChoice.Update(int _, OsRelease to)) {
            hops.add(to.version());
            payload = to.payload().orElseThrow();
            assertThat(payload).isEqualTo(releases.payload(to.version(), architecture, scheme.text()));
        }
        return hops;
    }

    @ParameterizedTest
    @EnumSource(Scheme.class)
    void machinesOfEachArchitecturePassBothBarriersAndEndAtTheNewest(Scheme scheme) throws Exception {
        for (Architecture architecture : Architecture.values()) {
            assertThat(hops("43.20260105.3.0", architecture, scheme))
                    .containsExactly("43.20260217.3.1", "43.20260413.3.2", "44.20260707.3.1");
            assertThat(hops("43.20260316.3.1", architecture, scheme))
                    .containsExactly("43.20260413.3.2", "44.20260707.3.1");
            assertThat(hops("44.20260523.3.1", architecture, scheme)).containsExactly("44.20260707.3.1");
        }
    }

    @ParameterizedTest
    @EnumSource(Scheme.class)
    void nothingLeadsOutOfTheDeadEnd(Scheme scheme) throws Exception {
        byte[] graph = graph(new Scope("stable", "x86_64", scheme));
        String payload = releases.payload("43.20260119.3.1", Architecture.X86_64, scheme.text());
        assertThat(UpdateChoice.of(graph, payload, Set.of()))
                .isInstanceOfSatisfying(
                        UpdateChoice.NoUpdate.class,
                        stays -> assertThat(stays.why()).isEqualTo(UpdateChoice.Why.DEAD_END));
        assertThat(releases.deadends()).containsExactly("43.20260119.3.1");
    }
}
