package dev.lockkeeper.operator.http;

import static dev.lockkeeper.operator.http.Requests.preReboot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever arrives, the server answers 2xx or 4xx or closes, and goes on. */
class MalformedRequestsTest {

    private static final int MANY = 1_000;
    private static final String ANSWER = "(?s)|HTTP/1[.][01] [1234]\\d\\d .*";
    private static final long SEED = 20_250_607;
    private static final String[] SNIPPETS = {
        "\r\n",
        "\0",
        "HTTP/1.1",
        "HTTP/9.9",
        "content-length: 5\r\n",
        "content-length: -1\r\n",
        "transfer-encoding: chunked\r\n",
        "transfer-encoding: gzip\r\n",
        "\u00e9",
        "{",
        "}",
        "\"",
        "[[[[[[[[",
        "%00",
        "expect: 100-continue\r\n",
        ":",
        "upgrade: h2c\r\n",
        "connection: upgrade\r\n",
        "authorization: Basic \r\n",
        "9999999999999999999999"
    };

    @Test
    void noneGivesAServerError() throws Exception {
        Random random = new Random(SEED);
        try (TestingServer server = new TestingServer()) {
            server.ask(preReboot());
            int threads = Thread.activeCount();
            for (int i = 0; i < MANY; i++) {
                byte[] request = mutated(random);
                try (RawClient client = server.connect()) {
                    sendWhatIsTaken(client, request);
                    String answer = client.answer();
                    assertThat(answer).describedAs("to request %d", i).matches(ANSWER);
                }
            }
            assertThat(server.ask(preReboot())).startsWith("HTTP/1.1 200 OK\r\n");
            await().until(() -> server.agents.openAnswers() == 0);
            assertThat(server.refused).noneMatch(kind -> kind.endsWith("internal_error"));
            assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads + 1);
        }
    }

    /** The server may close before all is sent: what is hardly HTTP has no end to wait for. */
    private static void sendWhatIsTaken(RawClient client, byte[] request) throws IOException {
        try {
            client.send(request);
            client.finish();
        } catch (SocketException e) {
            assertThat(e).hasMessageMatching("Broken pipe|Connection reset.*|Socket output is.*");
        }
    }

    private static byte[] mutated(Random random) {
        byte[] bytes = preReboot().getBytes(StandardCharsets.UTF_8);
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                case 2 -> bytes = insert(bytes, at, SNIPPETS[random.nextInt(SNIPPETS.length)]);
                default ->
                    bytes = insert(bytes, at, SNIPPETS[random.nextInt(SNIPPETS.length)].repeat(random.nextInt(3_000)));
            }
        }
        return bytes;
    }

    private static byte[] insert(byte[] bytes, int at, String snippet) {
        byte[] added = snippet.getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(bytes, bytes.length + added.length);
        System.arraycopy(added, 0, all, at, added.length);
        System.arraycopy(bytes, at, all, at + added.length, bytes.length - at);
        return all;
    }
}
