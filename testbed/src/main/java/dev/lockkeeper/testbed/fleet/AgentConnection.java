package dev.lockkeeper.testbed.fleet;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Sends an agent's requests with exactly the bytes of Zincati, headers in its order and spelling. Java's own client
 * cannot leave out its User-Agent. A connection serves one request, and an interrupt ends it at once. Redirects are not
 * followed: a FleetLock server must not send any, and Lockkeeper sends none for graphs either.
 */
final class AgentConnection {
    private static final int NO_CONTENT = 204;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

    private final URI baseUrl;
    private final Optional<SSLContext> trust;
    private final String body;

    AgentConnection(URI baseUrl, String id, String group) {
        this(baseUrl, id, group, Optional.empty());
    }

    /** @param trust the authorities that are trusted, for https; empty: those of this Java */
    AgentConnection(URI baseUrl, String id, String group, Optional<SSLContext> trust) {
        this.trust = trust;
        this.baseUrl = baseUrl.getRawPath().isEmpty() ? baseUrl.resolve("/") : baseUrl;
        this.body = """
                {
                  "client_params": {
                    "id": "%s",
                    "group": "%s"
                  }
                }""".formatted(id, group);
    }

    record Answer(int status, byte[] bytes) {
        String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /**
     * One request.
     *
     * @param timeout how long the answer may stay away
     * @param sent runs when the request is on its way
     * @throws IOException if no whole answer came
     */
    Answer post(Api api, Duration timeout, Runnable sent) throws IOException {
        return exchange(request(api), timeout, sent);
    }

    /** Asks for a graph; the query is escaped already. The rest is as for {@link #post}. */
    Answer graph(String query, Duration timeout, Runnable sent) throws IOException {
        return exchange(graphRequest(query), timeout, sent);
    }

    private Answer exchange(String request, Duration timeout, Runnable sent) throws IOException {
        boolean secure = "https".equals(baseUrl.getScheme());
        try (Socket socket = secure ? secureSocket() : new Socket()) {
            int port = baseUrl.getPort() < 0 ? secure ? 443 : 80 : baseUrl.getPort();
            socket.connect(new InetSocketAddress(baseUrl.getHost(), port), (int) CONNECT_TIMEOUT.toMillis());
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE));
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            sent.run();
            return read(new BufferedInputStream(socket.getInputStream()));
        }
    }

    /** Not connected yet. Also asks whether the certificate is for the host that is connected to. */
    private Socket secureSocket() throws IOException {
        SSLContext context;
        try {
            context = trust.isPresent() ? trust.get() : SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    String request(Api api) {
        return "POST " + baseUrl.resolve(api.path()).getRawPath() + " HTTP/1.1\r\n"
                + credentials()
                + "fleet-lock-protocol: true\r\n"
                + "accept: */*\r\n"
                + host()
                + "content-length: " + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n"
                + body;
    }

    String graphRequest(String query) {
        return "GET " + baseUrl.resolve("v1/graph").getRawPath() + "?" + query + " HTTP/1.1\r\n"
                + credentials()
                + "accept: application/json\r\n"
                + host() + "\r\n";
    }

    private String host() {
        return "host: " + baseUrl.getHost() + (baseUrl.getPort() < 0 ? "" : ":" + baseUrl.getPort()) + "\r\n";
    }

    private String credentials() {
        String user = baseUrl.getUserInfo();
        if (user == null) {
            return "";
        }
        byte[] pair = (user.contains(":") ? user : user + ":").getBytes(StandardCharsets.UTF_8);
        return "authorization: Basic " + Base64.getEncoder().encodeToString(pair) + "\r\n";
    }

    private static Answer read(InputStream in) throws IOException {
        String[] statusLine = line(in).split(" ", 3);
        if (statusLine.length < 2 || !statusLine[0].startsWith("HTTP/1.") || !statusLine[1].matches("\\d{3}")) {
            throw new IOException("The answer is no HTTP/1.1: it begins with '" + String.join(" ", statusLine) + "'.");
        }
        int length = -1;
        boolean chunked = false;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            String lower = header.toLowerCase(Locale.ROOT).replace(" ", "");
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(lower.substring("content-length:".length()));
            }
            chunked |= lower.equals("transfer-encoding:chunked");
        }
        int status = Integer.parseInt(statusLine[1]);
        byte[] content = status == NO_CONTENT
                ? new byte[0]
                : chunked ? chunks(in) : length < 0 ? in.readAllBytes() : exactly(in, length);
        return new Answer(status, content);
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
            all.writeBytes(exactly(in, size));
            line(in);
        }
        return all.toByteArray();
    }

    private static int chunkSize(InputStream in) throws IOException {
        return Integer.parseInt(line(in).split(";")[0].trim(), 16);
    }

    private static byte[] exactly(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("The server closed the connection in the middle of its answer.");
        }
        return bytes;
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("The server closed the connection before its answer was whole.");
            }
            if (c != '\r') {
                text.write(c);
            }
        }
        return text.toString(StandardCharsets.UTF_8);
    }
}
