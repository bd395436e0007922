package dev.lockkeeper.testbed.fleet;

import io.fabric8.kubernetes.api.model.Taint;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a machine is when the test begins: its hardware, its ids and the release that it runs.
 *
 * @param name the machine's name, and its node's
 * @param machineId 32 hex digits
 * @param systemUuid a UUID with dashes; differs from the machine-id, as on bare metal
 * @param bootId of the first boot, a UUID with dashes
 * @param version the release it runs, such as 44.20260707.3.1
 * @param images how many container images the node lists; 50 make its object about 16 KB
 * @param payload of its release, as its agent sends it to a graph's server; empty: it asks for no graph
 */
public record MachineSpec(
        String name,
        Architecture architecture,
        Optional<String> zone,
        Map<String, String> labels,
        List<Taint> taints,
        String machineId,
        String systemUuid,
        String bootId,
        String version,
        int images,
        Optional<String> payload) {
    /** The release that machines run where the test asks for no other. */
    public static final String DEFAULT_VERSION = "44.20260707.3.1";

    public MachineSpec {
        labels = Map.copyOf(labels);
        taints = List.copyOf(taints);
    }

    /** A plain x86_64 machine; the same seed and name give the same ids. */
    public static MachineSpec of(String name, long seed) {
        return new MachineSpec(
                name,
                Architecture.X86_64,
                Optional.empty(),
                Map.of(),
                List.of(),
                hex(seed, name, "machine-id"),
                uuid(hex(seed, name, "system-uuid")),
                uuid(hex(seed, name, "boot-id")),
                DEFAULT_VERSION,
                0,
                Optional.empty());
    }

    /** The id that this machine's agent sends. */
    public String agentId() {
        return AgentId.of(machineId);
    }

    OsRelease release() {
        return new OsRelease(version, payload);
    }

    /** Another release for this machine, with the payload that {@link PublishedReleases} give it if a payload matters here. */
    OsRelease published(String other) {
        return new OsRelease(
                other,
                payload.map(own -> OsRelease.isImage(own)
                        ? PublishedReleases.payload(other, architecture)
                        : PublishedReleases.commit(other, architecture)));
    }

    /** The operating system as the kubelet reports it. */
    public String osImage() {
        return osImage(version);
    }

    static String osImage(String version) {
        return "Fedora CoreOS " + version;
    }

    public MachineSpec withArchitecture(Architecture other) {
        return new MachineSpec(
                name, other, zone, labels, taints, machineId, systemUuid, bootId, version, images, payload);
    }

    public MachineSpec withZone(String other) {
        return new MachineSpec(
                name,
                architecture,
                Optional.of(other),
                labels,
                taints,
                machineId,
                systemUuid,
                bootId,
                version,
                images,
                payload);
    }

    public MachineSpec withLabel(String key, String value) {
        Map<String, String> more = new HashMap<>(labels);
        more.put(key, value);
        return new MachineSpec(
                name, architecture, zone, more, taints, machineId, systemUuid, bootId, version, images, payload);
    }

    public MachineSpec withTaint(Taint taint) {
        List<Taint> more = new ArrayList<>(taints);
        more.add(taint);
        return new MachineSpec(
                name, architecture, zone, labels, more, machineId, systemUuid, bootId, version, images, payload);
    }

    public MachineSpec withMachineId(String other) {
        return new MachineSpec(
                name, architecture, zone, labels, taints, other, systemUuid, bootId, version, images, payload);
    }

    public MachineSpec withSystemUuid(String other) {
        return new MachineSpec(
                name, architecture, zone, labels, taints, machineId, other, bootId, version, images, payload);
    }

    /** The same machine after a boot into a release. */
    MachineSpec withBoot(String newBootId, OsRelease release) {
        return new MachineSpec(
                name,
                architecture,
                zone,
                labels,
                taints,
                machineId,
                systemUuid,
                newBootId,
                release.version(),
                images,
                release.payload());
    }

    public MachineSpec withVersion(String other) {
        return withBoot(bootId, new OsRelease(other, payload));
    }

    /** The same machine running a release that it asks a graph's server about; its version stays. */
    public MachineSpec withPayload(String other) {
        return withBoot(bootId, OsRelease.of(version, other));
    }

    public MachineSpec withImages(int other) {
        return new MachineSpec(
                name, architecture, zone, labels, taints, machineId, systemUuid, bootId, version, other, payload);
    }

    static String hex(long seed, String name, String what) {
        try {
            byte[] text = (seed + "/" + name + "/" + what).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java has no SHA-256: use a complete JDK.", e);
        }
    }

    static String uuid(String hex) {
        return hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
    }
}
