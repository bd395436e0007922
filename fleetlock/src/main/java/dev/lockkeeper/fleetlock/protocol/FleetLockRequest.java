package dev.lockkeeper.fleetlock.protocol;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A valid request of an agent, alike for pre-reboot and steady-state (FleetLock protocol, "Body").
 *
 * @param id the agent's id: 1 to 64 of {@code [0-9A-Za-z-]}
 * @param group the agent's group: 1 to 63 of {@code [a-zA-Z0-9.-]}
 */
public record FleetLockRequest(String id, String group) implements Parsed {

    /** The header that every request must have, with the value {@value #HEADER_VALUE}. */
    public static final String HEADER = "fleet-lock-protocol";

    public static final String HEADER_VALUE = "true";

    /** The longest body that is looked at, in bytes. */
    public static final int MAX_BODY_BYTES = 16 * 1024;

    /** The longest request URI that is served, in bytes; keeping it is the HTTP server's work. */
    public static final int MAX_URI_BYTES = 8 * 1024;

    private static final Pattern ID = Pattern.compile("[0-9A-Za-z-]{1,64}");
    private static final Pattern GROUP = Pattern.compile("[a-zA-Z0-9.-]{1,63}");

    /**
     * Reads a request.
     *
     * @param header the value of {@value #HEADER}, null if there is none
     * @param body the body, or as much of it as was read beyond {@value #MAX_BODY_BYTES} bytes
     */
    public static Parsed parse(String method, String header, byte[] body) {
        Optional<Refusal> head = refuseHead(method, header);
        if (head.isPresent()) {
            return head.get();
        }
        return body.length > MAX_BODY_BYTES ? bodyTooLarge() : validated(ClientParams.parse(body));
    }

    /**
     * The refusals that need no body. A missing header comes first: what does not speak the protocol is told so, whatever else is
     * wrong with it.
     */
    public static Optional<Refusal> refuseHead(String method, String header) {
        if (!HEADER_VALUE.equals(header)) {
            String found = header == null ? "is missing" : "has another value";
            return refused(
                    Kind.MISSING_HEADER,
                    "The header '" + HEADER + ": " + HEADER_VALUE + "' " + found
                            + ": this address answers FleetLock agents only.");
        }
        if (!"POST".equals(method)) {
            return refused(Kind.METHOD_NOT_ALLOWED, "FleetLock requests are POST requests: send this one by POST.");
        }
        return Optional.empty();
    }

    /** Whether agents may send this as their group. */
    public static boolean isGroup(String text) {
        return GROUP.matcher(text).matches();
    }

    public static Refusal bodyTooLarge() {
        return new Refusal(
                Kind.BODY_TOO_LARGE,
                "The body is longer than " + MAX_BODY_BYTES + " bytes; a FleetLock request takes about 100.");
    }

    private static Parsed validated(Parsed parsed) {
        if (!(parsed instanceof FleetLockRequest request)) {
            return parsed;
        }
        if (!ID.matcher(request.id).matches()) {
            return new Refusal(
                    Kind.INVALID_CLIENT,
                    "client_params.id must be 1 to 64 characters of 0-9, A-Z, a-z and '-'; Zincati sends 32 hex digits.");
        }
        if (!isGroup(request.group)) {
            return new Refusal(
                    Kind.INVALID_CLIENT,
                    "client_params.group must be 1 to 63 characters of a-z, A-Z, 0-9, '.' and '-': correct the group in the"
                            + " agent's [identity] section.");
        }
        return request;
    }

    private static Optional<Refusal> refused(Kind kind, String value) {
        return Optional.of(new Refusal(kind, value));
    }
}
