package dev.lockkeeper.operator.graph;

import dev.lockkeeper.cincinnati.metadata.Scheme;
import dev.lockkeeper.cincinnati.policy.Offer;
import dev.lockkeeper.crds.v1alpha1.MachineState;
import dev.lockkeeper.operator.health.Settlement;
import dev.lockkeeper.operator.health.Update;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One FleetMachine as the operator understands it. Everything that is not known is null.
 *
 * @param resourceVersion of the object that this was read from; null: there is none yet
 * @param pausedReason why a person lets it take no slot; null: none does
 * @param evidence what the machine's agent showed, written by the replica that it spoke to
 * @param picture what follows from it, written by the leader
 * @param updates what became of its latest updates, the latest last; written by the leader
 */
public record MachineView(
        String name,
        String uid,
        String resourceVersion,
        String pausedReason,
        Labels labels,
        Evidence evidence,
        Picture picture,
        List<Update> updates) {

    /**
     * @param node the machine's Node; null for a machine that is none
     * @param agentGroup as the agent sends it
     * @param wariness {@code rollout_wariness} as the agent sends it
     * @param offers what it was told of and may have staged, the oldest first; some may be of its last run, see {@link #isOfThisRun}
     * @param steadyAt when its agent last said that it has started
     * @param history the releases that it was seen to run, the latest last
     */
    public record Evidence(
            String displayName,
            String agentId,
            String node,
            String nodeUid,
            String agentGroup,
            String stream,
            String version,
            String payload,
            String architecture,
            String platform,
            Scheme scheme,
            String wariness,
            List<Offer> offers,
            Instant lastSeen,
            Instant steadyAt,
            List<Run> history) {

        public static final Evidence NONE = new Evidence(
                null, null, null, null, null, null, null, null, null, null, null, null, List.of(), null, null,
                List.of());

        public Evidence {
            offers = List.copyOf(offers);
            history = List.copyOf(history);
        }

        public Optional<Offer> offer(String release) {
            return offers.stream()
                    .filter(offer -> offer.version().equals(release))
                    .findFirst();
        }

        /** What it was told of last and does not run, of this run of its agent if there is such; empty if there is none. */
        public Optional<Offer> lastOffer() {
            List<Offer> open = offers.stream()
                    .filter(offer -> !offer.version().equals(version))
                    .toList();
            return open.reversed().stream()
                    .filter(this::isOfThisRun)
                    .findFirst()
                    .or(() -> open.isEmpty() ? Optional.empty() : Optional.of(open.getLast()));
        }

        /** Whether the machine was told of it since its agent started; before that, it was thrown away or will be told again. */
        public boolean isOfThisRun(Offer offer) {
            return steadyAt == null || !offer.at().isBefore(steadyAt);
        }

        public Evidence withOffers(List<Offer> now) {
            return new Evidence(
                    displayName,
                    agentId,
                    node,
                    nodeUid,
                    agentGroup,
                    stream,
                    version,
                    payload,
                    architecture,
                    platform,
                    scheme,
                    wariness,
                    now,
                    lastSeen,
                    steadyAt,
                    history);
        }

        public Evidence seen(Instant now) {
            return new Evidence(
                    displayName,
                    agentId,
                    node,
                    nodeUid,
                    agentGroup,
                    stream,
                    version,
                    payload,
                    architecture,
                    platform,
                    scheme,
                    wariness,
                    offers,
                    now,
                    steadyAt,
                    history);
        }

        public Evidence steady(Instant now, List<Offer> left) {
            return new Evidence(
                    displayName,
                    agentId,
                    node,
                    nodeUid,
                    agentGroup,
                    stream,
                    version,
                    payload,
                    architecture,
                    platform,
                    scheme,
                    wariness,
                    left,
                    now,
                    now,
                    history);
        }
    }

    /** A release that it ran, and since when. */
    public record Run(String version, Instant at) {}

    /**
     * @param group its RebootGroup
     * @param since of the state
     * @param offered the release that it was offered and does not run; null: none
     * @param message why it is offered what it is, in a sentence
     */
    public record Picture(String group, String pin, MachineState state, Instant since, String offered, String message) {

        public static final Picture NONE = new Picture(null, null, null, null, null, null);
    }

    /** By which people select machines; null: the label is absent. */
    public record Labels(String group, String stream, String architecture, MachineState state) {

        public static final Labels NONE = new Labels(null, null, null, null);
    }

    /** Updates that are kept of one machine. */
    public static final int MOST_UPDATES = 10;

    public MachineView {
        updates = List.copyOf(updates);
    }

    /** The last update, as what its agent said since settles it; empty if nothing is open, or it has not said enough. */
    public Optional<Update> settled(Instant now) {
        if (updates.isEmpty() || updates.getLast().release() == null) {
            return Optional.empty();
        }
        Update last = updates.getLast();
        Offer offer =
                evidence.offer(last.release()).filter(evidence::isOfThisRun).orElse(null);
        return Settlement.of(last, new Settlement.Word(evidence.version(), offer), now);
    }

    /** What became of the update with that token; empty if it is not kept. */
    public Optional<Update> update(String token) {
        return updates.stream().filter(u -> u.token().equals(token)).findFirst();
    }

    /**
     * Whether the machine is recorded to have rebooted into the release of an offer before its agent started: then the offer is taken,
     * though its kubelet, which does not come up, shows nothing of that.
     */
    boolean took(Offer offer) {
        return !evidence.isOfThisRun(offer)
                && updates.stream()
                        .anyMatch(u -> offer.version().equals(u.release())
                                && offer.version().equals(u.version()));
    }

    /** With what became of one update: the latest word on it stands where the first one stood. */
    public static List<Update> with(List<Update> updates, Update update) {
        List<Update> next = new ArrayList<>(updates);
        int known = next.stream().map(Update::token).toList().indexOf(update.token());
        if (known >= 0) {
            next.set(known, update);
        } else {
            next.add(update);
        }
        return next.subList(Math.max(0, next.size() - MOST_UPDATES), next.size());
    }

    /** What is not there yet. */
    public static MachineView absent(String name) {
        return new MachineView(name, null, null, null, Labels.NONE, Evidence.NONE, Picture.NONE, List.of());
    }

    public boolean exists() {
        return resourceVersion != null;
    }
}
