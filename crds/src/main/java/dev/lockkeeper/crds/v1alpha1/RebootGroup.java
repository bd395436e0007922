package dev.lockkeeper.crds.v1alpha1;

import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** Says who may reboot and how many at a time, and stores who does: the holders in its status are the lock. Cluster-scoped. */
@Group(RebootGroup.GROUP)
@Version(RebootGroup.VERSION)
@Kind("RebootGroup")
@Plural("rebootgroups")
@Singular("rebootgroup")
@ShortNames("rbg")
@ValidationRule(
        value = "has(self.spec.group) || size(self.metadata.name) <= 63",
        message = "metadata.name is longer than the 63 characters that agents can send as their group: set spec.group")
public class RebootGroup extends CustomResource<RebootGroupSpec, RebootGroupStatus> {

    public static final String GROUP = "lockkeeper.dev";
    public static final String VERSION = "v1alpha1";

    /** The name of the CustomResourceDefinition. */
    public static final String CRD_NAME = "rebootgroups." + GROUP;

    /** Keeps a RebootGroup while it has holders. */
    public static final String FINALIZER = GROUP + "/holders";

    /** On a RebootGroup or a Node: stops new grants there; the value is the reason. */
    public static final String PAUSED_ANNOTATION = GROUP + "/paused";

    /** On a RebootGroup: frees the slot of the node or agent id that the value names. */
    public static final String FREE_SLOT_ANNOTATION = GROUP + "/free-slot";

    /** On a RebootGroup: a Lease of poseidon/fleetlock, {@code <namespace>/fleetlock-<group>}, whose holder shall hold a slot here. */
    public static final String IMPORT_LEASE_ANNOTATION = GROUP + "/import-lease";

    /** On a RebootGroup: the Lease that was dealt with so last, {@code @} its resourceVersion then; that state is not taken over again. */
    public static final String IMPORTED_LEASE_ANNOTATION = GROUP + "/imported-lease";

    /** On a Node: Lockkeeper cordoned it; the value is the token of the holding. */
    public static final String CORDONED_ANNOTATION = GROUP + "/cordoned";

    @Override
    protected RebootGroupSpec initSpec() {
        return new RebootGroupSpec();
    }
}
