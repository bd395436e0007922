package dev.lockkeeper.operator.kube;

import dev.lockkeeper.crds.v1alpha1.RebootGroup;
import dev.lockkeeper.operator.Assembly;
import dev.lockkeeper.operator.lock.GroupView;
import dev.lockkeeper.operator.lock.GroupWork;
import dev.lockkeeper.operator.lock.Membership;
import dev.lockkeeper.operator.lock.NodeView;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Cleaner;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Calls the leader's work for a RebootGroup whenever the group, one of its nodes or its Secret changed, and every half minute in any
 * case.
 *
 * <p>It never writes status: only the lock store does. Its controller does not filter by generation, as holders live in status.
 */
@ControllerConfiguration(
        name = "rebootgroup",
        finalizerName = RebootGroup.FINALIZER,
        generationAwareEventProcessing = false,
        informer = @Informer(comparableResourceVersions = false),
        maxReconciliationInterval = @MaxReconciliationInterval(interval = 1, timeUnit = TimeUnit.MINUTES))
@GradualRetry(maxAttempts = -1, initialInterval = 500, intervalMultiplier = 2, maxInterval = 15_000)
public class RebootGroupReconciler implements Reconciler<RebootGroup>, Cleaner<RebootGroup> {

    private final Assembly assembly;

    public RebootGroupReconciler(Assembly assembly) {
        this.assembly = assembly;
    }

    @Override
    public List<EventSource<?, RebootGroup>> prepareEventSources(EventSourceContext<RebootGroup> context) {
        SimpleInboundEventSource<RebootGroup> nodes = new SimpleInboundEventSource<>("nodes");
        assembly.nodeCache().listen((before, now) -> nudge(nodes, before, now));
        SimpleInboundEventSource<RebootGroup> secrets = new SimpleInboundEventSource<>("secrets");
        assembly.passwords()
                .listen(secret -> assembly.groupCache().all().stream()
                        .filter(group -> secret.equals(group.secret()))
                        .forEach(group -> secrets.propagateEvent(new ResourceID(group.name()))));
        return List.of(nodes, secrets);
    }

    /** A node's heartbeat alone concerns only the group that judges it; what else changes, also those that have it as a member. */
    private void nudge(SimpleInboundEventSource<RebootGroup> source, NodeView before, NodeView now) {
        NodeView node = now == null ? before : now;
        boolean news = before == null
                || now == null
                || before.ready() != now.ready()
                || before.unschedulable() != now.unschedulable()
                || !Objects.equals(before.bootId(), now.bootId())
                || !Objects.equals(before.osImage(), now.osImage())
                || !Objects.equals(before.machineId(), now.machineId())
                || !Objects.equals(before.labels(), now.labels())
                || !Objects.equals(before.cordonToken(), now.cordonToken());
        Membership membership = assembly.groupCache().membership();
        for (GroupView group : membership.all()) {
            boolean member = news && (membership.has(group, node) || before != null && membership.has(group, before));
            boolean concerned = group.state().concerns(node.ref())
                    || before != null && group.state().concerns(before.ref());
            if (member || concerned) {
                source.propagateEvent(new ResourceID(group.name()));
            }
        }
    }

    @Override
    public UpdateControl<RebootGroup> reconcile(RebootGroup group, Context<RebootGroup> context) {
        return UpdateControl.<RebootGroup>noUpdate().rescheduleAfter(pass(group));
    }

    private Duration pass(RebootGroup group) {
        GroupWork work = assembly.groupWork();
        return work.pass(assembly.mapping().view(assembly.store().newest(group)));
    }

    /** A RebootGroup stays until its last holder is gone: a machine that was told to reboot must find its slot again. */
    @Override
    public DeleteControl cleanup(RebootGroup group, Context<RebootGroup> context) {
        Duration next = pass(group);
        boolean held = group.getStatus() != null
                && group.getStatus().getHolders() != null
                && !group.getStatus().getHolders().isEmpty();
        return held ? DeleteControl.noFinalizerRemoval().rescheduleAfter(next) : DeleteControl.defaultDelete();
    }
}
