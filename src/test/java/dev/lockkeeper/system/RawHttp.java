package dev.lockkeeper.system;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** One connection to the agents' port that sends bytes as they are, also such as no HTTP client would, and reads whole answers. */
final class RawHttp implements AutoCloseable {

    static final String PRE_REBOOT = "/v1/pre-reboot";
    static final String STEADY_STATE = "/v1/steady-state";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Socket socket;
    private final InputStream in;

    /** @param headers by their names in lower case */
    record Answer(int status, Map<String, String> headers, String body) {

        /** The whole answer as far as the protocol knows it, such as {@code 423 {"kind":...}}. */
        String text() {
            return status + " " + body;
        }
    }

    RawHttp(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** The bytes of an agent's request, with further header lines. */
    static byte[] request(String path, String id, String group, String... headers) {
        return post(path, "{\"client_params\":{\"id\":\"" + id + "\",\"group\":\"" + group + "\"}}", headers);
    }

    /** A POST request with the protocol's header and any body. */
    static byte[] post(String path, String body, String... headers) {
        int length = body.getBytes(StandardCharsets.UTF_8).length;
        String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
        return ("POST " + path + " HTTP/1.1\r\nfleet-lock-protocol: true\r\naccept: */*\r\nhost: 127.0.0.1\r\n" + more
                        + "content-length: " + length + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.UTF_8);
    }

    static String basic(String user, String password) {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "authorization: Basic " + Base64.getEncoder().encodeToString(pair);
    }

    /** One request on a connection of its own. */
    static Answer exchange(int port, byte[] request) {
        try (RawHttp http = new RawHttp(port)) {
            http.send(request);
            return http.answer(PATIENCE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** @throws IOException if the connection ends before the answer is whole, or nothing comes for so long */
    Answer answer(Duration patience) throws IOException {
        socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
        String status = line();
        if (!status.matches("HTTP/1\\.[01] \\d{3}( .*)?")) {
            throw new IOException("the answer begins with '" + status + "'");
        }
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(java.util.Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        byte[] body = in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        return new Answer(Integer.parseInt(status.substring(9, 12)), headers, new String(body, StandardCharsets.UTF_8));
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the operator closed the connection");
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
