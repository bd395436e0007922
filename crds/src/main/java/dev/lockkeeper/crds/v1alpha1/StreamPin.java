package dev.lockkeeper.crds.v1alpha1;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** Says what a set of machines should run, and how fast they get there. Cluster-scoped. */
@Group(RebootGroup.GROUP)
@Version(RebootGroup.VERSION)
@Kind("StreamPin")
@Plural("streampins")
@Singular("streampin")
@ShortNames("pin")
public class StreamPin extends CustomResource<StreamPinSpec, StreamPinStatus> {

    /** The name of the CustomResourceDefinition. */
    public static final String CRD_NAME = "streampins." + RebootGroup.GROUP;

    @Override
    protected StreamPinSpec initSpec() {
        return new StreamPinSpec();
    }
}
