package dev.lockkeeper.testbed.bench;

import dev.lockkeeper.testbed.fleet.Api;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Clients that are no agents, ten a second: half requests, nonsense, wrong passwords, connections that are cut or say nothing. */
final class Strangers {

    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int PATIENCE_MILLIS = 5_000;

    private final Random random;
    private final List<Integer> ports;
    private final Map<String, Integer> answers = new ConcurrentSkipListMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private Strangers(long seed, List<Integer> ports) {
        this.random = new Random(~seed);
        this.ports = ports;
    }

    static Strangers start(long seed, List<Integer> ports) {
        Strangers strangers = new Strangers(seed, ports);
        strangers.threads.submit(() -> {
            while (true) {
                int port = ports.get(strangers.random.nextInt(ports.size()));
                byte[] bytes = strangers.bytes();
                boolean cuts = strangers.random.nextInt(4) == 0;
                strangers.threads.submit(() -> strangers.says(port, bytes, cuts));
                Thread.sleep(PAUSE);
            }
        });
        return strangers;
    }

    private byte[] bytes() {
        String id = "%032x".formatted(random.nextLong() & Long.MAX_VALUE);
        return switch (random.nextInt(10)) {
            case 0 -> new byte[0];
            case 1 -> {
                byte[] nonsense = new byte[1 + random.nextInt(300)];
                random.nextBytes(nonsense);
                yield nonsense;
            }
            case 2 ->
                text(
                        "POST /v1/pre-reboot HTTP/1.1\r\nfleet-lock-protocol: true\r\nhost: x\r\ncontent-length: 100\r\n\r\n{\"cl");
            case 3 -> AgentWire.request(Api.PRE_REBOOT, id, "soak-0");
            case 4 -> AgentWire.request(Api.STEADY_STATE, id, "nobody");
            case 5 -> AgentWire.get("v1/graph?basearch=x86_64&stream=stable&oci=true");
            case 6 -> AgentWire.get("v1/graph?basearch=x86_64&stream=stable&oci=true&group=" + "g".repeat(9_000));
            case 7 -> AgentWire.get("butane/soak-1");
            case 8 ->
                text(
                        "POST /v1/pre-reboot HTTP/1.1\r\nfleet-lock-protocol: true\r\nhost: x\r\ncontent-length: 20000\r\n\r\n"
                                + "x".repeat(20_000));
            default -> wrongPassword(id);
        };
    }

    private static byte[] wrongPassword(String id) {
        String request =
                new String(AgentWire.request(Api.PRE_REBOOT, id, SoakObjects.BOXES), StandardCharsets.US_ASCII);
        String pair = Base64.getEncoder().encodeToString(text("stranger:guess"));
        return text(request.replaceFirst("\r\n", "\r\nauthorization: Basic " + pair + "\r\n"));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** @param cuts whether the connection is reset at once, else an answer is waited for */
    private Void says(int port, byte[] bytes, boolean cuts) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(bytes);
            if (cuts) {
                socket.setSoLinger(true, 0);
                note("cut");
                return null;
            }
            InputStream in = socket.getInputStream();
            byte[] begin = in.readNBytes(12);
            note(begin.length < 12 ? "closed" : new String(begin, 9, 3, StandardCharsets.US_ASCII));
        } catch (IOException e) {
            note(e.getClass().getSimpleName());
        }
        return null;
    }

    private void note(String answer) {
        answers.merge(answer, 1, Integer::sum);
    }

    int met500() {
        return answers.getOrDefault("500", 0);
    }

    @Override
    public String toString() {
        return answers.toString();
    }

    void end() throws InterruptedException {
        threads.shutdownNow();
        threads.awaitTermination(1, TimeUnit.MINUTES);
    }
}
