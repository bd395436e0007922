package dev.lockkeeper.operator.kube;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * Checks agents' passwords against the Secrets of the operator's namespace, which it watches; of each Secret only
 * {@link PasswordDigests} are kept. A permission that is missing is waited for.
 */
public final class Passwords implements AutoCloseable {

    /** What came of a check. */
    public enum Result {
        /** The password is one of the Secret's. */
        OK,
        /** It is none of them, or none was sent. */
        WRONG,
        /** There is no such Secret, or none of its keys begins with {@code password}. */
        NO_SECRET,
        /** Every {@code password*} of the Secret is empty. */
        EMPTY,
        /** The Secrets were not listed yet: nothing can be said. */
        NOT_READ
    }

    private static final Logger LOG = Logger.getLogger(Passwords.class);
    private static final long PAGE = 100;

    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final PasswordStore store = new PasswordStore(name -> listeners.forEach(l -> l.accept(name)));
    private volatile SharedIndexInformer<Secret> informer;
    private volatile String problem;

    /** Begins to watch the Secrets of the namespace; {@link #synced} tells when the first list is in. */
    public void start(KubernetesClient client, String namespace) {
        informer = client.secrets().inNamespace(namespace).withLimit(PAGE).runnableInformer(0);
        informer.itemStore(store);
        informer.exceptionHandler((started, error) -> {
            String now = "Secrets in namespace " + namespace + " cannot be watched: " + error.getMessage();
            if (!now.equals(problem)) {
                LOG.warnf("%s (trying again)", now);
                problem = now;
            }
            return true;
        });
        informer.start();
    }

    /** The listener gets the name of each Secret that changed, came or went. */
    public void listen(Consumer<String> listener) {
        listeners.add(listener);
    }

    public boolean synced() {
        SharedIndexInformer<Secret> current = informer;
        return current != null && current.hasSynced();
    }

    /**
     * Checks in memory, without blocking. A check without a password tells whether the Secret can be used: if so it is
     * {@link Result#WRONG}.
     *
     * @param secretName a Secret in the operator's namespace
     * @param password what the agent sent; null: nothing
     */
    public Result check(String secretName, String password) {
        if (!synced()) {
            return Result.NOT_READ;
        }
        Optional<PasswordDigests> digests = store.of(secretName);
        if (digests.isEmpty()) {
            return Result.NO_SECRET;
        }
        if (digests.get().isEmpty()) {
            return Result.EMPTY;
        }
        return password != null && digests.get().accept(password) ? Result.OK : Result.WRONG;
    }

    @Override
    public void close() {
        if (informer != null) {
            informer.close();
        }
    }
}
