package dev.lockkeeper.operator.lock;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Derives the id that Zincati sends from the id of its machine: systemd's app-specific id, HMAC-SHA256 keyed with the machine-id
 * over Zincati's app id, cut to 16 bytes and marked as a version 4 UUID (sd_id128_get_machine_app_specific(3)).
 */
public final class AgentIds {

    private static final byte[] ZINCATI = HexFormat.of().parseHex("de35106b6ec24688b63afddaa156679b");
    private static final Pattern MACHINE_ID = Pattern.compile("[0-9a-f]{32}");

    private AgentIds() {}

    /** The agent's id for a machine-id or a system UUID, with or without dashes; empty where it is no such id. */
    public static Optional<String> of(String machineId) {
        String hex = machineId == null ? "" : machineId.replace("-", "").toLowerCase(Locale.ROOT);
        if (!MACHINE_ID.matcher(hex).matches()) {
            return Optional.empty();
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(HexFormat.of().parseHex(hex), "HmacSHA256"));
            byte[] id = java.util.Arrays.copyOf(mac.doFinal(ZINCATI), 16);
            id[6] = (byte) (id[6] & 0x0F | 0x40);
            id[8] = (byte) (id[8] & 0x3F | 0x80);
            return Optional.of(HexFormat.of().formatHex(id));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no HmacSHA256", e);
        }
    }
}
