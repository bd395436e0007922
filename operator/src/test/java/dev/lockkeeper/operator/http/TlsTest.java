package dev.lockkeeper.operator.http;

import static dev.lockkeeper.operator.http.Requests.preReboot;
import static dev.lockkeeper.operator.http.TestingAuthority.NOW;
import static dev.lockkeeper.operator.http.TestingAuthority.days;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.lockkeeper.operator.http.TestingAuthority.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The agents' server over TLS: who is served, and with which certificate. */
class TlsTest {

    private static final TestingAuthority AUTHORITY = new TestingAuthority();
    private static final Duration INTERVAL = Duration.ofMillis(50);
    private static final Limits IMPATIENT = new Limits(Duration.ofSeconds(30), Duration.ofSeconds(3), 3);

    @TempDir
    private Path folder;

    private final Queue<String> observed = new ConcurrentLinkedQueue<>();
    private Issued first;
    private Tls tls;
    private TestingServer server;

    @BeforeEach
    void start() throws Exception {
        first = AUTHORITY.issue("EC");
        mount(first.contents());
        serve(Limits.DEFAULT);
    }

    private void serve(Limits limits) {
        tls = tls();
        tls.start();
        server = new TestingServer(limits, tls, new WrongPasswords(10, Clock.systemUTC()));
    }

    private Tls tls() {
        PemFiles files = new PemFiles(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        return new Tls(files, INTERVAL, Clock.systemUTC(), new Tls.Observer() {
            @Override
            public void serves(Instant expires) {
                observed.add("serves until " + expires);
            }

            @Override
            public void looked(boolean renewed) {
                observed.add(renewed ? "renewed" : "refused");
            }
        });
    }

    @AfterEach
    void stop() {
        server.close();
        tls.close();
    }

    /** As a kubelet does: the files are links into a folder, and a link to that is swapped. All are of one time. */
    private void mount(PemFiles.Contents contents) throws IOException {
        Path data = Files.createTempDirectory(folder, "..data-");
        Files.write(data.resolve("tls.crt"), contents.certificate());
        Files.write(data.resolve("tls.key"), contents.key());
        for (String file : List.of("tls.crt", "tls.key")) {
            Files.setLastModifiedTime(data.resolve(file), java.nio.file.attribute.FileTime.from(Instant.EPOCH));
            if (!Files.exists(folder.resolve(file), java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                Files.createSymbolicLink(folder.resolve(file), Path.of("..data", file));
            }
        }
        Path link = Files.createSymbolicLink(folder.resolve("..data_tmp"), data.getFileName());
        Files.move(link, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private SSLSocket connect(SSLContext trust, String... protocols) throws IOException {
        SSLSocket socket = (SSLSocket)
                trust.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.agents.port());
        socket.setSoTimeout(10_000);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
        return socket;
    }

    private static String ask(SSLSocket socket) throws IOException {
        socket.getOutputStream().write(preReboot().getBytes(StandardCharsets.UTF_8));
        byte[] answer = new byte[1024];
        int length = socket.getInputStream().read(answer);
        return new String(answer, 0, Math.max(0, length), StandardCharsets.UTF_8);
    }

    private X509Certificate served() throws IOException, GeneralSecurityException {
        try (SSLSocket socket = connect(AUTHORITY.trusting())) {
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void whoTrustsTheAuthorityIsServed(String protocol) throws Exception {
        try (SSLSocket socket = connect(AUTHORITY.trusting(), protocol)) {
            assertThat(ask(socket)).startsWith("HTTP/1.1 200 OK\r\n").contains("granted");
            assertThat(ask(socket)).as("on the same connection").contains("granted");
            assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
            assertThat(Tls.CIPHERS).contains(socket.getSession().getCipherSuite());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "Ed25519"})
    void otherKindsOfKeysAreServed(String algorithm) throws Exception {
        Issued issued = AUTHORITY.issue(algorithm);
        mount(issued.contents());
        await().until(() -> observed.contains("renewed"));
        assertThat(served()).isEqualTo(issued.certificate());
    }

    @Test
    void whoDoesNotTrustItIsNot() throws Exception {
        try (SSLSocket socket = connect(SSLContext.getDefault())) {
            assertThatThrownBy(() -> ask(socket)).isInstanceOf(SSLHandshakeException.class);
        }
        assertThat(server.lock.calls).isEmpty();
        assertThat(server.agents.address()).startsWith("https://127.0.0.1:");
    }

    /** A hello of TLS 1.1, as an old client sends it. */
    private static byte[] oldHello() {
        byte[] hello = new byte[5 + 4 + 2 + 32 + 1 + 4 + 2];
        int[] head = {0x16, 3, 1, 0, hello.length - 5, 1, 0, 0, hello.length - 9, 3, 2};
        for (int i = 0; i < head.length; i++) {
            hello[i] = (byte) head[i];
        }
        int suites = 5 + 4 + 2 + 32 + 1;
        byte[] tail = {0, 2, (byte) 0xc0, 0x09, 1, 0};
        System.arraycopy(tail, 0, hello, suites, tail.length);
        return hello;
    }

    @Test
    void olderVersionsAreRefused() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(oldHello());
            byte[] alert = client.answer().getBytes(StandardCharsets.UTF_8);
            // A record of type alert, fatal, with the description protocol_version.
            assertThat(alert).startsWith(21, 3).endsWith(2, 70);
        }
    }

    /** Without a word but alerts. */
    private static void assertEnded(RawClient client) throws IOException {
        assertThat(client.answer()).hasSizeLessThan(20).doesNotContain("HTTP");
        assertThat(client.closedByServer()).isTrue();
    }

    @Test
    void plainHttpIsNotAnswered() throws Exception {
        try (RawClient client = server.connect()) {
            client.send(preReboot());
            assertEnded(client);
        }
        assertThat(server.lock.calls).isEmpty();
        assertThat(server.refused).isEmpty();
        await().until(() -> server.agents.connections() == 0);
    }

    @Test
    void whoNeverEndsAHandshakeIsCountedAndClosed() throws Exception {
        server.close();
        tls.close();
        serve(IMPATIENT);
        try (RawClient silent = server.connect();
                RawClient half = server.connect()) {
            half.send(new byte[] {0x16, 3, 1});
            await().until(() -> server.agents.connections() == 2);
            try (SSLSocket served = connect(AUTHORITY.trusting())) {
                assertThat(ask(served)).contains("granted");
                try (RawClient tooMany = server.connect()) {
                    assertThat(tooMany.closedByServer()).isTrue();
                }
            }
            assertEnded(silent);
            assertEnded(half);
            await().until(() -> server.agents.connections() == 0);
        }
    }

    @Test
    void aHeldRequestLivesThroughARenewal() throws Exception {
        server.lock.hold();
        try (SSLSocket held = connect(AUTHORITY.trusting())) {
            held.getOutputStream().write(preReboot().getBytes(StandardCharsets.UTF_8));
            await().until(() -> server.lock.held.size() == 1);
            Issued second = AUTHORITY.issue("EC", NOW.minus(days(1)), NOW.plus(days(9)));
            mount(second.contents());
            await().until(() -> served().equals(second.certificate()));
            server.lock.held.remove().answer().complete(TestingLock.GRANTED);
            byte[] answer = new byte[1024];
            assertThat(new String(answer, 0, held.getInputStream().read(answer), StandardCharsets.UTF_8))
                    .contains("granted");
            await().untilAsserted(() -> assertThat(observed)
                    .containsExactly(
                            "serves until " + first.certificate().getNotAfter().toInstant(),
                            "serves until " + second.certificate().getNotAfter().toInstant(),
                            "renewed"));
        }
    }

    @Test
    void aBadPairLeavesTheOldOneInPlace() throws Exception {
        Issued second = AUTHORITY.issue("EC");
        mount(new PemFiles.Contents(second.chain(), first.key()));
        await().until(() -> observed.contains("refused"));
        assertThat(served()).isEqualTo(first.certificate());

        Files.delete(folder.resolve("..data"));
        await().until(() -> observed.stream().filter("refused"::equals).count() == 2);
        assertThat(served()).isEqualTo(first.certificate());

        mount(second.contents());
        await().until(() -> observed.contains("renewed"));
        assertThat(served()).isEqualTo(second.certificate());
    }

    @Test
    void aBadPairEndsTheStart() throws Exception {
        String files = folder.resolve("tls.crt") + " and " + folder.resolve("tls.key");
        String cure = ". Correct lockkeeper.agent.tls.certificate and lockkeeper.agent.tls.key or what they point to.";
        mount(new PemFiles.Contents(AUTHORITY.issue("EC").chain(), first.key()));
        try (Tls bad = tls()) {
            assertThatThrownBy(bad::start)
                    .hasMessage("Agents cannot be served over TLS with " + files
                            + ": the key is not that of the first certificate, which must be the server's own" + cure);
        }
        Files.delete(folder.resolve("..data"));
        try (Tls bad = tls()) {
            assertThatThrownBy(bad::start)
                    .hasMessage("Agents cannot be served over TLS with " + files + ": the file "
                            + folder.resolve("tls.crt") + " does not exist" + cure);
        }
        try (Tls bad = new Tls(new PemFiles(folder, folder), INTERVAL, Clock.systemUTC(), null)) {
            assertThatThrownBy(bad::start).hasMessageContaining("the file " + folder + " cannot be read (");
        }
    }

    @Test
    void anExpiredCertificateDoesNotEndTheStart() throws Exception {
        Issued expired = AUTHORITY.issue("EC", NOW.minus(days(3)), NOW.minus(days(2)));
        mount(expired.contents());
        observed.clear();
        try (Tls late = tls()) {
            late.start();
            assertThat(observed)
                    .contains("serves until "
                            + expired.certificate().getNotAfter().toInstant());
        }
    }
}
