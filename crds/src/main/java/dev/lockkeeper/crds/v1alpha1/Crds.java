package dev.lockkeeper.crds.v1alpha1;

import java.util.Map;

/** The CustomResourceDefinitions that an operator needs. */
public final class Crds {

    /** On each: which revision of its schema it has, a whole number. */
    public static final String REVISION_ANNOTATION = RebootGroup.GROUP + "/crd-revision";

    /** By name, the revision of the schema that this model needs; counted up with each change of the schema. */
    public static final Map<String, Integer> REVISIONS = Map.of(
            RebootGroup.CRD_NAME, 3,
            PoolWindow.CRD_NAME, 1,
            UpdateGraph.CRD_NAME, 2,
            StreamPin.CRD_NAME, 2,
            FleetRelease.CRD_NAME, 2,
            FleetMachine.CRD_NAME, 2);

    private Crds() {}
}
