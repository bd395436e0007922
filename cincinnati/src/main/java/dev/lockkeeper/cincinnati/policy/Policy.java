package dev.lockkeeper.cincinnati.policy;

import dev.lockkeeper.cincinnati.graph.GraphNode;
import dev.lockkeeper.cincinnati.metadata.Rollout;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The reasons why a machine may not go to a release, in the order in which they are told. Each is a function of the question alone. */
public enum Policy {
    /** An exact target is the ceiling. */
    PIN {
        @Override
        public Optional<String> objection(GraphNode release, Question q) {
            if (q.pin().version() == null || q.pin().names(release.version())) {
                return Optional.empty();
            }
            Optional<GraphNode> target = q.graph().release(q.pin().version());
            if (target.isEmpty()) {
                return Optional.of("the pin's release " + q.pin().version() + " does not exist in "
                        + q.graph().scope());
            }
            return release.ageIndex() > target.get().ageIndex()
                    ? Optional.of("it is past the pin's release " + q.pin().version())
                    : Optional.empty();
        }
    },
    /** Below an exact target only the barriers on the way there are gone to. */
    TARGET {
        @Override
        public Optional<String> objection(GraphNode release, Question q) {
            String target = q.pin().version();
            return target == null || q.pin().names(release.version()) || release.isBarrier()
                    ? Optional.empty()
                    : Optional.of("the pin asks for " + target + ", and it is no barrier on the way there");
        }
    },
    FEDORA_MAJOR {
        @Override
        public Optional<String> objection(GraphNode release, Question q) {
            Integer most = q.pin().maxFedoraMajor();
            if (most == null) {
                return Optional.empty();
            }
            String major = release.version().split("\\.", 2)[0];
            boolean fits = major.matches("[0-9]{1,6}") && Integer.parseInt(major) <= most;
            return fits ? Optional.empty() : Optional.of("it is of Fedora " + major + ", and the pin allows " + most);
        }
    },
    BLOCKED {
        @Override
        public Optional<String> objection(GraphNode release, Question q) {
            return Optional.ofNullable(q.facts().blocked().get(release.version()))
                    .map(reason -> "it is withheld from " + q.graph().scope().architecture() + ": " + reason);
        }
    },
    /** Fedora offers what has a rollout or is a barrier; what has lost both before it was out was taken back. */
    WITHDRAWN {
        @Override
        public Optional<String> objection(GraphNode release, Question q) {
            boolean offered = release.isRollout()
                    || release.isBarrier()
                    || q.facts().completed().contains(release.version())
                    || q.pin().names(release.version());
            return offered ? Optional.empty() : Optional.of("Fedora offers it to nobody");
        }
    },
    MINIMUM_AGE {
        @Override
        public Optional<String> objection(GraphNode release, Question q) {
            Duration least = q.pin().minimumAge();
            if (hasNoPace(q) || least.isZero()) {
                return Optional.empty();
            }
            Optional<Instant> since = since(release, q);
            if (since.isEmpty()) {
                return Optional.of("it was not seen before, and the pin lets it age " + text(least));
            }
            Instant old = since.get().plus(least);
            return old.isAfter(q.now())
                    ? Optional.of("it is younger than " + text(least) + " until " + old)
                    : Optional.empty();
        }

        private Optional<Instant> since(GraphNode release, Question q) {
            Rollout rollout = release.entry().rollout();
            return rollout != null && rollout.startEpoch() != null
                    ? Optional.of(Instant.ofEpochSecond(rollout.startEpoch()))
                    : Optional.ofNullable(q.facts().firstSeen().get(release.version()));
        }
    },
    ROLLOUT {
        @Override
        public Optional<String> objection(GraphNode release, Question q) {
            Rollout rollout = release.entry().rollout();
            if (rollout == null || hasNoPace(q)) {
                return Optional.empty();
            }
            if (!rollout.hasBegun(q.now())) {
                return Optional.of("its rollout begins at " + Instant.ofEpochSecond(rollout.startEpoch()));
            }
            if (!q.pin().followRollout() || q.wariness() <= rollout.openTo(q.now())) {
                return Optional.empty();
            }
            return Optional.of(rollout.reaches(q.wariness())
                    .map(at -> "its rollout reaches this machine at " + at)
                    .orElse("its rollout stands still before it reaches this machine"));
        }
    },
    /** The host trusts images by their repository's name: it never changes by an update. */
    REPOSITORY {
        @Override
        public Optional<String> objection(GraphNode release, Question q) {
            String own = repository(q.booted().payload());
            String other = repository(release.payload());
            return own.equals(other)
                    ? Optional.empty()
                    : Optional.of("its image is in " + other + ", and the machine's in " + own);
        }

        private String repository(String payload) {
            int at = payload.indexOf('@');
            return at < 0 ? "" : payload.substring(0, at);
        }
    };

    /**
     * Whether an objection takes an offer back that was made before: what a person, Fedora or a sick machine forbids. Age and turn only
     * delay, an offer that stands was not too early, and a target further on is reached from there too.
     */
    public boolean withdraws() {
        return switch (this) {
            case PIN, FEDORA_MAJOR, BLOCKED, WITHDRAWN -> true;
            case TARGET, MINIMUM_AGE, ROLLOUT, REPOSITORY -> false;
        };
    }

    /** Why the machine may not go there; empty if this policy lets it. */
    public abstract Optional<String> objection(GraphNode release, Question q);

    /** An exact pin is a person's word: neither age nor turn holds it up. */
    private static boolean hasNoPace(Question q) {
        return q.pin().version() != null;
    }

    private static String text(Duration duration) {
        long hours = duration.toHours();
        return hours > 0 && duration.equals(Duration.ofHours(hours)) ? hours + "h" : duration.toSeconds() + "s";
    }
}
