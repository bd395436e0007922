package dev.lockkeeper.crds.v1alpha1;

import java.util.List;

/** What applies where an UpdateGraph says nothing; the schema has the same defaults. */
public final class UpdateGraphDefaults {

    public static final String RELEASES_URL =
            "https://builds.coreos.fedoraproject.org/prod/streams/${stream}/releases.json";
    public static final String UPDATES_URL = "https://builds.coreos.fedoraproject.org/updates/${stream}.json";
    public static final String REFRESH_INTERVAL = "5m";
    public static final int FAILURE_THRESHOLD = 1;
    /** Not more than the verdicts that are kept of a release. */
    static final int MOST_FAILURES = FleetRelease.MOST_EVIDENCE;

    public static final List<String> STREAMS = List.of("stable", "testing", "next");
    public static final List<Architecture> ARCHITECTURES = List.of(Architecture.values());

    /** CEL: whether it is an address with a place for the stream's name. */
    static final String TEMPLATE_RULE = "self.matches('^https?://[^ ]+$') && self.contains('${stream}')";

    private UpdateGraphDefaults() {}
}
