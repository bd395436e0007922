package dev.lockkeeper.crds.v1alpha1;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** One machine, as its agent and its node show it. Written by Lockkeeper only. Cluster-scoped. */
@Group(RebootGroup.GROUP)
@Version(RebootGroup.VERSION)
@Kind("FleetMachine")
@Plural("fleetmachines")
@Singular("fleetmachine")
@ShortNames("fm")
public class FleetMachine extends CustomResource<Void, FleetMachineStatus> {

    /** The name of the CustomResourceDefinition. */
    public static final String CRD_NAME = "fleetmachines." + RebootGroup.GROUP;

    /** Labels of each record, so that people can select by them. */
    public static final String GROUP_LABEL = RebootGroup.GROUP + "/group";

    public static final String STREAM_LABEL = RebootGroup.GROUP + "/stream";
    public static final String ARCHITECTURE_LABEL = RebootGroup.GROUP + "/architecture";
    public static final String STATE_LABEL = RebootGroup.GROUP + "/state";
}
