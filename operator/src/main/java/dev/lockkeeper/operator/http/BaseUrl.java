package dev.lockkeeper.operator.http;

import java.net.Inet6Address;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where agents reach the operator. It goes into the configuration of machines, and part of it may have come from a stranger: so it is
 * made of letters, digits and a few marks that mean nothing in TOML, in YAML, and to Zincati, which fills in <code>${...}</code>.
 *
 * @param authority the host, and the port if one was given
 * @param path begins and ends with a slash: agents put {@code v1/...} behind it
 */
public record BaseUrl(String scheme, String authority, String path) {

    private static final Pattern URL = Pattern.compile(
            "(?<scheme>[Hh][Tt][Tt][Pp][Ss]?)://(?<authority>[^/]+)(?<path>(/[0-9A-Za-z_~-][0-9A-Za-z._~-]*)*/?)");
    private static final Pattern AUTHORITY =
            Pattern.compile("(?<host>\\[[0-9A-Fa-f:.]{2,45}]|[0-9A-Za-z.-]{1,253})(:(?<port>[1-9][0-9]{0,4}))?");
    private static final Pattern NAME = Pattern.compile(
            "([0-9A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])?\\.)*[0-9A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])?");
    /** Whoever parses a URL takes a host that ends so for an IPv4 address. */
    private static final Pattern ENDS_IN_A_NUMBER = Pattern.compile("(.*\\.)?([0-9]+|0[Xx][0-9A-Fa-f]*)");

    private static final Pattern IPV4 = Pattern.compile(
            "((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])");
    private static final int HIGHEST_PORT = 65_535;
    private static final int LONGEST = 1_024;

    /** Reads what an administrator wrote, with or without a slash at its end; empty if it is not fit for agents. */
    public static Optional<BaseUrl> parse(String text) {
        Matcher url = URL.matcher(text);
        if (text.length() > LONGEST || !url.matches() || !isAuthority(url.group("authority"))) {
            return Optional.empty();
        }
        String path = url.group("path");
        return Optional.of(new BaseUrl(
                url.group("scheme").toLowerCase(Locale.ROOT),
                url.group("authority"),
                path.endsWith("/") ? path : path + "/"));
    }

    /**
     * The address under which a caller reached us; empty if its request does not say that in exactly one well-formed header.
     *
     * @param headers the Host headers of its request
     */
    static Optional<BaseUrl> reached(boolean tls, List<String> headers) {
        return headers.size() == 1 && isAuthority(headers.getFirst())
                ? Optional.of(new BaseUrl(tls ? "https" : "http", headers.getFirst(), "/"))
                : Optional.empty();
    }

    private static boolean isAuthority(String text) {
        Matcher authority = AUTHORITY.matcher(text);
        return authority.matches() && isHost(authority.group("host")) && isPort(authority.group("port"));
    }

    private static boolean isPort(String port) {
        return port == null || Integer.parseInt(port) <= HIGHEST_PORT;
    }

    private static boolean isHost(String host) {
        if (host.startsWith("[")) {
            return isIpv6(host.substring(1, host.length() - 1));
        }
        return ENDS_IN_A_NUMBER.matcher(host).matches()
                ? IPV4.matcher(host).matches()
                : NAME.matcher(host).matches();
    }

    private static boolean isIpv6(String literal) {
        try {
            return literal.contains(":") && Inet6Address.ofLiteral(literal) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** The URL with a user's name and password in it, every character that could mean something percent-encoded. */
    String with(String user, String password) {
        return scheme + "://" + encoded(user) + ":" + encoded(password) + "@" + authority + path;
    }

    private static String encoded(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            boolean plain =
                    b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' || "-._~".indexOf(b) >= 0;
            encoded.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b));
        }
        return encoded.toString();
    }

    @Override
    public String toString() {
        return scheme + "://" + authority + path;
    }
}
