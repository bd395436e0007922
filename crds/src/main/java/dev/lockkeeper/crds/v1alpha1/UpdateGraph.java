package dev.lockkeeper.crds.v1alpha1;

import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;

/** Says which releases exist, and where that is published. Cluster-scoped. */
@Group(RebootGroup.GROUP)
@Version(RebootGroup.VERSION)
@Kind("UpdateGraph")
@Plural("updategraphs")
@Singular("updategraph")
@ShortNames("ug")
@ValidationRule(
        value = "size(self.metadata.name) <= 63",
        message = "metadata.name must be at most 63 characters, because it labels what is stored of the graph")
public class UpdateGraph extends CustomResource<UpdateGraphSpec, UpdateGraphStatus> {

    /** The name of the CustomResourceDefinition. */
    public static final String CRD_NAME = "updategraphs." + RebootGroup.GROUP;

    /** On an UpdateGraph: takes over what its status shows as doubtful; the value is the hash that stands there. */
    public static final String ACCEPT_SOURCE_ANNOTATION = RebootGroup.GROUP + "/accept-source";

    @Override
    protected UpdateGraphSpec initSpec() {
        return new UpdateGraphSpec();
    }
}
