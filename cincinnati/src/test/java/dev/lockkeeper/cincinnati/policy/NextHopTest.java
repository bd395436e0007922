package dev.lockkeeper.cincinnati.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.cincinnati.graph.Fleet;
import dev.lockkeeper.cincinnati.graph.Graph;
import dev.lockkeeper.cincinnati.graph.GraphNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NextHopTest {

    private static final Instant NOW = Instant.ofEpochSecond(10_000);

    private Pin pin = Pin.NONE;
    private Facts facts = Facts.NONE;
    private double wariness = 1;
    private Instant now = NOW;

    private NextHop from(String booted, Fleet fleet) {
        return from(booted, null, fleet);
    }

    private NextHop from(String booted, String payload, Fleet fleet) {
        Graph graph = fleet.graph();
        GraphNode node = graph.nodes().stream()
                .filter(n -> n.version().equals(booted))
                .findFirst()
                .orElseThrow();
        return NextHop.of(
                new Question(graph, payload == null ? node : node.paying(payload), pin, facts, wariness, now));
    }

    private static void goes(NextHop hop, String version) {
        assertThat(hop.release()).as(hop.why()).isNotNull();
        assertThat(hop.release().version()).isEqualTo(version);
    }

    private static void stays(NextHop hop, String why) {
        assertThat(hop.release()).as(hop.why()).isNull();
        assertThat(hop.why()).isEqualTo(why);
    }

    private static String why(NextHop hop, String version, Policy policy) {
        return hop.looked().stream()
                .filter(l -> l.release().version().equals(version))
                .findFirst()
                .orElseThrow()
                .objections()
                .get(policy);
    }

    // ---- the way

    @Test
    void theNewestThatFedoraOffers() {
        Fleet fleet = new Fleet("1", "2", "3 rollout", "4 rollout", "5");
        goes(from("1", fleet), "4");
        goes(from("3", fleet), "4");
        assertThat(from("1", fleet).why())
                .isEqualTo("4 is the newest that it may go to; of 5: Fedora offers it to nobody.");
        assertThat(from("3", new Fleet("3", "4 rollout")).why()).isEqualTo("4 is the newest that it may go to.");
    }

    @Test
    void whoRunsTheNewestStays() {
        stays(from("2", new Fleet("1", "2")), "2 is the newest release in stable/x86_64/oci.");
        stays(
                from("1", new Fleet("1", "2")),
                "Nothing newer is allowed; the newest in reach is 2: Fedora offers it to nobody.");
    }

    @Test
    void noBarrierIsPassed() {
        Fleet fleet = new Fleet("1", "2 barrier", "3", "4 barrier", "5 rollout");
        goes(from("1", fleet), "2");
        goes(from("2", fleet), "4");
        goes(from("3", fleet), "4");
        goes(from("4", fleet), "5");
        assertThat(from("1", fleet).why()).isEqualTo("2 is the next barrier, which no update may pass.");
    }

    @Test
    void nothingLeavesADeadend() {
        stays(from("1", new Fleet("1 deadend", "2 rollout")), "1 is a dead-end (broken): install the machine anew.");
    }

    @Test
    void aBarrierThatIsWithheldStopsThoseBeforeIt() {
        facts = new Facts(Map.of(), Set.of(), Map.of("2", "it came back sick on n1"));
        Fleet fleet = new Fleet("1", "2 barrier", "3 rollout");
        stays(
                from("1", fleet),
                "Nothing newer is allowed; the newest in reach is 2: it is withheld from x86_64: it came back sick on n1.");
        goes(from("2", fleet), "3");
    }

    // ---- policies

    @Test
    void aBlockedReleaseIsSkippedForAnOlderOne() {
        facts = new Facts(Map.of(), Set.of(), Map.of("3", "a person said so"));
        NextHop hop = from("1", new Fleet("1", "2 rollout", "3 rollout"));
        goes(hop, "2");
        assertThat(why(hop, "3", Policy.BLOCKED)).isEqualTo("it is withheld from x86_64: a person said so");
        pin = new Pin("3", null, Duration.ZERO, true);
        assertThat(from("1", new Fleet("1", "2 rollout", "3 rollout")).release())
                .as("also where a pin names it, and then nothing else either")
                .isNull();
    }

    @Test
    void anExactPinIsTargetAndCeiling() {
        Fleet fleet = new Fleet("1", "2 barrier", "3 rollout", "4", "5 rollout", "6 barrier");
        pin = new Pin("4", null, Duration.ofDays(9), true);
        wariness = 1;
        goes(from("1", fleet), "2");
        goes(from("2", fleet), "4");
        goes(from("3", fleet), "4");
        assertThat(from("4", fleet).release()).isNull();
        assertThat(from("5", fleet).release()).as("no way back").isNull();
        assertThat(why(from("4", fleet), "5", Policy.PIN)).isEqualTo("it is past the pin's release 4");
        assertThat(why(from("2", fleet), "5", Policy.PIN)).isEqualTo("it is past the pin's release 4");
        pin = new Pin("9", null, Duration.ZERO, true);
        assertThat(from("2", fleet).release()).isNull();
        assertThat(why(from("2", fleet), "3", Policy.PIN))
                .isEqualTo("the pin's release 9 does not exist in stable/x86_64/oci");
    }

    @Test
    void anExactPinKnowsNoPaceNotEvenTheStart() {
        Fleet fleet = new Fleet("1", "2 rollout").rollout("2", 20_000, 10);
        pin = new Pin("2", null, Duration.ofDays(9), true);
        goes(from("1", fleet), "2");
        pin = new Pin(null, null, Duration.ZERO, false);
        stays(
                from("1", fleet),
                "Nothing newer is allowed; the newest in reach is 2: its rollout begins at 1970-01-01T05:33:20Z.");
    }

    @Test
    void anExactPinDoesNotStopAtWhatItPasses() {
        pin = new Pin("3", null, Duration.ZERO, true);
        NextHop hop = from("1", new Fleet("1", "2 rollout", "3", "4 rollout"));
        goes(hop, "3");
        facts = new Facts(Map.of(), Set.of(), Map.of("3", "sick"));
        hop = from("1", new Fleet("1", "2 rollout", "3", "4 rollout"));
        assertThat(hop.release()).isNull();
        assertThat(why(hop, "2", Policy.TARGET)).isEqualTo("the pin asks for 3, and it is no barrier on the way there");
    }

    @Test
    void theHighestFedoraMajor() {
        pin = new Pin(null, 43, Duration.ZERO, true);
        NextHop hop = from("42.1", new Fleet("42.1", "43.1 rollout", "44.1 rollout", "x.1 rollout"));
        goes(hop, "43.1");
        assertThat(why(hop, "44.1", Policy.FEDORA_MAJOR)).isEqualTo("it is of Fedora 44, and the pin allows 43");
        assertThat(why(hop, "x.1", Policy.FEDORA_MAJOR)).isNotNull();
    }

    @Test
    void whatFedoraTookBackIsNotOfferedUnlessItWasOutOrAPinNamesIt() {
        Fleet fleet = new Fleet("1", "2");
        assertThat(from("1", fleet).release()).isNull();
        facts = new Facts(Map.of(), Set.of("2"), Map.of());
        goes(from("1", fleet), "2");
        facts = Facts.NONE;
        pin = new Pin("2", null, Duration.ZERO, true);
        goes(from("1", fleet), "2");
    }

    @Test
    void theMinimumAgeCountsFromTheRolloutsStartElseFromTheFirstSight() {
        pin = new Pin(null, null, Duration.ofHours(1), true);
        Fleet fleet = new Fleet("1", "2 rollout").rollout("2", 9_000, 1);
        NextHop hop = from("1", fleet);
        assertThat(hop.release()).isNull();
        assertThat(why(hop, "2", Policy.MINIMUM_AGE)).isEqualTo("it is younger than 1h until 1970-01-01T03:30:00Z");
        now = Instant.ofEpochSecond(12_600);
        goes(from("1", fleet), "2");

        now = NOW;
        Fleet finished = new Fleet("1", "2 rollout");
        assertThat(why(from("1", finished), "2", Policy.MINIMUM_AGE))
                .isEqualTo("it was not seen before, and the pin lets it age 1h");
        facts = new Facts(Map.of("2", Instant.ofEpochSecond(6_401)), Set.of(), Map.of());
        assertThat(from("1", finished).release()).isNull();
        facts = new Facts(Map.of("2", Instant.ofEpochSecond(6_400)), Set.of(), Map.of());
        goes(from("1", finished), "2");
        facts = new Facts(Map.of("2", Instant.EPOCH), Set.of(), Map.of());
        goes(from("1", finished), "2");
        pin = new Pin(null, null, Duration.ofSeconds(90), true);
        facts = new Facts(Map.of("2", NOW), Set.of(), Map.of());
        assertThat(why(from("1", finished), "2", Policy.MINIMUM_AGE)).contains("younger than 90s");
    }

    @Test
    void eachMachineWaitsForItsTurn() {
        Fleet fleet = new Fleet("1", "2 rollout").rollout("2", 9_700, 10);
        wariness = 0.5;
        goes(from("1", fleet), "2");
        wariness = 0.51;
        assertThat(why(from("1", fleet), "2", Policy.ROLLOUT))
                .isEqualTo("its rollout reaches this machine at 1970-01-01T02:46:46Z");
        pin = new Pin(null, null, Duration.ZERO, false);
        goes(from("1", fleet), "2");
        now = Instant.ofEpochSecond(9_699);
        wariness = 0;
        assertThat(from("1", fleet).release()).as("never before its start").isNull();
    }

    @Test
    void theImagesRepositoryNeverChanges() {
        NextHop hop = from("1", "registry.example.org/coreos@sha256:1", new Fleet("1", "2 rollout"));
        assertThat(hop.release()).isNull();
        assertThat(why(hop, "2", Policy.REPOSITORY))
                .isEqualTo(
                        "its image is in quay.io/fedora/fedora-coreos, and the machine's in registry.example.org/coreos");
    }

    @Test
    void allThatIsAgainstAReleaseIsTold() {
        pin = new Pin(null, 1, Duration.ofHours(1), true);
        facts = new Facts(Map.of(), Set.of(), Map.of("2", "sick"));
        wariness = 1;
        NextHop hop = from("1", new Fleet("1", "2 rollout").rollout("2", 9_990, 10));
        assertThat(hop.looked().getFirst().objections().keySet())
                .isEqualTo(
                        Set.copyOf(List.of(Policy.FEDORA_MAJOR, Policy.BLOCKED, Policy.MINIMUM_AGE, Policy.ROLLOUT)));
    }
}
