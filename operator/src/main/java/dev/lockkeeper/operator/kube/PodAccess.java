package dev.lockkeeper.operator.kube;

import dev.lockkeeper.operator.lock.LabelMatch;
import dev.lockkeeper.operator.lock.PodBudget;
import dev.lockkeeper.operator.lock.PodRemoval;
import dev.lockkeeper.operator.lock.PodView;
import dev.lockkeeper.operator.lock.Pods;
import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Lists and removes pods.
 *
 * <p>Evictions are sent as plain requests: Fabric8's own {@code evict} turns every refusal into the same {@code false}, so that
 * nobody could say which PodDisruptionBudget it was.
 */
public final class PodAccess implements Pods {

    private static final Logger LOG = Logger.getLogger(PodAccess.class);

    private static final long PAGE = 500;
    private static final int NO_ANSWER = 0;
    private static final String MIRROR = "kubernetes.io/config.mirror";
    private static final String BUDGET_CAUSE = "DisruptionBudget";
    private static final String NAMESPACE_CAUSE = "NamespaceTerminating";
    private static final String NONE_ALLOWED = "0 disruptions allowed";
    private static final String SEVERAL_BUDGETS = "more than one PodDisruptionBudget";
    private static final Pattern BUDGET = Pattern.compile("The disruption budget (\\S+) (.+)", Pattern.DOTALL);
    private static final Pattern OTHER_UID = Pattern.compile("UID in (the )?precondition");

    private final KubernetesClient client;

    /** @param client repeats no request by itself and gives up on one after a few seconds */
    public PodAccess(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public List<PodView> on(String node) {
        List<PodView> pods = new ArrayList<>();
        String next = null;
        do {
            PodList page = client.pods()
                    .inAnyNamespace()
                    .withField("spec.nodeName", node)
                    .list(new ListOptionsBuilder()
                            .withLimit(PAGE)
                            .withContinue(next)
                            .build());
            page.getItems().forEach(pod -> pods.add(view(pod)));
            next = page.getMetadata().getContinue();
        } while (next != null && !next.isEmpty());
        return pods;
    }

    @Override
    public PodRemoval evict(PodView pod) {
        try {
            client.raw(
                    path(pod) + "/eviction",
                    "POST",
                    new EvictionBuilder()
                            .withNewMetadata()
                            .withNamespace(pod.namespace())
                            .withName(pod.name())
                            .endMetadata()
                            .withDeleteOptions(exactly(pod))
                            .build());
            return new PodRemoval.Accepted();
        } catch (KubernetesClientException e) {
            return outcome(e);
        }
    }

    @Override
    public PodRemoval delete(PodView pod) {
        try {
            client.raw(path(pod), "DELETE", exactly(pod));
            return new PodRemoval.Accepted();
        } catch (KubernetesClientException e) {
            return outcome(e);
        }
    }

    @Override
    public List<PodBudget> budgets(String namespace) {
        try {
            return client.policy().v1().podDisruptionBudget().inNamespace(namespace).list().getItems().stream()
                    .map(PodAccess::budget)
                    .toList();
        } catch (KubernetesClientException e) {
            LOG.warnf("namespace=%s PodDisruptionBudgets cannot be named: %s", namespace, reason(e));
            return List.of();
        }
    }

    private static String path(PodView pod) {
        return "/api/v1/namespaces/" + pod.namespace() + "/pods/" + pod.name();
    }

    private static DeleteOptions exactly(PodView pod) {
        return new DeleteOptionsBuilder()
                .withNewPreconditions()
                .withUid(pod.uid())
                .endPreconditions()
                .build();
    }

    static PodRemoval outcome(KubernetesClientException e) {
        return e.getStatus() == null
                ? new PodRemoval.Failed(Math.max(NO_ANSWER, e.getCode()), reason(e))
                : outcome(e.getCode(), e.getStatus());
    }

    /** What the server said, else what went wrong underneath: the client's own words say only that something did. */
    private static String reason(KubernetesClientException e) {
        if (e.getStatus() != null) {
            return e.getStatus().getMessage();
        }
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    static PodRemoval outcome(int code, Status status) {
        String message = status.getMessage() == null ? "" : status.getMessage();
        if (code == 404 || code == 409 && OTHER_UID.matcher(message).find()) {
            return new PodRemoval.Gone();
        }
        if (code == 500 && message.contains(SEVERAL_BUDGETS)) {
            return new PodRemoval.SeveralBudgets();
        }
        if (code == 403 && cause(status, NAMESPACE_CAUSE).isPresent()) {
            return new PodRemoval.NamespaceEnding();
        }
        Optional<String> budget = cause(status, BUDGET_CAUSE);
        if (code == 429 && budget.isPresent()) {
            return refused(budget.get());
        }
        return new PodRemoval.Failed(code, message);
    }

    private static PodRemoval refused(String cause) {
        Matcher matcher = BUDGET.matcher(cause);
        if (!matcher.matches()) {
            return new PodRemoval.Refused(null, cause.isBlank() ? NONE_ALLOWED : cause);
        }
        String detail = matcher.group(2);
        return new PodRemoval.Refused(matcher.group(1), detail.startsWith("needs ") ? NONE_ALLOWED : detail);
    }

    private static Optional<String> cause(Status status, String reason) {
        if (status.getDetails() == null || status.getDetails().getCauses() == null) {
            return Optional.empty();
        }
        return status.getDetails().getCauses().stream()
                .filter(c -> reason.equals(c.getReason()))
                .map(StatusCause::getMessage)
                .map(m -> m == null ? "" : m)
                .findFirst();
    }

    /** A selector that cannot be read protects nothing, as in the API server. */
    private static PodBudget budget(PodDisruptionBudget budget) {
        LabelMatch selector;
        try {
            selector = LabelMatch.of(
                    budget.getSpec() == null ? null : budget.getSpec().getSelector());
        } catch (IllegalArgumentException e) {
            selector = null;
        }
        return new PodBudget(
                budget.getMetadata().getNamespace(), budget.getMetadata().getName(), selector);
    }

    static PodView view(Pod pod) {
        ObjectMeta meta = pod.getMetadata();
        Map<String, String> annotations = meta.getAnnotations() == null ? Map.of() : meta.getAnnotations();
        return new PodView(
                meta.getNamespace(),
                meta.getName(),
                meta.getUid(),
                meta.getResourceVersion(),
                meta.getLabels() == null ? Map.of() : meta.getLabels(),
                pod.getStatus() == null ? null : pod.getStatus().getPhase(),
                controllerKind(meta),
                annotations.containsKey(MIRROR),
                pod.getSpec().getVolumes() != null
                        && pod.getSpec().getVolumes().stream().anyMatch(v -> v.getEmptyDir() != null),
                meta.getDeletionTimestamp() == null ? null : Instant.parse(meta.getDeletionTimestamp()),
                meta.getDeletionGracePeriodSeconds(),
                meta.getFinalizers() == null ? List.of() : meta.getFinalizers(),
                pod.getSpec().getPriority() == null ? 0 : pod.getSpec().getPriority());
    }

    private static String controllerKind(ObjectMeta meta) {
        if (meta.getOwnerReferences() == null) {
            return null;
        }
        return meta.getOwnerReferences().stream()
                .filter(o -> Boolean.TRUE.equals(o.getController()))
                .map(OwnerReference::getKind)
                .findFirst()
                .orElse(null);
    }
}
