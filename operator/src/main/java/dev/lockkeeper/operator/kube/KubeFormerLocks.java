package dev.lockkeeper.operator.kube;

import dev.lockkeeper.fleetlock.store.StoreException;
import dev.lockkeeper.operator.lock.FormerLock;
import dev.lockkeeper.operator.lock.FormerLocks;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the Leases of poseidon/fleetlock, by one quorum read each. It never writes them. */
public final class KubeFormerLocks implements FormerLocks {

    private static final Pattern USER = Pattern.compile("User \"([^\"]+)\" cannot");

    private final KubernetesClient client;

    /** @param client repeats no request by itself and gives up on one after a few seconds */
    public KubeFormerLocks(KubernetesClient client) {
        this.client = client;
    }

    @Override
    public Look look(FormerLock lock) throws StoreException {
        try {
            Lease lease = client.leases()
                    .inNamespace(lock.namespace())
                    .withName(lock.name())
                    .get();
            return lease == null ? new Absent() : new Found(lease.getMetadata().getResourceVersion(), holder(lease));
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
                return new Forbidden(user(e.getMessage()));
            }
            throw new StoreException("it cannot be read: " + e.getMessage(), e);
        }
    }

    /** A free one names nobody, or nobody by an empty text. */
    private static String holder(Lease lease) {
        String holder = lease.getSpec() == null ? null : lease.getSpec().getHolderIdentity();
        return holder == null || holder.isBlank() ? null : holder;
    }

    /** The API server says whom it does not let, as {@code User "system:serviceaccount:lockkeeper:lockkeeper" cannot get resource ...}. */
    static String user(String message) {
        Matcher matcher = USER.matcher(message);
        return matcher.find() ? matcher.group(1) : "<the ServiceAccount of Lockkeeper>";
    }
}
