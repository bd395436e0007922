package dev.lockkeeper.operator;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The name of this host: in a pod, the pod's name. */
final class Hostname {

    static final String LOCAL = find();

    private Hostname() {}

    private static String find() {
        String name = System.getenv("HOSTNAME");
        if (name != null && !name.isBlank()) {
            return name;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
