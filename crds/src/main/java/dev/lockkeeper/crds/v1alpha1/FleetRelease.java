package dev.lockkeeper.crds.v1alpha1;

import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Singular;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What this fleet knows of one release; people withhold it here. Cluster-scoped. */
@Group(RebootGroup.GROUP)
@Version(RebootGroup.VERSION)
@Kind("FleetRelease")
@Plural("fleetreleases")
@Singular("fleetrelease")
@ShortNames("frel")
@ValidationRule(
        value = "self.metadata.name.matches('" + FleetRelease.NAME_RULE + "')",
        message = "metadata.name must be <stream>-<version>, such as stable-44.20260707.3.1")
public class FleetRelease extends CustomResource<FleetReleaseSpec, FleetReleaseStatus> {

    /** The name of the CustomResourceDefinition. */
    public static final String CRD_NAME = "fleetreleases." + RebootGroup.GROUP;

    /** Verdicts that are kept of one release and architecture. */
    public static final int MOST_EVIDENCE = 20;

    static final String NAME_RULE = "^[a-z0-9][a-z0-9.-]*-[0-9]{1,3}[.][0-9]{8}[.][0-9]+([.][0-9]+)?$";
    private static final Pattern VALID = Pattern.compile(NAME_RULE);
    private static final Pattern NAME = Pattern.compile("(.+)-([0-9]{1,3}\\.[0-9.]+)");

    /** The name of the record of a release. */
    public static String nameOf(String stream, String version) {
        return stream + "-" + version;
    }

    /** Whether there can be a record of that name. */
    public static boolean isName(String name) {
        return name.length() <= 253 && VALID.matcher(name).matches();
    }

    /** The stream in a record's name; null where it has none. */
    public static String streamOf(String name) {
        return part(name, 1);
    }

    /** The version in a record's name; null where it has none. */
    public static String versionOf(String name) {
        return part(name, 2);
    }

    private static String part(String name, int group) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() ? matcher.group(group) : null;
    }

    @Override
    protected FleetReleaseSpec initSpec() {
        return new FleetReleaseSpec();
    }
}
