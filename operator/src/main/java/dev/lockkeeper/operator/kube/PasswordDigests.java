package dev.lockkeeper.operator.kube;

import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is kept of a Secret of agents' passwords: a digest of each value whose key begins with {@value #PREFIX}. All are valid, so
 * that a password can be replaced while machines still use the old one.
 */
record PasswordDigests(List<byte[]> digests) {

    static final String PREFIX = "password";

    /** Empty where no key of the Secret begins with {@value #PREFIX}: it is no Secret of agents' passwords. */
    static Optional<PasswordDigests> of(Secret secret) {
        Map<String, String> data = secret.getData() == null ? Map.of() : secret.getData();
        List<Map.Entry<String, String>> passwords = data.entrySet().stream()
                .filter(e -> e.getKey().startsWith(PREFIX))
                .toList();
        return passwords.isEmpty()
                ? Optional.empty()
                : Optional.of(new PasswordDigests(passwords.stream()
                        .map(e -> decoded(e.getValue()))
                        .filter(value -> value.length > 0)
                        .map(PasswordDigests::digest)
                        .toList()));
    }

    boolean isEmpty() {
        return digests.isEmpty();
    }

    /** Whether the password is one of these, in a time that does not tell which one or how much of it. */
    boolean accept(String password) {
        byte[] offered = digest(password.getBytes(StandardCharsets.UTF_8));
        boolean found = false;
        for (byte[] digest : digests) {
            found |= MessageDigest.isEqual(digest, offered);
        }
        return found;
    }

    /** A value made by {@code kubectl create secret --from-file} or an editor ends with a line break that nobody means. */
    private static byte[] decoded(String base64) {
        String text = base64 == null ? "" : new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == '\n' || text.charAt(end - 1) == '\r')) {
            end--;
        }
        return text.substring(0, end).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] digest(byte[] value) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(value);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** Without the digests, so that no log line can show them. */
    @Override
    public String toString() {
        return digests.size() + " passwords";
    }
}
