package dev.lockkeeper.crds.v1alpha1;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** Says when a MachineConfigPool of OKD may update its machines: it is paused in between. Cluster-scoped. */
@Group(RebootGroup.GROUP)
@Version(RebootGroup.VERSION)
@Kind("PoolWindow")
@Plural("poolwindows")
@Singular("poolwindow")
@ShortNames("pw")
public class PoolWindow extends CustomResource<PoolWindowSpec, PoolWindowStatus> {

    /** The name of the CustomResourceDefinition. */
    public static final String CRD_NAME = "poolwindows." + RebootGroup.GROUP;

    /** Keeps a PoolWindow until the pool that was paused for it is open again. */
    public static final String FINALIZER = RebootGroup.GROUP + "/pool";

    /** On a MachineConfigPool: Lockkeeper paused it; the value is the PoolWindow's name. */
    public static final String PAUSED_BY_ANNOTATION = RebootGroup.GROUP + "/paused-by";

    /** Beside it: when it was paused (RFC 3339). */
    public static final String PAUSED_AT_ANNOTATION = RebootGroup.GROUP + "/paused-at";

    /** On a MachineConfigPool: it was paused for as long as it may be, and opened outside of a window at that time (RFC 3339). */
    public static final String OPENED_AT_ANNOTATION = RebootGroup.GROUP + "/opened-at";

    /** On a MachineConfigPool that has a PoolWindow, {@code true}: a person paused it, or opened it outside of a window. */
    public static final String BY_PERSON_ANNOTATION = RebootGroup.GROUP + "/by-person";

    @Override
    protected PoolWindowSpec initSpec() {
        return new PoolWindowSpec();
    }
}
