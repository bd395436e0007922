package dev.lockkeeper.cincinnati.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is known of one stream: which releases there are, and what is said of them. */
public record StreamMetadata(ReleaseIndex index, UpdateMetadata updates) {

    /** Below this share of the releases known before, new metadata are doubtful, in percent. */
    private static final int LEAST_PERCENT = 50;

    public String stream() {
        return index.stream();
    }

    /**
     * What speaks against taking these metadata over in place of older ones: releases only ever become more, and a barrier stays one
     * for ever. Sentences for people; none if they are as they should be.
     */
    public List<String> doubts(StreamMetadata before) {
        List<String> doubts = new ArrayList<>();
        int was = before.index.releases().size();
        int is = index.releases().size();
        if (is * 100L < was * (long) LEAST_PERCENT) {
            doubts.add("Only " + is + " of " + was + " releases are left.");
        }
        for (Release release : before.index.releases()) {
            String version = release.version();
            if (before.updates.of(version).barrier() == null) {
                continue;
            }
            Optional<Release> now = release(version);
            if (now.isEmpty()) {
                doubts.add("The barrier " + version + " is gone from the index.");
            } else if (updates.of(version).barrier() == null) {
                doubts.add("Release " + version + " is no barrier any more.");
            } else {
                lost(release, now.get(), doubts);
            }
        }
        return doubts;
    }

    /** A barrier that an architecture has lost would be passed there. */
    private static void lost(Release before, Release now, List<String> doubts) {
        for (Scheme scheme : Scheme.values()) {
            before.architectures(scheme).stream()
                    .filter(architecture -> now.payload(architecture, scheme).isEmpty())
                    .sorted()
                    .forEach(architecture -> doubts.add("The barrier " + now.version() + " has lost its "
                            + scheme.text() + " payload for " + architecture + "."));
        }
    }

    private Optional<Release> release(String version) {
        return index.releases().stream()
                .filter(r -> r.version().equals(version))
                .findFirst();
    }
}
