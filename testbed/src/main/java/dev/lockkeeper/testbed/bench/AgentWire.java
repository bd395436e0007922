package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.fleet.Api;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A kept connection that sends one agent request after the other, without pipelining and with as little work as possible. */
final class AgentWire implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;

    AgentWire(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
        in = new BufferedInputStream(socket.getInputStream(), 1024);
    }

    /** The bytes of a request, to be sent many times. */
    static byte[] request(Api api, String id, String group) {
        String body = """
                {
                  "client_params": {
                    "id": "%s",
                    "group": "%s"
                  }
                }""".formatted(id, group);
        return ("POST /" + api.path() + " HTTP/1.1\r\nfleet-lock-protocol: true\r\naccept: */*\r\nhost: 127.0.0.1\r\n"
                        + "content-length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The bytes of a GET, to be sent many times. */
    static byte[] get(String pathAndQuery) {
        return ("GET /" + pathAndQuery + " HTTP/1.1\r\naccept: application/json\r\nhost: 127.0.0.1\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** The status of the answer, which must have a Content-Length. */
    int ask(byte[] request) throws IOException {
        send(request);
        return answer();
    }

    /** The body of the answer, which must be a 200. */
    byte[] body(byte[] request) throws IOException {
        send(request);
        Head head = head();
        if (head.status != 200) {
            throw new IOException("answer " + head.status + " instead of 200");
        }
        return in.readNBytes(head.length);
    }

    private record Head(int status, int length) {}

    void send(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
    }

    int answer() throws IOException {
        Head head = head();
        in.skipNBytes(head.length);
        return head.status;
    }

    private Head head() throws IOException {
        int status = 0;
        int length = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (status == 0) {
                status = Integer.parseInt(line.substring(9, 12));
            } else if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).trim());
            }
        }
        return new Head(status, length);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the operator closed the connection");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
