package dev.lockkeeper.operator.kube;

import dev.lockkeeper.crds.v1alpha1.BackedOffMachine;
import dev.lockkeeper.crds.v1alpha1.BlockedPod;
import dev.lockkeeper.crds.v1alpha1.DrainProgress;
import dev.lockkeeper.crds.v1alpha1.DrainSpec;
import dev.lockkeeper.crds.v1alpha1.Durations;
import dev.lockkeeper.crds.v1alpha1.Machines;
import dev.lockkeeper.crds.v1alpha1.NodeReference;
import dev.lockkeeper.crds.v1alpha1.OnFailure;
import dev.lockkeeper.crds.v1alpha1.ParkedMachine;
import dev.lockkeeper.crds.v1alpha1.PrometheusCheck;
import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.crds.v1alpha1.RebootGroupDefaults;
import dev.lockkeeper.crds.v1alpha1.RebootGroupSpec;
import dev.lockkeeper.crds.v1alpha1.RebootGroupStatus;
import dev.lockkeeper.crds.v1alpha1.SlotCount;
import dev.lockkeeper.crds.v1alpha1.VerifyCheck;
import dev.lockkeeper.crds.v1alpha1.VerifySpec;
import dev.lockkeeper.fleetlock.semaphore.Backoff;
import dev.lockkeeper.fleetlock.semaphore.BackoffRule;
import dev.lockkeeper.fleetlock.semaphore.Blocker;
import dev.lockkeeper.fleetlock.semaphore.DrainFigures;
import dev.lockkeeper.fleetlock.semaphore.Holder;
import dev.lockkeeper.fleetlock.semaphore.NodeRef;
import dev.lockkeeper.fleetlock.semaphore.Parked;
import dev.lockkeeper.fleetlock.semaphore.Phase;
import dev.lockkeeper.fleetlock.semaphore.Sentences;
import dev.lockkeeper.fleetlock.semaphore.SlotPolicy;
import dev.lockkeeper.fleetlock.semaphore.SlotState;
import dev.lockkeeper.fleetlock.semaphore.Slots;
import dev.lockkeeper.operator.health.Check;
import dev.lockkeeper.operator.lock.DrainPolicy;
import dev.lockkeeper.operator.lock.GroupView;
import dev.lockkeeper.operator.lock.LabelMatch;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Translates between a RebootGroup as it is stored and the records that decisions are made on. */
public final class GroupMapping {

    private final String ownNamespace;
    private final Duration refreshAsked;
    private final BackoffRule backoff;

    /** @param refreshAsked an open request's {@code askedAt} is written anew once it is older than this */
    public GroupMapping(String ownNamespace, Duration refreshAsked, BackoffRule backoff) {
        this.ownNamespace = ownNamespace;
        this.refreshAsked = refreshAsked;
        this.backoff = backoff;
    }

    public GroupView view(RebootGroup group) {
        RebootGroupSpec spec = or(group.getSpec(), new RebootGroupSpec());
        Map<String, String> annotations = or(group.getMetadata().getAnnotations(), Map.of());
        return new GroupView(
                group.getMetadata().getName(),
                group.getMetadata().getUid(),
                group.getMetadata().getResourceVersion(),
                or(group.getMetadata().getGeneration(), 0L),
                time(or(group.getMetadata().getCreationTimestamp(), Instant.EPOCH.toString())),
                or(spec.getGroup(), group.getMetadata().getName()),
                spec.getMachines() == Machines.NodesAndOthers,
                LabelMatch.of(spec.getNodeSelector()),
                spec.getClientSecretRef() == null
                        ? null
                        : spec.getClientSecretRef().getName(),
                annotations.get(RebootGroup.FREE_SLOT_ANNOTATION),
                policy(group, spec, annotations),
                drain(or(spec.getDrain(), new DrainSpec())),
                verify(spec, or(spec.getVerify(), new VerifySpec())),
                state(group.getStatus()));
    }

    private SlotPolicy policy(RebootGroup group, RebootGroupSpec spec, Map<String, String> annotations) {
        boolean paused = or(spec.getPaused(), RebootGroupDefaults.PAUSED);
        String annotated = annotations.get(RebootGroup.PAUSED_ANNOTATION);
        String importing = annotations.get(RebootGroup.IMPORT_LEASE_ANNOTATION);
        return new SlotPolicy(
                group.getMetadata().getName(),
                slots(spec.getSlots()),
                or(spec.getCountUnready(), RebootGroupDefaults.COUNT_UNREADY),
                pausedReason(importing, annotated, paused),
                importing,
                annotations.get(RebootGroup.IMPORTED_LEASE_ANNOTATION),
                group.getMetadata().getDeletionTimestamp() != null,
                or(or(spec.getVerify(), new VerifySpec()).getMaxParked(), RebootGroupDefaults.MAX_PARKED),
                refreshAsked,
                backoff);
    }

    /** As long as the machine that holds a former server's lock has no slot here, nobody else may get that one. */
    private static String pausedReason(String importing, String annotated, boolean paused) {
        if (importing != null) {
            return "the holder of Lease " + importing
                    + " is to be taken over first, and this group's Events say how far that is";
        }
        return annotated != null ? pausedReason(annotated) : paused ? "spec.paused is true" : null;
    }

    /** What the annotation of that name says; it pauses without a reason, too. */
    static String pausedReason(String annotated) {
        return annotated == null || !annotated.isBlank() ? annotated : "annotation " + RebootGroup.PAUSED_ANNOTATION;
    }

    private static Slots slots(IntOrString slots) {
        if (slots == null) {
            return new Slots.Count(RebootGroupDefaults.SLOTS);
        }
        return slots.getIntVal() != null ? new Slots.Count(slots.getIntVal()) : Slots.parse(slots.getStrVal());
    }

    private DrainPolicy drain(DrainSpec drain) {
        return new DrainPolicy(
                switch (or(drain.getMode(), RebootGroupDefaults.DRAIN_MODE)) {
                    case Evict -> DrainPolicy.Mode.EVICT;
                    case Delete -> DrainPolicy.Mode.DELETE;
                    case CordonOnly -> DrainPolicy.Mode.CORDON_ONLY;
                    case None -> DrainPolicy.Mode.NONE;
                },
                Durations.parse(or(drain.getTimeout(), RebootGroupDefaults.DRAIN_TIMEOUT)),
                switch (or(drain.getOnTimeout(), RebootGroupDefaults.ON_TIMEOUT)) {
                    case Release -> DrainPolicy.OnTimeout.RELEASE;
                    case Hold -> DrainPolicy.OnTimeout.HOLD;
                    case Force -> DrainPolicy.OnTimeout.FORCE;
                },
                LabelMatch.of(drain.getPodSelector()),
                switch (or(drain.getUnmanaged(), RebootGroupDefaults.UNMANAGED)) {
                    case Leave -> DrainPolicy.Unmanaged.LEAVE;
                    case Evict -> DrainPolicy.Unmanaged.EVICT;
                    case Block -> DrainPolicy.Unmanaged.BLOCK;
                },
                or(drain.getDeleteEmptyDirData(), RebootGroupDefaults.DELETE_EMPTY_DIR_DATA),
                ownNamespace);
    }

    private static GroupView.VerifySettings verify(RebootGroupSpec spec, VerifySpec verify) {
        return new GroupView.VerifySettings(
                Durations.parse(or(verify.getTimeout(), RebootGroupDefaults.VERIFY_TIMEOUT)),
                Durations.parse(or(verify.getMinReady(), RebootGroupDefaults.MIN_READY)),
                Durations.parse(or(spec.getStuckAfter(), RebootGroupDefaults.STUCK_AFTER)),
                or(verify.getOnFailure(), RebootGroupDefaults.ON_FAILURE) == OnFailure.Park,
                list(verify.getChecks()).stream().map(GroupMapping::check).toList());
    }

    /** One that is neither is of a kind that this version does not know: as an expression it does not compile, and lets nobody pass. */
    private static Check check(VerifyCheck check) {
        PrometheusCheck prometheus = check.getPrometheus();
        return prometheus == null
                ? new Check.Cel(check.getName(), or(check.getCel(), ""))
                : new Check.Prometheus(check.getName(), prometheus.getUrl(), prometheus.getQuery());
    }

    static SlotState state(RebootGroupStatus status) {
        if (status == null) {
            return SlotState.EMPTY;
        }
        return new SlotState(
                list(status.getHolders()).stream().map(GroupMapping::holder).toList(),
                list(status.getFailed()).stream()
                        .map(p -> new Parked(
                                p.getToken(),
                                p.getId(),
                                node(p.getNode()),
                                p.getVersion(),
                                p.getVerdict() == null ? null : p.getVerdict().name(),
                                Boolean.TRUE.equals(p.getReleaseWithheld()),
                                time(p.getSince())))
                        .toList(),
                list(status.getBackoff()).stream()
                        .map(b -> new Backoff(b.getId(), b.getTries(), time(b.getUntil())))
                        .toList(),
                status.getMembers(),
                or(status.getUnready(), 0));
    }

    private static Holder holder(dev.lockkeeper.crds.v1alpha1.Holder h) {
        return new Holder(
                h.getToken(),
                h.getId(),
                node(h.getNode()),
                Phase.of(h.getPhase().name()),
                time(h.getSince()),
                time(or(h.getAskedAt(), h.getSince())),
                time(or(h.getGrantedAt(), h.getSince())),
                time(h.getToldAt()),
                h.getBootID(),
                h.getVersion(),
                h.getOffered(),
                time(h.getSteadyAt()),
                time(h.getNewBootAt()),
                time(h.getReadySince()),
                h.getHeartbeat(),
                time(h.getStuck()),
                h.getReason(),
                figures(h.getDrain()),
                h.getImportedFrom());
    }

    private static DrainFigures figures(DrainProgress drain) {
        return drain == null
                ? null
                : new DrainFigures(
                        or(drain.getEvicted(), 0),
                        or(drain.getRemaining(), 0),
                        list(drain.getBlockedBy()).stream()
                                .map(b -> new Blocker(b.getPod(), b.getReason(), b.getPdb()))
                                .toList());
    }

    /** Writes the state into a status, with what follows from it; fields that this version does not know stay. */
    static void write(SlotState state, SlotPolicy policy, RebootGroupStatus status) {
        Map<String, dev.lockkeeper.crds.v1alpha1.Holder> holders =
                byKey(status.getHolders(), dev.lockkeeper.crds.v1alpha1.Holder::getToken);
        Map<String, ParkedMachine> parked = byKey(status.getFailed(), ParkedMachine::getToken);
        Map<String, BackedOffMachine> backoffs = byKey(status.getBackoff(), BackedOffMachine::getId);
        status.setHolders(state.holders().stream()
                .map(h -> write(h, holders.getOrDefault(h.token(), new dev.lockkeeper.crds.v1alpha1.Holder())))
                .toList());
        status.setFailed(state.parked().stream()
                .map(p -> write(p, parked.getOrDefault(p.token(), new ParkedMachine())))
                .toList());
        status.setBackoff(state.backoffs().stream()
                .map(b -> write(b, backoffs.getOrDefault(b.id(), new BackedOffMachine())))
                .toList());
        status.setMembers(state.members());
        status.setUnready(state.members() == null ? null : Integer.valueOf(state.unready()));
        status.setSummary(Sentences.summary(state.holders(), policy.pausedReason() != null));
        status.setWaiting(or(status.getWaiting(), 0));
        if (state.members() != null) {
            int total = policy.slots().total(state.members());
            SlotCount slots = or(status.getSlots(), new SlotCount());
            slots.setTotal(total);
            slots.setHeld(state.holders().size());
            slots.setFree(Math.max(0, total - state.holders().size()));
            status.setSlots(slots);
        }
    }

    private static dev.lockkeeper.crds.v1alpha1.Holder write(Holder from, dev.lockkeeper.crds.v1alpha1.Holder to) {
        to.setToken(from.token());
        to.setId(from.id());
        to.setNode(write(from.node(), to.getNode()));
        to.setPhase(dev.lockkeeper.crds.v1alpha1.Phase.valueOf(from.phase().text()));
        to.setSince(text(from.since()));
        to.setAskedAt(text(from.askedAt()));
        to.setGrantedAt(text(from.grantedAt()));
        to.setToldAt(text(from.toldAt()));
        to.setBootID(from.bootId());
        to.setVersion(from.version());
        to.setOffered(from.offered());
        to.setSteadyAt(text(from.steadyAt()));
        to.setNewBootAt(text(from.newBootAt()));
        to.setReadySince(text(from.readySince()));
        to.setHeartbeat(from.heartbeat());
        to.setStuck(text(from.stuck()));
        to.setReason(cut(from.reason()));
        to.setDrain(write(from.drain(), to.getDrain()));
        to.setImportedFrom(from.importedFrom());
        return to;
    }

    private static DrainProgress write(DrainFigures from, DrainProgress old) {
        if (from == null) {
            return null;
        }
        DrainProgress to = or(old, new DrainProgress());
        to.setEvicted(from.evicted());
        to.setRemaining(from.remaining());
        to.setBlockedBy(from.blockedBy().stream().map(GroupMapping::write).toList());
        return to;
    }

    private static BlockedPod write(Blocker from) {
        BlockedPod to = new BlockedPod();
        to.setPod(from.pod());
        to.setReason(cut(from.reason()));
        to.setPdb(from.pdb());
        return to;
    }

    private static ParkedMachine write(Parked from, ParkedMachine to) {
        to.setToken(from.token());
        to.setId(from.id());
        to.setNode(write(from.node(), to.getNode()));
        to.setVersion(from.version());
        to.setReleaseWithheld(from.releaseWithheld() ? true : null);
        to.setVerdict(from.verdict() == null ? null : dev.lockkeeper.crds.v1alpha1.Verdict.valueOf(from.verdict()));
        to.setSince(text(from.since()));
        return to;
    }

    private static BackedOffMachine write(Backoff from, BackedOffMachine to) {
        to.setId(from.id());
        to.setTries(from.tries());
        to.setUntil(text(from.until()));
        return to;
    }

    private static NodeReference write(NodeRef from, NodeReference old) {
        if (from == null) {
            return null;
        }
        NodeReference to = or(old, new NodeReference());
        to.setName(from.name());
        to.setUid(from.uid());
        return to;
    }

    private static NodeRef node(NodeReference node) {
        return node == null ? null : new NodeRef(node.getName(), node.getUid());
    }

    private static <T> Map<String, T> byKey(List<T> list, Function<T, String> key) {
        return list(list).stream().collect(Collectors.toMap(key, Function.identity(), (a, _) -> a));
    }

    private static Instant time(String text) {
        return text == null ? null : Instant.parse(text);
    }

    private static String text(Instant time) {
        return Optional.ofNullable(time).map(Objects::toString).orElse(null);
    }

    /** The schema's bound for texts. */
    private static String cut(String text) {
        return Sentences.cut(text, 1024);
    }

    private static <T> List<T> list(List<T> list) {
        return or(list, List.of());
    }

    private static <T> T or(T value, T otherwise) {
        return value == null ? otherwise : value;
    }
}
