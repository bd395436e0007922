package dev.lockkeeper.operator.lock;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.fleetlock.semaphore.Boot;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Lockkeeper needs to know of one Node, and nothing else, so that thousands fit into memory.
 *
 * @param ready whether the Ready condition is True
 * @param readySince lastTransitionTime of Ready, null if there is none
 * @param heartbeat lastHeartbeatTime of Ready, null if there is none
 * @param cordonToken the annotation {@value #CORDONED}: the holding whose cordon this is, null if a person's or none
 * @param pausedReason the annotation {@value #PAUSED}, null if absent
 */
public record NodeView(
        String name,
        String uid,
        String resourceVersion,
        Map<String, String> labels,
        String machineId,
        String systemUuid,
        String bootId,
        String osImage,
        boolean ready,
        Instant readySince,
        Instant heartbeat,
        boolean unschedulable,
        String cordonToken,
        String pausedReason) {

    public static final String CORDONED = RebootGroup.CORDONED_ANNOTATION;
    public static final String PAUSED = RebootGroup.PAUSED_ANNOTATION;

    /** As the kubelet reports it on Fedora CoreOS: {@code Fedora CoreOS 44.20260707.3.1 (Variant)}. */
    private static final Pattern FEDORA_COREOS =
            Pattern.compile("^Fedora CoreOS (\\d{2}\\.\\d{8}\\.(?:\\d+|dev)\\.\\d+)(?:\\s+\\(.+\\))?$");

    public NodeRef ref() {
        return new NodeRef(name, uid);
    }

    /** The Fedora CoreOS version, null where osImage shows none. */
    public String version() {
        Matcher matcher = FEDORA_COREOS.matcher(osImage == null ? "" : osImage);
        return matcher.matches() ? matcher.group(1) : null;
    }

    public Boot boot() {
        return new Boot(bootId, version());
    }
}
