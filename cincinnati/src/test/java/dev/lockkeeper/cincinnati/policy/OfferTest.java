package dev.lockkeeper.cincinnati.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockkeeper.cincinnati.graph.Fleet;
import dev.lockkeeper.cincinnati.graph.Graph;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OfferTest {

    private static final Instant NOW = Instant.ofEpochSecond(10_000);
    private static final Offer OFFER = new Offer("2", NOW, null, 1);

    private static Optional<String> withdrawn(Fleet fleet, Pin pin, Facts facts) {
        Graph graph = fleet.graph();
        return OFFER.withdrawn(new Question(graph, graph.nodes().getFirst(), pin, facts, 1, NOW));
    }

    @Test
    void whatAPersonForbidsTakesItBack() {
        Fleet fleet = new Fleet("1", "2 rollout", "3 rollout");
        assertThat(withdrawn(fleet, Pin.NONE, new Facts(Map.of(), Set.of(), Map.of("2", "sick"))))
                .hasValue("it is withheld from x86_64: sick");
        assertThat(withdrawn(fleet, new Pin("1", null, Duration.ZERO, true), Facts.NONE))
                .hasValue("it is past the pin's release 1");
        assertThat(withdrawn(fleet, new Pin("3", null, Duration.ZERO, true), Facts.NONE))
                .as("a target further on is reached from there")
                .isEmpty();
        assertThat(withdrawn(fleet, new Pin(null, 1, Duration.ZERO, true), Facts.NONE))
                .hasValue("it is of Fedora 2, and the pin allows 1");
    }

    @Test
    void whatFedoraTakesBackTakesItBack() {
        assertThat(withdrawn(new Fleet("1", "2", "3 rollout"), Pin.NONE, Facts.NONE))
                .hasValue("Fedora offers it to nobody");
        assertThat(withdrawn(new Fleet("1", "3 rollout"), Pin.NONE, Facts.NONE))
                .hasValue("it is gone from the graph of stable/x86_64/oci");
    }

    @Test
    void ageTurnAndANewerHopTakeNothingBack() {
        Fleet fleet = new Fleet("1", "2 rollout", "3 rollout").rollout("2", 9_990, 1_000);
        assertThat(withdrawn(fleet, new Pin(null, null, Duration.ofDays(3), true), Facts.NONE))
                .isEmpty();
        assertThat(withdrawn(fleet.rollout("2", 20_000, 1), Pin.NONE, Facts.NONE))
                .isEmpty();
    }

    @Test
    void itCountsHowOftenAndRemembersTheAsking() {
        assertThat(OFFER.again().again()).isEqualTo(new Offer("2", NOW, null, 3));
        assertThat(OFFER.asked(NOW.plusSeconds(5)).again()).isEqualTo(new Offer("2", NOW, NOW.plusSeconds(5), 2));
    }
}
