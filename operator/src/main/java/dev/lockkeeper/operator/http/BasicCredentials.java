package dev.lockkeeper.operator.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** User name and password of HTTP Basic authentication (RFC 7617, UTF-8). */
record BasicCredentials(String user, String password) {

    static final BasicCredentials NONE = new BasicCredentials(null, null);

    private static final String SCHEME = "Basic ";

    /** Reads the Authorization headers of a request; whatever is not one well-formed header is {@link #NONE}. */
    static BasicCredentials parse(List<String> headers) {
        if (headers.size() != 1) {
            return NONE;
        }
        String header = headers.getFirst();
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return NONE;
        }
        try {
            byte[] decoded =
                    Base64.getDecoder().decode(header.substring(SCHEME.length()).strip());
            return split(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(decoded))
                    .toString());
        } catch (IllegalArgumentException | CharacterCodingException e) {
            return NONE;
        }
    }

    private static BasicCredentials split(String text) {
        int colon = text.indexOf(':');
        boolean controls = text.chars().anyMatch(Character::isISOControl);
        return colon < 0 || controls ? NONE : new BasicCredentials(text.substring(0, colon), text.substring(colon + 1));
    }

    /** Without the password, so that no log line can show it. */
    @Override
    public String toString() {
        return "BasicCredentials[user=" + user + "]";
    }
}
