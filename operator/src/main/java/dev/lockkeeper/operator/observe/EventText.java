package dev.lockkeeper.operator.observe;

import dev.lockkeeper.operator.lock.Reason;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.ObjectReference;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/**
 * One thing to tell about one object.
 *
 * @param key what makes two of them the same: they become one Event with a count
 * @param once whether a second one is not even counted
 */
record EventText(ObjectReference regarding, Reason reason, String note, String key, boolean once) {

    /** Where the API server wants Events about objects without a namespace, and where kubectl looks for them. */
    static final String NAMESPACE = "default";

    private static final String COMPONENT = "lockkeeper";
    private static final int LONGEST_NOTE = 1_000;
    /** The API server counts bytes. */
    private static final int MOST_BYTES = 1_024;

    private static final int LONGEST_INSTANCE = 128;
    private static final int LONGEST_SUBJECT = 200;
    private static final int HASH_BYTES = 9;

    static EventText of(ObjectReference regarding, Reason reason, String note) {
        return new EventText(
                regarding, reason, cut(note), subject(regarding) + "\n" + reason + "\n" + cut(note), false);
    }

    /** The same for every text with that key. */
    static EventText forEver(ObjectReference regarding, Reason reason, String key, String note) {
        return new EventText(regarding, reason, cut(note), subject(regarding) + "\n" + key, true);
    }

    /** The same for every text about the same refusal of the same machine: the first one told stays. */
    static EventText ofRefusal(ObjectReference regarding, String machine, String kind, String note) {
        return new EventText(
                regarding, Reason.Refused, cut(note), subject(regarding) + "\n" + machine + "\n" + kind, true);
    }

    /** At most 1,000 characters and 1,024 bytes, the last of them an ellipsis where something is missing. */
    static String cut(String note) {
        String text = note;
        int length = Math.min(note.length(), LONGEST_NOTE);
        while (text.length() > LONGEST_NOTE || text.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            length--;
            int end = Character.isHighSurrogate(note.charAt(length - 1)) ? length - 1 : length;
            text = note.substring(0, end) + "…";
        }
        return text;
    }

    /**
     * The same name for the same key in the same span of time, at whatever replica. What happens later to a machine sorts later: people
     * see Events of the same second in the order of their names.
     */
    String name(long span) {
        String subject = regarding.getName();
        String head = subject.substring(0, Math.min(subject.length(), LONGEST_SUBJECT))
                .replaceAll("[^a-z0-9]+$", "");
        return head + ".%02x".formatted(reason.ordinal()) + hash(key + "\n" + span);
    }

    Event event(String name, String replica, Instant at) {
        return new EventBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(name)
                .endMetadata()
                .withFirstTimestamp(seconds(at))
                .withLastTimestamp(seconds(at))
                .withCount(1)
                .withNewSource()
                .withComponent(COMPONENT)
                .endSource()
                .withReportingComponent(COMPONENT)
                .withReportingInstance(replica.substring(0, Math.min(replica.length(), LONGEST_INSTANCE)))
                .withAction(reason.action())
                .withReason(reason.name())
                .withType(reason.type())
                .withMessage(note)
                .withInvolvedObject(regarding)
                .build();
    }

    /** As the API server reads a Time. */
    static String seconds(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String subject(ObjectReference regarding) {
        return regarding.getKind() + "/" + regarding.getName() + "/" + regarding.getUid();
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
