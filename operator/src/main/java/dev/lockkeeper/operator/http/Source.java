package dev.lockkeeper.operator.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;

/** Where a request comes from, as far as one machine can choose it: an IPv4 address, or the /64 of an IPv6 one. */
final class Source {

    private static final String UNKNOWN = "an unknown address";
    private static final int NETWORK_BYTES = 8;

    private Source() {}

    /** @param address as the connection shows it, such as {@code 10.0.0.7} or {@code fe80::1%eth0}; null: it shows none */
    static String of(String address) {
        if (address == null) {
            return UNKNOWN;
        }
        int zone = address.indexOf('%');
        try {
            InetAddress read = InetAddress.ofLiteral(zone < 0 ? address : address.substring(0, zone));
            return read instanceof Inet6Address six ? network(six.getAddress()) : read.getHostAddress();
        } catch (IllegalArgumentException e) {
            return UNKNOWN;
        }
    }

    private static String network(byte[] address) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < NETWORK_BYTES; i += 2) {
            text.append(HexFormat.of().formatHex(address, i, i + 2)).append(':');
        }
        return text.append(":/64").toString();
    }
}
