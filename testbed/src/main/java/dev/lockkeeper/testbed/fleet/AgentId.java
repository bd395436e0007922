package dev.lockkeeper.testbed.fleet;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Derives the id that an agent sends from the machine-id, as systemd derives app-specific ids. */
public final class AgentId {
    /** The application id of Zincati. */
    public static final String ZINCATI = "de35106b6ec24688b63afddaa156679b";

    private AgentId() {}

    /**
     * The id of the agent on a machine.
     *
     * @param machineId 32 hex digits, dashes allowed
     * @return 32 lower-case hex digits
     */
    public static String of(String machineId) {
        return of(machineId, ZINCATI);
    }

    static String of(String machineId, String applicationId) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes(machineId), "HmacSHA256"));
            byte[] id = mac.doFinal(bytes(applicationId));
            id[6] = (byte) (id[6] & 0x0F | 0x40);
            id[8] = (byte) (id[8] & 0x3F | 0x80);
            return HexFormat.of().formatHex(id, 0, 16);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java has no HMAC-SHA256: use a complete JDK.", e);
        }
    }

    private static byte[] bytes(String id) {
        byte[] bytes = HexFormat.of().parseHex(id.replace("-", ""));
        if (bytes.length != 16) {
            throw new IllegalArgumentException("'" + id + "' is no 128-bit id: give 32 hex digits.");
        }
        return bytes;
    }
}
