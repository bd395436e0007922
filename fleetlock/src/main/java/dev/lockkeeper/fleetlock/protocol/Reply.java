package dev.lockkeeper.fleetlock.protocol;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;

/** The body of an answer; successes have the same shape as refusals, though agents read those alone. */
public record Reply(String kind, String value) {

    public static Reply of(Refusal refusal) {
        return new Reply(refusal.kind().text(), refusal.value());
    }

    /** The body: JSON in UTF-8 on one line, kind before value; half a surrogate pair becomes {@code ?}. */
    public byte[] json() {
        return ("{\"kind\":\"" + quoted(kind) + "\",\"value\":\"" + quoted(value) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String quoted(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }
}
