package dev.lockkeeper.operator.kube;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What the watch of Secrets keeps: names and digests, never a value. The digests are made while an object is put in, not in an event
 * handler, so that they are there when the watch says that it is synced.
 */
final class PasswordStore implements ItemStore<Secret> {

    private record Kept(Secret skeleton, PasswordDigests digests) {}

    private final Map<String, Kept> bySecret = new ConcurrentHashMap<>();
    private final Consumer<String> changed;

    /** @param changed told the name of each Secret after it was put in or removed */
    PasswordStore(Consumer<String> changed) {
        this.changed = changed;
    }

    /** The passwords of a Secret; empty if there is no such Secret, or none for agents. */
    Optional<PasswordDigests> of(String secretName) {
        return Optional.ofNullable(bySecret.get(secretName)).map(Kept::digests);
    }

    @Override
    public String getKey(Secret secret) {
        return secret.getMetadata().getName();
    }

    @Override
    public Secret put(String key, Secret secret) {
        Secret skeleton = new SecretBuilder()
                .withNewMetadata()
                .withName(secret.getMetadata().getName())
                .withUid(secret.getMetadata().getUid())
                .withResourceVersion(secret.getMetadata().getResourceVersion())
                .endMetadata()
                .build();
        Kept before =
                bySecret.put(key, new Kept(skeleton, PasswordDigests.of(secret).orElse(null)));
        changed.accept(key);
        return skeleton(before);
    }

    @Override
    public Secret remove(String key) {
        Kept before = bySecret.remove(key);
        changed.accept(key);
        return skeleton(before);
    }

    @Override
    public Stream<String> keySet() {
        return bySecret.keySet().stream();
    }

    @Override
    public Stream<Secret> values() {
        return bySecret.values().stream().map(Kept::skeleton);
    }

    @Override
    public Secret get(String key) {
        return skeleton(bySecret.get(key));
    }

    private static Secret skeleton(Kept kept) {
        return kept == null ? null : kept.skeleton();
    }

    @Override
    public int size() {
        return bySecret.size();
    }

    @Override
    public boolean isFullState() {
        return false;
    }
}
