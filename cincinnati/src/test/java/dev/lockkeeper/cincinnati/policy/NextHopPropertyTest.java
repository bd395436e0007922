package dev.lockkeeper.cincinnati.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.cincinnati.graph.Graph;
import dev.lockkeeper.cincinnati.graph.GraphNode;
import dev.lockkeeper.cincinnati.graph.Scope;
import dev.lockkeeper.cincinnati.metadata.Release;
import dev.lockkeeper.cincinnati.metadata.ReleaseIndex;
import dev.lockkeeper.cincinnati.metadata.Rollout;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random metadata, pins, facts and times: wherever a machine starts, its hops keep the promises. */
class NextHopPropertyTest {

    private static final Scope SCOPE = new Scope("stable", "x86_64", Scheme.OCI);
    private static final long DAY = 86_400;

    /** One random world, made from a seed so that a failure can be told in one number. */
    private static final class World {
        final Random random;
        final Graph graph;
        final Pin pin;
        final Facts facts;
        final double wariness;
        Instant now;

        World(long seed) {
            random = new Random(seed);
            int count = 1 + random.nextInt(14);
            now = Instant.ofEpochSecond(DAY * (20 + random.nextInt(60)));
            List<Release> releases = new ArrayList<>();
            Map<String, Entry> entries = new HashMap<>();
            for (int i = 0; i < count; i++) {
                String version = (40 + i / 4) + "." + i;
                boolean here = random.nextInt(6) > 0;
                String repository = random.nextInt(12) == 0 ? "quay.io/other" : "quay.io/fedora/fedora-coreos";
                releases.add(new Release(
                        version, i, Map.of(), here ? Map.of("x86_64", repository + "@sha256:" + i) : Map.of()));
                entries.put(
                        version,
                        new Entry(
                                random.nextInt(5) == 0 ? "keys" : null,
                                random.nextInt(12) == 0 ? "broken" : null,
                                random.nextInt(2) == 0 ? rollout() : null));
            }
            graph = Graph.of(SCOPE, new ReleaseIndex("stable", releases), new UpdateMetadata("stable", entries));
            pin = new Pin(
                    random.nextInt(3) == 0 ? any(releases).version() : null,
                    random.nextInt(4) == 0 ? 40 + random.nextInt(4) : null,
                    Duration.ofDays(random.nextInt(4)),
                    random.nextBoolean());
            Map<String, Instant> seen = new HashMap<>();
            Set<String> completed = new HashSet<>();
            Map<String, String> blocked = new HashMap<>();
            for (Release release : releases) {
                if (random.nextInt(3) > 0) {
                    seen.put(release.version(), now.minusSeconds(DAY * random.nextInt(8)));
                }
                if (random.nextInt(3) == 0) {
                    completed.add(release.version());
                }
                if (random.nextInt(8) == 0) {
                    blocked.put(release.version(), "sick");
                }
            }
            facts = new Facts(seen, completed, blocked);
            wariness = random.nextDouble();
        }

        private <T> T any(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }

        private Rollout rollout() {
            Long start = random.nextInt(4) == 0 ? null : now.getEpochSecond() + DAY * (random.nextInt(8) - 5);
            Long minutes = random.nextInt(4) == 0 ? null : (long) random.nextInt(3_000);
            return new Rollout(start, random.nextInt(3) == 0 ? 1.0 : 0.0, minutes);
        }

        NextHop from(GraphNode booted) {
            return NextHop.of(new Question(graph, booted, pin, facts, wariness, now));
        }

        boolean barrierBetween(GraphNode from, GraphNode to) {
            return graph.nodes().stream()
                    .anyMatch(n -> n.isBarrier() && n.ageIndex() > from.ageIndex() && n.ageIndex() < to.ageIndex());
        }
    }

    @Property
    void everyHopKeepsThePromises(@ForAll long seed) {
        World world = new World(seed);
        for (GraphNode booted : world.graph.nodes()) {
            GraphNode to = world.from(booted).release();
            if (to == null) {
                continue;
            }
            assertThat(booted.isDeadend()).as("it leaves a dead-end").isFalse();
            assertThat(to.ageIndex()).as("it goes forward").isGreaterThan(booted.ageIndex());
            assertThat(world.barrierBetween(booted, to))
                    .as("it passes a barrier")
                    .isFalse();
            assertThat(world.facts.blocked()).doesNotContainKey(to.version());
            assertThat(to.payload().split("@")[0]).isEqualTo(booted.payload().split("@")[0]);
            Rollout rollout = to.entry().rollout();
            boolean offered =
                    to.isBarrier() || rollout != null || world.facts.completed().contains(to.version());
            if (world.pin.version() != null) {
                GraphNode target = world.graph.nodes().stream()
                        .filter(n -> n.version().equals(world.pin.version()))
                        .findFirst()
                        .orElseThrow();
                assertThat(to.ageIndex()).as("it is not past the pin").isLessThanOrEqualTo(target.ageIndex());
                assertThat(to.equals(target) || to.isBarrier()).isTrue();
            } else {
                assertThat(offered).as("Fedora offers it").isTrue();
                if (rollout != null) {
                    assertThat(rollout.hasBegun(world.now)).isTrue();
                    if (world.pin.followRollout()) {
                        assertThat(rollout.openTo(world.now)).isGreaterThanOrEqualTo(world.wariness);
                    }
                }
                Instant since = rollout != null && rollout.startEpoch() != null
                        ? Instant.ofEpochSecond(rollout.startEpoch())
                        : world.facts.firstSeen().get(to.version());
                if (!world.pin.minimumAge().isZero()) {
                    assertThat(since).isNotNull();
                    assertThat(since.plus(world.pin.minimumAge())).isBeforeOrEqualTo(world.now);
                }
            }
            if (world.pin.maxFedoraMajor() != null) {
                assertThat(Integer.parseInt(to.version().split("\\.")[0]))
                        .isLessThanOrEqualTo(world.pin.maxFedoraMajor());
            }
        }
    }

    /** Nothing that it was not told of is in its way: the next hop is the newest in reach that no policy objects to. */
    @Property
    void noNewerAllowedReleaseInReachIsLeftOut(@ForAll long seed) {
        World world = new World(seed);
        for (GraphNode booted : world.graph.nodes()) {
            NextHop hop = world.from(booted);
            int reached =
                    hop.release() == null ? booted.ageIndex() : hop.release().ageIndex();
            for (GraphNode node : world.graph.nodes()) {
                if (node.ageIndex() > reached && !booted.isDeadend() && !world.barrierBetween(booted, node)) {
                    Question question =
                            new Question(world.graph, booted, world.pin, world.facts, world.wariness, world.now);
                    boolean objected = java.util.Arrays.stream(Policy.values())
                            .anyMatch(p -> p.objection(node, question).isPresent());
                    assertThat(objected)
                            .as("%s from %s, but %s", node.version(), booted.version(), hop.why())
                            .isTrue();
                    assertThat(hop.looked())
                            .as("and it is told why not")
                            .anyMatch(l ->
                                    l.release().equals(node) && !l.objections().isEmpty());
                }
            }
        }
    }

    @Property
    void followingTheHopsEndsAndEndsWhereAPolicySaysSo(@ForAll long seed) {
        World world = new World(seed);
        for (GraphNode booted : world.graph.nodes()) {
            GraphNode at = booted;
            int hops = 0;
            NextHop hop = world.from(at);
            while (hop.release() != null) {
                at = hop.release();
                hops++;
                assertThat(hops).isLessThanOrEqualTo(world.graph.nodes().size());
                hop = world.from(at);
            }
            assertThat(hop.why()).isNotBlank().endsWith(".");
        }
    }

    /** What it is told does not depend on how often it asks. */
    @Property
    void theSameQuestionHasTheSameAnswer(@ForAll long seed) {
        World world = new World(seed);
        for (GraphNode booted : world.graph.nodes()) {
            assertThat(world.from(booted)).isEqualTo(world.from(booted));
        }
    }
}
