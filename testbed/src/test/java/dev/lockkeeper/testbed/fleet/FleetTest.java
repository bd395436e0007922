package dev.lockkeeper.testbed.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class FleetTest {
    @Test
    void machinesDifferAndAreStable() {
        List<MachineSpec> machines = Fleet.of("worker", 100).machines();
        assertThat(machines).isEqualTo(Fleet.of("worker", 100).machines());
        assertThat(machines.stream().map(MachineSpec::machineId).distinct())
                .hasSize(100)
                .allMatch(id -> id.matches("[0-9a-f]{32}"));
        assertThat(machines.stream().map(MachineSpec::agentId).distinct()).hasSize(100);
        assertThat(machines.getFirst().systemUuid()).matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        assertThat(Fleet.of("worker", 1).seed(2).machines().getFirst().machineId())
                .isNotEqualTo(machines.getFirst().machineId());
    }

    @Test
    void architecturesAndZonesComeInTurn() {
        List<MachineSpec> machines = Fleet.of("n", 4)
                .architectures(Architecture.X86_64, Architecture.AARCH64)
                .zones("a", "b", "c")
                .machines();
        assertThat(machines)
                .extracting(MachineSpec::architecture)
                .containsExactly(Architecture.X86_64, Architecture.AARCH64, Architecture.X86_64, Architecture.AARCH64);
        assertThat(machines).extracting(machine -> machine.zone().orElseThrow()).containsExactly("a", "b", "c", "a");
    }

    @Test
    void nodesLookLikeFedoraCoreosNodes() {
        MachineSpec machine =
                MachineSpec.of("n", 1).withArchitecture(Architecture.AARCH64).withLabel("pool", "edge");
        Node node = NodeFactory.node(machine, Readiness.READY, Instant.EPOCH);
        assertThat(node.getMetadata().getLabels())
                .containsEntry("kubernetes.io/arch", "arm64")
                .containsEntry("pool", "edge");
        assertThat(node.getStatus().getNodeInfo().getArchitecture()).isEqualTo("arm64");
        assertThat(node.getStatus().getNodeInfo().getOsImage()).isEqualTo("Fedora CoreOS 44.20260707.3.1");
        assertThat(node.getStatus().getNodeInfo().getMachineID()).isEqualTo(machine.machineId());
    }

    @Test
    void whatTheKubeletReportsFollowsTheRelease() {
        MachineSpec machine = MachineSpec.of("n", 1).withVersion("43.20260413.3.2");
        assertThat(machine.osImage()).isEqualTo("Fedora CoreOS 43.20260413.3.2");
        MachineSpec booted = machine.withBoot("b", OsRelease.of("44.20260419.3.1", "p"));
        assertThat(booted.osImage()).isEqualTo("Fedora CoreOS 44.20260419.3.1");
        assertThat(NodeFactory.node(booted, Readiness.READY, Instant.EPOCH)
                        .getStatus()
                        .getNodeInfo()
                        .getOsImage())
                .isEqualTo(booted.osImage());
        assertThat(booted.withPayload("q").osImage()).isEqualTo(booted.osImage());
    }

    @Test
    void fiftyImagesMakeARealisticNode() {
        String json = Serialization.asJson(
                NodeFactory.node(MachineSpec.of("n", 1).withImages(50), Readiness.READY, Instant.EPOCH));
        assertThat(json.length()).isBetween(13_000, 19_000);
    }
}
