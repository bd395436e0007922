package dev.lockkeeper.testbed.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lockkeeper.cincinnati.metadata.MetadataException;
import dev.lockkeeper.cincinnati.metadata.Release;
import dev.lockkeeper.cincinnati.metadata.ReleaseIndex;
import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.metadata.UpdateMetadata;
import dev.lockkeeper.testbed.fleet.Architecture;
import dev.lockkeeper.testbed.fleet.PublishedReleases;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The demo's files as Lockkeeper reads them. */
class DemoReleasesTest {
    private static final Instant END_OF_JULY = Instant.parse("2026-07-31T00:00:00Z");

    private final DemoReleases releases = new DemoReleases();

    private byte[] file(String name) {
        return releases.files().get(name).getBytes(StandardCharsets.UTF_8);
    }

    private ReleaseIndex index() throws MetadataException {
        return ReleaseIndex.parse("releases-stable.json", file("releases-stable.json"));
    }

    private UpdateMetadata updates() throws MetadataException {
        return UpdateMetadata.parse("updates-stable.json", "stable", file("updates-stable.json"));
    }

    @Test
    void everyReleaseHasAPayloadOfItsOwnForEachArchitectureAndScheme() throws Exception {
        Set<String> payloads = new HashSet<>();
        for (Release release : index().releases()) {
            for (Architecture architecture : Architecture.values()) {
                for (Scheme scheme : Scheme.values()) {
                    String payload = releases.payload(release.version(), architecture, scheme.text());
                    assertThat(release.payload(architecture.coreosName(), scheme))
                            .hasValue(payload)
                            .hasValue(
                                    scheme == Scheme.OCI
                                            ? PublishedReleases.payload(release.version(), architecture)
                                            : PublishedReleases.commit(release.version(), architecture));
                    assertThat(payload)
                            .matches(
                                    scheme == Scheme.OCI
                                            ? "quay.io/fedora/fedora-coreos@sha256:[0-9a-f]{64}"
                                            : "[0-9a-f]{64}");
                    payloads.add(payload);
                }
            }
        }
        assertThat(payloads).hasSize(12 * 4 * 2);
        assertThat(index().releases()).extracting(Release::version).containsExactlyElementsOf(releases.versions());
        assertThatThrownBy(() -> releases.payload("45.0", Architecture.S390X, "oci"))
                .hasMessageContaining("no release 45.0");
    }

    @Test
    void theUpdatesTellOfTwoBarriersADeadEndAndCompleteRollouts() throws Exception {
        UpdateMetadata updates = updates();
        assertThat(releases.barriers()).containsExactly("43.20260217.3.1", "43.20260413.3.2");
        assertThat(releases.deadends()).containsExactly("43.20260119.3.1");
        assertThat(releases.barriers())
                .allSatisfy(version -> assertThat(updates.of(version).barrier()).isNotNull());
        assertThat(updates.of("43.20260119.3.1").deadend()).isNotNull();
        assertThat(updates.of("44.20260707.3.1").rollout().isComplete(END_OF_JULY))
                .isTrue();
        assertThat(updates.of("44.20260621.3.1").rollout().isComplete(END_OF_JULY))
                .isTrue();
        assertThat(releases.versions()).containsAll(updates.releases().keySet());
    }

    @Test
    void knowsWhatAStepJumps() {
        assertThat(releases.jumped("43.20260105.3.0", "44.20260707.3.1"))
                .containsExactlyElementsOf(releases.barriers());
        assertThat(releases.jumped("43.20260217.3.1", "43.20260413.3.2")).isEmpty();
    }

    @Test
    void oneMoreReleaseCanBeRead() throws Exception {
        releases.add("44.20260721.3.1");
        Release newest = index().releases().getLast();
        assertThat(newest.version()).isEqualTo("44.20260721.3.1");
        assertThat(newest.architectures(Scheme.OCI)).hasSize(4);
        assertThat(newest.architectures(Scheme.CHECKSUM)).hasSize(4);
        assertThat(updates().of("44.20260721.3.1").rollout().isComplete(END_OF_JULY))
                .isTrue();
    }
}
